"""The watchdog: every few minutes a document goes through the parser and the database, and the queue is looked at.

    synthetic document ──> a parser process ──> a row written ──> status read ──> troubles ──> none: ping
                                   (one deadline over all; its latency is reported)

It finds what no single part notices of itself: a parser that hangs, a database that does not answer, feeds that nobody
polls, alerts that nobody sends. The ping is a dead man's switch: who receives it raises the alarm when it stays away.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
import structlog

from watchbot.app.health import troubles_of
from watchbot.app.parts import Parts
from watchbot.errors import ParseError, StorageError
from watchbot.pipeline.parse_job import ParseJob

log = structlog.stdlib.get_logger(__name__)
PATIENCE = timedelta(seconds=60)
"""For one check. A start with thousands of feeds keeps parsers busy for some seconds; a minute means that one hangs."""
PING_TIMEOUT = timedelta(seconds=10)
FLAG = "watchdog"
_DOCUMENT = b"""<rss version="2.0"><channel><title>watchdog</title>
<item><guid>watchdog</guid><title>Synthetic entry of the watchdog</title></item></channel></rss>"""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found. `latency`: of the synthetic document, from the parser to the written row and back.

    `stuck`: what became of the document; `state`: what the database said of feeds and queue then.
    """

    at: datetime
    latency: timedelta
    stuck: tuple[str, ...] = ()
    state: tuple[str, ...] = ()

    @property
    def troubles(self) -> tuple[str, ...]:
        """All that is not well."""
        return self.stuck + self.state


class Watchdog:
    """Checks one running bot. `last` is the latest check."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.last: Check | None = None

    async def watch(self) -> None:
        """Check once; ping when all is well, else log what is not."""
        self.last = check = await self.check()
        if check.troubles:
            log.error("watchdog", troubles=list(check.troubles))
            return
        log.debug("watchdog", latency_ms=round(check.latency.total_seconds() * 1000))
        if url := self._parts.settings.web.ping_url:
            await ping(url)

    async def check(self) -> Check:
        """One check; never raises for what it finds."""
        now, started = self._parts.clock(), time.perf_counter()
        stuck: list[str] = []
        state: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                stuck, state = await self._through(now)
        except TimeoutError:
            stuck = [f"the parser or the database did not answer within {PATIENCE.total_seconds():.0f} s"]
        except (StorageError, ParseError) as error:
            stuck = [str(error)]
        return Check(now, timedelta(seconds=time.perf_counter() - started), tuple(stuck), tuple(state))

    async def _through(self, now: datetime) -> tuple[list[str], list[str]]:
        thread, storage = self._parts.thread, self._parts.storage
        parsed = await self._parts.parser.parse(ParseJob(_DOCUMENT, "watchdog:", None, "auto", None, (), now))
        await thread.run(storage.set_flag, FLAG, now.isoformat())
        status = await thread.run(storage.status, now)
        unread = [] if len(parsed.entries) == 1 else ["the parser does not read a well-formed document"]
        return unread, troubles_of(status, now)


async def ping(url: str) -> bool:
    """GET the address of a dead man's switch; whether it answered well. The address is a secret: logs name its host."""
    try:
        async with httpx.AsyncClient(
            timeout=PING_TIMEOUT.total_seconds(), trust_env=False, follow_redirects=True
        ) as client:
            response = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.warning("ping failed", host=urlsplit(url).hostname, error=type(error).__name__)
        return False
    if response.is_error:
        log.warning("ping refused", host=urlsplit(url).hostname, status=response.status_code)
    return not response.is_error
