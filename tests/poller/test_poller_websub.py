"""WebSub against a hub of our own that does what hubs do, and what forgers do."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode

import httpx
import pytest

from servers.feed_server import FeedServer, Request, answer
from watchbot.fetch import Fetcher, FetchOptions
from watchbot.fetch.websub import PushSubscription, ask, links_of, signed
from watchbot.poller.http_server import HttpServer
from watchbot.poller.websub_server import WebSub

TOPIC = "https://news.example/feed"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2022, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Setup:
    """A hub, a subscriber with its callback server, and what was pushed."""

    def __init__(self, hub: FeedServer, fetcher: Fetcher, lease: str = "600") -> None:
        self.hub, self.fetcher, self.lease = hub, fetcher, lease
        self.clock = Clock()
        self.pushed: list[int] = []
        self.forms: list[dict[str, str]] = []
        self.websub = WebSub(self._ask, self._push, clock=self.clock)
        self.server = HttpServer(self.websub.answer)
        hub.behave("/hub", self._hub)

    async def _ask(self, subscription: PushSubscription, mode: str) -> bool:
        return await ask(self.fetcher.post, subscription, f"http://127.0.0.1:{self.server.port}", mode)

    async def _push(self, feed_id: int) -> None:
        self.pushed.append(feed_id)

    async def _hub(self, request: Request, writer: asyncio.StreamWriter) -> None:
        form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
        self.forms.append(form)
        query = {
            "hub.mode": "subscribe",
            "hub.topic": form["hub.topic"],
            "hub.challenge": "c4allenge",
            "hub.lease_seconds": self.lease,
        }
        async with httpx.AsyncClient(trust_env=False) as client:
            verified = await client.get(f"{form['hub.callback']}?{urlencode(query)}")
        assert (verified.status_code, verified.text) == (200, "c4allenge")
        await answer(202)(request, writer)

    async def call(self, method: str, token: str, query: str = "", **fields: object) -> httpx.Response:
        url = f"http://127.0.0.1:{self.server.port}/websub/{token}{query}"
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.request(method, url, **fields)  # type: ignore[arg-type]


@pytest.fixture
async def setup() -> AsyncIterator[Setup]:
    async with FeedServer() as hub:
        fetcher = Fetcher(FetchOptions(allow_private_networks=True))
        made = Setup(hub, fetcher)
        await made.server.start("127.0.0.1", 0)
        yield made
        await made.server.stop()
        await fetcher.aclose()


def signature(secret: str, body: bytes, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


async def test_subscribe_verify_push_renew(setup: Setup) -> None:
    websub, hub_url = setup.websub, setup.hub.url("/hub")
    websub.offer(7, hub_url, TOPIC)
    await websub.renew()
    assert websub.active() == 1
    form = setup.forms[0]
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", TOPIC) and len(form["hub.secret"]) >= 32
    token, body = form["hub.callback"].rsplit("/", 1)[1], b"<rss/>"
    for method in ("sha1", "sha256", "sha512"):
        headers = {"X-Hub-Signature": signature(form["hub.secret"], body, method)}
        assert (await setup.call("POST", token, content=body, headers=headers)).status_code == 202
    assert setup.pushed == [7, 7, 7]
    websub.offer(7, hub_url, TOPIC)
    await websub.renew()
    assert len(setup.forms) == 1  # nothing new, nothing due
    setup.clock.now += timedelta(seconds=481)
    await websub.renew()
    assert len(setup.forms) == 2 and websub.active() == 1
    setup.clock.now += timedelta(seconds=601)
    assert websub.active() == 0


async def test_forged_pushes_and_verifications_do_nothing(setup: Setup) -> None:
    websub = setup.websub
    websub.offer(7, setup.hub.url("/hub"), TOPIC)
    await websub.renew()
    token = setup.forms[0]["hub.callback"].rsplit("/", 1)[1]
    secret = setup.forms[0]["hub.secret"]
    bad = ["", "sha256=", "sha256=00", "md5=" + "0" * 32, signature("wrong", b"x"), signature(secret, b"other")]
    for value in bad:
        await setup.call("POST", token, content=b"x", headers={"X-Hub-Signature": value})
    await setup.call("POST", token, content=b"x")
    assert (await setup.call("POST", "unknown", content=b"x")).status_code == 404
    assert (await setup.call("PUT", token)).status_code == 405
    other = "?hub.mode=subscribe&hub.topic=https://evil.example/&hub.challenge=x"
    assert (await setup.call("GET", token, other)).status_code == 404
    leave = f"?{urlencode({'hub.mode': 'unsubscribe', 'hub.topic': TOPIC, 'hub.challenge': 'x'})}"
    assert (await setup.call("GET", token, leave)).status_code == 404
    assert setup.pushed == [] and websub.active() == 1


async def test_a_denial_is_asked_again_a_day_later(setup: Setup) -> None:
    websub = setup.websub
    websub.offer(7, setup.hub.url("/hub"), TOPIC)
    await websub.renew()
    token = setup.forms[0]["hub.callback"].rsplit("/", 1)[1]
    await setup.call("GET", token, f"?{urlencode({'hub.mode': 'denied', 'hub.topic': TOPIC})}")
    assert websub.active() == 0
    setup.clock.now += timedelta(hours=20)
    await websub.renew()
    assert len(setup.forms) == 1
    setup.clock.now += timedelta(hours=5)
    await websub.renew()
    assert len(setup.forms) == 2


async def test_a_dead_hub_is_asked_with_growing_waits(setup: Setup) -> None:
    setup.hub.behave("/hub", answer(500))
    setup.websub.offer(7, setup.hub.url("/hub"), TOPIC)
    for _ in range(120):
        await setup.websub.renew()
        setup.clock.now += timedelta(minutes=6)
    # In 12 hours: at once, after 5 minutes, an hour, six hours.
    assert 3 <= len(setup.hub.requests("/hub")) <= 5


async def test_hubs_inside_our_network_are_never_asked() -> None:
    async with FeedServer() as server:
        fetcher = Fetcher(FetchOptions())
        subscription = PushSubscription(1, TOPIC, server.url("/hub"), "t", "s")
        assert not await ask(fetcher.post, subscription, "https://bot.example")
        assert server.connections == 0
        await fetcher.aclose()


@pytest.mark.parametrize(
    "junk",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST /websub/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /websub/x HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"x" * 40_000,
        b"\x16\x03\x01\x02\x00",
    ],
)
async def test_junk_is_answered_or_dropped(setup: Setup, junk: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", setup.server.port)
    writer.write(junk)
    if writer.can_write_eof():
        writer.write_eof()
    started = time.monotonic()
    with contextlib.suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), 5)
    assert time.monotonic() - started < 5
    writer.close()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            '<https://hub.example/>; rel="hub", <https://a.example/f>; rel="self"',
            ("https://hub.example/", "https://a.example/f"),
        ),
        ("<https://hub.example/>; rel=hub", ("https://hub.example/", None)),
        ('<https://h.example/>; title="a, b"; rel="alternate hub"', ("https://h.example/", None)),
        ('<javascript:x>; rel="hub"', (None, None)),
        ("", (None, None)),
        ("<" * 9000, (None, None)),
    ],
)
def test_link_headers(header: str, expected: tuple[str | None, str | None]) -> None:
    assert links_of({"link": header}) == expected


def test_signatures_are_exact() -> None:
    assert signed("s", b"body", signature("s", b"body").upper().replace("SHA256", "sha256"))
    assert not signed("s", b"body", None)
