"""What is published is chosen: which kinds of area, exactly or rounded; a new choice takes nothing back that was seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.data.factories_exchange import NOW, Squareshire, make_squareshire
from tests.data.factories_releases import choose, publisher
from tests.data.factories_store import load as load_store

from ourpatch.data.disclosure import actions, queries
from ourpatch.data.disclosure import jobs as disclosure_jobs
from ourpatch.data.disclosure.actions import choose_publishing, make_releases
from ourpatch.data.disclosure.models import AreaKind, Detail, Publishing, Release, ReleaseKind
from ourpatch.data.disclosure.quarters import TOTAL, Table, rounded
from ourpatch.data.disclosure.rules import nearest
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import jobs
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken

pytestmark = [pytest.mark.room, pytest.mark.django_db]

QUARTER = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What would go to the worker."""
    found: list[tuple[object, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda *queued: found.append(queued))
    return found


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def load(shire: Squareshire, burglaries: int = 13, now: datetime = NOW) -> None:
    """A quarter in the west, all of it in one ward and one small area: 20 of one kind a month, 13 of another, 7 and 9."""
    for month in QUARTER:
        place = {"neighbourhood": str(shire.west.pk), "ward": "E05999901", "lsoa": "E01999900", "district": "E07999901"}
        counts = {"drugs": 20, "burglary": burglaries, "robbery": 7, "other-theft": 9}
        rows = [{**place, "category": category, "n": n} for category, n in counts.items()]
        load_store(rows, month, by=shire.loader, now=now, partnership_ids=frozenset({shire.partnership.pk}))


def make(shire: Squareshire, now: datetime = NOW) -> list[Release]:
    return make_releases(by=publisher(shire.partnership.pk), partnership_id=shire.partnership.pk, now=now)


def shown(shire: Squareshire) -> dict[tuple[str, str], int | None]:
    (release,) = queries.latest(shire.west.pk)
    return dict(Table.of_cells(release.cells).figures)


class TestChoice:
    def test_while_nobody_has_chosen_neighbourhoods_are_published_exactly(self, shire: Squareshire) -> None:
        load(shire)
        made = make(shire)

        assert {release.area_kind for release in made} == {"neighbourhood"}
        assert shown(shire)["burglary", TOTAL] == 39
        assert {release.behind for release in made} == {None}

    @pytest.mark.parametrize(
        ("detail", "kinds"),
        [
            (Detail.NEIGHBOURHOODS, {"neighbourhood"}),
            (Detail.WARDS, {"neighbourhood", "ward"}),
            (Detail.SMALL_AREAS, {"neighbourhood", "ward", "lsoa"}),
        ],
    )
    def test_what_is_chosen_is_published(self, shire: Squareshire, detail: Detail, kinds: set[str]) -> None:
        choose(shire.partnership.pk, detail)
        load(shire)
        assert {release.area_kind for release in make(shire)} == kinds

    def test_a_choice_is_kept_with_who_and_when_and_audited_and_made_anew_soon(
        self, shire: Squareshire, queued: list[tuple[object, ...]]
    ) -> None:
        first = choose(shire.partnership.pk, Detail.WARDS)
        second = choose(shire.partnership.pk, Detail.WARDS, 5, now=LATER)

        assert second.replaces == first
        assert queries.publishing_of(shire.partnership.pk) == second
        assert (second.by_name, second.chosen_at, second.rounded_to) == ("test publisher", LATER, 5)
        assert Publishing.objects.get(pk=first.pk).rounded_to is None
        assert queued == [("disclosure.release", shire.partnership.pk)] * 2
        entry = AuditEntry.objects.filter(operation="disclosure.choose_publishing").order_by("pk").last()
        assert entry is not None
        assert entry.subjects == [str(second.pk)]
        assert "rounded to 5" in entry.reason

    def test_the_job_publishes_what_is_chosen(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, Detail.WARDS, 5)
        load(shire)
        disclosure_jobs.release(str(shire.partnership.pk))
        (ward,) = queries.latest_of(AreaKind.WARD, "E05999901")
        assert ward.rounded_to == 5

    def test_what_was_chosen_otherwise_while_releases_were_made_is_not_published(
        self, shire: Squareshire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is published cannot be taken back: the run that the new choice queues publishes what is chosen."""
        choose(shire.partnership.pk, Detail.SMALL_AREAS)
        load(shire)
        due = actions._due

        def chosen_meanwhile(*given: Any) -> Any:
            choose(shire.partnership.pk, Detail.NEIGHBOURHOODS, now=LATER)
            return due(*given)

        monkeypatch.setattr(actions, "_due", chosen_meanwhile)
        assert make(shire) == []
        assert not Release.objects.exists()
        monkeypatch.undo()
        assert {release.area_kind for release in make(shire)} == {"neighbourhood"}

    def test_of_two_who_choose_at_once_the_second_is_told(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, Detail.WARDS)
        with pytest.raises(Conflict):
            self.choose_unseen(shire, Detail.SMALL_AREAS)
        assert Publishing.objects.count() == 1

    def test_a_choice_that_changes_nothing_is_refused(self, shire: Squareshire) -> None:
        with pytest.raises(RuleBroken):
            self.choose_unseen(shire, Detail.NEIGHBOURHOODS)

    @pytest.mark.parametrize("base", [0, 1, 2, 4, 7])
    def test_a_base_that_is_not_offered_is_refused(self, shire: Squareshire, base: int) -> None:
        with pytest.raises(RuleBroken):
            self.choose_unseen(shire, Detail.WARDS, base)

    def test_only_who_may_make_releases_chooses_and_only_for_a_partnership(self, shire: Squareshire) -> None:
        elsewhere = {"detail": Detail.WARDS, "rounded_to": None, "replaces": None, "now": NOW}
        with pytest.raises(NotAllowed):
            choose_publishing(by=publisher(uuid4()), partnership_id=shire.partnership.pk, **elsewhere)
        with pytest.raises(NotFound):
            choose_publishing(by=publisher(shire.west.pk), partnership_id=shire.west.pk, **elsewhere)
        assert not Publishing.objects.exists()

    def choose_unseen(self, shire: Squareshire, detail: Detail, rounded_to: int | None = None) -> None:
        choose_publishing(
            by=publisher(shire.partnership.pk),
            partnership_id=shire.partnership.pk,
            detail=detail,
            rounded_to=rounded_to,
            replaces=None,
            now=NOW,
        )


class TestLessDetail:
    def test_what_is_not_published_any_more_is_withdrawn_and_still_counts_as_seen(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, Detail.SMALL_AREAS)
        load(shire)
        make(shire)
        choose(shire.partnership.pk, Detail.WARDS, now=LATER)
        make(shire, now=LATER)

        assert queries.latest_of(AreaKind.LSOA, "E01999900") == []
        assert len(queries.latest_of(AreaKind.WARD, "E05999901")) == 1
        seen = Release.objects.filter(area_kind=AreaKind.LSOA)
        assert [(each.area_code, each.is_latest) for each in seen] == [("E01999900", False)]

        choose(shire.partnership.pk, Detail.SMALL_AREAS, now=LATER + timedelta(days=1))
        again = make(shire, now=LATER + timedelta(days=1))
        assert {release.area_kind for release in again} == {"lsoa"}
        assert all(release.supersedes_id for release in again)


def recode(shire: Squareshire, ward: str, burglaries: int = 14, now: datetime = LATER) -> None:
    """The same quarter loaded again with another ward in its rows."""
    for month in QUARTER:
        place = {"neighbourhood": str(shire.west.pk), "ward": ward, "lsoa": "E01999900", "district": "E07999901"}
        counts = {"drugs": 20, "burglary": burglaries, "robbery": 7, "other-theft": 9}
        rows = [{**place, "category": category, "n": n} for category, n in counts.items()]
        load_store(rows, month, by=shire.loader, now=now, partnership_ids=frozenset({shire.partnership.pk}))


class TestAreasDrawnAnew:
    def test_an_area_that_the_records_do_not_name_is_never_said_to_have_had_nothing(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, Detail.WARDS)
        recode(shire, "E05888801", now=NOW)
        assert {release.area_kind for release in make(shire)} == {"neighbourhood"}
        assert make(shire) == []

    def test_what_is_published_of_an_area_goes_when_the_records_name_it_no_more(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, Detail.WARDS)
        load(shire)
        make(shire)
        assert queries.latest_of(AreaKind.WARD, "E05999901")
        recode(shire, "E05888801")
        assert {release.area_kind for release in make(shire, LATER)} == {"neighbourhood"}
        assert not queries.latest_of(AreaKind.WARD, "E05999901")

    def test_no_other_area_is_begun_in_a_quarter_in_which_a_published_one_is_gone(
        self, shire: Squareshire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        choose(shire.partnership.pk, Detail.WARDS)
        load(shire)
        make(shire)
        recode(shire, "E05999902")
        monkeypatch.setattr(actions, "areas_of", lambda kind, _ids, _on: [(str(kind), "E05999902")])
        assert {release.area_kind for release in make(shire, LATER)} == {"neighbourhood"}
        assert not queries.latest_of(AreaKind.WARD, "E05999901")
        assert not queries.latest_of(AreaKind.WARD, "E05999902")
        # That is kept, so that the quarter is not decided again every time.
        (left_out,) = Release.objects.filter(is_left_out=True)
        assert left_out.area_code == "E05999902"
        monkeypatch.setattr(actions, "withhold_further", None)
        assert make(shire, LATER + timedelta(days=1)) == []

    def test_an_area_drawn_otherwise_keeps_what_was_published_of_the_same_data(
        self, shire: Squareshire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        choose(shire.partnership.pk, Detail.WARDS)
        load(shire)
        make(shire)
        monkeypatch.setattr(actions, "areas_of", lambda kind, _ids, _on: [(str(kind), "E05999902")])
        assert make(shire, LATER) == []
        assert queries.latest_of(AreaKind.WARD, "E05999901")


class TestRounding:
    def test_every_number_is_rounded_and_what_is_withheld_stays_withheld(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, Detail.SMALL_AREAS, 5)
        load(shire, burglaries=1)
        made = [release for release in make(shire) if release.kind == ReleaseKind.COUNTS]

        for release in made:
            public, behind = Table.of_cells(release.cells), Table.of_cells(release.behind)
            assert release.rule["rounded_to"] == 5
            assert {key for key, value in public.figures.items() if value is None} == set(public.why)
            assert public == rounded(behind, 5)
        assert shown(shire)["burglary", "2026-07"] is None
        assert shown(shire)["other-theft", TOTAL] == 25

    def test_the_rate_is_of_the_rounded_number(self, shire: Squareshire, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ourpatch.data.disclosure.actions.places.population", lambda _area: (4_000, 2024))
        choose(shire.partnership.pk, rounded_to=5)
        load(shire)
        make(shire)

        published = queries.published_counts(shire.west.pk)
        assert published is not None
        assert published.rate is not None
        # 147 were recorded; 145 in a quarter is 580 a year.
        assert published.quarter_total == queries.Figure(145, rounded_to=5)
        assert published.rate.value == pytest.approx(145.0, rel=0.01)

    def test_the_same_data_is_rounded_the_same_way_in_every_release(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, rounded_to=5)
        load(shire)
        make(shire)
        first = shown(shire)
        Release.objects.all().delete()
        make(shire, now=LATER)
        assert shown(shire) == first

    def test_what_was_published_exactly_stays_as_it_is_until_its_data_is_corrected(self, shire: Squareshire) -> None:
        load(shire)
        make(shire)
        choose(shire.partnership.pk, rounded_to=5, now=LATER)
        assert make(shire, now=LATER) == []
        assert shown(shire)["burglary", TOTAL] == 39

        load(shire, burglaries=31, now=LATER)
        make(shire, now=LATER + timedelta(hours=1))
        assert shown(shire)["burglary", TOTAL] == 95

    @pytest.mark.parametrize(("first", "then", "again"), [(11, 5, True), (5, None, True), (5, 11, False)])
    def test_a_choice_that_says_more_is_made_anew_and_one_that_says_less_is_not(
        self, shire: Squareshire, first: int, then: int | None, again: bool
    ) -> None:
        choose(shire.partnership.pk, rounded_to=first)
        load(shire)
        make(shire)
        choose(shire.partnership.pk, rounded_to=then, now=LATER)
        made = make(shire, now=LATER)

        assert bool(made) == again
        base = then if again else first
        assert shown(shire)["burglary", TOTAL] == (39 if base is None else nearest(39, base))

    def test_a_correction_is_held_against_the_numbers_behind_the_rounded_ones(self, shire: Squareshire) -> None:
        """39 and 42 are both near 40, but what would be unsafe to show exactly is not shown rounded."""
        choose(shire.partnership.pk, rounded_to=5)
        load(shire)
        make(shire)
        load(shire, burglaries=14, now=LATER)
        make(shire, now=LATER + timedelta(hours=1))
        assert ("burglary", TOTAL) not in shown(shire)


class TestMaps:
    """Six incidents of a small area, each at a point of its own: beside their total each point would be known to have one."""

    SPARSE, FULL, ELSEWHERE = "E01999900", "E01999902", "E01999901"

    def load(self, shire: Squareshire, elsewhere: int = 50, now: datetime = NOW, *, beside: str = "") -> None:
        """`beside`: a neighbourhood of somebody else's that holds the points of the sparse small area."""
        here = {"neighbourhood": str(shire.west.pk), "ward": "E05999901", "district": "E07999901", "category": "drugs"}
        there = {**here, "neighbourhood": beside or here["neighbourhood"]}
        sparse = [{**there, "lsoa": self.SPARSE, "easting": 350_000.0 + 100 * at} for at in range(6)]
        full = [{**here, "lsoa": self.FULL, "easting": 350_900.0 + 100 * at, "n": 14} for at in range(6)]
        east = {
            **here,
            "neighbourhood": str(shire.east.pk),
            "ward": "E05999902",
            "lsoa": self.ELSEWHERE,
            "n": elsewhere,
        }
        for month in QUARTER:
            rows = [*sparse, *full, east] if month == QUARTER[2] else [*full, east]
            rows += [{**east, "neighbourhood": beside, "easting": 360_000.0}] if beside else []
            load_store(rows, month, by=shire.loader, now=now, partnership_ids=frozenset({shire.partnership.pk}))

    def spare(self, shire: Squareshire) -> int | None:
        """By how much the points drawn in the small area could be more than their lowest counts; None: nobody knows."""
        (release,) = queries.latest_of(AreaKind.LSOA, self.SPARSE)
        total = Table.of_cells(release.cells).figures[TOTAL, TOTAL]
        points = queries.published_points(shire.west.pk)
        assert points is not None
        inside = [each.least for each in points.points if each.easting < 350_900]
        return None if total is None else total - sum(inside) if inside else None

    def test_fewer_points_are_drawn_where_a_small_areas_total_would_pin_them_down(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, Detail.SMALL_AREAS)
        self.load(shire)
        make(shire)

        assert self.spare(shire) == 3
        points = queries.published_points(shire.west.pk)
        assert points is not None
        assert len([each for each in points.points if each.easting >= 350_900]) == 6

    def test_a_total_is_withheld_where_it_would_pin_down_points_of_a_map_that_is_out(self, shire: Squareshire) -> None:
        self.load(shire)
        make(shire)
        choose(shire.partnership.pk, Detail.SMALL_AREAS, now=LATER)
        make(shire, now=LATER)

        assert self.spare(shire) is None
        # And what would give it back by subtraction; a small area elsewhere is shown.
        (full,), (elsewhere,) = (queries.latest_of(AreaKind.LSOA, code) for code in (self.FULL, self.ELSEWHERE))
        assert Table.of_cells(full.cells).figures[TOTAL, TOTAL] is None
        assert Table.of_cells(elsewhere.cells).figures[TOTAL, TOTAL] == 150

    def test_with_neighbourhoods_only_every_point_is_drawn(self, shire: Squareshire) -> None:
        self.load(shire)
        make(shire)
        points = queries.published_points(shire.west.pk)
        assert points is not None
        assert len(points.points) == 12

    def test_a_total_that_was_withdrawn_is_still_known_when_a_map_is_drawn_again(self, shire: Squareshire) -> None:
        choose(shire.partnership.pk, Detail.SMALL_AREAS)
        self.load(shire)
        make(shire)
        choose(shire.partnership.pk, Detail.NEIGHBOURHOODS, now=LATER)
        make(shire, now=LATER)
        self.load(shire, elsewhere=70, now=LATER)
        make(shire, now=LATER + timedelta(hours=1))

        assert self.drawn_in_sparse(shire.west.pk) == 3

    def test_a_map_that_was_drawn_again_with_fewer_points_is_still_known(self, shire: Squareshire) -> None:
        self.load(shire)
        make(shire)
        choose(shire.partnership.pk, Detail.SMALL_AREAS, now=LATER)
        self.load(shire, elsewhere=70, now=LATER)
        make(shire, now=LATER + timedelta(hours=1))

        assert self.spare(shire) is None

    def test_a_total_is_held_against_the_map_of_another_partnership(self, shire: Squareshire) -> None:
        partnership, neighbourhood = self.make_neighbour()
        self.load(shire, beside=str(neighbourhood.pk))
        make_releases(by=publisher(partnership.pk), partnership_id=partnership.pk, now=NOW)
        assert self.drawn_in_sparse(neighbourhood.pk) == 6
        choose(shire.partnership.pk, Detail.SMALL_AREAS)
        make(shire, now=LATER)

        assert self.spare(shire) is None

    def test_a_map_is_held_against_the_total_of_another_partnership(self, shire: Squareshire) -> None:
        partnership, neighbourhood = self.make_neighbour()
        self.load(shire, beside=str(neighbourhood.pk))
        choose(shire.partnership.pk, Detail.SMALL_AREAS)
        make(shire)
        make_releases(by=publisher(partnership.pk), partnership_id=partnership.pk, now=LATER)

        assert self.drawn_in_sparse(neighbourhood.pk) == 3

    def make_neighbour(self) -> tuple[ServiceArea, ServiceArea]:
        partnership = ServiceArea.objects.create(kind=ServiceAreaKind.PARTNERSHIP, name="Next Door", slug="next-door")
        neighbourhood = ServiceArea.objects.create(
            kind=ServiceAreaKind.NEIGHBOURHOOD, name="Over the Border", slug="over-the-border", partnership=partnership
        )
        return partnership, neighbourhood

    def drawn_in_sparse(self, neighbourhood_id: UUID) -> int:
        points = queries.published_points(neighbourhood_id)
        assert points is not None
        return len([each for each in points.points if each.easting < 350_900])
