"""The sliding window of recent items, and the decision which story a new one belongs to.

item -> features and fingerprint
     -> the same text as an item of the window?    duplicate (or an update, when it says so)
     -> stories that share its rarest terms
     -> the most alike member, weighed by rarity and age, above the threshold?    update
     -> else a new story
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchbot.model import EntryStatus, Placement, PlacementKind, StoryItem
from watchbot.stories.copies import Bands, Print, is_copy, print_of
from watchbot.stories.features import COUNTED, Extractor, Features
from watchbot.stories.lexicon import Lexicon, shipped
from watchbot.stories.terms import Terms
from watchbot.text.fingerprint import AGENCIES, Mark, origin_of, strip_title

SEARCHED_TERMS = 10
"""Rarest terms of an item by which stories are searched."""
SCORED_STORIES = 6
"""Stories that are compared member by member."""
PROMISING = 0.4
"""Share of the best story's weight in the searched terms below which a story is not compared."""
SCORED_MEMBERS = 12
"""Members of a story that are compared, copies left out: its first (what the alert said) and its newest."""
FIRST_MEMBERS = 4
FRESH = 512
"""Items added after which a member's weight is summed anew: rarity moves slowly."""
LARGE = 8
"""Members from which a story keeps the sum of its members' terms."""
VAGUE = 0.45
"""Share of threshold and evidence that suffices for a title that names nobody and no event: it opens no story itself,
and what it shares with one it shares by its summary alone."""
STRANGER = 1.2
"""How many times the threshold it takes to join an item that shares no entity: the like happens elsewhere too."""
MAX_GROWTH = 50
"""A figure that grows more than this in one story counts something else."""


@dataclass(frozen=True, slots=True)
class StoryOptions:
    """How stories are grouped.

    `window`: how long an item can be found again. `threshold`: likeness from which two items tell one event (0 to 1).
    `evidence`: weight that two items must share, whatever their likeness: short titles are alike by little.
    `half_life`: age difference that halves likeness: a new development of an affair is a new story.
    `template_after`: age difference from which equal texts with other figures are a series ("Exchange rate: ..."),
    not copies. The values were chosen on the development set; docs/stories.md says how, and how to tune them.
    """

    window: timedelta = timedelta(hours=72)
    threshold: float = 0.29
    evidence: float = 4.5
    half_life: timedelta = timedelta(hours=16)
    template_after: timedelta = timedelta(hours=12)


@dataclass(slots=True, eq=False)
class _Record:
    id: int
    at: float
    story: int
    lang: str
    shared: array[int]
    words: array[int]
    shingles: array[int]
    bands: tuple[int, ...]
    rules: tuple[str, ...]
    origin: str | None
    copy: bool
    shared_factor: float
    words_factor: float
    summed_at: int = -1
    shared_logs: float = 0.0
    words_logs: float = 0.0


@dataclass(slots=True)
class _Story:
    name: str
    members: list[_Record] = field(default_factory=list)
    counts: dict[str, int] | None = None
    large: _Large | None = None

    def tellings(self) -> list[_Record]:
        """The members that are no copies of another: those that a comparison needs, the first and the newest."""
        if len(self.members) == 1:
            return self.members
        found = self.large.tellings if self.large else [m for m in self.members if not m.copy]
        found = found or self.members[:1]
        return (
            found if len(found) <= SCORED_MEMBERS else found[:FIRST_MEMBERS] + found[FIRST_MEMBERS - SCORED_MEMBERS :]
        )

    def add(self, record: _Record) -> set[int]:
        """Take a member in; answer the terms that only it holds."""
        new = {*record.shared, *record.words}
        if self.large:
            new -= self.large.terms
            self.large.add(record, new)
        else:
            for member in self.members:
                new.difference_update(member.shared)
                new.difference_update(member.words)
        self.members.append(record)
        if len(self.members) == LARGE:
            self.large = _Large(self.members)
        return new

    def remove(self, records: list[_Record]) -> set[int]:
        """Let members go; answer the terms that only they held."""
        gone = {term for r in records for terms in (r.shared, r.words) for term in terms}
        leaving = set(map(id, records))
        self.members = [m for m in self.members if id(m) not in leaving]
        for member in self.members:
            gone.difference_update(member.shared)
            gone.difference_update(member.words)
        if self.large:
            self.large = _Large(self.members) if len(self.members) >= LARGE else None
        return gone


