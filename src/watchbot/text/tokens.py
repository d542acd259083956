"""Words of a text with their places: Unicode word boundaries, offsets in code points of the text as given.

A word is a run of letters, digits and combining marks, with apostrophes, soft hyphens and joiners kept inside it
("Kazakistan'ın", "Qozog‘iston"). Hyphens part words ("Alma-Ata" is two), and so does the elided article of Romance
languages ("l'OTSC" is "l'" and "OTSC"). Han characters are words by themselves; runs of kana, of Hangul and of scripts
written without spaces (Thai, Lao, Khmer, Burmese) are one word each. The patterns have no nested repetition over the
same characters, so time is linear in the text: 5 MB, or 10,000 combining marks on one letter, are no danger.
"""

from __future__ import annotations

import re

# Combining marks are no \w to Python's re. Listed by block (Unicode 15, categories Mn and Mc); the Indic and
# South-East Asian blocks are taken whole, but for their two sentence marks, because nearly all of them is letters.
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u0816-\u082d\u0859-\u085b"
    "\u0898-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f18\u0f19\u0f35"
    "\u0f37\u0f39\u0f71-\u0f84\u0f86-\u0fbc\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d"
    "\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u135d-\u135f\u17b4-\u17d3\u17dd\u1885\u1886\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u302f\u3099\u309a\ua66f-\ua672\ufb1e\ufe20-\ufe2f"
)
APOSTROPHES = "'\u2019\u2018\u02bc\u02bb\u201b\u02b9\u055a\u05f3\u05f4\uff07\u00b4\u0060\u02b8\u02bd"
"""Signs that stand inside words: ASCII, typographic, Uzbek and Ukrainian letters, Hebrew geresh, stray accents."""
INVISIBLE = "\u00ad\u200b-\u200f\u2060\u202a-\u202e\ufeff\u180e\u061c\u0640"
"""Soft hyphen, joiners, direction marks, Arabic tatweel: they change nothing in what a word says."""

# Hebrew writes acronyms with a double quote before the last letter.
_WORD = re.compile(
    rf"[\w{MARKS}]+(?:(?:[{APOSTROPHES}{INVISIBLE}]+|(?<=[\u05d0-\u05ea])\"(?=[\u05d0-\u05ea]))[\w{MARKS}]+)*"
)
# What makes a word worth a second look: apostrophes, underscores, scripts without spaces.
_SPECIAL = re.compile(rf"[{APOSTROPHES}_\u0e00-\U0010ffff]")
_PARTS = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[\u3041-\u309f]+|[\u30a1-\u30ff\uff66-\uff9f]+"
    r"|[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]+"
    r"|[^\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3041-\u309f\u30a1-\u30ff\uff66-\uff9f"
    r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]+"
)
# Articles and prepositions elided before a vowel in French, Italian, Catalan, Occitan ("dell'Asia", "qu'Astana").
# "O'" is missing: O'Leary is one name; so is "g": G'ani is Uzbek.
_ELIDED = re.compile(
    rf"(?:l|d|qu|c|j|m|n|s|t|un|all|dall|dell|nell|sull|coll|quell|jusqu|lorsqu|puisqu|quoiqu|quest)[{APOSTROPHES}]"
    r"(?=\w{2})",
    re.IGNORECASE,
)


class Tokens:
    """A text's words and where they stand, as parallel lists: `words`, `starts`, `ends`.

    The places are looked up when they are first asked for: most texts hold nothing that is watched.
    """

    __slots__ = ("_places", "_text", "words")

    def __init__(self, text: str, words: list[str], places: tuple[list[int], list[int]] | None = None) -> None:
        self.words = words
        self._text = text
        self._places = places

    def __len__(self) -> int:
        return len(self.words)

    @property
    def starts(self) -> list[int]:
        """Of each word, its first code point."""
        return (self._places or self._find())[0]

    @property
    def ends(self) -> list[int]:
        """Of each word, the code point after its last."""
        return (self._places or self._find())[1]

    def _find(self) -> tuple[list[int], list[int]]:
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for word in self.words:
            # Between two words there are only characters of no word: the next occurrence is the one that was matched.
            at = self._text.index(word, at)
            starts.append(at)
            at += len(word)
            ends.append(at)
        self._places = starts, ends
        return self._places


def tokenize(text: str) -> Tokens:
    """Cut `text` into words. Every word equals `text[start:end]`; words do not overlap and come in order."""
    found = Tokens(text, _WORD.findall(text))
    if _SPECIAL.search(text) is None:
        return found
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for word, start, end in zip(found.words, found.starts, found.ends, strict=True):
        if word.isalpha() and (word.isascii() or max(word) < "\u0e00"):
            words.append(word)
            starts.append(start)
            ends.append(end)
        else:
            _split(word, start, words, starts, ends)
    return Tokens(text, words, (starts, ends))


def _split(word: str, start: int, words: list[str], starts: list[int], ends: list[int]) -> None:
    """The rare words: with an elided article, an underscore, or characters of a script without spaces."""
    elided = _ELIDED.match(word)
    cut = elided.end() if elided else 0
    pieces = [(0, word[:cut])] if cut else []
    for part in word[cut:].split("_"):
        if part:
            pieces.append((cut, part))
        cut += len(part) + 1
    for offset, piece in pieces:
        if piece.isascii() or max(piece) < "\u0e00":
            found = [(offset, piece)]
        else:
            found = [(offset + m.start(), m.group()) for m in _PARTS.finditer(piece)]
        for at, surface in found:
            words.append(surface)
            starts.append(start + at)
            ends.append(start + at + len(surface))
