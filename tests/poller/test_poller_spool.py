"""The spool directory: nothing lost, nothing read half-written, over real files."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from watchbot.errors import ParseError, StorageBusy
from watchbot.poller.spool import Spool, in_progress, looks_complete

SETTLE = timedelta(seconds=0.1)
EVERY = timedelta(seconds=0.3)


class Ingest:
    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.errors: dict[str, list[Exception]] = {}

    async def __call__(self, path: str, data: bytes) -> None:
        name = Path(path).name
        assert Path(path).exists(), "moved before the commit"
        if self.errors.get(name):
            raise self.errors[name].pop(0)
        self.got.append((name, data))


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        await asyncio.sleep(0.01)


class Running:
    def __init__(self, folder: Path, ingest: Ingest) -> None:
        self.spool = Spool(folder, ingest, settle=SETTLE, every=EVERY)

    async def __aenter__(self) -> Spool:
        self._task = asyncio.create_task(self.spool.run())
        return self.spool

    async def __aexit__(self, *error: object) -> None:
        self.spool.stop()
        await asyncio.wait_for(self._task, 10)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.xml", False),
        ("a.xml.tmp", True),
        ("a.part", True),
        (".a.xml", True),
        ("~a", True),
        ("_a.xml", True),
        ("a.xml~", True),
        ("a.FILEPART", True),
        ("temperature.xml", False),
        ("party.txt", False),
    ],
)
def test_names_in_progress(name: str, expected: bool) -> None:
    assert in_progress(name) is expected


@pytest.mark.parametrize(
    ("tail", "expected"), [(b"</newsItem>\r\n", True), (b'"}', True), (b"NNNN\r\n\x03", True), (b"<titl", False)]
)
def test_complete_ends(tail: bytes, expected: bool) -> None:
    assert looks_complete(tail) is expected


async def test_files_are_ingested_and_moved(tmp_path: Path) -> None:
    ingest = Ingest()
    (tmp_path / "early.xml").write_bytes(b"<early/>")
    async with Running(tmp_path, ingest):
        await until(lambda: (tmp_path / "done" / "early.xml").exists())
        (tmp_path / "late.xml").write_bytes(b"<late/>")
        await until(lambda: (tmp_path / "done" / "late.xml").exists())
    assert ingest.got == [("early.xml", b"<early/>"), ("late.xml", b"<late/>")]
    assert not [p for p in tmp_path.iterdir() if p.is_file()]


async def test_a_file_that_grows_is_read_whole(tmp_path: Path) -> None:
    ingest = Ingest()
    async with Running(tmp_path, ingest):
        with (tmp_path / "slow.xml").open("wb") as file:
            for part in (b"<a>", b"x" * 1000, b"<b>", b"y" * 1000, b"</a>"):
                file.write(part)
                file.flush()
                await asyncio.sleep(0.08)
        await until(lambda: bool(ingest.got))
    assert ingest.got[0][1] == b"<a>" + b"x" * 1000 + b"<b>" + b"y" * 1000 + b"</a>"
    assert len(ingest.got) == 1


async def test_a_rename_into_place_is_taken_and_its_temporary_name_is_not(tmp_path: Path) -> None:
    ingest = Ingest()
    async with Running(tmp_path, ingest):
        (tmp_path / "x.xml.tmp").write_bytes(b"<x/>")
        await asyncio.sleep(0.5)
        assert not ingest.got
        (tmp_path / "x.xml.tmp").rename(tmp_path / "x.xml")
        await until(lambda: bool(ingest.got))


async def test_what_cannot_be_read_goes_to_failed_with_its_reason(tmp_path: Path) -> None:
    ingest = Ingest()
    ingest.errors["bad.xml"] = [ParseError("xml", "not XML: line 1")]
    ingest.errors["odd.xml"] = [RuntimeError("a bug")]
    (tmp_path / "bad.xml").write_bytes(b"<bad>")
    (tmp_path / "odd.xml").write_bytes(b"<odd/>")
    (tmp_path / "good.xml").write_bytes(b"<good/>")
    async with Running(tmp_path, ingest):
        await until(lambda: len(list((tmp_path / "failed").glob("*.xml"))) == 2)
        await until(lambda: (tmp_path / "done" / "good.xml").exists())
    assert "not XML" in (tmp_path / "failed" / "bad.xml.error").read_text()
    assert "a bug" in (tmp_path / "failed" / "odd.xml.error").read_text()


async def test_a_busy_database_leaves_the_file_for_later(tmp_path: Path) -> None:
    ingest = Ingest()
    ingest.errors["a.xml"] = [StorageBusy("disk full"), StorageBusy("disk full")]
    (tmp_path / "a.xml").write_bytes(b"<a/>")
    async with Running(tmp_path, ingest):
        await until(lambda: (tmp_path / "done" / "a.xml").exists())
    assert ingest.got == [("a.xml", b"<a/>")]


async def test_a_name_that_comes_again_overwrites_nothing(tmp_path: Path) -> None:
    ingest = Ingest()
    async with Running(tmp_path, ingest):
        for number in range(3):
            (tmp_path / "same.xml").write_bytes(b"<n>%d</n>" % number)
            await until(lambda n=number: len(ingest.got) == n + 1)  # type: ignore[misc]
            await until(lambda: not (tmp_path / "same.xml").exists())
    contents = {p.read_bytes() for p in (tmp_path / "done").iterdir()}
    assert contents == {b"<n>0</n>", b"<n>1</n>", b"<n>2</n>"}


async def test_a_crash_between_commit_and_move_ingests_again(tmp_path: Path) -> None:
    """At least once: the seen-keys make the second time harmless."""

    class Killed(BaseException):
        pass

    got = []

    async def ingest(path: str, data: bytes) -> None:
        got.append(data)
        if len(got) == 1:
            raise Killed

    (tmp_path / "a.xml").write_bytes(b"<a/>")
    spool = Spool(tmp_path, ingest, settle=timedelta())
    with pytest.raises(Killed):
        await spool.sweep()
    assert (tmp_path / "a.xml").exists()
    assert await Spool(tmp_path, ingest, settle=timedelta()).sweep() == 0
    assert got == [b"<a/>", b"<a/>"] and (tmp_path / "done" / "a.xml").exists()


async def test_links_and_folders_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"secret")
    folder = tmp_path / "spool"
    folder.mkdir()
    (folder / "link.xml").symlink_to(outside)
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe.xml")
    ingest = Ingest()
    assert await Spool(folder, ingest, settle=timedelta()).sweep() == 0
    assert not ingest.got and outside.exists()


async def test_a_new_file_under_the_name_of_one_in_hand_is_read_too(tmp_path: Path) -> None:
    """A client that replaces a file while it is ingested loses neither version."""
    got = []

    async def ingest(path: str, data: bytes) -> None:
        got.append(data)
        if len(got) == 1:
            (tmp_path / "a.new").write_bytes(b"<second/>")
            (tmp_path / "a.new").rename(path)

    (tmp_path / "a.xml").write_bytes(b"<first/>")
    spool = Spool(tmp_path, ingest, settle=timedelta())
    assert await spool.sweep() == 1
    assert await spool.sweep() == 0
    assert got == [b"<first/>", b"<second/>"]
    assert [p.read_bytes() for p in (tmp_path / "done").iterdir()] == [b"<second/>"]


async def test_a_file_that_grows_after_it_was_read_is_read_again_whole(tmp_path: Path) -> None:
    got = []

    async def ingest(path: str, data: bytes) -> None:
        got.append(data)
        if len(got) == 1:
            with Path(path).open("ab") as file:
                file.write(b"<more/>")

    (tmp_path / "a.xml").write_bytes(b"<first/>")
    spool = Spool(tmp_path, ingest, settle=timedelta())
    await spool.sweep()
    await spool.sweep()
    assert got == [b"<first/>", b"<first/><more/>"] and (tmp_path / "done" / "a.xml").exists()


async def test_a_file_that_cannot_be_moved_is_read_once_and_the_others_go_on(tmp_path: Path) -> None:
    ingest = Ingest()
    ingest.errors["bad.xml"] = [ParseError("xml", "not XML")]
    for name in ("a.xml", "b.xml", "bad.xml"):
        (tmp_path / name).write_bytes(b"<x/>")
    obstacles = [tmp_path / "done" / ".taken-a.xml", tmp_path / "failed" / ".taken-bad.xml"]
    for obstacle in obstacles:
        (obstacle / "x").mkdir(parents=True)
    spool = Spool(tmp_path, ingest, settle=timedelta())
    for _ in range(3):
        assert await spool.sweep() == 2
    assert sorted(name for name, _ in ingest.got) == ["a.xml", "b.xml"]
    assert (tmp_path / "a.xml").exists() and (tmp_path / "done" / "b.xml").exists()
    for obstacle in obstacles:
        (obstacle / "x").rmdir()
        obstacle.rmdir()
    assert await spool.sweep() == 0
    assert len(ingest.got) == 2 and (tmp_path / "done" / "a.xml").exists()
    assert (tmp_path / "failed" / "bad.xml.error").read_text() == "not XML\n"


async def test_what_a_crash_left_on_its_way_is_given_back(tmp_path: Path) -> None:
    ingest = Ingest()
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / ".taken-a.xml").write_bytes(b"<a/>")
    async with Running(tmp_path, ingest):
        await until(lambda: (tmp_path / "done" / "a.xml").exists())
    assert ingest.got == [("a.xml", b"<a/>")]


async def test_a_file_that_may_not_be_read_is_named_once_and_taken_when_it_may(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "closed.xml").write_bytes(b"<closed/>")
        (folder / "closed.xml").chmod(0)
        (folder / "open.xml").write_bytes(b"<open/>")
        ingest = Ingest()
        spool = Spool(folder, ingest, settle=timedelta())
        with unprivileged():
            for _ in range(3):
                assert await spool.sweep() == 0
        assert [got for got, _ in ingest.got] == ["open.xml"]
        said = capfd.readouterr().out + caplog.text  # where logs go depends on what ran before in this process
        assert said.count("spooled file cannot be read") == 1
        (folder / "closed.xml").chmod(0o644)
        assert await spool.sweep() == 0
        assert [got for got, _ in ingest.got] == ["open.xml", "closed.xml"]


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """For root, whom no permission stops, the rights of nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_too_large_and_empty_files_fail_with_their_reason(tmp_path: Path) -> None:
    async def ingest(path: str, data: bytes) -> None:
        raise ParseError("empty", "the answer is empty")

    with (tmp_path / "huge.xml").open("wb") as file:
        file.truncate(51_000_000)  # sparse: it would be read in no time if it were read
    (tmp_path / "empty.xml").write_bytes(b"")
    spool = Spool(tmp_path, ingest, settle=timedelta())
    assert await spool.sweep() == 0
    assert "larger than 50,000,000 bytes" in (tmp_path / "failed" / "huge.xml.error").read_text()
    assert "empty" in (tmp_path / "failed" / "empty.xml.error").read_text()


async def test_thousands_of_files_at_once_oldest_first(tmp_path: Path) -> None:
    """While a client goes on dropping, under two names for the same bytes, and renames into place."""
    ingest = Ingest()
    for number in range(3_000):
        file = tmp_path / f"{number % 50:02}-{number}.xml"
        file.write_bytes(b"<n>%d</n>" % (number // 2))
        os.utime(file, ns=(number * 10**9, number * 10**9))
    async with Running(tmp_path, ingest):
        await until(lambda: len(ingest.got) > 500, 60)
        for number in range(3_000, 3_100):
            (tmp_path / f"{number}.tmp").write_bytes(b"<n>%d</n>" % number)
            (tmp_path / f"{number}.tmp").rename(tmp_path / f"late-{number}.xml")
        await until(lambda: len(list((tmp_path / "done").iterdir())) == 3_100, 100)
    numbers = [int(name.split("-")[1].removesuffix(".xml")) for name, _ in ingest.got]
    assert numbers[:3_000] == list(range(3_000)) and len(set(numbers)) == 3_100