class _Large:
    """What is kept of a story with many members, so that one more costs no pass over all of them."""

    def __init__(self, members: list[_Record]) -> None:
        self.terms = {term for m in members for terms in (m.shared, m.words) for term in terms}
        self.tellings = [m for m in members if not m.copy]

    def add(self, record: _Record, new: set[int]) -> None:
        self.terms |= new
        if not record.copy:
            self.tellings.append(record)


@dataclass(frozen=True, slots=True)
class _Query:
    """A new item, prepared for comparison."""

    item: StoryItem
    features: Features
    print: Print
    shingles: frozenset[int]
    figures: frozenset[str]
    shared: frozenset[int]
    words: frozenset[int]
    worth: dict[int, float]
    """What each term proves when shared ..."""
    missed: dict[int, float]
    """... and what it speaks against an item without it."""
    own_shared: float
    """All that the language-free terms could speak against another item."""
    own_words: float
    total: float


class StoryIndex:
    """Recent items and their stories, in memory; rebuilt from the database at start by `add`. Not thread-safe."""

    def __init__(self, settings: StoryOptions = StoryOptions(), lexicon: Lexicon | None = None) -> None:
        self.settings = settings
        lexicon = lexicon or shipped()
        self._extract = Extractor(lexicon)
        self._terms = Terms(lexicon.common)
        self._bands = Bands()
        self._records: dict[int, _Record] = {}
        self._ages: list[tuple[float, int]] = []
        """When each item was, a heap: what leaves the window is found without a look at what stays."""
        self._stories: dict[int, _Story] = {}
        self._numbers: dict[str, int] = {}
        self._next = 0
        self._added = 0
        self._prepared: tuple[StoryItem, Features, Print] | None = None
        self._half_life = settings.half_life.total_seconds()
        self._window = settings.window.total_seconds()
        self._template_after = settings.template_after.total_seconds()

    def __len__(self) -> int:
        return len(self._records)

    @property
    def stories(self) -> int:
        """How many stories the window holds."""
        return len(self._stories)

    # -- asking

    def place(self, item: StoryItem) -> Placement:
        """The story of `item` among the items added so far; the window stays as it is."""
        query = self._query(item)
        copied = self._copied(query, self._bands.candidates(query.print))
        if copied is None:
            number, record, score, shared = self._nearest(query)
            if record is not None:
                copied = self._copied(query, (m.id for m in self._stories[number].tellings()))
                if copied is None and score >= self._needed(query, shared):
                    because = "same event: " + ", ".join(self._names(query, shared))
                    return self._placed(query, PlacementKind.UPDATE, self._stories[number], score, because, None)
        if copied is not None:
            record, score = copied
            return self._placed(
                query, PlacementKind.DUPLICATE, self._stories[record.story], score, "the same text", record
            )
        return Placement(PlacementKind.NEW, str(item.id), 1.0, "nothing alike in the window", origin=_origin(item))

    def item_rules(self, item_id: int) -> tuple[str, ...] | None:
        """The rules of a remembered item, or None."""
        record = self._records.get(item_id)
        return record.rules if record else None

    def story_of(self, item_id: int) -> str | None:
        """The story of a remembered item, or None."""
        record = self._records.get(item_id)
        return self._stories[record.story].name if record else None

    def members(self, story: str) -> tuple[int, ...]:
        """Ids of the remembered items of a story."""
        number = self._numbers.get(story)
        return tuple(r.id for r in self._stories[number].members) if number is not None else ()

    # -- changing

    def add(self, item: StoryItem, placement: Placement) -> None:
        """Remember `item` as placed. An id that is there already is replaced."""
        if item.id in self._records:
            self.remove([item.id])
        features, print_ = self._prepare(item)
        number = self._numbers.get(placement.story)
        if number is None:
            number, self._next = self._next, self._next + 1
            self._numbers[placement.story] = number
            self._stories[number] = _Story(placement.story)
            self._terms.count += 1
        story = self._stories[number]
        shared, words = self._terms.intern(features.shared), self._terms.intern(features.words)
        record = _Record(
            item.id,
            item.at.timestamp(),
            number,
            features.lang,
            shared,
            words,
            print_.shingles,
            print_.bands,
            item.rules,
            placement.origin,
            placement.kind is PlacementKind.DUPLICATE,
            self._terms.factors(shared),
            self._terms.factors(words),
        )
        self._terms.hold(number, story.add(record))
        self._added += 1
        if features.counts:
            grown = story.counts or {}
            story.counts = grown | {c: max(grown.get(c, 0), value) for c, value in features.counts}
        self._records[item.id] = record
        heapq.heappush(self._ages, (record.at, item.id))
        self._bands.add(item.id, print_)

    def remove(self, item_ids: Iterable[int]) -> None:
        """Forget items whose transaction was rolled back. Unknown ids are ignored."""
        leaving: dict[int, list[_Record]] = {}
        for item_id in item_ids:
            record = self._records.pop(item_id, None)
            if record is not None:
                self._bands.remove(item_id, record.bands)
                leaving.setdefault(record.story, []).append(record)
        for number, records in leaving.items():
            story = self._stories[number]
            gone = story.remove(records)
            if not story.members:
                del self._stories[number]
                del self._numbers[story.name]
                self._terms.count -= 1
            self._terms.drop(gone, self._stories)

    def expire(self, now: datetime) -> int:
        """Forget items older than the window; return how many."""
        before = (now - self.settings.window).timestamp()
        old = []
        while self._ages and self._ages[0][0] < before:
            at, item_id = heapq.heappop(self._ages)
            record = self._records.get(item_id)
            if record is not None and record.at == at:
                old.append(item_id)
        self.remove(old)
        return len(old)

    # -- the same text

    def _copied(self, query: _Query, candidates: Iterable[int]) -> tuple[_Record, float] | None:
        """The most alike item with the same text, the oldest of equals."""
        best: tuple[_Record, float] | None = None
        at = query.item.at.timestamp()
        for item_id in candidates:
            record = self._records.get(item_id)
            if record is None or record.id == query.item.id:
                continue
            age = abs(at - record.at)
            if age > self._window:
                continue
            if age > self._template_after and self._figures_of(record) != query.figures:
                continue
            score = is_copy(query.shingles, record.shingles)
            if score and (best is None or (score, -record.at) > (best[1], -best[0].at)):
                best = (record, score)
        return best

    def _figures_of(self, record: _Record) -> frozenset[str]:
        names = map(self._terms.full_name, record.shared)
        return frozenset(name for name in names if name.startswith("n:"))

    # -- the same event

    def _nearest(self, query: _Query) -> tuple[int, _Record | None, float, frozenset[int]]:
        worth = query.worth
        found: dict[int, float] = {}
        ranked = self._terms.by_worth(worth)
        for number in ranked[:SEARCHED_TERMS]:
            value = worth[number]
            for story in self._terms.recent(number):
                found[story] = found.get(story, 0.0) + value
        best: tuple[int, _Record | None, float, frozenset[int]] = (-1, None, 0.0, frozenset())
        for _, story in heapq.nlargest(SCORED_STORIES, self._promising(found)):
            record, score, shared = self._likeness(query, self._stories[story], best[2])
            if score > best[2]:
                best = (story, record, score, shared)
        return best

    def _promising(self, found: dict[int, float]) -> list[tuple[float, int]]:
        """(weight, story) of those with a fair share of the best weight; those that left the window are dropped."""
        while found:
            least = PROMISING * max(found.values())
            likely = [pair for pair in zip(found.values(), found, strict=True) if pair[0] >= least]
            gone = [story for _, story in likely if story not in self._stories]
            if not gone:
                return likely
            for story in gone:
                del found[story]
        return []

    def _needed(self, query: _Query, shared: frozenset[int]) -> float:
        """The likeness from which `query` joins what it shares these terms with."""
        needed = self.settings.threshold * (VAGUE if query.features.vague else 1.0)
        named = query.features.named
        strange = named and not named.intersection(map(self._terms.full_name, shared))
        return needed * STRANGER if strange else needed

    def _names(self, query: _Query, shared: frozenset[int]) -> list[str]:
        """The weightiest shared terms, for people."""
        return [self._terms.name(number) for number in self._terms.by_worth(query.worth) if number in shared][:4]

    def _likeness(self, query: _Query, story: _Story, least: float) -> tuple[_Record | None, float, frozenset[int]]:
        """The most alike member of a story: shared weight over all weight (a cosine), halved by age.

        The age is that to the nearest member, since a story that is still being told is still the story. Only what is
        more than `least` is of interest.
        """
        at = query.item.at.timestamp()
        best: tuple[_Record | None, float, frozenset[int]] = (None, 0.0, frozenset())
        age = min([abs(at - member.at) for member in story.members[-SCORED_MEMBERS:]])
        decay: float = 2.0 ** (-age / self._half_life)
        if decay <= least:
            return best  # too old, were it the very same
        worth, lang = query.worth.__getitem__, query.features.lang
        evidence = self.settings.evidence * (VAGUE if query.features.vague else 1.0)
        for member in story.tellings():
            shared = query.shared.intersection(member.shared)
            common = sum(map(worth, shared))
            if common < evidence:
                continue
            words = query.words.intersection(member.words) if member.lang == lang else None
            score = self._cosine(query, member, common, shared, words)
            if score > best[1]:
                best = (member, score, shared)
        return best[0], best[1] * decay, best[2]

    def _cosine(
        self, query: _Query, member: _Record, common: float, shared: frozenset[int], words: frozenset[int] | None
    ) -> float:
        """Likeness by the language-free terms, `shared` ones worth `common`; or by all terms, if that is more.

        `words` are the shared words of two items in one language.
        """
        if member.summed_at + FRESH <= self._added or member.summed_at < 0:
            member.summed_at = self._added
            member.shared_logs = self._terms.logs(member.shared)
            member.words_logs = self._terms.logs(member.words)
        missed = sum(map(query.missed.__getitem__, shared))
        theirs = query.total * member.shared_factor - member.shared_logs
        score = _ratio(common, query.own_shared - missed, theirs - missed)
        if words:
            common += sum(map(query.worth.__getitem__, words))
            missed += sum(map(query.missed.__getitem__, words))
            theirs += query.total * member.words_factor - member.words_logs
            score = max(score, _ratio(common, query.own_shared + query.own_words - missed, theirs - missed))
        return score

    # -- preparing and answering

    def _prepare(self, item: StoryItem) -> tuple[Features, Print]:
        """Features and fingerprint; kept for the `add` that follows a `place`."""
        if self._prepared is None or self._prepared[0] is not item:
            self._prepared = (item, self._extract.features(item), print_of(item))
        return self._prepared[1], self._prepared[2]

    def _query(self, item: StoryItem) -> _Query:
        features, print_ = self._prepare(item)
        terms = self._terms
        shared, words = frozenset(terms.known(features.shared)), frozenset(terms.known(features.words))
        worth, missed = terms.weigh(shared | words)
        return _Query(
            item,
            features,
            print_,
            frozenset(print_.shingles),
            _figures(features),
            shared,
            words,
            worth,
            missed,
            sum(map(missed.__getitem__, shared)) + terms.unshared_unknown(features.shared),
            sum(map(missed.__getitem__, words)) + terms.unshared_unknown(features.words),
            terms.total(),
        )

    def _placed(
        self, query: _Query, kind: PlacementKind, story: _Story, score: float, because: str, copy: _Record | None
    ) -> Placement:
        material = _material(query, story)
        if material and kind is PlacementKind.DUPLICATE:
            kind = PlacementKind.UPDATE
        origin = _origin(query.item) or (copy.origin if copy else None)
        return Placement(kind, story.name, round(score, 3), because, material, copy.id if copy else None, origin)


