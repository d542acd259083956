"""What an entry is known by, and what a feed's guids and links can be trusted with.

Full keys, never short hashes: a collision would drop news. A date is never part of a key, so no date decides novelty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from watchbot.model import EntryStatus, ParsedEntry, ParsedFeed, StoredFeed
from watchbot.text.fingerprint import Mark, fold_words, strip_title, text_digest
from watchbot.text.urls import canonical_url

MIN_TEXT = 40
"""Characters of title and text below which equal texts of two feeds prove nothing ("Live", "Weather")."""
SHARED_GUIDS = 0.5
"""Share of entries that repeat a guid within one document, from which the feed's guids are not trusted."""
RENEWED = 0.8
"""Share of a document's entries known by link or text under new guids, from which the feed's guids are not trusted."""


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """Keys of one entry. `primary` belongs to its feed; `global_` hold in any feed; `title` is a hint of a relaunch."""

    primary: str
    global_: tuple[str, ...]
    title: str
    revision: str | None
    """Set when the entry says it is another version of its guid: known only together with the guid."""

    @property
    def all(self) -> tuple[str, ...]:
        """Every key, the primary one first, each once."""
        extra = (self.revision,) if self.revision else ()
        return tuple(dict.fromkeys((self.primary, *self.global_, self.title, *extra)))


def key_mode(feed: StoredFeed, parsed: ParsedFeed) -> str:
    """ "guid", "link" or "text": the identity this document's entries can be trusted with; never better than before."""
    entries = parsed.entries
    mode = feed.key_mode if feed.key_mode in ("guid", "link", "text") else "guid"
    if mode == "guid" and len(entries) > 1 and _repeated([e.guid for e in entries]) >= SHARED_GUIDS:
        mode = "link"
    if mode == "link" and len(entries) > 1 and _repeated([e.link for e in entries]) >= SHARED_GUIDS:
        mode = "text"
    return mode


def _repeated(values: list[str | None]) -> float:
    """Share of entries whose value is given more than once (with other entries) in the document."""
    counts = Counter(v for v in values if v)
    return sum(n for n in counts.values() if n > 1) / len(values)


def entry_keys(feed: StoredFeed, parsed: ParsedFeed, host_aliases: Mapping[str, str] = {}) -> tuple[EntryKeys, ...]:
    """The keys of each entry of a document, in its order."""
    mode = key_mode(feed, parsed)
    links = [canonical_url(e.link, host_aliases) if e.link else None for e in parsed.entries]
    # A link that several different entries share (the home page, a live blog) names none of them.
    titles: dict[str, set[str]] = {}
    for entry, link in zip(parsed.entries, links, strict=True):
        if link:
            titles.setdefault(link, set()).add(entry.title)
    home = canonical_url(parsed.link, host_aliases) if parsed.link else None
    shared = {link for link, seen in titles.items() if len(seen) > 1} | ({home} if home else set())
    guids = Counter(e.guid for e in parsed.entries if e.guid)
    return tuple(
        _keys(feed.id, entry, link if link not in shared else None, mode if guids[entry.guid or ""] < 2 else "link")
        for entry, link in zip(parsed.entries, links, strict=True)
    )


def _keys(feed_id: int, entry: ParsedEntry, link: str | None, mode: str) -> EntryKeys:
    text = entry.summary or entry.body
    short = len(entry.title) + len(text) < MIN_TEXT
    digest = text_digest(entry.title, text, salt=str(feed_id) if short else "")
    url_key = f"url:{link}" if link else None
    text_key = f"text:{digest}"
    title = " ".join(fold_words(strip_title(entry.title).title))
    title_key = f"title:{feed_id}:{title[:300]}"
    if mode == "guid" and entry.guid:
        primary = f"guid:{feed_id}:{entry.guid}"
    elif mode != "text" and link:
        primary = f"link:{feed_id}:{link}"
    else:
        primary = f"feedtext:{feed_id}:{digest}"
    global_ = (url_key, text_key) if url_key and mode != "text" else (text_key,)
    return EntryKeys(primary, global_, title_key, _revision(primary, entry))


def _revision(primary: str, entry: ParsedEntry) -> str | None:
    marks = strip_title(entry.title).marks & {Mark.CORRECTION, Mark.KILL}
    plain = entry.version in (None, 1) and entry.status is EntryStatus.USABLE and not marks
    return None if plain else f"rev:{primary}:{entry.version or 0}:{entry.status}:{','.join(sorted(marks))}"
