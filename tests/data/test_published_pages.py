"""The pages on which what is published is chosen: what they show, what they ask to be confirmed, and who may open them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.data.factories_exchange import NOW, Squareshire, make_squareshire
from tests.data.factories_releases import choose, publisher
from tests.data.factories_store import load as load_store
from tests.foundation.factories import hold_role, make_partnership, make_person, make_user, sign_in

from ourpatch.data.disclosure import published, queries
from ourpatch.data.disclosure.actions import make_releases
from ourpatch.data.disclosure.models import Detail, Publishing, Release
from ourpatch.data.disclosure.permissions import Permission
from ourpatch.ground import jobs

pytestmark = [pytest.mark.room, pytest.mark.django_db]

QUARTER = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))


@pytest.fixture(autouse=True)
def nothing_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda *_queued: None)


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


@pytest.fixture
def staff(client: Client, shire: Squareshire) -> Client:
    """Somebody who may choose."""
    user = make_user(make_person(name="Ann Analyst"))
    hold_role(user, shire.partnership, [Permission.MAKE])
    sign_in(client, user)
    return client


def address(shire: Squareshire, tail: str = "") -> str:
    return f"/workspace/data/published/{shire.partnership.pk}/{tail}"


def text(client: Client, where: str, posted: dict[str, Any] | None = None) -> str:
    response = client.get(where) if posted is None else client.post(where, posted)
    assert response.status_code == 200, where
    return " ".join(response.content.decode().split())


def publish(shire: Squareshire) -> None:
    for month in QUARTER:
        place = {"neighbourhood": str(shire.west.pk), "ward": "E05999901", "lsoa": "E01999900", "district": "E07999901"}
        rows = [{**place, "category": "drugs", "n": 20}, {**place, "category": "burglary", "n": 1}]
        load_store(rows, month, by=shire.loader, partnership_ids=frozenset({shire.partnership.pk}))
    make_releases(by=publisher(shire.partnership.pk), partnership_id=shire.partnership.pk, now=NOW)


def test_before_anything_is_chosen_or_released_the_page_says_so(staff: Client, shire: Squareshire) -> None:
    page = text(staff, address(shire))
    assert "Nobody has chosen yet" in page
    assert "Neighbourhoods only" in page
    assert "Nothing has been released yet" in page


def test_with_one_partnership_the_way_is_short(staff: Client, shire: Squareshire) -> None:
    assert staff.get("/workspace/data/published/")["Location"] == address(shire)


def test_choosing_is_confirmed_after_a_warning(staff: Client, shire: Squareshire) -> None:
    chosen = {"detail": "small_areas", "numbers": "5", "replaces": ""}
    warned = text(staff, address(shire, "choose/"), chosen)
    assert "A finer kind of area is added" in warned
    assert "Rounding cannot make numbers unseen" in warned
    assert not Publishing.objects.exists()

    response = staff.post(address(shire, "choose/"), {**chosen, "confirmed": "on"})
    assert response["Location"] == address(shire)
    made = queries.publishing_of(shire.partnership.pk)
    assert (made.detail, made.rounded_to, made.by_name) == ("small_areas", 5, "Ann Analyst")
    page = text(staff, address(shire))
    assert "Ann Analyst" in page
    assert "Rounded to the nearest 5" in page


def test_what_whoever_chooses_has_not_seen_is_not_replaced(staff: Client, shire: Squareshire) -> None:
    choose(shire.partnership.pk, Detail.WARDS)
    unseen = {"detail": "small_areas", "numbers": "exact", "replaces": "", "confirmed": "on"}
    assert "Somebody else has chosen meanwhile" in text(staff, address(shire, "choose/"), unseen)
    assert Publishing.objects.count() == 1


@pytest.mark.parametrize(
    ("posted", "says"), [({"replaces": ""}, "Choose which areas"), ({"detail": "wards", "numbers": "4"}, "4")]
)
def test_what_cannot_be_chosen_is_said(staff: Client, shire: Squareshire, posted: dict[str, str], says: str) -> None:
    page = text(staff, address(shire, "choose/"), posted)
    assert "govuk-error-summary" in page
    assert says in page


def test_the_same_again_is_no_choice(staff: Client, shire: Squareshire) -> None:
    same = {"detail": "neighbourhoods", "numbers": "exact", "replaces": ""}
    assert "Nothing has changed" in text(staff, address(shire, "choose/"), same)


def test_what_was_released_is_counted(staff: Client, shire: Squareshire) -> None:
    choose(shire.partnership.pk, Detail.WARDS)
    publish(shire)

    page = text(staff, address(shire))
    rows = page.split("July to September 2026")
    assert "Neighbourhood" in rows[1]
    assert "Ward" in rows[2]
    assert "18 November 2026" in rows[2]
    (ward,) = [
        each
        for each in published.list_released(publisher(shire.partnership.pk), shire.partnership.pk, QUARTER)
        if each.kind == "ward"
    ]
    shown = [
        value for release in Release.objects.filter(area_kind="ward") for _r, _c, value in release.cells["figures"]
    ]
    assert (ward.areas, ward.figures, ward.withheld) == (1, len(shown), shown.count(None))
    assert ward.withheld > 0
    assert "it was proved of each small number that nobody can work it out" in page


def test_areas_that_are_left_out_are_counted_while_they_are(staff: Client, shire: Squareshire) -> None:
    choose(shire.partnership.pk, Detail.WARDS)
    publish(shire)
    ward = Release.objects.get(area_kind="ward")
    ward.pk, ward.is_latest, ward.is_left_out, ward.area_code = uuid4(), False, True, "E05999902"
    ward.save(force_insert=True)
    assert "July to September 2026: 1 area." in text(staff, address(shire))

    shown = Release.objects.get(area_code="E05999901")
    shown.pk, shown.area_code = uuid4(), "E05999902"
    shown.save(force_insert=True)
    assert "1 area." not in text(staff, address(shire))


def test_what_was_given_away_before_is_told_with_what_to_do(staff: Client, shire: Squareshire) -> None:
    publish(shire)
    release = Release.objects.filter(area_kind="neighbourhood", kind="counts").first()
    assert release is not None
    Release.objects.filter(pk=release.pk).update(rule={**release.rule, "given_away_before": 2})

    page = text(staff, address(shire))
    assert "July to September 2026: 2 small numbers that may be worked out" in page
    assert "data protection officer" in page
    assert "it was proved of each small number" not in page


def test_the_cost_does_not_grow_with_areas_or_quarters(
    staff: Client, shire: Squareshire, django_assert_max_num_queries: Any
) -> None:
    choose(shire.partnership.pk, Detail.SMALL_AREAS)
    publish(shire)
    with django_assert_max_num_queries(22):
        text(staff, address(shire))


def test_only_who_may_choose_there_opens_the_pages(client: Client, shire: Squareshire) -> None:
    user = make_user()
    hold_role(user, make_partnership(), [Permission.MAKE])
    hold_role(user, shire.west, [Permission.MAKE])
    sign_in(client, user)
    for tail in ("", "choose/"):
        assert client.get(address(shire, tail)).status_code == 403
    assert client.post(address(shire, "choose/"), {"detail": "wards", "numbers": "exact"}).status_code == 403
    stranger = Client()
    sign_in(stranger, make_user())
    assert stranger.get("/workspace/data/published/").status_code == 403


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ((Detail.NEIGHBOURHOODS, None), (Detail.WARDS, None), ["added"]),
        ((Detail.SMALL_AREAS, None), (Detail.WARDS, None), ["taken away"]),
        ((Detail.WARDS, None), (Detail.WARDS, 5), ["cannot make numbers unseen"]),
        ((Detail.WARDS, 5), (Detail.WARDS, 11), ["cannot make numbers unseen"]),
        ((Detail.WARDS, 11), (Detail.WARDS, 5), ["more exactly"]),
        ((Detail.WARDS, 5), (Detail.SMALL_AREAS, None), ["added", "more exactly"]),
    ],
)
def test_each_choice_says_what_it_does(before: Any, after: Any, says: list[str]) -> None:
    one, other = (Publishing(detail=detail, rounded_to=base) for detail, base in (before, after))
    told = [str(message) for message in published.consequences(one, other)]
    assert len(told) == len(says)
    assert all(word in sentence for word, sentence in zip(says, told, strict=True))


def test_history_is_told_latest_first(staff: Client, shire: Squareshire) -> None:
    choose(shire.partnership.pk, Detail.WARDS)
    choose(shire.partnership.pk, Detail.SMALL_AREAS, 3, now=NOW + timedelta(days=1))
    page = text(staff, address(shire)).split("Every choice")[1]
    assert page.index("19 November 2026") < page.index("18 November 2026")


def test_whoever_is_told_of_another_choice_chooses_anew_with_a_warning(staff: Client, shire: Squareshire) -> None:
    """The form that comes back has seen the other's choice, and its next answer is not yet confirmed."""
    chosen = choose(shire.partnership.pk, Detail.WARDS)
    unseen = {"detail": "small_areas", "numbers": "exact", "replaces": "", "confirmed": "on"}
    form = staff.post(address(shire, "choose/"), unseen).context["form"]
    again = {field.html_name: str(field.value() or "") for field in form}
    assert again["replaces"] == str(chosen.pk)

    assert "A finer kind of area is added" in text(staff, address(shire, "choose/"), {**again, "detail": "small_areas"})
    assert Publishing.objects.count() == 1


def test_what_is_refused_after_it_was_confirmed_is_confirmed_again(staff: Client, shire: Squareshire) -> None:
    same = {"detail": "neighbourhoods", "numbers": "exact", "replaces": "", "confirmed": "on"}
    form = staff.post(address(shire, "choose/"), same).context["form"]
    again = {field.html_name: str(field.value() or "") for field in form}
    assert "A finer kind of area is added" in text(staff, address(shire, "choose/"), {**again, "detail": "wards"})
    assert not Publishing.objects.exists()
