"""Pages of studies: choose what to know, ask it, read what was found, keep, share and download it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ourpatch.data.analysis.pictures import Picture
from ourpatch.data.store import catalogue
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.data.studies import actions, exporting, queries
from ourpatch.data.studies.contract import Group, Kind, Method, Unit
from ourpatch.data.studies.forms import PREFIX, KeepForm, ShareForm, StudyForm
from ourpatch.data.studies.methods import METHODS
from ourpatch.data.studies.methods import method as method_of
from ourpatch.data.studies.models import Study
from ourpatch.data.studies.permissions import Permission
from ourpatch.data.studies.titled import title_of
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.doors import signed_in
from ourpatch.ground.errors import BadInput, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.pages import add_problems, answered, page, paged, tell

GROUP_NAMES = {
    Group.WHERE: gettext_lazy("Where"),
    Group.WHEN: gettext_lazy("When"),
    Group.AGAIN: gettext_lazy("Again and again"),
    Group.CHANGE: gettext_lazy("Change"),
    Group.COMPARE: gettext_lazy("Compare"),
    Group.WORKED: gettext_lazy("Did it work?"),
}
FORMAT_NAMES = {
    exporting.Format.SVG: gettext_lazy("Picture (SVG)"),
    exporting.Format.PNG: gettext_lazy("Picture (PNG)"),
    exporting.Format.GEOJSON: gettext_lazy("Map data (GeoJSON)"),
    exporting.Format.CSV: gettext_lazy("Tables (CSV)"),
    exporting.Format.XLSX: gettext_lazy("Workbook (XLSX)"),
    exporting.Format.JSON: gettext_lazy("For programs (JSON)"),
}
MOST_ROWS_SHOWN = 200
# Below it, four places after the point are all noughts.
SMALLEST_SHOWN = 0.00005


@require_GET
@signed_in
def choose(request: HttpRequest) -> HttpResponse:
    """What would you like to know? The methods by question; what was kept; the drafts."""
    by = request.actor
    studies = paged(request, queries.list_studies(by))
    may_run = bool(queries.list_datasets(by))
    groups = [
        {
            "name": name,
            "methods": [
                {"asks": each.asks, "name": each.name, "href": reverse("studies:ask", args=[each.key])}
                for each in METHODS
                if each.group is group
            ],
        }
        for group, name in GROUP_NAMES.items()
    ]
    context = {
        "groups": groups if may_run else [],
        "studies": studies,
        "head": [_("Title"), _("Analysis"), _("Made by"), _("Made on")],
        "rows": [_row(each) for each in studies],
        "drafts": [_row(each) for each in queries.list_drafts(by)] if may_run else [],
    }
    return page(request, "data_studies/choose.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Ask one question; what was found has a page of its own, so that going back and reloading ask nothing again."""
    by = request.actor
    by.require(Permission.RUN)
    method = _method(key)
    datasets = queries.list_datasets(by)
    if not datasets:
        return page(request, "data_studies/ask.html", {"form": None, "method": method})
    form = _form(request, method)
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        try:
            study = actions.run_study(by=by, question=form.question(method), now=request.now)
        except BadInput as refusal:
            form.add_error(None, str(refusal))
        except RuleBroken as refusal:
            _show_problems(form, refusal)
        else:
            return redirect("studies:study", study.pk)
    return page(request, "data_studies/ask.html", {"form": form, "method": method})


