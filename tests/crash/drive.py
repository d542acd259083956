"""Kill the real bot, again and again, and count what its readers saw: `python tests/crash/drive.py [KILLS] [SEED]`.

A world begins with a database of the first schema that holds alerts nobody has sent. Each cycle publishes a report
(and, in a second feed, a copy of an older one, so that messages are edited), starts `watchbot run`, and kills it with
SIGKILL at a named point (`watchbot.crash`) or at a random moment. Two chats are told at once, one by digests. In the
end one more process runs until everything is out. What then must hold is in `Figures.problems`.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]

from app.app_world import RULES, Bot, Process  # noqa: E402
from servers.bot_api import BotApiServer, User  # noqa: E402
from servers.feed_server import FeedServer, rfc822, rss  # noqa: E402

FIRST = ("backup.inside", "migration.inside", "migration.after")
"""Points that only a database of an older schema passes, in this order."""
POINTS = (
    "fetch.after", "commit.before", "commit.inside", "commit.after", "claim.after", "send.before", "send.after",
    "settle.before", "settle.inside", "settle.after", "edit.before", "edit.after", "digest.before", "digest.after",
    "reload.rules", "reload.feeds", "backup.inside",
)  # fmt: skip
WORLD = 175
"""Kills in one world; then it is brought to an end, counted, and another begins."""
AT_ONCE = 3
"""Worlds that live at once: a world mostly waits."""
PATIENCE = 6.0
"""Seconds for a named point to be reached; then the process is killed where it is."""
LONGEST = 3.5
"""Seconds after the start within which a random kill falls: a start takes one to two, then come the first sends."""
BEHIND = 2
WINDOW = 40
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ji", "ko", "lu", "me", "ni", "po", "ra", "se", "ti", "vo", "wu")
OLD_SCHEMA = Path(__file__).parent / "schema-0001.sql"
"""A database of schema 0001: two reports that were committed for three chats (7001 to 7003) and not sent."""
OLD = (("o0", "M0000x in Almaty: an alert of the old schema"), ("o1", "M0001x in Almaty: bridge closed for repairs"))
SETTINGS = """\
bursts: {few: 1000, per_hour: 0}
chats:
  - {id: 7001, topics: [almaty]}
  - {id: 7002, topics: [almaty]}
  - {id: 7003, topics: [almaty]}
"""
HOURLY = 7003


@dataclass(slots=True)
class Figures:
    """What was counted."""

    kills: Counter[str] = field(default_factory=Counter)
    worlds: int = 0
    reports: int = 0
    expected: int = 0
    delivered: int = 0
    digests: int = 0
    repeats: int = 0
    edits: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    """What must not be: empty when all is well."""

    @property
    def killed(self) -> int:
        """All kills."""
        return sum(self.kills.values())

    def __str__(self) -> str:
        points = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"{self.killed} kills in {self.worlds} worlds and {self.seconds:.0f} s ({points}). {self.reports} reports: "
            f"{self.delivered} of {self.expected} deliveries made, {self.repeats} repeats, {self.digests} digests, "
            f"{self.edits} edits. Lost, out of order, repeated without a kill, left unedited: {len(self.problems)}"
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it was sent: by which process (1 is the first), and the number of each report's alert."""

    process: int
    numbers: dict[str, str]
    more: bool = False
    """A digest's page that is not its last: a digest sorts by weight, not by age, and goes on with the next message."""


