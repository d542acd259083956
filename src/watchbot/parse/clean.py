"""A decoded document -> XML that a strict parser can read where that is possible at all.

What is repaired is what feeds get wrong every day and what has one sensible reading: characters that XML forbids,
HTML entities, bare ampersands, document types, undeclared prefixes, an end that is missing. All of it is linear in the
size of the document. Entity declarations are read only where their value is plain text: nothing grows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 (section 2.2) forbids."""
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_OPAQUE = re.compile(r"<!--|<!\[CDATA\[|<\?")
_ENDS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
_REFERENCE = re.compile(r"&(?:#([0-9]{1,8});|#[xX]([0-9a-fA-F]{1,7});|([A-Za-z][A-Za-z0-9._-]{0,40});)?")
_ODD_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z][\w.-]{0,40})\s+(?:"([^"&%<]{0,1000})"|'([^'&%<]{0,1000})')\s*>""")
MAX_EXPANDED = 100_000
"""Characters that a document's own entities may add, all together."""
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,60}\s*=")
_DECLARED = re.compile(rb"\sxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_ROOT = re.compile(rb"<[A-Za-z_][\w.:-]{0,80}")
_NAMESPACES = {
    b"atom": b"http://www.w3.org/2005/Atom",
    b"content": b"http://purl.org/rss/1.0/modules/content/",
    b"dc": b"http://purl.org/dc/elements/1.1/",
    b"dcterms": b"http://purl.org/dc/terms/",
    b"feedburner": b"http://rssnamespace.org/feedburner/ext/1.0",
    b"georss": b"http://www.georss.org/georss",
    b"itunes": b"http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    b"media": b"http://search.yahoo.com/mrss/",
    b"rdf": b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    b"slash": b"http://purl.org/rss/1.0/modules/slash/",
    b"sy": b"http://purl.org/rss/1.0/modules/syndication/",
    b"thr": b"http://purl.org/syndication/thread/1.0",
    b"wfw": b"http://wellformedweb.org/CommentAPI/",
    b"xhtml": b"http://www.w3.org/1999/xhtml",
    b"xlink": b"http://www.w3.org/1999/xlink",
}
"""Namespaces by the prefix that everybody uses for them, for documents that forgot to declare it."""
_LONG_NAME = re.compile(
    rb"(?i)(<(?:[a-z][\w-]{0,30}:)?(?:author|creator|managingeditor|webmaster|publisher|name|email|contributor|owner)"
    rb"(?:\s[^<>]{0,300})?>\s{0,100}(?:<!\[CDATA\[)?)([^<\]]{500})[^<\]]+"
)
_LONG_TAG = re.compile(rb"<[A-Za-z_][^<>]{5000,}")
_PART_REFERENCE = re.compile(rb"&[^;]{0,12}$|[\xc0-\xff][\x80-\xbf]{0,3}$")
DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(frozen=True, slots=True)
class Cleaned:
    """UTF-8 bytes that start with our own XML declaration; no document type.

    `doctype` is the document type declaration as it stood. `broken` tells that the text ended inside a comment or a
    CDATA section; what stood in it is gone.
    """

    data: bytes
    doctype: str
    problems: tuple[str, ...]
    broken: bool


def clean(text: str) -> Cleaned:
    """Repair what can be repaired without knowing the format. Never raises."""
    problems: list[str] = []
    if _has_forbidden(text):
        text, count = _FORBIDDEN.subn("", text)
        problems.append(f"{count} control characters removed")
    start = text.find("<")
    if start > 0:
        if text[:start].strip("\ufeff \t\r\n"):
            problems.append("text before the document ignored")
        text = text[start:]
    doctype, text = _without_prolog(text)
    entities = _plain_entities(doctype)
    if "<!ENTITY" in doctype and len(entities) != doctype.count("<!ENTITY"):
        problems.append("entity declarations ignored")
    text, fixed, broken = _references(text, entities)
    if fixed:
        problems.append(f"{fixed} unescaped ampersands")
    return Cleaned(DECLARATION + text.encode("utf-8", "ignore"), doctype, tuple(problems), broken)


def _has_forbidden(text: str) -> bool:
    """Whether `_FORBIDDEN` finds something: six times faster than looking."""
    try:
        data = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return True
    return len(data.translate(None, _CONTROLS)) != len(data) or "\ufffe" in text or "\uffff" in text


def _without_prolog(text: str) -> tuple[str, str]:
    """(document type, text from the root element on). Comments and instructions before the root are dropped."""
    at = 0
    doctype = ""
    while True:
        at = _skip_blank(text, at)
        if text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 1 if text.find("-->", at) >= 0 else -1
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = _doctype_end(text, at) - 1
            doctype = text[at : end + 1]
            at = end + 1
            continue
        else:
            return doctype, text[at:]
        if end < 0:
            return doctype, ""
        at = end + 2


def _skip_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n\ufeff":
        at += 1
    return at


def _doctype_end(text: str, start: int) -> int:
    """Where a document type ends: after "]>" of its internal subset, or its first ">"."""
    close = text.find(">", start)
    bracket = text.find("[", start)
    if close < 0:
        return len(text)
    if bracket < 0 or close < bracket:
        return close + 1
    subset = re.compile(r"\]\s{0,50}>").search(text, bracket)
    return subset.end() if subset else len(text)


def _plain_entities(doctype: str) -> dict[str, str]:
    """Internal entities whose value is plain text: no reference in it, so nothing can grow."""
    if "<!ENTITY" not in doctype:
        return {}
    return {m.group(1): m.group(2) or m.group(3) or "" for m in _ENTITY.finditer(doctype[:1_000_000])}


def _segments(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, opaque) from the start to the end; an unfinished opaque one ends at -1."""
    at = 0
    while match := _OPAQUE.search(text, at):
        if match.start() > at:
            yield at, match.start(), False
        ending = _ENDS[match.group()]
        end = text.find(ending, match.end())
        if end < 0:
            yield match.start(), -1, True
            return
        at = end + len(ending)
        yield match.start(), at, True
    if at < len(text):
        yield at, len(text), False


def _references(text: str, entities: dict[str, str]) -> tuple[str, int, bool]:
    """(text with only references that XML knows, bare ampersands escaped, whether an opaque section never ended)."""
    fixer = _Fixer(entities)
    pieces = []
    broken = False
    for start, end, opaque in _segments(text):
        if end < 0:
            broken = True
            break
        piece = text[start:end]
        if not opaque and "&" in piece and _ODD_REFERENCE.search(piece):
            piece = _REFERENCE.sub(fixer, piece)
        pieces.append(piece)
    return "".join(pieces), fixer.escaped, broken


class _Fixer:
    """Replaces one reference; counts the ampersands it had to escape."""

    def __init__(self, entities: dict[str, str]) -> None:
        self._entities = entities
        self._left = MAX_EXPANDED
        self.escaped = 0

    def __call__(self, match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        if decimal or hexadecimal:
            return _character(int(decimal) if decimal else int(hexadecimal, 16), match.group())
        if name in _XML_ENTITIES:
            return match.group()
        if name in self._entities and self._left > 0:
            self._left -= len(self._entities[name])
            return self._entities[name]
        char = html5.get(f"{name};") if name else None
        if char and len(char) <= 2 and char not in "&<":
            return char
        if name and name.lower() in _XML_ENTITIES:
            return f"&{name.lower()};"
        if name and name in self._entities:
            return ""
        self.escaped += 1
        return "&amp;" + match.group()[1:]


def _character(code: int, reference: str) -> str:
    if 0x80 <= code < 0xA0:  # windows-1252 written as numbers, as browsers read it
        return bytes([code]).decode("cp1252", "ignore")
    if (
        code > 0x10FFFF
        or 0xD800 <= code < 0xE000
        or (code < 0x20 and code not in (9, 10, 13))
        or code in (0xFFFE, 0xFFFF)
    ):
        return ""
    return reference.replace("X", "x")


def xml_error(data: bytes) -> expat.ExpatError | None:
    """Why the bytes are no well-formed XML with namespaces, or None when they are."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        return error
    return None


def declare_prefixes(data: bytes) -> bytes:
    """The document with every undeclared prefix declared at its root."""
    used = {a or b for a, b in _PREFIX.findall(data)} - {b"xml", b"xmlns"}
    missing = sorted(used - set(_DECLARED.findall(data)))
    root = _ROOT.search(data, len(DECLARATION))
    if not missing or root is None:
        return data
    added = b"".join(
        b' xmlns:%s="%s"' % (prefix, _NAMESPACES.get(prefix.lower(), b"urn:undeclared:" + prefix))
        for prefix in missing[:100]
    )
    return data[: root.end()] + added + data[root.end() :]


def shorten_names(data: bytes) -> bytes:
    """The document with names of people cut at 500 bytes.

    feedparser looks for an e-mail address in them with a pattern that is quadratic: 100 KB of "a.a." take 24 s.
    """
    if b"<" not in data or not _LONG_NAME.search(data):
        return data
    return _LONG_NAME.sub(lambda m: m.group(1) + _PART_REFERENCE.sub(b"", m.group(2)), data)


def has_monstrous_tag(data: bytes) -> bool:
    """Whether a tag has more than a thousand attributes: the SAX driver looks them up in quadratic time."""
    return any(match.group().count(b"=") > 1_000 for match in _LONG_TAG.finditer(data))


def closed(data: bytes) -> bytes | None:
    """A document that stops in the middle, with its open elements closed; None when it is broken before its end.

    A tag that it stops in ("<item") is dropped: with what closes the others it would be an element of its own.
    """
    last = data.rfind(b"<")
    if last >= 0 and data.find(b">", last) < 0:
        data = data[:last]
    stack: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: stack.append(name)
    parser.EndElementHandler = lambda name: stack.pop()
    try:
        parser.Parse(data, False)
    except expat.ExpatError:
        return None
    tail = "".join(f"</{name}>" for name in reversed(stack)).encode()
    return data + tail
