"""Deliveries: sent, read, held, let through, corrected, withdrawn; nothing lost and nothing half-loaded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.data.factories_deliveries import (
    Senders,
    incident,
    incidents,
    learn_layout,
    make_senders,
    organisation,
    person,
    send,
    with_heading,
)
from tests.data.factories_exchange import NOW
from tests.foundation.factories import make_partnership

from ourpatch.data.exchange import actions, queries
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.models import Delivery, DeliveryState, Extent
from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.foundation.directory.models import Duty, Membership
from ourpatch.ground.errors import Conflict, NotAllowed, NotFound, RuleBroken

pytestmark = [pytest.mark.room, pytest.mark.django_db]

GOOD = incidents(incident("1"), incident("2", "15/08/2026"), incident("3", "30/09/2026", east=3_000))


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    return make_senders()


@pytest.fixture
def mapped(senders: Senders, tmp_path: Path) -> Senders:
    """The force's layout is known."""
    learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    return senders


def months(dataset: str = "police_incidents") -> dict[date, int]:
    rows = store.run(CountBy(Where(dataset), by=(Dimension.MONTH,)))
    return {row[0]: row[1] for row in rows}  # type: ignore[misc]


def test_the_first_file_of_a_sender_waits_for_its_columns_to_be_matched(senders: Senders, tmp_path: Path) -> None:
    delivery = send(senders.clerk, senders.police.pk, GOOD)
    assert delivery.state == DeliveryState.UNMAPPED
    assert keeping.kept(delivery.path).read_bytes() == GOOD
    layout = learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path)
    actions.match_columns(by=senders.clerk, delivery_id=delivery.pk, layout_id=layout.pk, now=NOW)
    delivery = actions.read_delivery(delivery_id=delivery.pk, now=NOW)
    assert (delivery.state, delivery.rows_read, delivery.rows_kept) == (DeliveryState.LOADED, 3, 3)
    assert delivery.path == ""


