"""Pages that say what each authority shares: every dataset's specification, as the data that the rules read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ourpatch.data.exchange.wording import CLASSES, KINDS, PERIODS
from ourpatch.data.store import specs
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.specs import DatasetSpec, Duty
from ourpatch.foundation import law
from ourpatch.foundation.directory.models import OrganisationKind
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import BadInput, NotFound
from ourpatch.ground.pages import page


@require_GET
@signed_in
def show_specifications(request: HttpRequest) -> HttpResponse:
    """Every dataset: whose duty, how often, how far it may be seen."""
    request.actor.require(Permission.VIEW)
    head = [_("Dataset"), _("Who holds it"), _("How often"), _("How far it may be seen")]
    return page(
        request,
        "data_exchange/specifications.html",
        {"head": head, "rows": [_row(spec) for spec in specs.every().values()]},
    )


@require_GET
@signed_in
def show_specification(request: HttpRequest, dataset: str) -> HttpResponse:
    """One dataset: its duty, its fields, its codes of today, and what it cannot tell."""
    request.actor.require(Permission.VIEW)
    try:
        spec = specs.dataset(dataset)
    except BadInput as error:
        raise NotFound(_("There is no such dataset.")) from error
    codes = _codes(request, spec)
    return page(
        request,
        "data_exchange/specification.html",
        {
            "spec": spec,
            "facts": _facts(spec),
            "head": [_("Field"), _("What it holds"), _("Needed")],
            "rows": [
                [str(each.label), str(KINDS[each.kind]), _("Yes") if each.required else _("No")] for each in spec.fields
            ],
            "singling": [str(each.why) for each in spec.singling],
            "codes": codes,
            "codes_summary": _("The %(count)s categories in use today") % {"count": len(codes)},
        },
    )


def _row(spec: DatasetSpec) -> list[Any]:
    return [
        {"text": str(spec.label), "href": reverse("exchange:specification", args=[spec.key])},
        _holders(spec.senders),
        str(PERIODS[spec.period]),
        str(CLASSES[spec.data_class]),
    ]


def _facts(spec: DatasetSpec) -> list[dict[str, str]]:
    facts = [
        (_("Who holds it"), _holders(spec.senders)),
        (_("Duty to share"), _duty(spec.duty) if spec.duty else _("None: it is shared by agreement or published")),
        (_("How often"), str(PERIODS[spec.period])),
        (_("How far it may be seen"), str(CLASSES[spec.data_class])),
        (_("Source"), spec.source),
    ]
    return [{"key": key, "value": value} for key, value in facts]


def _duty(duty: Duty) -> str:
    return _("%(who)s, since %(day)s (%(source)s)") % {
        "who": _holders(duty.authorities),
        "day": date_format(duty.since, "j F Y"),
        "source": duty.source,
    }


def _holders(kinds: tuple[str, ...]) -> str:
    return ", ".join(str(OrganisationKind(kind).label) for kind in kinds)


def _codes(request: HttpRequest, spec: DatasetSpec) -> list[str]:
    in_use = law.book(clock.london_date(request.now)).codes(spec.scheme)
    return [name for _code, name in in_use.choices(get_language() or "en")]
