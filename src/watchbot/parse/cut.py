"""Where the entries of a document stand, and the document without those that were seen before.

A feed of fifty entries mostly shows forty-nine that are known. Their bytes are recognised by hash and cut out, so that
feedparser pays for the new one only. A cut is made only when it is certain: every entry opens and closes on its own,
none inside another, outside of comments and CDATA; and the whole document is well-formed. Namespaces, `xml:base` and
`xml:lang` of what surrounds the entries stay where they are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(rb"<(?:!--|!\[CDATA\[|\?|(/?)((?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry))(?=[\s/>]))", re.IGNORECASE)
_START_TAG = re.compile(
    rb"""<[^\s/>]+(?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(/?)>""",
)
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


@dataclass(frozen=True, slots=True)
class Span:
    """An entry's bytes in a document: from the "<" of its start tag to the ">" of its end tag."""

    start: int
    end: int
    hash: str
    """SHA-256, hex."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The entries of a document, in order. `certain` is false when their bounds are not.

    `open_at` is where an entry begins that never ends: the document was truncated there.
    """

    spans: tuple[Span, ...]
    certain: bool
    open_at: int | None = None


def find_entries(data: bytes) -> Layout:
    """Locate every <item> and <entry> (any prefix). Linear; never raises."""
    bounds: list[tuple[int, int]] = []
    certain = True
    name = b""
    start = -1
    at = 0
    while match := _TOKEN.search(data, at):
        token = match.group()
        if token in _ENDS:
            end = data.find(_ENDS[token], match.end())
            if end < 0:
                certain = False
                break
            at = end + 3 if token != b"<?" else end + 2
        elif match.group(1):
            at = match.end()
            close = data.find(b">", at)
            if start < 0 or match.group(2) != name or close < 0 or data[at:close].strip():
                certain = False
                continue
            bounds.append((start, close + 1))
            start, at = -1, close + 1
        else:
            tag = _START_TAG.match(data, match.start())
            at = tag.end() if tag else match.end()
            if tag is None or start >= 0:
                certain = False
            if tag is not None and tag.group(1):
                if start < 0:
                    bounds.append((match.start(), tag.end()))
                continue
            if start < 0:
                start, name = match.start(), match.group(2)
    spans = tuple(Span(a, b, hashlib.sha256(data[a:b]).hexdigest()) for a, b in bounds)
    return Layout(spans, certain and start < 0, start if start >= 0 else None)


def title_after(data: bytes, spans: Sequence[Span]) -> bool:
    """Whether a title stands outside of entries after the first of them.

    feedparser's choice between two titles of a feed depends on the entries in between, so such documents are not cut.
    """
    ends = [span.end for span in spans]
    starts = [span.start for span in spans[1:]] + [len(data)]
    return any(b"title" in data[a:b].lower() for a, b in zip(ends, starts, strict=True))


def without(data: bytes, spans: Sequence[Span], known: Collection[str]) -> bytes:
    """The document without the spans whose hash is known."""
    pieces = []
    at = 0
    for span in spans:
        if span.hash in known:
            pieces.append(data[at : span.start])
            at = span.end
    pieces.append(data[at:])
    return b"".join(pieces)
