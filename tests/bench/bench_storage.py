"""Storage: writing updates, claiming from a long queue, settling, searching. Prints figures; fails nothing.

python tests/bench/bench_storage.py [postgresql+psycopg://...]
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "storage")]

from storage_world import LEASE, NOW, a_delivery, an_entry  # noqa: E402

from servers.postgres import PrivatePostgres, Unavailable  # noqa: E402
from watchbot.model import (  # noqa: E402
    AlertKind,
    DeliveryState,
    EntryOutcome,
    FeedSpec,
    FeedUpdate,
    PlannedAlert,
    Priority,
    Settlement,
    UpdatePlan,
)
from watchbot.storage import Storage  # noqa: E402

BATCH, UPDATES, CHATS, QUEUED = 30, 300, 500, 100_000
BODY = "Alarm in Almaty. " * 30


def timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def quiet(number: int, feed: int) -> object:
    """An entry that no rule matches: the usual case."""
    return an_entry(number, feed, summary=BODY, outcome=EntryOutcome.NO_MATCH, rules=())


def writes(storage: Storage) -> None:
    storage.sync_feeds([FeedSpec(f"https://{n}.example.org/", str(n)) for n in range(UPDATES)], NOW)
    feeds = [feed.id for feed in storage.feeds()]

    def update(feed: int, make: Callable[[int, int], object]) -> None:
        entries = tuple(make(number, feed) for number in storage.next_entry_ids(BATCH))
        storage.apply(UpdatePlan(FeedUpdate(feed, {"etag": "x", "error_count": 0}), entries), NOW)  # type: ignore[arg-type]

    for name, make in (("unmatched", quiet), ("matched", lambda n, f: an_entry(n, f, story=f"s{n}", summary=BODY))):
        seconds = timed(lambda make=make: [update(feed, make) for feed in feeds])  # type: ignore[misc]
        rows = UPDATES * BATCH
        print(
            f"  {name}: {rows / seconds:,.0f} entries/s in updates of {BATCH} ({seconds / UPDATES * 1e3:.1f} ms each)"
        )


def plain_rows(folder: Path) -> None:
    """The floor: the standard library's own inserts of such rows, in the same transactions."""
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE e (id INTEGER PRIMARY KEY, k TEXT UNIQUE, title TEXT, body TEXT)")

    def run() -> None:
        for batch in range(UPDATES):
            connection.execute("BEGIN IMMEDIATE")
            rows = [(batch * BATCH + n, f"url:{batch}/{n}", "title", BODY) for n in range(BATCH)]
            connection.executemany("INSERT INTO e VALUES (?, ?, ?, ?)", rows)
            connection.execute("COMMIT")

    print(f"  (sqlite3 alone, one table, one index: {UPDATES * BATCH / timed(run):,.0f} rows/s)")
    connection.close()


def queue(storage: Storage) -> None:
    feed = storage.feeds()[0].id

    def fill() -> None:
        for _ in range(QUEUED // CHATS):
            (number,) = storage.next_entry_ids(1)
            deliveries = tuple(a_delivery(1000 + chat) for chat in range(CHATS))
            alert = PlannedAlert(AlertKind.NEW, Priority.NORMAL, deliveries, number, f"q{number}", ("massimov",))
            entry = an_entry(number, feed, story=f"q{number}")
            storage.apply(UpdatePlan(FeedUpdate(feed), (entry,), alerts=(alert,)), NOW)

    print(f"  {QUEUED:,} deliveries to {CHATS} chats queued at {QUEUED / timed(fill):,.0f}/s")
    claims, settles, waits = [], [], []
    for n in range(40):
        busy = set(range(1000, 1000 + (n % 5) * 80))
        start = time.perf_counter()
        claimed = storage.claim_deliveries(NOW, 10, LEASE, busy)
        claims.append(time.perf_counter() - start)
        start = time.perf_counter()
        storage.settle_many([Settlement(d.id, DeliveryState.SENT, message_id=d.id) for d in claimed], NOW)
        settles.append(time.perf_counter() - start)
        waits.append(timed(lambda: storage.next_attempt(NOW)))
    for name, figures in (("claim 10", claims), ("settle 10", settles), ("next_attempt", waits)):
        print(f"  {name}: median {median(figures) * 1e3:.2f} ms, worst {max(figures) * 1e3:.2f} ms")
    print(f"  hold_stale, none stale: {timed(lambda: storage.hold_stale(NOW, NOW - timedelta(hours=1))) * 1e3:.0f} ms")
    print(f"  status: {timed(lambda: storage.status(NOW)) * 1e3:.0f} ms")
    print(f"  search: {timed(lambda: storage.search('massimow')) * 1e3:.1f} ms")
    print(f"  start (check, version): {timed(lambda: storage.migrate(NOW)) * 1e3:.0f} ms")


def main() -> None:
    """Both engines, or the one of the URL given."""
    print(f"storage, {datetime.now(UTC):%Y-%m-%d}, SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory() as folder:
        urls = {"SQLite": f"sqlite:///{folder}/bench.db"}
        server = None
        if len(sys.argv) > 1:
            urls = {"given": sys.argv[1]}
        else:
            try:
                server = PrivatePostgres.start()
                urls["PostgreSQL (fsync off)"] = server.database()
            except Unavailable as reason:
                print(f"no PostgreSQL: {reason}")
        for name, url in urls.items():
            print(f"{name}:")
            storage = Storage(url)
            storage.migrate(NOW)
            writes(storage)
            if name == "SQLite":
                plain_rows(Path(folder))
            queue(storage)
            if storage.file is not None:
                target = Path(folder) / "copy.db"
                seconds = timed(lambda storage=storage, target=target: storage.backup(target))  # type: ignore[misc]
                print(f"  backup of {storage.file.stat().st_size / 1e6:.0f} MB: {seconds:.2f} s")
            storage.close()
        if server is not None:
            server.stop()


if __name__ == "__main__":
    main()
