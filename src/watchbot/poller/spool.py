"""A spool directory: files that an agency's client drops are read, ingested, and moved to done/ or failed/.

    watchfiles, or the sweep ──> settled? ──> read ──> ingest (commits) ──> done/   (or failed/, with a .error beside)

Never half-written: a file counts when its size and time have not changed for `settle`, and names that clients use for
files in progress are passed over (rename into place is then seen as a new file). Never lost: a file is moved only after
its entries are committed; a crash in between ingests it again, which the seen-keys make harmless. An error that may
pass (a busy database) leaves the file where it is for the next sweep.
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
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """End `run` after the file in hand."""
        self._stop.set()

    async def run(self) -> None:
        """Ingest files as they come, until `stop`."""
        await asyncio.to_thread(self._prepare)
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
        with os.scandir(self._directory) as entries:
            for entry in entries:
                if in_progress(entry.name) or not entry.is_file(follow_symlinks=False):
                    continue
                try:
                    stat = entry.stat(follow_symlinks=False)
                    seen = look(self._seen.get(entry.name), stat.st_size, stat.st_mtime_ns, stat.st_ino, now)
                    complete = looks_complete(_tail(Path(entry.path), stat.st_size))
                except OSError:
                    continue  # gone meanwhile, or not ours to read yet
                present[entry.name] = seen
                ready = settled(seen, now, self._settle, complete=complete)
                found.append((stat.st_mtime_ns, Path(entry.path), ready))
        self._seen = present
        return [(path, ready) for _, path, ready in sorted(found)]

    async def _handle(self, path: Path) -> bool:
        """True when the file was dealt with; False when it is to be tried again."""
        try:
            data = await asyncio.to_thread(self._read, path)
            if data is None:
                return False
            await self._ingest(str(path), data)
        except (StorageError, OSError) as error:
            log.warning("spooled file waits", file=path.name, error=str(error))
            return False
        except ParseError as error:
            log.error("spooled file failed", file=path.name, error=str(error))
            await asyncio.to_thread(self._move, path, FAILED, str(error))
            return True
        except Exception as error:
            log.exception("spooled file failed", file=path.name, error=str(error))
            await asyncio.to_thread(self._move, path, FAILED, f"{type(error).__name__}: {error}")
            return True
        await asyncio.to_thread(self._move, path, DONE, "")
        return True

    def _read(self, path: Path) -> bytes | None:
        """The file's bytes; None when it changed while being read. Raises ParseError when it is too large."""
        before = path.stat()
        if before.st_size > self._max_bytes:
            raise ParseError("too-large", f"larger than {self._max_bytes:,} bytes")
        data = path.read_bytes()
        after = path.stat()
        unchanged = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        return data if unchanged and len(data) == after.st_size else None

    def _move(self, path: Path, folder: str, error: str) -> None:
        """Move beside earlier ones: a name that is taken gets a number, nothing is overwritten."""
        target = self._directory / folder / path.name
        number = 0
        while True:
            try:
                os.link(path, target)  # fails where the name is taken; a rename would replace it
                break
            except FileExistsError:
                number += 1
                target = self._directory / folder / f"{path.stem}.{number}{path.suffix}"
            except OSError:
                if target.exists():
                    number += 1
                    target = self._directory / folder / f"{path.stem}.{number}{path.suffix}"
                    continue
                path.rename(target)  # a file system without hard links
                self._seen.pop(path.name, None)
                self._note(target, error)
                return
        path.unlink()
        self._seen.pop(path.name, None)
        self._note(target, error)

    def _note(self, target: Path, error: str) -> None:
        if error:
            target.with_name(target.name + ".error").write_text(error + "\n", encoding="utf-8")


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, size - 64))
        return file.read(64)
