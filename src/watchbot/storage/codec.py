"""Frozen values <-> JSON columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from watchbot.model import (
    Chat,
    ChatKind,
    ChatSettings,
    EntryOutcome,
    EntryStatus,
    FeedSpec,
    Match,
    Media,
    Note,
    ParsedEntry,
    Placement,
    PlacementKind,
    PlannedEntry,
    Priority,
    StoredFeed,
    StoryItem,
    Subscription,
)
from watchbot.storage.records import EntryRecord

MICROSECOND = timedelta(microseconds=1)


def iso(value: datetime | None) -> str | None:
    """A time inside a JSON column."""
    return None if value is None else value.isoformat()


def from_iso(value: object) -> datetime | None:
    """The time of `iso`."""
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def spec_columns(spec: FeedSpec) -> dict[str, Any]:
    """A feed's specification as columns; not its headers, which may hold credentials: backups must not have them."""
    return {
        "url": spec.url,
        "name": spec.name,
        "lang": spec.lang,
        "tags": list(spec.tags),
        "interval_us": None if spec.interval is None else spec.interval // MICROSECOND,
        "format": spec.format,
        "owner": spec.owner,
        "country": spec.country,
    }


def feed_of(row: Row[Any]) -> StoredFeed:
    """A row of `feeds`."""
    spec = FeedSpec(
        url=row.url,
        name=row.name,
        lang=row.lang,
        tags=tuple(row.tags),
        interval=None if row.interval_us is None else row.interval_us * MICROSECOND,
        format=row.format,
        owner=row.owner,
        country=row.country,
    )
    return StoredFeed(
        id=row.id,
        spec=spec,
        origin=row.origin,
        enabled=row.enabled,
        disabled_reason=row.disabled_reason,
        next_check_at=row.next_check_at,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        baseline_at=row.baseline_at,
        last_fetch_at=row.last_fetch_at,
        last_success_at=row.last_success_at,
        last_new_at=row.last_new_at,
        last_status=row.last_status,
        error_count=row.error_count,
        last_error=row.last_error,
        redirect_url=row.redirect_url,
        redirect_count=row.redirect_count,
        key_mode=row.key_mode,
        window=tuple(row.window_keys),
        gap_at=row.gap_at,
        rhythm=row.rhythm,
    )


def match_list(matches: Sequence[Match]) -> list[list[object]]:
    """Matches as compact rows."""
    return [[m.entity, m.field, m.start, m.end, m.text, m.alias] for m in matches]


def matches_of(rows: Sequence[Sequence[Any]]) -> tuple[Match, ...]:
    """The matches of `match_list`."""
    return tuple(Match(*row) for row in rows)


def notes_list(notes: Sequence[Note]) -> list[list[object]]:
    """Notes as compact rows; a time is an object of its own, so that it is one again."""

    def plain(value: object) -> object:
        return {"at": value.isoformat()} if isinstance(value, datetime) else value

    return [[note.key, {name: plain(value) for name, value in note.values.items()}] for note in notes]


def notes_of(rows: Sequence[Sequence[Any]]) -> tuple[Note, ...]:
    """The notes of `notes_list`."""

    def value_of(value: Any) -> Any:
        return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value

    return tuple(Note(key, {name: value_of(value) for name, value in values.items()}) for key, values in rows)


_PLACEMENT = tuple(f.name for f in fields(Placement))


def placement_dict(placement: Placement | None) -> dict[str, Any] | None:
    """A placement as JSON."""
    if placement is None:
        return None
    return {name: getattr(placement, name) for name in _PLACEMENT}


def placement_of(data: Mapping[str, Any] | None) -> Placement | None:
    """The placement of `placement_dict`."""
    if data is None:
        return None
    return Placement(**{**data, "kind": PlacementKind(data["kind"]), "material": tuple(data["material"])})


def details_dict(entry: ParsedEntry) -> dict[str, Any]:
    """What of an entry has no column of its own; empty values are left out."""
    data: dict[str, Any] = {
        "updated_at": iso(entry.updated_at),
        "authors": list(entry.authors),
        "tags": list(entry.tags),
        "media": [asdict(m) for m in entry.media],
        "source": entry.source,
        "version": entry.version,
        "status": entry.status.value if entry.status is not EntryStatus.USABLE else None,
        "urgency": entry.urgency,
        "byline": entry.byline,
        "place": entry.place,
        "subjects": list(entry.subjects),
        "lang": entry.lang,
    }
    return {key: value for key, value in data.items() if value not in (None, [], "")}


