"""The page about change: control charts, CUSUM and false alarms."""

from __future__ import annotations

import numpy as np
from tests.data.test_analysis_change import COUNTS, LOW, PEOPLE, PUBLISHED
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, bullets, fence, paragraphs, said, table
from tools.methods_pages.measured import Mean, kept, percent
from tools.methods_pages.simulations.change import WARDS

from ourpatch.data.analysis import change as module
from ourpatch.data.analysis import rare
from ourpatch.data.analysis.change import c_chart, u_chart, u_prime_chart, xmr
from ourpatch.data.analysis.cusum import cusum, design
from ourpatch.data.analysis.distributions import poisson_sf
from ourpatch.data.analysis.rare import g_chart, t_chart
from ourpatch.data.analysis.signals import RUN_LENGTH, Point

TESTS = "tests/docs/test_other_tools.py::TestChange::"
DRIFT = [4, 3, 5, 4, 4, 3, 5, 4, 7, 6, 7, 6, 7, 6, 7]
CLUMPED = 300
GAPPED = [10, 12, 10, 12, None, 20, 18, 20, 18]
NEAR = [*[0] * 14, 1, 0, -1, *[0] * 14]


def page() -> Page:
    """Everything the page says, from runs of today."""
    return Page(
        title="Change over time",
        question="Has anything changed, or do the figures only vary as they always do?",
        formula=_formula(),
        example=_example(),
        defaults=_defaults(),
        assumptions=(
            "Figures are recorded in the same way throughout. A new way of recording is a step that somebody has to "
            "name.",
            "One month's figure does not hang on the month before, apart from season and level. Where it does, there "
            "are more false alarms than the table below says.",
            "For the Poisson limits (c, u, CUSUM): incidents come one by one. Where they hang together, the chart "
            "signals more often. Mostly, but not always, it warns that counts vary more than chance makes them.",
            "For g and t charts: an event is equally likely every day.",
        ),
        not_shown=(
            "Why anything changed, and who or what changed it. For that see the page on evaluation.",
            "That nothing changed: a chart without a signal only fails to show it. Small changes need a CUSUM or "
            "more time.",
            "A difference between areas. Charts look along time; for areas see the page on comparison.",
        ),
        promises=_promises(),
        others=_others(),
        references=_REFERENCES,
    )


