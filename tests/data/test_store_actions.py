"""Submissions: taken in whole, replaced, undone; readers see exactly what the manifest names."""

from __future__ import annotations

import os
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from tests.data.factories_store import JANUARY, NOW, load, loader, received, table

from ourpatch.data.store import actions, files, queries
from ourpatch.data.store.events import DataChanged
from ourpatch.data.store.models import StoredFile, Submission
from ourpatch.data.store.query import CountBy, Dimension, Series, Where
from ourpatch.data.store.rules import POLICE_UK, State
from ourpatch.ground import events
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.errors import BadInput, Conflict, NotAllowed, NotFound, OurpatchError, RuleBroken
from ourpatch.ground.permission.actor import Actor

pytestmark = [pytest.mark.room, pytest.mark.django_db]

FEBRUARY = date(2026, 2, 1)
HERE, ELSEWHERE = UUID(int=1), UUID(int=2)


def total() -> int:
    return sum(int(str(row[-1])) for row in queries.run(CountBy(Where(POLICE_UK))))


def test_what_was_committed_is_read_back() -> None:
    load([{"category": "burglary"}, {"category": "drugs"}, {"category": "drugs"}])

    counted = queries.run(CountBy(Where(POLICE_UK), by=(Dimension.MONTH, Dimension.CATEGORY)))

    assert counted == [(JANUARY, "burglary", 1), (JANUARY, "drugs", 2)]
    assert queries.months_loaded() == [JANUARY]


def test_two_months_stand_beside_each_other_and_only_those_asked_for_are_opened() -> None:
    load([{}])
    second = load([{}, {}], FEBRUARY)
    files.absolute(second.files.get().path).unlink()

    assert queries.run(CountBy(Where(POLICE_UK, until=date(2026, 1, 31)))) == [(1,)]


def test_the_same_bytes_again_change_nothing() -> None:
    first = load([{}, {}])
    again = load([{}, {}])

    assert again == first
    assert total() == 2
    assert len(list(files.root().rglob(f"*{files.SUFFIX}"))) >= 1
    assert files.strays(set(StoredFile.objects.values_list("path", flat=True)), NOW + timedelta(days=9999)) == []


def test_the_same_bytes_under_other_boundaries_are_taken_in_anew() -> None:
    first = load([{"ward": "old"}])
    second = load([{"ward": "old"}], geography="redrawn")

    assert second.supersedes == first
    assert total() == 1


def test_a_correction_replaces_the_month_and_can_be_undone() -> None:
    first = load([{}, {}, {}])
    corrected = load([{}], now=NOW + timedelta(days=1))

    assert total() == 1
    first.refresh_from_db()
    assert (first.state, corrected.sequence, corrected.supersedes) == (State.SUPERSEDED, 2, first)

    actions.undo_submission(by=loader(HERE), submission_id=_scoped(corrected), now=NOW)

    first.refresh_from_db()
    assert (first.state, total()) == (State.LOADED, 3)


def test_any_past_state_can_be_asked_for() -> None:
    def then(days: float) -> int:
        rows = queries.run(CountBy(Where(POLICE_UK)), known_on=NOW + timedelta(days=days))
        return sum(int(str(row[-1])) for row in rows)

    load([{}, {}, {}], partnership_ids=frozenset({HERE}))
    corrected = load([{}], now=NOW + timedelta(days=2), partnership_ids=frozenset({HERE}))
    actions.undo_submission(by=loader(HERE), submission_id=corrected.pk, now=NOW + timedelta(days=4))

    assert [then(days) for days in (-1, 0, 1, 2, 3, 4, 5)] == [0, 3, 3, 1, 1, 3, 3]
    assert total() == 3


def test_undoing_the_only_submission_leaves_nothing() -> None:
    submission = load([{}], partnership_ids=frozenset({HERE}))

    actions.undo_submission(by=loader(HERE), submission_id=submission.pk, now=NOW)

    assert total() == 0
    assert queries.months_loaded() == []
    assert load([{}], partnership_ids=frozenset({HERE})).sequence == 2


def test_what_was_replaced_or_undone_cannot_be_undone() -> None:
    first = load([{}], partnership_ids=frozenset({HERE}))
    second = load([{}, {}], partnership_ids=frozenset({HERE}))
    with pytest.raises(RuleBroken, match="Undo the later one first"):
        actions.undo_submission(by=loader(HERE), submission_id=first.pk, now=NOW)

    actions.undo_submission(by=loader(HERE), submission_id=second.pk, now=NOW)
    with pytest.raises(RuleBroken, match="undone already"):
        actions.undo_submission(by=loader(HERE), submission_id=second.pk, now=NOW)


def test_an_undo_that_cannot_bring_the_earlier_files_back_changes_nothing() -> None:
    first = load([{}], partnership_ids=frozenset({HERE}))
    second = load([{}, {}], partnership_ids=frozenset({HERE}))
    files.absolute(first.files.get().path).unlink()

    with pytest.raises(OurpatchError, match="Restore them from a backup"):
        actions.undo_submission(by=loader(HERE), submission_id=second.pk, now=NOW)
    assert total() == 2


