"""Durations as people write them: 30s, 2m, 24h, 7d, 1h30m."""

from __future__ import annotations

import re
from datetime import timedelta

_PART = re.compile(r"(\d{1,6})\s*(ms|s|m|h|d|w)")
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST = timedelta(days=3660)


def parse_duration(text: str) -> timedelta:
    """`text` such as "30s", "1h30m" or "7d" -> timedelta. Raises ValueError with a sentence for a person."""
    compact = text.strip().lower()
    parts = list(_PART.finditer(compact))
    if not parts or _PART.sub("", compact).strip():
        raise ValueError(f"'{text}' is no duration: write it like 30s, 5m, 24h or 7d")
    total = timedelta()
    for part in parts:
        total += int(part.group(1)) * _UNITS[part.group(2)]
        if total > LONGEST:
            raise ValueError(f"'{text}' is longer than ten years")
    return total


def format_duration(value: timedelta) -> str:
    """The shortest exact form that `parse_duration` reads back: "90s" stays "1m30s"."""
    millis = round(value / timedelta(milliseconds=1))
    if millis == 0:
        return "0s"
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        size = round(_UNITS[unit] / timedelta(milliseconds=1))
        count, millis = divmod(millis, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
