"""`ourpatch analyse`: the methods and their options, words for people, JSON for programs, files; and what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.data.factories_deliveries import Senders, make_senders
from tests.data.factories_exchange import E0, N0, NOW
from tests.data.factories_store import load
from tests.data.test_study_pages import MONTHS
from tests.foundation.factories import make_partnership

from ourpatch.data.studies.methods import METHODS
from ourpatch.data.studies.models import Study
from ourpatch.ground import clock
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.site import cli

pytestmark = [pytest.mark.room, pytest.mark.django_db]
QUICK = ("--option", "shape=square", "--option", "side=500", "--option", "permutations=1999")


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def loaded() -> Senders:
    """Four months of street crime in one corner of Squareshire, and a little all over the north."""
    made = make_senders()
    corner = [(250 + at % 4 * 500, 250 + at // 4 % 3 * 500) for at in range(24)]
    for month in MONTHS:
        rows = [
            {
                "easting": float(E0 + east),
                "northing": float(N0 + north),
                "neighbourhood": str((made.area.west if east < 2_000 else made.area.east).pk),
            }
            for east, north in [*corner, *((250 + at * 300, 3_250) for at in range(12))]
        ]
        load(rows, month, partnership_ids=frozenset({made.area.partnership.pk}))
    return made


def analyse(capsys: pytest.CaptureFixture[str], *words: object, status: int = 0) -> str:
    """What the command says: its answer, or (status 1) what it refuses."""
    assert cli.main(["analyse", *map(str, words)]) == status
    said = capsys.readouterr()
    assert (said.err == "") == (status == 0), said.err
    return said.out if status == 0 else said.err


def test_it_lists_the_methods_and_what_each_can_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = analyse(capsys).splitlines()
    assert [line.split()[0] for line in lines] == [each.key for each in METHODS]
    told = analyse(capsys, "hot-spots", "--list-options")
    assert "  shape=choice (hexagon, square, ward, lsoa) [hexagon]  Shape of the cells" in told.splitlines()
    assert "There is no method pie" in analyse(capsys, "pie", "--list-options", status=1)


def test_people_read_words_and_programs_numbers(loaded: Senders, capsys: pytest.CaptureFixture[str]) -> None:
    said = analyse(capsys, "hot-spots", *QUICK)
    study = Study.objects.get()
    assert said.splitlines()[0].endswith("January 2026 to April 2026")
    assert study.shown["findings"][0] in said.splitlines()
    assert "Chosen:" in said.splitlines()
    told = json.loads(analyse(capsys, "hot-spots", *QUICK, "--json"))
    assert told["question"]["options"] == {"shape": "square", "side": "500", "permutations": "1999"}
    assert told["findings"] == study.shown["findings"]
    assert sum(told["numbers"]["counts"]) == 144


def test_the_question_is_narrowed(loaded: Senders, capsys: pytest.CaptureFixture[str]) -> None:
    west = loaded.area.west.slug
    words = ("power", "--area", west, "--since", "2026-02-01", "--until", "2026-03-31", "--category", "burglary")
    told = json.loads(analyse(capsys, *words, "--json"))
    assert told["where"] == "West"
    assert told["when"] == "February 2026 to March 2026"
    assert told["question"]["categories"] == ["burglary"]


def test_it_writes_files_and_keeps_the_study(
    loaded: Senders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    begins = {"svg": b"<svg", "png": b"\x89PNG", "geojson": b"{", "csv": "\ufeff".encode(), "xlsx": b"PK"}
    named = [word for kind in begins for word in (f"--{kind}", folder / f"found.{kind}")]
    analyse(capsys, "hot-spots", *QUICK, *named, "--keep", "Spring")
    assert {each.name for each in folder.iterdir()} == {f"found.{kind}" for kind in begins}
    for kind, signature in begins.items():
        assert (folder / f"found.{kind}").read_bytes().startswith(signature)
    assert Study.objects.get().title == "Spring"


@pytest.mark.parametrize("to", ["nowhere/found.xlsx", "."])
def test_a_file_that_cannot_be_written_is_said(
    loaded: Senders, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert "cannot be written" in analyse(capsys, "power", "--xlsx", to, status=1)
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("pie",), "There are: hot-spots"),
        (("hot-spots", "--option", "side=3"), "from 50"),
        (("hot-spots", "--option", "side"), "no equals sign"),
        (("hot-spots", "--option", "colour=red"), "It has: against"),
        (("hot-spots", "--option", "permutations=nan"), "whole number"),
        (("hot-spots", "--dataset", "own-nothing"), "own-nothing"),
        (("hot-spots", "--area", "atlantis"), "squareshire"),
        (("hot-spots", "--since", "2020-01-01", "--until", "2020-02-01"), "another period"),
        (("hot-spots", "--until", "9999-12-31"), "from 1900 to 2100"),
        (("hot-spots", "--known-on", "9999-12-31"), "from 1900 to 2100"),
        (("break",), "First month after it began"),
        (("rare-events", "--dataset", "police_incidents", "--purpose", "A problem profile."), "single incidents"),
        (("power", "--dataset", "police_incidents"), "purpose"),
        (("power", "--geojson", "found.geojson"), "nothing of that kind"),
    ],
)
def test_what_it_refuses_says_what_to_do(
    loaded: Senders, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert says in analyse(capsys, *words, status=1)


def test_one_of_several_partnerships_is_named(loaded: Senders, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_partnership("Elsewhere")
    assert other.slug in analyse(capsys, "power", status=1)
    assert analyse(capsys, "power", "--area", loaded.area.partnership.slug)


def test_without_a_partnership_it_says_how_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ourpatch demo" in analyse(capsys, "power", status=1)


def test_a_day_that_is_none_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["analyse", "power", "--since", "yesterday"])
    assert stopped.value.code == 2


def test_it_ends_quietly_when_its_reader_goes_away(loaded: Senders, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

        def fileno(self) -> int:
            return 1

    moved: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", Gone())
        patch.setattr("os.dup2", lambda _from, to: moved.append(to))
        status = cli.main(["analyse", "power"])
    assert status == cli.PIPE_CLOSED
    assert moved == [1]


def test_what_counts_can_be_held_against_is_listed_and_asked_for(
    loaded: Senders, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = analyse(capsys, "hot-spots", "--list-options").splitlines()
    assert "  against=choice (none, residents, area, dataset) [none]  Held against" in listed
    assert (
        "  against=choice (residents, area) [residents]  Held against"
        in analyse(capsys, "funnel", "--list-options").splitlines()
    )
    told = json.loads(analyse(capsys, "hot-spots", *QUICK[:4], "--option", "against=area", "--json"))
    assert told["base"]["kind"] == "area"
    assert told["numbers"]["tested"] == 64
    entry = AuditEntry.objects.get(operation="studies.download")
    assert (entry.kind, entry.reason) == ("disclosure", "copy as json to Command line")
