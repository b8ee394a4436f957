"""Places are looked up once and remembered, and the answer is the one that looking up each row would have given."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.data.factories_exchange import E0, N0, Squareshire, make_squareshire

from ourpatch.data.exchange import placing
from ourpatch.data.exchange.placing import Placed, place, place_at
from ourpatch.foundation.places.queries import Resolver
from ourpatch.ground.geo import to_bng, to_wgs84

pytestmark = [pytest.mark.room, pytest.mark.django_db]

KINDS = ("ward", "lsoa", "district", "neighbourhood", "partnership")
LSOAS = ["", "E01999900", "E01999903", "E01000001"]

near = st.tuples(st.integers(-1_000, 5_000), st.integers(-1_000, 5_000)).map(lambda at: (E0 + at[0], N0 + at[1]))
rows = st.lists(st.tuples(st.none() | st.sampled_from([(E0 + 1_000, N0 + 1_000)]) | near, st.sampled_from(LSOAS)))


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


@pytest.fixture
def resolver(shire: Squareshire) -> Resolver:
    return Resolver.current(date(2026, 11, 18))


def degrees(described: list[tuple[Any, str]]) -> tuple[Any, Any, Any]:
    """Longitudes and latitudes as published (six decimals; NaN for none), and the publisher's LSOAs."""
    points = [point or (np.nan, np.nan) for point, _lsoa in described]
    metres = np.array(points, dtype=float).reshape(-1, 2)
    lon, lat = (np.round(each, 6) for each in to_wgs84(metres[:, 0], metres[:, 1]))
    return lon, lat, np.array([lsoa for _point, lsoa in described], dtype=object)


def one_by_one(resolver: Resolver, lon: Any, lat: Any, lsoas: Any) -> list[tuple[Any, ...]]:
    """The truth: each row by itself, without memory."""
    found = []
    for x, y, code in zip(lon.tolist(), lat.tolist(), lsoas.tolist(), strict=True):
        at = resolver.assign(*to_bng([x], [y]))
        areas = [getattr(at, kind)[0] for kind in KINDS]
        if areas[4] is None and code in ("E01999900", "E01999903"):
            # A point inside that small area; it is one kilometre from its corner, as the areas are squares of two.
            number = int(code[-1])
            inside = resolver.assign([E0 + 2_000 * (number % 2) + 1_000], [N0 + 2_000 * (number // 2) + 1_000])
            areas = [getattr(inside, kind)[0] for kind in KINDS]
            areas[1] = code
        found.append((*areas[:3], str(areas[3] or ""), areas[4]))
    return found


def told(placed: Placed) -> list[tuple[Any, ...]]:
    return list(zip(*(getattr(placed, kind).tolist() for kind in KINDS), strict=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=rows, second=rows)
def test_every_row_gets_what_it_would_get_alone(
    resolver: Resolver, first: list[tuple[Any, str]], second: list[tuple[Any, str]]
) -> None:
    for described in (first, second, first):
        lon, lat, lsoas = degrees(described)
        placed = place(resolver, lon, lat, lsoas)

        assert told(placed) == one_by_one(resolver, lon, lat, lsoas)
        easting, northing = to_bng(lon, lat)
        assert np.array_equal(placed.easting, easting, equal_nan=True)
        assert np.array_equal(placed.northing, northing, equal_nan=True)
        assert placed.inside.tolist() == [each is not None for each in placed.partnership.tolist()]
        assert placed.partnerships(placed.has_point) == {
            each for each, known in zip(placed.partnership, placed.has_point, strict=True) if each and known
        }
        at = place_at(resolver, easting, northing, lsoas)
        assert told(at) == told(placed)


def test_a_column_of_codes_lists_each_code_once(resolver: Resolver) -> None:
    lon, lat, lsoas = degrees([((E0 + 1_000, N0 + 1_000), ""), ((E0 + 1_000, N0 + 3_000), ""), (None, "")])
    wards = place(resolver, lon, lat, lsoas).coded("ward", np.array([True, True, True]))

    assert wards.to_pylist() == ["E05999901", "E05999901", ""]
    assert sorted(wards.dictionary.to_pylist()) == ["", "E05999901"]


def test_what_is_remembered_is_bounded(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "MOST_REMEMBERED", 3)
    for number in range(5):
        described = [((E0 + 100 * number + step, N0 + 1_000), "") for step in range(4)]
        lon, lat, lsoas = degrees(described)
        assert told(place(resolver, lon, lat, lsoas)) == one_by_one(resolver, lon, lat, lsoas)
        assert placing._memories[resolver]._keys.size <= 3 + len(described)


def test_degrees_beyond_the_globe_are_nowhere(resolver: Resolver) -> None:
    lon, lat = np.array([999.0, -999.0, np.inf]), np.array([999.0, 53.7, 1e300])
    placed = place(resolver, lon, lat, np.array(["", "", ""], dtype=object))

    assert not placed.has_point.any()
    assert not placed.inside.any()
