"""Change: control charts, rare events, small shifts, false alarms, what to expect next."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.change import ControlChart, for_counts, seasonal_index, u_chart, u_prime_chart, xmr
from ourpatch.data.analysis.cusum import cusum
from ourpatch.data.analysis.false_alarms import false_alarms
from ourpatch.data.analysis.forecast import forecast
from ourpatch.data.analysis.missing import known
from ourpatch.data.analysis.moments import MONTHS_ONLY, only_months
from ourpatch.data.analysis.pictures import (
    Picture,
    control_chart,
    cusum_chart,
    false_alarm_chart,
    forecast_chart,
    gap_chart,
)
from ourpatch.data.analysis.rare import g_chart, t_chart
from ourpatch.data.analysis.sentences import choice
from ourpatch.data.store.rules import missing_months
from ourpatch.data.studies.contract import Captioned, Floats, Group, Kind, Method, Option, Result, Source, least_shown
from ourpatch.data.studies.methods.common import SEED, UNIT, Options, chosen, elsewhere, needed, unit_of
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

SEASON = 12
_OF_RATES = {"poisson": u_chart, "laney": u_prime_chart}

BASELINE = Option(
    "baseline",
    Kind.WHOLE,
    _("Months that the limits are worked out from"),
    hint=_("The first so many. Leave it empty for all of them."),
    least=3,
    most=600,
)


def chart_months(source: Source, options: Options) -> Result:
    """Monthly incidents as a control chart."""
    counts = source.series().tolist()
    chart = _chart(source, options, counts)
    return Result(
        found=chart,
        sentences=chart.sentences,
        tabulate=lambda: [Captioned(_("The chart month by month"), chart.table(source.labels()))],
        draw=lambda: [_drawn(source, chart)],
        smallest=least_shown(counts),
    )


def _drawn(source: Source, chart: ControlChart) -> Picture:
    title = _("%(what)s by month: %(where)s, %(when)s", what=source.what, where=source.where, when=source.when)
    told = [str(each) for each in chart.sentences if each.tone == "finding"]
    return control_chart(chart, source.labels(), title=str(title), desc=" ".join(told), better="lower")


def _chart(source: Source, options: Options, counts: list[float]) -> ControlChart:
    baseline, kind = chosen(options, "baseline", int), needed(options, "kind", str)
    season = seasonal_index(counts, SEASON) if options.get("season") else None
    days = _days(source.calendar) if options.get("days") else None
    if kind == "xmr":
        values = counts if days is None else [count / day for count, day in zip(counts, days, strict=True)]
        return xmr(values, season_index=season, baseline=baseline)
    if kind in _OF_RATES:
        return _OF_RATES[kind](counts, days or [1.0] * len(counts), baseline=baseline)
    return for_counts(counts, exposure=days, season_index=season, baseline=baseline)


def _days(months: Sequence[date]) -> list[float]:
    return [float(monthrange(month.year, month.month)[1]) for month in months]


def chart_gaps(source: Source, options: Options) -> Result:
    """Days between incidents too rare to be counted by month."""
    incidents = source.incidents()
    if only_months(incidents.starts, incidents.precision):
        raise BadInput(MONTHS_ONLY)
    days = np.unique(incidents.starts.astype("datetime64[D]"))
    gaps = known_gaps(days, missing_months(source.months))
    by_time = needed(options, "kind", str) == "t"
    baseline = chosen(options, "baseline", int)
    chart = t_chart(gaps.tolist(), baseline=baseline) if by_time else g_chart((gaps - 1).tolist(), baseline=baseline)
    labels = [str(day) for day in days[1:]]
    told = (
        *chart.sentences,
        choice("days_with", _("Incidents of one day count once: the gaps are between days with one.")),
    )
    return Result(
        found=chart,
        sentences=told,
        tabulate=lambda: [Captioned(_("The gaps, in order"), chart.table(labels))],
        draw=lambda: [
            gap_chart(chart, labels, what=source.what, where=source.where, when=source.when, better="higher")
        ],
        smallest=1,
    )


def known_gaps(days: npt.NDArray[np.datetime64], missing: Sequence[date]) -> Floats:
    """Days from each day with an incident to the next; NaN where a month between them is not loaded, as then nobody knows."""
    gaps = np.diff(days).astype(np.float64)
    unloaded = np.array(missing, dtype="datetime64[D]")
    between = np.searchsorted(unloaded, days[1:]) - np.searchsorted(unloaded, days[:-1])
    gaps[between > 0] = np.nan
    return gaps


def watch_for_shifts(source: Source, options: Options) -> Result:
    """A running sum that notices a small lasting shift before a chart does."""
    counts = source.series()
    loaded = known(counts)
    baseline = chosen(options, "baseline", int) or max(3, len(loaded) // 2)
    if baseline >= len(loaded):
        raise BadInput(_("There must be months after those that say what is usual. Ask for a longer period."))
    usual = float(loaded[:baseline].mean())
    found = cusum(
        counts.tolist(),
        [usual] * len(counts),
        ratio=needed(options, "ratio", float),
        run_length=needed(options, "run", float),
    )
    told = choice(
        "usual",
        _(
            "What is usual comes from the first %(count)s months: %(mean)s a month.",
            count=baseline,
            mean=round(usual, 1),
        ),
    )
    return Result(
        found=found,
        sentences=(*found.sentences, told),
        tabulate=lambda: [Captioned(_("The running sum month by month"), found.table(source.labels()))],
        draw=lambda: [cusum_chart(found, source.labels(), what=source.what, where=source.where, when=source.when)],
        smallest=least_shown(counts),
    )


def look_ahead(source: Source, options: Options) -> Result:
    """What to expect next, with intervals that earlier forecasts have kept."""
    counts, ahead = source.series(), needed(options, "months", int)
    found = forecast(counts.tolist(), months=ahead, confidence=needed(options, "confidence", float))
    return Result(
        found=found,
        sentences=found.sentences,
        tabulate=lambda: [Captioned(_("The months ahead"), found.table())],
        draw=lambda: [
            forecast_chart(found, source.labels(ahead), what=source.what, where=source.where, when=source.when)
        ],
        smallest=least_shown(counts),
    )


def expect_false_alarms(source: Source, options: Options) -> Result:
    """How many signals to expect each month when every area has its own chart and nothing changes."""
    areas = source.areas(unit_of(options))
    means = areas.counts.mean(axis=1)
    found = false_alarms(means.tolist(), periods=needed(options, "periods", int), seed=needed(options, "seed", int))
    return Result(
        found=found,
        sentences=(*found.sentences, *elsewhere(areas)),
        tabulate=lambda: [Captioned(_("Signals to expect though nothing changes"), found.table())],
        draw=lambda: [false_alarm_chart(found, where=source.where, when=source.when)],
        smallest=int(areas.counts.sum()),
    )


METHODS = (
    Method(
        "chart",
        Group.CHANGE,
        _("Control chart"),
        _("Has it changed, or is this its usual variation?"),
        chart_months,
        "change",
        (
            Option(
                "kind",
                Kind.CHOICE,
                _("Chart"),
                default="fitting",
                choices=(
                    ("fitting", _("The one that fits the counts")),
                    ("xmr", _("XmR, as the NHS draws it")),
                    ("poisson", _("Exact limits for low counts (c or u)")),
                    ("laney", _("Limits for counts that vary more than chance (c' or u')")),
                ),
            ),
            BASELINE,
            Option("season", Kind.TICK, _("Allow for the season (needs two years or more)"), default=False),
            Option("days", Kind.TICK, _("Per day, as months differ in length"), default=False),
        ),
    ),
    Method(
        "rare-events",
        Group.CHANGE,
        _("Rare events"),
        _("Do rare incidents come more often than they did?"),
        chart_gaps,
        "change",
        (
            Option(
                "kind",
                Kind.CHOICE,
                _("Chart"),
                default="g",
                choices=(("g", _("g chart: whole days between")), ("t", _("t chart: time between"))),
            ),
            Option(
                "baseline",
                Kind.WHOLE,
                _("Gaps that the limits are worked out from"),
                hint=_("The first so many. Leave it empty for all of them."),
                least=3,
                most=10_000,
            ),
        ),
        singles=True,
    ),
    Method(
        "small-shifts",
        Group.CHANGE,
        _("Running sum (CUSUM)"),
        _("Has it shifted a little, and stayed?"),
        watch_for_shifts,
        "change",
        (
            Option(
                "ratio",
                Kind.NUMBER,
                _("Change to notice (1.5 is half as much again, 0.7 a fall by 30%)"),
                default=1.5,
                least=0.2,
                most=5,
            ),
            Option(
                "run",
                Kind.NUMBER,
                _("Months between false alarms, on average"),
                default=100.0,
                least=10,
                most=1_000,
            ),
            Option(
                "baseline",
                Kind.WHOLE,
                _("Months that say what is usual"),
                hint=_("The first so many. Leave it empty for the first half."),
                least=3,
                most=600,
            ),
        ),
    ),
    Method(
        "forecast",
        Group.CHANGE,
        _("Forecast"),
        _("What is to be expected next?"),
        look_ahead,
        "forecasts",
        (
            Option("months", Kind.WHOLE, _("Months ahead"), default=3, least=1, most=12),
            Option(
                "confidence",
                Kind.NUMBER,
                _("How sure the interval is to be (share)"),
                default=0.8,
                least=0.5,
                most=0.95,
            ),
        ),
    ),
    Method(
        "false-alarms",
        Group.CHANGE,
        _("False alarms"),
        _("If every area had a chart, how many would signal though nothing changed?"),
        expect_false_alarms,
        "change",
        (UNIT, Option("periods", Kind.WHOLE, _("Months on each chart"), default=24, least=3, most=120), SEED),
    ),
)
