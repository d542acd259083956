"""The same text again: shingles, MinHash for finding candidates, and the exact overlap for the decision.

MinHash signatures come from `rensa`; the bands are kept here because its LSH index cannot forget an item.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rensa import RMinHash

from watchbot.model import StoryItem
from watchbot.text.fingerprint import fold_words, shingles, strip_text, strip_title

BANDS, ROWS = 6, 2
"""Six bands of two rows find 65 % of the pairs with Jaccard 0.4 and 95 % of those with 0.62; the story search, which
looks at rare terms instead, finds the others. More bands cost 80 bytes an item each."""
SEED = 20220108
MAX_WORDS = 100
"""Words of a text that are shingled: an agency copy shows itself in its lead."""
COPY_JACCARD = 0.4
"""Overlap of two texts from which they are one: a summary of 15 words under two different titles has 0.45, wire copies
of the development set have 0.55 and more, texts of one event written apart 0.1 and less."""
COPY_CONTAINED = 0.8
"""Share of the shorter text found in the longer one from which it is a cut copy."""
MIN_SHINGLES = 6
"""Shorter texts (a title of eight words) prove no copy by being contained in another."""


@dataclass(frozen=True, slots=True)
class Print:
    """A text's shingles (31 bits of their hashes: two texts are compared, not all) and its band keys."""

    shingles: array[int]
    bands: tuple[int, ...]


def print_of(item: StoryItem) -> Print:
    """The fingerprint of title and summary (or body), without labels, datelines and credits."""
    title = fold_words(strip_title(item.title).title)
    text = fold_words(strip_text((item.summary or item.body)[: MAX_WORDS * 20]))
    found = shingles([*title[:40], *text][:MAX_WORDS])
    if not found:
        return Print(array("i"), ())
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    sketch.update(found)
    digest = sketch.digest()
    bands = tuple(hash((band, *digest[band * ROWS : (band + 1) * ROWS])) for band in range(BANDS))
    return Print(array("i", sorted(hash(s) >> 33 for s in found)), bands)


def overlap(one: frozenset[int], other: Sequence[int]) -> tuple[float, float]:
    """Of shingles (each once): (Jaccard, containment of the shorter in the longer).

    Containment is 0 for texts too short to prove it.
    """
    a, b = len(one), len(other)
    if not a or not b:
        return 0.0, 0.0
    both = len(one.intersection(other))
    contained = both / min(a, b) if min(a, b) >= MIN_SHINGLES else 0.0
    return both / (a + b - both), contained


def is_copy(one: frozenset[int], other: Sequence[int]) -> float:
    """How much of one text is the other (1.0: all), or 0.0 when they are not the same text."""
    jaccard, contained = overlap(one, other)
    if jaccard >= COPY_JACCARD:
        return jaccard
    return contained if contained >= COPY_CONTAINED else 0.0


class Bands:
    """Band key -> item ids."""

    def __init__(self) -> None:
        self._buckets: dict[int, int | tuple[int, ...]] = {}

    def add(self, item_id: int, print_: Print) -> None:
        for band in print_.bands:
            found = self._buckets.get(band)
            # Most buckets hold one item: a bare int costs a fifth of a tuple.
            if found is None:
                self._buckets[band] = item_id
            else:
                self._buckets[band] = (*_ids(found), item_id)[-64:]

    def remove(self, item_id: int, bands: Iterable[int]) -> None:
        for band in bands:
            left = tuple(i for i in _ids(self._buckets.get(band, ())) if i != item_id)
            if left:
                self._buckets[band] = left if len(left) > 1 else left[0]
            else:
                self._buckets.pop(band, None)

    def candidates(self, print_: Print) -> set[int]:
        """Items that share a band with `print_`."""
        return {i for band in print_.bands for i in _ids(self._buckets.get(band, ()))}


def _ids(found: int | tuple[int, ...]) -> tuple[int, ...]:
    return (found,) if isinstance(found, int) else found
