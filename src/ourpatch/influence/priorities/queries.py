"""Reading priorities."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.actor import Actor
from ourpatch.influence.priorities.models import Choice, Priority
from ourpatch.influence.priorities.permissions import Permission
from ourpatch.influence.priorities.rules import State


def list_priorities(
    by: Actor, *, neighbourhood_id: UUID | None = None, state: State | None = None
) -> QuerySet[Priority]:
    """The visible priorities: current ones first by review date, then the newest."""
    rows = Priority.objects.visible_to(by, Permission.VIEW).select_related("neighbourhood", "problem")
    if neighbourhood_id:
        rows = rows.filter(neighbourhood_id=neighbourhood_id)
    if state:
        rows = rows.filter(state=str(state))
    return rows.order_by("state", "review_due_on", "-made_at")


def get_priority(by: Actor, priority_id: UUID) -> Priority:
    """One priority, or NotFound."""
    priority: Priority = Priority.objects.get_visible(by, Permission.VIEW, priority_id)
    return priority


def current(neighbourhood_id: UUID) -> QuerySet[Priority]:
    """The current priorities of a neighbourhood, as they are published; they hold nothing about a person."""
    return Priority.objects.filter(neighbourhood_id=neighbourhood_id, state=State.ADOPTED).order_by("adopted_on", "pk")


def previous(neighbourhood_id: UUID, limit: int = 5) -> QuerySet[Priority]:
    """The priorities a neighbourhood has finished with, newest first, as they are published."""
    rows = Priority.objects.filter(neighbourhood_id=neighbourhood_id, state=State.CLOSED)
    return rows.order_by("-closed_on")[:limit]


def choice_of(priority: Priority) -> Choice | None:
    """How this priority was chosen, with every ballot of that choice; None while it was not."""
    rows = Choice.objects.filter(ballots__priority=priority, ballots__chosen=True).select_related("meeting__forum")
    return rows.prefetch_related("ballots__priority").order_by("-made_at").first()


def list_reviews_due(by: Actor, on: date) -> QuerySet[Priority]:
    """The visible current priorities whose review is due by this day, longest due first."""
    rows = Priority.objects.visible_to(by, Permission.VIEW).filter(state=State.ADOPTED, review_due_on__lte=on)
    return rows.select_related("neighbourhood").order_by("review_due_on", "pk")


def measure_fresh(partnership_id: UUID, on: date) -> tuple[int, int]:
    """(neighbourhood priorities reviewed in time, all current ones) of a partnership on a day: the NPG's headline measure."""
    rows = Priority.objects.filter(partnership_id=partnership_id, state=State.ADOPTED)
    return rows.filter(review_due_on__gte=on).count(), rows.count()


def list_candidates(by: Actor, area: ServiceArea) -> QuerySet[Priority]:
    """The visible proposals that a forum of this area may choose among, oldest first."""
    rows = Priority.objects.visible_to(by, Permission.VIEW).filter(covered_by(area), state=State.PROPOSED)
    return rows.select_related("neighbourhood").order_by("neighbourhood__name", "made_at", "pk")


def covered_by(area: ServiceArea) -> Q:
    """Priorities of the neighbourhoods that an area is, or holds."""
    return Q(neighbourhood_id=area.pk) | Q(neighbourhood__parent_id=area.pk) | Q(partnership_id=area.pk)
