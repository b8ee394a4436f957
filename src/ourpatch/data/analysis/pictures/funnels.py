"""The funnel: rates by population, with the limits that chance and the differences among areas allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ourpatch.data.analysis.exposure import Base
from ourpatch.data.analysis.funnels import POSITIONS, Funnel, FunnelPoint, Limits, Position
from ourpatch.data.analysis.pictures.axes import BETTER, WORSE, Sample, key, line_sample, ticks
from ourpatch.data.analysis.pictures.svg import INK, LINE, PAPER, QUIET, Picture, number, picture, tag, words
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_MOST_NAMED = 8
_MOST_TOLD = 10

_LEGEND: dict[str, Message] = {
    "centre": _("Average"),
    "inner": _("Limits: 95%"),
    "outer": _("Limits: 99.8%"),
}
_Box = tuple[float, float, float]  # where it starts, where it ends, and the height of its middle
_DASHES = {"centre": None, "inner": "6 4", "outer": "2 3"}


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where populations and rates fall on the paper."""

    left: float
    right: float
    top: float
    bottom: float
    most: float
    high: float

    def x(self, population: float) -> float:
        return self.left + (self.right - self.left) * population / self.most

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * min(value, self.high) / self.high


def funnel_plot(
    found: Funnel,
    *,
    what: str,
    where: str,
    when: str,
    base: Base | None = None,
    width: int = 720,
    height: int = 460,
    ident: str | None = None,
) -> Picture:
    """One mark for each area; those beyond a limit differ by shape as well as colour, and the furthest are named. Title and
    description are made from the numbers. `base`: what the rates are of, where that is not people of an unknown year.
    """
    values = [point.value for point in found.points]
    people = ticks(0.0, max(point.limits.population for point in found.points))
    rates = ticks(0.0, max(*values, _useful_height(found)))
    plot = _Plot(56, width - 32, 34, height - 118, people[-1], rates[-1])
    legend, end = key(list(_meanings(found)), width, height - 64)
    parts = [
        *_axes(plot, people, rates, *_measured(found, base)),
        *_curves(plot, found),
        *(_mark(point.position, plot.x(point.limits.population), plot.y(point.value)) for point in _drawn_last(found)),
        *_names(plot, found),
        *legend,
    ]
    rate, head = _measured(found, base)
    title = _(
        "%(what)s by area, %(where)s, %(when)s: %(rate)s, by size (%(base)s; %(count)s areas)",
        what=what,
        where=where,
        when=when,
        rate=rate,
        base=head,
        count=len(found.points),
    )
    return picture(
        parts, width=width, height=max(height, end), title=str(title), desc=_described(found, rate), ident=ident
    )


def _measured(found: Funnel, base: Base | None) -> tuple[Message, Message]:
    """What the rates are called, and what the areas are laid out by."""
    if base is not None:
        return base.rate, base.head
    return _("yearly rate per %(per)g people", per=found.per), _("Population of the area")


def _described(found: Funnel, rate: Message) -> str:
    told = [
        _("Average %(centre)s (%(rate)s).", centre=number(float(f"{found.centre:.3g}")), rate=rate),
        *pick(found.sentences, "positions"),
    ]
    above, below = (_listed(found.at(position)) for position in (Position.VERY_HIGH, Position.VERY_LOW))
    if above:
        told.append(_("Furthest above the outer limits: %(names)s.", names=above))
    if below:
        told.append(_("Furthest below the outer limits: %(names)s.", names=below))
    return spoken(told)


def _listed(points: Sequence[FunnelPoint]) -> str:
    return "; ".join(f"{point.key} {number(round(point.value, 1))}" for point in points[:_MOST_TOLD])


