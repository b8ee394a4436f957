"""Plain writers of each format, so that what is read is compared with what was meant and not with another library's idea."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

Table = Sequence[Sequence[str]]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def delimited(table: Table, delimiter: str = ",", line_end: str = "\r\n", *, quote_all: bool = False) -> bytes:
    """A text table in UTF-8."""
    out = io.StringIO(newline="")
    # The library does not quote a lone carriage return where lines end otherwise.
    quote_all |= any("\r" in cell for row in table for cell in row)
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(table)
    return out.getvalue().encode()


def json_records(table: Table) -> bytes:
    """A JSON array of objects."""
    return json.dumps([dict(zip(table[0], row, strict=True)) for row in table[1:]]).encode()


def xml_records(table: Table) -> bytes:
    """XML with an element a record; headings must be names that XML allows."""
    entities = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
    rows = [
        "".join(f"<{tag}>{escape(cell, entities)}</{tag}>" for tag, cell in zip(table[0], row, strict=True))
        for row in table[1:]
    ]
    return f"<incidents>{''.join(f'<incident>{row}</incident>' for row in rows)}</incidents>".encode()


def column(position: int) -> str:
    """The letters of a column; 0 is A."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_cell(at: str, value: str) -> str:
    """A cell that holds its text itself."""
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{_written(value)}</t></is></c>'


def number_cell(at: str, raw: str, style: int = 0) -> str:
    """A cell that holds a number."""
    return f'<c r="{at}" s="{style}"><v>{raw}</v></c>'


def typed_cell(at: str, kind: str, raw: str) -> str:
    """A cell of kind b (true or false), e (error), s (shared text), str (text of a formula) or d (ISO date)."""
    return f'<c r="{at}" t="{kind}"><v>{raw}</v></c>'


def formula_cell(at: str, formula: str, value: str | None, kind: str = "n") -> str:
    """A cell with a formula and, unless it was never computed, its last value."""
    cached = "" if value is None else f"<v>{escape(value)}</v>"
    return f'<c r="{at}" t="{kind}"><f>{escape(formula)}</f>{cached}</c>'


def row(number: int, *cells: str, hidden: bool = False) -> str:
    """A row of cells."""
    shown = ' hidden="1"' if hidden else ""
    return f'<row r="{number}"{shown}>{"".join(cells)}</row>'


def text_row(number: int, values: Sequence[str], *, hidden: bool = False) -> str:
    """A row of texts; empty ones are not written, as Excel does."""
    cells = (text_cell(f"{column(at)}{number}", value) for at, value in enumerate(values) if value)
    return row(number, *cells, hidden=hidden)


def sheet(*rows: str, before: str = "", after: str = "") -> str:
    """The part of one worksheet."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def text_sheet(table: Table) -> str:
    """A worksheet of texts."""
    return sheet(*(text_row(number, values) for number, values in enumerate(table, 1)))


def styles(*codes: str) -> str:
    """Cell styles 1, 2 ... with these number formats; style 0 is General."""
    formats = "".join(f'<numFmt numFmtId="{200 + at}" formatCode={quoteattr(code)}/>' for at, code in enumerate(codes))
    used = "".join(f'<xf numFmtId="{200 + at}"/>' for at in range(len(codes)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{used}</cellXfs></styleSheet>'
    )


def strings(*values: str) -> str:
    """The shared texts."""
    return f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{_written(value)}</t></si>" for value in values)}</sst>'


def workbook(
    sheets: Mapping[str, str],
    *,
    states: Mapping[str, str] | None = None,
    properties: str = "",
    parts: Mapping[str, str] | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook. `parts`: "styles" and "sharedStrings". `extra`: further members of the archive."""
    parts = parts or {}
    listed, links = [], []
    for at, name in enumerate(sheets, 1):
        state = (states or {}).get(name, "visible")
        listed.append(f'<sheet name={quoteattr(name)} sheetId="{at}" state="{state}" r:id="rId{at}"/>')
        links.append(f'<Relationship Id="rId{at}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{at}.xml"/>')
    links += [f'<Relationship Id="p{kind}" Type="{_LINKS}/{kind}" Target="{kind}.xml"/>' for kind in parts]
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_MAIN_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_LINKS}">{properties}'
        f"<sheets>{''.join(listed)}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(links)}</Relationships>',
        **{f"xl/worksheets/sheet{at}.xml": part for at, part in enumerate(sheets.values(), 1)},
        **{f"xl/{kind}.xml": part for kind, part in parts.items()},
    }
    return archive({**{name: part.encode() for name, part in members.items()}, **(extra or {})})


def archive(members: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members.items():
            opened.writestr(name, data)
    return out.getvalue()


def _written(value: str) -> str:
    """Text as Excel writes it: what XML would change or forbids, and what looks like such an escape, as _xHHHH_."""
    value = value.replace("_x", "_x005F_x")
    return escape("".join(f"_x{ord(each):04X}_" if ord(each) < 32 and each not in "\t\n" else each for each in value))
