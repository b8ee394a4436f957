"""Making releases: everything that leaves the house about recorded data is decided here."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from ourpatch.data.analysis.rates import rate
from ourpatch.data.disclosure import maps, quarters
from ourpatch.data.disclosure.gathering import (
    areas_of,
    areas_touched,
    exact_of,
    has_other_kinds,
    named_in,
    published_beside,
    published_of,
    told_before,
    version_of,
)
from ourpatch.data.disclosure.jobs import NAME as RELEASE
from ourpatch.data.disclosure.models import AreaKind, Detail, Publishing, Release, ReleaseKind
from ourpatch.data.disclosure.overlaps import (
    NEIGHBOURHOOD,
    Area,
    Joint,
    Told,
    Version,
    counts_of,
    withhold_further,
    without,
)
from ourpatch.data.disclosure.permissions import Permission
from ourpatch.data.disclosure.quarters import TOTAL, Table
from ourpatch.data.disclosure.queries import publishing_of
from ourpatch.data.disclosure.rules import MinimumCell, bases_of
from ourpatch.data.store import queries as store
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.foundation import law
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock, jobs
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Conflict, NotFound, Problems, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

Standing = Mapping[tuple[str, Area, date], Release]

# Releases written in one transaction, so that nobody waits long for the one writer that SQLite has.
CHUNK = 100
SMALLEST_FIRST = (AreaKind.LSOA, AreaKind.WARD, AreaKind.DISTRICT)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all releases of one run share. `months` by quarter; `versions` of each quarter's data; `rule` and its record.

    `also`: the kinds of area that are published beside neighbourhoods, `others`: those areas as they are drawn now;
    `rounded_to`: None for exact numbers; `chosen`: the choice that says so, None while nobody has chosen.
    """

    areas: Mapping[str, ServiceArea]
    partnership_id: UUID
    dataset: str
    now: datetime
    book: law.LawBook
    categories: tuple[str, ...]
    months: Mapping[date, tuple[date, ...]]
    versions: Mapping[date, str]
    rule: MinimumCell
    rule_record: dict[str, object]
    chosen: UUID | None
    also: tuple[AreaKind, ...]
    others: tuple[Area, ...]
    rounded_to: int | None

    def is_closed(self, quarter: date) -> bool:
        """Whether a quarter will get no further month."""
        return quarters.is_closed(quarter, [month for months in self.months.values() for month in months])

    def holds(self, release: Release) -> bool:
        """Whether there is still data for a release, and its kind of area is still published.

        An area that is drawn otherwise now keeps what was published of the data as it was then, and nothing older.
        """
        if release.quarter not in self.months or release.area_kind not in (NEIGHBOURHOOD, *self.also):
            return False
        if release.area_kind != NEIGHBOURHOOD and release.area not in self.others:
            return release.data_version == self.versions[release.quarter]
        return release.kind != ReleaseKind.POINTS or self.is_closed(release.quarter)


def choose_publishing(
    *,
    by: Actor,
    partnership_id: UUID,
    detail: Detail,
    rounded_to: int | None,
    replaces: UUID | None,
    now: datetime,
) -> Publishing:
    """Choose what is published of a partnership, and how; it is made anew soon after.

    `replaces`: the choice that whoever chooses has seen (None: none yet). Raises NotAllowed, RuleBroken (nothing would change,
    or no such base), Conflict (somebody chose meanwhile), NotFound (no such partnership).
    """
    with change(by, "disclosure.choose_publishing") as audit:
        by.require(Permission.MAKE, partnership_id)
        partnership = _locked_partnership(partnership_id)
        before = publishing_of(partnership_id)
        if before.seen_as != replaces:
            raise Conflict(_("Somebody else has chosen meanwhile. Look at what is chosen now, and choose again."))
        if rounded_to is not None and rounded_to not in bases_of(law.book(clock.london_date(now))):
            raise RuleBroken(Problems({"numbers": (_("Choose one of the numbers to round to."),)}))
        if (before.detail, before.rounded_to) == (detail, rounded_to):
            raise RuleBroken(_("This is what is chosen already. Nothing has changed."))
        chosen = Publishing.objects.create(
            partnership=partnership,
            detail=detail,
            rounded_to=rounded_to,
            user_id=by.id,
            by_name=by.name,
            chosen_at=now,
            replaces_id=before.seen_as,
        )
        audit.noted(Publishing.KIND, [chosen.pk], reason=f"{detail}, rounded to {rounded_to or 'nothing'}")
        jobs.enqueue(RELEASE, partnership_id)
    return chosen


