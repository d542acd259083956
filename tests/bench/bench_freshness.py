"""How much sooner news is seen when each feed is polled by its own rhythm: a simulation.

Four kinds of feeds publish for two weeks (seeded): bursty (breaking news in self-exciting rushes), daily (a batch
at a fixed hour on working days), steady (an agency's day and night), sleepy (one entry in days). The adaptive
schedule is the poller's own code; the fixed one polls every feed equally often, with as many requests in all.
Every poll sees what was published before it. Printed: median and mean delay from publication to detection, and ratios.

    python tests/bench/bench_freshness.py [--days 14] [--seed 1] [--check]
"""

from __future__ import annotations

import argparse
import bisect
import math
import random
import statistics
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from watchbot.poller import rhythm as r
from watchbot.poller.options import PollOptions

START = datetime(2022, 1, 3, tzinfo=UTC)
WARM_UP = 7
"""Days that are simulated and not counted: the schedule learns. (In production it starts from the first document.)"""


def thinned(rng: random.Random, days: float, rate: Callable[[float], float], top: float) -> list[float]:
    """Times in hours of an inhomogeneous Poisson process, by thinning."""
    times, at = [], 0.0
    while (at := at + rng.expovariate(top)) < days * 24:
        if rng.random() * top < rate(at):
            times.append(at)
    return times


def steady(rng: random.Random, days: float) -> list[float]:
    """An agency: 8 an hour by day, 2 by night."""
    return thinned(rng, days, lambda h: 5 + 3 * math.sin((h % 24 - 8) / 24 * 2 * math.pi), 8)


def bursty(rng: random.Random, days: float) -> list[float]:
    """A portal: a little all day, and rushes in which each entry brings others within half an hour."""
    times = []
    seeds = thinned(rng, days, lambda h: 0.9 if 6 <= h % 24 < 22 else 0.15, 1)
    while seeds:
        at = seeds.pop()
        times.append(at)
        seeds += [at + rng.expovariate(2.5) for _ in range(_poisson(rng, 0.75))]
    return sorted(at for at in times if at < days * 24)


def daily(rng: random.Random, days: float) -> list[float]:
    """A paper: a dozen entries within 20 minutes of 04:30 on working days, two or three in the course of the day."""
    times = []
    for day in range(int(days)):
        if (START + timedelta(days=day)).weekday() < 5:
            times += [day * 24 + 4.5 + rng.gauss(0, 0.12) for _ in range(12)]
            times += [day * 24 + rng.uniform(8, 18) for _ in range(_poisson(rng, 2.5))]
    return sorted(times)


def sleepy(rng: random.Random, days: float) -> list[float]:
    """A ministry: one entry in two days, in office hours."""
    return thinned(rng, days, lambda h: 0.06 if 4 <= h % 24 < 13 else 0.0, 0.06)


def _poisson(rng: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


KINDS = {"bursty": bursty, "daily": daily, "steady": steady, "sleepy": sleepy}
MIX = {"bursty": 4, "daily": 4, "steady": 2, "sleepy": 10}


def adaptive(times: Sequence[float], days: float, rng: random.Random, limits: PollOptions) -> tuple[list[float], int]:
    """(delays in seconds after the warm-up, polls after it) under the poller's own schedule."""
    stamps = [START + timedelta(hours=at) for at in times]
    now, seen, polls = START, 0, 0
    delays: list[float] = []
    end, counted_from = START + timedelta(days=days), START + timedelta(days=WARM_UP)
    state = r.Rhythm()
    while now < end:
        upto = bisect.bisect_right(stamps, now)
        new = stamps[seen:upto]
        seen = upto
        delays += [(now - at).total_seconds() for at in new if at >= counted_from]
        polls += now >= counted_from
        state = r.load(r.dump(r.observe(state, new, now)))
        wait = r.interval(state, now, base=limits.interval, shortest=limits.min_interval, longest=limits.max_interval)
        now += wait * rng.uniform(0.9, 1.1)
    return delays, polls


def fixed(times: Sequence[float], days: float, rng: random.Random, interval: float) -> list[float]:
    """Delays in seconds when polled every `interval` seconds, from a random phase."""
    phase = rng.uniform(0, interval)
    return [(phase - at * 3600) % interval for at in times if WARM_UP * 24 <= at < days * 24]


def simulate(days: float, seed: int, limits: PollOptions) -> dict[str, tuple[list[float], list[float], int, int]]:
    """kind -> (adaptive delays, fixed delays, adaptive polls, feeds)."""
    rng = random.Random(seed)
    feeds = [(kind, KINDS[kind](rng, days)) for kind, count in MIX.items() for _ in range(count)]
    runs = [(kind, times, *adaptive(times, days, rng, limits)) for kind, times in feeds]
    total = sum(polls for *_, polls in runs)
    interval = (days - WARM_UP) * 86400 * len(feeds) / total
    result: dict[str, tuple[list[float], list[float], int, int]] = {}
    for kind in KINDS:
        mine = [run for run in runs if run[0] == kind]
        result[kind] = (
            [delay for run in mine for delay in run[2]],
            [delay for run in mine for delay in fixed(run[1], days, rng, interval)],
            sum(run[3] for run in mine),
            len(mine),
        )
    return result


def same_requests(days: float, seed: int, limits: PollOptions) -> dict[str, tuple[float, float]]:
    """kind -> (adaptive median, fixed median) with the same requests within the kind: what the timing alone gives."""
    rng = random.Random(seed)
    result = {}
    for kind, make in KINDS.items():
        a, f = [], []
        for _ in range(MIX[kind]):
            times = make(rng, days)
            delays, polls = adaptive(times, days, rng, limits)
            a += delays
            f += fixed(times, days, rng, (days - WARM_UP) * 86400 / polls)
        result[kind] = (statistics.median(a), statistics.median(f))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=float, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="fail when the overall ratio is below 2")
    args = parser.parse_args()
    runs = simulate(args.days, args.seed, PollOptions())
    print(
        f"{'kind':8} {'feeds':>5} {'entries':>8} {'polls/day':>9}   median: rhythm  fixed  ratio    mean: rhythm  fixed"
    )
    everything_a: list[float] = []
    everything_f: list[float] = []
    for kind, (a, f, polls, count) in runs.items():
        everything_a += a
        everything_f += f
        show(kind, count, a, f, polls / count / (args.days - WARM_UP))
    count = sum(run[3] for run in runs.values())
    show("all", count, everything_a, everything_f, sum(x[2] for x in runs.values()) / count / (args.days - WARM_UP))
    print("\nsame requests within each feed (what timing alone gives):")
    for kind, (a, f) in same_requests(args.days, args.seed, PollOptions()).items():
        print(f"  {kind:8} median {a:6.0f} s, fixed {f:6.0f} s, ratio {f / a:.2f}")
    ratio = statistics.median(everything_f) / statistics.median(everything_a)
    print(f"\noverall ratio of medians: {ratio:.2f}")
    if args.check and ratio < 2:
        raise SystemExit("below 2")


def show(kind: str, count: int, a: Sequence[float], f: Sequence[float], polls: float) -> None:
    median_a, median_f = statistics.median(a), statistics.median(f)
    means = f"{statistics.mean(a):8.0f} s {statistics.mean(f):5.0f} s"
    print(
        f"{kind:8} {count:5} {len(a):8} {polls:9.0f} {median_a:14.0f} s {median_f:5.0f} s {median_f / median_a:6.2f}"
        f"     {means}"
    )


if __name__ == "__main__":
    main()
