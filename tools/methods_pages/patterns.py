"""The page about patterns of hot spots over time, and about hours and weekdays."""

from __future__ import annotations

import numpy as np
import shapely
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, fence, paragraphs, said, table
from tools.methods_pages.measured import Share, kept, percent

from ourpatch.data.analysis import hours as hours_module
from ourpatch.data.analysis import patterns as module
from ourpatch.data.analysis.grids import Grid, square_grid
from ourpatch.data.analysis.hours import WEEKDAYS, hours_and_weekdays
from ourpatch.data.analysis.patterns import NAMES, Pattern, Rules, classify, hot_spot_patterns

TESTS = "tests/docs/test_other_tools.py::TestPatterns::"
ROWS = (
    "############",
    "##########..",
    "..........##",
    "....#....#.#",
    "##..........",
    "#.......#...",
    "....#...#..#",
    "#........#..",
    "...........#",
)
RECENTLY_COLD = [period == 19 for period in range(24)]


def page() -> Page:
    """Everything the page says, from runs of today."""
    return Page(
        title="Hot spots over time, and hours of the week",
        question="Which hot spots last, which are new, which have gone, and at what hours do incidents happen?",
        formula=_formula(),
        example=_example(),
        defaults=_defaults(),
        assumptions=(
            "Each period is as long as the others, and recorded in the same way.",
            "An incident that happened at some time between two hours is as likely in each hour between (Ratcliffe "
            "2000).",
            "Hours are local time: a night is a night whatever the clocks do.",
        ),
        not_shown=(
            "Why a place became hot or cooled down. Where the periods do not cover two years or more, it may be the "
            "time of year.",
            "A change that the printed rules do not name: the five classes are all that is looked for.",
            "That a busy hour is a risky one: more people are about at some hours than at others.",
            "Times that nobody knew: incidents over a longer span than a day are left out, and counted as left out.",
        ),
        promises=_promises(),
        others=_others(),
        references=(
            "Ashby, M. P. J. sfhotspot, a package for R. (The classes.)",
            "Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal "
            "Statistical Society B 57.",
            "Ratcliffe, J. H. (2000). Aoristic analysis: the spatial interpretation of unspecific temporal events. "
            "International Journal of Geographical Information Science 14.",
        ),
    )


def _formula() -> str:
    rules = [s for s in classify([[True] * 12]).sentences if s.key.startswith("rule_")]
    return paragraphs(
        "In each period every cell is asked whether it is hot, by the test of the page on hot spots. p is adjusted "
        "over all cells and all periods together. The list of periods in which a cell was hot then gives its class, "
        "by rules that anybody can apply by hand; the first that fits is taken. For twelve periods:",
        said(rules),
        "For weekday and hour, an incident whose time is known to the hour counts as 1 in that hour. One that "
        "happened at some time within n hours counts as 1/n in each of them. The busiest of the 168 hours is called "
        f"a peak when chance would seldom give any hour as many, that is when p is {hours_module.ALPHA:g} or less:",
        fence(
            """
            p = 168 x P(X >= count of the busiest hour, rounded down), at most 1

            X   Poisson, with a mean of all incidents / 168
            """
        ),
    )


def _example() -> str:
    found = classify([[mark == "#" for mark in row] for row in ROWS])
    classes = [
        (f"`{row}`", str(NAMES[pattern]), hot, recent)
        for row, pattern, hot, recent in zip(ROWS, found.patterns, found.hot_periods, found.hot_recently, strict=True)
    ]
    return paragraphs(
        "Twelve periods, the oldest on the left; # means hot.",
        table(("periods", "class", "hot in", "of the last three"), classes),
        _planted(),
        _week(),
    )


def _planted() -> str:
    grid = board()
    counts = np.random.default_rng(5).poisson(0.2, (400, 12))
    blocks = ((63, slice(0, 12)), (243, slice(9, 12)), (73, slice(0, 9)))
    for corner, periods in blocks:
        counts[[corner + 20 * down + across for down in range(4) for across in range(4)], periods] += 8
    found = hot_spot_patterns(grid, counts)
    at = dict(zip(grid.keys, found.patterns, strict=True))
    planted = [str(NAMES[at[key]]).lower() for key in ("400450 300450", "400450 301350", "401450 300450")]
    named = {pattern: found.count(pattern) for pattern in Pattern if pattern is not Pattern.NONE}
    listed = ", ".join(f"{NAMES[pattern]!s} {count}".lower() for pattern, count in named.items())
    return (
        "With counts: 400 cells, twelve periods, chance everywhere (0.2 incidents a cell), and three blocks of "
        "sixteen cells with eight more each: one in all periods, one in the last three, one until then. A middle "
        f"cell of each is classed as {planted[0]}, {planted[1]} and {planted[2]}. Over all 400 cells: {listed}; each "
        "block has sixteen cells, and its four corners, with three busy neighbours each, are not called."
    )


