"""Story items for tests: the development set beside the checkout, our own January, and single items."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from watchbot.match import match_entry
from watchbot.model import EntryStatus, MatchInput, PlacementKind, StoryItem
from watchbot.rules import RuleSet, load_rules
from watchbot.stories import StoryIndex, StoryOptions

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
BLIND = Path(__file__).parent / "data"
JANUARY = Path(__file__).parent / "data" / "january.tsv"
NOW = datetime(2022, 1, 8, 12, tzinfo=UTC)
RULES = """
version: 1
entities:
  kazakhstan: {country: KZ}
  kazakh:
    names: {en: [Kazakh, Kazakhs], de: [kasachisch], ru: [казахстанский], fr: [kazakh], es: [kazajo], it: [kazako]}
  massimov: {person: Karim Massimov}
  tokayev: {person: Kassym-Jomart Tokayev}
  nazarbayev: {person: Nursultan Nazarbayev}
  csto: {organization: Collective Security Treaty Organization, acronyms: [CSTO, OVKS, ОДКБ, OTSC, ODKB, OUBZ]}
  almaty: {place: Almaty, names: {ru: [Алматы, Алма-Ата]}}
  astana: {place: Astana}
rules:
  - {id: all, title: All, match: kazakhstan or kazakh or massimov or tokayev or nazarbayev or csto or almaty or astana}
"""


# What the blind sets' stories are about beside the shipped library of Central Asia.
FURTHER_ENTITIES = """
  syria: {country: SY}
  eu: {organization: European Union, acronyms: [EU, UE, ЕС, ЄС]}
  karabakh:
    place: Karabakh
    names: {en: [Nagorno-Karabakh], ru: [Карабах], uk: [Карабах], be: [Карабах], de: [Bergkarabach], az: [Qarabağ],
            tr: [Karabağ], hy: [Ղարաբաղ], ka: [ყარაბაღი]}
"""


@dataclass(frozen=True)
class Labelled:
    label: str
    item: StoryItem


def test_rules() -> RuleSet:
    return load_rules(RULES, "rules.yaml", lambda name: "")


@cache
def shipped_rules() -> RuleSet:
    """The rules.yaml of the repository: a desk for Kazakhstan."""
    path = ROOT / "rules.yaml"
    return load_rules(path.read_text(encoding="utf-8"), str(path), lambda p: (ROOT / p).read_text(encoding="utf-8"))


@cache
def library_rules() -> RuleSet:
    """A desk for a whole region: one rule that any entity of the shipped library satisfies."""
    head = f"version: 1\ninclude: [config/entities/central-asia.yaml]\nentities:{FURTHER_ENTITIES}rules:\n"

    def load(match: str) -> RuleSet:
        text = f"{head}  - {{id: all, title: All, match: {match}}}\n"
        return load_rules(text, "rules.yaml", lambda p: (ROOT / p).read_text(encoding="utf-8"))

    return load(" or ".join(spec.id for spec in load("syria").entities))


def blind(name: str, rules: RuleSet, start: int = 1) -> list[Labelled]:
    """A set of stories that was written and measured before grouping was looked at."""
    lines = (BLIND / name).read_text(encoding="utf-8").splitlines()
    return labelled(map(json.loads, lines), rules, start)


test_rules.__test__ = False  # type: ignore[attr-defined]


def item(
    number: int, title: str, summary: str = "", *, hours: float = 0.0, lang: str | None = "en", **more: object
) -> StoryItem:
    given: dict[str, object] = {"source": f"Outlet {number}", "owner": f"Outlet {number}", "body": "", "link": None}
    given |= {"entities": ("kazakhstan",), "rules": ("all",), "status": EntryStatus.USABLE} | more
    return StoryItem(id=number, at=NOW + timedelta(hours=hours), lang=lang, title=title, summary=summary, **given)  # type: ignore[arg-type]


def labelled(rows: Iterable[dict[str, str]], rules: RuleSet, start: int) -> list[Labelled]:
    """Items that the rules match, with their gold label."""
    found = []
    for number, row in enumerate(rows, start=start):
        result = match_entry(MatchInput(row["title"], row["summary"], lang=row["lang"]), rules)
        if not result.rules:
            continue
        at = datetime.fromisoformat(row["published"]).astimezone(UTC)
        made = StoryItem(
            number, at, row["lang"], row["source"], row["source"], row["title"], row["summary"], "", None,
            result.entities, ("all",), headline=result.headline,
        )  # fmt: skip
        found.append(Labelled(row["id"] if row["kind"] == "singleton" else row["story"], made))
    return found


def development_set(rules: RuleSet) -> list[Labelled]:
    path = SHARED / "data" / "gold" / "stories-dev.jsonl"
    if not path.exists():
        pytest.skip("the gold stories are not beside the checkout")
    return labelled(map(json.loads, path.read_text(encoding="utf-8").splitlines()), rules, 1)


def january(rules: RuleSet) -> list[Labelled]:
    """Our own stories of the same month: dense in time, so that neighbours tempt each other."""
    rows = []
    for line in JANUARY.read_text(encoding="utf-8").splitlines():
        story, at, lang, title, summary = line.split("\t")
        rows.append(
            {"id": story, "story": story, "kind": "own", "published": at + "+00:00", "lang": lang, "source": "x"}
            | {"title": title, "summary": summary}
        )
    return labelled(rows, rules, 10_001)


@dataclass(frozen=True)
class Score:
    precision: float
    recall: float
    f1: float
    noisy: int
    missed: int
    stories: int


def grouped(items: Iterable[Labelled], settings: StoryOptions) -> Score:
    """B-cubed and the counts of scorers: stories told more than once, stories never told."""
    index = StoryIndex(settings)
    pairs: list[tuple[str, str]] = []
    alerts: Counter[str] = Counter()
    for one in sorted(items, key=lambda one: one.item.at):
        placement = index.place(one.item)
        index.add(one.item, placement)
        index.expire(one.item.at)
        pairs.append((one.label, placement.story))
        alerts[one.label] += placement.kind is PlacementKind.NEW
    gold, found, both = Counter(g for g, _ in pairs), Counter(f for _, f in pairs), Counter(pairs)
    precision = sum(n * n / found[f] for (_, f), n in both.items()) / len(pairs)
    recall = sum(n * n / gold[g] for (g, _), n in both.items()) / len(pairs)
    return Score(
        precision, recall, 2 * precision * recall / (precision + recall),
        sum(n > 1 for n in alerts.values()), sum(n == 0 for n in alerts.values()), len(alerts),
    )  # fmt: skip
