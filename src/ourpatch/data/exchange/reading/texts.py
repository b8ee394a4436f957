"""The letters of a text file: UTF-8 first; anything else only where file or sender says so, because guessing loses letters."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

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


def read_text(name: str, data: bytes, asked: str) -> Text:
    """Decode a file. `asked`: the encoding its sender chose, or "". Raises BadInput with the row that cannot be read."""
    chosen = _chosen(name, asked)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            # A mark outweighs what was chosen: nothing else writes those bytes.
            return _checked(name, data[len(mark) :], encoding, (_("The file starts with a byte-order mark."),))
    if chosen in ("", "utf-8"):
        return _checked(name, data, "utf-8", ())
    if not chosen.startswith("utf") and not data.isascii() and _is_utf8(data):
        note = _("Another encoding was chosen, but the file is in UTF-8 and was read as UTF-8.")
        return _checked(name, data, "utf-8", (note,))
    return _checked(name, data, chosen, ())


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


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _checked(name: str, data: bytes, encoding: str, notes: tuple[Message, ...]) -> Text:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(_undecodable(name, encoding, _row(data[: error.start].decode(encoding, "ignore")))) from error
    if "\0" in text:
        raise BadInput(
            _(
                "%(name)s: row %(row)s holds bytes that are not text. Save the file as “CSV UTF-8”. Nothing was loaded.",
                name=name,
                row=_row(text[: text.index("\0")]),
            )
        )
    if encoding != "utf-8":
        data = text.encode("utf-8")
    if _LOST in data:
        row = _row(data[: data.index(_LOST)].decode())
        notes = (*notes, _("Letters were lost before the file came to us, first in row %(row)s (�).", row=row))
    return Text(data, encoding, notes)


def _row(before: str) -> int:
    return before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def _undecodable(name: str, encoding: str, row: int) -> Message:
    if encoding == "utf-8":
        return _(
            "%(name)s: row %(row)s is not in UTF-8, so its letters cannot be told. Save the file as “CSV UTF-8”, or choose "
            "Windows-1252 if it comes from Excel. Nothing was loaded.",
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
