"""The process that parses: reads jobs from standard input, writes results to standard output.

What a hostile feed controls is only the bytes inside a job, never the pickle itself: both ends are ours. The process
may be killed at any moment; it holds nothing.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import sys
from typing import BinaryIO

from watchbot.errors import ParseError
from watchbot.model import ParsedFeed
from watchbot.parse import parse_document
from watchbot.pipeline.parse_job import HEADER, ParseFailure, ParseJob

MEMORY_LIMIT = 2_000_000_000
"""Bytes of address space: a document that needs more fails in here, not in the bot."""


def run_job(job: ParseJob) -> ParsedFeed | ParseFailure:
    """Parse one document; every failure becomes a value, so that the worker lives on."""
    try:
        return parse_document(
            job.data,
            url=job.url,
            content_type=job.content_type,
            format=job.format,
            lang=job.lang,
            known=job.known,
            now=job.now,
        )
    except ParseError as error:
        return ParseFailure(error.kind, str(error))
    except MemoryError:
        return ParseFailure("too-large", "the document needs too much memory to parse")
    except Exception as error:  # noqa: BLE001 - the root of this process's only task
        return ParseFailure("crash", f"the parser failed: {type(error).__name__}: {error}"[:500])


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    return data if len(data) == count else b""


def main() -> None:
    """Serve jobs until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the bot decides when we end
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    jobs, results = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not break the frames
    while header := _read_exactly(jobs, HEADER.size):
        body = _read_exactly(jobs, HEADER.unpack(header)[0])
        if not body:
            return
        result = pickle.dumps(run_job(pickle.loads(body)), protocol=pickle.HIGHEST_PROTOCOL)  # noqa: S301 - ours
        results.write(HEADER.pack(len(result)) + result)
        results.flush()


if __name__ == "__main__":
    main()
