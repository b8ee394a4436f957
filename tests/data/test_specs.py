"""The specifications of the datasets: each can be read, names only codes that the law book holds, and says whose duty it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.store import specs
from ourpatch.data.store.rules import DataClass, PlacePrecision, TimePrecision
from ourpatch.data.store.specs import DatasetSpec, FieldKind, Label, Period
from ourpatch.foundation import law
from ourpatch.foundation.directory.models import OrganisationKind
from ourpatch.foundation.law.book import JURISDICTIONS
from ourpatch.ground.errors import BadInput, NotFound

pytestmark = pytest.mark.rules

TODAY = date(2026, 11, 24)
DUTY_BEGAN = date(2007, 7, 1)
COUNCILS = ("county_council", "district_council", "unitary_council")
UPPER_TIER = ("county_council", "unitary_council")
AUTHORITIES = {
    "police_incidents": ("police",),
    "police_crimes": ("police",),
    "fire_incidents": ("fire",),
    "fire_false_alarms": ("fire",),
    "road_collisions": UPPER_TIER,
    "school_exclusions": UPPER_TIER,
    "racial_incidents": COUNCILS,
    "council_asb": COUNCILS,
    "hospital_assault_alcohol": ("health",),
    "hospital_domestic_abuse": ("health",),
    "health_counts": ("health",),
    "ambulance_callouts": ("health",),
}
# The two sources count differently: the guidance has racial incidents and one row of numbers, the other neither.
NUMBERS = {
    "police_incidents": ("1", "1"),
    "police_crimes": ("2", "2"),
    "fire_incidents": ("3", "3"),
    "fire_false_alarms": ("4", "4"),
    "road_collisions": ("5", "5"),
    "school_exclusions": ("6", "6"),
    "racial_incidents": ("7", None),
    "council_asb": ("8", "7"),
    "hospital_assault_alcohol": ("9", "8"),
    "hospital_domestic_abuse": ("10", "9"),
    "health_counts": ("11", "10 and 11"),
    "ambulance_callouts": ("12", "12"),
}
OTHERS = {"ed_assaults", "stop_and_search", "police_outcomes", "police_uk_street"}
HEALTH_RECORDS = ("hospital_assault_alcohol", "hospital_domestic_abuse")
ALL = pytest.mark.parametrize("spec", specs.every().values(), ids=lambda spec: spec.key)
TWELVE = pytest.mark.parametrize("key", AUTHORITIES)


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def labels(spec: DatasetSpec) -> Iterator[Label]:
    yield spec.label
    yield from spec.limitations
    for field in spec.fields:
        yield field.label
        if field.hint:
            yield field.hint
    yield from (rule.why for rule in spec.singling)


def lists(spec: DatasetSpec) -> set[str]:
    return {spec.scheme} | {field.code_list for field in spec.fields if field.code_list}


class TestTwelve:
    @pytest.mark.golden
    def test_twelve_by_name_and_no_other(self):
        prescribed = {key for key, spec in specs.every().items() if spec.duty and "SI 2007/1831" in spec.duty.source}
        assert prescribed == set(AUTHORITIES)
        assert set(specs.every()) == prescribed | OTHERS

    @pytest.mark.golden
    @TWELVE
    def test_whose_duty_since_when_and_by_what(self, key):
        duty = specs.dataset(key).duty
        assert duty is not None
        assert duty.authorities == AUTHORITIES[key]
        assert (duty.since, duty.until) == (DUTY_BEGAN, None)
        assert duty.source.startswith("SI 2007/1831, Schedule")
        assert specs.dataset(key).period is Period.QUARTER

    @TWELVE
    def test_both_numberings_are_told(self, key):
        source = specs.dataset(key).source
        guidance, other = NUMBERS[key]
        assert re.search(r"dataset (\d+) of the national guidance of 2007", source)[1] == guidance
        found = re.search(r"items? ([\d and]+) in a published numbering", source)
        assert (found and found[1]) == other
        assert "a published numbering of the Schedule" in source

    def test_the_law_book_lists_the_same_twelve_with_the_same_classes(self):
        book = law.book(TODAY).codes("prescribed_datasets")
        assert set(book.codes) == set(AUTHORITIES)
        for item in book:
            spec = specs.dataset(item.code)
            assert item.fact("data_class") == spec.data_class, item.code
            holder = item.fact("holder")
            assert spec.duty is not None
            assert set(spec.duty.authorities) <= (set(COUNCILS) if holder == "local_authority" else {holder}), item.code

    def test_nothing_that_trusts_of_2007_owed_is_lost(self):
        owed_by_health = [key for key, whose in AUTHORITIES.items() if whose == ("health",)]
        assert len(owed_by_health) == 4
        assert all("primary care trusts" in specs.dataset(key).source for key in owed_by_health)

    def test_assaults_in_emergency_departments_are_monthly_and_no_prescribed_dataset(self):
        spec = specs.dataset("ed_assaults")
        assert spec.period is Period.MONTH
        assert spec.duty is not None
        assert spec.duty.authorities == ("health",)
        assert not spec.duty.holds_on(date(2025, 6, 30))
        assert spec.duty.holds_on(date(2025, 7, 1))


class TestFields:
    @ALL
    def test_both_languages_everywhere(self, spec):
        for label in labels(spec):
            assert label.en.strip(), spec.key
            assert label.cy.strip(), spec.key
            if len(label.en.split()) > 4:
                assert label.en != label.cy, label.en

    @ALL
    def test_keys_are_unique_and_fit_the_kinds(self, spec):
        keys = [field.key for field in spec.fields]
        assert len(set(keys)) == len(keys)
        for field in spec.fields:
            assert (field.kind is FieldKind.CODE) == (field.code_list is not None), field.key
            if field.key in {kind.value for kind in FieldKind}:
                assert field.kind.value == field.key
            assert field.names, f"{spec.key}: nobody's heading leads to {field.key}"

    @ALL
    def test_a_heading_leads_to_one_field(self, spec):
        owners: dict[str, str] = {}
        for field in spec.fields:
            for name in {plain(name) for name in field.names}:
                assert owners.setdefault(name, field.key) == field.key, f"{name}: {owners[name]} and {field.key}"

    @ALL
    def test_the_category_is_of_the_scheme(self, spec):
        category = spec.field("category")
        assert category.kind is FieldKind.CODE
        assert category.required
        assert category.code_list == spec.scheme

    @ALL
    def test_every_row_has_a_time_or_is_a_count_of_a_period(self, spec):
        whens = {FieldKind.DATE, FieldKind.DATETIME, FieldKind.MONTH}
        assert spec.aggregate or any(field.required and field.kind in whens for field in spec.fields)

    @ALL
    def test_coordinates_come_in_pairs(self, spec):
        kinds = {field.kind for field in spec.fields}
        assert (FieldKind.EASTING in kinds) == (FieldKind.NORTHING in kinds)
        assert (FieldKind.LONGITUDE in kinds) == (FieldKind.LATITUDE in kinds)

    @ALL
    def test_senders_are_kinds_of_organisation_and_include_who_owes_it(self, spec):
        known = set(OrganisationKind.values)
        assert spec.senders
        assert set(spec.senders) <= known
        if spec.duty:
            assert set(spec.duty.authorities) <= set(spec.senders)

    @ALL
    def test_it_says_what_it_cannot_show(self, spec):
        assert len(spec.limitations) >= 2
        assert spec.source

    def test_the_field_of_a_time_may_lie_beside_the_date(self):
        for key in ("police_incidents", "police_crimes", "fire_incidents", "council_asb", "ambulance_callouts"):
            assert not specs.dataset(key).field("time").required

    def test_casualties_are_six_counts(self):
        counts = [field.key for field in specs.dataset("road_collisions").fields if field.kind is FieldKind.COUNT]
        assert sorted(counts) == sorted(
            f"{harm}_{who}"
            for harm in ("killed", "seriously_injured", "slightly_injured")
            for who in ("adults", "children")
        )

    def test_published_headers_are_known_letter_for_letter(self):
        searches = (
            "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
            "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
            "Outcome linked to object of search,Removal of more than just outer clothing"
        )
        outcomes = "Crime ID,Month,Longitude,Latitude,Location,LSOA code,Outcome type"
        for key, header in (("stop_and_search", searches), ("police_outcomes", outcomes)):
            known = {name for field in specs.dataset(key).fields for name in field.names}
            assert set(header.split(",")) <= known

    def test_a_crime_may_come_again_with_its_next_outcome(self):
        # A field of kind reference is kept once in a file.
        assert all(field.kind is not FieldKind.REFERENCE for field in specs.dataset("police_outcomes").fields)


class TestCare:
    @ALL
    def test_nothing_of_the_personal_class(self, spec):
        assert spec.data_class in (DataClass.CONTROLLED, DataClass.PUBLISHABLE)

    @ALL
    def test_what_is_exact_to_the_minute_is_controlled(self, spec):
        exact = spec.place_precision is PlacePrecision.EXACT and spec.time_precision is TimePrecision.INSTANT
        if exact and spec.key != "road_collisions":  # open data of the government, exact as it is
            assert spec.data_class is DataClass.CONTROLLED

    @pytest.mark.parametrize("key", [*HEALTH_RECORDS, "school_exclusions", "racial_incidents", "ed_assaults"])
    def test_what_points_at_people_is_controlled(self, key):
        assert specs.dataset(key).data_class is DataClass.CONTROLLED

    @pytest.mark.parametrize("key", HEALTH_RECORDS)
    def test_hospitals_give_the_outward_half_and_nothing_finer(self, key):
        spec = specs.dataset(key)
        kinds = {field.kind for field in spec.fields}
        assert kinds == {FieldKind.DATE, FieldKind.OUTWARD, FieldKind.CODE}
        assert spec.place_precision is PlacePrecision.OUTWARD

    @pytest.mark.parametrize("key", [*HEALTH_RECORDS, "school_exclusions", "ed_assaults"])
    def test_no_number_that_leads_to_a_patient_or_a_pupil(self, key):
        assert all(field.kind is not FieldKind.REFERENCE for field in specs.dataset(key).fields)

    @ALL
    def test_singling_rules_name_fields_that_exist(self, spec):
        for rule in spec.singling:
            assert rule.least >= 2
            assert {spec.field(key).key for key in rule.fields} == set(rule.fields)

    @pytest.mark.golden
    def test_a_pupil_is_one_of_three(self):
        (rule,) = specs.dataset("school_exclusions").singling
        assert set(rule.fields) == {"age", "gender", "school", "reason"}
        assert rule.least == 3

    @pytest.mark.parametrize(("key", "when"), [("ambulance_callouts", {"date", "time"}), ("ed_assaults", {"datetime"})])
    def test_exact_place_and_minute_by_every_way_to_say_a_place(self, key, when):
        found = [set(rule.fields) for rule in specs.dataset(key).singling]
        assert found == [when | where for where in ({"easting", "northing"}, {"longitude", "latitude"}, {"postcode"})]

    @ALL
    def test_what_singles_out_may_be_left_out(self, spec):
        # Otherwise a sender could not mend the file.
        for rule in spec.singling:
            assert any(not spec.field(key).required for key in rule.fields)

    def test_numbers_stay_numbers(self):
        aggregates = [spec for spec in specs.every().values() if spec.aggregate]
        assert [spec.key for spec in aggregates] == ["health_counts"]
        spec = aggregates[0]
        assert spec.field("n").kind is FieldKind.COUNT
        assert spec.field("n").required
        assert not {FieldKind.DATE, FieldKind.EASTING, FieldKind.POSTCODE} & {field.kind for field in spec.fields}


class TestCodes:
    @ALL
    def test_every_list_holds_today(self, spec):
        for jurisdiction in JURISDICTIONS:
            book = law.book(TODAY, jurisdiction)
            assert all(len(book.codes(name)) for name in lists(spec))

    @given(st.dates(DUTY_BEGAN, date(2027, 12, 31)), st.sampled_from(sorted(AUTHORITIES)))
    def test_every_list_holds_on_every_day_of_the_duty(self, day, key):
        book = law.book(day)
        assert all(len(book.codes(name)) for name in lists(specs.dataset(key)))

    def test_lists_that_change_leave_no_day_between(self):
        for day in (date(2011, 4, 1), date(2013, 4, 1), date(2020, 9, 1)):
            for key in AUTHORITIES:
                for name in lists(specs.dataset(key)):
                    before, after = law.book(day - timedelta(days=1)).codes(name), law.book(day).codes(name)
                    assert len(before)
                    assert len(after)

    def test_the_day_before_a_list_begins_has_none(self):
        with pytest.raises(NotFound):
            law.book(date(2014, 8, 31)).codes("assault_methods")


class TestParse:
    def whole(self) -> dict[str, Any]:
        return {
            "key": "noise",
            "label_en": "Noise",
            "label_cy": "Sŵn",
            "data_class": "controlled",
            "scheme": "council_asb_types",
            "period": "month",
            "time_precision": "day",
            "place_precision": "exact",
            "senders": ["district_council"],
            "source": "ours",
            "limitations": [{"en": "One council only.", "cy": "Un cyngor yn unig."}],
            "fields": [{"key": "date", "kind": "date", "required": True, "label_en": "Date", "label_cy": "Dyddiad"}],
        }

    def test_a_partnership_may_add_its_own(self):
        spec = specs.parse(self.whole())
        assert (spec.key, spec.duty, spec.mapped, spec.aggregate) == ("noise", None, True, False)
        assert spec.field("date").required

    @pytest.mark.parametrize("missing", ["key", "label_cy", "scheme", "period", "limitations", "senders", "source"])
    def test_what_is_missing_is_named(self, missing):
        data = self.whole()
        del data[missing]
        with pytest.raises(BadInput, match=missing):
            specs.parse(data)

    @pytest.mark.parametrize(
        ("name", "value"), [("data_class", "secret"), ("period", "week"), ("fields", [{"key": "x", "kind": "shape"}])]
    )
    def test_what_is_unknown_is_refused(self, name, value):
        with pytest.raises(BadInput, match="cannot be read"):
            specs.parse({**self.whole(), name: value})

    def test_an_unknown_dataset_or_field_says_which(self):
        with pytest.raises(BadInput, match="no dataset called ghosts"):
            specs.dataset("ghosts")
        with pytest.raises(BadInput, match="no field called surname"):
            specs.dataset("police_crimes").field("surname")
