"""What a feed published lately, and what that says about the next hours.

A rhythm is a profile of the week (how much in each quarter of an hour of the day, times how much on each weekday),
and a short memory of the burst that may be going on. All of it fades, so a feed that changes its habits is understood
anew within weeks. The estimate is an intensity: entries per hour at a moment.

Why polls are spaced by the square root of the intensity: with entries arriving at rate r(t) and polls at rate p(t), the
delay summed over all entries is the integral of r/(2p), the cost that of p; the least delay for a cost has p
proportional to sqrt(r) (Cho & Garcia-Molina, "Effective page refresh policies for Web crawlers", TODS 2003, derive the
same for page freshness). An interval is found by walking ahead until the integral of p reaches one poll, so that a long
quiet interval ends when the daily burst begins.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

BINS = 96
"""Quarters of an hour in a day."""
HALF_LIFE_DAYS = 14.0
PRIOR_RATE = 1.0
"""Entries per hour assumed of a feed before it is known."""
PRIOR_DAYS = 0.15
"""How many days of observation the assumption weighs: after a day, what was seen counts six times as much."""
FLOOR = 0.05
"""Share of the mean intensity that every quarter of an hour keeps: news breaks at unusual hours."""
WEEKDAY_PRIOR = 2.0
"""Days of mean activity that every weekday is credited with."""
BURST_HOURS = 0.4
"""Time constant of a burst: news about one event comes in a rush of half an hour or so."""
BURST_GAIN = 0.6
"""Entries that one entry announces within a burst (the branching ratio of a self-exciting process; below 1)."""
SPREAD = (0.25, 0.5, 0.25)
"""An entry counts in its quarter of an hour and in the neighbours: schedules drift by minutes."""
MOST_AT_ONCE = 500
"""Publication times taken from one document."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A feed's profile. Counts are weighted by age; `days` is the observed time, weighted alike."""

    bins: tuple[float, ...] = (0.0,) * BINS
    weekdays: tuple[float, ...] = (0.0,) * 7
    days: float = 0.0
    at: datetime | None = None
    """Until when time was observed."""
    newest: datetime | None = None
    """The newest publication counted."""
    burst: float = 0.0
    """Entries of the burst, as of `burst_at`."""
    burst_at: datetime | None = None
    longest: float = 0.0
    """The longest pause between entries, in hours; fades slowly."""
    shrink: float = 1.0
    """Factor on intervals, halved by each possible gap; recovers poll by poll."""
    asked: timedelta = timedelta()
    """The interval that the last document asked for (ttl, sy:updatePeriod): a 304 does not repeat it."""
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """Entries counted, weighted by age."""
        return sum(self.bins)


def load(text: str) -> Rhythm:
    """From the text that `dump` made; anything else is a rhythm that knows nothing."""
    try:
        data = json.loads(text) if text else {}
        bins = [0.0] * BINS
        for index, value in data.get("b", {}).items():
            bins[int(index)] = float(value)
        weekdays = tuple(float(x) for x in data.get("w", [0.0] * 7))
        if len(weekdays) != 7:
            return Rhythm()
        return Rhythm(
            bins=tuple(bins),
            weekdays=weekdays,
            days=float(data.get("d", 0.0)),
            at=_time(data.get("at")),
            newest=_time(data.get("n")),
            burst=float(data.get("r", 0.0)),
            burst_at=_time(data.get("ra")),
            longest=float(data.get("l", 0.0)),
            shrink=min(1.0, max(MIN_SHRINK, float(data.get("s", 1.0)))),
            asked=timedelta(seconds=float(data.get("k", 0.0))),
            skip_hours=tuple(int(hour) for hour in data.get("sh", [])),
            skip_days=tuple(str(day) for day in data.get("sd", [])),
        )
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, OSError):
        return Rhythm()


def _time(value: object) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(float(str(value)), UTC)


MIN_SHRINK = 1 / 16


def dump(rhythm: Rhythm) -> str:
    """As compact JSON: only the quarters in which something was seen."""

    def stamp(at: datetime | None) -> int | None:
        return None if at is None else int(at.timestamp())

    data: dict[str, object] = {
        "b": {str(i): round(v, 3) for i, v in enumerate(rhythm.bins) if v > 0.001},
        "w": [round(v, 2) for v in rhythm.weekdays],
        "d": round(rhythm.days, 4),
        "at": stamp(rhythm.at),
        "n": stamp(rhythm.newest),
        "r": round(rhythm.burst, 3),
        "ra": stamp(rhythm.burst_at),
        "l": round(rhythm.longest, 2),
        "s": round(rhythm.shrink, 4),
    }
    if rhythm.asked:
        data["k"] = rhythm.asked.total_seconds()
    if rhythm.skip_hours or rhythm.skip_days:
        data |= {"sh": list(rhythm.skip_hours), "sd": list(rhythm.skip_days)}
    return json.dumps(data, separators=(",", ":"))


