"""When an entity's rate leaves its own baseline: "Almaty: 41 in an hour, usually 2". Pure.

The baseline is the median of the counts of the same length before, so that yesterday's burst does not raise it; the
spread is the median absolute deviation. Counts of rare events scatter like Poisson numbers, so the spread is never
taken as less than the square root of the baseline (and never less than one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from watchbot.model import Note

MIN_COUNT = 8
"""Fewer mentions in an hour are no news, however quiet the week was."""
MIN_RATIO = 4.0
SIGMAS = 6.0
"""Six deviations: with 100 entities and 24 looks a day, a false alarm in years if counts were Poisson; news is
burstier, which MIN_RATIO and the median absolute deviation catch."""
MIN_HISTORY = 48
"""Hours of baseline; before that nobody knows what is usual."""
CALM = timedelta(hours=6)
"""One message per spike: an entity is silent this long after it, unless the rate doubles again."""
RISE = 2.0


@dataclass(frozen=True, slots=True)
class Spike:
    """`count` in the last hour, `usual` before, first told at `at`."""

    entity: str
    count: int
    usual: int
    at: datetime


def find_spikes(
    last_hour: Mapping[str, int],
    before: Mapping[str, Sequence[int]],
    told: Mapping[str, Spike],
    now: datetime,
) -> list[Spike]:
    """Entities that leave their baseline now, strongest first.

    `last_hour`: mentions in the hour up to `now`. `before`: mentions in each hour before it, silent hours included as
    zero. `told`: the last spike told of each entity.
    """
    found = [
        Spike(entity, count, round(median(before[entity])), now)
        for entity, count in last_hour.items()
        if entity in before and is_spike(count, before[entity]) and not is_told(count, told.get(entity), now)
    ]
    return sorted(found, key=lambda s: (-s.count / max(1, s.usual), s.entity))


def is_spike(count: int, before: Sequence[int]) -> bool:
    """Whether `count` is far outside of what the hours before make likely."""
    if count < MIN_COUNT or len(before) < MIN_HISTORY:
        return False
    usual = median(before)
    deviation = 1.4826 * median([abs(n - usual) for n in before])
    spread = max(1.0, deviation, usual**0.5)
    return count >= MIN_RATIO * max(1.0, usual) and count - usual >= SIGMAS * spread


def is_told(count: int, last: Spike | None, now: datetime) -> bool:
    return last is not None and now - last.at < CALM and count < RISE * last.count


def spike_note(spike: Spike, name: str) -> Note:
    """The notice: one sentence. `name`: of the entity, in the language of those who read it."""
    return Note("spike", {"name": name, "count": str(spike.count), "usual": str(spike.usual)})
