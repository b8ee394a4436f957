"""Charts of counts over time: sums that show a lasting change, gaps between rare events, and what may come next."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ourpatch.data.analysis.cusum import Cusum
from ourpatch.data.analysis.forecast import Forecast, Past
from ourpatch.data.analysis.missing import stretches
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
    whisker,
    x_labels,
)
from ourpatch.data.analysis.pictures.svg import INK, LINE, PAPER, QUIET, Picture, number, picture, tag
from ourpatch.data.analysis.rare import GapChart
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.data.analysis.tables import named
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_TOP = 44.0
_MOST_TOLD = 12
_BAND = 5.0

_CUSUM_LEGEND: tuple[tuple[Sample, Message], ...] = (
    (line_sample(stroke=QUIET, thick=1.8), _("Sum")),
    (line_sample(dash="6 4"), _("Threshold")),
    (mark_sample("signal"), _("Signal; the sum starts again")),
)
_GAP_LEGEND: dict[str, Message] = {
    "common": _("A gap as chance makes it"),
    "better": _("Signal: better"),
    "worse": _("Signal: worse"),
    "signal": _("Signal of a change"),
}
DAYS = _("days")


def cusum_chart(
    found: Cusum,
    labels: Sequence[str],
    *,
    what: str,
    where: str,
    when: str,
    width: int = 640,
    height: int = 340,
    ident: str | None = None,
) -> Picture:
    """The running sum with its threshold; every signal is a triangle, after which the sum starts again. A period without a
    count has its place, empty. `labels` names every period. Title and description are made from the numbers.
    """
    names = [str(name) for name in named(labels, len(found.sums))]
    plot = plotted([*found.sums, found.design.h], len(found.sums), width, height - 76, _TOP)
    y = plot.y(found.design.h)
    rising = found.design.ratio > 1
    caption = _("Incidents above the reference, added up") if rising else _("Incidents below the reference, added up")
    meanings = [*(_CUSUM_LEGEND if found.signals else _CUSUM_LEGEND[:2]), *empty_key(found.missing)]
    legend, end = key(meanings, width, height - 44)
    parts = [
        *empty_places(plot, found.missing),
        *value_axis(plot, caption),
        *x_labels(plot, names),
        tag(
            "path", d=f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}", stroke=INK, stroke_width=1.2, stroke_dasharray="6 4"
        ),
        *_stretches(plot, found),
        *(mark("signal", plot.x(i), plot.y(found.sums[i])) for i in found.signals),
        *empty_names(plot, found.missing),
        *legend,
    ]
    said = {"what": what, "where": where, "when": when, "count": f"{sum(n or 0 for n in found.counts):,}"}
    title = (
        _("CUSUM of %(what)s, %(where)s, %(when)s: is there a lasting rise? (%(count)s incidents)", **said)
        if rising
        else _("CUSUM of %(what)s, %(where)s, %(when)s: is there a lasting fall? (%(count)s incidents)", **said)
    )
    desc = [*pick(found.sentences, "signals", "no_signal", "design", "run_lengths")]
    if found.signals:
        desc.append(_("Signals at: %(names)s.", names="; ".join(names[i] for i in found.signals[:_MOST_TOLD])))
    desc += empty_told(found.missing, names)
    return picture(parts, width=width, height=max(height, end), title=str(title), desc=spoken(desc), ident=ident)


def gap_chart(
    found: GapChart,
    labels: Sequence[str],
    *,
    what: str,
    where: str,
    when: str,
    unit: Message = DAYS,
    better: Direction | None = None,
    width: int = 640,
    height: int = 340,
    ident: str | None = None,
) -> Picture:
    """Gaps between rare events, in order, with their limits; one of which nobody knows how long it was has its place, empty.
    `labels` names the event that ends each gap; `better` says
    whether longer gaps ("higher") or shorter ones are an improvement, if either is. Title and description are made from
    the numbers.
    """
    names = [str(name) for name in named(labels, len(found.gaps))]
    plot = plotted([*found.gaps, found.upper], len(found.gaps), width, height - 76, _TOP)
    kinds = [signal_kind(direction, better) for direction in found.direction]
    lines = [(found.centre, None), (found.upper, "6 4"), *([(found.lower, "6 4")] if found.lower > 0 else [])]
    meanings: list[tuple[Sample, Message]] = [
        (line_sample(), _("Middle: half of all gaps are shorter") if found.kind == "g" else _("Typical gap")),
        (line_sample(dash="6 4"), _("Limits of what chance makes")),
        *((mark_sample(kind), name) for kind, name in _GAP_LEGEND.items() if kind in kinds),
        *empty_key(found.missing),
    ]
    marks = [(kind, i, gap) for i, (kind, gap) in enumerate(zip(kinds, found.gaps, strict=True)) if gap == gap]
    legend, end = key(meanings, width, height - 44)
    parts = [
        *empty_places(plot, found.missing),
        *value_axis(plot, _("Gap before each event (%(unit)s)", unit=unit)),
        *x_labels(plot, names),
        *(line(plot, 0, [value] * len(found.gaps), dash=dash) for value, dash in lines),
        line(plot, 0, found.gaps, stroke=QUIET, thick=1.5),
        *(mark(kind, plot.x(i), plot.y(gap)) for kind, i, gap in marks),
        *empty_names(plot, found.missing),
        *legend,
    ]
    title = _(
        "Gaps between %(what)s, %(where)s, %(when)s: %(kind)s chart (%(count)s gaps)",
        what=what,
        where=where,
        when=when,
        kind=found.kind,
        count=len(found.gaps) - len(found.missing),
    )
    return picture(
        parts,
        width=width,
        height=max(height, end),
        title=str(title),
        desc=spoken([*_gaps_told(found, names, unit), *empty_told(found.missing, names)]),
        ident=ident,
    )


def forecast_chart(
    found: Forecast,
    labels: Sequence[str],
    *,
    what: str,
    where: str,
    when: str,
    width: int = 720,
    height: int = 360,
    ident: str | None = None,
) -> Picture:
    """The months that were, the interval that each would have been given a month before (pale; those that missed are marked),
    and the months ahead with theirs. A month without a figure has its place, empty. `labels` names every month, those ahead as
    well. Title and description are made from the numbers.
    """
    months, ahead = len(found.counts), found.ahead
    counts = [math.nan if count is None else float(count) for count in found.counts]
    names = [str(name) for name in named(labels, months + len(ahead))]
    near = [one for one in found.past if one.months == 1]
    tops = [*(one.upper for one in near), *(one.upper for one in ahead)]
    plot = plotted([*counts, *tops], len(names), width, height - 76, _TOP)
    missed = [one for one in near if not one.held]
    legend, end = key([*_forecast_meanings(bool(missed)), *empty_key(found.missing)], width, height - 44)
    parts = [
        *empty_places(plot, found.missing),
        *value_axis(plot, _("Incidents")),
        *x_labels(plot, names),
        *(_past_band(plot, one) for one in near),
        line(plot, 0, counts, stroke=INK, thick=1.3),
        *_lonely(plot, counts),
        *(mark("signal", plot.x(one.position), plot.y(one.came)) for one in missed),
        note(plot, months - 0.5, _("Ahead")),
        *(whisker(plot.x(months - 1 + one.months), plot.y(one.upper), plot.y(one.lower)) for one in ahead),
        *(_diamond(plot.x(months - 1 + one.months), plot.y(one.expected)) for one in ahead),
        *empty_names(plot, found.missing),
        *legend,
    ]
    title = _(
        "Forecast of %(what)s, %(where)s, %(when)s: the next %(ahead)s months with %(share)g%% intervals (from %(count)s "
        "incidents in %(months)s months)",
        what=what,
        where=where,
        when=when,
        ahead=len(ahead),
        share=found.confidence * 100,
        count=f"{sum(n or 0 for n in found.counts):,}",
        months=months - len(found.missing),
    )
    return picture(
        parts,
        width=width,
        height=max(height, end),
        title=str(title),
        desc=spoken(_forecast_told(found, names, missed)),
        ident=ident,
    )


def _stretches(plot: Plot, found: Cusum) -> Iterator[str]:
    """The sum; after a signal it begins again from nought, and where there is no count it is not drawn."""
    start = 0
    sums = [math.nan if i in found.missing else value for i, value in enumerate(found.sums)]
    for stop in (*(i + 1 for i in found.signals), len(sums)):
        afresh = (0.0,) if start else ()
        if stop > start:
            yield line(plot, start - len(afresh), (*afresh, *sums[start:stop]), stroke=QUIET, thick=1.8)
        start = stop
    for i, value in enumerate(sums):
        if i not in found.signals and i not in found.missing:
            yield tag("circle", cx=plot.x(i), cy=plot.y(value), r=2.5, fill=QUIET)


def _lonely(plot: Plot, counts: Sequence[float]) -> Iterator[str]:
    """A dot for a month between two without a figure, through which no line runs."""
    for a, b in stretches(~np.isnan(np.array(counts))):
        if b - a == 1:
            yield tag("circle", cx=plot.x(a), cy=plot.y(counts[a]), r=2, fill=INK)


def _gaps_told(found: GapChart, names: Sequence[str], unit: Message) -> Iterator[Message]:
    yield from pick(found.sentences, "signals", "no_signal")
    yield _(
        "Centre %(centre)s %(unit)s, limits %(lower)s and %(upper)s.",
        centre=number(found.centre),
        lower=number(found.lower),
        upper=number(found.upper),
        unit=unit,
    )
    for i in found.signals[:_MOST_TOLD]:
        values = {"name": names[i], "gap": number(found.gaps[i]), "unit": unit}
        if found.direction[i] > 0:
            yield _("%(name)s: %(gap)s %(unit)s, longer than chance makes.", **values)
        else:
            yield _("%(name)s: %(gap)s %(unit)s, shorter than chance makes.", **values)


def _past_band(plot: Plot, one: Past) -> str:
    x, top, bottom = plot.x(one.position), plot.y(one.upper), plot.y(one.lower)
    return tag("rect", x=x - _BAND / 2, y=top, width=_BAND, height=max(1.0, bottom - top), fill=LINE)


def _diamond(x: float, y: float) -> str:
    return tag("path", d=f"M{x:.1f} {y - 6:.1f}l6 6-6 6-6 -6z", fill=BETTER, stroke=PAPER)


def _forecast_meanings(missed: bool) -> list[tuple[Sample, Message]]:
    meanings: list[tuple[Sample, Message]] = [
        (line_sample(thick=1.3), _("As recorded")),
        (
            lambda x, y: tag("rect", x=x + 11, y=y - 7, width=_BAND, height=14, fill=LINE),
            _("Interval that was forecast one month before"),
        ),
        (lambda x, y: whisker(x + 14, y - 9, y + 9) + _diamond(x + 14, y), _("Forecast and its interval")),
    ]
    if missed:
        meanings.insert(2, (mark_sample("signal"), _("Outside the interval")))
    return meanings


def _forecast_told(found: Forecast, names: Sequence[str], missed: Sequence[Past]) -> list[Message]:
    desc: list[Message] = [*pick(found.sentences, "coverage", "too_narrow")]
    desc += [
        _(
            "%(name)s: %(expected)s, between %(lower)s and %(upper)s.",
            name=names[len(found.counts) - 1 + one.months],
            expected=number(round(one.expected)),
            lower=number(round(one.lower)),
            upper=number(round(one.upper)),
        )
        for one in found.ahead
    ]
    if missed:
        listed = "; ".join(names[one.position] for one in missed[:_MOST_TOLD])
        desc.append(_("Months outside what was forecast one month before: %(names)s.", names=listed))
    return [*desc, *empty_told(found.missing, names)]
