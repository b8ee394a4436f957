"""Loading archives of data.police.uk: what is kept, what is set aside and why, what a second load does."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from tests.data.factories_exchange import (
    EAST,
    ELSEWHERE,
    NAME,
    NOW,
    WEST,
    Squareshire,
    asb_row,
    csv_bytes,
    loader,
    make_squareshire,
    street_row,
    zip_of,
)
from tests.foundation.factories import make_user

from ourpatch.data.exchange import actions
from ourpatch.data.exchange.actions import load_police_uk
from ourpatch.data.exchange.models import HandedInState
from ourpatch.data.exchange.reports import LoadReport, Outcome
from ourpatch.data.exchange.rules import HEADER
from ourpatch.data.store import queries
from ourpatch.data.store.actions import undo_submission
from ourpatch.data.store.models import Submission
from ourpatch.data.store.query import CountBy, Dimension, PointsIn, Where
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.ground import jobs
from ourpatch.ground.errors import BadInput, NotAllowed, RuleBroken
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def shire() -> Squareshire:
    return make_squareshire()


def load(shire: Squareshire, folder: Path, *rows: dict[str, str], name: str = NAME) -> LoadReport:
    path = zip_of(folder, {name: csv_bytes(rows)})
    return load_police_uk(by=shire.loader, paths=[path], now=NOW)


def counted(*by: Dimension) -> list[tuple[object, ...]]:
    return queries.run(CountBy(Where(POLICE_UK), by))


@pytest.mark.golden
def test_golden_13_blank_ids_extra_columns_and_blank_context(shire: Squareshire, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + csv_bytes([asb_row(), asb_row()], [*HEADER, "Something new"])
    report = load_police_uk(by=shire.loader, paths=[zip_of(tmp_path, {NAME: data})], now=NOW)

    assert (report.rows_read, report.rows_kept, report.set_aside) == (2, 2, {})
    assert counted(Dimension.CATEGORY) == [("anti-social-behaviour", 2)]


def test_every_row_gets_its_areas(shire: Squareshire, tmp_path: Path) -> None:
    load(shire, tmp_path, street_row(WEST), street_row(EAST, **{"LSOA code": "E01999903"}))

    assert counted(Dimension.WARD, Dimension.LSOA, Dimension.DISTRICT, Dimension.NEIGHBOURHOOD) == [
        ("E05999901", "E01999900", "E07999901", str(shire.west.pk), 1),
        ("E05999902", "E01999903", "E07999901", str(shire.east.pk), 1),
    ]
    ((easting, northing, place, n),) = queries.run(
        PointsIn(Where(POLICE_UK, area=Dimension.WARD, codes=("E05999901",)))
    )
    assert (round(float(str(easting))), round(float(str(northing))), place, n) == (*WEST, "On or near High Street", 1)


def test_a_point_just_off_the_outline_goes_where_its_small_area_lies(shire: Squareshire, tmp_path: Path) -> None:
    off = (EAST[0] + 1_050, EAST[1])
    report = load(shire, tmp_path, street_row(WEST), street_row(off, **{"LSOA code": "E01999901"}))

    assert report.set_aside == {}
    assert (str(shire.east.pk), 1) in counted(Dimension.NEIGHBOURHOOD)


def test_rows_without_a_place_are_kept_and_belong_to_no_neighbourhood(shire: Squareshire, tmp_path: Path) -> None:
    zeroed = street_row(None, Longitude="0.000000", Latitude="0.000000")
    report = load(shire, tmp_path, street_row(WEST), street_row(None), zeroed)

    assert (report.rows_kept, report.months[0].without_place) == (3, 2)
    assert counted(Dimension.PLACE_PRECISION) == [("none", 2), ("snapped", 1)]
    assert ("", 2) in counted(Dimension.NEIGHBOURHOOD)


def test_rows_are_set_aside_by_the_stated_rules_counted_and_listed(shire: Squareshire, tmp_path: Path) -> None:
    good = [street_row(**{"Crime ID": f"{number:064x}"}) for number in range(40)]
    odd = [
        street_row(ELSEWHERE),
        street_row(**{"Crime ID": f"{7:064x}", "Last outcome category": "Other"}),
        street_row(Month="2018-12"),
        {**street_row(), "Month": "Squareshire", "Longitude": "On or near"},
        street_row(Location="x" * 501),
    ]
    report = load(shire, tmp_path, *good, *odd)

    assert report.set_aside == {"malformed": 1, "other_month": 1, "too_long": 1, "outside": 1, "repeated": 1}
    submission = Submission.objects.get()
    assert (submission.rows_read, submission.rows_kept, submission.rows_set_aside) == (45, 40, 5)
    listed = {row.reason: row.row_number for row in queries.list_set_aside(shire.loader, submission.pk)}
    assert listed == {"outside": 42, "repeated": 43, "other_month": 44, "malformed": 45, "too_long": 46}
    said = [str(line) for line in report.lines()]
    assert said[0] == "2019-01 squareshire: loaded; 45 rows read, 40 kept, 0 of them without a place."
    assert "  1 set aside: A Crime ID that came before in the same file" in said


def test_rows_with_too_many_or_too_few_columns_keep_the_numbers_of_the_others_right(
    shire: Squareshire, tmp_path: Path
) -> None:
    lines = csv_bytes([street_row() for _ in range(30)]).decode().splitlines()
    lines[5] += ",shifted"
    lines[9] = "short,row"
    lines.insert(12, "")
    lines[20] = lines[20].replace("2019-01", "2018-12")
    path = zip_of(tmp_path, {NAME: "\r\n".join(lines).encode() + b"\r\n"})

    report = load_police_uk(by=shire.loader, paths=[path], now=NOW)

    assert (report.rows_read, report.set_aside) == (30, {"malformed": 2, "other_month": 1})
    listed = queries.list_set_aside(shire.loader, Submission.objects.get().pk)
    assert [(row.reason, row.row_number) for row in listed] == [
        ("malformed", 6),
        ("malformed", 10),
        ("other_month", 21),
    ]


def test_the_first_of_repeated_ids_that_is_ours_is_kept(shire: Squareshire, tmp_path: Path) -> None:
    same = {"Crime ID": "a" * 64}
    report = load(shire, tmp_path, street_row(ELSEWHERE, **same), street_row(WEST, **same), street_row(EAST, **same))

    assert report.set_aside == {"outside": 1, "repeated": 1}
    assert counted(Dimension.NEIGHBOURHOOD) == [(str(shire.west.pk), 1)]


def test_a_neighbouring_force_brings_only_its_rows_that_lie_here(shire: Squareshire, tmp_path: Path) -> None:
    name = "2019-01-nextshire-street.csv"
    report = load(
        shire, tmp_path, street_row(ELSEWHERE), street_row(ELSEWHERE), street_row(None), street_row(), name=name
    )

    assert (report.rows_kept, report.set_aside) == (1, {"outside": 3})


def test_a_force_without_a_row_here_is_not_loaded(shire: Squareshire, tmp_path: Path) -> None:
    report = load(shire, tmp_path, street_row(ELSEWHERE), street_row(None))

    assert report.months[0].outcome is Outcome.NOT_HERE
    assert not Submission.objects.exists()


def test_loading_the_same_archive_twice_changes_nothing(shire: Squareshire, tmp_path: Path) -> None:
    load(shire, tmp_path, street_row(), street_row(None))
    version = queries.data_version()
    again = load(shire, tmp_path, street_row(), street_row(None))

    assert [month.outcome for month in again.months] == [Outcome.UNCHANGED]
    assert (again.rows_kept, again.months[0].without_place) == (2, 1)
    assert queries.data_version() == version
    assert Submission.objects.count() == 1


def test_a_corrected_month_replaces_the_old_one_and_can_be_undone(shire: Squareshire, tmp_path: Path) -> None:
    load(shire, tmp_path, street_row(), street_row())
    corrected = load(shire, tmp_path, street_row())

    assert [month.outcome for month in corrected.months] == [Outcome.REPLACED]
    assert counted() == [(1,)]
    undone = corrected.months[0].submission_id
    assert undone is not None
    undo_submission(by=shire.loader, submission_id=undone, now=NOW)
    assert counted() == [(2,)]


def test_a_correction_that_leaves_nothing_here_empties_the_month(shire: Squareshire, tmp_path: Path) -> None:
    load(shire, tmp_path, street_row())
    load(shire, tmp_path, street_row(ELSEWHERE))

    assert counted() == []
    assert queries.months_loaded() == [date(2019, 1, 1)]
    assert list(queries.list_submissions(shire.loader)) == list(Submission.objects.order_by("-sequence"))


def test_files_of_other_kinds_are_left_alone_and_named(shire: Squareshire, tmp_path: Path) -> None:
    members = {
        NAME: csv_bytes([street_row()]),
        "2019-01/2019-01-squareshire-outcomes.csv": b"another layout",
        "2019-01/2019-01-squareshire-stop-and-search.csv": b"another layout",
        "__MACOSX/2019-01-squareshire-street.csv": b"\0",
        "README.txt": b"",
    }
    report = load_police_uk(by=shire.loader, paths=[zip_of(tmp_path, members)], now=NOW)

    assert len(report.months) == 1
    assert len(report.ignored) == 4
    assert "4 files without street-level records were left alone" in str(report.lines()[-1])


def test_months_of_several_archives_load_together_and_progress_is_told(shire: Squareshire, tmp_path: Path) -> None:
    later = "2019-02-squareshire-street.csv"
    first = zip_of(tmp_path, {NAME: csv_bytes([street_row()])}, "1.zip")
    second = zip_of(
        tmp_path, {later: csv_bytes([street_row(Month="2019-02")]), NAME: csv_bytes([street_row()])}, "2.zip"
    )
    told: list[str] = []

    report = load_police_uk(
        by=shire.loader, paths=[first, second], now=NOW, progress=lambda *done: told.append(done[2])
    )

    assert [(month.month, month.outcome) for month in report.months] == [
        (date(2019, 1, 1), Outcome.LOADED),
        (date(2019, 2, 1), Outcome.LOADED),
    ]
    assert told == [NAME, later, NAME]
    assert report.as_data()["months"][1]["month"] == "2019-02"


def test_a_csv_file_by_itself_loads(shire: Squareshire, tmp_path: Path) -> None:
    path = tmp_path / "2019-01-squareshire-street.csv"
    path.write_bytes(csv_bytes([street_row()]))

    assert load_police_uk(by=shire.loader, paths=[path], now=NOW).rows_kept == 1


def test_without_boundaries_nothing_is_loaded(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {NAME: csv_bytes([street_row()])})

    with pytest.raises(BadInput, match="Load the boundaries first"):
        load_police_uk(by=loader(make_user().pk), paths=[path], now=NOW)


def test_loading_asks_for_permission_in_the_partnerships_touched(shire: Squareshire, tmp_path: Path) -> None:
    path = zip_of(tmp_path, {NAME: csv_bytes([street_row()])})

    with pytest.raises(NotAllowed):
        load_police_uk(by=Actor.job("stranger", [], []), paths=[path], now=NOW)
    with pytest.raises(RuleBroken, match="partnerships that you may not do this for"):
        load_police_uk(by=loader(make_user().pk), paths=[path], now=NOW)
    assert not Submission.objects.exists()


def test_a_handed_in_file_is_loaded_by_the_worker_as_the_person_who_handed_it_in(
    shire: Squareshire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[object] = []
    monkeypatch.setattr(jobs, "enqueue", lambda name, *ids: queued.append((name, ids)))
    monkeypatch.setattr(actions.archives, "actor_for", lambda user: shire.loader)
    user = make_user()
    data = zip_of(tmp_path, {NAME: csv_bytes([street_row()])}).read_bytes()

    waiting = actions.hand_in(
        by=shire.loader, user_id=user.pk, filename="../../x.zip", content=BytesIO(data), size=len(data), now=NOW
    )
    assert (waiting.filename, waiting.state) == ("x.zip", HandedInState.WAITING)
    assert queued == [("exchange.load_handed_in", (waiting.pk,))]
    done = actions.load_handed_in(handed_in_id=waiting.pk, now=NOW)

    assert done.state == HandedInState.LOADED
    assert "1 rows read, 1 kept" in done.message
    assert list(actions.incoming().iterdir()) == []
    assert actions.load_handed_in(handed_in_id=waiting.pk, now=NOW).finished_at == done.finished_at


def test_a_handed_in_file_that_cannot_be_used_says_why_under_its_own_name(
    shire: Squareshire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda name, *ids: None)
    monkeypatch.setattr(actions.archives, "actor_for", lambda user: shire.loader)

    waiting = actions.hand_in(
        by=shire.loader, user_id=make_user().pk, filename="Jan.zip", content=BytesIO(b"not a zip"), size=9, now=NOW
    )
    done = actions.load_handed_in(handed_in_id=waiting.pk, now=NOW)

    assert done.state == HandedInState.REFUSED
    assert done.message == "Jan.zip is damaged or not a zip archive. Download it again. Nothing was loaded."


def test_a_street_file_handed_in_by_itself_loads_under_the_name_it_was_published_with(
    shire: Squareshire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "enqueue", lambda name, *ids: None)
    monkeypatch.setattr(actions.archives, "actor_for", lambda user: shire.loader)
    data, name = csv_bytes([street_row()]), "2019-01-squareshire-street.csv"

    waiting = actions.hand_in(
        by=shire.loader, user_id=make_user().pk, filename=name, content=BytesIO(data), size=len(data), now=NOW
    )
    done = actions.load_handed_in(handed_in_id=waiting.pk, now=NOW)

    assert (done.state, Submission.objects.get().filename) == (HandedInState.LOADED, name), done.message
    assert list(actions.incoming().iterdir()) == []


@pytest.mark.parametrize(("filename", "size"), [("list.xlsx", 10), ("a.zip", 0), ("a.zip", 2**30)])
def test_what_a_browser_should_not_carry_is_refused(shire: Squareshire, filename: str, size: int) -> None:
    with pytest.raises(RuleBroken):
        actions.hand_in(
            by=shire.loader, user_id=make_user().pk, filename=filename, content=BytesIO(), size=size, now=NOW
        )
