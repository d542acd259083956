"""The value of `--lang`."""

from __future__ import annotations

import click

from watchbot.config.checks import language_code


def checked(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """A callback that takes what feeds.yaml takes for a language. Raises click.BadParameter."""
    try:
        return None if value is None else language_code(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
