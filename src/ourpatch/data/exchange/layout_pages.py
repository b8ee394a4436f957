"""Pages of layouts: match a sender's columns once with a preview of the first rows, keep it, carry it as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ourpatch.data.exchange import actions, mapping, queries
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.intake.judging import span_of
from ourpatch.data.exchange.intake.opening import open_beginning
from ourpatch.data.exchange.intake.reading import candidates, find_layout
from ourpatch.data.exchange.layout_forms import ImportLayoutForm, MatchForm, OptionsForm, headings_of
from ourpatch.data.exchange.mapping import Layout
from ourpatch.data.exchange.models import Delivery, LayoutVersion
from ourpatch.data.exchange.permissions import acts_for
from ourpatch.data.exchange.previewing import Preview, preview_of, said_without_loading
from ourpatch.data.exchange.reading import Sheet, worksheets
from ourpatch.data.exchange.reading.sheet import SheetOptions
from ourpatch.data.store import catalogue, specs
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation import law
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import BadInput, Conflict, NotAllowed, NotFound, OurpatchError, Problems, RuleBroken
from ourpatch.ground.pages import add_error, page, tell

LARGEST_LAYOUT = 1024 * 1024


@require_http_methods(["GET", "POST"])
@signed_in
def match(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Match the columns of a delivery: the form with what is proposed, the preview, and keeping it."""
    delivery = _open(request, delivery_id)
    # That they saw the file is written down; the preview belongs to the same page.
    seen(request.actor, "exchange.match", Delivery.KIND, [delivery.pk])
    options, form = _forms(request, delivery)
    looked = _preview(form, delivery, request)
    if request.method == "POST" and "save" in request.POST and options.is_valid() and form.is_valid():
        if looked.tried and not looked.kept and not looked.broken:
            form.add_error(None, _("No row could be loaded by this. See below what is said of the first rows."))
            return _match_page(request, delivery, options, form, looked)
        try:
            version = actions.save_layout(
                by=request.actor,
                organisation_id=delivery.organisation_id,
                name=form.cleaned_data["name"],
                layout=form.made(),
                now=request.now,
            )
            actions.match_columns(by=request.actor, delivery_id=delivery_id, layout_id=version.pk, now=request.now)
        except (BadInput, RuleBroken, Conflict) as refusal:
            add_error(form, _on_columns(refusal) if isinstance(refusal, RuleBroken) else refusal)
        else:
            tell(request, _("The layout is kept. The file is being read by it."))
            return redirect("exchange:delivery", delivery_id)
    return _match_page(request, delivery, options, form, looked)


