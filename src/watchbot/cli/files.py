"""Reading the files that the global options name."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from watchbot.cli.context import Context
from watchbot.config import FeedList, Settings, load_feeds, load_settings
from watchbot.config.yamlfile import excerpt, read_yaml
from watchbot.errors import InvalidConfig, InvalidInput, InvalidRules, Problem
from watchbot.model import SILENCE_TOPIC
from watchbot.rules import RuleSet, load_rules

T = TypeVar("T")


def read_text(path: str | Path) -> str:
    """The file's text. Raises OSError, UnicodeDecodeError."""
    return Path(path).read_text(encoding="utf-8-sig")


def _read(path: Path, error: type[InvalidInput], *, optional: bool = False) -> str:
    try:
        return read_text(path)
    except FileNotFoundError:
        if optional:
            return ""
        hint = f"looked in {Path.cwd()}: start there, or name the place with --config DIR and --rules FILE"
        raise error((Problem(str(path), 0, 0, "there is no such file", hint),)) from None
    except UnicodeDecodeError as caught:
        raise error((_not_utf8(path, caught),)) from None
    except OSError as caught:
        raise error((Problem(str(path), 0, 0, f"cannot be read: {caught.strerror}"),)) from None


def _not_utf8(path: Path, error: UnicodeDecodeError) -> Problem:
    """The place of the first byte that is not UTF-8, in characters."""
    before, text = error.object[: error.start].decode("utf-8", "replace"), error.object.decode("utf-8", "replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    utf16 = error.object[:2] in (b"\xff\xfe", b"\xfe\xff")
    hint = "it is saved as UTF-16: save it as UTF-8" if utf16 else "save the file as UTF-8"
    shown = "" if utf16 else excerpt(text, line, column)
    return Problem(str(path), line, column, f"not UTF-8 text: {error.reason}", hint, shown)


def settings_of(context: Context) -> Settings:
    """config/watchbot.yaml (it may be absent) with the environment. Raises InvalidConfig."""
    path = context.config_dir / "watchbot.yaml"
    return load_settings(_read(path, InvalidConfig, optional=True), str(path), os.environ, read_text)


def feeds_of(context: Context) -> FeedList:
    """config/feeds.yaml. Raises InvalidConfig."""
    path = context.config_dir / "feeds.yaml"
    return load_feeds(_read(path, InvalidConfig), str(path), os.environ, read_text)


def rules_of(path: Path) -> RuleSet:
    """A rules file with what it includes. Raises InvalidRules."""
    return load_rules(_read(path, InvalidRules), str(path), read_text)


@dataclass(frozen=True, slots=True)
class Loaded:
    """All three files, valid."""

    settings: Settings
    feeds: FeedList
    rules: RuleSet


def load_all(context: Context) -> Loaded:
    """Settings, feeds and rules. Raises InvalidInput with the mistakes of all of them."""
    problems: list[Problem] = []
    settings = _collect(lambda: settings_of(context), problems)
    feeds = _collect(lambda: feeds_of(context), problems)
    rules = _collect(lambda: rules_of(context.rules_path), problems)
    if settings and rules:
        problems += _unknown_topics(settings, rules, context.config_dir / "watchbot.yaml")
    if problems or settings is None or feeds is None or rules is None:
        raise InvalidInput(tuple(problems))
    return Loaded(settings, feeds, rules)


def _collect(load: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return load()
    except InvalidInput as error:
        problems += error.problems
        return None


def _unknown_topics(settings: Settings, rules: RuleSet, path: Path) -> tuple[Problem, ...]:
    """Subscriptions by configuration to rules that do not exist, each at its place in the file."""
    doc = read_yaml(_read(path, InvalidConfig, optional=True), str(path))
    known = [rule.id for rule in rules.rules]
    for i, chat in enumerate(settings.chats):
        for j, topic in enumerate(chat.topics):
            if rules.rule(topic) is None and topic != SILENCE_TOPIC:
                near = difflib.get_close_matches(topic, known, 1)
                hint = f"did you mean '{near[0]}'?" if near else f"rules: {', '.join(known)}"
                doc.add(("chats", i, "topics", j), f"there is no rule '{topic}'", hint=hint)
    return tuple(doc.problems)
