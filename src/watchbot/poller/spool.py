"""A spool directory: files that an agency's client drops are read, ingested, and moved to done/ or failed/.

    watchfiles, or the sweep ──> settled? ──> read ──> ingest (commits) ──> done/   (or failed/, with a .error beside)

Never half-written: a file counts when its size and time have not changed for `settle`, and names that clients use for
files in progress are passed over (rename into place is then seen as a new file). Never lost: a file is moved only after
its entries are committed; a crash in between ingests it again, which the seen-keys make harmless. What a client puts
under the name of a file in hand is not moved with it. An error that may pass (a busy database) leaves the file where it
is for the next sweep. A file that is ingested and cannot be moved (done/ is full, or not ours to write) stays, is said
once, and is not read again; the files behind it go on.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
import watchfiles

from watchbot.errors import ParseError, StorageError

log = structlog.stdlib.get_logger(__name__)
Ingest = Callable[[str, bytes], Awaitable[object]]
"""(path, bytes) -> after the commit. Raises ParseError for a file that no retry makes readable."""
_IN_PROGRESS = re.compile(
    r"(?i)^[.~_]|\.(tmp|temp|part|partial|filepart|crdownload|swp|writing|incomplete|lock|error)$|~$"
)
MAX_BYTES = 50_000_000
DONE, FAILED = "done", "failed"


def in_progress(name: str) -> bool:
    """Whether a client is still writing a file of this name, by the usual conventions."""
    return bool(_IN_PROGRESS.search(name))


@dataclass(frozen=True, slots=True)
class Seen:
    """A file's state at one look."""

    size: int
    changed_ns: int
    inode: int
    since: float
    """Since when it has been in this state, on the monotonic clock."""


def look(previous: Seen | None, size: int, changed_ns: int, inode: int, at: float) -> Seen:
    """The file's state now; `since` stays while nothing changes."""
    same = previous and (previous.size, previous.changed_ns, previous.inode) == (size, changed_ns, inode)
    return Seen(size, changed_ns, inode, previous.since if previous and same else at)


def settled(seen: Seen, at: float, settle: float, *, complete: bool) -> bool:
    """Whether a file can be read. An empty file waits ten times longer: some clients create before they write.

    `complete`: its end shows that it is whole, so a short wait is enough.
    """
    wait = settle * (10 if seen.size == 0 else 1 if complete else 5)
    return at - seen.since >= wait


def looks_complete(tail: bytes) -> bool:
    """Whether the last bytes can be the end of a document: a closing tag or brace, or ETX of IPTC 7901."""
    end = tail.rstrip(b" \t\r\n\x00")
    return end.endswith((b">", b"}", b"]", b"\x03", b"\x04"))


State = tuple[int, int, int]
"""Size, time of change (ns), inode: a file with all three unchanged is the one that was read."""


