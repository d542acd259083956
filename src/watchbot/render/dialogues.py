"""What the bot says in a conversation: each function makes one screen, text and buttons, from values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbot.model import AlertView, Button, Chat, ChatKind, ChatSettings, Match, Priority
from watchbot.render import alert, callbacks, rich
from watchbot.render.alert import SIGNS, Rendered, rendered
from watchbot.render.i18n import LANGUAGES, NAMES, Texts
from watchbot.render.rich import Piece, Rich

PAGE = 8
"""Topics on a page: with the navigation row, a keyboard that fits a phone without scrolling."""
FOUND_PAGE = 5
LABEL = 60
"""Letters of a button's label: clients cut about there."""
ZONES = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Yerevan",
    "Asia/Tashkent",
    "Asia/Almaty",
    "Asia/Bishkek",
    "Asia/Shanghai",
    "America/New_York",
)
"""Offered as buttons; /timezone takes any name of the IANA database."""
FEED_LANGUAGES = ("en", "de", "fr", "es", "ru", "uk", "kk", "uz", "tr", "zh", "ar", "ky")
BOX_LIMIT = 200
"""https://core.telegram.org/bots/api#answercallbackquery"""
QUIET = ("22-07", "23-07", "00-08")
RATES = (10, 20, 40, 60)
"""Alerts an hour that are offered: one in six minutes is a quiet phone, one a minute still readable."""
DAILY = ("08", "08,18", "07,12,18")


ABOUT = 200
"""Of a topic's description in the list of topics: a page of them fits in one message."""


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic as listed: a rule's id and title, its alerts of the last 24 hours, and the chat's relation to it."""

    id: str
    title: str
    per_day: int = 0
    subscribed: bool = False
    muted_until: datetime | None = None
    about: str = ""
    """The rule's description."""


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry in /latest and /search."""

    title: str
    link: str | None
    source: str
    lang: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """What became of an entry, for /why. `alerts`: (number, chats told, chats waiting)."""

    entry: FoundEntry
    outcome: str
    rules: tuple[str, ...]
    because: str
    matches: tuple[Match, ...]
    alerts: tuple[tuple[int, int, int], ...]


def say(t: Texts, key: str, buttons: Iterable[Iterable[Button]] = (), /, **values: object) -> Rendered:
    """One text of the catalogue; its first line in bold when it has several."""
    first, newline, rest = t(key, **values).partition("\n")
    if not newline:
        return rendered(rich.text(first), buttons)
    return rendered(rich.join((rich.text(first, "b"), rich.text(rest, lines=True))), buttons)


def label(value: str) -> str:
    """A button's text: clean, one line, not empty, and short enough to be read."""
    clean = rich.clean(value).strip()
    return rich.cut(clean, LABEL - 1) + rich.ELLIPSIS if rich.units(clean) > LABEL else clean or "·"


