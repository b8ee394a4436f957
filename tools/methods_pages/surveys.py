"""The page about the arithmetic of surveys."""

from __future__ import annotations

import numpy as np
from tests.data.test_analysis_surveys import AGES, SEXES, TARGETS
from tests.data.test_analysis_surveys_golden import FULL, SCORE, WEIGHT, YES, raked
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, fence, paragraphs, said, table
from tools.methods_pages.measured import kept, percent

from ourpatch.data.analysis import surveys as module
from ourpatch.data.analysis.surveys import Window, compare_windows, kish, mean, rake, share, smallest_change, wilson

TESTS = "tests/docs/test_other_tools.py::TestSurveys::"
FIRST = ["a"] * 60 + ["b"] * 40
SECOND = ["x"] * 20 + ["y"] * 40 + ["x"] * 20 + ["y"] * 20


def page() -> Page:
    """Everything the page says, from runs of today."""
    quarters = [frozenset({f"q{i}" for i in range(start, start + 4)}) for start in (1, 2, 5)]
    overlap = compare_windows(Window(quarters[0], 0.40, 400), Window(quarters[1], 0.43, 400))
    return Page(
        title="Surveys",
        question="What share of people think so, how sure can we be, and has it changed?",
        formula=_formula(),
        example=_example(str(overlap.sentences[0])),
        defaults=[
            ("cap on weights", "5 times the mean", "one answer must not speak for a street; what it costs is printed"),
            ("interval", "Wilson's, on effective answers", "good near 0 and 100 % too, where the usual one is not"),
            (
                "few answers",
                f"not to be published below {module.FEW_ANSWERS} effective answers",
                "a habit of the trade",
            ),
            (
                "rounds of raking",
                f"at most {module.MOST_ROUNDS}",
                "what has not met by then hardly will; the gap is printed",
            ),
            ("power of the smallest change", "80 %", "usual in planning"),
            ("windows that share answers", "not compared", "they are partly the same answers"),
        ],
        assumptions=(
            "Those who answered are, within the groups that are weighted, like those who did not. No weighting can "
            "check that.",
            "The design is as given: which answers came from one cluster, and from which stratum, and how large the "
            "population is, if that is said.",
            "For an open survey on the web nobody was drawn by chance: the interval tells of chance only, and not of "
            "who chose to answer.",
        ),
        not_shown=(
            "What people who never answer surveys think.",
            "That a question measures what it is meant to.",
            "A change in a ward of a hundred answers, unless it is very large (see the smallest change above).",
            "Why a share changed.",
        ),
        promises=_promises(),
        others=_others(),
        references=(
            "Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table. "
            "Annals of Mathematical Statistics 11.",
            "Kish, L. (1965). Survey Sampling. Wiley.",
            "Lumley, T. survey, a package for R.",
            "Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. "
            "Statistics in Medicine 17.",
            "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of "
            "the American Statistical Association 22.",
        ),
    )


def _formula() -> str:
    return paragraphs(
        "Raking: each answer begins with its design weight. For one margin after another (sex, age, ...), the "
        "weights of a category are multiplied so that their sum is the population's; again and again until all "
        "margins fit. No weight may exceed the cap: what is cut off is shared among the others in every round, and "
        "the rounds go on.",
        fence(
            """
            Kish's design effect = n x (sum of w²) / (sum of w)²
            effective answers    = n / design effect
            """
        ),
        "A share p of weighted answers has a standard error by Taylor's series, over clusters within strata:",
        fence(
            """
            score of an answer  = w (y - p) / sum of w
            variance            = sum over strata of  k/(k-1) x sum over its k clusters of (cluster's score - their mean)²
            design effect       = variance / ( p (1 - p) / (n - 1) )
            """
        ),
        "Where it is said how many clusters each stratum holds (people, where there are no clusters), each stratum's part "
        "is multiplied by the share of them that was not drawn: a sample that is half of its population has half the "
        "variance. Where it is also said how many people each cluster holds, because only some of them were asked, the "
        "second draw adds its own part. Without either, the population counts as endless, and the interval is rather too "
        "wide than too short.",
        fence(
            """
            each stratum's part   x (1 - k/K)                               K: its clusters, asked or not
            the second draw adds  k/K x (1 - m/M) x m/(m-1) x sum over a cluster's m answers of (score - their mean)²
            """
        ),
        "Its interval is Wilson's on n / design effect answers, with Student's quantile for (clusters - strata) "
        "degrees of freedom:",
        fence(
            """
            ( p + t²/2n ± t sqrt( p(1-p)/n + t²/4n² ) ) / ( 1 + t²/n )        n here: the effective answers
            """
        ),
        "With raked weights, each score is first freed of what its categories explain, so that the error counts what "
        "raking gained; where a target was missed, nothing is counted. A mean has the same error and Student's "
        "interval. For part of a sample (a ward, the women) the others still show how the sample was drawn.",
        "A design effect of 1.25 means: the interval is as wide as if only n / 1.25 people had been asked at random. "
        "Two "
        "shares are compared by Newcombe's interval, from their two Wilson intervals.",
        "The smallest change that two separate samples would show with a power of 80 % at 95 % confidence:",
        fence("(1.960 + 0.842) x sqrt( p (1 - p) x design effect x (1/n1 + 1/n2) )"),
    )


