"""Bytes -> text: one decision about a document's encoding, from all the evidence there is.

Order of belief: a byte-order mark; UTF-16 by its NUL pattern; bytes that are valid UTF-8 (text in another encoding
hardly ever is, https://www.w3.org/International/questions/qa-utf8 has the odds); what the XML declaration and the
HTTP header name, if the text then reads like text; else whatever reads most like text. Declarations lie often
enough (windows-1251 under an ISO-8859-1 server default, windows-1251 declared as UTF-8) that none is believed blindly.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import pairwise

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']\s*([A-Za-z0-9._:-]{1,40})\s*["']""")
_HTML_DECLARATION = re.compile(rb"""(?i)<meta[^>]{0,200}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""")
_HTTP_CHARSET = re.compile(r"""(?i)\bcharset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""")
_ALIASES = {
    # Browsers read these labels as their Windows supersets (https://encoding.spec.whatwg.org/#names-and-labels).
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "koi8-r": "koi8-u",
}
_STATEFUL = {"iso2022_jp", "iso2022_kr", "hz", "iso2022_jp_2", "iso2022_jp_1", "iso2022_jp_3", "iso2022_jp_ext"}
_FORBIDDEN = {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "undefined"}
_SINGLE_BYTE = ("cp1251", "koi8-u", "cp866", "iso8859-5", "mac_cyrillic", "cp1252", "cp1250", "cp1254", "cp1253",
                "cp1256", "cp1255", "cp1257", "cp874", "iso8859-2", "iso8859-7")  # fmt: skip
_PLAUSIBLE = [*_SINGLE_BYTE, "gb18030", "big5", "cp932", "euc_jp", "cp949"]
"""What feeds are written in, by the encodings that browsers support and meet."""
_SAMPLE = 3_000
_MARKUP = re.compile(rb"<[^<>]{0,2000}>|[\x00-\x40\x5b-\x60\x7b-\x7f]+")
_SURROGATE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document's text, the encoding it was read in, and sentences about what was wrong with it."""

    text: str
    encoding: str
    problems: tuple[str, ...] = ()


def decode(data: bytes, content_type: str | None = None) -> Decoded:
    """The text of a document. Never raises; NUL bytes and invalid sequences are left to the caller as characters."""
    for bom, marked in _BOMS:
        if data.startswith(bom):
            return _bom_decoded(data[len(bom) :], marked, content_type)
    if name := _utf16_pattern(data):
        return Decoded(data.decode(name, "replace"), name)
    declared = _declarations(data, content_type)
    if data.isascii():
        return _ascii(data, declared)
    valid = _strict(data, "utf-8")
    if valid is not None:
        wrong = [d for d in declared if d != "utf-8"]
        return Decoded(valid, "utf-8", (f"declared as {wrong[0]}, but is utf-8",) if wrong else ())
    return _legacy(data, declared)


def _bom_decoded(data: bytes, name: str, content_type: str | None) -> Decoded:
    text = _strict(data, name)
    if text is not None:
        return Decoded(text, name)
    if name == "utf-8":
        return decode(data, content_type)
    return Decoded(data.decode(name, "replace"), name, (f"invalid {name}: some characters are lost",))


def _utf16_pattern(data: bytes) -> str | None:
    """UTF-16 without a mark: a document starts with "<" or "{", so every other byte of its head is NUL."""
    head = data[:64]
    if len(head) < 4:
        return None
    if head[0] and not any(head[1:16:2]) and all(head[0:8:2]):
        return "utf-16-le"
    if head[1] and not any(head[0:16:2]) and all(head[1:8:2]):
        return "utf-16-be"
    return None


def _declarations(data: bytes, content_type: str | None) -> list[str]:
    """Encodings that the document and the server name, as Python names, most specific first, without repeats."""
    found = []
    inner = _XML_DECLARATION.match(data[:400])
    if inner is None and b"<html" in data[:2000].lower():
        inner = _HTML_DECLARATION.search(data[:4000])
    if inner:
        found.append(inner.group(1).decode("ascii"))
    outer = _HTTP_CHARSET.search(content_type or "")
    if outer:
        found.append(outer.group(1))
    names = [name for label in found if (name := python_name(label))]
    return list(dict.fromkeys(names))


def python_name(label: str) -> str | None:
    """The codec for an encoding label, or None when the label means nothing (or nothing safe)."""
    try:
        name = codecs.lookup(label.strip().replace("_", "-")).name
    except (LookupError, ValueError):
        return None
    if (
        name in _FORBIDDEN
        or name.endswith("_codec")
        or name in ("base64", "hex", "quopri", "uu", "zlib", "bz2", "rot13")
    ):
        return None
    if name.startswith(("utf-16", "utf-32")):
        return "utf-8"  # no mark and no NULs: the declaration survived a conversion to bytes of one ASCII superset
    name = name.replace("utf-8-sig", "utf-8")
    return _ALIASES.get(name, name)


def _ascii(data: bytes, declared: list[str]) -> Decoded:
    if b"\x1b" in data or b"~{" in data:
        for name in declared:
            text = _strict(data, name) if name in _STATEFUL else None
            if text is not None:
                return Decoded(text, name)
    return Decoded(data.decode("ascii"), "utf-8")


