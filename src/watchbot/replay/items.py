"""Reading recorded items: JSON lines in, items and the lines that are none out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from watchbot.model import EntryOutcome, EntryStatus, ParsedEntry, PlannedEntry

MAX_LINE = 32 * 1024 * 1024
"""Characters of one line: an item larger than this is no item."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""The clock of items before the first date, in a file that has no dates at all."""


@dataclass(frozen=True, slots=True)
class ReplayItem:
    """`id` is echoed in the answer; `at` is the item's place on the clock (None: that of the item before it)."""

    id: str
    source: str
    entry: ParsedEntry
    at: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no item, by its number (from 1)."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def read_items(lines: Iterable[bytes | str]) -> Iterator[ReplayItem | BadLine]:
    """Items of a JSON-lines file, in its order; blank lines are passed over, broken ones named.

    An item: {"id", "title", "summary"?, "body"?, "lang"?, "source"?, "link"?, "published"?, "updated"?, "guid"?,
    "tags"?, "version"?, "status"?, "embargo"?}. A time is ISO 8601; one without a zone is UTC.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _item(json.loads(_text(line)))
        except (ValueError, RecursionError) as error:
            yield BadLine(number, _reason(error))


def _text(line: bytes | str) -> str:
    if len(line) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE} bytes")
    return line.decode("utf-8-sig") if isinstance(line, bytes) else line.removeprefix("\ufeff")


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at column {error.colno}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error)


def _item(data: object) -> ReplayItem:
    if not isinstance(data, dict):
        raise ValueError("not a JSON object")
    if not isinstance(data.get("id"), str | int) or isinstance(data.get("id"), bool):
        raise ValueError('no "id"' if data.get("id") is None else '"id" must be text or a number')
    if "title" not in data:
        raise ValueError('no "title"')
    published, updated = _time(data, "published"), _time(data, "updated")
    embargo = _time(data, "embargo")
    entry = ParsedEntry(
        guid=_string(data, "guid"),
        link=_string(data, "link"),
        title=_string(data, "title") or "",
        summary=_string(data, "summary") or "",
        body=_string(data, "body") or "",
        lang=_string(data, "lang"),
        published_at=published,
        updated_at=updated,
        tags=_strings(data, "tags"),
        version=_integer(data, "version"),
        status=_status(data),
        embargo=embargo,
    )
    return ReplayItem(str(data["id"]), _string(data, "source") or "", entry, embargo or published or updated)


def _string(data: dict[str, object], key: str) -> str | None:
    value = data.get(key)
    if value is None or isinstance(value, str):
        # A lone surrogate ("\ud83d" cut in half) is legal JSON and cannot be printed or stored.
        return value.encode("utf-8", "replace").decode("utf-8") if value else value
    raise ValueError(f'"{key}" must be text')


def _strings(data: dict[str, object], key: str) -> tuple[str, ...]:
    value = data.get(key) or []
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ValueError(f'"{key}" must be a list of texts')
    return tuple(value)


def _integer(data: dict[str, object], key: str) -> int | None:
    value = data.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f'"{key}" must be a whole number')


def _status(data: dict[str, object]) -> EntryStatus:
    value = data.get("status") or EntryStatus.USABLE
    try:
        return EntryStatus(str(value))
    except ValueError:
        known = ", ".join(EntryStatus)
        raise ValueError(f'"status" must be one of {known}') from None


def _time(data: dict[str, object], key: str) -> datetime | None:
    """The time of a field. A date that cannot be read is no date: it never costs the item."""
    value = data.get(key)
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at


def on_their_clock(items: Iterable[ReplayItem], since: timedelta | None = None) -> list[tuple[datetime, ReplayItem]]:
    """Items with their moments, in order of time.

    An item without a date keeps its place behind the one before it. `since` keeps the last so much of the time that the
    items span.
    """
    clock: datetime | None = None
    waiting: list[ReplayItem] = []
    timed: list[tuple[datetime, ReplayItem]] = []
    for item in items:
        clock = item.at or clock
        if clock is None:
            waiting.append(item)
        else:
            timed.append((clock, item))
    first = timed[0][0] if timed else EPOCH
    timed = [(first, item) for item in waiting] + timed
    timed.sort(key=lambda pair: pair[0])
    if since is not None and timed:
        start = timed[-1][0] - since
        timed = [pair for pair in timed if pair[0] >= start]
    return timed


def from_archive(entry: PlannedEntry) -> ReplayItem | None:
    """An entry of the bot's archive, at the moment the bot saw it; None for one that was never to be told."""
    if entry.outcome in (EntryOutcome.BASELINE, EntryOutcome.QUARANTINED):
        return None
    return ReplayItem(str(entry.id), entry.source, replace(entry.entry, lang=entry.lang), entry.first_seen_at)