def _ratio(common: float, mine: float, theirs: float) -> float:
    """Cosine of two weighted sets: what both hold against what each holds."""
    return common / ((common + max(mine, 0.0)) * (common + max(theirs, 0.0))) ** 0.5 if common > 0 else 0.0


def _material(query: _Query, story: _Story) -> tuple[str, ...]:
    """What an item changes in what was told: withdrawn, corrected, or a figure that grew."""
    marks = strip_title(query.item.title).marks
    if query.item.status is EntryStatus.CANCELED or Mark.KILL in marks:
        return ("withdrawn",)
    changes = []
    if query.item.status is EntryStatus.CORRECTED or Mark.CORRECTION in marks:
        changes.append("correction")
    newest = max(member.at for member in story.members)
    if query.item.at.timestamp() >= newest:
        changes += [
            f"{COUNTED[concept]}: {before} -> {value}"
            for concept, value in query.features.counts
            if 0 < (before := (story.counts or {}).get(concept, 0)) < value <= before * MAX_GROWTH
        ]
    return tuple(changes)


def _origin(item: StoryItem) -> str | None:
    """The agency that the text names, or that the outlet is."""
    return origin_of(item.summary or item.body, item.title) or AGENCIES.get(item.owner.lower())


def _figures(features: Features) -> frozenset[str]:
    return frozenset(term for term in features.shared if term.startswith("n:"))
