"""The rules of other tools, restated in our own words and few lines, so that what they give can be seen beside ours.

Each says which tool and version it stands for. Where a tool could be installed its own figures were compared with the
restatement's: esda 2.10.0, pointpats 2.6.0 and inequality 1.2.0. The others were read in their published source.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import poisson_cdf
from ourpatch.data.analysis.evaluation import BeforeAfter
from ourpatch.data.analysis.grids import Neighbours

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# What esda 2.10.0 itself gave, run on the counts of the hot spots page with 999 permutations: the share of cells with p of
# 0.05 or less on the map of pure chance (six runs, three seeds, weights "R" and "B"), and on the sparse map the cells with
# p below 0.05 and those of them below the mean.
ESDA_EVEN = (0.090, 0.123)
ESDA_SPARSE = (664, 616)

# --- hot spots --------------------------------------------------------------------------------------------------------


def sums_by_chance(values: Floats, neighbours: Neighbours, permutations: int, seed: int) -> tuple[Floats, Floats]:
    """What lies around each cell, and what lies there when all others are shuffled: shapes (n,), (n, permutations)."""
    n, widest = len(values), int(neighbours.sizes.max())
    lists = np.random.default_rng(seed).random((permutations, n - 1)).argpartition(widest, axis=1)[:, :widest]
    chance = np.empty((n, permutations))
    for cell in range(n):
        others = np.delete(values, cell)
        chance[cell] = others[lists[:, : neighbours.sizes[cell]]].sum(axis=1)
    return neighbours.sums(values), chance


def p_by_the_smaller_tail(observed: Floats, chance: Floats) -> Floats:
    """esda 2.10.0's default ("directed"): count how often chance is as great, and take the other tail if that is less."""
    greater = (chance >= observed[:, None]).sum(axis=1)
    tail = np.minimum(greater, chance.shape[1] - greater)
    return np.asarray((tail + 1) / (chance.shape[1] + 1))


def p_by_mirrored_percentiles(observed: float, chance: Floats) -> float:
    """esda 2.10.0's alternative="two-sided": chance beyond the percentile of the observed and the one mirrored in it."""
    at = 100 * float((chance <= observed).mean())
    low, high = np.percentile(chance, [min(at, 100 - at), 100 - min(at, 100 - at)])
    outside = int((chance <= low).sum() + (chance >= high).sum())
    return (outside + 1) / (len(chance) + 1)


def p_of_a_normal(z: Floats) -> Floats:
    """sfhotspot (commit 651c4a3), hotspot_gistar: twice the normal tail beyond the standardised Gi*, not adjusted."""
    return np.array([2 * NormalDist().cdf(-abs(one)) for one in z.tolist()])


def recent_share(hot: Sequence[bool], recent: int) -> float:
    """sfhotspot (commit c36b28a), hotspot_classify: from `recent` columns before the last to the last, over `recent`."""
    return sum(hot[len(hot) - recent - 1 :]) / recent


def classified(hot: Sequence[bool]) -> str:
    """sfhotspot (commit c36b28a), hotspot_classify with its defaults, for hot spots."""
    n = len(hot)
    recent = math.floor(0.2 * n)
    older, late = sum(hot[: n - recent]) / (n - recent), recent_share(hot, recent)
    if sum(hot) / n >= 0.8:
        return "persistent"
    if older < 0.1 and late >= 0.2:
        return "emerging"
    if older >= 0.1 and late < 0.1:
        return "former"
    return "intermittent" if sum(hot) / n >= 0.1 else "no pattern"


# --- density ----------------------------------------------------------------------------------------------------------


def plain_quartic(at: Floats, incidents: Floats, radius: float) -> Floats:
    """A kernel sum without a word about edges: shapes (m, 2) and (n, 2), per square unit. Its kernel sums to one."""
    apart = np.hypot(*(at[:, None, k] - incidents[None, :, k] for k in (0, 1)))
    inside = np.maximum(1 - (apart / radius) ** 2, 0)
    return np.asarray((3 / (math.pi * radius**2) * inside**2).sum(axis=1))


def scaled_quartic(apart: Floats, radius: float) -> Floats:
    """SpatialKDE (commit 202f034), kernel="quartic", scaled=TRUE: its factor is 116/5 times 15/16 over pi h squared."""
    return np.asarray(116 / 5 * 15 / 16 / (math.pi * radius**2) * np.maximum(1 - (apart / radius) ** 2, 0) ** 2)


# --- near repeat ------------------------------------------------------------------------------------------------------


