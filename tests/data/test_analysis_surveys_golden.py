"""Surveys beside R's `survey`: a made-up sample (answers.csv), and what R printed for it, to six digits and more.

R 4.2.2 with survey 4.1.1:

    d <- read.csv("answers.csv")
    plain <- svydesign(id=~1, weights=~I(rep(1, nrow(d))), data=d)
    weighted <- svydesign(id=~1, weights=~weight, data=d)
    strata <- svydesign(id=~1, strata=~stratum, weights=~weight, data=d)
    clusters <- svydesign(id=~cluster, weights=~weight, data=d)
    full <- svydesign(id=~cluster, strata=~stratum, weights=~weight, nest=TRUE, data=d)
    for each: svymean(~yes, g, deff="replace"); svyciprop(~yes, g, method="logit")
              svymean(~score, g, deff="replace"); confint(., df=degf(g))
    subset(full, age=="65+"); subset(full, sex=="m" & stratum=="north")
    raked <- rake(full, list(~sex, ~age), list(data.frame(sex=c("f","m"), Freq=c(51,49)),
                  data.frame(age=c("16-34","35-64","65+"), Freq=c(30,45,25))),
                  control=list(maxit=500, epsilon=1e-12))
    calibrated <- calibrate(full, ~sex+age, c(`(Intercept)`=100, sexm=49, `age35-64`=45, `age65+`=25),
                            calfun="raking", epsilon=1e-12, maxit=200)
    subset(calibrated, stratum=="south")
"""

import csv
import shutil
import subprocess
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from ourpatch.data.analysis import surveys
from ourpatch.ground.errors import BadInput

pytestmark = [pytest.mark.rules, pytest.mark.golden]

FILES = Path(__file__).parent / "survey_files"
with (FILES / "answers.csv").open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))
COLUMN = {name: [row[name] for row in ROWS] for name in ROWS[0]}
YES = [int(value) for value in COLUMN["yes"]]
SCORE = [float(value) for value in COLUMN["score"]]
WEIGHT = [float(value) for value in COLUMN["weight"]]
STRATA = {"strata": COLUMN["stratum"]}
CLUSTERS = {"clusters": COLUMN["cluster"]}
FULL = {**STRATA, **CLUSTERS}
TARGETS = {"sex": {"f": 51, "m": 49}, "age": {"16-34": 30, "35-64": 45, "65+": 25}}
GROUPS = {"sex": COLUMN["sex"], "age": COLUMN["age"]}

DESIGNS = {"plain": (None, {}), "weighted": (WEIGHT, {}), "strata": (WEIGHT, STRATA)}
DESIGNS |= {"clusters": (WEIGHT, CLUSTERS), "full": (WEIGHT, FULL)}


def numbers(found):
    ends = found.interval.lower, found.interval.upper
    return (found.value, found.standard_error, found.design_effect, *ends)


def as_printed(*printed):
    return pytest.approx(printed, rel=2e-9)


def raked(**more):
    return surveys.rake(WEIGHT, GROUPS, TARGETS, cap=None, **more)


def test_the_sample_is_the_one_that_r_read():
    assert len(ROWS) == 115
    assert (sum(YES), sum(WEIGHT)) == pytest.approx((59, 243.275))


@pytest.mark.parametrize(
    ("design", "printed"),
    [
        ("plain", (0.5130434783, 0.04681335352, 1, 0.4209159575, 0.6042931902)),
        ("weighted", (0.4948145103, 0.05316987283, 1.289266802, 0.3912396336, 0.598836385)),
        ("strata", (0.4948145103, 0.05348716195, 1.304700011, 0.3906215957, 0.599459785)),
        ("clusters", (0.4948145103, 0.06868177305, 2.151268177, 0.352050736, 0.6384289182)),
        ("full", (0.4948145103, 0.07251725719, 2.39824913, 0.3423550571, 0.6482444533)),
    ],
)
def test_shares(design, printed):
    weights, how = DESIGNS[design]
    assert numbers(surveys.share(YES, weights, **how, method="logit")) == as_printed(*printed)


@pytest.mark.parametrize(
    ("design", "printed"),
    [
        ("plain", (3.156521739, 0.09849462216, 1, 2.961404651, 3.351638827)),
        ("weighted", (3.150475799, 0.1139898677, 1.304547831, 2.924662749, 3.376288849)),
        ("strata", (3.150475799, 0.1147249558, 1.321427393, 2.923163005, 3.377788593)),
        ("clusters", (3.150475799, 0.1461536645, 2.144603081, 2.837007365, 3.463944233)),
        ("full", (3.150475799, 0.1548795113, 2.408326957, 2.813022333, 3.487929265)),
    ],
)
def test_means(design, printed):
    weights, how = DESIGNS[design]
    assert numbers(surveys.mean(SCORE, weights, **how)) == as_printed(*printed)


