"""`watchbot replay` end to end: `python tests/bench/bench_replay.py [ITEMS] [--sqlite]` (default 100,000 items).

Writes synthetic items as JSON lines, then measures on one core: reading, matching with the shipped rules, planning,
grouping, and writing the answers. With --sqlite every plan is also committed to a new SQLite
database, 500 items in a transaction.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import psutil
from newslike import news

from watchbot.cli.files import rules_of
from watchbot.model import FeedSpec, UpdatePlan
from watchbot.plan import PlanSettings
from watchbot.replay import Replayer, ReplayItem, read_items
from watchbot.replay.items import on_their_clock
from watchbot.storage import Storage
from watchbot.stories import StorySettings

BATCH = 500
"""Items in one transaction with --sqlite."""
ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("items", nargs="?", type=int, default=100_000)
    parser.add_argument("--sqlite", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        with path.open("w", encoding="utf-8") as out:
            for row in news(options.items, span=timedelta(days=14) * options.items / 100_000):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        started = time.process_time()
        rules = rules_of(ROOT / "rules.yaml")
        print(f"rules loaded in {time.process_time() - started:.1f} s")
        storage = None
        if options.sqlite:
            storage = Storage(f"sqlite:///{folder}/bench.db")
        gc.disable()  # as the command does
        started = time.process_time()
        counts = run(path, Replayer(rules, PlanSettings(), StorySettings()), storage)
        spent = time.process_time() - started
    print(f"{dict(counts)}")
    memory = psutil.Process().memory_info().rss / 2**20
    print(f"{options.items} items in {spent:.1f} s of one core: {options.items / spent:.0f} items/s, {memory:.0f} MB")
    return 0 if options.items / spent >= 1500 else 1


def run(path: Path, replayer: Replayer, storage: Storage | None) -> Counter[str]:
    counts: Counter[str] = Counter()
    with path.open("rb") as lines, tempfile.TemporaryFile("w") as out:
        items = [item for item in read_items(lines) if isinstance(item, ReplayItem)]
        if storage is not None:
            prepare(storage, items)
        plans: list[UpdatePlan] = []
        for now, item in on_their_clock(items):
            answer = replayer.play(item, now)
            if storage is not None and replayer.last is not None:
                plans.append(replayer.last)
                if len(plans) == BATCH:
                    storage.apply(merged(plans), now)
                    plans.clear()
            counts[answer.outcome] += 1
            out.write(json.dumps({"id": answer.id, "outcome": answer.outcome, "story": answer.story}))
    return counts


def merged(plans: list[UpdatePlan]) -> UpdatePlan:
    """Many documents' plans as one transaction, as one document with many entries is."""
    return UpdatePlan(
        feed=plans[-1].feed,
        entries=tuple(e for p in plans for e in p.entries),
        alerts=tuple(a for p in plans for a in p.alerts),
        refresh_stories=tuple(dict.fromkeys(s for p in plans for s in p.refresh_stories)),
    )


def prepare(storage: Storage, items: list[ReplayItem]) -> None:
    start = items[0].at
    assert start is not None
    storage.migrate(start)
    sources = dict.fromkeys(item.source for item in items)
    storage.sync_feeds([FeedSpec(f"https://bench.test/{n}", source) for n, source in enumerate(sources)], start)


if __name__ == "__main__":
    sys.exit(main())