def _example(overlap: str) -> str:
    ten = rake([1.0] * 10, {"sex": SEXES, "age": AGES}, TARGETS)
    unequal = kish([1.0] * 50 + [3.0] * 50)
    ward = wilson(0.49, 400 / 1.5)
    later = compare_windows(Window(frozenset("a"), 48 / 80, 80), Window(frozenset("b"), 56 / 70, 70))
    assert later.interval is not None
    assert later.estimate is not None
    return paragraphs(
        f"Raking ten answers (six women; five old) to 51 % women and 30 % old: weights from {min(ten.weights):.2f} to "
        f"{max(ten.weights):.2f}; rounds: {ten.rounds}. What it says:",
        said(ten.sentences),
        f"Fifty answers of weight 1 and fifty of weight 3: design effect {unequal.design_effect:.2f}, worth "
        f"{unequal.effective:.0f} plain answers.",
        f"49 % of 400 answers with a design effect of 1.5: 95 % interval {percent(ward.lower)} to "
        f"{percent(ward.upper)}.",
        f"The smallest change shown by two samples of 200 at 50 %: {100 * smallest_change(0.5, (200, 200)):.1f} "
        f"percentage points; of 100: {100 * smallest_change(0.5, (100, 100)):.1f}; of 400 with a design effect of "
        f"1.5: {100 * smallest_change(0.5, (400, 400), design_effect=1.5):.1f}.",
        f"48 of 80, later 56 of 70 (Newcombe 1998): {100 * later.estimate:+.1f} percentage points, 95 % interval "
        f"{100 * later.interval.lower:+.2f} to {100 * later.interval.upper:+.2f}.",
        f'Windows of four quarters that have three quarters in common: "{overlap}"',
        _beside_r(),
    )


def _beside_r() -> str:
    strata, clusters = FULL["strata"], FULL["clusters"]
    plain = share(YES, WEIGHT, strata=strata, clusters=clusters, method="logit")
    gained = share(YES, raked(), strata=strata, clusters=clusters, method="logit")  # type: ignore[no-untyped-call]
    score = mean(SCORE, WEIGHT, strata=strata, clusters=clusters)
    return (
        f"A made-up sample of {plain.answers} answers with strata, clusters and unequal weights, which R's package "
        f"survey has worked out too: share {plain.value:.10f}, standard error {plain.standard_error:.11f}, design "
        f"effect {plain.design_effect:.8f}, 95 % interval (logit) {plain.interval.lower:.10f} to "
        f"{plain.interval.upper:.10f}; mean score {score.value:.9f}, standard error {score.standard_error:.10f}. With "
        f"raked weights the share is {gained.value:.10f} and its standard error {gained.standard_error:.11f}. R's "
        "figures are kept with the tests, which hold ours to at least six digits: "
        "`tests/data/test_analysis_surveys_golden.py::test_shares`, "
        "`tests/data/test_analysis_surveys_golden.py::test_means`, "
        "`tests/data/test_analysis_surveys_golden.py::test_raked_weights`, "
        "`tests/data/test_analysis_surveys_golden.py::test_what_raking_gains`. So are its figures of a second made-up sample, "
        "from populations of known size: people in strata, clusters in strata, and people within clusters, for all, for the "
        "women and with raked weights: `tests/data/test_analysis_surveys_golden.py::TestFinitePopulations`. Where R is "
        "installed, the examples of its own manual are asked of both, and agree: apistrat 662.29 (standard error 9.4089), "
        "apiclus1 644.17 (23.542) and, in two stages, apiclus2 670.81 (30.099): "
        "`tests/data/test_analysis_surveys_golden.py::test_rs_own_examples`."
    )


