"""Which district an area lies in, where its file does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from ourpatch.foundation.places.reading.rows import AreaRow
from ourpatch.ground.errors import BadInput
from ourpatch.ground.geo import AreaIndex
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


def within_districts(
    rows: Sequence[AreaRow], districts: Sequence[AreaRow], file: str
) -> tuple[list[AreaRow], list[Message]]:
    """The same rows, each with the district it lies in; and a note for each that lies in none.

    An area's inside point decides, and for one whose inside point lies in none the largest overlap. Raises BadInput when more
    than half lie in none: then the two files are of different places, or the axes of one are swapped.
    """
    homeless = [row for row in rows if not row.parent_code]
    index = AreaIndex((district.code, district.geometry) for district in districts)
    points = shapely.point_on_surface(np.array([row.geometry for row in homeless], dtype=object))
    at = index.locate(shapely.get_x(points), shapely.get_y(points))
    found = {
        row.code: index.keys[place] if place >= 0 else _largest_overlap(row, districts)
        for row, place in zip(homeless, at.tolist(), strict=True)
    }
    lost = [row for row in homeless if not found[row.code]]
    if 2 * len(lost) > len(rows):
        raise BadInput(
            _(
                "%(file)s: %(lost)s of %(count)s areas lie in none of the districts. Check that both files are of one place, "
                "and the order of their axes.",
                file=file,
                lost=len(lost),
                count=len(rows),
            )
        )
    notes = [_("%(code)s (%(name)s) lies in none of the districts.", code=row.code, name=row.name) for row in lost]
    return [replace(row, parent_code=row.parent_code or found[row.code]) for row in rows], notes


def _largest_overlap(row: AreaRow, districts: Sequence[AreaRow]) -> str:
    outlines = np.array([district.geometry for district in districts], dtype=object)
    shared = shapely.area(shapely.intersection(outlines, row.geometry))
    return districts[int(shared.argmax())].code if shared.size and shared.max() > 0 else ""
