"""How a row's place is found, and that the report says so: coordinates, else the postcode, else the small area, else nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.data.factories_deliveries import SUMMER, Senders, incidents, make_senders, send
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_mapping import layout_of, sheet_of

from ourpatch.data.exchange import actions, mapping
from ourpatch.data.exchange.intake import storing
from ourpatch.data.exchange.mapping import Mapped, apply
from ourpatch.data.exchange.models import Delivery, DeliveryState
from ourpatch.data.exchange.reading import read_sheet
from ourpatch.data.store import files, queries, specs
from ourpatch.data.store.models import Submission
from ourpatch.data.store.rules import PlacePrecision
from ourpatch.data.store.specs import FieldKind
from ourpatch.foundation import law
from ourpatch.foundation.places.models import Postcode
from ourpatch.foundation.places.queries import Resolver

pytestmark = [pytest.mark.room, pytest.mark.django_db]
HEADER = "Incident number,Incident date,Incident time,Easting,Northing,Postcode,Location,NSIR category"
HOW = ("placed_by_postcode", "postcode_not_found", "placed_by_area", "placed_nowhere")


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    Postcode.objects.create(folded="SQ11AA", shown="SQ1 1AA", easting=E0 + 1_500, northing=N0 + 1_500)
    return make_senders()


def row(reference: int, *, at: str = ",", postcode: str = "", words: str = "High Street") -> str:
    return f"{reference},02/07/2026,21:30,{at},{postcode},{words},ASB nuisance"


def sent(senders: Senders, tmp_path: Path, *rows: str) -> Delivery:
    content = incidents(*rows, header=HEADER)
    (tmp_path / "a.csv").write_bytes(content)
    spec = specs.dataset("police_incidents")
    layout = mapping.propose(read_sheet(tmp_path / "a.csv", "a.csv"), spec, law.book(SUMMER).codes)
    actions.save_layout(by=senders.clerk, organisation_id=senders.police.pk, name="Own", layout=layout, now=NOW)
    return send(senders.clerk, senders.police.pk, content)


def told(delivery: Delivery) -> dict[str, str]:
    return {each.kind: each.says_en.split(" ")[0] for each in delivery.findings.filter(kind__in=HOW)}


def test_each_way_is_used_in_turn_and_told(senders: Senders, tmp_path: Path) -> None:
    known = f"{E0 + 1_000},{N0 + 1_000}"
    delivery = sent(
        senders,
        tmp_path,
        row(1, at=known, postcode="SQ1 1AA"),
        row(2, postcode="sq11aa"),
        row(3, postcode="SQ1 1AA"),
        row(4, postcode="SQ9 9ZZ"),
        row(5, words="High Street near the shops"),
        row(6, postcode="SQ1"),
    )
    assert (delivery.state, delivery.rows_kept) == (DeliveryState.LOADED, 6), delivery.message
    assert told(delivery) == {"placed_by_postcode": "2", "postcode_not_found": "1", "placed_nowhere": "2"}
    submission = Submission.objects.get(period=SUMMER)
    table = queries.rows_of(submission)
    assert table is not None
    found = dict(zip(table["source_reference"].to_pylist(), table["easting"].to_pylist(), strict=True))
    assert found == {"1": E0 + 1_000, "2": E0 + 1_500, "3": E0 + 1_500, "4": None, "5": None, "6": None}
    precisions = dict(zip(table["source_reference"].to_pylist(), table["place_precision"].to_pylist(), strict=True))
    assert precisions == {"1": "exact", "2": "postcode", "3": "postcode", "4": "none", "5": "none", "6": "none"}
    assert {"postcode", "Postcode"}.isdisjoint(table.column_names), "the postcode itself is not kept"
    assert set(files.ROW.names) <= set(table.column_names)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (PlacePrecision.EXACT, "postcode"),
        (PlacePrecision.ADDRESS, "postcode"),
        (PlacePrecision.POSTCODE, "postcode"),
        (PlacePrecision.OUTWARD, "outward"),
        (PlacePrecision.AREA, "area"),
    ],
)
def test_a_postcode_is_never_finer_than_the_dataset_and_never_exact(
    senders: Senders, asked: PlacePrecision, kept: str
) -> None:
    spec = replace(specs.dataset("police_incidents"), place_precision=asked)
    sheet = sheet_of({"date": ["02/07/2026"], "postcode": ["SQ1 1AA"]})
    lists = law.book(SUMMER).codes
    mapped = (Mapped("date", "date"), Mapped("postcode", "postcode"), Mapped("category", value="asb_nuisance"))
    read = apply(sheet, layout_of(spec, sheet, *mapped), spec, lists)
    placed = storing.locate(read, Resolver.current(NOW.date()))
    (table,) = storing.month_tables(read, placed).values()
    assert table["place_precision"].to_pylist() == [kept]


def test_nothing_is_told_where_every_row_has_its_coordinates(senders: Senders, tmp_path: Path) -> None:
    delivery = sent(senders, tmp_path, row(1, at=f"{E0 + 1_000},{N0 + 1_000}"))
    assert delivery.state == DeliveryState.LOADED
    assert told(delivery) == {}


def test_a_small_area_places_a_row_without_a_point(senders: Senders) -> None:
    spec = specs.dataset("ambulance_callouts")
    area = next(each for each in spec.fields if each.kind is FieldKind.LSOA)
    lists = law.book(SUMMER).codes
    sheet = sheet_of({"date": ["02/07/2026"] * 2, "area": ["E01999902", "E01000001"]})
    code = lists(spec.scheme).codes[0]
    mapped = (Mapped("date", "date"), Mapped(area.key, "area"), Mapped("category", value=code))
    read = apply(sheet, layout_of(spec, sheet, *mapped), spec, lists)
    placed = storing.locate(read, Resolver.current(NOW.date()))
    assert placed.inside.tolist() == [True, False]
    assert not placed.has_point.any()
    assert dict(storing.how_placed(read, placed).counts) == {"placed_by_area": 1, "placed_nowhere": 1}


@pytest.mark.parametrize("written", ["SQ1", "SQ1 1AA"])
def test_what_is_known_by_half_a_postcode_gets_no_point(senders: Senders, written: str) -> None:
    """Even a full one that was let through: only its first half is kept, and nothing is looked up by it."""
    spec = specs.dataset("hospital_assault_alcohol")
    required = [each for each in spec.fields if each.required or each.kind is FieldKind.OUTWARD]
    sheet = sheet_of({each.key: ["02/07/2026" if each.kind is FieldKind.DATE else written] for each in required})
    read = apply(sheet, layout_of(spec, sheet), spec, law.book(SUMMER).codes)
    read.kept[:] = True
    placed = storing.locate(read, Resolver.current(NOW.date()))
    assert not placed.has_point.any()
    assert not placed.inside.any()
    (outward,) = (each.key for each in spec.fields if each.kind is FieldKind.OUTWARD)
    assert read.columns[outward].to_pylist() == ["SQ1"]
    assert not storing.how_placed(read, placed).counts
