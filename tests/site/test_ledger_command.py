"""`ourpatch ledger`: the answer and the table for people, JSON for programs, a sheet of paper; and what it refuses."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.data.factories_duties import SUMMER, Owing, at, deliver, owing
from tests.foundation.factories import make_partnership

from ourpatch.foundation import documents
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput
from ourpatch.site import ledger

pytestmark = [pytest.mark.room, pytest.mark.django_db]
__all__ = ["owing"]


@pytest.fixture(autouse=True)
def january(monkeypatch: pytest.MonkeyPatch) -> None:
    """July to September 2026 has been due for ten days."""
    monkeypatch.setattr(clock, "now", lambda: at(2027, 1, 10))


@pytest.fixture
def half(owing: Owing) -> Owing:
    """The police sent one of their two datasets in time; health sent nothing."""
    deliver(owing.police, "police_crimes", SUMMER, at(2026, 10, 5))
    return owing


def run(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """What the command prints; its status is 0."""
    parser = argparse.ArgumentParser()
    ledger.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(["ledger", *map(str, words)])
    assert parsed.command(parsed) == 0
    return capsys.readouterr().out


def test_the_answer_comes_first_and_not_compliant_is_no_failure(
    half: Owing, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = run(capsys).splitlines()

    about = "Millbrook: the data that the law asks authorities to share, July to September 2026"
    assert lines[0] == f"{about}, as it was known on 10 January 2027."
    assert lines[1] == "No: 4 of 5 returns for July to September 2026 are overdue."
    assert "are overdue." in lines[2]
    assert "  Received  31/12/2026  Police crimes, July to September 2026 (5 October 2026)" in lines
    assert "  Overdue   31/12/2026  Police incidents, July to September 2026" in lines
    assert lines.index("Aire Police") < lines.index("Brook Health")
    assert "  Overdue   31/08/2026  Ed assaults, July 2026" in lines


def test_json_holds_every_return(half: Owing, capsys: pytest.CaptureFixture[str]) -> None:
    told: dict[str, Any] = json.loads(run(capsys, "--json"))

    assert told["partnership"]["name"] == "Millbrook"
    assert told["quarter"] == {"from": "2026-07-01", "to": "2026-09-30"}
    assert told["answer"]["verdict"] == "no"
    assert (told["answer"]["owed"], told["answer"]["complete"], told["answer"]["overdue"]) == (5, 1, 4)
    assert [each["state"] for each in told["returns"]] == ["received", *["overdue"] * 4]
    assert told["returns"][0]["overdue"] is False
    assert told["returns"][1]["missing"] == ["2026-07", "2026-08", "2026-09"]
    assert told["overdue_elsewhere"][-1] == {"from": "2026-10-01", "to": "2026-12-31", "returns": 2}


def test_any_month_names_its_quarter_and_any_past_day_is_known(half: Owing, capsys: pytest.CaptureFixture[str]) -> None:
    then = json.loads(run(capsys, "--quarter", "2026-08", "--on", "2026-10-04", "--json"))

    assert then["quarter"]["from"] == "2026-07-01"
    assert then["known_on"] == "2026-10-04"
    assert then["returns"][0]["state"] == "not_yet_due"
    assert json.loads(run(capsys, "--on", "2026-12-31", "--json"))["quarter"]["from"] == "2026-04-01"


def test_one_of_several_partnerships_is_named(half: Owing, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_partnership("Elsewhere")

    with pytest.raises(BadInput, match=other.slug):
        run(capsys)
    with pytest.raises(BadInput, match=other.slug):
        run(capsys, "--partnership", "nowhere")
    assert run(capsys, "--partnership", half.partnership.slug).startswith("Millbrook")
    assert "Nothing is owed for July to September 2026." in run(capsys, "--partnership", other.slug)


def test_without_a_partnership_it_says_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput, match="ourpatch demo"):
        run(capsys)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--on", "2027-01-11"), "until today"),
        (("--on", "2007-12-31"), "from 1 January 2008"),
        (("--quarter", "2027-04"), "has not begun"),
        (("--quarter", "2007-06"), "1 July 2007"),
    ],
)
def test_days_that_no_ledger_has(
    half: Owing, capsys: pytest.CaptureFixture[str], words: tuple[str, str], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        run(capsys, *words)


@pytest.mark.parametrize("words", [("--on", "yesterday"), ("--quarter", "summer"), ("--quarter", "2026-13")])
def test_what_is_no_day_is_bad_usage(capsys: pytest.CaptureFixture[str], words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(capsys, *words)
    assert stopped.value.code == 2


def test_the_sheet_of_paper(half: Owing, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))  # type: ignore[arg-type]
    written = tmp_path / "answer.pdf"

    assert str(written) in run(capsys, "--pdf", written)
    assert written.read_bytes().startswith(b"%PDF-")
    assert [each.name for each in tmp_path.iterdir()] == ["answer.pdf"]


def test_a_sheet_that_cannot_be_made_or_written_is_said(
    half: Owing, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ourpatch.data.duties import sheet

    def without_pango() -> None:
        raise documents.PdfUnavailable(f"Install: {documents.INSTALL}")

    with monkeypatch.context() as patch:
        patch.setattr(sheet, "render_one_page", lambda *_given: b"%PDF-")
        with pytest.raises(BadInput, match="cannot be written"):
            run(capsys, "--pdf", tmp_path / "nowhere" / "answer.pdf")
    monkeypatch.setattr(documents, "_engine", without_pango)
    with pytest.raises(documents.PdfUnavailable, match="libpango"):
        run(capsys, "--pdf", tmp_path / "answer.pdf")
    assert not list(tmp_path.iterdir())


def test_a_day_is_read_as_people_write_it() -> None:
    assert ledger._day("2026-07") == date(2026, 7, 1)
    assert ledger._day("2026-07-31") == date(2026, 7, 31)
