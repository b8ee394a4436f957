"""Releases: made from the store for every neighbourhood, remade only when data or rule change, withdrawn with their data."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from tests.data.factories_exchange import NOW, Squareshire, make_squareshire
from tests.data.factories_store import load as load_store

from ourpatch.data.disclosure import jobs as disclosure_jobs
from ourpatch.data.disclosure import queries
from ourpatch.data.disclosure.actions import make_releases
from ourpatch.data.disclosure.models import Release, ReleaseKind
from ourpatch.data.disclosure.permissions import Permission
from ourpatch.data.store.actions import undo_submission
from ourpatch.data.store.models import Submission
from ourpatch.foundation.places.models import Area, ServiceArea
from ourpatch.ground import jobs
from ourpatch.ground.errors import NotAllowed
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.room, pytest.mark.django_db]

ASB = "anti-social-behaviour"
JULY, AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 1) for month in (7, 8, 9, 10))


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What would go to the worker."""
    found: list[tuple[object, ...]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda *queued: found.append(queued))
    return found


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def load(shire: Squareshire, month: date, **counts: int) -> Submission:
    """`west_asb=20` puts twenty rows of anti-social behaviour into the west."""
    places = {"west": shire.west, "east": shire.east}
    categories = {"asb": ASB, "burglary": "burglary", "drugs": "drugs"}
    rows = [
        {"neighbourhood": str(places[name.split("_")[0]].pk), "category": categories[name.split("_")[1]], "n": n}
        for name, n in counts.items()
    ]
    return load_store(rows, month, by=shire.loader, partnership_ids=frozenset({shire.partnership.pk}))


def make(shire: Squareshire) -> list[Release]:
    by = Actor.job("test", [Permission.MAKE], [shire.partnership.pk])
    return make_releases(by=by, partnership_id=shire.partnership.pk, now=NOW)


def quarter_of_data(shire: Squareshire) -> list[Submission]:
    return [load(shire, month, west_asb=20, west_burglary=9, east_asb=12) for month in (JULY, AUGUST, SEPTEMBER)]


def published(place: ServiceArea) -> queries.PublishedCounts:
    found = queries.published_counts(place.pk)
    assert found is not None
    return found


def test_a_closed_quarter_is_published_with_its_categories_and_its_rate(shire: Squareshire) -> None:
    Area.objects.filter(code="E05999901").update(population=5_000, population_year=2020)
    quarter_of_data(shire)

    make(shire)

    west = published(shire.west)
    assert (west.quarter, west.quarter_total) == (JULY, queries.Figure(87))
    counts = {each.category: each.count.value for each in west.categories}
    assert (counts[ASB], counts["burglary"], counts["drugs"], len(counts)) == (60, 27, 0, 14)
    assert [(each.month, each.total.value) for each in west.months] == [(JULY, 29), (AUGUST, 29), (SEPTEMBER, 29)]
    assert [each.asb and each.asb.value for each in west.months] == [20, 20, 20]
    assert west.rate is not None
    assert (round(west.rate.value, 1), west.rate.population) == (69.6, 5_000)
    assert published(shire.east).rate is None


def test_the_open_quarter_shows_its_months_and_no_more(shire: Squareshire) -> None:
    quarter_of_data(shire)
    load(shire, OCTOBER, west_asb=20, west_drugs=2, east_asb=3)

    make(shire)

    october = published(shire.west).months[-1]
    assert (october.month, october.total.value, october.asb) == (OCTOBER, 22, None)
    withheld = published(shire.east).months[-1].total
    assert withheld.value is None
    assert str(withheld.why) == "Withheld: too few to show."
    assert published(shire.west).quarter == JULY


