"""An alert as a message: priority, topics, headline, source, evidence in bold, times, and who else reports it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from watchbot.model import AlertKind, AlertView, Button, Chat, Match, Priority
from watchbot.render import callbacks, rich
from watchbot.render.i18n import Texts, texts
from watchbot.render.notes import said_all
from watchbot.render.rich import Piece, Rich

SIGNS = {Priority.HIGH: "🔴", Priority.NORMAL: "🔵", Priority.LOW: "⚪"}
TITLE_LIMIT = 300
SUMMARY_LIMIT = 220
"""Two lines of a phone in landscape, four in portrait: what a push notification still shows."""
SUMMARY_LEAD = 60
"""When the first match lies beyond the shown part, the summary starts this far before it."""
ALSO_NAMES = 3
HEAD_TOPICS = 4
"""Topics named in the first line, in the rules' order; a chat subscribed to everything sees how many more match."""
MAX_MARKED = 12
"""Marks per field: more than that is not emphasis, and Telegram counts at most 100 entities."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to send: Telegram HTML, the same as plain text, inline buttons, and a picture if wanted."""

    html: str
    plain: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    photo_url: str | None = None
    numbers: tuple[int, ...] = ()
    """Of a digest's page: the alert numbers that it covers, those folded into a shown one included."""


def rendered(content: Rich, buttons: Iterable[Iterable[Button]] = (), *, limit: int = rich.MESSAGE_LIMIT) -> Rendered:
    """Styled text as a message of at most `limit` units; its plain form is cut to the same limit."""
    short = rich.trim(rich.shorten(content, limit))
    plain = rich.to_plain(rich.shorten((Piece(rich.to_plain(short)),), limit))
    return Rendered(rich.to_html(short), plain, tuple(tuple(row) for row in buttons if row))


def render_alert(view: AlertView, chat: Chat, *, now: datetime) -> Rendered:
    """The alert in the chat's language and time zone; `now` is the time shown as "sent"."""
    t = texts(chat.language)
    if view.kind is AlertKind.NOTICE:
        return rendered(notice(view, t, chat.timezone, now))
    photo = rich.safe_link(view.photo_url) if chat.settings.photo else None
    limit = rich.CAPTION_LIMIT if photo else rich.MESSAGE_LIMIT
    parts = (
        head(view),
        changed(view, t),
        headline(view),
        summary(view) if chat.settings.summary is not False else (),
        origin(view, t),
        times(view, t, chat.timezone, now),
        also(view, t, chat.timezone, now),
    )
    message = rendered(rich.join(parts), buttons(view, t), limit=limit)
    return Rendered(message.html, message.plain, message.buttons, photo)


def notice(view: AlertView, t: Texts, zone: str, now: datetime) -> Rich:
    """watchbot's own words: the first line in bold, the rest as it is."""
    first, _, rest = said_all(view.notes, t, zone, now).strip().partition("\n")
    return rich.join((rich.text(f"{SIGNS[view.priority]} {first}", "b"), rich.text(rest, lines=True)))


def head(view: AlertView) -> Rich:
    topics = " · ".join(rich.clean(title) for _, title in view.topics[:HEAD_TOPICS])
    if len(view.topics) > HEAD_TOPICS:
        topics += f" +{len(view.topics) - HEAD_TOPICS}"
    name = rich.shorten(rich.text(topics, "b"), TITLE_LIMIT)
    return (Piece(f"{SIGNS[view.priority]} "), *name, Piece(f"  #{view.number}"))


def changed(view: AlertView, t: Texts) -> Rich:
    """The line that says what is new: a withdrawal, or what changed materially."""
    if view.withdrawn:
        return rich.text("⛔ " + t("alert-withdrawn"), "b")
    if not view.material:
        return ()
    return rich.text("❗ " + t("alert-changed", what="; ".join(change(m, t) for m in view.material)), "b")


def change(material: str, t: Texts) -> str:
    """A material change in the reader's language: "killed: 26 -> 164", "correction"; unknown names stay as they are."""
    name, colon, rest = material.partition(":")
    key = "material-" + name.strip().lower().replace(" ", "-")
    shown = t(key) if t.has(key) else name.strip()
    return f"{shown}: {rest.strip().replace('->', '→')}" if colon else shown