def _week() -> str:
    chance = np.random.default_rng(6)
    starts = np.datetime64("2024-01-01T00:00") + chance.integers(0, 52 * 7 * 24 * 60, 300).astype("timedelta64[m]")
    fridays = np.datetime64("2024-01-05T23:10") + 7 * np.arange(25).astype("timedelta64[D]")
    begun = np.concatenate((starts, fridays))
    ended = begun.copy()
    ended[:100] += np.timedelta64(3, "h")
    found = hours_and_weekdays(begun, ended)
    day, hour = found.busiest
    return (
        "Hours: 300 incidents at any time of a year, the first hundred of them at some time within a span of three "
        "hours (which touches four hours of the clock), and 25 more at ten past eleven on Friday nights. The busiest "
        f"hour is {WEEKDAYS[day]} {hour}:00 with {found.counts[day][hour]:.2f} of {found.incidents} incidents, where "
        f"{found.incidents / 168:.2f} would lie if all hours were alike (p below 0.0001)."
    )


def board() -> Grid:
    """Twenty by twenty squares of a hundred metres."""
    return square_grid(shapely.box(4e5, 3e5, 402_000, 302_000), 100)


def _defaults() -> list[tuple[object, ...]]:
    rules = Rules()
    return [
        ("persistent", f"hot in {rules.persistent:.0%} of the periods", "nearly always"),
        ("recent", f"the last {rules.recent:.0%} of the periods", "the last quarter of a year in months"),
        (
            "emerging",
            f"hot in {rules.recent_hot:.0%} of the recent periods and in fewer than {rules.hot:.0%} of those before",
            "one hot period may be chance",
        ),
        ("former, intermittent", f"hot in {rules.hot:.0%} of the earlier, or of all, periods", "one may be chance"),
        (
            "fewest periods",
            module.FEWEST_PERIODS,
            f"with fewer, one hot period would be enough for most classes; up to {_one_is_enough()} it still is for "
            "some, "
            "and the result says so",
        ),
        (
            "permutations",
            f"{module.PERMUTATIONS:,} in each period",
            "all cells and periods are asked together, so p must be able to become small",
        ),
        (
            "longest span of an incident",
            f"{hours_module.LONGEST} hours",
            "one that spans longer says nothing about the hour; it is left out and counted",
        ),
    ]


def _one_is_enough() -> int:
    """The most periods of which, by the default rules, one hot one can make a pattern."""
    tried = (Rules().numbers(periods) for periods in range(module.FEWEST_PERIODS, 60))
    return max(one.periods for one in tried if 1 in (one.recent_hot, one.earlier_hot, one.hot))


def _promises() -> str:
    figures, years = kept("patterns"), kept("hot_spots")["hours"]
    maps = figures["one"]
    assert isinstance(maps, Share)
    assert isinstance(years, Share)
    rows = [
        ("1 incident a cell in each period", figures["one"]),
        ("0.2 incidents a cell in each period", figures["few"]),
        ("500 incidents at any minute of a year: busiest hour called a peak", years),
    ]
    return paragraphs(
        f"Maps of 400 cells by twelve periods drawn by chance ({maps.of} of each kind), and {years.of:,} years of "
        "hours, so that every pattern and every peak in them is false. Printed is the share of maps on which any cell "
        "has a pattern, and the share of years with a peak, which should be 5 % at most; in brackets a 95 % interval "
        f"(Wilson). So few maps cannot tell a share of nought from one of {percent(maps.interval().upper)}.",
        table(("by chance", "share with a false call"), rows),
        "A pattern needs two hot periods or more by the default rules for twelve periods, so false ones are rarer "
        "than false hot cells. The rule for a peak multiplies by 168, so that it may ask of every hour.",
        "Tests: `tests/data/test_analysis_patterns.py::TestRules`, "
        "`tests/data/test_analysis_patterns.py::TestOfCounts`.",
    )


def _others() -> list[Difference]:
    ours = classify([RECENTLY_COLD]).patterns[0]
    share = other_tools.recent_share(RECENTLY_COLD, 4)
    return [
        Difference(
            "sfhotspot (R, source read at commit c36b28a).",
            "`hotspot_classify` adds up one period too many when it asks what is recent. Of 24 periods the last four "
            f"are recent; a cell that was hot only in the fifth from the end gets a recent share of {share:.2f} and "
            f"the class {other_tools.classified(RECENTLY_COLD)}, though it was hot in none of the last four. Ours: "
            f"{str(NAMES[ours]).lower()}.",
            TESTS + "test_one_period_too_many_is_recent",
        ),
    ]
