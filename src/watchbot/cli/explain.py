"""`watchbot explain TEXT`: what is found in a text, which rules hold, and what the others lack."""

from __future__ import annotations

import io
import json
import sys
from unicodedata import category

import click
from rich.console import Console
from rich.text import Text

from watchbot.cli.context import Context
from watchbot.cli.files import rules_of
from watchbot.cli.language import checked
from watchbot.match import Document, describe, match_document, missing
from watchbot.model import MatchInput, MatchResult, NearMiss

_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@click.command("explain")
@click.argument("text", nargs=-1, required=True)
@click.option("--lang", callback=checked, help="Language of the text (de, ru, zh-Hans ...); otherwise by its script.")
@click.option("--source", default="", help="The outlet, for rules that ask for source:.")
@click.option("--tag", "tags", multiple=True, help="A tag of the feed, for rules that ask for tag:.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, on standard output.")
@click.pass_obj
def command(
    context: Context, text: tuple[str, ...], lang: str | None, source: str, tags: tuple[str, ...], as_json: bool
) -> None:
    """Show which entities and rules match TEXT ("-" reads standard input), where, and through which form."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # bytes that are no UTF-8, lone surrogates
    words = sys.stdin.read() if text == ("-",) else " ".join(text)
    rules = rules_of(context.rules_path)
    doc = Document(MatchInput(words, lang=lang, source=source, tags=tags), rules)
    result = match_document(doc)
    near = tuple(
        miss for field in doc.fields.values() for miss in rules.index.near_misses(field.text, field.tokens, lang)
    )
    lacking = _lacking(doc, result)
    if as_json:
        click.echo(json.dumps(_as_json(result, near, lacking), ensure_ascii=False, indent=2))
    else:
        _print(Console(highlight=False, soft_wrap=True), words, result, near, lacking, doc)


def _lacking(doc: Document, result: MatchResult) -> dict[str, list[str]]:
    """For each rule that does not hold: the fewest parts it lacks."""
    held = {match.rule for match in result.rules}
    return {
        rule.id: [describe(part) for part in missing(rule.expression, doc)]
        for rule in doc.rules.rules
        if rule.id not in held
    }


def _as_json(result: MatchResult, near: tuple[NearMiss, ...], lacking: dict[str, list[str]]) -> dict[str, object]:
    return {
        "entities": list(result.entities),
        "matches": [
            {"entity": m.entity, "field": m.field, "start": m.start, "end": m.end, "text": m.text, "alias": m.alias}
            for m in result.matches
        ],
        "rules": [
            {
                "rule": match.rule,
                "priority": match.priority.name.lower(),
                "evidence": [
                    {"what": m.entity, "start": m.start, "end": m.end, "text": m.text} for m in match.evidence
                ],
            }
            for match in result.rules
        ],
        "missing": lacking,
        "near_misses": [{"entity": m.entity, "text": m.text, "alias": m.alias, "reason": m.reason} for m in near],
    }


def _visible(text: str) -> str:
    """`text` without what would steer a terminal or turn its direction, character by character (offsets stay)."""
    return "".join("\ufffd" if _steers(char) else char for char in text)


def _steers(char: str) -> bool:
    return (category(char) in ("Cc", "Cs") and char not in "\n\t") or char in _DIRECTIONS


def _print(
    console: Console,
    words: str,
    result: MatchResult,
    near: tuple[NearMiss, ...],
    lacking: dict[str, list[str]],
    doc: Document,
) -> None:
    shown = Text(_visible(words) if len(words) <= 2000 else _visible(words[:2000]) + " …")
    for match in result.matches:
        shown.stylize("bold yellow", match.start, min(match.end, len(shown)))
    console.print(shown, end="\n\n")
    console.print(Text("Entities", style="bold"))
    for match in result.matches:
        line = Text(f"  {match.entity}", style="green")
        line.append(f"  {_visible(match.text)}", style="bold yellow").append(
            f"  at {match.start}-{match.end}", style="dim"
        )
        console.print(line.append(f"  as a form of {match.alias}" if match.alias != match.text else ""))
    if not result.matches:
        console.print(Text("  none", style="dim"))
    for miss in near:
        console.print(Text(f"  {miss.entity}  {_visible(miss.text)}: {_visible(miss.reason)}", style="dim"))
    console.print(Text("\nRules", style="bold"))
    for held in result.rules:
        line = Text("  ✔ ", style="green").append(doc.rules.title(held.rule), style="bold")
        line.append(f"  {held.rule} · {held.priority.name.lower()}", style="dim")
        console.print(line.append("  through " + ", ".join(dict.fromkeys(_visible(m.text) for m in held.evidence))))
    for rule_id, parts in lacking.items():
        line = Text("  ✘ ", style="red").append(doc.rules.title(rule_id)).append(f"  {rule_id}", style="dim")
        console.print(line.append("  lacks " + ", ".join(parts[:5]), style="dim"))
