"""Reading accounts, roles and tokens, and the answer to "why can (or can't) I see this?"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from ourpatch.foundation.accounts.actors import ALLOWANCES, ROLES, Allowance, Role, actor_for, live_grants
from ourpatch.foundation.accounts.models import OrganisationToken, RoleGrant, User
from ourpatch.foundation.accounts.permissions import Permission
from ourpatch.foundation.directory.models import Membership, Organisation, Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import subjects
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.explain import explain


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether somebody holds a permission on a record, told as sentences."""

    allowed: bool
    sentences: tuple[str, ...]


def list_users(by: Actor, *, text: str = "", on: date) -> QuerySet[User]:
    """The accounts of people whose organisation belongs to a partnership that the actor looks after.

    Each carries `live_roles`, its grants in force on this day. Raises NotAllowed.
    """
    by.require(Permission.VIEW)
    partnerships = [grant.partnership_id for grant in by.scopes(Permission.VIEW)]
    roles = RoleGrant.objects.filter(live_grants(on)).select_related("service_area").order_by("role")
    found = (
        User.objects.filter(person__organisation__memberships__partnership__in=partnerships)
        .select_related("person__organisation")
        .prefetch_related(Prefetch("role_grants", queryset=roles, to_attr="live_roles"))
        .distinct()
        .order_by("person__name", "id")
    )
    for word in text.split():
        found = found.filter(Q(person__name__icontains=word) | Q(person__organisation__name__icontains=word))
    return found


def get_user(by: Actor, user_id: UUID, on: date) -> User:
    """One account that the actor looks after, or NotFound. Raises NotAllowed."""
    user = list_users(by, on=on).filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such account."))
    return user


def list_people_without_account(by: Actor, on: date) -> QuerySet[Person]:
    """People in post, of organisations the actor may invite from, who cannot sign in yet. Raises NotAllowed."""
    by.require(Permission.INVITE)
    partnerships = [grant.partnership_id for grant in by.scopes(Permission.INVITE)]
    return (
        Person.objects.filter(
            Q(until__isnull=True) | Q(until__gte=on),
            organisation__memberships__partnership__in=partnerships,
            user__isnull=True,
        )
        .select_related("organisation")
        .distinct()
        .order_by("name", "id")
    )


def places_to_grant(by: Actor) -> QuerySet[ServiceArea]:
    """The service areas over which the actor may give roles, by kind and name."""
    inside = Q(pk__in=[])
    for grant in by.scopes(Permission.GRANT_ROLES):
        if grant.service_areas is None:
            inside |= Q(partnership_id=grant.partnership_id) | Q(pk=grant.partnership_id)
        else:
            inside |= Q(pk__in=grant.service_areas)
    return ServiceArea.objects.filter(inside).order_by("kind", "name")


def list_tokens(by: Actor) -> QuerySet[OrganisationToken]:
    """The tokens of the partnerships that the actor looks after, the latest first. Raises NotAllowed."""
    by.require(Permission.VIEW)
    partnerships = [grant.partnership_id for grant in by.scopes(Permission.VIEW)]
    within = OrganisationToken.objects.filter(partnerships__in=partnerships)
    return (
        OrganisationToken.objects.filter(pk__in=within.values("pk"))
        .select_related("organisation")
        .prefetch_related("partnerships")
        .order_by("-made_at", "-pk")
    )


def get_token(by: Actor, token_id: UUID) -> OrganisationToken:
    """One token of a partnership that the actor looks after, or NotFound. Raises NotAllowed."""
    token = list_tokens(by).filter(pk=token_id).first()
    if token is None:
        raise NotFound(_("There is no such token."))
    return token


def organisations_for_tokens(by: Actor, on: date) -> QuerySet[Organisation]:
    """The organisations for whose programs the actor may make tokens: members, today, of a partnership they look after."""
    members = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), from_on__lte=on, partnership__in=_partnerships_of_tokens(by)
    )
    return Organisation.objects.filter(pk__in=members.values("organisation")).order_by("name")


def partnerships_for_tokens(by: Actor) -> QuerySet[ServiceArea]:
    """The partnerships in which the actor may let a program act, by name."""
    return ServiceArea.objects.filter(pk__in=_partnerships_of_tokens(by)).order_by("name")


def allowances() -> list[Allowance]:
    """What a token may carry, in the order it was composed."""
    return [allowance for _code, allowance in ALLOWANCES.all()]


def _partnerships_of_tokens(by: Actor) -> list[UUID]:
    scopes = by.scopes(Permission.MANAGE_TOKENS)
    return [grant.partnership_id for grant in scopes if grant.service_areas is None]


def roles() -> list[Role]:
    """Every role, in the order they were composed."""
    return [role for _code, role in ROLES.all()]


def known_permissions() -> list[str]:
    """Every permission that some role carries, in alphabetical order."""
    return sorted({permission for role in roles() for permission in role.permissions})


def users_with_role(role: str, service_area_ids: Iterable[UUID], on: date) -> QuerySet[User]:
    """The users who hold a role over one of these service areas on this day: whom a job writes to."""
    held = RoleGrant.objects.filter(live_grants(on), role=role, service_area__in=list(service_area_ids))
    return User.objects.filter(pk__in=held.values("user"), is_active=True).select_related("person").order_by("id")


def explain_own(by: Actor, permission: str, kind: str, record_id: UUID) -> Explanation:
    """Why the actor can, or cannot, do something with a record.

    Of a record that is not visible nothing is told that the actor did not know before, not even that it exists.
    """
    record = subjects.resolve(kind, record_id)
    if record is not None:
        allowed, sentences = explain(by, permission, record)
        if allowed:
            return Explanation(True, tuple(sentences))
    return Explanation(False, tuple(_reasons_that_tell_nothing(by, permission)))


def explain_for(by: Actor, user_id: UUID, permission: str, kind: str, record_id: UUID, on: date) -> Explanation:
    """The same for somebody else, told in full: for whoever answers for the partnership's information.

    Raises NotAllowed, NotFound.
    """
    record = subjects.resolve(kind, record_id)
    if record is None:
        raise NotFound(_("There is no such record."))
    by.require(Permission.EXPLAIN, record.partnership_id, record.service_area_id)
    allowed, sentences = explain(actor_for(get_user(by, user_id, on), on=on), permission, record)
    return Explanation(allowed, tuple(sentences))


def _reasons_that_tell_nothing(by: Actor, permission: str) -> list[str]:
    if not by.holds(permission):
        return [_("None of your roles has the permission %(permission)s.") % {"permission": permission}]
    held = sorted({grant.role for grant in by.scopes(permission) if grant.role})
    return [
        _("You have this permission as: %(roles)s.") % {"roles": ", ".join(held)},
        _(
            "There is no such record that you may see. It may not exist, it may lie in another area, or another "
            "organisation may be responsible for it without sharing it with yours."
        ),
    ]
