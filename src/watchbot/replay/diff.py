"""What another rule set would have told instead: gains and losses per rule, with examples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from watchbot.plan import PlanSettings
from watchbot.replay.items import ReplayItem
from watchbot.replay.run import DEFAULT_PLAN, DEFAULT_STORIES, Answer, Replayer
from watchbot.rules import RuleSet
from watchbot.stories import StoryOptions

EXAMPLES = 3
"""Titles shown per rule and direction."""


@dataclass(frozen=True, slots=True)
class RuleDiff:
    """Alerts of one rule that the new rule set adds and drops."""

    rule: str
    gained: tuple[Answer, ...]
    lost: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class RulesDiff:
    """`gained` and `lost` count messages over all rules; `rules` holds only those that differ, in file order."""

    rules: tuple[RuleDiff, ...]
    gained: int
    lost: int
    items: int


def diff(
    timed: Iterable[tuple[datetime, ReplayItem]],
    old: RuleSet,
    new: RuleSet,
    *,
    settings: PlanSettings = DEFAULT_PLAN,
    stories: StoryOptions = DEFAULT_STORIES,
) -> RulesDiff:
    """Replay items at their moments under both rule sets, side by side.

    A message is gained when the new rules open a story with an item that the old rules told nobody about (neither as a
    message nor inside one), and lost the other way round: an alert that only moves to another item of the same story is
    neither.
    """
    before, after = Replayer(old, settings, stories), Replayer(new, settings, stories)
    gained: dict[str, list[Answer]] = {}
    lost: dict[str, list[Answer]] = {}
    counts = {"items": 0, "gained": 0, "lost": 0}
    for now, item in timed:
        was, becomes = before.play(item, now), after.play(item, now)
        counts["items"] += 1
        counts["gained"] += _told_only(becomes, was, gained)
        counts["lost"] += _told_only(was, becomes, lost)
    ids = dict.fromkeys([rule.id for rule in new.rules] + [rule.id for rule in old.rules])
    found = [
        RuleDiff(rule, tuple(gained.get(rule, ())), tuple(lost.get(rule, ())))
        for rule in ids
        if rule in gained or rule in lost
    ]
    return RulesDiff(tuple(found), **counts)


def _told_only(this: Answer, other: Answer, rules: dict[str, list[Answer]]) -> bool:
    """Whether `this` is a message on an item that matched nothing in `other`.

    It goes to those of its `rules` that did not match there.
    """
    if this.outcome != "alert":
        return False
    for rule in this.rules:
        if rule not in other.rules:
            rules.setdefault(rule, []).append(this)
    return not other.rules


def summary(found: RulesDiff, span: str = "") -> list[str]:
    """The difference for people: a total line, then per rule a line and examples."""
    when = f" in the last {span}" if span else ""
    if not found.rules:
        return [f"no difference over {found.items} items{when}"]
    lines = [f"+{found.gained} / -{found.lost} messages{when} ({found.items} items)"]
    for rule in found.rules:
        lines.append(f"{rule.rule}: +{len(rule.gained)} / -{len(rule.lost)}")
        for sign, answers in (("+", rule.gained), ("-", rule.lost)):
            lines += [f"  {sign} {a.title or '(no title)'} ({a.source or '?'})" for a in answers[:EXAMPLES]]
            if len(answers) > EXAMPLES:
                lines.append(f"  {sign} … {len(answers) - EXAMPLES} more")
    return lines
