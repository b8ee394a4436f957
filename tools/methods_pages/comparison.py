"""The page about comparing areas: rates, standardised rates, similar areas, funnels and vulnerable localities."""

from __future__ import annotations

import numpy as np
from tests.data.test_analysis_comparison import ALL_BIRTHS, BIRTHS, CASES, FIGURES, NAMES
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, fence, paragraphs, table
from tools.methods_pages.measured import Mean, kept, percent

from ourpatch.data.analysis import funnels, mix, vulnerability
from ourpatch.data.analysis.comparison import GROUP_SIZE, compare_rates, most_similar
from ourpatch.data.analysis.funnels import Position, funnel
from ourpatch.data.analysis.rates import rate
from ourpatch.data.analysis.standardised import direct_rate, indirect_ratio
from ourpatch.data.analysis.vulnerability import VARIABLES, vulnerable_localities
from ourpatch.ground.words import say

TESTS = "tests/docs/test_other_tools.py::TestComparison::"


def page() -> Page:
    """Everything the page says, from runs of today."""
    return Page(
        title="Comparing areas",
        question="Does an area have more or fewer incidents than others like it, by more than chance would make?",
        formula=_formula(),
        example=_example(),
        defaults=_defaults(),
        assumptions=(
            "Incidents come one by one (Poisson). Where one address or person reports again and again, intervals are "
            "too narrow.",
            "Populations are taken as known, and as those at risk. Where people come to work, shop or drink, the "
            "number of residents is the wrong one.",
            "Areas record in the same way.",
            "Allowing for deprivation: who lives in an LSOA is as deprived as the LSOA, and its rate is that of its fifth "
            "over the whole place.",
            "Similar areas are alike in the indicators given, and in nothing else by design.",
        ),
        not_shown=(
            "Why areas differ, or how well anybody works there.",
            "That deprivation causes what was recorded, or that what is left after allowing for it is anybody's doing.",
            "The Home Office's most similar groups: those have variables and weights of their own.",
            "That two indirectly standardised ratios differ from one another. Each may only be compared with 1.",
            "That a locality with a high index is a bad one. The index says where to look closer, has no interval, "
            "and says nothing about how people there get on with one another.",
        ),
        promises=_promises(),
        others=_others(),
        references=_REFERENCES,
    )


def _formula() -> str:
    return paragraphs(
        "### Rates",
        fence(
            """
            yearly rate = count / population x per x 12 / months
            interval    = the exact interval of the count (Garwood 1936), on the same scale
            """
        ),
        "Two areas: the ratio of their rates with an exact interval (Clopper and Pearson, on the one's share of both "
        "counts), and p from the same. With several areas p is adjusted (Benjamini and Hochberg).",
        "### Standardised rates",
        fence(
            """
            direct    sum over groups of  (standard's share of the group) x (this area's rate in the group)
            indirect  incidents / (sum over groups of  this area's people x the reference's rate)
            """
        ),
        "The direct rate's interval is that of Dobson and others (1991): the exact interval of the count, stretched "
        "to the variance of the weighted sum. Byar's approximation to it can be asked for (Breslow and Day 1987).",
        "### Allowing for deprivation",
        "On the analyst's page the groups are fifths of deprivation: the people and the incidents of each area are those "
        "of the LSOAs whose middle lies in it, sorted by their deciles. The reference is the whole place, the area "
        "itself included:",
        fence(
            """
            expected = sum over fifths of  area's people in the fifth x incidents of the place in it / its people
            ratio    = recorded / expected;  exact interval of the count (Garwood 1936) / expected
            p        = twice the smaller Poisson tail of the count at what is expected, adjusted for all areas
            """
        ),
        f"A fifth with fewer than {mix.FEWEST_INCIDENTS} incidents or {mix.FEWEST_PEOPLE} people over the whole place is "
        "refused: its rate would be a guess that all others are held against.",
        "Rates and funnels can be held against square kilometres instead of people; the formulae are the same.",
        "### Similar areas",
        fence(
            """
            distance = sqrt( sum over indicators of  weight x (difference / standard deviation over all areas)² )
            """
        ),
        "The weights add up to 1. The nearest areas are the similar ones; for each it is told in how many of the "
        "lists with one indicator left out it is found as well.",
        "### Funnel",
        "Rates by size around the average of all. Limits at 95 % and 99.8 % are exact for chance alone, interpolated "
        "between whole counts (Spiegelhalter 2005). Where areas differ by more than chance makes them, limits allow "
        "for that:",
        fence(
            """
            z = (sqrt(rate) - sqrt(average)) / sqrt( 1 / (4 n) )        n: person-years over the base of the rate
            dispersion = mean of z², the furthest tenth at either end pulled in, / 0.6787
            limits = ( sqrt(average) ± c sqrt( 1 / (4 n) + v ) )²        c: 1.96 and 3.09; not below 0
            """
        ),
        "0.6787 is what pulling a tenth in at either end leaves of a normal spread of 1. v is the variance among "
        "areas with which the dispersion of z comes out as 1 (Paule and Mandel 1982). Limits are widened when the "
        "dispersion is above 1 + 2 "
        "sqrt(2 / areas).",
        "### Vulnerable localities",
        fence(
            """
            index of a variable = 100 x (area's rate or share) / (mean of the areas)
            index of the area   = mean of its indices;  a candidate for priority above 200
            """
        ),
        f"The six: {', '.join(str(name) for name in VARIABLES.values())}. Where an area lacks some, its index comes "
        "from the others. How many candidates hang on the weights is worked out with it: each variable a quarter more "
        "and less, and weights drawn at random.",
    )


