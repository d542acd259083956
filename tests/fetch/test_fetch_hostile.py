"""The fetcher against a real server on loopback that misbehaves in every way of the fault table."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import resource
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from servers.feed_server import (
    FeedServer,
    answer,
    bomb,
    challenge,
    cut_chunked,
    cut_length,
    endless,
    hang,
    raw,
    redirect,
    reset,
    rss,
    trickle,
)
from watchbot.errors import FetchError, Refused
from watchbot.fetch import Fetcher, FetchOptions, FetchRequest

FEED = rss([(f"g{i}", f"Entry {i}") for i in range(30)])
MEGABYTE = 1_000_000


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    options = FetchOptions(deadline=timedelta(seconds=5), max_bytes=2 * MEGABYTE, allow_private_networks=True)
    running = Fetcher(options)
    yield running
    await running.aclose()


async def failure(fetcher: Fetcher, url: str, **fields: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(FetchRequest(url, **fields))  # type: ignore[arg-type]
    return caught.value


async def test_validators_are_verbatim_and_304_is_told(server: FeedServer, fetcher: Fetcher) -> None:
    modified = "Sat, 08 Jan 2022 10:00:00 GMT"
    server.put("/f", FEED, etag='W/"we ird"', last_modified=modified)
    first = await fetcher.fetch(FetchRequest(server.url("/f")))
    assert (first.status, first.body, first.etag, first.last_modified) == (200, FEED, 'W/"we ird"', modified)
    second = await fetcher.fetch(FetchRequest(server.url("/f"), first.etag, first.last_modified))
    assert second.not_modified and second.body == b"" and second.etag == 'W/"we ird"'
    sent = server.requests("/f")[-1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"we ird"', modified)
    assert "cookie" not in sent
    third = await fetcher.fetch(FetchRequest(server.url("/f"), first.etag, modified, unconditional=True))
    assert third.body == FEED


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_encodings(server: FeedServer, fetcher: Fetcher, encoding: str) -> None:
    server.put("/f", FEED * 40, encoding=encoding)
    response = await fetcher.fetch(FetchRequest(server.url("/f")))
    assert response.body == FEED * 40
    assert not response.truncated


def peak(*, fresh: bool = False) -> int:
    """The most memory (KB) that this process has held; `fresh`: from now on, or an earlier test's peak hides ours."""
    if fresh:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_a_peak_is_seen_after_a_higher_one() -> None:
    high = bytearray(120 * MEGABYTE)
    del high
    before = peak(fresh=True)
    low = bytearray(60 * MEGABYTE)
    assert peak() - before > 50_000
    del low


@pytest.mark.fault(25)
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_bombs_end_at_the_cap_with_bounded_memory(server: FeedServer, fetcher: Fetcher, encoding: str) -> None:
    server.behave("/bomb", bomb(encoding, 1 << 30))
    before = peak(fresh=True)
    error = await failure(fetcher, server.url("/bomb"))
    grown = peak() - before
    assert isinstance(error, Refused) and error.kind == "too-large"
    assert grown < 40_000, f"{grown} KB more memory"


@pytest.mark.parametrize("sent", ["plain", "in two encodings", "byte by byte"])
async def test_a_gzipped_file_is_unpacked_without_a_header(server: FeedServer, fetcher: Fetcher, sent: str) -> None:
    """Sitemaps of news sites are often files named .xml.gz; some servers compress and do not say so."""
    packed = gzip.compress(FEED)
    if sent == "byte by byte":
        server.behave("/sitemap.xml.gz", trickle(packed, 0.001))
    else:
        server.put("/sitemap.xml.gz", packed, encoding="gzip" if sent == "in two encodings" else None)
    response = await fetcher.fetch(FetchRequest(server.url("/sitemap.xml.gz")))
    assert response.body == FEED


@pytest.mark.fault(25)
async def test_a_gzipped_file_ends_at_the_cap(server: FeedServer, fetcher: Fetcher) -> None:
    server.put("/bomb.xml.gz", gzip.compress(bytes(1 << 28)))
    before = peak(fresh=True)
    error = await failure(fetcher, server.url("/bomb.xml.gz"))
    grown = peak() - before
    assert isinstance(error, Refused) and error.kind == "too-large"
    assert grown < 40_000, f"{grown} KB more memory"


