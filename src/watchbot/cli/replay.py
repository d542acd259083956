"""`watchbot replay`: recorded items through the whole pipeline, without sending."""

from __future__ import annotations

import gc
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, cast

import click

from watchbot.app.parts import plan_settings, story_settings
from watchbot.cli.context import Context
from watchbot.cli.counts import counted
from watchbot.cli.files import rules_of, settings_of
from watchbot.config.durations import format_duration, parse_duration
from watchbot.config.settings import Settings
from watchbot.replay import Answer, BadLine, ReplayItem, RulesDiff, diff, from_archive, recorded, replay, summary

PAGE = 500
"""Entries of the archive that are read at a time."""
MARKS = {"alert": "ALERT", "update": "update", "duplicate": "copy", "no-match": "-"}


@click.command("replay")
@click.argument("items", type=click.File("rb"), required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per item on standard output.")
@click.option("--rules", "rules_path", type=click.Path(path_type=Path, dir_okay=False), help="Rules to replay with.")
@click.option(
    "--compare",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Show what these other rules would have sent instead.",
)
@click.option("--since", help="Only the last so much of the items' time: 7d, 12h.")
@click.pass_obj
def command(
    context: Context,
    items: IO[bytes] | None,
    as_json: bool,
    rules_path: Path | None,
    compare: Path | None,
    since: str | None,
) -> None:
    """Replay ITEMS (JSON lines; "-" for standard input), or without it the bot's own archive.

    Tells for each item, on its own clock, whether it would have been sent, folded into a story, or not matched.
    Nothing is sent and nothing is stored. A line that is no item is named and passed over; the exit status is then 1.
    """
    span = _span(since)
    rules = rules_of(rules_path or context.rules_path)
    other = rules_of(compare) if compare else None
    settings = settings_of(context)
    plan, stories = plan_settings(settings), story_settings(settings)
    with _no_cycle_collector():
        broken: list[int] = []
        if items is None:
            timed = _archive(settings, span or timedelta(days=7))
        else:
            timed = recorded(_seekable(items), partial(_report, items.name, broken), span)
        if other is not None:
            result = diff(timed, rules, other, settings=plan, stories=stories)
            _print_diff(result, format_duration(span) if span else "", as_json)
        else:
            _print_answers(replay(timed, rules, settings=plan, stories=stories), as_json)
    if broken:
        click.echo(f"watchbot: {counted(len(broken), 'broken line')} passed over", err=True)
        sys.exit(1)


@contextmanager
def _no_cycle_collector() -> Iterator[None]:
    """Nothing that a replay makes refers to itself: the collector would only walk its hundred thousand items."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _span(since: str | None) -> timedelta | None:
    try:
        return parse_duration(since) if since else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--since") from error


def _report(name: str, broken: list[int], line: BadLine) -> None:
    broken.append(line.line)
    click.echo(f"{name}: {line}", err=True)


def _seekable(items: IO[bytes]) -> BinaryIO:
    """The file, or a copy on the disk of what comes through a pipe: a replay reads it twice."""
    if not items.seekable():
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed and gone with the process
        shutil.copyfileobj(items, copy)
        copy.seek(0)
        items = copy
    return cast(BinaryIO, items)


def _archive(settings: Settings, span: timedelta) -> Iterator[tuple[datetime, ReplayItem]]:
    """The bot's own entries of the last `span`, at the moments it saw them; a page at a time, for the bot may run."""
    # Imported only when the archive is asked for: replaying a file needs no database.
    from watchbot.cli.why import open_archive

    storage = open_archive(settings)
    try:
        storage.require_schema()
        since, past = datetime.now(UTC) - span, -1
        while page := storage.archive(since, past=past, limit=PAGE):
            since, past = page[-1].first_seen_at, page[-1].id
            for entry in page:
                if (item := from_archive(entry)) is not None:
                    yield entry.first_seen_at, item
    finally:
        storage.close()


def _print_answers(answers: Iterator[Answer], as_json: bool) -> None:
    out = sys.stdout
    counts = dict.fromkeys(MARKS, 0)
    for answer in answers:
        counts[answer.outcome] += 1
        if as_json:
            out.write(_line(answer) + "\n")
        elif answer.outcome != "no-match":
            out.write(_sentence(answer) + "\n")
    out.flush()
    if not as_json:
        total = sum(counts.values())
        click.echo(
            f"{counted(total, 'item')}: {counted(counts['alert'], 'message')}, {counted(counts['update'], 'update')}, "
            f"{counted(counts['duplicate'], 'copy')}, "
            f"{counts['no-match']} not matched",
            err=True,
        )


def _line(answer: Answer) -> str:
    row = {"id": answer.id, "outcome": answer.outcome, "story": answer.story, "rules": list(answer.rules)}
    return json.dumps(row, ensure_ascii=False)


def _sentence(answer: Answer) -> str:
    reply = f"  [reply: {'; '.join(answer.replied)}]" if answer.replied else ""
    into = "" if answer.outcome == "alert" else f" -> {answer.story} ({answer.because})"
    return (
        f"{answer.at:%Y-%m-%d %H:%M}  {MARKS[answer.outcome]:6}  {', '.join(answer.rules)}  "
        f"{answer.title or '(no title)'} ({answer.source or '?'}){into}{reply}"
    )


def _print_diff(result: RulesDiff, span: str, as_json: bool) -> None:
    if not as_json:
        click.echo("\n".join(summary(result, span)))
        return
    for rule in result.rules:
        row = {"rule": rule.rule, "gained": _titles(rule.gained), "lost": _titles(rule.lost)}
        click.echo(json.dumps(row, ensure_ascii=False))


def _titles(answers: Sequence[Answer]) -> list[dict[str, str]]:
    return [{"id": a.id, "title": a.title, "source": a.source} for a in answers]
