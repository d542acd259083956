"""The outbox's process is killed for real, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from outbox_harness import Desk, desk, url_of

import leak_watch

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "src"


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path / "watchbot.db") as made:
        yield made


def start(at: Desk, *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        str(HERE / "outbox_process.py"),
        url_of(at.path),
        at.server.url,
        at.server.token,
        *options,
    ]
    environment = os.environ | {"PYTHONPATH": str(SOURCES)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


async def ended(at: Desk, process: subprocess.Popen[str]) -> int:
    await at.until(lambda: process.poll() is not None, timeout=20)
    said, _ = process.communicate()
    leak_watch.note(said, "outbox_process")
    return int(process.returncode)


async def finish(at: Desk) -> None:
    """Another process delivers the rest and is stopped."""
    process = start(at)
    await at.settled(timeout=30)
    process.terminate()
    assert await ended(at, process) == 0


@pytest.mark.fault(2)
@pytest.mark.fault(3)
@pytest.mark.parametrize(("point", "accepted"), [("before-send", 3), ("after-send", 4), ("after-settle", 3)])
async def test_sigkill_at(at: Desk, point: str, accepted: int) -> None:
    """Killed before, after the acceptance, or after the settle of the first delivery: at most that one repeats."""
    (chat,) = at.people(1)
    at.alert([chat], "Meldung", repeat=3)
    process = start(at, "--die", point, "--lease", "1")
    assert await ended(at, process) == -signal.SIGKILL
    await finish(at)
    texts = at.texts(chat)
    assert len(texts) == accepted
    order = [next(n for n in range(3) if f"Meldung {n}" in t) for t in texts]
    assert order == sorted(order) and set(order) == {0, 1, 2}
    assert at.states() == {"sent": 3}


@pytest.mark.fault(44)
async def test_sigterm_under_load(at: Desk) -> None:
    chats = at.people(30)
    at.alert(chats, "Meldung", repeat=20)
    process = start(at, "--rate", "150")
    await at.until(lambda: len(at.server.sent()) > 60, timeout=30)
    process.terminate()
    began = time.monotonic()
    assert await ended(at, process) == 0
    assert time.monotonic() - began < 6
    states = at.states()
    assert set(states) == {"sent", "pending"} and states["sent"] == len(at.server.sent())
    await finish(at)
    assert all(len(at.texts(c)) == 20 for c in chats)
