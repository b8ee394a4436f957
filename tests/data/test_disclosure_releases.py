"""Pages of wards, small areas and neighbourhoods attacked together: everything public is subtracted from everything else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.data.factories_exchange import NOW, Squareshire, make_squareshire
from tests.data.factories_releases import choose, publisher
from tests.data.factories_store import load as load_store
from tests.data.linear_program import interval

from ourpatch.data.disclosure import actions, queries
from ourpatch.data.disclosure.actions import make_releases
from ourpatch.data.disclosure.models import AreaKind, Detail, Release, ReleaseKind
from ourpatch.data.disclosure.quarters import TOTAL, Table
from ourpatch.ground import jobs

pytestmark = [pytest.mark.room, pytest.mark.django_db]

JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (7, 8, 9))
WIDTH = 5
ASB, BURGLARY = "anti-social-behaviour", "burglary"

Place = tuple[str, str]
"""West or east, and small area 0 to 3."""
Counts = Mapping[tuple[Place, str], tuple[int, int, int]]

# Small areas 0 and 2 are in the west, 1 and 3 in the east; records of 2 reach over the border.
COUNTS: Counts = {
    (("west", "0"), ASB): (20, 18, 22),
    (("west", "0"), BURGLARY): (6, 7, 9),
    (("west", "2"), ASB): (15, 16, 17),
    (("west", "2"), BURGLARY): (5, 6, 8),
    (("east", "2"), ASB): (1, 0, 1),
    (("east", "2"), BURGLARY): (0, 2, 1),
    (("east", "1"), ASB): (12, 14, 11),
    (("east", "1"), BURGLARY): (9, 8, 7),
    (("east", "3"), ASB): (30, 28, 29),
    (("east", "3"), BURGLARY): (7, 3, 8),
}
QUARTER = (JULY, AUGUST, SEPTEMBER)


@pytest.fixture(autouse=True)
def nothing_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda *_queued: None)


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def load(shire: Squareshire, counts: Counts, now: datetime = NOW, months: Iterable[date] = QUARTER) -> None:
    """The records of a quarter, month by month."""
    halves = {"west": (shire.west, "E05999901"), "east": (shire.east, "E05999902")}
    for month in months:
        rows = [
            {
                "neighbourhood": str(halves[half][0].pk),
                "ward": halves[half][1],
                "lsoa": f"E0199990{lsoa}",
                "district": "E07999901",
                "category": category,
                "n": by_month[QUARTER.index(month)],
            }
            for ((half, lsoa), category), by_month in counts.items()
            if by_month[QUARTER.index(month)]
        ]
        load_store(rows, month, by=shire.loader, now=now, partnership_ids=frozenset({shire.partnership.pk}))


def make(
    shire: Squareshire, detail: Detail = Detail.NEIGHBOURHOODS, now: datetime = NOW, rounded_to: int | None = None
) -> list[Release]:
    by = publisher(shire.partnership.pk)
    choose(shire.partnership.pk, detail, rounded_to, now=now)
    return make_releases(by=by, partnership_id=shire.partnership.pk, now=now)


class Outsider:
    """Knows every release that was ever public, and which places there are; takes what did not change to be the same."""

    def __init__(self, shire: Squareshire, versions: Mapping[str, Counts]) -> None:
        self.versions = versions
        self.half_of = {str(shire.west.pk): "west", str(shire.east.pk): "east", "E05999901": "west"}
        self.half_of["E05999902"] = "east"
        self.number: dict[tuple[object, ...], int] = {}
        self.told: dict[tuple[int, ...], int | None] = {}
        self.held: list[tuple[tuple[int, ...], int]] = []
        for release in Release.objects.filter(kind=ReleaseKind.COUNTS).order_by("made_at", "pk"):
            self._hear(release)

    def _hear(self, release: Release) -> None:
        counts = self.versions[release.made_at.isoformat()]
        for (row, column), value in Table.of_cells(release.cells).figures.items():
            parts = self.parts(counts, release.area, row, column)
            if value is None and release.is_latest:
                self.held.append((parts, self.true(counts, release.area, row, column)))
            if value is not None or parts not in self.told:
                self.told[parts] = value

    def parts(self, counts: Counts, area: tuple[str, str], row: str, column: str) -> tuple[int, ...]:
        cells = self._cells(counts, area, row, column)
        return tuple(sorted(self.number.setdefault(cell, len(self.number)) for cell in cells))

    def true(self, counts: Counts, area: tuple[str, str], row: str, column: str) -> int:
        return sum(int(str(cell[-1])) for cell in self._cells(counts, area, row, column))

    def _cells(self, counts: Counts, area: tuple[str, str], row: str, column: str) -> list[tuple[object, ...]]:
        return [
            (place, category, month, n)
            for (place, category), by_month in counts.items()
            for month, n in zip(QUARTER, by_month, strict=True)
            if self._is_in(place, area) and row in (category, TOTAL) and column in (f"{month:%Y-%m}", TOTAL)
        ]

    def _is_in(self, place: Place, area: tuple[str, str]) -> bool:
        kind, code = area
        return place[1] == code[-1] if kind == "lsoa" else place[0] == self.half_of[code]

    def works_out(self, plus: Iterable[int], less: Iterable[int] = ()) -> tuple[Fraction, Fraction | None]:
        equal = [(dict.fromkeys(parts, 1), value) for parts, value in self.told.items() if parts and value is not None]
        at_least = [(dict.fromkeys(parts, 1), 1) for parts, value in self.told.items() if parts and value is None]
        target: dict[int, int] = defaultdict(int)
        for unknown in plus:
            target[unknown] += 1
        for unknown in less:
            target[unknown] -= 1
        return interval(len(self.number), equal, at_least, target)

    def small_places(self, counts: Counts) -> list[tuple[int, ...]]:
        """What fewer than five were counted of, of a category in the quarter, where a small area and a ward overlap."""
        return [
            tuple(self.number[place, category, month, n] for month, n in zip(QUARTER, by_month, strict=True))
            for (place, category), by_month in counts.items()
            if 0 < sum(by_month) < WIDTH
        ]


def uncertain(found: tuple[Fraction, Fraction | None]) -> bool:
    return found[1] is None or found[1] - found[0] >= WIDTH


def assert_nothing_is_worked_out(shire: Squareshire, versions: Mapping[str, Counts], counts: Counts) -> None:
    outsider = Outsider(shire, versions)
    for parts, true in outsider.held:
        if outsider.told[parts] is None:
            assert uncertain(outsider.works_out(parts)), (parts, true)
    for parts in outsider.small_places(counts):
        assert uncertain(outsider.works_out(parts)), parts


def figures(code: str, kind: AreaKind) -> dict[str, int | None]:
    (release,) = queries.latest_of(kind, code)
    return {row: value for (row, _column), value in Table.of_cells(release.cells).figures.items() if value != 0}


def test_pages_of_wards_small_areas_and_neighbourhoods_give_no_sliver_away(shire: Squareshire) -> None:
    load(shire, COUNTS)

    made = make(shire, Detail.SMALL_AREAS)

    assert len({release.area for release in made if release.kind == ReleaseKind.COUNTS}) == 2 + 2 + 4
    assert_nothing_is_worked_out(shire, {NOW.isoformat(): COUNTS}, COUNTS)
    # And something is left to see.
    assert figures("E01999900", AreaKind.LSOA)[ASB] == 60


def test_without_the_joint_look_the_same_pages_give_a_sliver_away(
    shire: Squareshire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        actions, "_beside_everything", lambda setting, _q, tables, *_more: (tables, setting.rule_record)
    )
    load(shire, COUNTS)

    make(shire, Detail.SMALL_AREAS)

    outsider = Outsider(shire, {NOW.isoformat(): COUNTS})
    assert not all(uncertain(outsider.works_out(parts)) for parts in outsider.small_places(COUNTS))


def test_pages_of_small_areas_come_after_those_of_neighbourhoods(shire: Squareshire) -> None:
    load(shire, COUNTS)
    make(shire)
    later = NOW + timedelta(days=1)

    made = make(shire, Detail.SMALL_AREAS, now=later)

    assert {release.area_kind for release in made} == {"ward", "lsoa"}
    versions = {NOW.isoformat(): COUNTS, later.isoformat(): COUNTS}
    assert_nothing_is_worked_out(shire, versions, COUNTS)
    assert make(shire, Detail.SMALL_AREAS, now=later) == []


def test_a_neighbourhood_is_held_against_small_areas_that_were_published_first(
    shire: Squareshire, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(shire, COUNTS)
    with monkeypatch.context() as alone:
        alone.setattr(actions, "_beside_everything", lambda s, _q, tables, *_more: (tables, s.rule_record))
        make(shire, Detail.SMALL_AREAS)
    Release.objects.exclude(area_kind=AreaKind.LSOA).delete()
    assert figures("E01999902", AreaKind.LSOA)[ASB] == 50
    later = NOW + timedelta(days=1)

    made = make(shire, Detail.NEIGHBOURHOODS, now=later)

    assert {release.area_kind for release in made} == {"neighbourhood"}
    assert queries.latest_of(AreaKind.LSOA, "E01999902") == []
    assert_nothing_is_worked_out(shire, {NOW.isoformat(): COUNTS, later.isoformat(): COUNTS}, COUNTS)


def test_a_correction_gives_no_small_step_away_through_another_kind_of_area(shire: Squareshire) -> None:
    load(shire, COUNTS)
    make(shire, Detail.SMALL_AREAS)
    corrected = {**COUNTS, (("east", "3"), ASB): (30, 28, 31)}
    reloaded, later = NOW + timedelta(days=1), NOW + timedelta(days=2)
    load(shire, corrected, now=reloaded, months=[SEPTEMBER])

    made = make(shire, Detail.SMALL_AREAS, now=later)

    assert made
    versions = {NOW.isoformat(): COUNTS, later.isoformat(): corrected}
    assert_nothing_is_worked_out(shire, versions, corrected)
    outsider = Outsider(shire, versions)
    place = (("east", "3"), ASB, SEPTEMBER)
    assert uncertain(outsider.works_out([outsider.number[*place, 31]], [outsider.number[*place, 29]]))


def test_what_earlier_releases_give_away_is_written_down(shire: Squareshire, monkeypatch: pytest.MonkeyPatch) -> None:
    load(shire, COUNTS)
    with monkeypatch.context() as broken:
        broken.setattr(actions, "_beside_everything", lambda s, _q, tables, *_more: (tables, s.rule_record))
        make(shire, Detail.SMALL_AREAS)
    corrected = {**COUNTS, (("west", "0"), ASB): (50, 18, 22)}
    load(shire, corrected, now=NOW + timedelta(days=1), months=[JULY])

    made = make(shire, Detail.SMALL_AREAS, now=NOW + timedelta(days=2))

    assert all(release.rule["given_away_before"] > 0 for release in made)


def test_each_area_has_one_release_that_holds(shire: Squareshire) -> None:
    load(shire, COUNTS)
    make(shire, Detail.SMALL_AREAS)
    load(shire, {**COUNTS, (("west", "0"), ASB): (50, 18, 22)}, now=NOW + timedelta(days=1), months=[JULY])

    make(shire, Detail.SMALL_AREAS, now=NOW + timedelta(days=2))

    (latest,) = queries.latest_of(AreaKind.LSOA, "E01999900")
    assert latest.supersedes is not None
    assert not latest.supersedes.is_latest
    assert latest.area == ("lsoa", "E01999900")


def test_the_cost_does_not_grow_with_releases_of_other_quarters(shire: Squareshire) -> None:
    asked = []
    for year in (2022, 2023, 2024):
        row = {"neighbourhood": str(shire.west.pk), "ward": "E05999901", "lsoa": "E01999900", "n": 30}
        for month in (7, 8, 9):
            load_store([row], date(year, month, 1), by=shire.loader, partnership_ids=frozenset({shire.partnership.pk}))
        with CaptureQueriesContext(connection) as queried:
            made = make(shire, Detail.SMALL_AREAS, now=NOW + timedelta(days=year))
        assert {release.quarter for release in made} == {date(year, 7, 1)}
        asked.append([query["sql"] for query in queried if "data_disclosure_release" in query["sql"]])

    assert len(asked[1]) == len(asked[2])


def test_where_nothing_was_published_before_nothing_was_given_away_before(shire: Squareshire) -> None:
    """Four small areas with one burglary each: who knew that their sum is small would know each; nobody is told."""
    places = [("west", str(lsoa)) for lsoa in range(4)]
    counts = {(place, category): (0, 0, n) for place in places for category, n in ((BURGLARY, 1), (ASB, 30))}
    load(shire, counts, months=[SEPTEMBER])

    made = make(shire, Detail.SMALL_AREAS)

    assert {release.rule["given_away_before"] for release in made} == {0}


# Three burglaries in each of two small areas, which are the whole of the west: its six are no small number.
THREE_AND_THREE: Counts = {
    (("west", "0"), ASB): (0, 0, 60),
    (("west", "0"), BURGLARY): (0, 0, 3),
    (("west", "2"), ASB): (0, 0, 48),
    (("west", "2"), BURGLARY): (0, 0, 3),
}


def left_out() -> set[str]:
    return set(Release.objects.filter(is_left_out=True).values_list("area_code", flat=True))


def test_an_area_is_left_out_where_an_earlier_total_would_tell_too_much_of_it(shire: Squareshire) -> None:
    """That both are withheld tells that neither is nought: each would be known to be from one to five."""
    load(shire, THREE_AND_THREE, months=[SEPTEMBER])
    make(shire)
    later = NOW + timedelta(days=1)

    made = make(shire, Detail.SMALL_AREAS, now=later)

    assert left_out() == {"E01999900", "E01999902"}
    assert {release.area_kind for release in made} == {"ward"}
    assert {release.rule["given_away_before"] for release in made} == {0}
    assert_nothing_is_worked_out(
        shire, {NOW.isoformat(): THREE_AND_THREE, later.isoformat(): THREE_AND_THREE}, THREE_AND_THREE
    )
    assert queries.latest_of(AreaKind.LSOA, "E01999900") == []
    assert make(shire, Detail.SMALL_AREAS, now=later + timedelta(days=1)) == []
    assert Release.objects.filter(is_left_out=True).count() == 2


def test_what_is_left_out_is_decided_again_of_corrected_data(shire: Squareshire) -> None:
    load(shire, THREE_AND_THREE, months=[SEPTEMBER])
    make(shire)
    make(shire, Detail.SMALL_AREAS, now=NOW + timedelta(days=1))
    corrected = {**THREE_AND_THREE, (("west", "0"), ASB): (0, 0, 90)}
    load(shire, corrected, now=NOW + timedelta(days=2), months=[SEPTEMBER])
    with_rounds = [NOW + timedelta(days=3), NOW + timedelta(days=4)]

    for now in with_rounds:
        make(shire, Detail.SMALL_AREAS, now=now)

    decided = Release.objects.filter(area_code="E01999900", is_left_out=True).order_by("made_at")
    assert [each.made_at for each in decided] == [NOW + timedelta(days=1), NOW + timedelta(days=3)]


def test_where_nothing_was_published_before_no_area_is_left_out(shire: Squareshire) -> None:
    load(shire, THREE_AND_THREE, months=[SEPTEMBER])

    make(shire, Detail.SMALL_AREAS)

    assert left_out() == set()
    assert_nothing_is_worked_out(shire, {NOW.isoformat(): THREE_AND_THREE}, THREE_AND_THREE)
