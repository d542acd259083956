"""The shipped table of country names is what babel's data, the tool and the folding of today give."""

from __future__ import annotations

import runpy
from pathlib import Path

from watchbot.names.countries import country_names

TOOL = Path(__file__).parents[2] / "tools" / "country_names.py"


def test_the_table_is_current() -> None:
    tool = runpy.run_path(str(TOOL))
    assert tool["TABLE"].read_text(encoding="utf-8") == tool["table"](), "run: python tools/country_names.py"
    collected, shipped = tool["collect"](), country_names()
    assert all(set(langs) <= shipped[code][name] for code, names in collected.items() for name, langs in names.items())


def test_every_country_of_the_press_is_there() -> None:
    names = country_names()
    assert {"KZ", "RU", "US", "XK"} <= names.keys()
    assert "ru" in names["KZ"]["Казахстан"]
    assert "ru" in names["US"]["США"]
