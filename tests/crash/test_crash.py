"""The bot is killed at every named point and still delivers everything. `drive.py` does the same hundreds of times."""

from __future__ import annotations

from pathlib import Path

import pytest

from crash.drive import FIRST, POINTS, Figures, drive, is_further_page, wrong
from watchbot.storage import schema

SLOW = ("edit.before", "edit.after")
"""Edits wait for a message and for a copy of its report: left to the full run."""


@pytest.mark.fault(1)
@pytest.mark.fault(2)
@pytest.mark.fault(3)
@pytest.mark.fault(17)  # the driver looks for the token in all that was logged
@pytest.mark.timeout(300)
async def test_nothing_is_lost_by_kills(tmp_path: Path) -> None:
    first = FIRST if schema.HEAD != "0001" else ()
    points = [*first, *(point for point in POINTS if point not in SLOW)]
    figures = Figures()
    await drive(tmp_path, [*points, None], 1, figures)
    print(figures)
    assert figures.problems == []
    assert [point for point in points if not figures.kills[point]] == [], f"not reached: {figures}"


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        ([(1, {"M1": "1"}), (1, {"M2": "2"}), (2, {"M2": "2"}), (2, {"M3": "3"})], ""),
        ([(1, {"M1": "1"}), (1, {"M1": "1"})], "repeated"),  # by a process that was not killed in between
        ([(1, {"M1": "1"}), (1, {"M2": "2"}), (2, {"M1": "1"})], "repeated"),  # it was not in flight at the kill
        ([(1, {"M1": "1"}), (2, {"M1": "1"}), (2, {"M1": "1"})], "repeated"),
        ([(1, {"M1": "1"}), (2, {"M1": "2"})], "is #2, was #1"),
        ([(1, {"M2": "2"}), (1, {"M1": "1"})], "M1 after M2"),
        ([(1, {"M1": "1", "M2": "2"}), (2, {"M1": "1", "M2": "2", "M3": "3"})], ""),  # a digest that comes back
    ],
)
def test_what_must_not_be_is_seen(shown: list[tuple[int, dict[str, str]]], problem: str) -> None:
    found = wrong(shown)
    assert (not found) if not problem else any(problem in one for one in found)


@pytest.mark.parametrize(
    ("text", "further"),
    [
        ("<b>🗂 8 stories  2/3</b>\n\nx", True),
        ("🗂 8 stories  2/3\n\nx", True),
        ("🗂 8 stories  1/3\n\nx", False),
        ("🗂 8 stories\n\n2/3 of the town", False),
    ],
)
def test_pages_of_a_digest_are_told_apart(text: str, further: bool) -> None:
    assert is_further_page(text) == further
