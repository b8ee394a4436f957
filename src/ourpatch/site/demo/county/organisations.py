"""The bodies of the county's community safety partnerships, each with its duty (statutory.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Duty = Literal["responsible", "co-operating", "invitee"]
Sector = Literal["statutory", "public", "third", "private", "community"]
Kind = Literal[
    "police", "commissioner", "county council", "district council", "unitary council", "fire", "health", "probation",
    "registered provider", "parish council", "school", "college", "university", "voluntary", "faith", "watch",
    "business", "transport", "residents' group",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body that takes part: its kind, sector and duty; `neighbourhoods` it serves, empty for the whole county."""

    key: str
    name: str
    kind: Kind
    sector: Sector
    duty: Duty
    neighbourhoods: tuple[str, ...] = ()


CITY = ("harrowick-central", "saltergate", "wyndmoor", "fennick-park")
VALE = ("carrowbridge", "stannerley", "hallowmere", "vale-villages")
EDDON = ("eddonford", "pitlow", "kettlemoor", "upper-eddon")

ORGANISATIONS = (
    Organisation("police", "Carrowshire Constabulary", "police", "statutory", "responsible"),
    Organisation("city-council", "Harrowick City Council", "unitary council", "statutory", "responsible", CITY),
    Organisation("county-council", "Carrowshire County Council", "county council", "statutory", "responsible",
    VALE + EDDON),
    Organisation("vale-council", "Carrow Vale District Council", "district council", "statutory", "responsible", VALE),
    Organisation("eddonside-council", "Eddonside District Council", "district council", "statutory", "responsible",
    EDDON),
    Organisation("fire", "Carrowshire Fire and Rescue Service", "fire", "statutory", "responsible"),
    Organisation("icb", "Carrowshire Integrated Care Board", "health", "statutory", "responsible"),
    Organisation("probation", "Probation Service, Carrowshire", "probation", "statutory", "responsible"),
    Organisation("commissioner", "Office of the Police and Crime Commissioner", "commissioner", "statutory",
    "co-operating"),
    Organisation("infirmary", "Harrowick General NHS Foundation Trust", "health", "public", "co-operating"),
    Organisation("mental-health", "Eddon Valley Partnership NHS Trust", "health", "public", "co-operating"),
    Organisation("harrowick-homes", "Harrowick Homes", "registered provider", "third", "co-operating", CITY),
    Organisation("tannery-housing", "Tannery Housing Co-operative", "registered provider", "third", "co-operating",
    ("saltergate",)),
    Organisation("carrow-living", "Carrow Living", "registered provider", "third", "co-operating", VALE),
    Organisation("millstone", "Millstone Housing Association", "registered provider", "third", "co-operating",
                 ("stannerley", "pitlow")),
    Organisation("eddon-homes", "Eddon and Moorland Homes", "registered provider", "third", "co-operating", EDDON),
    Organisation("coalfield-homes", "Coalfield Homes", "registered provider", "third", "co-operating", ("pitlow",
    "kettlemoor")),
    Organisation("upton-parish", "Upton Carrow Parish Council", "parish council", "statutory", "co-operating",
    ("vale-villages",)),
    Organisation("marling-parish", "Marlings Parish Council", "parish council", "statutory", "co-operating",
    ("vale-villages",)),
    Organisation("thornley-parish", "Thornley Brook Parish Council", "parish council", "statutory", "co-operating",
                 ("vale-villages",)),
    Organisation("netherby-parish", "Netherby Parish Council", "parish council", "statutory", "co-operating",
    ("hallowmere",)),
    Organisation("hargrove-parish", "Castle Hargrove Parish Council", "parish council", "statutory", "co-operating",
                 ("upper-eddon",)),
    Organisation("eddon-head-parish", "Eddon Head Parish Council", "parish council", "statutory", "co-operating",
                 ("upper-eddon",)),
    Organisation("stannerley-town", "Stannerley Town Council", "parish council", "statutory", "co-operating",
    ("stannerley",)),
    Organisation("wyndmoor-high", "Wyndmoor High School", "school", "public", "invitee", ("wyndmoor",)),
    Organisation("canalside-academy", "Canalside Academy", "school", "public", "invitee", ("saltergate",)),
    Organisation("bankfoot-school", "Bankfoot Community School", "school", "public", "invitee", ("stannerley",)),
    Organisation("riverside-academy", "Riverside Academy", "school", "public", "invitee", ("eddonford",)),
    Organisation("priory-school", "Priory School", "school", "public", "co-operating", ("carrowbridge",)),
    Organisation("kettlemoor-primary", "Kettlemoor Primary School", "school", "public", "invitee", ("kettlemoor",)),
    Organisation("hazelbank-primary", "Hazelbank Primary School", "school", "public", "invitee", ("fennick-park",)),
    Organisation("eddon-college", "Eddonside College", "college", "public", "co-operating", EDDON),
    Organisation("university", "University of Harrowick", "university", "public", "invitee", CITY),
    Organisation("students-union", "Harrowick Students' Union", "voluntary", "third", "invitee", ("fennick-park",)),
    Organisation("victim-care", "Carrowshire Victim Care", "voluntary", "third", "invitee"),
    Organisation("youth-link", "Youth Link Wyndmoor", "voluntary", "third", "invitee", ("wyndmoor",)),
    Organisation("streetwise", "Streetwise Outreach", "voluntary", "third", "invitee", ("harrowick-central",
    "saltergate")),
    Organisation("turning-tide", "Turning Tide Drug and Alcohol Service", "voluntary", "third", "invitee"),
    Organisation("food-bank", "Eddon Valley Food Bank", "voluntary", "third", "invitee", ("saltergate",)),
    Organisation("mediation", "Common Ground Mediation", "voluntary", "third", "invitee"),
    Organisation("age-well", "Age Well Carrowshire", "voluntary", "third", "invitee"),
    Organisation("miners-welfare", "Pitlow Miners' Welfare", "voluntary", "third", "invitee", ("pitlow",)),
    Organisation("pitlow-boxing", "Pitlow Amateur Boxing Club", "voluntary", "third", "invitee", ("pitlow",)),
    Organisation("street-pastors", "Harrowick Street Angels", "faith", "third", "invitee", ("harrowick-central",)),
    Organisation("ropewalk-mosque", "Ropewalk Mosque and Community Centre", "faith", "third", "invitee",
    ("harrowick-central",)),
    Organisation("gurdwara", "Gurdwara Sri Guru Ram Das, Saltergate", "faith", "third", "invitee", ("saltergate",)),
    Organisation("weft-street-masjid", "Jamia Masjid Weft Street", "faith", "third", "invitee", ("stannerley",)),
    Organisation("st-oswin", "St Oswin's Church, Wyndmoor", "faith", "third", "invitee", ("wyndmoor",)),
    Organisation("county-watch", "Carrowshire Neighbourhood Watch Association", "watch", "community", "invitee"),
    Organisation("hazelbank-watch", "Hazelbank Home Watch", "watch", "community", "invitee", ("fennick-park",)),
    Organisation("farm-watch", "Vale and Moorland Farm Watch", "watch", "community", "invitee", ("vale-villages",
    "upper-eddon")),
    Organisation("speed-watch", "Kettlemoor Community Speed Watch", "watch", "community", "invitee", ("kettlemoor",)),
    Organisation("harrowick-bid", "Harrowick City Centre Business Improvement District", "business", "private",
    "invitee",
                 ("harrowick-central",)),
    Organisation("eddonford-traders", "Eddonford Traders' Association", "business", "private", "invitee",
    ("eddonford",)),
    Organisation("copperfield-traders", "Copperfield Parade Shopkeepers", "business", "private", "invitee",
    ("wyndmoor",)),
    Organisation("quayside-pubwatch", "Quayside Pubwatch", "business", "private", "invitee", ("harrowick-central",)),
    Organisation("carrow-buses", "Carrow Valley Buses", "transport", "private", "invitee"),
    Organisation("midshire-rail", "Eddon Line Railway", "transport", "private", "invitee", ("eddonford",
    "harrowick-central",
                                                                                      "carrowbridge", "kettlemoor")),
    Organisation("canal-trust", "Carrow Canal Trust", "voluntary", "third", "invitee", ("saltergate",)),
    Organisation("wyndmoor-residents", "Wyndmoor Tenants and Residents", "residents' group", "community", "invitee",
                 ("wyndmoor",)),
    Organisation("saltergate-residents", "Saltergate Together", "residents' group", "community", "invitee",
    ("saltergate",)),
    Organisation("bankfoot-residents", "Bankfoot Residents' Association", "residents' group", "community", "invitee",
                 ("stannerley",)),
)  # fmt: skip
