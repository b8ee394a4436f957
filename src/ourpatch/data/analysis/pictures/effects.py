"""Did it work? Before and after beside a comparison, a series that was interrupted, and two groups that were or were not
treated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourpatch.data.analysis.distributions import poisson_interval
from ourpatch.data.analysis.evaluation import BeforeAfter, Difference
from ourpatch.data.analysis.evaluation_designs import Differences, Interrupted
from ourpatch.data.analysis.pictures.axes import (
    Sample,
    box_sample,
    empty_key,
    empty_names,
    empty_places,
    empty_told,
    key,
    line,
    line_sample,
    note,
    plotted,
    value_axis,
    x_labels,
)
from ourpatch.data.analysis.pictures.svg import INK, PAPER, QUIET, Picture, number, picture, tag, words
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.data.analysis.tables import named
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_BEFORE = "#c6dbef"
_AFTER = "#08519c"
_TOP = 44.0
_ROW, _BAR = 84.0, 18.0
_KEYS = ("shown_reduction", "not_shown", "shown_increase", "wdd_interval", "effect")


def before_after_chart(
    found: Difference, *, what: str, where: str, when: str, width: int = 640, ident: str | None = None
) -> Picture:
    """Two bars for each area, before (pale) and after (dark), with exact intervals, and where the treated areas would be had
    they changed as their comparison did. Title and description are made from the numbers.
    """
    areas, expected = found.areas, _expected(found)
    longest = max((max(_ends(area)) for _name, area in areas), default=0.0)
    unlike = any(area.weight != 1 for _name, area in areas)
    per_unit = (width - (250 if unlike else 170)) / (max(longest, *(value or 0.0 for value in expected)) or 1.0)
    bottom = 8 + _ROW * len(areas)
    legend, end = key(_bar_meanings(unlike=unlike), width, bottom + 4)
    parts = [
        *(
            part
            for i, ((name, area), value) in enumerate(zip(areas, expected, strict=True))
            for part in _pair(name, area, value, 8 + _ROW * i, per_unit)
        ),
        *legend,
    ]
    title = _(
        "%(what)s before and after, %(where)s, %(when)s, beside a comparison area (%(count)s incidents)",
        what=what,
        where=where,
        when=when,
        count=f"{sum(area.before + area.after for _name, area in areas):,}",
    )
    desc = [*pick(found.sentences, *_KEYS)]
    desc.append(
        _("Difference from what the comparison leads to expect: %(estimate)s.", estimate=number(found.estimate))
    )
    desc += [
        _("%(name)s: %(before)s before, %(after)s after.", name=name, before=f"{a.before:,}", after=f"{a.after:,}")
        for name, a in areas
    ]
    if unlike:
        desc.append(_LONGER)
    return picture(parts, width=width, height=end, title=str(title), desc=spoken(desc), ident=ident)


def interrupted_chart(
    found: Interrupted,
    labels: Sequence[str],
    *,
    what: str,
    where: str,
    when: str,
    width: int = 720,
    height: int = 360,
    ident: str | None = None,
) -> Picture:
    """Figures as recorded (dots), fitted (solid), and as they would have gone on (dashed) from the first period after. A period
    without a figure has its place, empty. `labels` names every period. Title and description are made from the numbers.
    """
    names = [str(name) for name in named(labels, len(found.values))]
    plot = plotted([*found.values, *found.fitted, *found.expected], len(names), width, height - 76, _TOP)
    start = found.first_after
    missing = _without(found.values)
    legend, end = key([*_INTERRUPTED_LEGEND, *empty_key(missing)], width, height - 44)
    parts = [
        *empty_places(plot, missing),
        *value_axis(plot, _("Incidents")),
        *x_labels(plot, names),
        note(plot, start - 0.5, _BEGAN),
        *(tag("circle", cx=plot.x(i), cy=plot.y(v), r=3, fill=QUIET) for i, v in _there(found.values)),
        line(plot, 0, found.fitted[:start], stroke=_AFTER, thick=2),
        line(plot, start, found.fitted[start:], stroke=_AFTER, thick=2),
        line(plot, start, found.expected, thick=1.8, dash="6 4"),
        *empty_names(plot, missing),
        *legend,
    ]
    title = _(
        "%(what)s, %(where)s, %(when)s: before and after %(began)s, and as it would have gone on (%(count)s periods)",
        what=what,
        where=where,
        when=when,
        began=names[start],
        count=len(names) - len(missing),
    )
    desc = [*pick(found.total.sentences, *_KEYS)]
    desc.append(
        _(
            "In the last period %(fitted)s fitted, %(expected)s expected without it.",
            fitted=number(round(found.fitted[-1], 1)),
            expected=number(round(found.expected[-1], 1)),
        )
    )
    desc += empty_told(missing, names)
    return picture(parts, width=width, height=max(height, end), title=str(title), desc=spoken(desc), ident=ident)


def differences_chart(
    found: Differences,
    labels: Sequence[str],
    *,
    what: str,
    where: str,
    when: str,
    width: int = 720,
    height: int = 360,
    ident: str | None = None,
) -> Picture:
    """The mean of the treated areas (solid, dots) and of the others (dashed, squares), and where the treated would be had they
    changed as the others (dotted). A period without figures has its place, empty. `labels` names every period. Title and
    description are made from the numbers.
    """
    names = [str(name) for name in named(labels, len(found.treated))]
    plot = plotted([*found.treated, *found.others, *found.expected], len(names), width, height - 76, _TOP)
    start = found.first_after
    missing = _without(found.treated)
    legend, end = key([*_DIFFERENCES_LEGEND, *empty_key(missing)], width, height - 44)
    parts = [
        *empty_places(plot, missing),
        *value_axis(plot, _("Mean of the areas")),
        *x_labels(plot, names),
        note(plot, start - 0.5, _BEGAN),
        line(plot, 0, found.others, stroke=QUIET, thick=1.6, dash="6 4"),
        line(plot, start, found.expected, thick=1.8, dash="2 3"),
        line(plot, 0, found.treated, stroke=_AFTER, thick=2),
        *(_square(plot.x(i), plot.y(value)) for i, value in _there(found.others)),
        *(tag("circle", cx=plot.x(i), cy=plot.y(v), r=3.5, fill=_AFTER) for i, v in _there(found.treated)),
        *empty_names(plot, missing),
        *legend,
    ]
    title = _(
        "%(what)s, %(where)s, %(when)s: areas where it was done and others, before and after %(began)s (%(count)s periods)",
        what=what,
        where=where,
        when=when,
        began=names[start],
        count=len(names) - len(missing),
    )
    desc = [*pick(found.sentences, *_KEYS)]
    for name, values in ((_("Where it was done"), found.treated), (_("Other areas"), found.others)):
        before, after = ([value for _i, value in _there(part)] for part in (values[:start], values[start:]))
        desc.append(
            _(
                "%(name)s: mean %(before)s before, %(after)s after.",
                name=name,
                before=number(round(sum(before) / len(before), 1)),
                after=number(round(sum(after) / len(after), 1)),
            )
        )
    desc += empty_told(missing, names)
    return picture(parts, width=width, height=max(height, end), title=str(title), desc=spoken(desc), ident=ident)


def _there(values: Sequence[float]) -> list[tuple[int, float]]:
    """The periods that have a figure, with it."""
    return [(i, value) for i, value in enumerate(values) if value == value]


def _without(values: Sequence[float]) -> list[int]:
    """The periods that have none."""
    return [i for i, value in enumerate(values) if value != value]


def _expected(found: Difference) -> list[float | None]:
    """Where each treated area would be had it changed as its comparison did; None for comparisons and without one."""
    pairs = zip(found.treated, found.compared, strict=False)
    values: list[float | None] = [max(0.0, one.before * one.weight + other.change) for one, other in pairs]
    return values + [None] * (len(found.areas) - len(values))


def _ends(area: BeforeAfter) -> tuple[float, float]:
    """The upper ends of the intervals of both counts, the one before made to stand for as long a period."""
    return poisson_interval(area.before).upper * area.weight, poisson_interval(area.after).upper


def _pair(name: Message, area: BeforeAfter, expected: float | None, top: float, per_unit: float) -> Iterator[str]:
    yield words(name, 8, top + 15, font_weight="bold")
    bars = ((area.before, area.weight, _BEFORE, _SAID_BEFORE), (area.after, 1.0, _AFTER, _SAID_AFTER))
    for k, (count, weight, fill, said) in enumerate(bars):
        y = top + 24 + (_BAR + 6) * k
        around = poisson_interval(count)
        a, b = (8 + value * weight * per_unit for value in (around.lower, around.upper))
        yield tag("rect", x=8, y=y, width=max(0.5, count * weight * per_unit), height=_BAR, fill=fill, stroke=INK)
        yield _lying(a, b, y + _BAR / 2)
        drawn = number(round(count * weight, 1))
        text = _(said.text, count=drawn) if weight == 1 else _(_SAID_DRAWN.text, count=number(count), drawn=drawn)
        yield words(text, b + 8, y + 14)
    if expected is not None:
        x = 8 + expected * per_unit
        yield tag("path", d=f"M{x:.1f} {y - 3:.1f}v{_BAR + 6:.1f}", stroke=PAPER, stroke_width=5)
        yield tag(
            "path", d=f"M{x:.1f} {y - 3:.1f}v{_BAR + 6:.1f}", stroke=INK, stroke_width=2.5, stroke_dasharray="4 2"
        )


def _lying(a: float, b: float, y: float) -> str:
    """An interval along a bar, with a pale edge so that it can be seen on a dark one."""
    d = f"M{a:.1f} {y:.1f}H{b:.1f}" + "".join(f"M{x:.1f} {y - 5:.1f}v10" for x in (a, b))
    return tag("path", d=d, stroke=PAPER, stroke_width=4) + tag("path", d=d, stroke=INK, stroke_width=1.5)


def _square(x: float, y: float) -> str:
    return tag("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, fill=PAPER, stroke=QUIET, stroke_width=1.5)


_SAID_BEFORE = _("%(count)s before")
_SAID_AFTER = _("%(count)s after")
_SAID_DRAWN = _("%(count)s before (drawn as %(drawn)s)")
_LONGER = _("Counts before are made to stand for as long a period as the one after.")
_BEGAN = _("Began")
_INTERRUPTED_LEGEND: tuple[tuple[Sample, Message], ...] = (
    (lambda x, y: tag("circle", cx=x + 14, cy=y, r=3, fill=QUIET), _("As recorded")),
    (line_sample(stroke=_AFTER, thick=2), _("Fitted")),
    (line_sample(thick=1.8, dash="6 4"), _("Expected without it")),
)
_DIFFERENCES_LEGEND: tuple[tuple[Sample, Message], ...] = (
    (
        lambda x, y: line_sample(stroke=_AFTER, thick=2)(x, y) + tag("circle", cx=x + 14, cy=y, r=3.5, fill=_AFTER),
        _("Where it was done"),
    ),
    (
        lambda x, y: line_sample(stroke=QUIET, thick=1.6, dash="6 4")(x, y) + _square(x + 14, y),
        _("Other areas"),
    ),
    (line_sample(thick=1.8, dash="2 3"), _("Had it changed as the others did")),
)


def _bar_meanings(*, unlike: bool) -> list[tuple[Sample, Message]]:
    """`unlike`: the periods before and after are not of one length."""
    return [
        (box_sample(_BEFORE), _("Before, drawn for as long a period as after") if unlike else _("Before")),
        (box_sample(_AFTER), _("After")),
        (lambda x, y: _lying(x, x + 28, y), _("Interval of a count (95%; chance alone)")),
        (
            lambda x, y: tag(
                "path", d=f"M{x + 14:.1f} {y - 9:.1f}v18", stroke=INK, stroke_width=2.5, stroke_dasharray="4 2"
            ),
            _("Had it changed as the comparison area did"),
        ),
    ]
