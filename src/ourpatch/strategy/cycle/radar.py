"""The steps of the partnership's year, as the duty radar shows them."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from ourpatch.data.duties.radar import DUTY_RADAR, Mark, RadarItem
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.permission.actor import Actor
from ourpatch.strategy.cycle import queries
from ourpatch.strategy.cycle.permissions import Permission
from ourpatch.strategy.cycle.queries import StepNow, Year
from ourpatch.strategy.cycle.rules import Standing

MARKS = {
    Standing.DONE: Mark.DONE,
    Standing.DUE_SOON: Mark.DUE_SOON,
    Standing.LATE: Mark.LATE,
    Standing.TO_COME: Mark.TO_COME,
}
# The ledger itself answers for this one, authority by authority.
IN_THE_LEDGER = "information_shared"


def register() -> None:
    """Add the steps of the year."""
    DUTY_RADAR.add("cycle", steps_of_the_year, order=20)


def steps_of_the_year(by: Actor, partnership: ServiceArea, now: datetime) -> list[RadarItem]:
    """Every step of the present year but the one that the ledger answers for."""
    if not any(grant.partnership_id == partnership.pk for grant in by.scopes(Permission.VIEW)):
        return []
    year = queries.get_year(by, partnership.pk, clock.london_date(now))
    return [_item(year, each) for each in year.steps if each.step.code != IN_THE_LEDGER]


def _item(year: Year, now: StepNow) -> RadarItem:
    language = get_language() or "en"
    link = f"{reverse('cycle:year')}?partnership={year.partnership.slug}"
    return RadarItem(
        now.step.label(language),
        year.book.label("cycle_roles", now.step.whom, language),
        now.due,
        MARKS[now.standing],
        now.evidence.says if now.evidence else (now.recorded.note if now.recorded else ""),
        year.book.codes("yearly_cycle").origin.source,
        (now.evidence.link if now.evidence else "") or link,
    )
