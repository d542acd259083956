"""The watchdog: every few minutes an alert of its own goes the whole way that alerts go.

    document ─> parser process ─> rules, plan ─> line to the database ─> committed ─> claimed ─> sent ─> settled
      (each stage is timed, one deadline over all)                       all well and nothing else wrong: ping

It takes the real processes, threads, queue, worker and messenger, with a rule, a story index and a reader of its own,
so that no story, count, list or archive knows of it (`watchbot.storage.probe`). To a configured chat it is really sent,
silently, and deleted; without one, Telegram is asked who the bot is. The ping is a dead man's switch: who receives it
raises the alarm when it stays away.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
import structlog

from watchbot.app.health import WATCH_PATIENCE, WATCHED, troubles_of
from watchbot.app.parts import Parts, plan_settings, story_settings
from watchbot.app.tap import NOWHERE
from watchbot.errors import ParseError, StorageError
from watchbot.match import match_entry
from watchbot.model import (
    AlertKind,
    DeliveryState,
    FeedSpec,
    MatchInput,
    ParsedFeed,
    PlannedAlert,
    Priority,
    StoredFeed,
    Subscription,
    plain_note,
    unstored_chat,
)
from watchbot.pipeline.parse_job import ParseJob
from watchbot.plan import Audience, Ledger, plan_update
from watchbot.rules import load_rules
from watchbot.stories import StoryIndex

log = structlog.stdlib.get_logger(__name__)
LEAST_PATIENCE = timedelta(seconds=5)
"""A check may take as long as its rhythm, within this and WATCH_PATIENCE: at a start parsers are busy for a while."""
AGAIN = timedelta(seconds=30)
"""After a check that failed the next comes this soon: what is well again should be seen soon."""
LOOK = 0.02
"""Seconds between two looks at the row of what was sent."""
PING_TIMEOUT = timedelta(seconds=10)
TOPIC = "watchdog"
_RULES = "version: 1\nrules: [{id: watchdog, title: Watchdog, match: '\"watchbot watchdog\"'}]\n"
_DOCUMENT = """<rss version="2.0"><channel><title>watchdog</title>
<item><guid>{token}</guid><title>watchbot watchdog {token}</title></item></channel></rss>"""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found. `latency`: of the watchdog's alert, from the parser to its settled row.

    `stuck`: what became of the alert; `state`: what the database said of feeds and queue then.
    """

    at: datetime
    latency: timedelta
    stuck: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    stages: Mapping[str, int] = field(default_factory=dict)
    """Milliseconds of each stage that it passed, in order."""

    @property
    def troubles(self) -> tuple[str, ...]:
        """All that is not well."""
        return self.stuck + self.state

    def report(self) -> dict[str, object]:
        """For /healthz and `watchbot status`."""
        return {
            "at": self.at.isoformat(),
            "ok": not self.troubles,
            "latency_ms": round(self.latency.total_seconds() * 1000),
            "stages_ms": dict(self.stages),
            "stuck": list(self.stuck),
        }


class _Way:
    """How far the alert is: the stage that it is in, and how long the earlier ones took."""

    def __init__(self) -> None:
        self.stage = ""
        self.stages: dict[str, int] = {}
        self._since = self.started = time.perf_counter()

    def enter(self, stage: str) -> None:
        """The stage before is passed."""
        now = time.perf_counter()
        if self.stage:
            self.stages[self.stage] = round((now - self._since) * 1000)
        self.stage, self._since = stage, now

    @property
    def latency(self) -> timedelta:
        """Since the start."""
        return timedelta(seconds=time.perf_counter() - self.started)


