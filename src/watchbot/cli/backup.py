"""`watchbot backup`: a whole copy of the database, also while the bot is running."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import make_url

from watchbot.cli.context import Context
from watchbot.cli.files import settings_of
from watchbot.errors import StorageError
from watchbot.storage import backup_file, backup_name


@click.command("backup", short_help="Write a backup of the database.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def command(context: Context, file: Path | None) -> None:
    """Write a whole, checked copy of the database to FILE, also while the bot is running.

    Without FILE it goes to `storage.backup_dir`, under a name with the time. `watchbot restore FILE` puts it back.
    """
    settings = settings_of(context).storage
    source = database_file(settings.url)
    target = file or Path(settings.backup_dir) / backup_name(datetime.now(UTC))
    if target.is_dir():
        target = target / backup_name(datetime.now(UTC))
    if source.resolve() == target.resolve():
        raise StorageError(f"{target} is the database itself: name another file")
    backup_file(source, target)
    click.echo(f"wrote {target} ({target.stat().st_size / 1e6:.1f} MB)", err=True)


def database_file(url: str) -> Path:
    """The SQLite file of `storage.url`. Raises StorageError for a server, whose backups its own tools make."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise StorageError("this database is a PostgreSQL server: use pg_dump and pg_restore (see docs/storage.md)")
    if parsed.database in (None, "", ":memory:"):
        raise StorageError("storage.url names no file")
    return Path(str(parsed.database))
