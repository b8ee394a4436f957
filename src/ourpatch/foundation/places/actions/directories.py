"""Loading the gazetteer and the postcode directory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from ourpatch.foundation.places import rules
from ourpatch.foundation.places.actions.bulk import Step, chunks, require_loader
from ourpatch.foundation.places.models import PlaceName, Postcode
from ourpatch.foundation.places.reading.rows import PlaceNameRow, PostcodeRow
from ourpatch.foundation.places.resolver import Resolver
from ourpatch.ground.audit.trail import change
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows of a directory lie in a neighbourhood and are known now, of those that were new; and how many lie outside."""

    kept: int
    outside: int


def load_place_names(*, by: Actor, rows: Iterable[PlaceNameRow], now: datetime, step: Step | None = None) -> Kept:
    """Add the names that lie in a neighbourhood to the gazetteer; one that is there changes nothing. Raises NotAllowed."""

    def store(these: Sequence[PlaceNameRow]) -> None:
        PlaceName.objects.bulk_create(
            (
                PlaceName(
                    name=row.name[:120],
                    folded=rules.fold(row.name)[:150],
                    kind=row.kind[:30],
                    easting=row.easting,
                    northing=row.northing,
                )
                for row in these
            ),
            ignore_conflicts=True,
        )

    return _load_points(by, "places.load_place_names", rows, store, now, step)


def load_postcodes(*, by: Actor, rows: Iterable[PostcodeRow], now: datetime, step: Step | None = None) -> Kept:
    """Know the postcodes that lie in a neighbourhood, at the point this directory gives them. Raises NotAllowed."""

    def store(these: Sequence[PostcodeRow]) -> None:
        newest = {rules.fold_postcode(row.postcode): row for row in these}
        Postcode.objects.bulk_create(
            (
                Postcode(folded=folded, shown=row.postcode, easting=row.easting, northing=row.northing)
                for folded, row in newest.items()
            ),
            update_conflicts=True,
            unique_fields=["folded"],
            update_fields=["shown", "easting", "northing"],
        )

    return _load_points(by, "places.load_postcodes", rows, store, now, step)


PointRow = TypeVar("PointRow", PlaceNameRow, PostcodeRow)


def _load_points(
    by: Actor,
    operation: str,
    rows: Iterable[PointRow],
    store: Callable[[Sequence[PointRow]], None],
    now: datetime,
    step: Step | None,
) -> Kept:
    """Stream rows through, chunk by chunk, keeping those in a neighbourhood: a national file must fit a district's machine."""
    require_loader(by, operation)
    resolver = Resolver.current(london_date(now))
    kept = outside = 0
    for chunk in chunks(rows):
        places = resolver.assign([row.easting for row in chunk], [row.northing for row in chunk]).neighbourhood
        inside = [row for row, place in zip(chunk, places, strict=True) if place is not None]
        with transaction.atomic():
            store(inside)
        kept, outside = kept + len(inside), outside + len(chunk) - len(inside)
        if step:
            step(len(chunk))
    with change(by, operation) as audit:
        audit.noted("place", reason=f"{kept} kept, {outside} outside")
    return Kept(kept, outside)
