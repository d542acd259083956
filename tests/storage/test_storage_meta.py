"""The database itself: migrations, the lock, backups and restore, damage, a full disk."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from storage_world import DAY, HOUR, NOW, SECOND, a_chat, a_feed, an_entry, claim, send_all, tell

from watchbot.errors import AlreadyRunning, StorageBusy, StorageCorrupt, StorageError
from watchbot.model import FeedSpec, FeedUpdate, UpdatePlan, plain_note
from watchbot.storage import (
    Storage,
    backup_file,
    backup_name,
    backups_to_delete,
    newest_backup,
    prune_backups,
    restore,
)
from watchbot.storage import schema as t
from watchbot.storage.meta import MIGRATIONS
from watchbot.storage.process import is_gone, process_mark

TTL = timedelta(seconds=60)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "watchbot.db"


def opened(file: Path, **options: object) -> Storage:
    storage = Storage(f"sqlite:///{file}", **options)  # type: ignore[arg-type]
    storage.migrate(NOW)
    return storage


def whole(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def set_version(file: Path, version: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()


# -- migrations


def test_migrations_make_the_tables_of_the_schema(storage: Storage) -> None:
    with storage._db.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours})
        assert compare_metadata(context, t.metadata) == []
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == t.HEAD


def _ours(_item: object, name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:
    """Not compared: the search index, which each engine has its own way, and an index that Alembic cannot read back."""
    return "entry_words" not in (name or "") and name != "ix_deliveries_queue"


def test_migrate_answers_the_version_before_and_is_idempotent(connect: Callable[..., Storage]) -> None:
    first = connect()
    assert first.migrate(NOW) == ""
    assert first.migrate(NOW) == t.HEAD
    assert connect().migrate(NOW) == t.HEAD


def as_of(storage: Storage, version: str) -> Storage:
    """The storage with the schema of an older watchbot."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    storage._db.make_folder()
    with storage._db.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    return storage


