"""The pictures in docs/screens are those of today's golden files."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools.draw_screens import SCREENS, all_screens


@pytest.mark.parametrize("name", all_screens())
def test_screen_is_current(name: str) -> None:
    drawn = all_screens()[name]
    ElementTree.fromstring(drawn)
    assert (SCREENS / name).read_text(encoding="utf-8") == drawn, "run: python tests/tools/draw_screens.py"


def test_every_picture_is_drawn() -> None:
    assert {p.name for p in Path(SCREENS).iterdir()} == {*all_screens(), "trend.png"}
