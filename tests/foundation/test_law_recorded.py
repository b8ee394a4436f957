"""The lists of what is recorded: their codes, since when each held, and that one spelling never means two codes."""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.foundation import law
from ourpatch.foundation.law.book import _everything
from ourpatch.ground.errors import NotFound

pytestmark = pytest.mark.rules

TODAY = date(2026, 11, 24)
LISTS = [entry for entry, _where in _everything() if isinstance(entry, law.CodeList)]
SPELT = [each for each in LISTS if any("also" in item.facts for item in each)]
EITHER_WAY = pytest.mark.parametrize("codes", SPELT, ids=lambda each: f"{each.key}-{each.origin.valid_from}")


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


class TestSpellings:
    @EITHER_WAY
    def test_a_spelling_means_one_code(self, codes):
        owners: dict[str, str] = {}
        for item in codes:
            for word in {plain(w) for w in (item.code, item.label.en, *item.facts.get("also", ()))}:
                assert owners.setdefault(word, item.code) == item.code, f"{word}: {owners[word]} and {item.code}"

    @EITHER_WAY
    def test_other_spellings_are_others(self, codes):
        for item in codes:
            also = item.facts.get("also", ())
            assert isinstance(also, tuple)
            assert all(word.strip() == word and word for word in also)
            assert len({word.casefold() for word in also}) == len(also)
            assert item.label.en not in also


class TestIncidents:
    @pytest.mark.golden
    def test_fourteen_types_until_march_2011_then_three(self):
        old, new = (law.book(day).codes("asb_types") for day in (date(2011, 3, 31), date(2011, 4, 1)))
        assert len(old) == 14
        assert new.codes == ("personal", "nuisance", "environmental")
        assert {item.fact("now") for item in old} == set(new.codes)

    @pytest.mark.parametrize("day", [date(2007, 7, 1), date(2011, 3, 31), date(2011, 4, 1), TODAY])
    def test_three_groups_and_administration_in_none(self, day):
        book = law.book(day)
        categories = book.codes("incident_categories")
        assert {item.fact("group") for item in categories} == {"asb", "transport", "public_safety"}
        assert not set(categories.codes) & set(book.codes("incident_categories_outside").codes)

    @pytest.mark.parametrize(("day", "count"), [(date(2011, 3, 31), 14), (date(2011, 4, 1), 3)])
    def test_anti_social_behaviour_is_told_by_the_types_of_its_day(self, day, count):
        found = [item for item in law.book(day).codes("incident_categories") if item.fact("group") == "asb"]
        assert len(found) == count
        assert {item.code.removeprefix("asb_") for item in found} == set(law.book(day).codes("asb_types").codes)
        assert {item.fact("asb_type") for item in found} == {"personal", "nuisance", "environmental"}

    def test_a_hoax_call_was_anti_social_behaviour_until_2011(self):
        assert "asb_hoax_calls" in law.book(date(2011, 3, 31)).codes("incident_categories")
        assert law.book(date(2011, 4, 1)).codes("incident_categories")["hoax_calls"].fact("group") == "public_safety"


class TestCrimes:
    @pytest.mark.golden
    @pytest.mark.parametrize(("day", "count"), [(date(2007, 7, 1), 9), (date(2013, 3, 31), 9), (date(2013, 4, 1), 12)])
    def test_nine_groups_then_twelve(self, day, count):
        book = law.book(day)
        groups = book.codes("crime_groups")
        assert len(groups) == count
        whole = [item.code for item in book.codes("crime_categories") if item.fact("level") == "group"]
        assert tuple(whole) == groups.codes
        assert {item.fact("group") for item in book.codes("crime_categories")} == set(groups.codes)

    def test_no_offence_code_is_made_up(self):
        for day in (date(2013, 3, 31), TODAY):
            assert all(re.fullmatch(r"[a-z_]+", code) for code in law.book(day).codes("crime_categories").codes)


class TestOthers:
    @pytest.mark.golden
    def test_five_kinds_of_fire_incident(self):
        assert [item.fact("paragraph") for item in law.book(TODAY).codes("fire_categories")] == [
            "3(a)",
            "3(b)",
            "3(c)",
            "3(d)",
            "3(e)",
        ]

    @pytest.mark.golden
    def test_the_icd_blocks_of_the_regulations_whole(self):
        codes = law.book(TODAY).codes("icd10_assault_and_substances")
        assault = [f"X{n}" for n in range(85, 100)] + [f"Y0{n}" for n in range(10)]
        substances = [f"F{n}" for n in range(10, 20)]
        assert list(codes.codes) == [*assault, *substances, "T51", "Y90", "Y91"]
        assert Counter(item.fact("block") for item in codes) == {"X85-Y09": 25, "F10-F19": 10, "T51": 1, "Y90-Y91": 2}
        assert codes["X99"].label.en == "Assault by sharp object"
        assert all(item.fact("prefix") is True for item in codes)

    @pytest.mark.golden
    @pytest.mark.parametrize(
        ("day", "count", "has", "has_not"), [(date(2020, 8, 31), 12, "OT", "OW"), (date(2020, 9, 1), 16, "OW", "OT")]
    )
    def test_reasons_for_exclusion_changed_in_september_2020(self, day, count, has, has_not):
        reasons = law.book(day).codes("exclusion_reasons")
        assert len(reasons) == count
        assert has in reasons
        assert has_not not in reasons

    def test_collisions_take_the_codes_of_the_national_form(self):
        severities = law.book(TODAY).codes("collision_severities")
        assert [item.fact("also")[0] for item in severities] == ["1", "2", "3"]

    def test_councils_types_stand_beside_the_police_types(self):
        types = set(law.book(TODAY).codes("asb_types").codes)
        assert {item.fact("asb_type") for item in law.book(TODAY).codes("council_asb_types")} == types

    @given(st.sampled_from(SPELT))
    def test_a_list_holds_from_its_first_day_to_its_last(self, codes):
        origin = codes.origin
        assert law.book(origin.valid_from).codes(codes.key) == codes
        if origin.valid_to:
            assert law.book(origin.valid_to).codes(codes.key) == codes
            assert law.book(origin.valid_to + timedelta(days=1)).codes(codes.key) != codes

    def test_nothing_held_before_its_time(self):
        with pytest.raises(NotFound, match="stop_search_types"):
            law.book(date(2014, 11, 30)).codes("stop_search_types")


@pytest.mark.realdata
def test_outcome_names_are_those_of_the_published_files(shared_data):
    """Every outcome in a national month is in the list, letter for letter; crimes without one are blank."""
    named = {item.label.en for item in law.book(date(2019, 1, 1)).codes("police_uk_outcomes")}
    seen: Counter[str] = Counter()
    with zipfile.ZipFile(shared_data / "national" / "police-uk-2019-01.zip") as archive:
        for name in archive.namelist():
            if name.endswith("-street.csv"):
                with archive.open(name) as file:
                    rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))
                    seen.update(row["Last outcome category"] for row in rows)
    del seen[""]
    assert set(seen) <= named
    assert len(seen) >= 20