def test_an_old_file_is_backed_up_before_its_migration(file: Path) -> None:
    storage = as_of(Storage(f"sqlite:///{file}"), "0001")
    old_chat(storage, 1)
    storage.migrate(NOW)
    storage.close()
    copy = file.parent / "backups" / backup_name(NOW, "0001")
    whole(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT id FROM chats").fetchall() == [(1,)]


def old_chat(storage: Storage, chat_id: int) -> None:
    """A chat as the first schema stored it."""
    values = {"id": chat_id, "kind": "private", "title": "A", "language": "de", "timezone": "UTC", "settings": "{}"}
    columns = ", ".join((*values, "access"))
    with storage._db.write() as connection:
        names = ", ".join(f":{name}" for name in (*values, "access"))
        statement = text(f"INSERT INTO chats ({columns}) VALUES ({names})")
        connection.execute(statement, {**values, "access": "granted"})


def test_an_old_database_keeps_its_chats_and_its_queued_notices(connect: Callable[..., Storage]) -> None:
    """From the first schema: a notice that waits to be sent says afterwards what it said before."""
    storage = as_of(connect(), "0001")
    old_chat(storage, 7)
    alert = (
        "INSERT INTO alerts (id, kind, priority, rules, material, text, created_at) "
        "VALUES (:id, 'notice', 1, '[]', '[]', :text, 1)"
    )
    delivery = (
        "INSERT INTO deliveries (id, alert_id, chat_id, thread_id, kind, topics, state, priority, silent, plain, stale,"
        " attempts, unknowns, crashes, created_at, next_attempt_at, error) "
        "VALUES (1, 1, 7, 0, 'send', '[]', 'pending', 1, :no, :no, :no, 0, 0, 0, 1, 1, '')"
    )
    with storage._db.write() as connection:
        connection.execute(text(alert), [{"id": 1, "text": "A feed\nis “quiet”"}, {"id": 2, "text": ""}])
        connection.execute(text(delivery), {"no": False})
    assert storage.migrate(NOW) == "0001"
    chat = storage.chat(7)
    assert chat and chat.language == "de" and chat.quota is None
    (claimed,) = storage.claim_deliveries(NOW, 5, HOUR)
    assert storage.alert_views((claimed,))[0].notes == (plain_note("A feed\nis “quiet”"),)


@pytest.mark.fault(38)
def test_a_newer_database_is_refused_and_the_newest_backup_named(file: Path) -> None:
    storage = opened(file)
    older, newest = (file.parent / "backups" / backup_name(NOW + n * DAY) for n in (0, 1))
    storage.backup(newest)
    storage.backup(older)
    storage.close()
    set_version(file, "9999")
    with pytest.raises(StorageCorrupt, match="newer") as caught:
        opened(file)
    assert str(newest) in str(caught.value)


@pytest.mark.fault(38)
@pytest.mark.parametrize("damage", ["header", "page", "truncated", "text"])
def test_a_damaged_file_is_refused_left_alone_and_the_newest_backup_named(file: Path, damage: str) -> None:
    storage = opened(file)
    for _ in range(20):
        tell(storage)
    backup = storage.backup(file.parent / "backups" / backup_name(NOW))
    storage.close()
    data = bytearray(file.read_bytes())
    if damage == "header":
        data[:16] = b"\0" * 16
    elif damage == "page":
        data[4096:] = b"\xa5" * (len(data) - 4096)
    elif damage == "truncated":
        del data[len(data) // 2 :]
    else:
        data = bytearray(b"this is not a database\n" * 400)
    file.write_bytes(data)
    with pytest.raises(StorageCorrupt, match="damaged") as caught:
        opened(file)
    assert str(backup) in str(caught.value)
    assert file.read_bytes() == data


def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Storage(f"sqlite:///{tmp_path}").migrate(NOW)
    with pytest.raises(StorageError, match="does not answer"):
        Storage("postgresql+psycopg://nobody@127.0.0.1:1/x").migrate(NOW)


# -- one instance


@pytest.mark.fault(16)
def test_a_second_instance_is_told_who_holds_the_database(storage: Storage, connect: Callable[..., Storage]) -> None:
    storage.acquire_lock(NOW, TTL)
    storage.acquire_lock(NOW, TTL)
    second = connect()
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()} on "):
        second.acquire_lock(NOW + SECOND, TTL)
    assert storage.heartbeat(NOW + TTL / 2, TTL)
    with pytest.raises(AlreadyRunning):
        second.acquire_lock(NOW + TTL, TTL)
    second.acquire_lock(NOW + 2 * TTL, TTL)
    assert not storage.heartbeat(NOW + 2 * TTL, TTL), "it was silent too long: the lock is another's"
    storage.release_lock()
    assert second.heartbeat(NOW + 2 * TTL, TTL), "and not the first one's to release"
    second.release_lock()
    storage.acquire_lock(NOW + 2 * TTL, TTL)


HOLDER = """
import sys, time
from datetime import UTC, datetime, timedelta
from watchbot.storage import Storage
storage = Storage(sys.argv[1])
storage.migrate(datetime.now(UTC))
storage.acquire_lock(datetime.now(UTC), timedelta(hours=1))
print("held", flush=True)
time.sleep(60)
"""


def python(code: str, *arguments: str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **options,  # type: ignore[call-overload]
    )


@pytest.mark.fault(16)
def test_the_lock_of_a_killed_process_is_free_at_once(database: str, connect: Callable[..., Storage]) -> None:
    from datetime import UTC, datetime

    holder = python(HOLDER, database)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    storage = connect()
    with pytest.raises(AlreadyRunning, match=f"process {holder.pid} on "):
        storage.acquire_lock(datetime.now(UTC), TTL)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    storage.acquire_lock(datetime.now(UTC), TTL)


def test_a_process_is_known_by_id_and_start() -> None:
    pid = os.getpid()
    assert not is_gone(pid, process_mark(pid))
    assert not is_gone(pid, ""), "when in doubt, it lives"
    if process_mark(pid):
        assert is_gone(pid, "1"), "the same id, started at another time: another process"
    child = python("pass")
    child.communicate()
    assert is_gone(child.pid, "1")


# -- backups


def test_a_backup_is_made_while_the_bot_writes(file: Path) -> None:
    storage = opened(file)
    for _ in range(200):
        tell(storage)
    stop, errors = threading.Event(), []

    def copy() -> None:
        try:
            for n in range(5):
                backup_file(file, file.parent / f"copy-{n}.db")
        except StorageError as error:
            errors.append(error)
        stop.set()

    thread = threading.Thread(target=copy)
    thread.start()
    told = 200
    while not stop.is_set():
        tell(storage)
        told += 1
    thread.join()
    storage.close()
    assert errors == []
    for n in range(5):
        whole(file.parent / f"copy-{n}.db")
        copied = opened(file.parent / f"copy-{n}.db")
        assert 200 <= copied.status(NOW).entries <= told
        copied.close()


def test_a_backup_that_fails_leaves_the_old_one(file: Path) -> None:
    storage = opened(file)
    target = storage.backup(file.parent / "b.db")
    before = target.read_bytes()
    with pytest.raises(StorageError):
        backup_file(file.parent / "absent.db", target)
    assert target.read_bytes() == before
    assert list(file.parent.glob("*.partial")) == []
    storage.close()


def test_a_server_is_backed_up_by_its_own_tools(storage: Storage, tmp_path: Path) -> None:
    if storage.file is None:
        with pytest.raises(StorageError, match="pg_dump"):
            storage.backup(tmp_path / "x.db")


def test_restore_puts_everything_back_and_keeps_what_it_replaces(file: Path) -> None:
    storage = opened(file)
    number = tell(storage, (1,))
    backup = storage.backup(file.parent / "backups" / backup_name(NOW))
    tell(storage, (1,))
    # Killed here: what was committed last stands in the WAL file only.
    shutil.copytree(file.parent, file.parent.parent / "killed", ignore=shutil.ignore_patterns("backups"))
    storage.close()
    killed = file.parent.parent / "killed" / file.name
    kept = restore(backup, killed, NOW)
    assert kept is not None
    whole(killed)
    restored = opened(killed)
    assert [alert for _, alert, _ in send_all(restored)] == [number]
    restored.close()
    replaced = opened(kept)
    assert replaced.status(NOW).entries == 2
    replaced.close()
    assert restore(backup, file.parent / "new" / "watchbot.db", NOW) is None


def test_restore_refuses_while_a_bot_runs(file: Path) -> None:
    storage = opened(file)
    backup = storage.backup(file.parent / "b.db")
    storage.acquire_lock(NOW, TTL)
    with pytest.raises(AlreadyRunning, match="stop the bot first"):
        restore(backup, file, NOW)
    assert restore(backup, file, NOW + TTL) is not None, "silent for longer than its lock lasts"
    storage.close()


@pytest.mark.parametrize("damage", ["absent", "cut", "other"])
def test_restore_refuses_a_damaged_backup_and_touches_nothing(file: Path, damage: str) -> None:
    storage = opened(file)
    for _ in range(20):
        tell(storage)
    backup = storage.backup(file.parent / "b.db")
    storage.close()
    before = file.read_bytes()
    if damage == "absent":
        backup.unlink()
    elif damage == "cut":
        backup.write_bytes(backup.read_bytes()[: 40 * 1024])
    else:
        backup.unlink()
        with closing(sqlite3.connect(backup)) as connection:
            connection.execute("CREATE TABLE other (x)")
    with pytest.raises(StorageError):
        restore(backup, file, NOW)
    assert file.read_bytes() == before


def test_a_damaged_database_can_be_restored_over(file: Path) -> None:
    storage = opened(file)
    backup = storage.backup(file.parent / "b.db")
    storage.close()
    file.write_bytes(b"\0" * 10_000)
    assert restore(backup, file, NOW) is not None
    opened(file).close()


def test_which_backups_go() -> None:
    nightly = [backup_name(NOW + n * DAY) for n in range(5)]
    before = [backup_name(NOW + n * HOUR, "0001") for n in range(5)]
    others = ["watchbot-mine.db", "watchbot-20220108-093000.db.partial", "notes.db"]
    assert backups_to_delete([*others, *reversed(nightly), *before], 2) == (*nightly[:3], *before[:2])
    assert backups_to_delete([], 2) == ()


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=30), st.integers(0, 10))
def test_the_newest_backup_always_stays(days: list[int], keep: int) -> None:
    names = [backup_name(NOW + n * HOUR) for n in days]
    gone = backups_to_delete(names, keep)
    left = sorted(set(names) - set(gone))
    assert len(left) == min(len(names), max(keep, 1))
    assert left == sorted(names)[len(names) - len(left) :]