def _useful_height(found: Funnel) -> float:
    """High enough for the limits of all but the very smallest sizes, where they run away."""
    uppers = sorted(limits.outer_upper for limits in found.curve)
    return uppers[len(uppers) * 3 // 4]


def _drawn_last(found: Funnel) -> list[FunnelPoint]:
    """Those beyond a limit on top of the many within."""
    return sorted(found.points, key=lambda point: (point.position is not Position.WITHIN, point.key))


def _axes(plot: _Plot, people: Sequence[float], rates: Sequence[float], rate: Message, head: Message) -> Iterator[str]:
    for value in rates:
        y = plot.y(value)
        yield tag("path", d=f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}", stroke=LINE, stroke_width=0.5)
        yield words(number(value), plot.left - 6, y + 4, size=13, anchor="end")
    for value in people:
        yield words(number(value), plot.x(value), plot.bottom + 18, size=13, anchor="middle")
    yield words(rate, 8, 16, size=13)
    yield words(head, (plot.left + plot.right) / 2, plot.bottom + 38, size=13, anchor="middle")


def _curves(plot: _Plot, found: Funnel) -> Iterator[str]:
    y = plot.y(found.centre)
    yield tag("path", d=f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}", stroke=INK, stroke_width=1.5)
    for name, limit in _LINES:
        shown = [limits for limits in found.curve if 0 < limit(limits) <= plot.high]
        points = " ".join(f"{plot.x(limits.population):.1f},{plot.y(limit(limits)):.1f}" for limits in shown)
        yield tag("polyline", points=points, fill="none", stroke=INK, stroke_width=1.3, stroke_dasharray=_DASHES[name])


_LINES: tuple[tuple[str, Callable[[Limits], float]], ...] = (
    ("inner", lambda limits: limits.inner_lower),
    ("inner", lambda limits: limits.inner_upper),
    ("outer", lambda limits: limits.outer_lower),
    ("outer", lambda limits: limits.outer_upper),
)


def _mark(position: Position, x: float, y: float) -> str:
    """A dot within; a triangle that points up above or down below, filled beyond the outer limits."""
    if position is Position.WITHIN:
        return tag("circle", cx=x, cy=y, r=3, fill=QUIET, fill_opacity="0.65")
    up = position in (Position.HIGH, Position.VERY_HIGH)
    far = position in (Position.VERY_HIGH, Position.VERY_LOW)
    colour = WORSE if up else BETTER
    shape = f"M{x:.1f} {y - 7:.1f}l6.5 12h-13z" if up else f"M{x:.1f} {y + 7:.1f}l6.5 -12h-13z"
    return tag("path", d=shape, fill=colour if far else PAPER, stroke=INK if far else colour, stroke_width=1.5)


def _names(plot: _Plot, found: Funnel) -> Iterator[str]:
    """The furthest beyond the outer limits, each beside its mark; a name that would lie on another or on a mark is left to
    the table.
    """
    beyond = found.at(*(position for position in Position if position is not Position.WITHIN))
    taken = [_box(plot.x(point.limits.population) - 7, 14, plot.y(point.value)) for point in beyond]
    named = 0
    for point in found.at(Position.VERY_HIGH, Position.VERY_LOW):
        x, y, length = plot.x(point.limits.population), plot.y(point.value), 8.0 * len(point.key)
        sides = [_box(x + 10, length, y), _box(x - 10 - length, length, y)]
        free = next((side for side in sides if _fits(side, taken, plot)), None)
        if free is None:
            continue
        taken.append(free)
        named += 1
        anchor = "start" if free is sides[0] else "end"
        yield words(point.key, x + 10 if anchor == "start" else x - 10, y + 4, size=13, anchor=anchor)
        if named == _MOST_NAMED:
            return


def _box(left: float, length: float, middle: float) -> _Box:
    return left, left + length, middle


def _fits(box: _Box, taken: Sequence[_Box], plot: _Plot) -> bool:
    inside = box[0] > plot.left and box[1] < plot.right
    return inside and all(abs(box[2] - y) >= 14 or box[0] >= end or start >= box[1] for start, end, y in taken)


def _meanings(found: Funnel) -> Iterator[tuple[Sample, Message]]:
    for name, dash in _DASHES.items():
        yield line_sample(thick=1.4, dash=dash), _LEGEND[name]
    seen = {point.position for point in found.points}
    for position, meaning in POSITIONS.items():
        if position in seen:
            yield partial(_sample, position), meaning


def _sample(position: Position, x: float, y: float) -> str:
    return _mark(position, x + 14, y)
