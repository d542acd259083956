"""What every part of the storage shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from watchbot.storage import schema as t
from watchbot.storage.engine import Database

CHUNK = 500
"""Parameters of one IN list: far below the limits of either engine."""
T = TypeVar("T")


class Part:
    """A domain of the storage, over the one database."""

    def __init__(self, db: Database, owner: str) -> None:
        self._db = db
        self._owner = owner

    def _insert(self, table: Table) -> Any:
        """An INSERT of this engine's dialect, which knows ON CONFLICT."""
        return inserting(table, self._db.is_sqlite)

    def _ignore(self, connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows; those whose key exists stay as they are."""
        if rows:
            connection.execute(ignoring(table, self._db.is_sqlite), rows)

    def _added(self, connection: Connection, table: Table, row: dict[str, Any]) -> bool:
        """Insert a row; False when its key exists (by what it returns: row counts of inserts are not kept)."""
        statement = self._insert(table).values(**row).on_conflict_do_nothing().returning(table.c.chat_id)
        return connection.execute(statement).first() is not None

    def _upsert(self, table: Table, values: dict[str, Any], keys: Iterable[str]) -> Insert:
        """An INSERT that replaces the values of an existing row."""
        keys = list(keys)
        statement = self._insert(table).values(**values)
        changes = {name: statement.excluded[name] for name in values if name not in keys}
        result: Insert = statement.on_conflict_do_update(index_elements=keys, set_=changes)
        return result

    def _reserve(self, connection: Connection, name: str, count: int) -> int:
        """Take `count` numbers of a counter; answers the first."""
        last = connection.execute(
            update(t.counters)
            .where(t.counters.c.name == name)
            .values(value=t.counters.c.value + count)
            .returning(t.counters.c.value)
        ).scalar_one()
        return int(last) - count + 1

    def _moved(self, connection: Connection, chat_id: int) -> int:
        """Where a chat is now: a group may have become a supergroup since."""
        new = connection.execute(select(t.chat_moves.c.new_id).where(t.chat_moves.c.old_id == chat_id)).scalar()
        return chat_id if new is None else int(new)


def inserting(table: Table, is_sqlite: bool) -> Any:
    """An INSERT of an engine's dialect, which knows ON CONFLICT."""
    return (sqlite if is_sqlite else postgresql).insert(table)


@cache
def ignoring(table: Table, is_sqlite: bool) -> Insert:
    """An INSERT that leaves existing rows alone. Made once: to build a statement takes longer than to run it."""
    result: Insert = inserting(table, is_sqlite).on_conflict_do_nothing()
    return result


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """`items` in lists of at most `size`."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
