"""The page about evaluation: displacement, stronger designs and power."""

from __future__ import annotations

import numpy as np
from tests.data.test_analysis_matching import AREAS, BEFORE, POOR
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, fence, paragraphs, said, table
from tools.methods_pages.measured import Mean, kept, percent
from tools.methods_pages.simulations.evaluation import wandering

from ourpatch.data.analysis import evaluation, evaluation_designs, matching
from ourpatch.data.analysis.evaluation import BeforeAfter, rate_ratio, wdd, wdq
from ourpatch.data.analysis.evaluation_designs import difference_in_differences, interrupted_series, matched_pairs
from ourpatch.data.analysis.evaluation_power import USUAL_POWER, Plan, power_to_show, smallest_reduction
from ourpatch.data.analysis.matching import match_areas

TESTS = "tests/docs/test_other_tools.py::TestEvaluation::"
RESPONSE, BUFFER, CONTROL = BeforeAfter(100, 70), BeforeAfter(50, 45), BeforeAfter(200, 190)
PANEL = [[10, 10, 5, 5], [12, 12, 5, 5], [8, 8, 8, 8], [6, 6, 8, 8]]


def page() -> Page:
    """Everything the page says, from runs of today."""
    return Page(
        title="Evaluation",
        question="Did incidents fall by more than they would have anyway, and did they only move elsewhere?",
        formula=_formula(),
        example=_example(),
        defaults=_defaults(),
        assumptions=(
            "Without the project, the area would have gone the way its comparison went. Nobody can prove that; the "
            "longer the two went alike before, the better.",
            "The comparison area had nothing of the project, and nothing of its own.",
            "For two areas: incidents come one by one (Poisson). Where they hang together, intervals are too narrow.",
            "Periods before and after cover the same season, or the season is taken out.",
            "Recording did not change with the project. Projects often make people report more.",
        ),
        not_shown=(
            "That a project works. What can be shown is a fall that chance alone would seldom make, under what is "
            "taken for granted.",
            'That it does not work: "not shown" may mean too few incidents. Ask for the power before it starts.',
            "What part of a project made the difference.",
            "Displacement to places, times or offences that were not counted.",
        ),
        promises=_promises(),
        others=_others(),
        references=(
            "Bertrand, M., Duflo, E. and Mullainathan, S. (2004). How much should we trust "
            "differences-in-differences estimates? Quarterly Journal of Economics 119.",
            "Bowers, K. J. and Johnson, S. D. (2003). Measuring the geographical displacement and diffusion of "
            "benefit effects of crime prevention activity. Journal of Quantitative Criminology 19.",
            "Kendall, M. G. (1954). Note on bias in the estimation of autocorrelation. Biometrika 41.",
            "Prais, S. J. and Winsten, C. B. (1954). Trend estimators and serial correlation. Cowles Commission.",
            "Savin, N. E. and White, K. J. (1978). Testing for autocorrelation with missing observations. Econometrica 46.",
            "Stuart, E. A. (2010). Matching methods for causal inference: a review and a look forward. Statistical "
            "Science 25.",
            "Wheeler, A. P. and Ratcliffe, J. H. (2018). A simple weighted displacement difference test to evaluate "
            "place based crime interventions. Crime Science 7.",
            "Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a general "
            "approach. Statistics in Medicine 27.",
        ),
    )