def _example() -> str:
    one = rate(10, 5000, months=6)
    direct = direct_rate(CASES, BIRTHS, ALL_BIRTHS, per=100_000)
    ratio = indirect_ratio(30, [200, 500], [50, 20], [1000, 1000])
    return paragraphs(
        f"A rate: 10 incidents in six months among 5,000 people are {one.value:.1f} a year per 1,000 people, 95 % "
        f"interval {one.lower:.2f} to {one.upper:.2f}.",
        "Direct, a published example (Down's syndrome among children of mothers with five or more, by the mother's "
        f"age; Fleiss 1981): {sum(CASES)} cases among {sum(BIRTHS):,} births are {1e5 * sum(CASES) / sum(BIRTHS):.1f} "
        f"per 100,000, and {direct.value:.5f} with all births as the standard; 95 % interval {direct.lower:.2f} to "
        f"{direct.upper:.2f}.",
        f"Indirect: 30 incidents, where 0.05 x 200 + 0.02 x 500 = {ratio.expected:.0f} are expected at the "
        f"reference's rates, are {ratio.value:.2f} times as many, 95 % interval {ratio.lower:.2f} to "
        f"{ratio.upper:.2f}.",
        _mix(),
        _similar(),
        _compared(),
        _funnel(),
        _localities(),
    )


def _mix() -> str:
    found = mix.allowed_for(
        ["North", "South"],
        [say("most deprived"), say("least deprived")],
        [[60, 20], [20, 20]],
        [[1000, 1000], [1000, 3000]],
    )
    north, south = found.areas
    assert north.direct is not None
    return (
        "Allowing for deprivation: North has 60 incidents among 1,000 people in the most deprived stratum and 20 among "
        "1,000 in the least, South 20 among 1,000 and 20 among 3,000. The strata have 80 of 2,000 (0.04) and 40 of "
        f"4,000 (0.01). Expected of North are 1,000 x 0.04 + 1,000 x 0.01 = {north.expected:.0f}; recorded are "
        f"{north.observed}, {north.ratio:.2f} times as many ({north.interval.lower:.2f} to {north.interval.upper:.2f}). "
        f"Of South {south.expected:.0f} are expected and {south.observed} recorded, {south.ratio:.2f} times as many. "
        f"North's directly standardised rate is 60 x 1/3 + 20 x 2/3 = {north.direct:.1f} a year per 1,000."
    )


def _similar() -> str:
    found = most_similar("Elm", NAMES, FIGURES, size=2)
    first, second = found.neighbours
    differences = ", ".join(f"{name} {gap:+.2f}" for name, gap in zip(found.indicators, first.differences, strict=True))
    return (
        f"Similar areas: six invented wards and three indicators ({', '.join(found.indicators)}). Most like Elm are "
        f"{first.key} (distance {first.distance:.2f} standard deviations) and {second.key} ({second.distance:.2f}). "
        f"{first.key}'s values less Elm's, in standard deviations: {differences}. {first.key} is among the two "
        f"nearest in {first.stays} of the {len(found.indicators)} lists with one indicator left out, {second.key} in "
        f"{second.stays}."
    )


