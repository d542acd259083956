"""What a button means, in the 64 bytes that Telegram gives to callback data: "action:argument:argument".

A modified client can send any data, so `decode` accepts only known actions with arguments of the right shape, and what
passes is still only a wish: handlers check who asks, and look every id up. Nothing here is a secret or a proof.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

DATA_LIMIT = 64
"""https://core.telegram.org/bots/api#inlinekeyboardbutton: callback_data, 1-64 bytes."""
TOPIC_BYTES = 24
"""Rule ids up to this size travel as they are; others as a 128-bit digest ("_" and 22 letters).
Both fit a deep link, which allows A-Z, a-z, 0-9, _ and - only (https://core.telegram.org/bots/features#deep-linking)."""

NUMBER = r"[0-9]{1,18}"
CHAT = r"-?[0-9]{1,18}"
PAGE = r"[0-9]{1,4}"
TOPIC = r"(?:[a-z0-9][a-z0-9_-]{0,23}|_[A-Za-z0-9_-]{22})"
SCOPE = rf"(?:\*|{TOPIC})"
"""Which settings: the chat's ("*") or one topic's."""

SHAPES: dict[str, tuple[str, ...]] = {
    # under an alert
    "mute": (NUMBER,),
    "mutefor": (NUMBER, TOPIC, "1h|today|ever"),
    "mutetopic": (TOPIC, "1h|today|ever"),
    "msrc": (NUMBER,),
    "irr": (NUMBER,),
    "more": (NUMBER,),
    # topics, subscriptions
    "topics": (PAGE,),
    "sub": (TOPIC, PAGE),
    "unsub": (TOPIC, PAGE),
    "unmute": (TOPIC, PAGE),
    "lang": ("en|de|ru|kk|uk",),
    # settings: scope, key, value
    "set": (SCOPE,),
    "pick": (SCOPE, "mode|times|quiet|prio|langs|rate|zone|topic"),
    "put": (
        SCOPE,
        "mode|times|quiet|prio|langs|rate|zone|silent|summary|photo|break|bursts",
        r"[A-Za-z0-9_+/.,-]{1,26}",
    ),
    "mutes": (),
    "unmsrc": (PAGE,),
    # reading
    "latest": (rf"\*|{TOPIC}", PAGE),
    "find": (r"[A-Za-z0-9_-]{6,32}", PAGE),
    "trend": (r"24h|7d|30d", rf"\*|{TOPIC}"),
    # channels, from the private chat
    "chan": (CHAT, PAGE),
    "chsub": (CHAT, TOPIC, PAGE),
    # one's own data
    "stop": ("yes|no",),
    "forget": ("yes|no",),
    # access
    "ask": (),
    "grant": (CHAT,),
    "deny": (CHAT,),
    # administration
    "admin": ("home|requests|feeds|dead|chats|invite|reload|backup|feedback", PAGE),
    "feed": (NUMBER, "pause|resume|retry|show", PAGE),
    "dead": (NUMBER, "retry|drop", PAGE),
    "chat": (CHAT, "show|revoke|restore", PAGE),
    "quota": (CHAT, r"[0-9]{1,4}|none", PAGE),
    "try": (TOPIC, PAGE),
}
PATTERNS = {name: tuple(re.compile(f"(?:{shape})") for shape in shapes) for name, shapes in SHAPES.items()}


@dataclass(frozen=True, slots=True)
class Action:
    """A decoded button: every argument has the shape that its action asks for."""

    name: str
    args: tuple[str, ...] = ()


def encode(name: str, *args: str | int) -> str:
    """Callback data. ValueError when it is not what `decode` accepts: a mistake in our own code."""
    data = ":".join((name, *map(str, args)))
    if decode(data) is None:
        raise ValueError(f"not a button: {data!r}")
    return data


def decode(data: str) -> Action | None:
    """The action, or None for anything that this version of watchbot never made."""
    if len(data.encode("utf-8", "replace")) > DATA_LIMIT:
        return None
    name, *args = data.split(":")
    patterns = PATTERNS.get(name)
    if patterns is None or len(args) != len(patterns):
        return None
    if not all(pattern.fullmatch(arg) for pattern, arg in zip(patterns, args, strict=True)):
        return None
    return Action(name, tuple(args))


def topic_key(rule: str) -> str:
    """How a rule id travels in callback data and deep links."""
    if re.fullmatch(rf"[a-z0-9][a-z0-9_-]{{0,{TOPIC_BYTES - 1}}}", rule):
        return rule
    digest = hashlib.sha256(rule.encode("utf-8", "surrogatepass")).digest()[:16]
    return "_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def find_topic(key: str, rules: Iterable[str]) -> str | None:
    """The rule id of a key, among the rules in force now."""
    return next((rule for rule in rules if topic_key(rule) == key), None)
