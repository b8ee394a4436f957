"""'Why can I (not) see this?': the same evaluation as visible_to, told as sentences."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from ourpatch.ground.permission.actor import Actor, level_needed, levels_from
from ourpatch.ground.permission.models import SEE_SEALED, ConflictOfInterest, Protected, Sensitivity, Share


def explain(actor: Actor, permission: str, record: Protected) -> tuple[bool, list[str]]:
    """Whether the actor holds this permission on this record, and why, one sentence a step.

    What is told of a record that is not visible is for whoever answers for the information, never for the actor: it may
    say that a conflict of interest was declared.
    """
    visible = type(record).objects.visible_to(actor, permission).filter(pk=record.pk).exists()
    return visible, [
        *_about_scope(actor, permission, record),
        *_about_holding(actor, permission, record),
        *_about_conflict(actor, record),
    ]


def _about_conflict(actor: Actor, record: Protected) -> list[str]:
    if actor.person_id is None:
        return []
    declared = ConflictOfInterest.objects.filter(
        person_id=actor.person_id, subject_kind=record.KIND, subject_id=record.pk
    )
    return [_("A conflict of interest keeps the record from this person.")] if declared.exists() else []


def _about_scope(actor: Actor, permission: str, record: Protected) -> list[str]:
    if not actor.holds(permission):
        return [_("None of your roles has the permission %(permission)s.") % {"permission": permission}]
    if not actor.holds(permission, record.partnership_id, record.service_area_id):
        return [_("Your roles give you this permission, but not in this area.")]
    roles = sorted({grant.role for grant in actor.scopes(permission) if grant.role})
    return [_("You have this permission in this area as: %(roles)s.") % {"roles": ", ".join(roles)}]


def _about_holding(actor: Actor, permission: str, record: Protected) -> list[str]:
    if record.sensitivity == Sensitivity.SEALED and not actor.holds(
        SEE_SEALED, record.partnership_id, record.service_area_id
    ):
        return [_("The record is sealed, and only named people can see it.")]
    if record.controller_id == actor.organisation_id:
        return [_("Your organisation is responsible for the record.")]
    if record.sensitivity == Sensitivity.OPEN:
        return [_("The record is open to every member of the partnership.")]
    live = Share.objects.live(timezone.now()).filter(
        subject_kind=record.KIND, subject_id=record.pk, level__in=levels_from(level_needed(permission))
    )
    if actor.organisation_id is not None and live.filter(to_organisation_id=actor.organisation_id).exists():
        return [_("The record is shared with your organisation under a live agreement.")]
    return [_("Another organisation is responsible for the record, and it is not shared with yours.")]
