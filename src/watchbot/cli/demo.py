"""`watchbot demo`: the main job with no internet at all."""

from __future__ import annotations

import asyncio
import sys

import click
from rich.console import Console

from watchbot.app.logs import setup_logs
from watchbot.cli.context import Context
from watchbot.cli.files import rules_of
from watchbot.config.settings import LogSettings
from watchbot.demo.run import demo


@click.command("demo")
@click.pass_obj
def command(context: Context) -> None:
    """Poll a small archive of January 2022 from a local server and show the alerts: no internet, no token."""
    undo = setup_logs(LogSettings(level="warning"))
    try:
        shown = asyncio.run(demo(lambda: rules_of(context.rules_path), Console(highlight=False)))
    finally:
        undo()
    sys.exit(0 if shown else 1)
