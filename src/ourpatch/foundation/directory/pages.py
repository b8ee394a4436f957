"""Pages of the directory."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.foundation.directory import actions, forms, queries
from ourpatch.foundation.directory.models import Organisation, Person
from ourpatch.foundation.directory.permissions import Permission
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import Conflict, RuleBroken
from ourpatch.ground.pages import add_error, page, paged, tell

PEOPLE_SHOWN = 50


@require_GET
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Organisations and people by name, office or what they help with."""
    form = forms.SearchForm(request.GET)
    form.is_valid()
    text, kind = form.cleaned_data.get("q", ""), form.cleaned_data.get("kind", "")
    today = clock.london_date(request.now)
    people = queries.list_people(request.actor, text=text, on=today)[:PEOPLE_SHOWN] if text else []
    organisations = paged(request, queries.list_organisations(request.actor, text=text, kind=kind))
    return page(
        request,
        "foundation_directory/search.html",
        {
            "search": form,
            "organisations": organisations,
            "organisation_head": [_("Name"), _("Kind"), _("Helps with")],
            "organisation_rows": [_organisation_row(each) for each in organisations],
            "people_head": _people_head(),
            "people_rows": [_person_row(each) for each in queries.contacts(people, today)],
            "may_manage": request.actor.holds(Permission.MANAGE),
        },
    )


@require_GET
@signed_in
def show_organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """One organisation: its duty, what it helps with, its people."""
    request.actor.require(Permission.VIEW)
    today = clock.london_date(request.now)
    organisation = queries.organisation(organisation_id)
    people = paged(request, queries.people_of(organisation_id, on=today))
    return page(
        request,
        "foundation_directory/organisation.html",
        {
            "organisation": organisation,
            "facts": _organisation_facts(organisation),
            "people": people,
            "people_head": _people_head(),
            "people_rows": [_person_row(each) for each in queries.contacts(people, today)],
            "stale": queries.count_stale(organisation_id, today),
            "may_manage": request.actor.holds(Permission.MANAGE),
        },
    )


@require_GET
@signed_in
def show_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person: how to reach them, and whether anybody has confirmed that lately."""
    request.actor.require(Permission.VIEW)
    return _person_page(request, queries.person(person_id))


@signed_in
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Enter an organisation and its place in the actor's partnership."""
    request.actor.require(Permission.MANAGE)
    form = forms.OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = _add_organisation(request, form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The organisation is in the directory."))
            return redirect("directory:organisation", organisation.pk)
    return page(request, "foundation_directory/new_organisation.html", {"form": form})


@signed_in
def new_person(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Enter a person of an organisation."""
    request.actor.require(Permission.MANAGE)
    organisation = queries.organisation(organisation_id)
    form = forms.PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_person(by=request.actor, organisation_id=organisation_id, now=request.now, **form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The person is in the directory."))
            return redirect("directory:organisation", organisation_id)
    return page(request, "foundation_directory/new_person.html", {"form": form, "organisation": organisation})


@require_POST
@signed_in
def verify(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Confirm a contact as it stands."""
    actions.verify_contact(by=request.actor, person_id=person_id, now=request.now)
    tell(request, _("Thank you. The contact is marked as confirmed today."))
    return redirect("directory:person", person_id)


@require_POST
@signed_in
def change_contact(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Correct a contact."""
    request.actor.require(Permission.MANAGE)
    form = forms.ContactForm(request.POST)
    if form.is_valid():
        try:
            actions.change_contact(by=request.actor, person_id=person_id, now=request.now, **form.cleaned_data)
        except (RuleBroken, Conflict) as error:
            add_error(form, error)
        else:
            tell(request, _("The contact is corrected and marked as confirmed today."))
            return redirect("directory:person", person_id)
    return _person_page(request, queries.person(person_id), contact=form)


@require_POST
@signed_in
def leave(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give a person's last day in post."""
    request.actor.require(Permission.MANAGE)
    form = forms.LeaveForm(request.POST)
    if form.is_valid():
        try:
            actions.leave_post(by=request.actor, person_id=person_id, now=request.now, **form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The last day in post is noted. From the next day on they hold no role."))
            return redirect("directory:person", person_id)
    return _person_page(request, queries.person(person_id), leave=form)


def _person_page(
    request: HttpRequest,
    person: Person,
    contact: forms.ContactForm | None = None,
    leave: forms.LeaveForm | None = None,
) -> HttpResponse:
    found = queries.contacts([person], clock.london_date(request.now))[0]
    contact = contact or forms.ContactForm(
        initial={name: getattr(person, name) for name in ("version", "title", "email", "telephone", "languages")}
    )
    return page(
        request,
        "foundation_directory/person.html",
        {
            "person": person,
            "facts": _person_facts(person),
            "is_stale": found.is_stale,
            "contact": contact,
            "leave": leave or forms.LeaveForm(),
            "may_manage": request.actor.holds(Permission.MANAGE),
            "may_verify": request.actor.holds(Permission.VERIFY),
        },
    )


def _add_organisation(request: HttpRequest, entered: dict[str, Any]) -> Organisation:
    """The organisation and its membership stand or fall together."""
    duty = entered.pop("duty")
    places = request.actor.scopes(Permission.MANAGE)
    with change(request.actor, "directory.enter_member"):
        organisation = actions.add_organisation(by=request.actor, now=request.now, **entered)
        actions.add_membership(
            by=request.actor,
            organisation_id=organisation.pk,
            partnership_id=places[0].partnership_id,
            duty=duty,
            from_on=clock.london_date(request.now),
            now=request.now,
        )
    return organisation


def _organisation_facts(organisation: Organisation) -> list[dict[str, object]]:
    duties = [f"{each.get_duty_display()}, {each.partnership.name}" for each in queries.memberships_of(organisation.pk)]
    return _stated(
        (_("Kind"), organisation.get_kind_display()),
        (_("Sector"), organisation.get_sector_display()),
        (_("Duty"), "; ".join(duties)),
        (_("Helps with"), organisation.services),
        (_("Public e-mail address"), organisation.public_email),
        (_("Public telephone number"), organisation.public_telephone),
        (_("Website"), organisation.website),
    )


def _person_facts(person: Person) -> list[dict[str, object]]:
    return _stated(
        (_("Office"), person.title),
        (_("E-mail address"), person.email),
        (_("Telephone"), person.telephone),
        (_("Languages"), person.languages),
        (_("Confirmed on"), date_format(person.verified_on, "j F Y") if person.verified_on else _("Never")),
        (_("Last day in post"), date_format(person.until, "j F Y") if person.until else ""),
    )


def _stated(*facts: tuple[str, str]) -> list[dict[str, object]]:
    """Only what is known is shown."""
    return [{"key": name, "value": value} for name, value in facts if value]


def _people_head() -> list[str]:
    return [_("Name"), _("Office"), _("Organisation"), _("Reach them at"), _("Contact")]


def _organisation_row(organisation: Organisation) -> list[object]:
    address = reverse("directory:organisation", args=[organisation.pk])
    return [{"text": organisation.name, "href": address}, organisation.get_kind_display(), organisation.services]


def _person_row(contact: queries.Contact) -> list[object]:
    person = contact.person
    return [
        {"text": person.name, "href": reverse("directory:person", args=[person.pk])},
        person.title,
        person.organisation.name,
        person.telephone or person.email,
        {"tag": {"text": _("To confirm"), "colour": "yellow"}} if contact.is_stale else "",
    ]
