"""The page about near repeats, and about repeat victims and places."""

from __future__ import annotations

from tests.data.test_analysis_near_repeat import planted
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, fence, paragraphs, said, table
from tools.methods_pages.measured import Share, kept

from ourpatch.data.analysis import near_repeat as module
from ourpatch.data.analysis import repeats as repeats_module
from ourpatch.data.analysis.distributions import poisson_sf
from ourpatch.data.analysis.near_repeat import NearRepeat, near_repeat
from ourpatch.data.analysis.repeats import Repeats, repeats

TESTS = "tests/docs/test_other_tools.py::TestNearRepeat::"
OBSERVED, CASES, NEAR_IN_SPACE, NEAR_IN_TIME = 13, 188, 3429, 52


def page() -> Page:
    """Everything the page says, from runs of today."""
    return Page(
        title="Near repeats and repeats",
        question="After one incident, are others more likely nearby and soon after than chance alone would make them?",
        formula=_formula(),
        example=_example(),
        defaults=_defaults(),
        assumptions=(
            "Where there is nothing to find, any incident could have happened at the time of any other. Where the "
            "number of homes or people changed in one part of the area meanwhile, that is not so, and the method "
            "finds it.",
            "Records say the day. Those that give months only are refused: two incidents of one month may be 0 or 30 "
            "days apart.",
            "For repeats by chance, all at risk are equally so. They never are, so read that comparison as a lowest "
            "bar.",
            "The same key means the same place or person: spelt in two ways, one counts as two.",
        ),
        not_shown=(
            "Why: the same offender, a crowded street and a broken fence look alike here.",
            "That an incident causes the next.",
            "What happened before the period: the first incident in it may itself be a repeat.",
            "Repeats at one address, where points stand for several addresses (as those of data.police.uk do).",
        ),
        promises=_promises(),
        others=_others(),
        references=(
            "Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal "
            "Statistical Society B 57.",
            "Farrell, G. and Pease, K. (1993). Once Bitten, Twice Bitten: Repeat Victimisation and its Implications "
            "for Crime Prevention. Home Office.",
            "Johnson, S. D. and others (2007). Space-time patterns of risk: a cross national assessment of "
            "residential burglary victimization. Journal of Quantitative Criminology 23.",
            "Knox, E. G. (1964). The detection of space-time interactions. Applied Statistics 13.",
            "Steenbeek, W. NearRepeat, a package for R, and its account of the Near Repeat Calculator.",
            "Townsley, M., Homel, R. and Chaseling, J. (2003). Infectious burglaries. British Journal of Criminology "
            "43.",
        ),
    )


def example() -> NearRepeat:
    """Incidents at random, forty of them followed three days later within forty metres."""
    return near_repeat(*planted())  # type: ignore[no-untyped-call]


def repeat_example() -> Repeats:
    """Forty incidents at ten flats of five thousand, four at each."""
    return repeats([f"flat {i // 4}" for i in range(40)], [7 * i % 97 for i in range(40)], at_risk=5000)


def _formula() -> str:
    return paragraphs(
        "Every pair of incidents is put into a cell of a table by how far apart they are in metres and in days. The "
        "count of each cell is set against chance: the places stay, and the times are shared out among them afresh R "
        "times.",
        fence(
            """
            expected = pairs near in space x pairs near in time / all pairs
            Knox ratio = observed / expected
            p = (1 + how many of the R times gave as many pairs or more) / (R + 1)
            """
        ),
        "Every cell of the table is asked at once, so p is adjusted (Benjamini and Hochberg) to q. A cell is called "
        f"when q is {module.ALPHA:g} or less and it holds {module.FEW_PAIRS} pairs or more.",
        "A band holds its lower edge and not its upper edge, and its name says so: two incidents exactly seven days "
        "apart are "
        'in "7 to under 14 days".',
        "Repeats: with N incidents at K places of M at risk, N - K incidents came after another at the same place. "
        "When all M are equally at risk, chance gives on average",
        fence("N - M + M (1 - 1/M)^N"),
        "and p is the chance of as many or more by the Poisson distribution with that mean. Poisson counts spread "
        "more widely than such repeats do, so this p is rather too large than too small. Waits from one incident to "
        "the "
        "next at the same place are set against the same incidents with their times shared out afresh, which also "
        "allows for a period that cuts long waits off.",
    )


def _example() -> str:
    found = example()
    rows = [
        (str(band.label), f"{o:,}", f"{e:.1f}", "-" if r is None else f"{r:.1f}", f"{p:.3f}", f"{q:.3f}")
        for band, o, e, r, p, q in zip(
            found.distance_bands,
            (row[0] for row in found.observed),
            (row[0] for row in found.expected),
            (row[0] for row in found.ratio),
            (row[0] for row in found.p),
            (row[0] for row in found.q),
            strict=True,
        )
    ]
    n = CASES
    mean = NEAR_IN_SPACE * NEAR_IN_TIME / (n * (n - 1) / 2)
    again = repeat_example()
    times = [
        (
            f"{row.times}{' or more' if row.or_more else ''}",
            row.those,
            row.incidents,
            f"{row.expected_those:.2f}",
            f"{row.expected_incidents:.2f}",
        )
        for row in again.rows
    ]
    return paragraphs(
        "300 incidents at random over five kilometres by five and a year; forty more were planted, each three days "
        f"after another and 36 m from it. The first column of the table ({found.time_bands[0].label}):",
        table(("distance", "pairs", "expected", "Knox ratio", "p", "q"), rows),
        "What the result says of itself:",
        said(s for s in found.sentences if s.key in ("shown", "strongest", "edges", "permutations", "multiplicity")),
        f"By hand, with a published set (Burkitt's lymphoma, {n} cases): {NEAR_IN_SPACE:,} pairs are near in space, "
        f"{NEAR_IN_TIME} near in time, {OBSERVED} both. Expected: {NEAR_IN_SPACE} x {NEAR_IN_TIME} / "
        f"{n * (n - 1) // 2} = {mean:.4f}; Knox ratio {OBSERVED / mean:.2f}.",
        "Repeats: 40 incidents at ten flats, four at each, among 5,000 flats at risk.",
        table(("times hit", "flats", "incidents", "flats by chance", "incidents by chance"), times),
        said(s for s in again.sentences if s.key in ("again", "more_than_chance", "not_equal")),
    )


