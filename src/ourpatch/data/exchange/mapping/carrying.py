"""A sender's old layout carried over to a file that looks otherwise: as far as its columns are there, completed by what is
proposed for those that are new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ourpatch.data.exchange.mapping.codes import Lists
from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.mapping.proposing import propose
from ourpatch.data.exchange.mapping.shapes import squeezed
from ourpatch.data.exchange.reading.sheet import Sheet, SheetOptions
from ourpatch.data.store.specs import DatasetSpec


def still_there(old: Layout, sheet: Sheet) -> int:
    """How many columns that a layout reads a file still has, under the same heading or one that is only written otherwise."""
    now = _written_now(old, sheet)
    return len({column for each in old.fields for column in (each.column, each.time_column) if column in now})


def carried(old: Layout, sheet: Sheet, spec: DatasetSpec, lists: Lists) -> Layout:
    """A layout for a file that looks otherwise than the one it was made for. What nothing is left of is proposed anew."""
    now = _written_now(old, sheet)
    kept = tuple(found for each in old.fields if (found := _kept(each, now)) is not None)
    taken = {column for each in kept for column in (each.column, each.time_column) if column}
    filled = {each.field for each in kept}
    lost, new = {each.field for each in old.fields} - filled, set(sheet.header) - set(now.values())
    # A column that the sender had before and that nothing was read from is left alone, unless its field lost its own.
    added = tuple(
        each
        for each in propose(sheet, spec, lists).fields
        if (each.field in lost or (each.field not in filled and each.column in new))
        and {each.column, each.time_column}.isdisjoint(taken)
    )
    used = taken | {column for each in added for column in (each.column, each.time_column)}
    return Layout(
        dataset=old.dataset,
        fields=(*kept, *added),
        options=SheetOptions(),
        header=sheet.header,
        ignored=tuple(each for each in sheet.header if each not in used),
    )


def _written_now(old: Layout, sheet: Sheet) -> Mapping[str, str]:
    """Each heading of a layout that a file still has -> how it is written there."""
    same = {each: each for each in old.header if each in sheet.header}
    others = {squeezed(each): each for each in sheet.header if each not in same}
    return same | {each: others[squeezed(each)] for each in old.header if each not in same and squeezed(each) in others}


def _kept(each: Mapped, now: Mapping[str, str]) -> Mapped | None:
    if (each.column and each.column not in now) or (each.time_column and each.time_column not in now):
        return None
    return replace(each, column=now.get(each.column, ""), time_column=now.get(each.time_column, ""))