@require_POST
@signed_in
def preview(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The preview alone, for a page that asks again while the form is filled in."""
    delivery = _open(request, delivery_id)
    options, form = _forms(request, delivery)
    looked = _preview(form, delivery, request)
    return render(request, "data_exchange/_preview.html", {"preview": looked, "options": options})


@require_GET
@signed_in
def show_layouts(request: HttpRequest) -> HttpResponse:
    """Every layout that is in use, by sender and dataset."""
    latest: dict[tuple[UUID, str, str], LayoutVersion] = {}
    for each in queries.list_layouts(request.actor):
        latest.setdefault((each.organisation_id, each.dataset, each.name), each)
    head = [_("Layout"), _("Sender"), _("Dataset"), _("Version"), _("Made"), _("State")]
    known = catalogue.every()
    rows = [
        [
            {"text": each.name, "href": reverse("exchange:layout", args=[each.pk])},
            each.organisation.name,
            str(specs.found_in(known, each.dataset).label),
            str(each.number),
            _said_by(each),
            _("Retired") if each.retired_at else _("In use"),
        ]
        for each in latest.values()
    ]
    may = queries.senders_for(request.actor, clock.london_date(request.now)).exists()
    return page(request, "data_exchange/layouts.html", {"head": head, "rows": rows, "may_import": may})


@require_GET
@signed_in
def show_layout(request: HttpRequest, layout_id: UUID) -> HttpResponse:
    """One version of a layout: which column fills which field."""
    version = queries.get_layout(request.actor, layout_id)
    layout = mapping.from_data(version.data)
    spec = catalogue.dataset(version.dataset)
    head = [_("Field"), _("Column, or value for every row"), _("Formats"), _("Words translated")]
    rows = [
        [
            str(spec.field(each.field).label),
            each.column + (f" + {each.time_column}" if each.time_column else "") or f"= {each.value}",
            ", ".join(each.formats),
            "; ".join(f"{word} → {code}" for word, code in each.codes.items()),
        ]
        for each in layout.fields
    ]
    return page(
        request,
        "data_exchange/layout.html",
        {
            "version": version,
            "name": str(spec.label),
            "made": _said_by(version),
            "head": head,
            "rows": rows,
            "ignored": layout.ignored,
            "may_retire": version.retired_at is None
            and acts_for(request.actor, version.organisation_id, clock.london_date(request.now)),
        },
    )


@require_GET
@signed_in
def download_layout(request: HttpRequest, layout_id: UUID) -> HttpResponse:
    """A layout as a file, to be imported elsewhere."""
    version = queries.get_layout(request.actor, layout_id)
    response = JsonResponse(version.data, json_dumps_params={"indent": 1, "ensure_ascii": False})
    name = f"layout-{version.dataset}-{version.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "POST"])
@signed_in
def import_layout(request: HttpRequest) -> HttpResponse:
    """Take a layout over from a file."""
    senders = list(queries.senders_for(request.actor, clock.london_date(request.now)))
    if not senders:
        return page(request, "data_exchange/import_layout.html", {"form": None})
    form = ImportLayoutForm(
        request.POST or None, request.FILES or None, organisations=[(str(each.pk), each.name) for each in senders]
    )
    if request.method == "POST" and form.is_valid():
        try:
            version = actions.save_layout(
                by=request.actor,
                organisation_id=UUID(form.cleaned_data["organisation"]),
                name=form.cleaned_data["name"],
                layout=_layout_in(form.cleaned_data["file"]),
                now=request.now,
            )
        except (BadInput, RuleBroken, Conflict) as refusal:
            form.add_error("file", str(refusal))
        else:
            tell(request, _("The layout is kept."))
            return redirect("exchange:layout", version.pk)
    return page(request, "data_exchange/import_layout.html", {"form": form})


@require_POST
@signed_in
def retire_layout(request: HttpRequest, layout_id: UUID) -> HttpResponse:
    """Propose a layout for no further file."""
    actions.retire_layout(by=request.actor, layout_id=layout_id, now=request.now)
    tell(request, _("The layout is retired. Files that were read by it stay as they are."))
    return redirect("exchange:layout", layout_id)


def _match_page(
    request: HttpRequest, delivery: Delivery, options: OptionsForm, form: MatchForm, looked: Preview
) -> HttpResponse:
    return page(
        request,
        "data_exchange/match.html",
        {
            "delivery": delivery,
            "name": str(form.spec.label),
            "options": options,
            "form": form,
            "preview": looked,
            "remarks": _remarks(form),
            "notes": [str(note) for note in form.sheet.notes],
        },
    )


def _remarks(form: MatchForm) -> list[str]:
    """What somebody who confirms the layout should look at."""
    said = [str(message) for _field, message in mapping.remarks(form.sheet, form.layout, form.spec)]
    if form.anew:
        words = {"name": form.fields["name"].initial}
        said.insert(
            0,
            _(
                "None of the headings of the layout “%(name)s” is in this file, so what is filled in below is proposed anew. "
                "Kept under that name it is its next version, and files with the old headings are to be matched again; under "
                "another name both are read."
            )
            % words,
        )
    return said


def _open(request: HttpRequest, delivery_id: UUID) -> Delivery:
    """A delivery whose columns can be matched by this person."""
    delivery = queries.get_delivery(request.actor, delivery_id)
    if not acts_for(request.actor, delivery.organisation_id, clock.london_date(request.now)):
        raise NotAllowed(_("You may not match the columns of this sender."))
    if not delivery.path or not keeping.kept(delivery.path).exists():
        raise NotFound(_("The file of this delivery is no longer kept. Send it again to match it anew."))
    return delivery


def _forms(request: HttpRequest, delivery: Delivery) -> tuple[OptionsForm, MatchForm]:
    """The two forms of the page. When the file is laid out otherwise than before, what is proposed is made anew."""
    path = keeping.kept(delivery.path)
    posted = request.POST if request.method == "POST" else None
    options = OptionsForm(posted, worksheets=worksheets(path))
    sheet = _beginning(delivery, path, options)
    spec, lists = _spec(delivery, request)
    same = posted is not None and posted.get("headings") == headings_of(sheet)
    before = _before(delivery, sheet)
    old = mapping.from_data(before.data) if before is not None else None
    anew = old is not None and not mapping.still_there(old, sheet)
    form = MatchForm(
        posted if same else None,
        sheet=sheet,
        spec=spec,
        lists=lists,
        layout=mapping.propose(sheet, spec, lists) if old is None or anew else mapping.carried(old, sheet, spec, lists),
        # A new version under the old name; the old ones stay.
        name=before.name if before is not None else "",
        held=_held(delivery),
        anew=anew,
    )
    return options, form


def _beginning(delivery: Delivery, path: Path, options: OptionsForm) -> Sheet:
    """The first rows, laid out as the form says; where it says nothing, or what cannot be read, as they are found."""
    asked = options.chosen()
    if asked != SheetOptions():
        try:
            return open_beginning(path, delivery.filename, asked)
        except BadInput as refusal:
            options.add_error("header_row", said_without_loading(refusal))
    sheet, _version, _why = find_layout(delivery, path)
    return sheet


def _before(delivery: Delivery, sheet: Sheet) -> LayoutVersion | None:
    """The layout that was chosen for the file, else that of the sender's of which most is still there."""
    if delivery.layout is not None:
        return delivery.layout
    # Of several that are alike the latest, which comes first.
    return max(
        candidates(delivery), key=lambda each: mapping.still_there(mapping.from_data(each.data), sheet), default=None
    )


def _preview(form: MatchForm, delivery: Delivery, request: HttpRequest) -> Preview:
    layout = form.made() if form.is_bound and form.is_valid() else form.layout
    span = span_of(delivery.period, delivery.months)
    return preview_of(
        form.sheet, layout, form.spec, _spec(delivery, request)[1], span, clock.london_date(request.now), form.held
    )


def _held(delivery: Delivery) -> frozenset[str]:
    """The columns in which the gate found something: their values are not shown."""
    return frozenset(delivery.findings.filter(kind__startswith="gate_").values_list("column", flat=True))


def _spec(delivery: Delivery, request: HttpRequest) -> tuple[DatasetSpec, Any]:
    """The delivery's dataset and the code lists of its day."""
    spec = catalogue.dataset(delivery.dataset)
    return spec, specs.lists_of(spec, law.book(delivery.period or clock.london_date(request.now)))


def _on_columns(refusal: RuleBroken) -> OurpatchError:
    """The rules name fields; the form has an input for the column of each."""
    return RuleBroken(
        Problems.collect((f"column_{name}" if name else "", message) for name, message in refusal.problems)
    )


def _layout_in(given: Any) -> Layout:
    if given.size > LARGEST_LAYOUT:
        raise BadInput(_("This file is too large for a layout."))
    try:
        data = json.loads(given.read().decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadInput(_("This is not a layout file: it cannot be read as JSON.")) from error
    return mapping.from_data(data)


def _said_by(version: LayoutVersion) -> str:
    day = date_format(clock.london_date(version.made_at), "j F Y")
    return _("%(day)s by %(name)s") % {"day": day, "name": version.made_by}
