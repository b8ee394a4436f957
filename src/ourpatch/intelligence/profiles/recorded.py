"""What is recorded in a neighbourhood: counts and rates with their base, the trend by control-chart rules, and a map.

For those who work in the partnership. What the public reads goes through data.disclosure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ourpatch.data.analysis import change
from ourpatch.data.analysis.change import ControlChart
from ourpatch.data.analysis.pictures import Area as MapArea
from ourpatch.data.analysis.pictures import choropleth, control_chart, quantile_breaks
from ourpatch.data.analysis.pictures.svg import Picture
from ourpatch.data.analysis.rates import Rate, rate
from ourpatch.data.store import queries as store
from ourpatch.data.store.queries import CountBy, Dimension, Series, Where
from ourpatch.foundation import law
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.foundation.places.resolver import Resolver
from ourpatch.ground import geo

YEAR_OF_MONTHS = 12
LEAST_MONTHS_FOR_A_CHART = 4


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category over the months shown: its count, and its yearly rate per 1,000 people where the population is known."""

    code: str
    name: str
    count: int
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the store holds of one neighbourhood for up to the last twelve loaded months."""

    months: tuple[date, ...]
    total: int
    categories: tuple[CategoryRow, ...]
    population: int | None
    population_year: int | None
    by_month: tuple[tuple[date, int], ...]
    chart: ControlChart | None
    trend: Picture | None
    map: Picture | None
    small_areas: tuple[tuple[str, str, int], ...]
    data_version: str

    @property
    def last_month(self) -> date:
        """The newest month shown, as its first day."""
        return self.months[-1]


def recorded(area: ServiceArea) -> Recorded | None:
    """Everything for one neighbourhood, or None while no month is loaded."""
    loaded = store.months_loaded()
    if not loaded:
        return None
    months = tuple(loaded[-YEAR_OF_MONTHS:])
    where = Where(store.POLICE_UK, since=months[0], area=Dimension.NEIGHBOURHOOD, codes=(str(area.pk),))
    by_category = {str(code): int(n) for code, n in store.run(CountBy(where, by=(Dimension.CATEGORY,)))}  # type: ignore[arg-type,misc]
    population, year = places.population(area)
    series = _series(area)
    chart = change.for_counts([n for _month, n in series]) if len(series) >= LEAST_MONTHS_FOR_A_CHART else None
    small = _small_areas(area, where)
    return Recorded(
        months=months,
        total=sum(by_category.values()),
        categories=_categories(by_category, population, months),
        population=population,
        population_year=year,
        by_month=series,
        chart=chart,
        trend=_trend(area, series, chart) if chart else None,
        map=_map(area, small, months),
        small_areas=tuple((code, name, n) for code, name, n, _shape in small),
        data_version=store.data_version(),
    )


def _categories(counts: dict[str, int], population: int | None, months: tuple[date, ...]) -> tuple[CategoryRow, ...]:
    names = dict(law.book(months[-1]).codes("police_uk_categories").choices(get_language() or "en"))
    rows = [
        CategoryRow(code, names.get(code, code), n, rate(n, population, months=len(months)) if population else None)
        for code, n in counts.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.name)))


def _series(area: ServiceArea) -> tuple[tuple[date, int], ...]:
    where = Where(store.POLICE_UK, area=Dimension.NEIGHBOURHOOD, codes=(str(area.pk),))
    return tuple((month, int(n)) for month, n in store.run(Series(where)))  # type: ignore[arg-type,misc]


def _small_areas(area: ServiceArea, where: Where) -> list[tuple[str, str, int, object]]:
    codes = Resolver.current().lsoas_of([area.pk])
    rows = {row.code: row for row in places.areas("lsoa").filter(code__in=codes)}
    counted: dict[str, int] = defaultdict(int)
    for code, n in store.run(CountBy(where, by=(Dimension.LSOA,))):
        counted[str(code)] += int(n)  # type: ignore[arg-type]
    return [
        (code, row.name, counted.get(code, 0), geo.from_wkb(bytes(row.outline))) for code, row in sorted(rows.items())
    ]


def _map(area: ServiceArea, small: list[tuple[str, str, int, object]], months: tuple[date, ...]) -> Picture | None:
    if not small:
        return None
    shapes = [MapArea(code, name, shape, float(n)) for code, name, n, shape in small]  # type: ignore[arg-type]
    breaks = quantile_breaks([float(n) for _code, _name, n, _shape in small])
    title = _("Recorded incidents by small area, %(place)s") % {"place": area.name}
    period = {"first": f"{months[0]:%m/%Y}", "last": f"{months[-1]:%m/%Y}", "areas": len(small)}
    desc = (
        _(
            "%(areas)s small areas shaded by the number recorded from %(first)s to %(last)s. The table gives the numbers."
        )
        % period
    )
    return choropleth(shapes, breaks, title=title, desc=desc % period, outline=places.outline(area))


def _trend(area: ServiceArea, series: tuple[tuple[date, int], ...], chart: ControlChart) -> Picture:
    title = _("Recorded incidents by month, %(place)s") % {"place": area.name}
    return control_chart(
        chart,
        [f"{month:%m/%Y}" for month, _n in series],
        title=title,
        desc=" ".join(str(sentence) for sentence in chart.sentences),
    )