def _formula() -> str:
    return paragraphs(
        "R is the area of the project, D the area around it (the buffer), C the comparison area; b before and a after.",
        fence(
            """
            gross effect     Rb - Ra
            net effect       Rb/Cb - Ra/Ca
            WDQ              (Da/Ca - Db/Cb) / (Ra/Ca - Rb/Cb)
            total net effect (Rb Ca/Cb - Ra) + (Db Ca/Cb - Da)

            WDD              (Ra - Rb) - (Ca - Cb)
            its standard error  sqrt(Ra + Rb + Ca + Cb)
            """
        ),
        "A buffer can be added to the WDD, with a comparison area of its own if there is one: its change to that of R, "
        "its counts under the root. Where the periods differ in length, each count before is first multiplied by "
        "months after / months before (under the root by the square of that).",
        "The quotient (WDQ) is widely known and has no interval; it is read only where the area did better than its "
        "comparison. The verdict comes only from the difference (WDD) and its interval. Where a count is below "
        f"{evaluation.FEW}, exact intervals of the counts are combined instead of the normal one (Zou and Donner "
        "2008).",
        "Stronger designs: matched pairs (Student's t over pairs); difference in differences, where each area is "
        "averaged before and after and so counts once (Bertrand and others 2004), with Welch's t; and an interrupted "
        "series:",
        fence(
            """
            figure = level + slope x time + step x after + change of slope x time after + yearly wave + error
            error  = r x last error + noise            (Prais and Winsten 1954; r raised for short series, Kendall 1954)
            """
        ),
        "Matching: for each area of a project, of the areas where nothing was done one that is near in "
        "standardised covariates, among them what was recorded before (its level, and with three periods or more its "
        "trend). The closest pair is made first, then the closest of those left; each area serves once, unless it is "
        "asked that one may serve several. How far the groups differ after matching is told for each covariate, in "
        "standard deviations. Where "
        f"they differ by more than {matching.FAR_APART:g} in what was recorded before, no change is shown. Pairs that "
        "share a match count as one.",
        "Months without data keep their place in the calendar. In the interrupted series only true neighbours tell r, and two "
        "figures d months apart share r to the power d of their errors (Savin and White 1978); trends before, of groups and of "
        "matches, are by the calendar; means and totals are over the months that have figures. How many are missing on either "
        "side is said. Fewer than eight figures that follow another without a gap are refused.",
        "The verdict of the interrupted series is about the total over all periods after. A verdict is one of three: "
        "a reduction is shown, an increase is "
        'shown, or a change is not shown. There is no verdict "it worked".',
        "Before a project: the power to show a reduction by the share s, from incidents a month in the area (m) and "
        "in the comparison (c) and the months before (B) and after (A):",
        fence(
            """
            power = Φ( m A s / sqrt( (m + c) (A + A²/B) - m A s ) - 1.96 )

            Φ   the share of a normal curve (mean 0, standard deviation 1) that lies below
            """
        ),
    )


def _example() -> str:
    quotient, difference = wdq(RESPONSE, BUFFER, CONTROL), wdd(RESPONSE, CONTROL)
    assert quotient.net_effect is not None
    assert quotient.wdq is not None
    assert quotient.total_net_effect is not None
    rows = [
        ("gross effect", f"{quotient.gross_effect:.0f}"),
        ("net effect", f"{quotient.net_effect:.5f}"),
        ("WDQ", f"{quotient.wdq:.2f}"),
        ("total net effect", f"{quotient.total_net_effect:.1f}"),
        ("WDD (project area and comparison, without the buffer)", f"{difference.estimate:.0f}"),
        ("its standard error", f"{difference.standard_error:.2f}"),
        ("its 95 % interval", f"{difference.lower:.1f} to {difference.upper:.1f}"),
    ]
    ratio = rate_ratio(BeforeAfter(12, 8))
    assert ratio.estimate is not None
    pairs = matched_pairs([(BeforeAfter(100, 100 - d), BeforeAfter(100, 100)) for d in (30, 20, 10)])
    panel = difference_in_differences(PANEL, [True, True, False, False], 2)
    return paragraphs(
        "Project area 100 before and 70 after, buffer 50 and 45, comparison 200 and 190.",
        table(("measure", "value"), rows),
        "What the two results say of themselves:",
        said((*quotient.sentences, *difference.sentences)),
        "The same counts: read alone, the quotient tells of a success that spread to the surroundings; the "
        "difference does not show that anything changed.",
        f"One area alone, 12 before and 8 after: {ratio.estimate:.2f} times as many, 95 % interval {ratio.lower:.2f} "
        f"to {ratio.upper:.2f}: not shown.",
        f"Three pairs, changes of -30, -20 and -10 against matches that did not change: {pairs.estimate:.0f}, 95 % "
        f"interval {pairs.interval.lower:.1f} to {pairs.interval.upper:.1f}: not shown. Three pairs are few.",
        "Difference in differences: two treated areas change by -5 and -7 a month, two others by 0 and +2: "
        f"{panel.estimate:.0f}, 95 % interval {panel.interval.lower:.1f} to {panel.interval.upper:.1f} with "
        f'{panel.freedom:.0f} degrees of freedom: "{panel.sentences[0]}" It warns that two areas on a side are few.',
        _matching(),
        _series(),
        _power(),
    )