def _formula() -> str:
    return paragraphs(
        f"Counts with a mean of {module.LOW_COUNT_MEAN:g} or more a period get an XmR chart, as the public-sector "
        "standard "
        '"Making Data Count" has it:',
        fence(
            f"""
            limits = mean ± {module.LIMIT_FACTOR} x mean moving range
            moving range = the step from one figure to the next, without its sign
            """
        ),
        f"Moving ranges of {module.SCREEN_FACTOR} times their mean or more are left out once, so that one odd month "
        "does not widen the limits for all. No limit lies below 0.",
        "Smaller counts get exact limits (c chart; u chart where people, days or premises differ from period to "
        "period):",
        fence(
            f"""
            upper limit = the smallest count that chance exceeds in at most {100 * module.OUTER_TAIL:g} % of periods
            lower limit = the smallest count that chance gives, or fewer, in more than {100 * module.OUTER_TAIL:g} % of periods
            """
        ),
        "Counts that are not small, over periods of which the largest is larger than the smallest by a quarter or "
        "more, get a u' chart (Laney 2002); where sizes differ by less, the rates get an XmR chart. Over equal periods "
        "the u' chart is called c', and is the XmR chart but for the rounding of 2.66:",
        fence(
            """
            z = (rate - mean rate) / sqrt(mean rate / size)
            sigma z = mean moving range of z / 1.128, the ranges left out as above
            limits = mean rate ± 3 sigma z sqrt(mean rate / size),   not below 0
            """
        ),
        "A point is a signal by the first of these rules that applies:",
        bullets(
            (
                "it lies outside the limits",
                f"it is one of {RUN_LENGTH} points or more that rise, or fall, at every step",
                "it is one of two or three near a limit: of three neighbours all on one side of the mean, two or "
                "more lie within the limit and beyond two thirds of the way to it (XmR, u'), or beyond what chance "
                f"passes in {percent(module.NEAR_TAIL)} of periods (small counts)",
                f"it is one of a run on one side of the mean: {RUN_LENGTH} points or more on an XmR or u' chart; on "
                f"charts of small counts as many as are as rare as {RUN_LENGTH} equal tosses of a coin, and never "
                "fewer "
                f"than {RUN_LENGTH}",
            )
        ),
        "Rare events get a chart of the gaps between them. A g chart counts days without an event (geometric "
        f"limits); a t chart takes times to the power 1/{rare.ROOT} and charts them as XmR.",
        fence("chance of an event on a day (g) = (number of gaps - 1) / (days without an event + number of gaps - 1)"),
        "A CUSUM adds up what lies beyond a reference value k, never falls below 0, and signals at a threshold h:",
        fence(
            """
            sum = the greater of 0 and (last sum + count - k),    k = mean (ratio - 1) / ln(ratio)
            """
        ),
        "k is rounded to a grid on which counts and sums fall together. For a fall, what lies below k is added up. "
        "After a signal the sum begins again from 0. h is the lowest for which the mean time to a false signal, worked "
        "out exactly (Brook and Evans 1972), is as "
        "long as asked for.",
        "### Months that are missing",
        'Every chart runs along the calendar. A month without data keeps its place, empty: it is shown as "no data" and never '
        "as 0, and the months on either side of it are not neighbours.",
        bullets(
            (
                "No moving range is taken over a gap; limits come from the figures that there are, and a chart with moving "
                f"ranges needs {module.LEAST_STEPS} of them at least. A baseline counts figures, a chosen step counts periods.",
                "Trends, runs and two in three end at a gap. What was not loaded may have turned the trend or lain on the other "
                "side of the mean, so seven in a row were not seen. The price: a true change around a gap is noticed later. "
                "Without a gap every answer is as it was, that of the NHS's tool among them.",
                "The season belongs to the place in the calendar. A missing month of a whole year stands, for this alone, as its "
                "year and its time of year lead to expect (year times season, fitted to the figures that there are); each month "
                "needs two figures, and a year with less than three quarters of its months is left out.",
                "A CUSUM stays as it was. Its sum is how much counts speak for the change (the logarithm of a likelihood ratio; "
                "Page 1954), and a month without a count speaks neither for it nor against it. To start again from 0 would throw "
                "away what was seen. The run lengths then count months that have a count.",
                "A gap between rare events that reaches across a month without data is left out. Nobody knows how long it was: "
                "an event may lie in that month. Long gaps are the likelier to be left out, which the result says.",
            )
        ),
    )


def _example() -> str:
    chart = xmr(PUBLISHED)
    low = c_chart(LOW)
    rates = u_chart([2, 4, 2, 4, 2, 4], [1, 2, 1, 2, 1, 2])
    return paragraphs(
        "### XmR",
        f"Monthly figures: {', '.join(map(str, PUBLISHED))}. Mean {chart.centre[0]:.2f}. The mean moving range is "
        f"{np.abs(np.diff(PUBLISHED)).mean():.3f}; the ranges from {module.SCREEN_FACTOR} times that are left out, "
        f"and the mean of the others is {chart.moving_range[0]:.1f}. Limits {chart.lower[0]:.3f} to "
        f"{chart.upper[0]:.3f}. The eighth figure, {PUBLISHED[7]}, lies outside.",
        said(chart.sentences),
        "### Small counts",
        f"{', '.join(map(str, LOW))}: mean {low.centre[0]:.2f}. A count above {low.upper[0]:.0f} has a chance of "
        f"{percent(poisson_sf(int(low.upper[0]), 0.75))}, one above {low.upper[0] - 1:.0f} of "
        f"{percent(poisson_sf(int(low.upper[0]) - 1, 0.75))}: {low.upper[0]:.0f} is the upper limit, "
        f"{low.upper[0] + 1:.0f} would be a signal. Twice as many people in every other period (u chart): counts 2, "
        f"4, 2, 4, 2, 4 are a rate of {rates.values[0]:.0f} throughout, with upper limits of {rates.upper[0]:.1f} and "
        f"{rates.upper[1]:.1f}.",
        _uneven(),
        _gapped(),
        _rare(),
        _cusum(),
        _alarms(),
    )


