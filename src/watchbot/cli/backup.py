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
@click.argument("file", required=False)
@click.pass_obj
def command(context: Context, file: str | None) -> None:
    """Write a whole, checked copy of the database to FILE, also while the bot is running.

    Without FILE, or where it is a directory, the copy gets a name with the time; without FILE in `storage.backup_dir`.
    A FILE that is there is replaced. `watchbot restore FILE` puts a copy back.
    """
    settings = settings_of(context).storage
    source = database_file(settings.url)
    if not source.exists():
        raise StorageError(f"there is no database at {source} yet: start the bot first")
    target = Path(file or settings.backup_dir)
    if not file or target.is_dir() or file.endswith("/"):
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
