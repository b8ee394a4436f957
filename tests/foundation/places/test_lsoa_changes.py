"""Loading the published lookup of LSOAs of 2011 and 2021, and asking it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from ourpatch.foundation.places import actions, queries
from ourpatch.foundation.places.actions import lsoa_changes
from ourpatch.foundation.places.changes import ChangeCode
from ourpatch.foundation.places.loading import Report, load_lsoa_changes
from ourpatch.foundation.places.models import LsoaChange, LsoaChangeSet
from ourpatch.foundation.places.reading import read_lsoa_changes
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import BadInput, NotAllowed
from ourpatch.ground.permission.actor import Actor

from ..factories_places import LOADER, NOW

pytestmark = [pytest.mark.room, pytest.mark.django_db]

HEAD = "LSOA11CD,LSOA11NM,CHGIND,LSOA21CD,LSOA21NM,LAD22CD,LAD22NM,LAD22NMW"
LINES = [
    "E01000001,Hillside 001A,U,E01000001,Hillside 001A,E07000001,Hillside,",
    "E01000002,Hillside 001B,S,E01000101,Hillside 001E,E07000001,Hillside,",
    "E01000002,Hillside 001B,S,E01000102,Hillside 001F,E07000001,Hillside,",
    "E01000003,Dale 001A,M,E01000103,Dale 001D,E07000002,Dale,",
    "E01000004,Dale 001B,M,E01000103,Dale 001D,E07000002,Dale,",
    "W01000005,Dale 001C,X,W01000104,Dale 001E,W06000001,Dale,Y Dyffryn",
]


@pytest.fixture
def lookup(tmp_path: Path) -> Path:
    return write(tmp_path / "LSOA11_LSOA21_LAD22_EW_LU.csv")


def write(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text("\r\n".join([head, *(lines or LINES), ""]), encoding="utf-8-sig")
    return path


def load(path: Path, **more: Any) -> Report:
    return load_lsoa_changes(by=LOADER, path=path, now=NOW, **more)


def test_the_lookup_is_loaded_and_answers(lookup: Path) -> None:
    report = load(lookup)
    assert report.counts == {
        "unchanged_lsoas": 1,
        "split_lsoas": 1,
        "merged_lsoas": 1,
        "irregular_lsoas": 1,
        "lsoa_changes": 6,
        "new_lsoa_changes": 6,
    }
    (split,) = queries.comparable_lsoas(["E01000002"], ["E01000101", "E01000102"])
    assert (split.change, split.refusal) == (ChangeCode.SPLIT, None)
    (irregular,) = queries.comparable_lsoas(["W01000005"], ["W01000104"])
    assert "change code X" in str(irregular.refusal)
    row = LsoaChange.objects.get(code_2021="W01000104")
    assert (row.name_2011, row.name_2021, row.district_code) == ("Dale 001C", "Dale 001E", "W06000001")


def test_before_it_is_loaded_the_answer_says_what_to_do() -> None:
    with pytest.raises(BadInput, match="--lsoa-changes"):
        queries.comparable_lsoas(["E01000002"], [])


def test_the_same_lookup_again_changes_nothing_in_whatever_order(lookup: Path, tmp_path: Path) -> None:
    load(lookup)
    again = load(write(tmp_path / "again.csv", *reversed(LINES)))
    assert again.counts["new_lsoa_changes"] == 0
    assert "nothing changed" in str(again.lines[-1])
    assert (LsoaChangeSet.objects.count(), LsoaChange.objects.count()) == (1, 6)
    assert AuditEntry.objects.filter(operation="places.load_lsoa_changes").count() == 1


def test_a_later_lookup_is_used_beside_the_old_and_the_old_can_come_back(lookup: Path, tmp_path: Path) -> None:
    load(lookup)
    corrected = write(tmp_path / "v2.csv", *[line.replace(",U,", ",X,") for line in LINES])
    load(corrected)
    assert change_of("E01000001") == ChangeCode.IRREGULAR
    load_lsoa_changes(by=LOADER, path=lookup, now=NOW.replace(hour=13))
    assert change_of("E01000001") == ChangeCode.UNCHANGED
    assert LsoaChangeSet.objects.count() == 2


def change_of(code: str) -> ChangeCode | None:
    return queries.comparable_lsoas([code], [])[0].change


def test_a_dry_run_writes_nothing(lookup: Path) -> None:
    assert load(lookup, dry_run=True).counts["split_lsoas"] == 1
    assert not LsoaChangeSet.objects.exists()


def test_a_load_that_stopped_goes_on_where_it_stopped(lookup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def two_and_stop(rows: Any) -> Any:
        yield list(rows)[:2]
        raise KeyboardInterrupt

    with monkeypatch.context() as stopping:
        stopping.setattr(lsoa_changes, "chunks", two_and_stop)
        with pytest.raises(KeyboardInterrupt):
            load(lookup)
    begun = set(LsoaChange.objects.values_list("pk", flat=True))
    assert len(begun) == 2
    with pytest.raises(BadInput):
        queries.lsoa_changes()
    load(lookup)
    assert begun < set(LsoaChange.objects.values_list("pk", flat=True))
    assert len(queries.lsoa_changes()) == 6


def test_only_those_who_may_load_and_the_attempt_is_written(lookup: Path) -> None:
    nobody = Actor.job("nobody", [], [UUID(int=0)])
    with pytest.raises(NotAllowed):
        load_lsoa_changes(by=nobody, path=lookup, now=NOW)
    with pytest.raises(NotAllowed):
        actions.load_lsoa_changes(by=nobody, rows=read_lsoa_changes(lookup), source="", now=NOW)
    assert AuditEntry.objects.filter(kind="refusal", operation="places.load_lsoa_changes").exists()
    assert not LsoaChangeSet.objects.exists()


def test_contradictions_are_told_and_no_trend_is_reckoned_over_them(tmp_path: Path) -> None:
    """A lookup that was cut off: one of two children is gone."""
    report = load(write(tmp_path / "cut.csv", *LINES[:2]))
    assert "E01000002" in str(report.notes[0])
    (group,) = queries.comparable_lsoas(["E01000002"], ["E01000101"])
    assert "cannot all be true" in str(group.refusal)
    assert LsoaChangeSet.objects.get().notes


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["John Smith,a,U,E01000001,a,,,"], "row 2: this is not the code of an LSOA"),
        (["E05000001,a,U,E01000001,a,,,"], "row 2: this is not the code of an LSOA"),
        (["E01000001,a,u,E01000001,a,,,"], "none of U, S, M and X"),
        (["E01000001,a,,E01000001,a,,,"], "none of U, S, M and X"),
        ([LINES[0], LINES[0].replace(",U,", ",X,")], "rows 2 and 3"),
        ([""], "no rows below its heading"),
        (["E01000001,a\0,U,E01000001,a,,,"], "not a CSV file"),
        ([f"E01000001,{'a' * 200_000},U,E01000001,a,,,"], "not a CSV file"),
    ],
)
def test_a_file_that_is_wrong_is_refused_without_repeating_it(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(BadInput, match=said) as refusal:
        load(write(tmp_path / "lookup.csv", *lines))
    assert "Smith" not in str(refusal.value)
    assert not LsoaChangeSet.objects.exists()


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no column chgind"):
        load(write(tmp_path / "other.csv", head="LSOA11CD,LSOA21CD"))
    with pytest.raises(BadInput, match="There is no file"):
        load(tmp_path / "nothing.csv")
    with pytest.raises(BadInput, match="There is no file"):
        load(tmp_path)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BadInput, match="not a CSV file"):
        load(binary)


def test_names_that_do_harm_elsewhere_are_kept_as_they_are(tmp_path: Path) -> None:
    load(write(tmp_path / "lookup.csv", f'E01000001,"=cmd|x, {"y" * 200}",U,E01000001,<b>,not a code,,'))
    row = LsoaChange.objects.get()
    assert (row.name_2011[:6], len(row.name_2011), row.name_2021, row.district_code) == ("=cmd|x", 120, "<b>", "")


def test_a_line_twice_is_one_line(tmp_path: Path) -> None:
    assert load(write(tmp_path / "lookup.csv", LINES[0], LINES[0])).counts["lsoa_changes"] == 1


def test_the_database_holds_the_published_codes(lookup: Path) -> None:
    load(lookup)
    row = LsoaChange.objects.first()
    assert row is not None
    row.change = "Z"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
