"""The bot's own small HTTP server: /healthz for monitors, /websub/TOKEN for hubs.

a document names a hub ──> subscribe ──> hub verifies, then pushes ──> the feed is due now ──> the poller wakes
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from watchbot import __version__
from watchbot.app.health import overdue, troubles_of
from watchbot.app.parts import Parts
from watchbot.app.watchdog import Check, Watchdog
from watchbot.errors import StorageError, WatchbotError
from watchbot.fetch.websub import PushSubscription, ask, links_of
from watchbot.model import ParsedFeed, StoredFeed
from watchbot.poller import Poller
from watchbot.poller.http_server import HttpServer, Reply
from watchbot.poller.websub_server import WebSub

log = structlog.stdlib.get_logger(__name__)
ANSWER_SECONDS = 10.0
"""How long /healthz waits for the database."""
FRESH_SECONDS = 2.0
"""How long a health report is given out again: counting a large database for every stranger's request is too dear."""
HUBS_FLAG = "hubs"
HEALTH = "/healthz"
WEBSUB = "/websub/"


class Web:
    """Server, hubs and health of one running bot. Build it before the poller starts: it hears the first documents."""

    def __init__(self, parts: Parts, poller: Poller, watchdog: Watchdog) -> None:
        self._parts, self._poller, self._watchdog = parts, poller, watchdog
        self._since = parts.clock()
        self._health: tuple[float, Reply] | None = None
        self._looking = asyncio.Lock()
        self._recalled, self._written = False, ""
        self.hubs: WebSub | None = None
        web = parts.settings.web
        if web.listen and web.public_url:
            self.hubs = WebSub(self._ask, self._poller.push, clock=parts.clock)
            parts.pipeline.listen(self._heard, self._is_pushed)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`. Raises WatchbotError when the address of `web.listen` cannot be had."""
        listen = self._parts.settings.web.listen
        if listen is None:
            return
        server = HttpServer(self.answer)
        host, _, port = listen.rpartition(":")
        try:
            await server.start(host, int(port))
        except (OSError, OverflowError) as error:
            raise WatchbotError(f"web.listen: cannot listen on {listen}: {error}") from error
        log.info("listening", host=host, port=server.port, websub=self.hubs is not None)
        renewing = asyncio.create_task(self.hubs.run() if self.hubs else stop.wait())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({renewing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if renewing.done():
                renewing.result()
        finally:
            renewing.cancel()
            stopping.cancel()
            await server.stop()
        try:
            await self.keep_hubs()
        except StorageError as error:
            log.warning("hubs not written down", error=str(error))

    async def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer any request."""
        path = target.partition("?")[0]
        if path == HEALTH:
            return await self._healthz() if method == "GET" else Reply(405)
        if WEBSUB in path and self.hubs is not None:  # a proxy may leave a prefix of public_url before it
            return await self.hubs.answer(method, target, headers, body)
        return Reply(404)

    # -- health

    async def _healthz(self) -> Reply:
        loop = asyncio.get_running_loop()
        async with self._looking:
            if self._health is None or loop.time() - self._health[0] > FRESH_SECONDS:
                self._health = loop.time(), await self._look()
            return self._health[1]

    async def _look(self) -> Reply:
        parts = self._parts
        now, last = parts.clock(), self._watchdog.last
        every, patience = parts.settings.web.watchdog_every, self._watchdog.patience
        late = overdue(last.at if last else self._since, every, patience, now)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                status = await parts.thread.run(parts.storage.status, now)
        except TimeoutError:
            return report(["the database does not answer"], None, last, late)
        except StorageError as error:
            log.warning("health not known", error=str(error))
            return report(["the database refuses"], None, last, late)
        return report(troubles_of(status, now), status.heartbeat_at, last, late)

    # -- hubs

    def _heard(self, feed: StoredFeed, parsed: ParsedFeed, headers: Mapping[str, str]) -> None:
        """A document came: it, or the headers before it (which the standard asks first), may name a hub."""
        hub, topic = links_of(headers)
        if self.hubs is not None:
            self.hubs.offer(feed.id, hub or parsed.hub, topic or parsed.self_link)

    def _is_pushed(self, feed_id: int) -> bool:
        return self.hubs is not None and self.hubs.is_active(feed_id)

    async def _ask(self, subscription: PushSubscription, mode: str) -> bool:
        return await ask(self._parts.fetcher.post, subscription, self._parts.settings.web.public_url or "", mode)

    async def keep_hubs(self) -> None:
        """Renew no subscription of a feed that is not polled any more, and write down the others' hubs.

        Subscriptions are made anew after a restart; without this only when a feed changes, since a 304 names no hub.
        """
        if self.hubs is None:
            return
        parts = self._parts
        if not self._recalled:
            await self._recall(self.hubs)
        feeds = await parts.thread.run(parts.storage.feeds)
        self.hubs.keep({feed.id for feed in feeds if feed.enabled})
        text = json.dumps(self.hubs.offers())
        if text != self._written:
            await parts.thread.run(parts.storage.set_flag, HUBS_FLAG, text)
            self._written = text

    async def _recall(self, hubs: WebSub) -> None:
        """Take up the hubs that the last run knew."""
        text = await self._parts.thread.run(self._parts.storage.flag, HUBS_FLAG)
        for feed_id, hub, topic in json.loads(text or "[]"):
            if hubs.subscription(feed_id) is None:  # what a document said meanwhile is newer
                hubs.offer(feed_id, hub, topic)
        self._recalled = True


def report(troubles: list[str], heartbeat_at: datetime | None, check: Check | None, late: Sequence[str] = ()) -> Reply:
    """The answer of /healthz: 200 when nothing is wrong, else 503.

    `troubles` are those of this moment, `late` says when the watchdog is overdue; of the last check only what became of
    its alert counts.
    """
    found = list(dict.fromkeys([*troubles, *late, *(check.stuck if check else ())]))
    body = {
        "status": "troubled" if found else "ok",
        "troubles": found,
        "heartbeat_at": heartbeat_at.isoformat() if heartbeat_at else None,
        "watchdog": check.report() if check else None,
        "version": __version__,
    }
    return Reply(503 if found else 200, json.dumps(body, ensure_ascii=False).encode() + b"\n", "application/json")
