"""HTML, escaped HTML, or plain text that may be either -> plain text for matching and for people.

lxml's HTML parser does the markup: it is forgiving, in C, and linear where the size and depth are capped, as here.
"""

from __future__ import annotations

import html
import re

from lxml import etree

MAX_HTML = 300_000
"""Characters of markup read of one field; news articles stay below a tenth of it."""
MAX_TITLE = 1_000
MAX_TEXT = 100_000
"""Characters of text kept."""

_DROPPED = frozenset({"script", "style", "template", "noscript", "svg", "math", "object", "head", "iframe", "select"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
    "main",
    "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title",
    "tr",
    "ul", "hl1", "hl2", "block", "body.content",
})  # fmt: skip
_TAGLIKE = re.compile(
    r"(?i)</?(?:a|abbr|b|big|blockquote|body|br|center|cite|code|dd|div|dl|dt|em|figure|font|h[1-6]|head|hr|html|i|iframe|img|"
    r"ins|del|li|mark|ol|p|pre|q|s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|th|tr|tt|u|ul|video|object)"
    r"(?:\s[^<>]*|\s*/)?>|<!--|<!\[CDATA\["
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_DROP = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
"""Controls that show nothing: C0, soft hyphen, zero-width space, bidi marks and overrides, BOM, lone surrogates.
The zero-width (non-)joiners stay: Persian and Indic scripts spell with them."""
_C1 = re.compile("[\x80-\x9f]")
_ASCII_DROP = bytes(code for code in range(128) if _DROP.match(chr(code)))
_COMMENT_OPEN = "<!--"


def to_text(source: str | None, *, is_html: bool = True, limit: int = MAX_TEXT) -> str:
    """Plain text: tags gone, block elements on lines of their own, entities read (twice escaped ones too).

    With `is_html=False` markup is looked for and removed only when a known tag stands in the text: "a < b" stays.
    """
    if not source:
        return ""
    text = source[:MAX_HTML]
    if is_html or _TAGLIKE.search(text):
        text = _strip_markup(text) if "<" in text or "&" in text else text
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    if "<" in text and _TAGLIKE.search(text):  # escaped twice
        text = _strip_markup(text)
        if "&" in text and _ENTITY.search(text):
            text = html.unescape(text)
    return tidy(text)[:limit].rstrip()


def to_line(source: str | None, *, is_html: bool = False, limit: int = MAX_TITLE) -> str:
    """Like `to_text`, on one line: titles, names, tags."""
    return " ".join(to_text(source, is_html=is_html, limit=limit * 4).split())[:limit].rstrip()


def tidy(text: str) -> str:
    """Invisible controls gone, white space collapsed, at most one line break in a row."""
    if text.isascii():
        text = text.encode().translate(None, _ASCII_DROP).decode()
    else:
        text = _DROP.sub("", _C1.sub(_cp1252, text))
    if "\n" not in text:
        return " ".join(text.split())
    return "\n".join(line for part in text.split("\n") if (line := " ".join(part.split())))


def _cp1252(match: re.Match[str]) -> str:
    """C1 controls in text are windows-1252 punctuation that went through ISO-8859-1."""
    return bytes([ord(match.group())]).decode("cp1252", "ignore")


def _strip_markup(text: str) -> str:
    if "<" not in text:
        return html.unescape(text)
    text = _drop_comments(text.replace("\x00", "").replace("<![CDATA[", "").replace("]]>", ""))
    parser = etree.HTMLParser(
        recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(f"<div>{text}</div>".encode("utf-8", "ignore"), parser)
    except etree.LxmlError:
        root = None
    if root is None:
        return html.unescape(re.sub(r"<[^<>]*>", " ", text))
    return text_of(root)


def _drop_comments(text: str) -> str:
    """Without comments; an unfinished one hides the rest, as in a browser. Linear: each is looked for once."""
    if _COMMENT_OPEN not in text:
        return text
    pieces = []
    at = 0
    while (start := text.find(_COMMENT_OPEN, at)) >= 0:
        pieces.append(text[at:start])
        end = text.find("-->", start + 2)
        if end < 0:
            return "".join(pieces)
        at = end + 3
    pieces.append(text[at:])
    return "".join(pieces)


def text_of(root: etree._Element) -> str:
    """The text below an element (lxml HTML or XML, any namespace), block elements as lines."""
    pieces: list[str] = []
    skipped: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        name = tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
        if event == "start":
            if skipped is not None:
                continue
            if name in _DROPPED or not name:
                skipped = element
                continue
            if name in _BLOCKS:
                pieces.append("\n")
            if element.text:
                pieces.append(_flat(element.text))
            continue
        if skipped is element:
            skipped = None
        elif skipped is not None:
            continue
        if name in _BLOCKS:
            pieces.append("\n")
        if element.tail and element is not root:
            pieces.append(_flat(element.tail))
    return "".join(pieces)


def _flat(text: str) -> str:
    """Line breaks in the source are white space; those of block elements are ours."""
    return text.replace("\n", " ").replace("\r", " ")
