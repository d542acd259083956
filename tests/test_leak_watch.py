"""The watch for tokens sees them wherever a test can leave them; and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
HEAD = """\
import logging, sqlite3, sys, subprocess
from servers.bot_api import TOKEN
SECRET = TOKEN.partition(":")[2]
"""
LEAKS = {
    "printed": "def test_it(): print('url', TOKEN)",
    "printed, the secret half": "def test_it(): print('url', SECRET)",
    "another bot's, in a URL": "def test_it(): print('/bot998877665%3A' + 'Ab-_' * 9 + '/getMe')",
    "logged": "def test_it(): logging.getLogger('httpx').warning('GET /bot%s/getMe', TOKEN)",
    "logged in a traceback": (
        "def test_it():\n try: raise ValueError(TOKEN)\n except ValueError: logging.exception('failed')"
    ),
    "in a file": "def test_it(tmp_path): (tmp_path / 'dump.json').write_text('{\"t\": \"%s\"}' % TOKEN)",
    "in a database": (
        "def test_it(tmp_path):\n db = sqlite3.connect(tmp_path / 'a.db')\n db.execute('create table t (x)')\n"
        " db.execute('insert into t values (?)', (TOKEN,))\n db.commit()\n db.close()"
    ),
    "over the edge of a chunk": (
        "def test_it(tmp_path): (tmp_path / 'big').write_bytes(b' ' * ((1 << 22) - 20) + TOKEN.encode())"
    ),
    "by a process": (
        "def test_it():\n import leak_watch\n out = subprocess.run([sys.executable, '-c', f'print({TOKEN!r})'],"
        " capture_output=True, text=True).stdout\n leak_watch.note(out, 'child')"
    ),
    "in a failure": "def test_it(): raise AssertionError(TOKEN)",
    "by a fixture": ("import pytest\n@pytest.fixture\ndef late():\n yield\n print(TOKEN)\ndef test_it(late): pass"),
}
CLEAN = {
    "nothing": "def test_it(): print('fine')",
    "masked": "def test_it(): logging.warning('GET /bot<token>/getMe')",
    "where a person puts it": "def test_it(tmp_path): (tmp_path / 'watchbot.yaml').write_text(TOKEN)",
    "a hash": "def test_it(): print('guid 123456:' + 'ab01' * 16)",
}


def session(folder: Path, bodies: Iterable[str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with the watch over one module for each body."""
    for number, body in enumerate(bodies):
        (folder / f"test_inner_{number:02}.py").write_text(f"{HEAD}{body}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "leak_watch", "-p", "no:cacheprovider", "-q", "--tb=short"]
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")} | {"PYTHONPATH": path}
    where = ["--rootdir", str(folder), f"--basetemp={folder / 'base'}", *options]
    done = subprocess.run([*command, *where, str(folder)], env=env, cwd=folder, capture_output=True, text=True)
    shutil.rmtree(folder)  # it holds secrets on purpose, and we are watched too
    return done


@pytest.mark.fault(17)
@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["one process", "xdist"])
def test_every_leak_is_found_and_fails_the_session(tmp_path: Path, options: tuple[str, ...]) -> None:
    (inner := tmp_path / "inner").mkdir()
    done = session(inner, LEAKS.values(), *options)
    assert done.returncode == 1
    for number, name in enumerate(LEAKS):
        at_once, late = rf"ERROR test_inner_{number:02}.*secrets", rf"test_inner_{number:02}.py::test_it \("
        found = re.search(f"{at_once}|{late}", done.stdout)
        assert found, f"{name} was not seen\n{done.stdout}"


@pytest.mark.parametrize("name", ["printed", "in a failure"])
def test_one_leak_is_enough(tmp_path: Path, name: str) -> None:
    (inner := tmp_path / "inner").mkdir()
    assert session(inner, [LEAKS[name]]).returncode == 1


def test_what_is_no_secret_passes(tmp_path: Path) -> None:
    (inner := tmp_path / "inner").mkdir()
    done = session(inner, CLEAN.values())
    assert done.returncode == 0, done.stdout