def test_points_are_published_in_bands_and_only_if_they_were_map_points_before(shire: Squareshire) -> None:
    here = {"neighbourhood": str(shire.west.pk)}
    rows = [
        *[{**here, "easting": 350_100.0}] * 6,
        {**here, "easting": 350_200.0},
        {**here, "easting": 350_300.0, "place_precision": "exact"},
        {**here, "easting": None, "northing": None, "place_precision": "none"},
    ]
    load_store(rows, SEPTEMBER, by=shire.loader, partnership_ids=frozenset({shire.partnership.pk}))

    make(shire)

    found = queries.published_points(shire.west.pk)
    assert found is not None
    assert [(each.easting, each.least, each.most) for each in found.points] == [(350_100.0, 5, 9), (350_200.0, 1, 4)]
    empty = queries.published_points(shire.east.pk)
    assert empty is not None
    assert empty.points == ()


def test_making_releases_again_makes_none(shire: Squareshire) -> None:
    quarter_of_data(shire)
    assert len(make(shire)) == 4

    assert make(shire) == []
    assert Release.objects.count() == 4


def test_a_new_month_leaves_the_closed_quarters_alone(shire: Squareshire) -> None:
    quarter_of_data(shire)
    make(shire)
    load(shire, OCTOBER, west_asb=20)

    assert {release.quarter for release in make(shire)} == {OCTOBER}


def test_a_correction_makes_a_release_that_supersedes_and_gives_no_small_step_away(shire: Squareshire) -> None:
    quarter_of_data(shire)
    make(shire)
    load(shire, SEPTEMBER, west_asb=21, west_burglary=9, east_asb=12)

    (corrected, *_others) = [release for release in make(shire) if release.service_area == shire.west]

    assert corrected.supersedes is not None
    west = published(shire.west)
    assert [each.total.value for each in west.months] == [29, 29, None]
    assert west.categories == ()
    assert [each.total.value for each in published(shire.east).months] == [12, 12, 12]
    assert published(shire.east).quarter == JULY


def test_what_was_published_of_undone_data_is_withdrawn_and_comes_back_with_it(shire: Squareshire) -> None:
    only = load(shire, SEPTEMBER, west_asb=20)
    make(shire)
    undo_submission(by=shire.loader, submission_id=only.pk, now=NOW)
    make(shire)

    assert queries.published_counts(shire.west.pk) is None
    assert queries.published_points(shire.west.pk) is None
    load(shire, SEPTEMBER, west_asb=20)
    make(shire)
    assert published(shire.west).months[0].total.value == 20
    assert Release.objects.filter(service_area=shire.west, kind=ReleaseKind.COUNTS).count() == 2


def test_a_year_before_stands_beside_a_category(shire: Squareshire) -> None:
    quarter_of_data(shire)
    for month in (JULY, AUGUST, SEPTEMBER):
        load(shire, month.replace(year=2025), west_asb=10, west_burglary=9)
    make(shire)

    asb = next(each for each in published(shire.west).categories if each.category == ASB)
    assert (asb.count.value, asb.year_before and asb.year_before.value) == (60, 30)


def test_only_who_may_make_releases_does(shire: Squareshire) -> None:
    with pytest.raises(NotAllowed):
        make_releases(by=Actor.job("test", [Permission.MAKE], [uuid4()]), partnership_id=shire.partnership.pk, now=NOW)


def test_a_load_queues_releases_for_the_partnerships_it_touches(
    shire: Squareshire, queued: list[tuple[object, ...]]
) -> None:
    load(shire, SEPTEMBER, west_asb=20)

    assert queued == [("disclosure.release", shire.partnership.pk)]
    disclosure_jobs.release(str(shire.partnership.pk))
    assert published(shire.west).months[0].total.value == 20


def test_many_places_are_read_in_one_query(shire: Squareshire, django_assert_num_queries: object) -> None:
    quarter_of_data(shire)
    make(shire)

    with django_assert_num_queries(1):  # type: ignore[operator]
        found = queries.published_counts_of([shire.west.pk, shire.east.pk])
    assert set(found) == {shire.west.pk, shire.east.pk}