def _defaults() -> list[tuple[object, ...]]:
    metres = ", ".join(f"{edge:g}" for edge in module.DISTANCE_EDGES)
    days = ", ".join(f"{edge:g}" for edge in module.DAY_EDGES)
    return [
        ("bands of distance", f"{metres} m", "a usual first choice for burglary; 100 m is about a street"),
        ("bands of time", f"{days} days", "weeks, so that a rhythm of weekdays does not show as a pattern of days"),
        ("same place", f"nearer than {module.SAME_PLACE:g} m", "repeats and near repeats are different questions"),
        ("distance", "in a straight line", "known for every pair; along streets (north and east) can be chosen"),
        ("permutations", module.PERMUTATIONS, "the smallest p is 0.001, enough for the default table"),
        ("seed", module.SEED, "the same data give the same answer, in whatever order they come"),
        (
            "false discoveries",
            f"{module.ALPHA:.0%} of the cells called, on average",
            "the whole table is asked at once",
        ),
        ("least pairs", module.FEW_PAIRS, "one or two pairs can be rare by chance and mean nothing"),
        (
            "uncertain times",
            "counted at the middle of their span if it is shorter than the narrowest band, else left out and counted",
            "a week of holiday cannot say on which day",
        ),
        (
            "waits",
            f"{', '.join(f'{edge:g}' for edge in repeats_module.WAIT_EDGES)} days and more",
            "repeats that come at all often come soon",
        ),
    ]


def _promises() -> str:
    figures = kept("near_repeat")
    trials = figures["cell 1"]
    assert isinstance(trials, Share)
    cells = [(f"cell {i} of a small table: p of 0.05 or less", figures[f"cell {i}"]) for i in (1, 2, 3)]
    rows = [
        *cells,
        ("repeats against chance: p of 0.05 or less", figures["repeats"]),
        *[(f"band {i} of waits: p of 0.05 or less", figures[f"wait {i}"]) for i in (1, 2, 3)],
        ("default table of 48 cells: any p of 0.05 or less", figures["grid unadjusted"]),
        ("default table: any cell called, as printed", figures["grid called"]),
    ]
    return paragraphs(
        f"Incidents that cluster in space and whose times have nothing to do with one another: {trials.of} sets for "
        "each row. For repeats, each of 200 incidents fell on any of 500 places; for waits, 50 on any of 25. All "
        "that is found in them is false. In brackets a 95 % interval (Wilson).",
        table(("asked", "share of sets"), rows),
        "No single cell or band is seen above 5 %. The p of repeats is more careful than it need be: a slight excess "
        "of repeats "
        "will be missed. Of whole tables most have some p of 0.05 or less by chance, which is why p alone must not "
        "be read cell by cell, and why the table calls cells by q.",
        "Tests: `tests/data/test_analysis_near_repeat.py::TestCalibration`, "
        "`tests/data/test_analysis_repeats.py::TestWaits::test_p_keeps_its_promise`.",
    )


def _others() -> list[Difference]:
    mean = NEAR_IN_SPACE * NEAR_IN_TIME / (CASES * (CASES - 1) / 2)
    wrong, right = other_tools.p_of_more_than(OBSERVED, mean), poisson_sf(OBSERVED - 1, mean)
    figures = kept("near_repeat")
    return [
        Difference(
            "Near Repeat Calculator (a Windows program; as Steenbeek found out and published, not run here).",
            "Its bands but the first are named one unit too high: what it calls a to b holds what is a - 1 or more "
            "and less than b. Two incidents three days and 100 m apart are shown in days "
            f'"{other_tools.near_repeat_calculator_band(3, 3)}" and, with bands of 100 m, in metres '
            f'"{other_tools.near_repeat_calculator_band(100, 100)}".',
            TESTS + "test_bands_named_one_unit_too_high",
        ),
        Difference(
            "pointpats 2.6.0 (Python), `Knox.p_poisson`.",
            f"It gives the chance of more than was observed instead of as many or more: {wrong:.4f} for the published "
            f"set above (the tool itself, run on it, gives the same), where {right:.4f} is right.",
            TESTS + "test_the_chance_of_more_is_not_the_chance_of_as_many",
        ),
        Difference(
            "NearRepeat (R, source read at commit 0340a8d).",
            "It gives p for each cell and leaves the number of cells to the reader. In sets without any pattern our "
            f"default table, read by such a p, had some of 0.05 or less in {figures['grid unadjusted']} of sets.",
            TESTS + "test_a_table_of_unadjusted_p_nearly_always_finds_something",
        ),
    ]