def make_releases(*, by: Actor, partnership_id: UUID, now: datetime, dataset: str = POLICE_UK) -> list[Release]:
    """Publish what may be shown of a partnership, quarter by quarter, as it was chosen; returns the new releases.

    Kinds of area beside neighbourhoods are published by category, once a quarter is closed. Every release is held against all
    that was published of the same quarter, of any area that overlaps. What is published already of the same data under the
    same rule, no more closely rounded, is left alone, so that running it again changes nothing. What was published of data
    that has been undone, or of a kind of area that is not published any more, is withdrawn. Where somebody chooses otherwise
    meanwhile, the rest is left to the run that their choice has queued. Raises NotAllowed, NotFound (no such partnership).
    """
    by.require(Permission.MAKE, partnership_id)
    areas = {str(area.pk): area for area in places.neighbourhoods(partnership_id)}
    setting = _setting(areas, partnership_id, dataset, now)
    standing = _standing(partnership_id, dataset)
    _withdraw(by, [each for each in standing.values() if not setting.holds(each)])
    due = _due(setting, {**_left_out(partnership_id, dataset), **standing})
    made = [release for quarter, listed in due.items() for release in _made(setting, quarter, listed)]
    _withdraw(by, _no_longer_named(standing, due, made))
    written = [release for chunk in _chunks(made) if _write(by, setting, chunk) for release in chunk]
    return [release for release in written if release.is_latest]


def _no_longer_named(standing: Standing, due: Mapping[date, list[Area]], made: Sequence[Release]) -> list[Release]:
    """What is published of areas that were to be made anew and could not be: the records do not name them any more."""
    anew = {(release.area, release.quarter) for release in made}
    return [
        each
        for (_kind, area, quarter), each in standing.items()
        if area in due.get(quarter, ()) and (area, quarter) not in anew
    ]


def _locked_partnership(partnership_id: UUID) -> ServiceArea:
    """So that of two who choose at once the second sees the first's choice, and nothing is published against it."""
    found = ServiceArea.objects.select_for_update(no_key=True).filter(pk=partnership_id)
    partnership = found.filter(kind=ServiceAreaKind.PARTNERSHIP).first()
    if partnership is None:
        raise NotFound(_("There is no such partnership."))
    return partnership


def _setting(areas: Mapping[str, ServiceArea], partnership_id: UUID, dataset: str, now: datetime) -> _Setting:
    jurisdiction: Literal["england", "wales"] = (
        "wales" if any(area.jurisdiction == "wales" for area in areas.values()) else "england"
    )
    book = law.book(clock.london_date(now), jurisdiction)
    months: dict[date, list[date]] = defaultdict(list)
    for month in store.months_loaded(dataset):
        months[quarters.quarter_of(month)].append(month)
    rule = MinimumCell.of(book, "publishable")
    chosen = publishing_of(partnership_id)
    also, ids = Detail(chosen.detail).kinds, [area.pk for area in areas.values()]
    return _Setting(
        areas=areas,
        partnership_id=partnership_id,
        dataset=dataset,
        now=now,
        book=book,
        categories=book.codes("police_uk_categories").codes,
        months={quarter: tuple(listed) for quarter, listed in months.items()},
        versions=_versions(store.month_versions(dataset)),
        rule=rule,
        rule_record={
            **asdict(rule),
            "law_book": book.digest,
            "on": book.on.isoformat(),
            "rounded_to": chosen.rounded_to,
        },
        chosen=chosen.seen_as,
        also=also,
        others=tuple(area for kind in also for area in areas_of(kind, ids, book.on)),
        rounded_to=chosen.rounded_to,
    )