def test_old_backups_are_deleted(tmp_path: Path) -> None:
    for n in range(4):
        (tmp_path / backup_name(NOW + n * DAY)).touch()
    assert len(prune_backups(tmp_path, 2)) == 2
    assert newest_backup(tmp_path) == tmp_path / backup_name(NOW + 3 * DAY)
    assert newest_backup(tmp_path / "absent") is None


# -- a full disk, and a lock that does not end


@pytest.mark.fault(37)
def test_a_full_database_rolls_back_and_goes_on_by_itself(file: Path) -> None:
    storage = opened(file)
    sent = tell(storage)
    with storage._db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    feed = a_feed(storage)
    big = UpdatePlan(FeedUpdate(feed, {"etag": "never"}), (an_entry(999, feed, story="s", body="x" * 200_000),))
    for _ in range(3):
        with pytest.raises(StorageBusy, match="full"):
            storage.apply(big, NOW)
    stored = storage.feed(feed)
    assert stored is not None and stored.etag is None and storage.entry(999) is None
    assert [alert for _, alert, _ in send_all(storage)] == [sent]
    with storage._db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    storage.apply(big, NOW)
    assert storage.entry(999) is not None
    storage.close()
    whole(file)


FULL_DISK = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from storage_world import NOW, tell
from watchbot.errors import StorageBusy
from watchbot.storage import Storage
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
storage = Storage(sys.argv[1])
storage.migrate(NOW)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
told = 0
try:
    while told < 5000:
        tell(storage, body="x" * 2000)
        told += 1