def test_another_confidence():
    found = surveys.share(YES, WEIGHT, **FULL, method="logit", confidence=0.9)
    assert (found.interval.lower, found.interval.upper) == as_printed(0.3687030598, 0.6215892666)


def test_some_of_the_sample():
    """Clusters without anybody of 65 or more still count in their strata, but lend no freedom."""
    old = [age == "65+" for age in COLUMN["age"]]
    found = surveys.share(YES, WEIGHT, **FULL, among=old, method="logit")
    assert numbers(found) == as_printed(0.5328329321, 0.1286978371, 2.328880807, 0.2649352716, 0.7830475123)
    assert found.answers == 36
    scores = surveys.mean(SCORE, WEIGHT, **FULL, among=old)
    assert numbers(scores) == as_printed(3.015767361, 0.2631178666, 1.896404756, 2.429504219, 3.602030502)
    north = [s == "m" and w == "north" for s, w in zip(COLUMN["sex"], COLUMN["stratum"], strict=True)]
    found = surveys.share(YES, WEIGHT, **FULL, among=north, method="logit")
    assert numbers(found) == as_printed(0.3949752715, 0.1884394193, 3.269062046, 0.07918472042, 0.8320999566)


def test_raked_weights():
    found = raked()
    first = (1.633340885, 1.992804844, 1.498751848, 1.118919902, 2.00860277, 1.025586137, 1.087983966, 0.9798956383)
    assert found.weights[:8] == pytest.approx(first, rel=1e-6)
    assert sum(w**2 for w in found.weights) == pytest.approx(156.3728014, rel=1e-7)
    assert (min(found.weights), max(found.weights)) == pytest.approx((0.2033084336, 3.470858852), rel=1e-6)


def test_raked_weights_taken_as_they_are():
    found = surveys.share(YES, raked().weights, **FULL, method="logit")
    printed = (0.4869462762, 0.0731801096, 2.443695389, 0.3339341284, 0.6424448342)
    assert numbers(found) == pytest.approx(printed, rel=1e-6)


def test_what_raking_gains():
    """As after calibrate(calfun="raking"). R's rake() leaves the design weights out of its residuals: 0.07071755695."""
    found = surveys.share(YES, raked(), **FULL, method="logit")
    printed = (0.486946276169, 0.0721117104412, 2.37286238514, 0.336009791857, 0.640301637093)
    assert numbers(found) == pytest.approx(printed, rel=1e-6)
    scores = surveys.mean(SCORE, raked(), **FULL)
    assert numbers(scores)[:2] == pytest.approx((3.12733798131, 0.129916412041), rel=1e-6)
    south = [name == "south" for name in COLUMN["stratum"]]
    found = surveys.share(YES, raked(), **FULL, among=south, method="logit")
    assert numbers(found) == pytest.approx(
        (0.447249609622, 0.065473202748, 0.728278407438, 0.279467391372, 0.627971823069), rel=1e-6
    )


def test_gain_needs_every_target_met():
    missed, held = (surveys.rake(WEIGHT, GROUPS, TARGETS, cap=cap) for cap in (1.5, 2.0))
    assert not missed.converged
    assert held.converged
    assert held.capped == 9
    for found, gains in ((missed, False), (held, True)):
        errors = [surveys.share(YES, weights, **FULL).standard_error for weights in (found, found.weights)]
        assert (errors[0] < errors[1]) is gains
        assert gains or errors[0] == errors[1]


def test_a_margin_that_explains_the_answers_leaves_nothing_to_vary():
    answers = [sex == "f" for sex in COLUMN["sex"]]
    found = surveys.share(answers, raked(), **FULL)
    assert found.value == pytest.approx(0.51)
    assert found.standard_error == pytest.approx(0, abs=1e-7)


def test_whose_answers_do_not_matter_may_be_missing():
    old = np.array([age == "65+" for age in COLUMN["age"]])
    holes = np.where(old, YES, np.nan)
    assert surveys.share(holes, WEIGHT, **FULL, among=old.tolist()) == surveys.share(YES, WEIGHT, **FULL, among=old)
    with pytest.raises(BadInput, match="who did not answer"):
        surveys.share(holes, WEIGHT, **FULL)
    with pytest.raises(BadInput, match="who did not answer"):
        surveys.mean(SCORE, among=[False] * 115)
    with pytest.raises(BadInput, match="one value for each answer"):
        surveys.mean(SCORE, among=[True])


def test_a_mean_says_what_it_is():
    found = surveys.mean(SCORE, WEIGHT, **FULL)
    assert str(found.sentences[0]) == "Mean 3.15, between 2.81 and 3.49 (95% interval)."
    assert len(found.table().rows[0]) == len(found.table().heads)
    assert surveys.mean([4.0] * 60).interval.lower == 4