def _matching() -> str:
    found = match_areas(["t1", "t2"], AREAS, BEFORE, POOR)
    pairs = ", ".join(f"{pair.treated} with {pair.match} ({pair.distance:.2f})" for pair in found.pairs)
    balance = "; ".join(
        f"{one.name} {one.before:+.2f} before matching, {one.after:+.2f} after" for one in found.balance
    )
    return (
        f"Matching: two areas of a project (t1, t2) and four others, with {', '.join(f'{n:g}' for n in BEFORE)} "
        f"incidents before and a share of poor households of {', '.join(f'{n:g}' for n in POOR['poor'])}. Nearest are "
        f"{pairs} standard deviations apart. Differences of the groups in standard deviations: {balance}."
    )


def _series() -> str:
    chance = np.random.default_rng(1)
    time = np.arange(48)
    figures = 100 + time * 0.5 - (time >= 36) * (20 + 1.0 * (time - 36)) + chance.normal(0, 4, 48)
    found = interrupted_series(figures.tolist(), 36, seasonal=False)
    true = -(20 * 12 + sum(range(12)))
    return (
        "Interrupted series: 48 months, from month 37 a step of -20 and one fewer each month, noise of 4. Over the "
        f"twelve months after, the truth is {true}; found {found.total.estimate:.0f}, 95 % interval "
        f"{found.total.interval.lower:.0f} to {found.total.interval.upper:.0f} (step {found.step:.1f}, change of "
        f"slope {found.slope:.2f})."
    )


def _power() -> str:
    plan = Plan(30, 60, 12, 6)
    found = smallest_reduction(plan)
    assert found.reduction is not None
    never = smallest_reduction(Plan(0.5, 5, 6, 3))
    return (
        "Power: 30 incidents a month, 60 in the comparison, twelve months before and six after. The smallest "
        f"reduction that would be shown four times in five is {percent(found.reduction)}; one of 10 % would be shown "
        f"in {percent(power_to_show(plan, 0.1))} of cases. With half an incident a month, five in the comparison, six "
        "months before "
        f'and three after: "{never.sentences[0]}"'
    )


def _defaults() -> list[tuple[object, ...]]:
    return [
        ("interval", "95 %", "the usual one"),
        (
            "exact intervals",
            f"where a count is below {evaluation.FEW}",
            "the normal one is too short there (see below)",
        ),
        ("quotient", "read only where there was an effect, and always beside the difference", "it has no interval"),
        (
            "yearly wave",
            f"taken out from {2 * evaluation_designs.SEASON} periods before",
            "with fewer a season cannot be told from an effect, and then nothing is shown unless somebody says that "
            "there is no season",
        ),
        (
            "strong drift",
            "nothing is shown where neighbouring errors correlate by more than "
            f"{evaluation_designs.STRONG_CORRELATION:g}",
            "the interval may still be too short",
        ),
        ("areas that already moved apart", "nothing is shown", "the result would carry on what had begun before"),
        (
            "few areas",
            f"a caution below {evaluation_designs.FEW_AREAS} on a side",
            "one odd area can make or hide a change",
        ),
        ("power", f"{USUAL_POWER:.0%}", "usual in planning"),
    ]


