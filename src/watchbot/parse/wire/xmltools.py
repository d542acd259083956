"""Reading agencies' XML safely, and finding things in it without minding namespaces or the case of names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from watchbot.errors import ParseError
from watchbot.parse import clean as cleaning
from watchbot.parse.htmltext import MAX_TEXT, text_of, tidy, to_line

Element: TypeAlias = Any
"""An lxml element: lxml has no types."""
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_xml(text: str) -> tuple[Element, list[str]]:
    """(root, problems). No entity is expanded, no address opened; a damaged document yields what could be read.

    Raises ParseError(unsupported) when nothing could.
    """
    cleaned = cleaning.clean(_joined(text))
    data = cleaned.data
    problems = list(cleaned.problems)
    error = cleaning.xml_error(data)
    if error is not None:
        data = cleaning.declare_prefixes(data)
        error = cleaning.xml_error(data)
    if error is not None or cleaned.broken:
        problems.append("truncated or malformed XML: what could be read was kept")
    root = _tree(data, recover=error is not None)
    if root is None:
        root = _tree(data, recover=True)
    if root is None:
        raise ParseError("unsupported", "XML that cannot be read")
    return root, problems


_ROOT = re.compile(r"<([A-Za-z_][\w.-]{0,40}(?::[\w.-]{1,60})?)[\s>]")
_PROLOG = re.compile(
    r"(?s)\A(?:\s+|<\?.{0,2000}?\?>|<!--.{0,5000}?-->|<!DOCTYPE[^\[>]{0,500}(?:\[.{0,20000}?\])?\s*>)+"
)


def _joined(text: str) -> str:
    """Several documents one after the other, as some deliveries glue them, under one root; other text as it is."""
    match = _ROOT.search(text)
    if match is None or text.count(end := f"</{match.group(1)}>") < 2:
        return text
    bodies = [_PROLOG.sub("", part).strip() for part in text.split(end) if part.strip()]
    if not all(body.startswith(f"<{match.group(1)}") for body in bodies):
        return text
    return f"<documents>{''.join(body + end for body in bodies)}</documents>"


def nearest(element: Element, name: str) -> Element | None:
    """The closest element around this one (or itself) that has a child of that local name."""
    while element is not None:
        if first(element, name) is not None:
            return element
        element = element.getparent()
    return None


def _tree(data: bytes, *, recover: bool) -> Element | None:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.LxmlError:
        return None


def local(element: Element) -> str:
    """The element's name, lower case, without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def attribute(element: Element | None, *names: str) -> str:
    """The first attribute of any of these names (local, any case), stripped; "" when there is none."""
    if element is None:
        return ""
    for name in names:
        for key, value in element.attrib.items():
            if str(key).rpartition("}")[2].lower() == name:
                return str(value).strip()
    return ""


def each(element: Element | None, path: str) -> Iterator[Element]:
    """Elements at a path of local names ("itemmeta/link"), in document order. "//name" finds descendants."""
    if element is None:
        return
    if path.startswith("//"):
        name = path[2:]
        yield from (e for e in element.iterdescendants() if local(e) == name)
        return
    head, _, rest = path.partition("/")
    for child in element:
        if local(child) == head:
            if rest:
                yield from each(child, rest)
            else:
                yield child


def first(element: Element | None, *paths: str) -> Element | None:
    """The first element at the first path that leads anywhere."""
    for path in paths:
        for found in each(element, path):
            return found
    return None


def line(element: Element | None, *paths: str) -> str:
    """The text at the first path that has any, on one line."""
    if not paths:
        return "" if element is None else to_line(text_of(element), limit=1_000)
    for path in paths:
        for found in each(element, path):
            if text := line(found):
                return text
    return ""


def block(element: Element | None) -> str:
    """The text below an element, paragraphs as lines."""
    return "" if element is None else tidy(text_of(element))[:MAX_TEXT].rstrip()


def lang_of(element: Element | None) -> str | None:
    """xml:lang of the element or of what is around it."""
    while element is not None:
        value = element.get(XML_LANG) or element.get("lang")
        if value:
            return str(value).replace("_", "-").strip() or None
        element = element.getparent()
    return None