def of_file(name):
    """The columns of a file of answers."""
    with (FILES / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def floats(texts):
    return [float(text) for text in texts]


def times_over(groups, holds, within=None):
    """How many each answer stands for: what its group holds over how many of it were drawn."""
    drawn = {
        group: len({one for one, other in zip(within or range(len(groups)), groups, strict=True) if other == group})
        for group in set(groups)
    }
    return [held / drawn[group] for group, held in zip(groups, holds, strict=True)]


class TestFinitePopulations:
    """A made-up sample, finite.csv, and what finite.R beside it printed: finite.txt."""

    made = of_file("finite.csv")
    people = times_over(made["stratum"], floats(made["residents"]))
    clusters = times_over(made["stratum"], floats(made["clusters_in"]), made["cluster"])
    within = times_over(made["cluster"], floats(made["people_in"]))
    designs: ClassVar = {
        "people": (people, {"drawn_from": floats(made["residents"])}),
        "clusters": (clusters, {"clusters": made["cluster"], "drawn_from": floats(made["clusters_in"])}),
        "stages": (
            [a * b for a, b in zip(clusters, within, strict=True)],
            {
                "clusters": made["cluster"],
                "drawn_from": floats(made["clusters_in"]),
                "members": floats(made["people_in"]),
            },
        ),
    }

    @pytest.mark.parametrize("line", (FILES / "finite.txt").read_text(encoding="utf-8").splitlines())
    def test_as_r_printed(self, line):
        name, whose, *printed = line.split()
        weights, how = self.designs[name]
        among = [sex == "f" for sex in self.made["sex"]] if whose == "women" else None
        if whose == "raked":
            weights = surveys.rake(weights, {"sex": self.made["sex"]}, {"sex": {"f": 51, "m": 49}}, cap=None)
        how = {"strata": self.made["stratum"], "among": among, **how}
        found = surveys.mean(floats(self.made["score"]), weights, **how)
        wanted = floats(printed)
        close = 1e-6 if whose == "raked" else 1e-9
        assert numbers(found) == pytest.approx(wanted[:5], rel=close)
        found = surveys.share(floats(self.made["yes"]), weights, method="logit", **how)
        assert numbers(found) == pytest.approx(wanted[5:], rel=close)

    def test_says_what_was_counted(self):
        said = {}
        for name, (weights, how) in self.designs.items():
            found = surveys.mean(floats(self.made["score"]), weights, strata=self.made["stratum"], **how)
            said[name] = [str(each) for each in found.sentences if each.key == "finite"]
        assert (
            said["people"]
            == said["clusters"]
            == ["The interval counts that the sample is a part of a population of known size."]
        )
        assert said["stages"] == [
            "The interval counts that clusters, and people in them, were drawn from a population of known size."
        ]
        assert "finite" not in {each.key for each in surveys.mean(SCORE, WEIGHT, **FULL).sentences}


R_EXAMPLES = """
suppressMessages(library(survey)); data(api); options(digits = 12)
a <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
b <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
c <- svydesign(id = ~ dnum + snum, fpc = ~ fpc1 + fpc2, data = apiclus2)
give <- function(design, strata, clusters, from, members, score) {
  m <- svymean(~score, update(design, score = score), deff = "replace")
  cat(coef(m), SE(m), deff(m), confint(m, df = degf(design)), "\\n")
  for (each in list(strata, clusters, weights(design), from, members, score)) cat(as.character(each), "\\n")
}
same <- function(d) rep("", nrow(d))
give(a, apistrat$stype, same(apistrat), apistrat$fpc, same(apistrat), apistrat$api00)
give(b, rep("all", nrow(apiclus1)), apiclus1$dnum, apiclus1$fpc, same(apiclus1), apiclus1$api00)
give(c, rep("all", nrow(apiclus2)), apiclus2$dnum, apiclus2$fpc1, apiclus2$fpc2, apiclus2$api00)
"""


def asked_of_r():
    """R's package with its own data, which is not ours to pass on: it is read where R is installed."""
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed here.")
    said = subprocess.run([program, "-e", R_EXAMPLES], capture_output=True, text=True, timeout=120, check=False)
    if said.returncode:
        pytest.skip("R's package survey is not installed here.")
    return said.stdout.splitlines()


def test_rs_own_examples():
    """apistrat (strata), apiclus1 (clusters) and apiclus2 (two stages), as survey's manual asks them."""
    lines = asked_of_r()
    assert len(lines) == 21
    published = {0: (662.29, 9.4089), 7: (644.17, 23.542), 14: (670.81, 30.099)}
    for start, manual in published.items():
        printed, strata, clusters, weights, drawn_from, members, score = (
            line.split() for line in lines[start : start + 7]
        )
        found = surveys.mean(
            floats(score),
            floats(weights),
            strata=strata,
            clusters=clusters or None,
            drawn_from=floats(drawn_from),
            members=floats(members) or None,
        )
        assert numbers(found) == pytest.approx(floats(printed), rel=1e-9)
        assert numbers(found)[:2] == pytest.approx(manual, rel=3e-5)
