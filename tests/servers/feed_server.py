"""A feed server on loopback that keeps conditional GET properly, and misbehaves in every way a test asks for.

    async with FeedServer() as server:
        server.put("/feed.xml", RSS, etag='"v1"')           # a document, with conditional GET
        server.behave("/bomb", bomb("gzip", 100_000_000))   # a fault
        ... fetch server.url("/feed.xml") ...
        server.requests("/feed.xml")[-1].headers["if-none-match"]

Raw asyncio streams, so that it can break HTTP itself. `FeedServer(tls="valid" | "expired" | "wrong-name")` speaks
HTTPS with a certificate of its own authority; `server.ca_context()` trusts that authority.
`SyncFeedServer` is the same in a thread of its own, for tests that run the bot in a process.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import ssl
import struct
import threading
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Self

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found", 410: "Gone"}


@dataclass(frozen=True)
class Request:
    """A request as it came. Header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    peer: str


@dataclass
class Document:
    """What a path serves. `encoding`: gzip, br, zstd, deflate or None."""

    body: bytes
    content_type: str = "application/rss+xml; charset=utf-8"
    status: int = 200
    etag: str | None = None
    last_modified: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None
    delay: float = 0.0
    conditional: bool = True


Behaviour = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers."""
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def pack(body: bytes, encoding: str | None) -> bytes:
    """`body` under a content encoding."""
    if encoding is None:
        return body
    if encoding == "gzip":
        return gzip.compress(body, 9)
    if encoding == "deflate":
        return zlib.compress(body, 9)
    if encoding == "br":
        import brotli

        return bytes(brotli.compress(body))
    import zstandard

    return zstandard.ZstdCompressor().compress(body)


class FeedServer:
    """See the module."""

    def __init__(self, *, tls: str | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self._documents: dict[str, Document] = {}
        self._behaviours: dict[str, Behaviour] = {}
        self._sequences: dict[str, list[Document | Behaviour]] = {}
        self._tls = tls
        self._host = host
        self._port = port
        self._ca: object = None
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.log: list[Request] = []
        self.counts: Counter[str] = Counter()
        self.connections = 0
        self.open_requests = 0
        self.most_open = 0
        """Most requests that were being answered at one moment."""
        self.keep_log = True

    # -- what it serves ------------------------------------------------------------------------------------------

    def put(
        self,
        path: str,
        body: bytes | str,
        *,
        content_type: str = "application/rss+xml; charset=utf-8",
        status: int = 200,
        etag: str | None = "auto",
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
        encoding: str | None = None,
        delay: float = 0.0,
        conditional: bool = True,
    ) -> Document:
        """Serve `body` at `path` from now on. etag "auto": a hash of the body; None: none."""
        data = body.encode() if isinstance(body, str) else body
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"' if etag == "auto" else etag
        document = Document(
            data, content_type, status, tag, last_modified, dict(headers or {}), encoding, delay, conditional
        )
        self._documents[path] = document
        self._behaviours.pop(path, None)
        return document

    def behave(self, path: str, behaviour: Behaviour) -> None:
        """Let a fault answer `path` from now on (until `put`)."""
        self._behaviours[path] = behaviour

    def sequence(self, path: str, answers: Sequence[Document | Behaviour]) -> None:
        """Answer the next requests of `path` with these, one each; then as before."""
        self._sequences[path] = list(answers)

    def remove(self, path: str) -> None:
        """404 from now on."""
        self._documents.pop(path, None)
        self._behaviours.pop(path, None)

    def url(self, path: str, host: str | None = None) -> str:
        """The address of `path`; `host` instead of 127.0.0.1 (say, localhost)."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host or self._host}:{self.port}{path}"

    @property
    def port(self) -> int:
        assert self._server is not None, "not started"
        return int(self._server.sockets[0].getsockname()[1])

    def requests(self, path: str) -> list[Request]:
        """Requests of `path` so far, oldest first."""
        return [request for request in self.log if request.path == path]

    # -- running -------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        context = self._server_context() if self._tls else None
        self._server = await asyncio.start_server(self._serve, self._host, self._port, ssl=context, backlog=4096)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        # Handlers see their connection aborted; a loop turn or two lets them leave.
        deadline = asyncio.get_running_loop().time() + 5
        while self._writers and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.005)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.stop()

    def _server_context(self) -> ssl.SSLContext:
        import trustme

        ca = trustme.CA()
        self._ca = ca
        if self._tls == "expired":
            then = datetime.now(UTC) - timedelta(days=3)
            certificate = ca.issue_cert("127.0.0.1", "localhost", not_before=then - timedelta(days=9), not_after=then)
        elif self._tls == "wrong-name":
            certificate = ca.issue_cert("elsewhere.example")
        else:
            certificate = ca.issue_cert("127.0.0.1", "localhost", "feeds.example", "rebind.example")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context

    def ca_context(self) -> ssl.SSLContext:
        """A client context that trusts this server's authority."""
        context = ssl.create_default_context()
        self._ca.configure_trust(context)  # type: ignore[attr-defined]
        return context

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while (request := await self._read(reader, writer)) is not None:
                self.open_requests += 1
                self.most_open = max(self.most_open, self.open_requests)
                try:
                    await self._answer(request, writer)
                finally:
                    self.open_requests -= 1
                if writer.is_closing():
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError, TimeoutError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
        try:
            block = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = block.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        path, _, query = target.partition("?")
        peer = str(writer.get_extra_info("peername"))
        request = Request(method, path, query, headers, body, datetime.now(UTC), peer)
        self.counts[path] += 1
        if self.keep_log:
            self.log.append(request)
        return request

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        queued = self._sequences.get(request.path)
        answer: Document | Behaviour | None = queued.pop(0) if queued else None
        answer = answer or self._behaviours.get(request.path) or self._documents.get(request.path)
        if answer is None:
            answer = Document(b"no such page", "text/plain", 404)
        if isinstance(answer, Document):
            await serve_document(answer, request, writer)
        else:
            await answer(request, writer)


