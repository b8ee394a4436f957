"""Identifiers with a shape: check digits, spaces, dots, letters for digits; and numbers that only look like them."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.gate.values import Values

from ourpatch.data.exchange.gate import addresses, dates, numbers, vocabulary
from ourpatch.data.exchange.gate.kinds import Kind

pytestmark = pytest.mark.rules

SHAPES = {
    Kind.NHS_NUMBER: ("nhs", "nhs_spaced", "nhs_dashed", "nhs_dotted"),
    Kind.CARD_NUMBER: ("card", "card_spaced", "card_dashed"),
    Kind.CUSTODY_NUMBER: ("custody", "arrest_summons"),
    Kind.NOMINAL_NUMBER: ("pnc", "pnc_short", "prisoner"),
    Kind.NATIONAL_INSURANCE: ("ni", "ni_spaced", "ni_lower", "ni_dotted"),
    Kind.DRIVING_LICENCE: ("licence", "licence_spaced"),
    Kind.EMAIL: ("email", "email_at", "email_spaced", "email_upper"),
    Kind.TELEPHONE: (
        "mobile",
        "mobile_dots",
        "mobile_letter_o",
        "mobile_plus",
        "mobile_zeros",
        "landline",
        "landline_plus",
    ),
    Kind.REGISTRATION_MARK: (
        "mark",
        "mark_joined",
        "mark_lower",
        "mark_letter_o",
        "mark_prefix",
        "mark_suffix",
        "mark_ni",
    ),
    Kind.DEVICE_ADDRESS: ("ip", "ip6", "mac"),
}


WORDS = {word.upper() for word in vocabulary.section("not marks")}
"""Parts of marks that are words: not believed in a sentence."""


def kinds(text: str) -> set[Kind]:
    return {hit.kind for hit in numbers.find(text) if hit.sure}


@pytest.mark.parametrize(("kind", "shape"), [(kind, shape) for kind, shapes in SHAPES.items() for shape in shapes])
def test_shape_is_found_alone_and_in_a_sentence(kind: Kind, shape: str) -> None:
    made = Values(Random(shape), ("Ann Smith",))
    for _ in range(200):
        value = made[shape]
        assert kind in kinds(value), value
        if kind is not Kind.REGISTRATION_MARK or WORDS.isdisjoint(re.findall("[A-Z]{3}", value.upper())):
            assert kind in kinds(f"Seen on Monday, {value}, by the gate"), value


@given(st.integers(min_value=0), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_spoils_an_nhs_number(seed: int, place: int, by: int) -> None:
    digits = Values(Random(seed), ()).nhs()
    assert numbers.nhs_valid(digits)
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert not numbers.nhs_valid(wrong)


@given(st.integers(min_value=0), st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_spoils_a_card_number(seed: int, place: int, by: int) -> None:
    digits = Values(Random(seed), ()).card()
    assert numbers.luhn_valid(digits)
    assert not numbers.luhn_valid(digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :])


def test_published_examples_are_right() -> None:
    assert numbers.nhs_valid("9434765919")  # NHS data dictionary's example
    assert numbers.luhn_valid("4111111111111111")


def test_mistyped_nhs_number_is_found_where_the_text_says_that_it_is_one() -> None:
    assert kinds("NHS No 943 476 5910") == {Kind.NHS_NUMBER}
    assert kinds("943 476 5910") == set()


@pytest.mark.parametrize(
    "text",
    [
        *("SD 536 292", "SD536292", "TQ 12345 67890", "///filled.count.soap", "E01012345", "on the A583 JCT 3"),
        *("01/02/2026 10:43", "2026-02-01T10:43:00Z", "12:30:45", "LC-20260304-0123", "0145-120326", "100012345678"),
        *("53.7632198765", "381064.3", "section 2.5.1.3", "call 101 or 999", "0300 123 4567", "PR25 and Leyland"),
        *("no reg seen", "meet @ 10:30", "Flat roof on Mill Lane", "48/01", "T51.9", "12A/2026", "version 1.2.3.4"),
        *("M6 J31 northbound", "X85", "8L 105A", "£1,234,567.89", "Op Genga 2026"),
    ],
)
def test_what_only_looks_like_an_identifier_is_left_alone(text: str) -> None:
    assert kinds(text) == set()


@pytest.mark.parametrize("text", ["PR1 2AB", "pr12ab", "at SW1A 1AA.", "M1 1AE", "PR1 OAB"])
def test_full_postcodes_are_found(text: str) -> None:
    assert addresses.find_postcode(text) is not None


@pytest.mark.parametrize("text", ["PR1", "M6 2nd exit", "QX1 2AB", "PR1 2", "T51 9AB"])
def test_half_postcodes_and_ordinals_are_left_alone(text: str) -> None:
    assert addresses.find_postcode(text) is None


BIRTHS = ("dob 3/4/87", "D.O.B. 03.04.1987", "born on 3rd April 1987", "3/4/1987 (DOB)", "date of birth: 1987-04-03")


@pytest.mark.parametrize("text", BIRTHS)
def test_dates_that_are_said_to_be_births_are_found(text: str) -> None:
    assert dates.says_birth(text)


@pytest.mark.parametrize(
    "text", ["bbq 3/4/2026", "stubborn 03/04/2026", "seen 3/4/1987", "born and bred", "Dobson St 3/4/26"]
)
def test_other_dates_are_left_alone(text: str) -> None:
    assert not dates.says_birth(text)
