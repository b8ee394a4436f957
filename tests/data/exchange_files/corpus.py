"""Broken and odd files as partners send them, each with what must come of it: its message, or every row that it holds.

`stage="mapping"`: the file reads without a word; what is wrong with its values is for the mapping to say.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.data.exchange_files import writers
from tests.data.exchange_files.writers import Table

from ourpatch.data.exchange.reading import ReadCaps, SheetOptions

HEADER = ("Date", "Type", "Place")
ONE = ("01/03/2026", "Noise", "Mill Lane")
TWO = ("02/03/2026", "Litter", "Castle Street")
THREE = ("03/03/2026", "Graffiti", "Park Road")
TABLE: Table = (HEADER, ONE, TWO)
WHOLE = (ONE, TWO)

SMALL = ReadCaps(text_bytes=20_000, workbook_bytes=20_000, unpacked_bytes=100_000, rows=50, columns=20)


@dataclass(frozen=True)
class Broken:
    """One file. `refused`: words of the message that refuses it; else `rows` in order, `numbers`, `bad` and `notes` as read.

    `bad` maps row numbers to words of what is said of them; `notes` are words of each note in order.
    """

    case: str
    name: str
    build: Callable[[], bytes]
    refused: str = ""
    header: tuple[str, ...] = HEADER
    rows: Table = ()
    numbers: tuple[int, ...] = ()
    bad: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    options: SheetOptions = field(default_factory=SheetOptions)
    caps: ReadCaps = field(default_factory=ReadCaps)
    stage: str = "reading"

    def write(self, folder: Path) -> Path:
        """The file on disk."""
        path = folder / self.name
        path.write_bytes(self.build())
        return path


def _text(*lines: str, end: str = "\n", encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: "".join(f"{line}{end}" for line in lines).encode(encoding)


def _bytes(data: bytes) -> Callable[[], bytes]:
    return lambda: data


H, A, B, C = (",".join(row) for row in (HEADER, ONE, TWO, THREE))
PLAIN = f"{H}\n{A}\n{B}\n"
CAFE = ("01/03/2026", "Noise", "Café Zoë")
CAFE_FILE = f"{H}\n{','.join(CAFE)}\n"


def _csv(
    case: str, build: Callable[[], bytes], refused: str = "", *, name: str = "march.csv", **more: object
) -> Broken:
    if not refused:
        more = {"rows": WHOLE, "numbers": (2, 3), **more}
    return Broken(case, name, build, refused, **more)  # type: ignore[arg-type]


ENCODINGS = [
    _csv("UTF-8 with a byte-order mark", _bytes(b"\xef\xbb\xbf" + PLAIN.encode()), notes=("byte-order mark",)),
    _csv("UTF-16, little end first", _bytes(b"\xff\xfe" + PLAIN.encode("utf-16-le")), notes=("byte-order mark",)),
    _csv("UTF-16, big end first", _bytes(b"\xfe\xff" + PLAIN.encode("utf-16-be")), notes=("byte-order mark",)),
    _csv("UTF-32", _bytes(b"\xff\xfe\0\0" + PLAIN.encode("utf-32-le")), notes=("byte-order mark",)),
    _csv("UTF-16 without a mark", _bytes(PLAIN.encode("utf-16-le")), "row 1 holds bytes that are not text"),
    _csv("Windows-1252, not said", _bytes(CAFE_FILE.encode("cp1252")), "row 2 is not in UTF-8"),
    _csv("Windows-1252, advice", _bytes(CAFE_FILE.encode("cp1252")), "save it as “CSV UTF-8” or as an Excel workbook"),
    _csv(
        "Windows-1252, chosen",
        _bytes(CAFE_FILE.encode("cp1252")),
        options=SheetOptions(encoding="windows-1252"),
        rows=(CAFE,),
        numbers=(2,),
    ),
    _csv(
        "Latin-1 chosen, but in UTF-8",
        _bytes(CAFE_FILE.encode()),
        options=SheetOptions(encoding="latin-1"),
        rows=(CAFE,),
        numbers=(2,),
        notes=("was read as UTF-8",),
    ),
    _csv(
        "Windows-1252 chosen, but a byte that it has not",
        _bytes(PLAIN.encode() + b"x,\x81,y\n"),
        "row 4 is not in cp1252",
        options=SheetOptions(encoding="cp1252"),
    ),
    _csv("unknown encoding chosen", _text(H, A), "no such encoding", options=SheetOptions(encoding="rot13")),
    _csv("half a UTF-8 letter at the end", _bytes(CAFE_FILE.encode()[:-2]), "row 2 is not in UTF-8"),
    _csv("NUL in a cell", _bytes(PLAIN.encode() + b"a,\0,b\n"), "row 4 holds bytes that are not text"),
    _csv(
        "letters lost before",
        _text(H, "01/03/2026,Noise,Caf\ufffd"),
        rows=(("01/03/2026", "Noise", "Caf\ufffd"),),
        numbers=(2,),
        notes=("first in row 2",),
    ),
]

DELIMITERS = [
    _csv("tabs", _text(*("\t".join(row) for row in TABLE)), name="march.tsv"),
    _csv("semicolons", _text(*(";".join(row) for row in TABLE))),
    _csv(
        "last column empty",
        _text("a\tb", "x\t", "y\t", "z\t"),
        header=("a", "b"),
        rows=(("x", ""), ("y", ""), ("z", "")),
        numbers=(2, 3, 4),
    ),
    _csv("bars", _text(*("|".join(row) for row in TABLE)), name="march.txt"),
    _csv(
        "semicolons and decimal commas",
        _text("East;North;Type", "1,5;2,5;Noise", "3,5;4,5;Litter"),
        header=("East", "North", "Type"),
        rows=(("1,5", "2,5", "Noise"), ("3,5", "4,5", "Litter")),
    ),
    _csv("Excel's first line sep=;", _text("sep=;", *(";".join(row) for row in TABLE)), numbers=(2, 3)),
    _csv(
        "wrong sign chosen",
        _text(*(";".join(row) for row in TABLE)),
        "not parted by the sign that was chosen. Choose ;",
        options=SheetOptions(delimiter="|"),
    ),
    _csv("letter chosen as sign", _text(H, A), "cannot be parted by that sign", options=SheetOptions(delimiter="a")),
    _csv("one column", _text("Type", "Noise", "Litter"), header=("Type",), rows=(("Noise",), ("Litter",))),
    _csv("mixed line ends", _bytes(f"{H}\r\n{A}\n{B}\r".encode()), notes=("mixes kinds of line ends",)),
    _csv("line ends of an old Mac", _text(H, A, B, end="\r")),
    _csv(
        "line break in a value",
        _text(H, '01/03/2026,Noise,"Mill\nLane"', B),
        rows=(("01/03/2026", "Noise", "Mill\nLane"), TWO),
    ),
]

SHAPES = [
    _csv(
        "too few cells", _text(H, A, "02/03/2026,Litter", C), rows=(ONE, THREE), numbers=(2, 4), bad={3: "has 2 cells"}
    ),
    _csv(
        "too many cells",
        _text(H, A, "02/03/2026,Litter,Castle Street, Lancaster", C),
        rows=(ONE, THREE),
        numbers=(2, 4),
        bad={3: "has 4 cells, but there are 3 headings"},
    ),
    _csv("empty cells after the last", _text(H, A + ",,", B)),
    _csv("a sign at the end of every row", _text(H, A + ",", B + ",")),
    _csv(
        "every row shifted by one", _text(H, "0," + A, "1," + B), "Row 2: The row has 4 cells, but there are 3 headings"
    ),
    _csv("blank rows", _text("", H, "", A, ",,", "  ", B, "", ""), numbers=(4, 7)),
    _csv("titles above", _text("Noise in March", "", H, A, B), numbers=(4, 5), notes=("taken for a title",)),
    _csv(
        "titles as wide as the table",
        _text("Report,March 2026,", ",,", H, A, B),
        # Two of three cells are filled, as they might be in headings; the rows below do not fit them.
        refused="perhaps another row holds the headings. Row 3",
    ),
    _csv(
        "titles as wide as the table, headings chosen",
        _text("Report,March 2026,", ",,", H, A, B),
        options=SheetOptions(header_row=3),
        numbers=(4, 5),
        notes=("taken for a title",),
    ),
    _csv(
        "a blank row chosen for the headings",
        _text("", H, A),
        "no headings in row 1",
        options=SheetOptions(header_row=1),
    ),
    _csv(
        "two tables of other widths",
        _text("a,b,c,d,e", *(",".join("123456789") for _row in range(4))),
        "cannot be told which row holds the headings",
    ),
    _csv("line of totals", _text(H, A, B, "Total,,2"), bad={4: "line of totals"}),
    _csv("ragged line of totals", _text(H, A, B, "Grand total: ,2"), bad={4: "line of totals"}),
    _csv("totals without a line end", _bytes((PLAIN + "Total,2").encode()), bad={4: "line of totals"}),
    _csv("equal headings", _text("Date,Type,date ", A), "columns A and C have the same heading"),
    _csv("heading missing, values below", _text("Date,,Place", A), "column B holds values but has no heading"),
    _csv(
        "heading missing, nothing below",
        _text("Date,Type,,Place", *(f"{row[0]},{row[1]},,{row[2]}" for row in WHOLE)),
        notes=("without values were left out: C",),
    ),
    _csv("no headings", _text(A, B), "row 1 should hold the headings but looks like values"),
    _csv("endless heading", _text(f"Date,{'x' * 201},Place", A), "heading of column B is longer than 200"),
    _csv("empty", _bytes(b""), "is empty"),
    _csv("only blanks", _text("", "  ", ""), "is empty"),
    _csv("only a byte-order mark", _bytes(b"\xef\xbb\xbf"), "is empty"),
    _csv("only empty cells", _text(",,,", ",,,"), "is empty"),
    _csv("headings only", _text(H), "has headings but no rows"),
    _csv("headings only, no line end", _bytes(H.encode()), "has headings but no rows"),
    _csv("half a last row", _bytes(f"{PLAIN}03/03/2026,Graf".encode()), "stops in the middle of row 4"),
    _csv("last row without a line end", _bytes(PLAIN[:-1].encode())),
    _csv(
        "unclosed quotation mark",
        _text(H, A, '02/03/2026,"Litter,Castle Street', C),
        "quotation mark is opened in row 3",
    ),
    _csv(
        "two unclosed quotation marks",
        _text(H, A, '02/03/2026,"Litter,Castle Street', '03/03/2026,"Graffiti,Park Road'),
        "quotation mark is opened in row 3",
    ),
    _csv(
        "inches",
        _text(H, '01/03/2026,Noise,6" pipe', B),
        rows=(("01/03/2026", "Noise", '6" pipe'), TWO),
        notes=("quotation mark of their own",),
    ),
    _csv(
        "endless cell",
        _text(H, A, f"02/03/2026,{'x' * 40_000},b", C),
        rows=(ONE, THREE),
        numbers=(2, 4),
        bad={3: "more than 32767 letters"},
    ),
    _csv(
        "endless cell in quotation marks",
        _text(H, A, f'x,"{"y" * 40_000}",z', C),
        rows=(ONE, THREE),
        numbers=(2, 4),
        bad={3: "more than 32767 letters"},
    ),
    _csv(
        "cells that a spreadsheet would run",
        _text(H, "=cmd|' /C calc'!A0,@SUM(1),+44", '-1+1,"=HYPERLINK(""x"")",a'),
        rows=(("=cmd|' /C calc'!A0", "@SUM(1)", "+44"), ("-1+1", '=HYPERLINK("x")', "a")),
    ),
    _csv(
        "digits kept",
        _text("Ref,Code,Long", "00123,007,12345678901234567890", "1.0,1e5,0.10"),
        header=("Ref", "Code", "Long"),
        rows=(("00123", "007", "12345678901234567890"), ("1.0", "1e5", "0.10")),
    ),
    _csv("too many rows", _text(H, *([A] * 51)), "more than 50 rows", caps=SMALL),
    _csv("too many columns", _text(*([",".join("abcdefghijklmnopqrstu")] * 2)), "more than 20 columns", caps=SMALL),
    _csv("too large", _text(H, *([A] * 1_000)), "is too large", caps=SMALL),
]


def _sheet(
    case: str, build: Callable[[], bytes], refused: str = "", *, name: str = "march.xlsx", **more: object
) -> Broken:
    return _csv(case, build, refused, name=name, **more)


def _book(part: str, **more: object) -> Callable[[], bytes]:
    return lambda: writers.workbook({"Data": part}, **more)  # type: ignore[arg-type]


def _rows(*rows: str, before: str = "", after: str = "") -> str:
    return writers.sheet(writers.text_row(1, HEADER), *rows, before=before, after=after)


FIRST, SECOND = writers.text_row(2, ONE), writers.text_row(3, TWO)
PLAIN_SHEET = writers.text_sheet(TABLE)


def _merged(*refs: str) -> str:
    ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
    return f"<mergeCells>{ranges}</mergeCells>"


def _dates(from_1904: bool) -> Callable[[], bytes]:
    codes = ("dd/mm/yyyy", "dd/mm/yyyy hh:mm", "h:mm", "[h]:mm", "mmm-yy", "00000", '0.0" days"')
    numbers = ("46082", "46082.604166666664", "0.5", "1.25", "46082", "123", "2.5")
    cells = [writers.number_cell(f"{writers.column(at)}2", raw, at + 1) for at, raw in enumerate(numbers)]
    part = writers.sheet(writers.text_row(1, [f"h{at}" for at in range(7)]), writers.row(2, *cells))
    properties = '<workbookPr date1904="1"/>' if from_1904 else ""
    return _book(part, parts={"styles": writers.styles(*codes)}, properties=properties)


def _numbers() -> bytes:
    raw = ("12.0", "0.30000000000000004", "1.2E3", "-5", "00", "1.0000000000000001E-5", "353412")
    cells = [writers.number_cell(f"{writers.column(at)}2", each) for at, each in enumerate(raw)]
    part = writers.sheet(writers.text_row(1, [f"h{at}" for at in range(7)]), writers.row(2, *cells))
    return writers.workbook({"Data": part})


def _cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


SHARED = "".join(f'<c r="{cell}" t="s"><v>{at}</v></c>' for at, cell in enumerate(("A2", "B2", "C2")))

DAMAGED = "damaged, not whole or no Excel workbook. Open it in Excel"


def _old(part: str) -> bytes:
    """A container as old programs of Microsoft's write it, with a part of this name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + part.encode("utf-16-le") + bytes(600)


