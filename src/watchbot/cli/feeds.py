"""`watchbot feeds`: list, add, remove, check, import and export feeds."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from watchbot.app.parts import fetch_options
from watchbot.cli.context import Context
from watchbot.cli.counts import counted
from watchbot.cli.files import feeds_of, read_text, settings_of
from watchbot.cli.language import checked
from watchbot.config import Settings, load_feeds
from watchbot.config.durations import format_duration
from watchbot.config.yamlfile import read_yaml
from watchbot.errors import FetchError, InvalidConfig, ParseError, StorageError, WatchbotError
from watchbot.fetch import Fetcher, FetchRequest, FetchResponse
from watchbot.fetch.diagnose import problem
from watchbot.fetch.feedsfile import append_feeds, feed_line, remove_feed
from watchbot.fetch.find import Found, find_feed, with_scheme
from watchbot.fetch.opml import read_opml, write_opml
from watchbot.model import FeedSpec, ParsedFeed, StoredFeed
from watchbot.parse import parse_document
from watchbot.poller.decide import feed_url
from watchbot.poller.silence import quiet
from watchbot.storage import Storage


@click.group("feeds")
def command() -> None:
    """List, add, remove, check, import and export feeds."""


def _file(context: Context) -> Path:
    return context.config_dir / "feeds.yaml"


def _text(context: Context) -> str:
    try:
        return read_text(_file(context))
    except FileNotFoundError:
        return ""


def _save(context: Context, text: str) -> None:
    """Write feeds.yaml in one step, and only what can be read back. Raises InvalidConfig."""
    path = _file(context)
    load_feeds(text, str(path), os.environ, read_text)
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()
    new = target.with_name(f".{target.name}.new")
    new.write_text(text, encoding="utf-8")
    if target.exists():
        new.chmod(target.stat().st_mode & 0o777)
    new.replace(target)


def _addresses(text: str) -> set[str]:
    """Addresses of all feeds in feeds.yaml, switched off or not."""
    data = read_yaml(text, "feeds.yaml").data
    feeds = data.get("feeds") if isinstance(data, dict) else None
    rows = feeds if isinstance(feeds, list) else []
    return {str(row["url"]) for row in rows if isinstance(row, dict) and "url" in row}


# -- list --------------------------------------------------------------------------------------------------------------


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, on stdout.")
@click.pass_obj
def list_feeds(context: Context, as_json: bool) -> None:
    """Show every feed with its error, how often it failed in a row, and its next attempt."""
    settings, feeds = settings_of(context), feeds_of(context).feeds
    stored = {feed.spec.url: feed for feed in _stored(settings)}
    specs = [*feeds, *(f.spec for url, f in stored.items() if f.origin == "chat" and url not in {s.url for s in feeds})]
    now = datetime.now(UTC)
    if as_json:
        for spec in specs:
            click.echo(json.dumps(_list_row(spec, stored.get(spec.url), now), ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "url", "last success", "last new", "next attempt", "errors", "remarks"):
        table.add_column(column, overflow="fold")
    for spec in specs:
        feed = stored.get(spec.url)
        table.add_row(spec.name, _shown(spec.url), *_state_cells(feed, now))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _stored(settings: Settings) -> list[StoredFeed]:
    """Feeds as the database knows them; none where there is no database yet."""
    url = settings.storage.url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        click.echo("no database yet: state is shown once `watchbot run` has run", err=True)
        return []
    try:
        storage = Storage(url)
        try:
            return storage.feeds()
        finally:
            storage.close()
    except StorageError as error:
        click.echo(f"state cannot be shown: {error}", err=True)
        return []


def _list_row(spec: FeedSpec, feed: StoredFeed | None, now: datetime) -> dict[str, object]:
    def stamp(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    row: dict[str, object] = {"name": spec.name, "url": _shown(spec.url), "lang": spec.lang, "tags": list(spec.tags)}
    if feed is not None:
        row |= {
            "enabled": feed.enabled,
            "disabled_reason": feed.disabled_reason,
            "last_success_at": stamp(feed.last_success_at),
            "last_new_at": stamp(feed.last_new_at),
            "next_check_at": stamp(feed.next_check_at),
            "last_status": feed.last_status,
            "error_count": feed.error_count,
            "last_error": feed.last_error,
            "gap_at": stamp(feed.gap_at),
            "quiet_since": stamp(silent.since) if (silent := quiet(feed, now)) else None,
            "asked_at": _shown(feed_url(feed)),
        }
    return row


def _state_cells(feed: StoredFeed | None, now: datetime) -> tuple[str, str, str, str, str]:
    if feed is None:
        return "-", "-", "-", "-", ""
    following = "disabled" if not feed.enabled else _ahead(feed.next_check_at, now)
    errors = str(feed.error_count or "")
    return (
        _ago(feed.last_success_at, now),
        _ago(feed.last_new_at, now),
        following,
        errors,
        "; ".join(_remarks(feed, now)),
    )


def _remarks(feed: StoredFeed, now: datetime) -> Iterator[str]:
    """What an operator should know of a feed, worst first."""
    if problem := feed.disabled_reason or feed.last_error:
        yield problem
    if silent := quiet(feed, now):
        ago, expected = _ago(silent.since, now), round(silent.expected)
        yield f"strangely quiet, the last entry {ago}: about {expected} entries were expected"
    if feed.gap_at is not None:
        yield f"a gap is possible ({_ago(feed.gap_at, now)})"
    if feed.redirect_url and feed_url(feed) == feed.redirect_url:
        yield f"asked at {feed.redirect_url}, where it moved for good"


def _ago(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{_rough(max(now - at, timedelta()))} ago"


def _ahead(at: datetime | None, now: datetime) -> str:
    return "now" if at is None or at <= now else f"in {_rough(at - now)}"


def _rough(span: timedelta) -> str:
    """A duration in its largest unit."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _shown(url: str) -> str:
    """The address without a user name in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url


# -- add, remove -------------------------------------------------------------------------------------------------------


@command.command("add")
@click.argument("url")
@click.option("--name", help="What alerts call it (default: the feed's own title).")
@click.option("--lang", callback=checked, help="Language of its entries (BCP 47).")
@click.option("--tag", "tags", multiple=True, help="A tag; may be repeated.")
@click.option("--country", help="ISO 3166 code of its country.")
@click.pass_obj
def add(
    context: Context, url: str, name: str | None, lang: str | None, tags: tuple[str, ...], country: str | None
) -> None:
    """Find the feed at URL (the feed itself, or a page that has one) and add it to feeds.yaml."""
    settings, text = settings_of(context), _text(context)
    address = with_scheme(url)
    found = asyncio.run(_discover(settings, address))
    if found is None:
        raise WatchbotError(f"no feed was found at {address}")
    if found.url in _addresses(text):
        click.echo(f"already listed: {found.url}", err=True)
        return
    spec = FeedSpec(
        url=found.url,
        name=name or found.name,
        lang=lang or found.parsed.lang,
        tags=tags,
        country=country.upper() if country else None,
    )
    try:
        _save(context, append_feeds(text, [spec]))
    except ValueError as error:
        raise WatchbotError(str(error)) from error
    click.echo(f"added: {spec.name} ({counted(len(found.parsed.entries), 'entry')}) {found.url}", err=True)


async def _discover(settings: Settings, url: str) -> Found | None:
    fetcher = Fetcher(fetch_options(settings))
    try:
        return await find_feed(url, fetcher.fetch, _parsed)
    finally:
        await fetcher.aclose()


async def _parsed(response: FetchResponse) -> ParsedFeed:
    return parse_document(
        response.body, url=response.final_url, content_type=response.content_type, now=datetime.now(UTC)
    )


@command.command("remove")
@click.argument("url_or_name")
@click.pass_obj
def remove(context: Context, url_or_name: str) -> None:
    """Take a feed out of feeds.yaml. What it showed stays known, so adding it again repeats nothing."""
    text = _text(context)
    specs = load_feeds(text, str(_file(context)), os.environ, read_text).feeds
    matching = [spec for spec in specs if url_or_name in (spec.url, spec.name)]
    if not matching:
        raise WatchbotError(f"feeds.yaml has no feed '{url_or_name}'")
    if len(matching) > 1:
        raise WatchbotError(f"{len(matching)} feeds are called '{url_or_name}': give the address")
    changed = remove_feed(text, matching[0].url)
    if changed is None:
        raise WatchbotError("the list of feeds is not written one feed to a line: remove the feed by hand")
    _save(context, changed)
    click.echo(f"removed: {matching[0].name} {_shown(matching[0].url)}", err=True)


# -- check -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Probe:
    """What one feed answered."""

    name: str
    url: str
    ok: bool
    status: int | None
    problem: str
    entries: int = 0
    newest: datetime | None = None
    encoding: str | None = None
    validators: str = ""
    interval: timedelta | None = None
    format: str = ""
    moved_to: str | None = None


@command.command("check")
@click.argument("urls", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, on stdout.")
@click.pass_obj
def check(context: Context, urls: tuple[str, ...], as_json: bool) -> None:
    """Probe all feeds (or those at URLS): status, entries, newest, encoding, validators, median interval.

    Exit status 1 when any fails.
    """
    settings = settings_of(context)
    listed = {spec.url: spec for spec in feeds_of(context).feeds}
    specs = [listed.get(url, FeedSpec(url, urlsplit(url).hostname or url)) for url in urls] or list(listed.values())
    probes = asyncio.run(_probe_all(settings, specs))
    if as_json:
        for probe in probes:
            click.echo(json.dumps(_probe_json(probe), ensure_ascii=False))
    else:
        _show_probes(probes)
    failed = sum(not probe.ok for probe in probes)
    click.echo(f"{counted(len(probes), 'feed')}, {failed} with a problem", err=True)
    if failed:
        sys.exit(1)


async def _probe_all(settings: Settings, specs: list[FeedSpec]) -> list[Probe]:
    fetcher = Fetcher(fetch_options(settings))
    slots = asyncio.Semaphore(min(settings.poll.concurrency, 16))
    hosts: dict[str, asyncio.Semaphore] = {}
    columns = (TextColumn("probing"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("probing", total=len(specs))

        async def one(spec: FeedSpec) -> Probe:
            host = hosts.setdefault(urlsplit(spec.url).hostname or "", asyncio.Semaphore(settings.poll.per_host))
            async with host, slots:
                result = await _probe(fetcher, spec)
            progress.advance(task)
            return result

        try:
            return await asyncio.gather(*map(one, specs))
        finally:
            await fetcher.aclose()


async def _probe(fetcher: Fetcher, spec: FeedSpec) -> Probe:
    bad = Probe(spec.name, _shown(spec.url), False, None, "")
    try:
        response = await fetcher.fetch(FetchRequest(spec.url, headers=spec.headers))
    except FetchError as error:
        return replace(bad, problem=f"{error.kind}: {error}")
    failed = problem(response.status, response.headers)
    if failed is not None:
        return replace(bad, status=response.status, problem=failed[1])
    try:
        parsed = await asyncio.to_thread(
            parse_document,
            response.body,
            url=response.final_url,
            content_type=response.content_type,
            format=spec.format,
            lang=spec.lang,
            now=datetime.now(UTC),
        )
    except ParseError as error:
        return replace(bad, status=response.status, problem=f"{error.kind}: {error}")
    return _good(spec, response, parsed)


def _good(spec: FeedSpec, response: FetchResponse, parsed: ParsedFeed) -> Probe:
    times = sorted(at for entry in parsed.entries if (at := entry.published_at or entry.updated_at))
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    validators = [name for name, value in (("etag", response.etag), ("modified", response.last_modified)) if value]
    return Probe(
        name=spec.name,
        url=_shown(spec.url),
        ok=True,
        status=response.status,
        problem="; ".join(parsed.problems),
        entries=len(parsed.entries),
        newest=times[-1] if times else None,
        encoding=parsed.encoding,
        validators=", ".join(validators) or "none",
        interval=timedelta(seconds=statistics.median(pauses)) if pauses else None,
        format=parsed.format,
        moved_to=response.permanent_url,
    )


def _probe_json(probe: Probe) -> dict[str, object]:
    row = asdict(probe)
    row["newest"] = probe.newest.isoformat() if probe.newest else None
    row["interval"] = probe.interval.total_seconds() if probe.interval is not None else None
    return row


def _show_probes(probes: list[Probe]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "status", "entries", "newest", "format", "encoding", "validators", "median", "remarks"):
        table.add_column(column, overflow="fold")
    now = datetime.now(UTC)
    for probe in probes:
        moved = f"moved to {probe.moved_to}" if probe.moved_to else ""
        table.add_row(
            probe.name,
            str(probe.status or "-"),
            str(probe.entries) if probe.ok else "-",
            _ago(probe.newest, now) if probe.newest else "-",
            probe.format,
            probe.encoding or "",
            probe.validators,
            format_duration(timedelta(seconds=round(probe.interval.total_seconds()))) if probe.interval else "-",
            "; ".join(part for part in (probe.problem, moved) if part),
            style=None if probe.ok else "red",
        )
    Console(width=None if sys.stdout.isatty() else 200).print(table)


# -- import, export ----------------------------------------------------------------------------------------------------


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_opml(context: Context, file: Path) -> None:
    """Add the feeds of an OPML file to feeds.yaml; those that are listed stay as they are."""
    text = _text(context)
    known = _addresses(text)
    specs = read_opml(file.read_bytes())
    new: list[FeedSpec] = []
    for spec in (spec for spec in specs if spec.url not in known):
        try:
            new.append(_acceptable(spec))
        except InvalidConfig as error:
            click.echo(f"left out: {_shown(spec.url)}: {error.problems[0].message}", err=True)
    try:
        _save(context, append_feeds(text, new))
    except ValueError as error:
        raise WatchbotError(str(error)) from error
    click.echo(
        f"{counted(len(new), 'feed')} added, {sum(spec.url in known for spec in specs)} already listed", err=True
    )


def _acceptable(spec: FeedSpec) -> FeedSpec:
    """The feed as feeds.yaml can hold it: other readers write languages and formats that mean nothing here.

    Raises InvalidConfig for an address that it cannot hold (a password in it).
    """
    try:
        load_feeds(f"feeds:\n{feed_line(spec)}\n", "feeds.yaml", {})
    except InvalidConfig:
        spec = FeedSpec(spec.url, spec.name, tags=spec.tags)
        load_feeds(f"feeds:\n{feed_line(spec)}\n", "feeds.yaml", {})
    return spec


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.pass_obj
def export_opml(context: Context, file: Path | None) -> None:
    """Write all feeds as OPML, to FILE or to stdout. Headers, which hold credentials, are left out."""
    document = write_opml(feeds_of(context).feeds, datetime.now(UTC))
    if file is None:
        click.echo(document.decode(), nl=False)
    else:
        file.write_bytes(document)
        click.echo(f"written: {file}", err=True)
