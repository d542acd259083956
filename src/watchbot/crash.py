"""Named points at which the crash tests kill the process. No-ops unless the environment asks for one of them."""

from __future__ import annotations

import os
import signal

VARIABLE = "WATCHBOT_CRASH_AT"


def point(name: str) -> None:
    """Kill this process with SIGKILL when WATCHBOT_CRASH_AT is `name`; else do nothing.

    A kill that cannot be caught, so that what the tests see is what a power cut leaves.
    """
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
