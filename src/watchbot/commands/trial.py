"""Tries another expression for a rule on entries, with the real matcher: the `Replay` of /feedback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from watchbot.commands.feedback import Judged
from watchbot.commands.services import Replay
from watchbot.match import match_entry
from watchbot.model import MatchInput
from watchbot.rules import RuleSet, load_rules

RULES_SECTION = re.compile(r"^rules:.*?(?=^[^\s#\-]|\Z)", re.MULTILINE | re.DOTALL)
"""The top-level section of rules.yaml, to the next key in the first column."""


def trial_replay(text: Callable[[], str], path: str, read: Callable[[str], str]) -> Replay:
    """A Replay over the rules file at `path`, whose text is read afresh at each trial; `read` gives included files.

    Entities and terms are those of the file; its rules are replaced by the one on trial. Raises InvalidRules.
    """

    def replay(rule: str, match: str, entries: Sequence[Judged]) -> Sequence[bool]:
        rules = load_rules(with_one_rule(text(), rule, match), path, read)
        return [holds(entry, rules, rule) for entry in entries]

    def holds(entry: Judged, rules: RuleSet, rule: str) -> bool:
        item = MatchInput(entry.title, entry.summary, entry.body, entry.lang, entry.source)
        return any(found.rule == rule for found in match_entry(item, rules).rules)

    return replay


def with_one_rule(text: str, rule: str, match: str) -> str:
    """The rules file with `rule: match` as its only rule. JSON strings are YAML."""
    kept = RULES_SECTION.sub("", text).rstrip("\n")
    return f"{kept}\nrules:\n  - id: {json.dumps(rule)}\n    title: trial\n    match: {json.dumps(match)}\n"
