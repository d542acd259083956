"""A small HTTP/1.1 server for hubs and health checks: one request a connection, everything bounded, no framework.

It reads the request whole, hands it to `answer`, writes the reply and closes. What a stranger sends that is no request
is answered with 400 or dropped; nothing of it is logged, since anybody on the network can send it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

log = structlog.stdlib.get_logger(__name__)
MAX_HEAD = 16 * 1024
MAX_BODY = 5_000_000
"""Bytes of a request's body: hubs push whole feeds."""
REQUEST_SECONDS = 20.0
"""For a whole request, its answer included."""
MAX_CONNECTIONS = 100
PLAIN = "text/plain; charset=utf-8"
_REASONS = {200: "OK", 202: "Accepted", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"} | {
    413: "Content Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""
    content_type: str = PLAIN


Answer = Callable[[str, str, Mapping[str, str], bytes], Awaitable[Reply]]
"""(method, target "/path?query", headers by lower-case name, body) -> reply."""


class HttpServer:
    """`start`, and `stop` at the end."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one. Raises OSError when the address cannot be had."""
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
                reply = Reply(503) if len(self._connections) > MAX_CONNECTIONS else await self._serve(reader)
                writer.write(_bytes_of(reply))
                await writer.drain()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a stranger's trouble, not ours
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, TimeoutError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader) -> Reply:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        words = head[0].split(" ")
        if len(words) != 3:
            return Reply(400)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()) or len(length) > 12:
            return Reply(400)
        if int(length) > MAX_BODY or "transfer-encoding" in headers:
            return Reply(413)
        body = await reader.readexactly(int(length))
        try:
            return await self._answer(words[0], words[1], headers, body)
        except Exception:
            log.exception("request failed", method=words[0])
            return Reply(500)


def _bytes_of(reply: Reply) -> bytes:
    head = f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Status')}\r\nContent-Length: {len(reply.body)}\r\n"
    return f"{head}Content-Type: {reply.content_type}\r\nConnection: close\r\n\r\n".encode() + reply.body