class Watchdog:
    """Checks one running bot. `last` is the latest check."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rules = load_rules(_RULES, "watchdog", lambda name: "")
        self._chat = parts.settings.web.watchdog_chat if parts.sender is not None else None
        every = parts.settings.web.watchdog_every
        self.patience = min(max(every, LEAST_PATIENCE), WATCH_PATIENCE)
        self.last: Check | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Check until `stop`."""
        every = self._parts.settings.web.watchdog_every
        while not stop.is_set():
            await self.watch()
            failed = self.last is not None and bool(self.last.stuck)
            try:
                async with asyncio.timeout((min(every, AGAIN) if failed else every).total_seconds()):
                    await stop.wait()
            except TimeoutError:
                continue

    async def watch(self) -> None:
        """Check once; write down what came of it; ping when all is well, else log what is not."""
        self.last = check = await self.check()
        try:
            await self._parts.thread.run(self._parts.storage.set_flag, WATCHED, json.dumps(check.report()))
        except StorageError as error:
            log.warning("watchdog not written down", error=str(error))
        if check.troubles:
            log.error("watchdog", troubles=list(check.troubles), stages_ms=dict(check.stages))
            return
        latency = round(check.latency.total_seconds() * 1000)
        log.debug("watchdog", latency_ms=latency, stages_ms=dict(check.stages))
        if url := self._parts.settings.web.ping_url:
            await ping(url.replace("{latency_ms}", str(latency)))

    async def check(self) -> Check:
        """One check; never raises for what it finds."""
        now, way = self._parts.clock(), _Way()
        stuck: tuple[str, ...] = ()
        state: tuple[str, ...] = ()
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                await self._go(way, now)
        except TimeoutError:
            stuck = (self._stuck(way, f"took longer than {self.patience.total_seconds():.0f} s"),)
        except (StorageError, ParseError, _Failed) as error:
            stuck = (self._stuck(way, str(error)),)
        latency = way.latency
        try:
            await self._clear()
            state = tuple(troubles_of(await self._parts.thread.run(self._parts.storage.status, now), now))
        except StorageError as error:
            state = (f"the database refuses: {error}",)
        return Check(now, latency, stuck, state, way.stages)

    def _stuck(self, way: _Way, why: str) -> str:
        error = self._parts.tap.error
        return f"the watchdog's alert got stuck: {way.stage}: {why}" + (f" ({error})" if error else "")

    async def _go(self, way: _Way, now: datetime) -> None:
        """The whole way."""
        parts, token = self._parts, secrets.token_hex(4)
        parts.tap.expect(token)
        way.enter("parse")
        data = _DOCUMENT.format(token=token).encode()
        parsed = await parts.parser.parse(ParseJob(data, "watchdog:", None, "auto", None, (), now))
        way.enter("plan")
        alert = self._plan(parsed, token, now)
        way.enter("commit")
        await self._clear()
        await parts.pipeline.turn()
        if not await parts.thread.run(parts.storage.put_probe, alert, now):
            raise _Failed("the one before is still being sent")
        parts.outbox.wake()
        way.enter("claim")
        await parts.tap.begun.wait()
        way.enter("send")
        await parts.tap.sent.wait()
        way.enter("settle")
        await self._settled()
        way.enter("")

    def _plan(self, parsed: ParsedFeed, token: str, now: datetime) -> PlannedAlert:
        """Look for the names in force, and plan by the watchdog's own rule."""
        parts, chat_id = self._parts, self._chat if self._chat is not None else NOWHERE
        for entry in parsed.entries:
            match_entry(MatchInput(entry.title), parts.state.rules)
        plan = plan_update(
            StoredFeed(id=-1, spec=FeedSpec("watchdog:", "watchdog"), baseline_at=now),
            parsed,
            known={},
            ids=(-1,),
            rules=self._rules,
            index=StoryIndex(story_settings(parts.settings)),
            ledger=Ledger(),
            audience=Audience([(Subscription(chat_id, TOPIC), unstored_chat(chat_id))]),
            settings=plan_settings(parts.settings),
            now=now,
        )
        if [d.chat_id for alert in plan.alerts for d in alert.deliveries] != [chat_id]:
            raise _Failed("a well-formed document that a rule matches gives no alert")
        (alert,) = plan.alerts
        deliveries = tuple(replace(d, silent=True, state=DeliveryState.PENDING) for d in alert.deliveries)
        words = plain_note(f"watchbot watchdog {token}"), plain_note("A test by the bot itself, deleted at once.")
        return PlannedAlert(AlertKind.NOTICE, Priority.LOW, deliveries, notes=words)

    async def _settled(self) -> None:
        parts = self._parts
        while True:
            probe = await parts.thread.run(parts.storage.probe)
            if probe is None or probe.state is DeliveryState.DEAD:
                raise _Failed(probe.error if probe else "its row is gone")
            if probe.state is DeliveryState.SENT:
                return
            await asyncio.sleep(LOOK)

    async def _clear(self) -> None:
        """Take the alert away, and the message that shows it: this one's, or one that a killed process left."""
        parts = self._parts
        found = await parts.thread.run(parts.storage.take_probe)
        if found is not None and found.message_id is not None and parts.sender is not None and found.chat_id != NOWHERE:
            await parts.sender.delete(found.chat_id, found.message_id)


class _Failed(Exception):
    """The alert did not get through."""


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
