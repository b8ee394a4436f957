"""The transform agrees with Ordnance Survey's published answers and with `osgb`, and refuses what it cannot know."""

from __future__ import annotations

import math

import numpy as np
import osgb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import in_cover, point_to_bng, point_to_wgs84, to_bng, to_wgs84

pytestmark = pytest.mark.rules

MILLIMETRE = 0.001

# The 40 test points of Ordnance Survey's OSTN15 developer pack: ETRS89 latitude and longitude, OSGB36 easting and
# northing. Source: OSTN15_OSGM15_TestInput_ETRStoOSGB.txt and its output.
TEST_POINTS = {
    "TP01": (49.92226393730, -6.29977752014, 91492.146, 11318.804),
    "TP02": (49.96006137820, -5.20304609998, 170370.718, 11572.405),
    "TP03": (50.43885825610, -4.10864563561, 250359.811, 62016.569),
    "TP04": (50.57563665000, -1.29782277240, 449816.371, 75335.861),
    "TP05": (50.93127937910, -1.45051433700, 438710.920, 114792.250),
    "TP06": (51.40078220140, -3.55128349240, 292184.870, 168003.465),
    "TP07": (51.37447025550, 1.44454730409, 639821.835, 169565.858),
    "TP08": (51.42754743020, -2.54407618349, 362269.991, 169978.690),
    "TP09": (51.48936564950, -0.11992557180, 530624.974, 178388.464),
    "TP10": (51.85890896400, -4.30852476960, 241124.584, 220332.641),
    "TP11": (51.89436637350, 0.89724327012, 599445.590, 225722.826),
    "TP12": (52.25529381630, -2.15458614387, 389544.190, 261912.153),
    "TP13": (52.25160951230, -0.91248956970, 474335.969, 262047.755),
    "TP14": (52.75136687170, 0.40153547065, 562180.547, 319784.995),
    "TP15": (52.96219109410, -1.19747655922, 454002.834, 340834.943),
    "TP16": (53.34480280190, -2.64049320810, 357455.843, 383290.436),
    "TP17": (53.41628516040, -4.28918069756, 247958.971, 393492.909),
    "TP18": (53.41630925420, -4.28917792869, 247959.241, 393495.583),
    "TP19": (53.77911025760, -3.04045490691, 331534.564, 431920.794),
    "TP20": (53.80021519630, -1.66379168242, 422242.186, 433818.701),
    "TP21": (54.08666318080, -4.63452168212, 227778.330, 468847.388),
    "TP22": (54.11685144290, -0.07773133187, 525745.670, 470703.214),
    "TP23": (54.32919541010, -4.38849118133, 244780.636, 495254.887),
    "TP24": (54.89542340420, -2.93827741149, 339921.145, 556034.761),
    "TP25": (54.97912273660, -1.61657685184, 424639.355, 565012.703),
    "TP26": (55.85399952950, -4.29649016251, 256340.925, 664697.269),
    "TP27": (55.92478265510, -3.29479219337, 319188.434, 670947.534),
    "TP28": (57.00606696050, -5.82836691850, 167634.202, 797067.144),
    "TP29": (57.13902518960, -2.04856030746, 397160.491, 805349.736),
    "TP30": (57.48625000720, -4.21926398555, 267056.768, 846176.972),
    "TP31": (57.81351838410, -8.57854456076, 9587.909, 899448.996),
    "TP32": (58.21262247180, -7.59255560556, 71713.132, 938516.404),
    "TP33": (58.51560361300, -6.26091455533, 151968.652, 966483.780),
    "TP34": (58.58120461280, -3.72631022121, 299721.891, 967202.992),
    "TP35": (59.03743871190, -3.21454001115, 330398.323, 1017347.016),
    "TP36": (59.09335035320, -4.41757674598, 261596.778, 1025447.602),
    "TP37": (59.09671617400, -5.82799339844, 180862.461, 1029604.114),
    "TP38": (59.53470794490, -1.62516966058, 421300.525, 1072147.239),
    "TP39": (59.85409913890, -1.27486910356, 440725.073, 1107878.448),
    "TP40": (60.13308091660, -2.07382822798, 395999.668, 1138728.951),
}


