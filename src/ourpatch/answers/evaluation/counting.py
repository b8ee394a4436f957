"""Counting before and after in a place from the store: squares around points, and the ring around the first."""

from __future__ import annotations

from datetime import date, timedelta

from ourpatch.answers.evaluation.rules import Counts, Periods, Zone
from ourpatch.data.store import queries as store
from ourpatch.data.store.queries import Box, CountBy, Where
from ourpatch.foundation.law.clocks import add_months
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.words import say as _


def count_zone(zone: Zone, periods: Periods, category: str, dataset: str = store.POLICE_UK) -> Counts:
    """Incidents of a category (all when empty) in a zone before and after."""
    return _counts(_box(zone, zone.metres), periods, category, dataset)


def count_ring(zone: Zone, periods: Periods, category: str, dataset: str = store.POLICE_UK) -> Counts:
    """Incidents in the ring around a zone, as wide as the zone's half side: where trouble may have moved to."""
    outer = _counts(_box(zone, zone.metres * 2), periods, category, dataset)
    inner = _counts(_box(zone, zone.metres), periods, category, dataset)
    return Counts(outer.before - inner.before, outer.after - inner.after)


def require_months(periods: Periods, dataset: str = store.POLICE_UK) -> None:
    """Raise RuleBroken when a month of either period is not loaded: what is not known is not none."""
    loaded = set(store.months_loaded(dataset))
    wanted = [
        add_months(start, n) for start in (periods.before_from, periods.after_from) for n in range(periods.months)
    ]
    missing = [month.strftime("%m/%Y") for month in wanted if month not in loaded]
    if missing:
        raise RuleBroken(
            _(
                "Records of these months are not loaded: %(months)s. Load them, or choose other periods.",
                months=", ".join(missing),
            )
        )


def _counts(box: Box, periods: Periods, category: str, dataset: str) -> Counts:
    before, after = (
        _count(box, start, periods.months, category, dataset) for start in (periods.before_from, periods.after_from)
    )
    return Counts(before, after)


def _count(box: Box, start: date, months: int, category: str, dataset: str) -> int:
    until = add_months(start, months) - timedelta(days=1)
    where = Where(dataset, start, until, categories=(category,) if category else None, box=box)
    rows = store.run(CountBy(where))
    value = rows[0][0] if rows else 0
    return int(value) if isinstance(value, int | float) else 0


def _box(zone: Zone, metres: float) -> Box:
    return Box(zone.easting - metres, zone.northing - metres, zone.easting + metres, zone.northing + metres)
