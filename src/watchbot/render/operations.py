"""What the people who run the bot see: /admin and what it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbot.model import Button, Chat, ChatKind, StoredFeed
from watchbot.render import callbacks, rich
from watchbot.render.alert import Rendered, rendered
from watchbot.render.dialogues import label, paged, pager, rate_text, say
from watchbot.render.i18n import Texts
from watchbot.render.rich import Rich

FEEDS_PAGE = 8
DEAD_PAGE = 5
CHATS_PAGE = 8
QUOTAS = (5, 10, 20, 40, 60)
"""Alerts an hour that an operator can allow a chat."""
CHAT_SIGNS = {ChatKind.PRIVATE: "👤", ChatKind.CHANNEL: "📢"}


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Someone who asked to use the bot."""

    chat_id: int
    title: str
    username: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DeadDelivery:
    """A delivery that was given up."""

    id: int
    number: int
    chat_id: int
    error: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A chat, and how many topics it subscribes to. `told`: messages that it got in the last 24 hours."""

    chat: Chat
    topics: int
    told: int = 0


@dataclass(frozen=True, slots=True)
class RuleScore:
    """How often people judged a rule's alerts "not relevant"."""

    rule: str
    title: str
    alerts: int
    irrelevant: int

    @property
    def precision(self) -> float:
        """Share of alerts that nobody called irrelevant; 1.0 without alerts."""
        return 1.0 - min(self.irrelevant, self.alerts) / self.alerts if self.alerts else 1.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edit of a rule's expression, with its effect on recorded entries (from replay)."""

    phrase: str
    before: str
    after: str
    irrelevant_removed: int
    irrelevant_total: int
    others_removed: int
    others_total: int


def home(counts: dict[str, int], t: Texts) -> Rendered:
    """/admin: the sections, with what waits in each."""

    def go(section: str) -> Button:
        count = counts.get(section, 0)
        mark = f" ({count})" if count else ""
        return Button(t(f"admin-{section}") + mark, callbacks.encode("admin", section, 0))

    rows = (
        (go("requests"), go("invite")),
        (go("feeds"), go("dead")),
        (go("chats"), go("feedback")),
        (go("reload"), go("backup")),
    )
    return say(t, "admin", rows)


def home_button(t: Texts) -> tuple[Button, ...]:
    return (Button("‹ " + t("button-back"), callbacks.encode("admin", "home", 0)),)


def screen(head: str, lines: Iterable[Rich], rows: Sequence[Sequence[Button]], t: Texts) -> Rendered:
    return rendered(rich.join((rich.text(head, "b"), *lines)), (*rows, home_button(t)))


def requests(waiting: Sequence[AccessRequest], t: Texts, now: datetime, zone: str) -> Rendered:
    """Open requests, with a button each to grant or to deny."""
    if not waiting:
        return screen(t("admin-requests"), [rich.text(t("requests-none"))], (), t)
    lines = [rich.text(request_line(r, t, now, zone)) for r in waiting[:10]]
    rows = [request_buttons(r, t) for r in waiting[:10]]
    return screen(t("admin-requests"), lines, rows, t)


def request_line(request: AccessRequest, t: Texts, now: datetime, zone: str) -> str:
    name = rich.clean(request.title).strip()[:60]
    handle = f" @{rich.clean(request.username)[:40]}" if request.username else ""
    return f"{name}{handle} · {request.chat_id} · {t.time(request.at, zone, now)}"


def request_buttons(request: AccessRequest, t: Texts) -> tuple[Button, ...]:
    name = rich.clean(request.title).strip()[:20]
    return (
        Button(label(f"✅ {name}"), callbacks.encode("grant", request.chat_id)),
        Button(label("⛔ " + t("button-deny")), callbacks.encode("deny", request.chat_id)),
    )


def asked(request: AccessRequest, t: Texts, now: datetime, zone: str) -> Rendered:
    """The notice that an operator gets when somebody asks."""
    head = rich.text(t("request-new"), "b")
    return rendered(rich.join((head, rich.text(request_line(request, t, now, zone)))), (request_buttons(request, t),))


