"""Reading strategic priorities and plans."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from ourpatch.foundation.directory.models import Membership, Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _
from ourpatch.strategy.plans.models import PartnershipPlan, StrategicPriority
from ourpatch.strategy.plans.permissions import Permission


def list_partnerships(by: Actor) -> QuerySet[ServiceArea]:
    """The partnerships whose plan this actor may see."""
    ids = {grant.partnership_id for grant in by.scopes(Permission.VIEW)}
    return ServiceArea.objects.filter(pk__in=ids, kind="partnership").order_by("name")


def list_priorities(by: Actor, on: date, partnership_id: UUID | None = None) -> QuerySet[StrategicPriority]:
    """The strategic priorities in force on a day, of the partnerships this actor belongs to."""
    ids = {grant.partnership_id for grant in by.scopes(Permission.VIEW)}
    rows = StrategicPriority.objects.filter(partnership__in=ids, from_on__lte=on, until__gte=on)
    if partnership_id:
        rows = rows.filter(partnership_id=partnership_id)
    return rows.select_related("lead__organisation", "partnership").order_by("partnership__name", "title")


def get_priority(by: Actor, priority_id: UUID) -> StrategicPriority:
    """One strategic priority, or NotFound."""
    ids = {grant.partnership_id for grant in by.scopes(Permission.VIEW)}
    found = StrategicPriority.objects.filter(pk=priority_id, partnership__in=ids).select_related("lead").first()
    if found is None:
        raise NotFound(_("There is no such strategic priority."))
    return found


def people_of_members(partnership_id: UUID) -> QuerySet[Person]:
    """The people in post at the partnership's member organisations, by name: one of them leads a priority or owns a step."""
    members = Membership.objects.filter(
        partnership_id=partnership_id, organisation=OuterRef("organisation"), until__isnull=True
    )
    people = Person.objects.filter(Exists(members), until__isnull=True)
    return people.select_related("organisation").order_by("name", "pk")


def published_plan(partnership_id: UUID) -> PartnershipPlan | None:
    """The newest published plan of a partnership: public."""
    rows = PartnershipPlan.objects.filter(partnership_id=partnership_id).prefetch_related(
        "priorities__lead__organisation"
    )
    return rows.order_by("-year").first()