def _uneven() -> str:
    chart = u_prime_chart(COUNTS, PEOPLE)
    plain = u_chart(COUNTS, PEOPLE)
    return (
        f"Periods of different size: counts {', '.join(map(str, COUNTS))} over sizes of "
        f"{', '.join(f'{size:g}' for size in PEOPLE)}. The mean rate is {chart.centre[0]:.3f}; rates vary "
        f"{chart.moving_range[0]:.2f} times as much as chance makes them. u' limits at the first period: "
        f"{chart.lower[0]:.3f} to {chart.upper[0]:.3f}; those of chance alone (u chart): {plain.lower[0]:.3f} to "
        f"{plain.upper[0]:.3f}. Where rates vary less than chance makes them, as here, u' limits are the narrower "
        "ones."
    )


def _gapped() -> str:
    chart = xmr(GAPPED)
    whole = xmr([value for value in GAPPED if value is not None])
    figures = ", ".join("no data" if value is None else str(value) for value in GAPPED)
    run = [*[14, 10] * 7, 13, 13, 13, None, 13, 13, 13, 13]
    joined = [value for value in run if value is not None]
    return (
        f"Months that are missing: {figures}. The steps of 2 are moving ranges, that from 12 to 20 is none: limits "
        f"{chart.lower[0]:.2f} to {chart.upper[0]:.2f}. Were the month left out as if it had never been, they would be "
        f"{whole.lower[0]:.2f} to {whole.upper[0]:.2f}. Of seven figures on one side of the mean with a gap after the third, "
        f"{len(xmr(run, baseline=14).signals)} are signals; without the gap all {len(xmr(joined, baseline=14).signals)}."
    )


def _rare() -> str:
    gaps = [9, 14, 6, 21, 11, 3, 17, 8, 12, 75]
    g = g_chart(gaps, baseline=9)
    t = t_chart([float(gap) for gap in gaps], baseline=9)
    chance = (9 - 1) / (sum(gaps[:9]) + 9 - 1)
    return (
        f"Rare events, days without one between them: {', '.join(map(str, gaps))}. From the first nine, the chance of "
        "an event on "
        f"a day is 8 / ({sum(gaps[:9])} + 8) = {chance:.4f}. g chart: limits {g.lower:.0f} to {g.upper:.0f} days, "
        f"middle {g.centre:.0f}; signals: {len(g.signals)}. t chart: limits {t.lower:.1f} to {t.upper:.1f} days; "
        f"signals: {len(t.signals)}. The two charts need not agree: the g chart takes events to be equally likely "
        "every day, and then a long gap is no rarity; the t chart takes the spread from the nine gaps themselves, "
        "which here are more alike than that."
    )


def _cusum() -> str:
    found = cusum(DRIFT, [4.0] * len(DRIFT))
    plan = found.design
    first = found.signals[0] + 1
    no_month = c_chart(DRIFT, baseline=8)
    outside = sum(point is Point.OUTSIDE for point in no_month.points)
    return (
        f"CUSUM: four a month are expected, and the figures are {', '.join(map(str, DRIFT))}. Made to notice "
        f"{plan.ratio:g} times as many: k {plan.k:.3f} (4 x 0.5 / ln 1.5 = {4 * 0.5 / np.log(1.5):.3f}, rounded to "
        f"eighths), h {plan.h:.2f}. It signals at month {first}. Months "
        f"that lie outside the limits which the first eight give: {outside}. Without any change it would signal once in "
        f"{plan.run_in_control:.0f} months on average; with half as many again, after {plan.run_changed:.1f}."
    )


def _alarms() -> str:
    figures = kept("change")
    usual, lower, upper = (figures[name] for name in ("wards", "wards lower", "wards upper"))
    assert isinstance(usual, Mean)
    assert isinstance(lower, Mean)
    assert isinstance(upper, Mean)
    return (
        f"Many charts at once: {len(WARDS)} wards with usual counts of 2, 8 and 30 a month (200, 150 and 50 of them), "
        f"24 months each. With nothing changed anywhere, about {usual.value:.1f} of them signal at the newest month, "
        f"between {lower.value:.0f} and {upper.value:.0f} in nine of ten simulations ({usual.of} were run). So many "
        "signals are nothing to act on."
    )


