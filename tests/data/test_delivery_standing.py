"""Where a delivery stands once later ones came, and who sees it when memberships have ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.factories_deliveries import (
    Senders,
    incident,
    incidents,
    learn_layout,
    make_senders,
    organisation,
    send,
)
from tests.data.factories_duties import deliver
from tests.data.factories_exchange import NOW
from tests.foundation.factories import make_partnership

from ourpatch.data.exchange import actions, queries
from ourpatch.data.exchange.models import Delivery, DeliveryState
from ourpatch.data.exchange.permissions import Permission, acts_for
from ourpatch.data.exchange.standing import Stands
from ourpatch.data.store import actions as store
from ourpatch.foundation.directory.models import Duty, Membership, Organisation
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant

pytestmark = [pytest.mark.room, pytest.mark.django_db]

DAYS = {7: "02/07/2026", 8: "15/08/2026", 9: "30/09/2026"}
GOOD = incidents(*(incident(str(month), day) for month, day in DAYS.items()))
SLOW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    """A force whose layout is known."""
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    made = make_senders()
    learn_layout(made.clerk, made.police.pk, GOOD, tmp_path)
    return made


def of(month: int, senders: Senders, days: int) -> Delivery:
    """A month sent anew, so many days later."""
    content = incidents(incident(f"N{month}-{days}", DAYS[month]))
    first = date(2026, month, 1)
    return send(senders.clerk, senders.police.pk, content, period=first, months=1, now=NOW + timedelta(days=days))


def stands(senders: Senders, *deliveries: Delivery) -> list[tuple[Stands, date | None, Delivery | None]]:
    found = queries.standings_of(senders.officer, deliveries)
    return [(found[each.pk].stands, found[each.pk].on, found[each.pk].by) for each in deliveries]


def listed(senders: Senders, state: str) -> set[UUID]:
    return set(queries.list_deliveries(senders.officer, stands=state).values_list("pk", flat=True))


def test_what_later_files_took_the_place_of_is_replaced_by_them(senders: Senders) -> None:
    first = send(senders.clerk, senders.police.pk, GOOD)
    assert stands(senders, first) == [(Stands.LOADED, None, None)]
    july = of(7, senders, 1)
    assert stands(senders, first, july) == [
        (Stands.REPLACED_IN_PART, date(2026, 11, 19), july),
        (Stands.LOADED, None, None),
    ]
    assert listed(senders, Stands.LOADED) == {first.pk, july.pk}
    of(8, senders, 2)
    september = of(9, senders, 3)
    assert stands(senders, first)[0] == (Stands.REPLACED, date(2026, 11, 21), september)
    assert listed(senders, Stands.REPLACED) == {first.pk}
    actions.withdraw(by=senders.clerk, delivery_id=september.pk, reason="It was the wrong file.", now=NOW)
    assert stands(senders, first)[0][0] is Stands.REPLACED_IN_PART
    assert listed(senders, Stands.WITHDRAWN) == {september.pk}
    assert listed(senders, Stands.REPLACED) == set()


def test_rows_that_were_set_aside_make_it_loaded_in_part(senders: Senders) -> None:
    rows = [incident(str(number)) for number in range(30)]
    delivery = send(senders.clerk, senders.police.pk, incidents(*rows, incident("31", "31/02/2026")))
    assert stands(senders, delivery) == [(Stands.LOADED_IN_PART, None, None)]
    assert listed(senders, Stands.LOADED) == {delivery.pk}


def test_what_was_undone_load_by_load_is_withdrawn(senders: Senders) -> None:
    delivery = send(senders.clerk, senders.police.pk, GOOD)
    for part in delivery.parts.all():
        store.undo_submission(by=senders.area.loader, submission_id=part.submission_id, now=NOW)
    assert stands(senders, delivery) == [(Stands.WITHDRAWN, None, None)]
    assert listed(senders, Stands.WITHDRAWN) == {delivery.pk}
    assert listed(senders, Stands.LOADED) == set()


def test_who_may_not_see_the_later_file_is_not_led_to_it(senders: Senders) -> None:
    first = send(senders.clerk, senders.police.pk, GOOD)
    later = send(
        senders.clerk,
        senders.police.pk,
        incidents(*(incident(f"X{month}", day) for month, day in DAYS.items())),
        now=NOW + timedelta(days=10),
    )
    one_day = NOW.date()
    Membership.objects.filter(organisation=senders.police).update(from_on=one_day, until=one_day)
    found = queries.standings_of(senders.officer, [first])[first.pk]
    assert (found.stands, found.on) == (Stands.REPLACED, date(2026, 11, 28))
    assert found.by is None
    with pytest.raises(NotFound):
        queries.get_delivery(senders.officer, later.pk)


def test_a_page_of_deliveries_asks_three_questions_however_many_there_are(senders: Senders) -> None:
    several = [send(senders.clerk, senders.police.pk, GOOD), of(7, senders, 1), of(8, senders, 2), of(9, senders, 3)]
    with CaptureQueriesContext(connection) as few:
        queries.standings_of(senders.officer, several[:1])
    with CaptureQueriesContext(connection) as many:
        queries.standings_of(senders.officer, several)
    assert len(few) == len(many)


A_DAY = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.rules
@SLOW
@given(
    memberships=st.lists(
        st.tuples(st.booleans(), st.booleans(), A_DAY, st.none() | st.integers(0, 200)),
        max_size=4,
        unique_by=lambda each: each[:3],
    ),
    received=A_DAY,
    today=A_DAY,
    permission=st.sampled_from([Permission.VIEW, Permission.MAP, Permission.SEND]),
)
def test_a_delivery_is_seen_where_its_sender_was_a_member_when_it_came_or_is_now(
    db: None,
    memberships: list[tuple[bool, bool, date, int | None]],
    received: date,
    today: date,
    permission: Permission,
) -> None:
    here, there = make_partnership(), make_partnership()
    sender, other = organisation(f"Sender {here.pk}", "police", None), organisation(f"Other {here.pk}", "fire", None)
    spans = []
    for is_sender, is_here, from_on, days in memberships:
        until = None if days is None else from_on + timedelta(days=days)
        Membership.objects.create(
            organisation=sender if is_sender else other,
            partnership=here if is_here else there,
            duty=Duty.RESPONSIBLE,
            from_on=from_on,
            until=until,
        )
        if is_sender and is_here:
            spans.append((from_on, until or date.max))
    # A quarter past midnight in London is yesterday in UTC in summer.
    at = datetime(received.year, received.month, received.day, 0, 15, tzinfo=clock.LONDON).astimezone(UTC)
    mine = deliver(sender, "police_incidents", None, at, state=DeliveryState.REFUSED)
    grants = (Grant(frozenset({str(permission)}), here.pk),)
    reader = Actor(ActorKind.PERSON, "A Reader", organisation_id=sender.pk, grants=grants)
    seen = Delivery.objects.visible_to(reader, permission, today)
    expected = any(first <= received <= last or first <= today <= last for first, last in spans)
    assert seen.filter(pk=mine.pk).exists() == expected
    if permission == Permission.SEND:
        assert not Delivery.objects.visible_to(
            Actor(ActorKind.PERSON, "A Stranger", organisation_id=other.pk, grants=grants), permission, today
        ).exists()


@pytest.mark.rules
@SLOW
@given(
    members=st.sets(st.tuples(st.integers(0, 2), st.integers(0, 2))),
    mapping=st.sets(st.integers(0, 2)),
    sending=st.sets(st.integers(0, 2)),
)
def test_the_senders_that_are_offered_are_those_that_may_be_acted_for(
    db: None, members: set[tuple[int, int]], mapping: set[int], sending: set[int]
) -> None:
    on = date(2026, 11, 18)
    places: list[ServiceArea] = [make_partnership() for _each in range(3)]
    bodies: list[Organisation] = [organisation(f"Body {places[0].pk} {each}", "police", None) for each in range(3)]
    for body, place in members:
        Membership.objects.create(
            organisation=bodies[body], partnership=places[place], duty=Duty.RESPONSIBLE, from_on=date(2026, 1, 1)
        )
    grants = [Grant(frozenset({Permission.MAP.value}), places[each].pk) for each in mapping]
    grants += [Grant(frozenset({Permission.SEND.value}), places[each].pk) for each in sending]
    by = Actor(ActorKind.PERSON, "A Person", organisation_id=bodies[0].pk, grants=tuple(grants))
    offered = set(queries.senders_for(by, on).filter(pk__in=[each.pk for each in bodies]))
    assert offered == {each for each in bodies if acts_for(by, each.pk, on)}


def test_a_layout_of_a_past_member_is_seen_if_it_was_made_while_it_was_one(senders: Senders, tmp_path: Path) -> None:
    memberships = Membership.objects.filter(organisation=senders.police)
    memberships.update(from_on=NOW.date(), until=NOW.date())
    assert queries.list_layouts(senders.officer).count() == 1
    memberships.update(from_on=date(2007, 7, 1), until=date(2008, 1, 1))
    assert queries.list_layouts(senders.officer).count() == 0


def test_the_senders_are_found_in_one_question(senders: Senders) -> None:
    for number in range(4):
        organisation(f"Force {number}", "police", senders.area.partnership)
    queries.senders_for(senders.officer, NOW.date())
    with CaptureQueriesContext(connection) as asked:
        found = list(queries.senders_for(senders.officer, NOW.date()))
    assert len(found) >= 5
    assert sum("foundation_directory_membership" in each["sql"] for each in asked) == 1
