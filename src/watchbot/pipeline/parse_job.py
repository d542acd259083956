"""What goes to a parsing process and what comes back, as frames: a 4-byte big-endian length and a pickle.

A module of its own, since what the worker's main module defines could not be unpickled here.
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

HEADER = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class ParseJob:
    """Arguments of `parse_document`."""

    data: bytes
    url: str
    content_type: str | None
    format: str
    lang: str | None
    known: Collection[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """What went wrong, as text: exceptions of libraries do not always survive pickling."""

    kind: str
    message: str