def feeds(stored: Sequence[StoredFeed], page: int, t: Texts, now: datetime, zone: str) -> Rendered:
    """Feeds' health, the sick ones first; a button for each."""
    ordered = sorted(stored, key=lambda f: (f.enabled and not f.error_count, -f.error_count, f.spec.name.casefold()))
    page, pages = paged(len(ordered), page, FEEDS_PAGE)
    shown = ordered[page * FEEDS_PAGE : (page + 1) * FEEDS_PAGE]
    head = t("feeds-head", count=len(ordered), sick=sum(bool(f.error_count) or not f.enabled for f in ordered))
    lines = [rich.text(f"{sign(f)} {rich.clean(f.spec.name)[:40]}: {health(f, t, now, zone)}") for f in shown]
    cells = [Button(label(f.spec.name)[:24], callbacks.encode("feed", f.id, "show", page)) for f in shown]
    rows = [tuple(cells[i : i + 2]) for i in range(0, len(cells), 2)]
    turn = pager("admin", page, pages, "feeds")
    return screen(head, lines, [*rows, turn] if turn else rows, t)


def sign(feed: StoredFeed) -> str:
    return "⏸" if not feed.enabled else "🔴" if feed.error_count >= 3 else "🟡" if feed.error_count else "🟢"


def health(feed: StoredFeed, t: Texts, now: datetime, zone: str) -> str:
    if not feed.enabled:
        return rich.clean(feed.disabled_reason or t("feed-paused"))[:120]
    if feed.error_count:
        return f"{feed.error_count}x {rich.clean(feed.last_error or '')[:120]}"
    return t.time(feed.last_success_at, zone, now) if feed.last_success_at else t("feed-new")


def feed(stored: StoredFeed, page: int, t: Texts, now: datetime, zone: str) -> Rendered:
    """One feed: its state, and buttons to pause, resume or try it now."""

    def at(moment: datetime | None) -> str:
        return t.time(moment, zone, now) if moment else "–"

    facts = [
        (t("feed-state"), health(stored, t, now, zone)),
        (t("feed-last"), at(stored.last_success_at)),
        (t("feed-next"), at(stored.next_check_at)),
        (t("feed-gap"), at(stored.gap_at)),
    ]
    lines = [rich.text(stored.spec.url, "", stored.spec.url), *(rich.text(f"{k}: {v}") for k, v in facts)]
    action = "pause" if stored.enabled else "resume"
    rows = (
        (
            Button(t(f"button-{action}"), callbacks.encode("feed", stored.id, action, page)),
            Button(t("button-retry"), callbacks.encode("feed", stored.id, "retry", page)),
        ),
        (Button("‹ " + t("admin-feeds"), callbacks.encode("admin", "feeds", page)),),
    )
    return screen(f"{sign(stored)} {stored.spec.name}", lines, rows, t)


def dead(deliveries: Sequence[DeadDelivery], page: int, t: Texts) -> Rendered:
    """Deliveries that were given up, with buttons to retry or to drop."""
    if not deliveries:
        return screen(t("admin-dead"), [rich.text(t("dead-none"))], (), t)
    page, pages = paged(len(deliveries), page, DEAD_PAGE)
    shown = deliveries[page * DEAD_PAGE : (page + 1) * DEAD_PAGE]
    lines = [rich.text(f"#{d.number} → {d.chat_id}{named(d.title)}: {rich.clean(d.error)[:150]}") for d in shown]
    rows = [
        (
            Button(f"🔁 #{d.number}", callbacks.encode("dead", d.id, "retry", page)),
            Button(f"🗑 #{d.number}", callbacks.encode("dead", d.id, "drop", page)),
        )
        for d in shown
    ]
    turn = pager("admin", page, pages, "dead")
    return screen(t("admin-dead"), lines, [*rows, turn] if turn else rows, t)


def chat_name(chat: Chat) -> str:
    return f"{CHAT_SIGNS.get(chat.kind, '👥')} {rich.clean(chat.title).strip()[:50] or chat.id}"


def named(title: str) -> str:
    """A title behind a number; nothing where there is none."""
    clean = rich.clean(title).strip()
    return f" “{rich.cut(clean, 60)}”" if clean else ""


def state_text(suspended: str, t: Texts) -> str:
    """Why nothing is sent to a chat."""
    return t(f"chat-state-{suspended}") if t.has(f"chat-state-{suspended}") else suspended


