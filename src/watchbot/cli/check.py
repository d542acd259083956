"""`watchbot check`: every mistake in config, feeds and rules at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from watchbot.cli.context import Context
from watchbot.cli.files import feeds_of, rules_of, settings_of
from watchbot.config import FeedList, Settings
from watchbot.errors import InvalidInput, Problem
from watchbot.rules import RuleSet

T = TypeVar("T")


@click.command("check")
@click.pass_obj
def command(context: Context) -> None:
    """Check config/watchbot.yaml, config/feeds.yaml and rules.yaml: every error at once; exit status 1 on any."""
    problems: list[Problem] = []
    settings = _collect(lambda: settings_of(context), problems)
    feeds = _collect(lambda: feeds_of(context), problems)
    rules = _collect(lambda: rules_of(context.rules_path), problems)
    problems += [*(feeds.warnings if feeds else ()), *(rules.warnings if rules else ())]
    if settings and rules:
        problems += _unknown_topics(settings, rules, context.config_dir / "watchbot.yaml")
    for problem in problems:
        click.echo(str(problem), err=True)
    errors = sum(not problem.warning for problem in problems)
    if errors:
        click.echo(f"{errors} error{'s' if errors > 1 else ''}", err=True)
        sys.exit(1)
    click.echo(_summary(feeds, rules, len(problems)), err=True)


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


def _summary(feeds: FeedList | None, rules: RuleSet | None, warnings: int) -> str:
    counted = f"{len(feeds.feeds) if feeds else 0} feeds, {len(rules.rules) if rules else 0} rules, "
    counted += f"{len(rules.entities) if rules else 0} entities: no errors"
    return counted + (f", {warnings} warning{'s' if warnings > 1 else ''}" if warnings else "")
