"""A digest: what was held for a chat, by topic and story, most covered first, split at entry borders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watchbot.model import OVER_QUOTA, AlertKind, AlertView, Button, Chat
from watchbot.render import callbacks, rich
from watchbot.render.alert import SIGNS, Rendered, change, notice, rendered, spans
from watchbot.render.i18n import Texts, texts
from watchbot.render.rich import Piece, Rich

PAGE_LIMIT = rich.MESSAGE_LIMIT
ENTRY_TITLE = 200
ENTRY_LIMIT = 900
"""One entry never fills a page, so an entry is never split."""
HEAD_ROOM = 400
"""Units left for a page's heading and foot."""


@dataclass(frozen=True, slots=True)
class Block:
    """What is never split: one entry (with its topic's title before it), and the alert numbers that it tells."""

    content: Rich
    numbers: tuple[int, ...]


def render_digest(
    views: Sequence[AlertView], chat: Chat, *, now: datetime, roll: str | None = None, stale: bool = False
) -> list[Rendered]:
    """Pages of one digest, each a message; empty for no views.

    A story is shown once, under its first topic. The heading says what the digest is: the chat's own, what exceeded its
    alerts an hour (`roll` OVER_QUOTA), or what could not be sent in time (`stale`).
    """
    t = texts(chat.language)
    stories = per_story(views)
    folded = {members[-1].number: tuple(v.number for v in members) for members in stories}
    blocks: list[Block] = []
    for title, members in by_topic([members[-1] for members in stories], t):
        blocks += section_blocks(title, covered(members), folded, t, chat.timezone, now)
    key = "digest-stale" if stale else "digest-quota" if roll == OVER_QUOTA else "digest-title"
    return pages_of(blocks, "🗂 " + t(key, count=len(stories)))


def render_rolling(
    views: Sequence[AlertView], chat: Chat, *, now: datetime, topic: str, since: datetime
) -> list[Rendered]:
    """Pages of a burst's rolling digest, the newest stories first, with the time at which it was last written.

    `since`: when its first message was opened. Everything that the message is to show must be among `views`.
    """
    t = texts(chat.language)
    stories = per_story(views)
    blocks = [
        Block(rich.shorten(entry(members[-1], t, chat.timezone, now), ENTRY_LIMIT), tuple(v.number for v in members))
        for members in sorted(stories, key=lambda members: -members[-1].number)
    ]
    titles = {rule: title for view in views for rule, title in view.topics}
    title = rich.cut(rich.clean(titles.get(topic, topic)).strip(), 100)
    at = t.time(since, chat.timezone, now)
    foot = rich.text(t("rolling-foot", at=t.time(now, chat.timezone, now)), "i")
    pages = pages_of(blocks, "🌀 " + t("rolling-title", title=title, count=len(stories), at=at), foot)
    return [*pages[:-1], *(replace(page, buttons=(mute_row(topic, t),)) for page in pages[-1:])]


def mute_row(topic: str, t: Texts) -> tuple[Button, ...]:
    """For whom it is too much: the topic silent for a while, or for good."""
    key = callbacks.topic_key(topic)
    return tuple(
        Button(("🔕 " if i == 0 else "") + t(f"mute-{span}"), callbacks.encode("mutetopic", key, span))
        for i, span in enumerate(("1h", "today", "ever"))
    )


def pages_of(blocks: Sequence[Block], heading: str, foot: Rich = ()) -> list[Rendered]:
    """Blocks under a heading, in as many messages as they need."""
    pages = paginate(blocks, PAGE_LIMIT - HEAD_ROOM)
    found = []
    for number, group in enumerate(pages, 1):
        counter = f"  {number}/{len(pages)}" if len(pages) > 1 else ""
        content = rich.join((rich.text(heading + counter, "b"), *(b.content for b in group), foot), "\n\n")
        found.append(replace(rendered(content), numbers=tuple(n for b in group for n in b.numbers)))
    return found


def per_story(views: Iterable[AlertView]) -> list[list[AlertView]]:
    """Views of one story together, by number; the last one is the most current and is shown."""
    found: dict[str, list[AlertView]] = {}
    for view in sorted(views, key=lambda v: v.number):
        found.setdefault(view.story or f"#{view.number}", []).append(view)
    return list(found.values())


def by_topic(views: Iterable[AlertView], t: Texts) -> list[tuple[str, list[AlertView]]]:
    """Views under the title of their first topic; topics with a high priority first, then the fullest."""
    groups: dict[str, list[AlertView]] = {}
    for view in views:
        title = view.topics[0][1] if view.topics else t("digest-notices")
        groups.setdefault(title, []).append(view)
    return sorted(groups.items(), key=lambda g: (-max(v.priority for v in g[1]), -len(g[1]), g[0]))


def covered(views: Iterable[AlertView]) -> list[AlertView]:
    """Most covered first (outlets, not copies), then the higher priority, then the newer."""
    return sorted(views, key=lambda v: (-outlets(v), -v.priority, -v.number))


def outlets(view: AlertView) -> int:
    return len({s.owner for s in view.also if s.source != view.source}) + 1


def section_blocks(
    title: str, views: Sequence[AlertView], folded: Mapping[int, tuple[int, ...]], t: Texts, zone: str, now: datetime
) -> list[Block]:
    """Entries of one topic, its title glued to the first of them."""
    entries = [Block(rich.shorten(entry(view, t, zone, now), ENTRY_LIMIT), folded[view.number]) for view in views]
    heading = rich.shorten(rich.text(title, "bu"), 200)
    return [replace(entries[0], content=rich.join((heading, entries[0].content))), *entries[1:]]


def entry(view: AlertView, t: Texts, zone: str, now: datetime) -> Rich:
    if view.kind is AlertKind.NOTICE:
        return notice(view, t, zone, now)
    style = "s" if view.withdrawn else ""
    title = rich.marked(view.title, spans(view.matches, "title")[:3], style, rich.safe_link(view.link))
    others = t("digest-outlets", count=outlets(view)) if outlets(view) > 1 else ""
    at = t.time(view.published_at or view.first_seen_at, zone, now)
    facts = [rich.clean(view.source).strip()[:60], others, at, f"#{view.number}"]
    news = "; ".join(change(m, t) for m in view.material)
    return rich.join(
        (
            (Piece(f"{SIGNS[view.priority]} "), *rich.shorten(title, ENTRY_TITLE)),
            rich.text("❗ " + news, "b") if news else (),
            rich.text(" · ".join(f for f in facts if f), "i"),
        )
    )


def paginate(blocks: Iterable[Block], limit: int) -> list[list[Block]]:
    """Blocks in pages of at most `limit` units and fewer entities than Telegram shows, in order."""
    pages: list[list[Block]] = []
    size = marks = 0
    for block in blocks:
        needs, shows = rich.length(block.content) + 2, rich.entities(block.content)
        if not pages or size + needs > limit or marks + shows >= rich.ENTITY_LIMIT:
            pages.append([])
            size, marks = 0, 2  # heading and foot
        pages[-1].append(block)
        size, marks = size + needs, marks + shows
    return pages
