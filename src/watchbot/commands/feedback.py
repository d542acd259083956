"""From "not relevant" to an edit of the rule: a phrase to exclude, tested on what the rule has matched so far. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from watchbot.errors import InvalidInput
from watchbot.render.operations import Proposal
from watchbot.text import tokenize

MIN_SHARE = 0.3
"""A phrase to exclude must be in that share of the irrelevant entries, else it explains nothing."""
MAX_LOSS = 0.1
"""And in no more than that share of the others."""
TRIED = 12
MIN_LETTERS = 4
"""Shorter words are mostly function words; names shorter than that are rare enough to lose."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry that a rule has matched."""

    id: int
    title: str
    summary: str = ""
    body: str = ""
    lang: str | None = None
    source: str = ""


def propose_edit(
    rule: str,
    match: str,
    irrelevant: Sequence[Judged],
    others: Sequence[Judged],
    replay: Callable[[str, str, Sequence[Judged]], Sequence[bool]],
) -> Proposal | None:
    """`match` with `and not "phrase"` such that most irrelevant entries go and almost all others stay; None if none.

    Every candidate is tried with `replay` on all entries: what is proposed is what was measured, not what was guessed.
    """
    best: tuple[float, Proposal] | None = None
    for phrase in candidates(irrelevant, others)[:TRIED]:
        edited = f'({match}) and not "{phrase}"'
        try:
            gone = [not kept for kept in replay(rule, edited, irrelevant)]
            lost = [not kept for kept in replay(rule, edited, others)]
        except InvalidInput:
            continue
        found = Proposal(phrase, match, edited, sum(gone), len(gone), sum(lost), len(lost))
        gain, loss = sum(gone) / max(1, len(gone)), sum(lost) / max(1, len(lost))
        if gain >= MIN_SHARE and loss <= MAX_LOSS and (best is None or gain - 2 * loss > best[0]):
            best = (gain - 2 * loss, found)
    return best[1] if best else None


def candidates(irrelevant: Sequence[Judged], others: Sequence[Judged]) -> list[str]:
    """Words and pairs of words that irrelevant entries share and others lack, the most telling first."""
    bad, good = spread(irrelevant), spread(others)
    scored = []
    for phrase, count in bad.items():
        share, loss = count / len(irrelevant), good[phrase] / max(1, len(others))
        if share >= MIN_SHARE and loss <= MAX_LOSS:
            scored.append((share - 2 * loss, len(phrase), phrase))
    return [phrase for *_, phrase in sorted(scored, key=lambda s: (-s[0], -s[1], s[2]))]


def spread(entries: Iterable[Judged]) -> Counter[str]:
    """In how many entries each phrase occurs, in title and summary."""
    counts: Counter[str] = Counter()
    for entry in entries:
        counts.update(phrases(f"{entry.title}\n{entry.summary}"))
    return counts


def phrases(value: str) -> set[str]:
    """Distinct words of at least MIN_LETTERS letters, and pairs of neighbours, as written."""
    words = [w for w in tokenize(value).words if '"' not in w]
    single = {w for w in words if len(w) >= MIN_LETTERS and not w.isdigit()}
    pairs = {f"{a} {b}" for a, b in pairwise(words) if len(a) >= MIN_LETTERS <= len(b)}
    return single | pairs
