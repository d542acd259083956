"""How long the state machines run: short in the suite, long with `--hypothesis-profile long`."""

from __future__ import annotations

import os
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine

from servers.postgres import PrivatePostgres

M = TypeVar("M", bound=RuleBasedStateMachine)
LONG = "long"
EXAMPLES, STEPS = 2000, 60
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where a machine's databases cost no waiting for a disk. What a disk keeps is tested elsewhere."""


def register() -> None:
    """Make `--hypothesis-profile long` known (root conftest)."""
    settings.register_profile(LONG, max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None)


def machine_settings(examples: int, steps: int) -> settings:
    """Of a state machine: `examples` of at most `steps` steps, or the long profile's.

    Only the long one looks for the shortest way to a failure: that takes minutes, and the steps are printed anyway.
    """
    long = settings.get_current_profile_name() == LONG
    return settings(
        max_examples=EXAMPLES if long else examples,
        stateful_step_count=STEPS if long else steps,
        deadline=None,
        phases=list(Phase) if long else [Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def on_postgresql(machine: type[M], postgres: PrivatePostgres) -> type[M]:
    """The state machine whose `new_database` answers one of this server."""
    return type("OnPostgreSQL", (machine,), {"new_database": lambda self: postgres.database()})
