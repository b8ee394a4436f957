"""The ledger on a database: who owes what, what came, what was said, and who is reminded."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.data.factories_duties import (
    AUTUMN,
    SUMMER,
    SUMMER_MONTHS,
    Owing,
    at,
    deliver,
    deliver_counts,
    owing,
    send_again,
    spec,
    undo,
)
from tests.foundation.factories import make_actor, make_organisation, make_partnership, make_person

from ourpatch.data.duties import actions, jobs, queries, radar
from ourpatch.data.duties.models import DataContact, Declaration, Reminder
from ourpatch.data.duties.permissions import Permission
from ourpatch.data.duties.radar import Mark
from ourpatch.data.duties.rules import InformationPeriod, Standing, State, Verdict
from ourpatch.data.exchange.models import Delivery, DeliveryState
from ourpatch.data.store import specs
from ourpatch.foundation.directory.models import Duty, Membership, Organisation, OrganisationKind
from ourpatch.foundation.messaging.models import Message
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.room, pytest.mark.django_db]
__all__ = ["owing"]

NOVEMBER, JANUARY = at(2026, 11, 18), at(2027, 1, 10)
QUARTER = InformationPeriod(SUMMER)


def keeper(owing: Owing) -> Actor:
    """Somebody who keeps the ledger, of an organisation that owes nothing."""
    person = make_person(make_organisation(OrganisationKind.VOLUNTARY))
    return make_actor(person, list(Permission), owing.partnership)


def clerk(owing: Owing, organisation: Organisation) -> Actor:
    """Somebody who may speak for their own organisation only."""
    return make_actor(make_person(organisation), [Permission.DECLARE], owing.partnership)


def ledger(
    owing: Owing, now: datetime = NOVEMBER, by: Actor | None = None, as_on: date | None = None
) -> queries.Ledger:
    return queries.get_ledger(by or keeper(owing), owing.partnership.pk, QUARTER, now, as_on=as_on)


def state(owing: Owing, dataset: str = "police_crimes", now: datetime = NOVEMBER, as_on: date | None = None) -> State:
    found = ledger(owing, now, as_on=as_on)
    return next(each.standing.state for each in found.returns if each.spec.key == dataset)


def say_nothing(owing: Owing, by: Actor, now: datetime = NOVEMBER, dataset: str = "police_crimes") -> Declaration:
    return actions.declare_nothing(
        by=by,
        partnership_id=owing.partnership.pk,
        organisation_id=owing.police.pk,
        dataset=dataset,
        start=SUMMER,
        said_by="P. Clerk, data officer",
        now=now,
    )


def say_not_held(owing: Owing, by: Actor, now: datetime = NOVEMBER, start: date = SUMMER) -> Declaration:
    return actions.declare_not_held(
        by=by,
        partnership_id=owing.partnership.pk,
        organisation_id=owing.police.pk,
        dataset="police_crimes",
        start=start,
        reason="The county records it",
        review_on=date(2027, 2, 1),
        said_by="P. Clerk, data officer",
        now=now,
    )


class TestWhoOwes:
    def test_responsible_authorities_of_the_kind_owe_by_quarter_or_month(self, owing: Owing) -> None:
        found = ledger(owing)

        owed = [(each.organisation.name, each.spec.key, each.period.start, each.due) for each in found.returns]
        assert owed == [
            ("Aire Police", "police_crimes", SUMMER, date(2026, 12, 31)),
            ("Aire Police", "police_incidents", SUMMER, date(2026, 12, 31)),
            ("Brook Health", "ed_assaults", date(2026, 7, 1), date(2026, 8, 31)),
            ("Brook Health", "ed_assaults", date(2026, 8, 1), date(2026, 9, 30)),
            ("Brook Health", "ed_assaults", date(2026, 9, 1), date(2026, 10, 31)),
        ]
        assert found.answer.owed == 5

    def test_invited_bodies_and_other_partnerships_members_owe_nothing(self, owing: Owing) -> None:
        guest = make_organisation(OrganisationKind.POLICE, "Zeal Police")
        Membership.objects.create(
            organisation=guest, partnership=owing.partnership, duty=Duty.INVITEE, from_on=date(2020, 1, 1)
        )
        make_organisation(OrganisationKind.POLICE, "Yon Police", make_partnership())

        assert {each.organisation.name for each in ledger(owing).returns} == {"Aire Police", "Brook Health"}

    @pytest.mark.parametrize(
        ("from_on", "until", "owes"),
        [
            (date(2026, 9, 30), None, True),
            (date(2026, 10, 1), None, False),
            (date(2020, 1, 1), date(2026, 7, 1), True),
            (date(2020, 1, 1), date(2026, 6, 30), False),
        ],
    )
    def test_membership_counts_in_the_quarter(
        self, owing: Owing, from_on: date, until: date | None, owes: bool
    ) -> None:
        Membership.objects.filter(organisation=owing.police).update(from_on=from_on, until=until)

        assert any(each.organisation == owing.police for each in ledger(owing).returns) is owes

    def test_a_duty_that_had_not_begun_is_not_owed(self, owing: Owing) -> None:
        quarter = InformationPeriod(date(2025, 4, 1))
        found = queries.get_ledger(keeper(owing), owing.partnership.pk, quarter, NOVEMBER)

        assert {each.spec.key for each in found.returns} == {"police_crimes", "police_incidents"}


class TestWhatCame:
    def test_nothing(self, owing: Owing) -> None:
        assert state(owing) is State.NOT_YET_DUE
        assert state(owing, "ed_assaults") is State.OVERDUE
        assert state(owing, now=JANUARY) is State.OVERDUE

    def test_a_loaded_delivery(self, owing: Owing) -> None:
        sent = deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
        found = ledger(owing).returns[0]

        assert (found.standing.state, found.standing.on) == (State.RECEIVED, date(2026, 10, 5))
        assert found.decisive is not None
        assert found.decisive.delivery == sent
        assert state(owing, "police_incidents") is State.NOT_YET_DUE

    def test_the_london_day_decides(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", date(2026, 4, 1), at(2026, 9, 30, 23, 30), rows={date(2026, 4, 1): 1})
        quarter = InformationPeriod(date(2026, 4, 1))
        found = queries.get_ledger(keeper(owing), owing.partnership.pk, quarter, NOVEMBER).returns[0]

        assert (found.standing.state, found.standing.late_days) == (State.LATE, 1)

    def test_a_month_without_rows_is_missing(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5), rows=dict.fromkeys(SUMMER_MONTHS[:2], 80))

        found = ledger(owing).returns[0].standing
        assert (found.state, found.missing) == (State.PARTLY, (SUMMER_MONTHS[2],))

    def test_a_refused_file_then_a_mended_one(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5), state=DeliveryState.REFUSED)
        assert state(owing) is State.REFUSED
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 6))
        assert state(owing) is State.RECEIVED

    def test_a_held_file_of_no_named_period_counts_for_the_last_that_had_ended(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", None, at(2026, 10, 5), state=DeliveryState.HELD)

        assert state(owing) is State.REFUSED

    @pytest.mark.parametrize("idle", [DeliveryState.WAITING, DeliveryState.UNMAPPED, DeliveryState.WITHDRAWN])
    def test_a_file_that_nobody_read_changes_nothing(self, owing: Owing, idle: DeliveryState) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5), state=idle)

        assert state(owing) is State.NOT_YET_DUE

    def test_a_correction_and_its_undoing(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
        second = deliver(owing.police, "police_crimes", SUMMER, at(2026, 11, 2))
        assert state(owing) is State.CORRECTED

        undo(second, at(2026, 11, 10))
        assert state(owing) is State.RECEIVED

    def test_undone_is_as_if_it_had_not_come(self, owing: Owing) -> None:
        undo(deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5)), at(2027, 1, 5))

        assert state(owing, now=JANUARY) is State.OVERDUE

    def test_any_past_day_can_be_asked_for(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
        second = deliver(owing.police, "police_crimes", SUMMER, at(2026, 11, 2))
        undo(second, at(2026, 11, 10))
        days = {
            date(2026, 10, 4): State.NOT_YET_DUE,
            date(2026, 10, 5): State.RECEIVED,
            date(2026, 11, 2): State.CORRECTED,
            date(2026, 11, 10): State.RECEIVED,
        }

        assert {day: state(owing, as_on=day) for day in days} == days
        assert state(owing, now=JANUARY, as_on=date(2026, 10, 4)) is State.NOT_YET_DUE

    def test_months_of_a_monthly_dataset_stand_alone(self, owing: Owing) -> None:
        deliver(owing.health, "ed_assaults", date(2026, 8, 1), at(2026, 9, 30), months=1, rows={date(2026, 8, 1): 4})
        states = [each.standing.state for each in ledger(owing).returns if each.spec.key == "ed_assaults"]

        assert states == [State.OVERDUE, State.RECEIVED, State.OVERDUE]

    def test_the_answer_and_what_is_overdue_elsewhere(self, owing: Owing) -> None:
        found = ledger(owing)

        assert found.answer.verdict is Verdict.NO
        assert found.answer.overdue == 3
        assert found.quarter not in dict(found.overdue_elsewhere)
        assert dict(found.overdue_elsewhere)[InformationPeriod(date(2026, 4, 1))] == 5

    def test_two_years_history(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
        rows = ledger(owing).history
        crimes = next(each for each in rows if each.spec.key == "police_crimes").standings
        assaults = next(each for each in rows if each.spec.key == "ed_assaults").standings

        assert len(crimes) == len(assaults) == 8
        assert crimes[-1] is not None
        assert crimes[-1].state is State.RECEIVED
        assert assaults[:3] == (None, None, None)
        assert assaults[-1] is not None
        assert assaults[-1].breach

    def test_the_number_of_queries_does_not_grow_with_deliveries(
        self, owing: Owing, django_assert_max_num_queries: object
    ) -> None:
        by = keeper(owing)
        for number in range(12):
            deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5) + timedelta(hours=number))

        with django_assert_max_num_queries(10):  # type: ignore[operator]
            ledger(owing, by=by)


JULY, AUGUST, SEPTEMBER = SUMMER_MONTHS


class TestMonthByMonth:
    """Senders who send every month what is owed every quarter, and the other way round."""

    def send(self, owing: Owing, month: date, *when: int, rows: int = 300) -> Delivery:
        return deliver(owing.police, "police_crimes", month, at(*when), months=1, rows={month: rows} if rows else {})

    def standing(self, owing: Owing, now: datetime = NOVEMBER, as_on: date | None = None) -> Standing:
        return ledger(owing, now, as_on=as_on).returns[0].standing

    def test_it_is_complete_with_the_last_month(self, owing: Owing) -> None:
        self.send(owing, JULY, 2026, 8, 10)
        self.send(owing, AUGUST, 2026, 9, 9)
        found = self.standing(owing)
        assert (found.state, found.missing) == (State.PARTLY, (SEPTEMBER,))

        self.send(owing, SEPTEMBER, 2026, 10, 8)
        found = self.standing(owing)
        assert (found.state, found.on) == (State.RECEIVED, date(2026, 10, 8))
        assert self.standing(owing, as_on=date(2026, 10, 7)).state is State.PARTLY
        assert self.standing(owing, as_on=date(2026, 8, 20)).missing == ()

    def test_a_small_month_does_not_stand_for_the_others(self, owing: Owing) -> None:
        self.send(owing, JULY, 2026, 8, 10, rows=2)

        assert self.standing(owing).missing == (AUGUST, SEPTEMBER)

    def test_a_month_sent_as_empty_is_believed(self, owing: Owing) -> None:
        for month, day in ((JULY, 10), (AUGUST, 11)):
            self.send(owing, month, 2026, 10, day)
        self.send(owing, SEPTEMBER, 2026, 10, 12, rows=0)

        assert self.standing(owing).state is State.RECEIVED

    def test_a_file_that_names_no_period_covers_the_months_of_its_rows(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", None, at(2026, 10, 5), rows={JULY: 2, SEPTEMBER: 1})
        assert self.standing(owing).missing == (AUGUST,)

        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 6), rows={JULY: 2, SEPTEMBER: 1})
        assert self.standing(owing).state is State.RECEIVED

    def test_a_month_is_replaced_and_the_others_stand(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
        again = self.send(owing, AUGUST, 2026, 11, 2)

        found = ledger(owing).returns[0]
        assert (found.standing.state, found.standing.on) == (State.CORRECTED, date(2026, 11, 2))
        assert [each.in_use for each in found.came] == [{AUGUST}, {JULY, SEPTEMBER}]
        assert self.standing(owing, as_on=date(2026, 11, 1)).state is State.RECEIVED

        undo(again, at(2026, 11, 10))
        assert self.standing(owing).state is State.RECEIVED
        assert ledger(owing).returns[0].came[0].in_use == set(SUMMER_MONTHS)

    def test_a_month_replaced_by_an_emptied_file_is_missing_again(self, owing: Owing) -> None:
        self.send(owing, AUGUST, 2026, 9, 9)
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5), rows={JULY: 300, SEPTEMBER: 280})

        assert self.standing(owing).missing == (AUGUST,)

    def test_a_month_that_is_undone_is_owed_again(self, owing: Owing) -> None:
        sent = deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
        undo(sent, at(2026, 11, 1), AUGUST)

        found = ledger(owing).returns[0]
        assert (found.standing.state, found.standing.missing) == (State.PARTLY, (AUGUST,))
        assert found.came[0].months == {JULY, SEPTEMBER}
        assert self.standing(owing, as_on=date(2026, 10, 31)).state is State.RECEIVED

    def test_one_delivery_is_told_once_for_each_period(self, owing: Owing) -> None:
        june = date(2026, 6, 1)
        deliver(owing.police, "police_crimes", None, at(2026, 10, 5), rows=dict.fromkeys((june, *SUMMER_MONTHS), 50))
        summer, spring = queries.list_returns(
            keeper(owing), owing.partnership.pk, owing.police.pk, "police_crimes", NOVEMBER
        )[1:3]

        assert [each.months for each in summer.came] == [set(SUMMER_MONTHS)]
        assert [each.months for each in spring.came] == [{june}]
        assert spring.standing.missing == (date(2026, 4, 1), date(2026, 5, 1))

    def test_the_same_bytes_again_change_nothing(self, owing: Owing) -> None:
        sent = deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
        send_again(sent, at(2026, 10, 20))
        send_again(sent, at(2026, 10, 21), state=DeliveryState.LOADED)

        found = ledger(owing).returns[0]
        assert (found.standing.state, found.standing.on) == (State.RECEIVED, date(2026, 10, 5))
        assert [each.delivery for each in found.came] == [sent]

    def test_of_two_copies_the_one_that_was_loaded_counts(self, owing: Owing) -> None:
        sent = deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
        send_again(sent, at(2026, 10, 4))

        assert [each.delivery for each in ledger(owing).returns[0].came] == [sent]

    def test_a_month_without_a_count_is_missing_however_few_there_are(
        self, owing: Owing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = spec("counts", "police", aggregate=True, time_precision="month")
        monkeypatch.setattr(specs, "every", lambda: {"counts": counts})
        deliver(owing.police, "counts", SUMMER, at(2026, 10, 5), rows={JULY: 1, SEPTEMBER: 1})

        assert self.standing(owing).missing == (AUGUST,)

    def test_a_file_of_which_no_row_was_kept_is_not_accepted(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5), rows={}, read=40)

        assert self.standing(owing).state is State.REFUSED

    def test_a_quarter_that_was_held_is_told_of_each_month_that_is_owed(self, owing: Owing) -> None:
        deliver(owing.health, "ed_assaults", SUMMER, at(2026, 10, 5), state=DeliveryState.HELD)
        states = [each.standing.state for each in ledger(owing).returns if each.spec.key == "ed_assaults"]

        assert states == [State.REFUSED] * 3

    def test_a_quarters_file_of_monthly_data_is_a_return_for_each_month(self, owing: Owing) -> None:
        deliver(owing.health, "ed_assaults", SUMMER, at(2026, 10, 5), rows={JULY: 30, SEPTEMBER: 25})
        states = [each.standing.state for each in ledger(owing).returns if each.spec.key == "ed_assaults"]

        assert states == [State.LATE, State.OVERDUE, State.RECEIVED]

    def test_let_through_later_it_was_held_before(self, owing: Owing) -> None:
        deliver(
            owing.police,
            "police_crimes",
            SUMMER,
            at(2026, 10, 5),
            state=DeliveryState.WAITING,
            let_through_at=at(2026, 10, 9),
            let_through_by="An Officer",
            let_through_reason="These are the names of streets",
        )

        assert self.standing(owing, as_on=date(2026, 10, 8)).state is State.REFUSED
        assert self.standing(owing, as_on=date(2026, 10, 9)).state is State.NOT_YET_DUE

    def test_counts_for_a_quarter_are_one_part(self, owing: Owing, monkeypatch: pytest.MonkeyPatch) -> None:
        counts = spec("counts", "police", aggregate=True, time_precision="quarter")
        monkeypatch.setattr(specs, "every", lambda: {"counts": counts})
        deliver_counts(owing.police, "counts", SUMMER, at(2026, 10, 5))
        assert self.standing(owing).state is State.RECEIVED

        deliver_counts(owing.police, "counts", SUMMER, at(2026, 10, 9))
        found = ledger(owing).returns[0]
        assert (found.standing.state, found.standing.on) == (State.CORRECTED, date(2026, 10, 9))
        assert [each.in_use for each in found.came] == [set(SUMMER_MONTHS), set()]

    def test_rows_from_before_the_duty_disturb_nothing(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", None, at(2026, 10, 5), rows={date(2006, 5, 1): 3, JULY: 300})
        deliver(owing.police, "police_crimes", date(2006, 4, 1), at(2026, 10, 6), state=DeliveryState.REFUSED)

        assert self.standing(owing).missing == (AUGUST, SEPTEMBER)


class TestDebts:
    def test_a_clerk_is_told_what_is_owed_soonest_first(self, owing: Owing) -> None:
        by = clerk(owing, owing.health)
        deliver(owing.health, "ed_assaults", date(2026, 9, 1), at(2026, 10, 5), months=1)
        debts = queries.list_debts_of(by, at(2026, 11, 18))

        assert {partnership for partnership, _each in debts} == {owing.partnership}
        assert {each.organisation for _partnership, each in debts} == {owing.health}
        starts = [each.period.start for _partnership, each in debts]
        assert starts == sorted(starts)
        assert starts[-1] == date(2026, 10, 1)
        assert date(2026, 9, 1) not in starts

    def test_who_speaks_for_nobody_owes_nothing(self, owing: Owing) -> None:
        viewer = make_actor(make_person(owing.police), [Permission.VIEW], owing.partnership)

        assert queries.list_debts_of(viewer, NOVEMBER) == []
        assert queries.list_debts_of(keeper(owing), NOVEMBER) == []


class TestWhoSees:
    def test_a_clerk_sees_their_own_rows(self, owing: Owing) -> None:
        found = ledger(owing, by=clerk(owing, owing.police))

        assert {each.organisation.name for each in found.returns} == {"Aire Police"}
        with pytest.raises(NotFound):
            queries.list_returns(
                clerk(owing, owing.police), owing.partnership.pk, owing.health.pk, "ed_assaults", NOVEMBER
            )

    def test_others_see_nothing(self, owing: Owing) -> None:
        elsewhere = make_actor(permissions=list(Permission), partnership=make_partnership())

        with pytest.raises(NotAllowed):
            ledger(owing, by=elsewhere)
        assert owing.partnership not in queries.list_partnerships(elsewhere)


class TestDeclarations:
    def test_nothing_to_report(self, owing: Owing) -> None:
        made = say_nothing(owing, clerk(owing, owing.police))

        assert state(owing) is State.NOTHING_TO_REPORT
        assert AuditEntry.objects.filter(operation="duties.declare_nothing", subjects=[str(made.pk)]).exists()
        assert state(owing, as_on=date(2026, 11, 17)) is State.NOT_YET_DUE

    def test_withdrawn_it_is_owed_again_and_stays_on_record(self, owing: Owing) -> None:
        by = clerk(owing, owing.police)
        made = say_nothing(owing, by)
        actions.withdraw_declaration(by=by, declaration_id=made.pk, reason="A file was found", now=at(2026, 11, 19))

        assert state(owing, now=at(2026, 11, 20)) is State.NOT_YET_DUE
        assert state(owing, now=at(2026, 11, 20), as_on=date(2026, 11, 18)) is State.NOTHING_TO_REPORT
        with pytest.raises(RuleBroken, match="withdrawn already"):
            actions.withdraw_declaration(by=by, declaration_id=made.pk, reason="Again", now=at(2026, 11, 20))
        say_nothing(owing, by, now=at(2026, 11, 21))

    def test_nothing_more_completes_a_return_in_part(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5), rows={SUMMER: 80})
        say_nothing(owing, keeper(owing))

        assert state(owing) is State.RECEIVED

    def test_not_held_until_the_review(self, owing: Owing) -> None:
        say_not_held(owing, keeper(owing))
        states = {
            each.period.start: each.standing.state
            for each in queries.list_returns(
                keeper(owing), owing.partnership.pk, owing.police.pk, "police_crimes", at(2027, 8, 1)
            )
        }

        assert states[date(2026, 4, 1)] is State.OVERDUE
        assert states[SUMMER] is states[AUTUMN] is states[date(2027, 1, 1)] is State.NOT_OWED
        assert states[date(2027, 4, 1)] is State.NOT_YET_DUE

    def test_only_for_ones_own_organisation(self, owing: Owing) -> None:
        for by in (clerk(owing, owing.health), make_actor(make_person(owing.police))):
            with pytest.raises(NotAllowed):
                say_nothing(owing, by)
        made = say_nothing(owing, clerk(owing, owing.police))
        with pytest.raises(NotAllowed):
            actions.withdraw_declaration(
                by=clerk(owing, owing.health), declaration_id=made.pk, reason="No", now=NOVEMBER
            )

    def test_what_is_complete_needs_no_word(self, owing: Owing) -> None:
        deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))

        with pytest.raises(RuleBroken, match="complete already"):
            say_nothing(owing, keeper(owing))
        with pytest.raises(RuleBroken, match="does hold it"):
            say_not_held(owing, keeper(owing))

    def test_what_is_not_owed_cannot_be_declared(self, owing: Owing) -> None:
        with pytest.raises(NotFound):
            say_not_held(owing, keeper(owing), start=date(2026, 8, 1))
        with pytest.raises(NotFound):
            say_nothing(owing, keeper(owing), dataset="published")
        assert not Declaration.objects.exists()

    def test_the_database_keeps_one_live_word(self, owing: Owing) -> None:
        say_nothing(owing, keeper(owing))
        with pytest.raises(RuleBroken, match="complete already"):
            say_nothing(owing, keeper(owing))
        with pytest.raises(IntegrityError), transaction.atomic():
            Declaration.objects.create(
                partnership=owing.partnership,
                organisation=owing.police,
                dataset="police_crimes",
                kind="nothing",
                period=SUMMER,
                said_by="x",
                declared_at=NOVEMBER,
                declared_by="x",
            )


def name_contact(owing: Owing, by: Actor, version: int = 0, email: str = "data@aire.example") -> DataContact:
    return actions.set_data_contact(
        by=by,
        partnership_id=owing.partnership.pk,
        organisation_id=owing.police.pk,
        name="Data team",
        email=email,
        language="cy",
        version=version,
        now=NOVEMBER,
    )


class TestContacts:
    def test_named_and_changed(self, owing: Owing) -> None:
        by = clerk(owing, owing.police)
        name_contact(owing, by)
        name_contact(owing, by, version=1, email="returns@aire.example")

        found = queries.recipient_of(owing.partnership.pk, owing.police)
        assert found == queries.Recipient("Data team", "returns@aire.example", "cy")

    def test_the_second_of_two_sees_a_conflict(self, owing: Owing) -> None:
        name_contact(owing, keeper(owing))
        with pytest.raises(Conflict):
            name_contact(owing, keeper(owing))

    def test_refusals(self, owing: Owing) -> None:
        with pytest.raises(NotAllowed):
            name_contact(owing, clerk(owing, owing.health))
        with pytest.raises(RuleBroken, match="e-mail address"):
            name_contact(owing, keeper(owing), email="nowhere")
        assert not DataContact.objects.exists()

    def test_without_one_the_public_address_is_used(self, owing: Owing) -> None:
        assert queries.recipient_of(owing.partnership.pk, owing.police) is None
        owing.police.public_email = "hello@aire.example"

        assert queries.recipient_of(owing.partnership.pk, owing.police) == queries.Recipient(
            "Aire Police", "hello@aire.example", "en"
        )


class TestReminders:
    @pytest.fixture
    def reachable(self, owing: Owing) -> Owing:
        Organisation.objects.filter(pk=owing.police.pk).update(public_email="hello@aire.example")
        owing.police.refresh_from_db()
        return owing

    def test_one_message_for_all_that_is_due_once_for_each_occasion(self, reachable: Owing) -> None:
        day = at(2026, 12, 3)
        assert jobs.remind_all(day) == 1
        assert jobs.remind_all(day) == jobs.remind_all(day + timedelta(days=3)) == 0
        message = Message.objects.get()

        assert "31 December 2026" in message.subject
        assert "Police crimes, July to September 2026: Due soon" in message.body
        assert "Police incidents" in message.body
        assert message.address == "hello@aire.example"
        assert set(Reminder.objects.values_list("dataset", "occasion")) == {
            ("police_crimes", "before_28"),
            ("police_incidents", "before_28"),
        }

    def test_before_and_after_until_it_came(self, reachable: Owing) -> None:
        first = at(2026, 12, 1)
        sent = {first.date() + timedelta(days=n): jobs.remind_all(first + timedelta(days=n)) for n in range(70)}
        due = date(2026, 12, 31)

        days = [day for day, count in sent.items() if count]
        assert days == [due + timedelta(days=n) for n in (-28, -7, 1, 14, 28)]
        assert "was due on" in Message.objects.order_by("-queued_at")[0].subject

    def test_what_came_is_not_reminded_of(self, reachable: Owing) -> None:
        deliver(reachable.police, "police_crimes", SUMMER, at(2026, 10, 5))
        jobs.remind_all(at(2026, 12, 3))
        assert set(Reminder.objects.values_list("dataset", flat=True)) == {"police_incidents"}

        deliver(reachable.police, "police_incidents", SUMMER, at(2026, 12, 4))
        assert jobs.remind_all(at(2026, 12, 24)) == 0

    def test_monthly_senders_are_reminded_of_the_months_that_are_missing(self, reachable: Owing) -> None:
        deliver(reachable.police, "police_incidents", SUMMER, at(2026, 10, 5))
        for month in SUMMER_MONTHS[:2]:
            deliver(reachable.police, "police_crimes", month, at(2026, 10, 5), months=1)
        jobs.remind_all(at(2026, 12, 3))
        body = Message.objects.get().body
        assert "Police crimes, July to September 2026: Received in part (missing: September 2026)" in body

        deliver(reachable.police, "police_crimes", SUMMER_MONTHS[2], at(2026, 12, 4), months=1)
        assert jobs.remind_all(at(2026, 12, 24)) == jobs.remind_all(at(2027, 1, 1)) == 0

    def test_a_monthly_duty_is_reminded_of_month_by_month(self, owing: Owing) -> None:
        Organisation.objects.filter(pk=owing.health.pk).update(public_email="hello@brook.example")
        first, due = at(2026, 8, 1), date(2026, 8, 31)
        deliver(owing.health, "ed_assaults", date(2026, 6, 1), at(2026, 7, 5), months=1)
        for n in range(70):
            jobs.remind_all(first + timedelta(days=n))
        days = [
            (each.sent_at.date() - due).days
            for each in Reminder.objects.filter(dataset="ed_assaults", period=date(2026, 7, 1)).order_by("sent_at")
        ]

        assert days == [-28, -7, 1, 14, 28]

    def test_nobody_is_reminded_of_a_month_that_still_runs(self, owing: Owing) -> None:
        """January's data is due by 28 February, so four weeks before is 31 January."""
        Organisation.objects.filter(pk=owing.health.pk).update(public_email="hello@brook.example")
        january = Reminder.objects.filter(period=date(2027, 1, 1))

        jobs.remind_all(at(2027, 1, 31))
        assert not january.exists()
        jobs.remind_all(at(2027, 2, 1))
        assert january.get().occasion == "before_28"

    def test_old_debts_are_not_all_written_about_at_once(self, reachable: Owing) -> None:
        assert jobs.remind_all(NOVEMBER) == 0

    def test_the_contacts_language(self, reachable: Owing) -> None:
        name_contact(reachable, keeper(reachable))
        jobs.remind_all(at(2026, 12, 3))

        assert Message.objects.get().language == "cy"
        assert Message.objects.get().address == "data@aire.example"

    def test_nobody_is_written_to_who_cannot_be(self, owing: Owing) -> None:
        assert jobs.remind_all(at(2026, 12, 3)) == 0
        assert not Reminder.objects.exists()

    def remind(self, owing: Owing, by: Actor, now: datetime = NOVEMBER) -> Reminder:
        return actions.remind_now(
            by=by,
            partnership_id=owing.partnership.pk,
            organisation_id=owing.police.pk,
            dataset="police_crimes",
            start=SUMMER,
            now=now,
        )

    def test_by_hand_once_a_day(self, reachable: Owing) -> None:
        by = keeper(reachable)
        assert self.remind(reachable, by).sent_by == by.name
        with pytest.raises(RuleBroken, match="today already"):
            self.remind(reachable, by)
        self.remind(reachable, by, now=at(2026, 11, 19))

        assert Message.objects.count() == 2

    def test_by_hand_refusals(self, reachable: Owing) -> None:
        with pytest.raises(NotAllowed):
            self.remind(reachable, clerk(reachable, reachable.police))
        deliver(reachable.police, "police_crimes", SUMMER, at(2026, 10, 5))
        with pytest.raises(RuleBroken, match="Nothing is owed"):
            self.remind(reachable, keeper(reachable))

    def test_by_hand_needs_an_address(self, owing: Owing) -> None:
        with pytest.raises(RuleBroken, match="Name a data contact"):
            self.remind(owing, keeper(owing))


class TestRadar:
    def test_the_data_duty_is_there_with_its_evidence(self, owing: Owing) -> None:
        (item,) = radar.data_duty(keeper(owing), owing.partnership, NOVEMBER)

        assert item.mark is Mark.LATE
        assert "April to June 2026" in item.says
        assert "quarter=2026-04" in item.link

    def test_later_floors_add_theirs(self, owing: Owing, monkeypatch: pytest.MonkeyPatch) -> None:
        from ourpatch.strategy.cycle.permissions import Permission as Cycle

        person = make_person(make_organisation(OrganisationKind.VOLUNTARY))
        by = make_actor(person, [Permission.VIEW, Cycle.VIEW], owing.partnership)
        found = radar.list_duties(by, owing.partnership, NOVEMBER)

        assert len(found) == 17
        assert found[0].mark is Mark.LATE
        assert all(each.name and each.owed_by and each.source for each in found)
        only_data = radar.list_duties(keeper(owing), owing.partnership, NOVEMBER)
        assert len(only_data) == 1
