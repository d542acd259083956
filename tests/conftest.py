"""For all tests: the watch for tokens, a private PostgreSQL server where one is installed, hypothesis' profiles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

import leak_watch
from profiles import register
from servers.postgres import PrivatePostgres, Unavailable

register()


def pytest_configure(config: pytest.Config) -> None:
    """Watch the whole suite for bot tokens."""
    if not config.pluginmanager.has_plugin(leak_watch.__name__):
        config.pluginmanager.register(leak_watch, leak_watch.__name__)


@pytest.fixture(autouse=True)
def logs_as_the_bot_writes_them() -> None:
    """Tracebacks without local variables: structlog's own default shows them where `rich` is installed."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """One private server for the session; without the binaries, a skip that says so."""
    try:
        server = PrivatePostgres.start()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()
