"""How far treated areas and those they are compared with differed, covariate by covariate, before matching and after."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ourpatch.data.analysis.matching import BALANCED, Balance, Matching
from ourpatch.data.analysis.pictures.axes import Plot, Sample, key, span, ticks
from ourpatch.data.analysis.pictures.svg import INK, LINE, PAPER, Picture, number, picture, tag, words
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_AFTER = "#08519c"
_TOP, _ROW = 44.0, 46.0


def balance_chart(
    found: Matching, *, what: str, where: str, when: str, width: int = 640, ident: str | None = None
) -> Picture:
    """For each covariate the size of its standardised difference before matching (open circle) and after (diamond), with a
    line at what counts as balanced; an endless one lies on the right edge. Title and description are made from the numbers.
    """
    rows = found.balance
    sizes = [abs(value) for one in rows for value in (one.before, one.after) if math.isfinite(value)]
    marks = ticks(*span([*sizes, 2 * BALANCED]))
    bottom = _TOP + _ROW * len(rows)
    plot = Plot(16, width - 64, _TOP, bottom, len(rows), 0.0, marks[-1])
    legend, end = key(_LEGEND, width, bottom + 34)
    parts = [
        words(_("Difference of the means, in standard deviations"), 8, 16, size=13),
        *_scale(plot, marks),
        *(part for i, one in enumerate(rows) for part in _row(plot, one, _TOP + _ROW * i)),
        *legend,
    ]
    title = _(
        "Balance before and after matching, %(what)s, %(where)s, %(when)s (%(pairs)s pairs of areas)",
        what=what,
        where=where,
        when=when,
        pairs=len(found.pairs),
    )
    desc = [*pick(found.sentences, "balanced", "not_balanced", "far_apart"), *map(_told, rows)]
    return picture(parts, width=width, height=end, title=str(title), desc=spoken(desc), ident=ident)


def _across(plot: Plot, value: float) -> float:
    return plot.left + (plot.right - plot.left) * min(1.0, abs(value) / plot.high)


def _scale(plot: Plot, marks: list[float]) -> Iterator[str]:
    for value in marks:
        x = _across(plot, value)
        yield tag("path", d=f"M{x:.1f} {plot.top:.1f}V{plot.bottom:.1f}", stroke=LINE, stroke_width=0.5)
        yield words(number(value), x, plot.bottom + 18, size=13, anchor="middle")
    x = _across(plot, BALANCED)
    yield tag(
        "path", d=f"M{x:.1f} {plot.top:.1f}V{plot.bottom:.1f}", stroke=INK, stroke_width=1.5, stroke_dasharray="6 4"
    )


def _row(plot: Plot, one: Balance, top: float) -> Iterator[str]:
    y = top + 32
    before, after = _across(plot, one.before), _across(plot, one.after)
    yield words(one.name, 8, top + 16, size=13, fill=PAPER, stroke=PAPER, stroke_width=5)
    yield words(one.name, 8, top + 16, size=13)
    yield tag("path", d=f"M{before:.1f} {y:.1f}H{after:.1f}", stroke=INK, stroke_width=1)
    yield _before(before, y)
    yield _after(after, y)
    yield words(_size(one.after), plot.right + 16, y + 5, size=13)


def _before(x: float, y: float) -> str:
    return tag("circle", cx=x, cy=y, r=5, fill=PAPER, stroke=INK, stroke_width=1.5)


def _after(x: float, y: float) -> str:
    return tag("path", d=f"M{x:.1f} {y - 7:.1f}l7 7-7 7-7 -7z", fill=_AFTER, stroke=PAPER)


def _size(value: float) -> str:
    return f"{abs(value):.2f}" if math.isfinite(value) else "∞"


def _told(one: Balance) -> Message:
    return _(
        "%(name)s: %(before)s before matching, %(after)s after.",
        name=one.name,
        before=_size(one.before),
        after=_size(one.after),
    )


_LEGEND: tuple[tuple[Sample, Message], ...] = (
    (lambda x, y: _before(x + 14, y), _("Before matching")),
    (lambda x, y: _after(x + 14, y), _("After matching")),
    (
        lambda x, y: tag(
            "path", d=f"M{x + 14:.1f} {y - 9:.1f}v18", stroke=INK, stroke_width=1.5, stroke_dasharray="6 4"
        ),
        _("Below this line counts as balanced"),
    ),
)
