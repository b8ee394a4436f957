"""What the demo's authorities send is read by the exchange to the last row, and what should be stopped is stopped."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.findings import Findings, Weight
from ourpatch.data.exchange.mapping import Read, apply, as_data, check_layout, differences, from_data, propose
from ourpatch.data.exchange.reading import Sheet, read_sheet
from ourpatch.data.store import specs
from ourpatch.foundation import law
from ourpatch.foundation.law.clocks import add_months
from ourpatch.site.demo import county
from ourpatch.site.demo.county import returns
from ourpatch.site.demo.county.organisations import ORGANISATIONS
from ourpatch.site.demo.county.returns import Deed, Event, Return

pytestmark = pytest.mark.rules

UNTIL = date(2026, 11, 27)
SPRING, AUTUMN_BEFORE = date(2026, 4, 1), date(2025, 10, 1)
TWELVE = {
    "police_incidents", "police_crimes", "fire_incidents", "fire_false_alarms", "road_collisions", "school_exclusions",
    "racial_incidents", "council_asb", "hospital_assault_alcohol", "hospital_domestic_abuse", "health_counts",
    "ambulance_callouts",
}  # fmt: skip
KINDS = {
    "police": "police", "fire": "fire", "unitary council": "unitary_council", "county council": "county_council",
    "district council": "district_council", "health": "health",
}  # fmt: skip


@pytest.fixture(scope="module")
def carrowshire() -> county.County:
    return county.build(2026, UNTIL)


@pytest.fixture(scope="module")
def spring(carrowshire: county.County) -> dict[tuple[str, str, date], Return]:
    return {(each.organisation, each.dataset, each.first): each for each in returns.files_of(carrowshire, SPRING)}


def sheet_of(sent: Return, folder: Path) -> Sheet:
    path = folder / "sent"
    path.write_bytes(sent.content)
    return read_sheet(path, sent.filename, returns.layout_of(sent.dataset).options)


def span_of(sent: Return) -> tuple[date, date]:
    return sent.first, add_months(sent.first, sent.months) - timedelta(days=1)


def read(sent: Return, folder: Path) -> Read:
    sheet, layout, lists = sheet_of(sent, folder), returns.layout_of(sent.dataset), law.book(sent.first).codes
    return apply(sheet, layout, specs.dataset(sent.dataset), lists, span_of(sent), today=UNTIL)


def found_by_gate(sent: Return, folder: Path) -> Findings:
    spec = specs.dataset(sent.dataset)
    findings = gate.examine(sheet_of(sent, folder), returns.layout_of(sent.dataset), spec)
    findings.extend(gate.examine_rows(read(sent, folder), spec).kept)
    return findings


def counted(found: Read) -> dict[str, int]:
    """Kept rows by category; of counts, the numbers themselves."""
    kept = pa.array(found.kept)
    categories = found.columns["category"].filter(kept).to_pylist()
    numbers = found.columns["n"].filter(kept).to_pylist() if found.spec.aggregate else [1] * len(categories)
    counts: Counter[str] = Counter()
    for category, number in zip(categories, numbers, strict=True):
        counts[category] += number
    return dict(counts)


class TestGoodFiles:
    def test_the_twelve_datasets_of_the_duty_are_sent_and_one_more(
        self, spring: dict[tuple[str, str, date], Return]
    ) -> None:
        assert set(returns.DATASETS) == TWELVE | {"ed_assaults"}
        assert {dataset for _organisation, dataset, _first in spring} == set(returns.DATASETS)

    def test_every_authority_of_the_law_sends_what_it_owes_but_the_county_which_leaves_nuisance_to_districts(
        self,
    ) -> None:
        owed = {
            (organisation.key, spec.key)
            for organisation in ORGANISATIONS
            for spec in specs.every().values()
            if organisation.duty == "responsible"
            and spec.duty
            and KINDS.get(organisation.kind) in spec.duty.authorities
        }
        sent = {(each.organisation, each.dataset) for each in returns.SENDERS}
        assert owed - sent == {("county-council", "council_asb")} == set(returns.NOT_HELD)
        assert sent <= owed

    def test_every_file_keeps_exactly_the_rows_and_categories_that_were_told(
        self, spring: dict[tuple[str, str, date], Return], tmp_path: Path
    ) -> None:
        for sent in spring.values():
            found = read(sent, tmp_path)
            assert not found.refused, sent.filename
            assert int(found.kept.sum()) == sent.rows, sent.filename
            assert counted(found) == sent.counts, sent.filename

    def test_every_field_that_a_layout_fills_holds_something(
        self, spring: dict[tuple[str, str, date], Return], tmp_path: Path
    ) -> None:
        for sent in spring.values():
            found = read(sent, tmp_path)
            for mapped in found.layout.fields:
                assert found.columns[mapped.field].null_count < len(found.numbers), (sent.filename, mapped.field)

    def test_the_gate_holds_none_of_them(self, spring: dict[tuple[str, str, date], Return], tmp_path: Path) -> None:
        for sent in spring.values():
            assert found_by_gate(sent, tmp_path).count(Weight.HOLDS) == 0, sent.filename

    def test_every_point_lies_where_its_authority_serves(
        self, carrowshire: county.County, spring: dict[tuple[str, str, date], Return], tmp_path: Path
    ) -> None:
        served = {each.key: each.neighbourhoods for each in ORGANISATIONS}
        shapes = {each.key: each.geometry for each in carrowshire.map.neighbourhoods}
        pointed = 0
        for sent in spring.values():
            own = [shapes[key] for key in served[sent.organisation]] or [carrowshire.map.outline]
            east, north = read(sent, tmp_path).metres()
            placed = ~np.isnan(east)
            assert shapely.contains_xy(shapely.union_all(own), east[placed], north[placed]).all(), sent.filename
            pointed += int(placed.sum())
        assert pointed > 5000

    def test_references_are_never_repeated_from_one_quarter_to_another(
        self, carrowshire: county.County, tmp_path: Path
    ) -> None:
        seen: dict[tuple[str, str], set[str]] = {}
        for quarter in (AUTUMN_BEFORE, date(2026, 1, 1)):
            for sent in returns.files_of(carrowshire, quarter, share=0.2):
                found = read(sent, tmp_path)
                if "reference" in found.columns:
                    own = set(found.columns["reference"].to_pylist())
                    before = seen.setdefault((sent.organisation, sent.dataset), set())
                    assert len(own) == sent.rows
                    assert not own & before
                    before |= own

    def test_months_before_the_year_that_is_told_have_rows_too(self, carrowshire: county.County) -> None:
        before = returns.files_of(carrowshire, AUTUMN_BEFORE)
        assert carrowshire.start > AUTUMN_BEFORE
        assert all(sent.rows >= 2 for sent in before)

    def test_even_a_small_part_is_read_whole(self, carrowshire: county.County, tmp_path: Path) -> None:
        for sent in returns.files_of(carrowshire, SPRING, share=0.1):
            found = read(sent, tmp_path)
            assert not found.refused, sent.filename
            assert int(found.kept.sum()) == sent.rows, sent.filename


class TestLayouts:
    def test_no_two_datasets_are_written_alike(self) -> None:
        layouts = [returns.layout_of(each) for each in returns.DATASETS]
        assert len({each.header for each in layouts}) == len(layouts)

    def test_the_files_are_of_many_kinds(self, spring: dict[tuple[str, str, date], Return], tmp_path: Path) -> None:
        sheets = {sent.dataset: sheet_of(sent, tmp_path) for sent in spring.values()}
        assert {each.format for each in sheets.values()} == {"csv", "xlsx", "json", "xml"}
        assert {each.used.delimiter for each in sheets.values() if each.format == "csv"} == {",", "\t", ";", "|"}
        assert {"utf-8", "cp1252", "utf-16-le"} <= {each.used.encoding for each in sheets.values()}

    def test_each_fits_its_dataset_and_its_file_and_is_carried_as_data(
        self, spring: dict[tuple[str, str, date], Return], tmp_path: Path
    ) -> None:
        for sent in spring.values():
            layout, sheet = returns.layout_of(sent.dataset), sheet_of(sent, tmp_path)
            problems = check_layout(layout, specs.dataset(sent.dataset), sheet.header, law.book(sent.first).codes)
            assert not problems, problems.by_field
            assert differences(layout, sheet.header) == ()
            assert from_data(as_data(layout)) == layout

    def test_what_is_proposed_for_a_file_never_contradicts_its_layout(
        self, spring: dict[tuple[str, str, date], Return], tmp_path: Path
    ) -> None:
        found = wanted = 0
        for sent in spring.values():
            spec, sheet = specs.dataset(sent.dataset), sheet_of(sent, tmp_path)
            settled = {each.field: each.column for each in returns.layout_of(sent.dataset).fields}
            proposed = {each.field: each.column for each in propose(sheet, spec, law.book(sent.first).codes).fields}
            assert proposed.items() <= settled.items(), sent.filename
            found, wanted = found + len(proposed), wanted + len(settled)
        assert found > 0.85 * wanted


class TestSameEachTime:
    def test_the_same_county_sends_the_same_bytes(
        self, carrowshire: county.County, spring: dict[tuple[str, str, date], Return]
    ) -> None:
        again = returns.files_of(county.build(2026, UNTIL), SPRING)
        assert list(again) == list(spring.values())

    def test_one_file_does_not_depend_on_the_others(
        self, carrowshire: county.County, spring: dict[tuple[str, str, date], Return]
    ) -> None:
        event = Event(UNTIL, "city-council", "council_asb", SPRING, 3, Deed.SEND)
        assert returns.file_of(carrowshire, event) == spring["city-council", "council_asb", SPRING]

    def test_another_county_sends_others(self, spring: dict[tuple[str, str, date], Return]) -> None:
        other = returns.files_of(county.build(7, UNTIL), SPRING)
        assert all(each.content != spring[each.organisation, each.dataset, each.first].content for each in other)


class TestStory:
    def test_the_gate_holds_a_file_with_names_and_dates_of_birth(
        self, carrowshire: county.County, tmp_path: Path
    ) -> None:
        event = Event(UNTIL, "city-council", "school_exclusions", SPRING, 3, Deed.SEND_NAMED)
        sent = returns.file_of(carrowshire, event)
        findings = found_by_gate(sent, tmp_path)
        assert (sent.rows, sent.counts) == (0, {})
        assert findings.count(Weight.HOLDS) > 50
        assert {"gate_name", "gate_birth_date"} <= set(findings.counts)
        assert differences(returns.layout_of(sent.dataset), sheet_of(sent, tmp_path).header) == ()

    @pytest.mark.parametrize(
        ("organisation", "dataset"), sorted({(each.organisation, each.dataset) for each in returns.SENDERS})
    )
    def test_a_file_whose_dates_were_lost_is_refused(
        self, carrowshire: county.County, tmp_path: Path, organisation: str, dataset: str
    ) -> None:
        months = next(each.months for each in returns.SENDERS if each.dataset == dataset)
        event = Event(UNTIL, organisation, dataset, SPRING, months, Deed.SEND_UNREADABLE)
        sent = returns.file_of(carrowshire, event, share=0.1)
        found = read(sent, tmp_path)
        assert found.refused
        assert not found.kept.any()

    def test_a_correction_holds_only_rows_that_were_sent_before_with_another_severity(
        self, carrowshire: county.County, spring: dict[tuple[str, str, date], Return], tmp_path: Path
    ) -> None:
        event = Event(UNTIL, "city-council", "road_collisions", SPRING, 3, Deed.CORRECT)
        sent = returns.file_of(carrowshire, event)
        corrected, first = read(sent, tmp_path), read(spring["city-council", "road_collisions", SPRING], tmp_path)
        before = dict(zip(first.columns["reference"].to_pylist(), first.columns["category"].to_pylist(), strict=True))
        assert sent.counts == counted(corrected) == {"serious": sent.rows}
        assert sent.rows == 3
        assert [before[each] for each in corrected.columns["reference"].to_pylist()] == ["slight"] * 3

    def test_the_ledger_has_something_of_everything(self) -> None:
        told = returns.events(date(2025, 10, 2), UNTIL)
        assert {each.deed for each in told} == set(Deed)
        assert list(told) == sorted(told)
        assert all(each.day.isoweekday() <= 5 for each in told if each.deed is not Deed.NOT_HELD)
        assert all(each.day > add_months(each.first, each.months) - timedelta(days=1) for each in told)
        assert all(date(2025, 10, 2) <= each.day <= UNTIL for each in told)

    def test_one_return_is_missing_and_others_come_late(self) -> None:
        judged = date(2026, 4, 1)
        told = [each for each in returns.events(date(2025, 10, 2), UNTIL) if each.first == judged and each.months == 3]
        due = date(2026, 9, 30)
        sent = {(each.organisation, each.dataset) for each in told}
        missing = {(each.organisation, each.dataset) for each in returns.SENDERS if each.months == 3} - sent
        assert missing == {("eddonside-council", "council_asb")}
        assert {(each.organisation, each.dataset) for each in told if each.day > due} == {("icb", "ambulance_callouts")}

    @pytest.mark.parametrize("until", [date(2026, 1, 3), date(2026, 3, 31), date(2026, 7, 1), date(2027, 2, 28)])
    def test_whatever_the_day_a_stopped_file_is_followed_by_a_good_one(self, until: date) -> None:
        since = add_months(until.replace(day=1), -11) - timedelta(days=60)
        told = returns.events(since, until)
        for stopped in (each for each in told if each.deed in (Deed.SEND_UNREADABLE, Deed.SEND_NAMED)):
            after = [
                each
                for each in told
                if (each.organisation, each.dataset, each.first)
                == (stopped.organisation, stopped.dataset, stopped.first)
                and each.deed is Deed.SEND
                and each.day > stopped.day
            ]
            latest = stopped.first == returns.quarters(since, until)[-1]
            assert after or latest
        assert any(each.deed is Deed.SEND_NAMED for each in told)

    def test_the_quarters_are_those_since_the_county_was_set_up_that_have_ended(self) -> None:
        assert returns.quarters(date(2025, 10, 2), UNTIL) == (
            date(2025, 10, 1),
            date(2026, 1, 1),
            date(2026, 4, 1),
            date(2026, 7, 1),
        )
        assert returns.quarters(date(2025, 9, 30), date(2026, 9, 30))[-1] == date(2026, 4, 1)
        assert returns.quarters(date(2025, 9, 30), date(2026, 10, 1))[-1] == date(2026, 7, 1)
