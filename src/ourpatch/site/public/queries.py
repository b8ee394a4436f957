"""What public pages read across rooms: how a neighbourhood's priorities were chosen and what has been done, in few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.utils.translation import get_language

from ourpatch.data.disclosure import queries as releases
from ourpatch.data.disclosure.models import Publishing
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import (
    Area,
    AreaKind,
    BoundarySet,
    ServiceArea,
    ServiceAreaKind,
    ServiceAreaPart,
)
from ourpatch.foundation.places.queries import Resolver
from ourpatch.ground.errors import NotFound
from ourpatch.ground.tasks.rules import State as TaskState
from ourpatch.ground.words import say as _
from ourpatch.influence.priorities import queries as priorities
from ourpatch.influence.priorities.models import Ballot, Choice, Priority
from ourpatch.influence.priorities.rules import State
from ourpatch.interventions.problems import queries as plans
from ourpatch.interventions.problems.models import PlanAction
from ourpatch.interventions.problems.queries import Progress
from ourpatch.site.public.models import WrongCode
from ourpatch.site.public.rules import TRIES_WITHIN

DONE = str(TaskState.DONE)


@dataclass(frozen=True, slots=True)
class ToldPriority:
    """A priority as everybody is told it: how it was chosen (`votes` None where nobody voted), and how far the work has come."""

    priority: Priority
    choice: Choice | None
    votes: int | None
    work: tuple[Progress, ...]


@dataclass(frozen=True, slots=True)
class ToldActions:
    """The actions of one kind in a priority's plans: how many were given and how many are done. No wording of any."""

    kind: str
    given: int
    done: int


def wrong_codes(visitors: Iterable[str], now: datetime) -> int:
    """How many wrong codes the busiest of these digests of a visitor has typed within the time that counts."""
    rows = WrongCode.objects.filter(visitor__in=list(visitors), at__gte=now - TRIES_WITHIN)
    return max(rows.values("visitor").annotate(n=Count("pk")).values_list("n", flat=True), default=0)


def current_priorities(neighbourhood_id: UUID) -> list[ToldPriority]:
    """The current priorities of a neighbourhood: three queries, however many there are."""
    return _told(list(priorities.current(neighbourhood_id).prefetch_related(_chosen())))


def priority_told(neighbourhood_id: UUID, priority_id: UUID) -> ToldPriority:
    """One priority that was chosen in a neighbourhood, current or finished with; NotFound for any other."""
    rows = Priority.objects.filter(neighbourhood_id=neighbourhood_id, state__in=[State.ADOPTED, State.CLOSED])
    found = list(rows.filter(pk=priority_id).prefetch_related(_chosen()))
    if not found:
        raise NotFound(_("There is no such priority here."))
    return _told(found)[0]


def actions_told(priority_id: UUID) -> list[ToldActions]:
    """The actions behind a priority by kind; withdrawn ones are no actions any more."""
    rows = PlanAction.objects.filter(plan__priority_id=priority_id).exclude(task__state=str(TaskState.WITHDRAWN))
    counted = rows.values("kind").annotate(given=Count("pk"), done=Count("pk", filter=Q(task__state=DONE)))
    return [ToldActions(row["kind"], row["given"], row["done"]) for row in counted.order_by("kind")]


def partnership_of(slug: str) -> ServiceArea:
    """The partnership at an address, or NotFound."""
    found = ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP, slug=slug).first()
    if found is None:
        raise NotFound(_("We do not know a partnership at that address."))
    return found


def place(slug: str) -> ServiceArea:
    """The partnership or neighbourhood at an address, or NotFound."""
    kinds = [ServiceAreaKind.PARTNERSHIP, ServiceAreaKind.NEIGHBOURHOOD]
    found = ServiceArea.objects.filter(kind__in=kinds, slug=slug).select_related("partnership").first()
    if found is None:
        raise NotFound(_("We do not know a place at that address. Look for it by name."))
    return found


def by_partnership() -> list[tuple[ServiceArea, list[ServiceArea]]]:
    """Every partnership with its neighbourhoods, both by name."""
    rows = ServiceArea.objects.filter(kind__in=[ServiceAreaKind.PARTNERSHIP, ServiceAreaKind.NEIGHBOURHOOD])
    inside: dict[UUID | None, list[ServiceArea]] = defaultdict(list)
    partnerships = []
    for area in rows.order_by("name", "slug"):
        if area.kind == ServiceAreaKind.PARTNERSHIP:
            partnerships.append(area)
        else:
            inside[area.partnership_id].append(area)
    return [(partnership, inside[partnership.pk]) for partnership in partnerships]


def partnership_by_id(partnership_id: UUID) -> ServiceArea | None:
    """A partnership, where it is still there."""
    return ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP, pk=partnership_id).first()


def partnerships_with_choices() -> list[tuple[ServiceArea, Publishing]]:
    """Every partnership by name with what it publishes, in two queries."""
    partnerships = list(places.partnerships())
    chosen = releases.publishing_of_each([each.pk for each in partnerships])
    return [(each, chosen[each.pk]) for each in partnerships]


def area_names(kind: str, codes: Collection[str]) -> dict[str, str]:
    """Code -> the name of a ward or small area in its newest boundaries, in the reader's language; unknown codes are left out."""
    # PostgreSQL holds no NUL, and would rather fail than find nothing.
    wanted = [code for code in codes if "\0" not in code]
    rows = Area.objects.filter(code__in=wanted, boundary_set__kind=kind, boundary_set__loaded_at__isnull=False)
    found = rows.order_by("boundary_set__valid_from", "boundary_set_id").values_list("code", "name", "name_cy")
    in_welsh = (get_language() or "en").startswith("cy")
    return {code: (name_cy if in_welsh and name_cy else name) for code, name, name_cy in found}


def neighbourhood_around(kind: str, code: str) -> ServiceArea | None:
    """The neighbourhood that holds a ward, or most of a small area; None where none is known."""
    if kind == AreaKind.LSOA:
        (pk,) = Resolver.current().neighbourhoods_of_lsoas([code])
        return places.neighbourhoods().filter(pk=pk).first() if pk else None
    parts = ServiceAreaPart.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD, area__code=code)
    newest = parts.order_by("-area__boundary_set__valid_from").select_related("service_area").first()
    return newest.service_area if newest else None


def attributions() -> list[str]:
    """What the makers of the loaded boundaries ask to be said beside a map."""
    return sorted({text for text in BoundarySet.objects.complete().values_list("attribution", flat=True) if text})


def _chosen() -> Prefetch[str]:
    ballots = Ballot.objects.filter(chosen=True).select_related("choice__meeting__forum").order_by("-choice__made_at")
    return Prefetch("ballots", queryset=ballots, to_attr="won")


def _told(rows: Sequence[Priority]) -> list[ToldPriority]:
    work = plans.progress_of_priorities(row.pk for row in rows)
    told = []
    for row in rows:
        won: Ballot | None = next(iter(getattr(row, "won", [])), None)
        progress = (work[row.pk],) if row.pk in work else ()
        told.append(ToldPriority(row, won.choice if won else None, won.votes if won else None, progress))
    return told
