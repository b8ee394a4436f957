"""The Lorenz curve: what share of incidents the busiest places hold, beside what chance alone gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ourpatch.data.analysis.concentration import Concentration
from ourpatch.data.analysis.pictures.svg import INK, LINE, QUIET, Picture, picture, tag, words
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_OBSERVED = "#08519c"
_MOST_CORNERS = 400
_MARKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_LEGEND: tuple[tuple[str, float, str | None, Message], ...] = (
    (_OBSERVED, 3.0, None, _("As recorded")),
    (INK, 1.8, "7 4", _("Chance alone, every place alike")),
    (QUIET, 1.2, "2 3", _("All places with equally many")),
)


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where shares fall on the paper."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, share: float) -> float:
        return self.left + (self.right - self.left) * share

    def y(self, share: float) -> float:
        return self.bottom - (self.bottom - self.top) * share


def lorenz_curve(
    found: Concentration,
    *,
    what: str,
    where: str,
    when: str,
    width: int = 640,
    height: int = 480,
    ident: str | None = None,
) -> Picture:
    """The curve as recorded (solid), by chance (dashed), and where all are equal (dotted). Title and description are made
    from the numbers.
    """
    plot = _Plot(64, width - 20, 34, height - 132)
    lines = (found.curve, found.chance_curve, ((0.0, 0.0), (1.0, 1.0)))
    parts = [*_axes(plot), *_lines(plot, lines), *_legend(height)]
    title = _(
        "Concentration of %(what)s, %(where)s, %(when)s: share of incidents at the busiest places (%(incidents)s incidents, "
        "%(places)s places)",
        what=what,
        where=where,
        when=when,
        incidents=f"{found.incidents:,}",
        places=f"{found.places:,}",
    )
    keys = ("top", "half", "gini", "not_more_than_chance")
    desc = spoken(pick(found.sentences, *keys))
    return picture(parts, width=width, height=height, title=str(title), desc=desc, ident=ident)


def _axes(plot: _Plot) -> Iterator[str]:
    for share in _MARKS:
        x, y = plot.x(share), plot.y(share)
        yield tag("path", d=f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}", stroke=LINE, stroke_width=0.5)
        yield words(f"{share:.0%}", plot.left - 6, y + 4, size=13, anchor="end")
        yield words(f"{share:.0%}", x, plot.bottom + 18, size=13, anchor="middle")
    yield words(_("Share of incidents"), 8, 18, size=13)
    middle = (plot.left + plot.right) / 2
    yield words(
        _("Share of places, those with most incidents first"), middle, plot.bottom + 38, size=13, anchor="middle"
    )


def _lines(plot: _Plot, lines: Sequence[Sequence[tuple[float, float]]]) -> Iterator[str]:
    for points, (colour, thick, dash, _name) in reversed(list(zip(lines, _LEGEND, strict=True))):
        drawn = " ".join(f"{plot.x(a):.1f},{plot.y(b):.1f}" for a, b in _thinned(points))
        yield tag("polyline", points=drawn, fill="none", stroke=colour, stroke_width=thick, stroke_dasharray=dash)


def _thinned(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    every = -(-len(points) // _MOST_CORNERS)
    return [*points[:-1:every], points[-1]]


def _legend(height: int) -> Iterator[str]:
    for i, (colour, thick, dash, name) in enumerate(_LEGEND):
        y = height - 72.0 + 24 * i
        yield tag("path", d=f"M16 {y:.1f}h36", stroke=colour, stroke_width=thick, stroke_dasharray=dash)
        yield words(name, 62, y + 5, size=13)
