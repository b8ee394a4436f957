"""What was recorded in a neighbourhood, as everybody sees it: only from releases; a map, a trend and tables of the same numbers.

A number that is withheld is said to be withheld and never why: the reason would narrow it (data.disclosure.rules).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import StringIO
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from ourpatch.data.analysis import change
from ourpatch.data.analysis.change import ControlChart
from ourpatch.data.analysis.pictures import Picture, control_chart, point_map
from ourpatch.data.analysis.sentences import Tone
from ourpatch.data.disclosure import queries as releases
from ourpatch.data.disclosure.models import Release
from ourpatch.data.disclosure.quarters import TOTAL, Table
from ourpatch.data.disclosure.queries import Figure, MonthFigure, PublishedCounts, PublishedPoint, PublishedPoints
from ourpatch.data.disclosure.rules import MinimumCell
from ourpatch.foundation import law
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.pages import numeric

LIST = "police_uk_categories"
# A picture of fewer months says nothing; the chart itself warns below twelve.
FEWEST_MONTHS = 3
MOST_MONTHS = 36
PLACES_LISTED = 20
MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Crime:
    """What a page shows: parameters of components, each None where nothing is published for it."""

    trend: dict[str, Any] | None
    map: dict[str, Any] | None
    categories: dict[str, Any] | None
    rate: str
    rounding: str
    latest_month: str


def crime_of(area: ServiceArea) -> Crime | None:
    """The published figures of a neighbourhood, ready to be shown; None when nothing is published."""
    counts = releases.published_counts(area.pk)
    if counts is None:
        return None
    points = releases.published_points(area.pk)
    shape = places.outline(area) if points else None
    return Crime(
        trend=_trend(counts.months, area.shown_name),
        map=_map(points, shape, area.shown_name) if points and shape is not None and not shape.is_empty else None,
        categories=_categories(counts, area.shown_name),
        rate=_rate(counts),
        rounding=rounding_words(_every(counts)),
        latest_month=_month(counts.months[-1].month) if counts.months else "",
    )


def months_table(area: ServiceArea) -> tuple[dict[str, Any] | None, Release | None]:
    """Categories by month of the latest closed quarter, as a table, and the release it is from."""
    closed = [release for release in releases.latest(area.pk) if Table.of_cells(release.cells).closed]
    if not closed:
        return None, None
    table = Table.of_cells(closed[-1].cells)
    rows = list(dict.fromkeys(row for row, _column in table.figures))
    columns = [*table.months, TOTAL]
    head = [_("Category"), *(numeric(_column_name(column)) for column in columns)]
    body = [[category(row), *(numeric(_shown(table.figures, row, column)) for column in columns)] for row in rows]
    caption = _("%(place)s: what was recorded, %(quarter)s") % {
        "place": area.shown_name,
        "quarter": months_words([_first_of(month) for month in table.months]),
    }
    return {"caption": caption, "head": head, "rows": body, "row_headers": True}, closed[-1]


def as_csv(area: ServiceArea, address: str) -> str:
    """Every published figure of a neighbourhood, under a header that says where it is from and how to read it."""
    found = releases.latest(area.pk)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([f"# {line}"] for line in _about(area, found, address))
    writer.writerow(["period", "category", "category_name", "count", "status", "rounded_to"])
    for release in found:
        writer.writerows(_csv_rows(release))
    return out.getvalue()


def category(code: str) -> str:
    """The name of a category in the reader's language."""
    if code == TOTAL:
        return _("Everything recorded")
    return law.book(clock.london_date(clock.now())).label(LIST, code, get_language() or "en")


def months_words(months: Sequence[date]) -> str:
    """`April to June 2026` when the whole quarter is loaded, else the months that are: `April 2026, June 2026`."""
    if len(months) == MONTHS_OF_A_QUARTER:
        return _("%(first)s to %(last)s") % {"first": date_format(months[0], "F"), "last": _month(months[-1])}
    return ", ".join(_month(month) for month in months)


def quarter_code(quarter: date) -> str:
    """`2026-Q2`."""
    return f"{quarter.year}-Q{(quarter.month + 2) // MONTHS_OF_A_QUARTER}"


