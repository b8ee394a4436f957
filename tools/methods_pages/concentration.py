"""The page about concentration."""

from __future__ import annotations

from tests.data.test_analysis_concentration import SKEWED
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, fence, paragraphs, said, table
from tools.methods_pages.measured import Mean, kept, percent

from ourpatch.data.analysis import concentration as module
from ourpatch.data.analysis.concentration import concentration, generalised_gini, gini

TESTS = "tests/docs/test_other_tools.py::TestConcentration::"
PUBLISHED = (
    ("five places with one incident each, five with none", [1] * 5 + [0] * 5),
    ("3, 1, 1 and seven with none", [3, 1, 1, *[0] * 7]),
    ("all five at one of ten places", [5, *[0] * 9]),
    ("4, 3, 2, 1", [4, 3, 2, 1]),
)


def page() -> Page:
    """Everything the page says, from runs of today."""
    return Page(
        title="Concentration",
        question="Are incidents at few of the places, and more so than they would be by chance alone?",
        formula=_formula(),
        example=_example(),
        defaults=[
            (
                "shares of places",
                ", ".join(percent(share) for share in module.TOP_SHARES),
                "those that reports often quote",
            ),
            ("bootstraps", f"{module.BOOTSTRAPS:,}", "for the 95 % interval (BCa, Efron 1987), places drawn anew"),
            ("draws by chance", module.SIMULATIONS, "each incident falls on any place alike"),
            ("seed", module.SEED, "the same data give the same answer"),
            (
                "places without incidents",
                "must be counted in",
                "left out, everything looks less concentrated; the result warns where every place was hit",
            ),
        ],
        assumptions=(
            "The list of places is complete: those without an incident are in it, or their number is given.",
            "For chance, every place is equally at risk and each incident falls by itself.",
            "For the interval, the places stand for others like them, and one place's count does not hang on "
            "another's.",
        ),
        not_shown=(
            "Where or why. A hospital or a shopping street is hit more often than a house without anything being "
            "amiss.",
            "That the same places stay busy: two years with one and the same Gini may have different places at the "
            "top.",
            "That concentration above chance is unusual: it is common in recorded crime.",
        ),
        promises=_promises(),
        others=_others(),
        references=(
            "Bernasco, W. and Steenbeek, W. (2017). More places than crimes: implications for evaluating the law of "
            "crime concentration at place. Journal of Quantitative Criminology 33.",
            "Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical "
            "Association 82.",
        ),
    )


def _formula() -> str:
    return paragraphs(
        "The ordinary Gini coefficient asks how far counts are from all being equal. With fewer incidents than "
        "places they can never be equal: most places have none whatever happens. The generalised Gini of Bernasco "
        "and Steenbeek compares with the most even spread that so many incidents allow:",
        fence(
            """
            G  = half the mean difference of all pairs of places (each place with itself among them) / the mean count
            G' = max(1, places / incidents) x (G - 1) + 1
            G' without bias = G' x m / (m - 1),   m the smaller of places and incidents
            """
        ),
        "The last is shown. It is 1 when all incidents are at one place and 0 when they are spread as evenly as can "
        "be (a little above 0 where there are more incidents than places and they do not divide). Beside it stands "
        "what chance gives: the same number of incidents thrown at the same number of places, many times.",
        fence("p = (1 + how many draws by chance have a Gini as great or greater) / (1 + draws)"),
    )


def _example() -> str:
    found = concentration(SKEWED)
    rows = [
        (
            text,
            f"{gini(counts):.2f}",
            f"{generalised_gini(counts, unbiased=False):.2f}",
            f"{generalised_gini(counts):.2f}",
        )
        for text, counts in PUBLISHED
    ]
    tops = [
        (
            percent(top.places),
            percent(top.incidents),
            percent(top.chance),
            f"{percent(top.chance_lower)} to {percent(top.chance_upper)}",
        )
        for top in found.tops
    ]
    assert found.interval is not None
    return paragraphs(
        "Published cases, worked out again:",
        table(("incidents at ten places (the last: at four)", "G", "G'", "G' without bias"), rows),
        f"{found.places} places with {found.incidents} incidents, {found.hit} of them hit, the busiest {SKEWED[0]} "
        f"times. Generalised Gini {found.generalised:.3f}, 95 % interval {found.interval.lower:.3f} to "
        f"{found.interval.upper:.3f}; chance alone gives {found.chance:.2f} on average (p {found.p:.3f}).",
        table(("busiest", "hold", "by chance, on average", "95 % of draws by chance"), tops),
        f"1 % of {found.places} places is half a place, and {100 * found.half:.2g} % is a little more than one: such "
        "figures are read off the line between whole places.",
        "What the result says of itself:",
        said(s for s in found.sentences if s.key in ("half", "gini", "basis", "chance", "places_differ")),
    )


def _promises() -> str:
    figures = kept("concentration")
    ordinary, generalised = figures["gini by chance"], figures["generalised by chance"]
    assert isinstance(ordinary, Mean)
    assert isinstance(generalised, Mean)
    rows = [
        ("called concentrated at 5 %, where each place is equally at risk", figures["called"]),
        ("95 % interval holds the truth, 250 places", figures["coverage 250"]),
        ("95 % interval holds the truth, 1,000 places", figures["coverage 1000"]),
    ]
    return paragraphs(
        f"{ordinary.of} runs for each row (a false call in 5 % of them is what is promised); in brackets a 95 % "
        "interval (Wilson). For the intervals places were drawn from a mixture of busy and quiet ones whose "
        "generalised Gini is known.",
        table(("asked", "share"), rows),
        "None of the three is further from what is promised than so many runs leave to chance.",
        f"In the runs by chance, 0.5 incidents a place at 400 places, the ordinary Gini is {ordinary.value:.2f} on "
        f"average and the generalised {generalised.value:.2f}. Neither is 0: chance is not as even as can be. That is "
        "why the figure that chance gives is always printed beside it.",
        "Tests: `tests/data/test_analysis_concentration.py::TestChance`, "
        "`tests/data/test_analysis_concentration.py::test_interval_holds_the_truth_about_as_often_as_it_says`.",
    )


def _others() -> list[Difference]:
    even = PUBLISHED[0][1]
    return [
        Difference(
            "inequality 1.2.0 (Python), `Gini`.",
            "Run here, it has the ordinary Gini alone. Five incidents at five of ten places are as even as five can "
            "be; it "
            f"gives {other_tools.classic_gini(even):.2f}, and can give no less for five incidents at ten places. "
            f"Generalised: {generalised_gini(even):.2f}.",
            TESTS + "test_the_ordinary_gini_cannot_fall_below_what_few_incidents_allow",
        ),
    ]
