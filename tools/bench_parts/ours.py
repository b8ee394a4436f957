"""Ourpatch: boundaries first, then the timed part, the archive by the same action as `ourpatch load police-uk`.

Prints seconds, peak KB, rows.
"""

from __future__ import annotations

import resource
import sys
import time
import uuid
from pathlib import Path


def main(folder: Path, archive: Path) -> None:
    """Set up an empty home, load the boundaries, and time the records."""
    import django

    django.setup()
    from django.core.management import call_command

    from ourpatch.data.exchange import actions as exchange
    from ourpatch.data.store.permissions import Permission as Store
    from ourpatch.foundation.places import queries as places
    from ourpatch.foundation.places.loading import load_boundaries
    from ourpatch.foundation.places.permissions import Permission as Places
    from ourpatch.ground import clock
    from ourpatch.ground.permission.actor import Actor

    call_command("migrate", verbosity=0)
    nowhere = [uuid.UUID(int=0)]
    load_boundaries(by=Actor.job("bench", [Places.LOAD, Places.VIEW], nowhere), now=clock.now(), folder=folder)
    ids = [partnership.pk for partnership in places.partnerships()]
    by = Actor.job("bench", [str(permission) for permission in Store], ids)
    start = time.perf_counter()
    report = exchange.load_police_uk(by=by, paths=[archive], now=clock.now())
    seconds = time.perf_counter() - start
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, report.rows_read)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