class Script:
    """The stream of reports. No two share a word but the place, so that each is a story of its own."""

    def __init__(self, seed: int, feeds: FeedServer) -> None:
        self.chance = random.Random(seed)
        self.feeds = feeds
        now = datetime.now(UTC)
        self.reports: list[tuple[str, str, datetime]] = [(guid, title, now) for guid, title in OLD]
        self.copies: list[tuple[str, str, datetime]] = []
        self.show()

    @property
    def markers(self) -> list[str]:
        """What tells each report, in the order of publication."""
        return [title.split()[0] for _, title, _ in self.reports]

    def publish(self) -> None:
        """One more report."""
        words = ["".join(self.chance.choices(SYLLABLES, k=4)) for _ in range(6)]
        number = len(self.reports)
        self.reports.append((f"a{number}", f"M{number:04x}x in Almaty: {' '.join(words)}", datetime.now(UTC)))
        self.show()

    def copy(self) -> None:
        """The other feed copies the first report that it has not."""
        number = len(self.copies)
        if number < len(self.reports):
            self.copies.append((f"b{number}", self.reports[number][1], datetime.now(UTC)))
            self.show()

    def show(self) -> None:
        """Serve the feeds as they are now."""
        quiet = ("q", "Quiet day", datetime.now(UTC) - timedelta(hours=3))
        for path, entries in (("/a.xml", self.reports), ("/b.xml", self.copies), ("/c.xml", [])):
            newest = [quiet, *entries][-WINDOW:][::-1]
            self.feeds.put(path, rss([{"guid": g, "title": t, "pubDate": rfc822(d)} for g, t, d in newest]))


