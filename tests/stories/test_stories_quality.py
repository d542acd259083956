"""How good grouping is, on the development set and on our own stories of the same month."""

from __future__ import annotations

from datetime import timedelta

import pytest
from story_samples import development_set, grouped, january, test_rules

from watchbot.stories import StoryOptions


@pytest.fixture(scope="module")
def rules():
    return test_rules()


@pytest.mark.corpus
def test_the_development_set(rules) -> None:
    score = grouped(development_set(rules), StoryOptions())
    assert score.missed == 0
    assert score.noisy <= 0.06 * score.stories
    assert score.precision >= 0.95
    assert score.f1 >= 0.90


@pytest.mark.corpus
def test_english_alone(rules) -> None:
    english = [one for one in development_set(rules) if one.item.lang == "en"]
    score = grouped(english, StoryOptions())
    assert score.f1 >= 0.94


def test_our_own_january(rules) -> None:
    score = grouped(january(rules), StoryOptions())
    assert score.missed == 0
    assert score.noisy <= 2
    assert score.precision >= 0.95
    assert score.f1 >= 0.90


@pytest.mark.corpus
def test_both_together_as_dense_as_that_month_was(rules) -> None:
    score = grouped(development_set(rules) + january(rules), StoryOptions())
    assert score.missed <= 1
    assert score.precision >= 0.95
    assert score.f1 >= 0.95


@pytest.mark.corpus
@pytest.mark.parametrize(("threshold", "half_life"), [(0.27, 16), (0.31, 16), (0.29, 13), (0.29, 19)])
def test_the_values_stand_on_a_plateau(rules, threshold: float, half_life: int) -> None:
    """Neighbouring settings do about as well: the values were not fitted to single items."""
    settings = StoryOptions(threshold=threshold, half_life=timedelta(hours=half_life))
    score = grouped(development_set(rules) + january(rules), settings)
    assert score.precision >= 0.93
    assert score.f1 >= 0.94
