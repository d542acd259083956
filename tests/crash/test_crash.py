"""The bot is killed at every named point and still delivers everything. `drive.py` does the same hundreds of times."""

from __future__ import annotations

from pathlib import Path

import pytest

from crash.drive import FIRST, POINTS, drive


@pytest.mark.fault(1)
@pytest.mark.fault(2)
@pytest.mark.fault(3)
@pytest.mark.fault(17)  # the driver looks for the token in all that was logged
@pytest.mark.timeout(180)
async def test_nothing_is_lost_by_kills(tmp_path: Path) -> None:
    cycles = len(FIRST) + 1 + len(POINTS) - 2  # edits take longer: left to the full run
    figures = await drive(tmp_path, cycles)
    print(figures)
    assert figures.problems() == []
    assert figures.killed == cycles
    for point in (*FIRST, "fetch.after", "commit.inside", "claim.after", "send.before", "send.after", "settle.after"):
        assert figures.kills[point], f"{point} was not reached: {figures}"
