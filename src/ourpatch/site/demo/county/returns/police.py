"""What the constabulary sends: incidents every quarter, recorded crimes every month."""

from __future__ import annotations

from ourpatch.data.exchange.reading.sheet import SheetOptions

from ..incidents import ASB_KINDS
from ..profiles import ALIKE, CATEGORIES, DAYTIME, LEVEL, NIGHT_LIFE, WEEKEND, WINTER, WORKING, Profile
from .scene import Row, Scene, numbered
from .vendor import Column, Vendor, clock, coded, fact, where
from .writing import table

SHARE = 0.12
"""The part of the county's incidents and crimes that is sent: as many rows as a demo can do with."""
ASB = CATEGORIES[0]
# Peaks of the roads, of homes and streets at night, of the day.
ROADS = ((8.3, 1.2, 1.0), (16.8, 1.8, 1.3), (13.0, 3.0, 0.6))
TRAFFIC = Profile("Traffic", 0, ROADS, WORKING, WINTER, 0, ())
SAFETY_BY_NIGHT = Profile("Safety by night", 0, NIGHT_LIFE, WEEKEND, LEVEL, 0, ())
SAFETY_BY_DAY = Profile("Safety by day", 0, DAYTIME, ALIKE, LEVEL, 0, ())

TRANSPORT = {
    "collision_fatal": 2,
    "collision_injury": 96,
    "collision_damage": 150,
    "highway_disruption": 110,
    "road_offence": 130,
}
PUBLIC_SAFETY = {
    "abandoned_call": 150,
    "alarm_central_station": 60,
    "alarm_audible": 34,
    "animals_domestic": 22,
    "civil_dispute": 95,
    "collapse_illness": 70,
    "concern_for_safety": 330,
    "domestic_incident": 210,
    "hoax_calls": 18,
    "insecure_premises": 26,
    "missing_person": 84,
    "suspicious_circumstances": 240,
}
BY_NIGHT = frozenset({"domestic_incident", "suspicious_circumstances", "collapse_illness", "hoax_calls"})
CLOSED_AS = {
    "asb_personal": "ASB - Personal",
    "asb_nuisance": "ASB - Nuisance",
    "asb_environmental": "ASB - Environmental",
    "collision_fatal": "RTC FATAL",
    "collision_injury": "RTC INJ",
    "collision_damage": "RTC DAM ONLY",
    "highway_disruption": "HWAY DISRUPT",
    "road_offence": "ROAD OFF",
    "abandoned_call": "ABAN 999",
    "alarm_central_station": "ALARM CS",
    "alarm_audible": "ALARM AUD",
    "animals_domestic": "ANIMALS",
    "civil_dispute": "CIV DISP",
    "collapse_illness": "COLL/ILL/INJ",
    "concern_for_safety": "CFW",
    "domestic_incident": "DOM NON CRIME",
    "hoax_calls": "HOAX 999",
    "insecure_premises": "INSECURE PREMISES",
    "missing_person": "MISPER",
    "suspicious_circumstances": "SUSP CIRCS",
}
RESPONSES = {"Grade 1": 0.14, "Grade 2": 0.36, "Scheduled": 0.3, "Telephone": 0.2}
ROUTES = {"999": 0.31, "101": 0.47, "Online": 0.15, "Front desk": 0.07}

# The category of the published files -> its sub-categories and their parts.
CRIMES: dict[str, dict[str, float]] = {
    "Violence and sexual offences": {
        "violence_injury": 0.3,
        "violence_no_injury": 0.37,
        "stalking_harassment": 0.24,
        "sexual_other": 0.06,
        "rape": 0.03,
    },
    "Criminal damage and arson": {"damage": 0.94, "arson": 0.06},
    "Public order": {"public_order": 1},
    "Shoplifting": {"shoplifting": 1},
    "Other theft": {"theft_other": 1},
    "Vehicle crime": {"theft_from_vehicle": 0.58, "theft_of_vehicle": 0.3, "vehicle_interference": 0.12},
    "Burglary": {"burglary_residential": 0.7, "burglary_business": 0.3},
    "Drugs": {"drug_possession": 0.76, "drug_trafficking": 0.24},
    "Other crime": {"miscellaneous": 1},
    "Robbery": {"robbery_personal": 0.87, "robbery_business": 0.13},
    "Theft from the person": {"theft_person": 1},
    "Bicycle theft": {"bicycle_theft": 1},
    "Possession of weapons": {"weapons": 1},
}
SUBGROUPS = {
    "violence_injury": "Violence with injury",
    "violence_no_injury": "Violence without injury",
    "stalking_harassment": "Stalking & harassment",
    "sexual_other": "Other sexual offences",
    "rape": "Rape offences",
    "damage": "Crim damage",
    "arson": "Arson",
    "public_order": "Public order",
    "shoplifting": "Theft - shoplifting",
    "theft_other": "All other theft offences",
    "theft_from_vehicle": "Theft from m/v",
    "theft_of_vehicle": "Theft/utmv",
    "vehicle_interference": "M/v interference & tampering",
    "burglary_residential": "Burglary - residential",
    "burglary_business": "Burglary - bus & community",
    "drug_possession": "Drug possession",
    "drug_trafficking": "Drug trafficking",
    "miscellaneous": "Misc crimes against society",
    "robbery_personal": "Personal robbery",
    "robbery_business": "Business robbery",
    "theft_person": "Theft from person",
    "bicycle_theft": "Theft of pedal cycle",
    "weapons": "Poss of weapons",
}


