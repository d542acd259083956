"""Scale: ten thousand feeds in a steady state, and a thousand changed feeds beside the `reader` library.

    python tests/bench/bench_scale.py steady [--feeds 10000] [--interval 300] [--seconds 120] [--check]
    python tests/bench/bench_scale.py reader [--feeds 1000] [--entries 30] [--new 3] [--rounds 3] [--check]

The feed server runs in a process of its own; feeds live at distinct loopback addresses, so every one is a host of its
own, as in the world. `steady` runs the real poller, fetcher, parser processes, plan and SQLite: rows start spread over
one interval with validators, most answers are 304, five in a hundred bring a document with new entries. Reported: how
late updates begin (first and second half of the run: a growing lag shows there), CPU, and memory of the bot and its
parsers. `reader` measures CPU time (user and system, children included, starts and first polls not) of updating the
same changed feeds in watchbot and in reader, by turns; `make bench` installs reader in an environment of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import psutil
import structlog
from sqlalchemy import bindparam, update

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "src")]

from servers.feed_server import FeedServer, Request, head, rfc822  # noqa: E402
from watchbot.app.parts import Inputs, Parts, build, new_poller  # noqa: E402
from watchbot.config import FeedList, Settings  # noqa: E402
from watchbot.model import FeedSpec, StoredFeed  # noqa: E402
from watchbot.rules import RuleSet, load_rules  # noqa: E402
from watchbot.storage import schema  # noqa: E402

RULES = HERE.parent.parent / "rules.yaml"
START = datetime(2022, 1, 8, 12, tzinfo=UTC)
SIZES = (401, 489, 528, 791, 882, 1872, 5234, 5732)
"""Median bytes of an entry in each of the eight captured feeds with five entries or more of miniflux/v2's test data
(median of them all 837, mean 1,991), markup included. A feed takes after one of the eight."""
WORDS = (  # noqa: SIM905 - as a text it can be read
    "council harvest bridge museum railway budget river school tender festival reactor pilot market strike minister "
    "said would after before against under report spring committee details were not given parliament court appeal "
    "region energy price bank police border water forest city village road train north south election vote law"
).split()
READER = Path(sys.prefix) / "bench" / "bin" / "python"
"""Where `make bench` installs `reader`."""
MATCHING = 50
"""One entry in so many is about something that the rules watch."""


def _html(rng: random.Random, size: int) -> str:
    """About `size` bytes of markup as news sites write it."""
    pieces: list[str] = []
    while size > 0:
        words = [rng.choice(WORDS) for _ in range(24)]
        words[5] = f'<a href="https://news.example/{words[5]}/{rng.randrange(10**6)}.html?from=rss">{words[5]}</a>'
        words[14] = f"<strong>{words[14]}</strong>"
        pieces.append(f"<p>{' '.join(words)}.</p>\n")
        size -= len(pieces[-1])
    return "".join(pieces)


def entry(feed: int, number: int) -> str:
    """One item. Up to 900 bytes it has a description, above that the whole article as content too."""
    rng = random.Random(feed * 100_003 + number)
    size = SIZES[feed % len(SIZES)]
    about = "in Kazakhstan" if rng.randrange(MATCHING) == 0 else rng.choice(WORDS)
    title = " ".join([*(rng.choice(WORDS) for _ in range(8)), about]).capitalize()
    link = f"https://news{feed}.example/2022/01/08/{number}"
    date = rfc822(START + timedelta(minutes=number))
    item = (
        f"<item><title>{title}</title><link>{link}</link>"
        f'<guid isPermaLink="false">{feed}-{number}</guid><pubDate>{date}</pubDate>'
        f"<category>{rng.choice(WORDS)}</category>"
    )
    room = size - len(item) - len("<description></description></item>")
    if size > 900:
        short, room = _html(rng, 150), room - 360
        item += f"<dc:creator>Staff</dc:creator><content:encoded><![CDATA[{_html(rng, room)}]]></content:encoded>"
    else:
        short = _html(rng, room * 2 // 3) if room > 300 else " ".join(rng.choice(WORDS) for _ in range(room // 7))
    return f"{item}<description>{escape(short)}</description></item>"


def document(feed: int, newest: int, entries: int) -> bytes:
    items = "".join(entry(feed, number) for number in range(newest, newest - entries, -1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>Feed {feed}</title><link>https://news{feed}.example/</link><description>News</description>"
        f"<language>en</language><lastBuildDate>{rfc822(START + timedelta(minutes=newest))}</lastBuildDate>{items}"
        "</channel></rss>"
    ).encode()


# -- the server, in its own process ------------------------------------------------------------------------------------


async def serve(mode: str, entries: int, share: float) -> None:
    """Prints its port; one line on stdin moves the version on ("reader" mode)."""
    version = 0
    rng = random.Random(1)
    served = 0

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        served += 1
        feed = int(request.path.rsplit("/", 1)[1])
        if mode == "steady":
            changed, newest = rng.random() < share, served + entries
            tag = f'"{served}"'
        else:
            newest, tag = 100 + version, f'"{version}"'
            changed = request.headers.get("if-none-match") != tag
        if not changed and "if-none-match" in request.headers:
            writer.write(head(304, {"ETag": request.headers["if-none-match"]}))
        else:
            body = document(feed, newest, entries)
            fields = {"Content-Type": "application/rss+xml", "ETag": tag, "Content-Length": str(len(body))}
            writer.write(head(200, fields) + body)
        await writer.drain()

    class Everywhere(dict[str, Callable[..., object]]):
        def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
            return behaviour

    server = FeedServer(host="0.0.0.0")
    server._behaviours = Everywhere()  # type: ignore[assignment]
    server.keep_log = False
    async with server:
        print(server.port, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            version = int(line)
            print("ok", flush=True)


def start_server(mode: str, entries: int, share: float) -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, __file__, "serve", mode, str(entries), str(share)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def say(process: subprocess.Popen[str], version: int) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{version}\n")
    process.stdin.flush()
    process.stdout.readline()


# -- the bot -----------------------------------------------------------------------------------------------------------


def url_of(port: int, feed: int) -> str:
    return f"http://127.{1 + feed // 65025}.{1 + feed // 255 % 255}.{1 + feed % 254}:{port}/{feed}"


def _rules() -> RuleSet:
    return load_rules(RULES.read_text(encoding="utf-8"), "rules.yaml", lambda path: "")


@asynccontextmanager
async def bot(folder: Path, port: int, feeds: int, interval: float) -> AsyncIterator[Parts]:
    settings = Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{folder / 'watchbot.db'}", "backup_at": None},
            "fetch": {"allow_private_networks": True},
            "poll": {"interval": "1m", "min_interval": "1s"},
        }
    )
    specs = tuple(FeedSpec(url_of(port, i), f"Feed {i}", interval=timedelta(seconds=interval)) for i in range(feeds))
    inputs = Inputs(settings, _rules, lambda: FeedList(specs), console=True)
    async with build(inputs, lambda: datetime.now(UTC)) as parts:
        yield parts


def spread(parts: Parts, interval: float) -> None:
    """Rows as a running bot has them: due over one interval, with validators and a baseline."""
    now = datetime.now(UTC)
    feeds = parts.storage.feeds()
    rows = [{"key": feed.id, "at": now + timedelta(seconds=interval * i / len(feeds))} for i, feed in enumerate(feeds)]
    random.Random(2).shuffle(rows)
    table = schema.feeds
    statement = (
        update(table)
        .where(table.c.id == bindparam("key"))
        .values(next_check_at=bindparam("at"), etag='"seed"', baseline_at=now, last_success_at=now, body_hash="0")
    )
    with parts.storage._db.write() as connection:
        connection.execute(statement, rows)


def usage() -> tuple[float, float]:
    """(CPU seconds, MB of memory) of this process and its parsers."""
    me = psutil.Process()
    family = [me, *(child for child in me.children(recursive=True) if "serve" not in child.cmdline())]
    ended = me.cpu_times()  # parsers that were replaced
    cpu = sum(sum(process.cpu_times()[:2]) for process in family) + ended.children_user + ended.children_system
    # PSS: pages that processes share are counted once.
    return cpu, sum(process.memory_full_info().pss for process in family) / 1e6


async def steady(args: argparse.Namespace) -> bool:
    server, port = start_server("steady", 10, args.share)
    lags: list[tuple[float, float]] = []
    peak = 0.0
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with bot(Path(folder), port, args.feeds, args.interval) as parts:
                await parts.thread.run(spread, parts, args.interval)
                inner = parts.pipeline.update

                async def watched(feed: StoredFeed) -> None:
                    at = feed.next_check_at or datetime.now(UTC)
                    lags.append((time.monotonic(), (datetime.now(UTC) - at).total_seconds()))
                    await inner(feed)

                parts.pipeline.update = watched  # type: ignore[method-assign]
                poller = new_poller(parts)
                cpu, _ = usage()
                started = time.monotonic()
                task = asyncio.create_task(poller.run())
                while time.monotonic() - started < args.seconds:
                    await asyncio.sleep(1)
                    peak = max(peak, usage()[1])
                spent = usage()[0] - cpu
                stats = poller.stats()
                await poller.stop()
                await task
    finally:
        server.kill()
        server.wait()
    half = started + args.seconds / 2
    first, second = ([lag for at, lag in lags if (at < half) == early] for early in (True, False))
    rate = len(lags) / args.seconds
    print(
        f"feeds {args.feeds}, interval {args.interval} s: {rate:.1f} updates/s ({args.feeds / args.interval:.1f} due)"
    )
    for name, values in (("first half", first), ("second half", second)):
        values.sort()
        p95 = values[int(len(values) * 0.95)]
        print(f"  lag {name}: median {statistics.median(values):.2f} s, p95 {p95:.2f} s, max {values[-1]:.2f} s")
    print(
        f"  CPU {100 * spent / args.seconds:.0f}% of one core; memory with parsers {peak:.0f} MB; failed {stats.failed}"
    )
    return statistics.median(second) < 5 and peak < 400 and not stats.failed


# -- beside reader -----------------------------------------------------------------------------------------------------

READER_SIDE = """
import json, resource, sys
from reader import make_reader
reader = make_reader(sys.argv[1] + "/reader.db")
for url in json.loads(sys.stdin.readline()):
    reader.add_feed(url, allow_invalid_url=True)
