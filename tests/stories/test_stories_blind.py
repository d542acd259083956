"""Grouping on stories that were written, committed and measured before the word list and the values saw them.

`blind-72.jsonl` (72 stories, 34 single items, 41 languages) was measured first, then read to mend kinds of failures, so
it is a development set now. `blind-20.jsonl` was kept unread until all was mended; docs/performance.md has the first
figures of both. The floors here are what holds today, less one story.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from story_samples import Labelled, blind, grouped, library_rules, shipped_rules

from watchbot.rules import RuleSet
from watchbot.stories import StoryOptions


@pytest.mark.parametrize(
    ("name", "rules", "f1", "noisy", "missed"),
    [
        ("blind-72.jsonl", shipped_rules, 0.975, 6, 2),
        ("blind-72.jsonl", library_rules, 0.98, 5, 3),
        ("blind-20.jsonl", shipped_rules, 0.96, 4, 0),
        ("blind-20.jsonl", library_rules, 0.97, 4, 0),
    ],
)
def test_blind_sets(name: str, rules: Callable[[], RuleSet], f1: float, noisy: int, missed: int) -> None:
    score = grouped(blind(name, rules()), StoryOptions())
    assert score.precision >= 0.98
    assert score.f1 >= f1
    assert score.noisy <= noisy
    assert score.missed <= missed


def without_languages(items: list[Labelled], chance: random.Random) -> list[Labelled]:
    return [Labelled(one.label, replace(one.item, lang=None)) for one in items]


def mislabelled(items: list[Labelled], chance: random.Random) -> list[Labelled]:
    """Every feed says "en-us", as many do by default: what another script contradicts is read by its script."""
    return [Labelled(one.label, replace(one.item, lang="en-US")) for one in items if one.item.lang not in LATIN]


def without_some_summaries(items: list[Labelled], chance: random.Random) -> list[Labelled]:
    return [Labelled(one.label, replace(one.item, summary="") if chance.random() < 0.2 else one.item) for one in items]


def half_of_the_stories(items: list[Labelled], chance: random.Random) -> list[Labelled]:
    labels = sorted({one.label for one in items})
    kept = set(chance.sample(labels, len(labels) // 2))
    return [one for one in items if one.label in kept]


def fewer_outlets(items: list[Labelled], chance: random.Random) -> list[Labelled]:
    sources = sorted({one.item.source for one in items})
    kept = set(chance.sample(sources, len(sources) * 7 // 10))
    return [one for one in items if one.item.source in kept]


def in_another_order(items: list[Labelled], chance: random.Random) -> list[Labelled]:
    moved = [one.item.at + timedelta(minutes=chance.uniform(-60, 60)) for one in items]
    return [Labelled(one.label, replace(one.item, at=at)) for one, at in zip(items, moved, strict=True)]


LATIN = frozenset("de fr es it pt nl sv no da fi et lv lt pl cs sk sl hr bs hu tr az uz tk ro sq ca".split())  # noqa: SIM905 - codes


@pytest.mark.parametrize(
    ("spoil", "f1"),
    [
        (without_languages, 0.96),
        (mislabelled, 0.96),
        (without_some_summaries, 0.93),
        (half_of_the_stories, 0.95),
        (fewer_outlets, 0.95),
        (in_another_order, 0.94),
    ],
)
def test_a_spoilt_set_loses_little(spoil: Callable[[list[Labelled], random.Random], list[Labelled]], f1: float) -> None:
    """No single outlet, order, summary or label carries the result; three seeds each."""
    items = blind("blind-72.jsonl", library_rules())
    scores = [grouped(spoil(items, random.Random(seed)), StoryOptions()) for seed in range(3)]
    assert min(score.f1 for score in scores) >= f1
    assert min(score.precision for score in scores) >= 0.95
