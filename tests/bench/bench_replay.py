"""`watchbot replay` end to end: `python tests/bench/bench_replay.py [ITEMS] [--profile]` (default 100,000 items).

Writes synthetic items as JSON lines, and measures whole processes (user and system time of start, rules and all, wall
time, peak memory):

    file      `watchbot replay items.jsonl`
    commit    the same items, every plan committed to a new SQLite database, 500 items in a transaction
    archive   `watchbot replay` of that database: the entries that `commit` stored

All of this matches rules and is grouped, which is the dearest case: most of a real feed matches nothing. With --profile
the functions that took most time in `commit`, by themselves and with what they call. Exit status 1 below 1,500 items a
second.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import itertools
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from newslike import START, news

from watchbot.cli.files import rules_of
from watchbot.model import FeedSpec, UpdatePlan
from watchbot.plan import PlanSettings
from watchbot.replay import Replayer, ReplayItem, recorded
from watchbot.storage import Storage
from watchbot.stories import StoryOptions

AIM = 1500
BATCH = 500
"""Items in one transaction."""
OUTLETS = 60
ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("items", nargs="?", type=int, default=100_000)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--commit", nargs=2, metavar=("FILE", "DATABASE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.commit:
        commit(Path(options.commit[0]), options.commit[1], profiled=options.profile)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path, url = Path(folder) / "items.jsonl", f"sqlite:///{folder}/bench.db"
        write(path, options.items)
        own = [sys.executable, __file__, "--commit", str(path), url]
        if options.profile:
            return subprocess.run([*own, "--profile"], check=True).returncode
        cli = [sys.executable, "-m", "watchbot", "--config", str(ROOT / "config"), "replay"]
        rates = [
            measured("file", [*cli, str(path)], options.items, url),
            measured("commit", own, options.items, url),
            measured("archive", [*cli, "--since", "3000d"], stored(url), url),
        ]
    return 0 if min(rates) >= AIM else 1


def write(path: Path, items: int) -> None:
    """100,000 items over 14 days, or fewer as dense."""
    with path.open("w", encoding="utf-8") as out:
        for row in news(items, span=timedelta(days=14) * items / 100_000):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def measured(name: str, command: list[str], items: int, url: str) -> float:
    """Run it to its end; items a second of processor time."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.DEVNULL, env={**os.environ, "WATCHBOT_STORAGE__URL": url}
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall, spent = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    assert status == 0, (name, status)
    print(
        f"{name:8} {items} items in {spent:.1f} s of one core ({wall:.1f} s wall, load {os.getloadavg()[0]:.1f}): "
        f"{items / spent:.0f} items/s, {usage.ru_maxrss // 1024} MB at most",
        flush=True,
    )
    return items / spent


def commit(path: Path, url: str, *, profiled: bool) -> None:
    rules = rules_of(ROOT / "rules.yaml")
    storage = Storage(url)
    storage.migrate(START)
    storage.sync_feeds([FeedSpec(f"https://bench.test/{n}", f"Outlet {n}") for n in range(OUTLETS)], START)
    gc.disable()  # as the command does
    profile = cProfile.Profile()
    with path.open("rb") as file:
        timed = recorded(file, print)
        if profiled:
            profile.enable()
        run(timed, Replayer(rules, PlanSettings(), StoryOptions()), storage)
        profile.disable()
    storage.close()
    if profiled:
        for order in ("tottime", "cumtime"):
            pstats.Stats(profile).sort_stats(order).print_stats(40)


def run(timed: Iterator[tuple[datetime, ReplayItem]], replayer: Replayer, storage: Storage) -> None:
    """Play everything and commit what the running bot would have."""
    while batch := list(itertools.islice(timed, BATCH)):
        plans: list[UpdatePlan] = []
        for now, item in batch:
            replayer.play(item, now)
            assert replayer.last is not None
            plans.append(replayer.last)
        storage.apply_all(plans, batch[-1][0])


def stored(url: str) -> int:
    """How many entries the archive holds: items that are the same entry again are none."""
    storage = Storage(url)
    try:
        return len(storage.archive(START))
    finally:
        storage.close()


if __name__ == "__main__":
    sys.exit(main())
