"""Inviting people and giving them roles; giving an organisation's programs tokens and taking them back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from allauth.account import app_settings as account_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ourpatch.foundation.accounts import queries, rules
from ourpatch.foundation.accounts.actors import ALLOWANCES, ROLES, token_with
from ourpatch.foundation.accounts.models import OrganisationToken, RoleGrant, User
from ourpatch.foundation.accounts.permissions import Permission
from ourpatch.foundation.directory import queries as directory_queries
from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import Trail, change, note_refusal
from ourpatch.ground.errors import NotAllowed, NotFound, Problems, RuleBroken
from ourpatch.ground.permission.actor import Actor, ActorKind


def invite_user(
    *, by: Actor, person_id: UUID, email: str, site_address: str, now: datetime, language: str = "en"
) -> User:
    """Give a person of the directory an account and send them the link to choose a password.

    `site_address` is where this installation answers, with its final slash. The message is a row of this transaction.
    Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "accounts.invite_user") as audit:
        user = _make_user(by, person_id, email, language, now)
        audit.noted("account", [user.pk])
        _send_invitation(user, site_address)
    return user


def register_user(
    *, by: Actor, person_id: UUID, email: str, password: str, now: datetime, language: str = "en"
) -> User:
    """Make an account with a password at once: the command line and the demo only. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "accounts.register_user") as audit:
        _require_console(by)
        user = _make_user(by, person_id, email, language, now)
        _check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.noted("account", [user.pk])
    return user


def set_second_factor(*, by: Actor, user_id: UUID, secret: str) -> None:
    """Store the authenticator secret (base 32) of a user: the command line and the demo only. Raises NotAllowed, NotFound."""
    with change(by, "accounts.set_second_factor") as audit:
        _require_console(by)
        user = _user(user_id)
        Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
        TOTP.activate(user, secret)
        audit.noted("account", [user.pk])


def grant_role(
    *,
    by: Actor,
    user_id: UUID,
    role: str,
    service_area_id: UUID,
    now: datetime,
    from_on: date | None = None,
    until: date | None = None,
) -> RoleGrant:
    """Let a user hold a role over a service area; one that is held already is returned.

    Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "accounts.grant_role") as audit:
        place = _place(service_area_id)
        by.require(Permission.GRANT_ROLES, place.partnership_id or place.pk, place.pk)
        user = _user(user_id)
        starts = from_on or clock.london_date(now)
        rules.check_grant(
            role_exists=ROLES.get(role) is not None, is_own=by.id == user.pk, from_on=starts, until=until
        ).raise_if_any()
        grant, is_new = RoleGrant.objects.get_or_create(
            user=user, role=role, service_area=place, from_on=starts, defaults={"until": until}
        )
        if not is_new and grant.until != until:
            # Taken away, or given for another time, earlier today.
            grant.until = until
            grant.save(update_fields=["until"])
            is_new = True
        if is_new:
            _note_role(audit, grant)
    return grant


def end_role(*, by: Actor, grant_id: UUID, now: datetime) -> RoleGrant:
    """Take a role away today: from this request on it gives nothing. Raises NotAllowed, NotFound."""
    with change(by, "accounts.end_role") as audit:
        grant = RoleGrant.objects.select_for_update().filter(pk=grant_id).first()
        if grant is None:
            raise NotFound(_("There is no such role."))
        place = _place(grant.service_area_id)
        by.require(Permission.GRANT_ROLES, place.partnership_id or place.pk, place.pk)
        # The last day is a full day, so a role taken away today ended yesterday.
        yesterday = clock.london_date(now) - timedelta(days=1)
        if grant.until is None or grant.until > yesterday:
            grant.until = yesterday
            grant.save(update_fields=["until"])
            _note_role(audit, grant)
    return grant


def switch_off(*, by: Actor, user_id: UUID, now: datetime) -> User:
    """Let a user no longer sign in; open sessions end with the next page. Raises NotAllowed, NotFound."""
    return _switch(by, user_id, is_active=False, operation="accounts.switch_off", now=now)


def switch_on(*, by: Actor, user_id: UUID, now: datetime) -> User:
    """Let a user sign in again. Raises NotAllowed, NotFound."""
    return _switch(by, user_id, is_active=True, operation="accounts.switch_on", now=now)


def choose_language(*, by: Actor, language: str) -> None:
    """Remember in which language a user reads. Raises RuleBroken."""
    with change(by, "accounts.choose_language"):
        if language not in dict(settings.LANGUAGES):
            raise RuleBroken(_("Choose English or Welsh."))
        if by.id is not None:
            User.objects.filter(pk=by.id).update(language=language)


