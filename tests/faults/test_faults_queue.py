"""100,000 deliveries wait when the real bot starts: it starts as ever, takes no more memory, and keeps order."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy import insert

from app.app_world import Bot
from servers.bot_api import BotApiServer, poll
from servers.bot_api.state import Call
from storage.storage_world import tell
from watchbot.app.app import utc_now
from watchbot.model import Chat, ChatKind, Priority
from watchbot.storage import Storage
from watchbot.storage import schema as t

CHATS, EACH = 500, 200
URGENT = 5
"""Every so many alerts one is of high priority."""
SHOWN = 250
MOST_MEMORY = 400 * 1024 * 1024
MOST_SECONDS = 20.0


def fill(url: str, chats: list[int]) -> None:
    """EACH alerts for each chat, as updates would have committed them; 100,000 deliveries in all."""
    storage, now = Storage(url), utc_now()
    storage.migrate(now)
    for chat_id in chats:
        storage.upsert_chat(Chat(chat_id, ChatKind.PRIVATE, "x", access="granted"))
    for n in range(EACH):
        tell(storage, (), now=now, priority=Priority.HIGH if n % URGENT == 0 else Priority.NORMAL)
    with storage._db.write() as connection:
        one = connection.execute(t.alerts.select().order_by(t.alerts.c.id)).all()
        row = {
            "thread_id": 0, "kind": "send", "topics": ["almaty"], "state": "pending", "silent": False, "plain": False,
            "stale": False, "attempts": 0, "unknowns": 0, "crashes": 0, "error": "", "created_at": now,
            "next_attempt_at": now,
        }  # fmt: skip
        rows = [
            row | {"id": i, "alert_id": a.id, "chat_id": c, "story": a.story, "priority": a.priority}
            for i, (a, c) in enumerate(((a, c) for a in one for c in chats), 1)
        ]
        connection.execute(insert(t.deliveries), rows)
    storage.close()


@pytest.mark.fault(19)
async def test_a_hundred_thousand_wait_at_the_start(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        users = [server.user(f"Reader {n}") for n in range(CHATS)]
        for user in users:
            user.start()
        fill(f"sqlite:///{tmp_path / 'bot.db'}", [user.id for user in users])
        bot = Bot(tmp_path, {})
        bot.env = {
            "WATCHBOT_TELEGRAM__TOKEN": server.token,
            "WATCHBOT_TELEGRAM__BASE_URL": server.url,
            "WATCHBOT_TELEGRAM__RATE": "200",
        }
        began = time.monotonic()
        async with bot.running() as process:
            await poll(lambda: server.sent() or None, MOST_SECONDS, lambda: "nothing sent")
            first = time.monotonic() - began
            await poll(lambda: len(server.sent()) >= SHOWN or None, 60, lambda: f"only {len(server.sent())} sent")
            memory = sum(p.memory_info().rss for p in family(process.process.pid))
        print(f"first message after {first:.1f} s, {memory >> 20} MiB with the parser's process")
        assert memory < MOST_MEMORY
        in_order(server.sent())


def family(pid: int) -> list[psutil.Process]:
    """A process and its children."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def in_order(calls: list[Call]) -> None:
    """Each chat's messages: what is urgent first, by number."""
    urgent = [n for n in range(1, EACH + 1) if (n - 1) % URGENT == 0]
    by_chat: dict[int | None, list[int]] = {}
    for call in calls:
        number = int(str(call.params["text"]).split("#")[-1].split()[0].split("<")[0])
        by_chat.setdefault(call.chat_id, []).append(number)
    assert len(by_chat) > SHOWN / 3
    for numbers in by_chat.values():
        assert numbers == urgent[: len(numbers)]
