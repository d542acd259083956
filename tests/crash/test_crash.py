"""The bot is killed at every named point and still delivers everything. `drive.py` does the same hundreds of times."""

from __future__ import annotations

from pathlib import Path

import pytest

from crash.drive import FIRST, POINTS, Figures, Seen, drive, has_more, told, wrong

SLOW = ("edit.before", "edit.after")
"""Edits wait for a message and for a copy of its report: left to the full run."""


@pytest.mark.fault(1)
@pytest.mark.fault(2)
@pytest.mark.fault(3)
@pytest.mark.fault(17)  # the driver looks for the token in all that was logged
@pytest.mark.timeout(300)
async def test_nothing_is_lost_by_kills(tmp_path: Path) -> None:
    points = [*FIRST, *(point for point in POINTS if point not in SLOW)]
    figures = Figures()
    await drive(tmp_path, [*points, None], 1, figures)
    print(figures)
    assert figures.problems == []
    assert [point for point in points if not figures.kills[point]] == [], f"not reached: {figures}"


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        ([(1, "M1"), (1, "M2"), (2, "M2"), (2, "M3")], ""),
        ([(1, "M1"), (1, "M1")], "repeated"),  # by a process that was not killed in between
        ([(1, "M1"), (1, "M2"), (2, "M1")], "repeated"),  # it was not in flight at the kill
        ([(1, "M1"), (2, "M1"), (2, "M1")], "repeated"),
        ([(1, "M2"), (1, "M1")], "M1 after M2"),
        ([(1, "M1 M2"), (2, "M1 M2 M3")], ""),  # a digest that comes back
        ([(1, "M1 M3 1/2"), (1, "M2 2/2")], ""),  # its pages are sorted by weight
        ([(1, "M1 M3 1/2"), (2, "M2 M4")], ""),  # what a kill between its pages left over
        ([(1, "M1 M3 2/2"), (1, "M2")], "M2 after M3"),
    ],
)
def test_what_must_not_be_is_seen(shown: list[tuple[int, str]], problem: str) -> None:
    found = wrong([Seen(p, {m: m for m in text.split() if "/" not in m}, has_more(text)) for p, text in shown])
    assert (not found) if not problem else any(problem in one for one in found)


def test_a_repeat_under_another_number_is_seen() -> None:
    assert wrong([Seen(1, {"M1": "1"}), Seen(2, {"M1": "2"})]) == ["M1 is #2, was #1"]


def test_numbers_are_read_from_alerts_and_digests() -> None:
    assert told("🔵 Almaty  #7\nM0000x in Almaty", ["M0000x"]) == {"M0000x": "7"}
    digest = "Digest: 2 stories  1/2\nM0001x\nA · 12:00 · #9\nM0000x\nB · 11:00 · #8"
    assert told(digest, ["M0000x", "M0001x"]) == {"M0001x": "9", "M0000x": "8"}
    assert has_more(digest)
