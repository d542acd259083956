"""What `h2_server` serves: answers in every coding, answers that break off, and a list of what was asked."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from servers.feed_server import pack, rss

FEED = rss([(f"g{i}", f"Entry {i}") for i in range(30)])
BOMB_BYTES = 100_000_000
XML = {"content-type": "application/rss+xml; charset=utf-8"}
Send = Callable[[dict[str, Any]], Awaitable[None]]
seen: list[dict[str, Any]] = []
"""Each request: HTTP version, path, headers, and the peer's port."""


async def app(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """ASGI."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    headers = {k.decode(): v.decode() for k, v in scope["headers"]}
    path, _, rest = scope["path"].removeprefix("/").partition("/")
    if path != "seen":
        seen.append({"version": scope["http_version"], "path": path, "headers": headers, "peer": scope["client"][1]})
    await _answer(path, rest, headers, send)


async def _answer(path: str, rest: str, headers: dict[str, str], send: Send) -> None:
    match path:
        case "seen":
            await _respond(send, 200, {"content-type": "application/json"}, json.dumps(seen).encode())
        case "coded":
            await _respond(send, 200, XML | {"content-encoding": rest}, pack(FEED * 40, rest))
        case "bomb":
            await _respond(send, 200, XML | {"content-encoding": rest}, _bomb(rest))
        case "conditional":
            known = headers.get("if-none-match") == '"v1"'
            await _respond(send, 304 if known else 200, XML | {"etag": '"v1"'}, b"" if known else FEED)
        case "moved":
            await _respond(send, 301, {"location": "/plain"}, b"")
        case "slow":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(100):
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
                await asyncio.sleep(0.1)
        case "die":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"v2"')]})
            await send({"type": "http.response.body", "body": FEED[: len(FEED) // 2], "more_body": True})
            await asyncio.sleep(0.2)
            os._exit(1)
        case _:
            await asyncio.sleep(0.05)
            await _respond(send, 200, XML, FEED)


async def _respond(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


@cache
def _bomb(coding: str) -> bytes:
    return pack(b"0" * BOMB_BYTES, coding)
