"""Write docs/reliability.md: which tests inject which fault (from their markers), and the figures of the crash test.

`python tests/tools/reliability.py`. The figures are kept in tests/crash/figures.txt: the last line that
`python tests/crash/drive.py` printed in a full run.
"""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent.parent
PAGE = TESTS.parent / "docs" / "reliability.md"
FIGURES = TESTS / "crash" / "figures.txt"
NOT_YET = "not yet"
FAULTS = {
    1: ("Killed after a fetch, before its commit", "fetched again, nothing lost"),
    2: ("Killed after a commit, before sending", "delivered after the restart"),
    3: ("Killed after Telegram accepted, before that was written", "that one message repeats at most once"),
    4: ("No answer in time although Telegram accepted", "outcome unknown, sent again at most once"),
    5: ("No connection (pool, connect, DNS)", "tried again, no repeat"),
    6: ("429 for the whole bot", "nothing sent earlier, also after a restart; then at the allowed rate"),
    7: ("429 for one group", "other chats flow on"),
    8: ("Bursts of 502, or broken JSON with 200", "growing waits with jitter; outcome unknown"),
    9: ("403: blocked, kicked, deactivated", "chat suspended with its subscriptions; resumes on return"),
    10: ("A group becomes a supergroup with alerts queued", "moved in one transaction, order kept, nothing lost"),
    11: ("Forum topic deleted; the General topic", "falls back to the chat; General has no thread id"),
    12: ("Telegram rejects the HTML", "sent again as plain text"),
    13: ("Text too long", "shortened where the markup stays valid"),
    14: ("An edit that changes nothing", "success"),
    15: ("An edit of a message that is gone", "one new message"),
    16: ("A second instance on one token or database", "refuses to start and says who holds it"),
    17: ("Wrong bot token", "a clear error; the token is never shown nor logged"),
    18: ("Telegram down at start", "feeds are polled, alerts queue"),
    19: ("Telegram down for hours", "a digest of what went stale, high priority first"),
    20: ("304 although the content changed", "an occasional unconditional fetch finds it"),
    21: ("Permanent redirect to a page or login", "adopted only after it served a feed repeatedly"),
    22: ("Temporary redirect", "followed, never stored"),
    23: ("410 and 404", "disabled, or tried ever less often, visibly"),
    24: ("Retry-After as date, nonsense, a year", "honoured within limits"),
    25: ("Compression bombs, huge and endless bodies", "cut off at the cap, memory bounded"),
    26: ("One byte a second", "ended by a total deadline"),
    27: ("Redirects and DNS answers into private networks", "refused before connecting, at every hop"),
    28: ("TLS expired or for another name", "an error, never a downgrade"),
    29: ("XML bombs, deep nesting, giant documents", "refused or capped, in a process that can be killed"),
    30: ("Truncated or broken XML, HTML instead of a feed", "what is whole is kept; HTML is named"),
    31: ("Old and mislabelled encodings", "read right before matching"),
    32: ("Guids missing, shared, or changing", "each entry alerts once"),
    33: ("A feed renews all guids or dates at once", "one notice, no flood"),
    34: ("First poll of a long feed", "only recent entries alert"),
    35: ("Future, missing, foreign dates", "clamped; a date never decides novelty"),
    36: ("Entries pass faster than the feed is polled", "the gap is shown; polled more often"),
    37: ("Disk full in a transaction", "rolled back, nothing unwritten is sent, resumes"),
    38: ("Database corrupt or newer", "refuses to start, names the newest backup"),
    39: ("rules.yaml invalid, half-written, deleted", "the last valid rules stay; the operator is told"),
    40: ("Clock jumps, DST", "no long silence, no storm, quiet hours right"),
    41: ("HTML, bidi controls, hostile links in titles", "escaped, stripped, dropped"),
    42: ("Strangers, non-admins, forged callbacks", "refused by numeric id, checked afresh"),
    43: ("A flood of commands", "rate limited; others are served"),
    44: ("SIGTERM under load", "what is in flight settles, the rest stays queued"),
}
HEAD = """\
# Reliability

Delivery is at least once, in order within a chat and priority. Every alert is in the database before it is sent. What a
killed process may or may not have sent is sent once more under the same alert number, so that a reader can tell.

The tables are generated from the tests (`python tests/tools/reliability.py`): each test named injects the fault.
"""


def marked(source: str) -> list[tuple[int, str]]:
    """(row, test) of every `@pytest.mark.fault(row)` in a module's source."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += [(row, node.name) for row in map(_row, node.decorator_list) if row]
    return found


def _row(decorator: ast.expr) -> int | None:
    if not (isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.fault"):
        return None
    return int(ast.literal_eval(decorator.args[0]))


def collect() -> dict[int, list[str]]:
    """The tests of each row, as `path::name`."""
    rows: dict[int, list[str]] = {row: [] for row in FAULTS}
    for path in sorted(TESTS.rglob("test_*.py")):
        for row, name in marked(path.read_text(encoding="utf-8")):
            rows[row].append(f"{path.relative_to(TESTS.parent).as_posix()}::{name}")
    return {row: sorted(set(tests)) for row, tests in rows.items()}


def page() -> str:
    """The whole of docs/reliability.md."""
    rows = collect()
    done = sum(bool(tests) for tests in rows.values())
    lines = [HEAD, "## Killed again and again", "", FIGURES.read_text(encoding="utf-8").strip(), ""]
    lines += [f"## Faults ({done} of {len(FAULTS)} with a test)", "", "| # | fault | what happens | tests |"]
    lines.append("|---|---|---|---|")
    for row, (fault, outcome) in FAULTS.items():
        tests = "<br>".join(f"`{t.removeprefix('tests/')}`" for t in rows[row]) or NOT_YET
        lines.append(f"| {row} | {fault} | {outcome} | {tests} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
