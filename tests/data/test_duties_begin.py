"""Since when a ledger asks for data, who may speak for an authority in several partnerships, and by whom reminders went."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.factories_duties import SUMMER, Owing, at, deliver, owing
from tests.foundation.factories import make_membership, make_partnership

from ourpatch.data.duties import actions, jobs, queries, rules, tables
from ourpatch.data.duties.models import Declaration, LedgerStart, Reminder
from ourpatch.data.duties.permissions import Permission
from ourpatch.data.duties.queries import Ledger
from ourpatch.data.duties.rules import InformationPeriod, State
from ourpatch.data.exchange.models import DeliveryState
from ourpatch.foundation.directory.models import Organisation
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import NotAllowed
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant

pytestmark = [pytest.mark.room, pytest.mark.django_db]
__all__ = ["owing"]
SPRING = date(2026, 4, 1)
NOW = at(2026, 11, 18)


def someone(permission: Permission, *partnerships: ServiceArea, of: Organisation | None = None) -> Actor:
    grants = tuple(Grant(frozenset({permission.value}), each.pk) for each in partnerships)
    return Actor(ActorKind.PERSON, "Somebody", organisation_id=of.pk if of else None, grants=grants)


def ledger(owing: Owing, quarter: date = SPRING) -> Ledger:
    viewer = someone(Permission.VIEW, owing.partnership)
    return queries.get_ledger(viewer, owing.partnership.pk, InformationPeriod(quarter), NOW)


@pytest.fixture
def fresh(owing: Owing) -> Owing:
    """The same partnership as on its first day here."""
    LedgerStart.objects.all().delete()
    return owing


def test_a_fresh_installation_owes_nothing_that_was_due_before_it(fresh: Owing) -> None:
    assert ledger(fresh).returns == ()
    assert ledger(fresh).overdue_elsewhere == ()
    summer = ledger(fresh, SUMMER).returns
    assert {each.spec.key for each in summer} == {"police_incidents", "police_crimes"}, (
        "July's assaults were due sooner"
    )
    assert not any(each.standing.breach for each in summer)


def test_the_first_morning_is_the_day_on_which_the_ledger_begins_and_it_stays(fresh: Owing) -> None:
    assert ledger(fresh).began == date(2026, 11, 18)
    jobs.remind_all(at(2026, 11, 10))
    jobs.remind_all(at(2026, 11, 12))
    assert ledger(fresh).began == date(2026, 11, 10)
    assert LedgerStart.objects.count() == 1


def test_who_sent_a_dataset_before_owes_it_from_the_first_that_came(fresh: Owing) -> None:
    deliver(fresh.police, "police_crimes", date(2025, 10, 1), at(2026, 11, 17), state=DeliveryState.REFUSED)
    assert ledger(fresh).returns == ()
    deliver(fresh.police, "police_crimes", date(2026, 1, 1), at(2026, 11, 17))
    (owed,) = ledger(fresh).returns
    assert (owed.spec.key, owed.standing.state) == ("police_crimes", State.OVERDUE)
    assert ledger(fresh, date(2025, 10, 1)).returns == ()


@pytest.mark.rules
@given(
    quarter=st.integers(0, 60),
    began=st.dates(date(2007, 7, 1), date(2026, 12, 31)),
    first_sent=st.none() | st.dates(date(2007, 7, 1), date(2026, 12, 31)),
    later=st.integers(1, 8),
)
def test_what_is_expected_once_is_expected_ever_after(
    quarter: int, began: date, first_sent: date | None, later: int
) -> None:
    period = InformationPeriod(date(2007, 7, 1)).shifted(quarter)
    after = period.shifted(later)

    def expected(each: InformationPeriod, first: date | None) -> bool:
        return rules.is_expected(period=each, due=each.due_on(1), began=began, first_sent=first)

    if expected(period, first_sent):
        assert expected(after, first_sent)
    if expected(period, None):
        assert expected(period, first_sent), "what somebody sent before makes them owe no less"
    assert expected(InformationPeriod(rules.period_of(began).start), None)


def test_the_ledgers_page_says_since_when_it_is_kept(owing: Owing) -> None:
    from ourpatch.data.duties import plain, sheet

    LedgerStart.objects.update(on=date(2026, 1, 5))
    found = ledger(owing)
    assert "This ledger began on 5 January 2026" in sheet.answer(found)["kept"]
    assert plain.ledger_data(found)["began"] == "2026-01-05"


def test_an_officer_speaks_for_an_authority_only_with_the_role_in_all_of_its_partnerships(owing: Owing) -> None:
    elsewhere = make_partnership("Elsewhere")
    make_membership(owing.police, elsewhere)

    def declare(by: Actor) -> Declaration:
        return actions.declare_nothing(
            by=by,
            partnership_id=owing.partnership.pk,
            organisation_id=owing.police.pk,
            dataset="police_crimes",
            start=SUMMER,
            said_by="Chief Superintendent",
            now=NOW,
        )

    one, both = someone(Permission.MANAGE, owing.partnership), someone(Permission.MANAGE, owing.partnership, elsewhere)
    with pytest.raises(NotAllowed, match="every partnership"):
        declare(one)
    said = declare(both)
    with pytest.raises(NotAllowed):
        actions.withdraw_declaration(by=one, declaration_id=said.pk, reason="It was wrong.", now=NOW)
    own = someone(Permission.DECLARE, elsewhere, of=owing.police)
    actions.withdraw_declaration(by=own, declaration_id=said.pk, reason="It was wrong.", now=NOW)
    actions.set_data_contact(
        by=one,
        partnership_id=owing.partnership.pk,
        organisation_id=owing.police.pk,
        name="Data team",
        email="data@police.example",
        version=0,
        now=NOW,
    )


def test_what_the_morning_sends_is_said_to_go_by_itself(owing: Owing) -> None:
    owing.police.public_email = "force@police.example"
    owing.police.save()
    day = queries.get_return(owing.partnership, owing.police.pk, "police_crimes", SUMMER, NOW).due
    sent = 0
    for back in range(60):
        sent += jobs.remind_all(at(day.year, day.month, day.day) - timedelta(days=back))
    assert sent
    reminders = Reminder.objects.filter(period=SUMMER)
    by = {row[3] for row in tables.reminder_table(reminders, NOW)["rows"]}
    assert by == {"Ourpatch, by itself"}
    Reminder.objects.update(sent_by="duties.remind")
    assert {row[3] for row in tables.reminder_table(reminders, NOW)["rows"]} == {"Ourpatch, by itself"}
    assert "duties.remind" not in set(AuditEntry.objects.values_list("actor_name", flat=True))
