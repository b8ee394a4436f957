"""Reading the directory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from ourpatch.foundation.directory import rules
from ourpatch.foundation.directory.models import Membership, Organisation, Person
from ourpatch.foundation.directory.permissions import Permission
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor


@dataclass(frozen=True, slots=True)
class Contact:
    """A person with what the reader should know before calling them."""

    person: Person
    is_stale: bool


def organisation(organisation_id: UUID) -> Organisation:
    """One organisation, or NotFound."""
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        raise NotFound(_("There is no such organisation in the directory."))
    return found


def person(person_id: UUID) -> Person:
    """One person with their organisation, or NotFound."""
    found = Person.objects.select_related("organisation").filter(pk=person_id).first()
    if found is None:
        raise NotFound(_("There is no such person in the directory."))
    return found


def member_organisations(partnership_id: UUID, on: date) -> QuerySet[Organisation]:
    """The organisations that are members of a partnership on this day, by name."""
    members = Membership.objects.filter(_in_force(on), partnership_id=partnership_id, organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(members)).order_by("name")


def is_member(organisation_id: UUID, partnership_id: UUID, on: date) -> bool:
    """True when the organisation takes part in the partnership on this day."""
    members = Membership.objects.filter(_in_force(on), partnership_id=partnership_id, organisation_id=organisation_id)
    return members.exists()


def memberships_of(organisation_id: UUID) -> QuerySet[Membership]:
    """Every membership of an organisation, newest first."""
    return Membership.objects.filter(organisation_id=organisation_id).select_related("partnership").order_by("-from_on")


def people_of(organisation_id: UUID, on: date | None = None) -> QuerySet[Person]:
    """The people of an organisation by name; with a day, those in post on it."""
    people = Person.objects.filter(organisation_id=organisation_id)
    return (people.filter(_in_force(on)) if on else people).order_by("name", "id")


def names_of_organisations(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Organisation id -> name, for those that exist."""
    return dict(Organisation.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def names_of_people(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Person id -> name, for those that exist."""
    return dict(Person.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def list_organisations(by: Actor, *, text: str = "", kind: str = "") -> QuerySet[Organisation]:
    """Organisations whose name or services hold every word of the text ("who helps with drugs"). Raises NotAllowed."""
    by.require(Permission.VIEW)
    found = Organisation.objects.order_by("name")
    if kind:
        found = found.filter(kind=kind)
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(name_cy__icontains=word) | Q(services__icontains=word))
    return found


def list_people(by: Actor, *, text: str, on: date) -> QuerySet[Person]:
    """People in post whose name, office, organisation or organisation's services hold every word. Raises NotAllowed."""
    by.require(Permission.VIEW)
    found = Person.objects.filter(_in_force(on)).select_related("organisation").order_by("name", "id")
    for word in text.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(title__icontains=word)
            | Q(organisation__name__icontains=word)
            | Q(organisation__services__icontains=word)
        )
    return found


def contacts(people: Iterable[Person], on: date) -> list[Contact]:
    """People with their stale-contact mark."""
    return [Contact(each, rules.is_stale(each.verified_on, on)) for each in people]


def count_stale(organisation_id: UUID, on: date) -> int:
    """How many people of an organisation, in post, nobody has confirmed within six months."""
    unconfirmed = Q(verified_on__isnull=True) | Q(verified_on__lt=rules.stale_before(on))
    return people_of(organisation_id, on).filter(unconfirmed).count()


def _in_force(on: date) -> Q:
    return Q(from_on__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))
