"""What councils send: collisions, exclusions from school, racial incidents, and anti-social behaviour."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ourpatch.data.exchange.reading.sheet import SheetOptions

from ..profiles import ALIKE, DAYTIME, EVENING, LEVEL, SUMMER, WEEKEND, WORKING, Profile
from .police import TRAFFIC
from .scene import Fact, Row, Scene, numbered
from .vendor import Column, Vendor, clock, coded, fact, where
from .writing import json_under, plain_workbook, table

LONDON = ZoneInfo("Europe/London")
REPORTED = Profile("Reported to the council", 0, DAYTIME, WORKING, SUMMER, 0, ())
SCHOOL_DAY = Profile("School day", 0, ((11.5, 2.0, 1.0),), ALIKE, LEVEL, 0, ())
OUT_AND_ABOUT = Profile("Out and about", 0, EVENING, WEEKEND, SUMMER, 0, ())

# ---------------------------------------------------------------- road collisions

SEVERITIES = {"fatal": 0.015, "serious": 0.22, "slight": 0.765}
SEVERITY_NUMBERS = {"fatal": "1", "serious": "2", "slight": "3"}
CASUALTIES = (
    ("killed_adults", "Fatal (adult)"),
    ("killed_children", "Fatal (child)"),
    ("seriously_injured_adults", "Serious (adult)"),
    ("seriously_injured_children", "Serious (child)"),
    ("slightly_injured_adults", "Slight (adult)"),
    ("slightly_injured_children", "Slight (child)"),
)
HURT = {"fatal": "killed", "serious": "seriously_injured", "slight": "slightly_injured"}
CHILDREN_PART, SECOND_CASUALTY_PART = 0.11, 0.28


def collisions(scene: Scene) -> tuple[Row, ...]:
    """Collisions with somebody hurt, by the worst hurt, with how many were hurt how badly."""
    count = scene.number(190, TRAFFIC, 4)
    drawn = zip(
        scene.picks(SEVERITIES, count),
        scene.times(TRAFFIC, count),
        scene.spots(scene.homes(), count),
        scene.rng.random((count, 2)).tolist(),
        strict=True,
    )
    return numbered([Row(severity, at, spot, hurt(severity, chance)) for severity, at, spot, chance in drawn])


def hurt(severity: str, chance: list[float]) -> dict[str, Fact]:
    """How many were hurt: somebody as badly as the collision was, and now and then an adult slightly."""
    facts: dict[str, Fact] = {key: 0 for key, _heading in CASUALTIES}
    child, second = chance
    facts[f"{HURT[severity]}_{'children' if child < CHILDREN_PART else 'adults'}"] = 1
    if second < SECOND_CASUALTY_PART:
        facts["slightly_injured_adults"] = int(facts["slightly_injured_adults"]) + 1
    return facts


CASUALTY_RETURN = Vendor(
    dataset="road_collisions",
    system="Casualty return",
    filename="{who}_collisions_{last:%Y%m%d}.txt",
    columns=(
        Column("Acc Ref", lambda row: f"{row.at:%y}{row.number:05d}{row.at:%b}".upper(), ("reference",)),
        clock("Acc Date", "%d-%b-%Y", "date"),
        clock("Acc Time", "%H%M", "time"),
        coded("Acc Severity", SEVERITY_NUMBERS),
        where("Road Name", "street", "place"),
        where("Grid Reference Easting", "e", "easting"),
        where("Grid Reference Northing", "n", "northing"),
        *(fact(heading, key, key) for key, heading in CASUALTIES),
        Column("Light", lambda row: "Daylight" if 7 <= row.at.hour < 18 else "Dark"),
    ),
    options=SheetOptions(delimiter="|"),
    write=table("|"),
    when="Acc Date",
)

# ---------------------------------------------------------------- exclusions from school

KINDS = {"fixed_term": 0.93, "lunchtime": 0.03, "permanent": 0.04}
KIND_WORDS = {"fixed_term": "Fixed period", "lunchtime": "Lunchtime", "permanent": "Permanent"}
REASONS = {
    "DB": 0.5, "PP": 0.16, "VA": 0.14, "VP": 0.06, "PA": 0.04, "DA": 0.03, "OW": 0.02, "DM": 0.02, "BU": 0.01,
    "TH": 0.01, "RA": 0.01,
}  # fmt: skip
REASON_WORDS = {
    "DB": "Persistent/general disruption",
    "PP": "Assault - pupil",
    "VA": "Abuse or threat - adult",
    "VP": "Abuse or threat - pupil",
    "PA": "Assault - adult",
    "DA": "Drugs or alcohol",
    "OW": "Weapon or prohibited item",
    "DM": "Damage to property",
    "BU": "Bullying",
    "TH": "Theft",
    "RA": "Racist abuse",
}
GENDERS = {"male": 0.69, "female": 0.31}
GENDER_LETTERS = {"male": "M", "female": "F"}
NOTES = ("", "", "", "Reintegration meeting held", "Work set online", "Placement panel informed")
A_SCHOOL_DAY = 6.0
"""Exclusions in the whole county on a day of school."""
OLDER = ("High", "Academy", "Community School", "Priory School")
# Holidays by month and day, both included, as most councils set them.
HOLIDAYS = ((101, 105), (214, 222), (401, 414), (524, 531), (723, 902), (1024, 1101), (1220, 1231))


def exclusions(scene: Scene) -> tuple[Row, ...]:
    """Exclusions on the days of school, far more of them from schools for older pupils."""
    schools = [
        place
        for place in scene.county.map.places
        if place.kind == "school" and place.neighbourhood in scene.neighbourhoods
    ]
    weights = np.array([9.0 if any(word in each.name for word in OLDER) else 1.0 for each in schools])
    days = _school_days(scene)
    count = scene.number(A_SCHOOL_DAY * len(days), SCHOOL_DAY, 6)
    drawn = zip(
        scene.picks(KINDS, count),
        scene.times(SCHOOL_DAY, count, days),
        scene.rng.choice(len(schools), count, p=weights / weights.sum()).tolist(),
        scene.picks(REASONS, count),
        scene.picks(GENDERS, count),
        scene.rng.choice(NOTES, count).tolist(),
        strict=True,
    )
    addresses = [_address(scene, each.e, each.n) for each in schools]
    return numbered(
        [
            Row(
                kind,
                at,
                None,
                {"school": schools[at_school].name, "reason": reason, "gender": gender, "notes": notes}
                | addresses[at_school],
            )
            for kind, at, at_school, reason, gender, notes in drawn
        ]
    )


def _address(scene: Scene, e: float, n: float) -> dict[str, Fact]:
    county_map = scene.county.map
    anchor = int(np.hypot(county_map.anchors.e - e, county_map.anchors.n - n).argmin())
    street = county_map.streets[county_map.anchors.street[anchor]].name
    return {"address": street, "postcode": county_map.postcodes[anchor].postcode}


def _school_days(scene: Scene) -> NDArray[np.datetime64]:
    days = scene.days()
    month = days.astype("M8[M]")
    numbers = (month.astype(np.int64) % 12 + 1) * 100 + (days - month.astype("M8[D]")).astype(np.int64) + 1
    off = (days.astype(np.int64) + 3) % 7 >= 5
    for first, last in HOLIDAYS:
        off |= (numbers >= first) & (numbers <= last)
    return days[~off]


EXCLUSION_EXPORT = Vendor(
    dataset="school_exclusions",
    system="Pupil services export",
    filename="{who} suspensions and exclusions {first:%Y-%m} {last:%Y-%m}.csv",
    columns=(
        fact("Base", "school", "school"),
        fact("Base Address", "address", "place"),
        fact("Base Postcode", "postcode", "postcode"),
        clock("Start Date", "%a %d %b %Y", "date"),
        coded("Exclusion Category", KIND_WORDS),
        fact("Main Reason", "reason", "reason", book=REASON_WORDS),
        fact("Gender", "gender", "gender", book=GENDER_LETTERS),
        fact("Notes", "notes"),
    ),
    options=SheetOptions(delimiter=","),
    write=table(quoted=True),
    when="Start Date",
    notes="Notes",
)

# ---------------------------------------------------------------- racial incidents

RACIAL = {"verbal_abuse": 0.46, "threat": 0.12, "physical": 0.08, "damage": 0.08, "graffiti": 0.12, "written": 0.14}
RACIAL_WORDS = {
    "verbal_abuse": "Name calling / chanting",
    "threat": "Threats",
    "physical": "Hit, kicked or spat at",
    "damage": "Criminal damage",
    "graffiti": "Offensive graffiti",
    "written": "Online or written",
}
TOLD_BY = {"School": 0.4, "Housing": 0.25, "Reporting centre": 0.2, "Street scene": 0.15}
HAND_HEADINGS = (
    "Case\nref",
    "Date of\nincident",
    "Time of\nincident",
    "Form of\nincident",
    "Where it\nhappened",
    "Told by",
)


def racial_incidents(scene: Scene) -> tuple[Row, ...]:
    """Racial incidents told to a council; few, and never none."""
    count = scene.number(32, OUT_AND_ABOUT, 2)
    drawn = zip(
        scene.picks(RACIAL, count),
        scene.times(OUT_AND_ABOUT, count),
        scene.spots(scene.pull("Public order"), count),
        scene.picks(TOLD_BY, count),
        strict=True,
    )
    return numbered([Row(category, at, spot, {"told": told}) for category, at, spot, told in drawn])


INCIDENT_REGISTER = Vendor(
    dataset="racial_incidents",
    system="Incident register",
    filename="Racial incidents register {who} to {last:%d %b %Y}.xlsx",
    columns=(
        Column("Case ref", lambda row: f"RI {row.at:%y}-{row.number:02d}/{row.at:%m}", ("reference",)),
        Column("Date of incident", lambda row: f"{row.at.day} {row.at:%B %Y}", ("date",)),
        Column("Time of incident", lambda row: _spoken(row.at), ("time",)),
        coded("Form of incident", RACIAL_WORDS),
        where("Where it happened", "street", "place"),
        fact("Told by", "told"),
    ),
    options=SheetOptions(sheet="Register", header_row=1),
    write=plain_workbook("Register", HAND_HEADINGS),
    when="Date of incident",
)


def _spoken(at: datetime) -> str:
    """9.30pm"""
    return f"{at.hour % 12 or 12}.{at.minute:02d}{'pm' if at.hour >= 12 else 'am'}"


# ---------------------------------------------------------------- anti-social behaviour

ASB = {
    "noise": 0.24, "neighbours": 0.11, "rowdy": 0.12, "intimidation": 0.05, "street_drinking": 0.03, "drugs": 0.05,
    "begging": 0.02, "vehicle_nuisance": 0.05, "animals": 0.03, "fly_tipping": 0.14, "litter": 0.03, "graffiti": 0.03,
    "dog_fouling": 0.04, "abandoned_vehicle": 0.04, "bonfire": 0.02,
}  # fmt: skip
REQUESTS = {
    "noise": "ENV-NOISE",
    "neighbours": "ASB-NEIGH",
    "rowdy": "ASB-ROWDY",
    "intimidation": "ASB-INTIM",
    "street_drinking": "ASB-DRINK",
    "drugs": "ASB-DRUGS",
    "begging": "ASB-BEG",
    "vehicle_nuisance": "ASB-VEH",
    "animals": "ENV-ANIMAL",
    "fly_tipping": "ENV-FLYTIP",
    "litter": "ENV-LITTER",
    "graffiti": "ENV-GRAFF",
    "dog_fouling": "ENV-FOUL",
    "abandoned_vehicle": "VEH-ABAND",
    "bonfire": "ENV-BONFIRE",
}
CHANNELS = {"web": 0.52, "telephone": 0.38, "counter": 0.1}


def asb(scene: Scene) -> tuple[Row, ...]:
    """What councils were asked to deal with, by the time at which they were asked."""
    count = scene.number(820, REPORTED, 12)
    drawn = zip(
        scene.picks(ASB, count),
        scene.times(REPORTED, count),
        scene.spots(scene.pull("Anti-social behaviour"), count),
        scene.picks(CHANNELS, count),
        strict=True,
    )
    return numbered([Row(category, at, spot, {"channel": channel}) for category, at, spot, channel in drawn])


CASE_EXPORT = Vendor(
    dataset="council_asb",
    system="Service requests",
    filename="{who}-cases-{first:%Y-%m}-{last:%Y-%m}.json",
    columns=(
        Column("ref", lambda row: f"SR-{row.at:%y%m}-{row.number:05d}", ("reference",)),
        Column("received", lambda row: row.at.replace(tzinfo=LONDON).isoformat(), ("date", "time")),
        coded("request.type", REQUESTS),
        fact("request.channel", "channel"),
        where("site.street", "street", "place"),
        where("site.easting", "e", "easting"),
        where("site.northing", "n", "northing"),
        where("site.lsoa", "lsoa", "lsoa"),
    ),
    options=SheetOptions(records="export.cases"),
    write=json_under("export", "cases"),
    when="received",
)
