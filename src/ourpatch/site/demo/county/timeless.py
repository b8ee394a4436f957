"""Archives and workbooks whose bytes depend on what is in them, never on the moment at which they are written."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

import openpyxl

FIXED_TIME = (2026, 1, 1, 0, 0, 0)
"""Time stamp of every member of a written archive; the content carries its own dates."""


def packed(members: Iterable[tuple[str, str | bytes]]) -> bytes:
    """A zip archive of these names and contents."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return raw.getvalue()


def saved(book: openpyxl.Workbook) -> bytes:
    """A workbook as a file."""
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as archive:
        return packed((name, _unstamped(name, archive.read(name))) for name in archive.namelist())


def _unstamped(name: str, content: bytes) -> bytes:
    if name != "docProps/core.xml":
        return content
    return re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
