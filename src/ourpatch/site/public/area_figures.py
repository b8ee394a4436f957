"""What was recorded in wards and small areas, as everybody sees it: only from releases, as tables and as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _

from ourpatch.data.disclosure.models import AreaKind, Detail, Publishing, Release
from ourpatch.data.disclosure.quarters import TOTAL, Table, last_month
from ourpatch.data.disclosure.queries import Figure, PublishedArea, PublishedQuarter
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.pages import numeric
from ourpatch.ground.spreadsheets import plain_cell
from ourpatch.site.public.figures import (
    MONTHS_OF_A_QUARTER,
    category,
    months_words,
    quarter_code,
    rounding_words,
    told,
)

HEAD = ["kind", "code", "name", "period", "category", "category_name", "count", "status", "rounded_to"]


def latest_table(published: PublishedArea, name: str) -> dict[str, Any]:
    """The latest quarter by category, beside the same quarter a year before where that is published."""
    columns = [(_("Recorded"), published.latest)]
    if published.year_before is not None:
        columns.append((_("Same quarter a year before"), published.year_before))
    caption = _("%(place)s by category, %(quarter)s") % {
        "place": name,
        "quarter": months_words(published.latest.months),
    }
    return {"caption": caption, **_table(published, columns)}


def quarters_table(published: PublishedArea, name: str) -> dict[str, Any] | None:
    """Every quarter that is compared, side by side, the latest first; None where there is only one."""
    if len(published.quarters) == 1:
        return None
    columns = [(months_words(each.months), each) for each in published.quarters]
    return {"caption": _("%(place)s, quarter by quarter") % {"place": name}, **_table(published, columns)}


def rounding_of(published: PublishedArea) -> str:
    """How the numbers of an area are rounded; nothing where they are exact."""
    return rounding_words(
        figure for quarter in published.quarters for figure in (*quarter.categories.values(), quarter.total)
    )


def chosen_words(chosen: Publishing) -> str:
    """What a partnership publishes, in one sentence."""
    what = {
        Detail.NEIGHBOURHOODS: _("Figures are published for neighbourhoods, and not for wards or small areas."),
        Detail.WARDS: _("Figures are published for neighbourhoods and wards, and not for small areas."),
        Detail.SMALL_AREAS: _("Figures are published for neighbourhoods, wards and small areas (LSOAs)."),
    }[Detail(chosen.detail)]
    if chosen.rounded_to is None:
        return what
    how = _("New figures are rounded to the nearest %(base)s.") % {"base": chosen.rounded_to}
    return f"{what} {how}"


def quarter_words(quarter: date) -> str:
    """`April to June 2026`."""
    return months_words([quarter, quarter.replace(month=quarter.month + 1), last_month(quarter)])


def quarter_of_code(code: str) -> date | None:
    """The first day of a quarter that is written as 2026-Q2; None for anything else."""
    year, _sign, number = code.partition("-Q")
    if len(year) != len("2026") or not year.isascii() or not year.isdigit() or number not in ("1", "2", "3", "4"):
        return None
    return date(int(year), (int(number) - 1) * MONTHS_OF_A_QUARTER + 1, 1) if int(year) else None


def as_csv(
    partnership: ServiceArea,
    releases: Sequence[Release],
    names: Mapping[AreaKind, Mapping[str, str]],
    attributions: Iterable[str],
    address: str,
) -> str:
    """Every published number of a quarter's wards and small areas, under a header that says how to read it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([f"# {line}"] for line in _about(partnership, releases, attributions, address))
    writer.writerow(HEAD)
    for release in releases:
        kind = AreaKind(release.area_kind)
        name = names.get(kind, {}).get(release.area_code, release.area_code)
        writer.writerows([kind.value, release.area_code, plain_cell(name), *row] for row in _csv_rows(release))
    return out.getvalue()


def _table(published: PublishedArea, columns: Sequence[tuple[str, PublishedQuarter]]) -> dict[str, Any]:
    """A row a category of the latest quarter and one of everything, a column a quarter."""
    rows = [
        [category(row), *(numeric(told(_of(quarter, row))) for _name, quarter in columns)]
        for row in (*published.latest.categories, TOTAL)
    ]
    return {"head": [_("Category"), *(numeric(name) for name, _quarter in columns)], "rows": rows}


def _of(quarter: PublishedQuarter, row: str) -> Figure | None:
    return quarter.total if row == TOTAL else quarter.categories.get(row)


def _about(
    partnership: ServiceArea, releases: Sequence[Release], attributions: Iterable[str], address: str
) -> Iterator[str]:
    yield f"Place: wards and small areas (LSOAs) of {partnership.name}"
    yield f"Source: police records ({', '.join(sorted({each.dataset for each in releases}))})"
    yield "Licence: Open Government Licence v3.0"
    yield from (f"Boundaries: {text}" for text in attributions)
    yield f"Address: {address}"
    yield f"Released: {clock.london_date(max(each.made_at for each in releases)).isoformat()}"
    smallest = max(each.rule["smallest_shown"] for each in releases)
    yield (
        f"Rule: a count from 1 to {smallest - 1}, and any other count that would give one away, is withheld: its count "
        "is empty and its status says withheld."
    )
    if any(each.rounded_to for each in releases):
        yield "Rounding: where rounded_to has a number, the count is the nearest multiple of it."


def _csv_rows(release: Release) -> Iterator[list[Any]]:
    period, base = quarter_code(release.quarter), release.rounded_to or ""
    for (row, _column), value in Table.of_cells(release.cells).figures.items():
        status = "withheld" if value is None else "published"
        yield [period, row, plain_cell(category(row)), "" if value is None else value, status, base]
