"""`watchbot parse`: what a feed or wire file yields."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from watchbot.cli.context import Context
from watchbot.cli.counts import counted
from watchbot.cli.language import checked
from watchbot.errors import FetchError, ParseError, WatchbotError
from watchbot.model import ParsedEntry, ParsedFeed
from watchbot.parse import parse_document


def _there(_context: click.Context, _argument: click.Parameter, sources: tuple[str, ...]) -> tuple[str, ...]:
    """The sources, when each file among them is there. Raises click.BadParameter."""
    for source in sources:
        if source != "-" and not _is_address(source) and not Path(source).exists():
            raise click.BadParameter(f"'{source}': No such file or directory")
    return sources


def _is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


@click.command("parse")
@click.argument("sources", metavar="FILE|URL...", nargs=-1, required=True, callback=_there)
@click.option("--json", "as_json", is_flag=True, help="One JSON document per source, on a line of its own.")
@click.option("--format", "format_", default="auto", show_default=True, help="What to read it as; see docs/formats.md.")
@click.option("--lang", callback=checked, help="The feed's language, where it does not say so.")
@click.pass_obj
def command(context: Context, sources: tuple[str, ...], as_json: bool, format_: str, lang: str | None) -> None:
    """Show what a feed or wire FILE, a directory of such files, or a URL yields. "-" reads standard input."""
    now = datetime.now(UTC)
    many = len(sources) > 1 or Path(sources[0]).is_dir()
    failed = 0
    for name, data, url, content_type in _documents(context, sources):
        try:
            if isinstance(data, Exception):
                raise data
            parsed = parse_document(data, url=url, content_type=content_type, format=format_, lang=lang, now=now)
        except (WatchbotError, OSError) as error:
            failed += 1
            kind = f" ({error.kind})" if isinstance(error, ParseError) else ""
            reason = error.strerror if isinstance(error, OSError) else error
            click.echo(f"{name}: {reason}{kind}", err=True)
            continue
        if as_json:
            row = as_dict(parsed)
            click.echo(json.dumps({"source": name, **row} if many else row, ensure_ascii=False))
        else:
            _show(name, parsed)
    if failed:
        sys.exit(1)


def _documents(context: Context, sources: tuple[str, ...]) -> Iterator[tuple[str, bytes | Exception, str, str | None]]:
    """(name, bytes or what went wrong, base URL, content type) of each source."""
    for source in sources:
        if _is_address(source):
            yield _fetched(context, source)
            continue
        if source == "-":
            yield "-", sys.stdin.buffer.read(), "", None
            continue
        path = Path(source)
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        if not files:
            yield source, WatchbotError("this directory holds no files"), "", None
        for file in files:
            try:
                yield str(file), file.read_bytes(), "", None
            except OSError as error:
                yield str(file), error, "", None


def _fetched(context: Context, url: str) -> tuple[str, bytes | Exception, str, str | None]:
    # Only a URL pays for the network stack.
    from watchbot.app.parts import fetch_options
    from watchbot.cli.files import settings_of
    from watchbot.fetch import Fetcher, FetchRequest, FetchResponse

    async def fetch() -> FetchResponse:
        fetcher = Fetcher(fetch_options(settings_of(context)))
        try:
            return await fetcher.fetch(FetchRequest(url))
        finally:
            await fetcher.aclose()

    try:
        response = asyncio.run(fetch())
    except WatchbotError as error:
        return url, error, url, None
    if response.status != 200:
        return url, FetchError("protocol", f"the server answered with status {response.status}"), url, None
    return url, response.body, response.final_url, response.content_type


def as_dict(parsed: ParsedFeed) -> dict[str, Any]:
    """The JSON form of a parsed document, as the design names its fields."""
    return {
        "feed": {"title": parsed.title, "link": parsed.link, "lang": parsed.lang, "format": parsed.format},
        "entries": [_entry(entry) for entry in parsed.entries],
        "problems": list(parsed.problems),
    }


def _entry(entry: ParsedEntry) -> dict[str, Any]:
    return {
        "guid": entry.guid,
        "link": entry.link,
        "title": entry.title,
        "summary": entry.summary,
        "body": entry.body,
        "lang": entry.lang,
        "published_at": _iso(entry.published_at),
        "updated_at": _iso(entry.updated_at),
        "authors": list(entry.authors),
        "tags": list(entry.tags),
        "media": [
            {"url": m.url, "type": m.type, "width": m.width, "height": m.height, "length": m.length}
            for m in entry.media
        ],
        "version": entry.version,
        "status": str(entry.status),
        "embargo": _iso(entry.embargo),
        "urgency": entry.urgency,
        "byline": entry.byline,
        "place": entry.place,
        "subjects": list(entry.subjects),
        "source": entry.source,
    }


def _iso(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def _show(name: str, parsed: ParsedFeed) -> None:
    facts = [
        parsed.format,
        parsed.lang or "language unknown",
        parsed.encoding or "",
        counted(len(parsed.entries), "entry"),
    ]
    click.secho(f"{parsed.title or name}", bold=True)
    click.echo("  " + " · ".join(f for f in facts if f))
    for problem in parsed.problems:
        click.secho(f"  ! {problem}", fg="yellow")
    for entry in parsed.entries:
        at = entry.published_at or entry.updated_at
        click.echo(f"  {at:%Y-%m-%d %H:%M} UTC  {entry.title}" if at else f"  (no date)             {entry.title}")
        marks = [str(entry.status)] if entry.status != "usable" else []
        marks += [f"urgency {entry.urgency}"] if entry.urgency else []
        marks += [f"version {entry.version}"] if entry.version else []
        marks += [f"embargoed until {entry.embargo:%Y-%m-%d %H:%M} UTC"] if entry.embargo else []
        if marks or entry.link:
            click.echo("    " + " · ".join([*marks, *([entry.link] if entry.link else [])]))
