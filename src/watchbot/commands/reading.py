"""/latest, /search, /trend, /why, /status: reading, without changing anything."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta

from telegram.error import TelegramError

from watchbot.commands import plot
from watchbot.commands.keyboards import markup
from watchbot.commands.topics import named, nearest, title_of, topic_lines
from watchbot.commands.turn import Turn
from watchbot.model import StoredFeed
from watchbot.render import dialogues, rich
from watchbot.render.alert import rendered
from watchbot.render.callbacks import find_topic, topic_key
from watchbot.render.dialogues import FOUND_PAGE
from watchbot.storage import Why

SPANS = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
MAX_LINES = 6
"""Entities in one plot: more lines cannot be told apart."""
MAX_QUERY = 200


async def latest(turn: Turn) -> None:
    """/latest [topic]."""
    if turn.query is not None:
        topic = None if turn.args[0] == "*" else find_topic(turn.args[0], [r.id for r in turn.services.rules().rules])
        await show_latest(turn, topic, int(turn.args[1]))
        return
    if not turn.text:
        await show_latest(turn, None, 0)
        return
    lines = await topic_lines(turn)
    line = named(lines, turn.text)
    if line is None:
        await turn.reply(dialogues.suggestions(nearest(lines, turn.text), turn.text, turn.t))
        return
    await show_latest(turn, line.id, 0)


async def show_latest(turn: Turn, topic: str | None, page: int) -> None:
    entries = await turn.services.store.latest(topic, FOUND_PAGE + 1, page * FOUND_PAGE)
    if not entries and page == 0:
        await turn.say("latest-none")
        return
    head = turn.t("latest-head", title=title_of(turn, topic)) if topic else turn.t("latest-all")
    key = topic_key(topic) if topic else "*"
    await turn.show(dialogues.found(head, entries, "latest", key, page, turn.chat, turn.t, turn.now))


async def search(turn: Turn) -> None:
    """/search words. The words wait in the store, under the token that the paging buttons carry."""
    store = turn.services.store
    if turn.query is not None:
        words = await store.kept_text(turn.args[0], turn.chat.id, turn.now)
        if words is None:
            await turn.note("search-old", alert=True)
            return
        await show_found(turn, words, turn.args[0], int(turn.args[1]))
        return
    words = rich.clean(turn.text).strip()[:MAX_QUERY]
    if not words:
        await turn.say("search-usage")
        return
    await show_found(turn, words, None, 0)


async def show_found(turn: Turn, words: str, token: str | None, page: int) -> None:
    store = turn.services.store
    entries = await store.search(words, page * FOUND_PAGE, FOUND_PAGE + 1)
    if not entries and page == 0:
        await turn.say("search-none", words=words)
        return
    key = token or await store.keep_text(words, turn.chat.id, turn.now)
    head = turn.t("search-head", words=words)
    await turn.show(dialogues.found(head, entries, "find", key, page, turn.chat, turn.t, turn.now))


async def trend(turn: Turn) -> None:
    """/trend [entity ...]: mentions per hour or day as a picture, with buttons for other spans (a picture each)."""
    known = turn.entity_titles()
    if turn.query is not None:
        span, key = turn.args
        wanted = [] if key == "*" else [e for e in known if topic_key(e) == key]
    else:
        span = "24h"
        wanted = asked_for(turn.text, known)
        if turn.args and not wanted:
            await turn.say("trend-unknown", names=", ".join(list(known.values())[:40]))
            return
    await show_trend(turn, span, wanted)


def asked_for(wanted: str, titles: Mapping[str, str]) -> list[str]:
    """The entities that a text names, by id ("almaty csto") or by title ("Karim Massimov, Almaty")."""
    asked = wanted.casefold()
    words = {word.strip(",") for word in asked.split()}
    return [e for e, title in titles.items() if e.casefold() in words or (title and title.casefold() in asked)]


async def show_trend(turn: Turn, span: str, wanted: list[str]) -> None:
    since = turn.now - SPANS[span]
    counts = await turn.services.store.mention_counts(since, turn.now)
    titles = turn.entity_titles()
    chart = plot.chart(counts, wanted, since, turn.now, turn.chat.timezone, limit=MAX_LINES, titles=titles)
    if not chart.lines:
        await turn.note("trend-none", alert=True)
        return
    picture = await asyncio.to_thread(turn.services.plotter.draw, chart, turn.t("trend-title"))
    key = topic_key(wanted[0]) if len(wanted) == 1 else "*"
    rows = markup(dialogues.trend_buttons(span, key, turn.t))
    caption = turn.t("trend-caption", names=", ".join(line.name for line in chart.lines), total=chart.total)
    try:
        await turn.bot.send_photo(
            turn.chat.id, picture, caption=caption, message_thread_id=turn.thread_id, reply_markup=rows
        )
    except TelegramError:
        await turn.note("try-later")


async def why(turn: Turn) -> None:
    """/why URL, text or #number: what became of it, and why."""
    wanted = turn.text.strip()[:MAX_QUERY]
    if not wanted:
        await turn.say("why-usage")
        return
    if number := re.fullmatch(r"#?(\d{1,18})", wanted, re.ASCII):
        titles = {rule.id: rule.title for rule in turn.services.rules().rules}
        view = await turn.services.store.alert(int(number[1]), turn.chat.id, titles)
        if view is None:
            await turn.say("alert-unknown")
        else:
            await turn.reply(dialogues.more(view, turn.chat, turn.t, turn.now, turn.entity_titles()))
        return
    found = await turn.services.store.why(wanted)
    explain = turn.services.operations.explain
    if found:
        await turn.reply(
            dialogues.why([as_reason(w) for w in found], turn.chat, turn.t, turn.now, turn.entity_titles())
        )
    elif explain is not None and "://" not in wanted:
        lines = (await asyncio.to_thread(explain, turn.text[:2000])).splitlines() or [turn.t("explain-none")]
        await turn.reply(rendered(rich.join(tuple(rich.text(line) for line in lines))))
    else:
        await turn.say("why-none")


