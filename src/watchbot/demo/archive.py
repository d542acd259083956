"""The archive of invented outlets, as it was to be seen at a given moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.resources import files

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, slots=True)
class Outlet:
    """One feed of the archive. `document` is the whole of it, RSS or Atom."""

    slug: str
    name: str
    lang: str
    document: bytes


def outlets() -> tuple[Outlet, ...]:
    """Every outlet, in alphabetical order of its slug."""
    folder = files("watchbot.demo") / "archive"
    found = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".xml"):
            document = file.read_bytes()
            root = _parse(document)
            name = root.findtext("channel/title") or root.findtext(f"{ATOM}title") or file.name
            lang = root.findtext("channel/language") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "en"
            found.append(Outlet(file.name.removesuffix(".xml"), name, lang, document))
    return tuple(found)


def as_of(document: bytes, now: datetime) -> bytes:
    """The document without the entries published after `now`: what its server would have answered then."""
    root = _parse(document)
    for entry in [*root.iterfind("channel/item"), *root.iterfind(f"{ATOM}entry")]:
        parent = entry.getparent()
        if _published(entry) > now and parent is not None:
            parent.remove(entry)
    shown: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return shown


def _published(entry: etree._Element) -> datetime:
    if date := entry.findtext("pubDate"):
        return parsedate_to_datetime(date)
    return datetime.fromisoformat(entry.findtext(f"{ATOM}published") or "")


def _parse(document: bytes) -> etree._Element:
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
