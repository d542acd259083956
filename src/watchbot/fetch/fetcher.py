"""One polite HTTP GET of a feed, with every limit enforced.

    request -> guard (every hop) -> at most N redirects, handled here -> body as it comes, capped twice -> response

What a server may decide: status, validators, a redirect within http(s). What it may not: how long we wait (one
deadline over everything), how much we read (wire and unpacked), where inside our network we connect, whether TLS is
given up (an https feed is never fetched over http), which credentials go to another host (none), or cookies (none).
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from watchbot.errors import FetchError, Refused
from watchbot.fetch.decode import ACCEPT, BoundedBody
from watchbot.fetch.guard import Resolver, SystemResolver
from watchbot.fetch.network import GuardedBackend, Lost, Transports

ACCEPT_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.6, */*;q=0.5"
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
ERROR_BODY = 64 * 1024
"""Bytes kept of an error page: enough to name it."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """Limits and manners of a Fetcher."""

    user_agent: str = "watchbot/0.1 (news monitor)"
    deadline: timedelta = timedelta(seconds=30)
    """For a whole fetch, redirects included."""
    connect_timeout: timedelta = timedelta(seconds=10)
    max_bytes: int = 10_000_000
    """Of a body, on the wire and again unpacked."""
    max_redirects: int = 5
    allow_private_networks: bool = False


def user_agent(version: str, contact: str) -> str:
    """An honest User-Agent: what we are, and where we can be reached."""
    safe = "".join(char for char in contact if 32 < ord(char) < 127 and char not in "()")
    return f"watchbot/{version} (news monitor; +{safe})" if safe else f"watchbot/{version} (news monitor)"


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch. `headers` are the feed's own (credentials): they go to the feed's origin only."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    unconditional: bool = False
    """Send no validators: finds changes behind a wrong ETag."""


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """What came back, whatever its status. `body` is unpacked; it is empty when `not_modified`."""

    status: int
    final_url: str
    permanent_url: str | None
    """Where permanent redirects (301, 308) alone lead; None when there was none. A 302 or 307 ends it."""
    etag: str | None
    """Verbatim, to be sent again; None when the body is `truncated`, so that the rest is asked for."""
    last_modified: str | None
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    not_modified: bool
    content_type: str | None
    elapsed: timedelta
    truncated: bool = False
    """The connection ended early; `body` is what had come."""

    @property
    def url(self) -> str:
        """The address that relative links are relative to."""
        return self.final_url


@dataclass(frozen=True, slots=True)
class Hop:
    """Where the next request of a redirect chain goes."""

    url: httpx.URL
    same_origin: bool


def next_hop(url: httpx.URL, location: str) -> Hop:
    """Where a redirect leads. Raises Refused("redirect") for schemes other than http(s), and FetchError("redirect").

    An https address never becomes an http one: the target is asked over https too, which also heals the many servers
    behind a TLS proxy that name themselves http.
    """
    try:
        target = url.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("redirect", f"{url.host} redirects to an address that is none") from error
    if target.scheme not in ("http", "https") or not target.host:
        raise Refused("redirect", f"{url.host} redirects to a '{target.scheme[:20]}' address")
    if url.scheme == "https" and target.scheme == "http":
        if target.port is not None:
            raise Refused("redirect", f"{url.host} redirects to an address without TLS")
        target = target.copy_with(scheme="https")
    same = _origin(url) == _origin(target) or _upgraded(url, target)
    userinfo = url.userinfo if same else b""
    return Hop(target.copy_with(userinfo=userinfo, fragment=None), same)


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _upgraded(url: httpx.URL, target: httpx.URL) -> bool:
    """http -> https on one host and default ports: the same site, better protected."""
    default_ports = not url.port and not target.port
    return url.scheme == "http" and target.scheme == "https" and url.host == target.host and default_ports


class Fetcher:
    """Fetches feeds. One per process; `aclose` it at the end."""

    def __init__(
        self,
        options: FetchOptions = FetchOptions(),
        *,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`resolver` and `ssl_context` (trusted certificates) default to the system's and certifi's."""
        self._options = options
        self._clock = clock
        context = ssl_context or httpx.create_ssl_context(trust_env=False)
        backend = GuardedBackend(resolver or SystemResolver(), allow_private=options.allow_private_networks)
        self._transports = Transports(backend, context)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transports.aclose()

    async def fetch(self, request: FetchRequest) -> FetchResponse:
        """GET `request.url`. Any status is a response; raises FetchError (see its kinds), Refused at a limit."""
        started = self._clock()
        try:
            async with asyncio.timeout(self._options.deadline.total_seconds()):
                return await self._follow(request, started)
        except TimeoutError as error:
            seconds = self._options.deadline.total_seconds()
            raise Refused("timeout", f"not complete after {seconds:g} seconds") from error

    async def post(self, url: str, form: Mapping[str, str]) -> int:
        """POST a form (to a WebSub hub), behind the same guard and deadline; the status. Redirects are not followed."""
        target = _parse_url(url)
        outgoing = httpx.Request("POST", target, data=dict(form), headers={"User-Agent": self._options.user_agent})
        outgoing.extensions["timeout"] = self._timeouts()
        try:
            async with asyncio.timeout(self._options.deadline.total_seconds()):
                async with self._transports.to(target) as transport:
                    response = await transport.handle_async_request(outgoing)
                    await response.aclose()
        except TimeoutError as error:
            raise Refused("timeout", f"{target.host}: no answer in time") from error
        return response.status_code

    async def _follow(self, request: FetchRequest, started: float) -> FetchResponse:
        url = _parse_url(request.url)
        own_headers = dict(request.headers)
        permanent: httpx.URL | None = None
        only_permanent = True
        for _ in range(self._options.max_redirects + 1):
            response, body, complete = await self._get(url, request, own_headers)
            location = response.headers.get("location")
            if response.status_code not in REDIRECTS or not location:
                return self._response(request, response, url, permanent, body, complete, started)
            hop = next_hop(url, location)
            only_permanent = only_permanent and response.status_code in PERMANENT
            if only_permanent:
                permanent = hop.url
            if not hop.same_origin:
                own_headers = {}
            url = hop.url
        raise FetchError("redirect", f"more than {self._options.max_redirects} redirects")

    async def _get(
        self, url: httpx.URL, request: FetchRequest, own_headers: Mapping[str, str]
    ) -> tuple[httpx.Response, bytes, bool]:
        try:
            return await self._get_once(url, request, own_headers)
        except Lost:
            return await self._get_once(url, request, own_headers)

    async def _get_once(
        self, url: httpx.URL, request: FetchRequest, own_headers: Mapping[str, str]
    ) -> tuple[httpx.Response, bytes, bool]:
        """(response, body, whether the body is complete)."""
        outgoing = httpx.Request("GET", url, headers=self._headers(url, request, own_headers))
        outgoing.extensions["timeout"] = self._timeouts()
        async with self._transports.to(url) as transport:
            response = await transport.handle_async_request(outgoing)
            try:
                body, complete = await self._read(response)
            finally:
                await response.aclose()
        return response, body, complete

    def _timeouts(self) -> dict[str, float]:
        seconds = self._options.deadline.total_seconds()
        connect = min(seconds, self._options.connect_timeout.total_seconds())
        return {"connect": connect, "read": seconds, "write": seconds, "pool": seconds}

    def _headers(self, url: httpx.URL, request: FetchRequest, own: Mapping[str, str]) -> httpx.Headers:
        headers = httpx.Headers(
            {"User-Agent": self._options.user_agent, "Accept": ACCEPT_FEEDS, "Accept-Encoding": ACCEPT}
        )
        if url.userinfo:
            pair = f"{url.username}:{url.password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        if not request.unconditional:
            if request.etag:
                headers["If-None-Match"] = request.etag
            if request.last_modified:
                headers["If-Modified-Since"] = request.last_modified
        headers.update(own)
        return headers

    async def _read(self, response: httpx.Response) -> tuple[bytes, bool]:
        if response.status_code in REDIRECTS or response.status_code == 304:
            return b"", True
        good = 200 <= response.status_code < 300
        limit = self._options.max_bytes if good else min(ERROR_BODY, self._options.max_bytes)
        length = response.headers.get("content-length", "")
        if good and length.isdecimal() and int(length) > limit:
            raise Refused("too-large", f"the document is larger than {limit:,} bytes")
        body = BoundedBody(response.headers.get("content-encoding", ""), limit)
        try:
            async for part in response.stream:  # type: ignore[union-attr]
                body.add(part)
        except Refused:
            if good:
                raise
            return body.take(), False
        except FetchError as error:
            if error.kind != "protocol" or not body.size:
                raise
            return body.take(), False
        return body.take(), body.complete()

    def _response(
        self,
        request: FetchRequest,
        response: httpx.Response,
        url: httpx.URL,
        permanent: httpx.URL | None,
        body: bytes,
        complete: bool,
        started: float,
    ) -> FetchResponse:
        headers = {name.lower(): value for name, value in response.headers.items()}
        whole = complete or response.status_code == 304
        return FetchResponse(
            status=response.status_code,
            final_url=_shown(url),
            permanent_url=_shown(permanent) if permanent is not None else None,
            etag=headers.get("etag") if whole else None,
            last_modified=headers.get("last-modified") if whole else None,
            headers=headers,
            body=body,
            not_modified=response.status_code == 304,
            content_type=headers.get("content-type"),
            elapsed=timedelta(seconds=max(0.0, self._clock() - started)),
            truncated=not complete,
        )


def _parse_url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused("refused", f"'{text[:200]}' is no address") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise Refused("refused", f"'{text[:200]}' is no http or https address")
    return url.copy_with(fragment=None)


def _shown(url: httpx.URL) -> str:
    """The address without credentials."""
    return str(url.copy_with(userinfo=b"") if url.userinfo else url)
