"""Which process this is, and whether another one on this host still lives."""

from __future__ import annotations

import os
from pathlib import Path


def process_mark(pid: int) -> str:
    """What tells a process from a later one with the same id: its start, in ticks since boot; "" where unknown.

    In a container the bot is process 1 each time it is started, so the id alone says nothing.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]  # field 22 of proc(5); the name before it may hold spaces


def is_gone(pid: int, mark: str) -> bool:
    """Whether the process of this host that had this id and mark has ended. When in doubt, it lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return bool(mark) and process_mark(pid) not in ("", mark)
