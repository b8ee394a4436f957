"""In the demo every authority's file came in by the actions of real life, and store and ledger tell the truth about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.foundation.factories import sign_in

from ourpatch.data.duties import queries as ledger
from ourpatch.data.duties import rules as periods
from ourpatch.data.duties.models import Declaration, Reminder
from ourpatch.data.duties.rules import InformationPeriod, State
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryState, LayoutVersion
from ourpatch.data.store import queries as store
from ourpatch.foundation.accounts.models import User
from ourpatch.foundation.law.clocks import add_months
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.site import demo_home as home_of_demo
from ourpatch.site.demo import county as invented_county
from ourpatch.site.demo import play
from ourpatch.site.demo.county import returns
from ourpatch.site.demo.county.organisations import ORGANISATIONS
from ourpatch.site.demo.county.returns import Deed, Event
from ourpatch.site.demo.stage import BEFOREHAND

from ..demo_fixture import Demo, demo, demo_home

__all__ = ["demo", "demo_home"]

pytestmark = pytest.mark.room

NAMES = {each.name: each.key for each in ORGANISATIONS}
CAME = {
    Deed.SEND: DeliveryState.LOADED,
    Deed.CORRECT: DeliveryState.LOADED,
    Deed.SEND_UNREADABLE: DeliveryState.REFUSED,
    Deed.SEND_NAMED: DeliveryState.HELD,
}


@pytest.fixture(scope="module")
def until(demo_home: Path) -> date:
    """The day up to which the demo was told."""
    built_on = date.fromtimestamp((demo_home / home_of_demo.SHEET).stat().st_mtime)
    return built_on - timedelta(days=1)


@pytest.fixture(scope="module")
def carrowshire(until: date) -> invented_county.County:
    """The county that was played."""
    whole = invented_county.build(2026, until)
    return replace(whole, incidents=play._fewer(whole))


@pytest.fixture(scope="module")
def told(carrowshire: invented_county.County) -> tuple[Event, ...]:
    return returns.events(carrowshire.start - BEFOREHAND, carrowshire.until)


def state_after(event: Event, told: tuple[Event, ...]) -> str:
    """What a sent file must have become by the end of the story."""
    about = (event.organisation, event.dataset, event.first)
    taken_back = event.deed is Deed.SEND_NAMED and any(
        each.deed is Deed.WITHDRAW and (each.organisation, each.dataset, each.first) == about for each in told
    )
    return str(DeliveryState.WITHDRAWN if taken_back else CAME[event.deed])


def test_every_deed_of_the_story_left_its_delivery(demo: Demo, told: tuple[Event, ...]) -> None:
    wanted = Counter(
        (each.organisation, each.dataset, each.first, state_after(each, told)) for each in told if each.deed in CAME
    )
    found = Counter(
        (NAMES[each.organisation.name], each.dataset, each.period, each.state)
        for each in Delivery.objects.select_related("organisation")
    )
    assert found == wanted
    assert len(wanted) > 80


def test_exactly_the_rows_that_were_told_are_kept(
    demo: Demo, told: tuple[Event, ...], carrowshire: invented_county.County
) -> None:
    sent = {
        (NAMES[each.organisation.name], each.dataset, each.period, each.extent, each.state): each.rows_kept
        for each in Delivery.objects.select_related("organisation")
    }
    for each in told:
        if each.deed in CAME:
            made = returns.file_of(carrowshire, each, play.SMALL_SHARE)
            extent = "correction" if each.deed is Deed.CORRECT else "whole"
            key = (each.organisation, each.dataset, each.first, extent, state_after(each, told))
            assert sent[key] == made.rows, made.filename


def test_the_store_counts_by_category_what_was_told(
    demo: Demo, told: tuple[Event, ...], carrowshire: invented_county.County
) -> None:
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for each in told:
        if each.deed is Deed.SEND:
            wanted[each.dataset].update(returns.file_of(carrowshire, each, play.SMALL_SHARE).counts)
        if each.deed is Deed.CORRECT:
            corrected = returns.file_of(carrowshire, each, play.SMALL_SHARE).rows
            wanted[each.dataset].update({"slight": -corrected, "serious": corrected})
    assert set(wanted) == set(returns.DATASETS)
    for dataset, counts in wanted.items():
        rows = store.run(store.CountBy(store.Where(dataset), by=(store.Dimension.CATEGORY,)))
        assert {str(category): n for category, n in rows} == {key: n for key, n in counts.items() if n}, dataset


def test_every_sender_has_one_layout_of_each_dataset(demo: Demo) -> None:
    found = {
        (NAMES[each.organisation.name], each.dataset) for each in LayoutVersion.objects.select_related("organisation")
    }
    assert found == {(each.organisation, each.dataset) for each in returns.SENDERS}
    assert LayoutVersion.objects.count() == len(found)
    assert set(Delivery.objects.values_list("channel", flat=True)) == {Channel.BROWSER, Channel.FOLDER}


def test_a_file_that_is_held_waits_for_a_decision_without_a_row_in_the_store(demo: Demo) -> None:
    held = Delivery.objects.filter(state=DeliveryState.HELD)
    assert held.exists()
    for each in held:
        assert each.rows_kept == 0
        assert not each.parts.exists()
        assert set(each.findings.values_list("kind", flat=True)) >= {"gate_name", "gate_birth_date"}


def test_the_ledger_says_of_the_judged_quarter_what_the_story_says(
    demo: Demo, until: date, told: tuple[Event, ...]
) -> None:
    quarter = InformationPeriod(returns.quarters(until - timedelta(days=200), until)[-2])
    standings = {
        (NAMES[each.organisation.name], each.spec.key): each.standing
        for partnership in ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP)
        for each in ledger.returns_of(partnership, [quarter], until, clock.now())
        if each.period.months == periods.QUARTER
    }
    due = add_months(quarter.start, 6) - timedelta(days=1)
    for who, standing in standings.items():
        deeds = {
            each.deed: each.day
            for each in told
            if (each.organisation, each.dataset, each.first) == (*who, quarter.start)
        }
        wanted = State.NOT_OWED if who in returns.NOT_HELD else expected_state(deeds, due)
        assert standing.state is wanted, who
    assert {(each.organisation, each.dataset) for each in returns.SENDERS if each.months == 3} < set(standings)


def expected_state(deeds: dict[Deed, date], due: date) -> State:
    """What the ledger must say, after its due day, of a return of which these deeds were done."""
    if Deed.CORRECT in deeds:
        return State.CORRECTED
    if Deed.NOTHING in deeds:
        return State.NOTHING_TO_REPORT
    if Deed.SEND in deeds:
        return State.LATE if deeds[Deed.SEND] > due else State.RECEIVED
    return State.OVERDUE


def test_each_person_of_the_sheet_opens_the_page_it_names(demo: Demo) -> None:
    for person in demo.sheet["people"]:
        client = Client()
        sign_in(client, User.objects.get(email=person["email"]))
        assert client.get(person["first"]).status_code == 200, person["role"]


def test_somebody_was_reminded_and_whoever_has_nothing_said_so(demo: Demo) -> None:
    assert Reminder.objects.filter(dataset="council_asb").exists()
    assert set(Declaration.objects.values_list("kind", flat=True)) == {"nothing", "not_held"}
