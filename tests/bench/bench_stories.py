"""Cost of grouping with a full window: `python tests/bench/bench_stories.py [ITEMS]` (default 100,000).

Prints the time to fill the window, the cost of one place-and-add with the window full, and the memory of the index.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime

import psutil
from newslike import news

from watchbot.model import StoryItem
from watchbot.stories import StoryIndex

PROBES = 2_000


def item(number: int, row: dict[str, str]) -> StoryItem:
    text = row["title"].lower()
    entities = tuple(e for e in ("kazakhstan", "almaty", "astana", "tokayev", "nazarbayev", "massimov") if e in text)
    return StoryItem(
        id=number,
        at=datetime.fromisoformat(row["published"]),
        lang=row["lang"],
        source=row["source"],
        owner=row["source"],
        title=row["title"],
        summary=row["summary"],
        body="",
        link=row["link"],
        entities=entities,
        rules=("kazakhstan",),
    )


def main(count: int) -> int:
    process = psutil.Process()
    items = [item(n, row) for n, row in enumerate(news(count + PROBES), start=1)]
    before = process.memory_info().rss
    index = StoryIndex()
    index.place(items[0])
    started = time.process_time()
    for one in items[:count]:
        index.add(one, index.place(one))
    filled = time.process_time() - started
    memory = (process.memory_info().rss - before) / 2**20
    costs = []
    for one in items[count:]:
        started = time.process_time()
        index.add(one, index.place(one))
        costs.append(time.process_time() - started)
    costs.sort()
    mean = 1000 * sum(costs) / len(costs)
    p50, p99 = 1000 * costs[len(costs) // 2], 1000 * costs[-len(costs) // 100]
    print(f"items {len(index)}  stories {index.stories}")
    print(f"filling: {filled:.1f} s, {1000 * filled / count:.3f} ms an item")
    print(f"full window: mean {mean:.3f}, p50 {p50:.3f}, p99 {p99:.3f} ms an item")
    print(f"memory of the index {memory:.0f} MB, of the process {process.memory_info().rss / 2**20:.0f} MB")
    return 0 if mean < 1.0 and memory < 300 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
