"""The shipped rules on labelled items: the gold set beside the checkout, and our own in languages that it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from watchbot.match import match_entry
from watchbot.model import MatchInput
from watchbot.rules import RuleSet, load_rules

ROOT = Path(__file__).parents[2]
DEV = ROOT.parent / "shared" / "data" / "gold" / "dev.jsonl"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    path = ROOT / "rules.yaml"
    return load_rules(path.read_text(encoding="utf-8"), str(path), lambda p: (ROOT / p).read_text(encoding="utf-8"))


def score(path: Path, rules: RuleSet) -> tuple[float, float, list[str]]:
    """Precision, recall and the wrong items, over the entities that the file labels."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    scored = {entity for row in rows for entity in row["entities"]}
    right = extra = lost = 0
    wrong = []
    for row in rows:
        item = MatchInput(title=row["title"], summary=row["summary"], lang=row["lang"])
        got = set(match_entry(item, rules).entities) & scored
        want = set(row["entities"])
        right += len(got & want)
        extra += len(got - want)
        lost += len(want - got)
        if got != want:
            wrong.append(f"{row['id']}: extra {sorted(got - want)} lost {sorted(want - got)}")
    return right / (right + extra), right / (right + lost), wrong


@pytest.mark.corpus
def test_dev_set(rules: RuleSet) -> None:
    if not DEV.exists():
        pytest.skip("the gold set is not beside this checkout")
    precision, recall, wrong = score(DEV, rules)
    assert precision >= 0.99, wrong
    assert recall >= 0.99, wrong


def test_languages_that_the_dev_set_lacks(rules: RuleSet) -> None:
    precision, recall, wrong = score(ROOT / "tests" / "names" / "hard_items.jsonl", rules)
    assert precision >= 0.99, wrong
    assert recall >= 0.97, wrong
