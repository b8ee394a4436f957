"""The evidence that earlier rooms hold: what people raised here, and what was recorded here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.models import Problem
from ourpatch.data.store import queries as store
from ourpatch.foundation import law
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.clock import LONDON
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _
from ourpatch.influence.priorities.evidence import EVIDENCE, Evidence

MONTHS = 12
NEAR_METRES = 250
ASB = "anti-social-behaviour"
RAISED = _("What people told the partnership")
RECORDED = _("Street-level records as the police published them")


def register() -> None:
    """Put both sources where a proposal looks for them."""
    EVIDENCE.add("raised", raised, order=10)
    EVIDENCE.add("recorded", recorded, order=20)


def raised(neighbourhood: ServiceArea, problem: Problem | None, on: date) -> Sequence[Evidence]:
    """People behind the problem, those still owed an answer, and everything raised in the neighbourhood in twelve months."""
    since = law.clocks.add_months(on, -MONTHS)
    start, end = datetime.combine(since, time(), LONDON), datetime.combine(on + timedelta(days=1), time(), LONDON)
    told = concerns.measure_on_time(now=end, neighbourhood_id=neighbourhood.pk, raised_from=start, raised_before=end)
    here = Evidence(
        _("Concerns and questions raised in the neighbourhood"), told.ended + told.running, since, on, RAISED
    )
    if problem is None:
        return [here]
    return [
        Evidence(_("People behind this problem"), concerns.count_behind(problem.pk), None, on, RAISED),
        Evidence(_("Of these, still owed an answer"), concerns.count_owed(problem.pk), None, on, RAISED),
        here,
    ]


def recorded(neighbourhood: ServiceArea, problem: Problem | None, on: date) -> Sequence[Evidence]:
    """What was recorded in the neighbourhood, and near the problem's place, in the last twelve months that are loaded."""
    months = [month for month in store.months_loaded() if month <= on][-MONTHS:]
    if not months:
        return [Evidence(_("Recorded incidents: none are loaded"), None, None, on, RECORDED)]
    since, until = months[0], law.clocks.add_months(months[-1], 1) - timedelta(days=1)
    rows = store.measure_neighbourhood(neighbourhood.pk, since=since, until=until)
    asb = [row for row in rows if row[1] == ASB]
    return [
        Evidence(_("Recorded in the neighbourhood"), _total(rows), since, until, RECORDED),
        Evidence(_("Of these, anti-social behaviour"), _total(asb), since, until, RECORDED),
        *_near(problem, since, until),
    ]


def _near(problem: Problem | None, since: date, until: date) -> Sequence[Evidence]:
    if problem is None or problem.easting is None or problem.northing is None:
        return []
    east, north = problem.easting, problem.northing
    box = store.Box(east - NEAR_METRES, north - NEAR_METRES, east + NEAR_METRES, north + NEAR_METRES)
    rows = store.run(store.CountBy(store.Where(store.POLICE_UK, since, until, box=box)))
    says: Message = _(
        "Recorded within %(metres)s metres north, south, east or west of the place (published points are approximate)",
        metres=NEAR_METRES,
    )
    return [Evidence(says, _total(rows), since, until, RECORDED)]


def _total(rows: Sequence[store.Row]) -> int:
    return sum(int(row[-1]) for row in rows if isinstance(row[-1], int | float))
