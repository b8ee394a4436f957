"""What somebody has to decide before a file counts: months that would lose their rows, a file that may identify somebody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.data.factories_deliveries import (
    Senders,
    incident,
    incidents,
    learn_layout,
    make_senders,
    person,
    send,
)
from tests.data.factories_exchange import NOW
from tests.foundation.factories import LONG_AGO, make_membership, make_partnership, make_person, make_user

from ourpatch.data.exchange import actions, queries
from ourpatch.data.exchange.actions import deliveries, keeping
from ourpatch.data.exchange.intake import rules
from ourpatch.data.exchange.intake.reading import read_file
from ourpatch.data.exchange.models import Delivery, DeliveryState, Extent
from ourpatch.data.exchange.permissions import Permission
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.foundation import law
from ourpatch.foundation.accounts.models import RoleGrant, User
from ourpatch.foundation.directory.models import Organisation
from ourpatch.foundation.messaging.models import Message
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.errors import NotFound, RuleBroken

pytestmark = [pytest.mark.room, pytest.mark.django_db]

GOOD = incidents(incident("1"), incident("2", "15/08/2026"), incident("3", "30/09/2026", east=3_000))
JULY_ONLY = incidents(incident("7"))
DAY = timedelta(days=1)
JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)
NAMED = incidents(incident("1").replace("High Street", "Tel 07700 900123"))


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    """A force whose layout is known."""
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    made = make_senders()
    learn_layout(made.clerk, made.police.pk, GOOD, tmp_path)
    return made


def months() -> dict[date, int]:
    rows = store.run(CountBy(Where("police_incidents"), by=(Dimension.MONTH,)))
    return {row[0]: row[1] for row in rows}  # type: ignore[misc]


def asked(senders: Senders, **changes: object) -> Delivery:
    """A quarter is loaded; a file that names it holds July only."""
    send(senders.clerk, senders.police.pk, GOOD)
    return send(senders.clerk, senders.police.pk, JULY_ONLY, now=NOW + timedelta(days=1), **changes)  # type: ignore[arg-type]


def test_months_that_would_become_empty_are_named_with_their_rows_and_nothing_is_loaded(senders: Senders) -> None:
    delivery = asked(senders)
    assert delivery.state == DeliveryState.TO_CONFIRM
    assert "08/2026 (1 → 0), 09/2026 (1 → 0)" in delivery.message
    assert delivery.empties == [["2026-08-01", 1], ["2026-09-01", 1]]
    assert months() == {JULY: 1, AUGUST: 1, SEPTEMBER: 1}
    assert keeping.kept(delivery.path).read_bytes() == JULY_ONLY


def test_a_deliberate_yes_loads_it_and_is_kept_with_a_name(senders: Senders) -> None:
    delivery = asked(senders)
    with pytest.raises(RuleBroken, match="Tick the box"):
        actions.confirm_emptying(by=senders.clerk, delivery_id=delivery.pk, confirmed=False, now=NOW)
    actions.confirm_emptying(by=senders.clerk, delivery_id=delivery.pk, confirmed=True, now=NOW)
    loaded = actions.read_delivery(delivery_id=delivery.pk, now=NOW + timedelta(days=2))
    assert (loaded.state, loaded.emptying_confirmed_by) == (DeliveryState.LOADED, "A Clerk")
    assert months() == {JULY: 1}
    with pytest.raises(RuleBroken, match="decided about it already"):
        actions.confirm_emptying(by=senders.clerk, delivery_id=delivery.pk, confirmed=True, now=NOW)


def test_a_yes_is_to_the_months_that_were_named(senders: Senders) -> None:
    send(senders.clerk, senders.police.pk, incidents(incident("1"), incident("2", "15/08/2026")))
    delivery = send(senders.clerk, senders.police.pk, JULY_ONLY, now=NOW + timedelta(days=1))
    september = incidents(incident("3", "30/09/2026"))
    send(senders.clerk, senders.police.pk, september, period=SEPTEMBER, months=1, now=NOW + timedelta(days=1))
    actions.confirm_emptying(by=senders.clerk, delivery_id=delivery.pk, confirmed=True, now=NOW)
    again = actions.read_delivery(delivery_id=delivery.pk, now=NOW + timedelta(days=2))
    assert (again.state, again.empties) == (DeliveryState.TO_CONFIRM, [["2026-08-01", 1], ["2026-09-01", 1]])
    assert months() == {JULY: 1, AUGUST: 1, SEPTEMBER: 1}
    actions.confirm_emptying(by=senders.clerk, delivery_id=delivery.pk, confirmed=True, now=NOW)
    assert actions.read_delivery(delivery_id=delivery.pk, now=NOW + timedelta(days=2)).state == DeliveryState.LOADED
    assert months() == {JULY: 1}


def test_who_says_it_when_sending_is_not_asked(senders: Senders) -> None:
    delivery = asked(senders, empties_months=True)
    assert (delivery.state, delivery.emptying_confirmed_by) == (DeliveryState.LOADED, "A Clerk")
    assert months() == {JULY: 1}


def of_july(count: int, name: str = "A") -> bytes:
    return incidents(*(incident(f"{name}{n}") for n in range(count)))


@pytest.mark.parametrize(
    ("loaded", "left", "asks"),
    [(100, 100, False), (100, 50, False), (100, 49, True), (10, 4, True), (9, 1, False), (9, 0, True), (0, 0, False)],
)
def test_a_month_is_asked_about_below_half_of_ten_rows_or_more(loaded: int, left: int, asks: bool) -> None:
    assert rules.shrinks_greatly(loaded, left, law.book(JULY)) is asks


@pytest.mark.parametrize("period", [(JULY, 3), (JULY, 1)])
def test_a_month_that_would_shrink_greatly_is_asked_about(senders: Senders, period: tuple[date, int]) -> None:
    send(senders.clerk, senders.police.pk, of_july(20))
    first, length = period
    delivery = send(senders.clerk, senders.police.pk, of_july(4, "B"), period=first, months=length, now=NOW + DAY)
    assert (delivery.state, delivery.empties) == (DeliveryState.TO_CONFIRM, [["2026-07-01", 16]])
    assert "07/2026 (20 → 4)" in delivery.message
    assert months() == {JULY: 20}
    actions.confirm_emptying(by=senders.clerk, delivery_id=delivery.pk, confirmed=True, now=NOW)
    assert actions.read_delivery(delivery_id=delivery.pk, now=NOW + 2 * DAY).state == DeliveryState.LOADED
    assert months() == {JULY: 4}


def test_a_yes_covers_no_more_rows_than_were_named(senders: Senders) -> None:
    send(senders.clerk, senders.police.pk, of_july(20))
    delivery = send(senders.clerk, senders.police.pk, of_july(4, "B"), now=NOW + DAY)
    send(senders.clerk, senders.police.pk, of_july(30, "C"), now=NOW + DAY)
    actions.confirm_emptying(by=senders.clerk, delivery_id=delivery.pk, confirmed=True, now=NOW)
    again = actions.read_delivery(delivery_id=delivery.pk, now=NOW + 2 * DAY)
    assert (again.state, again.empties) == (DeliveryState.TO_CONFIRM, [["2026-07-01", 26]])


def test_a_month_that_shrinks_a_little_or_is_corrected_is_not_asked_about(senders: Senders) -> None:
    send(senders.clerk, senders.police.pk, of_july(20))
    half = send(senders.clerk, senders.police.pk, of_july(10, "B"), now=NOW + DAY)
    few = send(senders.clerk, senders.police.pk, of_july(2, "B"), extent=Extent.CORRECTION, now=NOW + DAY)
    meant = send(senders.clerk, senders.police.pk, of_july(1, "C"), empties_months=True, now=NOW + 2 * DAY)
    assert {half.state, few.state, meant.state} == {DeliveryState.LOADED}
    assert months() == {JULY: 1}


def test_nobody_is_asked_where_nothing_would_go(senders: Senders) -> None:
    first = send(senders.clerk, senders.police.pk, JULY_ONLY)
    again = send(senders.clerk, senders.police.pk, incidents(incident("8")), now=NOW + timedelta(hours=1))
    moved = send(
        senders.clerk,
        senders.police.pk,
        incidents(incident("8", "15/08/2026")),
        extent=Extent.CORRECTION,
        now=NOW + timedelta(hours=2),
    )
    assert {first.state, again.state, moved.state} == {DeliveryState.LOADED}
    assert months() == {AUGUST: 1}


def test_only_who_acts_for_the_sender_says_yes(senders: Senders) -> None:
    delivery = asked(senders)
    council = Organisation.objects.get(name="Square Council")
    viewer = person("A Viewer", council, senders.area.partnership, Permission.VIEW, Permission.LET_THROUGH)
    with pytest.raises(NotFound):
        actions.confirm_emptying(by=viewer, delivery_id=delivery.pk, confirmed=True, now=NOW)
    assert actions.confirm_emptying(by=senders.officer, delivery_id=delivery.pk, confirmed=True, now=NOW)


def test_a_file_that_waits_for_a_yes_is_withdrawn_or_let_go(senders: Senders) -> None:
    first, second = asked(senders), send(senders.clerk, senders.police.pk, incidents(incident("9")))
    actions.withdraw(by=senders.clerk, delivery_id=first.pk, reason="July was meant alone.", now=NOW)
    actions.let_old_files_go(by=senders.area.loader, now=NOW + timedelta(days=40))
    assert Delivery.objects.get(pk=second.pk).state == DeliveryState.REFUSED
    assert months() == {JULY: 1, AUGUST: 1, SEPTEMBER: 1}


def officer(senders: Senders, *partnerships: ServiceArea, language: str = "en") -> User:
    user = make_user(make_person(Organisation.objects.get(name="Square Council")))
    User.objects.filter(pk=user.pk).update(language=language)
    for each in partnerships:
        RoleGrant.objects.create(user=user, role="information_officer", service_area=each, from_on=LONG_AGO)
    return user


def test_who_may_let_a_held_file_through_is_written_to_once_in_their_language(senders: Senders) -> None:
    here = senders.area.partnership
    english, welsh = officer(senders, here), officer(senders, here, language="cy")
    make_user(make_person(senders.police))
    held = send(senders.clerk, senders.police.pk, NAMED, filename="Mrs Jane Wilkinson.csv")
    assert held.state == DeliveryState.HELD
    written = {each.address: each for each in Message.objects.all()}
    assert set(written) == {english.email, welsh.email}
    assert {each.address: each.language for each in written.values()} == {english.email: "en", welsh.email: "cy"}
    body = written[english.email].subject + written[english.email].body
    assert held.receipt in body
    assert "Square Constabulary" in body
    for secret in ("07700", "900123", "Wilkinson", "High Street"):
        assert all(secret not in each.subject + each.body for each in written.values())
    actions.match_columns(by=senders.clerk, delivery_id=held.pk, layout_id=held.layout_id, now=NOW)  # type: ignore[arg-type]
    assert actions.read_delivery(delivery_id=held.pk, now=NOW).state == DeliveryState.HELD
    assert Message.objects.count() == 2


def test_officers_of_one_of_several_partnerships_are_told_that_they_alone_cannot(senders: Senders) -> None:
    elsewhere = make_partnership("Elsewhere")
    make_membership(senders.police, elsewhere)
    here = officer(senders, senders.area.partnership)
    send(senders.clerk, senders.police.pk, NAMED)
    (told,) = Message.objects.all()
    assert told.address == here.email
    assert "Nobody has the role" in told.body
    everywhere = officer(senders, senders.area.partnership, elsewhere)
    send(senders.clerk, senders.police.pk, NAMED.replace(b"High", b""), now=NOW + timedelta(hours=1))
    told = next(each for each in Message.objects.all() if each.address == everywhere.email)
    assert "To decide about it" in told.body
    assert Message.objects.count() == 2, "one who may decide is there, so that the others need not"


def test_held_files_wait_for_who_may_decide(senders: Senders) -> None:
    held = send(senders.clerk, senders.police.pk, NAMED)
    assert queries.list_to_decide(senders.officer, NOW.date()) == [held]
    assert queries.list_to_decide(senders.clerk, NOW.date()) == []
    make_membership(senders.police, make_partnership("Elsewhere"))
    assert queries.list_to_decide(senders.officer, NOW.date()) == []


def test_a_file_over_which_the_reading_fails_again_and_again_is_refused(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send(senders.clerk, senders.police.pk, GOOD)
    actions.withdraw(by=senders.clerk, delivery_id=sent.pk, reason="It is sent anew below.", now=NOW)

    def broken(*_arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(deliveries, "read_file", broken)
    with pytest.raises(MemoryError):
        send(senders.clerk, senders.police.pk, GOOD)
    waiting = Delivery.objects.get(state=DeliveryState.WAITING)
    for _try in range(deliveries.MOST_READINGS - 1):
        assert Delivery.objects.get(pk=waiting.pk).state == DeliveryState.WAITING
        with pytest.raises(MemoryError):
            actions.read_delivery(delivery_id=waiting.pk, now=NOW)
    refused = Delivery.objects.get(pk=waiting.pk)
    assert (refused.state, refused.finished_at, refused.path) == (DeliveryState.REFUSED, NOW, "")
    assert "could not be read here" in refused.message
    assert [each.kind for each in queries.list_findings(senders.clerk, refused.pk)] == ["unreadable_here"]
    monkeypatch.setattr(deliveries, "read_file", read_file)
    assert actions.read_delivery(delivery_id=waiting.pk, now=NOW).state == DeliveryState.REFUSED


def test_a_reading_that_was_killed_each_time_is_refused_without_another_try(
    senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send(senders.clerk, senders.police.pk, incidents(incident("5")))
    Delivery.objects.filter(pk=sent.pk).update(state=DeliveryState.WAITING, readings=deliveries.MOST_READINGS)
    monkeypatch.setattr(deliveries, "read_file", lambda *_: pytest.fail("it was read once more"))
    assert actions.read_delivery(delivery_id=sent.pk, now=NOW).state == DeliveryState.REFUSED


def test_the_worker_tries_once_more_than_a_file_is_read(settings: pytest.FixtureRequest) -> None:
    tries = settings.Q_CLUSTER["ALT_CLUSTERS"]["bulk"]["max_attempts"]  # type: ignore[attr-defined]
    assert tries == deliveries.MOST_READINGS + 1


def test_a_correction_says_what_it_replaced_and_what_is_new(senders: Senders) -> None:
    send(senders.clerk, senders.police.pk, GOOD)
    change = incidents(incident("2", "16/08/2026"), incident("1", "20/08/2026"), incident("4", "17/08/2026"))
    later = NOW + timedelta(days=1)
    corrected = send(senders.clerk, senders.police.pk, change, extent=Extent.CORRECTION, now=later)
    assert (corrected.rows_replaced, corrected.rows_new) == (2, 1)
    assert "2 replaced, 1 new" in corrected.message


def test_a_correction_killed_after_its_rows_counted_still_says_what_it_replaced(senders: Senders) -> None:
    send(senders.clerk, senders.police.pk, GOOD)
    change = incidents(incident("1", "20/08/2026"), incident("4", "17/08/2026"))
    later = NOW + timedelta(days=1)
    corrected = send(senders.clerk, senders.police.pk, change, extent=Extent.CORRECTION, now=later)
    parts = sorted(corrected.parts.values_list("period", "submission_id"))
    corrected.parts.all().delete()
    # As if the kill had come after the store's transaction and before the delivery's own.
    Delivery.objects.filter(pk=corrected.pk).update(state=DeliveryState.WAITING, path=corrected.pk.hex)
    keeping.kept(corrected.pk.hex).write_bytes(change)
    again = actions.read_delivery(delivery_id=corrected.pk, now=later)
    assert (again.state, again.rows_replaced, again.rows_new) == (DeliveryState.LOADED, 1, 1)
    assert sorted(again.parts.values_list("period", "submission_id")) == parts, "July, which a row left, too"
    actions.withdraw(by=senders.clerk, delivery_id=again.pk, reason="It was the wrong day.", now=later)
    assert months() == {JULY: 1, AUGUST: 1, SEPTEMBER: 1}