def make_token(
    *,
    by: Actor,
    organisation_id: UUID,
    partnership_ids: Collection[UUID],
    name: str,
    permissions: Collection[str],
    last_day: date,
    now: datetime,
) -> tuple[OrganisationToken, str]:
    """Make a token for a program of an organisation; gives it with its secret, which is kept nowhere.

    Asked of an administrator of every partnership named. Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "accounts.make_token") as audit:
        for each in partnership_ids:
            by.require(Permission.MANAGE_TOKENS, each)
        by.require(Permission.MANAGE_TOKENS)
        organisation = directory_queries.organisation(organisation_id)
        today = clock.london_date(now)
        rules.check_token(
            name=name,
            name_is_taken=_has_live_token(organisation_id, name.strip(), now),
            permissions=permissions,
            allowed=[code for code, _allowance in ALLOWANCES.all()],
            is_member_of_all=all(directory_queries.is_member(organisation_id, each, today) for each in partnership_ids),
            partnerships=len(partnership_ids),
            last_day=last_day,
            today=today,
        ).raise_if_any()
        secret = rules.new_secret()
        token = OrganisationToken.objects.create(
            organisation=organisation,
            name=name.strip(),
            prefix=secret.prefix,
            secret_sha256=secret.sha256,
            permissions=sorted(set(permissions)),
            made_at=now,
            made_by=by.name,
            expires_at=clock.end_of_day(last_day),
        )
        token.partnerships.set(ServiceArea.objects.filter(pk__in=partnership_ids))
        audit.noted("token", [token.pk], reason=f"{secret.prefix} {organisation_id}")
    return token, secret.text


def revoke_token(*, by: Actor, token_id: UUID, now: datetime) -> OrganisationToken:
    """Take a token back: from the next request on it opens nothing. Once is enough; again changes nothing.

    An administrator of any of its partnerships may: one who learns that a secret got out must not wait for the others.
    Raises NotAllowed, NotFound.
    """
    with change(by, "accounts.revoke_token") as audit:
        by.require(Permission.MANAGE_TOKENS)
        partnerships = queries.partnerships_for_tokens(by)
        within = OrganisationToken.objects.filter(partnerships__in=partnerships.values("pk"))
        token = OrganisationToken.objects.select_for_update().filter(pk=token_id, pk__in=within.values("pk")).first()
        if token is None:
            raise NotFound(_("There is no such token."))
        if token.revoked_at is None:
            token.revoked_at = now
            token.revoked_by = by.name
            token.save(update_fields=["revoked_at", "revoked_by"])
            audit.noted("token", [token.pk], reason=token.prefix)
    return token


def note_token_use(*, by: Actor, now: datetime) -> None:
    """Remember the day on which a token was last used; one write a day, so that reading stays reading."""
    today = clock.london_date(now)
    mine = OrganisationToken.objects.filter(pk=by.id) if by.id else OrganisationToken.objects.none()
    stale = mine.filter(Q(last_used_on__isnull=True) | Q(last_used_on__lt=today))
    if stale.exists():
        with change(by, "accounts.note_token_use"):
            stale.update(last_used_on=today)


def note_refused_token(*, secret: str, request_id: str = "") -> None:
    """Write to the audit that a secret opened nothing: which token it is when it is one, and never what was sent."""
    token = token_with(secret)
    if token is None:
        by = Actor(ActorKind.PUBLIC, "Unknown token", request_id=request_id)
        note_refusal(by, "accounts.token_refused", "unknown")
        return
    by = Actor(ActorKind.TOKEN, token.name, token.pk, token.organisation_id, request_id=request_id)
    note_refusal(by, "accounts.token_refused", "revoked" if token.revoked_at else "expired")


def _has_live_token(organisation_id: UUID, name: str, now: datetime) -> bool:
    live = OrganisationToken.objects.filter(
        organisation_id=organisation_id, revoked_at__isnull=True, expires_at__gt=now
    )
    return live.filter(name__iexact=name).exists()


def _switch(by: Actor, user_id: UUID, *, is_active: bool, operation: str, now: datetime) -> User:
    with change(by, operation) as audit:
        user = _user(user_id)
        _require_for(by, user.person, now)
        if by.id == user.pk:
            raise RuleBroken(_("You cannot switch yourself off or on. Ask another administrator."))
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        audit.noted("account", [user.pk])
    return user


def _make_user(by: Actor, person_id: UUID, email: str, language: str, now: datetime) -> User:
    person = directory_queries.person(person_id)
    _require_for(by, person, now)
    today = clock.london_date(now)
    rules.check_invitation(
        email=email,
        email_is_taken=User.objects.filter(email__iexact=email.strip()).exists(),
        has_account=User.objects.filter(person=person).exists(),
        in_post=person.until is None or person.until >= today,
    ).raise_if_any()
    user = User(email=email.strip().lower(), person=person, language=language)
    user.set_unusable_password()
    user.save()
    # The address counts as proven: only who reads it can follow the link to choose a password.
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def _send_invitation(user: User, site_address: str) -> None:
    token = account_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
    link = site_address.rstrip("/") + path
    with translation.override(user.language):
        body = render_to_string("foundation_accounts/invitation.txt", {"name": user.person.name, "link": link})
        send_mail(_("Your account with Ourpatch"), body, None, [user.email])


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleBroken(Problems({"password": tuple(error.messages)})) from None


def _require_console(by: Actor) -> None:
    if not by.acts_for_partnership:
        raise NotAllowed(_("This can only be done from the command line of the server."))


def _require_for(by: Actor, person: Person, now: datetime) -> None:
    """Inviting is allowed by an administrator of any partnership that the person's organisation belongs to."""
    on = clock.london_date(now)
    memberships = directory_queries.memberships_of(person.organisation_id)
    places = [each.partnership_id for each in memberships if each.until is None or each.until >= on]
    if not any(by.holds(Permission.INVITE, place, place) for place in places):
        raise NotAllowed(_("You can only invite people of organisations that belong to your partnership."))


def _user(user_id: UUID) -> User:
    user = User.objects.select_related("person").filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such account."))
    return user


def _place(service_area_id: UUID) -> ServiceArea:
    place = ServiceArea.objects.filter(pk=service_area_id).first()
    if place is None:
        raise NotFound(_("There is no such area."))
    return place


def _note_role(audit: Trail, grant: RoleGrant) -> None:
    audit.noted("account", [grant.user_id], reason=f"{grant.role} {grant.service_area_id}")
