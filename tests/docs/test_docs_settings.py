"""The reference of settings names every key with its default, and the shipped file shows the same."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import yaml
from pages import ROOT, blocks, code, rows, section, text
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from watchbot.config import load_feeds, load_settings
from watchbot.config.durations import parse_duration
from watchbot.config.settings import ChatConfig, FeedConfig, Settings
from watchbot.rules import load_rules
from watchbot.rules.load import _ENTITY_KEYS, _RULE_KEYS

PAGE = text("docs/configuration.md")
SECTIONS = {name: field.annotation for name, field in Settings.model_fields.items() if name != "chats"}
SECTIONS["chats"] = ChatConfig


def documented(name: str) -> dict[str, str]:
    """key -> default as written, of one section."""
    return {code(row[0])[0]: row[1] for row in rows(section(PAGE, name))}


def defaults(model: type[BaseModel]) -> dict[str, object]:
    return {name: field.get_default(call_default_factory=True) for name, field in model.model_fields.items()}


def matches(written: str, default: object) -> bool:
    """Whether a cell says this default."""
    if default is PydanticUndefined:
        return written == "required"
    if default is None or default in ("", (), {}):
        return written == "none"
    value = code(written)[0]
    if isinstance(default, timedelta):
        return parse_duration(value) == default
    return (
        value == (str(default).lower() if isinstance(default, bool) else f"{default:g}")
        if isinstance(default, bool | float)
        else value == str(default)
    )


@pytest.mark.parametrize("name", SECTIONS)
def test_every_key_with_its_default(name: str) -> None:
    model = SECTIONS[name]
    assert model is not None
    wanted, found = defaults(model), documented(name)
    assert list(found) == list(wanted)
    assert {key: found[key] for key in wanted if not matches(found[key], wanted[key])} == {}


def test_every_section() -> None:
    headings = re.findall(r"^## (\w+)$", PAGE, re.MULTILINE)
    assert [heading for heading in headings if heading != "Environment"] == list(Settings.model_fields)


def test_the_shipped_file_shows_defaults() -> None:
    """`# key: value` is the default, unless its value is an example of something that is off by default."""
    shipped = (ROOT / "config" / "watchbot.yaml").read_text(encoding="utf-8").split("# Chats subscribed")[0]
    uncommented = re.sub(r"^(\s*)# (\w+: )", r"\1\2", shipped, flags=re.MULTILINE)
    shown = load_settings(uncommented, "watchbot.yaml", {}, str)
    for name, values in yaml.safe_load(uncommented).items():
        model = SECTIONS[name]
        assert model is not None
        for key, default in defaults(model).items():
            is_example = default in (None, "", (), {})
            assert key not in values or is_example or getattr(getattr(shown, name), key) == default, f"{name}.{key}"


def test_feeds_keys() -> None:
    keys = [key for row in rows(section(text("docs/feeds.md"), "feeds.yaml")) for key in code(row[0])]
    assert set(keys) == set(FeedConfig.model_fields)
    comment = (ROOT / "config" / "feeds.yaml").read_text(encoding="utf-8").split("feeds:\n")[0]
    assert set(re.findall(r"^#   (\w+)(?:, \w+)?  ", comment, re.MULTILINE)) <= set(FeedConfig.model_fields)


def test_rules_keys() -> None:
    page = text("docs/rules.md")
    keys = {key for row in rows(section(page, "Rules")) for key in code(row[0]) if key.isidentifier()}
    assert set(_RULE_KEYS) <= keys
    entities = section(page, "Entities: who and what")
    assert [key for key in _ENTITY_KEYS if f"{key}:" not in entities] == []


def test_examples_load() -> None:
    for page in ("docs/configuration.md", "docs/feeds.md", "docs/storage.md"):
        for block in blocks(text(page), "yaml"):
            if block.startswith("feeds:"):
                assert load_feeds(block, page, {"AGENCY_TOKEN": "x"}).feeds
            else:
                load_settings(block, page, {}, str)


def test_the_examples_of_rules_load() -> None:
    """The complete file by itself; the other blocks within it."""
    whole, *parts = blocks(text("docs/rules.md"), "yaml")
    base = load_rules(whole, "rules.md", str)
    assert base.rules
    more = """version: 1
include: [library.yaml]
entities:
  kazakhstan: {country: KZ}
  almaty: {place: Almaty}
terms: {arrest: [arrest*], treason: [treason], protest: [protest*]}
"""
    library = "version: 1\nentities:\n  massimov: {person: Karim Massimov}\n  tokayev: {person: Tokayev}\n"
    library += "  nazarbayev: {person: Nursultan Nazarbayev}\n  csto: {acronyms: [CSTO]}\n"
    for block in parts:
        if block.startswith(("entities:", "terms:")):
            load_rules(f"version: 1\n{block}rules: []\n", "rules.md", str)
        elif block.lstrip().startswith("match:"):
            load_rules(f"{more}rules:\n  - id: x\n{block}", "rules.md", lambda _: library)
        else:
            load_rules(f"{more}rules:\n{block}", "rules.md", lambda _: library)
