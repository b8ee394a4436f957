"""The four rules that tell a signal from ordinary variation, in their order of precedence (NHSRplotthedots 0.2.2;
anchors 3.5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import poisson_cdf, poisson_sf
from ourpatch.data.analysis.missing import stretches
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

RUN_LENGTH = 7

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Point(StrEnum):
    """What a point says: common variation, or the first rule (in this order of precedence) that singles it out; or that there
    is no figure.
    """

    COMMON = "common"
    OUTSIDE = "outside"
    TREND = "trend"
    TWO_IN_THREE = "two_in_three"
    ONE_SIDE = "one_side"
    NO_DATA = "no_data"

    @property
    def special(self) -> bool:
        """Whether the point is a signal."""
        return self not in (Point.COMMON, Point.NO_DATA)


NAMES: dict[Point, Message] = {
    Point.OUTSIDE: _("outside the limits"),
    Point.TREND: _("trend of seven or more"),
    Point.TWO_IN_THREE: _("two in three near a limit"),
    Point.ONE_SIDE: _("run on one side of the average"),
}


@dataclass(frozen=True, slots=True)
class Lines:
    """Centre, outer limits and near lines, one of each per point."""

    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats


def judge(
    series: Floats, lines: Lines, phases: Sequence[tuple[int, int]], runs: tuple[Integers, Integers]
) -> tuple[list[Point], list[int]]:
    """What each point says and which way (+1, -1, 0), phase by phase; the first rule that applies wins.

    `series` and `lines` are on one scale, season and exposure already taken out; `runs` are the lengths needed above
    and below the centre. A figure may be missing (NaN): no rule then looks across it, since what was not recorded may
    have turned the trend or ended the run.
    """
    there = ~np.isnan(series)
    points, direction = [Point.COMMON if known else Point.NO_DATA for known in there], [0] * len(series)
    side = _beyond(series, lines.centre, lines.centre)
    outside = _beyond(series, lines.lower, lines.upper)
    near = _beyond(series, lines.near_lower, lines.near_upper) * (outside == 0)
    parts = [(first + a, first + b) for first, last in phases for a, b in stretches(there[first:last])]
    for start, end in parts:
        part = slice(start, end)
        rules = (
            (Point.OUTSIDE, outside[part]),
            (Point.TREND, _trends(series[part])),
            (Point.TWO_IN_THREE, _two_in_three(near[part], side[part])),
            (Point.ONE_SIDE, _one_side(side[part], runs[0][part], runs[1][part])),
        )
        for offset in range(end - start):
            for point, found in rules:
                if found[offset]:
                    points[start + offset], direction[start + offset] = point, int(found[offset])
                    break
    return points, direction


def _beyond(series: Floats, lower: Floats, upper: Floats) -> Integers:
    """+1 above the upper line, -1 below the lower; on a line is neither, whatever the last bit of a mean says."""
    hair = 1e-9 * np.maximum(1.0, np.abs(upper))
    return (series > upper + hair).astype(np.int64) - (series < lower - hair).astype(np.int64)


def _trends(series: Floats) -> list[int]:
    """+1 or -1 for every point of a strict rise or fall of seven points or more."""
    rises = np.sign(np.diff(series)).astype(np.int64)
    return _long_runs(np.concatenate((np.zeros(1, dtype=np.int64), rises)), RUN_LENGTH - 1, lead=1)


def _two_in_three(near: Integers, side: Integers) -> list[int]:
    """The points near a limit wherever two of three neighbours are, all three on the same side of the centre (not
    opposite: issue 143).
    """
    found = [0] * len(near)
    for start in range(len(near) - 2):
        window = slice(start, start + 3)
        if abs(int(side[window].sum())) == 3 and np.count_nonzero(near[window]) >= 2:
            for i in range(start, start + 3):
                found[i] = found[i] or int(near[i])
    return found


def _one_side(side: Integers, above: Integers, below: Integers) -> list[int]:
    """Every point of a run on one side of the centre that is as long as chance requires."""
    found = [0] * len(side)
    for start, end in _stretches(side):
        needed = above if side[start] > 0 else below
        if side[start] and end - start >= int(needed[start:end].max()):
            found[start:end] = [int(side[start])] * (end - start)
    return found


def _long_runs(signs: Integers, least: int, lead: int) -> list[int]:
    """Marks runs of one sign of at least `least`, and `lead` points before each (a rise of six steps has seven
    points).
    """
    found = [0] * len(signs)
    for start, end in _stretches(signs):
        if signs[start] and end - start >= least:
            for i in range(start - lead, end):
                found[i] = found[i] or int(signs[start])
    return found


def _stretches(signs: Integers) -> list[tuple[int, int]]:
    """Start and end of each stretch of equal signs."""
    turns = [0, *(int(i) + 1 for i in np.flatnonzero(np.diff(signs))), len(signs)]
    return [(a, b) for a, b in pairwise(turns) if b > a]


def runs_of_seven(n: int) -> tuple[Integers, Integers]:
    seven = np.full(n, RUN_LENGTH, dtype=np.int64)
    return seven, seven


def runs_by_chance(expected: Floats) -> tuple[Integers, Integers]:
    """Run lengths above and below the centre that are as rare as seven tosses: with a mean of 0.2, four months in
    five have nothing.
    """
    means, places = np.unique(expected, return_inverse=True)
    above = [_run_needed(poisson_sf(math.floor(mean), mean)) for mean in means.tolist()]
    below = [_run_needed(poisson_cdf(math.ceil(mean) - 1, mean)) for mean in means.tolist()]
    return np.array(above, dtype=np.int64)[places], np.array(below, dtype=np.int64)[places]


def _run_needed(chance: float) -> int:
    if not 0.0 < chance < 1.0:
        return RUN_LENGTH
    return max(RUN_LENGTH, math.ceil(RUN_LENGTH * math.log(0.5) / math.log(chance) - 1e-9))
