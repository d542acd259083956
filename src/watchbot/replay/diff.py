"""What another rule set would have told instead: gains and losses per rule, with examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from watchbot.plan import PlanSettings
from watchbot.replay.items import ReplayItem
from watchbot.replay.run import DEFAULT_PLAN, DEFAULT_STORIES, Answer, replay
from watchbot.rules import RuleSet
from watchbot.stories import StorySettings

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
    items: Iterable[ReplayItem],
    old: RuleSet,
    new: RuleSet,
    *,
    settings: PlanSettings = DEFAULT_PLAN,
    stories: StorySettings = DEFAULT_STORIES,
    since: timedelta | None = None,
) -> RulesDiff:
    """Replay `items` under both rule sets.

    A message is gained when the new rules open a story with an item that the old rules told nobody about (neither as a
    message nor inside one), and lost the other way round: an alert that only moves to another item of the same story is
    neither.
    """
    items = list(items)
    before = list(replay(items, old, settings=settings, stories=stories, since=since))
    after = list(replay(items, new, settings=settings, stories=stories, since=since))
    ids = dict.fromkeys([rule.id for rule in new.rules] + [rule.id for rule in old.rules])
    found = []
    for rule in ids:
        gained, lost = _only(after, before, rule), _only(before, after, rule)
        if gained or lost:
            found.append(RuleDiff(rule, gained, lost))
    total_gained = len(_only(after, before, None))
    return RulesDiff(tuple(found), total_gained, len(_only(before, after, None)), len(after))


def _only(these: Sequence[Answer], those: Sequence[Answer], rule: str | None) -> tuple[Answer, ...]:
    """Alerts of `these` (under `rule`; None: any) on items that matched nothing (of it) in `those`."""
    told = {i for i, answer in enumerate(those) if (answer.rules if rule is None else rule in answer.rules)}
    return tuple(
        answer
        for i, answer in enumerate(these)
        if answer.outcome == "alert" and (rule is None or rule in answer.rules) and i not in told
    )


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
