"""What charts over periods share: where values fall on the paper, an axis, labels, notes, marks, empty places and a key."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ourpatch.data.analysis.missing import NO_DATA, stretches
from ourpatch.data.analysis.pictures.svg import INK, LINE, PAPER, QUIET, number, tag, words
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

BETTER = "#1d70b8"
WORSE = "#b8500b"
SIGNAL = "#4c2c92"

Direction = Literal["lower", "higher"]
Sample = Callable[[float, float], str]  # draws a piece of the picture for its key, 28 wide from x, its middle at y
_KEY_ROW = 22.0
_EMPTY = "#f3f2f1"
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Plot:
    """Where values fall on the paper: `count` periods side by side, values from `low` to `high`."""

    left: float
    right: float
    top: float
    bottom: float
    count: int
    low: float
    high: float

    def x(self, i: float) -> float:
        """The middle of period i, from 0."""
        return self.left + (self.right - self.left) * (i + 0.5) / self.count

    def y(self, value: float) -> float:
        """The height of a value."""
        return self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)


def plotted(values: Sequence[float], count: int, width: float, bottom: float, top: float = 24.0) -> Plot:
    """A plot that holds these values and nought, up to round numbers."""
    low, high = span(values)
    marks = ticks(low, high)
    return Plot(56, width - 12, top, bottom, count, min(low, marks[0]), max(high, marks[-1]))


def value_axis(plot: Plot, caption: object = "") -> Iterator[str]:
    """Lines at round values with their numbers, and above them what the values are."""
    for value in ticks(plot.low, plot.high):
        y = plot.y(value)
        yield tag("path", d=f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}", stroke=LINE, stroke_width=0.5)
        yield words(number(value), plot.left - 6, y + 4, size=13, anchor="end")
    if text := str(caption):
        yield words(text, 8, 16, size=13)


def x_labels(plot: Plot, labels: Sequence[str]) -> Iterator[str]:
    """The names of the periods, as many as have room."""
    longest = max((len(label) for label in labels), default=1)
    half = longest * 3.75
    room = (plot.right - plot.left) / max(1.0, 2 * half + 12)
    every = max(1, math.ceil(plot.count / max(1.0, room)))
    for i, label in enumerate(labels):
        if i % every == 0:
            # The last name keeps clear of the paper's edge.
            x = min(plot.x(i), plot.right + 10 - half)
            yield words(label, x, plot.bottom + 20, size=13, anchor="middle")


def note(plot: Plot, i: float, text: object) -> str:
    """A line down through position i (between two periods if a half) and what it stands for."""
    x = plot.x(i)
    anchor = "end" if x > (plot.left + plot.right) / 2 else "start"
    line = tag("path", d=f"M{x:.1f} {plot.top - 4:.1f}V{plot.bottom:.1f}", stroke=INK, stroke_dasharray="2 3")
    return line + words(text, x + (-5 if anchor == "end" else 5), plot.top - 8, size=13, anchor=anchor)


def line(
    plot: Plot, start: int, values: Sequence[float], *, stroke: str = INK, thick: float = 1.2, dash: str | None = None
) -> str:
    """A line through values, the first at period `start`; broken where there is none (NaN)."""
    drawn = []
    for a, b in stretches(~np.isnan(np.asarray(values, dtype=np.float64))):
        points = " ".join(f"{plot.x(start + i):.1f},{plot.y(values[i]):.1f}" for i in range(a, b))
        drawn.append(
            tag("polyline", points=points, fill="none", stroke=stroke, stroke_width=thick, stroke_dasharray=dash)
        )
    return "".join(drawn)


def empty_places(plot: Plot, missing: Sequence[int]) -> Iterator[str]:
    """A pale column with dotted sides, and what it is, for every stretch of periods without data."""
    there = np.zeros(plot.count, dtype=np.bool_)
    there[list(missing)] = True
    for start, end in stretches(there):
        a, b = plot.x(start - 0.5), plot.x(end - 0.5)
        yield tag("rect", x=a, y=plot.top, width=b - a, height=plot.bottom - plot.top, fill=_EMPTY)
        yield "".join(
            tag("path", d=f"M{x:.1f} {plot.top:.1f}V{plot.bottom:.1f}", stroke=QUIET, stroke_dasharray="1 3")
            for x in (a, b)
        )


def empty_names(plot: Plot, missing: Sequence[int]) -> Iterator[str]:
    """What the empty places are, written up each of them; drawn last, so that no line runs through it."""
    there = np.zeros(plot.count, dtype=np.bool_)
    there[list(missing)] = True
    for start, end in stretches(there):
        x, y = (plot.x(start) + plot.x(end - 1)) / 2 + 4, plot.top + 8
        turned = f"rotate(-90 {x:.1f} {y:.1f})"
        for more in ({"stroke": PAPER, "stroke_width": 3, "fill": PAPER}, {"fill": INK}):
            yield words(NO_DATA, x, y, size=12, anchor="end", transform=turned, **more)


def empty_key(missing: Sequence[int]) -> list[tuple[Sample, Message]]:
    """What the empty places are, for the key, where there are any."""
    return [(box_sample(_EMPTY, QUIET), _("No data"))] if missing else []


def empty_told(missing: Sequence[int], names: Sequence[str]) -> list[Message]:
    """The same for the description."""
    if not missing:
        return []
    if len(missing) > _MOST_NAMED:
        first, last = names[missing[0]], names[missing[-1]]
        return [_("No data for %(count)s, from %(first)s to %(last)s.", count=len(missing), first=first, last=last)]
    return [_("No data for: %(names)s.", names="; ".join(names[i] for i in missing))]


def whisker(x: float, top: float, bottom: float) -> str:
    """An upright interval with its two ends."""
    ends = "".join(f"M{x - 4:.1f} {y:.1f}h8" for y in (top, bottom))
    return tag("path", d=f"M{x:.1f} {top:.1f}V{bottom:.1f}{ends}", stroke=INK, stroke_width=1.5)


def signal_kind(direction: int, better: Direction | None) -> str:
    """What a signal towards higher (+1) or lower (-1) values means; neutral where nobody said which way is better."""
    if direction == 0:
        return "common"
    if better is None:
        return "signal"
    return "better" if (direction > 0) == (better == "higher") else "worse"


def mark(kind: str, x: float, y: float) -> str:
    """Circle, diamond, square or triangle: the shape tells what the colour tells."""
    if kind == "common":
        return tag("circle", cx=x, cy=y, r=3.5, fill=QUIET)
    if kind == "worse":
        return tag("rect", x=x - 5, y=y - 5, width=10, height=10, fill=WORSE, stroke=INK)
    if kind == "better":
        return tag("path", d=f"M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z", fill=BETTER, stroke=INK)
    return tag("path", d=f"M{x:.1f} {y - 7:.1f}l7 12h-14z", fill=SIGNAL, stroke=INK)


def line_sample(*, stroke: str = INK, thick: float = 1.2, dash: str | None = None) -> Sample:
    """A piece of a line, for the key."""
    return lambda x, y: tag("path", d=f"M{x:.1f} {y:.1f}h28", stroke=stroke, stroke_width=thick, stroke_dasharray=dash)


def mark_sample(kind: str) -> Sample:
    """A mark, for the key."""
    return lambda x, y: mark(kind, x + 14, y)


def box_sample(fill: str, stroke: str = INK) -> Sample:
    """A piece of a filled shape, for the key."""
    return lambda x, y: tag("rect", x=x, y=y - 7, width=28, height=14, fill=fill, stroke=stroke)


def key(entries: Sequence[tuple[Sample, object]], width: float, top: float) -> tuple[list[str], float]:
    """Samples with what they stand for, in as many rows as they need from `top`; and where the last row ends."""
    drawn: list[str] = []
    x, y = 8.0, top + 10
    for sample, meaning in entries:
        text = str(meaning)
        needed = 50 + 7.2 * len(text)
        if x > 8.0 and x + needed > width:
            x, y = 8.0, y + _KEY_ROW
        drawn += [sample(x, y), words(text, x + 36, y + 4, size=13)]
        x += needed
    return drawn, y + 14


def span(values: Sequence[float]) -> tuple[float, float]:
    """From the least to the greatest that there is, nought among them, never empty."""
    there = [value for value in values if value == value]
    low, high = min(0.0, *there), max(there)
    return (low, high) if high > low else (low, low + 1.0)


def ticks(low: float, high: float) -> list[float]:
    """About five round numbers that cover a span."""
    rough = (high - low) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= rough - 1e-12)
    first = math.floor(low / step + 1e-9)
    return [k * step for k in range(first, math.ceil(high / step - 1e-9) + 1)]
