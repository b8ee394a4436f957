"""Headings, worksheets, elements, keys and files may be called after somebody: nothing that is said or kept repeats it."""

from __future__ import annotations

import json
import logging
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from tests.data.exchange_files import CORPUS, Broken, writers
from tests.data.factories_deliveries import (
    HEADER,
    SUMMER,
    Senders,
    incident,
    incidents,
    learn_layout,
    make_senders,
    send,
    with_heading,
)

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.actions.folder import receipt_text
from ourpatch.data.exchange.layout_forms import MatchForm
from ourpatch.data.exchange.mapping import Layout, propose
from ourpatch.data.exchange.models import Delivery, DeliveryState
from ourpatch.data.exchange.reading import Sheet, SheetOptions, read_sheet
from ourpatch.data.store import specs
from ourpatch.foundation import law
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say

NAME, TELEPHONE = "John Smith", "07700 900123"
SECRET = f"{NAME}, {TELEPHONE}"
TAG = "John_Smith_07700900123"
TRACES = ("Smith", "07700", "900123")
ROWS = [incident("1"), incident("2", "15/08/2026")]
TABLE = [HEADER.split(","), *(row.split(",") for row in ROWS)]
RECORDS = json.dumps([dict(zip(TABLE[0], row, strict=True)) for row in TABLE[1:]])


def planted(heading: str) -> list[list[str]]:
    return [[*TABLE[0], heading], *([*row, "x"] for row in TABLE[1:])]


def renamed(old: str) -> bytes:
    return incidents(*ROWS, header=HEADER.replace(old, f'"{SECRET}"'))


def elements(tag: str) -> bytes:
    rows = "".join(f"<i><{tag}>x</{tag}><b>{at}</b></i>" for at in range(2))
    return f"<all>{rows}<{tag}>1</{tag}><{tag}>2</{tag}><j><{tag}>1</{tag}></j><j/></all>".encode()


# What is sent, under which name, and what must come of it.
FILES: dict[str, tuple[bytes, str, DeliveryState]] = {
    "a heading twice": (writers.delimited([[*TABLE[0], SECRET, SECRET], *TABLE[1:]]), "a.csv", DeliveryState.REFUSED),
    "a heading twice in a workbook": (
        writers.workbook({"Data": writers.text_sheet([[*TABLE[0], SECRET, SECRET], *TABLE[1:]])}),
        "a.xlsx",
        DeliveryState.REFUSED,
    ),
    "a new heading": (writers.delimited(planted(SECRET)), "a.csv", DeliveryState.UNMAPPED),
    "a new heading that only may name somebody": (writers.delimited(planted(TAG)), "a.csv", DeliveryState.UNMAPPED),
    "another heading": (renamed("Location"), "a.csv", DeliveryState.UNMAPPED),
    "no headings, but rows": (writers.delimited([[SECRET, "a"], [SECRET, "b"]]), "a.csv", DeliveryState.UNMAPPED),
    "a worksheet's name": (
        writers.workbook({"Cover": writers.text_sheet([["Read me"]]), SECRET[:31]: writers.text_sheet(TABLE)}),
        "a.xlsx",
        DeliveryState.LOADED,
    ),
    "a file's name": (b"Date,Date\n1,2\n", f"{SECRET}.csv", DeliveryState.REFUSED),
    "the name of a damaged file": (b"PK\x03\x04", f"{TAG}.xlsx", DeliveryState.REFUSED),
    "elements that repeat": (elements(TAG), "a.xml", DeliveryState.REFUSED),
    "elements beside the records": (
        writers.xml_records([["a", "b"], ["1", "2"], ["3", "4"]]).replace(
            b"<incidents>", f"<incidents><{TAG}>1</{TAG}>".encode()
        ),
        "a.xml",
        DeliveryState.UNMAPPED,
    ),
    "keys of lists": (f'{{"{SECRET}": {RECORDS}, "b": {RECORDS}}}'.encode(), "a.json", DeliveryState.REFUSED),
    "a key": (json.dumps([{SECRET: "1", "b": "2"}]).encode(), "a.json", DeliveryState.UNMAPPED),
    "a key twice": (f'[{{"{SECRET}": 1, "{SECRET.upper()}": 2}}]'.encode(), "a.json", DeliveryState.REFUSED),
}


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    made = make_senders()
    learn_layout(made.clerk, made.police.pk, incidents(*ROWS), tmp_path)
    return made


def everything_said(delivery: Delivery) -> str:
    """All that is kept of a delivery, its receipt, its marked report and the audit, as one text."""
    rows = [
        *Delivery.objects.filter(pk=delivery.pk).values(),
        *delivery.findings.values(),
        *AuditEntry.objects.values(),
    ]
    said = [json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) for row in rows]
    said.append(receipt_text(delivery))
    if delivery.report_path:
        with zipfile.ZipFile(BytesIO(keeping.kept(delivery.report_path).read_bytes())) as book:
            said += [book.read(member).decode() for member in book.namelist() if member.endswith(".xml")]
    return "\n".join(said)


