"""Words with `*`: compared by cutting at the stars, never by a regular expression, so that no pattern is slow."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from watchbot.text.tokens import APOSTROPHES, INVISIBLE

MAX_WORD = 200
"""Code points of a word that are compared; longer ones are encoded data."""
_TABLE = {ord(char): "'" for char in APOSTROPHES} | {ord(char): None for char in INVISIBLE}


def word_key(word: str) -> str:
    """The form under which terms and phrases are compared: compatibility-normalised, case-folded, plain apostrophes.

    Accents and scripts are kept: a term means the word as it is written.
    """
    if word.isascii():
        return word[:MAX_WORD].lower()
    return unicodedata.normalize("NFKC", word[:MAX_WORD].translate(_TABLE)).casefold()


@dataclass(frozen=True, slots=True)
class WordPattern:
    """`text` as written; `parts` are the literal pieces between the stars (keys)."""

    text: str
    parts: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """No star in it."""
        return len(self.parts) == 1

    def matches(self, key: str) -> bool:
        """True when the whole of `key` fits. Time is linear in `key` for each part."""
        first, last = self.parts[0], self.parts[-1]
        if self.exact:
            return key == first
        if not key.startswith(first):
            return False
        at, end = len(first), len(key) - len(last)
        if end < at or not key.endswith(last):
            return False
        for part in self.parts[1:-1]:
            found = key.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


def compile_pattern(text: str) -> WordPattern:
    """`text` such as "arrest*" -> WordPattern. Raises ValueError with a sentence when it would match anything."""
    key = word_key(text.strip())
    parts = tuple(key.split("*"))
    if not key:
        raise ValueError("an empty word matches nothing")
    if not any(parts):
        raise ValueError(f"'{text}' would match every word")
    if len(parts) > 1 and sum(map(len, parts)) < 2:
        raise ValueError(f"'{text}' would match far too many words: give at least two letters")
    if len(parts) > 8:
        raise ValueError(f"'{text}' has too many stars")
    return WordPattern(text.strip(), parts)