class World:
    """One database, and all that happens to it."""

    def __init__(self, folder: Path, seed: int, feeds: FeedServer, server: BotApiServer, figures: Figures) -> None:
        self.figures, self.server, self.feeds = figures, server, feeds
        self.chance = random.Random(seed)
        self.script = Script(seed, feeds)
        self.users = [server.user(name) for name in ("Ada", "Sam", "Kim")]
        for user in self.users:
            user.start()
        self.bot = Bot(folder, self.sources(), settings=SETTINGS)
        self.database, self.backups = folder / "bot.db", folder / "backups"
        self.env = {
            "WATCHBOT_TELEGRAM__TOKEN": server.token,
            "WATCHBOT_TELEGRAM__BASE_URL": server.url,
            "WATCHBOT_STORAGE__BACKUP_DIR": str(self.backups),
        }
        self.starts: list[int] = []
        """How many calls the server had accepted at each start: what came before belongs to the process before."""
        load_old_schema(self.database, feeds.url("/a.xml"))

    def sources(self, *, more: bool = False) -> dict[str, str]:
        """The feeds of feeds.yaml."""
        found = {"A": self.feeds.url("/a.xml"), "B": self.feeds.url("/b.xml")}
        return found | ({"C": self.feeds.url("/c.xml")} if more else {})

    async def start(self, **env: str) -> Process:
        """Start the bot."""
        self.starts.append(len(self.server.sent()))
        self.bot.env = self.env | env
        return await self.bot.start("run")

    async def kill(self, point: str | None) -> None:
        """Run the bot until it dies at `point`, or kill it at a random moment."""
        env = {"WATCHBOT_CRASH_AT": point} if point else {}
        if point and point.startswith("digest"):
            self.let_an_hour_pass()
        if point == "backup.inside":
            shutil.rmtree(self.backups, ignore_errors=True)
            env["WATCHBOT_STORAGE__BACKUP_AT"] = f"{datetime.now(UTC):%H:%M}"
        process = await self.start(**env)
        if point and point.startswith("reload"):
            await process.expect("started")
            self.edit_files(point)
        ended = asyncio.create_task(process.wait(PATIENCE + 60))
        done, _ = await asyncio.wait({ended}, timeout=PATIENCE if point else self.chance.uniform(0.2, LONGEST))
        if not done:
            process.process.send_signal(signal.SIGKILL)
        status = await ended
        assert status == -signal.SIGKILL, f"it ended by itself with {status}:\n{process.err}"
        assert self.server.token not in process.out + process.err, "the token is in the log"
        self.figures.kills[point if done and point else "random"] += 1

    def publish_for(self, point: str | None) -> None:
        """A report, if the point is on its way or the readers are not far behind: a chat takes one message a second.
        And a copy of one that all have seen."""
        missing = self.missing(self.users[0])
        if (point or "").startswith(("fetch", "commit")) or len(missing) < BEHIND:
            self.script.publish()
        if len(self.script.copies) < len(self.script.reports) - BEHIND - 1:
            self.script.copy()

    def edit_files(self, point: str) -> None:
        """Save rules.yaml or feeds.yaml with something else in it."""
        if point == "reload.rules":
            self.bot.rules.write_text(f"{RULES}# {time.monotonic_ns()}\n", encoding="utf-8")
        else:
            self.bot.write_feeds(self.sources(more=" C," not in (self.bot.config / "feeds.yaml").read_text("utf-8")))

    def let_an_hour_pass(self) -> None:
        """While no bot runs: what is held for the next full hour is due, and what waits because of many kills."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute(
                "UPDATE deliveries SET next_attempt_at = 0 WHERE state IN ('held', 'pending', 'unknown')"
            )
            connection.commit()

    async def finish(self) -> None:
        """Run the bot without kills until everything is out, and count."""
        markers = self.script.markers
        readers = [user for user in self.users if user.id != HOURLY]
        self.let_an_hour_pass()
        await self.run_until(lambda: all(self.missing(u) == [] and self.unedited(u) == [] for u in readers))
        self.let_an_hour_pass()
        await self.run_until(lambda: all(self.missing(u) == [] for u in self.users))
        self.figures.worlds += 1
        self.figures.reports += len(markers)
        self.figures.edits += sum(call.method == "editMessageText" for call in self.server.sent())
        for user in self.users:
            self.count(user)
        with closing(sqlite3.connect(self.database)) as connection:
            (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
            (leased,) = connection.execute("SELECT count(*) FROM deliveries WHERE lease_owner IS NOT NULL").fetchone()
        self.figures.problems += [f"integrity_check: {answer}"] if answer != "ok" else []
        self.figures.problems += [f"{leased} deliveries are leased to nobody"] if leased else []

    async def run_until(self, done: Callable[[], bool]) -> None:
        process = await self.start()
        await process.expect('"event": "started"')  # a process that is told to stop before it listens ends with -15
        deadline = time.monotonic() + 120 + 2 * len(self.script.reports)
        while not done() and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        assert await process.stop() == 0, process.err
        (self.bot.folder / f"last-{len(self.starts)}.log").write_text(process.err, encoding="utf-8")

    # -- what was seen

    def shown(self, user: User) -> list[Seen]:
        """The messages (not edits) that a chat was sent."""
        found = []
        for place, call in enumerate(self.server.sent()):
            if call.chat_id == user.id and call.method != "editMessageText":
                text = str(call.params.get("text", ""))
                numbers = told(text, self.script.markers)
                found.append(Seen(sum(start <= place for start in self.starts), numbers, has_more(text)))
        return [seen for seen in found if seen.numbers]

    def missing(self, user: User) -> list[str]:
        """Markers of reports that the chat never saw."""
        seen = {marker for message in self.shown(user) for marker in message.numbers}
        return [marker for marker in self.script.markers if marker not in seen]

    def unedited(self, user: User) -> list[str]:
        """Markers of reports of whose copy no message of the chat tells."""
        copied = {title.split()[0] for _, title, _ in self.script.copies}  # by a feed whose name is B
        edited = {m for s in user.messages() if "B" in s.text.split() for m in told(s.text, self.script.markers)}
        return sorted(copied - edited)

    def count(self, user: User) -> None:
        """Add one chat's messages to the figures."""
        figures, shown = self.figures, self.shown(user)
        who = f"chat {user.id}"
        figures.expected += len(self.script.markers)
        figures.delivered += len(self.script.markers) - len(self.missing(user))
        figures.digests += sum(len(message.numbers) > 1 for message in shown)
        figures.repeats += sum(bool(again) for again in repeated(shown))
        figures.problems += [f"{who}: lost {marker}" for marker in self.missing(user)]
        if user.id != HOURLY:
            figures.problems += [f"{who}: not edited {marker}" for marker in self.unedited(user)]
        figures.problems += [f"{who}: {problem}" for problem in wrong(shown)]


def told(text: str, markers: Sequence[str]) -> dict[str, str]:
    """{marker: number of its alert} of a message's text. An alert begins with its number; in a digest it comes last."""
    known = set(markers)
    found = [marker for marker in dict.fromkeys(re.findall(r"M[0-9a-f]{4,}x", text)) if marker in known]
    numbers = {}
    for marker in found:
        number = re.search(r"#(\d+)", text if len(found) == 1 else text[text.index(marker) :])
        numbers[marker] = number[1] if number else "none"
    return numbers