def paged(count: int, page: int, size: int) -> tuple[int, int]:
    """The page clamped to what exists, and how many pages there are (at least one)."""
    pages = max(1, -(-count // size))
    return min(max(page, 0), pages - 1), pages


def pager(action: str, page: int, pages: int, *args: str) -> tuple[Button, ...]:
    row = []
    if page > 0:
        row.append(Button(f"‹ {page}", callbacks.encode(action, *args, page - 1)))
    if page < pages - 1:
        row.append(Button(f"{page + 2} ›", callbacks.encode(action, *args, page + 1)))
    return tuple(row)


# -- topics -----------------------------------------------------------------------------------------------------------


def topic_buttons(lines: Sequence[TopicLine], page: int, t: Texts) -> list[tuple[Button, ...]]:
    page, pages = paged(len(lines), page, PAGE)
    rows: list[tuple[Button, ...]] = []
    for line in lines[page * PAGE : (page + 1) * PAGE]:
        action, mark = ("unsub", "✅ ") if line.subscribed else ("sub", "")
        rate = t("topic-rate", count=line.per_day)
        key = callbacks.topic_key(line.id)
        row = [Button(label(f"{mark}{line.title} · {rate}"), callbacks.encode(action, key, page))]
        if line.subscribed and line.muted_until:
            row.append(Button("🔔 " + t("button-unmute"), callbacks.encode("unmute", key, page)))
        rows.append(tuple(row))
    return [*rows, pager("topics", page, pages)]


def topics(lines: Sequence[TopicLine], page: int, t: Texts) -> Rendered:
    """/topics: what there is, with a button each to subscribe or unsubscribe."""
    if not lines:
        return say(t, "topics-none")
    head, _, rest = t("topics", count=sum(line.subscribed for line in lines)).partition("\n")
    page, _ = paged(len(lines), page, PAGE)
    about = [
        (*rich.text(line.title, "b"), *rich.text(f" — {rich.cut(line.about, ABOUT)}"))
        for line in lines[page * PAGE : (page + 1) * PAGE]
        if line.about.strip()
    ]
    content = rich.join((rich.text(head, "b"), rich.text(rest, lines=True), *about))
    return rendered(content, topic_buttons(lines, page, t))


def start(lines: Sequence[TopicLine], t: Texts, name: str) -> Rendered:
    """/start: what watchbot does, and the topics as buttons."""
    return say(t, "start", topic_buttons(lines, 0, t), name=rich.clean(name).strip()[:40])


def language_choice(t: Texts) -> Rendered:
    """/language: the five, each in its own name."""
    buttons = [Button(("✅ " if c == t.language else "") + NAMES[c], callbacks.encode("lang", c)) for c in LANGUAGES]
    return say(t, "language", (buttons[:3], buttons[3:]))


def help_text(t: Texts, commands: Sequence[str], *, operator: bool) -> Rendered:
    """/help: every command with what it does, from the texts that also fill Telegram's menu."""
    lines = [t("help-head"), *(f"/{c} — {t('cmd-' + c)}" for c in commands)]
    if operator:
        lines.append(t("help-operator"))
    return rendered(rich.join((rich.text(lines[0], "b"), *(rich.text(line) for line in lines[1:]))))


def suggestions(lines: Sequence[TopicLine], wanted: str, t: Texts) -> Rendered:
    """A topic that does not exist, with the nearest that do."""
    rows = [(Button(label(x.title), callbacks.encode("sub", callbacks.topic_key(x.id), 0)),) for x in lines]
    return say(t, "topic-unknown", rows, name=rich.clean(wanted).strip()[:60])


# -- settings ---------------------------------------------------------------------------------------------------------


def settings(
    chat: Chat, own: ChatSettings, scope: str, title: str, t: Texts, topics: Sequence[TopicLine] = ()
) -> Rendered:
    """/settings of the chat (`scope` "*") or of one topic (its key): every value, and a button for each."""
    whole = scope == "*"
    facts = [
        (t("set-mode"), mode_text(own, t)),
        (t("set-quiet"), quiet_text(own, t)),
        (t("set-prio"), priority_text(own.min_priority, t, whole)),
        (t("set-langs"), languages_text(own, t, whole)),
        (t("set-silent"), switch_text(own.silent, t, whole, default=False)),
        (t("set-summary"), switch_text(own.summary, t, whole, default=True)),
        (t("set-photo"), switch_text(own.photo, t, whole, default=False)),
        (t("set-bursts"), switch_text(own.bursts, t, whole, default=True)),
    ]
    if whole:
        facts += [(t("set-rate"), rate_text(own.per_hour, chat.quota, t)), (t("set-zone"), chat.timezone)]
    head = t("settings-chat") if whole else t("settings-topic", title=rich.clean(title).strip()[:80])
    lines = [rich.text(f"{name}: {value}") for name, value in facts]
    return rendered(rich.join((rich.text(f"⚙️ {head}", "b"), *lines)), settings_buttons(own, scope, t, topics))


def settings_buttons(own: ChatSettings, scope: str, t: Texts, topics: Sequence[TopicLine]) -> list[tuple[Button, ...]]:
    def pick(key: str) -> Button:
        return Button(t(f"set-{key}"), callbacks.encode("pick", scope, key))

    def flip(key: str, value: bool | None, default: bool) -> Button:
        on = default if value is None else value
        mark = "☑️ " if on else "◻️ "
        return Button(mark + t(f"set-{key}"), callbacks.encode("put", scope, key, "no" if on else "yes"))

    rows = [
        (pick("mode"), pick("quiet")),
        (pick("prio"), pick("langs")),
        (flip("silent", own.silent, False), flip("summary", own.summary, True)),
        (flip("photo", own.photo, False), flip("break", own.high_breaks_quiet, True)),
        (flip("bursts", own.bursts, True), *((pick("rate"),) if scope == "*" else ())),
    ]
    if scope != "*":
        return [*rows, (back("*", t),)]
    subscribed = any(line.subscribed for line in topics)
    last = (pick("zone"), *((pick("topic"),) if subscribed else ()))
    return [*rows, last, (Button(t("set-mutes"), callbacks.encode("mutes")),)]


def back(scope: str, t: Texts) -> Button:
    return Button("‹ " + t("button-back"), callbacks.encode("set", scope))


def mode_text(own: ChatSettings, t: Texts) -> str:
    if own.mode == "daily":
        return t("mode-daily-at", times=", ".join(own.digest_times or ("08:00",)))
    return t("mode-" + (own.mode or "now")) if own.mode else t("mode-now")


def quiet_text(own: ChatSettings, t: Texts) -> str:
    if not own.quiet_from or not own.quiet_to:
        return t("quiet-none")
    key = "quiet-span" if own.high_breaks_quiet is not False else "quiet-span-strict"
    return t(key, start=own.quiet_from, end=own.quiet_to)


def priority_text(value: Priority | None, t: Texts, whole: bool) -> str:
    if value is None:
        return t("prio-low") if whole else t("set-inherit")
    return t("prio-" + value.name.lower())


def languages_text(own: ChatSettings, t: Texts, whole: bool) -> str:
    if own.languages is None and not whole:
        return t("set-inherit")
    return ", ".join(t.language_name(c) for c in own.languages) if own.languages else t("langs-all")


def rate_text(own: int | None, quota: int | None, t: Texts) -> str:
    """Alerts an hour: the chat's wish, and what its operator allows where that is less."""
    if quota is not None and (not own or quota <= own):
        return t("rate-quota", count=quota)
    if own is None:
        return t("rate-usual")
    return t("rate-count", count=own) if own else t("rate-any")


def switch_text(value: bool | None, t: Texts, whole: bool, *, default: bool) -> str:
    if value is None and not whole:
        return t("set-inherit")
    return t("yes") if (default if value is None else value) else t("no")


def choice(scope: str, key: str, own: ChatSettings, zone: str, t: Texts) -> Rendered:
    """The values of one setting as buttons, the present one marked."""

    def put(value: str, text: str, chosen: bool) -> Button:
        return Button(label(("✅ " if chosen else "") + text), callbacks.encode("put", scope, key, value))

    times = ",".join(own.digest_times or ("08:00",)).replace(":00", "")
    quiet = f"{own.quiet_from}-{own.quiet_to}".replace(":00", "") if own.quiet_from else "off"
    if key == "mode":
        rows = [[put(m, t(f"mode-{m}"), (own.mode or "now") == m)] for m in ("now", "hourly")]
        for value in DAILY:
            shown = t("mode-daily-at", times=value.replace(",", ":00, ") + ":00")
            chosen = own.mode == "daily" and times == value
            rows.append(
                [Button(label(("✅ " if chosen else "") + shown), callbacks.encode("put", scope, "times", value))]
            )
    elif key == "quiet":
        rows = [[put("off", t("quiet-none"), quiet == "off")]]
        rows += [[put(q, t("quiet-hours", start=q[:2] + ":00", end=q[3:] + ":00"), quiet == q)] for q in QUIET]
    elif key == "prio":
        rows = [
            [put(p.name.lower(), SIGNS[p] + " " + t("prio-" + p.name.lower()), own.min_priority == p)] for p in Priority
        ]
    elif key == "rate":
        cells = [put(str(n), t("rate-count", count=n), own.per_hour == n) for n in RATES]
        rows = [cells[:2], cells[2:]]
        rows += [[put("usual", t("rate-usual"), own.per_hour is None), put("0", t("rate-any"), own.per_hour == 0)]]
    elif key == "langs":
        chosen_langs = own.languages or ()
        cells = [put(code, t.language_name(code), code in chosen_langs) for code in FEED_LANGUAGES]
        rows = [[put("all", t("langs-all"), not chosen_langs)], *(cells[i : i + 3] for i in range(0, len(cells), 3))]
    else:
        cells = [put(name, name, name == zone) for name in ZONES]
        rows = [cells[i : i + 2] for i in range(0, len(cells), 2)]
    return say(t, f"pick-{key}", [*rows, [back(scope, t)]])


def pick_topic(lines: Sequence[TopicLine], t: Texts) -> Rendered:
    """Which topic's own settings to change (the first twenty: more are reached by their alerts' buttons)."""
    mine = [line for line in lines if line.subscribed][:20]
    rows = [(Button(label(x.title), callbacks.encode("set", callbacks.topic_key(x.id))),) for x in mine]
    return say(t, "pick-topic", [*rows, (back("*", t),)])


def mutes(sources: Sequence[tuple[str, datetime | None]], chat: Chat, t: Texts, now: datetime) -> Rendered:
    """Muted sources, each with a button that lets it speak again."""
    if not sources:
        return say(t, "mutes-none", ((back("*", t),),))
    rows = []
    for i, (source, until) in enumerate(sources[:40]):
        end = f" ({t.time(until, chat.timezone, now)})" if until else ""
        rows.append((Button(label(f"🔔 {source}{end}"), callbacks.encode("unmsrc", i)),))
    return say(t, "mutes", [*rows, (back("*", t),)])


# -- reading ----------------------------------------------------------------------------------------------------------


def found_lines(entries: Sequence[FoundEntry], chat: Chat, t: Texts, now: datetime) -> list[Rich]:
    blocks = []
    for e in entries:
        title = rich.shorten(rich.text(e.title, "", e.link), 250)
        facts = (rich.clean(e.source).strip()[:60], t.language_name(e.lang), t.time(e.at, chat.timezone, now))
        blocks.append(rich.join((title, rich.text(" · ".join(f for f in facts if f), "i"))))
    return blocks


def found(
    head: str, entries: Sequence[FoundEntry], action: str, key: str, page: int, chat: Chat, t: Texts, now: datetime
) -> Rendered:
    """A page of entries under a heading. `entries` holds one more than a page when there is a next page."""
    more = len(entries) > FOUND_PAGE
    rows = pager(action, page, page + 1 + more, key)
    blocks = found_lines(entries[:FOUND_PAGE], chat, t, now)
    return rendered(rich.join((rich.text(head, "b"), *blocks), "\n\n"), (rows,))


def trend_buttons(span: str, entity: str, t: Texts) -> tuple[tuple[Button, ...], ...]:
    """The three spans of a plot, the present one marked."""
    return (
        tuple(
            Button(("• " if s == span else "") + t("trend-" + s), callbacks.encode("trend", s, entity))
            for s in ("24h", "7d", "30d")
        ),
    )


def status(facts: Sequence[tuple[str, str]], t: Texts) -> Rendered:
    """/status: name and value, line by line."""
    lines = [rich.text(f"{name}: {value}") for name, value in facts]
    return rendered(rich.join((rich.text("📡 " + t("status-head"), "b"), *lines)))


def more(view: AlertView, chat: Chat, t: Texts, now: datetime, names: Mapping[str, str]) -> Rendered:
    """The rest of an alert: every outlet, and why it matched. `names`: titles of entities by id."""
    why = [rich.text(evidence, lines=False) for evidence in evidence_lines(view.matches, t, names)]
    others = []
    for s in view.also[:40]:
        origin = f" ← {s.origin}" if s.is_copy and s.origin else ""
        facts = f"{rich.clean(s.source).strip()[:60]}{origin} · {t.time(s.at, chat.timezone, now)}: "
        others.append((Piece(facts), *rich.shorten(rich.text(s.title, "", s.link), 160)))
    parts = (
        rich.text(f"#{view.number} " + t("more-head"), "b"),
        *(alert.headline(view),),
        rich.text("\n" + t("more-why"), "b", lines=True),
        *(why or (rich.text(t("more-no-evidence")),)),
        rich.text("\n" + t("more-others", count=len(view.also)), "b", lines=True) if others else (),
        *others,
    )
    return rendered(rich.join(parts))


def more_in_short(view: AlertView, chat: Chat, t: Texts, now: datetime, names: Mapping[str, str]) -> str:
    """The same in the 200 characters of a box: what matched, and who else reports it."""
    forms = [line for line in evidence_lines(view.matches, t, names) if rich.units(line) < 80][:2]
    lines = [*forms, rich.to_plain(alert.also(view, t, chat.timezone, now))]
    shown = "\n".join(line for line in lines if line) or t("more-no-evidence")
    return rich.to_plain(rich.shorten(rich.text(shown, lines=True), BOX_LIMIT))


def why(reasons: Sequence[Reason], chat: Chat, t: Texts, now: datetime, names: Mapping[str, str]) -> Rendered:
    """/why: outcome, rules and evidence of each entry that was found."""
    blocks = []
    for reason in reasons:
        head = found_lines([reason.entry], chat, t, now)[0]
        facts = [
            t("why-outcome", outcome=t(f"outcome-{reason.outcome}")),
            t("why-rules", rules=", ".join(reason.rules) or "–"),
            t("why-because", because=rich.clean(reason.because)[:200]) if reason.because else "",
            *evidence_lines(reason.matches, t, names)[:8],
            *(t("why-sent", number=str(n), sent=str(sent), waiting=str(wait)) for n, sent, wait in reason.alerts),
        ]
        blocks.append(rich.join((head, *(rich.text(fact) for fact in facts if fact))))
    return rendered(rich.join(blocks, "\n\n"))


def evidence_lines(matches: Iterable[Match], t: Texts, names: Mapping[str, str]) -> list[str]:
    """ "Karim Massimov: “Massimows” in the title (Karim Massimow)", each form once; a term by its id."""
    seen: dict[tuple[str, str, str], str] = {}
    for m in matches:
        form = rich.clean(m.text).strip()[:60]
        alias = rich.clean(m.alias).strip()[:60]
        shown = t("more-form", entity=names.get(m.entity, m.entity), form=form, field=t("field-" + m.field))
        via = f" ({alias})" if alias and alias.casefold() != form.casefold() else ""
        seen.setdefault((m.entity, form, m.field), f"• {shown}{via}")
    return list(seen.values())[:30]


def mute_choice(view: AlertView, t: Texts) -> tuple[tuple[Button, ...], ...]:
    """Under an alert: how long, for each of its topics."""
    rows = []
    for rule, title in view.topics[:5]:
        key = callbacks.topic_key(rule)
        name = f"{label(title)[:18]}: " if len(view.topics) > 1 else "🔕 "
        rows.append(
            tuple(
                Button((name if i == 0 else "") + t(f"mute-{d}"), callbacks.encode("mutefor", view.number, key, d))
                for i, d in enumerate(("1h", "today", "ever"))
            )
        )
    return tuple(rows)


# -- access, own data -------------------------------------------------------------------------------------------------


def stranger(user_id: int, chat: Chat, mode: str, t: Texts, *, requested: bool) -> Rendered:
    """Who may not use the bot (yet): his id, and what to do."""
    key = {"approval": "stranger-waiting" if requested else "stranger-ask", "invite": "stranger-invite"}.get(
        mode, "stranger-allowlist"
    )
    ask = (
        ((Button(t("button-ask"), callbacks.encode("ask")),),)
        if key == "stranger-ask" and chat.kind is ChatKind.PRIVATE
        else ()
    )
    group = "" if chat.kind is ChatKind.PRIVATE else t("stranger-group", id=str(chat.id))
    text = t(key, id=str(user_id))
    return rendered(rich.join((rich.text(text, lines=True), rich.text(group))), ask)


def confirm(action: str, t: Texts) -> Rendered:
    """/stop and /forget ask once."""
    yes = Button(t(f"button-{action}"), callbacks.encode(action, "yes"))
    return say(t, f"{action}-ask", ((yes, Button(t("button-cancel"), callbacks.encode(action, "no"))),))
