"""The real bot as a process, on real servers: `Bot` writes the files, starts and stops it, and reads what it says."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import leak_watch
from servers.feed_server import rfc822, rss

ROOT = Path(__file__).parents[2]
TIMEOUT = 30.0
RULES = """\
version: 1
entities:
  massimov: {person: Karim Massimov}
  almaty: {place: Almaty, names: {ru: [Алматы, Алма-Ата]}}
rules:
  - {id: massimov, title: Karim Massimov, match: massimov, priority: high}
  - {id: almaty, title: Almaty, match: almaty}
"""
SETTINGS = """\
poll: {interval: 1s, min_interval: 1s, max_interval: 2s, tick: 100ms, max_backoff: 2s}
fetch: {allow_private_networks: true, parse_workers: 1}
stories: {edit_interval: 1s}
storage: {url: "sqlite:///DB", backup_at: null}
"""


def feed(*entries: tuple[str, str], age: timedelta = timedelta(minutes=5)) -> bytes:
    """An RSS document of (guid, title), newest first: the last published `age` ago, ten minutes between two."""
    dates = [rfc822(datetime.now(UTC) - age - i * timedelta(minutes=10)) for i in range(len(entries))]
    return rss([{"guid": g, "title": t, "pubDate": d} for (g, t), d in zip(entries, dates, strict=True)])


class Process:
    """A watchbot process and its output."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.out, self.err = "", ""
        self._readers = [
            asyncio.create_task(self._read(process.stdout, "out")),
            asyncio.create_task(self._read(process.stderr, "err")),
        ]

    async def _read(self, stream: asyncio.StreamReader | None, name: str) -> None:
        assert stream is not None
        while data := await stream.read(65536):
            setattr(self, name, getattr(self, name) + data.decode("utf-8", "replace"))

    async def expect(self, pattern: str, *, where: str = "err", timeout: float = TIMEOUT) -> None:
        """Wait until the output holds the pattern."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not re.search(pattern, getattr(self, where)):
            assert asyncio.get_running_loop().time() < deadline, (
                f"no {pattern!r}\n--out--\n{self.out}\n--err--\n{self.err}"
            )
            assert self.process.returncode is None or all(r.done() for r in self._readers) is False, (
                f"ended with {self.process.returncode} before {pattern!r}\n{self.out}\n{self.err}"
            )
            await asyncio.sleep(0.02)

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Signal it and wait for its end; answers its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.wait()

    async def wait(self, timeout: float = TIMEOUT) -> int:
        """Wait for its end by itself."""
        async with asyncio.timeout(timeout):
            await asyncio.gather(*self._readers)
            leak_watch.note(self.out + self.err, "watchbot")
            return await self.process.wait()


class Bot:
    """A configuration in a folder, and processes that run with it."""

    def __init__(self, folder: Path, feeds: Mapping[str, str], *, settings: str = "", rules: str = RULES) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.config.mkdir()
        self.rules = folder / "rules.yaml"
        self.rules.write_text(rules, encoding="utf-8")
        self.settings = self.config / "watchbot.yaml"
        self.settings.write_text(SETTINGS.replace("DB", str(folder / "bot.db")) + settings, encoding="utf-8")
        self.write_feeds(feeds)
        self.env: dict[str, str] = {}

    def write_feeds(self, feeds: Mapping[str, str]) -> None:
        """feeds.yaml with {name: url}."""
        lines = [f"  - {{url: '{url}', name: {name}, lang: en}}" for name, url in feeds.items()]
        text = "\n".join(["feeds:", *lines]) if lines else "feeds: []"
        (self.config / "feeds.yaml").write_text(text + "\n", encoding="utf-8")

    def launcher(self) -> Sequence[str]:
        """A command before the bot's own, which becomes the bot."""
        return ()

    async def start(self, *args: str) -> Process:
        """Start `watchbot ARGS`."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("WATCHBOT_")}
        env |= {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200", **self.env}
        return Process(
            await asyncio.create_subprocess_exec(
                *self.launcher(),
                sys.executable,
                "-m",
                "watchbot",
                "--config",
                str(self.config),
                *args,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=env,
            )
        )

    async def call(self, *args: str) -> Process:
        """Run `watchbot ARGS` to its end."""
        process = await self.start(*args)
        await process.wait()
        return process

    @asynccontextmanager
    async def running(self, *args: str) -> AsyncIterator[Process]:
        """`watchbot run` for the length of the block; it must end well."""
        process = await self.start("run", *args)
        try:
            await process.expect("started")
            yield process
        except BaseException:
            if process.process.returncode is None:
                process.process.kill()
            await process.wait()
            print(process.out, process.err)
            raise
        status = await process.stop()
        assert status == 0, f"exit status {status}\n{process.err}"
