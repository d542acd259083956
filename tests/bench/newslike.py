"""Synthetic news for benchmarks: a Zipf vocabulary with real news words in it, events told several times.

Seeded: the same arguments give the same items. No claim on accuracy is made with these; they only cost what news costs.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

PEOPLE = ["Tokayev", "Nazarbayev", "Karim Massimov", "Putin", "Smailov", "Abdymomunov", "Kulibayev", "Bektanov"]
PLACES = ["Kazakhstan", "Almaty", "Astana", "Казахстан", "Алматы", "Kasachstan"]
EVENTS = [
    "president",
    "minister",
    "parliament",
    "government",
    "police",
    "troops",
    "protest",
    "unrest",
    "killed",
    "detained",
    "arrested",
    "charged",
    "sentenced",
    "resigned",
    "dismissed",
    "appointed",
    "approved",
    "order",
    "speech",
    "video",
    "phone",
    "meeting",
    "summit",
    "visit",
    "support",
    "withdraw",
    "deploy",
    "emergency",
    "curfew",
    "internet",
    "airport",
    "flights",
    "cancelled",
    "price",
    "fuel",
    "oil",
    "output",
    "shares",
    "bank",
    "uranium",
    "fund",
    "losses",
    "mourning",
    "hospital",
    "journalist",
]
SYLLABLES = [
    "ka",
    "re",
    "mo",
    "ti",
    "zu",
    "lan",
    "ver",
    "shi",
    "gol",
    "dem",
    "pra",
    "nu",
    "cho",
    "bel",
    "sta",
    "fen",
    "ryk",
    "ova",
]
START = datetime(2022, 1, 1, tzinfo=UTC)


def vocabulary(rng: random.Random, size: int = 40_000) -> list[str]:
    """Made-up words, so that the tail of the vocabulary is as long as that of news in several languages."""
    words = {"".join(rng.choices(SYLLABLES, k=rng.randint(2, 5))) for _ in range(size * 2)}
    return sorted(words)[:size]


def news(count: int, *, span: timedelta = timedelta(hours=72), seed: int = 7) -> Iterator[dict[str, str]]:
    """`count` items over `span`, as replay reads them: 55 % open an event, 30 % copy one, 15 % retell one."""
    rng = random.Random(seed)
    words = vocabulary(rng)
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))
    recent: list[tuple[list[str], list[str], list[str]]] = []
    for number in range(count):
        kind = rng.random() if recent else 0.0
        if kind < 0.55:
            event = [*rng.sample(EVENTS, 4), rng.choice(PEOPLE) if rng.random() < 0.5 else rng.choice(PLACES)]
            title = [rng.choice(PLACES), *event, *rng.choices(words, cum_weights=weights, k=4)]
            summary = [*event[:2], *rng.choices(words, cum_weights=weights, k=22), str(rng.randint(2, 9000))]
            recent.append((event, title, summary))
            del recent[:-2000]
        else:
            event, title, summary = rng.choice(recent[-500:])
            if kind < 0.85:
                title = [rng.choice(PLACES), *rng.sample(title[1:], 5)] if rng.random() < 0.5 else title
            else:
                title = [rng.choice(PLACES), *event, *rng.choices(words, cum_weights=weights, k=3)]
                summary = [*event, *rng.choices(words, cum_weights=weights, k=15)]
        at = START + span * number / count
        yield {
            "id": f"i{number}",
            "title": " ".join(title).capitalize(),
            "summary": " ".join(summary) + ".",
            "lang": "en",
            "source": f"Outlet {number % 60}",
            "link": f"https://outlet{number % 60}.test/{number}",
            "published": at.isoformat(),
        }
