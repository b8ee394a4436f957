"""The page about forecasts."""

from __future__ import annotations

import math

import numpy as np
from tools.methods_pages.layout import Page, fence, paragraphs, said, table
from tools.methods_pages.measured import Mean, Share, kept, percent
from tools.methods_pages.simulations.forecasts import MONTHS, YEAR

from ourpatch.data.analysis import forecast as module
from ourpatch.data.analysis.forecast import forecast
from ourpatch.data.analysis.missing import ENOUGH_OF_A_YEAR


def page() -> Page:
    """Everything the page says, from runs of today."""
    return Page(
        title="Forecasts",
        question="How many incidents may the next months bring, and how often did such forecasts hold in the past?",
        formula=_formula(),
        example=_example(),
        defaults=[
            ("months ahead", "3 (1 to 12 can be asked for)", "what a quarter's plan needs"),
            (
                "confidence of the interval",
                "80 %",
                "with a few years of months there are too few past forecasts to measure 95 % with any certainty",
            ),
            (
                "fewest months",
                f"{module.LEAST_MONTHS} and two for each month ahead",
                "two years to know the season, and a record of past forecasts after them",
            ),
            ("season", f"{module.SEASON} months", "years repeat"),
        ],
        assumptions=(
            "The months ahead vary as those before did: the same level as the last twelve months, the same season.",
            "Past errors are a fair sample of the errors to come.",
            "Figures are recorded in the same way throughout.",
        ),
        not_shown=(
            "Any change to come: a closed pub, a new estate, a new way of recording.",
            "What would happen if somebody did something.",
            "Where or when within the month.",
            "A trend: the method carries none on, on purpose.",
        ),
        promises=_promises(),
        others=(),
        references=(
            "Vovk, V., Gammerman, A. and Shafer, G. (2005). Algorithmic Learning in a Random World. Springer. (Split "
            "conformal intervals.)",
        ),
    )


def _formula() -> str:
    return paragraphs(
        "A simple method on purpose: how many there were in the last twelve months, times the share that this month "
        "of the year has had in whole years.",
        fence(
            """
            expected = incidents of the last twelve months x (this month's incidents in whole years / all incidents in them)
            interval = expected ± reach x sqrt(expected + 1), not below 0
            """
        ),
        "The reach comes from forecasts that could have been made before: from the third year on, with only what was "
        "known then, the same number of months ahead. It is the error, divided by sqrt(expected + 1), that the "
        "asked share of those forecasts did not pass (the share of n errors is taken of n + 1, which makes it wider).",
        "Months without data keep their place in the calendar, so years, months of the year and months ahead are never counted "
        "past them. In whole years a missing month stands as its year and its time of year lead to expect (year times season, "
        "fitted to the figures that there are; an older year with less than three quarters of its months is left out). A past "
        "forecast of a missing month, or made right after one, is not tried. Where the newest month is missing, more than "
        f"{_missing_allowed()} of the last twelve, or one month of the year in all whole years, there is no forecast and the "
        "message says what to load.",
        "Whole years are counted back from the newest month. The record that is printed counts, for each past "
        "forecast, whether the interval from the errors before it "
        "held what then came.",
    )


def _missing_allowed() -> int:
    """How many of the last twelve months may be missing."""
    return module.SEASON - math.ceil(ENOUGH_OF_A_YEAR * module.SEASON)


def _example() -> str:
    chance = np.random.default_rng(1)
    series = chance.negative_binomial(20, 20 / (20 + np.array(YEAR * 6, dtype=np.float64)))[:MONTHS]
    found = forecast(series.tolist())
    rows = [
        (one.months, YEAR[one.months - 1], f"{one.expected:.1f}", f"{one.lower:.1f} to {one.upper:.1f}")
        for one in found.ahead
    ]
    return paragraphs(
        f"Six years of months, drawn by chance around a year that peaks in July ({', '.join(map(str, YEAR))}), with "
        "somewhat more spread than Poisson counts have. The true means of the months ahead are known here:",
        table(("months ahead", "true mean", "expected", f"{found.confidence:.0%} interval"), rows),
        "What the result says of itself:",
        said(found.sentences),
    )


def _promises() -> str:
    figures = kept("forecasts")
    steady, halved = figures["steady"], figures["halved"]
    said_steady, said_halved = figures["steady said"], figures["halved said"]
    assert isinstance(steady, Share)
    assert isinstance(said_steady, Mean)
    assert isinstance(said_halved, Mean)
    rows = [
        ("the year repeats", steady, percent(said_steady.value), figures["steady warned"]),
        ("from the first month ahead on, half as many", halved, percent(said_halved.value), figures["halved warned"]),
    ]
    return paragraphs(
        f"{said_steady.of} series of {MONTHS} months as in the example, two months ahead each, 80 % intervals. "
        "Printed is how often the interval held what came (in brackets a 95 % interval, Wilson; the two months of "
        "one series are not quite independent) and what the record had said before.",
        table(("what came", "interval held it", "the record had said, on average", "the record had warned"), rows),
        "While all goes on as before, in these runs, the interval holds as often as it says or somewhat more often. "
        "When things "
        "change it holds less often, and no record can know that beforehand. The last column is the share of series "
        "in which the result warned, before those months came, that its interval had held too seldom: it is no help "
        "against what is new.",
        "Tests: `tests/data/test_analysis_forecast.py::test_the_interval_holds_as_often_as_it_says`, "
        "`tests/data/test_analysis_forecast.py::test_a_record_that_fails_is_told`; of months without data: "
        "`tests/data/test_analysis_missing.py::TestForecast`.",
    )
