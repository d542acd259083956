"""A private PostgreSQL server for tests: its own cluster in a temporary folder, on a free port, gone afterwards.

`find_postgres` says where the binaries are; without them `PrivatePostgres.start` raises Unavailable, and a fixture
skips with that reason. PostgreSQL refuses to run as root, so root starts it as another user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg

START_DEADLINE = 30.0
USER = "watchbot"


class Unavailable(Exception):
    """No PostgreSQL can be started here; the text says why."""


def find_postgres() -> Path | None:
    """The folder of `initdb` and `postgres`: on PATH, or the newest where Debian and Red Hat put them."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    found = [p.parent for root in ("/usr/lib/postgresql", "/usr") for p in Path(root).glob("*/bin/initdb")]
    found += [p.parent for p in Path("/usr").glob("pgsql-*/bin/initdb")]
    return max(
        found,
        key=lambda p: [int(n) for n in p.parent.name.split("-")[-1].split(".") if n.isdigit()] or [0],
        default=None,
    )


def _server_user() -> str | None:
    """Whom to run as: None is ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Unavailable("running as root, and there is no user to start PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PrivatePostgres:
    """A running server. `database()` makes an empty database and answers its SQLAlchemy URL."""

    def __init__(self, folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self._folder, self._port, self._process = folder, port, process

    @classmethod
    def start(cls) -> PrivatePostgres:
        """Start one. Raises Unavailable with the reason."""
        binaries = find_postgres()
        if binaries is None:
            raise Unavailable("PostgreSQL is not installed (no initdb on PATH or in /usr/lib/postgresql)")
        user = _server_user()
        folder = Path(tempfile.mkdtemp(prefix="watchbot-pg-"))
        if user is not None:
            shutil.chown(folder, user)
        try:
            return cls._start(binaries, folder, user)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    @classmethod
    def _start(cls, binaries: Path, folder: Path, user: str | None) -> PrivatePostgres:
        data, log, port = folder / "data", folder / "server.log", _free_port()
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            user=user,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            capture_output=True,
        )
        if made.returncode != 0:
            raise Unavailable(f"initdb failed: {made.stderr.decode(errors='replace').strip()[-300:]}")
        options = ("listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off", "max_connections=40")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-p", str(port), *(a for o in options for a in ("-c", o))],
                user=user,
                cwd=folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = cls(folder, port, process)
        deadline = time.monotonic() + START_DEADLINE
        while True:
            try:
                psycopg.connect(server._dsn("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                text = log.read_text(errors="replace")[-300:]
                server.stop()
                raise Unavailable(f"PostgreSQL did not start: {text}") from None
            return server

    def _dsn(self, name: str) -> str:
        return f"host=127.0.0.1 port={self._port} user={USER} dbname={name}"

    def database(self) -> str:
        """A new, empty database."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self._port}/{name}"

    def stop(self) -> None:
        """End it and remove its files."""
        if self._process.poll() is None:
            self._process.send_signal(2)  # SIGINT: a fast shutdown, which does not wait for clients
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