def near_repeat_calculator_band(value: float, width: float) -> str:
    """The Near Repeat Calculator, as its differences were found by Steenbeek: "a to b" holds what is [a - 1, b)."""
    number = int(value // width)
    return f"{0 if number == 0 else number * width + 1:g} to {(number + 1) * width:g}"


def p_of_more_than(observed: int, mean: float) -> float:
    """pointpats 2.6.0, Knox.p_poisson: one less the chance of `observed` or fewer."""
    return 1 - poisson_cdf(observed, mean)


# --- concentration ----------------------------------------------------------------------------------------------------


def classic_gini(counts: Sequence[int]) -> float:
    """inequality 1.2.0, Gini: half the mean difference over the mean."""
    x = np.array(counts, dtype=np.float64)
    return float(np.abs(np.subtract.outer(x, x)).mean() / 2 / x.mean())


# --- change -----------------------------------------------------------------------------------------------------------


def xmr_limits(values: Sequence[float], *, screened: bool) -> tuple[float, float]:
    """Mean and 2.66 mean moving ranges with no floor: NHSRplotthedots (commit 090abfa) screens them by default,
    qicharts2 (commit 03470c0), chart "i", does not.
    """
    series = np.array(values, dtype=np.float64)
    ranges = np.abs(np.diff(series))
    kept = ranges[ranges < 3.267 * ranges.mean()] if screened else ranges
    reach = 2.66 * float(kept.mean())
    return float(series.mean()) - reach, float(series.mean()) + reach


def two_in_three_on_any_side(near: Sequence[int]) -> list[bool]:
    """NHSRplotthedots before its issue 143 was mended: two of three near a limit, whichever limit. `near`: +1, -1, 0."""
    found = [False] * len(near)
    for start in range(len(near) - 2):
        if sum(map(bool, near[start : start + 3])) >= 2:
            for i in range(start, start + 3):
                found[i] = found[i] or bool(near[i])
    return found


def g_limit(gaps: Sequence[int]) -> float:
    """qicharts2 (commit 03470c0), chart "g": the mean and three standard deviations of a geometric count."""
    mean = float(np.mean(gaps))
    return mean + 3 * math.sqrt(mean * (mean + 1))


def c_limit(counts: Sequence[int]) -> float:
    """qicharts2 (commit 03470c0), chart "c": the mean and three of its square roots."""
    mean = float(np.mean(counts))
    return mean + 3 * math.sqrt(mean)


# --- comparison -------------------------------------------------------------------------------------------------------


def published_dispersion(counts: Floats, size: Floats, centre: float) -> tuple[float, float]:
    """Dispersion and variance among areas as Spiegelhalter (2005, 2012) and FunnelPlotR (commit 225b14d) have them: mean
    squared z with a tenth pulled in at either end, and the moments of that; nothing for what pulling in takes away.
    """
    s = 0.5 / np.sqrt(size)
    z = (np.sqrt(counts / size) - math.sqrt(centre)) / s
    dispersion = float((np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2).mean())
    weight, n = 1 / s**2, len(counts)
    between = (n * dispersion - (n - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return dispersion, max(0.0, float(between))


def beyond_published_limits(counts: Floats, size: Floats) -> int:
    """Areas beyond the 99.8 % limits that follow from `published_dispersion`."""
    centre = float(counts.sum() / size.sum())
    between = published_dispersion(counts, size, centre)[1]
    z = (np.sqrt(counts / size) - math.sqrt(centre)) / np.sqrt(0.25 / size + between)
    return int((np.abs(z) > NormalDist().inv_cdf(0.999)).sum())


# --- evaluation -------------------------------------------------------------------------------------------------------


def normal_difference(response: BeforeAfter, control: BeforeAfter) -> tuple[float, float]:
    """The difference of Wheeler and Ratcliffe (2018) with its published normal interval, whatever the counts."""
    change = (response.after - response.before) - (control.after - control.before)
    reach = NormalDist().inv_cdf(0.975) * math.sqrt(response.after + response.before + control.after + control.before)
    return change - reach, change + reach


def least_squares_differences(panel: Floats, treated: Flags, first_after: int) -> tuple[float, float]:
    """Difference in differences by least squares, each month of each area a separate witness: its 95 % interval."""
    after = np.arange(panel.shape[1]) >= first_after
    columns = [np.ones(panel.size), np.repeat(treated, panel.shape[1]), np.tile(after, len(panel))]
    design = np.column_stack([*columns, columns[1] * columns[2]]).astype(np.float64)
    return _least_squares(design, panel.ravel(), 3)


def least_squares_series(values: Floats, first_after: int) -> tuple[float, float]:
    """Segmented regression by least squares, errors taken as independent: the 95 % interval of the total after."""
    time = np.arange(len(values), dtype=np.float64)
    after = (time >= first_after).astype(np.float64)
    design = np.column_stack([np.ones(len(values)), time - first_after, after, after * (time - first_after)])
    weights = np.concatenate((np.zeros(2), design[first_after:, 2:].sum(axis=0)))
    return _least_squares(design, values, weights)


def _least_squares(design: Floats, y: Floats, wanted: int | Floats) -> tuple[float, float]:
    weights = np.eye(design.shape[1])[wanted] if isinstance(wanted, int) else wanted
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    left = y - design @ beta
    spread = np.linalg.inv(design.T @ design) * float(left @ left) / (len(y) - design.shape[1])
    estimate, reach = float(weights @ beta), 1.96 * math.sqrt(float(weights @ spread @ weights))
    return estimate - reach, estimate + reach


# --- surveys ----------------------------------------------------------------------------------------------------------


def raked_without_own_weights(
    weights: Floats, first: Sequence[str], second: Sequence[str], targets: Sequence[dict[str, float]]
) -> Floats:
    """balance before its issue 431 was mended: cells are raked rightly, and then all answers of one cell weigh alike."""
    fitted = weights / weights.sum()
    for _round in range(200):
        for names, target in zip((first, second), targets, strict=True):
            for name, wanted in target.items():
                these = np.array([one == name for one in names])
                fitted[these] *= wanted / fitted[these].sum()
    cells = [f"{a} {b}" for a, b in zip(first, second, strict=True)]
    own = np.empty_like(fitted)
    for cell in set(cells):
        these = np.array([one == cell for one in cells])
        own[these] = fitted[these].sum() / weights[these].sum()
    return own / own.sum()


def trimmed_afterwards(weights: Floats, cap: float) -> Floats:
    """Weights cut at so many times their mean once raking is over, and scaled back to their sum."""
    cut = np.minimum(weights, cap * weights.mean())
    return np.asarray(cut * weights.sum() / cut.sum())