def cpu():
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime
for line in sys.stdin:
    before = cpu()
    reader.update_feeds(scheduled=False)
    print(cpu() - before, reader.get_entry_counts().total, flush=True)
"""


class ReaderSide:
    """`reader` in a process of its own, which may be of another environment."""

    def __init__(self, python: str, folder: str, urls: list[str]) -> None:
        command = [python, "-c", READER_SIDE, folder]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._write(json.dumps(urls))

    def _write(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def update(self) -> tuple[float, int]:
        """(CPU seconds of updating every feed once, entries in its database then)."""
        assert self.process.stdout is not None
        self._write("")
        answer = self.process.stdout.readline().split()
        if not answer:
            raise SystemExit("reader is not there: `make bench` installs it, or name its Python with --reader-python")
        return float(answer[0]), int(answer[1])


async def update_once(parts: Parts) -> tuple[float, int]:
    """The same of watchbot."""
    before, _ = usage()
    await new_poller(parts).run_once()
    spent = usage()[0] - before
    return spent, await parts.thread.run(count_entries_and_make_due, parts)


def count_entries_and_make_due(parts: Parts) -> int:
    with parts.storage._db.write() as connection:
        connection.execute(update(schema.feeds).values(next_check_at=datetime.now(UTC) - timedelta(seconds=1)))
        return int(connection.exec_driver_sql("SELECT count(*) FROM entries").scalar_one())


async def beside_reader(args: argparse.Namespace) -> bool:
    """Rounds of updates, by turns: what else the machine does meets both."""
    server, port = start_server("reader", args.entries, 0)
    ours, theirs = [], []
    try:
        with tempfile.TemporaryDirectory() as folder:
            reader = ReaderSide(args.reader_python, folder, [url_of(port, i) for i in range(args.feeds)])
            async with bot(Path(folder), port, args.feeds, 600.0) as parts:
                for number in range(args.rounds + 1):  # the first fills the databases and is not counted
                    say(server, number * args.new)
                    entries = args.feeds * (args.entries + number * args.new)
                    ours.append(await update_once(parts))
                    theirs.append(await asyncio.to_thread(reader.update))
                    assert ours[-1][1] == theirs[-1][1] == entries, (ours[-1], theirs[-1], entries)
            reader.process.kill()
            reader.process.wait()
    finally:
        server.kill()
        server.wait()
    print(
        f"{args.feeds} changed feeds of {args.entries} entries, {args.new} of them new, {args.rounds} times; CPU a feed"
    )
    for (mine, _), (other, _) in zip(ours[1:], theirs[1:], strict=True):
        each = 1000 / args.feeds
        print(f"  watchbot {mine * each:.1f} ms (parser processes included), reader {other * each:.1f} ms")
    ratio = sum(other for other, _ in theirs[1:]) / sum(mine for mine, _ in ours[1:])
    print(f"  ratio {ratio:.1f}")
    return ratio > 5


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["steady", "reader", "both"], nargs="?", default="both")
    parser.add_argument("--feeds", type=int)
    parser.add_argument("--interval", type=float, default=300)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--share", type=float, default=0.05, help="of answers that bring a new document")
    parser.add_argument("--entries", type=int, default=30)
    parser.add_argument("--new", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reader-python", default=str(READER if READER.exists() else sys.executable))
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    args = parser.parse_args()
    good = True
    for what, run, feeds in (("steady", steady, 10_000), ("reader", beside_reader, 1_000)):
        if args.what in (what, "both"):
            good &= asyncio.run(run(argparse.Namespace(**{**vars(args), "feeds": args.feeds or feeds})))
    if args.check and not good:
        raise SystemExit("a goal was missed")


if __name__ == "__main__":
    main()
