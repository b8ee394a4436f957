"""What a file is, told by what it holds; its name only decides where the content could be two things."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from pathlib import Path, PurePath

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
_OLE = b"\xd0\xcf\x11\xe0"
# A workbook locked with a password is kept in an old container, where the names of its parts are in UTF-16.
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OTHER: tuple[tuple[bytes, Message], ...] = (
    (b"%PDF", _("a PDF")),
    (b"\x1f\x8b", _("a compressed (gzip) file")),
    (b"7z\xbc\xaf", _("a 7z archive")),
    (b"Rar!", _("a RAR archive")),
    (b"SQLite format 3", _("a database")),
    (b"PAR1", _("a Parquet file")),
    (b"\x89PNG", _("a picture")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"{\\rtf", _("a text document (RTF)")),
)
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
    return _of_text(name, _opening(head))


def named(name: str, kind: Kind) -> bool:
    """Whether the name of the file says the same as its content, or says nothing."""
    suffix = PurePath(name).suffix.lower()
    return suffix in _NAMED[kind] or not any(suffix in suffixes for suffixes in (*_NAMED.values(), {".xls", ".ods"}))


def _packed(path: Path, name: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as opened:
            members = set(opened.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadInput(
            _("%(name)s is damaged or not whole. Save or send it again. Nothing was loaded.", name=name)
        ) from error
    if any(member.startswith("xl/") and member.endswith(".bin") and "workbook" in member for member in members):
        raise BadInput(_say_save_as(name, _("a binary Excel workbook (.xlsb)")))
    if "[Content_Types].xml" in members and any(member.startswith("xl/") for member in members):
        return Kind.WORKBOOK
    if "content.xml" in members and "mimetype" in members:
        raise BadInput(_say_save_as(name, _("an OpenDocument spreadsheet (.ods)")))
    raise BadInput(
        _(
            "%(name)s is a zip archive or a document, not a table. Unpack it and hand in the file inside, as CSV or "
            "Excel (.xlsx). Nothing was loaded.",
            name=name,
        )
    )


def _refuse_others(path: Path, name: str, head: bytes) -> None:
    if head.startswith(_OLE):
        if _LOCKED in path.read_bytes():
            raise BadInput(
                _("%(name)s is locked with a password. Take the password off first. Nothing was loaded.", name=name)
            )
        raise BadInput(_say_save_as(name, _("an old Excel workbook (.xls)")))
    if head[:2] == b"\x09\x08" or head[:4] in (b"\x09\x04\x06\x00", b"\x09\x02\x06\x00"):
        raise BadInput(_say_save_as(name, _("an old Excel workbook (.xls)")))
    for magic, what in _OTHER:
        if head.startswith(magic):
            raise BadInput(
                _(
                    "%(name)s is %(what)s, not a table. Hand in CSV, Excel (.xlsx), JSON or XML. Nothing was loaded.",
                    name=name,
                    what=what,
                )
            )


def _opening(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    else:
        text = head.decode("utf-8", "replace")
    return text.lstrip("\ufeff \t\r\n")


def _of_text(name: str, opening: str) -> Kind:
    if not opening:
        raise BadInput(_("%(name)s is empty. Nothing was loaded.", name=name))
    if _HTML.match(opening):
        raise BadInput(_say_save_as(name, _("a web page, even if its name ends in .xls")))
    if _XML.match(opening):
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
