"""What parsing costs, and what the cut saves: `python tests/bench/bench_parse.py [--json]`.

The figure is a ratio of CPU time: a feed of 50 entries parsed whole, against the same feed with one new entry.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from watchbot.parse import parse_document

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PARAGRAPH = (
    '<p>Der frühere <a href="/geheimdienst">Geheimdienstchef</a> wurde in <b>Almaty</b> festgenommen, teilte '
    "das Komitee für nationale Sicherheit am Samstag mit. <i>Ihm werde Hochverrat vorgeworfen</i>, hie&szlig; es.</p>"
)


def feed(entries: int, *, paragraphs: int = 4, cdata: bool = True) -> bytes:
    """An RSS feed as news sites send it: each entry with a description and HTML content."""
    html = PARAGRAPH * paragraphs
    content = f"<![CDATA[{html}]]>" if cdata else html.replace("&", "&amp;").replace("<", "&lt;")
    items = [
        f"<item><title>Kasachstan: Meldung {number}</title><link>https://news.test/{number}</link>"
        f'<guid isPermaLink="false">n-{number}</guid><pubDate>Sat, 08 Jan 2022 12:{number % 60:02}:00 +0100</pubDate>'
        f"<dc:creator>Redaktion</dc:creator><category>Ausland</category>"
        f"<description>Zusammenfassung {number}</description><content:encoded>{content}</content:encoded>"
        f'<enclosure url="https://news.test/{number}.jpg" type="image/jpeg" length="1000"/></item>'
        for number in range(entries)
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Nachrichten</title>'
        f"<link>https://news.test/</link><language>de</language>{''.join(items)}</channel></rss>"
    ).encode()


def cpu(work: Callable[[], object], repeats: int = 15) -> float:
    """CPU milliseconds of one call: the least of several, since other work on the machine only adds."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1_000)
    return min(times)


def measure() -> dict[str, float]:
    """CPU milliseconds, and the ratio that is promised (at least 8)."""
    data = feed(50)

    def parse(known: frozenset[str] = frozenset()) -> int:
        return len(parse_document(data, url="https://news.test/f", content_type=None, known=known, now=NOW).entries)

    hashes = [
        entry.raw_hash or ""
        for entry in parse_document(data, url="https://news.test/f", content_type=None, now=NOW).entries
    ]
    known = frozenset(hashes[1:])
    assert parse(known) == 1
    whole, one, none = cpu(parse), cpu(lambda: parse(known)), cpu(lambda: parse(frozenset(hashes)))
    return {
        "kilobytes": len(data) / 1_000,
        "whole_ms": round(whole, 2),
        "one_new_ms": round(one, 2),
        "nothing_new_ms": round(none, 2),
        "ratio": round(whole / one, 1),
    }


if __name__ == "__main__":
    result = measure()
    if "--json" in sys.argv:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:>16} {value}")
