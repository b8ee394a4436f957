"""How large a file may be, so that one file cannot fill the machine."""

from __future__ import annotations

from dataclasses import dataclass

from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadCaps:
    """What is read of one file; a file beyond any of these is refused.

    `text_bytes`: size of a text file, and letters of all the cells of any file together. `workbook_bytes`: an Excel file as it
    is stored; `unpacked_bytes` and `ratio`: what it may unpack to. `object_bytes`: JSON that cannot be read record by
    record, because its list is inside an object. `cell`: letters of a cell, as in Excel.
    """

    text_bytes: int = 256 * _MEGABYTE
    workbook_bytes: int = 100 * _MEGABYTE
    unpacked_bytes: int = 512 * _MEGABYTE
    ratio: int = 200
    members: int = 2_000
    object_bytes: int = 64 * _MEGABYTE
    rows: int = 2_000_000
    columns: int = 500
    cell: int = 32_767
    heading: int = 200
    depth: int = 30


@dataclass(frozen=True, slots=True)
class Given:
    """The bytes of a text file, or its beginning. `size`: bytes of the whole file; `rows`: how many are wanted, 0 for all."""

    data: bytes
    size: int
    rows: int = 0

    @property
    def cut(self) -> bool:
        """Whether this is the beginning of a longer file."""
        return len(self.data) < self.size

    def share(self, part: float) -> float:
        """The share of the file that a part of these bytes is."""
        return part * len(self.data) / self.size


def empty(name: str) -> Message:
    """The message of a file in which there is nothing."""
    return _(
        "%(name)s is empty. Export it again. If there was nothing to report, say so under “Data duties”. Nothing was loaded.",
        name=name,
    )


def too_deep(name: str) -> Message:
    """The message of records within records within records."""
    return _(
        "%(name)s is nested too deeply to be a table of records. Export it as CSV or Excel (.xlsx). Nothing was loaded.",
        name=name,
    )
