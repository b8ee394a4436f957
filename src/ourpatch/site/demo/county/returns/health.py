"""What the integrated care board sends for the county's hospitals, services and ambulances."""

from __future__ import annotations

from datetime import datetime, timedelta

from ourpatch.data.exchange.mapping.formats import EXCEL
from ourpatch.data.exchange.reading.sheet import SheetOptions

from ..profiles import ALIKE, DAYTIME, LEVEL, NIGHT_LIFE, WEEKEND, Profile
from .scene import Row, Scene, numbered
from .vendor import Column, Vendor, clock, coded, fact, where
from .writing import json_lines, table, xml_records

NIGHT_OUT = Profile("Night out", 0, NIGHT_LIFE, WEEKEND, LEVEL, 0, ())
ADMITTED = Profile("Admitted", 0, DAYTIME, ALIKE, LEVEL, 0, ())

# ---------------------------------------------------------------- admissions

# ICD-10 as hospitals code it, to the fourth sign; the first three are the sub-category.
DIAGNOSES = {
    "F100": 0.17, "F101": 0.06, "F102": 0.14, "F103": 0.11, "F105": 0.03, "F112": 0.07, "F122": 0.04, "F142": 0.05,
    "F192": 0.06, "T510": 0.05, "X990": 0.01, "X994": 0.02, "X999": 0.02, "Y008": 0.02, "Y040": 0.04, "Y042": 0.02,
    "Y048": 0.04, "Y089": 0.02, "Y099": 0.02, "Y911": 0.01,
}  # fmt: skip
METHODS = {"21": 0.82, "22": 0.05, "28": 0.08, "2A": 0.05}


def assault_and_alcohol(scene: Scene) -> tuple[Row, ...]:
    """Admissions for assault, drugs and alcohol, by where the patient lives."""
    count = scene.number(360, ADMITTED, 8)
    drawn = zip(
        scene.picks(DIAGNOSES, count),
        scene.times(ADMITTED, count),
        scene.spots(scene.pull("Violence and sexual offences") + scene.homes() / 40, count),
        scene.picks(METHODS, count),
        strict=True,
    )
    return numbered([Row(icd[:3], at, spot, {"icd": icd, "method": method}) for icd, at, spot, method in drawn])


def domestic_abuse(scene: Scene) -> tuple[Row, ...]:
    """Admissions in respect of domestic abuse: few, since it is seldom coded."""
    count = scene.number(17, ADMITTED, 4)
    drawn = zip(scene.times(ADMITTED, count), scene.spots(scene.homes(), count), strict=True)
    return numbered([Row("domestic_abuse", at, spot) for at, spot in drawn])


ADMISSIONS = Vendor(
    dataset="hospital_assault_alcohol",
    system="Admitted care",
    filename="APC_{first:%Y%m%d}_{last:%Y%m%d}.csv",
    columns=(
        clock("ADMIDATE", "%Y%m%d", "date"),
        fact("ADMIMETH", "method"),
        where("PCDIST", "outward", "outward"),
        # Hospitals send the fourth sign, the list has three.
        Column("DIAG_4_01", lambda row: row.facts["icd"], ("category",), codes={each: each[:3] for each in DIAGNOSES}),
    ),
    options=SheetOptions(delimiter=","),
    write=table(line_end="\n"),
    when="ADMIDATE",
)
DOMESTIC_ABUSE = Vendor(
    dataset="hospital_domestic_abuse",
    system="Admissions list",
    filename="DA admissions {first:%b}-{last:%b %Y}.txt",
    columns=(
        clock("Adm date", "%d-%b-%Y", "date"),
        where("Postcode district", "outward", "outward"),
        Column("Specialty", lambda row: "General medicine" if row.at.minute % 3 else "Trauma and orthopaedics"),
    ),
    options=SheetOptions(delimiter="\t", encoding="utf-16-le"),
    write=table("\t", "utf-16"),
    when="Adm date",
    same={"category": "domestic_abuse"},
)

# ---------------------------------------------------------------- counts

MEASURES = {"mental_illness_first_attendances": 1900.0, "drug_treatment": 1250.0}
INDICATORS = {"mental_illness_first_attendances": "MH-OPA-FIRST", "drug_treatment": "SMS-IN-TREATMENT"}


def counts(scene: Scene) -> tuple[Row, ...]:
    """How many people each district's services saw and treated in the quarter."""
    start = datetime(scene.first.year, scene.first.month, 1)  # noqa: DTZ001 - London clock time
    everybody = sum(each.population for each in scene.county.map.lsoas)
    rows = []
    for district in scene.county.map.districts:
        people = sum(each.population for each in scene.county.map.lsoas if each.district_code == district.code)
        for measure, a_quarter in MEASURES.items():
            n = int(scene.rng.poisson(a_quarter * people / everybody))
            rows.append(Row(measure, start, None, {"district": district.name, "code": district.code, "n": n}))
    return numbered(rows)