async def test_a_gzipped_file_cut_short_is_not_whole(server: FeedServer, fetcher: Fetcher) -> None:
    server.put("/cut.xml.gz", gzip.compress(FEED)[:-20])
    response = await fetcher.fetch(FetchRequest(server.url("/cut.xml.gz")))
    assert len(response.body) > 100 and FEED.startswith(response.body)
    assert response.etag is None, "the rest is asked for next time"


@pytest.mark.fault(25)
@pytest.mark.parametrize("declared", [False, True])
async def test_large_and_endless_bodies_end_at_the_cap(server: FeedServer, fetcher: Fetcher, declared: bool) -> None:
    if declared:
        server.put("/big", bytes(50 * MEGABYTE))
    else:
        server.behave("/big", endless())
    before = peak(fresh=True)
    error = await failure(fetcher, server.url("/big"))
    assert error.kind == "too-large"
    if not declared:  # the server of a declared body, in this process, hands all of it to its socket
        assert peak() - before < 40_000


@pytest.mark.fault(26)
@pytest.mark.parametrize("behaviour", [trickle(FEED, 0.05), trickle(FEED, 0.05, headers_too=True), hang()])
async def test_a_total_deadline_ends_slow_answers(server: FeedServer, behaviour: object) -> None:
    fetcher = Fetcher(FetchOptions(deadline=timedelta(seconds=0.6), allow_private_networks=True))
    server.behave("/slow", behaviour)  # type: ignore[arg-type]
    started = time.monotonic()
    error = await failure(fetcher, server.url("/slow"))
    assert error.kind == "timeout"
    assert time.monotonic() - started < 3
    await fetcher.aclose()


@pytest.mark.fault(22)
async def test_temporary_redirects_are_followed_and_never_permanent(server: FeedServer, fetcher: Fetcher) -> None:
    server.put("/new", FEED)
    for status in (302, 303, 307):
        server.behave("/old", redirect("/new", status))
        response = await fetcher.fetch(FetchRequest(server.url("/old")))
        assert (response.body, response.final_url, response.permanent_url) == (FEED, server.url("/new"), None)


@pytest.mark.fault(21)
async def test_only_the_permanent_head_of_a_chain_is_permanent(server: FeedServer, fetcher: Fetcher) -> None:
    server.put("/d", FEED)
    server.behave("/a", redirect("/b", 301))
    server.behave("/b", redirect("/c", 308))
    server.behave("/c", redirect("/d", 302))
    response = await fetcher.fetch(FetchRequest(server.url("/a")))
    assert response.final_url == server.url("/d")
    assert response.permanent_url == server.url("/c")


async def test_redirect_loops_end(server: FeedServer, fetcher: Fetcher) -> None:
    server.behave("/a", redirect("/b", 301))
    server.behave("/b", redirect("/a", 301))
    assert (await failure(fetcher, server.url("/a"))).kind == "redirect"
    assert len(server.log) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://h/x", "javascript:alert(1)", "gopher://h/", "http://"])
async def test_redirects_stay_in_http(server: FeedServer, fetcher: Fetcher, target: str) -> None:
    server.behave("/a", redirect(target, 301))
    assert (await failure(fetcher, server.url("/a"))).kind == "redirect"


async def test_credentials_stay_at_their_origin(server: FeedServer, fetcher: Fetcher) -> None:
    async with FeedServer() as other:
        other.put("/f", FEED)
        server.put("/same", FEED)
        server.behave("/away", redirect(other.url("/f"), 302))
        server.behave("/here", redirect("/same", 302))
        headers = {"Authorization": "Bearer s3cret", "X-Key": "k"}
        await fetcher.fetch(FetchRequest(server.url("/away"), headers=headers))
        await fetcher.fetch(FetchRequest(server.url("/here"), headers=headers))
    assert server.requests("/away")[0].headers["authorization"] == "Bearer s3cret"
    assert server.requests("/same")[0].headers["x-key"] == "k"
    assert not {"authorization", "x-key"} & set(other.requests("/f")[0].headers)


async def test_userinfo_becomes_basic_and_is_never_shown(server: FeedServer, fetcher: Fetcher) -> None:
    server.put("/f", FEED)
    url = server.url("/f").replace("http://", "http://user:p%40ss@")
    response = await fetcher.fetch(FetchRequest(url))
    assert server.log[-1].headers["authorization"] == "Basic dXNlcjpwQHNz"
    assert "p%40ss" not in response.final_url


