"""The hand-made part of Carrowshire: three authorities, twelve neighbourhoods, thirty-six wards, places people name.

Everything here is invented. The generator only adds geometry and numbers to it, so that stories can speak of
Copperfield Parade and mean the same place on the map. Positions are kilometres east and north of ORIGIN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NAME = "Carrowshire"
FORCE_NAME = "Carrowshire Constabulary"
FORCE_SLUG = "carrowshire"
COUNTY_CODE = "E10999001"
ORIGIN = (365_000.0, 274_000.0)
"""South-west corner of the drawing board, metres EPSG:27700; well inside the cover of OSTN15."""

OUTLINE_KM = (
    (1, 3), (6, 0.5), (13, 2), (18, 1), (24, 3), (30, 2.5), (37, 5), (40, 11), (39, 17), (41, 24),
    (37, 31), (30, 33), (23, 31.5), (17, 32.5), (10, 30), (4, 29), (1.5, 23), (3, 17), (0, 11),
)  # fmt: skip
"""The county's outline before the generator makes it ragged."""

Tier = Literal["district", "unitary"]
Character = Literal["core", "inner", "estate", "suburb", "town", "rural"]
StreetKind = Literal["centre", "parade", "estate", "residential", "lane", "industrial", "station", "carpark", "park"]
PlaceKind = Literal[
    "town", "village", "school", "park", "shops", "station", "library", "worship", "health", "leisure",
    "community", "student", "waterside",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DistrictDesign:
    """A lower-tier or unitary authority: GSS-like code, name and tier."""

    code: str
    name: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class WardDesign:
    """One ward: its name, the streets and landmarks that stories need, and whether it is built up."""

    name: str
    streets: tuple[tuple[str, StreetKind], ...] = ()
    places: tuple[tuple[str, PlaceKind], ...] = ()
    offset_km: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class NeighbourhoodDesign:
    """One of the twelve: key, name, authority, centre and reach (km), character, deprivation score and three wards."""

    key: str
    name: str
    district: str
    centre_km: tuple[float, float]
    reach_km: float
    character: Character
    hardship: float
    wards: tuple[WardDesign, WardDesign, WardDesign]


DISTRICTS = (
    DistrictDesign("E06999001", "Harrowick", "unitary"),
    DistrictDesign("E07999001", "Carrow Vale", "district"),
    DistrictDesign("E07999002", "Eddonside", "district"),
)

NEIGHBOURHOODS = (
    NeighbourhoodDesign(
        "harrowick-central", "Harrowick Central", "Harrowick", (20.0, 9.6), 0.9, "core", 30,
        (
            WardDesign(
                "Cornmarket",
                (("Cornmarket", "centre"), ("Bridge Gate", "centre"), ("Tanner's Yard", "centre")),
                (("Harrowick", "town"), ("Harrowick Central Library", "library"), ("Cornmarket Shops", "shops"),
                 ("Guildhall Community Rooms", "community"), ("Harrowick Bus Station", "station")),
            ),
            WardDesign(
                "Minster",
                (("Minster Street", "centre"), ("Chantry Lane", "residential")),
                (("Harrowick Minster", "worship"), ("Minster Gardens", "park"), ("Minster Primary School", "school"),
                 ("St Brannoc's Day Centre", "community")),
            ),
            WardDesign(
                "Quayside",
                (("Quayside", "centre"), ("Station Approach", "station"), ("Ropewalk", "residential")),
                (("Harrowick Station", "station"), ("Quayside Basin", "waterside"), ("Harrowick General Infirmary",
                 "health"),
                 ("Ropewalk Mosque and Community Centre", "worship")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "saltergate", "Saltergate and Tannery", "Harrowick", (22.3, 8.4), 1.0, "inner", 44,
        (
            WardDesign(
                "Saltergate",
                (("Saltergate", "parade"), ("Albion Terrace", "residential"), ("Vesper Street", "residential")),
                (("Saltergate Primary School", "school"), ("Saltergate Recreation Ground", "park"),
                 ("Gurdwara Sri Guru Ram Das, Albion Terrace", "worship"), ("Saltergate Library", "library")),
            ),
            WardDesign(
                "Tannery",
                (("Tannery Road", "parade"), ("Bark Street", "residential"), ("Fellmonger Close", "estate")),
                (("Tannery Park", "park"), ("Tannery Road Shops", "shops"), ("Eddon Valley Food Bank", "community"),
                 ("New Life Church", "worship")),
            ),
            WardDesign(
                "Canalside",
                (("Canal Row", "residential"), ("Lock Keeper's Way", "estate")),
                (("Canalside Towpath", "waterside"), ("Canalside Academy", "school"), ("Canalside Health Centre",
                 "health"),
                 ("Bottom Lock Bridge", "waterside")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "wyndmoor", "Wyndmoor", "Harrowick", (18.0, 7.0), 1.2, "estate", 46,
        (
            WardDesign(
                "Copperfields",
                (("Copperfield Parade", "parade"), ("Peggotty Road", "estate"), ("Traddles Close", "estate")),
                (("Copperfield Parade Shops", "shops"), ("Copperfields Community Centre", "community"),
                 ("Wyndmoor Library", "library"), ("Copperfields Primary School", "school")),
            ),
            WardDesign(
                "Wyndmoor North",
                (("Wyndmoor Road", "parade"), ("Linnet Way", "estate"), ("Siskin Court", "estate")),
                (("Wyndmoor High School", "school"), ("Linnet Way Play Area", "park"), ("Wyndmoor Surgery", "health")),
            ),
            WardDesign(
                "Wyndmoor South",
                (("Harvest Hill", "estate"), ("Barley Close", "estate")),
                (("Harvest Hill Fields", "park"), ("St Oswin's Church", "worship"), ("Harvest Hill Garages",
                 "community")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "fennick-park", "Fennick Park", "Harrowick", (20.9, 12.4), 1.2, "suburb", 9,
        (
            WardDesign(
                "Fennick Park",
                (("Fennick Avenue", "residential"), ("Lime Grove", "residential")),
                (("Fennick Park", "park"), ("Fennick Park Primary School", "school"), ("St Hild's Church", "worship")),
            ),
            WardDesign(
                "University",
                (("College Road", "parade"), ("Hadrian Street", "residential"), ("Antonine Street", "residential"),
                 ("Trajan Street", "residential"), ("Severus Street", "residential")),
                (("University of Harrowick", "student"), ("Hadrian Street Shops", "shops"), ("Students' Union",
                 "student")),
            ),
            WardDesign(
                "Hazelbank",
                (("Hazelbank Drive", "residential"), ("Orchard Rise", "residential")),
                (("Hazelbank Shops", "shops"), ("Hazelbank Primary School", "school"), ("Hazelbank Medical Centre",
                 "health"),
                 ("Shree Hanuman Temple", "worship")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "carrowbridge", "Carrowbridge", "Carrow Vale", (9.5, 14.0), 1.4, "town", 21,
        (
            WardDesign(
                "Carrowbridge Castle",
                (("Castle Street", "centre"), ("Sheep Street", "centre"), ("Bailey Gardens", "residential")),
                (("Carrowbridge", "town"), ("Castle Grounds", "park"), ("Carrowbridge Library", "library"),
                 ("Carrowbridge Town Hall", "community")),
            ),
            WardDesign(
                "Carrowbridge Priory",
                (("Priory Road", "residential"), ("Wharf Lane", "carpark")),
                (("Priory Church", "worship"), ("Priory School", "school"), ("Carrowbridge Station", "station")),
            ),
            WardDesign(
                "Lowfield",
                (("Lowfield Road", "estate"), ("Teasel Way", "estate")),
                (("Lowfield Shops", "shops"), ("Lowfield Primary School", "school"), ("Lowfield Meadow", "park")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "stannerley", "Stannerley", "Carrow Vale", (6.5, 21.5), 1.4, "town", 38,
        (
            WardDesign(
                "Stannerley Mills",
                (("Mill Lane", "industrial"), ("Weft Street", "residential"), ("Bobbin Row", "residential")),
                (("Old Dyehouse", "community"), ("Stannerley Weir", "waterside"), ("Jamia Masjid Weft Street",
                 "worship")),
            ),
            WardDesign(
                "Stannerley Town",
                (("Market Place", "centre"), ("Union Street", "centre")),
                (("Stannerley", "town"), ("Stannerley Library", "library"), ("Market Place Shops", "shops"),
                 ("Stannerley Bus Station", "station")),
            ),
            WardDesign(
                "Bankfoot",
                (("Bankfoot Road", "estate"), ("Heald Crescent", "estate")),
                (("Bankfoot Recreation Ground", "park"), ("Bankfoot Community School", "school"),
                 ("Bankfoot Quarry", "park")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "hallowmere", "Hallowmere", "Carrow Vale", (15.0, 23.5), 2.4, "town", 8,
        (
            WardDesign(
                "Hallowmere Lakes",
                (("Lakeside Drive", "residential"), ("Boathouse Road", "carpark")),
                (("Hallowmere", "town"), ("Hallowmere Country Park", "park"), ("Boathouse Car Park", "waterside")),
            ),
            WardDesign(
                "Hallowmere Spa",
                (("Spa Street", "centre"), ("Wells Road", "residential")),
                (("Spa Pavilion", "leisure"), ("Hallowmere Library", "library"), ("Spa Street Shops", "shops")),
            ),
            WardDesign(
                "Netherby Green",
                (("Netherby Lane", "residential"), ("The Green", "residential")),
                (("Netherby Green", "village"), ("Netherby Primary School", "school"), ("St Cedd's Church", "worship")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "vale-villages", "Vale Villages", "Carrow Vale", (8.0, 7.0), 4.0, "rural", 9,
        (
            WardDesign(
                "Upton Carrow",
                (("Church Street", "lane"), ("Forge Lane", "lane")),
                (("Upton Carrow", "village"), ("Upton Carrow Village Hall", "community"), ("St Wystan's Church",
                 "worship")),
                (-4.0, 2.4),
            ),
            WardDesign(
                "Thornley Brook",
                (("Brook Street", "lane"), ("Mill Hill", "lane")),
                (("Thornley Brook", "village"), ("Thornley Brook Primary School", "school"), ("Chapel Field", "park")),
                (3.6, 1.2),
            ),
            WardDesign(
                "Great Marling",
                (("Marling Street", "lane"), ("Pound Lane", "lane")),
                (("Great Marling", "village"), ("Little Marling", "village"), ("Marling Memorial Hall", "community")),
                (0.0, -3.6),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "eddonford", "Eddonford", "Eddonside", (31.0, 11.5), 1.5, "town", 27,
        (
            WardDesign(
                "Eddonford Town",
                (("High Street", "centre"), ("Fore Bridge", "centre"), ("Cheap Row", "centre")),
                (("Eddonford", "town"), ("High Street Shops", "shops"), ("Eddonford Library", "library"),
                 ("Eddonford Methodist Church", "worship")),
            ),
            WardDesign(
                "Eddonford Station",
                (("Station Car Park", "carpark"), ("Railway Terrace", "residential")),
                (("Eddonford Station", "station"), ("Eddonford Leisure Centre", "leisure"), ("Railway Field", "park")),
            ),
            WardDesign(
                "Riverside",
                (("Riverside Park and Ride", "carpark"), ("Osier Road", "residential")),
                (("Riverside Park", "park"), ("Riverside Academy", "school"), ("Osier Road Surgery", "health")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "pitlow", "Pitlow", "Eddonside", (34.0, 19.5), 1.5, "estate", 41,
        (
            WardDesign(
                "Pitlow Central",
                (("Larkhill Parade", "parade"), ("Colliery Road", "parade"), ("Deputy Row", "residential")),
                (("Pitlow", "town"), ("Larkhill Parade Shops", "shops"), ("Pitlow Miners' Welfare", "community"),
                 ("Pitlow Library", "library")),
            ),
            WardDesign(
                "Larkhill",
                (("Larkhill Avenue", "estate"), ("Skylark Close", "estate")),
                (("Larkhill Primary School", "school"), ("Larkhill Play Area", "park")),
            ),
            WardDesign(
                "Pitlow Tip",
                (("Tip Road", "industrial"), ("Seam Street", "residential")),
                (("Pitlow Country Park", "park"), ("Pitlow Ebenezer Chapel", "worship"), ("Seam Street Clinic",
                 "health")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "kettlemoor", "Kettlemoor", "Eddonside", (26.0, 18.6), 1.7, "suburb", 5,
        (
            WardDesign(
                "Kettlemoor East",
                (("Kettle Lane", "parade"), ("Sorrel Drive", "residential")),
                (("Kettlemoor", "town"), ("Kettle Lane Shops", "shops"), ("Kettlemoor Library", "library")),
            ),
            WardDesign(
                "Kettlemoor West",
                (("School Lane", "residential"), ("Bramble Way", "residential")),
                (("Kettlemoor Primary School", "school"), ("Kettlemoor Common", "park"), ("St Alkmund's Church",
                 "worship")),
            ),
            WardDesign(
                "Furnace Wood",
                (("Furnace Road", "residential"), ("Ironmaster Close", "residential")),
                (("Furnace Wood", "village"), ("Furnace Pool", "waterside"), ("Kettlemoor Station", "station")),
            ),
        ),
    ),
    NeighbourhoodDesign(
        "upper-eddon", "Upper Eddon", "Eddonside", (29.5, 26.0), 4.2, "rural", 12,
        (
            WardDesign(
                "Eddon Head",
                (("Head Lane", "lane"), ("Quarry Road", "lane")),
                (("Eddon Head", "village"), ("Eddon Head Village Hall", "community"), ("Eddon Reservoir", "waterside")),
                (-5.0, 1.2),
            ),
            WardDesign(
                "Castle Hargrove",
                (("Hargrove Street", "lane"), ("Castle Bank", "lane")),
                (("Castle Hargrove", "village"), ("Hargrove Primary School", "school"), ("All Saints, Hargrove",
                 "worship")),
                (1.0, -0.2),
            ),
            WardDesign(
                "Moorgate",
                (("Moor Lane", "lane"), ("Drovers Way", "lane")),
                (("Moorgate", "village"), ("Moorgate Farm Shop", "shops"), ("Moor Lane Playing Field", "park")),
                (5.4, 2.6),
            ),
        ),
    ),
)  # fmt: skip
