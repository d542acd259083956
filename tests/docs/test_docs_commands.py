"""Every command and option is documented, every documented one exists, and the examples do what is said."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pages import PAGES, ROOT, code, rows, section, shell_lines, text

from watchbot.cli import COMMANDS, cli, main

REFERENCE = text("docs/command-line.md")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, with the words that call it."""
    with click.Context(group) as context:
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield (*path, name), found
            if isinstance(found, click.Group):
                yield from commands(found, (*path, name))


ALL = {" ".join(path): command for path, command in commands(cli)}


def options(command: click.Command) -> set[str]:
    return {name for p in command.params if isinstance(p, click.Option) for name in p.opts if name.startswith("--")}


def test_every_command_is_in_the_reference_and_the_readme() -> None:
    told = {word for row in rows(REFERENCE) for cell in row[:1] for word in code(cell)}
    names = {" ".join(word.split()[:2]) for word in told if word.startswith("feeds ")}
    names |= {word.split()[0] for word in told if word[0].isalpha()}
    assert set(ALL) <= names
    shown = section(text("README.md"), "Command line")
    assert [name for name in COMMANDS if f"watchbot {name}" not in shown] == []


def test_every_option_is_in_the_reference() -> None:
    described = {name: {o for row in rows(REFERENCE) for o in _options_of(name, row)} for name in ALL}
    missing = {name: options(command) - described[name] for name, command in ALL.items()}
    assert {name: left for name, left in missing.items() if left} == {}
    unknown = {name: told - options(ALL[name]) for name, told in described.items() if name != "feeds"}
    assert {name: left for name, left in unknown.items() if left} == {}
    assert options(cli) <= set(re.findall(r"--[a-z]+", section(REFERENCE, "The command line"))) | {"--help"}


def _options_of(name: str, row: list[str]) -> set[str]:
    """The options that a row tells of a command: those of its first cell, and for `feeds` of its second, too."""
    cell = " ".join(row if row[0].startswith("`feeds ") else row[:1])
    return set(re.findall(r"--[a-z]+", cell)) if row[0].startswith((f"`{name} ", f"`{name}`")) else set()


def test_options_named_anywhere_exist() -> None:
    known = {name for command in ALL.values() for name in options(command)} | options(cli) | {"--help"}
    for page in PAGES:
        for line in re.findall(r"\bwatchbot [a-z][^`\n]*", page.read_text(encoding="utf-8")):
            assert set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", line)) <= known, f"{page.name}: {line}"


def examples() -> list[tuple[str, str]]:
    """(page, command) of each `watchbot ...` line in a block, its placeholders filled in."""
    found = []
    for page in PAGES:
        for line in shell_lines(page.read_text(encoding="utf-8")):
            if not line.startswith("watchbot ") or "COMMAND" in line:
                continue
            for single in line.split(" · "):
                first = re.sub(r"(\w+)(\|\w+)+", r"\1", single.removesuffix(" ..."))
                found.append((page.name, re.sub(r"[\[\]]", "", first.split(" < ")[0]).replace(" ...", "")))
    return found


@pytest.mark.parametrize(("page", "line"), examples())
def test_an_example_can_be_called(page: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("items.jsonl", "new.yaml", "OTHER.yaml", "FILE.opml", "FILE"):
        (tmp_path / name).touch()
    args = shlex.split(line)[1:]
    command: click.Command = cli
    while isinstance(command, click.Group):
        with command.make_context("watchbot", args, resilient_parsing=False) as context:
            args = [*context._protected_args, *context.args]
            name = args.pop(0)
            found = command.get_command(context, name)
            assert found is not None, f"{page}: {line}"
            command = found
    with command.make_context(command.name, args):
        pass


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a newcomer has: the shipped files."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "rules.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    monkeypatch.setattr(sys, "argv", ["watchbot", *args])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_the_shipped_files_are_in_order(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "check") == 0
    feeds, rules, entities = map(int, re.findall(r"\d+", capsys.readouterr().err))
    assert (feeds, rules, entities) == (50, 14, 9)


def test_the_readmes_example_of_explain(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = next(line for line in shell_lines(text("README.md")) if line.startswith("watchbot explain"))
    assert call(monkeypatch, *shlex.split(line)[1:]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"massimov\s+Масимова.*form of Karim Massimov", shown)
    assert "✔ The Massimov case" in shown
    assert "✘ CSTO" in shown


def test_the_library_has_as_many_entities_as_is_said(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = checkout / "rules.yaml"
    line = "include: [config/entities/central-asia.yaml]"
    whole = rules.read_text(encoding="utf-8")
    assert f"# {line}" in whole
    assert f"    {line}" in text("docs/rules.md")
    said = int(re.findall(r"adds over (\d+) entities", text("docs/rules.md"))[0])
    assert f"# Over {said} more entities" in whole
    rules.write_text(whole.replace(f"# {line}", line), encoding="utf-8")
    assert call(monkeypatch, "check") == 0
    assert int(re.findall(r"(\d+) entities", capsys.readouterr().err)[0]) > said + 9


def test_make_targets_exist() -> None:
    makefile = text("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"\w+", makefile.split(".PHONY: ")[1].split("\n")[0])) == targets
    for page in PAGES:
        for target in re.findall(r"`?\bmake ([a-z]+)`", page.read_text(encoding="utf-8")):
            assert target in targets, f"{page.name}: make {target}"
