"""`watchbot restore`: put a backup back in place, while no bot is running."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from watchbot.cli.backup import database_file
from watchbot.cli.context import Context
from watchbot.cli.files import settings_of
from watchbot.storage import restore


@click.command("restore", short_help="Put a backup back in place.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def command(context: Context, file: Path) -> None:
    """Check the backup FILE from its first to its last page and put it in place of the database.

    Refused while a bot is running. The replaced database is kept beside the new one.
    """
    target = database_file(settings_of(context).storage.url)
    kept = restore(file, target, datetime.now(UTC))
    click.echo(f"restored {target} from {file}", err=True)
    if kept is not None:
        click.echo(f"the database that was there is kept as {kept}", err=True)