def as_reason(found: Why) -> dialogues.Reason:
    e = found.entry
    entry = dialogues.FoundEntry(e.title, e.link, e.source, e.lang, e.at)
    because = e.placement.because if e.placement else ""
    return dialogues.Reason(entry, str(e.outcome), e.rules, because, e.matches, found.alerts)


async def status(turn: Turn) -> None:
    """/status: is the bot well, and what does this chat get?"""
    t, store = turn.t, turn.services.store
    feeds = await store.feeds()
    sick = sum(map(ill, feeds))
    last = max((f.last_success_at for f in feeds if f.last_success_at), default=None)
    mine = await store.subscriptions(turn.chat.id)
    facts = [
        (t("status-feeds"), t("status-feeds-value", count=len(feeds), sick=sick)),
        (t("status-poll"), t.time(last, turn.chat.timezone, turn.now) if last else t("never")),
        (t("status-topics"), str(len(mine))),
    ]
    if turn.operator and turn.private and turn.services.status is not None:
        facts += [(t(key), value) for key, value in (await turn.services.status()).items()]
    await turn.reply(dialogues.status(facts, t))
    if turn.operator and turn.private and sick:
        lines = [sick_line(feed, turn) for feed in feeds if ill(feed)]
        await turn.reply(rendered(rich.join(tuple(rich.text(line) for line in lines[:20]))))


def sick_line(feed: StoredFeed, turn: Turn) -> str:
    """Name, count and error of a failing feed, and when it is tried again."""
    line = f"• {feed.spec.name}: {feed.error_count}x {feed.last_error or feed.disabled_reason or ''}"[:200]
    if not feed.enabled or feed.next_check_at is None:
        return line
    return f"{line} ⟳ {turn.t.time(feed.next_check_at, turn.chat.timezone, turn.now)}"


def ill(feed: StoredFeed) -> bool:
    return bool(feed.error_count) or not feed.enabled
