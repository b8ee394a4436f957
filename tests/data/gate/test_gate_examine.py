"""What the gate says of a file: which cells and headings hold it, which are left alone, and that nothing is repeated."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.gate import tuned
from tests.data.gate.corpus import sheet_of
from tests.data.gate.values import Values

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.findings import Findings, Weight
from ourpatch.data.exchange.gate import examine, headings, names, numbers
from ourpatch.data.exchange.gate.kinds import Kind
from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.mapping.shapes import squeezed
from ourpatch.data.exchange.reading.sheet import SheetOptions
from ourpatch.data.store import specs

pytestmark = pytest.mark.rules

ASB = "council_asb"


def look(
    columns: dict[str, list[str]], dataset: str = ASB, layout: Layout | None = None, listed: int = 200
) -> Findings:
    return examine(sheet_of(columns), layout, specs.dataset(dataset), listed=listed)


def held(columns: dict[str, list[str]], dataset: str = ASB) -> set[tuple[int, str, str]]:
    kept = look(columns, dataset).kept
    return {(each.row, each.column, each.kind) for each in kept if each.weight is Weight.HOLDS}


def test_row_and_column_of_an_ignored_column_are_named() -> None:
    columns = {"Date received": ["01/02/2026", "02/02/2026"], "Extra": ["none", "Mrs Kowalska rang"]}
    assert held(columns) == {(3, "Extra", "gate_name")}


def test_mapped_column_is_looked_at_like_any_other() -> None:
    layout = Layout(ASB, (Mapped("reference", "Our ref"),), SheetOptions(), ("Our ref",))
    found = look({"Our ref": ["SR-1", "jane.doe@example.org"]}, layout=layout)
    assert (3, "gate_email") in {(each.row, each.kind) for each in found.kept}
    assert {each.row for each in found.kept} == {3}


def test_two_kinds_in_one_cell_are_both_told() -> None:
    kinds = {kind for _row, _column, kind in held({"Notes": ["", "victim John Smith DOB 3/4/1987 tel 07700 900123"]})}
    assert kinds == {"gate_name", "gate_birth_date", "gate_telephone"}


@pytest.mark.parametrize("heading", [*tuned.HEADINGS])
def test_heading_that_announces_an_identifier_holds_once(heading: str) -> None:
    found = look({heading: [f"XY{number:05d} PR1 2AB" for number in range(300)]}, "hospital_assault_alcohol")
    assert sum(n for kind, n in found.counts.items() if kind.startswith("gate_heading_")) == 1


@pytest.mark.parametrize("heading", [*tuned.CLEAN_HEADINGS])
def test_heading_of_a_thing_is_left_alone(heading: str) -> None:
    assert not look({heading: ["Something", "Nothing much"]}).kept


def test_empty_column_under_a_telling_heading_is_left_alone() -> None:
    assert not look({"Surname": ["", "N/A"], "Victim": ["Yes", "No"], "Suspect": ["1", "2"]}).kept


@pytest.mark.parametrize("key", [*specs.every()])
def test_headings_that_a_dataset_expects_are_left_alone(key: str) -> None:
    spec = specs.dataset(key)
    known = {squeezed(name) for each in spec.fields for name in each.names}
    for each in spec.fields:
        for name in each.names:
            assert headings.announced(name, known) is None
            hits = [names.find(name), *numbers.find(name)]
            assert not any(hit and hit.sure for hit in hits), name


def test_first_row_of_data_taken_for_headings_is_not_repeated() -> None:
    found = look({"John Smith": ["Mary Jones"], "07700 900123": ["07700 900124"], "Noise": ["Litter"]})
    assert {each.column for each in found.kept} == {"#1", "#2"}
    told = "".join(f"{each.says}{each.do}{each.column}" for each in found.kept)
    assert "Smith" not in told
    assert "900" not in told
    assert {each.row for each in found.kept} == {0, 2}


def test_postcode_only_where_the_dataset_asks_for_one() -> None:
    assert not held({"Site postcode": ["PR1 2AB"], "Site": ["Mill Lane, PR1 2AB"]})
    assert held({"Notes": ["came from PR1 2AB"]}) == {(2, "Notes", "gate_postcode")}
    outward = {"Outward code": ["PR1", "PR1 2AB"]}
    assert held(outward, "hospital_domestic_abuse") == {(3, "Outward code", "gate_postcode")}


def test_numbered_address_only_holds_where_homes_are_meant() -> None:
    place = {"Notes": ["Noise at 14 Acacia Avenue"]}
    assert not held(place)
    assert held({"Notes": ["lives at 14 Acacia Avenue"]}) == {(2, "Notes", "gate_home_address")}
    assert held(place, "hospital_assault_alcohol") == {(2, "Notes", "gate_home_address")}


def test_numbers_right_by_chance_do_not_hold_a_column_of_references() -> None:
    rng = Random(3)
    references = [str(rng.randrange(3 * 10**9, 10**10)) for _ in range(400)]
    assert any(numbers.nhs_valid(each) for each in references)
    assert not held({"Case ref": references})


def test_column_of_nhs_numbers_holds_under_any_heading() -> None:
    made = Values(Random(4), ())
    found = look({"Case ref": [made.nhs() for _ in range(400)]})
    assert found.counts["gate_nhs_number"] == 400
    assert len(found.kept) == 200


def test_column_of_birthdays_is_known_by_its_years() -> None:
    made = Values(Random(5), ())
    births = [made.born() for _ in range(60)]
    received = ["01/02/2026"] * 60
    assert (0, "Field 7", "gate_birth_dates") in held({"Date received": received, "Field 7": births})
    assert not held({"Date received": births})  # an old archive is old in the column that says when


def test_column_of_rare_single_names_is_known_by_the_others() -> None:
    found = held({"Field 7": ["Khan", "Patel", "Hughes", "Nowak", "Okafor", "Zzyzx"]})
    assert {row for row, _column, kind in found if kind == "gate_name"} == {2, 3, 4, 5, 6, 7}


def test_every_column_gets_a_finding_before_any_gets_its_second() -> None:
    columns = {f"Field {number}": [f"a{row}@example.org" for row in range(50)] for number in range(5)}
    found = look(columns, listed=10)
    assert {each.column for each in found.kept} == set(columns)
    assert (len(found.kept), found.counts["gate_email"]) == (10, 250)


def test_sheet_without_rows_or_with_nothing_in_them_is_fine() -> None:
    assert not look({"Date received": [], "Notes": []}).kept
    assert not look({"Date received": [""], "Notes": ["  "]}).kept


CELLS = st.sampled_from([*tuned.OFFENCES, *tuned.SCHOOLS, "john smith", "07700 900123", ""])


@given(st.lists(CELLS, max_size=30), st.randoms())
def test_order_of_rows_changes_nothing(cells: list[str], rng: Random) -> None:
    order = list(range(len(cells)))
    rng.shuffle(order)
    straight = {(each.row - 2, each.kind) for each in look({"Notes": cells}).kept}
    mixed = {(order[each.row - 2], each.kind) for each in look({"Notes": [cells[at] for at in order]}).kept}
    assert straight == mixed


@given(st.text(max_size=60))
def test_any_text_is_looked_at_without_a_fault(text: str) -> None:
    for dataset in (ASB, "hospital_assault_alcohol"):
        for each in look({"Notes": [text], "Site": [text]}, dataset).kept:
            assert each.kind.startswith("gate_")
            assert str(each.says)
            assert str(each.do)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Victoria Street",
            "St Mary's",
            "King George Avenue",
            "Mark Lane",
            "Rear of John Street",
            "James Hargreaves Way",
        ),
        *(
            "William Hill shop",
            "John Lewis car park",
            "St John Ambulance attended",
            "Lord Nelson pub",
            "Ysgol Dewi Sant",
        ),
        *("Sir Tom Finney Community High School", "Mark as closed. Will review in May.", "Acacia Dr", "SARA completed"),
    ],
)
def test_what_is_called_after_people_is_no_person(text: str) -> None:
    hit = names.find(text)
    assert hit is None or not hit.sure


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Mrs Okonkwo",
            "SMITH, John",
            "told john smith to leave",
            "VICTIM IS AISHA BEGUM",
            "PC 1432 Black",
            "J. Hargreaves",
        ),
        *(
            "Siân Llewellyn rang",
            "Zbigniew Brzęczyszczykiewicz",
            "youth named Mark ran off",
            "mr kowalczyk",
            "Wei Zhang seen",
        ),
    ],
)
def test_people_are_found_in_any_case_and_order(text: str) -> None:
    hit = names.find(text)
    assert hit is not None
    assert hit.sure


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Beth",
            "Beth ddigwyddodd",
            "BETH DDIGWYDDODD",
            "Beth Ddigwyddodd",
            "Beth wedi torri?",
            "Ion - Maw 2026",
            "Iau",
            "Mai",
        ),
        *(
            "Dan 18 oed",
            "Tân bwriadol",
            "Gwyn a glas",
            "Sbwriel ar Heol y Bryn",
            "Dydd Iau",
            "Gwen",
            "Haf 2026",
            "Allan o'r tŷ",
        ),
    ],
)
def test_welsh_words_that_are_names_name_nobody(text: str) -> None:
    assert names.find(text) is None
    assert gate.quotable(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Beth Davies",
            "Dywedodd Beth fod y drws ar agor",
            "Beth Llywelyn wedi torri'r ffenestr",
            "Gwyn Jones yn gweiddi",
        ),
        *(
            "Beth said that the door was open",
            "victim Beth, no injuries",
            "Mr Dan Pritchard",
            "Ion Popescu",
            "Olaf Hansen",
            "Tim Allan",
        ),
        *("Ms Tan rang", "Beth reports youths on Heol y Bryn", "JONES, Beth", "Gwelais Bryn yn y maes parcio"),
    ],
)
def test_people_who_are_called_like_welsh_words_are_found(text: str) -> None:
    hit = names.find(text)
    assert hit is not None
    assert hit.sure


def test_a_column_of_welsh_days_months_and_seasons_is_no_list_of_people() -> None:
    months = ["Ion", "Chwe", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag"]
    columns = {
        "Mis": months,
        "Diwrnod": ["Llun", "Mawrth", "Mercher", "Iau", "Gwener", "Sadwrn", "Sul"] + ["Iau"] * 5,
        "Beth": ["Gwyn", "Du", "Glas", "Coch", "Haf", "Gaeaf", "Gwanwyn", "Hydref"] + ["Gwyn"] * 4,
    }
    found = examine(sheet_of(columns), None, specs.dataset("council_asb"))
    assert found.counts == {}
    listed = {"Beth": ["Beth", "Gwyn", "Bryn", "Dewi", "Mair", "Eleri"]}
    assert examine(sheet_of(listed), None, specs.dataset("council_asb")).counts["gate_name"] == 6


def test_every_kind_has_its_words() -> None:
    from ourpatch.data.exchange.gate import kinds

    assert set(kinds.WHAT) == set(Kind)


def test_digests_bodies_and_streets_that_sound_like_people_are_nobody() -> None:
    columns = {
        "Crime ID": ["7010e6a85b76c53bea254753efa6c4623645290fba2ca8c133f9eb64daf6ec79"] * 3,
        "Reported by": ["Lancashire Constabulary", "Heddlu Gwent", "British Transport Police"],
        "Location": ["On or near Constable Street", "Fergus Manor", "Willow Brook"],
    }
    found = examine(sheet_of(columns), None, specs.dataset("police_uk_street"))
    assert found.counts == {}
    people = {"Reported by": ["Jane Wilkinson", "Amir Hussain"], "Location": ["Mr Fergus Brook", "Mrs Jane Wilkinson"]}
    found = examine(sheet_of(people), None, specs.dataset("police_uk_street"))
    assert found.counts["gate_name"] >= 4
