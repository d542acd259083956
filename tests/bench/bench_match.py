"""How many items a second `watchbot match` answers on one core, and what 10, 1,000 and 10,000 entities cost.

    python tests/bench/bench_match.py [--items 5000]

Items have 60 words each: names of the shipped rules in several languages among words drawn from a large vocabulary, so
that the matcher's memory of words is not flattered. Prints items a second (build time apart) and memory of the process.
"""

from __future__ import annotations

import argparse
import json
import random
import string
import time
from pathlib import Path

import psutil

from watchbot.cli.match import answers
from watchbot.rules import RuleSet, load_rules

ROOT = Path(__file__).parents[2]
WORDS_PER_ITEM = 60
NAMES = {
    "en": ["Kazakhstan", "Massimov", "Tokayev", "Almaty", "CSTO", "protests"],
    "de": ["Kasachstans", "Massimow", "Tokajew", "OVKS-Truppen", "festgenommen"],
    "ru": ["Казахстане", "Масимова", "Токаевым", "ОДКБ", "задержан", "Алма-Ате"],
    "kk": ["Қазақстандағы", "Мәсімовтің", "Тоқаев", "ҰҚШҰ-ға", "Алматыда"],
    "tr": ["Kazakistan'ın", "Masimov", "Tokayev'in", "KGAÖ'nün"],
}
SYLLABLES = {
    "latin": [c + v for c in "bcdfghklmnprstvz" for v in "aeiou"],
    "cyrillic": [c + v for c in "бвгдзклмнпрстхчш" for v in "аеиоуы"],
}


def vocabulary(rng: random.Random, script: str, size: int) -> list[str]:
    """Words with the skew of real text come from drawing with `zipf`; here only their forms."""
    return ["".join(rng.choices(SYLLABLES[script], k=rng.randint(1, 5))) for _ in range(size)]


def make_items(count: int, seed: int = 1) -> list[bytes]:
    """JSON lines as a script would pipe them in."""
    rng = random.Random(seed)
    words = {script: vocabulary(rng, script, 30_000) for script in SYLLABLES}
    # Zipf's law: rank r is drawn with weight 1/r, as in any language.
    weights = [1 / rank for rank in range(1, 30_001)]
    lines = []
    for i in range(count):
        lang = rng.choice(list(NAMES))
        pool = words["cyrillic" if lang in ("ru", "kk") else "latin"]
        text = rng.choices(pool, weights, k=WORDS_PER_ITEM)
        for _ in range(3 if i % 5 == 0 else 0):
            text[rng.randrange(WORDS_PER_ITEM)] = rng.choice(NAMES[lang])
        item = {"id": str(i), "lang": lang, "title": " ".join(text[:10]), "summary": " ".join(text[10:])}
        lines.append(json.dumps(item, ensure_ascii=False).encode())
    return lines


def made_up_entities(count: int, seed: int = 2) -> str:
    """YAML of `count` entities: half persons, the rest places and organisations."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        first, last = ("".join(rng.choices(SYLLABLES["latin"], k=k)).title() for k in (2, 4))
        acronym = "".join(rng.choices(string.ascii_uppercase, k=6))
        kind = (
            f"{{person: {first} {last}ov}}",
            f"{{place: {last}{first.lower()}}}",
            f"{{person: {first} {last}ev}}",
            f"{{organization: {last} {first} Union, acronyms: [{acronym}]}}",
        )[i % 4]
        rows.append(f"  made-up-{i}: {kind}")
    return "\n".join(rows)


def load(extra: int) -> RuleSet:
    """The shipped rules and `extra` made-up entities."""
    text = (ROOT / "rules.yaml").read_text(encoding="utf-8")
    text = text.replace("\nentities:\n", f"\nentities:\n{made_up_entities(extra)}\n", 1) if extra else text
    return load_rules(text, str(ROOT / "rules.yaml"), lambda path: Path(path).read_text(encoding="utf-8"))


def measure(rules: RuleSet, lines: list[bytes]) -> float:
    """Items a second of processor time (one core) over all `lines`, from JSON to JSON."""
    started = time.process_time()
    for _answer, problem in answers(lines, rules):
        assert not problem
    return len(lines) / (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--entities", type=int, nargs="*", default=[9, 1_000, 10_000])
    options = parser.parse_args()
    lines = make_items(options.items)
    warm = make_items(options.items, seed=3)
    for count in options.entities:
        started = time.perf_counter()
        rules = load(count - 9)
        built = time.perf_counter() - started
        cold = measure(rules, warm)
        rate = measure(rules, lines)
        memory = psutil.Process().memory_info().rss / 1e6
        speed = f"{rate:8.0f} items/s ({cold:.0f} at first)"
        print(f"{count:6} entities: {speed}   built in {built:5.1f} s   memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
