"""The duty radar: what else the law and guidance ask of a partnership, with evidence. Later floors add theirs to DUTY_RADAR."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext as _

from ourpatch.data.duties import queries, wording
from ourpatch.data.duties.permissions import Permission
from ourpatch.data.duties.rules import Verdict, sentence
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.contributions import Point
from ourpatch.ground.permission.actor import Actor


class Mark(StrEnum):
    """How a duty stands, whatever room it belongs to."""

    DONE = "done"
    TO_COME = "to_come"
    DUE_SOON = "due_soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class RadarItem:
    """One duty: its name, who owes it, the day it is due, how it stands, in words what there is to show, and where.

    `source` is the law or guidance that asks for it; `link` is empty where there is no page.
    """

    name: str
    owed_by: str
    due: date | None
    mark: Mark
    says: str
    source: str
    link: str = ""


RadarSource = Callable[[Actor, ServiceArea, datetime], list[RadarItem]]
"""The duties of a partnership as the actor may see them; none where they may not."""

DUTY_RADAR: Point[RadarSource] = Point("duty radar")


def register() -> None:
    """Add what this room knows."""
    DUTY_RADAR.add("data", data_duty, order=10)


def list_duties(by: Actor, partnership: ServiceArea, now: datetime) -> list[RadarItem]:
    """Every duty that the rooms know of, late ones first, then by due day."""
    found = [item for _key, source in DUTY_RADAR.all() for item in source(by, partnership, now)]
    order = (Mark.LATE, Mark.DUE_SOON, Mark.TO_COME, Mark.DONE)
    return sorted(found, key=lambda each: (order.index(each.mark), each.due or date.max))


def data_duty(by: Actor, partnership: ServiceArea, now: datetime) -> list[RadarItem]:
    """The quarterly data: the quarter that the partnership is judged by."""
    if not any(grant.partnership_id == partnership.pk for grant in by.scopes(Permission.VIEW)):
        return []
    quarter = queries.judged_quarter(clock.london_date(now))
    ledger = queries.get_ledger(by, partnership.pk, quarter, now)
    if ledger.answer.verdict is Verdict.NOTHING_OWED:
        return []
    late = ledger.answer.verdict is Verdict.NO or ledger.overdue_elsewhere
    return [
        RadarItem(
            _("Data shared every quarter"),
            _("Responsible authorities"),
            max(each.due for each in ledger.returns if each.by_law),
            Mark.LATE if late else Mark.DONE,
            str(sentence(ledger.answer, wording.name_of(quarter), "")),
            _("Crime and Disorder Act 1998, section 17A; SI 2007/1831"),
            f"{reverse('duties:ledger')}?partnership={partnership.slug}&quarter={quarter.start:%Y-%m}",
        )
    ]
