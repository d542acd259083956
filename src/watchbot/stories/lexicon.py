"""The lexicon of news concepts: words of many languages -> what happens, language-free.

`data/concepts.txt` says what its lines mean.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from watchbot.text.tokens import APOSTROPHES

_LIKE = {
    "nb": ("no",),
    "nn": ("no",),
    "da": ("da", "no"),
    "be": ("be", "ru", "uk"),
    "bg": ("bg", "ru"),
    "mk": ("bg", "ru"),
    "sr": ("ru", "cs", "pl"),
    "hr": ("cs", "pl"),
    "bs": ("cs", "pl"),
    "sl": ("cs", "pl"),
    "ca": ("es", "fr"),
    "gl": ("es", "pt"),
    "yue": ("zh",),
    "cmn": ("zh",),
    "tt": ("kk", "ru"),
    "tk": ("tr", "az"),
    "ug": ("uz",),
    "tg": ("fa",),
    "prs": ("fa",),
    "lb": ("de",),
    "gsw": ("de",),
    "af": ("nl",),
    "et": ("fi",),
    "ms": ("id",),
    "ur": ("fa",),
    "is": ("no",),
    "fo": ("no", "da"),
}
"""Languages without lines of their own, read with those of their nearest relatives."""
Phrase = tuple[tuple[str, ...], str]
"""(beginnings of the words that must follow, concept)"""
SILENT = "calendar"
"""The line of words that say nothing: days and months, which all the news of a day shares."""
ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|dell|all|dall|nell|sull|un)['’]", re.I)
"""Articles that French, Italian and Catalan write onto the next word."""
UNSPACED = frozenset(("zh", "ja", "ko", "th"))
"""Languages whose words are found inside longer runs of characters."""
COMPOUNDING = frozenset(("de", "nl", "sv", "no", "nb", "da", "fi", "hu", "et", "lb", "is"))
"""Languages that write compounds as one word: "Staatsfernsehen" holds "fernsehen"."""
INNER_MIN = 5
"""A stem at least this long is looked for inside a compound, after at least four letters of another word."""
ANY_MIN = 6
"""A stem at least this long is tried on any language: shorter ones are other words elsewhere."""
_ARTICLES = ("وال", "بال", "لل", "ال", "و", "ب", "ل", "ف")
_HEBREW = ("ה", "ו", "ב", "ל", "מ", "ש", "כ")
_SINGLE = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ё": "е",
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ہ": "ه",
    "ۀ": "ه",
    "ة": "ه",
} | dict.fromkeys(APOSTROPHES, "'")


def plain(text: str) -> str:
    """Case-folded, without accents; letters that Unicode does not take apart are mapped by hand."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(_SINGLE.get(c, c) for c in folded if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", folded)


@dataclass(slots=True)
class _Language:
    stems: dict[str, list[str]] = field(default_factory=dict)
    exact: dict[str, list[str]] = field(default_factory=dict)
    phrases: dict[str, list[Phrase]] = field(default_factory=dict)
    inside: re.Pattern[str] | None = None


