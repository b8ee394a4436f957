"""The feedback debt in the workspace."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ourpatch.access.concerns import showing
from ourpatch.access.concerns.models import Concern
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.teams import queries as teams
from ourpatch.answers.feedback import forms, queries
from ourpatch.answers.feedback.queries import Debtor
from ourpatch.answers.feedback.rules import BANDS
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.pages import numeric, page, paged


@require_GET
@signed_in
def show(request: HttpRequest) -> HttpResponse:
    """Everything raised and not answered, by age and by who owes it."""
    by, now = request.actor, request.now
    by.require(Permission.VIEW)
    form = forms.DebtForm(request.GET)
    form.is_valid()
    band, owner_id = form.cleaned_data.get("band", ""), form.cleaned_data.get("owner")
    debts = paged(request, queries.list_debts(by, band=band, owner_id=owner_id, now=now))
    seen(by, "feedback.debts", Concern.KIND, [each.pk for each in debts])
    debtors = queries.list_debtors(by, now)
    areas = teams.names_of_areas(each.service_area_id for each in debts)
    return page(
        request,
        "answers_feedback/debts.html",
        {
            "filter": form,
            "total": sum(each.total for each in debtors),
            "overdue": sum(each.overdue for each in debtors),
            "without_owner": queries.count_without_owner(by, now),
            "debtor_head": [_("Owed by"), *_bands(), numeric(_("In all")), numeric(_("Promises overdue"))],
            "debtor_rows": [_debtor_row(each) for each in debtors],
            "debts": debts,
            "head": showing.head(),
            "rows": showing.rows(debts, areas, now),
        },
    )


def _bands() -> list[dict[str, Any]]:
    return [numeric(str(each.label)) for each in BANDS]


def _debtor_row(debtor: Debtor) -> list[Any]:
    name = _("%(name)s (has left)") % {"name": debtor.name} if debtor.has_left else debtor.name
    address = f"{reverse('feedback:debts')}?owner={debtor.person_id}"
    return [{"text": name, "href": address}, *debtor.by_band.values(), debtor.total, debtor.overdue]