def _versions(by_month: Mapping[date, str]) -> dict[date, str]:
    """A version for each quarter that changes when its data does, or when it becomes closed."""
    by_quarter: dict[date, list[str]] = defaultdict(list)
    for month, version in sorted(by_month.items()):
        by_quarter[quarters.quarter_of(month)].append(f"{month} {version}")
    return {
        quarter: hashlib.sha256(repr((listed, quarters.is_closed(quarter, by_month))).encode()).hexdigest()
        for quarter, listed in by_quarter.items()
    }


def _standing(partnership_id: UUID, dataset: str) -> Standing:
    """What is published now of a partnership's areas; as many as there are areas and quarters, however often remade."""
    found = Release.objects.filter(partnership_id=partnership_id, dataset=dataset, is_latest=True)
    found = found.defer("cells", "behind")
    return {(release.kind, release.area, release.quarter): release for release in found}


def _left_out(partnership_id: UUID, dataset: str) -> Standing:
    """What was decided not to be published of areas, the latest of each, so that it is not decided again of the same data."""
    found = Release.objects.filter(partnership_id=partnership_id, dataset=dataset, is_left_out=True)
    found = found.defer("cells", "behind").order_by("made_at", "pk")
    return {(release.kind, release.area, release.quarter): release for release in found}


def _due(setting: _Setting, standing: Standing) -> dict[date, list[Area]]:
    """The areas of which a quarter must be published anew."""
    due: dict[date, list[Area]] = {}
    named = named_in(setting.dataset, setting.others)
    for quarter in setting.months:
        listed: list[Area] = [(NEIGHBOURHOOD, code) for code in setting.areas]
        if setting.is_closed(quarter):
            there = named.get(quarter, set())
            listed += [
                each for each in setting.others if each in there or (ReleaseKind.COUNTS, each, quarter) in standing
            ]
        found = [
            area for area in listed if _is_due(standing.get((ReleaseKind.COUNTS, area, quarter)), setting, quarter)
        ]
        if found:
            due[quarter] = found
    return due


def _is_due(before: Release | None, setting: _Setting, quarter: date) -> bool:
    if before is None:
        return True
    same_rule = {name: before.rule.get(name) for name in asdict(setting.rule)} == asdict(setting.rule)
    if before.data_version != setting.versions[quarter] or not same_rule:
        return True
    # Numbers that were shown cannot be made unseen by rounding them: what says more than is chosen now is left as it is.
    return quarters.shows_more(setting.rounded_to, before.rounded_to)


def _made(setting: _Setting, quarter: date, due: Sequence[Area]) -> Iterator[Release]:
    """The releases of a quarter: each area's table by itself, then all of them beside everything published before."""
    earlier = published_of(setting.dataset, quarter, due)
    chains: dict[Area, list[Release]] = defaultdict(list)
    for release in earlier:
        chains[release.area].append(release)
    now = version_of(setting.dataset, quarter, setting.months[quarter], due, setting.categories)
    known = published_beside(setting.partnership_id, setting.dataset, quarter)
    tables = {area: _table(setting, quarter, area, now, chains.get(area, ())) for area in _named(due, now, known)}
    tables = _beside_maps(setting, quarter, tables)
    tables, rule = _beside_everything(setting, quarter, tables, now, earlier, known)
    left_out = [area for area in due if area not in tables and area not in known]
    yield from (_nothing(setting, quarter, area, chains[area]) for area in left_out)
    neighbourhoods = [setting.areas[code] for kind, code in tables if kind == NEIGHBOURHOOD]
    people = {str(area.pk): places.population(area) for area in neighbourhoods}
    for area, table in tables.items():
        yield _made_counts(setting, quarter, area, table, people.get(area[1], (None, None)), chains[area], rule)
    if setting.is_closed(quarter):
        yield from _made_points(setting, quarter, tables, rule)