def _defaults() -> list[tuple[object, ...]]:
    plan = design(3.0)
    return [
        (
            "chart",
            f"XmR from a mean of {module.LOW_COUNT_MEAN:g}, exact limits below; u' where sizes differ by a quarter",
            "an XmR chart of small counts calls chance far too often (see below)",
        ),
        (
            "limits",
            "from all points, or from a baseline that is asked for",
            "a baseline is somebody's decision, with a reason",
        ),
        ("moving the limits", "never by itself", "a step hides the change it was made for unless somebody says why"),
        (
            "season",
            "not taken out unless given",
            "it takes two whole years to know a season; `seasonal_index` works it out",
        ),
        ("lower limit", "not below 0", "there is no less than none"),
        (
            "months without data",
            "kept empty; nothing is taken across them",
            "neighbours in a list are not neighbours in time, and a month that was not loaded is not 0",
        ),
        ("short series", f"a caution below {module.SHORT_SERIES} points", "limits from few points are unsteady"),
        (
            "CUSUM",
            f"{plan.ratio:g} times the mean; a false signal once in 100 periods or more",
            "a choice to argue about; both are printed",
        ),
    ]


def _promises() -> str:
    figures, warned = kept("change"), _warned()
    rows = [
        (
            text,
            *(figures[f"poisson {mean} {what}"] for what in ("outside", "points", "newest", "charts")),
        )
        for mean, text in (("20", "20 a month (XmR)"), ("3", "3 a month (c chart)"), ("0.5", "0.5 a month (c chart)"))
    ]
    runs = []
    for mean, ratio in ((0.5, 2.0), (3.0, 1.5), (40.0, 1.25)):
        found = design(mean, ratio=ratio)
        calm, changed = figures[f"run {mean:g} calm"], figures[f"run {mean:g} changed"]
        assert isinstance(calm, Mean)
        assert isinstance(changed, Mean)
        runs.append(
            (
                f"{mean:g}, {ratio:g} times",
                f"{found.run_in_control:.1f}",
                f"{calm.value:.1f} ± {2 * calm.error:.1f}",
                f"{found.run_changed:.1f}",
                f"{changed.value:.1f} ± {2 * changed.error:.1f}",
            )
        )
    return paragraphs(
        "2,000 charts of 24 months in which nothing changes (Poisson counts, limits from the same 24 months). In "
        "brackets 95 % intervals (Wilson); the points of one chart share its limits, so for points they are a little "
        "too narrow.",
        table(
            (
                "usual count",
                "points outside",
                "points that signal by any rule",
                "newest point signals",
                "charts with any signal",
            ),
            rows,
        ),
        "So on one XmR chart in five something signals within two years although nothing has changed: four rules are "
        "asked of 24 points. One signal is a reason to look, not a finding. Rules that belong together (a run, a "
        "trend) mark all their points, so signals come in groups.",
        f"Normal figures, 200 to a chart: {figures['xmr outside']} of points outside XmR limits, where three standard "
        f"deviations would leave 0.27 %. Counts of 0.5 a month: {figures['xmr of 0.5']} of points outside on an XmR "
        f"chart, {figures['c of 0.5']} on a c chart. Gaps: {figures['g']} outside on a g chart and {figures['t']} on "
        "a t chart (30 gaps each).",
        "Counts that hang together, three a month with three times the variance of chance: "
        f"{figures['clumped charts']} of c charts signal. In {percent(warned)} of {CLUMPED} such charts, made with "
        "this "
        "page, the result warns that counts vary more than chance makes them.",
        f"Rates over periods of which every other is three times as large: {figures['u prime even']} of points "
        f"outside u' limits where counts are as even as chance makes them, {figures['u prime uneven']} where they "
        "vary with three times that variance.",
        "CUSUM, mean periods to a signal as said and as seen in 4,000 simulations (± two standard errors):",
        table(("mean, made to notice", "calm, said", "calm, seen", "changed, said", "changed, seen"), runs),
        "Tests: `tests/data/test_analysis_change.py::TestPublished`, "
        "`tests/data/test_analysis_change.py::TestSmallCounts`, "
        "`tests/data/test_analysis_cusum.py::test_run_lengths_are_those_of_a_simulation`; of months without data: "
        "`tests/data/test_analysis_missing.py::TestCharts`, `tests/data/test_analysis_missing.py::TestCusum`.",
    )


