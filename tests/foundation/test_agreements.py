"""Agreements: what permits a share, why not, and that sharing ends with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.foundation.factories import make_actor, make_organisation, make_partnership, make_person, make_staff

from ourpatch.foundation.agreements import actions, jobs, queries, rules
from ourpatch.foundation.agreements.models import Agreement, Purpose
from ourpatch.foundation.agreements.permissions import Permission
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.audit.rules import Kind
from ourpatch.ground.errors import NotAllowed, RuleBroken
from ourpatch.ground.permission.actor import Actor, Level
from ourpatch.ground.tasks import queries as tasks
from ourpatch.ground.tasks.models import Task
from ourpatch.ground.tasks.permissions import Permission as TaskPermission

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TODAY = date(2026, 11, 18)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
POLICE, COUNCIL = uuid4(), uuid4()


@st.composite
def terms(draw: st.DrawFn) -> rules.Terms:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    return rules.Terms(
        title=draw(st.sampled_from(["One", "Two", "Three"])),
        purpose=draw(st.sampled_from(["neighbourhood", "analysis"])),
        from_on=first,
        until=last,
        ended_on=draw(st.none() | DAYS),
        signed_by=frozenset(draw(st.sets(st.sampled_from([POLICE, COUNCIL])))),
    )


@given(st.lists(terms(), max_size=4), DAYS)
def test_the_refusal_names_what_is_missing_exactly_when_nothing_permits(
    agreements: list[rules.Terms], on: date
) -> None:
    names = {POLICE: "Police", COUNCIL: "Council"}
    permitted = any(each.permits("neighbourhood", frozenset(names), on) for each in agreements)
    told = str(rules.why_not(agreements, "neighbourhood", names, on))
    assert ("permits this" in told) == permitted


@given(terms(), DAYS)
def test_an_ended_agreement_permits_nothing_from_that_day_on(agreement: rules.Terms, on: date) -> None:
    if agreement.ended_on is not None and agreement.ended_on <= on:
        assert not agreement.in_force(on)


class Setting:
    """A partnership with police and council, and somebody who may do everything about agreements for each."""

    def __init__(self) -> None:
        self.partnership: ServiceArea = make_partnership()
        self.police = make_organisation(partnership=self.partnership)
        self.council = make_organisation("district_council", partnership=self.partnership)
        every = [*Permission, *TaskPermission]
        self.officer = make_actor(make_person(self.police), every, self.partnership)
        self.clerk = make_actor(make_person(self.council), every, self.partnership)

    def agreement(self, now: datetime) -> Agreement:
        return actions.make_agreement(
            by=self.officer,
            partnership_id=self.partnership.pk,
            title="Neighbourhood sharing",
            purpose=Purpose.NEIGHBOURHOOD,
            lawful_basis="Crime and Disorder Act 1998, section 115",
            from_on=TODAY - timedelta(days=30),
            until=date(2099, 12, 31),
            review_on=TODAY,
            now=now,
        )

    def sign(self, agreement: Agreement, by: Actor, now: datetime) -> None:
        organisation_id = by.organisation_id
        assert organisation_id is not None
        actions.sign(
            by=by, agreement_id=agreement.pk, organisation_id=organisation_id, signed_by="A. Signer, chief", now=now
        )

    def why_not(self) -> str:
        parties = [self.police.pk, self.council.pk]
        return str(queries.why_not(self.partnership.pk, Purpose.NEIGHBOURHOOD, parties, TODAY))

    def live(self, on: date = TODAY) -> Agreement | None:
        parties = [self.police.pk, self.council.pk]
        return queries.live_agreement(self.partnership.pk, Purpose.NEIGHBOURHOOD, parties, on)

    def task(self, now: datetime) -> Task:
        return Task.objects.create(
            partnership_id=self.partnership.pk,
            controller_id=self.police.pk,
            service_area_id=self.partnership.pk,
            activity="test",
            subject_kind="test",
            subject_id=uuid4(),
            organisation_id=self.police.pk,
            title="Something of the police's",
            due=TODAY,
            made_at=now,
        )


@pytest.fixture
def setting() -> Setting:
    return Setting()


def test_an_agreement_permits_once_all_have_signed_until_it_ends(setting: Setting, now: datetime) -> None:
    assert setting.why_not() == "The partnership has no information-sharing agreement for this purpose."
    agreement = setting.agreement(now)
    setting.sign(agreement, setting.officer, now)
    assert setting.why_not() == f"“Neighbourhood sharing” has not been signed by: {setting.council.name}."
    assert setting.live() is None
    setting.sign(agreement, setting.clerk, now)
    setting.sign(agreement, setting.clerk, now)
    assert setting.live() == agreement
    assert agreement.signatures.count() == 2
    assert setting.live(date(2100, 1, 1)) is None
    actions.end_agreement(by=setting.officer, agreement_id=agreement.pk, reason="Replaced", now=now)
    assert setting.live() is None
    assert setting.why_not() == "“Neighbourhood sharing” was ended on 18/11/2026."
    with pytest.raises(RuleBroken):
        actions.end_agreement(by=setting.officer, agreement_id=agreement.pk, reason="Again", now=now)


def test_people_sign_for_their_own_organisation_only(setting: Setting, now: datetime) -> None:
    agreement = setting.agreement(now)
    with pytest.raises(NotAllowed):
        actions.sign(
            by=setting.officer,
            agreement_id=agreement.pk,
            organisation_id=setting.council.pk,
            signed_by="Somebody else",
            now=now,
        )


def visible_to_council(setting: Setting) -> list[UUID]:
    return [task.pk for task in tasks.list_tasks(setting.clerk)]


def test_no_share_leaves_without_an_agreement_and_the_share_is_a_disclosure(setting: Setting, now: datetime) -> None:
    task = setting.task(now)
    share = {"record": task, "to_organisation_id": setting.council.pk, "purpose": Purpose.NEIGHBOURHOOD}
    with pytest.raises(RuleBroken, match="no information-sharing agreement"):
        actions.share_record(by=setting.officer, level=Level.FULL, now=now, **share)
    agreement = setting.agreement(now)
    setting.sign(agreement, setting.officer, now)
    setting.sign(agreement, setting.clerk, now)
    made = actions.share_record(by=setting.officer, level=Level.FULL, now=clock.now(), **share)
    assert made.until == queries.end_of(agreement) == datetime(2100, 1, 1, tzinfo=UTC)
    assert AuditEntry.objects.filter(kind=Kind.DISCLOSURE, recipients=[str(setting.council.pk)]).count() == 1
    assert visible_to_council(setting) == [task.pk]
    actions.end_agreement(by=setting.officer, agreement_id=agreement.pk, reason="Replaced", now=now)
    assert visible_to_council(setting) == []


def test_a_lapsed_agreement_ends_its_shares_by_itself(setting: Setting, now: datetime) -> None:
    agreement = setting.agreement(now)
    setting.sign(agreement, setting.officer, now)
    setting.sign(agreement, setting.clerk, now)
    actions.share_record(
        by=setting.officer,
        record=setting.task(now),
        to_organisation_id=setting.council.pk,
        purpose=Purpose.NEIGHBOURHOOD,
        level=Level.FULL,
        now=clock.now(),
    )
    Agreement.objects.update(until=date(2026, 1, 2), from_on=date(2026, 1, 1))
    jobs.lapse()
    assert visible_to_council(setting) == []


def test_the_pages_let_an_organisation_sign_and_end(client: Client) -> None:
    partnership = make_partnership()
    user = make_staff(client, partnership, list(Permission))
    today = date.today()
    entered = {
        "title": "Sharing",
        "purpose": "neighbourhood",
        "lawful_basis": "Section 115",
        "from_on": today.isoformat(),
        "until": (today + timedelta(days=90)).isoformat(),
        "review_on": (today + timedelta(days=200)).isoformat(),
    }
    refused = client.post(reverse("agreements:new_agreement"), entered).content.decode()
    assert "Review the agreement between its first and its last day." in refused
    client.post(reverse("agreements:new_agreement"), {**entered, "review_on": entered["until"]})
    agreement = Agreement.objects.get()
    address = reverse("agreements:agreement", args=[agreement.pk])
    assert "Sign for your organisation" in client.get(address).content.decode()
    client.post(reverse("agreements:sign", args=[agreement.pk]), {"signed_by": "Ann Evans, chief officer"})
    assert agreement.signatures.get().organisation_id == user.person.organisation_id
    assert "In force" in client.get(reverse("agreements:agreements")).content.decode()
    client.post(reverse("agreements:end", args=[agreement.pk]), {"reason": "Replaced"})
    assert "This agreement is not in force" in client.get(address).content.decode()
