"""`watchbot match`: items as JSON lines from standard input, one answer a line."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterable, Iterator

import click

from watchbot.cli.context import Context
from watchbot.cli.files import rules_of
from watchbot.match import match_entry
from watchbot.model import MatchInput
from watchbot.rules import RuleSet

_TEXTS = ("title", "summary", "body", "lang", "source")


@click.command("match")
@click.pass_obj
def command(context: Context) -> None:
    """Match items (JSON lines) from standard input, one answer per line on standard output.

    \b
    in   {"id", "title", "summary"?, "body"?, "lang"?, "source"?, "tags"?}
    out  {"id", "entities": [ids], "rules": [ids],
          "matches": [{"entity", "field", "start", "end", "text"}]}

    Offsets count code points of the field as given. A line that is no item is named on standard error and passed over;
    the exit status is then 1.
    """
    rules = rules_of(context.rules_path)
    # Nothing here makes reference cycles: the collector would only walk the rules again and again.
    gc.freeze()
    gc.disable()
    broken = 0
    write = sys.stdout.write
    try:
        for answer, problem in answers(sys.stdin.buffer, rules):
            if problem:
                broken += 1
                click.echo(problem, err=True)
            else:
                write(answer)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away: no error of ours. Python would flush standard output once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    if broken:
        click.echo(f"{broken} broken line{'s' if broken > 1 else ''}", err=True)
        sys.exit(1)


def answers(lines: Iterable[bytes], rules: RuleSet) -> Iterator[tuple[str, str]]:
    """(answer line, "") for each item, ("", sentence) for each line that is no item. Blank lines are skipped."""
    # ensure_ascii keeps lone surrogates writable, and is the faster encoder.
    encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield "", f"line {number}: {no_json(error)}"
            continue
        problem = check_item(row)
        if problem:
            yield "", f"line {number}: {problem}"
            continue
        yield encode(answer(row, rules)) + "\n", ""


def no_json(error: ValueError | RecursionError) -> str:
    """Why a line could not be read, in a sentence."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at column {error.colno}"
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else f"not JSON: {error}"


def check_item(row: object) -> str:
    """What is wrong with an item, or ""."""
    if not isinstance(row, dict):
        return "an item is a JSON object"
    if "id" not in row:
        return "'id' is missing"
    if not isinstance(row.get("title", ""), str):
        return "'title' must be a text"
    for key in _TEXTS:
        if row.get(key) is not None and not isinstance(row[key], str):
            return f"'{key}' must be a text"
    if not isinstance(row.get("tags") or [], list):
        return "'tags' must be a list"
    return ""


def answer(row: dict[str, object], rules: RuleSet) -> dict[str, object]:
    """The answer to one item, in the format of the design."""
    texts = {key: str(value) for key in _TEXTS if (value := row.get(key)) is not None}
    tags = row.get("tags")
    item = MatchInput(
        title=texts.get("title", ""),
        summary=texts.get("summary", ""),
        body=texts.get("body", ""),
        lang=texts.get("lang"),
        source=texts.get("source", ""),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
    )
    result = match_entry(item, rules)
    return {
        "id": row["id"],
        "entities": list(result.entities),
        "rules": [match.rule for match in result.rules],
        "matches": [
            {"entity": m.entity, "field": m.field, "start": m.start, "end": m.end, "text": m.text}
            for m in result.matches
        ],
    }
