"""Words for search: what an entry is found by, and what a person asks for, cut alike for both engines.

Words are folded (compatibility forms, case, accents) and anything but letters and digits separates them. Scripts that
write no spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are cut into single characters, and a run of them is
looked for as a phrase: exact, of any length, where a trigram index finds no word of two characters and is three times
as big. Other words are found by their beginning, which covers most inflections.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

MAX_WORDS = 2000
"""Words of one entry that are found; the texts of feeds are shorter, but for the odd 1 MB summary."""
MAX_TEXT = 100_000
"""Characters that are cut into words: more than `MAX_WORDS` words have, unless it is no text."""
MAX_ASKED = 10
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def fold(text: str) -> str:
    """Case, accents and compatibility forms away; й and ё become и and е, on both sides of a search."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in decomposed if not _is_mark(c))
    return unicodedata.normalize("NFC", kept).casefold()


@cache
def _is_mark(character: str) -> bool:
    """An accent or an invisible control. Cached: texts use few characters, and the lookup is the cost of folding."""
    return unicodedata.category(character) in ("Mn", "Cf")


def words_of(text: str) -> list[str]:
    """The words of a text, in order, at most `MAX_WORDS`."""
    return _WORD.findall(fold(text[:MAX_TEXT]))[:MAX_WORDS]


def asked(query: str) -> list[list[str]]:
    """What a person looks for: per blank-separated piece its words, which stand side by side in an entry."""
    pieces = [words for piece in query.split() if (words := words_of(piece))]
    return pieces[:MAX_ASKED]


def fts5_query(pieces: Sequence[Sequence[str]]) -> str:
    """For SQLite's FTS5. Words hold letters and digits only, so that no operator can be smuggled in."""
    return " AND ".join(f'"{" ".join(words)}" *' for words in pieces)


def tsquery(pieces: Sequence[Sequence[str]]) -> str:
    """The same as a literal of PostgreSQL's tsquery."""
    phrases = (" <-> ".join([*(f"'{w}'" for w in words[:-1]), f"'{words[-1]}':*"]) for words in pieces)
    return " & ".join(f"({phrase})" for phrase in phrases)


def tsvector(words: Sequence[str]) -> str:
    """Words with their places, as a literal of tsvector: made here, so that the server's locale has no say."""
    return " ".join(f"'{word[:500]}':{place}" for place, word in enumerate(words, 1))