def metres_apart(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Good to a per cent, which is all that a few millimetres need."""
    north = (other_lat - lat) * 111_200
    return math.hypot(north, (other_lon - lon) * 111_200 * math.cos(math.radians(lat)))


@pytest.mark.golden
@pytest.mark.parametrize("name", TEST_POINTS)
def test_ordnance_surveys_test_points_go_to_the_grid(name: str) -> None:
    lat, lon, easting, northing = TEST_POINTS[name]

    e, n = point_to_bng(lon, lat)

    # The published answers are rounded to a millimetre.
    assert e == pytest.approx(easting, abs=MILLIMETRE)
    assert n == pytest.approx(northing, abs=MILLIMETRE)


@pytest.mark.golden
@pytest.mark.parametrize("name", TEST_POINTS)
def test_ordnance_surveys_test_points_come_back(name: str) -> None:
    lat, lon, easting, northing = TEST_POINTS[name]

    # At St Kilda and in the outer isles Ordnance Survey's own way back is up to 5 mm off.
    assert metres_apart(*point_to_wgs84(easting, northing), lon, lat) < 6 * MILLIMETRE


@pytest.fixture(scope="module")
def scattered() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(20261118)
    return random.uniform(-6.5, 1.8, 400), random.uniform(49.95, 60.8, 400)


def test_agrees_with_osgb_to_a_millimetre_on_the_way_to_the_grid(scattered: tuple[np.ndarray, np.ndarray]) -> None:
    lon, lat = scattered
    expected = np.array([osgb.ll_to_grid(y, x, rounding=6) for x, y in zip(lon, lat, strict=True)])

    e, n = to_bng(lon, lat)

    assert np.hypot(e - expected[:, 0], n - expected[:, 1]).max() < MILLIMETRE


def test_agrees_with_osgb_to_a_centimetre_on_the_way_back(scattered: tuple[np.ndarray, np.ndarray]) -> None:
    e, n = to_bng(*scattered)
    expected = [osgb.grid_to_ll(float(x), float(y), rounding=10) for x, y in zip(e, n, strict=True)]

    lon, lat = to_wgs84(e, n)

    apart = [metres_apart(x, y, ll[1], ll[0]) for x, y, ll in zip(lon, lat, expected, strict=True)]
    assert max(apart) < 10 * MILLIMETRE


@given(e=st.floats(80_000, 656_000), n=st.floats(5_000, 658_000))
def test_there_and_back_is_the_same_place_in_england_and_wales(e: float, n: float) -> None:
    back_e, back_n = point_to_bng(*point_to_wgs84(e, n))

    assert math.hypot(back_e - e, back_n - n) < MILLIMETRE


@given(
    e=st.floats(112, 700_000, exclude_min=True, exclude_max=True),
    n=st.floats(0, 1_249_915, exclude_min=True, exclude_max=True),
)
def test_every_covered_point_has_a_longitude_and_a_latitude(e: float, n: float) -> None:
    lon, lat = point_to_wgs84(e, n)

    assert -10 < lon < 4
    assert 49 < lat < 62


@given(lon=st.floats(), lat=st.floats())
def test_an_answer_is_always_inside_the_cover(lon: float, lat: float) -> None:
    e, n = to_bng(lon, lat)

    assert np.isnan(e) == np.isnan(n)
    assert np.isnan(e) or in_cover(e, n)


NO_PLACES = {
    "the Gulf of Guinea": (0.0, 0.0),
    "swapped": (53.7, -2.7),
    "Paris": (2.35, 48.86),
    "New York": (-74.0, 40.7),
    "Galway": (-9.05, 53.27),
    "metres in place of degrees": (353_000.0, 430_000.0),
    "not a number": (math.nan, 53.7),
    "half a number": (-2.7, math.nan),
    "infinite": (math.inf, 53.7),
    "minus infinite": (-2.7, -math.inf),
    "the antipodes": (177.3, -53.7),
    "beyond the pole": (-2.7, 126.3),
}


@pytest.mark.parametrize("name", NO_PLACES)
def test_no_place_in_great_britain_is_refused(name: str) -> None:
    lon, lat = NO_PLACES[name]

    with pytest.raises(BadInput):
        point_to_bng(lon, lat)
    assert np.isnan(to_bng(lon, lat)).all()


@pytest.mark.parametrize(
    ("e", "n"),
    [
        (0.0, 0.0),
        (-2.7, 53.7),
        (-100.0, 430_000.0),
        (700_001.0, 430_000.0),
        (353_000.0, 1_250_001.0),
        (353_000.0, -1.0),
        (math.nan, 430_000.0),
        (353_000.0, math.inf),
    ],
)
def test_no_place_on_the_grid_is_refused(e: float, n: float) -> None:
    with pytest.raises(BadInput):
        point_to_wgs84(e, n)
    assert np.isnan(to_wgs84(e, n)).all()
    assert not in_cover(e, n)


def test_swapped_degrees_are_named_for_what_they_are() -> None:
    with pytest.raises(BadInput, match="swapped"):
        point_to_bng(53.7, -2.7)


def test_in_an_array_only_the_points_outside_are_missing() -> None:
    e, n = to_bng([-2.7, 0.0, math.nan, 53.7], [53.7, 0.0, 53.7, -2.7])

    assert np.isfinite(e).tolist() == [True, False, False, False]
    assert np.isfinite(n).tolist() == [True, False, False, False]
    assert (e[0], n[0]) == point_to_bng(-2.7, 53.7)


def test_arrays_keep_their_shape_and_an_empty_one_is_answered() -> None:
    assert to_bng(np.full((3, 2), -2.7), np.full((3, 2), 53.7))[0].shape == (3, 2)
    assert to_bng([], [])[0].shape == (0,)
    assert to_wgs84([], [])[1].shape == (0,)
    assert in_cover([], []).shape == (0,)


def test_what_is_handed_in_is_not_changed() -> None:
    lon, lat = np.array([-2.7, 0.0]), np.array([53.7, 0.0])

    to_bng(lon, lat)

    assert lon.tolist() == [-2.7, 0.0]
    assert lat.tolist() == [53.7, 0.0]
