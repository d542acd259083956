"""Words with `*`: compared by cutting at the stars, never by a regular expression, so that no pattern is slow.

A pattern is one word (`arrest*`) or several that follow each other (`state of emergenc*`). All patterns of a rule set
are looked up together, by their rarest word: what a text's word costs does not grow with the number of patterns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from watchbot.text import tokenize
from watchbot.text.tokens import APOSTROPHES, INVISIBLE

MAX_WORD = 200
"""Code points of a word that are compared: no word of a language is longer."""
MAX_STARS = 7
MAX_WORDS = 30
"""Words of one pattern: a longer one is no phrase but a text."""
MAX_CACHED = 200_000
"""Words whose patterns are remembered; then the memory is started afresh."""
_TABLE = {ord(char): None for char in INVISIBLE} | {ord(char): "'" for char in APOSTROPHES}
A = TypeVar("A", bound=Hashable)
_STAR = "\ua66e"  # stands for * while a pattern is cut into words: a letter that no text uses (multiocular O)


def word_key(word: str) -> str:
    """What words are compared by: lower case, compatibility forms unified, invisible signs dropped. Never raises."""
    if word.isascii():
        return word[:MAX_WORD].lower().replace("`", "'")
    return unicodedata.normalize("NFKC", word[:MAX_WORD].translate(_TABLE)).casefold()


@dataclass(frozen=True, slots=True)
class WordPattern:
    """One word. `parts` are the literal pieces between the stars (keys)."""

    parts: tuple[str, ...]

    def matches(self, key: str) -> bool:
        """True when the whole of `key` fits. Time is linear in `key` for each part."""
        first, last = self.parts[0], self.parts[-1]
        if len(self.parts) == 1:
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


@dataclass(frozen=True, slots=True)
class Pattern:
    """`text` as written, and its words, which must follow each other."""

    text: str
    words: tuple[WordPattern, ...]

    def rarest(self) -> int:
        """The word to look for first: one without a leading star, the longest ("of", "der", "на" are everywhere)."""
        return max(range(len(self.words)), key=lambda i: _rarity(self.words[i]))


def compile_pattern(text: str) -> Pattern:
    """`text` such as "arrest*" or "state of emergency" -> Pattern.

    Raises ValueError with a sentence when it would match nothing, or nearly anything.
    """
    shown = text.strip()
    words = [compile_word(word) for word in _cut(shown)]
    if not words:
        if "*" in shown:
            raise ValueError(f"'{shown}' would match every word")
        raise ValueError(f"'{shown}' has no letter and matches nothing")
    if len(words) > MAX_WORDS:
        raise ValueError(f"more than {MAX_WORDS} words in a row")
    return Pattern(shown, tuple(words))


def compile_word(text: str) -> WordPattern:
    """One word with stars -> WordPattern. Raises ValueError."""
    parts = word_key(text.strip()).split("*")
    if not any(parts):
        raise ValueError(f"'{text}' would match every word" if len(parts) > 1 else "an empty word matches nothing")
    if len(parts) > 1 and sum(map(len, parts)) < 2:
        raise ValueError(f"'{text}' would match far too many words: give at least two letters")
    if len(parts) - 1 > MAX_STARS:
        raise ValueError(f"'{text}' has too many stars")
    return WordPattern(tuple(parts))


def exact_pattern(text: str) -> Pattern:
    """The words of `text` as they stand, without stars (a quoted phrase). Empty when it has no word."""
    return Pattern(text, tuple(WordPattern((word_key(word),)) for word in tokenize(text).words))


def _cut(text: str) -> list[str]:
    """The words of a pattern as the tokenizer cuts them, stars kept.

    Scripts without spaces are cut by character or run: there a star beside a Han character says nothing and is
    dropped, and one beside a run of kana or Hangul is put back.
    """
    if _STAR in text:
        return []
    tokens = tokenize(text.replace("*", _STAR))
    words: list[str] = []
    previous_end = -1
    for surface, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        word = surface.replace(_STAR, "*")
        touches = start == previous_end and bool(words)
        if touches and set(word) == {"*"}:
            words[-1] += "" if _is_han(words[-1]) else word
        elif touches and set(words[-1]) == {"*"}:
            words[-1] = word if _is_han(word) else words[-1] + word
        else:
            words.append(word)
        previous_end = end
    return words


def _is_han(word: str) -> bool:
    return len(word) == 1 and ("\u3400" <= word <= "\u9fff" or "\uf900" <= word <= "\ufaff" or word >= "\U00020000")


@dataclass(frozen=True, slots=True)
class _Entry(Generic[A]):
    atom: A
    pattern: Pattern
    at: int
    """Which of the pattern's words is looked up."""
    order: int
    """Place among all patterns: findings are reported in the order of the file."""


