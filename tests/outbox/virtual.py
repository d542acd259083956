"""Time that passes only when nothing is left to do, and a Telegram at the end of a wire in that time.

`VirtualLoop` is an asyncio loop whose clock jumps to the next timer. `Line` is an httpx transport with the tests' Bot
API behind it: everything above it (python-telegram-bot, `TelegramSender`, the outbox) is real. The `Wire` behind all
lines keeps what was asked, fails as it is told, and notes in `problems` whatever a bot must never do.
"""

from __future__ import annotations

import asyncio
import json
import re
import selectors
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from servers.bot_api import BotApiServer
from servers.bot_api.faults import MESSAGE_METHODS, Fault
from servers.bot_api.server import decode
from watchbot.outbox import Rates

LATENCY = 0.05
READ_TIMEOUT = 20.0
POOL_TIMEOUT = 5.0
NUMBER = re.compile(r"#(\d+)\b")
SLACK = 1e-3
ROUND = 1e-6
"""Seconds that a round of callbacks takes: without them, what waits for less than the clock's grain waits for ever."""
DOUBTFUL = ("hang-before", "hang-after", "reset-before", "reset-after", "bad-gateway", "invalid-json")
"""Faults that leave open whether Telegram accepted."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Real callbacks, no waiting. RuntimeError when nothing could ever happen again."""

    def __init__(self) -> None:
        self.now = 1000.0
        super().__init__(_Selector(self))
        self.set_exception_handler(lambda loop, context: None)

    def time(self) -> float:
        return self.now


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everything waits for something that never comes")
        self._loop.now += max(timeout, ROUND)
        return super().select(0)


class Inline:
    """`StorageThread.run` without the thread: in virtual time a call takes none."""

    async def run(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        await asyncio.sleep(0)
        return method(*args, **options)


@dataclass
class Sent:
    """One call that showed (or tried to show) a message."""

    process: str
    chat_id: int
    method: str
    numbers: tuple[int, ...]
    text: str
    at: float
    wall: Any
    accepted: bool
    doubtful: bool
    retry_after: float = 0.0


@dataclass
class Wire:
    """What all processes of a test send over. `wall` tells the bots' clock."""

    server: BotApiServer
    loop: VirtualLoop
    wall: Callable[[], Any]
    calls: list[Sent] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unconnected: deque[str] = field(default_factory=deque)
    """What befalls the next calls before they reach Telegram: "connect" or "pool"."""
    down_until: float = 0.0
    flying: dict[int, str] = field(default_factory=dict)

    def line(self, process: str, rates: Rates) -> Line:
        """The wire as one process uses it."""
        return Line(self, process, rates)


class Line(httpx.AsyncBaseTransport):
    """One process's way to Telegram. `cut` is the end of that process: no answer ever reaches it."""

    def __init__(self, wire: Wire, process: str, rates: Rates) -> None:
        self.wire, self.process, self.rates = wire, process, rates
        self.dead = False
        self._starts: deque[float] = deque(maxlen=int(rates.overall))
        self._ends: dict[int, float] = {}
        self._group_ends: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=rates.group_count))
        self._blocked: dict[int, float] = {}

    def cut(self) -> None:
        self.dead = True
        for chat_id in [c for c, process in self.wire.flying.items() if process == self.process]:
            del self.wire.flying[chat_id]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._alive()
        method = request.url.path.rsplit("/", 1)[1]
        headers = {name.lower(): value for name, value in request.headers.items()}
        params = decode(headers, await request.aread())
        if method not in MESSAGE_METHODS:
            return await self._answer(method, params)
        chat_id = int(params["chat_id"])
        self._judge_start(chat_id)
        self.wire.flying[chat_id] = self.process
        try:
            return await self._answer(method, params)
        finally:
            if not self.dead:
                self.wire.flying.pop(chat_id, None)
                self._ended(chat_id)

    async def _alive(self) -> None:
        """Nothing goes on in a process that was killed."""
        if self.dead:
            await asyncio.get_running_loop().create_future()

    def _judge_start(self, chat_id: int) -> None:
        """Rates, pauses, and one at a time in a chat."""
        wire, now = self.wire, self.wire.loop.now
        if chat_id in wire.flying:
            wire.problems.append(f"two at once in {chat_id}")
        if len(self._starts) == self._starts.maxlen and now - self._starts[0] < self.rates.window - SLACK:
            wire.problems.append(f"more than {self._starts.maxlen} in a second")
        self._starts.append(now)
        if now - self._ends.get(chat_id, -1e9) < self.rates.chat_gap - SLACK:
            wire.problems.append(f"too soon in {chat_id}: {now - self._ends[chat_id]}")
        ends = self._group_ends[chat_id]
        if chat_id < 0 and len(ends) == ends.maxlen and now - ends[0] < self.rates.group_period - SLACK:
            wire.problems.append(f"more than {ends.maxlen} a minute in {chat_id}")
        if now < self._blocked.get(chat_id, 0.0) - SLACK:
            wire.problems.append(f"{chat_id} was told to wait until {self._blocked[chat_id]}, now {now}")

    def _ended(self, chat_id: int) -> None:
        now = self.wire.loop.now
        self._ends[chat_id] = now
        self._group_ends[chat_id].append(now)

    async def _answer(self, method: str, params: dict[str, Any]) -> httpx.Response:
        wire = self.wire
        if wire.loop.now < wire.down_until:
            raise httpx.ConnectError("connection refused")
        if method in MESSAGE_METHODS and wire.unconnected:
            if wire.unconnected.popleft() == "connect":
                raise httpx.ConnectError("no route")
            await asyncio.sleep(POOL_TIMEOUT)
            raise httpx.PoolTimeout("no connection is free")
        await asyncio.sleep(LATENCY / 2)  # what is on its way arrives, also when its process has just died
        api = wire.server.api
        fault = api.fault_for(method, params)
        accepting = fault is None or fault.accept or fault.kind in ("retry-after", "error")
        answer = api.call(method, params, fault) if accepting else None
        if method in MESSAGE_METHODS:
            self._note(method, params, fault, answer)
        await asyncio.sleep(LATENCY / 2)
        await self._alive()
        return await self._deliver(fault, answer)

    def _note(self, method: str, params: dict[str, Any], fault: Fault | None, answer: dict[str, Any] | None) -> None:
        wire, chat_id, text = self.wire, int(params["chat_id"]), str(params.get("text", ""))
        wait = float((answer or {}).get("parameters", {}).get("retry_after", 0))
        if wait:
            self._blocked[chat_id] = wire.loop.now + wait
        accepted = bool(answer and answer["ok"])
        doubtful = fault is not None and fault.kind in DOUBTFUL
        numbers = tuple(int(n) for n in NUMBER.findall(text))
        call = Sent(self.process, chat_id, method, numbers, text, wire.loop.now, wire.wall(), accepted, doubtful, wait)
        wire.calls.append(call)

    async def _deliver(self, fault: Fault | None, answer: dict[str, Any] | None) -> httpx.Response:
        kind = fault.kind if fault else ""
        if kind.startswith("hang"):
            await asyncio.sleep(READ_TIMEOUT)
            await self._alive()
            raise httpx.ReadTimeout("no answer")
        if kind.startswith("reset"):
            raise httpx.ReadError("connection reset")
        if kind == "invalid-json":
            return httpx.Response(200, content=b'{"ok":true,"result":{"message_id":')
        if answer is None:
            return httpx.Response(502, content=b"<html><title>502 Bad Gateway</title></html>")
        return httpx.Response(int(answer.get("error_code", 200)), content=json.dumps(answer).encode())
