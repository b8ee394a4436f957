"""Hot spots over time: persistent, emerging, former, intermittent or none, by rules that are printed with the result.

Five classes that anybody can work out by hand from the list of periods in which a cell was hot; more would be finer than the
data. Sources: Ashby's sfhotspot (the classes); anchors 3.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.grids import Grid, Neighbours
from ourpatch.data.analysis.hotspots import ALPHA, LEAST, SEED, enough_incidents
from ourpatch.data.analysis.local_test import Progress, conditional_p
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

FEWEST_PERIODS = 6
PERMUTATIONS = 99_999

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Pattern(StrEnum):
    """What a cell has been over the periods, in the order in which the rules are asked."""

    PERSISTENT = "persistent"
    EMERGING = "emerging"
    FORMER = "former"
    INTERMITTENT = "intermittent"
    NONE = "none"


NAMES: dict[Pattern, Message] = {
    Pattern.PERSISTENT: _("Persistent"),
    Pattern.EMERGING: _("Emerging"),
    Pattern.FORMER: _("Former"),
    Pattern.INTERMITTENT: _("Intermittent"),
    Pattern.NONE: _("No pattern"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Shares of the periods; each becomes a number of periods, rounded up, one at least.

    `persistent`: of all. `recent`: which of them are the recent ones. `recent_hot`: of the recent, to be emerging. `hot`: of
    the earlier (to be former) or of all (to be intermittent); in fewer of the earlier than that, an emerging spot is new.
    """

    persistent: float = 0.8
    recent: float = 0.25
    recent_hot: float = 0.5
    hot: float = 0.2

    def numbers(self, periods: int) -> Numbers:
        """The rules as numbers of periods. Raises BadInput for shares outside 0 to 1, and for too few periods."""
        if not all(0 < share <= 1 for share in (self.persistent, self.recent, self.recent_hot, self.hot)):
            raise BadInput(_("Each share of the rules lies above 0 and is at most 1."))
        if periods < FEWEST_PERIODS:
            raise BadInput(
                _(
                    "A pattern needs %(fewest)s periods or more: divide the time more finely, or use a longer one.",
                    fewest=FEWEST_PERIODS,
                )
            )
        recent = min(_at_least(self.recent, periods), periods - 1)
        return Numbers(
            periods=periods,
            recent=recent,
            persistent=_at_least(self.persistent, periods),
            recent_hot=_at_least(self.recent_hot, recent),
            earlier_hot=_at_least(self.hot, periods - recent),
            hot=_at_least(self.hot, periods),
        )


@dataclass(frozen=True, slots=True)
class Numbers:
    """The rules in periods: how many there are, how many of the last are recent, and in how many a cell must be hot."""

    periods: int
    recent: int
    persistent: int
    recent_hot: int
    earlier_hot: int
    hot: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """The pattern of each cell; `hot_periods`, `hot_recently`: in how many of all and of the recent periods it was hot."""

    patterns: tuple[Pattern, ...]
    hot_periods: tuple[int, ...]
    hot_recently: tuple[int, ...]
    numbers: Numbers
    keys: tuple[str, ...]
    sentences: tuple[Sentence, ...]

    def count(self, pattern: Pattern) -> int:
        """How many cells have a pattern."""
        return self.patterns.count(pattern)

    def table(self) -> Table:
        """Cells that have a pattern, by pattern, from the one most often hot."""
        heads = (_("Pattern"), _("Cell"), _("Periods hot"), _("Recent periods hot"))
        order = list(Pattern)
        rows = sorted(
            (
                one
                for one in zip(self.patterns, self.keys, self.hot_periods, self.hot_recently, strict=True)
                if one[0] is not Pattern.NONE
            ),
            key=lambda one: (order.index(one[0]), -one[2], one[1]),
        )
        return Table(heads, tuple((NAMES[one[0]], *one[1:]) for one in rows))


def classify(hot: npt.ArrayLike, *, rules: Rules | None = None, keys: tuple[str, ...] | None = None) -> Patterns:
    """Patterns from which cells were hot in which periods: shape (cells, periods), the oldest first. Raises BadInput as
    `Rules.numbers`, and for another shape.
    """
    flags = np.asarray(hot, dtype=np.bool_)
    if flags.ndim != 2 or not len(flags):
        raise BadInput(_("Give a row for each cell and a column for each period."))
    numbers = (Rules() if rules is None else rules).numbers(flags.shape[1])
    names = tuple(str(i) for i in range(len(flags))) if keys is None else keys
    if len(names) != len(flags):
        raise BadInput(_("Give one key for each cell."))
    everywhen = flags.sum(axis=1)
    recently = flags[:, numbers.periods - numbers.recent :].sum(axis=1)
    found = Patterns(
        patterns=tuple(_pattern(a, r, numbers) for a, r in zip(everywhen.tolist(), recently.tolist(), strict=True)),
        hot_periods=tuple(everywhen.tolist()),
        hot_recently=tuple(recently.tolist()),
        numbers=numbers,
        keys=names,
        sentences=(),
    )
    return replace(found, sentences=(*_findings(found), *_choices(numbers), *_cautions(found)))


