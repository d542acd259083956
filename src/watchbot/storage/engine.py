"""The database connection: one writer, honest durability, and driver errors wrapped where the driver is called."""

from __future__ import annotations

import os
import socket
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool

from watchbot.errors import StorageBusy, StorageCorrupt, StorageError

BUSY_TIMEOUT_MS = 10_000
WAL_BYTES = 64_000_000
"""A WAL that a long reader (a backup) let grow beyond this is cut back at the next checkpoint."""
_BUSY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_UNWRITABLE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PG_BUSY = ("08", "25006", "40", "53", "55P03", "57", "58")
"""SQLSTATE beginnings: connection, read-only, deadlock, no resources (disk full), lock, shutdown, I/O."""
_PG_CORRUPT = ("XX001", "XX002")


def new_owner() -> str:
    """A name for this process's leases and lock: host, process id and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


class Database:
    """An engine with `read` and `write` transactions. All calls come from one thread."""

    def __init__(self, url: str, backup_hint: Callable[[], str]) -> None:
        """`backup_hint`: the sentence that a person with a damaged database needs."""
        self.url = make_url(url)
        self._backup_hint = backup_hint
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.file = Path(self.url.database) if self.is_sqlite and self.url.database not in (None, ":memory:") else None
        self.engine = self._engine()

    def make_folder(self) -> None:
        """Make the folder of the file: for whoever writes; asking must not. Raises StorageError."""
        if self.file is None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"cannot create the folder {self.file.parent}: {error.strerror}") from error

    def _engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_size=2, pool_pre_ping=True)
        # One connection for all: SQLite has one writer anyway, and several connections in WAL mode are exposed to a
        # race that corrupts (fixed in SQLite 3.51.3, which Python does not link yet).
        engine = create_engine(self.url, poolclass=StaticPool, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that writes nothing."""
        with self._wrapped(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back on any error."""
        with self._wrapped(), self.engine.connect() as connection:
            connection = connection.execution_options(watchbot_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _wrapped(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:  # the latter from what prepares a new connection
            wrapped = self.meaning(error)
            if wrapped is None:
                raise
            raise wrapped from error

    def meaning(self, error: DBAPIError | sqlite3.Error) -> StorageError | None:
        """What a driver's error means; None for a programming error, which is never wrapped.

        SQLite says "unable to open" or "disk I/O error" without a name and a reason: here both are looked for.
        """
        cause = error.orig if isinstance(error, DBAPIError) else error
        meant = wrap_sqlite(error) if isinstance(error, sqlite3.Error) else wrap(error)
        if isinstance(meant, StorageCorrupt):
            return self.damaged(str(cause))
        if self.file is None or not isinstance(meant, StorageBusy):
            return meant
        if self.file.is_dir() or getattr(cause, "sqlite_errorcode", 0) & 0xFF in _UNWRITABLE:
            return StorageBusy(f"the database {self.file} cannot be written: {why_unwritable(self.file)} ({cause})")
        return StorageBusy(f"the database {self.file} cannot be used now: {cause}")

    def damaged(self, reason: str) -> StorageCorrupt:
        """The error that says which database is damaged, and what to do."""
        return StorageCorrupt(f"{self.file or 'the database'} is damaged ({reason}). {self._backup_hint()}")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def why_unwritable(file: Path) -> str:
    """What keeps SQLite from writing a file, or the files that it makes beside it."""
    folder = file.parent
    if file.is_dir():
        return "it is a directory"
    if not folder.is_dir():
        return f"there is no folder {folder}"
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return f"the file system of {folder} is read-only"
    missing = [str(path) for path in (folder, file) if path.exists() and not os.access(path, os.W_OK)]
    return f"no right to write {missing[0]}" if missing else "the system refuses"


def wrap(error: DBAPIError) -> StorageError | None:
    """What a driver's error means; None for a programming error, which is never wrapped."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return wrap_sqlite(cause)
    state = getattr(cause, "sqlstate", None)
    if state in _PG_CORRUPT:
        return StorageCorrupt(f"the database is damaged: {cause}")
    if error.connection_invalidated or (state is None and isinstance(error, OperationalError)):
        return StorageBusy(f"the database server does not answer: {cause}")
    if state is not None and state.startswith(_PG_BUSY):
        return StorageBusy(f"the database cannot write now: {cause}")
    return None


def wrap_sqlite(error: sqlite3.Error) -> StorageError | None:
    """The same for an error of SQLite's, by its result code: texts change between versions."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code & 0xFF in _CORRUPT:
        return StorageCorrupt(f"the database is damaged: {error}")
    if code & 0xFF in _BUSY:
        return StorageBusy(f"the database cannot be used now: {error}")
    return None


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us: the driver's own begins come too late
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -32000",
        f"journal_size_limit = {WAL_BYTES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("watchbot_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
