"""How much of Telegram's allowed rate delivery uses, and how fast high priority overtakes a backlog.

    python tests/bench/bench_outbox.py [--alerts 10000] [--chats 500] [--speed 4]

Fills a new database with alerts for private chats, delivers them to the Bot API server of the tests
at Telegram's limits, and commits alerts of high priority meanwhile. `--speed` makes every limit, the server's and
ours, so many times faster; `--speed 1` is real time (5.6 minutes), 4 takes 84 s. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "outbox")]

from outbox_harness import Desk, desk  # noqa: E402

from servers.bot_api import Limits  # noqa: E402
from watchbot.model import Priority  # noqa: E402
from watchbot.outbox import Rates  # noqa: E402


async def overtakes(at: Desk, wake: object, chat: int, number: int) -> float:
    """Seconds from the commit of an alert of high priority until the server accepts it."""
    before = len(at.server.sent(chat))
    title = f"dringend {number}"
    at.alert([chat], title, priority=Priority.HIGH)
    began = time.monotonic()
    wake()  # type: ignore[operator]
    while not any(title in c.params.get("text", "") for c in at.server.sent(chat)[before:]):
        await asyncio.sleep(0.005)
    call = next(c for c in at.server.sent(chat)[before:] if title in c.params["text"])
    return call.at - began


async def measure(alerts: int, chats: int, speed: float, path: Path) -> dict[str, object]:
    async with desk(path, Limits(speed=speed, chat_burst=1.0)) as at:
        readers = at.people(chats)
        each = alerts // chats
        for n in range(each):
            at.alert(readers, f"Meldung {n}")
        waits: list[float] = []
        async with at.running(
            rates=Rates(30.0 * speed, 1.0 / speed, 20, 60.0 / speed, 1.0 / speed), read_timeout=20.0
        ) as worker:
            for n in range(20):
                await asyncio.sleep(0.3)
                waits.append(await overtakes(at, worker.wake, readers[(n * 211 + 250) % chats], n))
            total = alerts + len(waits)
            while len(at.server.sent()) < total:
                await asyncio.sleep(0.02)
        calls = at.server.sent()
        seconds = calls[-1].at - calls[0].at
        rate = (len(calls) - 1) / seconds
        return {
            "alerts": alerts,
            "chats": chats,
            "speed": speed,
            "seconds": round(seconds, 2),
            "rate": round(rate, 2),
            "ratio_to_limit": round(rate / (30 * speed), 4),
            "most_in_one_window": most_in([c.at for c in calls], 1 / speed),
            "refused_429": at.server.api.limiter.refused,
            "high_priority_max_s": round(max(waits), 3),
            "high_priority_median_s": round(sorted(waits)[len(waits) // 2], 3),
        }


def most_in(times: list[float], period: float) -> int:
    """The largest number of acceptances within any `period` (a second at real speed)."""
    best, first = 0, 0
    for last, time_ in enumerate(times):
        while times[first] <= time_ - period:
            first += 1
        best = max(best, last - first + 1)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=10_000)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--speed", type=float, default=4.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        print(json.dumps(asyncio.run(measure(options.alerts, options.chats, options.speed, path))))


if __name__ == "__main__":
    main()
