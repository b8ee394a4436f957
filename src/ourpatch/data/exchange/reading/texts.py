"""The letters of a text file: UTF-8 first; anything else only where file or sender says so, because guessing loses letters."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# UTF-32 before UTF-16: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ALLOWED = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-32-be",
    "cp1252",
    "iso8859-1",
    "iso8859-14",
    "iso8859-15",
    "mac-roman",
)
_LOST = "\ufffd".encode()


@dataclass(frozen=True, slots=True)
class Text:
    """A text file in UTF-8 without a byte-order mark, the encoding it came in, and what the sender should know."""

    data: bytes
    encoding: str
    notes: tuple[Message, ...]


def read_text(name: str, data: bytes, asked: str, *, cut: bool = False, table: bool = True) -> Text:
    """Decode a file. `asked`: the encoding its sender chose, or "". `cut`: these bytes are its beginning. `table`: it has rows to
    be saved by a spreadsheet. Raises BadInput with the row that cannot be read.
    """
    chosen = _chosen(name, asked)
    found = _Bytes(name, data, cut, table)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            # A mark outweighs what was chosen: nothing else writes those bytes.
            return found.after(mark).read(encoding, (_("The file starts with a byte-order mark."),))
    if chosen in ("", "utf-8"):
        return found.read("utf-8", ())
    if not chosen.startswith("utf") and not data.isascii() and found.is_in("utf-8"):
        note = _("Another encoding was chosen, but the file is in UTF-8 and was read as UTF-8.")
        return found.read("utf-8", (note,))
    return found.read(chosen, ())


@dataclass(frozen=True, slots=True)
class _Bytes:
    name: str
    data: bytes
    cut: bool
    table: bool

    def after(self, mark: bytes) -> _Bytes:
        return replace(self, data=self.data[len(mark) :])

    def is_in(self, encoding: str) -> bool:
        try:
            self._decoded(encoding)
        except UnicodeDecodeError:
            return False
        return True

    def read(self, encoding: str, notes: tuple[Message, ...]) -> Text:
        try:
            text = self._decoded(encoding)
        except UnicodeDecodeError as error:
            row = _row(self.data[: error.start].decode(encoding, "ignore"))
            raise BadInput(_undecodable(self.name, encoding, row, self.table)) from error
        if "\0" in text:
            raise BadInput(_no_text(self.name, _row(text[: text.index("\0")]), self.table))
        data = text.encode() if encoding != "utf-8" or self.cut else self.data
        if _LOST in data:
            row = _row(data[: data.index(_LOST)].decode())
            notes = (*notes, _("Letters were lost before the file came to us, first in row %(row)s (�).", row=row))
        return Text(data, encoding, notes)

    def _decoded(self, encoding: str) -> str:
        """The text; of a beginning without half a letter at its end."""
        return codecs.getincrementaldecoder(encoding)().decode(self.data, not self.cut)


def _chosen(name: str, asked: str) -> str:
    if not asked:
        return ""
    try:
        found = codecs.lookup(asked).name
    except (LookupError, ValueError):
        found = ""
    if found not in _ALLOWED:
        raise BadInput(
            _(
                "%(name)s: there is no such encoding to choose. Choose UTF-8 or Windows-1252. Nothing was loaded.",
                name=name,
            )
        )
    return found


def _no_text(name: str, row: int, table: bool) -> Message:
    if table:
        return _(
            "%(name)s: row %(row)s holds bytes that are not text. Save the file as “CSV UTF-8”. Nothing was loaded.",
            name=name,
            row=row,
        )
    return _(
        "%(name)s: line %(row)s holds bytes that are not text. Export the file again, in UTF-8. Nothing was loaded.",
        name=name,
        row=row,
    )


def _row(before: str) -> int:
    return before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def _undecodable(name: str, encoding: str, row: int, table: bool) -> Message:
    if not table:
        return _(
            "%(name)s: line %(row)s is not in UTF-8. Export the file again, in UTF-8. Nothing was loaded.",
            name=name,
            row=row,
        )
    if encoding == "utf-8":
        return _(
            "%(name)s: row %(row)s is not in UTF-8, so its letters cannot be told. Open the file in the program that made it "
            "and save it as “CSV UTF-8” or as an Excel workbook (.xlsx). Nothing was loaded.",
            name=name,
            row=row,
        )
    return _(
        "%(name)s: row %(row)s is not in %(encoding)s. Choose another encoding or save the file as “CSV UTF-8”. "
        "Nothing was loaded.",
        name=name,
        row=row,
        encoding=encoding,
    )
