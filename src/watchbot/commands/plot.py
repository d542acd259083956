"""Mentions over time: what to draw (pure), and the picture."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbot.render.i18n import zone_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOURLY_UP_TO = timedelta(days=3)
"""Longer spans are drawn per day: an hourly line over a week is a comb."""
INK, GRID, GROUND = "#1c2733", "#dfe5ec", "#ffffff"
COLOURS = ("#2f6fed", "#e4572e", "#17a673", "#8e44ad", "#e0a100", "#5d6d7e")


@dataclass(frozen=True, slots=True)
class Line:
    """One entity's counts, one per step of the chart."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """`times` are the starts of the steps, aware, in the chat's zone."""

    times: tuple[datetime, ...]
    lines: tuple[Line, ...]
    step: timedelta

    @property
    def total(self) -> int:
        return sum(sum(line.counts) for line in self.lines)


def chart(
    counts: Sequence[tuple[str, datetime, int]],
    wanted: Sequence[str],
    since: datetime,
    until: datetime,
    zone: str,
    *,
    limit: int,
    titles: Mapping[str, str],
) -> Chart:
    """The `wanted` entities (or else those with most mentions), per hour or local day, missing steps as zero.

    `titles`: what entities are called, by id; what has none is no entity (any more), and is left out.
    """
    tz = zone_of(zone)
    step = HOUR if until - since <= HOURLY_UP_TO else DAY

    def start(at: datetime) -> datetime:
        local = at.astimezone(tz).replace(minute=0, second=0, microsecond=0)
        return local if step == HOUR else local.replace(hour=0)

    times: list[datetime] = []
    at = since.replace(minute=0, second=0, microsecond=0)
    while at < until:
        if not times or start(at) != times[-1]:
            times.append(start(at))
        at += HOUR
    index = {at: i for i, at in enumerate(times)}
    table: dict[str, list[int]] = {}
    for entity, hour, count in counts:
        if entity in (wanted or titles) and (place := index.get(start(hour))) is not None:
            table.setdefault(entity, [0] * len(times))[place] += count
    ranked = sorted(table.items(), key=lambda item: (-sum(item[1]), item[0]))[:limit]
    return Chart(tuple(times), tuple(Line(titles.get(name, name), tuple(values)) for name, values in ranked), step)


class Plotter:
    """Draws one chart at a time: Matplotlib's font machinery is not safe for threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def draw(self, what: Chart, title: str) -> bytes:
        """The chart as PNG. Takes about a second the first time, 0.2 s later: call it off the event loop."""
        with self._turn:
            return draw(what, title)


def draw(what: Chart, title: str) -> bytes:
    """The chart as PNG (1200 x 675: what Telegram shows without cropping)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(8, 4.5), dpi=150, facecolor=GROUND, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor=GROUND)
    zone = what.times[0].tzinfo
    for colour, line in zip(COLOURS, what.lines, strict=False):
        axes.plot(what.times, line.counts, color=colour, linewidth=2.2, marker="o", markersize=3)  # type: ignore[arg-type]
        axes.fill_between(what.times, line.counts, color=colour, alpha=0.08)  # type: ignore[arg-type]
        axes.plot([], [], color=colour, linewidth=4, label=f"{line.name}  {sum(line.counts)}")
    locator = AutoDateLocator(tz=zone, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))  # type: ignore[no-untyped-call]
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.set_title(title, loc="left", color=INK, fontsize=14, fontweight="bold", pad=26)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=6,
        frameon=False,
        labelcolor=INK,
        handlelength=1,
        borderpad=0,
    )
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()