class Spool:
    """Watches one directory. `run` until cancelled or `stop`; `sweep` handles what is there now."""

    def __init__(
        self,
        directory: Path,
        ingest: Ingest,
        *,
        settle: timedelta = timedelta(seconds=1),
        every: timedelta = timedelta(seconds=5),
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`every`: the sweep that finds what the file system did not announce (network shares never do)."""
        self._directory, self._ingest = directory, ingest
        self._settle, self._every = settle.total_seconds(), every.total_seconds()
        self._max_bytes, self._clock = max_bytes, clock
        self._seen: dict[str, Seen] = {}
        self._unmoved: dict[str, tuple[State, str, str]] = {}
        """What was dealt with and could not be moved: as it was then, whereto, and why it failed."""
        self._unreadable: set[str] = set()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """End `run` after the file in hand."""
        self._stop.set()

    async def run(self) -> None:
        """Ingest files as they come, until `stop`."""
        await asyncio.to_thread(self._prepare)
        await asyncio.to_thread(self._recover)
        changed = asyncio.Event()
        changed.set()
        watcher = asyncio.create_task(self._watch(changed))
        try:
            while not self._stop.is_set():
                pending = await self.sweep()
                wait = self._settle / 2 if pending else self._every
                try:
                    await asyncio.wait_for(changed.wait(), max(wait, 0.02))
                    await asyncio.sleep(min(self._settle / 4, 0.25))  # more of the same file is likely to follow
                except TimeoutError:
                    pass
                changed.clear()
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    async def run_once(self, patience: timedelta) -> int:
        """Ingest what is there now, waiting up to `patience` for files to settle. Answers how many are left."""
        await asyncio.to_thread(self._prepare)
        await asyncio.to_thread(self._recover)
        deadline = self._clock() + patience.total_seconds()
        while (left := await self.sweep()) and self._clock() < deadline:  # noqa: ASYNC110 - time itself settles a file
            await asyncio.sleep(max(self._settle / 4, 0.02))
        return left

    async def _watch(self, changed: asyncio.Event) -> None:
        try:
            async for _ in watchfiles.awatch(
                self._directory, recursive=False, stop_event=self._stop, debounce=100, step=20, rust_timeout=1000
            ):
                changed.set()
        except (OSError, RuntimeError) as error:
            log.warning("spool is swept only", directory=str(self._directory), error=str(error))
        finally:
            changed.set()

    def _prepare(self) -> None:
        for folder in (self._directory, self._directory / DONE, self._directory / FAILED):
            folder.mkdir(parents=True, exist_ok=True)

    def _recover(self) -> None:
        """Give back what a crash left between the directories: perhaps nobody has read it."""
        for folder in (DONE, FAILED):
            for taken in (self._directory / folder).glob(f"{_TAKEN}*"):
                _place(taken, self._directory / taken.name.removeprefix(_TAKEN))

    async def sweep(self) -> int:
        """Ingest every settled file, oldest first. Answers how many are left (unsettled, or to be tried again)."""
        left = 0
        await asyncio.to_thread(self._prepare)
        for path, ready in await asyncio.to_thread(self._look_around):
            if self._stop.is_set():
                return left + 1
            if not ready or not await self._handle(path):
                left += 1
        return left

    def _look_around(self) -> list[tuple[Path, bool]]:
        now = self._clock()
        found: list[tuple[int, Path, bool]] = []
        present: dict[str, Seen] = {}
        unreadable: set[str] = set()
        with os.scandir(self._directory) as entries:
            for entry in entries:
                if in_progress(entry.name) or not entry.is_file(follow_symlinks=False):
                    continue
                try:
                    stat = entry.stat(follow_symlinks=False)
                    seen = look(self._seen.get(entry.name), stat.st_size, stat.st_mtime_ns, stat.st_ino, now)
                    complete = looks_complete(_tail(Path(entry.path), stat.st_size))
                except FileNotFoundError:
                    continue  # gone meanwhile
                except OSError as error:
                    unreadable.add(entry.name)
                    if entry.name not in self._unreadable:
                        log.error("spooled file cannot be read", file=entry.name, error=str(error))
                    continue
                present[entry.name] = seen
                ready = settled(seen, now, self._settle, complete=complete)
                found.append((stat.st_mtime_ns, Path(entry.path), ready))
        self._seen, self._unreadable = present, unreadable
        return [(path, ready) for _, path, ready in sorted(found)]

    async def _handle(self, path: Path) -> bool:
        """True when the file was dealt with; False when it is to be tried again."""
        try:
            state = _state(await asyncio.to_thread(path.stat))
            if path.name in self._unmoved and self._unmoved[path.name][0] == state:
                return await self._put_away(path, *self._unmoved[path.name])
            data = await asyncio.to_thread(self._read, path)
            if data is None:
                return False
            await self._ingest(str(path), data)
        except (StorageError, OSError) as error:
            log.warning("spooled file waits", file=path.name, error=str(error))
            return False
        except ParseError as error:
            log.error("spooled file failed", file=path.name, error=str(error))
            return await self._put_away(path, state, FAILED, str(error))
        except Exception as error:
            log.exception("spooled file failed", file=path.name, error=str(error))
            return await self._put_away(path, state, FAILED, f"{type(error).__name__}: {error}")
        return await self._put_away(path, state, DONE, "")

    async def _put_away(self, path: Path, state: State, folder: str, reason: str) -> bool:
        """Move what was dealt with; False when that has to be tried again, or another file has its name now."""
        try:
            moved = await asyncio.to_thread(self._move, path, state, folder, reason)
        except OSError as error:
            if path.name not in self._unmoved:
                log.error("spooled file cannot be moved", file=path.name, folder=folder, error=str(error))
            self._unmoved[path.name] = (state, folder, reason)
            return False
        self._unmoved.pop(path.name, None)
        return moved

    def _read(self, path: Path) -> bytes | None:
        """The file's bytes; None when it changed while being read. Raises ParseError when it is too large."""
        before = path.stat()
        if before.st_size > self._max_bytes:
            raise ParseError("too-large", f"larger than {self._max_bytes:,} bytes")
        data = path.read_bytes()
        return data if _state(path.stat()) == _state(before) and len(data) == before.st_size else None

    def _move(self, path: Path, state: State, folder: str, reason: str) -> bool:
        """Move the file that was read; False when another one has taken its name meanwhile (it is left there)."""
        taken = self._directory / folder / f"{_TAKEN}{path.name}"
        path.rename(taken)  # in one step, so that what is looked at next is what will be moved
        self._seen.pop(path.name, None)
        if _state(taken.stat()) != state:
            _place(taken, path)
            return False
        target = _place(taken, self._directory / folder / path.name)
        if reason:
            target.with_name(target.name + ".error").write_text(reason + "\n", encoding="utf-8")
        return True


_TAKEN = ".taken-"
"""Begins the name of a file on its way, which `in_progress` passes over."""


def _state(stat: os.stat_result) -> State:
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _place(taken: Path, wanted: Path) -> Path:
    """Give a file its name beside earlier ones: a name that is taken gets a number, nothing is overwritten."""
    number = 0
    target = wanted
    while True:
        try:
            os.link(taken, target)  # fails where the name is taken; a rename would replace it
            taken.unlink()
            return target
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            if not target.exists():
                return taken.rename(target)
        number += 1
        target = wanted.with_name(f"{wanted.stem}.{number}{wanted.suffix}")


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, size - 64))
        return file.read(64)