@require_http_methods(["GET", "POST"])
@signed_in
def show(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """What was found: words, picture, tables, what was chosen; keep it, share it, download it."""
    by = request.actor
    study = queries.get_study(by, study_id)
    form = KeepForm(
        request.POST or None, initial={"title": study.title, "notes": study.notes, "version": study.version}
    )

    def keep() -> HttpResponse:
        given = form.cleaned_data
        actions.keep_study(by=by, study_id=study.pk, now=request.now, **given)
        tell(request, _("The study is kept."))
        return redirect("studies:study", study.pk)

    return answered(request, form, keep) or page(request, "data_studies/study.html", _shown(request, study, form))


@require_POST
@signed_in
def open_up(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Let the partnership read it, or no longer."""
    is_open = request.POST.get("open") == "yes"
    version = _whole(request.POST.get("version", ""))
    try:
        actions.open_study(by=request.actor, study_id=study_id, version=version, is_open=is_open, now=request.now)
    except RuleBroken as refusal:
        tell(request, str(refusal))
    else:
        tell(
            request, _("The partnership can read it now.") if is_open else _("Only your organisation can read it now.")
        )
    return redirect("studies:study", study_id)


@require_http_methods(["GET", "POST"])
@signed_in
def share(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Let one other organisation read it, under an agreement."""
    by = request.actor
    study = queries.get_study(by, study_id)
    by.require(Permission.SHARE, study.partnership_id, study.service_area_id)
    if not queries.is_own(by, study):
        raise NotAllowed(_("Only the organisation that made this study can change or share it."))
    today = clock.london_date(request.now)
    members = directory.member_organisations(study.partnership_id, today).exclude(pk=study.controller_id)
    form = ShareForm(request.POST or None, organisations=[(str(each.pk), each.name) for each in members])

    def act() -> HttpResponse:
        organisation = UUID(form.cleaned_data["organisation"])
        actions.share_study(by=by, study_id=study.pk, organisation_id=organisation, now=request.now)
        tell(request, _("The organisation can read it now, until the agreement ends."))
        return redirect("studies:study", study.pk)

    return answered(request, form, act) or page(request, "data_studies/share.html", {"form": form, "study": study})


@require_GET
@signed_in
def download(request: HttpRequest, study_id: UUID, wanted: str) -> HttpResponse:
    """The study as a file."""
    by = request.actor
    study = queries.get_study(by, study_id)
    if wanted not in list(exporting.Format):
        raise NotFound(_("This study has nothing of that kind to download."))
    kind, picture = exporting.Format(wanted), _whole(request.GET.get("picture", "0"))
    content = actions.download_study(by=by, study_id=study.pk, wanted=kind, picture=picture)
    response = HttpResponse(content, content_type=exporting.TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{study.method}-{study.made_at:%Y-%m-%d}.{kind}"'
    return response


# --- asking -----------------------------------------------------------------------------------------------------------


def _method(key: str) -> Method:
    try:
        return method_of(key)
    except BadInput as unknown:
        raise NotFound(_("There is no such analysis.")) from unknown


def _form(request: HttpRequest, method: Method) -> StudyForm:
    """The form as posted, else as an earlier study asked (?from=), else with street crime, as by command, where it is loaded."""
    by = request.actor
    datasets, areas = queries.list_datasets(by), queries.list_places(by)
    initial = _initial(request) if request.method == "GET" else {}
    chosen = request.POST.get("dataset") or initial.get("dataset") or request.GET.get("dataset", "")
    by_key = {each.key: each for each in datasets}
    spec = by_key.get(chosen) or by_key.get(POLICE_UK) or datasets[0]
    place_id = request.POST.get("area") or initial.get("area") or (str(areas[0].pk) if areas else "")
    codes = queries.categories(spec, clock.london_date(request.now), get_language() or "en")
    again = "again" in request.POST
    return StudyForm(
        None if again or request.method == "GET" else request.POST,
        initial={"dataset": spec.key, **initial, **(_kept(request, method) if again else {})},
        method=method,
        datasets=datasets,
        places=areas,
        categories=codes,
        areas=_area_choices(method, areas, place_id, _unit_chosen(request, initial)),
        against_categories=_against_categories(request, initial, datasets),
        needs_purpose=any(queries.is_controlled(each) for each in datasets),
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What an earlier study asked, to be changed and asked again."""
    try:
        study = queries.get_study(request.actor, UUID(request.GET["from"]))
    except (KeyError, ValueError, NotFound):
        return {}
    asked = dict(study.question)
    options = {f"{PREFIX}{key}": value for key, value in asked.pop("options").items()}
    return {**asked, **options, "purpose": study.purpose}


def _kept(request: HttpRequest, method: Method) -> dict[str, Any]:
    """What was typed so far, when another dataset or place is chosen and its own choices are to be shown."""
    lists = (Kind.AREAS, Kind.CATEGORIES)
    many = {"categories", *(f"{PREFIX}{option.key}" for option in method.options if option.kind in lists)}
    return {key: request.POST.getlist(key) if key in many else value for key, value in request.POST.items()}


def _unit_chosen(request: HttpRequest, initial: Mapping[str, Any]) -> str:
    key = f"{PREFIX}unit"
    return str(request.POST.get(key) or initial.get(key) or Unit.NEIGHBOURHOOD)


def _against_categories(
    request: HttpRequest, initial: Mapping[str, Any], datasets: Sequence[DatasetSpec]
) -> list[tuple[str, str]]:
    """Those of the other dataset that was chosen; none before one was."""
    key = f"{PREFIX}against_dataset"
    chosen = request.POST.get(key) or initial.get(key)
    spec = next((each for each in datasets if each.key == chosen), None)
    on = clock.london_date(request.now)
    return [] if spec is None else queries.categories(spec, on, get_language() or "en")


def _area_choices(method: Method, areas: Sequence[ServiceArea], place_id: str, unit: str) -> list[tuple[str, str]]:
    """Areas of the chosen kind within the chosen place, for methods that let people name some."""
    place = next((each for each in areas if str(each.pk) == place_id), None)
    if place is None or not any(option.kind is Kind.AREAS for option in method.options):
        return []
    if unit == Unit.WARD:
        return [(each.code, each.name) for each in places.areas_within(place, unit)]
    if place.kind == ServiceAreaKind.NEIGHBOURHOOD:
        return [(str(place.pk), place.shown_name)]
    return [(str(each.pk), each.shown_name) for each in places.neighbourhoods(place.pk)]


def _show_problems(form: StudyForm, refusal: RuleBroken) -> None:
    """Each problem beside its field; those of options beside theirs."""
    renamed = [
        (f"{PREFIX}{name}" if f"{PREFIX}{name}" in form.fields else name, message) for name, message in refusal.problems
    ]
    add_problems(form, type(refusal.problems).collect(renamed))


# --- showing ----------------------------------------------------------------------------------------------------------


def _shown(request: HttpRequest, study: Study, form: KeepForm) -> dict[str, Any]:
    by = request.actor
    here, is_own = (study.partnership_id, study.service_area_id), queries.is_own(by, study)
    method = method_of(study.method)
    shown = study.shown
    spec = catalogue.dataset(study.dataset)
    return {
        "study": study,
        "shown": shown,
        "heading": study.title or shown["method"],
        "pictures": [{"svg": Picture(each), "title": title_of(each)} for each in shown["pictures"]],
        "tables": [_table(each) for each in shown["tables"]],
        "options": [[name, value or _("Worked out from the data")] for name, value in shown["options"]],
        "facts": _facts(study, shown),
        "limitations": [str(each) for each in spec.limitations],
        "is_current": queries.is_current(study),
        "form": form if is_own and by.holds(Permission.RUN, *here) else None,
        "may_share": is_own and by.holds(Permission.SHARE, *here) and not study.is_draft,
        "again": f"{reverse('studies:ask', args=[method.key])}?from={study.pk}" if by.holds(Permission.RUN) else "",
        "downloads": [
            {"text": FORMAT_NAMES[each], "href": reverse("studies:download", args=[study.pk, each])}
            for each in exporting.formats(study)
        ],
    }


def _facts(study: Study, shown: Mapping[str, Any]) -> list[dict[str, str]]:
    facts = [
        (_("What"), shown["what"]),
        (_("Where"), shown["where"]),
        (_("When"), shown["when"]),
        *zip((_("Rates"), _("Held against")), shown.get("base", []), strict=False),
        (_("Made by"), study.by_name),
        (_("Made on"), str(date_format(clock.london_date(study.made_at), "j F Y"))),
        (_("State of the data"), study.data_version),
    ]
    known = study.question["known_on"]
    if known:
        facts.append((_("As it was known on"), str(date_format(date.fromisoformat(known), "j F Y"))))
    if study.purpose:
        facts.append((_("Purpose"), study.purpose))
    return [{"key": key, "value": value} for key, value in facts]


def _table(table: Mapping[str, Any]) -> dict[str, Any]:
    """A kept table as the page draws it, its first rows where there are very many."""
    rows = table["rows"]
    numeric = [any(isinstance(row[at], int | float) for row in rows) for at in range(len(table["heads"]))]
    head = [{"text": text, "numeric": is_number} for text, is_number in zip(table["heads"], numeric, strict=True)]
    cells = [
        [{"text": _text(value), "numeric": numeric[at]} for at, value in enumerate(row)]
        for row in rows[:MOST_ROWS_SHOWN]
    ]
    more = max(0, len(rows) - MOST_ROWS_SHOWN)
    return {"caption": table["caption"], "head": head, "rows": cells, "more": more}


def _text(value: object) -> str:
    """Numbers as the reader's language writes them, to four significant figures after the point."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return str(number_format(int(value), use_l10n=True, force_grouping=True))
    if isinstance(value, float):
        if 0 < value < SMALLEST_SHOWN:
            # A chance that is small is not one of nought.
            return _("under %(number)s") % {"number": number_format(2 * SMALLEST_SHOWN, 4, use_l10n=True)}
        places_shown = 0 if abs(value) >= 1_000 else 2 if abs(value) >= 1 else 4
        # Django's own formatting cuts places off and does not round.
        rounded = Decimal(f"{value:.{places_shown}f}")
        return str(number_format(rounded, places_shown, use_l10n=True, force_grouping=True))
    return str(value)


def _row(study: Study) -> list[dict[str, str]]:
    method = method_of(study.method)
    return [
        {"text": study.title or str(method.name), "href": reverse("studies:study", args=[study.pk])},
        {"text": str(method.name)},
        {"text": study.by_name},
        {"text": str(date_format(clock.london_date(study.made_at), "j F Y"))},
    ]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else 0