def _locked_archive() -> bytes:
    """A zip archive whose members say that they are encrypted."""
    data = bytearray(_book(PLAIN_SHEET)())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 1)
    return bytes(data)


WORKBOOKS = [
    _sheet("plain", _book(PLAIN_SHEET)),
    _sheet("a CSV called .xlsx", _text(H, A, B), notes=("holds CSV",)),
    _sheet("a workbook called .csv", _book(PLAIN_SHEET), name="march.csv", notes=("holds XLSX",)),
    _sheet("web page called .xls", _bytes(b"<html><table><tr><td>Date"), "is a web page", name="march.xls"),
    _sheet(
        "old workbook", _bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "old Excel workbook", name="march.xls"
    ),
    _sheet("very old workbook", _bytes(b"\x09\x08\x10\x00" + bytes(60)), "old Excel workbook", name="march.xls"),
    _sheet(
        "locked with a password",
        _bytes(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le")),
        "locked with a password",
    ),
    _sheet("binary workbook", _bytes(writers.archive({"xl/workbook.bin": b"x"})), "binary Excel workbook"),
    _sheet(
        "OpenDocument",
        _bytes(writers.archive({"mimetype": b"x", "content.xml": b"<x/>"})),
        "an OpenDocument spreadsheet",
        name="march.ods",
    ),
    _sheet("zip of a CSV", _bytes(writers.archive({"march.csv": PLAIN.encode()})), "Unpack it", name="march.zip"),
    _sheet(
        "Excel 2003 XML",
        _bytes(b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'),
        "Excel 2003 XML",
        name="march.xml",
    ),
    _sheet("PDF", _bytes(b"%PDF-1.7 x"), "is a PDF", name="march.pdf"),
    _sheet("gzip", _bytes(gzip.compress(PLAIN.encode(), mtime=0)), "compressed (gzip)", name="march.csv.gz"),
    _sheet("no zip at all", _bytes(bytes(range(256)) * 20), DAMAGED),
    _sheet("letters that no text holds", _bytes(b"Date\x01\x02\x03" * 50), DAMAGED),
    _sheet("half of an old workbook", _bytes(b"\xd0\xcf\x11\xe0\xa1\xb1"), "old Excel workbook", name="march.xls"),
    _sheet("a zip that is no workbook", _bytes(writers.archive({"march.csv": PLAIN.encode()})), DAMAGED),
    _sheet(
        "workbook without its list of worksheets",
        _bytes(writers.archive({"[Content_Types].xml": b"<x/>", "xl/worksheets/sheet1.xml": PLAIN_SHEET.encode()})),
        DAMAGED,
    ),
    _sheet("cut after the first bytes", _bytes(b"PK\x03\x04\x14\0\0\0"), DAMAGED),
    _sheet("a zip cut off", lambda: _cut(writers.archive({"a.csv": b"x"}), 0.5), "Save or send it again", name="a.zip"),
    _sheet("members locked with a password", _locked_archive, "Save it without one"),
    _sheet("Word document", _bytes(writers.archive({"word/document.xml": b"x"})), "is a Word document", name="m.docx"),
    _sheet("Word document called .xlsx", _bytes(writers.archive({"word/document.xml": b"x"})), "is a Word document"),
    _sheet("old Word document", _bytes(_old("WordDocument")), "is a Word document", name="march.doc"),
    _sheet("presentation", _bytes(writers.archive({"ppt/presentation.xml": b"x"})), "is a presentation", name="m.pptx"),
    _sheet("old presentation", _bytes(_old("PowerPoint Document")), "is a presentation", name="march.ppt"),
    _sheet("e-mail", _bytes(_old("__substg1.0_0037001F")), "an e-mail saved from Outlook", name="march.msg"),
    _sheet("map", _bytes(writers.archive({"doc.kml": b"<x/>"})), "a map for Google Earth", name="march.kmz"),
    _sheet("Numbers", _bytes(writers.archive({"Index/Document.iwa": b"x"})), "Apple's Numbers", name="march.numbers"),
    _sheet("photograph", _bytes(b"\xff\xd8\xff\xe0" + bytes(80)), "is a picture, not a table", name="march.jpg"),
    _sheet("picture called .xlsx", _bytes(b"\x89PNG\r\n" + bytes(80)), "is a picture, not a table"),
    _sheet(
        "picture called .csv", _bytes(b"GIF89a" + bytes(80)), "Hand in the table that it was made", name="march.csv"
    ),
    _sheet("film", _bytes(b"\0\0\0\x18ftypmp42" + bytes(80)), "a picture, a sound or a film", name="march.mp4"),
    _sheet("Access", _bytes(b"\0\1\0\0Standard ACE DB" + bytes(80)), "is an Access database", name="march.accdb"),
    _sheet("7z", _bytes(b"7z\xbc\xaf\x27\x1c"), "is a 7z archive. Unpack it", name="march.7z"),
    _sheet(
        "endless cell",
        _book(_rows(FIRST, writers.row(3, writers.text_cell("A3", "x" * 40_000)), writers.text_row(4, THREE))),
        rows=(ONE, THREE),
        numbers=(2, 4),
        bad={3: "more than 32767 letters"},
    ),
    _sheet("more rows than a worksheet has", _book(_rows(writers.row(1_048_577))), DAMAGED),
    _sheet("a row whose number is a word", _book(_rows('<row r="two"/>')), DAMAGED),
    _sheet(
        "thousands of members",
        _book(PLAIN_SHEET, extra={f"x{at}": b"" for at in range(30)}),
        "Copy the table alone into a new workbook",
        caps=ReadCaps(members=20),
    ),
    _sheet(
        "half a million empty rows with a format",
        _book(_rows(FIRST, *(writers.row(at, writers.number_cell(f"A{at}", "", 1)) for at in range(3, 3_000)))),
        rows=(ONE,),
        numbers=(2,),
    ),
    _sheet("cut off", lambda: _cut(_book(PLAIN_SHEET)(), 0.6), DAMAGED),
    _sheet("no workbook inside", _bytes(writers.archive({"[Content_Types].xml": b"<x/>", "xl/x": b""})), "damaged"),
    _sheet("worksheet not well-formed", _book(PLAIN_SHEET[:-30]), DAMAGED),
    _sheet("shared text that is not there", _book(_rows(f'<row r="2">{SHARED}</row>')), DAMAGED),
    _sheet("rows out of order", _book(_rows(SECOND, FIRST)), DAMAGED),
    _sheet(
        "shared texts",
        _book(_rows(f'<row r="2">{SHARED}</row>'), parts={"sharedStrings": writers.strings(*ONE)}),
        rows=(ONE,),
        numbers=(2,),
    ),
    _sheet(
        "zip bomb",
        _book(_rows(FIRST), extra={"xl/media/x.bin": bytes(6_000_000)}),
        "would unpack to far more",
    ),
    _sheet(
        "unpacks to more than is read",
        _book(_rows(FIRST), extra={"x": b"".join(b"%d" % n for n in range(30_000))}),
        "would unpack to far more",
        caps=ReadCaps(unpacked_bytes=100_000),
    ),
    _sheet(
        "one long text, a thousand times",
        _book(
            _rows(*(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(2, 40))),
            parts={"sharedStrings": writers.strings("x" * 1_000)},
        ),
        "is too large",
        caps=SMALL,
    ),
    _sheet(
        "entities",
        _book('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + PLAIN_SHEET),
        "declares a document type",
    ),
    _sheet(
        "macros",
        _book(PLAIN_SHEET, extra={"xl/vbaProject.bin": b"x"}),
        name="march.xlsm",
        notes=("holds macros",),
    ),
    _sheet(
        "formulas",
        _book(
            _rows(
                writers.row(
                    2,
                    *(writers.formula_cell(f"{at}2", "X1", value, "str") for at, value in zip("ABC", ONE, strict=True)),
                )
            )
        ),
        rows=(ONE,),
        numbers=(2,),
        notes=("Cells with formulas: 3",),
    ),
    _sheet(
        "formula without a value",
        _book(_rows(writers.row(2, writers.text_cell("A2", "x"), writers.formula_cell("B2", "A2+1", None)), SECOND)),
        rows=(TWO,),
        numbers=(3,),
        bad={2: "formula in column B has no value"},
        notes=("Cells with formulas: 1",),
    ),
    _sheet(
        "error in a cell",
        _book(_rows(writers.row(2, writers.text_cell("A2", "x"), writers.typed_cell("C2", "e", "#REF!")), SECOND)),
        rows=(TWO,),
        numbers=(3,),
        bad={2: "column C shows an error"},
    ),
    _sheet(
        "error in the headings",
        _book(
            writers.sheet(
                writers.row(
                    1,
                    writers.text_cell("A1", "Date"),
                    writers.text_cell("C1", "Place"),
                    writers.typed_cell("B1", "e", "#REF!"),
                ),
                FIRST,
            )
        ),
        "headings cannot be read. The cell in column B",
    ),
    _sheet(
        "merged headings",
        _book(_rows(FIRST, SECOND, after=_merged("B1:C1"))),
        "headings are merged (B1:C1)",
    ),
    _sheet(
        "merged title above",
        _book(
            writers.sheet(
                writers.text_row(1, ["March"]),
                writers.text_row(2, HEADER),
                writers.text_row(3, ONE),
                after=_merged("A1:C1"),
            )
        ),
        rows=(ONE,),
        numbers=(3,),
        notes=("taken for a title",),
    ),
    _sheet(
        "cells merged downwards",
        _book(
            _rows(FIRST, writers.text_row(3, ("", "Litter", "x")), writers.text_row(4, THREE), after=_merged("A2:A3"))
        ),
        rows=(ONE, THREE),
        numbers=(2, 4),
        bad={3: "are merged"},
        notes=("Cells are merged (A2:A3)",),
    ),
    _sheet(
        "cells merged sideways, to the end of the sheet",
        _book(_rows(FIRST, writers.text_row(3, ("02/03/2026", "Litter")), after=_merged("B3:C1048576"))),
        rows=(ONE,),
        numbers=(2,),
        bad={3: "are merged"},
        notes=("Cells are merged (B3:C1048576)",),
    ),
    _sheet(
        "hidden row and column",
        _book(
            _rows(
                writers.text_row(2, ONE, hidden=True), SECOND, before='<cols><col min="2" max="2" hidden="1"/></cols>'
            )
        ),
        notes=("Rows hidden in the workbook: 1", "read all the same: B"),
    ),
    _sheet(
        "hidden worksheet first",
        lambda: writers.workbook(
            {"Old": writers.text_sheet((HEADER, THREE)), "Data": PLAIN_SHEET}, states={"Old": "hidden"}
        ),
        notes=("2 worksheets, 1 of them hidden; only “Data”",),
    ),
    _sheet(
        "hidden worksheet chosen",
        lambda: writers.workbook(
            {"Old": writers.text_sheet((HEADER, THREE)), "Data": PLAIN_SHEET}, states={"Old": "veryHidden"}
        ),
        options=SheetOptions(sheet="old "),
        rows=(THREE,),
        numbers=(2,),
        notes=("only “Old”", "is hidden in the workbook"),
    ),
    _sheet(
        "cover sheet",
        lambda: writers.workbook({"Cover": writers.text_sheet((("Our returns",), ("March",))), "Data": PLAIN_SHEET}),
        notes=("only “Data” was read",),
    ),
    _sheet(
        "worksheet that is not there", _book(PLAIN_SHEET), "no worksheet of the name", options=SheetOptions(sheet="x")
    ),
    _sheet("no rows at all", _book(writers.sheet()), "is empty"),
    _sheet("headings only", _book(_rows()), "has headings but no rows"),
    _sheet(
        "value beyond the headings",
        _book(_rows(FIRST, writers.text_row(3, (*TWO, "", "see notes")))),
        rows=(ONE,),
        numbers=(2,),
        bad={3: "value in column E, which has no heading"},
    ),
    _sheet(
        "value in the last column",
        _book(_rows(writers.row(2, writers.text_cell("XFD2", "x")))),
        "more than 500 columns",
    ),
    _sheet(
        "short rows, rows without numbers",
        _book(_rows("<row><c><v>1</v></c></row>", writers.text_row(5, TWO))),
        rows=(("1", "", ""), TWO),
        numbers=(2, 5),
    ),
    _sheet(
        "equal headings",
        _book(writers.text_sheet((("Date", "Type", "Type"), ONE))),
        "columns B and C have the same heading",
    ),
    _sheet(
        "line of totals",
        _book(_rows(FIRST, SECOND, writers.text_row(9, ("", "Total", "2")))),
        bad={9: "line of totals"},
    ),
    _sheet(
        "dates and shown zeros",
        _dates(False),
        header=tuple(f"h{at}" for at in range(7)),
        rows=(("2026-03-01", "2026-03-01T14:30", "12:00", "30:00", "2026-03-01", "00123", "2.5"),),
        numbers=(2,),
    ),
    _sheet(
        "days counted from 1904",
        _dates(True),
        header=tuple(f"h{at}" for at in range(7)),
        rows=(("2030-03-02", "2030-03-02T14:30", "12:00", "30:00", "2030-03-02", "00123", "2.5"),),
        numbers=(2,),
        notes=("from 1904",),
    ),
    _sheet(
        "29 February 1900",
        _book(
            _rows(
                writers.row(2, writers.number_cell("A2", "60", 1)), writers.row(3, writers.number_cell("A3", "59", 1))
            ),
            parts={"styles": writers.styles("yyyy-mm-dd")},
        ),
        rows=(("1900-02-28", "", ""),),
        numbers=(3,),
        bad={2: "date or number that does not exist"},
    ),
    _sheet(
        "numbers",
        _numbers,
        header=tuple(f"h{at}" for at in range(7)),
        rows=(("12", "0.3", "1200", "-5", "00", "0.00001", "353412"),),
        numbers=(2,),
    ),
    _sheet(
        "numbers longer than Excel keeps",
        _book(
            _rows(
                writers.row(
                    2, writers.number_cell("A2", "12345678901234567"), writers.text_cell("B2", "00012345678901234567")
                )
            )
        ),
        rows=(("12345678901234567", "00012345678901234567", ""),),
        numbers=(2,),
        notes=("Numbers of more than 15 digits: 1",),
    ),
    _sheet(
        "true, ISO date and an escaped line break",
        _book(
            _rows(
                writers.row(
                    2,
                    writers.typed_cell("A2", "b", "1"),
                    writers.typed_cell("B2", "d", "2026-03-01"),
                    writers.text_cell("C2", "a\rb"),
                )
            )
        ),
        rows=(("TRUE", "2026-03-01", "a\rb"),),
        numbers=(2,),
    ),
    _sheet(
        "not a number",
        _book(_rows(writers.row(2, writers.number_cell("A2", "1e999")), SECOND)),
        rows=(TWO,),
        numbers=(3,),
        bad={2: "does not exist"},
    ),
]


def _json(case: str, data: object, refused: str = "", *, name: str = "march.json", **more: object) -> Broken:
    text = data if isinstance(data, str) else json.dumps(data)
    if not refused:
        more = {"numbers": (1, 2), **more}
    return _csv(case, _bytes(text.encode("utf-8", "surrogatepass")), refused, name=name, **more)


RECORDS = [dict(zip(HEADER, row, strict=True)) for row in WHOLE]
LINES = "\n".join(json.dumps(record) for record in RECORDS)
R1, R2 = (json.dumps(record) for record in RECORDS)
POINT = {
    "type": "Feature",
    "properties": {"Type": "Noise"},
    "geometry": {"type": "Point", "coordinates": [-2.8, 54.05]},
}

JSON = [
    _json("list of objects", RECORDS),
    _json("list under a key, found", {"meta": {"n": 2}, "data": {"rows": RECORDS}}),
    _json("list under a key, named", {"old": RECORDS[:1], "new": RECORDS}, options=SheetOptions(records="new")),
    _json("two lists", {"old": RECORDS[:1], "new": RECORDS}, "holds several lists (old, new)"),
    _json(
        "key that is not there",
        {"rows": RECORDS},
        "no list of records under the name",
        options=SheetOptions(records="a.b"),
    ),
    _json("no list", {"error": "not found"}, "holds no list of records"),
    _json("one object a line", LINES + "\n"),
    _json(
        "one object a line, one of them broken",
        f"{R1}\n{{oops\n{R2}\n",
        name="march.ndjson",
        numbers=(1, 3),
        bad={2: "not valid JSON"},
    ),
    _json(
        "one object a line, the last one cut off", f"{R1}\n{R2[:-8]}", "stops in the middle of line 2", name="m.jsonl"
    ),
    _json("no JSON at all", "Date,Type,Place", "is not valid JSON: something is wrong in line 1"),
    _csv("bytes called .json", _bytes(bytes(range(256))), "does not hold what its name says", name="march.json"),
    _csv("JSON in Windows-1252", _bytes('[{"Place":"Café"}]'.encode("cp1252")), "Export the file again", name="m.json"),
    _csv(
        "JSON in UTF-16",
        _bytes(json.dumps(RECORDS).encode("utf-16")),
        name="march.json",
        numbers=(1, 2),
        notes=("byte-order mark",),
    ),
    _json("more names than columns", [{f"n{at}": 1 for at in range(501)}], "more than 500 columns"),
    _json("a long text", '["' + "x" * 50_000, "stops in the middle of line 1"),
    _json("cut off between records", f"[{R1},{R2}", "stops in the middle"),
    _json("cut off in a text", f"[{R1},{R2[:-6]}", "stops in the middle"),
    _json("single quotes", "[{'Date': 1}]", "is not valid JSON: something is wrong in line 1"),
    _json("comma missing", f"[{R1}\n{R2}]", "something is wrong in line 2"),
    _json("more after the end", f"[{R1}] {R2}", "is not valid JSON"),
    _json("nothing in the list", [], "holds no records"),
    _json("texts in the list", ["a", "b"], "Record 1: The record is not an object"),
    _json("one number among objects", [RECORDS[0], 5, RECORDS[1]], numbers=(1, 3), bad={2: "is not an object"}),
    _json("as deep as a well", "[" * 100_000 + "]" * 100_000, "nested too deeply"),
    _json(
        "deep object",
        '[{"a":' * 50 + "1" + "}]" * 50,
        header=("a",),
        rows=(('[{"a": ' * 49 + "1" + "}]" * 49,),),
        numbers=(1,),
    ),
    _json(
        "one name twice", '[{"Date":"1","Date":"2"},' + R2 + "]", rows=(TWO,), numbers=(2,), bad={1: "same name twice"}
    ),
    _json(
        "numbers as written",
        '[{"a":12.0,"b":0.10,"c":12345678901234567890,"d":1e3,"e":1e999999999,"f":true,"g":null}]',
        header=tuple("abcdefg"),
        rows=(("12", "0.10", "12345678901234567890", "1000", "1e999999999", "true", ""),),
        numbers=(1,),
    ),
    _json(
        "fields that come and go",
        [{"Date": "1"}, {"Type": "x", "Date": "2"}],
        header=("Date", "Type"),
        rows=(("1", ""), ("2", "x")),
    ),
    _json(
        "GeoJSON",
        {"type": "FeatureCollection", "features": [POINT]},
        header=("type", "properties.Type", "geometry.type", "geometry.coordinates.1", "geometry.coordinates.2"),
        rows=(("Feature", "Noise", "Point", "-2.8", "54.05"),),
        numbers=(1,),
    ),
    _json(
        "half a letter",
        '[{"Date":"\\ud800","Type":"a"},' + R2 + "]",
        header=HEADER,
        rows=(TWO,),
        numbers=(2,),
        bad={1: "not text"},
    ),
    _json("NUL", '[{"Date":"\\u0000"},' + R2 + "]", rows=(TWO,), numbers=(2,), bad={1: "not text"}),
]


def _xml(case: str, text: str, refused: str = "", *, name: str = "march.xml", **more: object) -> Broken:
    if not refused:
        more = {"numbers": (1, 2), **more}
    return _csv(case, _bytes(text.encode()), refused, name=name, **more)


def _incident(values: tuple[str, ...]) -> str:
    return f"<i>{''.join(f'<{tag}>{value}</{tag}>' for tag, value in zip(HEADER, values, strict=True))}</i>"


I1, I2 = (_incident(row) for row in WHOLE)
LAUGHS = "".join('<!ENTITY l{} "{}">'.format(at, f"&l{at - 1};" * 10) for at in range(1, 10))

XML = [
    _xml("elements", f"<all>{I1}{I2}</all>"),
    _xml(
        "attributes", "<all>" + "".join('<i Date="{}" Type="{}" Place="{}"/>'.format(*row) for row in WHOLE) + "</all>"
    ),
    _xml("one record", f"<all>{I1}</all>", rows=(ONE,), numbers=(1,)),
    _xml(
        "values beside the records", f"<all><month>March</month><is>{I1}{I2}</is></all>", notes=("not read: <month>",)
    ),
    _xml("prefixes", f'<x:all xmlns:x="urn:x">{I1}{I2}</x:all>'.replace("<i>", "<x:i>").replace("</i>", "</x:i>")),
    _xml(
        "elements in elements",
        '<all><i><Place><lat u="deg">54</lat></Place></i><i><Place><lat>55</lat></Place></i></all>',
        header=("Place.lat.u", "Place.lat"),
        rows=(("deg", "54"), ("", "55")),
    ),
    _xml(
        "two elements repeat",
        f"<all>{I1}{I2}<n>1</n><n>2</n></all>",
        header=HEADER,
        rows=WHOLE,
        notes=("not read: <n>",),
    ),
    _xml(
        "two records repeat", "<all><a><x>1</x></a><a/><b><y>1</y></b><b/></all>", "several elements repeat (<a>, <b>)"
    ),
    _xml(
        "record named",
        f"<all><j><k>1</k></j><j/>{I1}{I2}</all>",
        options=SheetOptions(records="i"),
        notes=("not read: <k>",),
    ),
    _xml(
        "record named that is not there",
        f"<all>{I1}{I2}</all>",
        "no element that repeats",
        options=SheetOptions(records="z"),
    ),
    _xml(
        "a value twice",
        f"<all>{I1.replace('</i>', '<Type>x</Type></i>')}{I2}</all>",
        rows=(TWO,),
        numbers=(2,),
        bad={1: "same value twice"},
    ),
    _xml("billion laughs", f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l9;</x>', "declares a document type"),
    _xml(
        "external entity",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><all><i>&e;</i></all>',
        "declares a document type",
    ),
    _xml(
        "document type elsewhere",
        '<!DOCTYPE x SYSTEM "http://localhost/x.dtd"><all><i>1</i></all>',
        "declares a document type",
    ),
    _xml("undeclared entity", "<all><i><a>&nbsp;</a></i></all>", "not well-formed XML: something is wrong in line 1"),
    _xml("cut off", f"<all>{I1}\n{I2[:-9]}", "stops in the middle of line 2"),
    _xml("crossed elements", f"<all>{I1}<i><a></i></a></all>", "not well-formed XML"),
    _xml("as deep as a well", "<a>" * 5_000 + "</a>" * 5_000, "nested too deeply"),
    _xml("nothing in it", '<?xml version="1.0"?><all/>', "no element that repeats"),
    _xml("no XML at all", "Date,Type,Place", "is not well-formed XML: something is wrong in line 1"),
    _csv("bytes called .xml", _bytes(bytes(range(256))), "does not hold what its name says", name="march.xml"),
    _csv(
        "XML in Windows-1252, said",
        _bytes(
            f'<?xml version="1.0" encoding="windows-1252"?><all>{_incident(CAFE)}{I2}</all>'.encode("cp1252"),
        ),
        name="march.xml",
        rows=(CAFE, TWO),
        numbers=(1, 2),
    ),
    _csv(
        "XML in Windows-1252, not said",
        _bytes(f"<all>{_incident(CAFE)}{I2}</all>".encode("cp1252")),
        "not well-formed XML: something is wrong in line 1",
        name="march.xml",
    ),
    _xml(
        "text as it is, remarks and instructions",
        f"<?go?><!-- two --><all>{I1.replace('Noise', '<![CDATA[Noise]]>')}<!-- one more -->{I2}</all>",
    ),
    _xml("unknown encoding", '<?xml version="1.0" encoding="klingon"?><all><i>1</i></all>', "encoding"),
]

NATIONAL = ("Date", "Easting", "Northing")


def _value(case: str, *rows: str, header: str = ",".join(NATIONAL)) -> Broken:
    table = [tuple(row.split(",")) for row in rows]
    return Broken(
        case,
        "march.csv",
        _text(header, *rows),
        header=tuple(header.split(",")),
        rows=table,
        numbers=tuple(range(2, len(table) + 2)),
        stage="mapping",
    )


VALUES = [
    _value("eastings and northings swapped", "01/03/2026,461800,347600", "02/03/2026,461900,347700"),
    _value("longitudes and latitudes swapped", "01/03/2026,54.05,-2.80", header="Date,Longitude,Latitude"),
    _value("nought and nought", "01/03/2026,0,0", "02/03/2026,347600,461800"),
    _value("Web Mercator metres", "01/03/2026,-311694.6,7180421.4"),
    _value("degrees in grid columns", "01/03/2026,-2.80,54.05"),
    _value("places outside Great Britain", "01/03/2026,9999999,9999999"),
    _value("places of another grid (UTM 30N)", "01/03/2026,511000,5990000", "02/03/2026,511100,5990100"),
    _value("kilometres", "01/03/2026,347.6,461.8", "02/03/2026,347.7,461.9"),
    _value("feet", "01/03/2026,1140420,1515092", "02/03/2026,1140520,1515192"),
    _value("grid references with letters", "01/03/2026,SD 476,618", "02/03/2026,SD 477,619"),
    _value("one coordinate missing", "01/03/2026,347600,", "02/03/2026,347600,461800"),
    _value("degrees in minutes and seconds", "01/03/2026,54°03'N,2°48'W", header="Date,Latitude,Longitude"),
    _value("longitudes without their minus", "01/03/2026,54.05,2.80", header="Date,Latitude,Longitude"),
    _value("dates that do not exist", "31/02/2026,347600,461800", "02/03/2026,347600,461800"),
    _value("days and months mixed", "03/25/2026,347600,461800", "25/03/2026,347600,461800"),
    _value("Excel day numbers", "46082,347600,461800", "46083,347600,461800"),
    _value("columns shifted in some rows", "347600,461800,01/03/2026", "02/03/2026,347600,461800"),
    _value("dates in a century to come", "01/03/2126,347600,461800", "01/03/1900,347600,461800"),
]

CORPUS: tuple[Broken, ...] = (*ENCODINGS, *DELIMITERS, *SHAPES, *WORKBOOKS, *JSON, *XML, *VALUES)