async def test_no_cookies(server: FeedServer, fetcher: Fetcher) -> None:
    server.put("/f", FEED, headers={"Set-Cookie": "id=1; Path=/"})
    for _ in range(2):
        await fetcher.fetch(FetchRequest(server.url("/f"), unconditional=True))
    assert all("cookie" not in request.headers for request in server.log)


@pytest.mark.fault(28)
@pytest.mark.parametrize("fault", ["expired", "wrong-name", "untrusted"])
async def test_bad_certificates_are_errors(fault: str) -> None:
    async with FeedServer(tls="valid" if fault == "untrusted" else fault) as server:
        server.put("/f", FEED)
        context = None if fault == "untrusted" else server.ca_context()
        fetcher = Fetcher(FetchOptions(allow_private_networks=True), ssl_context=context)
        error = await failure(fetcher, server.url("/f"))
        await fetcher.aclose()
    assert error.kind == "tls" and "certificate" in str(error)
    assert not server.log


@pytest.mark.fault(28)
async def test_https_is_never_given_up_for_http() -> None:
    async with FeedServer(tls="valid") as server, FeedServer() as plain:
        plain.put("/f", FEED)
        server.behave("/a", redirect(plain.url("/f"), 301))
        fetcher = Fetcher(FetchOptions(allow_private_networks=True), ssl_context=server.ca_context())
        error = await failure(fetcher, server.url("/a"))
        await fetcher.aclose()
    assert error.kind == "redirect" and not plain.log


async def test_valid_tls() -> None:
    async with FeedServer(tls="valid") as server:
        server.put("/f", FEED)
        fetcher = Fetcher(FetchOptions(allow_private_networks=True), ssl_context=server.ca_context())
        assert (await fetcher.fetch(FetchRequest(server.url("/f")))).body == FEED
        await fetcher.aclose()


@pytest.mark.fault(30)
@pytest.mark.parametrize("behaviour", [cut_chunked(FEED, 900), cut_length(FEED, 900)])
async def test_a_cut_body_is_kept_without_validators(server: FeedServer, fetcher: Fetcher, behaviour: object) -> None:
    server.behave("/cut", behaviour)  # type: ignore[arg-type]
    response = await fetcher.fetch(FetchRequest(server.url("/cut")))
    assert response.truncated and response.body == FEED[:900]
    assert response.etag is None


@pytest.mark.parametrize(
    ("behaviour", "kinds"),
    [
        (reset(), {"connect", "protocol"}),
        (reset(b"HTTP/1.1 200 OK\r\n"), {"connect", "protocol"}),
        (raw(b"\x00\x01\x02 rubbish\r\n\r\n"), {"connect", "protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: twelve\r\n\r\nx"), {"connect", "protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"), {"protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 5\r\n\r\nplain"), {"protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\n\r\n"), {"connect", "protocol"}),
    ],
)
async def test_broken_http_is_an_error(
    server: FeedServer, fetcher: Fetcher, behaviour: object, kinds: set[str]
) -> None:
    server.behave("/x", behaviour)  # type: ignore[arg-type]
    assert (await failure(fetcher, server.url("/x"))).kind in kinds


async def test_a_closed_kept_connection_is_tried_again(server: FeedServer, fetcher: Fetcher) -> None:
    server.put("/f", FEED)
    server.sequence("/f", [reset()])
    assert (await fetcher.fetch(FetchRequest(server.url("/f")))).status == 200


async def test_error_pages_are_responses_with_a_short_body(server: FeedServer, fetcher: Fetcher) -> None:
    server.behave("/c", challenge())
    server.behave("/e", answer(503, b"x" * 300_000, {"Retry-After": "120"}))
    assert (await fetcher.fetch(FetchRequest(server.url("/c")))).headers["cf-mitigated"] == "challenge"
    response = await fetcher.fetch(FetchRequest(server.url("/e")))
    assert (response.status, response.headers["retry-after"]) == (503, "120")
    assert len(response.body) <= 64 * 1024


async def test_no_server_is_a_connect_error(fetcher: Fetcher) -> None:
    async with FeedServer() as server:
        url = server.url("/f")
    assert (await failure(fetcher, url)).kind == "connect"


async def test_many_at_once(server: FeedServer, fetcher: Fetcher) -> None:
    server.put("/f", FEED)
    urls = [server.url("/f")] * 100
    responses = await asyncio.gather(*(fetcher.fetch(FetchRequest(url)) for url in urls))
    assert all(response.body == FEED for response in responses)
