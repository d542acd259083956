"""Several processes on one PostgreSQL: claims are exclusive, one delivery per chat is in flight, nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from storage_world import NOW, SECOND, a_chat, tell

from servers.postgres import PrivatePostgres
from watchbot.model import FeedSpec, Priority
from watchbot.storage import Storage

WORKER = """
import json, sys
from datetime import timedelta
sys.path.insert(0, sys.argv[2])
from storage_world import LEASE, NOW
from watchbot.model import DeliveryState, Settlement
from watchbot.storage import Storage
storage = Storage(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
sent, feeds, empty = [], [], 0
while empty < 20:
    claimed = storage.claim_deliveries(NOW, 3, LEASE)
    feeds += [f.id for f in storage.claim_due_feeds(NOW, 2, LEASE)]
    empty = 0 if claimed else empty + 1
    for d in claimed:
        storage.settle(Settlement(d.id, DeliveryState.SENT, message_id=d.id), NOW)
        sent.append([d.chat_id, d.alert_id])
print(json.dumps([sent, feeds]))
"""
MIGRATE = "from storage_world import NOW; from watchbot.storage import Storage; Storage(sys.argv[1]).migrate(NOW)"
CHATS, ALERTS, WORKERS = 8, 40, 3


def test_processes_share_a_queue(postgres: PrivatePostgres) -> None:
    url = postgres.database()
    storage = Storage(url)
    storage.migrate(NOW)
    for chat in range(CHATS):
        a_chat(storage, chat)
    for _ in range(ALERTS):
        tell(storage, range(CHATS))
    storage.sync_feeds([FeedSpec(f"https://{n}.example.org/", str(n)) for n in range(50)], NOW)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    command = [sys.executable, "-c", WORKER, url, str(Path(__file__).parent)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    outputs = [json.loads(worker.communicate("go\n", timeout=90)[0]) for worker in _started(workers)]
    sent = [tuple(pair) for output, _ in outputs for pair in output]
    assert len(sent) == len(set(sent)) == CHATS * ALERTS
    for output, _ in outputs:
        for chat in range(CHATS):
            mine = [alert for c, alert in output if c == chat]
            assert mine == sorted(mine), "each process saw the chat's order"
    feeds = [feed for _, claimed in outputs for feed in claimed]
    assert len(feeds) == len(set(feeds)) == len(storage.feeds()) == 51
    assert storage.status(NOW).pending == 0
    storage.close()


def _started(workers: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return workers


def test_migrations_of_replicas_that_start_together(postgres: PrivatePostgres) -> None:
    url = postgres.database()
    code = f"import sys; sys.path.insert(0, sys.argv[2]); {MIGRATE}"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    command = [sys.executable, "-c", code, url, str(Path(__file__).parent)]
    started = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in started:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert tell(Storage(url), priority=Priority.HIGH, now=NOW + SECOND) == 1