def entry_columns(planned: PlannedEntry) -> dict[str, Any]:
    """A planned entry as a row of `entries`."""
    entry = planned.entry
    return {
        "id": planned.id,
        "feed_id": planned.feed_id,
        "guid": entry.guid,
        "link": entry.link,
        "canonical_link": planned.canonical_link,
        "title": entry.title,
        "summary": entry.summary,
        "body": entry.body,
        "lang": planned.lang,
        "source": planned.source,
        "owner": planned.owner,
        "at": planned.at,
        "first_seen_at": planned.first_seen_at,
        "published_at": entry.published_at,
        "embargo": entry.embargo,
        "outcome": planned.outcome.value,
        "priority": int(planned.priority),
        "story": planned.placement.story if planned.placement else None,
        "placement": placement_dict(planned.placement),
        "matches": match_list(planned.matches),
        "rules": list(planned.rules),
        "details": details_dict(entry),
    }


def planned_of(row: Row[Any], keys: tuple[str, ...] = ()) -> PlannedEntry:
    """A row of `entries` as it was planned."""
    details = row.details
    entry = ParsedEntry(
        guid=row.guid,
        link=row.link,
        title=row.title,
        summary=row.summary,
        body=row.body,
        lang=details.get("lang"),
        published_at=row.published_at,
        updated_at=from_iso(details.get("updated_at")),
        authors=tuple(details.get("authors", ())),
        tags=tuple(details.get("tags", ())),
        media=tuple(Media(**m) for m in details.get("media", ())),
        source=details.get("source"),
        version=details.get("version"),
        status=EntryStatus(details.get("status", EntryStatus.USABLE)),
        embargo=row.embargo,
        urgency=details.get("urgency"),
        byline=details.get("byline"),
        place=details.get("place"),
        subjects=tuple(details.get("subjects", ())),
    )
    return PlannedEntry(
        id=row.id,
        feed_id=row.feed_id,
        entry=entry,
        keys=keys,
        canonical_link=row.canonical_link,
        source=row.source,
        owner=row.owner,
        lang=row.lang,
        at=row.at,
        first_seen_at=row.first_seen_at,
        outcome=EntryOutcome(row.outcome),
        matches=matches_of(row.matches),
        rules=tuple(row.rules),
        priority=Priority(row.priority),
        placement=placement_of(row.placement),
    )


def story_item_of(row: Row[Any]) -> StoryItem:
    """A row of `entries` as story grouping sees it."""
    return StoryItem(
        id=row.id,
        at=row.at,
        lang=row.lang,
        source=row.source,
        owner=row.owner,
        title=row.title,
        summary=row.summary,
        body=row.body,
        link=row.canonical_link,
        entities=tuple(dict.fromkeys(m[0] for m in row.matches)),
        rules=tuple(row.rules),
        priority=Priority(row.priority),
        version=row.details.get("version"),
        status=EntryStatus(row.details.get("status", EntryStatus.USABLE)),
    )


def record_of(row: Row[Any], feed: str) -> EntryRecord:
    """A row of `entries` for lists."""
    return EntryRecord(
        id=row.id,
        feed_id=row.feed_id,
        feed=feed,
        title=row.title,
        summary=row.summary,
        body=row.body,
        link=row.link,
        lang=row.lang,
        source=row.source,
        owner=row.owner,
        at=row.at,
        first_seen_at=row.first_seen_at,
        published_at=row.published_at,
        outcome=EntryOutcome(row.outcome),
        priority=Priority(row.priority),
        story=row.story,
        placement=placement_of(row.placement),
        matches=matches_of(row.matches),
        rules=tuple(row.rules),
    )


def settings_dict(settings: ChatSettings) -> dict[str, Any]:
    """Only what differs from the default: what is not set is inherited."""
    return {key: value for key, value in asdict(settings).items() if value is not None}


def settings_of(data: Mapping[str, Any]) -> ChatSettings:
    """The settings of `settings_dict`."""
    values = dict(data)
    for key in ("digest_times", "languages"):
        if values.get(key) is not None:
            values[key] = tuple(values[key])
    if values.get("min_priority") is not None:
        values["min_priority"] = Priority(values["min_priority"])
    return ChatSettings(**values)


def chat_columns(chat: Chat) -> dict[str, Any]:
    """A chat as a row."""
    return {
        "id": chat.id,
        "kind": chat.kind.value,
        "title": chat.title,
        "username": chat.username,
        "language": chat.language,
        "timezone": chat.timezone,
        "settings": settings_dict(chat.settings),
        "suspended": chat.suspended,
        "access": chat.access,
        "quota": chat.quota,
    }


def chat_of(row: Row[Any]) -> Chat:
    """A row of `chats`."""
    return Chat(
        id=row.id,
        kind=ChatKind(row.kind),
        title=row.title,
        username=row.username,
        language=row.language,
        timezone=row.timezone,
        settings=settings_of(row.settings),
        suspended=row.suspended,
        access=row.access,
        quota=row.quota,
    )


def subscription_of(row: Row[Any]) -> Subscription:
    """A row of `subscriptions`; thread 0 is none."""
    return Subscription(
        chat_id=row.chat_id,
        topic=row.topic,
        thread_id=row.thread_id or None,
        settings=settings_of(row.settings),
        muted_until=row.muted_until,
        created_by=row.created_by,
    )
