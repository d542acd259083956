"""`watchbot why URL|TEXT`: what became of an entry."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from watchbot.cli.context import Context
from watchbot.cli.files import settings_of
from watchbot.config import Settings
from watchbot.errors import StorageError
from watchbot.replay.why import why_lines
from watchbot.storage import Storage
from watchbot.text.urls import canonical_url


@click.command("why")
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100), help="Entries at most.")
@click.pass_obj
def command(context: Context, query: tuple[str, ...], limit: int) -> None:
    """Tell what became of the entry with this link, or of entries with this text in their title.

    Which feed saw it and when, what matched, which story it joined and why, and whether it was sent, folded or held.
    Exit status 1 when the archive holds no such entry.
    """
    settings = settings_of(context)
    wanted = " ".join(query)
    storage = open_archive(settings)
    try:
        storage.require_schema()
        found = storage.why(wanted, limit)
        if not found and "://" in wanted:
            found = storage.why(canonical_url(wanted, settings.stories.host_aliases), limit)
    finally:
        storage.close()
    if not found:
        click.echo("no entry with this link or text was seen", err=True)
        sys.exit(1)
    click.echo("\n".join(why_lines(found)))


def open_archive(settings: Settings) -> Storage:
    """The bot's database, which must be there already: asking must not create one. Raises StorageError."""
    storage = Storage(settings.storage.url, backup_dir=Path(settings.storage.backup_dir))
    if storage.file is not None and not storage.file.exists():
        storage.close()
        raise StorageError(f"there is no database at {storage.file} yet: start the bot first")
    return storage
