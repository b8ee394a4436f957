"""What was recorded: trend, categories and where. Staff see the store; the public version shows what was released."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ourpatch.data.analysis import change
from ourpatch.data.analysis.missing import NO_DATA
from ourpatch.data.analysis.pictures import Area, choropleth, control_chart, point_map, quantile_breaks
from ourpatch.data.analysis.rates import rate
from ourpatch.data.analysis.sentences import Tone
from ourpatch.data.disclosure import queries as disclosure
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.data.store.rules import POLICE_UK, missing_months
from ourpatch.data.store.specs import dataset
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.queries import Resolver
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import from_wkb
from ourpatch.ground.pages import numeric
from ourpatch.intelligence.profiles.contents import Figure, Section, Setting, Source, Table
from ourpatch.intelligence.profiles.sections import words

ASB = "anti-social-behaviour"
# As much as a chart can show and a season can be seen in.
MOST_MONTHS = 36
YEAR = 12
FEWEST_FOR_A_CHART = 3


@dataclass(frozen=True, slots=True)
class Monthly:
    """A number for each month; None where it is withheld. `about`: what is to be said of how numbers are shown."""

    months: tuple[date, ...]
    totals: tuple[int | None, ...]
    asb: tuple[int | None, ...]
    about: tuple[str, ...] = ()


def trend(setting: Setting) -> Section | None:
    """How many each month, with a control chart for all and one for anti-social behaviour."""
    monthly = _released(setting) if setting.is_public else _stored(setting)
    if monthly is None or not monthly.months:
        return None
    charts = [
        _chart(_("Everything recorded each month"), monthly.months, monthly.totals),
        _chart(_("Anti-social behaviour recorded each month"), monthly.months, monthly.asb),
    ]
    return Section(
        title=_("Trend"),
        source=_source(monthly.months[-1]),
        sentences=(*_rate_sentences(setting, monthly), *monthly.about),
        tables=() if charts[0] else (_monthly_table(monthly),),
        figures=tuple(chart for chart in charts if chart),
    )


def categories(setting: Setting) -> Section | None:
    """How many of each category, beside a year before where that is known."""
    return _released_categories(setting) if setting.is_public else _stored_categories(setting)


def where(setting: Setting) -> Section | None:
    """Where it was recorded: small areas for staff, published map points for everybody."""
    return _point_section(setting) if setting.is_public else _area_section(setting)


# ---------------------------------------------------------------- counts


def _stored(setting: Setting) -> Monthly | None:
    months = tuple(store.months_loaded(POLICE_UK)[-MOST_MONTHS:])
    if not months:
        return None
    totals: Counter[date] = Counter()
    asb: Counter[date] = Counter()
    for month, category, n in store.measure_neighbourhood(setting.neighbourhood.pk, since=months[0]):
        if isinstance(month, date) and isinstance(n, int):
            totals[month] += n
            asb[month] += n if category == ASB else 0
    return Monthly(months, tuple(totals[month] for month in months), tuple(asb[month] for month in months))


def _released(setting: Setting) -> Monthly | None:
    published = disclosure.published_counts(setting.neighbourhood.pk)
    if published is None:
        return None
    months = published.months[-MOST_MONTHS:]
    return Monthly(
        tuple(each.month for each in months),
        tuple(each.total.value for each in months),
        tuple(each.asb.value if each.asb else None for each in months),
        _about_numbers([figure for each in months for figure in (each.total, each.asb) if figure is not None]),
    )


def _chart(title: str, months: Sequence[date], values: Sequence[int | None]) -> Figure | None:
    """A control chart up to the last figure that is known; None when one before it is withheld, or there are too few.

    A month between them that is not loaded keeps its empty place.
    """
    known = _without_tail(values)
    if len(known) < FEWEST_FOR_A_CHART or None in known:
        return None
    by_month = dict(zip(months, known, strict=False))
    every = sorted((*by_month, *missing_months(list(by_month))))
    chart = _chart_of([by_month.get(month) for month in every])
    if chart is None:
        return None
    said = [str(each) for each in chart.sentences if each.tone is not Tone.CHOICE]
    drawn = control_chart(chart, [words.short_month(month) for month in every], title=title, desc=" ".join(said))
    return Figure(
        title=f"{title}, {_span(every)}",
        words=" ".join(said),
        svg=drawn,
        table=_chart_table(title, every, chart),
        source=" ".join(str(each) for each in chart.sentences if each.tone is Tone.CHOICE),
    )


def _chart_of(counts: Sequence[int | None]) -> change.ControlChart | None:
    """None where so many months are missing that no two follow each other."""
    try:
        season = change.seasonal_index(counts) if _has_season(counts) else None
        return change.for_counts(counts, season_index=season)
    except BadInput:
        return None


def _chart_table(title: str, months: Sequence[date], chart: change.ControlChart) -> Table:
    head = [_("Month"), numeric(_("Recorded")), numeric(_("Usual from")), numeric(_("Usual to"))]
    rows = [
        [
            words.month(month),
            str(NO_DATA) if at in chart.missing else words.number(chart.values[at]),
            words.number(chart.lower[at], 1),
            words.number(chart.upper[at], 1),
        ]
        for at, month in enumerate(months)
    ]
    return Table(title, head, rows)


def _without_tail(values: Sequence[int | None]) -> Sequence[int | None]:
    """The values up to the last one that is known: an open quarter's categories are not published yet."""
    known = [position for position, value in enumerate(values) if value is not None]
    return values[: known[-1] + 1] if known else ()