def _promises() -> str:
    figures = kept("surveys")
    rows = [
        ("30 clusters of 10 whose own shares differ: Wilson holds the truth", "95 %", figures["clusters wilson"]),
        ("the same: logit", "95 %", figures["clusters logit"]),
        ("the same, clusters left out of the sum", "95 %", figures["clusters unminded"]),
        ("three strata, weighted: Wilson holds the truth", "95 %", figures["strata"]),
        ("two windows of 400, nothing changed: a change is shown", "5 %", figures["windows"]),
    ]
    return paragraphs(
        "Samples from populations whose share is known, 1,000 of each (2,000 for windows). In brackets 95 % "
        "intervals (Wilson).",
        table(("asked", "promised", "seen"), rows),
        "The third row is what happens when clusters (streets, interviewers) are left out of the sum: the interval "
        "is too short. Always give them.",
        "Tests: `tests/data/test_analysis_surveys.py::TestShare`, `tests/data/test_analysis_surveys.py::TestRaking`, "
        "`tests/data/test_analysis_surveys.py::TestWindows`.",
    )


def women_by_tool() -> tuple[float, float]:
    """Weighted share of category "a", which should be 50 %: by the tool's old rule, and ours."""
    targets = [{"a": 0.5, "b": 0.5}, {"x": 0.5, "y": 0.5}]
    theirs = other_tools.raked_without_own_weights(own_weights(), FIRST, SECOND, targets)
    ours = rake(
        own_weights().tolist(),
        {"first": FIRST, "second": SECOND},
        {"first": targets[0], "second": targets[1]},
        cap=None,
    )
    first = np.array([one == "a" for one in FIRST])
    return float(theirs[first].sum()), float(np.array(ours.weights)[first].sum() / 100)


def own_weights() -> np.typing.NDArray[np.float64]:
    """Design weights that differ within cells."""
    return np.where(np.arange(100) % 7 == 0, 5.0, 1.0) * np.where(np.arange(100) < 20, 2.0, 1.0)


def trimmed_shares() -> tuple[float, float]:
    """Weighted share of a small group whose target is 20 %, cap 3: trimmed after raking, and capped within it."""
    groups = {"one": ["s"] * 4 + ["t"] * 6 + ["t"] * 90, "two": ["u"] * 2 + ["v"] * 2 + ["u"] * 6 + ["v"] * 90}
    targets = {"one": {"s": 0.11, "t": 0.89}, "two": {"u": 0.2, "v": 0.8}}
    whole = np.array(rake([1.0] * 100, groups, targets, cap=None).weights)
    after = other_tools.trimmed_afterwards(whole, 3)
    within = np.array(rake([1.0] * 100, groups, targets, cap=3).weights)
    these = np.array([one == "u" for one in groups["two"]])
    return float(after[these].sum() / after.sum()), float(within[these].sum() / within.sum())


def _others() -> list[Difference]:
    theirs, ours = women_by_tool()
    after, within = trimmed_shares()
    return [
        Difference(
            "balance (Python) before its issue 431 was mended in 2026; restated from the issue, not run here.",
            "All answers of one cell got the same weight, whatever their design weights. In a sample of 100 raked to "
            f"50 % and 50 % the one category came out as {percent(theirs)}; ours: {percent(ours)}.",
            TESTS + "test_raking_without_own_weights_misses_its_targets",
        ),
        Difference(
            "balance (source read at commit 001622f): weights are trimmed when raking is over.",
            f"With a cap of three times the mean, a group whose target is 20 % came out as {percent(after)}. "
            f"Ours holds the cap in every round and comes out as {percent(within)}; where the cap "
            "keeps a target out of reach it says by how much.",
            TESTS + "test_trimming_after_raking_misses_its_targets",
        ),
    ]
