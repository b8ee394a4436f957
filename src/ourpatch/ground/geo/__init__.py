"""Geography without a spatial database: National Grid coordinates, the area a point lies in, and outlines of areas.

Inside the house a place is an easting and a northing in metres (EPSG:27700); degrees live at the edges.
"""

from ourpatch.ground.geo.areas import AreaIndex
from ourpatch.ground.geo.outlines import (
    distance,
    from_wkb,
    project_geometries,
    project_geometry,
    repair,
    simplify_for_web,
    simplify_together,
    to_wkb,
)
from ourpatch.ground.geo.transform import in_cover, point_to_bng, point_to_wgs84, to_bng, to_wgs84

__all__ = [
    "AreaIndex",
    "distance",
    "from_wkb",
    "in_cover",
    "point_to_bng",
    "point_to_wgs84",
    "project_geometries",
    "project_geometry",
    "repair",
    "simplify_for_web",
    "simplify_together",
    "to_bng",
    "to_wgs84",
    "to_wkb",
]
