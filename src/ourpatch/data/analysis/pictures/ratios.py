"""Areas as multiples of what their mix of deprivation leads one to expect, each with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourpatch.data.analysis.mix import AllowedFor, AreaRatio
from ourpatch.data.analysis.pictures.axes import Plot, Sample, key, ticks
from ourpatch.data.analysis.pictures.svg import INK, LINE, PAPER, QUIET, Picture, number, picture, tag, words
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_ROW = 26.0
_TOP = 44.0
_MOST_ROWS = 60
_MOST_TOLD = 10
_WIDEST = 5.0


def ratio_chart(
    found: AllowedFor, *, what: str, where: str, when: str, width: int = 720, ident: str | None = None
) -> Picture:
    """A dot and its interval for each area, those that are surely highest first, and a line at 1, as many as expected; filled
    squares differ from 1 by more than chance. Title and description are made from the numbers.
    """
    rows = found.ranked()[:_MOST_ROWS]
    left = min(width / 2, 24 + 7.6 * max(len(one.key) for one in rows))
    # An area with next to nobody has an interval that would press all others flat: it ends at the edge, and in the table.
    high = min(max(2.0, *(one.interval.upper for one in rows)), max(_WIDEST, *(one.ratio for one in rows)))
    marks = ticks(0.0, high)
    bottom = _TOP + _ROW * len(rows)
    plot = Plot(left, width - 60, _TOP, bottom, len(rows), 0.0, marks[-1])
    legend, end = key(_LEGEND, width, bottom + 34)
    parts = [
        words(_("Recorded over expected (1: as many as expected)"), 8, 16, size=13),
        *_scale(plot, marks),
        *(part for i, one in enumerate(rows) for part in _row(plot, one, _TOP + _ROW * (i + 0.5))),
        *legend,
    ]
    title = _(
        "%(what)s, %(where)s, %(when)s: recorded over what each area's mix of deprivation would lead one to expect (%(count)s "
        "areas, %(incidents)s incidents)",
        what=what,
        where=where,
        when=when,
        count=len(found.areas),
        incidents=f"{sum(one.observed for one in found.areas):,}",
    )
    desc = spoken([*pick(found.sentences, "apart"), *(_told(one) for one in rows[:_MOST_TOLD])])
    return picture(parts, width=width, height=end, title=str(title), desc=desc, ident=ident)


def _across(plot: Plot, value: float) -> float:
    return plot.left + (plot.right - plot.left) * min(value, plot.high) / plot.high


def _scale(plot: Plot, marks: Sequence[float]) -> Iterator[str]:
    for value in marks:
        x = _across(plot, value)
        yield tag("path", d=f"M{x:.1f} {plot.top:.1f}V{plot.bottom:.1f}", stroke=LINE, stroke_width=0.5)
        yield words(number(value), x, plot.bottom + 18, size=13, anchor="middle")
    x = _across(plot, 1.0)
    yield tag("path", d=f"M{x:.1f} {plot.top - 4:.1f}V{plot.bottom:.1f}", stroke=INK, stroke_width=1.5)


def _row(plot: Plot, one: AreaRatio, y: float) -> Iterator[str]:
    yield words(one.key, plot.left - 12, y + 5, size=13, anchor="end")
    a, b, x = (_across(plot, value) for value in (one.interval.lower, one.interval.upper, one.ratio))
    ends = f"M{a:.1f} {y - 4:.1f}v8" + (f"M{b:.1f} {y - 4:.1f}v8" if one.interval.upper <= plot.high else "")
    yield tag("path", d=f"M{a:.1f} {y:.1f}H{b:.1f}{ends}", stroke=INK, stroke_width=1.5)
    yield _dot(one.apart, x, y)
    yield words(f"{one.ratio:.2f}", plot.right + 8, y + 5, size=13)


def _dot(apart: bool, x: float, y: float) -> str:
    if apart:
        return tag("rect", x=x - 5, y=y - 5, width=10, height=10, fill=QUIET, stroke=INK)
    return tag("circle", cx=x, cy=y, r=5, fill=PAPER, stroke=INK, stroke_width=1.5)


_LEGEND: tuple[tuple[Sample, Message], ...] = (
    (lambda x, y: _dot(True, x + 14, y), _("Differs from what is expected by more than chance")),
    (lambda x, y: _dot(False, x + 14, y), _("A difference is not shown")),
)


def _told(one: AreaRatio) -> Message:
    return _(
        "%(name)s: %(expected)s, between %(lower)s and %(upper)s.",
        name=one.key,
        expected=f"{one.ratio:.2f}",
        lower=f"{one.interval.lower:.2f}",
        upper=f"{one.interval.upper:.2f}",
    )