WAREHOUSE = Vendor(
    dataset="health_counts",
    system="Data warehouse",
    filename="csp_indicators_{first:%Y_%m}.jsonl",
    columns=(
        coded("indicator", INDICATORS),
        clock("period.start", "%Y-%m-%d", "month"),
        Column("period.label", lambda row: f"{row.at:%Y} months {row.at.month} to {row.at.month + 2}"),
        fact("area.name", "district", "place"),
        fact("area.code", "code"),
        fact("value", "n", "n"),
    ),
    options=SheetOptions(),
    write=json_lines,
    when="period.start",
)

# ---------------------------------------------------------------- ambulances

CALLS = {"assault": 0.4, "stab_gunshot": 0.03, "sexual_assault": 0.02, "alcohol": 0.3, "drugs": 0.2, "disorder": 0.05}
PROBLEMS = {
    "assault": "04 Assault/sexual",
    "stab_gunshot": "27 Stab/gunshot/penetrating",
    "sexual_assault": "04S Sexual assault",
    "alcohol": "A1 Intoxicated",
    "drugs": "23 Overdose/poisoning",
    "disorder": "D9 Disorder, scene not safe",
}
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the day from which spreadsheets count


def ambulances(scene: Scene) -> tuple[Row, ...]:
    """Calls to crime and disorder, by street and small area: time and exact place together would point at a person."""
    count = scene.number(640, NIGHT_OUT, 8)
    drawn = zip(
        scene.picks(CALLS, count),
        scene.times(NIGHT_OUT, count),
        scene.spots(scene.pull("Violence and sexual offences"), count),
        scene.rng.random(count).tolist(),
        strict=True,
    )
    return numbered(
        [Row(call, at, spot, {"conveyed": "Y" if chance < 0.58 else "N"}) for call, at, spot, chance in drawn]
    )


def _serial(row: Row) -> str:
    """A moment as a spreadsheet keeps it: days and a fraction."""
    return f"{(row.at - EPOCH) / timedelta(days=1):.6f}"


DISPATCH = Vendor(
    dataset="ambulance_callouts",
    system="Dispatch export",
    filename="callouts_{first:%b%y}_{last:%b%y}.csv",
    columns=(
        Column("CAD ref", lambda row: f"{row.at:%j}-{row.number:04d}-{row.at:%y}", ("reference",)),
        Column("T0", _serial, ("date", "time"), (EXCEL,)),
        coded("Problem", PROBLEMS),
        where("Scene", "street", "place"),
        where("LSOA", "lsoa", "lsoa"),
        fact("Conveyed", "conveyed"),
    ),
    options=SheetOptions(delimiter=","),
    write=table(line_end="\n"),
    when="T0",
)

# ---------------------------------------------------------------- emergency departments

WEAPONS = {
    "body_part": 0.71, "knife": 0.05, "sharp_object": 0.02, "glass": 0.05, "bottle": 0.05, "blunt_object": 0.08,
    "unknown": 0.04,
}  # fmt: skip
WEAPON_WORDS = {
    "body_part": "Body part",
    "knife": "Knife/blade",
    "sharp_object": "Sharp object",
    "glass": "Glass",
    "bottle": "Bottle",
    "blunt_object": "Blunt object",
    "unknown": "Not known",
}
PLACES = {"street": 0.38, "home": 0.22, "licensed_premises": 0.21, "takeaway": 0.05, "transport": 0.04, "park": 0.06,
          "shop": 0.04}  # fmt: skip
PLACE_WORDS = {
    "street": "Street",
    "home": "Own home or other home",
    "licensed_premises": "Pub/club",
    "takeaway": "Takeaway",
    "transport": "Public transport",
    "park": "Park",
    "shop": "Shop",
}
SITE = "QX-ED1"


def assaults(scene: Scene) -> tuple[Row, ...]:
    """People hurt by others who came to the emergency department; of an assault at home not even the street is told."""
    count = scene.number(230, NIGHT_OUT, 4)
    drawn = zip(
        scene.picks(WEAPONS, count),
        scene.times(NIGHT_OUT, count),
        scene.spots(scene.pull("Violence and sexual offences", "Public order"), count),
        scene.picks(PLACES, count),
        scene.rng.integers(20, 600, count).tolist(),
        strict=True,
    )
    return numbered(
        [
            Row(weapon, at, spot, {"type": place, "arrived": f"{at + timedelta(minutes=waited):%Y-%m-%dT%H:%M:%S}"})
            for weapon, at, spot, place, waited in drawn
        ]
    )


def _described(row: Row) -> str:
    return "" if row.spot is None or row.facts["type"] == "home" else row.spot.street


EMERGENCY = Vendor(
    dataset="ed_assaults",
    system="Emergency department",
    filename="ISTV_{first:%Y%m}.xml",
    columns=(
        clock("AssaultDateTime", "%Y-%m-%dT%H:%M:%S", "datetime"),
        fact("ArrivalDateTime", "arrived", "arrival"),
        coded("AssaultMethod", WEAPON_WORDS),
        fact("AssaultLocationType", "type", "location_type", book=PLACE_WORDS),
        Column("AssaultLocationDescription", _described, ("place",)),
        Column("SiteCode", lambda row: SITE, ("site",)),
    ),
    options=SheetOptions(records="AssaultRecord"),
    write=xml_records("ISTVSubmission", "SubmissionHeader", "AssaultRecord"),
    when="AssaultDateTime",
)