def _warned() -> float:
    """How many c charts of counts with three times the variance of chance say that they vary more than chance."""
    chance = np.random.default_rng(45)
    charts = [c_chart(row.tolist()) for row in chance.negative_binomial(1.5, 1.5 / (1.5 + 3.0), (CLUMPED, 24))]
    return sum("overdispersed" in {one.key for one in chart.sentences} for chart in charts) / CLUMPED


def false_gaps() -> float:
    """How often a gap of nothing but chance lies above the three-sigma limit of a g chart, for a mean of nine days."""
    chance = np.random.default_rng(12)
    above = 0
    for _chart in range(400):
        gaps = (chance.geometric(0.1, 30) - 1).tolist()
        above += sum(gap > other_tools.g_limit(gaps) for gap in gaps)
    return above / (400 * 30)


def _others() -> list[Difference]:
    low, high = other_tools.xmr_limits(PUBLISHED, screened=False)
    under = other_tools.xmr_limits(LOW, screened=True)[0]
    opposite = sum(other_tools.two_in_three_on_any_side(NEAR))
    c = other_tools.c_limit(LOW)
    return [
        Difference(
            "qicharts2 (R, source read at commit 03470c0), XmR.",
            f"It does not leave odd moving ranges out unless an option is set: limits {low:.3f} to {high:.3f} for the "
            f"published figures, where NHSRplotthedots and ours have {xmr(PUBLISHED).lower[0]:.3f} to "
            f"{xmr(PUBLISHED).upper[0]:.3f}. The same figures, two answers.",
            TESTS + "test_unscreened_ranges_give_other_limits",
        ),
        Difference(
            "NHSRplotthedots (R, source read at commit 090abfa).",
            f"It has no floor: the lower limit of the small counts above is {under:.3f}, a count that cannot be.",
            TESTS + "test_a_limit_below_nought_is_promised",
        ),
        Difference(
            "NHSRplotthedots before its issue 143 was mended.",
            "Restated from the issue: two of three points near the limits counted whichever limits they were near: one "
            "near the upper and one "
            f"near the lower made {opposite} signals. Ours, and theirs today: none.",
            TESTS + "test_near_opposite_limits_is_no_signal",
        ),
        Difference(
            "qicharts2, g chart (the same source).",
            "Its upper limit is the mean and three standard deviations, but gaps have a long tail: by simulation "
            f"{percent(false_gaps())} of gaps of nothing but chance lie above it, where three standard deviations are "
            "commonly taken to mean 0.135 %.",
            TESTS + "test_three_sigma_is_no_limit_for_gaps",
        ),
        Difference(
            "qicharts2, c chart (the same source).",
            f"Its upper limit for the small counts above is {c:.2f}, so 4 signals; chance exceeds it in "
            f"{percent(poisson_sf(3, 0.75))} of months, and not in 0.135 %. The exact limit is "
            f"{c_chart(LOW).upper[0]:.0f}.",
            TESTS + "test_three_roots_are_no_limit_for_small_counts",
        ),
    ]


_REFERENCES = (
    "Benneyan, J. C. (2001). Number-between g-type statistical quality control charts. Health Care Management "
    "Science 4.",
    "Brook, D. and Evans, D. A. (1972). An approach to the probability distribution of CUSUM run length. Biometrika "
    "59.",
    "Laney, D. B. (2002). Improved control charts for attributes. Quality Engineering 14.",
    "Lucas, J. M. (1985). Counted data CUSUM's. Technometrics 27.",
    "Nelson, L. S. (1994). A control chart for parts-per-million nonconforming items. Journal of Quality Technology "
    "26.",
    "NHS England, Making Data Count; NHSRplotthedots 0.2.2, a package for R.",
    "Page, E. S. (1954). Continuous inspection schemes. Biometrika 41.",
    "Wheeler, D. J. (2000). Understanding Variation: The Key to Managing Chaos. SPC Press.",
    "Wilson, S. R. (2009). Control charts with missing observations. Dissertation, Virginia Polytechnic Institute. (What else is "
    "done about them; its charts are others.)",
)
