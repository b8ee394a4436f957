"""Builds a demo home, in a process of its own: python -m ourpatch.site.demo.building --area invented.

The home is named by OURPATCH_HOME and nobody reads it before it is whole, so the database may skip the writes that make it
safe against a power cut; they are back when it is done.
"""

from __future__ import annotations

import argparse
import gc
import json
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

QUICK_HASHER = "ourpatch.site.demo.hashing.QuickArgon2"


def main() -> int:
    """Build; 0 when it is whole."""
    parser = argparse.ArgumentParser(prog="ourpatch demo")
    parser.add_argument("--area", choices=["invented", "lancashire"], default="invented")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--small", action="store_true")
    arguments = parser.parse_args()

    import django
    from django.conf import settings

    django.setup()
    settings.PASSWORD_HASHERS = [QUICK_HASHER]

    from ourpatch.ground.errors import OurpatchError
    from ourpatch.site.demo_home import SHEET

    try:
        sheet = build(arguments.area, arguments.data, small=arguments.small)
    except OurpatchError as error:
        print(f"ourpatch: {error}", file=sys.stderr)
        return 1
    (Path(settings.OURPATCH_HOME) / SHEET).write_text(json.dumps(sheet, indent=1))
    return 0


def build(area: str, data: Path | None, *, small: bool) -> dict[str, object]:
    """Fill the empty database of this process's home; returns what the sign-in page shows."""
    from django.core.management import call_command
    from django.db import connection

    from ourpatch.ground import clock
    from ourpatch.ground.audit import sealing
    from ourpatch.site.demo import play

    _hurry(connection.settings_dict)
    # Everything made here is thrown away at once or kept to the end: looking for garbage only costs time.
    gc.disable()
    call_command("migrate", verbosity=0, interactive=False)
    yesterday = clock.london_date(clock.now()) - timedelta(days=1)
    if area == "invented":
        sheet = play.invented(until=yesterday, small=small)
    else:
        assert data is not None
        sheet = play.lancashire(data, until=yesterday)
    sealing.seal_all(clock.now())
    connection.close()
    _settle(Path(str(connection.settings_dict["NAME"])))
    return sheet


def _hurry(settings: dict[str, object]) -> None:
    options = settings["OPTIONS"]
    assert isinstance(options, dict)
    options["init_command"] = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"


def _settle(database: Path) -> None:
    """Leave the file as an installation's own: compact, with statistics, and with the log that survives a power cut."""
    with closing(sqlite3.connect(database, isolation_level=None)) as settling:
        for statement in ("ANALYZE", "VACUUM", "PRAGMA journal_mode=WAL"):
            settling.execute(statement)


if __name__ == "__main__":
    sys.exit(main())