def observe(rhythm: Rhythm, published: Iterable[datetime], now: datetime) -> Rhythm:
    """Count publication times newer than the newest counted one; times after `now` count as `now`.

    At the first observation the document's own dates of the last two weeks are counted, so the rhythm is known from
    the first poll on.
    """
    horizon = now - timedelta(days=14)
    after = max(rhythm.newest, horizon) if rhythm.newest else horizon
    times = sorted(min(at, now) for at in published)
    times = [at for at in times if at > after][-MOST_AT_ONCE:]
    since = (times[0] if times else now) if rhythm.at is None else rhythm.at
    # A clock set back observes no time; one set forward by months must not fade everything at once.
    elapsed = min(max(0.0, (now - since).total_seconds() / 86400), 14.0)
    fade = 0.5 ** (elapsed / HALF_LIFE_DAYS)
    bins = [value * fade for value in rhythm.bins]
    weekdays = [value * fade for value in rhythm.weekdays]
    for at in times:
        _count(bins, weekdays, at)
    aged = replace(
        rhythm,
        bins=tuple(bins),
        weekdays=tuple(weekdays),
        days=rhythm.days * fade + elapsed,
        at=now,
        longest=_longest(rhythm, times) * (0.5 ** (elapsed / 60)),
        newest=times[-1] if times else rhythm.newest,
    )
    return _excite(aged, times)


def _count(bins: list[float], weekdays: list[float], at: datetime) -> None:
    utc = at.astimezone(UTC)
    index = (utc.hour * 60 + utc.minute) // 15
    for offset, share in zip((-1, 0, 1), SPREAD, strict=True):
        bins[(index + offset) % BINS] += share
    weekdays[utc.weekday()] += 1


def _longest(rhythm: Rhythm, times: list[datetime]) -> float:
    """The longest pause in hours, the one before the first of `times` included."""
    marks = [*([rhythm.newest] if rhythm.newest else []), *times]
    pauses = [(b - a).total_seconds() / 3600 for a, b in pairwise(marks)]
    return max([rhythm.longest, *pauses])


def _excite(rhythm: Rhythm, times: list[datetime]) -> Rhythm:
    burst, at = rhythm.burst, rhythm.burst_at
    for time in times:
        burst = burst * _fading(at, time) + 1.0
        at = time
    return replace(rhythm, burst=burst, burst_at=at)


def _fading(since: datetime | None, now: datetime) -> float:
    hours = max(0.0, (now - since).total_seconds() / 3600) if since else math.inf
    return math.exp(-hours / BURST_HOURS)


def mean_rate(rhythm: Rhythm) -> float:
    """Entries per hour over all observed time, with the assumption of an unknown feed mixed in."""
    return (rhythm.total + PRIOR_RATE * PRIOR_DAYS * 24) / ((rhythm.days + PRIOR_DAYS) * 24)


def intensity(rhythm: Rhythm, at: datetime) -> float:
    """Entries per hour to be expected at `at`."""
    return _Profile(rhythm).at(at)


class _Profile:
    """A rhythm's sums, taken once for many moments."""

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        self._mean = mean_rate(rhythm)
        total = rhythm.total
        # The shape is believed as far as it rests on entries: each quarter gets a share of a flat day as well.
        flat = 4.0 / (total + 4.0)
        self._shape = [flat + (1 - flat) * (value * BINS / total if total else 1.0) for value in rhythm.bins]
        weeks = rhythm.days / 7
        per_day = rhythm.total / rhythm.days if rhythm.days > 0 else 0.0
        credit = WEEKDAY_PRIOR * per_day
        self._weekday = [
            (count + credit) / ((weeks + WEEKDAY_PRIOR) * per_day) if per_day > 0 and rhythm.days >= 7 else 1.0
            for count in rhythm.weekdays
        ]

    def at(self, at: datetime) -> float:
        utc = at.astimezone(UTC)
        index = (utc.hour * 60 + utc.minute) // 15
        habit = self._mean * max(FLOOR, self._shape[index] * self._weekday[utc.weekday()])
        burst = BURST_GAIN / BURST_HOURS * self._rhythm.burst * _fading(self._rhythm.burst_at, at)
        return habit + burst


def expected(rhythm: Rhythm, since: datetime, until: datetime) -> float:
    """Entries to be expected between two moments by habit alone (no burst), at most four weeks apart."""
    profile = _Profile(replace(rhythm, burst=0.0, burst_at=None))
    until = min(until, since + timedelta(days=28))
    total, at = 0.0, since
    while at < until:
        end = min(until, _next_bin(at))
        total += profile.at(at) * (end - at).total_seconds() / 3600
        at = end
    return total


def _next_bin(at: datetime) -> datetime:
    seconds = at.timestamp()
    return datetime.fromtimestamp((math.floor(seconds / 900) + 1) * 900, UTC)


def interval(rhythm: Rhythm, now: datetime, *, base: timedelta, shortest: timedelta, longest: timedelta) -> timedelta:
    """How long to wait from `now`: `base` at one entry per hour, by the square root of the intensity elsewhere."""
    profile = _Profile(rhythm)
    base_seconds = base.total_seconds()
    seconds, polls, at = 0.0, 0.0, now
    step = 60.0
    while seconds < longest.total_seconds():
        span = step if seconds < 1800 else 5 * step
        rate = math.sqrt(profile.at(at + timedelta(seconds=span / 2)) / PRIOR_RATE) / base_seconds
        if polls + rate * span >= 1.0:
            seconds += (1.0 - polls) / rate
            break
        polls += rate * span
        seconds += span
        at = now + timedelta(seconds=seconds)
    seconds *= rhythm.shrink
    return timedelta(seconds=min(max(seconds, shortest.total_seconds()), longest.total_seconds()))


def shrunk(rhythm: Rhythm, *, gap: bool) -> Rhythm:
    """After a poll: halve intervals when entries may have been missed, else let them recover by a fiftieth."""
    factor = rhythm.shrink / 2 if gap else rhythm.shrink * 1.02
    return replace(rhythm, shrink=min(1.0, max(MIN_SHRINK, factor)))
