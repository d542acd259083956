"""Draw the main dialogues as phone screens (SVG) from the golden files: `python tests/tools/draw_screens.py [FOLDER]`.

What a reader sees in the README is what the tests check. Text is set by the reader's own fonts; lines are broken here,
by the widths of DejaVu Sans (which Matplotlib carries), narrowed to those of common interface fonts.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
sys.path.insert(0, str(TESTS))

from matplotlib import get_data_path  # noqa: E402
from PIL import ImageFont  # noqa: E402

from servers.bot_api.html import parse_html  # noqa: E402

GOLDEN = TESTS / "render" / "golden"
SCREENS = TESTS.parent / "docs" / "screens"
WIDTH, BUBBLE, PAD, SIZE, LEADING = 420, 372, 14, 14.5, 20.5
NARROW = 0.9
FAMILY = "-apple-system,'Segoe UI',Roboto,'Noto Sans','Helvetica Neue',Arial,'Noto Color Emoji',sans-serif"
INK, SOFT, LINK, BACK, BUTTON = "#0f1419", "#7d8b99", "#2678b6", "#dbe6ee", "#ffffff"


@dataclass(frozen=True)
class Run:
    """Text of one look: its entity types, and whether it is a link."""

    text: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class Bubble:
    """A message: `mine` is the person's own; `buttons` are rows of labels."""

    lines: tuple[tuple[Run, ...], ...]
    buttons: tuple[tuple[str, ...], ...] = ()
    mine: bool = False
    clock: str = "11:14"


@cache
def font(bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / name), 100)


def width(text: str, bold: bool = False, size: float = SIZE) -> float:
    """Of a text in pixels; what the font lacks (emoji, Han) counts as a square."""
    wide = sum(ord(c) >= 0x2E80 for c in text)
    plain = "".join(c for c in text if ord(c) < 0x2E80 and c not in "\u200d\ufe0f")
    return font(bold).getlength(plain) / 100 * size * NARROW + wide * size * 1.1


def runs(html: str) -> list[Run]:
    """The text of Telegram HTML, cut where its entities begin and end."""
    text, entities = parse_html(html)
    units = text.encode("utf-16-le")
    size = len(units) // 2
    borders = sorted({0, size, *(p for e in entities for p in (e["offset"], e["offset"] + e["length"]))})
    found = []
    for start, end in pairwise(borders):
        kinds = frozenset(e["type"] for e in entities if e["offset"] <= start and end <= e["offset"] + e["length"])
        found.append(Run(units[start * 2 : end * 2].decode("utf-16-le"), kinds))
    return found


def wrap(pieces: list[Run], room: float) -> tuple[tuple[Run, ...], ...]:
    """Lines of at most `room` pixels, broken at spaces."""
    lines: list[list[Run]] = [[]]
    used = 0.0
    for piece in pieces:
        for word in re.findall(r"\n|[^\s]+|[^\S\n]+", piece.text):
            if word == "\n":
                lines.append([])
                used = 0.0
                continue
            needs = width(word, "bold" in piece.kinds)
            if used + needs > room and used:
                lines.append([])
                used = 0.0
                if word.isspace():
                    continue
            lines[-1].append(Run(word, piece.kinds))
            used += needs
    return tuple(merge(line) for line in lines)


def merge(line: list[Run]) -> tuple[Run, ...]:
    out: list[Run] = []
    for run in line:
        if out and out[-1].kinds == run.kinds:
            out[-1] = Run(out[-1].text + run.text, run.kinds)
        else:
            out.append(run)
    return tuple(out)


def golden(name: str, page: int = 0) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """HTML and button labels of a golden file."""
    text = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").split("\n=====\n")[page]
    body, _, rest = text.partition("\n\n--- plain\n")
    rows = rest.partition("\n\n--- buttons\n")[2].strip().splitlines()
    labels = tuple(tuple(re.findall(r"\[([^\]]*)\]\(", row)) for row in rows if row)
    return re.sub(r"^photo: .*\n", "", body), labels


def bot(name: str, clock: str = "11:14") -> Bubble:
    html, labels = golden(name)
    return Bubble(wrap(runs(html), BUBBLE - 2 * PAD), labels, clock=clock)


def said(text: str, clock: str = "11:13") -> Bubble:
    return Bubble(wrap([Run(text, frozenset())], BUBBLE - 2 * PAD), mine=True, clock=clock)


def note(html: str, clock: str = "11:14") -> Bubble:
    return Bubble(wrap(runs(html), BUBBLE - 2 * PAD), clock=clock)


def draw_line(line: tuple[Run, ...], x: float, y: float) -> str:
    spans = []
    for run in line:
        style = ""
        if "bold" in run.kinds:
            style += ' font-weight="600"'
        if "italic" in run.kinds:
            style += ' font-style="italic"'
        if "code" in run.kinds:
            style += ' font-family="ui-monospace,Menlo,Consolas,monospace" fill="#8a3ffc"'
        if "text_link" in run.kinds:
            style += f' fill="{LINK}"'
        marks = [m for k, m in (("underline", "underline"), ("strikethrough", "line-through")) if k in run.kinds]
        style += f' text-decoration="{" ".join(marks)}"' if marks else ""
        spans.append(f"<tspan{style}>{escape(run.text)}</tspan>")
    return f'<text x="{x:.1f}" y="{y:.1f}" xml:space="preserve">{"".join(spans)}</text>' if spans else ""


