"""HTTP around BotApi: an asyncio server on loopback, in this loop, in a thread of its own, or a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, unquote

from servers.bot_api.core import BotApi
from servers.bot_api.faults import Fault

Reply = tuple[int, bytes, str]
JSON = "application/json"
MAX_BODY = 50 * 1024 * 1024
Control = Callable[[str, dict[str, Any]], Any]


class HttpServer:
    """Serves one BotApi. `control`, when given, answers POST /control/NAME with JSON."""

    def __init__(self, api: BotApi, control: Control | None = None) -> None:
        self.api = api
        self.control = control
        self.port = 0
        self.hang = 60.0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._poll: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self, port: int = 0) -> None:
        self._loop = asyncio.get_running_loop()
        self.api.wake.append(self._wake)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every connection: clients are refused from now on."""
        if self._wake in self.api.wake:
            self.api.wake.remove(self._wake)
        if self._server:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server:
            await self._server.wait_closed()
        self._server = None

    def _wake(self) -> None:
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed.set)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await read_request(reader):
                reply = await self._answer(*request)
                if reply is None:
                    reset(writer)
                    return
                writer.write(http_reply(*reply))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, path: str, headers: dict[str, str], body: bytes) -> Reply | None:
        """The reply, or None to reset the connection."""
        if path.startswith("/control/") and self.control:
            result = self.control(path.removeprefix("/control/"), json.loads(body or b"{}"))
            if isinstance(result, Awaitable):
                result = await result
            return 200, json.dumps(result).encode(), JSON
        _, _, rest = path.partition("/bot")
        token, _, method = rest.partition("/")
        if token != self.api.token:
            code, text = (401, "Unauthorized") if token.split(":")[0].isdigit() and ":" in token else (404, "Not Found")
            return as_reply({"ok": False, "error_code": code, "description": text})
        params = decode(headers, body)
        fault = self.api.fault_for(method, params)
        if fault:
            return await self._fail(fault, method, params)
        if method == "getUpdates":
            return await self._get_updates(params)
        return as_reply(self.api.call(method, params))

    async def _fail(self, fault: Fault, method: str, params: dict[str, Any]) -> Reply | None:
        accepted = fault.accept or fault.kind in ("retry-after", "error")
        answer = self.api.call(method, params, fault) if accepted else {}
        if fault.kind in ("retry-after", "error"):
            return as_reply(answer)
        if fault.kind in ("hang-before", "hang-after"):
            await asyncio.sleep(self.hang)
            return None
        if fault.kind in ("reset-before", "reset-after"):
            return None
        if fault.kind == "invalid-json":
            return 200, b'{"ok":true,"result":{"message_id":', JSON
        return 502, b"<html><head><title>502 Bad Gateway</title></head></html>", "text/html"

    async def _get_updates(self, params: dict[str, Any]) -> Reply:
        """Long poll. A second poller ends the first with a 409, as Telegram does."""
        loop = asyncio.get_running_loop()
        if self._poll and not self._poll.done():
            self._poll.set_result(None)
        mine = self._poll = loop.create_future()
        deadline = loop.time() + params.get("timeout", 0)
        problems = self.api.spec.check_request("getUpdates", params) if self.api.spec else []
        self.api.violations += problems
        while True:
            self._changed.clear()
            updates = self.api.pending(params)
            left = deadline - loop.time()
            if updates or left <= 0:
                mine.cancel()
                return as_reply({"ok": True, "result": updates})
            change = asyncio.ensure_future(self._changed.wait())
            try:
                await asyncio.wait({change, mine}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            finally:
                change.cancel()
            if mine.done():
                text = (
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
                )
                return as_reply({"ok": False, "error_code": 409, "description": text})


def as_reply(answer: dict[str, Any]) -> Reply:
    return answer.get("error_code", 200), json.dumps(answer, ensure_ascii=False).encode(), JSON


REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


def http_reply(status: int, body: bytes, kind: str) -> bytes:
    head = f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}\r\nServer: nginx\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    """Path, headers (lower case) and body of the next request, or None at the connection's end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (h.partition(":") for h in rest) if k}
    size = int(headers.get("content-length", 0))
    if size > MAX_BODY:
        return None
    body = await reader.readexactly(size) if size else b""
    return unquote(line.split(" ")[1]), headers, body


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST in place of FIN."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def decode(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """The parameters of a call, with JSON values decoded (a form carries everything as text)."""
    kind = headers.get("content-type", "")
    if kind.startswith(JSON):
        return dict(json.loads(body))
    if kind.startswith("multipart/"):
        return multipart(kind, body)
    return {k: value_of(k, v) for k, v in parse_qsl(body.decode(), keep_blank_values=True)}


TEXTS = {
    "text",
    "caption",
    "parse_mode",
    "callback_query_id",
    "url",
    "language_code",
    "description",
    "short_description",
    "photo",
    "document",
    "name",
    "action",
}


def value_of(name: str, text: str) -> Any:
    """A form value: text stays text, the rest is JSON where it can be (numbers, booleans, objects)."""
    if name in TEXTS:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def multipart(kind: str, body: bytes) -> dict[str, Any]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    params: dict[str, Any] = {}
    files: dict[str, dict[str, Any]] = {}
    for part in message.iter_parts():  # type: ignore[attr-defined]
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if part.get_filename():
            files[name] = {"name": part.get_filename(), "data": data}
        else:
            params[name] = value_of(name, data.decode())
    for name, value in params.items():
        if isinstance(value, str) and value.startswith("attach://"):
            params[name] = files.pop(value.removeprefix("attach://"))
    return params | files


class LoopThread:
    """An event loop in a thread of its own, for servers beside a blocking test."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="bot-api", daemon=True)
        self.thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=10)
        self.loop.close()