def told(figure: Figure | None) -> Any:
    """A number as a table shows it."""
    if figure is None:
        return _("not published")
    return _("withheld") if figure.value is None else figure.value


def rounding_words(figures: Iterable[Figure | None]) -> str:
    """What is to be said of how numbers are rounded; nothing where they are exact."""
    shown = [each for each in figures if each is not None and each.value is not None]
    bases = [each.rounded_to for each in shown if each.rounded_to is not None]
    if not bases:
        return ""
    all_alike = len(bases) == len(shown) and len(set(bases)) == 1
    text = (
        _(
            "Numbers are rounded to the nearest %(base)s: each is within %(half)s of what was recorded. "
            "So they need not add up."
        )
        if all_alike
        else _(
            "Some numbers are rounded, at most to the nearest %(base)s: each is within %(half)s of what was recorded. "
            "So they need not add up."
        )
    )
    return text % {"base": max(bases), "half": max(bases) // 2}


# ---------------------------------------------------------------- the trend


def _trend(months: Sequence[MonthFigure], name: str) -> dict[str, Any] | None:
    run = _latest_run(months)
    if len(run) < FEWEST_MONTHS:
        return None
    counts = tuple(each.total.value or 0 for each in run)
    labels = tuple(date_format(each.month, "M Y") for each in run)
    title = _("Recorded each month, %(place)s") % {"place": name}
    chart = _chart(counts)
    words = _trend_words(chart, labels)
    return {
        "title": title,
        "words": words,
        "svg": _trend_picture(counts, labels, title, words, get_language() or "en"),
        "table": {
            "head": [_("Month"), numeric(_("Recorded"))],
            "rows": [[_month(each.month), numeric(each.total.value)] for each in run],
        },
        "source": _("Source: police records, released by month. Everything recorded, crime and anti-social behaviour."),
    }


def _latest_run(months: Sequence[MonthFigure]) -> list[MonthFigure]:
    """The latest months without a gap: a chart joins neighbours, so a missing or withheld month ends it."""
    run: list[MonthFigure] = []
    for each in reversed(months):
        follows = not run or _next_month(each.month) == run[-1].month
        if each.total.value is None or not follows or len(run) == MOST_MONTHS:
            break
        run.append(each)
    return run[::-1]


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


@lru_cache(maxsize=256)
def _chart(counts: tuple[int, ...]) -> ControlChart:
    return change.for_counts(counts)


def _trend_words(chart: ControlChart, labels: Sequence[str]) -> str:
    average = sum(chart.values) / len(chart.values)
    first = _(
        "From %(first)s to %(last)s there were about %(average)s records a month; %(latest)s in the last month."
    ) % {
        "first": labels[0],
        "last": labels[-1],
        "average": f"{average:.0f}",
        "latest": f"{chart.values[-1]:.0f}",
    }
    return " ".join([first, *(str(each) for each in chart.sentences if each.tone is not Tone.CHOICE)])


@lru_cache(maxsize=256)
def _trend_picture(counts: tuple[int, ...], labels: tuple[str, ...], title: str, words: str, language: str) -> Picture:
    """Drawn once for each series and language; the legend translates itself, so the language belongs to the key."""
    return control_chart(_chart(counts), labels, title=title, desc=words)


# ---------------------------------------------------------------- the map


def _map(published: PublishedPoints, shape: BaseGeometry, name: str) -> dict[str, Any]:
    most = sorted(published.points, key=lambda point: (-point.least, point.place))[:PLACES_LISTED]
    title = _("Where it was recorded, %(place)s, %(quarter)s") % {
        "place": name,
        "quarter": months_words(published.months),
    }
    words = _(
        "Each circle is a map point near which something was recorded; a larger circle means more. Points stand for a "
        "street, a park or the like, never for a home. There are %(count)s points; the table lists those with most."
    ) % {"count": len(published.points)}
    return {
        "title": title,
        "words": words,
        "svg": _map_picture(published, shape, title, words, get_language() or "en"),
        "table": {"head": [_("Place"), _("Recorded")], "rows": [[point.place, _band(point)] for point in most]},
        "source": _("Source: police records, released by quarter. A circle is drawn at the lowest number of its band."),
    }


@lru_cache(maxsize=256)
def _map_picture(published: PublishedPoints, shape: BaseGeometry, title: str, words: str, language: str) -> Picture:
    """Drawn once for each release and language."""
    return point_map(
        [point.easting for point in published.points],
        [point.northing for point in published.points],
        [point.least for point in published.points],
        outlines=[shape],
        title=title,
        desc=words,
    )


def _band(point: PublishedPoint) -> str:
    if point.most is None:
        return _("%(least)s or more") % {"least": point.least}
    if point.least == 1:
        return _("fewer than %(more)s") % {"more": point.most + 1}
    return _("%(least)s to %(most)s") % {"least": point.least, "most": point.most}


# ---------------------------------------------------------------- tables


def _every(counts: PublishedCounts) -> Iterator[Figure | None]:
    """Every number that a page shows, or draws."""
    yield from (each.total for each in counts.months[-MOST_MONTHS:])
    for each in counts.categories:
        yield from (each.count, each.year_before)


def _categories(counts: PublishedCounts, name: str) -> dict[str, Any] | None:
    if counts.quarter is None:
        return None
    rows = [
        [category(each.category), numeric(told(each.count)), numeric(told(each.year_before))]
        for each in counts.categories
    ]
    total = numeric(told(counts.quarter_total))
    caption = _("%(place)s by category, %(quarter)s") % {"place": name, "quarter": months_words(counts.quarter_months)}
    head = [_("Category"), numeric(_("Recorded")), numeric(_("Same quarter a year before"))]
    return {
        "caption": caption,
        "head": head,
        "rows": [*rows, [category(TOTAL), total, numeric("")]],
        "row_headers": True,
    }


def _rate(counts: PublishedCounts) -> str:
    if counts.rate is None:
        return ""
    return _(
        "That is %(rate)s a year for each 1,000 people who live here (likely between %(low)s and %(high)s), "
        "reckoned on %(people)s people."
    ) % {
        "rate": f"{counts.rate.value:.0f}",
        "low": f"{counts.rate.lower:.0f}",
        "high": f"{counts.rate.upper:.0f}",
        "people": f"{counts.rate.population:,}",
    }


def _shown(figures: Any, row: str, column: str) -> Any:
    if (row, column) not in figures:
        return _("not published")
    value = figures[row, column]
    return _("withheld") if value is None else value


def _column_name(column: str) -> str:
    return _("Quarter") if column == TOTAL else _month(_first_of(column))


def _first_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _month(month: date) -> str:
    return date_format(month, "F Y")


# ---------------------------------------------------------------- the download


def _about(area: ServiceArea, found: Sequence[Release], address: str) -> Iterator[str]:
    yield f"Place: {area.name}"
    yield f"Source: police records ({', '.join(sorted({release.dataset for release in found})) or 'none published'})"
    yield f"Address: {address}"
    if found:
        rule = MinimumCell(**{name: found[-1].rule[name] for name in ("smallest_shown", "width", "zeros_shown")})
        yield f"Released: {clock.london_date(max(release.made_at for release in found)).isoformat()}"
        yield f"Releases: {' '.join(str(_id) for _id in _ids(found))}"
        yield (
            f"Rule: a count from 1 to {rule.smallest_shown - 1}, and any other count that would give one away, is "
            "withheld: its count is empty and its status says withheld."
        )
    if any(release.rounded_to for release in found):
        yield "Rounding: where rounded_to has a number, the count is the nearest multiple of it."
    yield "Periods: 2026-04 is a month, 2026-Q2 a quarter. Months of an open quarter have only their total."


def _ids(found: Sequence[Release]) -> list[UUID]:
    return [release.pk for release in found]


def _csv_rows(release: Release) -> Iterator[list[Any]]:
    table = Table.of_cells(release.cells)
    quarter = quarter_code(release.quarter)
    for (row, column), value in table.figures.items():
        period = quarter if column == TOTAL else column
        status = "withheld" if value is None else "published"
        yield [period, row, category(row), "" if value is None else value, status, release.rounded_to or ""]