def has_more(text: str) -> bool:
    """Whether a message is a page of a digest ("... 1/3" in its first line), and not the last."""
    page = re.search(r" (\d+)/(\d+)\b", text.partition("\n")[0])
    return page is not None and int(page[1]) < int(page[2])


def repeated(shown: Sequence[Seen]) -> list[set[str]]:
    """For each message, which of its markers the chat had seen before."""
    before: set[str] = set()
    found = []
    for message in shown:
        found.append(before & message.numbers.keys())
        before |= message.numbers.keys()
    return found


def wrong(shown: Sequence[Seen]) -> list[str]:
    """What a chat must not have seen: a repeat of anything but what a killed process sent last; a repeat under another
    number; an older report after a newer one."""
    found, numbers_of, newest = [], dict[str, str](), ""
    for last, message, again in zip([Seen(0, {}), *shown], shown, repeated(shown), strict=False):
        if again and (message.process == last.process or not again <= last.numbers.keys()):
            what = f"repeated {sorted(again)} by process {message.process}"
            found.append(f"{what}, after {sorted(last.numbers)} of process {last.process}")
        for marker, number in sorted(message.numbers.items()):
            if numbers_of.setdefault(marker, number) != number:
                found.append(f"{marker} is #{number}, was #{numbers_of[marker]}")
        fresh = message.numbers.keys() - again
        if fresh and min(fresh) < newest and not last.more:
            found.append(f"{min(fresh)} after {newest}")
        newest = max([newest, *fresh])
    return found


def load_old_schema(database: Path, feed_a: str) -> None:
    """Make a database of the dump, its moments moved to the present, and its last chat one of hourly digests."""
    text = OLD_SCHEMA.read_text("utf-8").replace("FEED_A", feed_a)
    moments = [int(moment) for moment in re.findall(r"\b\d{16}\b", text)]
    shift = int(time.time() * 1e6) - max(moments)
    text = re.sub(r"\b\d{16}\b", lambda found: str(int(found[0]) + shift), text)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(text)
        row = (HOURLY, "private", "Kim", "en", "UTC", '{"mode": "hourly"}', "none")
        columns = "id, kind, title, language, timezone, settings, access"
        connection.execute(f"INSERT INTO chats ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        connection.commit()


async def drive(folder: Path, plan: Sequence[str | None], seed: int, figures: Figures) -> None:
    """One world: die at each point of `plan` (None: at a random moment), deliver the rest, and count."""
    async with FeedServer() as feeds, BotApiServer() as server:
        world = World(folder, seed, feeds, server, figures)
        for point in plan:
            world.publish_for(point)
            await world.kill(point)
        await world.finish()


def plan_of(kills: int, chance: random.Random) -> list[str | None]:
    """Every point once, then points and random moments in equal number."""
    plan = [*FIRST, None, *POINTS]
    return [*plan[:kills], *(chance.choice([*POINTS, *[None] * len(POINTS)]) for _ in range(kills - len(plan)))]


async def run(kills: int, seed: int) -> Figures:
    """`kills` kills in worlds of at most `WORLD`, of which `AT_ONCE` live at once."""
    figures, chance, began = Figures(), random.Random(seed), time.monotonic()
    sizes = [min(WORLD, kills - done) for done in range(0, kills, WORLD)]
    room = asyncio.Semaphore(AT_ONCE)

    async def world(number: int, plan: Sequence[str | None]) -> None:
        async with room:
            folder, before = Path(tempfile.mkdtemp(prefix="crash-")), len(figures.problems)
            await drive(folder, plan, seed + number, figures)
        if len(figures.problems) > before:
            print(f"kept, for something is wrong: {folder}", flush=True)
        else:
            shutil.rmtree(folder)

    await asyncio.gather(*(world(i, plan_of(size, chance)) for i, size in enumerate(sizes)))
    figures.seconds = time.monotonic() - began
    return figures


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 520
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(2))
    print(f"seed {seed}", flush=True)
    figures = asyncio.run(run(kills, seed))
    print(figures)
    if figures.problems:
        sys.exit("\n".join(figures.problems))


if __name__ == "__main__":
    main()
