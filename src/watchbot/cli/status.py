"""`watchbot status`: how the bot is doing, from its database."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from watchbot.app.health import LOCK_TTL, WATCH_PATIENCE, WATCHED, ago, overdue, troubles_of
from watchbot.cli.context import Context
from watchbot.cli.files import settings_of
from watchbot.cli.why import open_archive
from watchbot.config import Settings
from watchbot.storage import Status


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, on standard output.")
@click.option("--healthcheck", is_flag=True, help="Say nothing; exit status 0 when the bot runs and works, else 1.")
@click.pass_obj
def command(context: Context, as_json: bool, healthcheck: bool) -> None:
    """Show how the bot is doing: feeds, entries, chats, queue, heartbeat."""
    settings = settings_of(context)
    # Docker asks every half a minute: nothing of the bot is imported but its database.
    storage = open_archive(settings)
    now = datetime.now(UTC)
    try:
        status = storage.status(now)
        watched = json.loads(storage.flag(WATCHED) or "{}")
    finally:
        storage.close()
    troubles = troubles_of(status, now)
    if status.heartbeat_at is not None and now - status.heartbeat_at <= LOCK_TTL:
        troubles += watchdog_troubles(watched, settings, now)
    if healthcheck:
        for trouble in troubles:
            click.echo(trouble, err=True)
        sys.exit(1 if troubles else 0)
    if as_json:
        row = {key: v.isoformat() if isinstance(v, datetime) else v for key, v in asdict(status).items()}
        click.echo(json.dumps({**row, "watchdog": watched or None, "troubles": troubles}, ensure_ascii=False))
    else:
        _print(status, watched, troubles, now)


def watchdog_troubles(watched: Mapping[str, Any], settings: Settings, now: datetime) -> list[str]:
    """What the watchdog of a bot that is running wrote down, or that it does not."""
    if not watched:
        return []
    late = overdue(datetime.fromisoformat(watched["at"]), settings.web.watchdog_every, WATCH_PATIENCE, now)
    return late or list(watched["stuck"])


def _print(status: Status, watched: Mapping[str, Any], troubles: list[str], now: datetime) -> None:
    console = Console()
    table = Table(show_header=False, box=None, pad_edge=False)
    running = status.heartbeat_at is not None and now - status.heartbeat_at <= LOCK_TTL
    table.add_row("bot", f"running ({status.owner})" if running else "not running")
    failing = f", {status.failing_feeds} failing" if status.failing_feeds else ""
    disabled = f", {status.disabled_feeds} disabled" if status.disabled_feeds else ""
    table.add_row("feeds", f"{status.feeds}{failing}{disabled}; last checked {_when(status.last_fetch_at, now)}")
    table.add_row("entries", f"{status.entries} in {status.stories} stories; newest {_when(status.last_entry_at, now)}")
    suspended = f", {status.suspended_chats} suspended" if status.suspended_chats else ""
    table.add_row("chats", f"{status.chats}{suspended}; {status.subscriptions} subscriptions")
    queue = f"{status.pending} waiting, {status.held} held for digests, {status.sent} sent, {status.dead} given up"
    table.add_row("alerts", queue)
    if watched:
        stages = ", ".join(f"{stage} {ms}" for stage, ms in watched["stages_ms"].items())
        when = _when(datetime.fromisoformat(watched["at"]), now)
        table.add_row("watchdog", f"{watched['latency_ms']} ms {when} ({stages})")
    size = f", {status.size_bytes / 1e6:.1f} MB" if status.size_bytes is not None else ""
    free = f", {status.free_bytes / 1e6:.0f} MB free" if status.free_bytes is not None else ""
    table.add_row("database", f"schema {status.schema}{size}{free}")
    console.print(table)
    for trouble in troubles:
        console.print(f"[red]![/red] {trouble}")


def _when(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{ago(now - at)} ago"
