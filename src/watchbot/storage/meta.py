"""The database itself: its version, its lock, its backups, its state."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, inspect, select, text, update

from watchbot import crash
from watchbot.errors import AlreadyRunning, StorageCorrupt, StorageError
from watchbot.model import REFUSED_FLAG, SPOOL
from watchbot.storage import schema as t
from watchbot.storage.backups import backup_file, backup_name, newest_backup, open_read_only
from watchbot.storage.base import Part
from watchbot.storage.process import is_gone, process_mark
from watchbot.storage.records import Status

LOCK = "watchbot"
MIGRATIONS = Path(__file__).parent / "migrations"
SMALL_FILE = 256 * 1024 * 1024
"""Bytes of a database that a start checks whole."""


class MetaPart(Part):
    """Migrations, lock, backups, status."""

    _backup_dir: Path

    # -- version

    def migrate(self, now: datetime) -> str:
        """Bring the database to this version's schema; an existing SQLite file is backed up before.

        Answers the version it had ("" for a new one). Raises StorageCorrupt when the file is damaged or newer.
        """
        self._db.make_folder()
        self._check_file()
        before = self._version()
        if before == t.HEAD:
            return before
        # Imported only when there is something to do: Alembic costs a third of a second.
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
        if before and before not in known:
            raise StorageCorrupt(f"the database is from a newer watchbot (schema {before}). {self._backup_hint()}")
        if before and self._db.file is not None:
            self.backup(self._backup_dir / backup_name(now, before))
        with self._db.write() as connection:
            if not self._db.is_sqlite:  # of several replicas that start at once, one migrates and the others wait
                connection.execute(text("SELECT pg_advisory_xact_lock(7723501)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            crash.point("migration.inside")
        crash.point("migration.after")
        return before

    def require_schema(self) -> None:
        """Raise StorageError unless the schema is this version's: whoever only reads must not migrate."""
        found = self._version()
        if found != t.HEAD:
            have = f"the database has schema {found or 'none'}, this watchbot {t.HEAD}"
            raise StorageError(f"{have}: start the bot, which brings it up to date")

    def _version(self) -> str:
        """The schema version: read by hand, since Alembic takes a third of a second to import and look around."""
        with self._db.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""

    def _check_file(self) -> None:
        """A look at an existing SQLite file: a damaged one is better left alone.

        Every page of a small file; of a big one only the tables without which nothing works, so that a start takes
        no longer than a second.
        """
        file = self._db.file
        if file is None or not file.exists() or file.stat().st_size == 0:
            return
        checks = ["PRAGMA quick_check(1)"]
        if file.stat().st_size > SMALL_FILE:
            checks = [f"PRAGMA quick_check({name})" for name in ("alembic_version", "feeds", "chats", "deliveries")]
        try:
            with closing(open_read_only(file)) as connection:
                for check in checks:
                    if (answer := connection.execute(check).fetchone()[0]) != "ok":
                        raise self._db.damaged(str(answer))
        except sqlite3.Error as error:
            wrapped = self._db.meaning(error)
            if wrapped is None or isinstance(wrapped, StorageCorrupt):
                raise self._db.damaged(str(error)) from error
            raise wrapped from error

    def _backup_hint(self) -> str:
        if not self._db.is_sqlite:
            return "Restore a dump of it, or start the newer version."
        newest = newest_backup(self._backup_dir)
        return f"The newest backup is {newest}: watchbot restore {newest}" if newest else "There is no backup."

    # -- lock

    def acquire_lock(self, now: datetime, ttl: timedelta, name: str = LOCK) -> None:
        """Become the only instance. Raises AlreadyRunning, saying who holds the lock."""
        lock = t.instance_lock.c
        host, pid = socket.gethostname(), os.getpid()
        values = {
            "name": name,
            "owner": self._owner,
            "host": host,
            "pid": pid,
            "process": process_mark(pid),
            "started_at": now,
            "heartbeat_at": now,
            "expires_at": now + ttl,
        }
        with self._db.write() as connection:
            row = connection.execute(select(t.instance_lock).where(lock.name == name).with_for_update()).first()
            if row is not None and row.owner != self._owner and row.expires_at > now and not _is_dead(row, host):
                raise AlreadyRunning(
                    f"another watchbot has this database: process {row.pid} on {row.host}, running since "
                    f"{row.started_at:%Y-%m-%d %H:%M} UTC, last seen {row.heartbeat_at:%H:%M:%S}"
                )
            connection.execute(self._upsert(t.instance_lock, values, ("name",)))

    def heartbeat(self, now: datetime, ttl: timedelta, name: str = LOCK) -> bool:
        """Renew the lock; False when it is lost."""
        lock = t.instance_lock.c
        with self._db.write() as connection:
            done = connection.execute(
                update(t.instance_lock)
                .where(lock.name == name, lock.owner == self._owner)
                .values(heartbeat_at=now, expires_at=now + ttl)
            )
            return done.rowcount > 0

    def release_lock(self, name: str = LOCK) -> None:
        """Let the next instance start at once."""
        lock = t.instance_lock.c
        with self._db.write() as connection:
            connection.execute(t.instance_lock.delete().where(lock.name == name, lock.owner == self._owner))

    # -- flags

    def flag(self, name: str) -> str | None:
        """A small value that must survive a restart."""
        with self._db.read() as connection:
            return connection.execute(select(t.flags.c.value).where(t.flags.c.name == name)).scalar()

    def set_flag(self, name: str, value: str | None) -> None:
        """Set it; None removes it."""
        with self._db.write() as connection:
            if value is None:
                connection.execute(t.flags.delete().where(t.flags.c.name == name))
            else:
                connection.execute(self._upsert(t.flags, {"name": name, "value": value}, ("name",)))

    # -- backups

    def backup(self, target: Path) -> Path:
        """A whole, checked copy of a SQLite database, made while it is in use; `target` appears at the end."""
        if self._db.file is None:
            raise StorageError("a PostgreSQL database is backed up with pg_dump")
        return backup_file(self._db.file, target)

    # -- status

    def status(self, now: datetime) -> Status:
        """How the bot is doing."""
        f, d = t.feeds.c, t.deliveries.c
        with self._db.read() as connection:
            here = f.removed_at.is_(None) & f.url.not_like(f"{SPOOL}%")

            def count(table: object, *where: object) -> int:
                return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())  # type: ignore[arg-type]

            lock = connection.execute(select(t.instance_lock).where(t.instance_lock.c.name == LOCK)).first()
            states = {
                row[0]: row[1]
                for row in connection.execute(select(d.state, func.count()).where(d.id > 0).group_by(d.state)).all()
            }
            oldest = connection.execute(
                select(func.min(d.created_at)).where(d.state.in_(("pending", "sending", "unknown")), d.id > 0)
            ).scalar()
            return Status(
                feeds=count(t.feeds, here),
                failing_feeds=count(t.feeds, here, f.enabled, f.error_count > 0),
                disabled_feeds=count(t.feeds, here, ~f.enabled),
                overdue_feeds=count(t.feeds, here, f.enabled, f.next_check_at < now - timedelta(minutes=10)),
                last_fetch_at=connection.execute(select(func.max(f.last_fetch_at))).scalar(),
                last_entry_at=connection.execute(select(func.max(t.entries.c.first_seen_at))).scalar(),
                entries=count(t.entries),
                stories=count(t.stories),
                chats=count(t.chats),
                suspended_chats=count(t.chats, t.chats.c.suspended.is_not(None)),
                subscriptions=count(t.subscriptions),
                pending=sum(states.get(s, 0) for s in ("pending", "sending", "unknown")),
                held=states.get("held", 0),
                dead=states.get("dead", 0),
                sent=states.get("sent", 0),
                oldest_pending_at=oldest,
                heartbeat_at=lock.heartbeat_at if lock else None,
                owner=f"process {lock.pid} on {lock.host}" if lock else None,
                schema=connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "",
                size_bytes=self._size(connection),
                free_bytes=self._free(),
                refused=connection.execute(select(t.flags.c.value).where(t.flags.c.name == REFUSED_FLAG)).scalar(),
            )

    def _free(self) -> int | None:
        try:
            return shutil.disk_usage(self._db.file.parent).free if self._db.file is not None else None
        except OSError:
            return None

    def _size(self, connection: Connection) -> int | None:
        if self._db.is_sqlite:  # the file alone would leave out what still stands in the WAL
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())
        return connection.execute(text("SELECT pg_database_size(current_database())")).scalar()


def _is_dead(row: Row[Any], host: str) -> bool:
    """The lock's holder ran on this host and its process is gone: after a SIGKILL nobody waits for the lease."""
    return bool(row.host == host) and is_gone(row.pid, row.process)
