"""The hundred and sixty people who work with Ourpatch in Carrowshire: post, organisation, role and places served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from . import names
from .design import NEIGHBOURHOODS
from .organisations import CITY, EDDON, ORGANISATIONS, VALE

Role = Literal[
    "resident_facing_officer", "sergeant", "neighbourhood_manager", "partner_worker", "analyst", "board_member",
    "administrator", "auditor", "data_clerk", "information_officer",
]  # fmt: skip
ROLES: tuple[Role, ...] = (
    "resident_facing_officer", "sergeant", "neighbourhood_manager", "partner_worker", "analyst", "board_member",
    "administrator", "auditor", "data_clerk", "information_officer",
)  # fmt: skip

Post = tuple[str, str, str, Role, tuple[str, ...]]
"""Key of the post, organisation, title, role, neighbourhoods served (empty: the organisation's whole area)."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person with a post; places by key, e-mail in a reserved domain, phone in the numbers kept for drama."""

    key: str
    name: str
    title: str
    organisation: str
    role: Role
    neighbourhoods: tuple[str, ...]
    email: str
    phone: str


WARDS_OF_SERGEANTS = (
    ("harrowick-central", "saltergate"), ("wyndmoor", "fennick-park"), ("carrowbridge", "vale-villages"),
    ("stannerley", "hallowmere"), ("eddonford", "kettlemoor"), ("pitlow", "upper-eddon"),
)  # fmt: skip

BOARD: tuple[Post, ...] = (
    ("chair-harrowick", "city-council", "Director of Neighbourhoods, chair of the Harrowick partnership",
    "board_member", CITY),
    ("chair-vale", "vale-council", "Chief executive, chair of the Carrow Vale partnership", "board_member", VALE),
    ("chair-eddonside", "eddonside-council", "Deputy chief executive, chair of the Eddonside partnership",
    "board_member", EDDON),
    ("county-lead", "county-council", "Head of community safety, county lead", "board_member", VALE + EDDON),
    ("superintendent", "police", "Superintendent, neighbourhood policing", "board_member", ()),
    ("chief-inspector-city", "police", "Chief inspector, Harrowick local policing area", "board_member", CITY),
    ("chief-inspector-county", "police", "Chief inspector, Vale and Eddonside local policing area", "board_member",
    VALE + EDDON),
    ("fire-board", "fire", "Area manager, prevention", "board_member", ()),
    ("icb-board", "icb", "Associate director of partnerships", "board_member", ()),
    ("probation-board", "probation", "Head of probation delivery unit", "board_member", ()),
    ("commissioner-board", "commissioner", "Head of policy and partnerships", "board_member", ()),
    ("councillor-wyndmoor", "city-council", "Councillor, Copperfields ward", "board_member", ("wyndmoor",)),
    ("councillor-saltergate", "city-council", "Councillor, Tannery ward, cabinet member for safer communities",
    "board_member", CITY),
    ("councillor-stannerley", "vale-council", "Councillor, Stannerley Mills ward", "board_member", ("stannerley",)),
    ("councillor-carrowbridge", "vale-council", "Councillor, Carrowbridge Castle ward, portfolio holder",
    "board_member", VALE),
    ("councillor-eddonford", "eddonside-council", "Councillor, Eddonford Town ward, portfolio holder", "board_member",
    EDDON),
    ("councillor-pitlow", "eddonside-council", "Councillor, Larkhill ward", "board_member", ("pitlow",)),
    ("councillor-county", "county-council", "County councillor, chair of scrutiny", "board_member", VALE + EDDON),
    ("homes-board", "harrowick-homes", "Director of housing services", "board_member", CITY),
    ("public-health-board", "county-council", "Consultant in public health", "board_member", VALE + EDDON),
    ("victims-board", "victim-care", "Chief officer", "board_member", ()),
    ("university-board", "university", "Registrar", "board_member", ("fennick-park",)),
)  # fmt: skip

SPECIALISTS: tuple[Post, ...] = (
    ("analyst-police-1", "police", "Senior partnership analyst", "analyst", ()),
    ("analyst-police-2", "police", "Intelligence analyst, neighbourhoods", "analyst", CITY),
    ("analyst-police-3", "police", "Intelligence analyst, neighbourhoods", "analyst", VALE + EDDON),
    ("analyst-city", "city-council", "Community safety analyst", "analyst", CITY),
    ("analyst-county", "county-council", "Community safety analyst", "analyst", VALE + EDDON),
    ("analyst-fire", "fire", "Risk and data analyst", "analyst", ()),
    ("administrator-city", "city-council", "Systems and business support officer", "administrator", CITY),
    ("administrator-county", "county-council", "Partnership support officer", "administrator", VALE + EDDON),
    ("administrator-police", "police", "Neighbourhood systems administrator", "administrator", ()),
    ("auditor-city", "city-council", "Information governance manager", "auditor", CITY),
    ("auditor-county", "county-council", "Data protection officer", "auditor", VALE + EDDON),
    ("auditor-police", "police", "Information assurance lead", "auditor", ()),
)  # fmt: skip

WORKERS: tuple[Post, ...] = tuple(
    (key, organisation, title, "partner_worker", places)
    for key, organisation, title, places in (
        ("asb-city-1", "city-council", "ASB case officer", CITY),
        ("asb-city-2", "city-council", "ASB case officer", CITY),
        ("streets-city", "city-council", "Street scene supervisor", CITY),
        ("lighting-city", "city-council", "Street lighting engineer", CITY),
        ("licensing-city", "city-council", "Licensing enforcement officer", ("harrowick-central", "saltergate")),
        ("youth-city", "city-council", "Youth services team leader", CITY),
        ("parking-city", "city-council", "Civil enforcement team leader", CITY),
        ("parks-city", "city-council", "Parks and open spaces officer", CITY),
        ("private-rent-city", "city-council", "Private rented housing officer", CITY),
        ("asb-vale", "vale-council", "ASB and community safety officer", VALE),
        ("env-vale", "vale-council", "Environmental crime officer", VALE),
        ("parks-vale", "vale-council", "Parks and countryside ranger", VALE),
        ("licensing-vale", "vale-council", "Licensing officer", VALE),
        ("asb-eddonside", "eddonside-council", "ASB and community safety officer", EDDON),
        ("env-eddonside", "eddonside-council", "Environmental health officer", EDDON),
        ("parks-eddonside", "eddonside-council", "Parks manager", EDDON),
        ("planning-eddonside", "eddonside-council", "Designing out crime and planning officer", EDDON),
        ("highways-west", "county-council", "Highways and road safety engineer", VALE),
        ("highways-east", "county-council", "Highways and road safety engineer", EDDON),
        ("youth-county", "county-council", "Youth justice prevention officer", VALE + EDDON),
        ("early-help", "county-council", "Early help practitioner", VALE + EDDON),
        ("trading-standards", "county-council", "Trading standards officer", VALE + EDDON),
        ("fire-city", "fire", "Community safety crew commander", CITY),
        ("fire-vale", "fire", "Community safety crew commander", VALE),
        ("fire-eddon", "fire", "Arson reduction officer", EDDON),
        ("health-visiting", "icb", "Health inclusion lead", ()),
        ("mental-health-1", "mental-health", "Community psychiatric nurse, street triage", CITY),
        ("mental-health-2", "mental-health", "Community mental health practitioner", VALE + EDDON),
        ("emergency-dept", "infirmary", "Emergency department violence reduction nurse", ()),
        ("probation-city", "probation", "Probation officer", CITY),
        ("payback", "probation", "Community payback placement co-ordinator", ()),
        ("homes-asb-1", "harrowick-homes", "Tenancy and ASB officer", ("wyndmoor", "fennick-park")),
        ("homes-asb-2", "harrowick-homes", "Tenancy and ASB officer", ("saltergate", "harrowick-central")),
        ("homes-caretaking", "harrowick-homes", "Estate services manager", CITY),
        ("tannery-manager", "tannery-housing", "Co-operative manager", ("saltergate",)),
        ("carrow-living-asb", "carrow-living", "Neighbourhood housing officer", VALE),
        ("millstone-asb", "millstone", "Tenancy enforcement officer", ("stannerley", "pitlow")),
        ("eddon-homes-asb", "eddon-homes", "Community safety officer", EDDON),
        ("coalfield-asb", "coalfield-homes", "Neighbourhood housing officer", ("pitlow", "kettlemoor")),
        ("clerk-upton", "upton-parish", "Parish clerk", ("vale-villages",)),
        ("clerk-marling", "marling-parish", "Parish clerk", ("vale-villages",)),
        ("clerk-thornley", "thornley-parish", "Parish clerk", ("vale-villages",)),
        ("clerk-netherby", "netherby-parish", "Parish clerk", ("hallowmere",)),
        ("clerk-hargrove", "hargrove-parish", "Parish clerk", ("upper-eddon",)),
        ("clerk-eddon-head", "eddon-head-parish", "Parish clerk", ("upper-eddon",)),
        ("clerk-stannerley", "stannerley-town", "Town clerk", ("stannerley",)),
        ("head-wyndmoor", "wyndmoor-high", "Assistant head, behaviour and safeguarding", ("wyndmoor",)),
        ("head-bankfoot", "bankfoot-school", "Pastoral lead", ("stannerley",)),
        ("head-riverside", "riverside-academy", "Assistant head, inclusion", ("eddonford",)),
        ("head-kettlemoor", "kettlemoor-primary", "Head teacher", ("kettlemoor",)),
        ("university-liaison", "university", "Community liaison and security manager", ("fennick-park",)),
        ("students-union-officer", "students-union", "Welfare and community officer", ("fennick-park",)),
        ("victim-care-1", "victim-care", "ASB victims' champion", ()),
        ("youth-link-worker", "youth-link", "Detached youth work lead", ("wyndmoor",)),
        ("streetwise-worker", "streetwise", "Outreach manager", ("harrowick-central", "saltergate")),
        ("turning-tide-worker", "turning-tide", "Outreach recovery worker", ()),
        ("mediator", "mediation", "Mediation co-ordinator", ()),
        ("watch-county", "county-watch", "County association secretary", ()),
        ("farm-watch-lead", "farm-watch", "Farm Watch co-ordinator", ("vale-villages", "upper-eddon")),
        ("bid-manager", "harrowick-bid", "City centre manager", ("harrowick-central",)),
        ("rail-manager", "midshire-rail", "Station manager", ("eddonford", "carrowbridge", "kettlemoor")),
        ("bus-manager", "carrow-buses", "Network safety manager", ()),
    )
)  # fmt: skip


RETURNS: tuple[Post, ...] = (
    ("data-police", "police", "Performance and returns officer", "data_clerk", ()),
    ("data-fire", "fire", "Incident data officer", "data_clerk", ()),
    ("data-city", "city-council", "Business intelligence officer", "data_clerk", CITY),
    ("data-county", "county-council", "Statistics and returns officer", "data_clerk", VALE + EDDON),
    ("data-vale", "vale-council", "Customer services systems officer", "data_clerk", VALE),
    ("data-eddonside", "eddonside-council", "Democratic and data services clerk", "data_clerk", EDDON),
    ("data-icb", "icb", "Information analyst, returns", "data_clerk", ()),
    ("information-city", "city-council", "Information sharing officer", "information_officer", CITY),
    ("information-vale", "vale-council", "Information sharing officer", "information_officer", VALE),
    ("information-eddonside", "eddonside-council", "Information sharing officer", "information_officer", EDDON),
)  # fmt: skip
"""Those who send an authority's data, and those who see to it that it comes."""


def employ(seed: int) -> tuple[Person, ...]:
    """Fill every post with a person of a name of their own; the same seed fills them the same way."""
    rng = np.random.default_rng([seed, 5])
    taken: set[str] = set()
    home = {organisation.key: organisation.neighbourhoods for organisation in ORGANISATIONS}
    found = []
    for number, (key, organisation, title, role, places) in enumerate(_posts()):
        name = _new_name(rng, taken)
        address = name.lower().replace(" ", ".").replace("'", "")
        found.append(
            Person(
                key=key,
                name=name,
                title=title,
                organisation=organisation,
                role=role,
                neighbourhoods=places or home[organisation] or tuple(hood.key for hood in NEIGHBOURHOODS),
                email=f"{address}@{organisation}.carrowshire.example",
                phone=f"01632 960{number:03d}",
            )
        )
    return tuple(found)


def _posts() -> Iterator[Post]:
    for hood in NEIGHBOURHOODS:
        here = (hood.key,)
        yield f"pc-{hood.key}", "police", f"Neighbourhood officer (PC), {hood.name}", "resident_facing_officer", here
        for number in (1, 2):
            title = f"Police community support officer, {hood.name}"
            yield f"pcso-{hood.key}-{number}", "police", title, "resident_facing_officer", here
    for number, places in enumerate(WARDS_OF_SERGEANTS, start=1):
        yield f"sergeant-{number}", "police", "Neighbourhood sergeant", "sergeant", places
    council = {"Harrowick": "city-council", "Carrow Vale": "vale-council", "Eddonside": "eddonside-council"}
    for hood in NEIGHBOURHOODS:
        title = f"Neighbourhood manager, {hood.name}"
        yield f"manager-{hood.key}", council[hood.district], title, "neighbourhood_manager", (hood.key,)
    yield from BOARD
    yield from SPECIALISTS
    yield from WORKERS
    # New posts come last: nobody before them gets another name.
    yield from RETURNS


def _new_name(rng: np.random.Generator, taken: set[str]) -> str:
    while True:
        name = f"{rng.choice(names.GIVEN_NAMES)} {rng.choice(names.SURNAMES)}"
        if name not in taken:
            taken.add(name)
            return name
