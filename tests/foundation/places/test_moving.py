"""Figures that somebody brings, moved between loaded boundaries: as a room, and as a page."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from html import unescape
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.foundation.accounts.actors import ROLES, Role
from ourpatch.foundation.accounts.models import RoleGrant
from ourpatch.foundation.places import actions, moving, queries
from ourpatch.foundation.places.models import AreaKind, BoundarySet
from ourpatch.foundation.places.moving import Asked, Moved, move_figures
from ourpatch.foundation.places.permissions import Permission
from ourpatch.foundation.places.reading import AreaRow, PopulationRow
from ourpatch.foundation.places.reading.figures import read_figures
from ourpatch.ground.errors import BadInput, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor

from ..factories import make_partnership, make_user, sign_in
from ..factories_places import LOADER, NOW, SIDE, SOUTH, WEST, load_set, lsoa_rows, ward_rows

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def beat_rows() -> list[AreaRow]:
    """Four beats, each a ward and a half wide: "=Beat 1" to "=Beat 4"."""
    return [
        AreaRow(
            f"E05000{300 + place}",
            f"=Beat {place}",
            shapely.box(WEST + 1.5 * (place - 1) * SIDE, SOUTH, WEST + 1.5 * place * SIDE, SOUTH + SIDE),
        )
        for place in range(1, 5)
    ]


@pytest.fixture
def wards() -> BoundarySet:
    return load_set(AreaKind.WARD, ward_rows())


@pytest.fixture
def beats() -> BoundarySet:
    return load_set(AreaKind.WARD, beat_rows(), vintage="beats", valid_from=date(2015, 1, 1))


@pytest.fixture
def lsoas() -> BoundarySet:
    """Everybody lives in the south of each ward."""
    found = load_set(AreaKind.LSOA, lsoa_rows(), vintage="2021", valid_from=date(2021, 3, 21))
    people = [PopulationRow(0, row.code, "", 1000 if number % 2 == 0 else 0) for number, row in enumerate(lsoa_rows())]
    actions.attach_population(by=LOADER, boundary_set_id=found.pk, rows=people, year=2024, now=NOW)
    return found


def text_of(figures: dict[str, object]) -> str:
    return "ward,incidents\n" + "".join(f"{code},{figure}\n" for code, figure in figures.items())


def move(source: BoundarySet, target: BoundarySet, figures: dict[str, object] | str, **more: Any) -> Moved:
    text = figures if isinstance(figures, str) else text_of(figures)
    return move_figures(LOADER, Asked(text, source.pk, target.pk, **more))


def values(moved: Moved) -> dict[str, Fraction]:
    return {figure.code: figure.value for figure in moved.figures}


# ---------------------------------------------------------------- the room


def test_wards_to_beats_by_ground(wards: BoundarySet, beats: BoundarySet) -> None:
    moved = move(wards, beats, {"E05000001": 10, "E05000002": 7, "E05000003": 4})
    assert values(moved) == {"E05000301": Fraction(27, 2), "E05000302": Fraction(15, 2)}
    assert (moved.total, moved.missing) == (21, 0)
    assert moved.names["E05000301"] == "=Beat 1"


def test_an_area_without_a_figure_that_reaches_in_is_said(wards: BoundarySet, beats: BoundarySet) -> None:
    moved = move(wards, beats, {"E05000001": 10})
    assert (values(moved), moved.missing, moved.figures[0].missing) == ({"E05000301": 10}, 1, 1)


def test_whole_numbers_keep_the_total(wards: BoundarySet, beats: BoundarySet) -> None:
    moved = move(wards, beats, {"E05000001": 10, "E05000002": 7, "E05000003": 4}, whole=True)
    assert values(moved) == {"E05000301": 14, "E05000302": 7}


def test_by_where_people_live(wards: BoundarySet, lsoas: BoundarySet) -> None:
    by_ground = move(wards, lsoas, {"E05000001": 10})
    by_people = move(wards, lsoas, {"E05000001": 10}, people_set_id=lsoas.pk)
    assert values(by_ground) == {"E01000001": 5, "E01000002": 5}
    assert values(by_people) == {"E01000001": 10, "E01000002": 0}
    assert by_people.figures[1].most == 10


def test_a_new_population_is_used_at_once(wards: BoundarySet, lsoas: BoundarySet) -> None:
    move(wards, lsoas, {"E05000001": 10}, people_set_id=lsoas.pk)
    rows = [PopulationRow(0, "E01000002", "", 3000)]
    actions.attach_population(by=LOADER, boundary_set_id=lsoas.pk, rows=rows, year=2025, now=NOW)
    moved = move(wards, lsoas, {"E05000001": 10}, people_set_id=lsoas.pk)
    assert values(moved) == {"E01000001": Fraction(5, 2), "E01000002": Fraction(15, 2)}


def test_rates_weigh_by_people(wards: BoundarySet, beats: BoundarySet) -> None:
    people = [PopulationRow(0, "E05000001", "", 1000), PopulationRow(0, "E05000002", "", 4000)]
    actions.attach_population(by=LOADER, boundary_set_id=wards.pk, rows=people, year=2024, now=NOW)
    moved = move(wards, beats, {"E05000001": 10, "E05000002": "2.5"}, rates=True)
    assert values(moved)["E05000301"] == Fraction(10 * 1000 + Fraction(5, 2) * 2000, 3000)
    assert (moved.total, moved.outside) == (None, None)
    with pytest.raises(RuleBroken, match="E05000003"):
        move(wards, beats, {"E05000003": 1}, rates=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at least one row"),
        ("code,count\n", "at least one row"),
        ("E05000001,ten\n", "Row 1: give a code and a number"),
        ("code,count\nE05000001,-1\n", "Row 2: give a code and a number"),
        ("E05000001,1e9\n", "Row 1"),
        ("E05000001,nan\n", "Row 1"),
        ("E05000001,1,2\n", "Row 1"),
        ("E05000001\nE05000002\n", "Row 1"),
        ("E05000001,1\nJohn Smith,2\n", "Row 2: there is no area with this code in Ward 2023"),
        ("E05000001,1\nE05000001,2\n", "Row 2: this area is there twice"),
        ("E05000301,1\n", "1 of these codes belong to Ward beats"),
        ("E05000001,1\0\n", "not CSV"),
        (f"E05000001,{'1' * 200_000}\n", "not CSV"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_row_and_not_repeated(
    wards: BoundarySet, beats: BoundarySet, text: str, said: str
) -> None:
    with pytest.raises(RuleBroken, match=said) as refusal:
        move(wards, beats, text)
    assert "Smith" not in str(refusal.value)
    assert refusal.value.problems.by_field.keys() == {"figures"}


def test_only_the_first_ten_faults_are_told(wards: BoundarySet, beats: BoundarySet) -> None:
    with pytest.raises(RuleBroken, match="2 more rows") as refusal:
        move(wards, beats, "nobody,1\n" * 12)
    assert len(list(refusal.value.problems)) == 11


def test_parts_are_not_rounded_to_whole_numbers(wards: BoundarySet, beats: BoundarySet) -> None:
    with pytest.raises(RuleBroken, match="not whole numbers"):
        move(wards, beats, {"E05000001": "1.5"}, whole=True)


def test_who_may_not_see_places_may_not_convert(wards: BoundarySet, beats: BoundarySet) -> None:
    nobody = Actor.job("nobody", [], [])
    with pytest.raises(NotAllowed):
        move_figures(nobody, Asked("E05000001,1", wards.pk, beats.pk))
    with pytest.raises(NotFound):
        move_figures(LOADER, Asked("E05000001,1", wards.pk, uuid4()))
    BoundarySet.objects.filter(pk=beats.pk).update(loaded_at=None)
    with pytest.raises(NotFound):
        move(wards, beats, {"E05000001": 1})


def test_boundaries_too_large_for_a_page_are_refused(
    wards: BoundarySet, beats: BoundarySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "MOST_AREAS", 9)
    with pytest.raises(BadInput, match="more than 9 areas"):
        move(wards, beats, {"E05000001": 1})


@pytest.mark.rules
@given(
    st.dictionaries(st.from_regex(r"E0[15]\d{6}", fullmatch=True), st.decimals(0, 10**9, places=3), min_size=1),
    st.sampled_from([",", "\t", ";"]),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
    st.booleans(),
)
def test_figures_are_read_however_they_were_copied(
    figures: dict[str, Decimal], delimiter: str, end: str, has_heading: bool
) -> None:
    heading = f"code{delimiter}count{end}" if has_heading else ""
    text = heading + end.join(f"{code}{delimiter}{figure:f}" for code, figure in figures.items())
    assert {row.code: row.value for row in read_figures(text)} == {
        code: Fraction(figure) for code, figure in figures.items()
    }


def test_thousands_may_be_marked() -> None:
    assert read_figures('E05000001,"1,234.5"\n')[0].value == Fraction(2469, 2)
    assert read_figures("\ufeffE05000001\t1,234\t\n")[0].value == 1234


# ---------------------------------------------------------------- the page


@pytest.fixture
def keeper(client: Client) -> Client:
    """Signed in, and may see places."""
    ROLES.add("keeper", Role("keeper", "Keeper", "For a test.", frozenset({str(Permission.VIEW)})))
    user = make_user()
    place = queries.partnerships().first() or make_partnership()
    RoleGrant.objects.create(user=user, role="keeper", service_area=place, from_on=date(2020, 1, 1))
    sign_in(client, user)
    return client


def asked(source: BoundarySet, target: BoundarySet, **more: Any) -> dict[str, Any]:
    return {
        "from_set": str(source.pk),
        "to_set": str(target.pk),
        "kind": "counts",
        "weighting": "ground",
        "figures": text_of({"E05000001": 10, "E05000002": 7, "E05000003": 4}),
        **more,
    }


def post(client: Client, **form: Any) -> str:
    response = client.post(reverse("places:convert"), form)
    assert response.status_code == 200
    return str(response.content.decode())


def test_it_asks_and_shows_the_converted_figures(keeper: Client, wards: BoundarySet, beats: BoundarySet) -> None:
    form = keeper.get(reverse("places:convert")).content.decode()
    assert "Ward 2023" in form
    assert "Ward beats" in form
    shown = post(keeper, **asked(wards, beats))
    for expected in ("=Beat 1", "13.5", "7.5", "Outside all of these areas", "it lies between 10 and 17", "Total"):
        assert expected in shown


def test_the_same_figures_come_down_as_a_file(keeper: Client, wards: BoundarySet, beats: BoundarySet) -> None:
    """The button on the page carries all that was asked; the file adds up to the total exactly and holds no formula."""
    shown = post(keeper, **asked(wards, beats, figures=text_of({"E05000001": "0.333333", "E05000002": 7})))
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown)
    carried = {name: unescape(value) for name, value in hidden if name != "csrfmiddlewaretoken"}
    response = keeper.post(reverse("places:convert"), carried)
    assert response["Content-Type"].startswith("text/csv")
    assert "attachment" in response["Content-Disposition"]
    text = response.content.decode()
    rows = list(csv.DictReader(line for line in StringIO(text) if not line.startswith(("#", '"#'))))
    assert sum(Decimal(row["figure"]) for row in rows) == Decimal("7.333333")
    assert [row["name"] for row in rows] == ["'=Beat 1", "'=Beat 2", "Outside all of these areas"]
    assert rows[0]["least"] == "0.333333"
    assert not any(cell.startswith("=") for row in csv.reader(StringIO(text)) for cell in row)


def test_a_file_may_be_handed_in(keeper: Client, wards: BoundarySet, beats: BoundarySet) -> None:
    file = SimpleUploadedFile("figures.csv", text_of({"E05000001": 10}).encode("utf-8-sig"))
    assert "=Beat 1" in post(keeper, **asked(wards, beats, figures="", file=file))


def test_a_wrong_form_keeps_what_was_typed_and_says_why(keeper: Client, wards: BoundarySet, beats: BoundarySet) -> None:
    shown = post(keeper, **asked(wards, beats, figures="E05000001,10\nE05000099,7"))
    assert "Row 2: there is no area with this code" in shown
    assert "E05000001,10" in shown
    assert "Choose others" in post(keeper, **asked(wards, wards))
    assert "Paste the figures, or choose a file" in post(keeper, **asked(wards, beats, figures=" "))
    latin = SimpleUploadedFile("figures.csv", "E05000001,1\nTŷ,2".encode("utf-16"))
    assert "CSV UTF-8" in post(keeper, **asked(wards, beats, figures="", file=latin))
    large = SimpleUploadedFile("figures.csv", b"x" * (2 * 1024 * 1024 + 1))
    assert "larger than 2 MB" in post(keeper, **asked(wards, beats, figures="", file=large))
    both = SimpleUploadedFile("figures.csv", b"E05000001,1")
    assert "not both" in post(keeper, **asked(wards, beats, file=both))
    assert "Select a valid choice" in post(keeper, **asked(wards, beats, weighting=str(beats.pk)))


def test_weighting_by_people_is_offered_where_people_are_known(
    keeper: Client, wards: BoundarySet, lsoas: BoundarySet
) -> None:
    form = keeper.get(reverse("places:convert")).content.decode()
    assert form.count("By where people live, from") == 1
    shown = post(keeper, **asked(wards, lsoas, weighting=str(lsoas.pk), whole="on"))
    assert "By where people live, from Lower-layer super output area (LSOA) 2021" in shown


def test_with_fewer_than_two_sets_it_says_what_to_do(keeper: Client, wards: BoundarySet) -> None:
    assert "ourpatch load-boundaries" in keeper.get(reverse("places:convert")).content.decode()


def test_the_places_page_leads_there(keeper: Client, wards: BoundarySet) -> None:
    assert reverse("places:convert") in keeper.get(reverse("places:places")).content.decode()


def test_nobody_converts_without_signing_in(client: Client) -> None:
    assert client.get(reverse("places:convert")).status_code == 302
