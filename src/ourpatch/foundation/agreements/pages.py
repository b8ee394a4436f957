"""Pages of agreements."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ourpatch.foundation.agreements import actions, forms, queries
from ourpatch.foundation.agreements.models import Agreement
from ourpatch.foundation.agreements.permissions import Permission
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.pages import add_error, page, paged, tell


@require_GET
@signed_in
def agreements(request: HttpRequest) -> HttpResponse:
    """What is agreed, and what is in force today."""
    found = paged(request, queries.list_agreements(request.actor))
    return page(
        request,
        "foundation_agreements/agreements.html",
        {
            "agreements": found,
            "head": [_("Agreement"), _("Purpose"), _("Signed by"), _("Last day"), _("State")],
            "rows": [_row(each, request) for each in found],
            "may_make": request.actor.holds(Permission.MAKE),
        },
    )


@require_GET
@signed_in
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement: what it permits, who signed it."""
    return _agreement_page(request, agreement_id)


@signed_in
def new_agreement(request: HttpRequest) -> HttpResponse:
    """Set up an agreement for the parties to sign."""
    request.actor.require(Permission.MAKE)
    form = forms.AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        partnership_id = request.actor.scopes(Permission.MAKE)[0].partnership_id
        try:
            made = actions.make_agreement(
                by=request.actor, partnership_id=partnership_id, now=request.now, **form.cleaned_data
            )
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The agreement is set up. It permits nothing until the parties have signed."))
            return redirect("agreements:agreement", made.pk)
    return page(request, "foundation_agreements/new_agreement.html", {"form": form})


@require_POST
@signed_in
def sign(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Sign for one's own organisation."""
    found = queries.get_agreement(request.actor, agreement_id)
    request.actor.require(Permission.SIGN, found.partnership_id)
    form = forms.SignForm(request.POST)
    if form.is_valid():
        try:
            actions.sign(
                by=request.actor,
                agreement_id=agreement_id,
                organisation_id=request.actor.organisation_id,
                now=request.now,
                **form.cleaned_data,
            )
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("Your organisation has signed."))
            return redirect("agreements:agreement", agreement_id)
    return _agreement_page(request, agreement_id, sign=form)


@require_POST
@signed_in
def end(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """End an agreement today."""
    found = queries.get_agreement(request.actor, agreement_id)
    request.actor.require(Permission.END, found.partnership_id)
    form = forms.EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end_agreement(by=request.actor, agreement_id=agreement_id, now=request.now, **form.cleaned_data)
        except RuleBroken as error:
            add_error(form, error)
        else:
            tell(request, _("The agreement has ended, and every share that rested on it."))
            return redirect("agreements:agreement", agreement_id)
    return _agreement_page(request, agreement_id, end=form)


def _agreement_page(
    request: HttpRequest, agreement_id: UUID, sign: forms.SignForm | None = None, end: forms.EndForm | None = None
) -> HttpResponse:
    found = queries.get_agreement(request.actor, agreement_id)
    terms = queries.terms_of(found)
    in_force = terms.in_force(clock.london_date(request.now))
    actor = request.actor
    may_sign = actor.holds(Permission.SIGN) and actor.organisation_id not in terms.signed_by and terms.ended_on is None
    return page(
        request,
        "foundation_agreements/agreement.html",
        {
            "agreement": found,
            "facts": _facts(found),
            "signature_head": [_("Organisation"), _("Signed by"), _("On")],
            "signatures": [
                [each.organisation.name, each.signed_by, date_format(each.signed_on, "j F Y")]
                for each in found.signatures.all()
            ],
            "in_force": in_force,
            "sign": (sign or forms.SignForm()) if may_sign else None,
            "end": (end or forms.EndForm()) if actor.holds(Permission.END) and terms.ended_on is None else None,
        },
    )


def _facts(agreement: Agreement) -> list[dict[str, object]]:
    ended = agreement.ended_on
    facts = [
        (_("Purpose"), agreement.get_purpose_display()),
        (_("Lawful basis"), agreement.lawful_basis),
        (_("Partnership"), agreement.partnership.name),
        (_("First day"), date_format(agreement.from_on, "j F Y")),
        (_("Last day"), date_format(agreement.until, "j F Y")),
        (_("Review on"), date_format(agreement.review_on, "j F Y")),
        (_("Ended on"), date_format(ended, "j F Y") if ended else ""),
    ]
    return [{"key": name, "value": value} for name, value in facts if value]


def _row(agreement: Agreement, request: HttpRequest) -> list[object]:
    in_force = queries.terms_of(agreement).in_force(clock.london_date(request.now))
    return [
        {"text": agreement.title, "href": reverse("agreements:agreement", args=[agreement.pk])},
        agreement.get_purpose_display(),
        ", ".join(sorted(each.organisation.name for each in agreement.signatures.all())) or _("Nobody yet"),
        date_format(agreement.until, "j F Y"),
        {
            "tag": {"text": _("In force"), "colour": "green"}
            if in_force
            else {"text": _("Not in force"), "colour": "grey"}
        },
    ]
