"""The documentation as data: pages, tables, code blocks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RULE = re.compile(r"[|\s:-]+")
_CODE = re.compile(r"`([^`]+)`")


def text(name: str) -> str:
    """A page by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """What stands under a heading, down to the next of its level or above."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[2]


def rows(part: str) -> list[list[str]]:
    """The cells of every row of the tables in `part`, without their heads."""
    lines = [line for line in part.splitlines() if line.startswith("|")]
    found = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if not _RULE.fullmatch(line) and not _RULE.fullmatch(after):
            found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def code(cell: str) -> list[str]:
    """What stands in `backticks`."""
    return _CODE.findall(cell)


def blocks(page: str, language: str) -> list[str]:
    """The contents of the fenced blocks of a language."""
    return [body for name, body in _FENCED.findall(page) if name == language]


def shell_lines(page: str) -> list[str]:
    """Lines of indented blocks, without comments (`#` after two blanks, or the prose of a synopsis)."""
    plain = _FENCED.sub("", page)
    return [re.split(r"\s{2,}", line.strip())[0] for line in plain.splitlines() if line.startswith("    ")]
