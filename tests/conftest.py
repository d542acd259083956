"""What every test has: a private PostgreSQL server where its binaries are, and hypothesis' profiles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from profiles import register
from servers.postgres import PrivatePostgres, Unavailable

register()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """One private server for the session; without the binaries, a skip that says so."""
    try:
        server = PrivatePostgres.start()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()