except StorageBusy as error:
    print(told, "busy", flush=True)
try:
    tell(storage, body="x" * 2000)
except StorageBusy:
    print("still", flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
tell(storage)
print(storage.status(NOW).entries, flush=True)
"""


@pytest.mark.fault(37)
@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limits here")
def test_the_system_refuses_to_write_more(file: Path) -> None:
    """The operating system's own error, in the middle of transactions: all of each, or nothing; then it goes on."""
    process = python(FULL_DISK, f"sqlite:///{file}", str(Path(__file__).parent))
    out, err = process.communicate(timeout=60)
    told, busy, *rest = out.split()
    assert busy == "busy", err
    assert int(told) > 0
    assert rest[0] == "still" and int(rest[1]) == int(told) + 1
    whole(file)


def test_a_lock_that_does_not_end_is_busy(file: Path) -> None:
    storage = opened(file)
    with storage._db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy):
            tell(storage)
        other.execute("ROLLBACK")
    assert tell(storage) == 1
    storage.close()


def test_programming_errors_are_never_wrapped(storage: Storage) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError), storage._db.write() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))


KILLED = """
import sys
sys.path.insert(0, sys.argv[2])
from storage_world import NOW, a_feed, an_entry, claim, tell
from watchbot.model import *
from watchbot.storage import Storage
storage = Storage(sys.argv[1])
storage.migrate(NOW)
n = 0
while True:
    number = tell(storage, (1, 2, 3), story=f"s{n}")
    for d in claim(storage):
        storage.settle(Settlement(d.id, DeliveryState.SENT, message_id=d.id), NOW)
    n += 1
    print(number, flush=True)
"""


@pytest.mark.fault(1)
@pytest.mark.parametrize("run", range(4))
def test_sigkill_at_any_moment_leaves_whole_updates(database: str, connect: Callable[..., Storage], run: int) -> None:
    """Every update that was answered is there, whole, and no part of another."""
    process = python(KILLED, database, str(Path(__file__).parent))
    assert process.stdout is not None
    last = 0
    for _ in range(3 + 7 * run):
        last = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    last = max([last, *map(int, rest.split())])
    storage = connect()
    storage.migrate(NOW)
    storage.recover(NOW, all_others=True)
    entries = storage.archive(NOW - DAY)
    assert last <= len(entries) <= last + 1
    told = {e.id: w.alerts for e in entries for w in storage.why(e.entry.link or "")}
    assert all(len(alerts) == 1 and sum(alerts[0][1:]) == 3 for alerts in told.values())
    if storage.file is not None:
        storage.close()
        whole(storage.file)


def test_status_counts(storage: Storage) -> None:
    empty = storage.status(NOW)
    assert (empty.feeds, empty.pending, empty.oldest_pending_at, empty.owner, empty.schema) == (
        0,
        0,
        None,
        None,
        t.HEAD,
    )
    a_chat(storage, 1, topics=["massimov"])
    tell(storage, (1, 2))
    tell(storage, (1,), now=NOW + SECOND)
    claim(storage, limit=1)
    storage.acquire_lock(NOW, TTL)
    storage.set_flag("a", "b")
    assert (storage.flag("a"), storage.flag("c")) == ("b", None)
    spool = storage.add_feed(FeedSpec("spool:/var/agency/in", "agency/in"), NOW)
    storage.set_feed_enabled(spool.id, False, "a spool directory", NOW)
    status = storage.status(NOW + DAY)
    assert (status.feeds, status.overdue_feeds, status.entries, status.stories) == (1, 1, 2, 2)
    assert status.disabled_feeds == 0, "a spool directory is no feed that somebody has switched off"
    assert (status.chats, status.subscriptions, status.pending, status.sent) == (1, 1, 3, 0)
    assert (status.oldest_pending_at, status.last_entry_at, status.heartbeat_at) == (NOW, NOW + SECOND, NOW)
    assert status.owner is not None and str(os.getpid()) in status.owner
    assert status.size_bytes and status.size_bytes > 10_000
