"""Areas beside one another: rates with intervals, the index of vulnerable localities, and how often charts cry wolf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis.comparison import ALPHA, Compared, Comparison
from ourpatch.data.analysis.exposure import Base
from ourpatch.data.analysis.false_alarms import FalseAlarms
from ourpatch.data.analysis.pictures.axes import Plot, Sample, key, plotted, span, ticks, value_axis, x_labels
from ourpatch.data.analysis.pictures.charts import Bar, bar_list
from ourpatch.data.analysis.pictures.maps import Area, choropleth
from ourpatch.data.analysis.pictures.svg import INK, LINE, PAPER, QUIET, Picture, number, picture, tag, words
from ourpatch.data.analysis.rates import Rate
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.data.analysis.vulnerability import AVERAGE, PRIORITY, Vulnerability
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_TARGET = "#08519c"
_ROW = 26.0
_INDEX_BREAKS = (50.0, 100.0, 150.0, PRIORITY)
_MOST_TOLD = 10
_NO_FIGURES = _("No figures")


def rates_chart(
    found: Comparison,
    *,
    what: str,
    where: str,
    when: str,
    names: Mapping[str, str] | None = None,
    base: Base | None = None,
    width: int = 720,
    ident: str | None = None,
) -> Picture:
    """A dot and its interval for each area from the highest rate, the target in bold, and a line at the others' rate together.
    Those that differ from the target by more than chance are filled squares. `names`: what areas are called, by key.
    `base`: what the rates are of, where that is not people of an unknown year. Title and description are made from the numbers.
    """
    measured = _("yearly rate per %(per)g people", per=found.rate.per) if base is None else base.rate
    rows = sorted([(found.target, found.rate, None), *((o.key, o.rate, o) for o in found.others)], key=_from_highest)
    called = names or {}
    longest = max(len(called.get(area, area)) for area, _rate, _other in rows)
    left = min(width / 2, 24 + 7.6 * longest)
    marks = ticks(*span([rate.upper for _area, rate, _other in rows]))
    bottom = 44 + _ROW * len(rows)
    plot = Plot(left, width - 60, 44, bottom, len(rows), 0.0, marks[-1])
    legend, end = key(_RATES_LEGEND, width, bottom + 34)
    parts = [
        words(measured, 8, 16, size=13),
        *_scale(plot, marks),
        *_together(plot, found.together),
        *(
            part
            for i, (area, rate, other) in enumerate(rows)
            for part in _row(plot, called.get(area, area), rate, other, 44 + _ROW * (i + 0.5))
        ),
        *legend,
    ]
    title = _(
        "%(what)s, %(where)s, %(when)s: %(rate)s beside similar areas (%(count)s areas, %(incidents)s incidents)",
        what=what,
        where=where,
        when=when,
        rate=measured,
        count=len(rows),
        incidents=f"{sum(rate.count for _area, rate, _other in rows):,}",
    )
    desc = [*pick(found.sentences, "no_ratio", "not_apart", "apart", "rank")]
    desc += [_interval_told(called.get(area, area), rate) for area, rate, _other in rows[:_MOST_TOLD]]
    return picture(parts, width=width, height=end, title=str(title), desc=spoken(desc), ident=ident)


def vulnerability_map(
    found: Vulnerability,
    shapes: Mapping[str, BaseGeometry],
    *,
    where: str,
    when: str,
    names: Mapping[str, str] | None = None,
    width: int = 640,
    ident: str | None = None,
) -> Picture:
    """Every area shaded by its index (100 = average), the darkest over the priority line; areas without figures are hatched.
    `shapes` (metres, EPSG:27700) and `names` by key. Raises BadInput for an area without a shape. Title and description are
    made from the numbers.
    """
    index = {one.key: one.index for one in found.localities}
    lost = sorted(set(index) - set(shapes))
    if lost:
        raise BadInput(_("No outline is known for %(area)s: draw the areas that were compared.", area=lost[0]))
    called = names or {}
    areas = [Area(area, called.get(area, area), shape, index.get(area)) for area, shape in shapes.items()]
    return choropleth(
        areas,
        _INDEX_BREAKS,
        title=_index_title(found, where, when),
        desc=_index_told(found, called),
        hatched=_NO_FIGURES,
        width=width,
        ident=ident,
    )


def vulnerability_bars(
    found: Vulnerability,
    *,
    where: str,
    when: str,
    names: Mapping[str, str] | None = None,
    most: int = 20,
    width: int = 640,
    ident: str | None = None,
) -> Picture:
    """The areas with the highest index, so many at most, with lines at the average and at priority. Title and description are
    made from the numbers.
    """
    called = names or {}
    return bar_list(
        [Bar(called.get(one.key, one.key), round(one.index)) for one in found.localities[:most]],
        title=_index_title(found, where, when),
        desc=_index_told(found, called),
        marks=[(AVERAGE, str(_("average: 100"))), (PRIORITY, str(_("priority: over 200")))],
        width=width,
        ident=ident,
    )


def false_alarm_chart(
    found: FalseAlarms, *, where: str, when: str, width: int = 640, height: int = 320, ident: str | None = None
) -> Picture:
    """In how many simulations without any change so many charts gave a signal at once. Title and description are made from
    the numbers.
    """
    alarms = range(min(found.counts), max(found.counts) + 1)
    times = [found.counts.count(value) for value in alarms]
    plot = plotted(times, len(times), width, height - 64, 44)
    parts = [*value_axis(plot, _("Simulations")), *x_labels(plot, [str(value) for value in alarms])]
    thick = min(60.0, (plot.right - plot.left) / len(times) * 0.8)
    for i, count in enumerate(times):
        y = plot.y(count)
        parts.append(tag("rect", x=plot.x(i) - thick / 2, y=y, width=thick, height=plot.bottom - y, fill=_TARGET))
    middle = (plot.left + plot.right) / 2
    parts.append(
        words(_("Charts that signal in one period although nothing changed"), middle, height - 16, anchor="middle")
    )
    title = _(
        "False alarms to expect, %(where)s, %(when)s: %(areas)s charts with nothing changed (%(runs)s simulations)",
        where=where,
        when=when,
        areas=found.areas,
        runs=found.runs,
    )
    between = _(
        "In 90 of 100 simulations between %(lower).0f and %(upper).0f at once.", lower=found.lower, upper=found.upper
    )
    desc = spoken([*pick(found.sentences, "expected", "simulated"), between])
    return picture(parts, width=width, height=height, title=str(title), desc=desc, ident=ident)


# --- rates ------------------------------------------------------------------------------------------------------------


def _from_highest(row: tuple[str, Rate, Compared | None]) -> tuple[float, str]:
    return -row[1].value, row[0]


def _across(plot: Plot, value: float) -> float:
    return plot.left + (plot.right - plot.left) * value / plot.high


def _scale(plot: Plot, marks: Sequence[float]) -> Iterator[str]:
    for value in marks:
        x = _across(plot, value)
        yield tag("path", d=f"M{x:.1f} {plot.top:.1f}V{plot.bottom:.1f}", stroke=LINE, stroke_width=0.5)
        yield words(number(value), x, plot.bottom + 18, size=13, anchor="middle")


def _together(plot: Plot, together: Rate) -> Iterator[str]:
    x = _across(plot, together.value)
    yield tag(
        "path", d=f"M{x:.1f} {plot.top - 4:.1f}V{plot.bottom:.1f}", stroke=INK, stroke_width=1.5, stroke_dasharray="6 4"
    )
    yield words(number(round(together.value, 1)), x, plot.top - 8, size=13, anchor="middle")


def _row(plot: Plot, name: str, rate: Rate, other: Compared | None, y: float) -> Iterator[str]:
    bold = "bold" if other is None else None
    yield words(name, plot.left - 12, y + 5, size=13, anchor="end", font_weight=bold)
    a, b, x = (_across(plot, value) for value in (rate.lower, rate.upper, rate.value))
    thick = 3.0 if other is None else 1.5
    yield tag(
        "path",
        d=f"M{a:.1f} {y:.1f}H{b:.1f}M{a:.1f} {y - 4:.1f}v8M{b:.1f} {y - 4:.1f}v8",
        stroke=INK,
        stroke_width=thick,
    )
    yield _dot(_kind(other), x, y)
    yield words(number(round(rate.value, 1)), plot.right + 8, y + 5, size=13, font_weight=bold)


def _kind(other: Compared | None) -> str:
    if other is None:
        return "target"
    return "apart" if other.q <= ALPHA else "near"


def _dot(kind: str, x: float, y: float) -> str:
    """A diamond for the target, a filled square for areas that differ from it, an open circle for the others."""
    if kind == "target":
        return tag("path", d=f"M{x:.1f} {y - 8:.1f}l8 8-8 8-8 -8z", fill=_TARGET, stroke=PAPER)
    if kind == "apart":
        return tag("rect", x=x - 5, y=y - 5, width=10, height=10, fill=QUIET, stroke=INK)
    return tag("circle", cx=x, cy=y, r=5, fill=PAPER, stroke=INK, stroke_width=1.5)


def _sample(kind: str) -> Sample:
    return lambda x, y: _dot(kind, x + 14, y)


_RATES_LEGEND: tuple[tuple[Sample, Message], ...] = (
    (_sample("target"), _("This area")),
    (_sample("apart"), _("Differs from it by more than chance")),
    (_sample("near"), _("A difference is not shown")),
    (
        lambda x, y: tag(
            "path", d=f"M{x + 14:.1f} {y - 9:.1f}v18", stroke=INK, stroke_width=1.5, stroke_dasharray="6 4"
        ),
        _("Similar areas together"),
    ),
)


def _interval_told(name: str, rate: Rate) -> Message:
    return _(
        "%(name)s: %(expected)s, between %(lower)s and %(upper)s.",
        name=name,
        expected=number(round(rate.value, 1)),
        lower=number(round(rate.lower, 1)),
        upper=number(round(rate.upper, 1)),
    )


# --- vulnerable localities --------------------------------------------------------------------------------------------


def _index_title(found: Vulnerability, where: str, when: str) -> str:
    title = _(
        "Vulnerable Localities Index, %(where)s, %(when)s: 100 is the average of %(count)s areas",
        where=where,
        when=when,
        count=len(found.localities),
    )
    return str(title)


def _index_told(found: Vulnerability, called: Mapping[str, str]) -> str:
    desc = [*pick(found.sentences, "priorities", "sensitivity", "missing_variables")]
    highest = "; ".join(f"{called.get(one.key, one.key)} {one.index:.0f}" for one in found.localities[:_MOST_TOLD])
    return spoken([*desc, _("Highest: %(names)s.", names=highest)])
