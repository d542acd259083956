"""A pytest plugin that watches the whole suite for bot tokens, in everything that a person or a file may see.

Looked through after each test: what it printed and logged, its failure's traceback, every file under its `tmp_path`
(databases, their WAL, backups, dumps, spools), and what the processes that it started wrote (`note`). A token there
fails the test, or (in a report) the session. That it can fail is shown by `test_leak_watch.py`.

A test may put a token into a file on purpose (the configuration of the bot under test): names in GIVEN. A test that
logs one on purpose, to see it redacted on its way, is marked `secrets`: pytest catches log records before that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.bot_api import TOKEN

SECRET = re.compile(
    rb"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"  # any bot's token
    rb"|" + re.escape(TOKEN.partition(":")[2]).encode()  # the secret half of the test server's
)
GIVEN = re.compile(r"token|secret|\.env$|watchbot\.yaml$")
"""Files into which a person puts the token."""
NO_SECRET = re.compile(rb"^\d+:[0-9a-f]+$")
"""A number and a hexadecimal hash, as keys of entries have them."""
CHUNK = 1 << 22

_noted: list[str] = []
_late: list[str] = []


def leaks(data: bytes) -> list[str]:
    """What is around each secret in `data`, the secret itself masked."""
    found = []
    for match in SECRET.finditer(data):
        if not NO_SECRET.match(match.group()):
            before, after = data[max(0, match.start() - 60) : match.start()], data[match.end() : match.end() + 20]
            found.append((before + b"<SECRET>" + after).decode("utf-8", "replace"))
    return found


def note(text: str, where: str) -> None:
    """Look through what a process wrote; the running test fails when a secret is in it."""
    _noted.extend(f"{where}: {leak}" for leak in leaks(text.encode()))


def in_files(folder: Path) -> Iterator[str]:
    """Secrets in the files under a folder, whatever their kind."""
    for path in sorted(folder.rglob("*")):
        if GIVEN.search(path.name) or path.is_symlink() or not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                last = b""
                while data := file.read(CHUNK):
                    yield from (f"{path.relative_to(folder)}: {leak}" for leak in leaks(last + data))
                    last = data[-200:]
        except OSError:  # a device, a pipe, a file without rights
            continue


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """After a test and its fixtures: its files, and what its processes wrote."""
    yield
    found, _noted[:] = list(_noted), []
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if isinstance(folder, Path) and folder.is_dir():
        found += in_files(folder)
    if found:
        pytest.fail("secrets can be seen:\n" + "\n".join(found), pytrace=False)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What a test printed and logged, and how it failed; with xdist this runs where all reports come together."""
    texts = [*(f"{name}\n{text}" for name, text in report.sections), report.longreprtext]
    found = [leak for text in texts for leak in leaks(text.encode())] if "secrets" not in report.keywords else []
    _late.extend(f"{report.nodeid} ({report.when}): {leak}" for leak in found)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A session with a secret in any report has failed."""
    if _late and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where they are."""
    if _late:
        terminalreporter.section("secrets can be seen", red=True)
        for leak in _late:
            terminalreporter.line(leak)