def _named(due: Sequence[Area], now: Version, known: set[Area]) -> list[Area]:
    """Neighbourhoods, and those other areas that the records of the quarter name.

    Records keep the codes of the day that they were loaded. Of a code that they do not hold there is no saying that nothing
    happened there; and where one that was published is gone from them, so that the areas were drawn anew between, no other of
    its kind is begun, as its figures could be taken from those of the old one.
    """
    named = areas_touched(now)
    redrawn = {kind for kind, code in known - named}
    return [
        area
        for area in due
        if area[0] == NEIGHBOURHOOD or (area in named and (area in known or area[0] not in redrawn))
    ]


def _made_counts(
    setting: _Setting,
    quarter: date,
    area: Area,
    table: Table,
    people: tuple[int | None, int | None],
    before: Sequence[Release],
    rule: dict[str, object],
) -> Release:
    """A table as it is shown: itself, or rounded with itself kept behind it."""
    base = setting.rounded_to
    shown = table if base is None else quarters.rounded(table, base)
    cells = {**shown.as_cells(), "rate": _rate(shown, *people)}
    release = _release(setting, ReleaseKind.COUNTS, area, quarter, cells, before, rule)
    release.behind = None if base is None else table.as_cells()
    return release


def _table(setting: _Setting, quarter: date, area: Area, now: Version, before: Sequence[Release]) -> Table:
    """What may be shown of one area by itself, and after what was shown of it before."""
    counts, months = counts_of(now, area, len(setting.categories)), setting.months[quarter]
    if area[0] != NEIGHBOURHOOD:
        return quarters.by_category(counts.sum(axis=1), setting.categories, months, setting.rule)
    return quarters.publishable(
        counts,
        setting.categories,
        months,
        closed=setting.is_closed(quarter),
        rule=setting.rule,
        seen=[exact_of(each) for each in before],
    )


def _beside_everything(
    setting: _Setting,
    quarter: date,
    tables: dict[Area, Table],
    now: Version,
    earlier: Sequence[Release],
    known: set[Area],
) -> tuple[dict[Area, Table], dict[str, object]]:
    """The tables with what else must be withheld beside each other and earlier releases, and the rule as it was kept."""
    overlap = any(kind != NEIGHBOURHOOD for kind, _code in tables) or has_other_kinds(setting.dataset, quarter)
    if not overlap and not earlier:
        # Neighbourhoods share no ground: each by itself is all there is.
        return tables, setting.rule_record
    if overlap:
        touched = areas_touched(now) | known
        earlier = published_of(setting.dataset, quarter, touched)
        everywhere = {*tables, *(release.area for release in earlier)}
        now = version_of(setting.dataset, quarter, setting.months[quarter], everywhere, setting.categories)
    before, versions = told_before(
        setting.dataset, quarter, earlier, now, setting.versions[quarter], setting.categories
    )
    joint, tables = _decided(setting, tables, before, versions, known)
    kept = {area: without(table, joint.withheld.get(area, frozenset())) for area, table in tables.items()}
    # Where nothing was told before nothing was given away by it: what is not proved then is only what those could know who
    # are told why each number is withheld, and nobody is.
    return kept, {**setting.rule_record, "given_away_before": joint.given_away if before else 0}


def _decided(
    setting: _Setting, tables: dict[Area, Table], before: Sequence[Told], versions: Sequence[Version], known: set[Area]
) -> tuple[Joint, dict[Area, Table]]:
    """What else is withheld, and the tables that are published.

    That a number is withheld tells that it is not nought, which beside an earlier total can be too much. An area of another kind
    that was never published of this quarter is left out then, small ones first, until what is published is as uncertain as the
    rule asks.
    """
    while True:
        new = [Told(area, table, 0) for area, table in tables.items()]
        joint = withhold_further(new, before, versions, setting.categories, setting.rule)
        begun = [area for area in joint.around if area in tables and area[0] != NEIGHBOURHOOD and area not in known]
        if not begun or not before:
            return joint, tables
        smallest = next(kind for kind in SMALLEST_FIRST if any(area[0] == kind for area in begun))
        tables = {area: table for area, table in tables.items() if area not in begun or area[0] != smallest}


