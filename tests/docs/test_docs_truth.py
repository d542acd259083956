"""Links lead somewhere, paths exist, and what is quoted from the program is what the program says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import DOCS, PAGES, ROOT, code, rows, section, text

from test_layers import LAYER_OF
from watchbot.commands.application import COMMANDS
from watchbot.demo.archive import outlets
from watchbot.parse.sniff import FORMATS
from watchbot.render.i18n import LANGUAGES

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py")))
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def anchors(page: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name) if name else path
        assert there.exists(), target
        assert not anchor or anchor in anchors(there.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_paths_exist(path: Path) -> None:
    """In code: whatever begins like a path of this repository. In prose: other pages."""
    page = path.read_text(encoding="utf-8")
    for word in re.findall(r"`([a-z]+/[\w./-]+\.(?:py|txt|yaml|md|sh))`", page):
        assert (ROOT / word).exists() or (ROOT / "src" / "watchbot" / word).exists(), word
    for word in re.findall(r"\bdocs/[\w-]+\.md", page):
        assert (ROOT / word).exists(), word


def test_every_page_is_linked_from_the_readme_or_a_page_that_is() -> None:
    readme = text("README.md")
    linked = set(re.findall(r"docs/([\w-]+\.md)", readme))
    linked |= {name for page in sorted(linked) for name in re.findall(r"([\w-]+\.md)", text(f"docs/{page}"))}
    assert {path.name for path in DOCS.glob("*.md")} - linked == set()


def test_commands_of_the_chat() -> None:
    page = text("docs/telegram.md")
    told = {
        name for cell in (row[0] for row in rows(page)) for word in code(cell) for name in re.findall(r"/(\w+)", word)
    }
    assert told <= set(COMMANDS)
    assert {name for name in COMMANDS if f"/{name}" not in page} == set()


def test_troubles_and_log_messages_are_the_programs() -> None:
    page = text("docs/operations.md")
    told = {message for row in rows(section(page, "Warnings in the log")) for message in code(row[0])}
    logged = set(re.findall(r'log\.\w+\(\s*"([^"]+)"', SOURCES))
    warned = set(re.findall(r'log\.(?:warning|error|exception)\(\s*"([^"]+)"', SOURCES))
    assert (told - logged, warned - told) == (set(), set())
    for row in rows(section(page, "Is it well?")):
        for trouble in re.split(r"; ", row[0]):
            parts = [part for part in re.split(r"\.\.\.|\d+", trouble) if len(part) > 5 and "`" not in part]
            assert all(part.strip() in SOURCES for part in parts), trouble


def test_formats() -> None:
    page = text("docs/formats.md")
    named = re.search(r"must be named: (.*?)\. Only", page, re.DOTALL)
    assert named
    assert set(code(named[1])) <= set(FORMATS)
    assert {FORMATS[name] for name in code(named[1])} == set(FORMATS.values())


def test_the_table_of_rooms_is_the_tests_of_layers() -> None:
    layer, told = 0, {}
    for number, room, _ in rows(section(text("docs/architecture.md"), "Rooms")):
        layer = int(number.split()[0]) if number else layer
        told[code(room)[0]] = layer
    assert told == {room: layer for room, layer in LAYER_OF.items() if room != "__main__"}


def test_numbers_in_words() -> None:
    readme, found = text("README.md"), outlets()
    assert len(found) == 13
    assert f"{NUMBERS[len({outlet.lang for outlet in found})]} languages, the real pipeline" in readme.replace(
        "\n", " "
    )
    assert f"in {NUMBERS[len(LANGUAGES)]} languages" in text("docs/architecture.md")