def incidents(scene: Scene) -> tuple[Row, ...]:
    """Anti-social behaviour as it happened in the county, with calls about the roads and about people's safety."""
    rows = [
        Row(f"asb_{ASB_KINDS[kind]}", at, spot, _response(scene))
        for _category, kind, at, spot in scene.happened((ASB,), SHARE)
    ]
    for weights, profile, pull in (
        (TRANSPORT, TRAFFIC, scene.pull()),
        (_only(PUBLIC_SAFETY, night=True), SAFETY_BY_NIGHT, scene.pull("Violence and sexual offences")),
        (_only(PUBLIC_SAFETY, night=False), SAFETY_BY_DAY, scene.homes()),
    ):
        count = scene.number(sum(weights.values()), profile)
        drawn = zip(scene.picks(weights, count), scene.times(profile, count), scene.spots(pull, count), strict=True)
        rows += [Row(category, at, spot, _response(scene)) for category, at, spot in drawn]
    return numbered(rows)


def crimes(scene: Scene) -> tuple[Row, ...]:
    """Crimes as they happened in the county, by sub-category."""
    found = scene.happened(tuple(CRIMES), SHARE)
    chance = scene.rng.random(len(found)).tolist()
    return numbered(
        [
            Row(_divided(CRIMES[kind], part), at, spot)
            for (kind, _asb, at, spot), part in zip(found, chance, strict=True)
        ]
    )


def _only(weights: dict[str, int], *, night: bool) -> dict[str, int]:
    return {code: weight for code, weight in weights.items() if (code in BY_NIGHT) is night}


def _response(scene: Scene) -> dict[str, str | int]:
    grade, route = scene.rng.random(2)
    return {"grade": _divided(RESPONSES, grade), "route": _divided(ROUTES, route)}


def _divided(weights: dict[str, float], part: float) -> str:
    """The one of these into whose share of all a number between 0 and 1 falls."""
    for each, weight in weights.items():
        part -= weight
        if part < 0:
            return each
    return next(reversed(weights))


INCIDENT_LOG = Vendor(
    dataset="police_incidents",
    system="Incident log",
    filename="incident_log_{first:%Y%m}-{last:%Y%m}.csv",
    columns=(
        Column("Log No", lambda row: f"{row.at:%Y%m%d}-{row.number:05d}", ("reference",)),
        clock("Created Date", "%d/%m/%Y", "date"),
        clock("Created Time", "%H:%M", "time"),
        fact("Response", "grade"),
        fact("Contact Route", "route"),
        coded("Closing Code", CLOSED_AS),
        where("Location Text", "street", "place"),
        where("Beat Area", "neighbourhood"),
        where("Easting", "e", "easting"),
        where("Northing", "n", "northing"),
        where("LSOA Code", "lsoa", "lsoa"),
    ),
    options=SheetOptions(delimiter=","),
    write=table(encoding="utf-8-sig"),
    when="Created Date",
)
CRIME_EXTRACT = Vendor(
    dataset="police_crimes",
    system="Crime extract",
    filename="crime_extract_{first:%Y_%m}.tsv",
    columns=(
        Column("CRIME_REF", lambda row: f"CC/{row.number:05d}/{row.at:%y%m}", ("reference",)),
        clock("COMMITTED_FROM", "%Y-%m-%d %H:%M:%S", "date", "time"),
        coded("HO_SUBGROUP", SUBGROUPS),
        where("LOCATION_STREET", "street", "place"),
        where("BEAT", "neighbourhood"),
        where("X_COORD", "e", "easting"),
        where("Y_COORD", "n", "northing"),
        where("LSOA21CD", "lsoa", "lsoa"),
    ),
    options=SheetOptions(delimiter="\t"),
    write=table("\t", line_end="\n"),
    when="COMMITTED_FROM",
)
