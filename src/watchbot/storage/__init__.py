"""The database: feeds, entries, stories, chats and the outbox, as methods that speak the domain.

Synchronous and for one thread; `StorageThread` calls it from the event loop. SQLite by default, PostgreSQL by URL.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from watchbot.storage.backups import backup_file, backup_name, backups_to_delete, newest_backup, prune_backups, restore
from watchbot.storage.chats import ChatPart
from watchbot.storage.claims import DigestGroup
from watchbot.storage.engine import Database, new_owner
from watchbot.storage.entries import EntryPart
from watchbot.storage.meta import MetaPart
from watchbot.storage.probe import Probe, ProbePart
from watchbot.storage.records import AccessRequest, DeliveryRecord, EntryRecord, RuleFeedback, Status, Why
from watchbot.storage.thread import StorageThread

__all__ = [
    "AccessRequest",
    "DeliveryRecord",
    "DigestGroup",
    "EntryRecord",
    "Probe",
    "RuleFeedback",
    "Status",
    "Storage",
    "StorageThread",
    "Why",
    "backup_file",
    "backup_name",
    "backups_to_delete",
    "newest_backup",
    "prune_backups",
    "restore",
]


class Storage(EntryPart, ChatPart, MetaPart, ProbePart):
    """One database, open. Its methods stand in the module of their domain: feeds, entries, outbox, chats, meta.

    `edit_interval`: a sent message is edited no more often than this. Raises StorageError when it cannot be opened.
    """

    def __init__(
        self,
        url: str,
        *,
        edit_interval: timedelta = timedelta(seconds=30),
        backup_dir: Path | None = None,
        owner: str | None = None,
    ) -> None:
        super().__init__(Database(url, self._backup_hint), owner or new_owner())
        self._edit_interval = edit_interval
        self._backup_dir = backup_dir or (self._db.file.parent / "backups" if self._db.file else Path("data/backups"))
        self._ids = []

    @property
    def owner(self) -> str:
        """The name under which this process leases and locks."""
        return self._owner

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a database server."""
        return self._db.file

    def close(self) -> None:
        """Give the connections back."""
        self._db.close()