def _promises() -> str:
    figures = kept("evaluation")
    said_power = figures["power said"]
    assert isinstance(said_power, Mean)
    rows = [
        ("WDD, nothing changed, 40 and 160 incidents a period: a change is shown", "5 %", figures["wdd large"]),
        ("WDD, nothing changed, 3 and 5 incidents: a change is shown", "at most 5 %", figures["wdd small"]),
        ("one area alone, nothing changed, 40 incidents: a change is shown", "at most 5 %", figures["ratio large"]),
        (
            "quotient, nothing changed, 40 and 160 incidents: there is an effect to read",
            "no promise",
            figures["wdq large"],
        ),
        (
            "eight areas treated that had been among the twenty busiest of eighty, no effect, matched: a change is "
            "shown",
            "at most 5 %",
            figures["matched"],
        ),
        ("the same areas alone, before and after: a change is shown", "at most 5 %", figures["busiest alone"]),
        ("eight matched pairs that differ, no effect: interval holds 0", "95 %", figures["pairs"]),
        (
            "difference in differences, sixteen areas, months resemble (0.7): interval holds the effect",
            "95 %",
            figures["differences"],
        ),
        ("interrupted series, independent months: interval holds 0", "95 %", figures["series 0"]),
        ("interrupted series, months resemble (0.4): interval holds 0", "95 %", figures["series 0.4"]),
        ("the same: a change is shown all the same", "at most 5 %", figures["series 0.4 shown"]),
        ("interrupted series, months resemble strongly (0.8): interval holds 0", "95 %", figures["series 0.8"]),
        ("the same: a change is shown all the same", "at most 5 %", figures["series 0.8 shown"]),
        (
            "power for a reduction of 30 %, 20 a month, a year each side: shown",
            percent(said_power.value),
            figures["power seen"],
        ),
    ]
    return paragraphs(
        "Projects that do nothing, or whose effect is known; 1,000 or 2,000 of each. In brackets 95 % intervals "
        "(Wilson).",
        table(("asked", "promised", "seen"), rows),
        "Two promises are not kept. Where months resemble one another, the interval of the interrupted series is too "
        "short, the more so the more they do (these series have no season, and none was taken out). Where the "
        "resemblance found is strong, the result says so and "
        "shows nothing, which takes part of the false verdicts away again. A comparison area is the better remedy.",
        "And areas that are chosen because they had a bad year tend to have a better one after it, whatever is done: "
        "looked at alone they then seem to improve. Matches that had a like year before improve as well, which is why "
        "matching keeps the promise.",
        "Tests: `tests/data/test_analysis_evaluation.py::TestVerdicts`, "
        "`tests/data/test_analysis_evaluation_designs.py::TestInterrupted`, "
        "`tests/data/test_analysis_evaluation_designs.py::TestDifferences`, "
        "`tests/data/test_analysis_evaluation_designs.py::TestPower`.",
    )


def months_as_witnesses(rounds: int = 120) -> float:
    """How often least squares over all months of all areas holds no effect where there is none."""
    chance = np.random.default_rng(5)
    treated = np.array([True] * 8 + [False] * 8)
    inside = 0
    for _round in range(rounds):
        panel = 60 + np.array([wandering(chance, 24, 0.7) for _area in treated])
        low, high = other_tools.least_squares_differences(panel, treated, 12)
        inside += low <= 0 <= high
    return inside / rounds


def months_as_independent(rounds: int = 120) -> float:
    """How often least squares holds no effect in a series whose months resemble one another."""
    chance = np.random.default_rng(9)
    inside = 0
    for _round in range(rounds):
        low, high = other_tools.least_squares_series(100 + wandering(chance, 48, 0.4), 36)
        inside += low <= 0 <= high
    return inside / rounds


def _others() -> list[Difference]:
    figures = kept("evaluation")
    low, high = other_tools.normal_difference(BeforeAfter(5, 0), BeforeAfter(0, 0))
    ours = wdd(BeforeAfter(5, 0), BeforeAfter(0, 0))
    return [
        Difference(
            "The quotient (WDQ) used alone, as published (Bowers and Johnson 2003).",
            f"Where nothing changed, the area did better than its comparison in {figures['wdq large']} of cases, by "
            "chance, and the quotient is then read as displacement or diffusion. Ours reads it too, but the verdict "
            "comes from the difference.",
            TESTS + "test_the_quotient_alone_finds_an_effect_in_every_second_nothing",
        ),
        Difference(
            "The difference (WDD) with its published normal interval (Wheeler and Ratcliffe 2018).",
            f"Five incidents before and none after, with nothing in the comparison, give {low:.1f} to {high:.1f}: a "
            f"reduction. Five equal tosses of a coin are as remarkable (one chance in 16). Ours: {ours.lower:.1f} to "
            f"{ours.upper:.1f}, not shown.",
            TESTS + "test_the_normal_interval_oversells_five_to_none",
        ),
        Difference(
            "Difference in differences by least squares over all months (what a spreadsheet or a plain regression "
            "does).",
            "Each month of each area counts as a separate witness. Sixteen areas whose months resemble one another "
            f"(0.7), no effect: its 95 % interval holds 0 in {percent(months_as_witnesses())} of cases; ours holds "
            f"the truth in {figures['differences']}.",
            TESTS + "test_months_of_one_area_are_no_separate_witnesses",
        ),
        Difference(
            "An interrupted series by least squares.",
            "It takes months as independent. Where they resemble one another (0.4), its 95 % interval holds 0 in "
            f"{percent(months_as_independent())} of cases; ours in {figures['series 0.4']}.",
            TESTS + "test_months_that_resemble_one_another_are_not_independent",
        ),
    ]
