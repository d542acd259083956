"""`watchbot run`: poll and deliver."""

from __future__ import annotations

import asyncio

import click

from watchbot.app.app import run, run_once
from watchbot.app.logs import setup_logs
from watchbot.app.parts import Files, Inputs, file_texts
from watchbot.cli.context import Context
from watchbot.cli.files import feeds_of, load_all, rules_of
from watchbot.config import Settings
from watchbot.telegram import Redactor


@click.command("run")
@click.option("--once", is_flag=True, help="Check every due feed once, deliver, and end.")
@click.option("--console", is_flag=True, help="Show alerts here even when there is a bot token.")
@click.pass_obj
def command(context: Context, once: bool, console: bool) -> None:
    """Poll the feeds and deliver alerts: to Telegram, or without a bot token to the console."""
    inputs = inputs_of(context, console=console)
    undo = setup_logs(inputs.settings.log, redact=redactor(inputs.settings))
    try:
        asyncio.run((run_once if once else run)(inputs))
    finally:
        undo()


def inputs_of(context: Context, *, console: bool = False) -> Inputs:
    """What the app needs of the command line. Raises InvalidInput with the mistakes of all files."""
    feeds, included = context.config_dir / "feeds.yaml", context.config_dir / "entities"
    watched = (context.rules_path, feeds, *((included,) if included.is_dir() else ()))
    texts = file_texts(watched)
    loaded = load_all(context)
    return Inputs(
        settings=loaded.settings,
        load_rules=lambda: rules_of(context.rules_path),
        load_feeds=lambda: feeds_of(context),
        rules_path=context.rules_path,
        watched=watched,
        files=Files(loaded.rules, loaded.feeds, texts),
        console=console,
    )


def redactor(settings: Settings) -> Redactor:
    """Removes secrets from log lines: our token, and whatever looks like one."""
    token = settings.telegram.token
    return Redactor(token.get_secret_value() if token else "")
