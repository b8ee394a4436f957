"""Every method of the studies over a county's year, one after another: seconds of each, and their sum."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import shorten

from bench_parts.measuring import DATA, run, table

FOLDER = DATA / "lancashire"
RECORDS = FOLDER / "lancashire_asb.tab"
SLOW = 3.0
LONGEST = 90
NOT_HERE = "(Not measured: the county's year is not here.)"
NOTE = (
    "Each study is asked, worked out, kept as a draft and drawn once, in one process; where areas are to be chosen they are "
    "LSOAs, and the places of a project neighbourhoods. The first one pays for what is loaded and kept in memory: the boundaries "
    "among it. Seconds of the processor are beside those of the clock, as other work on the machine lengthens only the latter"
)

REFUSED = (
    "What refuses does so as it should: these records are one kind of incident by the month, for one year, in places whose "
    "residents are not all known. What it would take with fuller records is not in the sum."
)


def section(work: Path) -> list[str]:
    """All methods once, the slow ones marked."""
    if not RECORDS.exists():
        return [NOT_HERE]
    home = work / "county"
    home.mkdir()
    rows = int(run("combined.py", FOLDER, RECORDS, work / "year.zip", home=home).numbers[0])
    asked = run("every_method.py", home=home)
    found: list[tuple[str, float, float, str]] = json.loads(asked.said)
    lines = [[f"`{name}`", f"{wall:.2f}", f"{used:.2f}", _mark(wall, why)] for name, wall, used, why in found]
    wall, used = (sum(each[which] for each in found) for which in (1, 2))
    answered = sum(not why for *_each, why in found)
    total = [f"all {len(found)}, of which {answered} answered", f"{wall:.1f}", f"{used:.1f}", ""]
    heads = [f"{rows:,} incidents of one year, 14 districts", "s", "processor, s", ""]
    return [*table(heads, [*lines, total]), "", f"{NOTE}. {REFUSED} Peak memory: {asked.megabytes:,.0f} MB."]


def _mark(wall: float, why: str) -> str:
    if why:
        return f"refused: {shorten(why, LONGEST, placeholder=' ...')}"
    return f"over {SLOW:g} s" if wall > SLOW else ""
