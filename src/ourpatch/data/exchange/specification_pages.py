"""Pages that say what each authority shares: every dataset's specification, as the data that the rules read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ourpatch.data.exchange.wording import CLASSES, KINDS, PLACE_PRECISIONS, TIME_PRECISIONS, how_often, label_of
from ourpatch.data.store import catalogue, specs
from ourpatch.data.store.own import queries as own
from ourpatch.data.store.own import rules, texts
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.specs import DatasetSpec, Duty, Field
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
    known = catalogue.visible_to(request.actor).values()
    return page(
        request,
        "data_exchange/specifications.html",
        {
            "head": head,
            "rows": [_row(spec) for spec in known if spec.owner is None],
            "own_rows": [_row(spec) for spec in known if spec.owner is not None],
            "may_add": own.partnerships_to_add_for(request.actor).exists(),
        },
    )


@require_GET
@signed_in
def show_specification(request: HttpRequest, dataset: str) -> HttpResponse:
    """One dataset: its duty, its fields, its codes of today, and what it cannot tell."""
    spec = _seen(request, dataset)
    shown = {
        "shown": shown_of(spec, request.now),
        "may_change": own.may_specify(request.actor, spec),
        "versions": _versions(request, spec),
        "version_head": [_("Version"), _("Made")],
    }
    return page(request, "data_exchange/specification.html", shown)


@require_GET
@signed_in
def download_specification(request: HttpRequest, dataset: str) -> HttpResponse:
    """A specification as a file, to be changed and taken in here or elsewhere."""
    spec = _seen(request, dataset)
    response = HttpResponse(texts.write(spec), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{spec.key}.yaml"'
    return response


def shown_of(spec: DatasetSpec, now: datetime) -> dict[str, Any]:
    """A specification as people see it, for `_specification.html`."""
    book = law.book(clock.london_date(now))
    lists = specs.lists_of(spec, book)
    codes = [label_of(item) for item in specs.categories_of(spec, book)]
    others = [
        (str(each.label), [label_of(item) for item in lists(each.code_list)])
        for each in spec.fields
        if each.code_list and each.code_list != spec.scheme
    ]
    return {
        "spec": spec,
        "facts": _facts(spec),
        "head": [_("Field"), _("What it holds"), _("Needed")],
        "rows": [[_named(each), str(KINDS[each.kind]), _("Yes") if each.required else _("No")] for each in spec.fields],
        "singling": [str(each.why) for each in spec.singling],
        "codes": codes,
        "codes_summary": _("The %(count)s categories in use today") % {"count": len(codes)},
        "lists": [{"summary": _("Codes of “%(field)s”") % {"field": name}, "codes": listed} for name, listed in others],
    }


def _seen(request: HttpRequest, dataset: str) -> DatasetSpec:
    request.actor.require(Permission.VIEW)
    try:
        return catalogue.seen_by(request.actor, dataset)
    except BadInput as error:
        raise NotFound(_("There is no such dataset.")) from error


def _named(field: Field) -> str:
    return f"{field.label}. {field.hint}" if field.hint else str(field.label)


def _versions(request: HttpRequest, spec: DatasetSpec) -> list[list[str]]:
    if spec.owner is None:
        return []
    found = own.get_own_dataset(request.actor, spec.key, Permission.VIEW).dataset
    return [
        [
            str(each.number),
            _("%(day)s by %(name)s")
            % {"day": date_format(clock.london_date(each.made_at), "j F Y"), "name": each.made_by},
        ]
        for each in own.list_versions(found)
    ]


def _row(spec: DatasetSpec) -> list[Any]:
    return [
        {"text": _name(spec), "href": reverse("exchange:specification", args=[spec.key])},
        _holders(spec.senders),
        how_often(spec),
        str(CLASSES[spec.data_class]),
    ]


def _facts(spec: DatasetSpec) -> list[dict[str, str]]:
    facts = [
        (_("Who holds it"), _holders(spec.senders)),
        (_("Duty to share"), _duty(spec.duty) if spec.duty else _("None: it is shared by agreement or published")),
        (_("How often"), how_often(spec)),
        (_("How far it may be seen"), str(CLASSES[spec.data_class])),
        (_("What a row is"), _("A count") if spec.aggregate else _("One incident")),
        (_("How exactly the time is known"), str(TIME_PRECISIONS[spec.time_precision])),
        (_("How exactly the place is known"), str(PLACE_PRECISIONS[spec.place_precision])),
        (_("Source"), spec.source),
    ]
    if spec.key.startswith(rules.PREFIX):
        facts.append((_("Key, for programs and folders"), spec.key))
    return [{"key": key, "value": value} for key, value in facts]


def _name(spec: DatasetSpec) -> str:
    return _("%(name)s (retired)") % {"name": spec.label} if spec.retired else str(spec.label)


def _duty(duty: Duty) -> str:
    if not duty.by_law:
        return _("Agreed, not asked by law: %(who)s, since %(day)s") % {
            "who": _holders(duty.authorities),
            "day": date_format(duty.since, "j F Y"),
        }
    return _("%(who)s, since %(day)s (%(source)s)") % {
        "who": _holders(duty.authorities),
        "day": date_format(duty.since, "j F Y"),
        "source": duty.source,
    }


def _holders(kinds: tuple[str, ...]) -> str:
    return ", ".join(str(OrganisationKind(kind).label) for kind in kinds)
