"""`watchbot backup` and `watchbot restore`, as a person calls them: the drill."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from storage_world import NOW, tell

from watchbot.storage import Storage

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    return tmp_path


def watchbot(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "watchbot", *arguments],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def entries(home: Path) -> int:
    storage = Storage(f"sqlite:///{home / 'data' / 'watchbot.db'}")
    try:
        return storage.status(NOW).entries
    finally:
        storage.close()


def test_the_drill(home: Path) -> None:
    """Back up while the bot runs, lose the data, be refused while it runs, restore after it stopped."""
    bot = Storage(f"sqlite:///{home / 'data' / 'watchbot.db'}")
    bot.migrate(NOW)
    bot.acquire_lock(datetime.now(UTC), timedelta(minutes=5))
    tell(bot)
    made = watchbot(home, "backup", "safe/copy.db")
    assert made.returncode == 0, made.stderr
    assert made.stdout == "" and "wrote safe/copy.db" in made.stderr
    tell(bot)
    refused = watchbot(home, "restore", "safe/copy.db")
    assert refused.returncode == 1 and "stop the bot first" in refused.stderr and "Traceback" not in refused.stderr
    bot.release_lock()
    bot.close()
    assert entries(home) == 2
    done = watchbot(home, "restore", "safe/copy.db")
    assert done.returncode == 0, done.stderr
    assert "kept as data/watchbot.db.replaced-" in done.stderr
    assert entries(home) == 1


def test_a_backup_gets_a_name_of_its_own(home: Path) -> None:
    bot = Storage(f"sqlite:///{home / 'data' / 'watchbot.db'}")
    bot.migrate(NOW)
    bot.close()
    assert watchbot(home, "backup").returncode == 0
    assert len(list((home / "data" / "backups").glob("watchbot-*.db"))) == 1


@pytest.mark.parametrize(
    ("arguments", "url", "message"),
    [
        (("backup", "x.db"), "", "watchbot: "),
        (("restore", "absent.db"), "", "there is no file absent.db"),
        (("backup", "x.db"), "postgresql+psycopg://u@h/d", "pg_dump"),
        (("backup", "data/watchbot.db"), "", "watchbot: "),
    ],
)
def test_mistakes_are_told_in_a_line(home: Path, arguments: tuple[str, ...], url: str, message: str) -> None:
    environment = {"WATCHBOT_STORAGE__URL": url} if url else {}
    result = watchbot(home, *arguments, **environment)
    assert result.returncode == 1
    assert message in result.stderr and "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1
