"""The demo: the main job, real pipeline and all, on a local server."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from watchbot.cli.files import rules_of
from watchbot.demo.archive import as_of, outlets
from watchbot.demo.run import MOMENTS, demo

RULES = Path(__file__).parents[2] / "rules.yaml"


async def test_the_demo_tells_the_story() -> None:
    out = io.StringIO()
    shown = await demo(lambda: rules_of(RULES), Console(file=out, width=200, highlight=False))
    text = out.getvalue()
    assert shown >= 5
    # The report this project grew from opens the story of the arrest, and is told once; the others fold into it.
    headline = "Kasachischer Ex-Geheimdienstchef Massimow wegen Verrats festgenommen"
    shown_as = re.findall(rf"(\(changed\))? ─+\n[^\n]*\n{headline}.*?(?=\n\d\d:|\Z)", text, re.DOTALL)
    assert shown_as[0] == ""
    assert set(shown_as[1:]) == {"(changed)"}
    assert re.search(r"also: .* · 12 languages · first 04:40", text)
    for other in ("Мәсімов мемлекетке", "exjefe de seguridad", "前安全部门负责人", "ex-security chief Massimov"):
        assert other not in text, "a later report of the arrest was told as new"
    for unrelated in ("Bottura", "Tokyo stocks", "Балатон", "Süper Lig", "Касимов", "Biathlon", "冰雪节"):
        assert unrelated not in text


def test_the_archive_is_as_asked_for() -> None:
    found = outlets()
    assert len({outlet.lang for outlet in found}) >= 8
    documents = [outlet.document for outlet in found]
    assert any(b"<rss" in d for d in documents)
    assert any(b"http://www.w3.org/2005/Atom" in d for d in documents)
    before = sum(as_of(d, MOMENTS[0]).count(b"<title>") for d in documents)
    after = sum(as_of(d, MOMENTS[-1]).count(b"<title>") for d in documents)
    assert before < after