def _has_season(counts: Sequence[int | None]) -> bool:
    """Two whole years, and something twice in every month of the year."""
    whole = counts[: len(counts) // YEAR * YEAR]
    like = [[count for count in whole[place::YEAR] if count is not None] for place in range(YEAR)]
    return all(len(counts) >= 2 and any(counts) for counts in like)


def _monthly_table(monthly: Monthly) -> Table:
    head = [_("Month"), numeric(_("Everything")), numeric(_("Anti-social behaviour"))]
    rows = [
        [words.month(month), _shown(total), _shown(asb)]
        for month, total, asb in zip(monthly.months, monthly.totals, monthly.asb, strict=True)
    ]
    return Table(_("Recorded each month"), head, rows)


def _shown(value: int | None) -> str:
    return _("not shown") if value is None else words.number(value)


def _rate_sentences(setting: Setting, monthly: Monthly) -> tuple[str, ...]:
    people, year = places.population(setting.neighbourhood)
    latest = monthly.totals[-YEAR:]
    total = sum(value for value in latest if value is not None)
    said = (
        _("%(total)s incidents were recorded in the %(months)s latest months that are loaded, up to %(last)s.")
        if missing_months(monthly.months[-YEAR:])
        else _("%(total)s incidents were recorded in the %(months)s months to %(last)s.")
    )
    count = said % {
        "total": words.number(total),
        "months": len(latest),
        "last": words.month(monthly.months[-1]),
    }
    if None in latest:
        return ()
    if not people:
        return (count, _("There is no rate: the population of some ward here is not known."))
    found = rate(total, people, per=1000, months=len(latest))
    told = _(
        "That is %(value)s a year per 1,000 residents (95%% interval %(lower)s to %(upper)s), from %(people)s residents%(year)s."
    )
    return (
        count,
        told
        % {
            "value": words.number(found.value, 1),
            "lower": words.number(found.lower, 1),
            "upper": words.number(found.upper, 1),
            "people": words.number(people),
            "year": f" ({year})" if year else "",
        },
    )


# ---------------------------------------------------------------- categories


def _stored_categories(setting: Setting) -> Section | None:
    loaded = store.months_loaded(POLICE_UK)
    months = loaded[-YEAR:]
    if not months:
        return None
    before = [month.replace(year=month.year - 1) for month in months]
    compared = set(before) <= set(loaded)
    now, earlier = Counter[str](), Counter[str]()
    for month, category, n in store.measure_neighbourhood(setting.neighbourhood.pk, since=min(before)):
        now[str(category)] += int(str(n)) if month in months else 0
        earlier[str(category)] += int(str(n)) if month in before else 0
    span = _span(months)
    head = [_("Category"), numeric(_("Recorded"))]
    on = clock.london_date(setting.now)
    rows = [[words.category(code, on), words.number(n)] for code, n in now.most_common() if n]
    if compared:
        head.append(numeric(_("A year before")))
        rows = [
            [*row, words.number(earlier[code])] for row, (code, n) in zip(rows, now.most_common(), strict=False) if n
        ]
    return Section(
        title=_("Categories"),
        source=_source(months[-1]),
        tables=(Table(_("Recorded by category, %(span)s") % {"span": span}, head, rows),),
    )


def _released_categories(setting: Setting) -> Section | None:
    published = disclosure.published_counts(setting.neighbourhood.pk)
    if published is None or published.quarter is None:
        return None
    on = clock.london_date(setting.now)
    span = _span(published.quarter_months)
    rows = [
        [words.category(each.category, on), _shown(each.count.value)]
        for each in published.categories
        if each.count.value != 0
    ]
    head = [_("Category"), numeric(_("Recorded"))]
    return Section(
        title=_("Categories"),
        source=_source(published.quarter_months[-1]),
        sentences=_about_numbers([each.count for each in published.categories]),
        tables=(Table(_("Recorded by category, %(span)s") % {"span": span}, head, rows),),
    )


def _about_numbers(counts: Sequence[disclosure.Figure]) -> tuple[str, ...]:
    """That numbers are rounded, and that some are not shown: never which of the reasons holds for one of them."""
    bases = sorted({each.rounded_to for each in counts if each.value is not None and each.rounded_to})
    told = [_("Numbers are rounded to the nearest %(base)s.") % {"base": base} for base in bases]
    if any(each.value is None for each in counts):
        told.append(_("Numbers that are small, or would give a small one away, are not shown."))
    return tuple(told)


# ---------------------------------------------------------------- maps


def _area_section(setting: Setting) -> Section | None:
    months = store.months_loaded(POLICE_UK)[-YEAR:]
    codes = Resolver.current(clock.london_date(setting.now)).lsoas_of([setting.neighbourhood.pk])
    if not months or not codes:
        return None
    place = Where(POLICE_UK, since=months[0], area=Dimension.NEIGHBOURHOOD, codes=(str(setting.neighbourhood.pk),))
    counts = {str(code): int(str(n)) for code, n in store.run(CountBy(place, (Dimension.LSOA,)))}
    drawn = places.areas("lsoa").filter(code__in=codes).defer(None)
    areas = [Area(each.code, each.name, from_wkb(each.outline), float(counts.get(each.code, 0))) for each in drawn]
    title = _("Recorded in each small area, %(first)s to %(last)s") % {
        "first": words.month(months[0]),
        "last": words.month(months[-1]),
    }
    busiest = max(areas, key=lambda area: area.value or 0)
    said = _("Most was recorded in %(name)s: %(count)s.") % {
        "name": busiest.label,
        "count": words.number(busiest.value or 0),
    }
    svg = choropleth(
        areas,
        quantile_breaks([area.value for area in areas]),
        title=title,
        desc=said,
        outline=places.outline(setting.neighbourhood),
    )
    ranked = sorted(areas, key=lambda area: (-(area.value or 0), area.label))
    table = Table(
        title,
        [_("Small area (LSOA)"), numeric(_("Recorded"))],
        [[area.label, words.number(area.value or 0)] for area in ranked],
    )
    return Section(title=_("Where"), source=_source(months[-1]), figures=(Figure(title, said, svg, table),))


def _point_section(setting: Setting) -> Section | None:
    published = disclosure.published_points(setting.neighbourhood.pk)
    if published is None or not published.points:
        return None
    points = published.points
    title = _("Published map points, %(span)s") % {"span": _span(published.months)}
    said = _(
        "%(count)s map points, each standing for eight addresses or more. The size of a disc is the least that its band holds."
    )
    said %= {"count": words.number(len(points))}
    svg = point_map(
        [each.easting for each in points],
        [each.northing for each in points],
        [each.least for each in points],
        outlines=[places.outline(setting.neighbourhood)],
        title=title,
        desc=said,
    )
    ranked = sorted(points, key=lambda each: (-each.least, each.place))
    rows = [[each.place, _band(each)] for each in ranked]
    table = Table(title, [_("Place"), _("Recorded")], rows)
    return Section(title=_("Where"), source=_source(published.months[-1]), figures=(Figure(title, said, svg, table),))


def _band(point: disclosure.PublishedPoint) -> str:
    if point.most is None:
        return _("%(least)s or more") % {"least": point.least}
    return _("%(least)s to %(most)s") % {"least": point.least, "most": point.most}


def _span(months: Sequence[date]) -> str:
    return _("%(first)s to %(last)s") % {"first": words.month(months[0]), "last": words.month(months[-1])}


def _source(latest: date) -> Source:
    spec = dataset(POLICE_UK)
    return Source(
        name=str(spec.label),
        owner=_("The police force, through data.police.uk (Open Government Licence v3.0)"),
        is_automatic=True,
        as_of=latest,
        limitations=tuple(str(each) for each in spec.limitations),
    )
