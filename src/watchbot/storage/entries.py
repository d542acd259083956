"""Entries, their identities and stories; the one transaction of a feed's update; search and lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    Integer,
    Row,
    Select,
    Table,
    bindparam,
    func,
    or_,
    select,
    text,
    type_coerce,
    update,
)

from watchbot import crash
from watchbot.model import (
    AlertKind,
    EntryOutcome,
    Placement,
    PlannedAlert,
    PlannedEntry,
    Priority,
    StoryItem,
    UpdatePlan,
)
from watchbot.plan import StoryAlert, Told
from watchbot.plan.ledger import KEPT
from watchbot.storage import schema as t
from watchbot.storage.base import CHUNK, chunks, inserting
from watchbot.storage.codec import (
    entry_columns,
    placement_of,
    planned_of,
    record_of,
    story_item_of,
)
from watchbot.storage.feeds import FeedPart, feed_names
from watchbot.storage.outbox import OutboxPart
from watchbot.storage.records import EntryRecord, Why
from watchbot.storage.words import asked, fts5_query, tsquery, tsvector, words_of

ID_BLOCK = 500
"""Entry ids are reserved this many at a time: a transaction per update would cost a sync of the disk each."""
TOUCH = timedelta(days=1)
"""last_seen_at of a key moves at most this often: it only guards against pruning."""
PRUNE_BATCH = 2000
"""Rows deleted in one transaction."""
_LATEST = t.raw_hashes.alias()
_SHOWN_LATELY = select(
    t.raw_hashes.c.feed_id,
    t.raw_hashes.c.raw_hash,
    type_coerce(t.raw_hashes.c.last_seen_at < bindparam("limit", type_=t.Time()), Integer),
).where(
    t.raw_hashes.c.feed_id.in_(bindparam("feeds", expanding=True)),
    type_coerce(t.raw_hashes.c.last_seen_at, BigInteger)
    >= select(func.max(type_coerce(_LATEST.c.last_seen_at, BigInteger)))
    .where(_LATEST.c.feed_id == t.raw_hashes.c.feed_id)
    .scalar_subquery()
    - 2 * TOUCH // timedelta(microseconds=1),
)
TOLD = (EntryOutcome.ALERT.value, EntryOutcome.UPDATE.value, EntryOutcome.DUPLICATE.value)


_KNOWN = select(t.seen.c.key, t.seen.c.entry_id).where(t.seen.c.key.in_(bindparam("keys", expanding=True)))
_SEEN_AGAIN = (
    update(t.seen)
    .where(
        t.seen.c.key.in_(bindparam("keys", expanding=True)),
        t.seen.c.last_seen_at < bindparam("before", type_=t.Time()),
    )
    .values(last_seen_at=bindparam("now", type_=t.Time()))
)


@cache
def _entry_upsert(is_sqlite: bool) -> Insert:
    """An entry that was held under embargo comes back under its id, with its outcome."""
    statement = inserting(t.entries, is_sqlite)
    changes = {column.name: statement.excluded[column.name] for column in t.entries.c if column.name != "id"}
    result: Insert = statement.on_conflict_do_update(index_elements=["id"], set_=changes)
    return result


@cache
def _mention_upsert(is_sqlite: bool) -> Insert:
    statement = inserting(t.mention_counts, is_sqlite)
    total = t.mention_counts.c.entries + statement.excluded.entries
    result: Insert = statement.on_conflict_do_update(index_elements=["entity", "hour"], set_={"entries": total})
    return result


@cache
def _story_upsert(is_sqlite: bool) -> Insert:
    statement = inserting(t.stories, is_sqlite)
    old, new = t.stories.c, statement.excluded
    least, most = (func.min, func.max) if is_sqlite else (func.least, func.greatest)
    changes = {
        "first_at": least(old.first_at, new.first_at),
        "last_at": most(old.last_at, new.last_at),
        "entries": old.entries + new.entries,
    }
    result: Insert = statement.on_conflict_do_update(index_elements=["id"], set_=changes)
    return result


class EntryPart(FeedPart, OutboxPart):
    """Rows of `entries`, `seen`, `stories` and what hangs on them."""

    _ids: list[int]
    """Reserved entry ids not yet given out."""

    # -- identity

    def known_keys(self, keys: Iterable[str]) -> dict[str, int]:
        """Those of `keys` that are known, with the id of their entry."""
        found: dict[str, int] = {}
        with self._db.read() as connection:
            for batch in chunks(keys):
                found.update((row.key, row.entry_id) for row in connection.execute(_KNOWN, {"keys": batch}))
        return found

    def raw_hashes(self, feed_ids: Sequence[int], now: datetime) -> list[dict[str, bool]]:
        """For each feed the hashes of the bytes of the entries that its last documents showed: what the parser may cut.

        With each, whether its last sight was written so long ago that a new one should be (`UpdatePlan.cut`).
        """
        found: dict[int, dict[str, bool]] = {feed_id: {} for feed_id in feed_ids}
        with self._db.read() as connection:
            for batch in chunks(found):
                rows = connection.execute(_SHOWN_LATELY, {"feeds": batch, "limit": now - TOUCH})
                for feed_id, raw_hash, fading in rows:
                    found[feed_id][raw_hash] = bool(fading)
        return [found[feed_id] for feed_id in feed_ids]

    def next_entry_ids(self, count: int) -> list[int]:
        """`count` ids that nobody else gets; they rise."""
        if len(self._ids) < count:
            block = max(ID_BLOCK, count)
            with self._db.write() as connection:
                first = self._reserve(connection, "entry", block)
            self._ids = list(range(first, first + block))
        taken, self._ids = self._ids[:count], self._ids[count:]
        return taken

    # -- the transaction of an update

    def apply(self, plan: UpdatePlan, now: datetime) -> tuple[int, ...]:
        """Write all of `plan`, or nothing. Answers the numbers of its alerts, in the plan's order."""
        return self.apply_all([plan], now)

    def apply_all(self, plans: Sequence[UpdatePlan], now: datetime) -> tuple[int, ...]:
        """Write all of the plans in their order, or nothing. Answers the numbers of their alerts, in that order."""
        entries = [entry for plan in plans for entry in plan.entries]
        with self._db.write() as connection:
            self.write_feeds(connection, [plan.feed for plan in plans])
            self._write_entries(connection, entries, now)
            self._touch(connection, [key for plan in plans for key in plan.seen_again], now)
            for plan in plans:
                self._touch_hashes(connection, plan, now)
            self._write_stories(connection, plans, now)
            numbers = self.write_alerts(connection, [alert for plan in plans for alert in plan.alerts], now)
            refreshed = dict.fromkeys(story for plan in plans for story in plan.refresh_stories)
            self.refresh_stories(connection, tuple(refreshed), now)
            if entries:
                crash.point("commit.inside")
        return numbers

    def _write_entries(self, connection: Connection, entries: Sequence[PlannedEntry], now: datetime) -> None:
        if not entries:
            return
        connection.execute(_entry_upsert(self._db.is_sqlite), [entry_columns(entry) for entry in entries])
        self._index_words(connection, entries)
        rules = [{"rule": rule, "entry_id": e.id} for e in entries for rule in e.rules]
        self._ignore(connection, t.entry_rules, rules)
        keys = {key: e.id for e in reversed(entries) for key in e.keys}
        seen = [{"key": k, "entry_id": i, "first_seen_at": now, "last_seen_at": now} for k, i in keys.items()]
        self._ignore(connection, t.seen, seen)
        hashes = {(e.feed_id, e.entry.raw_hash): e.id for e in entries if e.entry.raw_hash}
        raw = [{"feed_id": f, "raw_hash": h, "entry_id": i, "last_seen_at": now} for (f, h), i in hashes.items()]
        self._ignore(connection, t.raw_hashes, raw)
        self._count_mentions(connection, entries)

    def _index_words(self, connection: Connection, entries: Sequence[PlannedEntry]) -> None:
        found = {e.id: words_of(" ".join((e.entry.title, e.entry.summary, e.source))) for e in entries if e.rules}
        if not found:
            return
        if self._db.is_sqlite:
            rows = [{"id": i, "words": " ".join(words)} for i, words in found.items()]
            connection.execute(text("INSERT OR REPLACE INTO entry_words(rowid, words) VALUES (:id, :words)"), rows)
        else:
            rows = [{"id": i, "words": tsvector(words)} for i, words in found.items()]
            query = "INSERT INTO entry_words VALUES (:id, CAST(:words AS tsvector))"
            connection.execute(text(f"{query} ON CONFLICT (id) DO UPDATE SET words = excluded.words"), rows)

    def _forget_words(self, connection: Connection, ids: Sequence[int]) -> None:
        column = "rowid" if self._db.is_sqlite else "id"
        query = text(f"DELETE FROM entry_words WHERE {column} = :id")  # noqa: S608 - one of two constants
        connection.execute(query, [{"id": i} for i in ids])

    def _count_mentions(self, connection: Connection, entries: Sequence[PlannedEntry]) -> None:
        counts: Counter[tuple[str, datetime]] = Counter()
        for e in entries:
            if e.outcome.value in TOLD:
                hour = e.at.replace(minute=0, second=0, microsecond=0)
                counts.update((entity, hour) for entity in {m.entity for m in e.matches})
        if not counts:
            return
        connection.execute(
            _mention_upsert(self._db.is_sqlite),
            [{"entity": entity, "hour": hour, "entries": n} for (entity, hour), n in counts.items()],
        )

    def _touch(self, connection: Connection, keys: Sequence[str], now: datetime) -> None:
        for batch in chunks(keys):
            connection.execute(_SEEN_AGAIN, {"keys": batch, "before": now - TOUCH, "now": now})

    def _touch_hashes(self, connection: Connection, plan: UpdatePlan, now: datetime) -> None:
        r = t.raw_hashes.c
        for batch in chunks(plan.cut):
            connection.execute(
                update(t.raw_hashes)
                .where(r.feed_id == plan.feed.feed_id, r.raw_hash.in_(batch), r.last_seen_at < now - TOUCH)
                .values(last_seen_at=now)
            )

    def _write_stories(self, connection: Connection, plans: Sequence[UpdatePlan], now: datetime) -> None:
        found: dict[str, list[PlannedEntry]] = {}
        for plan in plans:
            for entry in plan.entries:
                if entry.placement is not None:
                    found.setdefault(entry.placement.story, []).append(entry)
        if found:
            rows = [
                {"id": story, "first_at": min(e.at for e in es), "last_at": max(e.at for e in es), "entries": len(es)}
                for story, es in found.items()
            ]
            connection.execute(_story_upsert(self._db.is_sqlite), rows)
        for story in dict.fromkeys(story for plan in plans for story in plan.withdrawn_stories):
            connection.execute(update(t.stories).where(t.stories.c.id == story).values(withdrawn_at=now))

    def add_notice(self, alert: PlannedAlert, now: datetime) -> tuple[int, ...]:
        """Store an alert of watchbot's own, with its deliveries. Answers its number."""
        with self._db.write() as connection:
            return self.write_alerts(connection, (alert,), now)

    # -- what the index and the ledger are rebuilt from

    def recent_story_items(self, since: datetime) -> list[tuple[StoryItem, Placement]]:
        """Entries placed in a story since, oldest first, with their placement."""
        query = (
            select(t.entries)
            .where(t.entries.c.at >= since, t.entries.c.story.is_not(None))
            .order_by(t.entries.c.at, t.entries.c.id)
        )
        with self._db.read() as connection:
            rows = connection.execute(query).all()
        return [(story_item_of(row), placement) for row in rows if (placement := placement_of(row.placement))]

    def recent_story_alerts(self, since: datetime) -> list[StoryAlert]:
        """Alerts about stories since, oldest first, with who got them, and of the last hour of these who got them at
        once."""
        a, d = t.alerts.c, t.deliveries.c
        with self._db.read() as connection:
            query = select(t.alerts).where(a.created_at >= since, a.story.is_not(None)).order_by(a.id)
            alerts = connection.execute(query).all()
            recipients: dict[int, list[tuple[int, int | None]]] = {}
            for batch in chunks(row.id for row in alerts):
                pairs = select(d.alert_id, d.chat_id, d.thread_id).where(d.alert_id.in_(batch), d.kind != "edit")
                for row in connection.execute(pairs):
                    recipients.setdefault(row.alert_id, []).append((row.chat_id, row.thread_id or None))
            at_once = self._told_at_once(connection, alerts)
        return [
            StoryAlert(
                entry_id=row.entry_id,
                story=row.story,
                rules=tuple(row.rules),
                priority=Priority(row.priority),
                at=row.created_at,
                recipients=tuple(recipients.get(row.id, ())),
                at_once=tuple(at_once.get(row.id, ())),
            )
            for row in alerts
        ]

    def _told_at_once(self, connection: Connection, alerts: Sequence[Row[Any]]) -> dict[int, list[tuple[int, Told]]]:
        """By alert, of those within KEPT of the last one: (chat, what it was told) where nothing was waited for."""
        d = t.deliveries.c
        last = max((row.created_at for row in alerts), default=None)
        recent = {row.id: row for row in alerts if last is not None and row.created_at > last - KEPT}
        found: dict[int, list[tuple[int, Told]]] = {}
        for batch in chunks(recent):
            query = select(d.alert_id, d.chat_id, d.thread_id, d.topics).where(
                d.alert_id.in_(batch), d.kind != "edit", d.state != "held", d.digest_id.is_(None)
            )
            for row in connection.execute(query):
                alert = recent[row.alert_id]
                first = alert.kind == AlertKind.NEW.value
                told = Told(alert.created_at, row.thread_id or None, tuple(row.topics), first)
                found.setdefault(row.alert_id, []).append((row.chat_id, told))
        return found

    def due_embargoes(self, now: datetime, limit: int = 100) -> list[PlannedEntry]:
        """Held entries whose hour has come."""
        query = (
            select(t.entries)
            .where(t.entries.c.outcome == EntryOutcome.EMBARGOED.value, t.entries.c.embargo <= now)
            .order_by(t.entries.c.embargo)
            .limit(limit)
        )
        with self._db.read() as connection:
            return [planned_of(row) for row in connection.execute(query)]

    def archive(self, since: datetime, *, past: int = -1, limit: int | None = None) -> list[PlannedEntry]:
        """Every entry first seen since, in that order: what replay runs on.

        `limit`: no more than so many; the next page begins at the moment of the last one, `past` its id.
        """
        e = t.entries.c
        query = select(t.entries).where(e.first_seen_at >= since, or_(e.first_seen_at > since, e.id > past))
        with self._db.read() as connection:
            return [planned_of(r) for r in connection.execute(query.order_by(e.first_seen_at, e.id).limit(limit))]

    # -- lists and search

    def latest(self, topic: str | None, limit: int, offset: int = 0) -> list[EntryRecord]:
        """Matching entries, newest first: of one rule, or of all."""
        query = select(t.entries).where(t.entries.c.outcome.in_(TOLD))
        if topic is not None:
            joined = t.entry_rules.c.entry_id == t.entries.c.id
            query = query.join(t.entry_rules, joined).where(t.entry_rules.c.rule == topic)
        return self._records(query.order_by(t.entries.c.at.desc(), t.entries.c.id.desc()).limit(limit).offset(offset))

    def search(self, words: str, offset: int = 0, limit: int = 10) -> list[EntryRecord]:
        """Matching entries with all of `words` in title, summary or outlet, newest first."""
        pieces = asked(words)
        if not pieces:
            return []
        if self._db.is_sqlite:
            found = text("entries.id IN (SELECT rowid FROM entry_words WHERE words MATCH :match)")
            query = select(t.entries).where(found.bindparams(match=fts5_query(pieces)))
        else:
            found = text("entries.id IN (SELECT id FROM entry_words WHERE words @@ CAST(:match AS tsquery))")
            query = select(t.entries).where(found.bindparams(match=tsquery(pieces)))
        return self._records(query.order_by(t.entries.c.at.desc(), t.entries.c.id.desc()).limit(limit).offset(offset))

    def _records(self, query: Select[Any]) -> list[EntryRecord]:
        with self._db.read() as connection:
            return self._to_records(connection, connection.execute(query).all())

    def _to_records(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[EntryRecord]:
        names = feed_names(connection, (row.feed_id for row in rows))
        return [record_of(row, names.get(row.feed_id, "")) for row in rows]

    def entry(self, entry_id: int) -> EntryRecord | None:
        """One entry."""
        found = self._records(select(t.entries).where(t.entries.c.id == entry_id))
        return found[0] if found else None

    def story_entries(self, story: str) -> list[EntryRecord]:
        """A story's entries, oldest first."""
        return self._records(select(t.entries).where(t.entries.c.story == story).order_by(t.entries.c.at))

    def why(self, query: str, limit: int = 5) -> list[Why]:
        """What became of the entries with this link, or with this text in the title; newest first."""
        wanted = query.strip()
        if not wanted:
            return []
        e = t.entries.c
        if "://" in wanted:
            found = select(t.entries).where(or_(e.link == wanted, e.canonical_link == wanted, e.guid == wanted))
        else:
            like = "%" + wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            found = select(t.entries).where(e.title.ilike(like, escape="\\"))
        with self._db.read() as connection:
            rows = connection.execute(found.order_by(e.first_seen_at.desc()).limit(limit)).all()
            return [self._why(connection, record) for record in self._to_records(connection, rows)]

    def _why(self, connection: Connection, entry: EntryRecord) -> Why:
        a, d = t.alerts.c, t.deliveries.c
        told = func.count().filter(d.state == "sent")
        waiting = func.count().filter(d.state.in_(("pending", "sending", "unknown", "held")))
        query = (
            select(a.id, told, waiting)
            .select_from(t.alerts.outerjoin(t.deliveries, (d.alert_id == a.id) & (d.kind != "edit")))
            .where(a.entry_id == entry.id)
            .group_by(a.id)
            .order_by(a.id)
        )
        alerts = tuple((row[0], row[1], row[2]) for row in connection.execute(query))
        size = 0
        if entry.story is not None:
            size = connection.execute(
                select(func.count()).select_from(t.entries).where(t.entries.c.story == entry.story)
            ).scalar_one()
        copy_of = entry.placement.copy_of if entry.placement is not None else None
        rows = connection.execute(select(t.entries).where(t.entries.c.id == copy_of)).all() if copy_of else []
        return Why(entry, alerts, size, next(iter(self._to_records(connection, rows)), None))

    # -- counts

    def mention_counts(
        self, entities: Iterable[str] | None, since: datetime, until: datetime
    ) -> list[tuple[str, datetime, int]]:
        """(entity, hour, entries) in [since, until), in order of hour."""
        m = t.mention_counts.c
        query = select(m.entity, m.hour, m.entries).where(m.hour >= since, m.hour < until).order_by(m.hour, m.entity)
        if entities is not None:
            query = query.where(m.entity.in_(list(entities)))
        with self._db.read() as connection:
            return [(row.entity, row.hour, row.entries) for row in connection.execute(query)]

    def alert_counts(self, since: datetime) -> dict[str, int]:
        """New alerts per rule since."""
        a = t.alerts.c
        counts: Counter[str] = Counter()
        with self._db.read() as connection:
            query = select(a.rules).where(a.created_at >= since, a.kind == "new")
            for row in connection.execute(query):
                counts.update(row.rules)
        return dict(counts)

    def prune(self, before: datetime) -> Mapping[str, int]:
        """Delete entries and alerts from before, and keys that no feed has shown since; answers counts by kind.

        A key whose feed still shows its entry is kept however old it is: without it the entry would be new again. In
        small transactions, so that a night's work holds up nobody.
        """
        counts = {"entries": self._prune_entries(before), "keys": self._prune_keys(before)}
        a, d = t.alerts.c, t.deliveries.c
        waiting = select(d.alert_id).where(d.state.in_(("pending", "sending", "unknown", "held")))
        old = (a.created_at < before, a.id.not_in(waiting))
        counts["alerts"] = self._prune_some(t.alerts, t.alerts.c.id, old)
        with self._db.write() as connection:
            connection.execute(t.stories.delete().where(t.stories.c.last_at < before))
            connection.execute(t.story_messages.delete().where(t.story_messages.c.sent_at < before))
            connection.execute(t.rolling.delete().where(t.rolling.c.opened_at < before))
            connection.execute(t.mention_counts.delete().where(t.mention_counts.c.hour < before))
            connection.execute(t.callbacks.delete().where(t.callbacks.c.expires_at < before))
            connection.execute(t.invites.delete().where(t.invites.c.expires_at < before))
        return counts

    def _prune_entries(self, before: datetime) -> int:
        e, count = t.entries.c, 0
        embargoed = EntryOutcome.EMBARGOED.value
        query = select(e.id).where(e.first_seen_at < before, e.outcome != embargoed).limit(PRUNE_BATCH)
        while True:
            with self._db.write() as connection:
                ids = list(connection.execute(query).scalars())
                for batch in chunks(ids):
                    self._forget_words(connection, batch)
                    connection.execute(t.entries.delete().where(e.id.in_(batch)))
            count += len(ids)
            if len(ids) < PRUNE_BATCH:
                return count

    def _prune_keys(self, before: datetime) -> int:
        """What a feed shows: its window (the keys of its last document), and hashes of what was cut from documents."""
        s, r = t.seen.c, t.raw_hashes.c
        with self._db.read() as connection:
            windows = connection.execute(select(t.feeds.c.window_keys)).scalars()
            keys = {key for window in windows for key in window}
            shown: set[int] = set()
            for batch in chunks(keys):
                shown |= set(connection.execute(select(s.entry_id).where(s.key.in_(batch))).scalars())
            shown |= set(connection.execute(select(r.entry_id).where(r.last_seen_at >= before)).scalars())
            old = connection.execute(select(s.key, s.entry_id).where(s.last_seen_at < before))
            gone = [row.key for row in old if row.entry_id not in shown]
            hashes = connection.execute(select(r.feed_id, r.raw_hash, r.entry_id).where(r.last_seen_at < before))
            unused = [row for row in hashes if row.entry_id not in shown]
        for batch in chunks(gone, PRUNE_BATCH):
            with self._db.write() as connection:
                for part in chunks(batch):  # seen again since the look: kept
                    connection.execute(t.seen.delete().where(s.key.in_(part), s.last_seen_at < before))
        for rows in chunks(unused, CHUNK):
            with self._db.write() as connection:
                query = t.raw_hashes.delete().where(r.feed_id == bindparam("f"), r.raw_hash == bindparam("h"))
                connection.execute(query, [{"f": row.feed_id, "h": row.raw_hash} for row in rows])
        return len(gone)

    def _prune_some(self, table: Table, key: ColumnElement[int], old: Sequence[ColumnElement[bool]]) -> int:
        count = 0
        while True:
            with self._db.write() as connection:
                ids = list(connection.execute(select(key).where(*old).limit(PRUNE_BATCH)).scalars())
                for batch in chunks(ids):
                    connection.execute(table.delete().where(key.in_(batch)))
            count += len(ids)
            if len(ids) < PRUNE_BATCH:
                return count
