"""A few processes that parse, each of which can be killed.

feedparser holds the interpreter for tens of milliseconds, and for seconds on hostile input: in a thread that stalls
every timer of the bot. In processes the loop's lag stays at a few milliseconds, and a document that takes too long
costs one process.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from datetime import timedelta
from types import TracebackType

from watchbot.errors import ParseError
from watchbot.model import ParsedFeed
from watchbot.pipeline.parse_job import HEADER, ParseFailure, ParseJob

JOBS_PER_WORKER = 2000
"""A worker is replaced after this many documents: what libraries leak ends with it."""


class _Worker:
    """One process; at most one job in it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.jobs = 0

    @classmethod
    async def start(cls) -> _Worker:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "watchbot.pipeline.parse_worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def run(self, job: ParseJob) -> ParsedFeed | ParseFailure:
        """Send a job and read its result; raises IncompleteReadError or OSError when the process died."""
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("worker without pipes")
        self.jobs += 1
        body = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.write(HEADER.pack(len(body)) + body)
        await self._process.stdin.drain()
        header = await self._process.stdout.readexactly(HEADER.size)
        result: ParsedFeed | ParseFailure = pickle.loads(  # noqa: S301 - our own process wrote it
            await self._process.stdout.readexactly(HEADER.unpack(header)[0])
        )
        return result

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        # The transport is closed here, while the loop lives, and not by the garbage collector after it.
        self._process._transport.close()  # type: ignore[attr-defined]


class ParsePool:
    """`parse(job)` in one of `workers` processes, started when first needed.

    Raises ParseError: kind "timeout" when the job took longer than `deadline`, "crash" when its process died.
    """

    def __init__(self, workers: int, deadline: timedelta) -> None:
        self._deadline = deadline.total_seconds()
        self._idle: list[_Worker] = []
        self._slots = asyncio.Semaphore(workers)

    async def __aenter__(self) -> ParsePool:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def parse(self, job: ParseJob) -> ParsedFeed:
        """The parsed document, or ParseError."""
        async with self._slots:
            worker = self._idle.pop() if self._idle else await _Worker.start()
            finished = False
            try:
                async with asyncio.timeout(self._deadline):
                    result = await worker.run(job)
                finished = True
            except TimeoutError:
                raise ParseError("timeout", f"parsing took longer than {self._deadline:g} s") from None
            except (asyncio.IncompleteReadError, OSError) as error:
                raise ParseError("crash", "the parser's process died") from error
            finally:
                # A worker that was interrupted still owes a result: the next job would read it.
                if finished and worker.alive and worker.jobs < JOBS_PER_WORKER:
                    self._idle.append(worker)
                else:
                    await asyncio.shield(worker.kill())
        if isinstance(result, ParseFailure):
            raise ParseError(result.kind, result.message)
        return result

    async def aclose(self) -> None:
        """End the idle processes; call it when no job is running."""
        while self._idle:
            await self._idle.pop().kill()
