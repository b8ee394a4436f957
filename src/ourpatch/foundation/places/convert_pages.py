"""The page that moves figures between areas whose borders do not agree, on the screen and as a file. Nothing is kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction
from io import StringIO
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ourpatch.foundation.places import conversion, moving
from ourpatch.foundation.places.conversion import Figure
from ourpatch.foundation.places.forms import GROUND, RATES, ConvertForm
from ourpatch.foundation.places.models import BoundarySet
from ourpatch.foundation.places.moving import Asked, Moved
from ourpatch.ground.doors import signed_in
from ourpatch.ground.pages import judged, page
from ourpatch.ground.spreadsheets import plain_cell

MOST_SHOWN = 500
SLIVER_PERCENT = round(conversion.SLIVER * 100)


@require_http_methods(["GET", "POST"])
@signed_in
def convert(request: HttpRequest) -> HttpResponse:
    """Ask for figures and two sets of boundaries; show the figures in the other boundaries, or send them as a file."""
    sets = list(moving.list_sets(request.actor))
    form = ConvertForm(sets, request.POST or None, request.FILES or None)
    answer = judged(request, form, lambda: _converted(request, form))
    return answer or page(request, "foundation_places/convert.html", {"form": form, "can_convert": len(sets) > 1})


def _converted(request: HttpRequest, form: ConvertForm) -> HttpResponse:
    moved = moving.move_figures(request.actor, _asked(form.cleaned_data))
    if request.POST.get("then") == "download":
        return _download(moved)
    return page(
        request,
        "foundation_places/converted.html",
        {
            "facts": _facts(moved),
            "notes": list(_notes(moved)),
            "head": [_("Area"), _("Code"), {"text": _("Figure"), "numeric": True}, _("How far it can be trusted")],
            "rows": list(_rows(moved)),
            "most_shown": MOST_SHOWN if len(moved.figures) > MOST_SHOWN else 0,
            "caption": _set_name(moved.sets.target),
            "sliver": SLIVER_PERCENT,
            "again": {name: form.cleaned_data[name] for name in form.fields if name != "file"},
        },
    )


def _asked(cleaned: dict[str, Any]) -> Asked:
    return Asked(
        text=cleaned["figures"],
        from_set_id=UUID(cleaned["from_set"]),
        to_set_id=UUID(cleaned["to_set"]),
        people_set_id=None if cleaned["weighting"] == GROUND else UUID(cleaned["weighting"]),
        rates=cleaned["kind"] == RATES,
        whole=cleaned["whole"],
    )


# ---------------------------------------------------------------- on the screen


def _facts(moved: Moved) -> list[dict[str, Any]]:
    facts = [
        (_("From"), _set_name(moved.sets.source)),
        (_("To"), _set_name(moved.sets.target)),
        (_("Shared out"), _weighting(moved)),
    ]
    if moved.total is not None:
        facts.append((_("Total"), _shown(moved.total)))
    if moved.outside is not None:
        facts.append((_("Of it outside all of these areas"), _shown(moved.outside.value)))
    return [{"key": key, "value": value} for key, value in facts]


def _weighting(moved: Moved) -> str:
    if moved.sets.people is None:
        return _("By ground")
    return _("By where people live, from %(set)s") % {"set": _set_name(moved.sets.people)}


def _notes(moved: Moved) -> Iterator[str]:
    """What lessens these figures as a whole."""
    if moved.missing:
        yield ngettext(
            "%(count)s more area reaches into these and had no figure, so the figures it reaches are too low.",
            "%(count)s more areas reach into these and had no figure, so the figures they reach are too low.",
            moved.missing,
        ) % {"count": moved.missing}
    if moved.by_area:
        yield ngettext(
            "%(count)s area was shared out by ground, because nobody is known to live in it.",
            "%(count)s areas were shared out by ground, because nobody is known to live in them.",
            len(moved.by_area),
        ) % {"count": len(moved.by_area)}
    if moved.without_people:
        yield ngettext(
            "%(count)s area has no rate, because nobody is known to live in it.",
            "%(count)s areas have no rate, because nobody is known to live in them.",
            len(moved.without_people),
        ) % {"count": len(moved.without_people)}


def _rows(moved: Moved) -> Iterator[list[Any]]:
    for figure in moved.figures[:MOST_SHOWN]:
        yield [moved.names.get(figure.code, ""), figure.code, _shown(figure.value), _trust(figure)]
    if moved.outside is not None:
        yield [_("Outside all of these areas"), "", _shown(moved.outside.value), _trust(moved.outside)]


def _trust(figure: Figure) -> str:
    if not figure.missing:
        return str(figure.error)
    lacking = ngettext(
        "%(count)s area that reaches it had no figure.", "%(count)s areas that reach it had no figure.", figure.missing
    ) % {"count": figure.missing}
    return f"{figure.error} {lacking}"


def _set_name(found: BoundarySet) -> str:
    return f"{found.get_kind_display()} {found.vintage}"


def _shown(value: Fraction) -> str:
    """Whole numbers as they are, others with one decimal."""
    places = 0 if value.denominator == 1 else 1
    return str(number_format(Decimal(_decimal(value)), decimal_pos=places, use_l10n=True, force_grouping=True))


# ---------------------------------------------------------------- as a file


def _download(moved: Moved) -> HttpResponse:
    response = HttpResponse(_as_csv(moved), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="converted-figures.csv"'
    return response


def _as_csv(moved: Moved) -> str:
    """The figures under lines that say how they were made; counts are exact, so that they add up to the total."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([f"# {line}"] for line in _about(moved))
    writer.writerow(
        ["code", "name", "figure", "percent_from_areas_partly_inside", "least", "most", "areas_without_figure"]
    )
    for figure in moved.figures:
        writer.writerow(_csv_row(figure, plain_cell(moved.names.get(figure.code, ""))))
    if moved.outside is not None:
        writer.writerow(_csv_row(moved.outside, _("Outside all of these areas")))
    return out.getvalue()


def _about(moved: Moved) -> Iterator[str]:
    yield plain_cell(f"{_set_name(moved.sets.source)} -> {_set_name(moved.sets.target)}. {_weighting(moved)}.")
    if moved.total is not None:
        yield f"{_('Total')}: {_decimal(moved.total)}"
    yield _(
        "Overlaps, and parts outside, of less than %(percent)s%% of the smaller area are noise of the outlines; what they would "
        "carry is given back to the other parts."
    ) % {"percent": SLIVER_PERCENT}
    yield from _notes(moved)


def _csv_row(figure: Figure, name: str) -> list[Any]:
    percent = _decimal(figure.split * 100)
    return [
        figure.code,
        name,
        _decimal(figure.value),
        percent,
        _decimal(figure.least),
        _decimal(figure.most),
        figure.missing,
    ]


def _decimal(value: Fraction) -> str:
    """Exact where it ends within 24 decimals (counts always do), else to 24 significant figures."""
    with localcontext(prec=24 + len(str(int(value)))):
        return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"
