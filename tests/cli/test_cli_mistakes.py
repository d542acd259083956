"""What a person gets wrong at the command line and in the files: every message says where it is and what to do."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchbot.cli import main
from watchbot.cli.counts import counted
from watchbot.storage import Storage

RULES = """version: 1
entities:
  massimov: {person: Karim Massimov}
terms:
  arrest: [arrest*, verhaft*]
rules:
  - id: arrests
    match: massimov and arrest
"""
FEEDS = "feeds:\n  - {url: https://a.example/rss, name: A}\n"
FILES = {"config/watchbot.yaml": "", "config/feeds.yaml": FEEDS, "rules.yaml": RULES}


class Shell:
    """The command line in a folder of its own."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self.folder, self._patch, self._captured = folder, patch, captured
        patch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("WATCHBOT_")]:
            patch.delenv(name)
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def run(self, *args: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        self._patch.setattr(sys, "argv", ["watchbot", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._captured.readouterr()
        assert isinstance(ended.value.code, int | None)
        return ended.value.code or 0, out, err


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, monkeypatch, capsys)


@contextmanager
def sqlite_database(path: Path) -> Iterator[Storage]:
    """A database as a bot leaves it."""
    storage = Storage(f"sqlite:///{path}")
    storage.migrate(datetime.now(UTC))
    try:
        yield storage
    finally:
        storage.close()


def test_files_in_order(shell: Shell) -> None:
    assert shell.run("check") == (0, "", "1 feed, 1 rule, 1 entity: no errors\n")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("rules.yaml", RULES.replace("verhaft*", "задерж*").encode("cp1251"), r"rules\.yaml:5:21: .*UTF-8"),
        ("rules.yaml", RULES.encode("utf-16"), r"rules\.yaml:1:1: .*\n  hint: it is saved as UTF-16"),
        (
            "rules.yaml",
            RULES.replace("match: massimov", "match: massimof"),
            r"rules\.yaml:8:12: .*\n.*\n.*\^\n  hint: did",
        ),
        (
            "rules.yaml",
            RULES.replace("    match", "\tmatch"),
            r"rules\.yaml:8:1: .*\n.*\n.*\n.*not tabs",
        ),
        (
            "rules.yaml",
            RULES + "  - {id: arrests, match: massimov}\n",
            r"rules\.yaml:9:10: .*already defined on line 7",
        ),
        ("rules.yaml", RULES.replace("rules:", "  arrest: x\nrules:"), r"rules\.yaml:6:3: .*twice"),
        (
            "config/feeds.yaml",
            FEEDS + "  - {url: https://b.example/, nam: B}\n",
            r"feeds\.yaml:3:31: .*\n.*\n.*\n.*'name'",
        ),
        ("config/watchbot.yaml", "poll:\n  intervall: 2m\n", r"watchbot\.yaml:2:3: .*\n.*\n.*\n.*'interval'"),
        (
            "config/watchbot.yaml",
            "chats:\n  - {id: -100, topics: [arrest]}\n",
            r"watchbot\.yaml:2:25: .*no rule 'arrest'\n.*\n.*\^\n  hint: did you mean 'arrests'",
        ),
    ],
)
def test_a_mistake_names_its_place_and_its_mend(shell: Shell, name: str, text: str | bytes, expected: str) -> None:
    shell.write(name, text)
    status, out, err = shell.run("check")
    assert (status, out) == (1, "")
    assert re.search(expected, err), err


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b""], ids=["BOM", "no BOM"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_windows_and_mac_files_are_files(shell: Shell, before: bytes, end: bytes) -> None:
    for name, text in FILES.items():
        shell.write(name, before + text.encode().replace(b"\n", end))
    assert shell.run("check")[0] == 0
    shell.write("rules.yaml", before + RULES.replace("and arrest", "and arest").encode().replace(b"\n", end))
    assert "rules.yaml:8:25: error" in shell.run("check")[2]


@pytest.mark.parametrize(
    ("args", "missing"),
    [
        (("check",), "rules.yaml"),
        (("explain", "x"), "rules.yaml"),
        (("match",), "rules.yaml"),
        (("run",), "rules.yaml"),
    ],
)
def test_a_missing_file_is_named_with_where_it_was_looked_for(
    shell: Shell, args: tuple[str, ...], missing: str
) -> None:
    (shell.folder / missing).unlink()
    status, out, err = shell.run(*args)
    assert (status, out) == (1, "")
    assert err.startswith(f"{missing}: error: there is no such file\n  hint: looked in {shell.folder}")


def test_a_folder_in_the_place_of_a_file(shell: Shell) -> None:
    (shell.folder / "rules.yaml").unlink()
    shell.write("rules.yaml/inner", "x")
    assert shell.run("check")[2] == "rules.yaml: error: cannot be read: Is a directory\n1 error\n"


def test_a_file_that_cannot_be_written_is_named(shell: Shell) -> None:
    shell.write("config/.feeds.yaml.new/in the way", "")
    status, out, err = shell.run("feeds", "remove", "A")
    assert (status, out) == (1, "")
    assert err == f"watchbot: {shell.folder}/config/.feeds.yaml.new: Is a directory\n"


def test_the_mistakes_of_all_files_at_once(shell: Shell) -> None:
    shell.write("config/watchbot.yaml", "log: {level: loud}\n")
    shell.write("config/feeds.yaml", "feeds: [{url: https://a.example/}]\n")
    shell.write("rules.yaml", RULES.replace("match:", "metch:"))
    status, _, err = shell.run("check")
    assert status == 1
    assert {line.split(":")[0] for line in err.splitlines() if ": error: " in line} == {
        "config/watchbot.yaml",
        "config/feeds.yaml",
        "rules.yaml",
    }
    assert err.endswith("4 errors\n")


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("chek",), "Did you mean 'check'?"),
        (("frobnicate",), "No such command 'frobnicate'"),
        (("check", "x"), "unexpected extra argument"),
        (("--config", "rules.yaml", "check"), "is a file"),
        (("--rules", "config", "check"), "is a directory"),
        (("replay", "--since", "yesterday", "-"), "write it like 30s, 5m, 24h or 7d"),
    ],
)
def test_wrong_usage_ends_with_2(shell: Shell, args: tuple[str, ...], hint: str) -> None:
    status, out, err = shell.run(*args)
    assert (status, out) == (2, "")
    assert hint in err


