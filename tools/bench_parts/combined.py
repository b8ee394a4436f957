"""A home in which all districts are one partnership, and its year of records: `combined.py FOLDER TABLE ARCHIVE`.

The districts of FOLDER keep no neighbourhood: every one belongs to the partnership over all, as where partnerships were
combined. TABLE (month, longitude, latitude, location, lsoa_code) becomes ARCHIVE, in the layout of police street files, and is
loaded. Prints the rows.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from pathlib import Path

import django

from ourpatch.data.exchange.rules import HEADER
from ourpatch.site import cli

NAME = "All districts"
CATEGORY = "Anti-social behaviour"
FORCE = "Lancashire Constabulary"


def main(folder: Path, table: Path, archive: Path) -> None:
    """Migrate, load boundaries, combine, load records."""
    rows = _archive(table, archive)
    if cli.main(["migrate"]) or cli.main(["load-boundaries", str(folder)]):
        raise SystemExit(1)
    _combine()
    if cli.main(["load", "police-uk", str(archive)]):
        raise SystemExit(1)
    print(rows)


def _archive(table: Path, archive: Path) -> int:
    with table.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter="\t"))
    months: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        months.setdefault(row["month"][:7], []).append(row)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for month, those in months.items():
            packed.writestr(f"{month}/{month}-lancashire-street.csv", _street_file(month, those))
    return len(rows)


def _street_file(month: str, rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in rows:
        place = (row["longitude"], row["latitude"], row["location"], row["lsoa_code"])
        writer.writerow(("", month, FORCE, FORCE, *place, "", CATEGORY, "", ""))
    return out.getvalue()


def _combine() -> None:
    django.setup()
    from ourpatch.foundation.places import actions
    from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
    from ourpatch.foundation.places.permissions import Permission
    from ourpatch.ground import clock
    from ourpatch.site.loading import command_line

    by = command_line(Permission.VIEW, Permission.LOAD)
    made = actions.make_service_area(by=by, kind=ServiceAreaKind.PARTNERSHIP, name=NAME, now=clock.now())
    # No action combines partnerships yet; this home is thrown away.
    neighbourhoods = ServiceArea.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD)
    neighbourhoods.update(partnership=made, parent=made)


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:4]))
