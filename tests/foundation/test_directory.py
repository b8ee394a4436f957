"""The directory: what an entry must hold, who may change it, and whom a search finds."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.foundation.factories import make_actor, make_organisation, make_partnership, make_person, make_staff

from ourpatch.foundation.directory import actions, queries, rules
from ourpatch.foundation.directory.models import Duty, OrganisationKind, Sector
from ourpatch.foundation.directory.permissions import Permission
from ourpatch.ground.errors import Conflict, NotAllowed, RuleBroken
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def administrator() -> Actor:
    partnership = make_partnership()
    return make_actor(make_person(make_organisation(partnership=partnership)), list(Permission), partnership)


@given(st.dates(date(2001, 1, 1), date(2100, 1, 1)))
def test_a_contact_confirmed_today_is_not_stale_and_turns_stale_within_the_seventh_month(day: date) -> None:
    assert not rules.is_stale(day, day)
    assert rules.is_stale(None, day)
    limit = rules.stale_before(day)
    assert 180 <= (day - limit).days <= 184
    assert not rules.is_stale(limit, day)


def test_a_member_is_entered_with_its_duty(administrator: Actor, now: datetime) -> None:
    fire = actions.add_organisation(
        by=administrator, name=" Fire service ", kind=OrganisationKind.FIRE, sector=Sector.STATUTORY, now=now
    )
    partnership_id = administrator.grants[0].partnership_id
    for _twice in range(2):
        actions.add_membership(
            by=administrator,
            organisation_id=fire.pk,
            partnership_id=partnership_id,
            duty=Duty.RESPONSIBLE,
            from_on=now.date(),
            now=now,
        )
    assert fire.name == "Fire service"
    assert queries.is_member(fire.pk, partnership_id, now.date())
    assert not queries.is_member(fire.pk, partnership_id, date(2026, 11, 17))
    assert list(queries.member_organisations(partnership_id, now.date())).count(fire) == 1


def test_a_name_is_entered_once(administrator: Actor, now: datetime) -> None:
    existing = make_organisation()
    with pytest.raises(RuleBroken) as refused:
        actions.add_organisation(
            by=administrator, name=existing.name.upper(), kind=OrganisationKind.FIRE, sector=Sector.STATUTORY, now=now
        )
    assert "name" in refused.value.problems.by_field


def test_another_partnerships_administrator_changes_nothing_here(administrator: Actor, now: datetime) -> None:
    elsewhere = make_person(make_organisation(partnership=make_partnership()))
    with pytest.raises(NotAllowed):
        actions.leave_post(by=administrator, person_id=elsewhere.pk, until=now.date(), now=now)


def test_a_search_finds_the_right_person_by_what_their_organisation_helps_with(
    administrator: Actor, now: datetime
) -> None:
    helper = make_organisation(OrganisationKind.VOLUNTARY)
    helper.services = "Street drinking, drug and alcohol support"
    helper.save()
    worker, _other = make_person(helper, title="Outreach worker"), make_person()
    assert list(queries.list_people(administrator, text="alcohol outreach", on=now.date())) == [worker]
    assert list(queries.list_organisations(administrator, text="drinking")) == [helper]
    with pytest.raises(NotAllowed):
        queries.list_people(make_actor(), text="alcohol", on=now.date())


def test_who_left_is_not_found_any_more(administrator: Actor, now: datetime) -> None:
    person = make_person(make_organisation(partnership=make_partnership_of(administrator)))
    actions.leave_post(by=administrator, person_id=person.pk, until=date(2026, 11, 17), now=now)
    assert list(queries.people_of(person.organisation_id, on=now.date())) == []
    assert list(queries.people_of(person.organisation_id)) == [person]


def test_two_people_correcting_a_contact_do_not_overwrite_each_other(administrator: Actor, now: datetime) -> None:
    person = make_person(make_organisation(partnership=make_partnership_of(administrator)))
    entered = {"title": "Sergeant", "telephone": "01632 960001", "languages": "English, Welsh"}
    actions.change_contact(
        by=administrator, person_id=person.pk, version=1, email="first@example.org", now=now, **entered
    )
    with pytest.raises(Conflict):
        actions.change_contact(
            by=administrator, person_id=person.pk, version=1, email="second@example.org", now=now, **entered
        )
    person.refresh_from_db()
    assert (person.email, person.verified_on) == ("first@example.org", now.date())


def make_partnership_of(actor: Actor):  # type: ignore[no-untyped-def]
    from ourpatch.foundation.places.models import ServiceArea

    return ServiceArea.objects.get(pk=actor.grants[0].partnership_id)


def test_the_pages_lead_from_search_to_a_confirmed_contact(client: Client) -> None:
    partnership = make_partnership()
    make_staff(client, partnership, list(Permission))
    answer = client.post(
        reverse("directory:new_organisation"),
        {"name": "Riverside Housing", "kind": "housing", "sector": "public", "duty": "invitee", "services": "noise"},
    )
    assert answer.status_code == 302
    organisation = queries.Organisation.objects.get(name="Riverside Housing")
    assert organisation.memberships.get().duty == "invitee"
    new_person = reverse("directory:new_person", args=[organisation.pk])
    refused = client.post(new_person, {"name": "Ann Evans", "title": "Housing officer"})
    assert refused.status_code == 200
    assert "Give an e-mail address or a telephone number at work." in refused.content.decode()
    client.post(new_person, {"name": "Ann Evans", "title": "Housing officer", "email": "ann@example.org"})
    person = organisation.people.get()
    person.verified_on = None
    person.save()
    found = client.get(reverse("directory:search"), {"q": "noise"}).content.decode()
    assert "Ann Evans" in found
    assert "To confirm" in found
    assert (
        "1 contact has not been confirmed"
        in client.get(reverse("directory:organisation", args=[organisation.pk])).content.decode()
    )
    client.post(reverse("directory:verify", args=[person.pk]))
    page = client.get(reverse("directory:person", args=[person.pk])).content.decode()
    assert "Nobody has confirmed this contact" not in page
    refused = client.post(reverse("directory:leave", args=[person.pk]), {"until": "2001-01-01"}).content.decode()
    assert "The last day is before the first day." in refused
