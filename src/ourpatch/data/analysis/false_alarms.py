"""How many of hundreds of charts signal although nothing has changed anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ourpatch.data.analysis.change import for_counts
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

MOST_CHARTS = 20_000


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Charts whose newest point is a signal by chance alone: mean number, and what 90 runs in 100 lay between; `counts`: those
    of every run.
    """

    counts: tuple[int, ...]
    areas: int
    expected: float
    lower: float
    upper: float
    runs: int
    seed: int
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """How many simulations gave so many false alarms."""
        heads = (_("False alarms in one period"), _("Simulations"))
        return Table(heads, tuple((alarms, self.counts.count(alarms)) for alarms in sorted(set(self.counts))))


def false_alarms(means: Sequence[float], *, periods: int = 24, runs: int = 20, seed: int = 1) -> FalseAlarms:
    """False alarms at the newest point when every area has its own chart (`change.for_counts`, limits from all points).

    `means`: usual count per period of each area. Simulates independent Poisson counts with nothing changed, `runs`
    times. Raises BadInput for no areas, means that are negative or missing, fewer than three periods, or more charts
    than 20,000 altogether.
    """
    usual = np.asarray(means, dtype=np.float64)
    if usual.ndim != 1 or not len(usual) or not np.isfinite(usual).all() or (usual < 0).any():
        raise BadInput(_("Give the usual count of each area, zero or more and none missing."))
    if periods < 3 or runs < 1:
        raise BadInput(_("A chart needs at least three figures in a row."))
    if len(usual) * runs > MOST_CHARTS:
        raise BadInput(_("So many charts take too long: ask for fewer runs."))
    rng = np.random.default_rng(seed)
    found = []
    for _run in range(runs):
        counts = rng.poisson(usual[:, None], (len(usual), periods))
        found.append(sum(for_counts(row.tolist()).points[-1].special for row in counts))
    lower, upper = (float(value) for value in np.quantile(found, (0.05, 0.95)))
    expected = float(np.mean(found))
    told = (
        finding(
            "expected",
            _(
                "With nothing changed anywhere, about %(expected).1f of %(areas)s areas signal in each period.",
                expected=expected,
                areas=len(usual),
            ),
        ),
        choice(
            "simulated",
            _(
                "From %(runs)s simulations of %(periods)s periods (seed %(seed)s).",
                runs=runs,
                periods=periods,
                seed=seed,
            ),
        ),
        caution("independent", _("Incidents that are linked make more false alarms than this.")),
    )
    return FalseAlarms(tuple(found), len(usual), expected, lower, upper, runs, seed, told)
