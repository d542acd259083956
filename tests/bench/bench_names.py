# ruff: noqa: E501 - a table of syllables
"""How many items a second one core finds names in, and what the index weighs: for 10, 1,000 and 10,000 entities.

Run: python tests/bench/bench_names.py [--seconds 5]. Items have 60 words drawn from a seeded vocabulary with the
frequencies of running text (Zipf), one word in eight capitalised, so that the memory of analysed words is tested as a
feed would test it: the common words are known, new names keep coming.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
import time

import psutil

from watchbot.model import EntityKind, EntitySpec
from watchbot.names import build_index
from watchbot.text import tokenize

SYLLABLES = ["ka", "ri", "mas", "si", "mov", "to", "ka", "yev", "na", "zar", "bay", "al", "ma", "ty", "or", "ban", "du", "da",
             "ku", "le", "ba", "son", "ber", "lin", "her", "man", "ski", "vic", "ko", "ten", "gra", "pol", "ur", "sen"]  # fmt: skip
LANGS = ["en", "de", "ru", "pl", "tr", "es"]


def word(rng: random.Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((1, 2, 2, 3, 3, 4))))


def entities(count: int, rng: random.Random) -> list[EntitySpec]:
    """A mix as a newsroom would have: half persons, the rest organisations and places, and a country."""
    specs = [EntitySpec("kazakhstan", EntityKind.COUNTRY, "KZ")]
    for i in itertools.count():
        if len(specs) >= count:
            return specs
        name = f"{word(rng).title()} {word(rng).title()}{word(rng)}"
        if i % 2:
            specs.append(EntitySpec(f"p{i}", EntityKind.PERSON, name))
        elif i % 4:
            specs.append(EntitySpec(f"o{i}", EntityKind.ORGANIZATION, f"{name} {word(rng).title()} Company"))
        else:
            specs.append(EntitySpec(f"c{i}", EntityKind.PLACE, name.split()[1]))
    raise AssertionError


def items(count: int, rng: random.Random) -> list[tuple[str, str]]:
    vocabulary = [word(rng) + word(rng)[:2] for _ in range(40_000)]
    vocabulary = [w.title() if i % 8 == 0 else w for i, w in enumerate(vocabulary)]
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    return [(" ".join(rng.choices(vocabulary, cum_weights=weights, k=60)), rng.choice(LANGS)) for _ in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    seconds = parser.parse_args().seconds
    texts = items(20_000, random.Random(1))
    process = psutil.Process()
    build_index([EntitySpec("kazakhstan", EntityKind.COUNTRY, "KZ")])  # CLDR is read once
    for count in (10, 1_000, 10_000):
        gc.collect()
        before = process.memory_info().rss
        started = time.process_time()
        index = build_index(entities(count, random.Random(2)))
        built = time.process_time() - started
        done = hits = 0
        started = time.process_time()
        for text, lang in itertools.cycle(texts):
            hits += len(index.find(text, tokenize(text), lang))
            done += 1
            if done % 500 == 0 and time.process_time() - started > seconds:
                break
        rate = done / (time.process_time() - started)
        grown = (process.memory_info().rss - before) / 2**20
        print(
            f"{count:6} entities: built in {built:5.2f} s, {rate:8,.0f} items/s, {grown:6.1f} MiB, {hits / done:.2f} hits an item"
        )


if __name__ == "__main__":
    main()
