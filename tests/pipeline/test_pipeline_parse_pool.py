"""The parsers' processes: they answer, they can be killed, and a death costs one document."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from servers.feed_server import rss
from watchbot.errors import ParseError
from watchbot.pipeline.parse_job import ParseJob
from watchbot.pipeline.parse_pool import ParsePool

NOW = datetime(2022, 1, 8, 12, tzinfo=UTC)


def job(data: bytes) -> ParseJob:
    return ParseJob(data, "https://news.example/feed", "application/rss+xml", "auto", None, (), NOW)


def workers() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "watchbot.pipeline.parse_worker" in " ".join(p.cmdline())]


async def test_documents_are_parsed_at_once_and_in_turn() -> None:
    async with ParsePool(2, timedelta(seconds=30)) as pool:
        feeds = await asyncio.gather(*(pool.parse(job(rss([(str(i), f"Title {i}")]))) for i in range(10)))
        assert [feed.entries[0].title for feed in feeds] == [f"Title {i}" for i in range(10)]
        assert len(workers()) <= 2
    assert workers() == []


async def test_what_is_no_feed_is_named() -> None:
    async with ParsePool(1, timedelta(seconds=30)) as pool:
        with pytest.raises(ParseError) as caught:
            await pool.parse(job(b"<!doctype html><html><head><title>Welcome</title></head><body>Hi</body></html>"))
        assert caught.value.kind == "html"
        assert (await pool.parse(job(rss([("1", "Still alive")])))).entries[0].title == "Still alive"


@pytest.mark.fault(29)
async def test_a_parse_that_takes_too_long_is_killed_and_the_next_is_served() -> None:
    async with ParsePool(1, timedelta(seconds=30)) as pool:
        await pool.parse(job(rss([("1", "Warm")])))
        (before,) = workers()
        pool._deadline = 0.0001
        with pytest.raises(ParseError) as caught:
            await pool.parse(job(rss([(str(i), "x" * 500) for i in range(2000)])))
        assert caught.value.kind == "timeout"
        pool._deadline = 30
        assert (await pool.parse(job(rss([("2", "Again")])))).entries[0].title == "Again"
        assert not before.is_running()


async def test_a_process_that_dies_costs_one_document() -> None:
    async with ParsePool(1, timedelta(seconds=30)) as pool:
        await pool.parse(job(rss([("1", "Warm")])))
        for process in workers():
            process.kill()
            process.wait(10)
        with pytest.raises(ParseError) as caught:
            await pool.parse(job(rss([("2", "Lost")])))
        assert caught.value.kind == "crash"
        assert (await pool.parse(job(rss([("3", "Served")])))).entries[0].title == "Served"


async def test_a_cancelled_parse_leaves_no_answer_behind() -> None:
    async with ParsePool(1, timedelta(seconds=30)) as pool:
        slow = asyncio.create_task(pool.parse(job(rss([(str(i), "x" * 200) for i in range(3000)]))))
        await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert (await pool.parse(job(rss([("1", "Mine")])))).entries[0].title == "Mine"
