"""The command line's loads on the invented county's files: what they say, what they change, and how they refuse."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ourpatch.data.store import queries as store
from ourpatch.data.store.models import Submission
from ourpatch.foundation.places.models import BoundarySet, ServiceArea
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.site import cli, loading
from ourpatch.site.demo import county, play
from ourpatch.site.demo.county.files import Files

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    whole = county.build(2026, date(2026, 10, 31))
    return replace(whole, incidents=play._fewer(whole)).write_files(tmp_path_factory.mktemp("county"))


@pytest.fixture(scope="module")
def one_month(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("month") / "2026-09.zip"
    with zipfile.ZipFile(files.police) as whole, zipfile.ZipFile(path, "w") as part:
        name = next(each for each in whole.namelist() if each.startswith("2026-09"))
        part.writestr(name, whole.read(name))
    return path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    settings.OURPATCH_HOME = tmp_path
    monkeypatch.setattr(cli, "_setup", lambda: None)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = cli.main([str(word) for word in words])
    said = capsys.readouterr()
    return status, said.out, said.err


def load_places(files: Files, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    named = {
        "districts": files.districts,
        "wards": files.wards,
        "lsoas": files.lsoas,
        "ward-population": files.population,
    }
    words = [word for name, path in named.items() for word in (f"--{name}", path)]
    return run(capsys, "load-boundaries", *words, *more)


def test_boundaries_load_into_an_empty_database(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = load_places(files, capsys)
    assert (status, err) == (0, "")
    assert BoundarySet.objects.complete().count() == 3
    assert ServiceArea.objects.filter(kind="partnership").count() == 3
    assert "populations put to their wards" in out
    assert AuditEntry.objects.filter(actor_name="Command line", operation="places.load_boundary_set").exists()


def test_a_dry_run_changes_nothing_and_json_is_for_programs(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _err = load_places(files, capsys, "--dry-run", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["dry_run"] is True
    assert told["counts"]["wards"] == 36
    assert not BoundarySet.objects.exists()


def test_what_does_not_match_is_listed_row_by_row(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fewer = tmp_path / "pop.csv"
    fewer.write_text("gss_code,ward,population\nE05999999,Nowhere,10\n", encoding="utf-8")
    status, out, _err = load_places(replace(files, population=fewer), capsys)
    assert status == 0
    assert "row 2: there is no ward E05999999 (Nowhere)" in out
    assert "37 rows or areas did not match" in out


def test_no_files_named_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    status, _out, err = run(capsys, "load-boundaries")
    assert status == 1
    assert "--help" in err


def test_a_month_loads_once_is_listed_and_can_be_undone(
    files: Files, one_month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load_places(files, capsys)
    status, out, _err = run(capsys, "load", "police-uk", one_month)
    assert status == 0
    assert "loaded" in out
    assert "35 set aside: Outside the area" in out
    assert store.months_loaded() == [date(2026, 9, 1)]
    _status, again, _err = run(capsys, "load", "police-uk", one_month)
    assert "nothing changed" in again
    assert Submission.objects.count() == 1
    _status, listed, _err = run(capsys, "loads", "--json")
    (load,) = json.loads(listed)
    assert load["rows_read"] == load["rows_kept"] + sum(load["set_aside"].values())
    _status, told, _err = run(capsys, "loads")
    assert load["id"] in told
    assert run(capsys, "undo-load", load["id"])[0] == 0
    assert store.months_loaded() == []


def test_json_of_a_load_is_the_whole_report(files: Files, one_month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_places(files, capsys)
    status, out, _err = run(capsys, "load", "police-uk", one_month, "--json")
    (month,) = json.loads(out)["months"]
    assert status == 0
    assert month["outcome"] == "loaded"
    assert month["submission_id"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("load", "police-uk", "no-such.zip"), "no-such.zip"),
        (("undo-load", "not-an-id"), "ourpatch loads"),
        (("undo-load", "01a20216-0000-7000-8000-000000000000"), "no such load"),
        (("load-boundaries", "no-such-folder"), "no-such-folder"),
    ],
)
def test_what_cannot_be_done_is_said_and_fails(
    files: Files, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    load_places(files, capsys)
    status, _out, err = run(capsys, *words)
    assert status == 1
    assert said in err


def test_nothing_loaded_yet_says_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _err = run(capsys, "loads")
    assert status == 0
    assert "load-boundaries" in out


def test_the_command_line_acts_for_every_partnership(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    before = loading.command_line("store.load")
    assert before.holds("store.load")
    assert not before.holds("store.view")
    load_places(files, capsys)
    acting = loading.command_line("store.load")
    for partnership in ServiceArea.objects.filter(kind="partnership"):
        assert acting.holds("store.load", partnership.pk)
