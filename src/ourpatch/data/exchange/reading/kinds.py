"""What a file is, told by what it holds; its name only decides where the content could be two things."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path, PurePath

from ourpatch.data.exchange.reading.caps import empty
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


class Kind(StrEnum):
    """The formats that are read."""

    DELIMITED = "csv"
    WORKBOOK = "xlsx"
    JSON = "json"
    XML = "xml"


_HEAD = 64 * 1024
_NAMED = {
    Kind.WORKBOOK: {".xlsx", ".xlsm", ".xltx", ".xltm"},
    Kind.DELIMITED: {".csv", ".tsv", ".txt", ".tab"},
    Kind.JSON: {".json", ".jsonl", ".ndjson", ".geojson"},
    Kind.XML: {".xml"},
}
_OLD_NAMES = {".xls", ".xlt", ".xlsb"}
_OLE = b"\xd0\xcf\x11\xe0"
# What an old container of Microsoft's holds is told by the names of its parts, in UTF-16. A workbook locked with a password is
# kept in one, whatever its name ends in.
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OLD_PARTS: tuple[tuple[bytes, Message], ...] = (
    ("WordDocument".encode("utf-16-le"), _("a Word document")),
    ("PowerPoint Document".encode("utf-16-le"), _("a presentation")),
    ("__substg1.0_".encode("utf-16-le"), _("an e-mail saved from Outlook")),
)
# What a zip archive holds is told by one of its members.
_DOCUMENTS: tuple[tuple[str, Message], ...] = (
    ("word/document.xml", _("a Word document")),
    ("ppt/presentation.xml", _("a presentation")),
    ("doc.kml", _("a map for Google Earth (KMZ)")),
    ("Index/Document.iwa", _("a document of Apple's Numbers, Pages or Keynote")),
)
_OTHER: tuple[tuple[bytes, Message], ...] = (
    (b"%PDF", _("a PDF")),
    (b"SQLite format 3", _("a database")),
    (b"\x00\x01\x00\x00Standard ", _("an Access database")),
    (b"PAR1", _("a Parquet file")),
    (b"$FL2", _("an SPSS file")),
    (b"\x89PNG", _("a picture")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"GIF8", _("a picture")),
    (b"II*\x00", _("a picture")),
    (b"MM\x00*", _("a picture")),
    (b"RIFF", _("a picture, a sound or a film")),
    (b"\x00\x00\x00\x18ftyp", _("a picture, a sound or a film")),
    (b"\x00\x00\x00\x1cftyp", _("a picture, a sound or a film")),
    (b"\x00\x00\x00\x20ftyp", _("a picture, a sound or a film")),
    (b"{\\rtf", _("a text document (RTF)")),
)
_PACKED: tuple[tuple[bytes, Message], ...] = (
    (b"\x1f\x8b", _("a compressed (gzip) file")),
    (b"7z\xbc\xaf", _("a 7z archive")),
    (b"Rar!", _("a RAR archive")),
)
_PIECE = 1024 * 1024
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(r"^<(!doctype\s+html|html|head|body|table|meta|div|style)\b", re.IGNORECASE)
_OLD_XML = "urn:schemas-microsoft-com:office:spreadsheet"
_XML = re.compile(r"^<(\?xml|!--|!DOCTYPE|[A-Za-z_][\w.:-]*[\s/>])")
_JSON = re.compile(r"^(\{\s*[\"}]|\[\s*[\[{\]\"])")


def kind_of(path: Path, name: str) -> Kind:
    """The format of a file. Raises BadInput when it is none that is read, and says what to do with it."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(path, name)
    _refuse_others(path, name, head)
    if _says(name, Kind.WORKBOOK, Kind.XML, Kind.JSON) and _is_no_text(head):
        raise BadInput(_not_what_it_says(name))
    return _of_text(name, _opening(head))


def named(name: str, kind: Kind) -> bool:
    """Whether the name of the file says the same as its content, or says nothing."""
    suffix = PurePath(name).suffix.lower()
    return suffix in _NAMED[kind] or not any(suffix in suffixes for suffixes in (*_NAMED.values(), {".xls", ".ods"}))


def damaged_workbook(name: str) -> Message:
    """The message of a workbook that cannot be read."""
    return _(
        "%(name)s is damaged, not whole or no Excel workbook. Open it in Excel: if it opens, save it again as an Excel workbook "
        "(.xlsx) and hand that in; if it does not, export it again. Nothing was loaded.",
        name=name,
    )


