"""Kill the real bot, again and again, and count what its readers saw: `python tests/crash/drive.py [CYCLES] [SEED]`.

Each cycle publishes a report (and, in a second feed, the same report, so that messages are edited), starts
`watchbot run`, and kills it with SIGKILL at a named point (`watchbot.crash`) or at a random moment. In the end one more
process runs until everything is out. What then must hold is in `Figures.problems`.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]

from app.app_world import RULES, Bot, Process  # noqa: E402
from servers.bot_api import BotApiServer  # noqa: E402
from servers.feed_server import FeedServer, rfc822, rss  # noqa: E402

FIRST = ("migration.inside", "migration.after")
"""Points that only a new database passes."""
POINTS = (
    "fetch.after", "commit.before", "commit.inside", "commit.after", "claim.after", "send.before", "send.after",
    "settle.after", "reload.rules", "edit.before", "edit.after",
)  # fmt: skip
PATIENCE = 8.0
"""Seconds for a named point to be reached; then the process is killed where it is."""
WINDOW = 40
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ji", "ko", "lu", "me", "ni", "po", "ra", "se", "ti", "vo", "wu")


@dataclass(slots=True)
class Figures:
    """What was counted."""

    cycles: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    chats: int = 0
    delivered: int = 0
    repeats: int = 0
    edits: int = 0
    lost: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    too_often: list[str] = field(default_factory=list)
    integrity: str = ""
    seconds: float = 0.0

    @property
    def killed(self) -> int:
        """All kills."""
        return sum(self.kills.values())

    def problems(self) -> list[str]:
        """What must not be: empty when all is well."""
        found = [f"lost: {x}" for x in self.lost] + [f"out of order: {x}" for x in self.disorder]
        found += [f"more repeats than kills: {x}" for x in self.too_often]
        return found + ([] if self.integrity == "ok" else [f"integrity_check: {self.integrity}"])

    def __str__(self) -> str:
        points = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"{self.cycles} cycles, {self.killed} kills in {self.seconds:.0f} s ({points}); {self.reports} reports to "
            f"{self.chats} chats: {self.delivered} of {self.reports * self.chats} delivered, {self.repeats} repeats, "
            f"{len(self.lost)} lost, {len(self.disorder)} out of order, {self.edits} edits; "
            f"integrity_check {self.integrity}"
        )


class Script:
    """The stream of reports. No two share a word but the place, so that each is a story of its own."""

    def __init__(self, seed: int, feeds: FeedServer) -> None:
        self.chance = random.Random(seed)
        self.feeds = feeds
        self.reports: list[tuple[str, str, datetime]] = []
        self.copies: list[tuple[str, str, datetime]] = []
        self.show()

    def publish(self) -> None:
        """One more report, and a copy of an earlier one by the other feed."""
        number = len(self.reports)
        words = ["".join(self.chance.choices(SYLLABLES, k=4)) for _ in range(6)]
        title = f"M{number:04}x in Almaty: {' '.join(words)}"
        self.reports.append((f"a{number}", title, datetime.now(UTC)))
        if number:
            _, earlier, _ = self.reports[number - 1]
            self.copies.append((f"b{number}", earlier, datetime.now(UTC)))
        self.show()

    def show(self) -> None:
        """Serve both feeds as they are now."""
        quiet = ("q", "Quiet day", datetime.now(UTC) - timedelta(hours=3))
        for path, entries in (("/a.xml", self.reports), ("/b.xml", self.copies)):
            newest = [quiet, *entries][-WINDOW:][::-1]
            self.feeds.put(path, rss([{"guid": g, "title": t, "pubDate": rfc822(d)} for g, t, d in newest]))


async def kill_once(bot: Bot, point: str | None, delay: float) -> str:
    """Run the bot until it dies at `point`, or kill it `delay` seconds after its start. Answers how it died."""
    bot.env.pop("WATCHBOT_CRASH_AT", None)
    if point:
        bot.env["WATCHBOT_CRASH_AT"] = point
    process = await bot.start("run")
    if point == "reload.rules":
        await started(process)
        bot.rules.write_text(f"{RULES}# {time.monotonic_ns()}\n", encoding="utf-8")
    ended = asyncio.create_task(process.wait(PATIENCE + 60))
    done, _ = await asyncio.wait({ended}, timeout=PATIENCE if point else delay)
    if not done:
        process.process.send_signal(signal.SIGKILL)
    status = await ended
    assert status == -signal.SIGKILL, f"it ended by itself with {status}:\n{process.err}"
    token = bot.env["WATCHBOT_TELEGRAM__TOKEN"]
    assert token not in process.out + process.err, "the token is in the log"
    return point if done and point else "random"


async def started(process: Process) -> None:
    await process.expect("telegram connected")


async def drive(folder: Path, cycles: int, seed: int = 1) -> Figures:
    """Do `cycles` kills in `folder`, deliver the rest, and count."""
    figures, chance, began = Figures(cycles), random.Random(seed), time.monotonic()
    async with FeedServer() as feeds, BotApiServer() as server:
        script = Script(seed, feeds)
        users = [server.user("Ada"), server.user("Sam")]
        for user in users:
            user.start()
        bot = Bot(folder, {"A": feeds.url("/a.xml"), "B": feeds.url("/b.xml")}, settings=chats([u.id for u in users]))
        bot.env = {"WATCHBOT_TELEGRAM__TOKEN": server.token, "WATCHBOT_TELEGRAM__BASE_URL": server.url}
        plan = [*FIRST, None, *POINTS]
        for cycle in range(cycles):
            point = plan[cycle] if cycle < len(plan) else chance.choice([*POINTS, *[None] * len(POINTS)])
            script.publish()
            figures.kills[await kill_once(bot, point, chance.uniform(0.3, 5.0))] += 1
        bot.env.pop("WATCHBOT_CRASH_AT", None)
        markers = [title.split()[0] for _, title, _ in script.reports]
        async with bot.running():
            deadline = time.monotonic() + 30 + 3 * cycles
            while time.monotonic() < deadline and any(set(markers) - set(shown(server, u.id, markers)) for u in users):
                await asyncio.sleep(0.1)
        figures.reports, figures.chats = len(markers), len(users)
        for user in users:
            count(figures, f"chat {user.id}", shown(server, user.id, markers), markers)
        figures.edits = sum(call.method == "editMessageText" for call in server.sent())
    with closing(sqlite3.connect(folder / "bot.db")) as connection:
        figures.integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
    figures.seconds = time.monotonic() - began
    return figures


def chats(ids: list[int]) -> str:
    return "chats:\n" + "".join(f"  - {{id: {i}, topics: [almaty]}}\n" for i in ids)


def shown(server: BotApiServer, chat_id: int, markers: list[str]) -> list[str]:
    """The markers of the messages (not edits) that the chat was sent, in the order of their acceptance."""
    texts = [str(c.params.get("text", "")) for c in server.sent(chat_id) if c.method != "editMessageText"]
    return [marker for text in texts for marker in markers if marker in text]


def count(figures: Figures, who: str, seen: list[str], markers: list[str]) -> None:
    """Add one chat's messages to the figures."""
    firsts = list(dict.fromkeys(seen))
    repeats = len(seen) - len(firsts)
    figures.delivered += len(firsts)
    figures.repeats += repeats
    figures.lost += [f"{who} {marker}" for marker in markers if marker not in firsts]
    figures.disorder += [f"{who} {b} after {a}" for a, b in pairwise(firsts) if b < a]
    if repeats > figures.killed:
        figures.too_often.append(f"{who}: {repeats}")


def main() -> None:
    cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(2))
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(drive(Path(folder), cycles, seed))
    print(figures)
    if found := figures.problems():
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
