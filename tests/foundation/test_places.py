"""Loading boundaries, making service areas of them, and asking where a point or a name is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely
from django.db import IntegrityError, transaction

from ourpatch.foundation.places import actions, queries
from ourpatch.foundation.places.actions import boundary_sets
from ourpatch.foundation.places.models import (
    Area,
    AreaKind,
    BoundarySet,
    PlaceName,
    Postcode,
    ServiceArea,
    ServiceAreaKind,
    ServiceAreaPart,
)
from ourpatch.foundation.places.permissions import Permission
from ourpatch.foundation.places.reading import (
    DeprivationRow,
    NeighbourhoodRow,
    PlaceNameRow,
    PopulationRow,
    PostcodeRow,
)
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import NotAllowed, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor

from .factories_places import (
    LOADER,
    NOW,
    SIDE,
    SOUTH,
    TODAY,
    WARDS,
    WEST,
    district_rows,
    load_county,
    load_set,
    middle_of,
    ward_rows,
)

pytestmark = [pytest.mark.room, pytest.mark.django_db]

NOBODY = Actor.job("nobody", [], [UUID(int=0)])


def agreed(*rows: tuple[str, str]) -> list[NeighbourhoodRow]:
    return [
        NeighbourhoodRow(number, code, name, name.lower().replace(" ", "-"))
        for number, (code, name) in enumerate(rows, start=2)
    ]


def administrator_of(partnership: ServiceArea) -> Actor:
    return Actor.job("administrator", [Permission.LOAD, Permission.VIEW], [partnership.pk])


# ---------------------------------------------------------------- boundary sets


def test_a_set_is_loaded_once() -> None:
    first = load_set(AreaKind.WARD, ward_rows())
    assert load_set(AreaKind.WARD, ward_rows(), vintage="another name") == first
    assert (BoundarySet.objects.count(), Area.objects.count()) == (1, 6)


def test_a_set_never_changes() -> None:
    load_set(AreaKind.WARD, ward_rows())
    with pytest.raises(RuleBroken, match="vintage of its own"):
        load_set(AreaKind.WARD, ward_rows()[:3])


def test_a_load_that_stopped_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def two_at_a_time(rows: Any) -> Any:
        rows = list(rows)
        yield rows[:2]
        raise KeyboardInterrupt

    with monkeypatch.context() as stopping:
        stopping.setattr(boundary_sets, "chunks", two_at_a_time)
        with pytest.raises(KeyboardInterrupt):
            load_set(AreaKind.WARD, ward_rows())
    begun = list(Area.objects.values_list("pk", flat=True))
    assert len(begun) == 2
    assert not BoundarySet.objects.complete().exists()
    assert queries.areas(AreaKind.WARD).count() == 0
    load_set(AreaKind.WARD, ward_rows())
    assert queries.areas(AreaKind.WARD).count() == 6
    assert set(begun) < set(Area.objects.values_list("pk", flat=True))


def test_a_new_vintage_stands_beside_the_old() -> None:
    load_set(AreaKind.WARD, ward_rows(), vintage="2015", valid_from=date(2015, 5, 7))
    load_set(AreaKind.WARD, ward_rows(first_code=101), vintage="2023", valid_from=date(2023, 5, 4))
    assert queries.areas(AreaKind.WARD).first().code == "E05000101"
    assert queries.areas(AreaKind.WARD, "2015").first().code == "E05000001"
    e, n = middle_of("Mill")
    found = [queries.Resolver.current(on).assign(e, n).ward[0] for on in (date(2020, 1, 1), TODAY)]
    assert found == ["E05000003", "E05000103"]


def test_only_those_who_may_load_and_the_attempt_is_written() -> None:
    with pytest.raises(NotAllowed):
        actions.load_boundary_set(
            by=NOBODY,
            kind=AreaKind.WARD,
            vintage="2023",
            valid_from=TODAY,
            source="",
            areas=ward_rows(),
            attribution="",
            content_sha256="0" * 64,
            now=NOW,
        )
    assert AuditEntry.objects.filter(kind="refusal", operation="places.load_boundary_set").exists()
    assert not BoundarySet.objects.exists()
    for refused in (actions.make_partnerships_from_districts, actions.make_neighbourhoods_from_wards):
        with pytest.raises(NotAllowed):
            refused(by=NOBODY, now=NOW)


def test_loading_is_written_to_the_audit() -> None:
    loaded = load_set(AreaKind.WARD, ward_rows())
    entry = AuditEntry.objects.filter(operation="places.complete_boundary_set").get()
    assert entry.subjects == [str(loaded.pk)]
    assert loaded.content_sha256 in entry.reason


# ---------------------------------------------------------------- service areas


def test_districts_become_partnerships_of_their_tier() -> None:
    load_county()
    found = {
        each.name: (each.tier, each.jurisdiction, each.partnership_id == each.pk) for each in queries.partnerships()
    }
    assert found == {
        "Dale": ("district", "england", True),
        "Hillside": ("district", "england", True),
        "Seaport": ("unitary", "england", True),
    }
    county = ServiceArea.objects.get(kind=ServiceAreaKind.COUNTY_GROUP)
    assert sorted(each.name for each in county.children.all()) == ["Dale", "Hillside"]


def test_welsh_districts_keep_their_name_and_law() -> None:
    row = replace(district_rows()[0], code="W06000001", name="Isle of Anglesey", name_cy="Ynys Môn")
    load_set(AreaKind.DISTRICT, [row])
    made = actions.make_partnerships_from_districts(by=LOADER, now=NOW)
    assert [(each.name_cy, each.jurisdiction, each.tier) for each in made] == [("Ynys Môn", "wales", "unitary")]


def test_a_two_tier_county_has_to_be_named() -> None:
    load_set(AreaKind.DISTRICT, district_rows())
    with pytest.raises(RuleBroken, match="Name the county"):
        actions.make_partnerships_from_districts(by=LOADER, now=NOW)
    assert not ServiceArea.objects.exists()


def test_each_ward_is_a_neighbourhood_unless_agreed_otherwise() -> None:
    load_county()
    assert sorted(queries.neighbourhoods().values_list("name", "partnership__name", "slug")) == [
        ("Bridge", "Dale", "bridge"),
        ("Fold", "Dale", "fold"),
        ("Harbour", "Seaport", "harbour"),
        ("Mill", "Hillside", "mill"),
        ("Moor", "Hillside", "moor"),
        ("Quay", "Seaport", "quay"),
    ]


def test_making_them_again_changes_nothing() -> None:
    load_county()
    before = list(ServiceAreaPart.objects.order_by("pk").values_list())
    entries = AuditEntry.objects.count()
    actions.make_partnerships_from_districts(by=LOADER, now=NOW)
    assert len(actions.make_neighbourhoods_from_wards(by=LOADER, now=NOW)) == 6
    assert list(ServiceAreaPart.objects.order_by("pk").values_list()) == before
    assert AuditEntry.objects.count() == entries


def test_neighbourhoods_by_local_agreement() -> None:
    load_set(AreaKind.DISTRICT, district_rows())
    load_set(AreaKind.WARD, ward_rows())
    actions.make_partnerships_from_districts(by=LOADER, county="Hillshire", now=NOW)
    rows = agreed(("E05000001", "The Port"), ("E05000002", "The Port"), ("E05000003", "Mill"))
    made = actions.make_neighbourhoods_from_wards(by=LOADER, mapping=rows, agreed_how="At a public meeting", now=NOW)
    assert sorted((each.name, each.parts.count()) for each in made) == [("Mill", 1), ("The Port", 2)]
    assert queries.get_neighbourhood("the-port").agreed_how == "At a public meeting"
    assert [ward.name for ward in queries.coverage(LOADER, TODAY).wards_without_neighbourhood] == [
        "Moor",
        "Bridge",
        "Fold",
    ]


def test_a_neighbourhood_lies_in_one_partnership_and_its_wards_exist() -> None:
    load_set(AreaKind.DISTRICT, district_rows())
    load_set(AreaKind.WARD, ward_rows())
    actions.make_partnerships_from_districts(by=LOADER, county="Hillshire", now=NOW)
    across = agreed(("E05000002", "Edge"), ("E05000003", "Edge"))
    with pytest.raises(RuleBroken, match="Edge"):
        actions.make_neighbourhoods_from_wards(by=LOADER, mapping=across, now=NOW)
    with pytest.raises(RuleBroken, match="E05999999"):
        actions.make_neighbourhoods_from_wards(by=LOADER, mapping=agreed(("E05999999", "Nowhere")), now=NOW)
    assert not queries.neighbourhoods().exists()


def test_a_neighbourhood_stays_itself_when_its_wards_are_redrawn() -> None:
    load_county()
    before = dict(queries.neighbourhoods().values_list("name", "pk"))
    load_set(AreaKind.WARD, ward_rows(first_code=101), vintage="2026", valid_from=date(2026, 5, 7))
    actions.make_neighbourhoods_from_wards(by=LOADER, now=NOW)
    assert dict(queries.neighbourhoods().values_list("name", "pk")) == before
    assert queries.neighbourhood_at(*middle_of("Mill"), on=date(2024, 1, 1)).pk == before["Mill"]
    assert queries.neighbourhood_at(*middle_of("Mill"), on=TODAY).pk == before["Mill"]


def test_an_area_belongs_to_one_service_area_of_a_kind() -> None:
    load_county()
    hillside = queries.partnerships().get(name="Hillside")
    with pytest.raises(RuleBroken, match="already belongs to Mill"):
        actions.make_service_area(
            by=administrator_of(hillside),
            kind=ServiceAreaKind.NEIGHBOURHOOD,
            name="Other",
            partnership=hillside,
            parts=["E05000003"],
            now=NOW,
        )
    part = ServiceAreaPart.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD).first()
    other = queries.neighbourhoods().exclude(pk=part.service_area_id).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceAreaPart.objects.create(service_area=other, area=part.area, kind=part.kind)


def test_a_policing_area_is_made_for_ones_own_partnership_only() -> None:
    load_county()
    dale, hillside = (queries.partnerships().get(name=name) for name in ("Dale", "Hillside"))
    own = administrator_of(dale)
    made = actions.make_service_area(
        by=own,
        kind=ServiceAreaKind.POLICING_AREA,
        name="Dale East",
        partnership=dale,
        parent=dale,
        parts=["E05000006"],
        now=NOW,
    )
    assert queries.outline(made).area == pytest.approx(SIDE**2)
    with pytest.raises(NotAllowed):
        actions.make_service_area(by=own, kind=ServiceAreaKind.POLICING_AREA, name="No", partnership=hillside, now=NOW)


def test_names_that_are_the_same_get_addresses_of_their_own() -> None:
    rows = [replace(row, name="Central") if row.name in ("Harbour", "Mill") else row for row in ward_rows()]
    load_set(AreaKind.DISTRICT, district_rows())
    load_set(AreaKind.WARD, rows)
    actions.make_partnerships_from_districts(by=LOADER, county="Hillshire", now=NOW)
    actions.make_neighbourhoods_from_wards(by=LOADER, now=NOW)
    slugs = set(queries.neighbourhoods().filter(name="Central").values_list("slug", flat=True))
    assert len(slugs) == 2
    assert "central" in slugs


# ---------------------------------------------------------------- points


def test_a_point_finds_every_area() -> None:
    load_county()
    e, n = middle_of("Moor")
    found = queries.Resolver.current(TODAY).assign([e, e, WEST - 1, np.nan], [n, n + SIDE / 2, SOUTH, n])
    assert found.ward.tolist() == ["E05000004", "E05000004", "", ""]
    assert found.lsoa.tolist() == ["E01000007", "E01000008", "", ""]
    assert found.district.tolist() == ["E07000001", "E07000001", "", ""]
    moor = queries.get_neighbourhood("moor")
    assert found.neighbourhood.tolist() == [moor.pk, moor.pk, None, None]
    assert found.partnership.tolist() == [moor.partnership_id, moor.partnership_id, None, None]
    assert queries.neighbourhood_at(e, n) == moor
    assert queries.neighbourhood_at(0, 0) is None


def test_a_district_never_disagrees_with_the_ward() -> None:
    """Generalised districts leave gaps and overlap; the ward decides."""
    narrow = [replace(row, geometry=row.geometry.buffer(-50)) for row in district_rows()]
    load_set(AreaKind.DISTRICT, narrow)
    load_set(AreaKind.WARD, ward_rows())
    found = queries.Resolver.current(TODAY).assign(WEST + 10, SOUTH + 500)
    assert (found.ward[0], found.district[0]) == ("E05000001", "E06000001")


def test_nothing_loaded_finds_nothing() -> None:
    found = queries.Resolver.current(TODAY).assign([1.0, 2.0], [1.0, 2.0])
    assert (found.ward.tolist(), found.neighbourhood.tolist()) == (["", ""], [None, None])
    assert queries.find("mill") == []


def test_an_lsoa_alone_has_the_neighbourhood_that_holds_it() -> None:
    load_county()
    found = queries.Resolver.current(TODAY).neighbourhoods_of_lsoas(["E01000005", "E01999999", ""])
    assert found.tolist() == [queries.get_neighbourhood("mill").pk, None, None]


def test_the_geography_changes_with_what_a_point_would_get() -> None:
    load_set(AreaKind.DISTRICT, district_rows())
    load_set(AreaKind.WARD, ward_rows())
    before = queries.Resolver.current(TODAY).geography
    assert queries.Resolver.current(TODAY).geography == before
    actions.make_partnerships_from_districts(by=LOADER, county="Hillshire", now=NOW)
    actions.make_neighbourhoods_from_wards(by=LOADER, now=NOW)
    after = queries.Resolver.current(TODAY).geography
    assert len(after) == 64
    assert after != before


def test_outlines() -> None:
    load_county()
    everywhere = queries.outlines(ServiceArea.objects.all())
    areas = {each.name: everywhere[each.pk].area / SIDE**2 for each in ServiceArea.objects.all()}
    assert areas == pytest.approx({"Hillshire": 4, "Seaport": 2, "Hillside": 2, "Dale": 2, **dict.fromkeys(WARDS, 1)})
    assert shapely.equals(queries.outline(queries.get_neighbourhood("mill")), ward_rows()[2].geometry)


def test_an_area_that_was_never_drawn_is_its_neighbourhoods_or_nothing() -> None:
    load_county()
    hillside = queries.partnerships().get(name="Hillside")
    drawn_by_others = actions.make_service_area(
        by=administrator_of(hillside),
        kind=ServiceAreaKind.POLICING_AREA,
        name="Hills",
        partnership=hillside,
        parent=hillside,
        now=NOW,
    )
    assert queries.outline(drawn_by_others).is_empty
    queries.neighbourhoods(hillside.pk).update(parent=drawn_by_others)
    assert queries.outline(drawn_by_others).area == pytest.approx(2 * SIDE**2)


# ---------------------------------------------------------------- what is known of a place


def populate(**people: int) -> None:
    rows = [PopulationRow(0, ward.code, ward.name, people[ward.name]) for ward in ward_rows() if ward.name in people]
    chosen = BoundarySet.objects.get(kind=AreaKind.WARD)
    actions.attach_population(by=LOADER, boundary_set_id=chosen.pk, rows=rows, year=2024, now=NOW)


def test_population_of_a_neighbourhood_partnership_and_county() -> None:
    load_county()
    populate(Mill=1000, Moor=2000, Bridge=300, Fold=40)
    assert queries.population(queries.get_neighbourhood("mill")) == (1000, 2024)
    assert queries.population(queries.partnerships().get(name="Hillside")) == (3000, 2024)
    assert queries.population(ServiceArea.objects.get(kind=ServiceAreaKind.COUNTY_GROUP)) == (3340, 2024)


def test_an_unknown_population_is_not_nobody() -> None:
    load_county()
    populate(Harbour=1000)
    assert queries.population(queries.get_neighbourhood("quay")) == (None, None)
    assert queries.population(queries.partnerships().get(name="Seaport")) == (None, None)
    assert [ward.name for ward in queries.coverage(LOADER, TODAY).wards_without_population] == list(WARDS[1:])


def test_attaching_the_same_figures_again_changes_nothing() -> None:
    load_county()
    chosen = BoundarySet.objects.get(kind=AreaKind.WARD)
    rows = [PopulationRow(2, "E05000003", "Mill", 1000), PopulationRow(3, "E05999999", "Elsewhere", 5)]
    changed = [
        actions.attach_population(by=LOADER, boundary_set_id=chosen.pk, rows=rows, year=2024, now=NOW) for _ in range(2)
    ]
    assert changed == [1, 0]


def test_deprivation_of_a_neighbourhood() -> None:
    load_county()
    chosen = BoundarySet.objects.get(kind=AreaKind.LSOA)
    rows = [DeprivationRow(2, "E01000005", 60.0, 1), DeprivationRow(3, "E01000006", 20.0, 5)]
    actions.attach_deprivation(by=LOADER, boundary_set_id=chosen.pk, rows=rows, now=NOW)
    found = queries.deprivation(queries.get_neighbourhood("mill"))
    assert found == queries.Deprivation(mean_score=40.0, deciles={1: 1, 5: 1}, most_deprived_fifth=1, known=2, of=2)
    assert queries.deprivation(queries.get_neighbourhood("quay")) is None
    whole = queries.deprivation(queries.partnerships().get(name="Hillside"))
    assert whole is not None
    assert (whole.known, whole.of) == (2, 4)


# ---------------------------------------------------------------- finding


def name_places() -> None:
    load_county()
    places = [
        ("St Anne's Road", "street", "Mill"),
        ("Station Road", "street", "Moor"),
        ("Old Mill Lane", "street", "Fold"),
        ("Tŷ Mawr", "landmark", "Quay"),
    ]
    rows = [PlaceNameRow(name, kind, *middle_of(ward)) for name, kind, ward in places]
    elsewhere = PlaceNameRow("Mill Far Away", "street", 500_000, 200_000)
    assert actions.load_place_names(by=LOADER, rows=[*rows, elsewhere], now=NOW) == actions.Kept(4, 1)
    directory = [PostcodeRow("QX1 1AA", *middle_of("Mill")), PostcodeRow("QX11 1AB", *middle_of("Moor"))]
    assert actions.load_postcodes(by=LOADER, rows=directory, now=NOW) == actions.Kept(2, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("saint annes rd", ["St Anne's Road"]),
        ("St. A", ["St Anne's Road"]),
        ("ty maw", ["Tŷ Mawr"]),
        ("mill", ["Mill", "Old Mill Lane"]),
        ("MILL LN", ["Old Mill Lane"]),
        ("road", ["Station Road", "St Anne's Road"]),
        ("qx1 1", ["QX1 1AA", "QX11 1AB"]),
        ("QX11AA", ["QX1 1AA"]),
        ("nothing of the kind", []),
        ("", []),
        ("%", []),
        ("_", []),
    ],
)
def test_finding(text: str, expected: list[str]) -> None:
    name_places()
    assert [each.label for each in queries.find(text)] == expected


def test_what_is_found_says_where_it_is() -> None:
    name_places()
    road, neighbourhood = queries.find("st annes")[0], queries.find("moor")[0]
    assert (road.kind, road.neighbourhood.name, (road.easting, road.northing)) == ("street", "Mill", middle_of("Mill"))
    assert (neighbourhood.kind, neighbourhood.neighbourhood.name) == ("neighbourhood", "Moor")
    assert queries.neighbourhood_at(neighbourhood.easting, neighbourhood.northing) == neighbourhood.neighbourhood


def test_at_most_twenty_are_found() -> None:
    load_county()
    rows = [PlaceNameRow(f"Mill Row {number}", "street", *middle_of("Mill")) for number in range(30)]
    actions.load_place_names(by=LOADER, rows=rows, now=NOW)
    assert len(queries.find("mill row")) == 20


def test_directories_loaded_again_change_nothing_but_a_moved_postcode() -> None:
    name_places()
    actions.load_place_names(by=LOADER, rows=[PlaceNameRow("Station Road", "street", *middle_of("Moor"))], now=NOW)
    actions.load_postcodes(by=LOADER, rows=[PostcodeRow("QX1 1AA", *middle_of("Fold"))], now=NOW)
    assert (PlaceName.objects.count(), Postcode.objects.count()) == (4, 2)
    assert queries.find("QX1 1AA")[0].neighbourhood.name == "Fold"


def test_an_address_nobody_has() -> None:
    with pytest.raises(NotFound):
        queries.get_neighbourhood("nowhere")
