"""Numbers in news: "4,400", "4.4 тысячи", "eighteen" and 二十 name the same figures in every language."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from importlib import resources

_NUMBER = re.compile(
    r"(?<![\w.,])(?P<grouped>\d{1,3}(?:[.,  ’']\d{3})+(?!\d))|(?P<decimal>\d+[.,]\d{1,2}(?!\d))|(?P<plain>\d+)",
    re.ASCII,
)
_DIGIT = re.compile("[0-9]")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_ASCII_DIGITS = {code: str(unicodedata.digit(chr(code))) for code in range(0x10000) if chr(code).isdecimal()} | {
    0x66B: ".",
    0x66C: ",",
}
"""Decimal digits of all scripts (Arabic, Persian, Devanagari, full-width ...) -> 0 to 9, and the Arabic separators."""
_SCALES = (
    (
        1_000,
        r"\s*(?:thousand|тыс|тысяч|tausend|mille\b|mil\b|mila\b|tys|tis[ií]c|bin\b|мың|миң|ezer|duizend|tusen|千|천|ألف|هزار|"
        r"тисяч)",
    ),
    (
        1_000_000,
        r"\s*(?:million|mln|m\b|млн|миллион|мільйон|mio\b|millón|millon|milion|milione|milyon|millió|miljoen|miljon|مليون|"
        r"百万)",
    ),
    (
        1_000_000_000,
        r"\s*(?:billion|bn\b|млрд|миллиард|мільярд|milliard|mrd|mil\s+millones|miliard|milyar|miljard|مليار|十亿)",
    ),
    (10_000, r"\s*(?:万|萬|만)"),
    (100_000_000, r"\s*(?:亿|億|억)"),
)
_ANY_SCALE = re.compile("|".join(pattern for _, pattern in _SCALES), re.I)
_SCALE = tuple((scale, re.compile(pattern, re.I)) for scale, pattern in _SCALES)
_HAN = {c: n for n, c in enumerate("一二三四五六七八九", start=1)}
_HAN_NUMBER = re.compile("[一二三四五六七八九]?十[一二三四五六七八九]?")


@dataclass(frozen=True, slots=True)
class Number:
    """`value`, whether it is a percentage, and where it stands."""

    value: float
    percent: bool
    start: int

    @property
    def is_year(self) -> bool:
        """A plain year of our time: common to all the news of that year."""
        return not self.percent and 1900 <= self.value <= 2100 and self.value == int(self.value)


def number_words() -> dict[str, dict[str, int]]:
    """Number words by language, from `data/numbers.txt`: 2 to 20, and the tens."""
    text = resources.files("watchbot.stories").joinpath("data/numbers.txt").read_text(encoding="utf-8")
    words: dict[str, dict[str, int]] = {}
    for line in text.splitlines():
        key, colon, rest = line.partition(":")
        if colon and not line.startswith("#"):
            lang, _, tens = key.partition(" ")
            step, start = (10, 3) if tens else (1, 2)
            words.setdefault(lang, {}).update({word: step * n for n, word in enumerate(rest.split(), start=start)})
    return words


def with_ascii_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9 ("۱۶۴" is 164); offsets stay as they are."""
    return text.translate(_ASCII_DIGITS) if _OTHER_DIGIT.search(text) else text


def numbers_in(text: str, lang: str) -> list[Number]:
    """Figures of a text, in order; at most 50. Number words of alphabets are looked up word by word (see features)."""
    found: list[Number] = []
    end = 0
    # A number begins at a digit, and looking for one is quicker than trying the pattern at every place.
    while (digit := _DIGIT.search(text, end)) and (match := _NUMBER.match(text, digit.start())):
        end = match.end()
        if _in_a_name(text, digit.start()):
            continue
        value = _value(match)
        for scale, pattern in _SCALE if _ANY_SCALE.match(text, end) else ():
            if scaled := pattern.match(text, end):
                value, end = value * scale, scaled.end()
                break
        percent = text[end : end + 2].lstrip()[:1] in ("%", "％", "٪")
        found.append(Number(value, percent, match.start()))
        if len(found) >= 50:
            return found
    if lang in ("zh", "ja"):
        found.extend(Number(_han(m.group()), False, m.start()) for m in _HAN_NUMBER.finditer(text))
    return sorted(found, key=lambda n: n.start)


def _in_a_name(text: str, start: int) -> bool:
    """Whether the digits at `start` belong to the word before them: MH17, G20, F16 count nothing. A script without
    capitals puts no space between a word and a figure (造成164人死亡)."""
    before = text[start - 1 : start]
    return before.isalpha() and before.lower() != before.upper()


def _value(match: re.Match[str]) -> float:
    text = match.group()
    if match["grouped"]:
        return float(re.sub(r"\D", "", text))
    if match["decimal"]:
        return float(text.replace(",", "."))
    return float(text[:15])


def _han(text: str) -> float:
    tens, _, ones = text.partition("十")
    return _HAN.get(tens, 1) * 10.0 + _HAN.get(ones, 0)
