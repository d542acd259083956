"""Every text exists in all five languages, with the same placeables, and no text is a leftover."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from watchbot.commands.menu import GROUP, OPERATOR, PRIVATE
from watchbot.render.alert import change
from watchbot.render.i18n import LANGUAGES, catalogue_source, choose_language, texts
from watchbot.stories.features import COUNTED

SOURCE = Path(__file__).parents[2] / "src" / "watchbot"
PLURALS = {"en": {"one", "other"}, "de": {"one", "other"}, "kk": {"one", "other"}}
PLURALS |= {"ru": {"one", "few", "other"}, "uk": {"one", "few", "other"}}


class Names(Visitor):
    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.selectors: list[set[str]] = []

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:
        self.variables.add(node.id.name)

    def visit_SelectExpression(self, node: ftl.SelectExpression) -> None:
        keys = {v.key.name for v in node.variants if isinstance(v.key, ftl.Identifier)}
        self.selectors.append(keys)
        self.generic_visit(node)


def catalogue(language: str) -> dict[str, Names]:
    found: dict[str, Names] = {}
    for entry in FluentParser().parse(catalogue_source(language)).body:
        assert not isinstance(entry, ftl.Junk), f"{language}: {entry.content}"
        if isinstance(entry, ftl.Message):
            assert entry.id.name not in found, f"{language}: {entry.id.name} twice"
            names = found[entry.id.name] = Names()
            names.visit(entry)
    return found


def keys_in_code() -> set[str]:
    """Whole keys written in the code, and the beginnings of those that are put together."""
    found: set[str] = set()
    for path in (
        path for room in ("render", "commands", "app", "pipeline", "plan") for path in (SOURCE / room).glob("*.py")
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


@pytest.mark.parametrize("language", [x for x in LANGUAGES if x != "en"])
def test_same_texts_and_placeables_as_english(language: str) -> None:
    english, other = catalogue("en"), catalogue(language)
    assert set(other) == set(english)
    differing = {k: (v.variables, other[k].variables) for k, v in english.items() if v.variables != other[k].variables}
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    for key, names in catalogue(language).items():
        for forms in names.selectors:
            if "one" in forms:
                assert forms == PLURALS[language], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_formatted(language: str) -> None:
    t = texts(language)
    for key, names in catalogue("en").items():
        for number in (0, 1, 2, 5, 21):
            shown = t(key, **dict.fromkeys(names.variables, number))
            assert shown.strip() and "{" not in shown


def test_no_text_is_unused() -> None:
    code = keys_in_code()
    prefixes = {c for c in code if re.fullmatch(r"[a-z-]+-", c)}
    unused = [k for k in catalogue("en") if k not in code and not any(k.startswith(p) for p in prefixes)]
    unused = [
        k for k in unused if not k.endswith("-ask") and k.removeprefix("cmd-") not in (*PRIVATE, *GROUP, *OPERATOR)
    ]
    assert unused == []


def test_every_material_change_has_a_name_in_each_language() -> None:
    names = [*COUNTED.values(), "correction", "withdrawn", "now high priority", "now normal priority"]
    for language in LANGUAGES:
        for name in names:
            shown = change(f"{name}: 26 -> 164", texts(language))
            assert shown.endswith(": 26 → 164") and (language == "en" or not shown.startswith(name))


def test_a_missing_text_is_an_error() -> None:
    with pytest.raises(LookupError):
        texts("en")("no-such-text")


@pytest.mark.parametrize(
    ("code", "language"),
    [("de", "de"), ("de-AT", "de"), ("RU", "ru"), ("kk", "kk"), ("uk", "uk"), ("fr", "en"), (None, "en"), ("", "en")],
)
def test_language_of_a_client(code: str | None, language: str) -> None:
    assert choose_language(code) == language


def test_every_menu_command_is_described_within_telegrams_limits() -> None:
    for language in LANGUAGES:
        for name in (*PRIVATE, *GROUP, *OPERATOR):
            assert 3 <= len(texts(language)(f"cmd-{name}")) <= 256
