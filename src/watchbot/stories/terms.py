"""Terms of the window with their weight: how rare among stories, and what kind of evidence.

The weight of a term is its inverse document frequency among the stories of the window, smoothed by a prior per kind of
term, so that the first hour after a start judges as the hundredth does.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Container, Iterable, Sequence

PRIOR_STORIES = 30
"""Stories that the prior counts for."""
PRIORS = {"e": 0.25, "c": 0.05, "n": 0.01, "k": 0.02, "g": 0.02, "w": 0.02}
"""Share of stories expected to hold a term of each kind (see features): an entity is common, since the rules ask for
it; a given figure or name is rare."""
COMMON_CONCEPT = 0.15
"""The same for concepts that the lexicon marks as held by much of all news."""
SHARED = {"e": 1.0, "c": 1.0, "n": 1.0, "k": 1.0, "g": 0.7, "w": 0.7}
"""How much a shared term of each kind proves."""
MISSED = {"e": 1.0, "c": 1.0, "n": 0.7, "k": 0.6, "g": 0.3, "w": 0.7}
"""How much a term that only one of two items holds speaks against them. Another language has other words and spells
names its own way, so a missing cognate says little; a missing concept says more."""
RECENT = 128
"""Stories per term that a search looks at, newest first."""


class Terms:
    """Numbers for terms, the stories that hold each, and weights."""

    def __init__(self, common: Iterable[str] = ()) -> None:
        self._common = frozenset(f"c:{concept}" for concept in common)
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._free: list[int] = []
        self._stories: list[array[int] | None] = []
        """None for words of one language: they weigh, and stories are searched by the terms of any language."""
        self._df: list[int] = []
        self._missed: list[float] = []
        self._ratio: list[float] = []
        self._priors: list[float] = []
        self._log_missed: list[float] = []
        """missed factor x log(prior + df): what idf subtracts, kept so that a sum over an item is one pass in C."""
        self.count = 0
        """Stories in the window."""

    def __len__(self) -> int:
        return len(self._numbers)

    def known(self, names: Iterable[str]) -> list[int]:
        """Numbers of those terms that the window holds."""
        return [number for number in map(self._numbers.get, names) if number is not None]

    def intern(self, names: Iterable[str]) -> array[int]:
        """Numbers of terms, sorted, new ones given."""
        known = self._numbers.get
        found = []
        for name in names:
            number = known(name)
            found.append(self._new(name) if number is None else number)
        found.sort()
        return array("I", found)

    def _new(self, name: str) -> int:
        """A number for a term that has none."""
        if self._free:
            number = self._free.pop()
            self._names[number] = name
        else:
            number = len(self._names)
            self._names.append(name)
            self._stories.append(None)
            self._df.append(0)
            self._missed.append(0.0)
            self._log_missed.append(0.0)
            self._ratio.append(0.0)
            self._priors.append(0.0)
        self._numbers[name] = number
        self._stories[number] = None if name[0] == "w" else array("I")
        self._missed[number] = MISSED[name[0]]
        self._ratio[number] = SHARED[name[0]] / MISSED[name[0]]
        self._priors[number] = self._prior(name)
        self._update(number)
        return number

    def hold(self, story: int, numbers: Iterable[int]) -> None:
        """`story` begins to hold these terms."""
        # The same as `_update`, without a call for each term: every item comes through here.
        held, df, priors, missed, logs, log = (
            self._stories,
            self._df,
            self._priors,
            self._missed,
            self._log_missed,
            math.log,
        )
        for number in numbers:
            if (stories := held[number]) is not None:
                stories.append(story)
            count = df[number] = df[number] + 1
            logs[number] = missed[number] * log(priors[number] + count)

    def drop(self, numbers: Iterable[int], alive: Container[int]) -> None:
        """A story no longer holds these terms; terms that nothing holds are forgotten.

        The story stays in the lists until half of a list is dead: taking one number out of a long array moves the rest.
        """
        for number in numbers:
            self._df[number] -= 1
            if not self._df[number]:
                del self._numbers[self._names[number]]
                self._names[number] = ""
                self._stories[number] = None
                self._free.append(number)
                continue
            self._update(number)
            stories = self._stories[number]
            if stories is not None and len(stories) > 2 * self._df[number] + 64:
                self._stories[number] = array("I", [story for story in stories if story in alive])

    def full_name(self, number: int) -> str:
        """The term of a number."""
        return self._names[number]

    def by_worth(self, worth: dict[int, float]) -> list[int]:
        """Terms by falling weight; equal ones by name, so that the same items give the same stories on every run."""
        ranked = sorted(worth, key=self._names.__getitem__)
        ranked.sort(key=worth.__getitem__, reverse=True)
        return ranked

    def name(self, number: int) -> str:
        """The term of a number, without its kind."""
        return self._names[number].rpartition(":")[2]

    def recent(self, number: int) -> Sequence[int]:
        """The newest stories that hold a term; some of them may have left the window."""
        return (self._stories[number] or ())[-RECENT:]

    def weigh(self, numbers: Iterable[int]) -> tuple[dict[int, float], dict[int, float]]:
        """(weight of each term when shared, weight of each when missed), at this moment."""
        total = math.log(PRIOR_STORIES + self.count)
        factors, logs, ratios = self._missed, self._log_missed, self._ratio
        missed = {number: factors[number] * total - logs[number] for number in numbers}
        return {number: ratios[number] * value for number, value in missed.items()}, missed

    def factors(self, numbers: Iterable[int]) -> float:
        """Sum of the terms' missed factors: fixed for an item, so its holder keeps it."""
        return sum(map(self._missed.__getitem__, numbers))

    def logs(self, numbers: Iterable[int]) -> float:
        """Sum of what rarity takes off: `total() * factors - logs` is what the terms speak against another item."""
        return sum(map(self._log_missed.__getitem__, numbers))

    def total(self) -> float:
        """Logarithm of the number of stories, the prior's included."""
        return math.log(PRIOR_STORIES + self.count)

    def unshared_unknown(self, names: Iterable[str]) -> float:
        """The same for terms that the window does not hold yet."""
        total = math.log(PRIOR_STORIES + self.count)
        return sum([MISSED[n[0]] * (total - math.log(self._prior(n))) for n in names if n not in self._numbers])

    def _prior(self, name: str) -> float:
        return PRIOR_STORIES * (COMMON_CONCEPT if name in self._common else PRIORS[name[0]])

    def _update(self, number: int) -> None:
        self._log_missed[number] = self._missed[number] * math.log(self._priors[number] + self._df[number])