def _compared() -> str:
    found = compare_rates("Ash", list(NAMES[:5]), [60, 40, 30, 50, 0], [1000] * 5)
    apart = sum(other.q <= 0.05 for other in found.others)
    assert found.ratio is not None
    return (
        "Compared: Ash has 60 incidents among 1,000 people, four similar wards of the same size 40, 30, 50 and none. "
        f"Its rate is {found.ratio:.2f} times theirs together (95 % interval {found.interval.lower:.2f} to "
        f"{found.interval.upper:.2f}), and differs by more than chance from {apart} of the four when p is adjusted."
    )


def areas() -> tuple[list[str], np.typing.NDArray[np.int64], np.typing.NDArray[np.int64]]:
    """Thirty wards of one and the same rate, but one with twice as many and one with a third."""
    chance = np.random.default_rng(2)
    people = chance.integers(500, 20_000, 30)
    counts = chance.poisson(0.02 * people)
    counts[7] *= 2
    counts[9] //= 3
    return [f"W{i:02}" for i in range(30)], counts, people


def _funnel() -> str:
    found = funnel(*areas())
    at = found.at(Position.VERY_HIGH, Position.VERY_LOW)
    listed = "; ".join(
        f"{one.key} with {one.value:.1f}, outer limits {one.limits.outer_lower:.1f} to {one.limits.outer_upper:.1f}"
        for one in at
    )
    return (
        "Funnel: thirty wards of one rate, 20 per 1,000; in one the count was doubled, in one cut to a third. "
        f"Average {found.centre:.1f}, dispersion {found.dispersion:.2f}, limits widened: "
        f"{'yes' if found.widened else 'no'}. Beyond the outer limits: {listed}."
    )


def _localities() -> str:
    figures = {"burglary": [1.0] * 9 + [60.0], "income": [0.1] * 10}
    found = vulnerable_localities([f"E{i}" for i in range(10)], figures, [100] * 10)
    top = found.localities[0]
    return (
        "Vulnerable localities: ten areas of 100 people, nine with 1 burglary and one with 60, all with the same "
        f"income deprivation. The one has an index of {top.index:.0f} from two of the six variables, above "
        f"{vulnerability.PRIORITY:.0f}; it stays above with {top.holds:.0%} of weights drawn at random. "
        f"Candidates that are steady: {found.steady} of {len(found.priorities)}. The result names the four variables "
        "that "
        "are missing."
    )


def _defaults() -> list[tuple[object, ...]]:
    return [
        ("rates", "a year, per 1,000", "one scale for periods of any length"),
        (
            "size of a group",
            f"{GROUP_SIZE} areas",
            "fifteen with the area itself, a usual size",
        ),
        ("weights of indicators", "alike", "nobody knows better ones; others can be asked for and are printed"),
        ("funnel's limits", "95 % and 99.8 %", "about two and three standard deviations, as published"),
        (
            "areas that differ",
            "limits allow for a spread among areas of every size (additive)",
            "one factor for all sizes leaves the limits of large areas too narrow and makes those of small ones too "
            "wide",
        ),
        (
            "ends pulled in",
            f"{funnels.WINSORISED:.0%} at either",
            "so that the few that are looked for do not hide themselves",
        ),
        ("priority line", f"{vulnerability.PRIORITY:.0f}", "as published"),
        (
            "steady",
            f"above the line in {vulnerability.STEADY:.0%} of {vulnerability.DRAWS} random weightings",
            "a candidate that hangs on one weight is an argument about weights",
        ),
    ]


