"""The real process over a disk that is full, read-only, or holds a database that cannot be used.

A small file system of its own, mounted where only the bot sees it (`unshare`), fills up and is emptied from outside.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from app.app_world import Bot, Process, feed
from servers.bot_api import BotApiServer, User
from servers.feed_server import FeedServer

MIB = 1 << 20
UNSHARE = ["unshare", "--map-root-user", "--mount", "--propagation", "private", "sh", "-ec"]
TITLES = ("Massimov detained", "Massimov in court", "Massimov sentenced")


def can_mount() -> bool:
    """Whether this machine lets us mount in a namespace of our own."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*UNSHARE, "mount -t tmpfs none /mnt"], capture_output=True).returncode == 0


mounted = pytest.mark.skipif(not can_mount(), reason="no mount namespaces here (unshare is missing or forbidden)")


class BotOnADisk(Bot):
    """A bot whose `disk` folder is mounted by a shell command before it starts."""

    mount = ""

    def launcher(self) -> Sequence[str]:
        return [*UNSHARE, f'{self.mount}; exec "$@"', "sh"] if self.mount else []


def bot_on(folder: Path, feeds: FeedServer, server: BotApiServer, admin: User) -> BotOnADisk:
    """A bot with its database in `folder / "disk"`; `admin` is subscribed by configuration."""
    (folder / "disk").mkdir()
    bot = BotOnADisk(folder, {"A": feeds.url("/a.xml")}, settings=f"chats: [{{id: {admin.id}, topics: [massimov]}}]\n")
    text = bot.settings.read_text("utf-8").replace(str(folder / "bot.db"), str(folder / "disk" / "bot.db"))
    bot.settings.write_text(text, encoding="utf-8")
    bot.env = {"WATCHBOT_TELEGRAM__TOKEN": server.token, "WATCHBOT_TELEGRAM__BASE_URL": server.url}
    return bot


def inside(process: Process, path: Path) -> Path:
    """A path as the process sees it, through its mounts."""
    return Path(f"/proc/{process.process.pid}/root") / path.relative_to("/")


@mounted
@pytest.mark.fault(37)
async def test_a_full_disk_sends_nothing_unwritten_and_heals_by_itself(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("0", "Quiet day")))
        admin = server.user("Ada")
        admin.start()
        bot = bot_on(tmp_path, feeds, server, admin)
        disk = tmp_path / "disk"
        bot.mount = f"mount -t tmpfs -o size=3m none '{disk}'"
        async with bot.running() as process:
            await process.expect("telegram connected")
            feeds.put("/a.xml", feed(("1", TITLES[0]), ("0", "Quiet day")))
            await admin.expect_new(TITLES[0])
            ballast = inside(process, disk / "ballast")
            with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
                while True:
                    file.write(bytes(1024))
            long = "Almaty " * 9000  # more than what is left in the last pages
            feeds.put("/a.xml", feed(("2", TITLES[1]), ("9", f"Quiet day {long}"), ("1", TITLES[0])))
            await process.expect("cannot be used now: database or disk is full|disk I/O error")
            assert [m for m in admin.messages() if TITLES[1] in m.text] == [], "nothing unwritten is sent"
            assert process.process.returncode is None, "it goes on"
            ballast.unlink()
            await admin.expect_new(TITLES[1], timeout=40)
            feeds.put("/a.xml", feed(("3", TITLES[2]), ("2", TITLES[1])))
            await admin.expect_new(TITLES[2])
            assert integrity(process, disk / "bot.db") == "[('ok',)]"
        for title in TITLES:
            assert sum(title in m.text for m in admin.messages()) == 1, f"{title}: told once"
        assert "Traceback" not in process.err


def integrity(process: Process, database: Path) -> str:
    """What SQLite says of the database, asked inside the process's namespace."""
    code = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchall())"
    enter = ["nsenter", "-t", str(process.process.pid), "-U", "-m", "--preserve-credentials"]
    done = subprocess.run([*enter, sys.executable, "-c", code, str(database)], capture_output=True, text=True)
    return done.stdout.strip() or done.stderr


@mounted
@pytest.mark.fault(37)
async def test_a_read_only_file_system_is_said_at_the_start(tmp_path: Path) -> None:
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("0", "Quiet day")))
        bot = bot_on(tmp_path, feeds, server, server.user("Ada"))
        disk = tmp_path / "disk"
        for _ in ("a new database", "an old one"):
            bot.mount = f"mount --bind '{disk}' '{disk}'; mount -o remount,bind,ro '{disk}'"
            refused = await bot.call("run")
            assert refused.process.returncode == 1
            assert "Traceback" not in refused.err
            assert str(disk) in refused.err and "read-only" in refused.err.lower(), refused.err
            bot.mount = ""
            assert (await bot.call("run", "--once")).process.returncode == 0


@pytest.mark.fault(38)
@pytest.mark.parametrize("damage", ["text", "pages", "newer"])
async def test_a_database_that_cannot_be_used_ends_the_start_with_a_way_out(tmp_path: Path, damage: str) -> None:
    """Exit 1, what is wrong, the newest backup; nothing is written; and the command that it names works."""
    async with FeedServer() as feeds, BotApiServer() as server:
        feeds.put("/a.xml", feed(("1", TITLES[0])))
        admin = server.user("Ada")
        admin.start()
        bot = bot_on(tmp_path, feeds, server, admin)
        bot.settings.write_text(
            bot.settings.read_text("utf-8").replace("backup_at: null", f'backup_at: null, backup_dir: "{tmp_path}/b"'),
            encoding="utf-8",
        )
        assert (await bot.call("run", "--once")).process.returncode == 0
        backup = tmp_path / "b" / "watchbot-20220108-033000.db"
        made = await bot.call("backup", str(backup))
        assert made.process.returncode == 0, made.err
        database = tmp_path / "disk" / "bot.db"
        spoil(database, damage)
        before = database.read_bytes()
        for command in (["run"], ["run", "--once"]):
            refused = await bot.call(*command)
            assert refused.process.returncode == 1
            assert "Traceback" not in refused.err
            assert ("newer" if damage == "newer" else "damaged") in refused.err, refused.err
            assert f"watchbot restore {backup}" in refused.err
        assert database.read_bytes() == before, "it is left alone"
        restored = await bot.call("restore", str(backup))
        assert restored.process.returncode == 0, restored.err
        again = await bot.call("run", "--once")
        assert again.process.returncode == 0, again.err
        assert sum(TITLES[0] in m.text for m in admin.messages()) == 1, (
            "what was told before the backup is not told again"
        )


def spoil(database: Path, damage: str) -> None:
    if damage == "newer":
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
    elif damage == "text":
        database.write_bytes(b"this is not a database\n" * 400)
    else:
        data = database.read_bytes()
        database.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