def test_a_quarter_is_a_submission_a_month(
    mapped: Senders, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        delivery = send(mapped.clerk, mapped.police.pk, GOOD)
    assert delivery.state == DeliveryState.LOADED, delivery.message
    assert months() == {date(2026, 7, 1): 1, date(2026, 8, 1): 1, date(2026, 9, 1): 1}
    assert [part.period for part in delivery.parts.order_by("period")] == [date(2026, m, 1) for m in (7, 8, 9)]
    by_place = store.run(CountBy(Where("police_incidents"), by=(Dimension.NEIGHBOURHOOD, Dimension.CATEGORY)))
    assert {row[0] for row in by_place} == {str(mapped.area.west.pk), str(mapped.area.east.pk)}
    assert {row[1] for row in by_place} == {"asb_nuisance"}
    assert not keeping.kept(f"{keeping.FOLDER}/{delivery.pk}").exists()


def test_a_named_month_without_rows_is_there_and_empty(mapped: Senders) -> None:
    delivery = send(mapped.clerk, mapped.police.pk, incidents(incident("1")))
    assert {part.period: part.rows_kept for part in delivery.parts.all()} == {
        date(2026, 7, 1): 1,
        date(2026, 8, 1): 0,
        date(2026, 9, 1): 0,
    }


def test_a_file_without_a_named_period_speaks_for_the_months_of_its_rows_only(mapped: Senders) -> None:
    send(mapped.clerk, mapped.police.pk, GOOD)
    send(
        mapped.clerk,
        mapped.police.pk,
        incidents(incident("9", "01/08/2026"), incident("8", "02/08/2026")),
        period=None,
        months=None,
    )
    assert months() == {date(2026, 7, 1): 1, date(2026, 8, 1): 2, date(2026, 9, 1): 1}


def test_the_same_file_under_another_name_changes_nothing(mapped: Senders) -> None:
    first = send(mapped.clerk, mapped.police.pk, GOOD)
    again = send(mapped.clerk, mapped.police.pk, GOOD, filename="a copy.csv", now=NOW + timedelta(hours=1))
    assert (first.state, again.state) == (DeliveryState.LOADED, DeliveryState.UNCHANGED)
    assert sum(months().values()) == 3


def test_a_killed_reading_is_run_again_and_says_loaded(mapped: Senders) -> None:
    sent = send(mapped.clerk, mapped.police.pk, GOOD)
    # As if the kill had come after the store's transaction and before the delivery's own.
    Delivery.objects.filter(pk=sent.pk).update(state=DeliveryState.WAITING, path=sent.pk.hex, finished_at=None)
    keeping.kept(sent.pk.hex).write_bytes(GOOD)
    again = actions.read_delivery(delivery_id=sent.pk, now=NOW + timedelta(minutes=1))
    assert again.state == DeliveryState.LOADED
    assert sum(months().values()) == 3


def test_a_bad_row_is_set_aside_with_its_number_and_what_to_do(mapped: Senders) -> None:
    rows = [incident(str(n)) for n in range(30)]
    delivery = send(mapped.clerk, mapped.police.pk, incidents(*rows, incident("31", "31/02/2026")))
    assert (delivery.rows_read, delivery.rows_kept) == (31, 30)
    (finding,) = queries.list_findings(mapped.clerk, delivery.pk)
    assert (finding.row_number, finding.column, finding.weight) == (32, "Incident date", "sets_aside")
    assert "no such day" in finding.says
    assert finding.says_cy != finding.says_en or finding.says_cy == finding.says


def test_rows_elsewhere_are_set_aside_and_a_file_wholly_elsewhere_is_refused(mapped: Senders) -> None:
    mixed = send(mapped.clerk, mapped.police.pk, incidents(incident("1"), incident("2", east=60_000)))
    assert (mixed.rows_read, mixed.rows_kept, mixed.counts["outside"]) == (2, 1, [1, "sets_aside"])
    elsewhere = send(mapped.clerk, mapped.police.pk, incidents(incident("5", east=60_000), incident("6", east=70_000)))
    assert elsewhere.state == DeliveryState.REFUSED
    assert sum(months().values()) == 1
    assert keeping.kept(elsewhere.path).exists(), "another layout may read it"


def test_a_file_that_cannot_be_read_is_refused_and_what_was_there_stays(mapped: Senders) -> None:
    send(mapped.clerk, mapped.police.pk, GOOD)
    bad = send(mapped.clerk, mapped.police.pk, b"%PDF-1.7 nothing", filename="incidents.csv")
    assert bad.state == DeliveryState.REFUSED
    assert "PDF" in bad.message
    assert sum(months().values()) == 3


def test_the_gate_holds_a_file_and_a_named_person_lets_it_through(mapped: Senders, tmp_path: Path) -> None:
    named = incidents(
        incident("1") + ",Call Mrs Jane Wilkinson on 07700 900123", header=GOOD.decode().splitlines()[0] + ",Notes"
    )
    held = send(mapped.clerk, mapped.police.pk, named)
    # A new column: the layout is matched again first.
    layout = learn_layout(mapped.clerk, mapped.police.pk, named, tmp_path)
    actions.match_columns(by=mapped.clerk, delivery_id=held.pk, layout_id=layout.pk, now=NOW)
    held = actions.read_delivery(delivery_id=held.pk, now=NOW)
    assert held.state == DeliveryState.HELD
    assert months() == {}
    said = " ".join(f"{each.says} {each.do}" for each in queries.list_findings(mapped.officer, held.pk))
    assert "Wilkinson" not in said
    assert "900123" not in said
    with pytest.raises(NotAllowed):
        actions.let_through(by=mapped.clerk, delivery_id=held.pk, reason="I would like it loaded.", now=NOW)
    with pytest.raises(RuleBroken):
        actions.let_through(by=mapped.officer, delivery_id=held.pk, reason="ok", now=NOW)
    actions.let_through(by=mapped.officer, delivery_id=held.pk, reason="The notes column is not kept.", now=NOW)
    loaded = actions.read_delivery(delivery_id=held.pk, now=NOW)
    assert (loaded.state, loaded.let_through_by) == (DeliveryState.LOADED, "An Officer")
    assert sum(months().values()) == 1


def test_a_heading_that_is_a_name_is_called_by_its_place(senders: Senders, tmp_path: Path) -> None:
    headless = incidents(incident("2"), header=GOOD.decode().splitlines()[0].replace("Location", "Jane Wilkinson"))
    with_heading(learn_layout(senders.clerk, senders.police.pk, GOOD, tmp_path), "Location", "Jane Wilkinson")
    delivery = send(senders.clerk, senders.police.pk, headless)
    assert delivery.state == DeliveryState.HELD
    said = [(each.column, each.says_en) for each in queries.list_findings(senders.officer, delivery.pk)]
    assert said
    assert "Wilkinson" not in str(said)


def test_a_correction_replaces_rows_by_their_references(mapped: Senders) -> None:
    send(mapped.clerk, mapped.police.pk, GOOD)
    before = NOW + timedelta(minutes=1)
    corrected = send(
        mapped.clerk,
        mapped.police.pk,
        incidents(incident("2", "16/08/2026", east=3_000), incident("4", "17/08/2026")),
        extent=Extent.CORRECTION,
        now=NOW + timedelta(days=1),
    )
    assert corrected.state == DeliveryState.LOADED, corrected.message
    assert months() == {date(2026, 7, 1): 1, date(2026, 8, 1): 2, date(2026, 9, 1): 1}
    then = store.run(CountBy(Where("police_incidents"), by=(Dimension.MONTH,)), known_on=before)
    assert sum(row[1] for row in then) == 3  # type: ignore[misc]
    again = send(
        mapped.clerk,
        mapped.police.pk,
        incidents(incident("2", "16/08/2026", east=3_000), incident("4", "17/08/2026")),
        extent=Extent.CORRECTION,
        now=NOW + timedelta(days=2),
    )
    assert again.state == DeliveryState.UNCHANGED


def test_a_delivery_is_withdrawn_whole_and_the_one_before_is_back(mapped: Senders) -> None:
    send(mapped.clerk, mapped.police.pk, GOOD)
    second = send(
        mapped.clerk, mapped.police.pk, incidents(incident("7")), now=NOW + timedelta(days=1), empties_months=True
    )
    assert sum(months().values()) == 1
    actions.withdraw(by=mapped.clerk, delivery_id=second.pk, reason="Sent by mistake.", now=NOW + timedelta(days=2))
    assert sum(months().values()) == 3


def test_withdrawing_a_repeat_leaves_what_the_first_had_brought(mapped: Senders) -> None:
    send(mapped.clerk, mapped.police.pk, GOOD)
    august = incidents(incident("7", "01/08/2026"), incident("8", "02/08/2026"))
    send(mapped.clerk, mapped.police.pk, august, period=date(2026, 8, 1), months=1, now=NOW + timedelta(days=1))
    again = send(mapped.clerk, mapped.police.pk, GOOD, now=NOW + timedelta(days=2))
    assert months()[date(2026, 8, 1)] == 1
    actions.withdraw(by=mapped.clerk, delivery_id=again.pk, reason="Sent by mistake.", now=NOW + timedelta(days=3))
    assert months() == {date(2026, 7, 1): 1, date(2026, 8, 1): 2, date(2026, 9, 1): 1}


def test_an_earlier_delivery_cannot_be_withdrawn_under_a_later_one(mapped: Senders) -> None:
    first = send(mapped.clerk, mapped.police.pk, GOOD)
    send(mapped.clerk, mapped.police.pk, incidents(incident("7")), now=NOW + timedelta(days=1), empties_months=True)
    with pytest.raises(RuleBroken, match="later"):
        actions.withdraw(by=mapped.clerk, delivery_id=first.pk, reason="Sent by mistake.", now=NOW + timedelta(days=2))
    assert sum(months().values()) == 1


def test_a_new_membership_makes_the_same_file_new(mapped: Senders) -> None:
    send(mapped.clerk, mapped.police.pk, GOOD)
    Membership.objects.create(
        organisation=mapped.police, partnership=make_partnership(), duty=Duty.RESPONSIBLE, from_on=date(2026, 1, 1)
    )
    again = send(mapped.clerk, mapped.police.pk, GOOD, now=NOW + timedelta(hours=1))
    assert again.state == DeliveryState.LOADED
    assert sum(months().values()) == 3


def test_a_key_sends_once(mapped: Senders) -> None:
    first = send(mapped.clerk, mapped.police.pk, GOOD, key="q3")
    again = send(mapped.clerk, mapped.police.pk, GOOD, key="q3")
    assert first.pk == again.pk
    with pytest.raises(Conflict):
        send(mapped.clerk, mapped.police.pk, incidents(incident("7")), key="q3")
    assert Delivery.objects.count() == 1


def test_nobody_sends_or_sees_for_another_organisation(mapped: Senders) -> None:
    delivery = send(mapped.clerk, mapped.police.pk, GOOD)
    fire = organisation("Square Fire", "fire", mapped.area.partnership)
    stranger = person("Fire Clerk", fire, mapped.area.partnership, "exchange.send")
    with pytest.raises(NotAllowed):
        send(stranger, mapped.police.pk, GOOD)
    with pytest.raises(NotFound):
        queries.get_delivery(stranger, delivery.pk)
    with pytest.raises(NotFound):
        actions.withdraw(by=stranger, delivery_id=delivery.pk, reason="Sent by mistake.", now=NOW)
    assert queries.get_delivery(mapped.officer, delivery.pk) == delivery
    assert queries.delivery_by_receipt(mapped.clerk, delivery.receipt.lower().replace("-", " ")) == delivery


def test_what_may_be_sent(mapped: Senders) -> None:
    for wrong in (
        {"dataset": "fire_incidents"},
        {"period": date(2026, 8, 1)},
        {"period": date(2027, 1, 1)},
        {"period": date(2026, 7, 2)},
        {"months": None},
        {"content": b""},
    ):
        given = {"content": GOOD, **wrong}
        with pytest.raises(RuleBroken):
            send(mapped.clerk, mapped.police.pk, **given)  # type: ignore[arg-type]
    outsider = organisation("Elsewhere Police", "police", None)
    with pytest.raises(NotAllowed):
        send(mapped.officer, outsider.pk, GOOD)
    assert not list(keeping.kept(keeping.FOLDER).glob("*"))


def test_files_that_nobody_decides_about_are_let_go(senders: Senders) -> None:
    delivery = send(senders.clerk, senders.police.pk, GOOD)
    kept = keeping.kept(delivery.path)
    job = senders.area.loader
    assert actions.let_old_files_go(by=job, now=NOW + timedelta(days=27)) == 0
    assert actions.let_old_files_go(by=job, now=NOW + timedelta(days=29)) == 1
    delivery.refresh_from_db()
    assert (delivery.state, kept.exists()) == (DeliveryState.REFUSED, False)


def test_a_row_whose_date_is_corrected_leaves_the_month_it_was_in(mapped: Senders) -> None:
    send(mapped.clerk, mapped.police.pk, GOOD)
    moved = send(
        mapped.clerk,
        mapped.police.pk,
        incidents(incident("1", "20/08/2026")),
        extent=Extent.CORRECTION,
        now=NOW + timedelta(days=1),
    )
    assert moved.state == DeliveryState.LOADED, moved.message
    assert months() == {date(2026, 8, 1): 2, date(2026, 9, 1): 1}


def test_a_stray_row_does_not_take_the_place_of_a_whole_month(mapped: Senders) -> None:
    send(mapped.clerk, mapped.police.pk, incidents(*[incident(str(n)) for n in range(30)]))
    august = incidents(incident("S", "31/07/2026"), *[incident(f"A{n}", "15/08/2026") for n in range(20)])
    stray = send(mapped.clerk, mapped.police.pk, august, period=None, months=None, now=NOW + timedelta(days=1))
    assert (stray.state, stray.counts["month_shrinks"]) == (DeliveryState.REFUSED, [1, "refuses"])
    assert months() == {date(2026, 7, 1): 30}


def test_a_file_that_mostly_repeats_its_references_is_refused(mapped: Senders) -> None:
    same = send(mapped.clerk, mapped.police.pk, incidents(*[incident("1") for _n in range(20)]))
    assert (same.state, "mostly_repeated" in same.counts) == (DeliveryState.REFUSED, True)


def test_a_name_in_the_files_name_is_not_kept_and_withdrawing_lets_the_report_go(mapped: Senders) -> None:
    rows = [incident(str(n)) for n in range(30)]
    sent = send(
        mapped.clerk,
        mapped.police.pk,
        incidents(*rows, incident("31", "31/02/2026")),
        filename="Peter Johnson NHS 943 476 5919.csv",
    )
    assert "Johnson" not in sent.filename
    report = keeping.kept(sent.report_path)
    assert report.exists()
    actions.withdraw(by=mapped.clerk, delivery_id=sent.pk, reason="Sent by mistake.", now=NOW)
    sent.refresh_from_db()
    assert sent.report_path == ""


def test_what_still_waits_is_not_withdrawn_under_the_readers_hands(mapped: Senders) -> None:
    sent = send(mapped.clerk, mapped.police.pk, GOOD)
    Delivery.objects.filter(pk=sent.pk).update(state=DeliveryState.WAITING)
    with pytest.raises(RuleBroken, match="being read"):
        actions.withdraw(by=mapped.clerk, delivery_id=sent.pk, reason="Sent by mistake.", now=NOW)
