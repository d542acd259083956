"""The outbox at work: claim -> render -> wait for a slot -> send -> settle.

    run ── recover, hold what went stale ──> claim a few ──> one task per delivery, at most one per chat
                                                               │
                                       view + chat ─> render ─> slot of the pacer ─> Messenger.send
                                                               │
                                            settle (pure) ─> one write, shielded from a stop

Claims are small (what may leave within HORIZON), so that an alert of high priority is never queued behind more than
that. Nothing is claimed while Telegram is down or the bot is limited. A claim whose time does not come soon is given
back. What is being sent when the process must stop is settled first; cut short, its outcome is unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from watchbot import crash
from watchbot.errors import StorageError, TelegramError
from watchbot.model import (
    OVER_QUOTA,
    REFUSED_FLAG,
    AlertView,
    Chat,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Outcome,
    OutgoingMessage,
    Refusal,
    SendResult,
    Settlement,
)
from watchbot.outbox.messages import (
    Clock,
    Messenger,
    Page,
    RenderAlert,
    RenderDigest,
    RenderRolling,
    address,
    page_message,
)
from watchbot.outbox.outage import Outage
from watchbot.outbox.pacing import Pacer
from watchbot.outbox.settle import DEFAULT_POLICY, RetryPolicy, fallback, release, settle

HORIZON = 0.25
"""Seconds ahead for which deliveries are claimed: long enough for one database round trip, short for priority."""
IDLE = 5.0
"""Longest sleep in seconds without a wake-up: what another replica committed is found then."""
HOUSEKEEPING = 30.0
"""Seconds between recoveries of expired leases and holdings of stale deliveries."""
NOT_YET = 0.25
"""Seconds until what is due, and yet was not given, is asked for again."""
DIGESTS_EVERY = 0.5
SETTLE_RETRY = 1.0
MARGIN = timedelta(minutes=5)
"""Over the longest backoff. What Telegram asked to wait for longer, the pacer keeps by its own clock."""
PAUSE_FLAG = "telegram.limited"
log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rolling:
    """The message of a burst so far: since when, and (delivery, alert) of each that it shows."""

    message_id: int
    opened_at: datetime
    shown: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """Held deliveries of one chat and thread that are due together, leased to this process.

    `roll`: a burst's topic, OVER_QUOTA, or None for the chat's own digest. `rolling`: the burst's message so far.
    """

    chat_id: int
    thread_id: int | None
    deliveries: tuple[Delivery, ...]
    stale: bool = False
    roll: str | None = None
    rolling: Rolling | None = None

    @property
    def burst(self) -> str | None:
        """The topic whose burst this is."""
        return None if self.roll == OVER_QUOTA else self.roll


class Queue(Protocol):
    """The part of the storage that the outbox needs (`watchbot.outbox.queue` gives it over a StorageThread)."""

    async def claim(self, now: datetime, limit: int, lease: timedelta, busy: set[int]) -> list[Delivery]: ...
    async def claim_digests(self, now: datetime, limit: int, lease: timedelta, busy: set[int]) -> list[Digest]: ...
    async def views(self, deliveries: Sequence[Delivery]) -> list[AlertView]: ...
    async def views_of(self, told: Sequence[tuple[int, int]]) -> list[AlertView]: ...
    async def keep_rolling(self, digest: Digest, message_id: int, told: Collection[int], now: datetime) -> None: ...
    async def chat(self, chat_id: int) -> Chat: ...
    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> None: ...
    async def next_due(self, now: datetime, busy: set[int]) -> datetime | None: ...
    async def hold_stale(self, now: datetime, older_than: datetime) -> int: ...
    async def recover(self, now: datetime, alive: Collection[int]) -> int: ...
    async def bring_in(self, now: datetime, longest: timedelta) -> int: ...
    async def flag(self, name: str) -> str | None: ...
    async def set_flag(self, name: str, value: str | None) -> None: ...


@dataclass(frozen=True, slots=True)
class OutboxSettings:
    """How the worker works. `lease` must outlast the longest send."""

    concurrency: int = 32
    lease: timedelta = timedelta(minutes=2)
    stale_after: timedelta = timedelta(hours=1)
    """Alerts that could not be sent for so long go out as one digest per chat."""
    longest_hold: float = 2.0
    """A claim that must wait longer than this (seconds) is given back."""
    renew: timedelta = timedelta(minutes=30)
    """A rolling digest older than this is left as it is, and a new message begins: what is edited makes no sound, and
    moves out of sight."""


class OutboxWorker:
    """Delivers what is in the queue. `run` until `stop`; `wake` after a commit that added deliveries.

    `messenger` sends, `queue` is the database, `render...` are watchbot.render's. `clock` gives aware
    UTC; pacing uses the event loop's own steady clock, so that a jump of the wall clock neither bursts nor stalls.
    """

    def __init__(
        self,
        queue: Queue,
        messenger: Messenger,
        render: RenderAlert,
        render_digest: RenderDigest,
        render_rolling: RenderRolling,
        *,
        pacer: Pacer | None = None,
        settings: OutboxSettings | None = None,
        policy: RetryPolicy = DEFAULT_POLICY,
        clock: Clock = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
        on_sent: Callable[[Delivery, SendResult], None] | None = None,
    ) -> None:
        self.queue = queue
        self.messenger = messenger
        self.pacer = pacer or Pacer()
        self.settings = settings or OutboxSettings()
        self._render = render
        self._render_digest = render_digest
        self._render_rolling = render_rolling
        self._policy = policy
        self._clock = clock
        self._jitter = jitter
        self._on_sent = on_sent
        self._tasks: dict[asyncio.Task[None], int] = {}
        self._alive: dict[asyncio.Task[None], tuple[int, ...]] = {}
        self._changed = asyncio.Event()
        self._stopped = asyncio.Event()
        self._over = asyncio.Event()
        self._over.set()
        self._stopping = False
        self._outage: Outage | None = None
        self._refused: str | None = None
        self._housekept = -HOUSEKEEPING
        self._digests_at = 0.0

    # -- life ---------------------------------------------------------------------------------------------------------

    @property
    def outage(self) -> Outage | None:
        """The present outage of the other side, or None."""
        return self._outage

    @property
    def in_flight(self) -> int:
        """Deliveries being rendered, sent or settled."""
        return len(self._tasks)

    def wake(self) -> None:
        """There may be new work: look now."""
        self._changed.set()

    async def run(self) -> None:
        """Deliver until `stop`. A database that refuses is asked again; nothing else ends this."""
        self._over.clear()
        try:
            await self._rounds()
        finally:
            self._over.set()

    async def _rounds(self) -> None:
        restored = False
        while not self._stopping:
            try:
                if not restored:
                    await self._restore_pauses()
                    restored = True
                await self._round()
            except StorageError as error:
                log.warning("outbox: the database refuses", error=str(error))
                await self._sleep(SETTLE_RETRY)

    async def stop(self, grace: float = 10.0) -> None:
        """Claim no more; settle what is in flight within `grace` seconds; then cut short, as unknown."""
        self._stopping = True
        self._stopped.set()
        self.wake()
        deadline = self._time() + grace
        with contextlib.suppress(TimeoutError):  # a claim under way ends first: what it took is given back
            await asyncio.wait_for(self._over.wait(), grace)
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=max(0.0, deadline - self._time()))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- rounds -------------------------------------------------------------------------------------------------------

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    async def _sleep(self, seconds: float) -> None:
        """Sleep, or until something changes (new work, a task's end, a stop)."""
        try:
            await asyncio.wait_for(self._changed.wait(), max(0.0, min(seconds, IDLE)))
        except TimeoutError:
            return
        self._changed.clear()

    async def _round(self) -> None:
        if self._outage is not None:
            await self._probe(self._outage)
            return
        await self._housekeeping()
        now = self._time()
        room = min(self.pacer.room(now, HORIZON), self.settings.concurrency - len(self._tasks))
        if room <= 0:
            await self._sleep(max(self.pacer.next_room(now) - HORIZON - now, 0.005))
            return
        if await self._claim(room) < room:
            await self._sleep(await self._idle_time())

    async def _claim(self, room: int) -> int:
        """Claim and start at most `room` deliveries or digests; answers how many."""
        busy = self._busy()
        lease = self.settings.lease
        claimed = await self.queue.claim(self._clock(), room, lease, busy)
        if claimed:
            crash.point("claim.after")
        for delivery in claimed:
            self._start(delivery.chat_id, [delivery], self._deliver(delivery, self._reserve(delivery.chat_id)))
        left = room - len(claimed)
        digests: list[Digest] = []
        if left > 0 and self._time() >= self._digests_at:
            busy |= {d.chat_id for d in claimed}
            digests = await self.queue.claim_digests(self._clock(), left, lease, busy)
            for digest in digests:
                slot = self._reserve(digest.chat_id)
                work = self._tell(digest, slot) if digest.burst is None else self._roll(digest, digest.burst, slot)
                self._start(digest.chat_id, digest.deliveries, work)
            self._digests_at = self._time() + (0.0 if digests else DIGESTS_EVERY)
        return len(claimed) + len(digests)

    def _busy(self) -> set[int]:
        """Chats that can take nothing now: by the rates, or because a delivery is not settled yet."""
        return self.pacer.busy_chats(self._time(), HORIZON) | set(self._tasks.values())

    def _reserve(self, chat_id: int) -> float | None:
        """A slot, or None when a probe began since the claim: the claim is then given back."""
        try:
            return self.pacer.reserve(chat_id, self._time())
        except ValueError:
            return None

    def _start(self, chat_id: int, deliveries: Sequence[Delivery], work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._guard(chat_id, deliveries, work))
        self._tasks[task] = chat_id
        self._alive[task] = tuple(delivery.id for delivery in deliveries)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        self._alive.pop(task, None)
        self.wake()

    async def _guard(self, chat_id: int, deliveries: Sequence[Delivery], work: Awaitable[None]) -> None:
        """The root of a delivery's task: a bug in rendering one alert must not stop the others."""
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.exception("outbox: a delivery failed", chat_id=chat_id, deliveries=[d.id for d in deliveries])
            self.pacer.cancel(chat_id)
            failed = SendResult(Outcome.REFUSED, refusal=Refusal.OTHER, error=f"{type(error).__name__} in watchbot")
            await self._settle(self._decide(deliveries, failed))

    async def _idle_time(self) -> float:
        """How long nothing can happen, seen from here."""
        now, clock = self._time(), self._clock()
        waits = [IDLE, self.pacer.next_ready_chat(now) - HORIZON - now]
        due = await self.queue.next_due(clock, self._busy())
        if due is not None:
            # Due now but not claimed: behind another of its chat, or of a chat in flight whose end wakes us.
            waits.append(max(NOT_YET, (due - clock).total_seconds()))
        return max(0.005, min(waits))

    async def _housekeeping(self) -> None:
        now = self._time()
        if now - self._housekept < HOUSEKEEPING:
            return
        self._housekept = now
        clock = self._clock()
        alive = [number for numbers in self._alive.values() for number in numbers]
        if recovered := await self.queue.recover(clock, alive):
            log.warning("outbox: took over what a stopped process had claimed", deliveries=recovered)
        if early := await self.queue.bring_in(clock, self._policy.longest + MARGIN):
            log.warning("outbox: the clock was set back; what waited for it is due", deliveries=early)
        if held := await self.queue.hold_stale(clock, clock - self.settings.stale_after):
            log.warning("outbox: stale alerts go out as digests", deliveries=held)

    async def _probe(self, outage: Outage) -> None:
        """Ask whether the other side is there again, at the outage's own pace."""
        now = self._time()
        if now < outage.probe_at:
            await self._sleep(outage.probe_at - now)
            return
        try:
            answers, refused = await self._answers(), None
        except TelegramError as error:
            answers, refused = False, str(error)
        await self._note_refused(refused)
        if answers:
            self._outage = None
            self._housekept = -HOUSEKEEPING
            if outage.failures:
                log.info("outbox: delivery resumes", seconds=round(self._time() - outage.since))
            return
        if outage.failures == 0 and refused is None:
            log.warning("outbox: no answer; alerts queue until there is one")
        self._outage = outage.failed(self._time(), self._jitter())

    async def _note_refused(self, refused: str | None) -> None:
        """Keep in the database that the other side knows us no more, for `watchbot status` and /healthz."""
        if refused != self._refused:
            if refused is not None:
                log.warning("outbox: refused; alerts queue until the token is accepted", error=refused)
            await self.queue.set_flag(REFUSED_FLAG, refused)
            self._refused = refused

    async def _answers(self) -> bool:
        """Whether the other side answers; False when we are stopped before it does. TelegramError as `ready`."""
        asked = asyncio.ensure_future(self.messenger.ready())
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({asked, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return asked.done() and asked.result()
        finally:
            asked.cancel()
            stopped.cancel()

    # -- one delivery -------------------------------------------------------------------------------------------------

    async def _deliver(self, delivery: Delivery, slot: float | None) -> None:
        if slot is None:
            await self._give_back([delivery])
            return
        chat = await self.queue.chat(delivery.chat_id)
        (view,) = await self.queue.views([delivery])
        message = address(delivery, self._render(view, chat, now=self._clock()))
        result = await self._attempt(message, slot, [delivery])
        if result is None:
            await self._give_back([delivery])
            return
        await self._finish([delivery], result)

    async def _finish(self, deliveries: Sequence[Delivery], result: SendResult) -> None:
        settlements = self._decide(deliveries, result)
        if result.outcome is not Outcome.SENT:
            states = sorted({s.state for s in settlements})
            log.info("outbox: not delivered", chat_id=deliveries[0].chat_id, becomes=states, error=result.error)
        await self._settle(settlements)
        if self._on_sent and result.outcome is Outcome.SENT:
            for delivery in deliveries:
                self._on_sent(delivery, result)

    def _decide(self, deliveries: Sequence[Delivery], result: SendResult) -> list[Settlement]:
        """What becomes of deliveries that one call told of; with one jitter, so that a digest stays together."""
        now, jitter = self._clock(), self._jitter()
        return [settle(d, result, now, jitter, self._policy) for d in deliveries]

    async def _attempt(
        self, message: OutgoingMessage, slot: float, deliveries: Sequence[Delivery]
    ) -> SendResult | None:
        """Send at the slot's time, with lesser messages where one is refused. None: not sent, to be given back."""
        while True:
            if not await self._wait_for(message.chat_id, slot):
                self.pacer.cancel(message.chat_id)
                return None
            result = await self._send(message, deliveries)
            lesser = fallback(message, result)
            if lesser is None:
                return result
            again = self._reserve(message.chat_id)
            if again is None:
                return None
            message, slot = lesser, again

    async def _wait_for(self, chat_id: int, slot: float) -> bool:
        """Wait until the slot; False when it is too far off, a 429 came in between, or we are stopping."""
        now = self._time()
        start = max(slot, self.pacer.blocked(chat_id, now))
        while not self._stopping and self._outage is None and start - now <= self.settings.longest_hold:
            if start <= now:
                start = self.pacer.admit(chat_id, now)
                if start == now:
                    return True
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), start - now)
            now = self._time()
        return False

    async def _send(self, message: OutgoingMessage, deliveries: Sequence[Delivery]) -> SendResult:
        """One call; its end is told to the pacer and the outage. A stop in between settles it as unknown."""
        started = self._time()
        what = "digest" if deliveries[0].state is DeliveryState.HELD else deliveries[0].kind.value
        crash.point(f"{what}.before")
        try:
            result = await self.messenger.send(message)
        except asyncio.CancelledError:
            cut = SendResult(Outcome.UNKNOWN, error="stopped while sending")
            await self._settle(self._decide(deliveries, cut))
            raise
        crash.point(f"{what}.after")
        now = self._time()
        if result.outcome is Outcome.LIMITED and result.retry_after is not None:
            whole = self.pacer.limited(message.chat_id, result.retry_after.total_seconds(), now)
            log.warning("outbox: limited by Telegram", chat_id=message.chat_id, whole_bot=whole, error=result.error)
            await self._save_pauses()
        else:
            self.pacer.done(message.chat_id, started, now)
        if result.outcome in (Outcome.NOT_SENT, Outcome.UNKNOWN) and self._outage is None:
            self._outage = Outage.begin(now)
        return result

    async def _give_back(self, deliveries: Sequence[Delivery]) -> None:
        await self._settle([release(d, self._clock()) for d in deliveries])

    async def _settle(self, settlements: Sequence[Settlement]) -> None:
        """Write, again and again while the database refuses: what was sent must not be sent once more.

        Shielded: a stop waits for it.
        """
        await asyncio.shield(asyncio.ensure_future(self._write(settlements)))

    async def _write(self, settlements: Sequence[Settlement]) -> None:
        while True:
            crash.point("settle.before")
            try:
                await self.queue.settle(settlements, self._clock())
                crash.point("settle.after")
                return
            except StorageError as error:
                log.error("outbox: cannot settle", deliveries=[s.delivery_id for s in settlements], error=str(error))
                if self._stopping:
                    raise
                await asyncio.sleep(SETTLE_RETRY)

    # -- digests ------------------------------------------------------------------------------------------------------

    async def _tell(self, digest: Digest, slot: float | None) -> None:
        """Send one digest."""
        if slot is None:
            await self._give_back(digest.deliveries)
            return
        chat = await self.queue.chat(digest.chat_id)
        views = await self.queue.views(digest.deliveries)
        pages = self._render_digest(views, chat, now=self._clock(), roll=digest.roll, stale=digest.stale)
        await self._send_pages(digest, pages, views, slot)

    async def _roll(self, digest: Digest, topic: str, slot: float | None) -> None:
        """Write what collapsed into the burst's message; begin a new one when that is old, full or gone."""
        if slot is None:
            await self._give_back(digest.deliveries)
            return
        chat, now = await self.queue.chat(digest.chat_id), self._clock()
        views, rolling = await self.queue.views(digest.deliveries), digest.rolling
        if rolling is not None and now - rolling.opened_at < self.settings.renew:
            shown = await self.queue.views_of(rolling.shown)
            pages = self._render_rolling([*shown, *views], chat, now=now, topic=topic, since=rolling.opened_at)
            if len(pages) == 1:
                again = await self._write_over(digest, rolling.message_id, pages[0], slot)
                if again is None:
                    return
                slot = again
        pages = self._render_rolling(views, chat, now=now, topic=topic, since=now)
        last = await self._send_pages(digest, pages, views, slot)
        if last is not None:
            message_id, told = last
            await self._keep_rolling(digest, message_id, told)

    async def _write_over(self, digest: Digest, message_id: int, page: Page, slot: float) -> float | None:
        """Edit the burst's message. A slot when that message is gone, and all must be sent anew; else None."""
        plain = any(d.plain for d in digest.deliveries)
        message = page_message(page, digest.chat_id, digest.thread_id, silent=True, plain=plain, edit_of=message_id)
        # An edit may be repeated as often as it takes: it is settled as one.
        edits = [replace(d, kind=DeliveryKind.EDIT, message_id=message_id) for d in digest.deliveries]
        result = await self._attempt(message, slot, edits)
        if result is None:
            await self._give_back(digest.deliveries)
        elif result.refusal is Refusal.MESSAGE_NOT_FOUND:
            anew = self._reserve(digest.chat_id)
            if anew is None:
                await self._give_back(digest.deliveries)
            return anew
        else:
            done = result.outcome is Outcome.SENT or result.refusal is Refusal.NOT_MODIFIED
            await self._finish(edits, replace(result, message_id=message_id) if done else result)
            if done:
                await self._keep_rolling(digest, message_id, digest.deliveries)
        return None

    async def _keep_rolling(self, digest: Digest, message_id: int, told: Sequence[Delivery]) -> None:
        """Best effort: what is not remembered costs a message more."""
        try:
            await self.queue.keep_rolling(digest, message_id, [d.id for d in told], self._clock())
        except StorageError as error:
            log.warning("outbox: the rolling digest is not remembered", error=str(error))

    async def _send_pages(
        self, digest: Digest, pages: Sequence[Page], views: Sequence[AlertView], slot: float
    ) -> tuple[int, list[Delivery]] | None:
        """Send the pages of one digest, and settle each page's deliveries as soon as it is out.

        Answers the last message and what it told, None when it was not sent.
        """
        left = list(digest.deliveries)
        number_of = {d.id: v.number for d, v in zip(left, views, strict=True)}
        plain, silent = any(d.plain for d in left), all(d.silent for d in left)
        for n, page in enumerate(pages):
            last = n == len(pages) - 1
            told = [d for d in left if last or number_of[d.id] in page.numbers]
            message = page_message(page, digest.chat_id, digest.thread_id, silent=silent, plain=plain)
            result = await self._attempt(message, slot, left)
            if result is None or result.outcome is not Outcome.SENT:
                await self._digest_failed(left, result)
                return None
            await self._finish(told, result)
            left = [d for d in left if d not in told]
            if last:
                return (result.message_id, told) if result.message_id is not None else None
            again = self._reserve(digest.chat_id)
            if again is None:
                await self._give_back(left)
                return None
            slot = again
        return None

    async def _digest_failed(self, left: Sequence[Delivery], result: SendResult | None) -> None:
        if result is None:
            await self._give_back(left)
            return
        await self._settle(self._decide(left, result))

    # -- pauses that survive a restart --------------------------------------------------------------------------------

    async def _save_pauses(self) -> None:
        whole, chats = self.pacer.pauses(self._time())
        state = {"saved": self._clock().isoformat(), "all": whole, "chats": {str(c): s for c, s in chats.items()}}
        try:
            await self.queue.set_flag(PAUSE_FLAG, json.dumps(state))
        except StorageError as error:
            log.warning("outbox: the pause is not saved", error=str(error))

    async def _restore_pauses(self) -> None:
        # A process starts only with a token that is accepted, or that cannot be asked about yet.
        await self.queue.set_flag(REFUSED_FLAG, None)
        saved = await self.queue.flag(PAUSE_FLAG)
        if not saved:
            return
        state = json.loads(saved)
        # A clock that was set back since must not lengthen the pause.
        passed = max(0.0, (self._clock() - datetime.fromisoformat(state["saved"])).total_seconds())
        chats = {int(c): s - passed for c, s in state["chats"].items()}
        self.pacer.restore(state["all"] - passed, {c: s for c, s in chats.items() if s > 0}, self._time())
