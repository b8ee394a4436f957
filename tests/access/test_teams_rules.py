"""One named contact on every day or a gap that shows; whoever covers stands in; messages find their person."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.access.teams import rules
from ourpatch.access.teams.rules import Because, PostKind, Term

pytestmark = pytest.mark.rules

DAY = date(2026, 11, 18)
days = st.integers(-40, 40).map(lambda offset: DAY + timedelta(days=offset))


def a_term(kind: PostKind = PostKind.OFFICER, **more: object) -> Term:
    facts: dict[str, object] = {"post_id": uuid4(), "kind": kind, "from_on": date(2020, 1, 1)}
    return Term(**{**facts, **more})  # type: ignore[arg-type]


@st.composite
def terms(draw: st.DrawFn) -> Term:
    first = draw(days)
    length = draw(st.none() | st.integers(0, 40))
    until = None if length is None else first + timedelta(days=length)
    return a_term(draw(st.sampled_from(PostKind)), from_on=first, until=until, is_named_contact=draw(st.booleans()))


@given(st.lists(terms(), max_size=8), days)
def test_terms_that_the_rules_let_in_never_give_two_named_contacts_on_a_day(offered: list[Term], on: date) -> None:
    taken: list[Term] = []
    for term in offered:
        if not rules.check_term(term, taken):
            taken.append(term)
    holders = [term for term in taken if term.is_named_contact and term.holds_on(on)]
    contact = rules.named_contact(taken, on)
    assert len(holders) <= 1
    assert (contact.post_id if contact else None) == (holders[0].post_id if holders else None)


@given(st.lists(terms(), max_size=6), days)
def test_nobody_takes_a_message_who_is_not_in_post_that_day(offered: list[Term], on: date) -> None:
    by_id = {term.post_id: term for term in offered}
    assert all(by_id[each.post_id].holds_on(on) for each in rules.who_takes(offered, "crime", on))


@given(terms(), terms())
def test_overlap_is_mutual_and_means_a_day_in_common(one: Term, other: Term) -> None:
    window = [DAY + timedelta(days=offset) for offset in range(-80, 121)]
    together = any(one.holds_on(day) and other.holds_on(day) for day in window)
    assert one.overlaps(other) is other.overlaps(one) is together


def test_cover_is_the_named_contact_while_it_lasts() -> None:
    contact = a_term(is_named_contact=True)
    cover = a_term(PostKind.PCSO, from_on=DAY, until=DAY + timedelta(days=7), covers=contact.post_id)
    assert not rules.check_term(cover, [contact])
    during, after = (rules.named_contact([contact, cover], day) for day in (DAY, DAY + timedelta(days=8)))
    assert during == rules.Candidate(cover.post_id, Because.COVER)
    assert after == rules.Candidate(contact.post_id, Because.NAMED_CONTACT)


def test_the_last_day_still_counts_and_the_next_does_not() -> None:
    term = a_term(until=DAY, is_named_contact=True)
    assert rules.named_contact([term], DAY)
    assert rules.named_contact([term], DAY + timedelta(days=1)) is None


def test_a_subject_goes_first_to_whoever_has_it_then_to_the_contact_then_up() -> None:
    contact, sergeant = a_term(is_named_contact=True), a_term(PostKind.SERGEANT)
    streets = a_term(PostKind.STREETS, takes=frozenset({"environmental"}))
    team = [sergeant, contact, streets]
    assert [each.because for each in rules.who_takes(team, "environmental", DAY)] == [
        Because.SUBJECT,
        Because.NAMED_CONTACT,
        Because.SUPERVISOR,
    ]
    assert [each.post_id for each in rules.who_takes(team, "crime", DAY)] == [contact.post_id, sergeant.post_id]


def test_cover_needs_an_end_and_a_post_of_the_team() -> None:
    contact = a_term(is_named_contact=True)
    endless = a_term(from_on=DAY, covers=contact.post_id)
    stranger = a_term(from_on=DAY, until=DAY, covers=uuid4())
    assert "until" in rules.check_term(endless, [contact]).by_field
    assert "covers" in rules.check_term(stranger, [contact]).by_field


def test_two_people_do_not_cover_one_post_at_once() -> None:
    contact = a_term(is_named_contact=True)
    first = a_term(from_on=DAY, until=DAY + timedelta(days=7), covers=contact.post_id)
    second = a_term(from_on=DAY + timedelta(days=7), until=DAY + timedelta(days=9), covers=contact.post_id)
    assert "from_on" in rules.check_term(second, [contact, first]).by_field


def test_a_team_that_cannot_be_reached_is_no_team() -> None:
    assert rules.check_team(name="Dell team", email="", telephone=" ")
    assert not rules.check_team(name="Dell team", email="", telephone="01632 960001")
