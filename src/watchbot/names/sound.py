# ruff: noqa: E501, SIM905 - the tables of spellings read better by rows
"""How names sound: text words as phones, and a name's Latin spelling as all the ways it may be heard and respelt.

Languages respell foreign names by sound (Johnson, Джонсон, Džonsons), each by its own rules, and a Latin spelling does not
say whose rules it follows. So the two sides are not treated alike. A word of a text is read in its language, into one
string of phones; a name becomes a chain of graphemes with alternatives and their costs (j: J, Z, i, h). A word is the name
when its phones run through the chain within a small budget and an ending of its language is all that is left.

Phones: a e i o u; b p d t g k h f v m n l r s z; S (sh) Z (zh) C (ch) c (ts) J (dzh). y and j are `i`; doubled letters are
single. The rules of the languages are those of their transcription guides (Wikipedia's "Help:IPA" and "Romanization of"
pages for each; the Russian practical transcription of Giljarevskij and Starostin; Palladius for Chinese).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from watchbot.text.fold import MAX_WORD, fold, unmix

VOWELS = frozenset("aeiou")
Grapheme = tuple[tuple[str, int], ...]
"""Alternatives of one grapheme: phones and what they cost."""
Chain = tuple[Grapheme, ...]

_CYRILLIC = dict(
    zip(
        "абвгґғдеєэжзиіыїйјкқлмнңопрстуўұүфхҳһцчшщъьәөӣӯҷљњћђџѓќѕҡҙҫ",
        "a b v g g g d e e e Z z i i i i i i k k l m n n o p r s t u o u u f h h h c C S S _ _ a o i u J l n C J J J C z k z s".split(),
        strict=True,
    )
) | {"ё": "io", "ю": "iu", "я": "ia", "ӷ": "g", "ҕ": "g", "ҥ": "n", "ө": "o"}  # fmt: skip
_CYRILLIC_PAIRS = re.compile("дж|цз|чж|дз|жж")
_BELARUSIAN = re.compile("(?:ц|дз)(?=[іеёюяь])")
_PAIR_PHONES = {"дж": "џ", "цз": "ц", "чж": "џ", "дз": "з", "жж": "ж"}
_GREEK = (
    ("γκ", "g"), ("τζ", "J"), ("τσ", "c"), ("ου", "u"), ("ει", "i"), ("οι", "i"), ("αι", "e"),
    ("αυ", "av"), ("ευ", "ev"), ("γι", "i"), ("γε", "ie"), ("γγ", "ng"), ("β", "v"), ("γ", "g"), ("δ", "d"), ("ζ", "z"), ("η", "i"),
    ("θ", "t"), ("κ", "k"), ("λ", "l"), ("μ", "m"), ("ν", "n"), ("ξ", "ks"), ("π", "p"), ("ρ", "r"), ("σ", "s"), ("ς", "s"),
    ("τ", "t"), ("υ", "i"), ("φ", "f"), ("χ", "h"), ("ψ", "ps"), ("ω", "o"), ("α", "a"), ("ε", "e"), ("ι", "i"), ("ο", "o"),
)  # fmt: skip
# Latin spelling: what all languages share, and what each reads its own way. Longest first.
_LATIN = {
    "tsch": "C", "dsch": "J", "shch": "S", "sch": "S", "tch": "C", "dzh": "J", "zh": "Z", "sh": "S", "kh": "h", "gh": "g",
    "ph": "f", "th": "t", "ch": "C", "ck": "k ck", "cz": "C", "dž": "J", "dż": "J", "dj": "J", "ts": "c", "tz": "c", "qu": "k",
    "x": "ks", "w": "v", "y": "i", "j": "i", "q": "k", "š": "S", "ş": "S", "ș": "S", "ś": "S", "ž": "Z", "ż": "Z", "ź": "Z",
    "č": "C", "ć": "C", "ç": "C", "đ": "J", "ř": "r", "ť": "t", "ď": "d", "ł": "l", "ı": "i", "ə": "e", "ø": "o", "œ": "o", "æ": "e",
    "ß": "s", "ð": "d", "þ": "t", "ŋ": "n", "ģ": "g", "ķ": "k", "ț": "c", "ţ": "c", "õ": "o", "ñ": "n",
    "ce": "se", "ci": "si", "cy": "si", "c": "k",
}  # fmt: skip
_SOUTH = {"lj": "l", "nj": "n", "ch": "C"}
_SLAVIC_J = {"j": "i", "c": "c", "ce": "ce", "ci": "ci", "cy": "ci", "ch": "h"}
_BY_LANG: dict[str, dict[str, str]] = {
    "de": {"j": "i", "ch": "h", "dsch": "J", "tsch": "C", "ä": "e", "ö": "o", "ü": "u"},
    "nl": {"j": "i", "ch": "h", "sch": "sh", "oe": "u", "sj": "S", "tsj": "C", "dzj": "J", "zj": "Z", "ij": "ai"},
    "pl": _SLAVIC_J | {"sz": "S", "rz": "rz", "dż": "J", "dź": "J", "dzi": "Ji", "ó": "u", "ą": "on", "ę": "en", "ch": "h"},
    "cs": _SLAVIC_J | {"ě": "ie"}, "sk": _SLAVIC_J, "sl": _SLAVIC_J | _SOUTH | {"dj": "di"}, "hr": _SLAVIC_J | _SOUTH,
    "sr": _SLAVIC_J | _SOUTH, "bs": _SLAVIC_J | _SOUTH, "lv": _SLAVIC_J, "lt": _SLAVIC_J | {"y": "i"},
    "en": {"j": "J"}, "id": {"j": "J"}, "ms": {"j": "J"}, "sw": {"j": "J"}, "hi": {"j": "J"}, "bn": {"j": "J", "bh": "v"},
    "eu": {"tx": "C", "ts": "c", "tz": "c", "x": "S"}, "tl": {"j": "J"}, "vi": {"gi": "z", "x": "s"},
    "hu": {"ssz": "s", "sz": "s", "zs": "Z", "cs": "C", "dzs": "J", "gy": "d", "j": "i", "c": "c", "ce": "ce", "ci": "ci", "s": "S"},
    "et": {"j": "i", "tš": "C"}, "fi": {"j": "i", "tš": "C"}, "sv": {"j": "i", "tj": "C", "sj": "S"}, "da": {"j": "i", "tj": "C", "sj": "S"},
    "no": {"j": "i", "tsj": "C", "sj": "S", "dsj": "J"}, "nb": {"j": "i", "tsj": "C", "sj": "S"}, "is": {"j": "i"},
    "sq": {"j": "i", "c": "c", "ç": "C", "xh": "J", "zh": "Z", "q": "C", "y": "i", "x": "z"},
    "tr": {"j": "Z", "c": "J", "ce": "Je", "ci": "Ji", "ğ": "g"}, "az": {"j": "Z", "c": "J", "ce": "Je", "ci": "Ji", "x": "h", "q": "g", "ğ": "g"},
    "tk": {"j": "J", "ž": "J", "ý": "i", "y": "i", "w": "v", "ç": "C"}, "uz": {"x": "h", "j": "J"}, "kk": {"j": "J", "x": "h", "ı": "i"},
    "fr": {"ou": "u", "ch": "S", "tch": "C", "dj": "J", "j": "Z", "gu": "g", "ï": "i"},
    "es": {"j": "h", "ll": "i", "ch": "C", "z": "s", "ge": "he", "gi": "hi"}, "pt": {"ch": "S", "j": "Z", "ou": "o"}, "ca": {"j": "Z", "x": "S", "tx": "C", "ny": "n", "i": "i"},
    "it": {"ch": "k", "gh": "g", "sci": "Si", "ce": "Ce", "ci": "Ci", "gi": "Ji", "ge": "Je"}, "ro": {"j": "Z", "ce": "Ce", "ci": "Ci", "ch": "k", "gh": "g"},
    "eo": _SLAVIC_J | {"ĵ": "Z", "ĝ": "J", "ĉ": "C", "ŝ": "S"}, "ku": {"j": "Z", "c": "J", "ce": "Je", "ci": "Ji", "x": "h"},
}  # fmt: skip
_SKELETON = str.maketrans("szSZCcJkghfv", "ssssssskkkff", "aeiou")
_SEMI_VOWEL_SCRIPTS = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\ufb1d-\ufdff\ufe70-\ufeff]")
_ARABIC = {
    "ا": "A", "ب": "b", "پ": "p", "ت": "t", "ث": "s", "ج": "J", "چ": "C", "ح": "h", "خ": "h", "د": "d", "ذ": "z", "ر": "r", "ز": "z",
    "ژ": "Z", "س": "s", "ش": "S", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "A", "غ": "g", "ف": "f", "ڤ": "v", "ق": "k", "ك": "k",
    "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "H", "و": "W", "ي": "Y", "ء": "", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n",
    "ۆ": "W", "ۇ": "W", "ۈ": "W", "ۋ": "v", "ې": "Y", "ڭ": "n", "ګ": "g", "ڼ": "n", "ښ": "S", "ږ": "Z", "ځ": "z", "څ": "c", "ټ": "t", "ډ": "d", "ړ": "r",
}  # fmt: skip
_HEBREW = dict(zip("אבגדהוזחטיכלמנסעפצקרשת", "A b g d H W z h t Y k l m n s A f c k r S t".split(), strict=True)) | {
    "װ": "v"
}
_HEBREW_GERESH = (
    ("ג׳", "J"),
    ("ג'", "J"),
    ("ז'", "Z"),
    ("ז׳", "Z"),
    ("צ'", "C"),
    ("צ׳", "C"),
    ("ץ'", "C"),
    ("ג’", "J"),
    ("ז’", "Z"),
    ("צ’", "C"),
)


def phones(word: str, lang: str | None) -> str:
    """`word` as heard in `lang`; in Arabic and Hebrew script long vowels and weak letters are A, W, Y, H."""
    if word.isascii():
        return _collapse(_latin(word.lower(), lang))
    word = unicodedata.normalize("NFC", unmix(word[:MAX_WORD]))
    low = word.lower()
    first = low[:1]
    if "\u0400" <= first <= "\u052f":
        return _collapse(_cyrillic(low, lang))
    if "\u0370" <= first <= "\u03ff" or "\u1f00" <= first <= "\u1fff":
        return _collapse(_greek(low, nasal=False))
    if "\u0590" <= first <= "\u05ff":
        low = low.replace("וו", "װ")
        for pair, phone in _HEBREW_GERESH:
            low = low.replace(pair, phone)
        return _collapse(
            "".join(c if c in "JZC" else _HEBREW.get(c, "") for c in (x if x in "JZC" else fold(x) for x in low))
        )
    if "\u0600" <= first <= "\u08ff":
        return _collapse("".join(_ARABIC.get(c, "") for c in fold(low.replace("ئ", ""))))
    if "\u0530" <= first <= "\u058f":
        low = low.replace("ու", "u").replace("և", "եվ")
    if first >= "\u0530" and not "\u1e00" <= first <= "\u1eff":
        # Transliterations write j as English does; Bengali has no v of its own.
        return _collapse(_latin(anyascii(low).lower(), "bn" if "\u0980" <= first <= "\u09ff" else "en"))
    return _collapse(_latin(low, lang))


def readings(word: str, lang: str | None) -> tuple[str, ...]:
    """All ways to hear `word`: Greek writes b and mp alike (Τραμπ), the other scripts have one each."""
    first = word[:1].lower()
    plain = phones(word, lang)
    if "\u0370" <= first <= "\u03ff" or "\u1f00" <= first <= "\u1fff":
        nasal = _collapse(_greek(unicodedata.normalize("NFC", word).lower(), nasal=True))
        return (plain, nasal) if nasal != plain else (plain,)
    return (plain,)


def _collapse(sounds: str) -> str:
    out = ""
    for char in sounds:
        if out[-1:] != char:
            out += char
    return out


def _cyrillic(low: str, lang: str | None) -> str:
    if lang == "be":  # Belarusian softens t and d before i and e
        low = _BELARUSIAN.sub(lambda m: "т" if m.group() == "ц" else "д", low)
    low = _CYRILLIC_PAIRS.sub(lambda m: _PAIR_PHONES[m.group()], low)
    out = []
    for char in low:
        phone = _CYRILLIC.get(char, "")
        if char == "ъ" and lang == "bg":
            phone = "a"
        elif char == "щ" and lang == "bg":
            phone = "St"
        elif char == "ў" and lang == "be":
            phone = "v"
        out.append("" if phone == "_" else phone)
    return "".join(out)


def _greek(low: str, *, nasal: bool) -> str:
    low = "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))
    for pair, plain, full in (("μπ", "b", "mp"), ("ντ", "d", "nt")):
        low = low.replace(pair, full if nasal else plain)
    for letters, phone in _GREEK:
        low = low.replace(letters, phone)
    return low


@lru_cache(maxsize=64)
def _latin_rules(lang: str | None) -> tuple[re.Pattern[str], dict[str, str]]:
    rules = _LATIN | _BY_LANG.get(lang or "", {})
    return re.compile("|".join(sorted(map(re.escape, rules), key=len, reverse=True))), rules


def _latin(low: str, lang: str | None) -> str:
    pattern, rules = _latin_rules(lang)
    out = []
    at = 0
    for match in pattern.finditer(low):
        out.append(low[at : match.start()])
        out.append(rules[match.group()])
        at = match.end()
    out.append(low[at:])
    return "".join(c if c in "SZCJ" else _plain(c) for c in "".join(out))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """One Latin letter without its marks, as a phone; nothing for what is no letter."""
    if char.isascii():
        return char if char.isalpha() else ""
    return "".join(c for c in anyascii(char).lower() if c.isalpha())


def skeleton(sounds: str) -> str:
    """Consonants by kind, vowels dropped, neighbours of a kind merged: the key by which candidates are found."""
    return _collapse(sounds.translate(_SKELETON))


# -- the chain of a name -----------------------------------------------------------------------------------------------


def _g(text: str) -> Grapheme:
    """ "ai ei e1" -> (("ai", 0), ("ei", 0), ("e", 1)); "0" is no phone."""
    out = []
    for item in text.split():
        cost = int(item[-1]) if item[-1].isdigit() and len(item) > 1 else 0
        sound = item.rstrip("123456789") if len(item) > 1 else item
        out.append(("" if sound == "0" else sound, cost))
    return tuple(out)


_GRAPHEMES: dict[str, Grapheme] = {
    key: _g(value)
    for key, value in {
        "tsch": "C tC tS1", "dge": "J dJ Je1 C1", "tch": "C tC", "dsch": "J", "shch": "S C1 SC1", "szcz": "SC S", "sch": "S sk1", "sh": "S s1", "zh": "Z z1 s1 J", "kh": "h k2 g2", "gh": "g 0 h f1",
        "ph": "f", "th": "t s z1 d1 f1", "wh": "v u h", "ck": "k ck", "cz": "C c s1", "sz": "s S", "dzh": "J Z1", "dz": "z J dz", "dj": "J Z1 di1", "ts": "c ts C1",
        "tz": "c ts", "ch": "C k h S", "cc": "k C1 ks1", "qu": "k kv", "ng": "ng n", "gn": "n gn ni", "ks": "ks", "rh": "r rh rg1", "dt": "t d dt", "cki": "cki ki",
        "b": "b v2", "c": "k c1 C1 s2", "ce": "se ce Ce ke s c k1 ie1", "ci": "si ci Ci ki sai1 ", "cy": "si sai ci", "d": "d", "f": "f v2", "g": "g J1 Z1 h2 k2",
        "ge": "ge Je Ze he J Z gi1 e1", "gi": "gi Ji Zi hi J", "gy": "d gi Ji Jai", "h": "h g 02", "j": "J Z i h1 S1 c1 z1 C1 dz1", "k": "k g2 h2", "l": "l", "m": "m", "n": "n",
        "p": "p b2", "q": "k c1 h2 C1", "r": "r", "s": "s z1 S2 Z2", "t": "t d2", "v": "v f b2", "w": "v u f1", "x": "ks s1 S1 h1 z1 gz1", "z": "z s c Z1 J1",
        "ay": "ei ai1 e1 a1 i1 aii1", "ai": "ai ei e a1 i1 ea1", "ey": "ei i ai e1", "ei": "ei ai i1 e1", "au": "au o a1 u1 av ou1", "aw": "o au av ou1", "ea": "i e ea ei1 ia1 e1 io1",
        "ee": "i e1 ei1 ie1", "eu": "eu oi ev iu e1 io1", "ew": "iu u ev o1", "ia": "ia a1 i1 ii1", "ie": "ie i e ai1", "oa": "o ou oa", "oe": "e o oe u io1", "oi": "oi ua oa1 i1",
        "oy": "oi ua1", "oo": "u o1", "ou": "u au ou o1 a1 uv1", "ow": "ou au o ov", "ue": "u ue iu e1 iue", "ui": "ui i iu u1 vi", "uy": "ui i ai", "ua": "ua va a1 uo1", "uo": "uo o vo",
        "io": "io o iu i1", "iu": "iu u", "eo": "eo io e o i1 a1", "ae": "e ei ae a1 ai1", "ao": "ao au o1", "yu": "iu u", "ya": "ia a1 e1 i1", "ye": "ie e", "yo": "io o e1", "yi": "i",
        "iy": "i ai1", "ij": "ai ei i ii", "yev": "iev ev Jev1 ief ef iof1 eu1 ieu1 iau1 au1", "aa": "a o", "a": "a o1 e1 ei1 ia1", "e": "e ie i1 01 a1 o2 io1 ia1", "i": "i ai1 e1 a1", "o": "o a1 u3 ou1 e2 oi1 io1", "u": "u iu a1 o2 i2 ou1 e2",
        "eau": "o", "aux": "o", "eux": "e o io", "ault": "o olt", "y": "i ai1 u1 e1 o1", "sky": "ski Ski", "ski": "ski",
    }.items()
}  # fmt: skip
_MARKED: dict[str, Grapheme] = {
    key: _g(value)
    for key, value in {
        "š": "S s", "ş": "S s", "ș": "S s", "ś": "S s", "ž": "Z z s", "ż": "Z z", "ź": "Z z", "č": "C c1 k1", "ć": "C c c1", "ç": "s C c1", "đ": "J d di1", "ř": "r rZ rz rS1",
        "ł": "l v1", "ñ": "n ni", "ń": "n ni", "ň": "n ni", "ö": "e o io u1", "ø": "e o io", "œ": "e o", "ü": "iu u i", "ä": "e a", "å": "o a", "æ": "e a", "ğ": "g 0 i1", "ı": "i",
        "ą": "on o a om", "ę": "en e em", "ě": "e ie", "ß": "s", "õ": "o i1", "ã": "a an", "ā": "a", "ó": "o u", "ú": "u", "á": "a", "é": "e ie", "í": "i", "ý": "i", "è": "e", "ê": "e",
        "ï": "i", "ô": "o", "â": "a", "î": "i", "û": "u", "ë": "e io ie", "ə": "e a", "ț": "c ts", "ţ": "c ts", "ğa": "ga", "ő": "e o", "ű": "iu u",
    }.items()
}  # fmt: skip
# Before one consonant and an e, English vowels sound as their names (Biden, Gates, Gove).
_OPEN_VOWELS = {
    "a": _g("a ei e1 o1 ia1"), "i": _g("i ai e1 a1"), "o": _g("o ou a1 u3 e2 oi1 io1"), "u": _g("u iu a1 o2 i2 ou1 e2"),
}  # fmt: skip
_SILENT_END = {
    "t": _g("t 01 d2"), "d": _g("d t1 02"), "s": _g("s z1 02 S1 ks1"), "x": _g("ks 0 s1"), "e": _g("e 0 ie1 i1 a1"), "er": _g("er e r ar1 ier1 or1"), "ier": _g("ie ier e iei1 ir1 aier1"),
    "y": _g("i ai1 e1"), "v": _g("v f u1"), "w": _g("v f u 0"), "z": _g("c z s 02"), "c": _g("k c C s1"), "g": _g("g k1 h2 02"), "h": _g("h 0 g1"), "et": _g("et e"), "ez": _g("es ez e"),
    "ff": _g("f v"), "f": _g("f v"), "o": _g("o ou a1 u1"), "i": _g("i ii ai1"), "a": _g("a ia1 o1"), "au": _g("au o ou1"), "ch": _g("h C k S"),
}  # fmt: skip


@lru_cache(maxsize=1 << 15)
def chain_of(name: str, *, whole: bool = True) -> Chain:
    """The alternatives of a name's word, given in Latin letters (other scripts are transliterated first).

    `whole` is False for a stem, whose last letter is none at a word's end and so is never silent.
    """
    low = unicodedata.normalize("NFC", name).lower()
    low = "".join(c for c in low if c.isalpha())
    if any(c > "\u024f" and not "\u1e00" <= c <= "\u1eff" for c in low):
        low = anyascii(low).lower()
    out: list[Grapheme] = []
    i = 0
    if low.startswith("mc") and len(low) > 4:
        out.append(_g("mk mak"))
        i = 2
    elif low.startswith(("kn", "wr")) and len(low) > 3:
        out.append(_g("n kn" if low[0] == "k" else "r vr"))
        i = 2
    while i < len(low):
        size, grapheme = _next_grapheme(low, i, whole=whole)
        if not i and low[0] in VOWELS:
            grapheme = tuple(option for option in grapheme if option[0])  # the vowel that opens a name is heard
        out.append(grapheme)
        i += size
    return tuple(out)


def _next_grapheme(low: str, i: int, *, whole: bool) -> tuple[int, Grapheme]:
    rest = low[i:]
    if whole and rest in _SILENT_END:
        return len(rest), _SILENT_END[rest]
    for size in (4, 3, 2):
        part = rest[:size]
        grapheme = _GRAPHEMES.get(part)
        if grapheme is None or len(part) < size:
            continue
        after = rest[size : size + 1]
        if part[-1] == "y" and part[0] in VOWELS and after in "aeiou" and after:
            continue  # Nazarba-yev: the y belongs to the next syllable
        if part in ("ce", "ci", "cy", "ge", "gi", "gy") and after and after in "aeiou":
            continue
        return size, grapheme
    char = rest[0]
    if rest[1:2] == char and char not in VOWELS and len(rest) > 1:
        return (2, _SILENT_END["ff"]) if rest == "ff" else (2, _single(char, rest[1:]))
    if char == "s" and i == 0 and rest[1:2] in ("t", "p"):
        return 1, _g("s S")
    if char == "h" and i and low[i - 1] in VOWELS and rest[1:2] not in VOWELS:
        return 1, _g("0 h g1")
    if char in _OPEN_VOWELS and len(rest) > 2 and rest[2] == "e" and rest[1] not in VOWELS and rest[1].isalpha():
        return 1, _OPEN_VOWELS[char]
    if char == "y" and rest[1:2] in VOWELS and rest[1:]:
        return 1, _g("i 0 J1")
    if char == "w" and i and low[i - 1] in VOWELS:
        return 1, _g("v 0 u f")
    return 1, _single(char, rest)


def _single(char: str, rest: str) -> Grapheme:
    if char in _MARKED:
        return _MARKED[char]
    if char == "c" and rest[1:2] and rest[1:2] in "eiy":
        return _g("s c C k1")
    if char == "g" and rest[1:2] and rest[1:2] in "eiy":
        return _g("g J Z h")
    return _GRAPHEMES.get(char) or ((_plain(char), 0),)


@lru_cache(maxsize=1 << 15)
def skeletons_of(chain: Chain, limit: int = 48) -> frozenset[str]:
    """The skeletons that words running through `chain` can have."""
    found = {"": 0}
    for grapheme in chain:
        following: dict[str, int] = {}
        for sound, cost in grapheme:
            tail = sound.translate(_SKELETON)
            for head, spent in found.items():
                key = _collapse(head + tail)
                following[key] = min(spent + cost, following.get(key, 99))
        # The dearest spellings go first: a word that needs them would be over its budget anyway.
        found = dict(sorted(following.items(), key=lambda item: item[1])[:limit])
    return frozenset(found)


def onsets_of(chain: Chain) -> frozenset[str]:
    """The phones with which a word of `chain` may begin."""
    found: set[str] = set()
    for grapheme in chain:
        found |= {sound[0] for sound, _ in grapheme if sound}
        if all(sound for sound, _ in grapheme):
            break
    return frozenset(found)


def length_of(chain: Chain) -> tuple[int, int]:
    """Phones of the shortest and the longest word of `chain`; a neighbour may swallow the first phone of each grapheme."""
    least = sum(min(max(0, len(sound) - 1) for sound, _ in grapheme) for grapheme in chain)
    return max(1, least, len(chain) // 3), sum(max(len(sound) for sound, _ in grapheme) for grapheme in chain)


def run(chain: Chain, sounds: str, budget: int) -> dict[int, int]:
    """Where in `sounds` a word that follows `chain` from the start may end, and at which least cost."""
    states = {0: 0}
    for grapheme in chain:
        following: dict[int, int] = {}
        for at, spent in states.items():
            left = budget - spent
            for sound, cost in grapheme:
                if cost > left:
                    continue
                if sounds.startswith(sound, at):
                    end = at + len(sound)
                elif at and sounds[at - 1] == sound[0] and sounds.startswith(sound[1:], at):
                    end = at + len(sound) - 1  # a phone that repeats the one before it was merged with it
                else:
                    continue
                total = spent + cost
                if total < following.get(end, 99):
                    following[end] = total
        if not following:
            return {}
        states = following
    return states


# Long vowels and weak letters of Arabic and Hebrew script: which phones they may stand for.
_WEAK = {"A": frozenset("aeiou"), "W": frozenset("uo"), "Y": frozenset("ie"), "H": frozenset("haeg")}


def run_abjad(chain: Chain, letters: str, *, unwritten: int = 0) -> tuple[int, int]:
    """Whether `letters` spells `chain` in a script that leaves vowels out: (letters matched, doubts), or (0, 0).

    Vowels of the name may be missing; the word's letters may not. A doubt is a vowel letter that does not suit the vowel;
    `unwritten` is the doubt that a missing a, o or u adds.
    """
    states: dict[int, int] = {0: 0}
    for grapheme in chain:
        following: dict[int, int] = {}
        for at, doubts in states.items():
            for sound, cost in grapheme:
                if cost and sound and VOWELS.issuperset(sound) and not VOWELS.issuperset(grapheme[0][0]):
                    continue  # a v heard as u (Belarusian) is no vowel letter
                if not sound and grapheme[0][0][:1] not in "aeiouh":
                    continue  # consonants are written
                if cost and sound[:1] == "e" and grapheme[0][0] == "a":
                    cost += 1  # an English a is rarely written so
                for end, extra in _spell(sound, letters, at, unwritten):
                    total = doubts + extra + cost
                    if total < following.get(end, 9):
                        following[end] = total
        states = following
        if grapheme is chain[0] and VOWELS.issuperset(grapheme[0][0]):
            states.pop(0, None)  # a vowel that opens a word has a letter: سيلاب is no Asylov
        if not states:
            return (0, 0)
    best = states.get(len(letters))
    return (0, 0) if best is None else (len(letters), best)


_ABJAD_SAME = {
    "p": "pbf", "v": "vfb", "f": "fv", "g": "gkhJ", "k": "k", "h": "hHgk", "S": "S", "Z": "ZJz", "C": "CStk", "c": "cst", "J": "JZ",
    "z": "zs", "s": "sS", "t": "t", "d": "d",
}  # fmt: skip


def _spell(sound: str, letters: str, at: int, unwritten: int) -> list[tuple[int, int]]:
    """Ends of `sound` written from `at` on, each with its doubts."""
    states = [(at, 0)]
    for phone in sound:
        following = []
        for place, doubts in states:
            letter = letters[place : place + 1]
            if phone in VOWELS:
                following.append((place, doubts + (unwritten if phone in "aou" else 0)))
                if letter and letter in "AWYH":
                    following.append((place + 1, doubts + 2 * (phone not in _WEAK[letter])))
            elif phone == "v" and letter == "W":
                # Persian and Hebrew write v with it, but at a word's end it is a vowel: ماسيمو is Massimo.
                if place + 1 < len(letters):
                    following.append((place + 1, doubts))
            elif letter and (letter == phone or letter in _ABJAD_SAME.get(phone, "")):
                following.append((place + 1, doubts))
            elif place and letters[place - 1] == phone:
                following.append((place, doubts))
        states = following
    return states
