"""Golden files of the main screens, from which the pictures in docs/screens are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from test_render_alert import as_golden, check_golden

from render_samples import ALMATY, BERLIN, COVERED, MOSCOW, NOW
from servers.bot_api import parse_html, utf16
from watchbot.model import Chat, ChatKind, ChatSettings, FeedSpec, Priority, StoredFeed
from watchbot.render import Rendered, dialogues, operations, texts
from watchbot.render.dialogues import FoundEntry, Reason, TopicLine

LINES = [
    TopicLine("unrest", "Unrest in Kazakhstan", 41, True),
    TopicLine("csto-kazakhstan", "CSTO in Kazakhstan", 12),
    TopicLine("massimov", "Karim Massimov", 7, True, NOW + timedelta(hours=1)),
    TopicLine("nazarbayev", "Nursultan Nazarbayev", 5),
    TopicLine("knb", "KNB, the security committee", 3),
]
OWN = ChatSettings(
    mode="daily", digest_times=("08:00", "18:00"), quiet_from="22:00", quiet_to="07:00", min_priority=Priority.NORMAL,
    languages=("de", "ru"), summary=True,
)  # fmt: skip
FOUND = [FoundEntry(s.title, s.link, s.source, s.lang, s.at) for s in COVERED.also]
EN, DE, RU = texts("en"), texts("de"), texts("ru")
FEEDS = [
    StoredFeed(1, FeedSpec("https://tass.example/rss", "TASS"), last_success_at=NOW - timedelta(minutes=1)),
    StoredFeed(
        2, FeedSpec("https://knb.example/rss", "Kazinform"), error_count=4, last_error="503 Service Unavailable"
    ),
    StoredFeed(3, FeedSpec("https://x.example/rss", "Old <wire>"), enabled=False, disabled_reason="410 Gone"),
    StoredFeed(4, FeedSpec("https://dw.example/rss", "Deutsche Welle"), last_success_at=NOW - timedelta(minutes=2)),
]
REASON = Reason(FOUND[0], "alert", ("massimov",), "first of its story", COVERED.matches, ((1042, 12, 1),))
REQUEST = operations.AccessRequest(7002, "Eve <b>", "eve", NOW - timedelta(hours=2))
TITLES = {"massimov": "Karim Massimov", "tokayev": "Kassym-Jomart Tokayev"}
CHATS = [
    operations.ChatLine(Chat(-1001, ChatKind.SUPERGROUP, "Night desk <Almaty>"), 9, 64),
    operations.ChatLine(Chat(7002, ChatKind.PRIVATE, "Eve", access="granted", quota=20), 3, 12),
    operations.ChatLine(Chat(7003, ChatKind.PRIVATE, "Mallory", access="revoked", suspended="blocked"), 1),
    operations.ChatLine(Chat(-1002, ChatKind.CHANNEL, "Kazakhstan now", access="granted"), 2, 31),
]
DEAD = [operations.DeadDelivery(9, 1042, 7002, "Bad Request: <can't> parse", "Massimow verhaftet")]
EDIT = operations.Proposal("Aston", "csto", '(csto) and not "Aston"', 4, 5, 0, 61)
SCREENS: dict[str, Callable[[], Rendered]] = {
    "start-en": lambda: dialogues.start([replace(x, subscribed=False, muted_until=None) for x in LINES], EN, "Aigerim"),
    "start-de": lambda: dialogues.start(LINES, DE, "Anna"),
    "topics-en": lambda: dialogues.topics(LINES, 0, EN),
    "topics-ru": lambda: dialogues.topics(LINES, 0, RU),
    "topics-none-en": lambda: dialogues.topics([], 0, EN),
    "settings-en": lambda: dialogues.settings(replace(ALMATY, settings=OWN), OWN, "*", "", EN, LINES),
    "settings-topic-de": lambda: dialogues.settings(BERLIN, ChatSettings(), "massimov", "Karim Massimov", DE),
    "pick-mode-en": lambda: dialogues.choice("*", "mode", OWN, "UTC", EN),
    "pick-quiet-de": lambda: dialogues.choice("*", "quiet", OWN, "UTC", DE),
    "pick-prio-ru": lambda: dialogues.choice("*", "prio", OWN, "UTC", RU),
    "pick-langs-en": lambda: dialogues.choice("*", "langs", OWN, "UTC", EN),
    "pick-zone-en": lambda: dialogues.choice("*", "zone", OWN, "Asia/Almaty", EN),
    "mutes-en": lambda: dialogues.mutes([("Evil <wire>", None), ("TASS", NOW + timedelta(days=2))], ALMATY, EN, NOW),
    "search-en": lambda: dialogues.found("Found for “Massimov”", FOUND[:6], "find", "abcdef12", 1, ALMATY, EN, NOW),
    "more-en": lambda: dialogues.more(COVERED, ALMATY, EN, NOW, TITLES),
    "more-ru": lambda: dialogues.more(COVERED, MOSCOW, RU, NOW, {"massimov": "Карим Масимов", "tokayev": "Токаев"}),
    "why-en": lambda: dialogues.why([REASON], ALMATY, EN, NOW, TITLES),
    "stranger-allowlist-en": lambda: dialogues.stranger(7002, ALMATY, "allowlist", EN, requested=False),
    "stranger-ask-de": lambda: dialogues.stranger(7002, BERLIN, "approval", DE, requested=False),
    "help-en": lambda: dialogues.help_text(EN, ("topics", "settings", "latest"), operator=True),
    "admin-en": lambda: operations.home({"requests": 1, "feeds": 2}, EN),
    "requests-en": lambda: operations.requests([REQUEST], EN, NOW, "UTC"),
    "feeds-en": lambda: operations.feeds(FEEDS, 0, EN, NOW, "Asia/Almaty"),
    "chats-en": lambda: operations.chats(CHATS, 0, EN),
    "chat-en": lambda: operations.chat(CHATS[1], 0, EN, operator=False),
    "chat-revoked-de": lambda: operations.chat(CHATS[2], 0, DE, operator=False),
    "pick-rate-en": lambda: dialogues.choice("*", "rate", OWN, "UTC", EN),
    "dead-en": lambda: operations.dead(DEAD, 0, EN),
    "invite-de": lambda: operations.invite("https://t.me/bot?start=__x", NOW + timedelta(days=7), DE, NOW, "UTC"),
    "feedback-en": lambda: operations.scores([operations.RuleScore("csto", "CSTO <b>", 8, 2)], EN),
    "proposal-ru": lambda: operations.proposal("ОДКБ", EDIT, RU),
    "feed-en": lambda: operations.feed(FEEDS[1], 0, EN, NOW, "Asia/Almaty"),
}


@pytest.mark.parametrize("name", SCREENS)
def test_golden_screen(name: str) -> None:
    screen = SCREENS[name]()
    check_golden(name, as_golden(screen))
    text, _ = parse_html(screen.html)
    assert 0 < utf16(text) <= 4096
    assert all(b.text.strip() and len(b.data.encode()) <= 64 for row in screen.buttons for b in row)


def test_many_topics_are_paged_without_a_gap() -> None:
    lines = [TopicLine(f"t{i}", f"Topic {i}") for i in range(30)]
    seen: list[str] = []
    for page in range(4):
        labels = [b.text for row in dialogues.topics(lines, page, EN).buttons for b in row]
        seen += re.findall(r"Topic \d+", " ".join(labels))
    assert seen == [f"Topic {i}" for i in range(30)]
    assert dialogues.topics(lines, 99, EN).buttons == dialogues.topics(lines, 3, EN).buttons


def test_topics_say_what_they_are_about() -> None:
    lines = [replace(line, about=f"About <{line.id}>. " * 30) for line in LINES * 4]
    text, _ = parse_html(dialogues.topics(lines, 0, EN).html)
    assert utf16(text) <= 4096
    assert "\nUnrest in Kazakhstan — About <unrest>. About" in text
    assert "About" not in parse_html(dialogues.topics(LINES, 0, EN).html)[0]


def test_hundreds_of_others_still_fit() -> None:
    view = replace(COVERED, also=COVERED.also * 40, matches=COVERED.matches * 40)
    text, _ = parse_html(dialogues.more(view, ALMATY, EN, NOW, TITLES).html)
    assert utf16(text) <= 4096