def test_of_two_loads_of_one_month_the_second_to_finish_is_told() -> None:
    began = received(JANUARY, [{"place": "mine"}])
    load([{}, {}])
    staged = files.stage(table([{}]), JANUARY)

    with pytest.raises(Conflict, match="Another load of the same month finished"):
        actions.commit_submission(by=loader(HERE), received=began, staged=[staged], now=NOW)
    assert total() == 2
    assert files.strays(set(StoredFile.objects.values_list("path", flat=True)), NOW + timedelta(days=9999)) == []


def test_loading_and_undoing_ask_for_the_permission_in_every_partnership_touched() -> None:
    with pytest.raises(NotAllowed):
        load([{}], by=Actor.job("stranger", [], []))
    with pytest.raises(RuleBroken, match="1 partnerships"):
        load([{}], by=loader(HERE), partnership_ids=frozenset({HERE, ELSEWHERE}))

    submission = load([{}], by=loader(HERE, ELSEWHERE), partnership_ids=frozenset({HERE, ELSEWHERE}))
    with pytest.raises(RuleBroken, match="1 partnerships"):
        actions.undo_submission(by=loader(HERE), submission_id=submission.pk, now=NOW)
    with pytest.raises(NotFound):
        actions.undo_submission(by=loader(uuid4()), submission_id=submission.pk, now=NOW)
    assert total() == 1


def test_submissions_are_seen_where_they_have_rows() -> None:
    submission = load([{}], partnership_ids=frozenset({HERE}), set_aside=((7, "repeated"), (3, "outside")))

    assert list(queries.list_submissions(loader(HERE))) == [submission]
    assert list(queries.list_submissions(loader(ELSEWHERE))) == []
    assert not Submission.objects.visible_to(loader(HERE), "some.other_permission").exists()
    listed = queries.list_set_aside(loader(HERE), submission.pk)
    assert [(row.reason, row.row_number) for row in listed] == [("outside", 3), ("repeated", 7)]
    with pytest.raises(NotFound):
        queries.get_submission(loader(ELSEWHERE), submission.pk)


def test_the_rooms_above_hear_of_a_load_and_of_an_undo() -> None:
    heard: list[DataChanged] = []
    events.listen(DataChanged)(heard.append)
    submission = load([{}], partnership_ids=frozenset({HERE}))
    actions.undo_submission(by=loader(HERE), submission_id=submission.pk, now=NOW)

    assert [(event.submission_id, event.month, event.partnership_ids) for event in heard] == [
        (submission.pk, JANUARY, (HERE,)),
        (submission.pk, JANUARY, (HERE,)),
    ]
    operations = AuditEntry.objects.values_list("operation", flat=True)
    assert {"store.commit_submission", "store.undo_submission"} <= set(operations)


def test_the_data_version_changes_with_the_data_and_comes_back_with_an_undo() -> None:
    empty = queries.data_version()
    load([{}])
    first = queries.data_version()
    corrected = load([{}, {}])
    second = queries.data_version()
    actions.undo_submission(by=loader(HERE), submission_id=_scoped(corrected), now=NOW)

    assert len({empty, first, second}) == 3
    assert queries.data_version() == first


def test_the_sweep_takes_strays_only_and_not_those_of_a_load_that_runs() -> None:
    kept = load([{}])
    stray = files.root() / POLICE_UK / "2026-01" / "stray.parquet"
    running = files.root() / files.STAGING / "running.parquet"
    for path in (stray, running):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half a file")
    old = (NOW - timedelta(days=2)).timestamp()
    os.utime(stray, (old, old))
    os.utime(files.absolute(kept.files.get().path), (old, old))

    actions.sweep(now=NOW)

    assert not stray.exists()
    assert running.exists()
    assert total() == 1


def test_a_file_holds_one_month() -> None:
    with pytest.raises(ValueError, match="other months"):
        files.stage(table([{"local_date": FEBRUARY}]), JANUARY)


def test_an_unknown_dataset_is_refused() -> None:
    with pytest.raises(BadInput, match="no dataset called weather"):
        queries.run(CountBy(Where("weather")))


def test_a_series_is_noughts_where_a_loaded_month_has_none() -> None:
    load([{"neighbourhood": "n1"}])
    load([{"neighbourhood": "n2"}], FEBRUARY)

    series = queries.run(Series(Where(POLICE_UK), Dimension.NEIGHBOURHOOD))

    assert series == [("n1", JANUARY, 1), ("n1", FEBRUARY, 0), ("n2", JANUARY, 0), ("n2", FEBRUARY, 1)]


def test_one_neighbourhood_is_measured() -> None:
    place = uuid4()
    load([{"neighbourhood": str(place)}, {"neighbourhood": "other"}])

    assert queries.measure_neighbourhood(place) == [(JANUARY, "burglary", 1)]


def _scoped(submission: Submission) -> UUID:
    submission.scopes.create(partnership_id=HERE)
    return submission.pk
