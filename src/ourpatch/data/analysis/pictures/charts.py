"""Charts of numbers: a control chart and a list of bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ourpatch.data.analysis.change import ControlChart
from ourpatch.data.analysis.pictures.svg import (
    HATCHED,
    INK,
    LINE,
    PAPER,
    QUIET,
    Picture,
    hatch,
    number,
    picture,
    tag,
    words,
)
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

BETTER = "#1d70b8"
WORSE = "#b8500b"
SIGNAL = "#4c2c92"

_LEGEND: dict[str, Message] = {
    "common": _("Usual variation"),
    "better": _("Signal: better"),
    "worse": _("Signal: worse"),
    "signal": _("Signal of a change"),
    "centre": _("Average"),
    "limits": _("Limits of usual variation"),
}
_KINDS = ("common", "better", "worse", "signal")
_WITHHELD = _("withheld")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its value (None = withheld), and an interval where there is one."""

    label: str
    value: float | None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where values fall on the paper."""

    left: float
    right: float
    top: float
    bottom: float
    count: int
    low: float
    high: float

    def x(self, i: int) -> float:
        return self.left + (self.right - self.left) * (i + 0.5) / self.count

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)


def control_chart(
    chart: ControlChart,
    labels: Sequence[str],
    *,
    title: str,
    desc: str,
    better: Literal["lower", "higher"] | None = None,
    notes: Sequence[tuple[int, str]] = (),
    width: int = 640,
    height: int = 340,
    ident: str | None = None,
) -> Picture:
    """A control chart with its centre, limits and signals. `labels` names every point; `notes` marks positions ("plan
    began").

    `better` says which way is an improvement; where more reports may be good news or bad, leave it out and signals
    stay neutral. Signals differ from usual points by shape as well as colour.
    """
    low, high = _span([*chart.values, *chart.lower, *chart.upper])
    marks = ticks(low, high)
    plot = _Plot(56, width - 12, 24, height - 76, len(chart.values), min(low, marks[0]), max(high, marks[-1]))
    kinds = [_kind(direction, better) for direction in chart.direction]
    parts = [
        *_axis(plot, marks),
        *_x_labels(plot, labels),
        *_notes(plot, notes),
        *_limit_lines(plot, chart),
        tag("polyline", points=_points(plot, 0, chart.values), fill="none", stroke=QUIET, stroke_width=1.5),
        *(_mark(kind, plot.x(i), plot.y(v)) for i, (kind, v) in enumerate(zip(kinds, chart.values, strict=True))),
        *_legend([kind for kind in _KINDS if kind in kinds], width, height),
    ]
    return picture(parts, width=width, height=height, title=title, desc=desc, ident=ident)


def bar_list(bars: Sequence[Bar], *, title: str, desc: str, width: int = 640, ident: str | None = None) -> Picture:
    """Horizontal bars from zero, each under its own name, longest names welcome; withheld values are hatched, never
    drawn as zero.
    """
    longest = max((b.upper if b.upper is not None else b.value or 0.0 for b in bars), default=0.0) or 1.0
    room = width - 110.0
    parts = [hatch()]
    for i, bar in enumerate(bars):
        top = 8.0 + i * 48.0
        parts.append(words(bar.label, 8, top + 14))
        parts += _bar(bar, top + 20, room / longest)
    return picture(parts, width=width, height=16 + 48 * len(bars), title=title, desc=desc, ident=ident)


def _bar(bar: Bar, top: float, per_unit: float) -> list[str]:
    if bar.value is None:
        box = tag("rect", x=8, y=top, width=60, height=18, fill=HATCHED, stroke=QUIET)
        return [box, words(_WITHHELD, 76, top + 14, fill=QUIET)]
    end = 8 + bar.value * per_unit
    drawn = [tag("rect", x=8, y=top, width=max(end - 8, 0.5), height=18, fill=BETTER)]
    after = end
    if bar.lower is not None and bar.upper is not None:
        a, after = 8 + bar.lower * per_unit, 8 + bar.upper * per_unit
        whisker = f"M{a:.1f} {top + 9:.1f}H{after:.1f}" + "".join(f"M{x:.1f} {top + 4:.1f}v10" for x in (a, after))
        drawn.append(tag("path", d=whisker, stroke=PAPER, stroke_width=4))
        drawn.append(tag("path", d=whisker, stroke=INK, stroke_width=1.5))
    drawn.append(words(number(bar.value), after + 8, top + 14))
    return drawn


def _kind(direction: int, better: str | None) -> str:
    if direction == 0:
        return "common"
    if better is None:
        return "signal"
    return "better" if (direction > 0) == (better == "higher") else "worse"


def _mark(kind: str, x: float, y: float) -> str:
    """Circle, diamond, square or triangle: the shape tells what the colour tells."""
    if kind == "common":
        return tag("circle", cx=x, cy=y, r=3.5, fill=QUIET)
    if kind == "worse":
        return tag("rect", x=x - 5, y=y - 5, width=10, height=10, fill=WORSE, stroke=INK)
    if kind == "better":
        return tag("path", d=f"M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z", fill=BETTER, stroke=INK)
    return tag("path", d=f"M{x:.1f} {y - 7:.1f}l7 12h-14z", fill=SIGNAL, stroke=INK)


def _limit_lines(plot: _Plot, chart: ControlChart) -> list[str]:
    drawn = []
    for start, end in chart.phases:
        for values, dash in ((chart.centre, None), (chart.lower, "6 4"), (chart.upper, "6 4")):
            line = _points(plot, start, values[start:end])
            drawn.append(tag("polyline", points=line, fill="none", stroke=INK, stroke_width=1.2, stroke_dasharray=dash))
    return drawn


def _points(plot: _Plot, start: int, values: Sequence[float]) -> str:
    return " ".join(f"{plot.x(start + i):.1f},{plot.y(value):.1f}" for i, value in enumerate(values))


def _axis(plot: _Plot, marks: Sequence[float]) -> list[str]:
    drawn = []
    for value in marks:
        y = plot.y(value)
        drawn.append(tag("path", d=f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}", stroke=LINE, stroke_width=0.5))
        drawn.append(words(number(value), plot.left - 6, y + 4, size=13, anchor="end"))
    return drawn


def _x_labels(plot: _Plot, labels: Sequence[str]) -> list[str]:
    longest = max((len(label) for label in labels), default=1)
    room = (plot.right - plot.left) / max(1.0, longest * 7.5 + 12)
    every = max(1, math.ceil(plot.count / max(1.0, room)))
    return [
        words(label, plot.x(i), plot.bottom + 20, size=13, anchor="middle")
        for i, label in enumerate(labels)
        if i % every == 0
    ]


def _notes(plot: _Plot, notes: Sequence[tuple[int, str]]) -> list[str]:
    drawn = []
    for i, text in notes:
        x = plot.x(i)
        anchor = "end" if x > (plot.left + plot.right) / 2 else "start"
        drawn.append(
            tag("path", d=f"M{x:.1f} {plot.top - 4:.1f}V{plot.bottom:.1f}", stroke=INK, stroke_dasharray="2 3")
        )
        drawn.append(words(text, x + (-5 if anchor == "end" else 5), plot.top - 8, size=13, anchor=anchor))
    return drawn


def _legend(kinds: Sequence[str], width: int, height: int) -> list[str]:
    entries = [("centre", _LEGEND["centre"]), ("limits", _LEGEND["limits"]), *((k, _LEGEND[k]) for k in kinds)]
    drawn, x, y = [], 16.0, height - 34.0
    for kind, message in entries:
        text = str(message)
        needed = 36 + 7.2 * len(text)
        if x + needed > width:
            x, y = 16.0, y + 20.0
        if kind in ("centre", "limits"):
            dash = "6 4" if kind == "limits" else None
            drawn.append(
                tag("path", d=f"M{x - 6:.1f} {y - 4:.1f}h20", stroke=INK, stroke_width=1.2, stroke_dasharray=dash)
            )
        else:
            drawn.append(_mark(kind, x + 4, y - 4))
        drawn.append(words(text, x + 18, y, size=13))
        x += needed
    return drawn


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(0.0, *values), max(values)
    return (low, high) if high > low else (low, low + 1.0)


def ticks(low: float, high: float) -> list[float]:
    """About five round numbers that cover a span."""
    rough = (high - low) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= rough - 1e-12)
    first = math.floor(low / step + 1e-9)
    return [k * step for k in range(first, math.ceil(high / step - 1e-9) + 1)]
