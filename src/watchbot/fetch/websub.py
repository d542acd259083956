"""WebSub (W3C Recommendation, 2018) from the subscriber's side: who to ask, what to accept. Pure, but for `ask`.

A hub pushes a feed's new content the moment it appears. Nothing it says is believed without proof: a verification must
carry the topic and the unguessable path of a subscription that we asked for, a push must be signed with its secret.
Polling goes on as a backstop: hubs lose messages, and the spec allows it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from watchbot.errors import FetchError

LEASE = timedelta(days=10)
"""What we ask for. Hubs answer with what they give (hub.lease_seconds)."""
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=5), timedelta(days=30)
RENEW_AT = 0.8
"""Share of the lease after which it is renewed."""
RETRY = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""Waits after requests that a hub did not answer with a verification."""
HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
"""Methods of X-Hub-Signature (section 8.1)."""
_LINK = re.compile(r'<([^<>]{1,2000})>((?:\s*;\s*[^;,="\s]+\s*(?:=\s*(?:"[^"]*"|[^;,"]*))?)*)')
_REL = re.compile(r'(?i)\brel\s*=\s*"?([^";,]+)')


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """One topic at one hub. `token` names the callback's path; `secret` signs pushes."""

    feed_id: int
    topic: str
    hub: str
    token: str
    secret: str
    state: str = "new"
    """new | asked | active | denied"""
    expires_at: datetime | None = None
    next_ask_at: datetime | None = None
    attempts: int = 0


def new_subscription(feed_id: int, topic: str, hub: str) -> PushSubscription:
    """With a fresh path and secret."""
    return PushSubscription(feed_id, topic, hub, secrets.token_urlsafe(24), secrets.token_urlsafe(32))


def links_of(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """(hub, self) of a response's Link header."""
    found: dict[str, str] = {}
    for match in _LINK.finditer(headers.get("link", "")[:8000]):
        rel = _REL.search(match.group(2) or "")
        for name in rel.group(1).lower().split() if rel else ():
            found.setdefault(name, match.group(1).strip())
    return _web(found.get("hub")), _web(found.get("self"))


def _web(url: str | None) -> str | None:
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname else None
    except ValueError:
        return None


def callback_url(public_url: str, token: str) -> str:
    """Where the hub reaches us."""
    return f"{public_url.rstrip('/')}/websub/{token}"


def ask_form(subscription: PushSubscription, public_url: str, mode: str = "subscribe") -> dict[str, str]:
    """The form of a request to the hub (section 5.1)."""
    form = {
        "hub.callback": callback_url(public_url, subscription.token),
        "hub.mode": mode,
        "hub.topic": subscription.topic,
    }
    if mode == "subscribe":
        form |= {"hub.lease_seconds": str(int(LEASE.total_seconds())), "hub.secret": subscription.secret}
    return form


def asked(subscription: PushSubscription, now: datetime) -> PushSubscription:
    """After a request was sent: unless it is verified, the next one follows with growing waits."""
    wait = RETRY[min(subscription.attempts, len(RETRY) - 1)]
    state = "active" if subscription.state == "active" else "asked"
    return replace(subscription, state=state, attempts=subscription.attempts + 1, next_ask_at=now + wait)


def due(subscription: PushSubscription, now: datetime) -> bool:
    """Whether the hub is to be asked (again)."""
    return subscription.next_ask_at is None or subscription.next_ask_at <= now


@dataclass(frozen=True, slots=True)
class Verified:
    """The answer to a hub's GET: `body` with `status`, and the subscription as it is then."""

    status: int
    body: str
    subscription: PushSubscription


def verify(subscription: PushSubscription, query: Mapping[str, str], now: datetime) -> Verified:
    """Answer a verification of intent (section 5.3) or a denial (5.2). Only what was asked for is confirmed."""
    mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
    if mode == "denied" and topic == subscription.topic:
        wait = RETRY[-1]
        return Verified(200, "", replace(subscription, state="denied", expires_at=None, next_ask_at=now + wait))
    challenge = query.get("hub.challenge", "")
    if mode != "subscribe" or topic != subscription.topic or not challenge or subscription.state == "new":
        return Verified(404, "", subscription)
    lease = _lease(query.get("hub.lease_seconds", ""))
    active = replace(
        subscription, state="active", expires_at=now + lease, next_ask_at=now + lease * RENEW_AT, attempts=0
    )
    return Verified(200, challenge, active)


def _lease(text: str) -> timedelta:
    if not text.isdecimal() or len(text) > 10:
        return LEASE
    return min(max(timedelta(seconds=int(text)), SHORTEST_LEASE), LONGEST_LEASE)


def signed(secret: str, body: bytes, signature: str | None) -> bool:
    """Whether X-Hub-Signature ("sha256=hex") is that of `body` under `secret`; compared in constant time."""
    method, _, digest = (signature or "").partition("=")
    algorithm = HASHES.get(method.strip().lower())
    if algorithm is None or not digest:
        return False
    expected = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return hmac.compare_digest(expected.encode(), digest.strip().lower().encode())


def is_active(subscription: PushSubscription, now: datetime) -> bool:
    """Whether pushes are to be expected."""
    return subscription.state == "active" and subscription.expires_at is not None and subscription.expires_at > now


Post = Callable[[str, Mapping[str, str]], Awaitable[int]]
"""(url, form) -> status. `Fetcher.post`: hubs are named by feeds, so they are behind the same guard."""


async def ask(post: Post, subscription: PushSubscription, public_url: str, mode: str = "subscribe") -> bool:
    """POST the request; True when the hub took it (202, or another 2xx). Never raises for the hub's faults."""
    try:
        status = await post(subscription.hub, ask_form(subscription, public_url, mode))
    except FetchError:
        return False
    return 200 <= status < 300
