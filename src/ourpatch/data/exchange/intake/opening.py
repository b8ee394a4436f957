"""A delivered file opened as a table. What is said of it quotes nothing by which somebody could be identified: not its headings,
the names of its worksheets and elements, nor its own name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.reading import Sheet, SheetOptions, read_first, read_sheet
from ourpatch.ground.errors import BadInput


def open_whole(path: Path, name: str, options: SheetOptions = SheetOptions()) -> Sheet:  # noqa: B008 - frozen
    """Every row of a file. Raises BadInput, with what to do, when it cannot be read as a table."""
    with _discreetly():
        return _discreet(read_sheet(path, name, options))


def open_beginning(path: Path, name: str, options: SheetOptions = SheetOptions()) -> Sheet:  # noqa: B008 - frozen
    """The first rows of a file, enough to say what its columns hold. Raises BadInput as `open_whole` does."""
    with _discreetly():
        return _discreet(read_first(path, name, options))


@contextmanager
def _discreetly() -> Iterator[None]:
    try:
        yield
    except BadInput as refusal:
        # Without what it was raised from: a log shows that too.
        raise BadInput(gate.discreet(refusal.message)) from None


def _discreet(sheet: Sheet) -> Sheet:
    bad_rows = tuple(replace(each, says=gate.discreet(each.says)) for each in sheet.bad_rows)
    return replace(sheet, notes=tuple(map(gate.discreet, sheet.notes)), bad_rows=bad_rows)