@pytest.mark.room
@pytest.mark.django_db
@pytest.mark.parametrize("case", FILES)
def test_nothing_that_is_said_or_kept_repeats_it(senders: Senders, case: str, caplog: pytest.LogCaptureFixture) -> None:
    content, filename, state = FILES[case]
    with caplog.at_level(logging.DEBUG):
        delivery = send(senders.clerk, senders.police.pk, content, filename=filename)
    assert delivery.state == state, delivery.message
    assert delivery.message_en
    for text in (everything_said(delivery), caplog.text):
        assert [trace for trace in TRACES if trace in text] == []


@pytest.mark.room
@pytest.mark.django_db
@pytest.mark.parametrize("column", ["Easting", "Incident number", "NSIR category"])
def test_a_column_that_is_called_after_somebody_is_called_by_its_place(
    senders: Senders, tmp_path: Path, column: str
) -> None:
    """Whatever is found in it: rows elsewhere, the same reference twice, an unknown code. Such a layout is kept no more, and some
    are older than that.
    """
    header = HEADER.replace(column, f'"{SECRET}"')
    with_heading(learn_layout(senders.clerk, senders.police.pk, incidents(*ROWS), tmp_path), column, SECRET)
    rows = [incident("1"), incident("1"), incident("2", east=900_000), incident("3", what="Unheard of")]
    delivery = send(senders.clerk, senders.police.pk, incidents(*rows, header=header))
    assert delivery.report_path
    assert delivery.findings.count() > 1
    text = everything_said(delivery)
    assert [trace for trace in TRACES if trace in text] == []


def form_of(sheet: Sheet, given: dict[str, str] | None = None) -> MatchForm:
    spec, lists = specs.dataset("police_incidents"), law.book(SUMMER).codes
    return MatchForm(given, sheet=sheet, spec=spec, lists=lists, layout=proposed(sheet))


def proposed(sheet: Sheet) -> Layout:
    return propose(sheet, specs.dataset("police_incidents"), law.book(SUMMER).codes)


def sheet_of(tmp_path: Path, table: writers.Table) -> Sheet:
    (tmp_path / "a.csv").write_bytes(writers.delimited(table))
    return read_sheet(tmp_path / "a.csv", "a.csv", SheetOptions(header_row=1))


@pytest.mark.rules
def test_the_form_shows_no_heading_and_no_value_that_names_somebody(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, [[*TABLE[0], TAG, "Told by"], *([*row, "x", SECRET] for row in TABLE[1:])])
    form = form_of(sheet)
    page = str(form) + str(form.rows()) + form.headings
    assert "Told by" in page
    assert [trace for trace in TRACES if trace in page] == []


@pytest.mark.rules
def test_a_layout_with_a_heading_that_names_somebody_is_not_kept(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, planted(SECRET))
    given = {each.name: each.value() or "" for each in form_of(sheet)} | {"name": "Own"}
    assert form_of(sheet, given).is_valid(), "it may be looked at"
    refused = form_of(sheet, given | {"save": "1"})
    assert not refused.is_valid()
    assert "heading of column H may identify somebody" in str(refused.non_field_errors())
    assert NAME not in str(refused.errors)


@pytest.mark.rules
def test_harmless_names_are_told() -> None:
    for spec in specs.every().values():
        for each in spec.fields:
            for name in (each.key, each.label.en, each.label.cy, *each.names):
                assert gate.quotable(name), name
    for name in ("Data", "Q2 2026", "Sheet1", "Castle Ward", "incidents_2026-07.csv", "B1:C1", "Noise and litter"):
        assert gate.quotable(name), name


@pytest.mark.rules
@pytest.mark.parametrize("label", [SECRET, TAG, "JohnSmith", "j.smith@example.org", "AB12 CDE", "PR1 2AB", "AB123456C"])
def test_a_label_that_may_name_somebody_is_not_told(label: str) -> None:
    said = gate.discreet(say("The column “%(name)s” is new.", name=say("“%(inner)s”", inner=label)))
    assert label not in str(said)
    assert "held back" in str(said)


@pytest.mark.rules
@pytest.mark.parametrize("file", [each for each in CORPUS if each.refused], ids=lambda each: each.case)
def test_what_is_harmless_in_a_message_stays(file: Broken, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        read_sheet(file.write(tmp_path), file.name, file.options, file.caps)
    assert str(gate.discreet(refusal.value.message)) == str(refusal.value)
