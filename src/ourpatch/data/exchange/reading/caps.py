"""How large a file may be, so that one file cannot fill the machine."""

from __future__ import annotations

from dataclasses import dataclass

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
