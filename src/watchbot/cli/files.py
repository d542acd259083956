"""Reading the files that the global options name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from watchbot.cli.context import Context
from watchbot.config import FeedList, Settings, load_feeds, load_settings
from watchbot.errors import InvalidConfig, InvalidInput, InvalidRules, Problem
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
        raise error((Problem(str(path), 0, 0, "there is no such file"),)) from None
    except UnicodeDecodeError as caught:
        raise error((Problem(str(path), 0, 0, f"not UTF-8 text: {caught.reason} at byte {caught.start}"),)) from None
    except OSError as caught:
        raise error((Problem(str(path), 0, 0, f"cannot be read: {caught.strerror}"),)) from None


def settings_of(context: Context) -> Settings:
    """config/watchbot.yaml (it may be absent) with the environment. Raises InvalidConfig."""
    path = context.config_dir / "watchbot.yaml"
    return load_settings(_read(path, InvalidConfig, optional=True), str(path), os.environ, read_text)


def feeds_of(context: Context) -> FeedList:
    """config/feeds.yaml. Raises InvalidConfig."""
    path = context.config_dir / "feeds.yaml"
    return load_feeds(_read(path, InvalidConfig), str(path), os.environ)


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


def _unknown_topics(settings: Settings, rules: RuleSet, path: Path) -> list[Problem]:
    """Subscriptions by configuration to rules that do not exist."""
    return [
        Problem(str(path), 0, 0, f"chats: {chat.id} subscribes to '{topic}', which is no rule")
        for chat in settings.chats
        for topic in chat.topics
        if rules.rule(topic) is None
    ]