def test_a_backup_for_a_folder_that_is_not_there_yet(shell: Shell) -> None:
    with sqlite_database(shell.folder / "data" / "watchbot.db"):
        assert shell.run("backup", "away/")[0] == 0
    (copy,) = (shell.folder / "away").iterdir()
    assert re.fullmatch(r"watchbot-\d{8}-\d{6}\.db", copy.name)


@pytest.mark.parametrize("command", ["status", "backup", "why x", "replay", "restore b.db"])
def test_no_database_yet(shell: Shell, command: str) -> None:
    status, out, err = shell.run(*command.split())
    assert (status, out) == (1, "")
    assert re.match(r"watchbot: .*(data/watchbot\.db|b\.db)", err), err
    assert not (shell.folder / "data" / "watchbot.db").exists()


@pytest.mark.parametrize("command", ["status", "why x", "replay"])
def test_asking_makes_nothing(shell: Shell, command: str) -> None:
    shell.run(*command.split())
    assert not (shell.folder / "data").exists()


@pytest.mark.parametrize("command", ["why x", "replay"])
def test_a_database_of_another_version_is_not_read(shell: Shell, command: str) -> None:
    with sqlite_database(shell.folder / "data" / "watchbot.db") as storage, storage._db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    status, out, err = shell.run(*command.split())
    assert (status, out) == (1, "")
    assert re.match(r"watchbot: the database has schema 0000, this watchbot \d{4}: start the bot", err)


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("replay", "nowhere.jsonl"), "nowhere.jsonl"),
        (("parse", "nowhere.xml"), "nowhere.xml"),
        (("parse", "rules.yaml", "nowhere.xml"), "nowhere.xml"),
        (("feeds", "import", "nowhere.opml"), "nowhere.opml"),
        (("explain", "--lang", "klingon", "nuqneH"), "'klingon' is no language code: write it like de, ru or pt-BR"),
        (("parse", "--lang", "klingon", "rules.yaml"), "'klingon' is no language code"),
        (("feeds", "add", "--lang", "klingon", "a.example"), "'klingon' is no language code"),
    ],
)
def test_a_value_that_cannot_be_meant_ends_with_2(shell: Shell, args: tuple[str, ...], hint: str) -> None:
    status, out, err = shell.run(*args)
    assert (status, out) == (2, "")
    assert hint in err


@pytest.mark.parametrize(
    ("count", "noun", "expected"),
    [(0, "feed", "0 feeds"), (1, "feed", "1 feed"), (2, "copy", "2 copies"), (1, "entry", "1 entry")],
)
def test_counts_agree_with_their_nouns(count: int, noun: str, expected: str) -> None:
    assert counted(count, noun) == expected


def test_one_feed_is_no_feeds(shell: Shell) -> None:
    shell.write("one.opml", '<opml version="2.0"><body><outline type="rss" xmlUrl="https://b.example/"/></body></opml>')
    assert shell.run("feeds", "import", "one.opml")[2] == "1 feed added, 0 already listed\n"
    item = '{"id": "1", "at": "2026-03-01T10:00:00Z", "title": "Massimov arrested"}\n'
    shell.write("items.jsonl", item)
    assert shell.run("replay", "items.jsonl")[2] == "1 item: 1 message, 0 updates, 0 copies, 0 not matched\n"


@pytest.mark.parametrize("command", ["status", "why x", "replay", "run --once"])
def test_a_damaged_database_is_named_with_its_backup(shell: Shell, command: str) -> None:
    with sqlite_database(shell.folder / "data" / "watchbot.db"):
        pass
    shell.run("backup")
    shell.write("data/watchbot.db", b"no database at all" * 500)
    status, out, err = shell.run(*command.split())
    assert (status, out) == (1, "")
    assert re.search(
        r"watchbot: data/watchbot\.db is damaged \(.+\)\. The newest backup is (\S+): watchbot restore \1\n", err
    ), err


@pytest.mark.parametrize("command", ["status", "why x", "replay", "run --once"])
def test_a_folder_in_the_place_of_the_database(shell: Shell, command: str) -> None:
    (shell.folder / "data" / "watchbot.db").mkdir(parents=True)
    status, out, err = shell.run(*command.split())
    assert (status, out) == (1, "")
    assert "watchbot: the database data/watchbot.db cannot be written: it is a directory" in err
