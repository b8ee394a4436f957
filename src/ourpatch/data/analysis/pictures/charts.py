"""Charts of numbers: a control chart and a list of bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ourpatch.data.analysis.change import ControlChart
from ourpatch.data.analysis.pictures.axes import (
    BETTER,
    Direction,
    Plot,
    Sample,
    empty_key,
    empty_names,
    empty_places,
    empty_told,
    key,
    line,
    line_sample,
    mark,
    mark_sample,
    note,
    plotted,
    signal_kind,
    value_axis,
    x_labels,
)
from ourpatch.data.analysis.pictures.svg import HATCHED, INK, PAPER, QUIET, Picture, hatch, number, picture, tag, words
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

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


def control_chart(
    chart: ControlChart,
    labels: Sequence[str],
    *,
    title: str,
    desc: str,
    better: Direction | None = None,
    notes: Sequence[tuple[int, str]] = (),
    width: int = 640,
    height: int = 340,
    ident: str | None = None,
) -> Picture:
    """A control chart with its centre, limits and signals. `labels` names every period; `notes` marks positions ("plan
    began"). A period without a figure has its place, empty, and the description says which they are.

    `better` says which way is an improvement; where more reports may be good news or bad, leave it out and signals
    stay neutral. Signals differ from usual points by shape as well as colour.
    """
    plot = plotted([*chart.values, *chart.lower, *chart.upper], len(chart.values), width, height - 76)
    kinds = [signal_kind(direction, better) for direction in chart.direction]
    legend, end = key([*_meanings(kinds), *empty_key(chart.missing)], width, height - 48)
    marks = [
        (kind, i, value) for i, (kind, value) in enumerate(zip(kinds, chart.values, strict=True)) if value == value
    ]
    parts = [
        *empty_places(plot, chart.missing),
        *value_axis(plot),
        *x_labels(plot, labels),
        *(note(plot, i, text) for i, text in notes),
        *_limit_lines(plot, chart),
        line(plot, 0, chart.values, stroke=QUIET, thick=1.5),
        *(mark(kind, plot.x(i), plot.y(value)) for kind, i, value in marks),
        *empty_names(plot, chart.missing),
        *legend,
    ]
    told = " ".join([desc, *map(str, empty_told(chart.missing, labels))])
    return picture(parts, width=width, height=max(height, end), title=title, desc=told, ident=ident)


def bar_list(
    bars: Sequence[Bar],
    *,
    title: str,
    desc: str,
    marks: Sequence[tuple[float, str]] = (),
    width: int = 640,
    ident: str | None = None,
) -> Picture:
    """Horizontal bars from zero, each under its own name, longest names welcome; withheld values are hatched, never
    drawn as zero. `marks`: values that a line is drawn at, with what they are.
    """
    longest = max((b.upper if b.upper is not None else b.value or 0.0 for b in bars), default=0.0) or 1.0
    per_unit = (width - 110.0) / max(longest, *(value for value, _name in marks), 0.0)
    first = 8.0 + 20.0 * len(marks)
    bottom = first + 48.0 * len(bars)
    parts = [hatch()]
    for i, (value, name) in enumerate(marks):
        parts.append(_marked(8 + value * per_unit, 20.0 * i + 18, bottom, name, width))
    for i, bar in enumerate(bars):
        top = first + i * 48.0
        parts += _clear(bar.label, 8, top + 14)
        parts += _bar(bar, top + 20, per_unit)
    return picture(parts, width=width, height=bottom + 8, title=title, desc=desc, ident=ident)


def _marked(x: float, top: float, bottom: float, name: str, width: int) -> str:
    """A dashed line with its name at the top, on the side where there is room."""
    drawn = tag("path", d=f"M{x:.1f} {top:.1f}V{bottom:.1f}", stroke=INK, stroke_width=1.5, stroke_dasharray="6 4")
    left = x > width / 2
    return drawn + words(name, x + (-6 if left else 6), top + 4, size=13, anchor="end" if left else "start")


def _clear(text: object, x: float, y: float) -> list[str]:
    """Words that stay legible where a line runs through them."""
    return [words(text, x, y, fill=PAPER, stroke=PAPER, stroke_width=5), words(text, x, y)]


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
    return [*drawn, *_clear(number(bar.value), after + 8, top + 14)]


def _limit_lines(plot: Plot, chart: ControlChart) -> Iterator[str]:
    for start, end in chart.phases:
        for values, dash in ((chart.centre, None), (chart.lower, "6 4"), (chart.upper, "6 4")):
            yield line(plot, start, values[start:end], dash=dash)


def _meanings(kinds: Sequence[str]) -> list[tuple[Sample, Message]]:
    lines: list[tuple[Sample, Message]] = [
        (line_sample(), _LEGEND["centre"]),
        (line_sample(dash="6 4"), _LEGEND["limits"]),
    ]
    return [*lines, *((mark_sample(kind), _LEGEND[kind]) for kind in _KINDS if kind in kinds)]