def headline(view: AlertView) -> Rich:
    style = "s" if view.withdrawn else ""
    title = rich.marked(view.title, spans(view.matches, "title"), style, rich.safe_link(view.link))
    return rich.shorten(title, TITLE_LIMIT)


def spans(matches: Iterable[Match], field: str) -> list[tuple[int, int]]:
    return [(m.start, m.end) for m in matches if m.field == field][:MAX_MARKED]


def summary(view: AlertView) -> Rich:
    """Two lines of the summary, from its start, or from shortly before the first match when that is further on."""
    if rich.clean(view.summary).strip() in ("", rich.clean(view.title).strip()):
        return ()
    found = rich.merge(spans(view.matches, "summary"), len(view.summary))
    start = 0
    if found and found[0][1] > SUMMARY_LIMIT:
        start = view.summary.rfind(" ", 0, max(0, found[0][0] - SUMMARY_LEAD)) + 1
    tail = rich.marked(view.summary[start:], [(a - start, b - start) for a, b in found])
    lead = (Piece(rich.ELLIPSIS + " "),) if start else ()
    return rich.shorten((*lead, *tail), SUMMARY_LIMIT)


def origin(view: AlertView, t: Texts) -> Rich:
    language = t.language_name(view.lang)
    return rich.text("— " + " · ".join(part for part in (rich.clean(view.source).strip()[:80], language) if part), "i")


def times(view: AlertView, t: Texts, zone: str, now: datetime) -> Rich:
    def at(moment: datetime) -> str:
        return t.time(moment, zone, now)

    published = t("alert-published", at=at(view.published_at)) if view.published_at else ""
    seen, sent = t("alert-seen", at=at(view.first_seen_at)), t("alert-sent", at=at(now))
    return rich.text("🕓 " + " · ".join(part for part in (published, seen, sent) if part))


def also(view: AlertView, t: Texts, zone: str, now: datetime) -> Rich:
    """ "also: DW, TASS, Tengrinews (+4) · 5 languages · first 04:50, latest 06:12 · 7 outlets, 1 Reuters origin"."""
    others = {s.owner: rich.clean(s.source).strip()[:40] for s in view.also if s.source != view.source}
    if not others:
        return ()
    names = list(others.values())
    more = f" (+{len(names) - ALSO_NAMES})" if len(names) > ALSO_NAMES else ""
    moments = [s.at for s in view.also] + [view.published_at or view.first_seen_at]
    languages = {lang.split("-")[0] for lang in (view.lang, *(s.lang for s in view.also)) if lang}
    parts = [
        t("alert-also", names=", ".join(names[:ALSO_NAMES]) + more),
        t("alert-languages", count=len(languages)) if len(languages) > 1 else "",
        t("alert-span", first=t.time(min(moments), zone, now), latest=t.time(max(moments), zone, now)),
        *(t("alert-origin", outlets=n, origin=o) for o, n in copies(view)),
    ]
    return rich.text("📰 " + " · ".join(part for part in parts if part))


def copies(view: AlertView) -> list[tuple[str, int]]:
    """(agency, outlets that carry its text), most carried first; an agency carried by one outlet only is no news."""
    owners = {(s.origin, s.owner) for s in view.also if s.is_copy and s.origin}
    counts = Counter(rich.clean(origin).strip()[:40] for origin, _ in owners if origin)
    return [(origin, n) for origin, n in counts.most_common(2) if n > 1]


def buttons(view: AlertView, t: Texts) -> tuple[tuple[Button, ...], ...]:
    number = str(view.number)
    return (
        (
            Button(t("button-mute"), callbacks.encode("mute", number)),
            Button(t("button-mute-source"), callbacks.encode("msrc", number)),
        ),
        (
            Button(t("button-irrelevant"), callbacks.encode("irr", number)),
            Button(t("button-more"), callbacks.encode("more", number)),
        ),
    )