def chats(lines: Sequence[ChatLine], page: int, t: Texts) -> Rendered:
    """Who is subscribed, and to how many topics; a button for each."""
    page, pages = paged(len(lines), page, CHATS_PAGE)
    shown = lines[page * CHATS_PAGE : (page + 1) * CHATS_PAGE]
    texts = []
    for line in shown:
        state = f" · {state_text(line.chat.suspended, t)}" if line.chat.suspended else ""
        revoked = " · 🚫" if line.chat.access == "revoked" else ""
        topics = t("chats-topics", count=line.topics)
        texts.append(rich.text(f"{chat_name(line.chat)} · {line.chat.id} · {topics}{state}{revoked}"))
    cells = [Button(label(chat_name(x.chat))[:24], callbacks.encode("chat", x.chat.id, "show", page)) for x in shown]
    rows = [tuple(cells[i : i + 2]) for i in range(0, len(cells), 2)]
    turn = pager("admin", page, pages, "chats")
    return screen(t("chats-head", count=len(lines)), texts, [*rows, turn] if turn else rows, t)


def chat(line: ChatLine, page: int, t: Texts, *, operator: bool) -> Rendered:
    """One subscriber: what it gets, and buttons to limit it or to take its access away. Not an `operator`'s: his access
    stands in the settings."""
    chat = line.chat
    facts = [
        (t("chat-access"), t("chat-access-admin" if operator else f"chat-access-{chat.access}")),
        (t("chat-topics"), str(line.topics)),
        (t("chat-told"), str(line.told)),
        (t("set-rate"), rate_text(chat.settings.per_hour, chat.quota, t)),
    ]
    if chat.suspended:
        facts.insert(1, (t("feed-state"), state_text(chat.suspended, t)))
    lines = [rich.text(str(chat.id), "c"), *(rich.text(f"{name}: {value}") for name, value in facts)]

    def quota(value: int | None) -> Button:
        text = t("rate-free") if value is None else str(value)
        mark = "✅ " if value == chat.quota else ""
        return Button(mark + text, callbacks.encode("quota", chat.id, "none" if value is None else value, page))

    rows: list[tuple[Button, ...]] = [tuple(map(quota, QUOTAS)), (quota(None),)]
    if not operator:
        action = "restore" if chat.access == "revoked" else "revoke"
        rows.append((Button(t(f"button-{action}"), callbacks.encode("chat", chat.id, action, page)),))
    rows.append((Button("‹ " + t("admin-chats"), callbacks.encode("admin", "chats", page)),))
    return screen(chat_name(chat), lines, rows, t)


def invite(link: str, until: datetime, t: Texts, now: datetime, zone: str) -> Rendered:
    """A new invite: shown once, since only its hash is kept."""
    lines = (rich.text(link, "c"), rich.text(t("invite-text", at=t.time(until, zone, now))))
    return screen(t("admin-invite"), lines, (), t)


def scores(rules: Sequence[RuleScore], t: Texts) -> Rendered:
    """/feedback: precision per rule, the worst first, with a button to look for an edit."""
    ordered = sorted((r for r in rules if r.alerts), key=lambda r: (r.precision, -r.irrelevant))[:15]
    if not ordered:
        return screen(t("admin-feedback"), [rich.text(t("feedback-none"))], (), t)
    lines = [
        rich.text(
            t(
                "feedback-line",
                title=rich.clean(r.title)[:60],
                percent=str(round(r.precision * 100)),
                count=r.irrelevant,
            )
        )
        for r in ordered
    ]
    rows = [
        (Button(label(f"✏️ {r.title}"), callbacks.encode("try", callbacks.topic_key(r.rule), 0)),)
        for r in ordered
        if r.irrelevant
    ][:6]
    return screen(t("feedback-head"), lines, rows, t)


def proposal(title: str, found: Proposal | None, t: Texts) -> Rendered:
    """A tested edit of a rule, to be copied into rules.yaml."""
    back = (Button("‹ " + t("admin-feedback"), callbacks.encode("admin", "feedback", 0)),)
    if found is None:
        return screen(title, [rich.text(t("proposal-none"))], (back,), t)
    effect = t(
        "proposal-effect",
        bad=str(found.irrelevant_removed),
        badall=str(found.irrelevant_total),
        good=str(found.others_removed),
        goodall=str(found.others_total),
    )
    lines = [rich.text(t("proposal-text")), rich.text(f"match: {found.after}", "c"), rich.text(effect)]
    return screen(title, lines, (back,), t)
