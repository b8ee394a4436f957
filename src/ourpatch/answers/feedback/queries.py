"""Reading the debts: a view over what `access.concerns` holds. Nothing is kept here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.models import Concern
from ourpatch.access.concerns.permissions import Permission
from ourpatch.answers.feedback.rules import BANDS, Band
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor


@dataclass(frozen=True, slots=True)
class Debtor:
    """What one person owes: how many answers by age band, how many promises are overdue, and whether they have left."""

    person_id: UUID
    name: str
    by_band: Mapping[str, int]
    total: int
    overdue: int
    has_left: bool


def list_debts(by: Actor, *, band: str = "", owner_id: UUID | None = None, now: datetime) -> QuerySet[Concern]:
    """What was raised and not answered and this actor may see, oldest first."""
    owed = _owed(by)
    wanted = next((each for each in BANDS if each.key == band), None)
    if wanted:
        owed = owed.filter(_aged(wanted, now))
    if owner_id:
        owed = owed.filter(owner_id=owner_id)
    return owed.select_related("owner").order_by("raised_at", "id")


def list_debtors(by: Actor, now: datetime) -> list[Debtor]:
    """Everybody who owes answers that this actor may see, most overdue first; one query."""
    counts = {each.key: Count("pk", filter=_aged(each, now)) for each in BANDS}
    rows: Iterable[Mapping[str, Any]] = (
        _owed(by)
        .values("owner_id", "owner__name", "owner__until")
        .annotate(total=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)), **counts)
        .order_by("-overdue", "-total", "owner__name")
    )
    return [
        Debtor(
            person_id=row["owner_id"],
            name=row["owner__name"],
            by_band={each.key: row[each.key] for each in BANDS},
            total=row["total"],
            overdue=row["overdue"],
            has_left=row["owner__until"] is not None and row["owner__until"] < london_date(now),
        )
        for row in rows
    ]


def count_without_owner(by: Actor, now: datetime) -> int:
    """How many answers are owed by nobody who could give them, over the whole of the actor's partnerships: the bar is zero."""
    partnerships = {grant.partnership_id for grant in by.scopes(Permission.VIEW)}
    return sum(concerns.measure_without_owner(each, now) for each in partnerships)


def _owed(by: Actor) -> QuerySet[Concern]:
    return Concern.objects.visible_to(by, Permission.VIEW).filter(state__in=concerns.OWED)


def _aged(band: Band, now: datetime) -> Q:
    condition = Q(raised_at__lte=now - timedelta(days=band.from_days))
    if band.to_days is not None:
        condition &= Q(raised_at__gt=now - timedelta(days=band.to_days))
    return condition
