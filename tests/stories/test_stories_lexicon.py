"""The word list: inflected forms of every language, and that no stem of the file is dead."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from story_samples import item

from watchbot.stories.features import Extractor
from watchbot.stories.lexicon import SILENT, shipped

FORMS = Path(__file__).with_name("lexicon_forms.txt")
SOURCE = resources.files("watchbot.stories").joinpath("data/concepts.txt").read_text(encoding="utf-8")


def forms() -> list[tuple[str, str, str]]:
    found = []
    for line in FORMS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        lang, rest = line.split(maxsplit=1)
        for part in rest.split(";"):
            concept, words = part.split(":")
            found += [(lang, concept.strip(), word.replace("_", " ")) for word in words.split()]
    return found


def concepts(text: str, lang: str) -> set[str]:
    """What an item of this title says."""
    features = Extractor(shipped()).features(item(1, text, lang=lang, entities=()))
    return {term[2:] for term in features.shared if term.startswith("c:")}


@pytest.mark.parametrize("lang", sorted({lang for lang, _, _ in forms()}))
def test_inflected_forms_mean_their_concept(lang: str) -> None:
    lost = [(concept, word) for code, concept, word in forms() if code == lang and concept not in concepts(word, lang)]
    assert not lost


def entries() -> list[tuple[str, str, str]]:
    """(concept, language, stem) as the file has them."""
    found = []
    for line in SOURCE.splitlines():
        concept, colon, rest = line.partition(":")
        if colon and not line.startswith("#"):
            for part in rest.split(";"):
                codes, *stems = part.split()
                found += [(concept.strip().rstrip("~"), code, stem) for code in codes.split(",") for stem in stems]
    return found


def test_no_stem_is_dead() -> None:
    """A text of nothing but the stem means the concept: words are cut, folded and looked up alike on both sides."""
    extractor = Extractor(shipped())
    dead = []
    for concept, lang, stem in entries():
        text = stem.lstrip("=").rstrip("-").replace("_", " ")
        features = extractor.features(item(1, text, lang=lang, entities=()))
        if concept != SILENT and f"c:{concept}" not in features.shared and features.lang == lang:
            dead.append((concept, lang, stem))
    assert not dead, (len(dead), dead[:60])


def test_the_chief_languages_are_covered() -> None:
    """Each language knows at least this share of the concepts that English has, countries included."""
    concepts_of: dict[str, set[str]] = {}
    for concept, lang, _ in entries():
        concepts_of.setdefault(lang, set()).add(concept)
    english = concepts_of["en"]
    thin = {
        lang: round(len(concepts_of.get(lang, set()) & english) / len(english), 2)
        for lang in "ru uk de fr es it pl tr kk zh ja ko ar fa hi el hy ka he".split()  # noqa: SIM905 - codes
        if len(concepts_of.get(lang, set()) & english) < 0.6 * len(english)
    }
    assert not thin