class _Known(dict[str, "tuple[_Entry[A], ...]"], Generic[A]):
    """Words of texts as they are written, each with the patterns that it may stand in."""

    def __init__(self, look_up: Callable[[str], tuple[_Entry[A], ...]]) -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, word: str) -> tuple[_Entry[A], ...]:
        found = self[word] = self._look_up(word_key(word))
        return found


class PatternIndex(Generic[A]):
    """All patterns of a rule set, found by a text's word. Immutable but for its memory of words."""

    __slots__ = ("_exact", "_inner", "_known", "_other", "_prefix_lengths", "_prefixes")

    def __init__(self, patterns: Iterable[tuple[A, Pattern]]) -> None:
        """`patterns`: (atom, pattern), where the atom is what a finding is reported as."""
        self._exact: dict[str, list[_Entry[A]]] = {}
        self._prefixes: dict[str, list[_Entry[A]]] = {}
        self._inner: dict[str, list[_Entry[A]]] = {}
        """Patterns that begin with a star, by the first two letters of their longest part."""
        self._other: list[_Entry[A]] = []
        self._known: _Known[A] = _Known(self._look_up)
        for order, (atom, pattern) in enumerate(patterns):
            at = pattern.rarest()
            entry, parts = _Entry(atom, pattern, at, order), pattern.words[at].parts
            if len(parts) == 1:
                self._exact.setdefault(parts[0], []).append(entry)
            elif parts[0]:
                self._prefixes.setdefault(parts[0], []).append(entry)
            elif len(longest := max(parts, key=len)) > 1:
                self._inner.setdefault(longest[:2], []).append(entry)
            else:
                self._other.append(entry)
        self._prefix_lengths = sorted({len(prefix) for prefix in self._prefixes})

    def find(self, words: list[str]) -> dict[A, list[tuple[int, int, Pattern]]]:
        """Atom -> (first word, word after the last, pattern) of each occurrence in the words of a text, in order."""
        found: dict[A, list[tuple[int, int, Pattern]]] = {}
        if len(self._known) >= MAX_CACHED:
            self._known.clear()
        for i, entries in enumerate(map(self._known.__getitem__, words)):
            for entry in entries:
                wanted = entry.pattern.words
                first = i - entry.at
                last = first + len(wanted)
                if len(wanted) > 1 and not _follow(wanted, words, first):
                    continue
                places = found.setdefault(entry.atom, [])
                if not places or places[-1][:2] != (first, last):
                    places.append((first, last, entry.pattern))
        return found

    def _look_up(self, key: str) -> tuple[_Entry[A], ...]:
        near: list[_Entry[A]] = []
        for length in self._prefix_lengths:
            if length > len(key):
                break
            near += self._prefixes.get(key[:length], ())
        if self._inner:
            for pair in {key[i : i + 2] for i in range(len(key) - 1)} & self._inner.keys():
                near += self._inner[pair]
        near += self._other
        entries = [*self._exact.get(key, ()), *(e for e in near if e.pattern.words[e.at].matches(key))]
        entries.sort(key=lambda entry: entry.order)
        return tuple(entries)


def _rarity(word: WordPattern) -> tuple[bool, int]:
    return bool(word.parts[0]), sum(map(len, word.parts))


def _follow(wanted: tuple[WordPattern, ...], words: list[str], first: int) -> bool:
    if first < 0 or first + len(wanted) > len(words):
        return False
    return all(pattern.matches(word_key(words[first + i])) for i, pattern in enumerate(wanted))
