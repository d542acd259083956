"""WebSub's subscriber: asks hubs, renews leases, and answers their callbacks (an `Answer` of `http_server`).

    a feed names a hub -> ask -> hub verifies (GET) -> active -> hub pushes (POST, signed) -> `push(feed_id)`

A push only says that there is something new: the feed is then fetched from its own address as always, so entries come
from the publisher under the rules of every fetch, and a forged push can cause no more than one early, polite poll.
Subscriptions are kept in memory: after a restart the same hubs are offered again, with new paths and secrets.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import structlog

from watchbot.errors import FetchError, StorageError
from watchbot.fetch import websub
from watchbot.fetch.websub import PushSubscription
from watchbot.poller.http_server import Reply

log = structlog.stdlib.get_logger(__name__)
Ask = Callable[[PushSubscription, str], Awaitable[bool]]
"""(subscription, mode) -> whether the hub took the request."""
Push = Callable[[int], Awaitable[object]]
ROUND_SECONDS = 30.0


class WebSub:
    """Subscriptions of one bot. Call `offer` after each parsed document, `run` to renew, `answer` hubs."""

    def __init__(
        self,
        ask: Ask,
        push: Push,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ask, self._push, self._clock = ask, push, clock
        self._by_token: dict[str, PushSubscription] = {}
        self._by_feed: dict[int, str] = {}
        self._wake = asyncio.Event()

    # -- subscriptions

    def offer(self, feed_id: int, hub: str | None, topic: str | None) -> None:
        """A document named a hub (and its own address, the topic): subscribe, unless that is so already."""
        if not hub or not topic:
            return
        current = self.subscription(feed_id)
        if current is not None and (current.hub, current.topic) == (hub, topic):
            return
        if current is not None:
            del self._by_token[current.token]
        self._keep(websub.new_subscription(feed_id, topic, hub))
        self._wake.set()

    def forget(self, feed_id: int) -> None:
        """The feed was removed; its callback answers 404 (410 by meaning), on which hubs stop."""
        token = self._by_feed.pop(feed_id, None)
        self._by_token.pop(token or "", None)

    def offers(self) -> list[tuple[int, str, str]]:
        """(feed id, hub, topic) of every subscription, to be offered again after a restart."""
        return sorted((s.feed_id, s.hub, s.topic) for s in self._by_token.values())

    def keep(self, feed_ids: Collection[int]) -> None:
        """Forget every feed but these."""
        for feed_id in [known for known in self._by_feed if known not in feed_ids]:
            self.forget(feed_id)

    def subscription(self, feed_id: int) -> PushSubscription | None:
        """The feed's subscription."""
        return self._by_token.get(self._by_feed.get(feed_id, ""))

    def is_active(self, feed_id: int) -> bool:
        """Whether the feed is pushed."""
        subscription = self.subscription(feed_id)
        return subscription is not None and websub.is_active(subscription, self._clock())

    def active(self) -> int:
        """How many feeds are pushed."""
        now = self._clock()
        return sum(websub.is_active(subscription, now) for subscription in self._by_token.values())

    def _keep(self, subscription: PushSubscription) -> None:
        self._by_token[subscription.token] = subscription
        self._by_feed[subscription.feed_id] = subscription.token

    async def run(self) -> None:
        """Ask and renew, until cancelled."""
        while True:
            await self.renew()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), ROUND_SECONDS)
            self._wake.clear()

    async def renew(self) -> None:
        """Ask every hub that is due."""
        for subscription in list(self._by_token.values()):
            now = self._clock()
            if not websub.due(subscription, now):
                continue
            # Marked before asking: the hub may verify before its answer to the request is read.
            self._keep(websub.asked(subscription, now))
            if not await self._ask(subscription, "subscribe"):
                log.warning("hub did not take the request", hub=urlsplit(subscription.hub).hostname)

    # -- callbacks

    async def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a hub's request to `target` ("/websub/TOKEN?..."); `headers` by lower-case name."""
        path, _, query = target.partition("?")
        subscription = self._by_token.get(path.rstrip("/").rsplit("/", 1)[-1])
        if subscription is None:
            return Reply(404)
        if method == "GET":
            verified = websub.verify(subscription, dict(parse_qsl(query, keep_blank_values=True)), self._clock())
            self._keep(verified.subscription)
            return Reply(verified.status, verified.body.encode())
        if method != "POST":
            return Reply(405)
        if not websub.signed(subscription.secret, body, headers.get("x-hub-signature")):
            # The spec: acknowledge, and ignore (section 8.2), so that a forger learns nothing.
            log.warning("push without a valid signature", feed=subscription.feed_id)
            return Reply(202)
        try:
            await self._push(subscription.feed_id)
        except (FetchError, StorageError) as error:
            log.warning("push could not be followed", feed=subscription.feed_id, error=str(error))
            return Reply(503)  # the hub tries again
        return Reply(202)


def backstop(interval: timedelta, longest: timedelta) -> timedelta:
    """The poll interval of a feed that is pushed: three times its own, within the longest, and never a shorter one."""
    return max(interval, min(3 * interval, longest))
