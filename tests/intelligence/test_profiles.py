"""A profile fills itself from the day data is loaded; what people add stays with whom it is for."""

from __future__ import annotations

from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.data.factories_exchange import EAST, NOW, WEST, Squareshire, make_squareshire
from tests.data.factories_releases import choose
from tests.data.factories_store import load
from tests.foundation.factories import make_actor, make_organisation, make_person

from ourpatch.data.disclosure.actions import make_releases
from ourpatch.data.disclosure.permissions import Permission as Releases
from ourpatch.foundation.places.models import Area, PlaceName
from ourpatch.ground import jobs
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.intelligence.profiles import actions, queries
from ourpatch.intelligence.profiles.contents import PROFILE_SECTIONS, Contribution, Section, Source
from ourpatch.intelligence.profiles.models import ProfileNote
from ourpatch.intelligence.profiles.permissions import Permission
from ourpatch.intelligence.profiles.queries import Part, Profile
from ourpatch.intelligence.profiles.rules import Category

pytestmark = [pytest.mark.room, pytest.mark.django_db]

MONTHS = [date(2025 + place // 12, place % 12 + 1, 1) for place in range(10, 22)]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda *queued: None)


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


@pytest.fixture
def officer(shire: Squareshire) -> Actor:
    return make_actor(make_person(make_organisation()), [Permission.VIEW, Permission.EDIT], shire.partnership)


def load_year(shire: Squareshire, *, without: date | None = None, also: dict[str, Any] | None = None) -> None:
    """Twelve months, or all but one: thirty incidents each in the west, of which ten anti-social behaviour; `also`: more rows."""
    here = {"neighbourhood": str(shire.west.pk), "easting": float(WEST[0]), "northing": float(WEST[1])}
    for place, month in enumerate(MONTHS):
        if month == without:
            continue
        rows = [
            {**here, "category": "anti-social-behaviour", "n": 10 + place % 3, "lsoa": "E01999900"},
            {**here, "category": "burglary", "n": 20, "lsoa": "E01999902"},
            *([{**here, "lsoa": "E01999902", **also}] if also else []),
        ]
        load(rows, month, by=shire.loader, partnership_ids=frozenset({shire.partnership.pk}))


def profile_of(officer: Actor, shire: Squareshire) -> Profile:
    return queries.get_profile(officer, shire.west.slug, NOW)


def part_of(profile: Profile, category: Category) -> Part:
    return next(part for part in profile.parts if part.category == category)


def write(by: Actor, shire: Squareshire, **changes: object) -> ProfileNote:
    given = {"category": "demographic_housing", "text": "400 council homes.", "source": "Council, May 2026", **changes}
    return actions.write_note(by=by, neighbourhood_id=shire.west.pk, now=NOW, **given)  # type: ignore[arg-type]


def test_before_anything_is_loaded_every_category_says_how_it_fills(officer: Actor, shire: Squareshire) -> None:
    profile = profile_of(officer, shire)

    assert [str(part.category) for part in profile.parts if part.is_filled] == ["contextual_map"]
    assert profile.completeness.filled == 1
    assert all(str(part.facts.how) for part in profile.parts)
    assert profile.is_review_due


def test_a_profile_fills_itself_from_what_is_loaded(officer: Actor, shire: Squareshire) -> None:
    Area.objects.filter(code="E05999901").update(population=5_000, population_year=2020)
    Area.objects.filter(code="E01999900").update(deprivation_score=41.5, deprivation_decile=1)
    PlaceName.objects.create(name="West School", folded="west school", kind="school", easting=WEST[0], northing=WEST[1])
    PlaceName.objects.create(name="East School", folded="east school", kind="school", easting=EAST[0], northing=EAST[1])
    load_year(shire)

    profile = profile_of(officer, shire)

    trend, categories, where = part_of(profile, Category.RECORDED).sections
    assert trend.sentences[0] == "372 incidents were recorded in the 12 months to October 2026."
    assert "74.4 a year per 1,000 residents" in trend.sentences[1]
    assert [len(figure.table.rows) for figure in trend.figures] == [12, 12]
    assert categories.tables[0].rows == [["Burglary", "240"], ["Anti-social behaviour", "132"]]
    assert where.figures[0].table.rows == [["E01999902", "240"], ["E01999900", "132"]]
    (landmarks,) = part_of(profile, Category.INFRASTRUCTURE_PHYSICAL).sections
    assert landmarks.tables[1].rows == [["West School", "school"]]
    assert part_of(profile, Category.DEMOGRAPHIC_OVERVIEW).sections[0].sentences[0] == "5,000 people live here (2020)."
    assert "1 of the 1 small areas" in part_of(profile, Category.DEMOGRAPHIC_GENERAL).sections[0].sentences[0]
    assert profile.completeness.filled == 4


def test_every_picture_is_well_formed_and_named(officer: Actor, shire: Squareshire) -> None:
    load_year(shire)

    figures = [each for part in profile_of(officer, shire).parts for one in part.sections for each in one.figures]

    assert len(figures) == 4
    for figure in figures:
        assert ElementTree.fromstring(figure.svg).attrib["role"] == "img"
        assert figure.table.rows


def test_the_public_version_shows_released_figures_only(officer: Actor, shire: Squareshire) -> None:
    load_year(shire)
    assert part_of(queries.get_public_profile(shire.west.slug, NOW), Category.RECORDED).sections == ()

    by = Actor.job("test", [Releases.MAKE], [shire.partnership.pk])
    make_releases(by=by, partnership_id=shire.partnership.pk, now=NOW)
    trend, categories, where = part_of(queries.get_public_profile(shire.west.slug, NOW), Category.RECORDED).sections

    assert len(trend.figures) == 2
    assert categories.tables[0].rows == [["Anti-social behaviour", "33"], ["Burglary", "60"]]
    assert categories.sentences == ()
    assert where.figures[0].table.rows == [["On or near High Street", "50 to 99"]]


def test_a_month_that_is_not_loaded_keeps_its_empty_place(officer: Actor, shire: Squareshire) -> None:
    load_year(shire, without=MONTHS[5])

    trend = part_of(profile_of(officer, shire), Category.RECORDED).sections[0]

    for figure in trend.figures:
        assert [row[0] for row in figure.table.rows if row[1] == "no data"] == ["April 2026"]
        assert len(figure.table.rows) == 12
        assert "no data" in figure.svg
    assert "in the 11 latest months that are loaded, up to October 2026" in trend.sentences[0]


def test_rounded_and_withheld_figures_are_said_to_be_so_and_never_why(shire: Squareshire) -> None:
    load_year(shire, also={"category": "robbery", "n": 1})
    choose(shire.partnership.pk, rounded_to=5)
    by = Actor.job("test", [Releases.MAKE], [shire.partnership.pk])
    make_releases(by=by, partnership_id=shire.partnership.pk, now=NOW)

    trend, categories = part_of(queries.get_public_profile(shire.west.slug, NOW), Category.RECORDED).sections[:2]

    assert all(len(row) == 2 for row in categories.tables[0].rows)
    assert "not shown" in [row[1] for row in categories.tables[0].rows]
    assert "Numbers are rounded to the nearest 5." in trend.sentences
    assert categories.sentences == (
        "Numbers are rounded to the nearest 5.",
        "Numbers that are small, or would give a small one away, are not shown.",
    )


def test_notes_stay_with_whom_they_are_for(officer: Actor, shire: Squareshire) -> None:
    write(officer, shire, text="For everybody.", is_public=True)
    write(officer, shire, text="For the partnership.")
    write(officer, shire, text="For us.", is_restricted=True, is_public=True)
    other = make_actor(make_person(make_organisation()), [Permission.VIEW], shire.partnership)

    def read(profile: Profile) -> list[str]:
        return [note.text for note in profile.notes]

    assert read(profile_of(officer, shire)) == ["For everybody.", "For the partnership.", "For us."]
    assert read(profile_of(other, shire)) == ["For everybody.", "For the partnership."]
    assert read(queries.get_public_profile(shire.west.slug, NOW)) == ["For everybody."]


def test_a_note_fills_its_category_and_stands_in_the_source_register(officer: Actor, shire: Squareshire) -> None:
    write(officer, shire, limitations="Leaseholders are missing.")

    profile = profile_of(officer, shire)

    assert part_of(profile, Category.DEMOGRAPHIC_HOUSING).is_filled
    source = next(each for each in profile.sources if each.name == "Council, May 2026")
    assert (source.is_automatic, source.limitations) == (False, ("Leaseholders are missing.",))


def test_a_note_can_be_taken_out_by_who_saw_its_latest_version(officer: Actor, shire: Squareshire) -> None:
    note = write(officer, shire)

    with pytest.raises(Conflict):
        actions.retire_note(by=officer, note_id=note.pk, version=note.version + 1, now=NOW)
    actions.retire_note(by=officer, note_id=note.pk, version=note.version, now=NOW)

    assert profile_of(officer, shire).notes == []
    assert ProfileNote.objects.count() == 1
    assert {"profiles.write_note", "profiles.retire_note"} <= set(
        AuditEntry.objects.values_list("operation", flat=True)
    )


def test_a_note_without_a_source_is_refused(officer: Actor, shire: Squareshire) -> None:
    with pytest.raises(RuleBroken, match="where it comes from"):
        write(officer, shire, source="")


def test_a_review_makes_the_next_one_due_in_six_months(officer: Actor, shire: Squareshire) -> None:
    review = actions.review_profile(by=officer, neighbourhood_id=shire.west.pk, note="All sources checked.", now=NOW)

    assert review.next_due_on == date(2027, 5, 18)
    assert not profile_of(officer, shire).is_review_due
    listed = queries.list_profiles(officer, NOW)
    assert [(line.neighbourhood, line.is_review_due) for line in listed.lines] == [
        (shire.east, True),
        (shire.west, False),
    ]


def test_the_list_counts_every_neighbourhood_in_a_fixed_number_of_queries(
    officer: Actor, shire: Squareshire, django_assert_max_num_queries: object
) -> None:
    load_year(shire)

    with django_assert_max_num_queries(6):  # type: ignore[operator]
        listed = queries.list_profiles(officer, NOW)

    assert {line.neighbourhood.name: line.recorded for line in listed.lines} == {"West": 372, "East": 0}


def test_profiles_belong_to_a_partnership_and_editing_to_those_who_may(shire: Squareshire) -> None:
    reader = make_actor(make_person(make_organisation()), [Permission.VIEW], shire.partnership)
    stranger = make_actor(make_person(make_organisation()), [Permission.VIEW])

    with pytest.raises(NotAllowed):
        write(reader, shire)
    with pytest.raises(NotAllowed):
        actions.review_profile(by=reader, neighbourhood_id=shire.west.pk, note="Seen.", now=NOW)
    with pytest.raises(NotAllowed):
        profile_of(stranger, shire)
    with pytest.raises(NotFound):
        queries.get_profile(reader, "no-such-place", NOW)


def test_later_rooms_add_sections(officer: Actor, shire: Squareshire) -> None:
    survey = Section("Survey", Source("Survey of May 2026", "Council", True), sentences=("Seven of ten feel safe.",))
    PROFILE_SECTIONS.add("test.survey", Contribution(Category.SATISFACTION, lambda setting: survey))
    try:
        part = part_of(profile_of(officer, shire), Category.SATISFACTION)
    finally:
        PROFILE_SECTIONS._entries.pop("test.survey")

    assert part.sections == (survey,)