def _promises() -> str:
    figures, mixed = kept("comparison"), kept("exposure")
    between = figures["between"]
    assert isinstance(between, Mean)
    rows = [
        ("interval of a rate holds the truth (12 incidents expected)", "95 %", figures["rate"]),
        ("interval of a directly standardised rate holds it (28 expected)", "95 %", figures["direct"]),
        ("two areas of one rate, p of 0.05 or less", "at most 5 %", figures["compared"]),
        ("fourteen areas of one rate, any called", "hardly over 5 %", figures["compared any"]),
        ("twenty areas that differ in their mix alone, any called", "hardly over 5 %", mixed["mix any"]),
        ("the same: interval holds 1", "95 %", mixed["mix interval"]),
        ("funnel of 200 areas of one rate: beyond 95 %", "5 %", figures["level inner"]),
        ("the same: beyond 99.8 %", "0.2 %", figures["level outer"]),
        ("200 areas that differ, limits widened: beyond 95 %", "5 %", figures["apart inner"]),
        ("the same: beyond 99.8 %", "0.2 %", figures["apart outer"]),
        ("the same, limits for chance alone: beyond 99.8 %", "0.2 % if chance were all", figures["blind outer"]),
    ]
    return paragraphs(
        "Where chance is all, and where the truth is known. In brackets 95 % intervals (Wilson).",
        table(("asked", "promised", "seen"), rows),
        "In the last three rows areas differ by a standard deviation of 6 in a thousand around 30; the funnels found "
        f"{between.value:.2f} on average. Where all areas have one rate, {figures['level widened']} of funnels were "
        "widened all the same.",
        "No false alarm can be counted for similar areas and vulnerable localities: they rank and do not test.",
        "Tests: `tests/data/test_analysis_comparison.py::TestFunnel`, "
        "`tests/data/test_analysis_comparison.py::TestStandardised`, "
        "`tests/data/test_analysis_mix.py::TestUnderChance`, "
        "`tests/data/test_analysis_comparison.py::TestCompareRates`, "
        "`tests/data/test_analysis_vulnerability.py::TestSensitivity`.",
    )


def differing(funnels_wanted: int = 25) -> tuple[float, float]:
    """Shares of areas beyond 99.8 % limits, published and ours, where areas differ among themselves and none is odd."""
    chance = np.random.default_rng(10)
    published = ours = 0
    for _pattern in range(funnels_wanted):
        people = chance.integers(2_000, 20_000, 200)
        counts = chance.poisson(people * chance.normal(0.03**0.5, 0.006 / 2 / 0.03**0.5, 200) ** 2)
        published += other_tools.beyond_published_limits(counts.astype(np.float64), people / 1000)
        found = funnel([f"W{i}" for i in range(200)], counts, people)
        ours += len(found.at(Position.VERY_HIGH, Position.VERY_LOW))
    return published / (200 * funnels_wanted), ours / (200 * funnels_wanted)


def _others() -> list[Difference]:
    published, ours = differing()
    return [
        Difference(
            "FunnelPlotR (R, source read at commit 225b14d, method CQC), and the published steps it follows.",
            "Pulling in the furthest tenths takes spread away, and nothing is added back for it. By these steps, "
            "restated, where areas "
            f"differ among themselves and none is odd, {percent(published)} lie beyond the 99.8 % limits instead of "
            "0.2 %; "
            f"ours: {percent(ours)}.",
            TESTS + "test_pulled_in_ends_make_limits_too_narrow",
        ),
    ]


_REFERENCES = (
    "Breslow, N. E. and Day, N. E. (1987). Statistical Methods in Cancer Research II. IARC. (Byar's limits.)",
    "Chainey, S. (2008). Identifying priority neighbourhoods using the Vulnerable Localities Index. Policing 2.",
    "Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. Biometrika 26.",
    "Dobson, A. J., Kuulasmaa, K., Eberle, E. and Scherer, J. (1991). Confidence intervals for weighted sums of "
    "Poisson parameters. Statistics in Medicine 10.",
    "Fleiss, J. L. (1981). Statistical Methods for Rates and Proportions. Wiley.",
    "Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28.",
    "Paule, R. C. and Mandel, J. (1982). Consensus values and weighting factors. Journal of Research of the National "
    "Bureau of Standards 87.",
    "Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24.",
    "Spiegelhalter, D. J. (2005). Handling over-dispersion of performance indicators. Quality and Safety in Health "
    "Care 14.",
    "Spiegelhalter, D. J. and others (2012). Statistical methods for healthcare regulation. Journal of the Royal "
    "Statistical Society A 175.",
)