def _packed(path: Path, name: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as opened:
            members = set(opened.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadInput(_damaged_archive(name)) from error
    if any(member.startswith("xl/") and member.endswith(".bin") and "workbook" in member for member in members):
        raise BadInput(_say_save_as(name, _("a binary Excel workbook (.xlsb)")))
    if "[Content_Types].xml" in members and any(member.startswith("xl/") for member in members):
        return Kind.WORKBOOK
    if "content.xml" in members and "mimetype" in members:
        raise BadInput(_say_save_as(name, _("an OpenDocument spreadsheet or text (.ods, .odt)")))
    for member, what in _DOCUMENTS:
        if member in members:
            raise BadInput(_no_table(name, what))
    if _says(name, Kind.WORKBOOK):
        raise BadInput(damaged_workbook(name))
    raise BadInput(
        _(
            "%(name)s is a zip archive or a document, not a table. Unpack it and hand in the file inside, as CSV or "
            "Excel (.xlsx). Nothing was loaded.",
            name=name,
        )
    )


def _refuse_others(path: Path, name: str, head: bytes) -> None:
    if head.startswith(_OLE):
        raise BadInput(_old_container(path, name))
    if head[:2] == b"\x09\x08" or head[:4] in (b"\x09\x04\x06\x00", b"\x09\x02\x06\x00"):
        raise BadInput(_say_save_as(name, _("an old Excel workbook (.xls)")))
    for magic, what in _PACKED:
        if head.startswith(magic):
            raise BadInput(
                _(
                    "%(name)s is %(what)s. Unpack it and hand in the file inside. Nothing was loaded.",
                    name=name,
                    what=what,
                )
            )
    for magic, what in _OTHER:
        if head.startswith(magic):
            raise BadInput(_no_table(name, what))


def _old_container(path: Path, name: str) -> Message:
    parts = (_LOCKED, *(part for part, _what in _OLD_PARTS))
    found = _first_held(path, parts)
    if found == _LOCKED:
        return _(
            "%(name)s is locked with a password. Open it in Excel with its password, take the password off (File, Info, "
            "Protect Workbook), save it and hand that in. Nothing was loaded.",
            name=name,
        )
    for part, what in _OLD_PARTS:
        if part == found:
            return _no_table(name, what)
    return _say_save_as(name, _("an old Excel workbook (.xls)"))


def _first_held(path: Path, parts: Sequence[bytes]) -> bytes | None:
    """The first of these that a file holds, read piece by piece."""
    longest = max(map(len, parts))
    kept: set[bytes] = set()
    end = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            kept |= {part for part in parts if part in end + piece}
            end = piece[-longest:]
    return next((part for part in parts if part in kept), None)


def _says(name: str, *kinds: Kind) -> bool:
    """Whether a file's name says that it is one of these kinds."""
    suffix = PurePath(name).suffix.lower()
    return any(suffix in _NAMED[kind] for kind in kinds) or (Kind.WORKBOOK in kinds and suffix in _OLD_NAMES)


def _is_no_text(head: bytes) -> bool:
    """Whether a file begins with bytes that no text holds. UTF-16 and UTF-32 do, after their mark."""
    return not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) and _CONTROL.search(head) is not None


def _not_what_it_says(name: str) -> Message:
    if _says(name, Kind.WORKBOOK):
        return damaged_workbook(name)
    return _(
        "%(name)s does not hold what its name says, or is damaged. Export it again, in UTF-8. Nothing was loaded.",
        name=name,
    )


def _damaged_archive(name: str) -> Message:
    if _says(name, Kind.WORKBOOK):
        return damaged_workbook(name)
    return _("%(name)s is damaged or not whole. Save or send it again. Nothing was loaded.", name=name)


def _no_table(name: str, what: Message) -> Message:
    return _(
        "%(name)s is %(what)s, not a table. Hand in the table that it was made from, as CSV, Excel (.xlsx), JSON or XML. Nothing "
        "was loaded.",
        name=name,
        what=what,
    )


def _opening(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    else:
        text = head.decode("utf-8", "replace")
    return text.lstrip("\ufeff \t\r\n")


def _of_text(name: str, opening: str) -> Kind:
    if not opening:
        raise BadInput(empty(name))
    if _HTML.match(opening):
        raise BadInput(_say_save_as(name, _("a web page, even if its name ends in .xls")))
    if _XML.match(opening) or (_says(name, Kind.XML) and not _JSON.match(opening)):
        if _OLD_XML in opening:
            raise BadInput(_say_save_as(name, _("an Excel 2003 XML spreadsheet")))
        return Kind.XML
    if _JSON.match(opening) or PurePath(name).suffix.lower() in _NAMED[Kind.JSON]:
        return Kind.JSON
    return Kind.DELIMITED


def _say_save_as(name: str, what: Message) -> Message:
    return _(
        "%(name)s is %(what)s. Open it in Excel or LibreOffice and save it as an Excel workbook (.xlsx) or CSV UTF-8. "
        "Nothing was loaded.",
        name=name,
        what=what,
    )
