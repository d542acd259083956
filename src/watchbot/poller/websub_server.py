"""WebSub's subscriber: asks hubs, renews leases, and answers their callbacks on a small HTTP server of its own.

    a feed names a hub -> ask -> hub verifies (GET) -> active -> hub pushes (POST, signed) -> `push(feed_id)`

A push only says that there is something new: the feed is then fetched from its own address as always, so entries come
from the publisher under the rules of every fetch, and a forged push can cause no more than one early, polite poll.
Subscriptions are kept in memory: after a restart each feed's next document names its hub again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import structlog

from watchbot.errors import FetchError
from watchbot.fetch import websub
from watchbot.fetch.websub import PushSubscription

log = structlog.stdlib.get_logger(__name__)
Ask = Callable[[PushSubscription, str], Awaitable[bool]]
"""(subscription, mode) -> whether the hub took the request."""
Push = Callable[[int], Awaitable[object]]
MAX_HEAD = 16 * 1024
MAX_PUSH = 5_000_000
REQUEST_SECONDS = 20.0
MAX_CONNECTIONS = 100
ROUND_SECONDS = 30.0
_REASONS = {200: "OK", 202: "Accepted", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"} | {
    413: "Content Too Large",
    503: "Service Unavailable",
}


class WebSub:
    """Subscriptions of one bot. `start` the server, call `offer` after each parsed document, `run` to renew."""

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
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
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

    def subscription(self, feed_id: int) -> PushSubscription | None:
        """The feed's subscription."""
        return self._by_token.get(self._by_feed.get(feed_id, ""))

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

    # -- the server

    async def start(self, host: str, port: int) -> None:
        """Listen for hubs."""
        self._server = await asyncio.start_server(self._connected, host, port, limit=MAX_HEAD)

    @property
    def port(self) -> int:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("not started")
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the server and its connections."""
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._connections.add(task)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                if len(self._connections) > MAX_CONNECTIONS:
                    status, body = 503, b""
                else:
                    status, body = await self._serve(reader)
                writer.write(_response(status, body))
                await writer.drain()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a stranger's trouble, not ours
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        words = head[0].split(" ")
        if len(words) != 3:
            return 400, b""
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 12:
            return 400, b""
        if int(length) > MAX_PUSH or "transfer-encoding" in headers:
            return 413, b""
        body = await reader.readexactly(int(length))
        return await self.answer(words[0], words[1], headers.get("x-hub-signature"), body)

    async def answer(self, method: str, target: str, signature: str | None, body: bytes) -> tuple[int, bytes]:
        """(status, body) for a request to `target` ("/websub/TOKEN?..."), also for a server that is not ours."""
        path, _, query = target.partition("?")
        subscription = self._by_token.get(path.rstrip("/").rsplit("/", 1)[-1])
        if subscription is None:
            return 404, b""
        if method == "GET":
            verified = websub.verify(subscription, dict(parse_qsl(query, keep_blank_values=True)), self._clock())
            self._keep(verified.subscription)
            return verified.status, verified.body.encode()
        if method != "POST":
            return 405, b""
        if not websub.signed(subscription.secret, body, signature):
            # The spec: acknowledge, and ignore (section 8.2), so that a forger learns nothing.
            log.warning("push without a valid signature", feed=subscription.feed_id)
            return 202, b""
        try:
            await self._push(subscription.feed_id)
        except FetchError as error:
            log.warning("push could not be followed", feed=subscription.feed_id, error=str(error))
        return 202, b""


def _response(status: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n".encode() + body


def backstop(interval: timedelta, longest: timedelta) -> timedelta:
    """The poll interval of a feed that is pushed: three times its own, within the longest."""
    return min(3 * interval, longest)
