"""A kept study as files: SVG, PNG, GeoJSON, CSV, XLSX, JSON. What a cell holds is written as text or number, never a formula."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ourpatch.data.studies.models import Study
from ourpatch.data.studies.titled import with_title
from ourpatch.ground import clock
from ourpatch.ground.errors import NotFound
from ourpatch.ground.spreadsheets import plain_cell, writable
from ourpatch.ground.words import say as __

_LONGEST_SHEET_NAME = 31
PNG_WIDTH = 1_600


class Format(StrEnum):
    """What a study can be downloaded as."""

    SVG = "svg"
    PNG = "png"
    GEOJSON = "geojson"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


TYPES = {
    Format.SVG: "image/svg+xml",
    Format.PNG: "image/png",
    Format.GEOJSON: "application/geo+json",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}


def formats(study: Study) -> tuple[Format, ...]:
    """What there is of this study."""
    shown = study.shown
    there = {
        Format.SVG: bool(shown["pictures"]),
        Format.PNG: bool(shown["pictures"]),
        Format.GEOJSON: bool(study.document["shapes"]["features"]),
        Format.CSV: bool(shown["tables"]),
        Format.XLSX: True,
        Format.JSON: True,
    }
    return tuple(each for each in Format if there[each])


def export(study: Study, wanted: Format, picture: int = 0) -> bytes:
    """A study as a file in the reader's language. `picture`: which, from 0. Raises NotFound when there is none."""
    if wanted not in formats(study):
        raise NotFound(__("This study has nothing of that kind to download."))
    makers: dict[Format, Callable[[], bytes]] = {
        Format.SVG: lambda: _picture(study, picture).encode(),
        Format.PNG: lambda: as_png(_picture(study, picture)),
        Format.GEOJSON: lambda: _json({**study.document["shapes"], "about": dict(_about(study))}),
        Format.CSV: lambda: _csv(study),
        Format.XLSX: lambda: _workbook(study),
        Format.JSON: lambda: _json(told(study)),
    }
    return makers[wanted]()


def told(study: Study) -> dict[str, Any]:
    """A study as programs read it: question, data version, words and numbers."""
    shown = {key: value for key, value in study.shown.items() if key != "pictures"}
    return {
        "question": study.question,
        "data_version": study.data_version,
        "made_at": study.made_at.isoformat(),
        **shown,
        "base": study.document.get("base"),
        "numbers": study.document["numbers"],
        "use": _use(),
    }


def as_png(svg: str) -> bytes:
    """A picture as a PNG of 1,600 pixels' width."""
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=PNG_WIDTH, background="white"))


def _picture(study: Study, number: int) -> str:
    pictures: list[str] = study.shown["pictures"]
    if not 0 <= number < len(pictures):
        raise NotFound(__("This study has nothing of that kind to download."))
    made = _("Made on %(day)s from the data's state %(version)s.") % {
        "day": date_format(clock.london_date(study.made_at), "j F Y"),
        "version": study.data_version,
    }
    return with_title(pictures[number], (made, _use()))


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _use() -> str:
    return _("For use inside the partnership. What is published is decided by its own rules.")


def _about(study: Study) -> Iterator[tuple[str, str]]:
    """What it is, from which state of the data, and for whom."""
    shown = study.shown
    yield _("Analysis"), shown["method"]
    yield _("What"), shown["what"]
    yield _("Where"), shown["where"]
    yield _("When"), shown["when"]
    # Studies that were kept before counts could be held against something say nothing of it.
    yield from zip((_("Rates"), _("Held against")), shown.get("base", []), strict=False)
    yield _("State of the data"), study.data_version
    yield _("Use"), _use()


def _lines(study: Study) -> Iterator[tuple[str, str]]:
    """What stands beside the tables: what it is, what was found, what to beware of, what was chosen."""
    yield from _about(study)
    for heading, key in ((_("Found"), "findings"), (_("Read with care"), "cautions"), (_("Chosen"), "choices")):
        yield from ((heading, each) for each in study.shown[key])


def _csv(study: Study) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    for table in study.shown["tables"]:
        writer.writerow([_harmless(table["caption"])])
        writer.writerow([_harmless(head) for head in table["heads"]])
        writer.writerows([_harmless(value) for value in row] for row in table["rows"])
        writer.writerow([])
    writer.writerows([_harmless(each) for each in line] for line in _lines(study))
    return ("\ufeff" + out.getvalue()).encode()


def _harmless(value: object) -> object:
    return plain_cell(value) if isinstance(value, str) else value


def _workbook(study: Study) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    about = book.create_sheet(_("About")[:_LONGEST_SHEET_NAME])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 18, 100
    for line in _lines(study):
        about.append(_cells(about, [*line], wrapped=True))
    for number, table in enumerate(study.shown["tables"], 1):
        sheet = book.create_sheet(_("Table %(number)s") % {"number": number})
        sheet.freeze_panes = "A3"
        sheet.append(_cells(sheet, [table["caption"]], bold=True))
        sheet.append(_cells(sheet, table["heads"], bold=True))
        for row in table["rows"]:
            sheet.append(_cells(sheet, row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(sheet: Any, values: list[Any], *, bold: bool = False, wrapped: bool = False) -> list[Any]:
    """Values as cells of a workbook that is written row by row; texts stay texts."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cells = []
    for value in values:
        cell = WriteOnlyCell(sheet, value=writable(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
        if wrapped:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        cells.append(cell)
    return cells
