"""The fetcher over HTTP/2 with a real server: agreed on by ALPN, multiplexed, every coding, and every way it breaks."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from servers.h2_app import FEED
from servers.h2_server import H2Server
from watchbot.errors import FetchError
from watchbot.fetch import Fetcher, FetchOptions, FetchRequest

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def shared() -> Iterator[H2Server]:
    with H2Server() as running:
        yield running


@pytest.fixture
async def fetcher(shared: H2Server) -> AsyncIterator[Fetcher]:
    options = FetchOptions(deadline=timedelta(seconds=10), max_bytes=2 * MEGABYTE, allow_private_networks=True)
    running = Fetcher(options, ssl_context=shared.ca_context())
    yield running
    await running.aclose()


async def body(fetcher: Fetcher, server: H2Server, path: str) -> bytes:
    return (await fetcher.fetch(FetchRequest(server.url(path)))).body


async def seen(fetcher: Fetcher, server: H2Server, path: str) -> list[dict[str, Any]]:
    """The requests for a path that the server has seen."""
    return [row for row in json.loads(await body(fetcher, server, "/seen")) if row["path"] == path]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_every_coding(shared: H2Server, fetcher: Fetcher, coding: str) -> None:
    response = await fetcher.fetch(FetchRequest(shared.url(f"/coded/{coding}")))
    assert response.body == FEED * 40 and not response.truncated
    request = (await seen(fetcher, shared, "coded"))[-1]
    assert request["version"] == "2"
    accepted = {part.strip() for part in request["headers"]["accept-encoding"].split(",")}
    assert {"gzip", "deflate", "br", "zstd"} <= accepted


async def test_validators_and_redirects(shared: H2Server, fetcher: Fetcher) -> None:
    first = await fetcher.fetch(FetchRequest(shared.url("/conditional")))
    assert (first.status, first.body, first.etag) == (200, FEED, '"v1"')
    second = await fetcher.fetch(FetchRequest(shared.url("/conditional"), first.etag))
    assert second.not_modified and second.body == b""
    moved = await fetcher.fetch(FetchRequest(shared.url("/moved")))
    assert moved.body == FEED and moved.permanent_url == shared.url("/plain")


async def test_many_at_once_share_a_connection(shared: H2Server, fetcher: Fetcher) -> None:
    assert await body(fetcher, shared, "/many") == FEED
    assert await asyncio.gather(*(body(fetcher, shared, "/many") for _ in range(59))) == [FEED] * 59
    requests = await seen(fetcher, shared, "many")
    assert len(requests) == 60 and {row["version"] for row in requests} == {"2"}
    assert len({row["peer"] for row in requests}) == 1


@pytest.mark.fault(25)
@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
async def test_a_bomb_ends_at_the_cap_and_the_connection_serves_on(
    shared: H2Server, fetcher: Fetcher, coding: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        with pytest.raises(FetchError) as raised:
            await body(fetcher, shared, f"/bomb/{coding}")
        assert raised.value.kind == "too-large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    assert await body(fetcher, shared, "/plain") == FEED


@pytest.mark.fault(26)
async def test_a_slow_answer_ends_at_the_deadline_and_others_go_on(shared: H2Server) -> None:
    options = FetchOptions(deadline=timedelta(seconds=1), allow_private_networks=True)
    fetcher = Fetcher(options, ssl_context=shared.ca_context())
    slow = asyncio.create_task(body(fetcher, shared, "/slow"))
    assert await body(fetcher, shared, "/plain") == FEED
    with pytest.raises(FetchError) as raised:
        await slow
    assert raised.value.kind == "timeout"
    assert await body(fetcher, shared, "/plain") == FEED
    await fetcher.aclose()


@pytest.mark.fault(30)
async def test_a_server_that_dies_in_its_answer_is_away_and_comes_back() -> None:
    with H2Server() as server:
        fetcher = Fetcher(FetchOptions(allow_private_networks=True), ssl_context=server.ca_context())
        assert await body(fetcher, server, "/plain") == FEED
        broken = await fetcher.fetch(FetchRequest(server.url("/die")))
        assert broken.truncated and broken.body == FEED[: len(FEED) // 2] and broken.etag is None
        server.kill()
        with pytest.raises(FetchError) as raised:
            await body(fetcher, server, "/plain")
        assert raised.value.kind == "connect"
        await asyncio.to_thread(server.start)
        assert await body(fetcher, server, "/plain") == FEED
        server.kill()
        await asyncio.to_thread(server.start)  # the kept connection is dead, which nobody notices before asking
        assert await body(fetcher, server, "/plain") == FEED
        await fetcher.aclose()
