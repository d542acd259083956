"""`watchbot check`: every mistake in config, feeds and rules at once."""

from __future__ import annotations

import click

from watchbot.cli.context import Context
from watchbot.cli.counts import counted
from watchbot.cli.files import Loaded, load_all


@click.command("check")
@click.pass_obj
def command(context: Context) -> None:
    """Check config/watchbot.yaml, config/feeds.yaml and rules.yaml: every error at once; exit status 1 on any."""
    loaded = load_all(context)
    warnings = (*loaded.feeds.warnings, *loaded.rules.warnings)
    for problem in warnings:
        click.echo(str(problem), err=True)
    click.echo(summary(loaded, len(warnings)), err=True)


def summary(loaded: Loaded, warnings: int) -> str:
    """What was found to be in order, in a line."""
    rules = loaded.rules
    counts = {"feed": len(loaded.feeds.feeds), "rule": len(rules.rules), "entity": len(rules.entities)}
    line = f"{', '.join(counted(count, noun) for noun, count in counts.items())}: no errors"
    return f"{line}, {counted(warnings, 'warning')}" if warnings else line
