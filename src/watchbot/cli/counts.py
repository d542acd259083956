"""Numbers in sentences."""


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 feed", "2 entities"."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"