def _legacy(data: bytes, declared: list[str]) -> Decoded:
    """Bytes that are no UTF-8."""
    sample = _sample(data)
    for name in declared:
        text = _strict(data, name) if name != "utf-8" else None
        if text is not None and implausibility(sample.decode(name, "replace")) < 0.25:
            return Decoded(text, name)
    damaged = _damaged_utf8(data)
    if damaged is not None:
        return damaged
    guess = _guess(data, sample)
    if guess is not None:
        said = f"declared as {declared[0]}" if declared else "no encoding declared"
        return Decoded(data.decode(guess, "replace"), guess, (f"{said}, read as {guess}",))
    name = next((d for d in declared if d != "utf-8"), "cp1252")
    text = data.decode(name, "replace")
    return Decoded(text, name, (f"read as {name}, with doubt",))


def _sample(data: bytes) -> bytes:
    """Words with high bytes, markup left out: what tells single-byte encodings apart."""
    words: list[bytes] = []
    size = 0
    for word in _MARKUP.split(data[: _SAMPLE * 20]):
        if word and not word.isascii():
            words.append(word)
            size += len(word)
            if size > _SAMPLE:
                break
    return b" ".join(words)


def _damaged_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few broken sequences (a title cut at a byte limit, a stray windows-1252 quote), else None."""
    text = data.decode("utf-8", "surrogateescape")
    broken = len(_SURROGATE.findall(text))
    good = sum(1 for c in text if c > "\x7f") - broken
    if broken * 10 > good:
        return None
    text = _SURROGATE.sub(lambda m: bytes([ord(m.group()) - 0xDC00]).decode("cp1252", "replace"), text)
    return Decoded(text, "utf-8", (f"invalid UTF-8 in {broken} places",))


def _guess(data: bytes, sample: bytes) -> str | None:
    """The encoding in which the bytes read most like text, or None when nothing does."""
    scores = []
    for rank, name in enumerate(_SINGLE_BYTE):
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        scores.append((implausibility(text), rank, name))
    scores.sort()
    if scores and scores[0][0] < 0.1 and scores[0][2] in ("cp1251", "koi8-u", "cp866") and _HIGH_WORD.search(sample):
        return scores[0][2]  # case and letters settle Cyrillic; for the rest, language has to
    western = sample.decode("cp1252", "replace")
    if implausibility(western) < 0.1 and 10 * sum(c in _NOT_WESTERN for c in western) < len(_HIGH.findall(western)):
        return "cp1252"
    best = from_bytes(sample or data[:_SAMPLE], cp_isolation=_PLAUSIBLE, threshold=0.4).best()
    if best is not None and (found := python_name(best.encoding)) and _strict(data, found) is not None:
        return found
    return scores[0][2] if scores and scores[0][0] < 0.5 else None


def implausibility(text: str) -> float:
    """How unlike text decoded letters are: 0 for words of one script in sane case, 1 and more for mojibake.

    Counts, per non-ASCII character: control characters and symbols inside words, a capital after a small letter
    (KOI8-R read as windows-1251 swaps case), a change of script inside a word, and words made mostly of accented
    Latin letters (Cyrillic read as windows-1252). Cyrillic without its common letters counts half.
    """
    bad = total = 0.0
    cyrillic = [c for c in text.lower() if "\u0400" <= c < "\u0530"]
    rare = len(cyrillic) >= 20 and sum(c in _COMMON_CYRILLIC for c in cyrillic) < 0.5 * len(cyrillic)
    for word in text.split():
        word = word.strip(_TYPOGRAPHIC)
        high = [c for c in word if c > "\x7f"]
        if not high:
            continue
        total += len(high)
        bad += sum(1 for c in high if not c.isalpha() and not "\u0300" <= c <= "\u0e7f")
        bad += sum(1 for a, b in pairwise(word) if a.islower() and b.isupper())
        scripts = {_script(c) for c in word if c.isalpha()}
        bad += len(high) * 0.5 * (len(scripts) > 1)
        accented = sum(1 for c in high if "\x80" <= c <= "\u024f" and c.isalpha())
        if accented >= 3 and accented * 2 > len(word):
            bad += accented
        bad += sum(1 for c in high if c in _RARE)
    return (bad + 0.5 * len(cyrillic) * rare) / total if total else 0.0


_HIGH = re.compile("[^\x00-\x7f]")
_HIGH_WORD = re.compile(rb"(?:^| )[\x80-\xff]{2}")
"""Two high bytes side by side where a word starts: letters of Cyrillic do, a pound sign or an accent does not."""
_TYPOGRAPHIC = "£€“”„‘’‚‹›«»–—…•·°©®™§†‡¡¿´\u00a0\u00ad"
"""Signs around words that are no letters: they say nothing of the encoding (a text in Latin-1 whose only high bytes are
pound signs is not Serbian)."""
_NOT_WESTERN = frozenset("þðýÞÐÝ³¹¿£¥")
"""What windows-1252 shows for the letters of Turkish and of central Europe's languages."""
_COMMON_CYRILLIC = frozenset("оеаинтсрлвкмыі")
"""About 70% of the letters of Russian text, and more than half in the other Cyrillic alphabets; below 45% in mojibake
between windows-1251, KOI8-R and cp866."""
_RARE = frozenset("ЂЃѓ‰ЉЌЋЏђљњќћџҐ¦§№ѕЅ¤¬\ufffd")
"""What windows-1251 shows where another encoding has letters; rare in real text."""


def _script(char: str) -> int:
    code = ord(char)
    if code < 0x250:
        return 0
    if 0x370 <= code < 0x400:
        return 1
    if 0x400 <= code < 0x530:
        return 2
    return 3 + (code >> 8)


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None
