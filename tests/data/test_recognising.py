"""A file whose headings are those of a layout is read by it, however it is laid out; what really differs is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation
from tests.data.exchange_files import writers
from tests.data.factories_deliveries import HEADER, Senders, incident, incidents, learn_layout, make_senders, send

from ourpatch.data.exchange.models import Delivery, DeliveryState, LayoutVersion

pytestmark = [pytest.mark.room, pytest.mark.django_db]
ROWS = [incident("1"), incident("2", "15/08/2026")]
TABLE = [HEADER.split(","), *(row.split(",") for row in ROWS)]
SHEET = writers.text_sheet(TABLE)


@pytest.fixture
def senders(settings: pytest.FixtureRequest, tmp_path: Path) -> Senders:
    settings.OURPATCH_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    made = make_senders()
    learn_layout(made.clerk, made.police.pk, incidents(*ROWS), tmp_path)
    return made


def sent(senders: Senders, content: bytes, filename: str = "incidents.csv") -> Delivery:
    return send(senders.clerk, senders.police.pk, content, filename=filename)


OTHERWISE: dict[str, tuple[bytes, str, str]] = {
    "another sign": (writers.delimited(TABLE, ";"), "a.csv", "another sign"),
    "tabs": (writers.delimited(TABLE, "\t"), "a.tsv", "another sign"),
    "a title above": (b"Incidents of the summer\n\n" + writers.delimited(TABLE), "a.csv", "in row 3"),
    "a workbook": (writers.workbook({"Summer": SHEET}), "a.xlsx", ""),
    "a workbook with a cover": (
        writers.workbook({"Cover": writers.text_sheet([["Read", "me"], ["a", "b"]]), "Summer": SHEET}),
        "a.xlsx",
        "",
    ),
    "one object a record": (writers.json_records(TABLE), "a.json", ""),
    "other order of columns": (writers.delimited([row[::-1] for row in TABLE]), "a.csv", ""),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_the_same_headings_are_the_same_layout(senders: Senders, case: str) -> None:
    content, filename, note = OTHERWISE[case]
    delivery = sent(senders, content, filename)
    assert (delivery.state, delivery.rows_kept) == (DeliveryState.LOADED, 2), delivery.message
    notes = " ".join(delivery.findings.filter(kind="note").values_list("says_en", flat=True))
    assert note in notes
    assert bool(note) == ("read by the layout" in notes)


def test_a_layout_of_a_worksheet_reads_one_of_another_name(senders: Senders, tmp_path: Path) -> None:
    """Also one that is not the first table in the workbook."""
    learn_layout(senders.clerk, senders.police.pk, writers.workbook({"Q1": SHEET}), tmp_path)
    notes_first = writers.text_sheet([["Week", "Officers"], ["1", "7"]])
    delivery = sent(senders, writers.workbook({"Staff": notes_first, "Q2": SHEET}), "a.xlsx")
    assert (delivery.state, delivery.rows_kept) == (DeliveryState.LOADED, 2), delivery.message
    assert delivery.findings.filter(says_en__contains="another name than before").exists()


def test_what_really_differs_is_named(senders: Senders) -> None:
    header = HEADER.replace("Location", "Where").replace("Easting", "easting").replace("NSIR category", "Category")
    delivery = sent(senders, incidents(*ROWS, header=header))
    assert delivery.state == DeliveryState.UNMAPPED
    for said in ("“Easting” is now written “easting”", "“Location” is gone", "“Where” is new", "“Category” is new"):
        assert said in delivery.message_en
    assert delivery.rows_read == 2


def test_the_nearest_layout_is_compared(senders: Senders, tmp_path: Path) -> None:
    """The latest is of another export altogether."""
    LayoutVersion.objects.update(name="First")
    other = b"Ref,Day,Kind\n1,02/07/2026,ASB nuisance\n"
    learn_layout(senders.clerk, senders.police.pk, other, tmp_path)
    delivery = sent(senders, incidents(*ROWS, header=HEADER.replace("Location", "Where")))
    assert "“Location” is gone" in delivery.message_en
    assert "“Ref”" not in delivery.message_en


def test_more_changes_than_are_named_are_counted(senders: Senders) -> None:
    others = [f"Column {letter}" for letter in "ABCDEF"]
    delivery = sent(senders, incidents(*ROWS, header=",".join(["Incident number", *others])))
    assert "There are 7 more changes" in delivery.message_en


def test_headings_that_have_all_changed_are_not_named_one_by_one(senders: Senders) -> None:
    delivery = sent(senders, incidents(*ROWS, header=",".join(f"Column {letter}" for letter in "ABCDEFG")))
    assert delivery.message_en.startswith("None of the headings that this sender's layouts read is in the file.")
    assert "“" not in delivery.message_en


def test_changes_are_said_in_the_readers_language(senders: Senders) -> None:
    delivery = sent(senders, incidents(*ROWS, header=HEADER.replace("Location", "Where")))
    english, welsh = delivery.message_en, delivery.message_cy
    assert "is gone" in english
    assert "is gone" not in welsh
    assert "Location" in welsh
    with translation.override("cy"):
        assert delivery.message == welsh