def _nothing(setting: _Setting, quarter: date, area: Area, before: Sequence[Release]) -> Release:
    """The record that an area is left out: it shows nothing, and nobody is shown it."""
    months = tuple(f"{month:%Y-%m}" for month in setting.months[quarter])
    cells = {**Table(months, setting.is_closed(quarter), {}, {}).as_cells(), "rate": None}
    release = _release(setting, ReleaseKind.COUNTS, area, quarter, cells, before, setting.rule_record)
    release.is_latest, release.is_left_out = False, True
    return release


def _beside_maps(setting: _Setting, quarter: date, tables: dict[Area, Table]) -> dict[Area, Table]:
    """The tables, those of areas withheld whose totals would pin down points of any map that was ever published of them."""
    others = {area: table for area, table in tables.items() if area[0] != NEIGHBOURHOOD}
    crowded = quarters.crowded(maps.seen_around(setting.dataset, quarter, others), maps.totals_of(others))
    return {area: _without_numbers(table) if area in crowded else table for area, table in tables.items()}


def _without_numbers(table: Table) -> Table:
    return without(table, frozenset(key for key, value in table.figures.items() if value))


def _made_points(
    setting: _Setting, quarter: date, tables: Mapping[Area, Table], rule: dict[str, object]
) -> Iterator[Release]:
    codes = [code for kind, code in tables if kind == NEIGHBOURHOOD]
    if not codes:
        return
    drawn: dict[str, list[list[Any]]] = defaultdict(list)
    for point in maps.drawable_of(setting.dataset, quarter, setting.months[quarter], codes, tables):
        drawn[dict(point.areas)[NEIGHBOURHOOD]].append(point.drawn)
    chains: dict[Area, list[Release]] = defaultdict(list)
    for release in maps.maps_of(setting.dataset, quarter, codes).defer("cells", "behind"):
        chains[release.area].append(release)
    for code in codes:
        area = (NEIGHBOURHOOD, code)
        shown = {"months": list(tables[area].months), "points": drawn[code]}
        yield _release(setting, ReleaseKind.POINTS, area, quarter, shown, chains[area], rule)


def _rate(table: Table, population: int | None, year: int | None) -> dict[str, object] | None:
    total = table.figures.get((TOTAL, TOTAL))
    if total is None or not population:
        return None
    found = rate(total, population, per=1000, months=len(table.months))
    return {
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "population": population,
        "population_year": year,
    }


def _release(
    setting: _Setting,
    kind: ReleaseKind,
    area: Area,
    quarter: date,
    cells: dict[str, Any],
    before: Sequence[Release],
    rule: dict[str, object],
) -> Release:
    is_neighbourhood = area[0] == NEIGHBOURHOOD
    return Release(
        kind=kind,
        dataset=setting.dataset,
        area_kind=area[0],
        area_code="" if is_neighbourhood else area[1],
        service_area=setting.areas[area[1]] if is_neighbourhood else None,
        partnership_id=setting.partnership_id,
        quarter=quarter,
        data_version=setting.versions[quarter],
        rule=rule,
        cells=cells,
        made_at=setting.now,
        supersedes=before[-1] if before else None,
    )


def _write(by: Actor, setting: _Setting, made: Sequence[Release]) -> bool:
    """Whether they were written: not where somebody chose otherwise meanwhile, whose choice is being made already."""
    with transaction.atomic():
        _locked_partnership(setting.partnership_id)
        if publishing_of(setting.partnership_id).seen_as != setting.chosen:
            return False
        with change(by, "disclosure.make_releases") as audit:
            Release.objects.filter(pk__in=[each.supersedes_id for each in made if each.supersedes_id]).update(
                is_latest=False
            )
            Release.objects.bulk_create(made)
            audit.noted(Release.KIND, [each.pk for each in made])
    return True


def _withdraw(by: Actor, releases: Sequence[Release]) -> None:
    shown = [each.pk for each in releases if each.is_latest]
    if shown:
        with change(by, "disclosure.withdraw_releases") as audit:
            Release.objects.filter(pk__in=shown).update(is_latest=False)
            audit.noted(Release.KIND, shown)


def _chunks(made: Sequence[Release]) -> Iterator[list[Release]]:
    waiting = iter(made)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
