"""Every notice that the program can make says all that its text asks for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "watchbot"
TEXTS = (SOURCE / "render" / "locales" / "en.ftl").read_text(encoding="utf-8")


def asked(key: str) -> set[str]:
    """Variables of a text."""
    found = re.search(rf"^{re.escape(key)} =(.*(?:\n .*|\n}}.*)*)", TEXTS, re.MULTILINE)
    return set(re.findall(r"\$(\w+)", found[1])) if found else set()


def notes() -> Iterator[tuple[str, str, set[str]]]:
    """(place, key, values) of each `Note("key", {"name": ...})` whose key and names are written out."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Note":
                key, *rest = node.args
                values = rest[0] if rest else ast.Dict(keys=[], values=[])
                if isinstance(key, ast.Constant) and isinstance(values, ast.Dict):
                    names = {k.value for k in values.keys if isinstance(k, ast.Constant)}
                    yield f"{path.name}:{node.lineno}", str(key.value), {str(name) for name in names}


@pytest.mark.parametrize(
    ("place", "key", "values"), list(notes()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_notice_says_all_that_its_text_asks_for(place: str, key: str, values: set[str]) -> None:
    assert asked(key) <= values, f"{place}: {key} lacks {asked(key) - values}"
