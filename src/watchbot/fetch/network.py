"""An httpx transport that connects only where the guard permits, and whose errors are ours.

httpcore asks its network backend for a connection to (host, port); ours resolves, judges, and connects to the judged
address. TLS and the Host header still use the name, because httpcore takes them from the URL.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from watchbot.errors import FetchError
from watchbot.fetch.guard import Resolver, permitted_addresses

RACE_DELAY = 0.25
"""Seconds before the next address is tried beside a slow one (RFC 8305, section 8)."""
MAX_ADDRESSES = 4
KEEPALIVE_SECONDS = 20.0
MAX_KEPT = 256
"""Origins whose connections are kept; beyond that those used longest ago are closed earlier."""


class Lost(FetchError):
    """The connection broke before any answer: a kept-alive connection that the server had closed. Worth one retry."""

    def __init__(self, message: str) -> None:
        super().__init__("connect", message)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to judged addresses only; several are raced, so a dead IPv6 route costs a quarter of a second."""

    def __init__(self, resolver: Resolver, *, allow_private: bool) -> None:
        self._resolver = resolver
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await permitted_addresses(self._resolver, host, port, allow_private=self._allow_private)
        return await self._race(addresses[:MAX_ADDRESSES], port, timeout)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise FetchError("refused", "feeds are never read from a Unix socket")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _race(self, addresses: list[str], port: int, timeout: float | None) -> httpcore.AsyncNetworkStream:
        if len(addresses) == 1:
            return await self._inner.connect_tcp(addresses[0], port, timeout=timeout)
        waiting = list(addresses)
        running: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
        error: BaseException | None = None
        try:
            while waiting or running:
                if waiting:
                    running.add(asyncio.create_task(self._inner.connect_tcp(waiting.pop(0), port, timeout=timeout)))
                done, running = await asyncio.wait(
                    running, timeout=RACE_DELAY if waiting else None, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    error = task.exception()
                    if error is None:
                        running |= done - {task}
                        return task.result()
            raise error or httpcore.ConnectError("no address answers")
        finally:
            await _drop(running)


async def _drop(tasks: set[asyncio.Task[httpcore.AsyncNetworkStream]]) -> None:
    """Cancel the connections that lost the race, and close one that came just after it."""
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, httpcore.AsyncNetworkStream):
            await result.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """A connection pool behind the guard."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend, context: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=20,
            keepalive_expiry=KEEPALIVE_SECONDS,
            http1=True,
            http2=True,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        inner = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            response = await self._pool.handle_async_request(inner)
        except _CORE_ERRORS as error:
            raise translate(error, request.url.host, answered=False) from error
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response, request.url.host),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class Transports:
    """A connection pool for each origin, kept for a while after its last use.

    httpcore looks through its whole pool on every request, and asks the system about each idle connection. Ten thousand
    feeds are nearly as many origins: a pool of their own keeps each look short.
    """

    def __init__(
        self,
        backend: httpcore.AsyncNetworkBackend,
        context: ssl.SSLContext,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._backend, self._context, self._clock = backend, context, clock
        self._kept: OrderedDict[tuple[bytes, bytes, int | None], _Kept] = OrderedDict()

    @asynccontextmanager
    async def to(self, url: httpx.URL) -> AsyncIterator[GuardedTransport]:
        """The transport for a request to `url`, until its answer has been read."""
        await self._close_unused()
        origin = (url.raw_scheme, url.raw_host, url.port)
        kept = self._kept.get(origin) or _Kept(GuardedTransport(self._backend, self._context))
        self._kept[origin] = kept
        self._kept.move_to_end(origin)
        kept.users += 1
        try:
            yield kept.transport
        finally:
            kept.users -= 1
            kept.until = self._clock() + KEEPALIVE_SECONDS
            self._kept.move_to_end(origin)

    async def _close_unused(self) -> None:
        """Those used longest ago come first; one that is in use, or not yet due, ends the look."""
        now = self._clock()
        while self._kept:
            origin, kept = next(iter(self._kept.items()))
            if kept.users or (kept.until > now and len(self._kept) <= MAX_KEPT):
                return
            del self._kept[origin]
            await kept.transport.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        while self._kept:
            await self._kept.popitem()[1].transport.aclose()


@dataclass(slots=True)
class _Kept:
    transport: GuardedTransport
    users: int = 0
    until: float = 0.0


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response, host: str) -> None:
        self._response = response
        self._host = host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._response.aiter_stream():
                yield part
        except _CORE_ERRORS as error:
            raise translate(error, self._host, answered=True) from error

    async def aclose(self) -> None:
        await self._response.aclose()


_CORE_ERRORS = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol)


def translate(error: Exception, host: str, *, answered: bool) -> FetchError:
    """httpcore's error -> ours. `answered`: the headers had come already."""
    tls = _tls_reason(error)
    if tls:
        return FetchError("tls", f"{host}: {tls}")
    if isinstance(error, httpcore.TimeoutException):
        return FetchError("timeout", f"{host}: no answer in time")
    if isinstance(error, httpcore.ConnectError):
        return FetchError("connect", f"{host}: no connection ({_short(error)})")
    if answered:
        return FetchError("protocol", f"{host}: the connection broke in the middle of the answer")
    if isinstance(error, (httpcore.NetworkError, httpcore.RemoteProtocolError)):
        return Lost(f"{host}: the connection was closed without an answer")
    return FetchError("protocol", f"{host}: not valid HTTP ({_short(error)})")


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]


def _tls_reason(error: BaseException | None) -> str | None:
    """What is wrong with the certificate or handshake, from the chain of causes."""
    for _ in range(6):
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the certificate is not valid: {error.verify_message}"
        if isinstance(error, ssl.SSLError):
            return f"no TLS handshake ({error.reason or 'closed'})"
        if error is None:
            return None
        error = error.__cause__ or error.__context__
    return None
