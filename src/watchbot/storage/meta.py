"""The database itself: its version, its lock, its backups, its state."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text, update

from watchbot.errors import AlreadyRunning, StorageCorrupt, StorageError
from watchbot.storage import schema as t
from watchbot.storage.base import Part
from watchbot.storage.engine import wrap_text
from watchbot.storage.records import Status

LOCK = "watchbot"
MIGRATIONS = Path(__file__).parent / "migrations"


class MetaPart(Part):
    """Migrations, lock, backups, status."""

    _backup_dir: Path

    # -- version

    def migrate(self, now: datetime) -> str:
        """Bring the database to this version's schema; an existing SQLite file is backed up before.

        Answers the version it had ("" for a new one). Raises StorageCorrupt when the file is damaged or newer.
        """
        self._check_file()
        with self._db.read() as connection:
            before = MigrationContext.configure(connection).get_current_revision() or ""
        config = _alembic()
        known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
        if before and before not in known:
            newest = newest_backup(self._backup_dir)
            restore = f" The newest backup is {newest}." if newest else ""
            raise StorageCorrupt(f"the database is from a newer watchbot (schema {before}).{restore}")
        if before == t.HEAD:
            return before
        if before and self._db.file is not None:
            self.backup(self._backup_dir / f"watchbot-{now:%Y%m%d-%H%M%S}-schema-{before}.db")
        with self._db.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return before

    def _check_file(self) -> None:
        """A look at an existing SQLite file: damaged, it is better left alone."""
        file = self._db.file
        if file is None or not file.exists() or file.stat().st_size == 0:
            return
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
                answer = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            raise self._corrupt(str(error)) from error
        if answer[0] != "ok":
            raise self._corrupt(str(answer[0]))

    def _corrupt(self, reason: str) -> StorageError:
        error = wrap_text(reason)
        if not isinstance(error, StorageCorrupt) and "malformed" not in reason and "database" in reason:
            return error
        newest = newest_backup(self._backup_dir)
        hint = f"The newest backup is {newest}: watchbot restore {newest}" if newest else "There is no backup."
        return StorageCorrupt(f"{self._db.file} is damaged ({reason}). {hint}")

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
            "process": "watchbot",
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
        """A whole, consistent copy of a SQLite database, made while it is in use. Replaces `target` at the end."""
        if self._db.file is None:
            raise StorageError("a PostgreSQL database is backed up with pg_dump")
        partial = target.with_name(target.name + ".partial")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial.unlink(missing_ok=True)
            with closing(sqlite3.connect(self._db.file)) as source, closing(sqlite3.connect(partial)) as copy:
                source.backup(copy, pages=2000)
                copy.execute("PRAGMA journal_mode = DELETE")
                if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                    raise StorageError(f"the backup {partial} is damaged")
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            partial.replace(target)
        except sqlite3.Error as error:
            raise wrap_text(str(error)) from error
        except OSError as error:
            raise StorageError(f"cannot write the backup {target}: {error.strerror}") from error
        return target

    # -- status

    def status(self, now: datetime) -> Status:
        """How the bot is doing."""
        f, d = t.feeds.c, t.deliveries.c
        with self._db.read() as connection:
            here = f.removed_at.is_(None)

            def count(table: object, *where: object) -> int:
                return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())  # type: ignore[arg-type]

            lock = connection.execute(select(t.instance_lock).where(t.instance_lock.c.name == LOCK)).first()
            states = {
                row[0]: row[1] for row in connection.execute(select(d.state, func.count()).group_by(d.state)).all()
            }
            oldest = connection.execute(
                select(func.min(d.created_at)).where(d.state.in_(("pending", "sending", "unknown")))
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
                schema=self._schema(connection),
                size_bytes=self._size(connection),
            )

    def _schema(self, connection: Connection) -> str:
        return MigrationContext.configure(connection).get_current_revision() or ""

    def _size(self, connection: Connection) -> int | None:
        if self._db.file is not None:
            return self._db.file.stat().st_size
        return connection.execute(text("SELECT pg_database_size(current_database())")).scalar()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _is_dead(row: object, host: str) -> bool:
    """The lock's holder ran on this host and its process is gone: after a SIGKILL nobody waits for the lease."""
    if getattr(row, "host", None) != host:
        return False
    try:
        os.kill(int(getattr(row, "pid", 0)), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return int(getattr(row, "pid", 0)) == os.getpid()


def newest_backup(folder: Path) -> Path | None:
    """The newest backup in the folder."""
    found = sorted(folder.glob("watchbot-*.db"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    return found[-1] if found else None


def backups_to_delete(names: Sequence[str], keep: int) -> tuple[str, ...]:
    """Nightly backups ("watchbot-YYYYmmdd-HHMMSS.db") beyond the newest `keep`; others are never touched."""
    nightly = sorted(name for name in names if name.startswith("watchbot-") and "schema" not in name)
    return tuple(nightly[: max(len(nightly) - keep, 0)])


def restore(backup: Path, target: Path, now: datetime) -> Path | None:
    """Put a backup in place of a database that no bot uses. Answers where the replaced file was kept.

    Raises StorageCorrupt when the backup is damaged, AlreadyRunning when a bot's heartbeat is fresh.
    """
    try:
        with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise StorageCorrupt(f"the backup {backup} is damaged")
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StorageCorrupt(f"{backup} is no backup of watchbot: {error}") from error
    _refuse_while_running(target, now)
    kept = None
    if target.exists():
        kept = target.with_name(f"{target.name}.replaced-{now:%Y%m%d-%H%M%S}")
        target.replace(kept)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    partial.write_bytes(backup.read_bytes())
    partial.replace(target)
    return kept


def _refuse_while_running(target: Path, now: datetime) -> None:
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT pid, host, expires_at FROM instance_lock LIMIT 1").fetchone()
    except sqlite3.Error:
        return  # damaged: that is why it is being restored
    if row is not None and t.from_micros(row[2]) > now and not _is_dead(_Holder(row[0], row[1]), socket.gethostname()):
        raise AlreadyRunning(f"stop the bot first: process {row[0]} on {row[1]} uses {target}")


class _Holder:
    def __init__(self, pid: int, host: str) -> None:
        self.pid, self.host = pid, host