def draw_bubble(bubble: Bubble, y: float) -> tuple[str, float]:
    """The bubble and its buttons at `y`; answers the SVG and the y below."""
    longest = max((sum(width(r.text, "bold" in r.kinds) for r in line) for line in bubble.lines), default=0)
    wide = BUBBLE if not bubble.mine else max(90.0, longest + 2 * PAD + 78)
    x = WIDTH - 16 - wide if bubble.mine else 16
    tall = len(bubble.lines) * LEADING + 2 * 11 + (0 if bubble.mine else 12)
    fill = "#e3f6cf" if bubble.mine else "#ffffff"
    out = [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="14" fill="{fill}" filter="url(#s)"/>'
    ]
    for i, line in enumerate(bubble.lines):
        out.append(draw_line(line, x + PAD, y + 11 + SIZE + i * LEADING))
    end = y + tall - 8
    colour = "#6aa84f" if bubble.mine else SOFT
    tick = " ✓✓" if bubble.mine else ""
    out.append(
        f'<text x="{x + wide - 12:.1f}" y="{end:.1f}" text-anchor="end" font-size="11" fill="{colour}">'
        f"{bubble.clock}{tick}</text>"
    )
    y += tall + 5
    for row in bubble.buttons:
        cell = (BUBBLE - 5 * (len(row) - 1)) / len(row)
        for i, text in enumerate(row):
            left = 16 + i * (cell + 5)
            size = min(13.5, 13.5 * (cell - 12) / max(1.0, width(text, True, 13.5)))
            out.append(
                f'<rect x="{left:.1f}" y="{y:.1f}" width="{cell:.1f}" height="34" rx="9" '
                f'fill="{BUTTON}" fill-opacity=".82"/>'
            )
            out.append(
                f'<text x="{left + cell / 2:.1f}" y="{y + 22:.1f}" text-anchor="middle" font-size="{size:.1f}" '
                f'font-weight="500" fill="#1f5f8b">{escape(text)}</text>'
            )
        y += 39
    return "".join(out), y + 9


def screen(bubbles: list[Bubble], title: str = "watchbot") -> str:
    """A whole screen: the client's head bar, then the messages."""
    y, parts = 74.0, []
    for bubble in bubbles:
        part, y = draw_bubble(bubble, y)
        parts.append(part)
    tall = y + 8
    head = (
        f'<path d="M0 26a26 26 0 0 1 26-26h{WIDTH - 52}a26 26 0 0 1 26 26v34H0z" fill="#ffffff"/>'
        f'<path d="M0 60h{WIDTH}" stroke="#c9d6df"/>'
        '<circle cx="42" cy="30" r="19" fill="url(#g)"/>'
        '<g fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round">'
        '<path d="M31 30q11 -13 22 0q-11 13 -22 0z"/><circle cx="42" cy="30" r="3.4" fill="#fff" stroke="none"/></g>'
        f'<text x="72" y="27" font-size="15.5" font-weight="600">{escape(title)}</text>'
        f'<text x="72" y="45" font-size="12" fill="{SOFT}">bot</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{tall:.0f}" viewBox="0 0 {WIDTH} {tall:.0f}" '
        f'font-family="{escape(FAMILY)}" font-size="{SIZE}" fill="{INK}" role="img">'
        '<defs><filter id="s" x="-5%" y="-5%" width="110%" height="115%"><feDropShadow dx="0" dy="1" stdDeviation="1" '
        'flood-color="#4a6172" flood-opacity=".22"/></filter><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">'
        '<stop stop-color="#2ea7e0"/><stop offset="1" stop-color="#2758d4"/></linearGradient>'
        '<linearGradient id="b" x1="0" y1="0" x2="0.4" y2="1"><stop stop-color="#dcebf3"/>'
        '<stop offset="1" stop-color="#c8dbe6"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{tall:.0f}" rx="26" fill="url(#b)"/>{head}{"".join(parts)}</svg>\n'
    )


def all_screens() -> dict[str, str]:
    """File name -> SVG of every screen in docs/screens."""
    return {
        "start.svg": screen([said("/start"), bot("start-en")]),
        "alert.svg": screen([bot("covered-en"), bot("update-en", "12:02")]),
        "alert-ru.svg": screen([bot("covered-ru", "08:14")]),
        "more.svg": screen([bot("more-en")]),
        "settings.svg": screen([said("/settings"), bot("settings-en")]),
        "digest.svg": screen([bot("digest-en", "08:00")]),
        "burst.svg": screen([bot("notice-spike-en", "11:01"), bot("rolling-en", "11:14")]),
        "admin.svg": screen([said("/admin"), bot("feeds-en")]),
        "subscriber.svg": screen([bot("chats-en"), bot("chat-en")]),
    }


def trend() -> bytes:
    """The answer to /trend for the days of January 2022 (counts as in the demo's archive, scaled)."""
    from watchbot.commands.plot import Plotter, chart

    until = datetime(2022, 1, 8, 6, tzinfo=UTC)
    shape: dict[str, Any] = {"almaty": (2, 41, 9), "massimov": (0, 33, 3), "csto": (3, 18, 14)}
    counts = []
    for name, (usual, peak, at) in shape.items():
        for hour in range(24):
            distance = abs(hour - at - 6)
            counts.append((name, until - timedelta(hours=24 - hour), usual + max(0, round(peak / (1 + distance**1.4)))))
    titles = {"almaty": "Almaty", "massimov": "Karim Massimov", "csto": "CSTO"}
    what = chart(counts, [], until - timedelta(hours=24), until, "Asia/Almaty", limit=3, titles=titles)
    return Plotter().draw(what, "Mentions")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in all_screens().items():
        (folder / name).write_text(svg, encoding="utf-8")
    (folder / "trend.png").write_bytes(trend())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SCREENS)
