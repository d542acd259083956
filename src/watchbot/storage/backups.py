"""Backups of a SQLite file: made while it is in use, kept for a while, put back. A server's are pg_dump's business.

The functions open the file themselves, read-only, so any thread or process may call them beside a running bot: a
reader neither blocks the writer nor takes part in checkpoints (SQLite before 3.51.3 can corrupt a WAL database when
two connections write or checkpoint at the same instant).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from watchbot import crash
from watchbot.errors import AlreadyRunning, StorageCorrupt, StorageError
from watchbot.storage import schema as t
from watchbot.storage.engine import wrap_sqlite
from watchbot.storage.process import is_gone

PAGES = 2000
"""Pages copied at a time (8 MB): between them the bot may write; pages that changed are copied again."""
_NAME = re.compile(r"watchbot-(\d{8}-\d{6})(-schema-\w+)?\.db")
KEEP_BEFORE_MIGRATION = 3
"""Backups made before a migration that are kept."""


def backup_name(now: datetime, before_schema: str = "") -> str:
    """The file name of a backup; `before_schema` is the version from which a migration starts."""
    return f"watchbot-{now:%Y%m%d-%H%M%S}{f'-schema-{before_schema}' if before_schema else ''}.db"


def newest_backup(folder: Path) -> Path | None:
    """The newest backup in the folder, by its name: times of files change when they are copied."""
    names = [path for path in folder.glob("watchbot-*.db") if _NAME.fullmatch(path.name)] if folder.is_dir() else []
    return max(names, key=lambda path: path.name, default=None)


def backups_to_delete(names: Sequence[str], keep: int) -> tuple[str, ...]:
    """Which backups to delete: nightly ones beyond the newest `keep`, those before migrations beyond the newest 3.

    Names that are not of `backup_name` are never touched.
    """
    matches = [found for name in sorted(names) if (found := _NAME.fullmatch(name))]
    nightly = [m.group() for m in matches if not m.group(2)]
    before = [m.group() for m in matches if m.group(2)]
    return (*_beyond(nightly, keep), *_beyond(before, KEEP_BEFORE_MIGRATION))


def _beyond(names: Sequence[str], keep: int) -> Sequence[str]:
    return names[: max(len(names) - max(keep, 1), 0)]


def prune_backups(folder: Path, keep: int) -> tuple[str, ...]:
    """Delete what `backups_to_delete` says; answers the names. Raises StorageError."""
    names = backups_to_delete([path.name for path in folder.glob("watchbot-*.db")], keep)
    try:
        for name in names:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"cannot delete old backups in {folder}: {error.strerror}") from error
    return names


def backup_file(source: Path, target: Path) -> Path:
    """A whole, checked copy of the database `source`, also while a bot uses it. `target` appears at the end, or never.

    Raises StorageBusy, StorageCorrupt, StorageError.
    """
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with closing(open_read_only(source)) as original, closing(sqlite3.connect(partial)) as copy:
            original.backup(copy, pages=PAGES, sleep=0.01)
            copy.execute("PRAGMA journal_mode = DELETE")
            if (answer := copy.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise StorageCorrupt(f"{source} is damaged: {answer}")
            copy.execute("DELETE FROM instance_lock")  # a copy is held by nobody
            copy.commit()
        sync(partial)
        crash.point("backup.inside")
        partial.replace(target)
        sync(target.parent)
    except sqlite3.Error as error:
        partial.unlink(missing_ok=True)
        raise (wrap_sqlite(error) or StorageError(f"cannot back up {source}: {error}")) from error
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(f"cannot write the backup {target}: {error.strerror}") from error
    return target


def restore(backup: Path, target: Path, now: datetime) -> Path | None:
    """Put a backup in place of a database that no bot uses. Answers where the replaced file was kept, None without one.

    The backup is checked whole before anything is touched; the replaced database is kept with its WAL file, so that
    nothing in it is lost. Raises StorageCorrupt when the backup is damaged, AlreadyRunning while a bot is running.
    """
    check_backup(backup)
    refuse_while_running(target, now)
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(backup, partial)
        sync(partial)
        kept = _set_aside(target, now)
        partial.replace(target)
        sync(target.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(f"cannot restore to {target}: {error.strerror}") from error
    return kept


def check_backup(backup: Path) -> str:
    """Check every page of a backup; answers its schema version. Raises StorageCorrupt, StorageError."""
    if not backup.is_file():
        raise StorageError(f"there is no file {backup}")
    try:
        with closing(open_read_only(backup)) as connection:
            answer = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StorageCorrupt(f"{backup} is no backup of watchbot: {error}") from error
    if answer != "ok" or version is None:
        raise StorageCorrupt(f"the backup {backup} is damaged: {answer}")
    return str(version[0])


def refuse_while_running(target: Path, now: datetime) -> None:
    """Raise AlreadyRunning while a living bot holds the database."""
    if not target.exists():
        return
    try:
        with closing(open_read_only(target)) as connection:
            row = connection.execute("SELECT pid, host, process, expires_at FROM instance_lock LIMIT 1").fetchone()
    except sqlite3.Error:
        return  # damaged: that is why it is being restored
    if row is None:
        return
    pid, host, process, expires_at = row
    if t.from_micros(expires_at) > now and not (host == socket.gethostname() and is_gone(pid, process)):
        raise AlreadyRunning(f"stop the bot first: process {pid} on {host} uses {target}")


def _set_aside(target: Path, now: datetime) -> Path | None:
    if not target.exists():
        return None
    kept = target.with_name(f"{target.name}.replaced-{now:%Y%m%d-%H%M%S}")
    for suffix in ("-wal", "-shm", ""):
        file = target.with_name(target.name + suffix)
        if file.exists():
            file.replace(kept.with_name(kept.name + suffix))
    return kept


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def sync(path: Path) -> None:
    """Have the disk write a file, or a folder's names, before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