def hot_spot_patterns(
    grid: Grid,
    counts: npt.ArrayLike,
    *,
    neighbours: Neighbours | None = None,
    rules: Rules | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alpha: float = ALPHA,
    least: int = LEAST,
    progress: Progress | None = None,
) -> Patterns:
    """Patterns from counts of shape (cells, periods), the oldest first: Gi* in each period, p adjusted over all cells and
    periods together. Else as `hotspots.hot_spots`. Raises BadInput for counts that are none and for too few periods.
    """
    cube = _cube(grid, counts)
    (Rules() if rules is None else rules).numbers(cube.shape[1])
    if permutations < 1 or not 0 < alpha < 1 or least < 1:
        raise BadInput(
            _("Ask for one permutation or more, a false-discovery rate between 0 and 1, and one incident or more.")
        )
    beside = grid.neighbours() if neighbours is None else neighbours
    p, enough = np.ones(cube.shape), np.zeros(cube.shape, dtype=np.bool_)
    for period in range(cube.shape[1]):
        these = cube[:, period]
        p[:, period] = conditional_p(these, beside, permutations, seed)
        enough[:, period] = enough_incidents(these, these + beside.sums(these), least)
        if progress is not None:
            progress(period + 1, cube.shape[1])
    found = classify((false_discovery(p) <= alpha) & enough, rules=rules, keys=grid.keys)
    told = _how(permutations, seed, alpha, least, p.size)
    return replace(found, sentences=(*found.sentences, choice("neighbours", beside.rule), *told, *grid.sentences))


def _pattern(everywhen: int, recently: int, numbers: Numbers) -> Pattern:
    earlier = everywhen - recently
    if everywhen >= numbers.persistent:
        return Pattern.PERSISTENT
    if recently >= numbers.recent_hot and earlier < numbers.earlier_hot:
        return Pattern.EMERGING
    if earlier >= numbers.earlier_hot and not recently:
        return Pattern.FORMER
    return Pattern.INTERMITTENT if everywhen >= numbers.hot else Pattern.NONE


def _at_least(share: float, periods: int) -> int:
    return max(1, math.ceil(share * periods - 1e-9))


def _cube(grid: Grid, counts: npt.ArrayLike) -> Floats:
    cube = np.asarray(counts, dtype=np.float64)
    if cube.ndim != 2 or cube.shape[0] != len(grid):
        raise BadInput(_("Give a row for each cell and a column for each period."))
    if not np.isfinite(cube).all() or (cube < 0).any() or (cube != np.round(cube)).any():
        raise BadInput(_("Counts are whole numbers from zero; leave out a cell without a figure."))
    if not cube.any():
        raise BadInput(_("There are no incidents to count: choose another category, period or area."))
    return cube


# --- words ------------------------------------------------------------------------------------------------------------


def _findings(found: Patterns) -> list[Sentence]:
    if found.count(Pattern.NONE) == len(found.patterns):
        return [finding("none_shown", _("No cell was hot often enough to have a pattern."))]
    text = _(
        "Of %(cells)s cells: persistent %(persistent)s, emerging %(emerging)s, former %(former)s, intermittent %(intermittent)s.",
        cells=f"{len(found.patterns):,}",
        **{str(pattern): f"{found.count(pattern):,}" for pattern in Pattern if pattern is not Pattern.NONE},
    )
    return [finding("patterns", text)]


def _choices(n: Numbers) -> list[Sentence]:
    told = {
        "rule_persistent": _(
            "Persistent: hot in %(least)s or more of the %(periods)s periods.", least=n.persistent, periods=n.periods
        ),
        "rule_emerging": _(
            "Emerging: not persistent, hot in %(least)s or more of the last %(recent)s and in fewer than %(earlier)s of the "
            "%(before)s before.",
            least=n.recent_hot,
            recent=n.recent,
            earlier=n.earlier_hot,
            before=n.periods - n.recent,
        ),
        "rule_former": _(
            "Former: not persistent, hot in %(earlier)s or more of the first %(before)s and in none of the last %(recent)s.",
            earlier=n.earlier_hot,
            before=n.periods - n.recent,
            recent=n.recent,
        ),
        "rule_intermittent": _(
            "Intermittent: none of these, and hot in %(least)s or more of the %(periods)s.",
            least=n.hot,
            periods=n.periods,
        ),
    }
    return [choice(key, message) for key, message in told.items()]


def _cautions(found: Patterns) -> list[Sentence]:
    told = [
        caution(
            "season",
            _("Where the periods do not cover two years or more, what emerges or fades may be the time of year."),
        )
    ]
    if found.numbers.recent_hot == 1 or found.numbers.earlier_hot == 1:
        text = _("By these rules one hot period is enough for a pattern, and one can come by chance.")
        told.append(caution("one_is_enough", text))
    return told


def _how(permutations: int, seed: int, alpha: float, least: int, asked: int) -> list[Sentence]:
    told = [
        choice(
            "called",
            _(
                "A cell is called hot when what lies around it is more than chance often puts there (Gi*, one-sided), it "
                "holds an incident, and it and its neighbours hold %(least)s or more.",
                least=least,
            ),
        ),
        choice(
            "over_all",
            _(
                "p comes from %(count)s permutations in each period (seed %(seed)s) and is adjusted over all %(asked)s cells and "
                "periods together: on average no more than about %(share)g%% of those called are false.",
                count=f"{permutations:,}",
                seed=seed,
                asked=f"{asked:,}",
                share=alpha * 100,
            ),
        ),
    ]
    together = math.ceil(asked / (permutations + 1) / alpha - 1e-9)
    if together > 1:
        text = _(
            "With %(count)s permutations one can only be called if %(together)s or more are as strong as can be.",
            count=f"{permutations:,}",
            together=together,
        )
        told.append(caution("few_permutations", text))
    return told
