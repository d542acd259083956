"""docs/reliability.md says what the tests do."""

from __future__ import annotations

from tools.reliability import FAULTS, PAGE, marked, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/tools/reliability.py"


def test_every_row_is_described() -> None:
    assert list(FAULTS) == list(range(1, 45))


def test_markers_are_found() -> None:
    source = "@pytest.mark.fault(3)\n@pytest.mark.fault(4)\nasync def test_a(): ...\ndef test_b(): ...\n"
    assert marked(source) == [(3, "test_a"), (4, "test_a")]
