"""The storage on both engines: each test that takes `storage` or `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from servers.postgres import PrivatePostgres
from watchbot.storage import Storage


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'watchbot.db'}"
    server: PrivatePostgres = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def connect(database: str) -> Iterator[Callable[..., Storage]]:
    """Open the database again: each call is another process's storage, with an owner of its own."""
    opened: list[Storage] = []

    def connect(**options: object) -> Storage:
        opened.append(Storage(database, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield connect
    for storage in opened:
        storage.close()


@pytest.fixture
def storage(connect: Callable[..., Storage]) -> Storage:
    """A migrated, empty storage."""
    from storage_world import NOW

    opened = connect()
    opened.migrate(NOW)
    return opened