class Lexicon:
    """Concepts of words, by language."""

    def __init__(self, source: str) -> None:
        self._languages: dict[str, _Language] = {}
        self._any = _Language()
        self.common: set[str] = set()
        """Concepts marked as held by much of all news."""
        for line in source.splitlines():
            concept, colon, rest = line.partition(":")
            if colon and not line.startswith("#"):
                name = concept.strip().rstrip("~")
                if concept.strip().endswith("~"):
                    self.common.add(name)
                self._read(name, rest)
        for code in UNSPACED & self._languages.keys():
            stems = sorted(self._languages[code].stems, key=len, reverse=True)
            self._languages[code].inside = re.compile("|".join(map(re.escape, stems)))
        self._relatives: dict[str, tuple[_Language, ...]] = {}

    def word(self, word: str, lang: str) -> tuple[tuple[str, ...], tuple[Phrase, ...]]:
        """(concepts of a `plain` word, phrases that it may begin). `lang` is a primary subtag or ""."""
        tables = self._tables(lang)
        concepts = [c for form in _forms(word, lang) for table in tables for c in _look_up(form, table)]
        if lang in COMPOUNDING:
            concepts += [c for table in tables for c in _look_inside(word, table)]
        phrases = [
            phrase
            for table in tables
            if table.phrases
            for end in range(2, len(word) + 1)
            for phrase in table.phrases.get(word[:end], ())
        ]
        return tuple(dict.fromkeys(concepts)), tuple(phrases)

    def concepts_inside(self, text: str, lang: str) -> list[tuple[int, str]]:
        """(offset, concept) in a text whose language writes no spaces; longest stems first, not overlapping."""
        table = self._languages.get(lang)
        if table is None or table.inside is None:
            return []
        return [(m.start(), c) for m in table.inside.finditer(text) for c in table.stems[m.group()]]

    def _read(self, concept: str, rest: str) -> None:
        for part in rest.split(";"):
            codes, *stems = part.split()
            for code in codes.split(","):
                language = self._languages.setdefault(code, _Language())
                for stem in map(plain, stems):
                    self._put(language, stem, concept, code)

    def _put(self, language: _Language, stem: str, concept: str, code: str) -> None:
        # Words are cut at hyphens and joiners before they are looked up.
        stem = f"={stem[:-1]}" if stem.endswith("-") else stem.replace("-", "_").replace("\u200c", "_")
        if stem.startswith("=") and "_" not in stem:
            _append(language.exact, stem[1:], concept)
        elif "_" in stem and code not in UNSPACED:
            first, *others = (ELIDED.sub("", part) or part for part in stem.lstrip("=").split("_"))
            language.phrases.setdefault(first, []).append((tuple(others), concept))
        else:
            _append(language.stems, stem, concept)
            if len(stem) >= ANY_MIN:
                _append(self._any.stems, stem, concept)

    def _tables(self, lang: str) -> tuple[_Language, ...]:
        tables = self._relatives.get(lang)
        if tables is None:
            codes = dict.fromkeys((lang, *_LIKE.get(lang, ())))
            tables = tuple(self._languages[c] for c in codes if c in self._languages) or (self._any,)
            self._relatives[lang] = tables
        return tables


@lru_cache(maxsize=1)
def shipped() -> Lexicon:
    """The lexicon that comes with watchbot. It never changes once read, so all indexes share it."""
    source = resources.files("watchbot.stories").joinpath("data/concepts.txt").read_text(encoding="utf-8")
    return Lexicon(source)


def _append(table: dict[str, list[str]], key: str, value: str) -> None:
    values = table.setdefault(key, [])
    if value not in values:
        values.append(value)


def _forms(word: str, lang: str) -> list[str]:
    """The word, and for Semitic scripts the word without what is written onto its front."""
    forms = [word]
    prefixes = _ARTICLES if lang in ("ar", "fa", "ur") else _HEBREW if lang == "he" else ()
    forms += [word.removeprefix(p) for p in prefixes if word.startswith(p) and len(word) - len(p) >= 3]
    return forms


def _look_up(word: str, table: _Language) -> list[str]:
    """Concepts of the longest stem that the word begins with, and of the exact word."""
    found = list(table.exact.get(word, ()))
    for end in range(len(word), 1, -1):
        stem = word[:end]
        if stem in table.stems:
            # A short stem with a long tail is another word; a long stem carries any ending.
            if len(word) - end <= (1 if end <= 2 else 3 if end <= 4 else 8):
                found.extend(table.stems[stem])
            break
    return found


def _look_inside(word: str, table: _Language) -> list[str]:
    """Concepts of the later parts of a compound."""
    for start in range(4, len(word) - INNER_MIN + 1):
        for end in range(len(word), start + INNER_MIN - 1, -1):
            if len(word) - end <= 4 and (found := table.stems.get(word[start:end])):
                return found
    return []
