"""What the fire and rescue service sends: deliberate fires and the like, and malicious false alarms."""

from __future__ import annotations

from ourpatch.data.exchange.reading.sheet import SheetOptions

from ..profiles import ALIKE, DARK, DAYTIME, EVENING, LEVEL, SUMMER, WEEKEND, WINTER, Profile
from .scene import Row, Scene, numbered
from .vendor import Column, Vendor, clock, coded, fact, where
from .writing import table, workbook_with_totals

OUTDOORS = Profile("Fires outdoors", 0, EVENING, WEEKEND, SUMMER, 0, ())
AT_NIGHT = Profile("Fires at night", 0, DARK, ALIKE, LEVEL, 0, ())
AT_HOME = Profile("Fires at home", 0, DAYTIME, ALIKE, WINTER, 0, ())
CALLS = Profile("Calls", 0, EVENING, WEEKEND, SUMMER, 0, ())

A_QUARTER: tuple[tuple[str, float, Profile], ...] = (
    ("deliberate_primary", 22, AT_NIGHT),
    ("deliberate_primary_vehicle", 26, AT_NIGHT),
    ("deliberate_secondary", 92, OUTDOORS),
    ("violence_to_staff", 7, OUTDOORS),
    ("dwelling_no_alarm", 14, AT_HOME),
)
LEAST = 5
INCIDENT_TYPES = {
    "deliberate_primary": "Primary fire - deliberate",
    "deliberate_primary_vehicle": "Primary fire - deliberate - road vehicle",
    "deliberate_secondary": "Secondary fire - deliberate",
    "violence_to_staff": "Crew attacked / obstructed",
    "dwelling_no_alarm": "ADF - no detector fitted",
}
ALARMS = {"malicious_call": 0.55, "malicious_alarm": 0.35, "malicious": 0.1}
STOPS = {"malicious_call": "FAM-TEL", "malicious_alarm": "FAM-MCP", "malicious": "FAM"}
STATIONS = {
    "harrowick-central": "01 Harrowick",
    "saltergate": "01 Harrowick",
    "wyndmoor": "02 Wyndmoor",
    "fennick-park": "01 Harrowick",
    "carrowbridge": "05 Carrowbridge",
    "stannerley": "06 Stannerley",
    "hallowmere": "07 Hallowmere",
    "vale-villages": "05 Carrowbridge",
    "eddonford": "09 Eddonford",
    "pitlow": "10 Pitlow",
    "kettlemoor": "09 Eddonford",
    "upper-eddon": "11 Hargrove",
}


def incidents(scene: Scene) -> tuple[Row, ...]:
    """Deliberate fires, attacks on crews, and fires in homes without an alarm; never so few that a quarter looks empty."""
    rows = []
    for category, a_quarter, profile in A_QUARTER:
        count = scene.number(a_quarter, profile, LEAST)
        at_home = category == "dwelling_no_alarm"
        pull = scene.homes() if at_home else scene.pull("Criminal damage and arson", "Anti-social behaviour")
        rows += [
            Row(category, at, spot, {"pumps": int(pumps)})
            for at, spot, pumps in zip(
                scene.times(profile, count),
                scene.spots(pull, count),
                scene.rng.integers(1, 4 if at_home else 3, count),
                strict=True,
            )
        ]
    return numbered(rows)


def false_alarms(scene: Scene) -> tuple[Row, ...]:
    """Malicious false alarms by the way they came."""
    count = scene.number(34, CALLS, LEAST)
    drawn = zip(
        scene.picks(ALARMS, count),
        scene.times(CALLS, count),
        scene.spots(scene.pull("Anti-social behaviour"), count),
        strict=True,
    )
    return numbered([Row(category, at, spot) for category, at, spot in drawn])


def _station(row: Row) -> str:
    return STATIONS[row.spot.neighbourhood] if row.spot else ""


INCIDENT_BOOK = Vendor(
    dataset="fire_incidents",
    system="Incident workbook",
    filename="Fire return {first:%b %Y} to {last:%b %Y}.xlsx",
    columns=(
        Column("FRS incident no", lambda row: f"{row.at:%Y}-{row.at:%m}{row.number:04d}", ("reference",)),
        Column("Call date", lambda row: row.at.date(), ("date",)),
        Column("Call time", lambda row: row.at.time(), ("time",)),
        coded("Incident classification", INCIDENT_TYPES),
        where("Location of incident", "street", "place"),
        where("Easting_m", "e", "easting"),
        where("Northing_m", "n", "northing"),
        Column("Station ground", _station),
        fact("Appliances", "pumps"),
    ),
    options=SheetOptions(sheet="Incidents", header_row=3),
    write=workbook_with_totals("Incidents", "incidents of the quarter", counted="Call date"),
    when="Call date",
)
FALSE_ALARMS = Vendor(
    dataset="fire_false_alarms",
    system="Control room list",
    filename="false_alarms_malicious_{last:%Y-%m-%d}.csv",
    columns=(
        Column("Incident ref", lambda row: f"FA{row.at:%y%m}/{row.number:03d}", ("reference",)),
        clock("Date of call", "%d.%m.%Y", "date"),
        clock("Time of call", "%H.%M", "time"),
        coded("Stop code", STOPS),
        # The system writes the curly apostrophe of its word processor.
        Column("Purported location", lambda row: row.spot.street.replace("'", "’") if row.spot else "", ("place",)),
        where("Easting", "e", "easting"),
        where("Northing", "n", "northing"),
        Column("Stn", _station),
    ),
    options=SheetOptions(delimiter=";", encoding="cp1252", header_row=3),
    write=table(";", "cp1252", title="malicious false alarms"),
    when="Date of call",
)
