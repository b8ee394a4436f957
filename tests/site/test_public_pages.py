"""What everybody can read of a neighbourhood, without signing in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from ourpatch.data.disclosure.models import Release, ReleaseKind
from ourpatch.data.disclosure.quarters import TOTAL, Table
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.errors import NotFound
from ourpatch.influence.priorities.models import Priority

from ..access.factories_concerns import NOON, Scene, make_scene, raise_one
from ..foundation.factories_places import load_county
from ..influence.factories_priorities import TEAM, adopt, make_forum, make_priority
from ..interventions.factories_problems import WORKERS, give_action, make_plan

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def body(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        *["/", "/find/", "/raise/", "/raise/place/", "/raise/sent/", "/ask/", "/follow/"],
        *["/accessibility/", "/privacy/", "/cookies/", "/contact/", "/about-the-figures/"],
    ],
)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_is_there_in_both_languages_with_nothing_loaded(client: Client, path: str, language: str) -> None:
    client.cookies["django_language"] = language
    assert f'<html lang="{language}"' in body(client, path)


def test_home_leads_to_every_neighbourhood_and_to_help(client: Client, scene: Scene) -> None:
    page = body(client, "/")
    assert scene.neighbourhood.name in page
    assert f"/n/{scene.neighbourhood.slug}/" in page
    assert "999" in page
    assert "18000" in page
    assert "0800 555 111" in page


def test_a_name_that_means_one_neighbourhood_goes_straight_there(client: Client) -> None:
    load_county()
    response = client.get("/find/", {"q": "harb"})
    assert response.status_code == 302
    assert response["Location"].startswith("/n/")


def test_a_name_nobody_knows_says_what_to_try(client: Client) -> None:
    load_county()
    assert "Try a shorter word" in body(client, "/find/?q=Atlantis")


def test_a_press_on_the_map_finds_the_neighbourhood_it_lies_in(client: Client) -> None:
    load_county()
    picture = client.get("/maps/all.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    # Six squares side by side, 640 pixels wide: the first is Harbour.
    response = client.get("/find/", {"press.x": "60", "press.y": "80"})
    assert response.status_code == 302
    assert "harbour" in response["Location"]


def test_a_map_chosen_from_the_keyboard_is_no_place(client: Client) -> None:
    load_county()
    assert "No neighbourhood is there" in body(client, "/find/?press.x=0&press.y=0")


@pytest.mark.parametrize("x", ["-5", "9" * 400])
def test_a_press_beside_the_map_is_no_place(client: Client, x: str) -> None:
    load_county()
    assert client.get("/find/", {"press.x": x, "press.y": "4"}).status_code == 200


def test_an_address_that_no_database_can_hold_is_not_looked_up(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0), pytest.raises(NotFound):
        places.get_neighbourhood("west\0")


def test_there_is_no_page_for_a_neighbourhood_nobody_made(client: Client) -> None:
    assert client.get("/n/nowhere/").status_code == 404


def test_an_empty_neighbourhood_says_how_it_fills(client: Client, scene: Scene) -> None:
    page = body(client, f"/n/{scene.neighbourhood.slug}/")
    assert "People choose them at a public meeting" in page
    assert scene.officer.name in page
    assert "01632 960001" in page


def told_priority(scene: Scene) -> Priority:
    by = scene.actor(scene.officer, *WORKERS)
    priority = adopt(scene, by, make_priority(scene, by))
    give_action(scene, by, make_plan(scene, by, priority_id=priority.pk))
    return priority


def test_a_priority_tells_how_it_was_chosen_and_what_is_done_but_no_wording_of_an_action(
    client: Client, scene: Scene
) -> None:
    priority = told_priority(scene)
    for path in (
        f"/n/{scene.neighbourhood.slug}/",
        f"/n/{scene.neighbourhood.slug}/priorities/{priority.pk}/",
    ):
        page = body(client, path)
        assert priority.title in page
        assert "17 votes" in page
        assert "0 of 1 actions are done" in page
        assert "barrier" not in page


def test_a_priority_only_proposed_or_asked_for_elsewhere_is_not_there(client: Client, scene: Scene) -> None:
    by = scene.actor(scene.officer, *TEAM)
    proposed = make_priority(scene, by)
    assert client.get(f"/n/{scene.neighbourhood.slug}/priorities/{proposed.pk}/").status_code == 404
    adopted = told_priority(scene)
    assert client.get(f"/n/{scene.neighbourhood.slug}/priorities/{adopted.pk}/").status_code == 200
    assert client.get(f"/n/nowhere/priorities/{adopted.pk}/").status_code == 404


def test_english_only_words_are_marked_on_a_welsh_page(client: Client, scene: Scene) -> None:
    told_priority(scene)
    client.cookies["django_language"] = "cy"
    page = body(client, f"/n/{scene.neighbourhood.slug}/")
    assert '<span lang="en">Motorbikes on the canal path</span>' in page


def test_what_people_write_is_escaped(client: Client, scene: Scene) -> None:
    priority = told_priority(scene)
    Priority.objects.filter(pk=priority.pk).update(statement="<script>alert(1)</script>")
    page = body(client, f"/n/{scene.neighbourhood.slug}/priorities/{priority.pk}/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_next_meeting_is_announced_and_goes_into_a_calendar(client: Client, scene: Scene) -> None:
    by = scene.actor(scene.officer, *TEAM)
    forum = make_forum(by, scene.neighbourhood)
    starts = NOON + timedelta(days=9)
    meetings.plan_meeting(by=by, forum_id=forum.pk, starts_at=starts, venue="The Old Library", now=NOON)
    assert "The Old Library" in body(client, f"/n/{scene.neighbourhood.slug}/")
    assert "The Old Library" in body(client, f"/n/{scene.neighbourhood.slug}/meetings/")
    calendar = client.get(f"/n/{scene.neighbourhood.slug}/calendar.ics")
    assert calendar["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20261127T120000Z" in calendar.content.decode()


def test_replies_in_time_come_with_their_base(client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    raise_one(scene, now=NOON - timedelta(days=10))
    assert "Nobody" not in body(client, f"/n/{scene.neighbourhood.slug}/").split("Our promise")[1].split("Meet")[0]
    assert "of 1" in body(client, f"/n/{scene.neighbourhood.slug}/")


def release(area: ServiceArea, quarter: date, totals: list[int]) -> Release:
    """A closed quarter of burglaries, one month of which is withheld."""
    months = [f"{quarter.year}-{quarter.month + each:02d}" for each in range(3)]
    figures = {(TOTAL, month): total for month, total in zip(months, totals, strict=True)}
    figures |= {("burglary", month): total for month, total in zip(months, totals, strict=True)}
    figures |= {(TOTAL, TOTAL): sum(totals), ("burglary", TOTAL): sum(totals)}
    figures |= {("robbery", months[0]): None}
    table = Table(tuple(months), True, figures, {("robbery", months[0]): "small"})
    return Release.objects.create(
        kind=ReleaseKind.COUNTS,
        dataset=POLICE_UK,
        service_area=area,
        partnership_id=area.partnership_id,
        quarter=quarter,
        data_version="a",
        rule={"smallest_shown": 5, "width": 5, "zeros_shown": True},
        cells=table.as_cells(),
        made_at=NOON,
    )


def test_figures_are_released_ones_and_what_is_withheld_says_so_but_not_why(client: Client, scene: Scene) -> None:
    release(scene.neighbourhood, date(2026, 1, 1), [21, 25, 19])
    release(scene.neighbourhood, date(2026, 4, 1), [22, 24, 18])
    page = body(client, f"/n/{scene.neighbourhood.slug}/crime/")
    assert "April to June 2026" in page
    assert "withheld" in page
    assert "too few" not in page
    assert "<svg" in page
    assert "No signal" in page


def test_the_file_says_where_it_is_from_and_leaves_withheld_counts_empty(client: Client, scene: Scene) -> None:
    release(scene.neighbourhood, date(2026, 4, 1), [22, 24, 18])
    lines = client.get(f"/n/{scene.neighbourhood.slug}/crime.csv").content.decode().splitlines()
    assert any(line.startswith("# Released: 2026-11-18") or "Released: 2026-11-18" in line for line in lines)
    assert "2026-04,robbery,Robbery,,withheld," in lines
    assert "2026-Q2,burglary,Burglary,64,published," in lines


def test_a_gap_in_the_months_ends_the_chart(client: Client, scene: Scene) -> None:
    release(scene.neighbourhood, date(2025, 7, 1), [99, 99, 99])
    release(scene.neighbourhood, date(2026, 4, 1), [22, 24, 18])
    page = body(client, f"/n/{scene.neighbourhood.slug}/crime/")
    assert "From Apr 2026 to Jun 2026" in page


def test_a_partnership_lists_its_neighbourhoods(client: Client, scene: Scene) -> None:
    page = body(client, f"/p/{scene.partnership.slug}/")
    assert scene.neighbourhood.name in page
    assert "No plan has been published yet" in page


def test_nothing_a_person_raised_is_on_a_public_page(client: Client, scene: Scene) -> None:
    raised = raise_one(scene, what="The neighbour at number 4 shouts at me.")
    told_priority(scene)
    for path in ("/", f"/n/{scene.neighbourhood.slug}/", f"/p/{scene.partnership.slug}/"):
        page = body(client, path)
        assert "shouts" not in page
        assert raised.concern.reference not in page


def test_the_neighbourhood_page_asks_the_database_little(
    client: Client, scene: Scene, django_assert_max_num_queries: object
) -> None:
    told_priority(scene)
    release(scene.neighbourhood, date(2026, 4, 1), [22, 24, 18])
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        body(client, f"/n/{scene.neighbourhood.slug}/")


def test_times_are_told_in_london(client: Client, scene: Scene) -> None:
    by = scene.actor(scene.officer, *TEAM)
    forum = make_forum(by, scene.neighbourhood)
    summer = datetime(2027, 6, 9, 17, 0, tzinfo=UTC)
    meetings.plan_meeting(by=by, forum_id=forum.pk, starts_at=summer, venue="Hall", now=NOON)
    assert "9 June 2027 at 6pm" in body(client, f"/n/{scene.neighbourhood.slug}/meetings/")
