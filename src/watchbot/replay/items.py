"""Reading recorded items: JSON lines in, items and the lines that are none out."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from watchbot.model import EntryOutcome, EntryStatus, ParsedEntry, PlannedEntry

MAX_LINE = 32 * 1024 * 1024
"""Characters of one line: an item larger than this is no item."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""The clock of items before the first date, in a file that has no dates at all."""
MICROSECOND = timedelta(microseconds=1)


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
        if (item := _read(number, line)) is not None:
            yield item


def _read(number: int, line: bytes | str) -> ReplayItem | BadLine | None:
    if not line.strip():
        return None
    try:
        return _item(json.loads(_text(line)))
    except (ValueError, RecursionError) as error:
        return BadLine(number, _reason(error))


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


def on_their_clock(
    items: Sequence[ReplayItem], since: timedelta | None = None
) -> Iterator[tuple[datetime, ReplayItem]]:
    """Items with their moments, in order of time (see `in_order`)."""
    for moment, place in in_order((item.at for item in items), since):
        yield moment, items[place]


def recorded(
    file: BinaryIO, report: Callable[[BadLine], object], since: timedelta | None = None
) -> Iterator[tuple[datetime, ReplayItem]]:
    """Items of a JSON-lines file with their moments, in order of time; lines that are no item go to `report`.

    The file is read twice: for the items' times, then item by item in their order. Between the two a moment and a place
    in the file are kept of each, so that memory does not grow with what the items say. `file` must be seekable.
    """
    offsets = array("Q")

    def times() -> Iterator[datetime | None]:
        offset = file.tell()
        for number, line in enumerate(file, start=1):
            item = _read(number, line)
            if isinstance(item, ReplayItem):
                offsets.append(offset)
                yield item.at
            elif item is not None:
                report(item)
            offset += len(line)

    for moment, place in in_order(times(), since):
        file.seek(offsets[place])
        item = _read(0, file.readline())
        if not isinstance(item, ReplayItem):
            raise OSError("the file was changed while it was replayed")
        yield moment, item


def in_order(times: Iterable[datetime | None], since: timedelta | None = None) -> Iterator[tuple[datetime, int]]:
    """(moment, place) of each of the `times`, in order of time; equal ones as given.

    What has no time keeps its place behind what stands before it. `since` keeps the last so much of the time that all
    span.
    """
    moments, undated = array("q"), 0
    for at in times:
        if at is not None:
            moments.append((at - EPOCH) // MICROSECOND)
        elif moments:
            moments.append(moments[-1])
        else:
            undated += 1
    moments = array("q", [moments[0] if moments else 0]) * undated + moments
    least = max(moments) - since // MICROSECOND if since is not None and moments else None
    for place in array("Q", sorted(range(len(moments)), key=moments.__getitem__)):
        if least is None or moments[place] >= least:
            yield EPOCH + moments[place] * MICROSECOND, place


def from_archive(entry: PlannedEntry) -> ReplayItem | None:
    """An entry of the bot's archive, at the moment the bot saw it; None for one that was never to be told."""
    if entry.outcome in (EntryOutcome.BASELINE, EntryOutcome.QUARANTINED):
        return None
    return ReplayItem(str(entry.id), entry.source, replace(entry.entry, lang=entry.lang), entry.first_seen_at)