async def serve_document(document: Document, request: Request, writer: asyncio.StreamWriter) -> None:
    """A well-behaved answer."""
    if document.delay:
        await asyncio.sleep(document.delay)
    headers = {"Content-Type": document.content_type, **document.headers}
    if document.etag:
        headers["ETag"] = document.etag
    if document.last_modified:
        headers["Last-Modified"] = document.last_modified
    if document.conditional and document.status == 200 and _unchanged(document, request):
        writer.write(head(304, {k: v for k, v in headers.items() if k != "Content-Type"}))
        await writer.drain()
        return
    body = pack(document.body, document.encoding)
    if document.encoding:
        headers["Content-Encoding"] = document.encoding
    headers["Content-Length"] = str(len(body))
    writer.write(head(document.status, headers) + (b"" if request.method == "HEAD" else body))
    await writer.drain()


def _unchanged(document: Document, request: Request) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return document.etag is not None and document.etag in [tag.strip() for tag in tags.split(",")]
    since = request.headers.get("if-modified-since")
    return since is not None and since == document.last_modified


# -- faults ------------------------------------------------------------------------------------------------------------


def endless(chunk: bytes = b"<item><title>more</title></item>" * 500, start: bytes = b"<rss><channel>") -> Behaviour:
    """A body that never ends, as fast as the reader takes it."""

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"Content-Type": "application/rss+xml", "Connection": "close"}) + start)
        while not writer.is_closing():
            writer.write(chunk)
            await writer.drain()

    return behaviour


def trickle(body: bytes, interval: float = 1.0, *, headers_too: bool = False) -> Behaviour:
    """One byte each `interval` seconds; the headers as well when `headers_too`."""

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        start = head(200, {"Content-Type": "application/rss+xml", "Content-Length": str(len(body))})
        if not headers_too:
            writer.write(start)
        for byte in (start + body) if headers_too else body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(interval)

    return behaviour


def hang() -> Behaviour:
    """Accepts the request and says nothing."""

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            await asyncio.sleep(0.05)

    return behaviour


def bomb_bytes(encoding: str, size: int) -> bytes:
    """`size` zero bytes under `encoding`: a thousandth of it, or less."""
    if encoding in ("gzip", "deflate"):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
        block = bytes(1 << 20)
        parts = [packer.compress(block) for _ in range(size >> 20)]
        return b"".join([*parts, packer.flush()])
    if encoding == "br":
        import brotli

        packer = brotli.Compressor(quality=5)
        block = bytes(1 << 20)
        parts = [packer.process(block) for _ in range(size >> 20)]
        return b"".join([*parts, packer.finish()])
    # zstd by hand (RFC 8878): a frame of RLE blocks, 4 bytes for each 128 KB.
    blocks = max(1, size >> 17)
    parts = [struct.pack("<I", 0xFD2FB528), bytes([0x00, 0x38])]  # window of 128 KB
    for index in range(blocks):
        header = (131072 << 3) | (1 << 1) | (1 if index == blocks - 1 else 0)
        parts.append(struct.pack("<I", header)[:3] + b"\x00")
    return b"".join(parts)


def bomb(encoding: str, size: int) -> Behaviour:
    """A small body that unpacks to `size` bytes, in one chunk."""
    data = bomb_bytes(encoding, size)

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        headers = {"Content-Type": "application/rss+xml", "Content-Encoding": encoding}
        writer.write(head(200, {**headers, "Content-Length": str(len(data))}) + data)
        await writer.drain()

    return behaviour


def redirect(location: str, status: int = 302, headers: Mapping[str, str] | None = None) -> Behaviour:
    """A redirect to `location`, sent as it is."""

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, {"Location": location, "Content-Length": "0", **(headers or {})}))
        await writer.drain()

    return behaviour


def reset(after: bytes = b"") -> Behaviour:
    """Sends `after` (raw) and resets the connection (RST, no FIN)."""

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        if after:
            writer.write(after)
            await writer.drain()
        sock = writer.get_extra_info("socket")
        if sock is not None:
            import socket

            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return behaviour


def raw(data: bytes, *, close: bool = True) -> Behaviour:
    """Exactly these bytes, then the end of the connection."""

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()

    return behaviour


def cut_chunked(body: bytes, keep: int) -> Behaviour:
    """A chunked body that breaks off after `keep` bytes."""
    data = head(200, {"Content-Type": "application/rss+xml", "Transfer-Encoding": "chunked", "ETag": '"cut"'})
    return raw(data + f"{len(body):x}\r\n".encode() + body[:keep])


def cut_length(body: bytes, keep: int) -> Behaviour:
    """A Content-Length of the whole body, and only `keep` bytes of it."""
    headers = {"Content-Type": "application/rss+xml", "Content-Length": str(len(body)), "ETag": '"cut"'}
    return raw(head(200, headers) + body[:keep])


def answer(status: int, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Behaviour:
    """Any status with any headers: 429 with a Retry-After, 403 with cf-mitigated, 410."""
    data = body.encode() if isinstance(body, str) else body

    async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, {"Content-Length": str(len(data)), **(headers or {})}) + data)
        await writer.drain()

    return behaviour


def wrong_etag(etag: str = '"stuck"') -> Callable[[bytes], Behaviour]:
    """A server whose ETag never changes: wrong_etag()(body) answers 304 to any If-None-Match, whatever the body."""

    def with_body(body: bytes) -> Behaviour:
        async def behaviour(request: Request, writer: asyncio.StreamWriter) -> None:
            if "if-none-match" in request.headers:
                writer.write(head(304, {"ETag": etag}))
            else:
                headers = {"Content-Type": "application/rss+xml", "ETag": etag, "Content-Length": str(len(body))}
                writer.write(head(200, headers) + body)
            await writer.drain()

        return behaviour

    return with_body


CHALLENGE = """<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>
<script>window._cf_chl_opt={cvId:'3'}</script><noscript>Enable JavaScript and cookies to continue</noscript>
</body></html>"""


def challenge() -> Behaviour:
    """A Cloudflare challenge, as it is sent to clients without JavaScript."""
    headers = {"Content-Type": "text/html; charset=UTF-8", "Server": "cloudflare", "cf-mitigated": "challenge"}
    return answer(403, CHALLENGE, {**headers, "CF-RAY": "8f00ba4-FRA"})


# -- documents ---------------------------------------------------------------------------------------------------------


def rss(
    entries: Sequence[tuple[str, str] | Mapping[str, str]],
    *,
    title: str = "Test feed",
    link: str = "https://news.example/",
    extra: str = "",
) -> bytes:
    """An RSS 2.0 document. An entry is (guid, title), or a mapping of element names to text, newest first."""
    items = []
    for entry in entries:
        fields = {"guid": entry[0], "title": entry[1]} if isinstance(entry, tuple) else dict(entry)
        fields.setdefault("link", f"{link}{fields.get('guid', 'x')}")
        inner = "".join(f"<{name}>{_escape(value)}</{name}>" for name, value in fields.items())
        opaque = '<guid isPermaLink="false">'
        items.append(f"<item>{inner.replace('<guid>', opaque)}</item>")
    top = f"<title>{_escape(title)}</title><link>{_escape(link)}</link><description>d</description>{extra}"
    text = '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
    return f"{text}{top}{''.join(items)}</channel></rss>".encode()


def rfc822(at: datetime) -> str:
    """A date as RSS has it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# -- in a thread -------------------------------------------------------------------------------------------------------


class SyncFeedServer:
    """A FeedServer in its own thread and loop. `server` may be set up (put, behave) from any thread."""

    def __init__(self, *, tls: str | None = None) -> None:
        self.server = FeedServer(tls=tls)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._done: asyncio.Event | None = None

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        self._done = asyncio.Event()
        async with self.server:
            self._ready.set()
            await self._done.wait()

    def __enter__(self) -> FeedServer:
        self._thread.start()
        assert self._ready.wait(10), "the feed server did not start"
        return self.server

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        assert self._done is not None
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)


@contextlib.asynccontextmanager
async def serving(**documents: bytes | str) -> AsyncIterator[FeedServer]:
    """A FeedServer with documents at /NAME."""
    async with FeedServer() as server:
        for name, body in documents.items():
            server.put(f"/{name}", body)
        yield server


@contextlib.contextmanager
def serving_in_thread(**documents: bytes | str) -> Iterator[FeedServer]:
    """The same in a thread."""
    with SyncFeedServer() as server:
        for name, body in documents.items():
            server.put(f"/{name}", body)
        yield server
