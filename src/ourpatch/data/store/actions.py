"""Taking a submission into the store, undoing it, and sweeping up after a kill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from ourpatch.data.store import files, rules
from ourpatch.data.store.events import DataChanged
from ourpatch.data.store.files import Staged
from ourpatch.data.store.models import LivePeriod, SetAside, StoredFile, Submission, SubmissionScope
from ourpatch.data.store.permissions import Permission, check_held
from ourpatch.data.store.rules import State
from ourpatch.ground import events
from ourpatch.ground.audit.trail import Trail, change
from ourpatch.ground.errors import Conflict, NotFound, OurpatchError
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

# A load may leave its staged files alone for this long before they count as strays.
STRAY_AFTER = timedelta(hours=24)
# Rows of the database written at a time, so that nobody waits long for the one writer that SQLite has.
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Received:
    """What a supplier sent for one month, once it was read.

    `replaces` is the submission in use when reading began. `geography` names the boundaries that gave the rows their
    areas. `set_aside` holds (row number, reason) of the rows listed; `counts` all of them, by reason.
    """

    dataset: str
    supplier: str
    period: date
    filename: str
    content_sha256: str
    geography: str
    rows_read: int
    rows_without_place: int
    counts: dict[str, int]
    set_aside: tuple[tuple[int, str], ...]
    partnership_ids: frozenset[UUID]
    replaces: UUID | None


def in_use(dataset: str, supplier: str, period: date) -> Submission | None:
    """The submission that readers see for this supplier and month; what a load will replace."""
    return Submission.objects.filter(dataset=dataset, supplier=supplier, period=period, state=State.LOADED).first()


def commit_submission(*, by: Actor, received: Received, staged: Sequence[Staged], now: datetime) -> Submission:
    """Make the staged files of one month count; see `commit_submissions`."""
    return commit_submissions(by=by, several=[(received, staged)], now=now)[0]


def commit_submissions(
    *, by: Actor, several: Sequence[tuple[Received, Sequence[Staged]]], now: datetime
) -> list[Submission]:
    """Make staged files count: all of them from one instant on, in place of what was in use for each month.

    The same bytes under the same boundaries again return the submission in use and change nothing. Raises NotAllowed,
    RuleBroken (a partnership that the actor may not load for), Conflict (another load of a month finished meanwhile): then
    nothing of any of them counts.
    """
    settled: dict[UUID, list[str]] = {}
    try:
        ids = [uuid7() for _each in several]
        for submission_id, (received, staged) in zip(ids, several, strict=True):
            settled[submission_id] = [files.settle(each, received.dataset, submission_id) for each in staged]
        submissions = _record_all(by, several, settled, now)
    except BaseException:
        _discard(settled)
        raise
    taken_in = {each.pk for each in submissions}
    _discard({each: paths for each, paths in settled.items() if each not in taken_in})
    return submissions


def undo_submission(*, by: Actor, submission_id: UUID, now: datetime) -> Submission:
    """Take a submission out of use; what it had replaced is in use again from the same instant.

    Raises NotAllowed, NotFound, RuleBroken (not in use, or in a partnership where the actor may not do this).
    """
    with change(by, "store.undo_submission") as audit:
        by.require(Permission.UNDO)
        seen = Submission.objects.visible_to(by, Permission.UNDO).filter(pk=submission_id).values("pk")
        submission = Submission.objects.select_for_update().filter(pk__in=seen).first()
        if submission is None:
            raise NotFound(_("There is no such load, or you may not undo it."))
        partnerships = tuple(submission.scopes.values_list("partnership_id", flat=True))
        (rules.check_undo(State(submission.state)) | check_held(by, Permission.UNDO, partnerships)).raise_if_any()
        submission.undone_at, submission.undone_by = now, by.name
        _take_out(submission, State.UNDONE, now)
        if submission.supersedes_id:
            _put_back(submission.supersedes_id, now)
        audit.noted(Submission.KIND, [submission.pk])
        events.publish(DataChanged(submission.dataset, submission.period, submission.pk, partnerships, now))
    return submission


def sweep(*, now: datetime) -> int:
    """Remove files that no line of the manifest names and that a kill left behind; returns how many went."""
    found = files.strays(set(StoredFile.objects.values_list("path", flat=True)), now - STRAY_AFTER)
    files.discard(found)
    return len(found)


def _discard(settled: Mapping[UUID, Sequence[str]]) -> None:
    files.discard([files.absolute(path) for paths in settled.values() for path in paths])


def _record_all(
    by: Actor,
    several: Sequence[tuple[Received, Sequence[Staged]]],
    settled: Mapping[UUID, Sequence[str]],
    now: datetime,
) -> list[Submission]:
    try:
        with change(by, "store.commit_submission") as audit:
            by.require(Permission.LOAD)
            return [
                _record(by, audit, received, staged, paths, submission_id, now)
                for (received, staged), (submission_id, paths) in zip(several, settled.items(), strict=True)
            ]
    except IntegrityError as error:
        # Two loads of one month on PostgreSQL: the constraints let one through.
        raise Conflict(rules.ANOTHER_LOAD) from error


def _record(
    by: Actor,
    audit: Trail,
    received: Received,
    staged: Sequence[Staged],
    paths: Sequence[str],
    submission_id: UUID,
    now: datetime,
) -> Submission:
    check_held(by, Permission.LOAD, received.partnership_ids).raise_if_any()
    current = _current(received)
    if current is not None and _same(current, received):
        return current
    if received.replaces != (current.pk if current else None):
        raise Conflict(rules.ANOTHER_LOAD)
    submission = _put_in(by, received, staged, paths, submission_id, current, now)
    audit.noted(Submission.KIND, [submission.pk])
    partnerships = tuple(sorted(received.partnership_ids))
    events.publish(DataChanged(received.dataset, received.period, submission.pk, partnerships, now))
    return submission


def _current(received: Received) -> Submission | None:
    return (
        Submission.objects.select_for_update()
        .filter(dataset=received.dataset, supplier=received.supplier, period=received.period, state=State.LOADED)
        .first()
    )


def _same(current: Submission, received: Received) -> bool:
    return (current.content_sha256, current.geography) == (received.content_sha256, received.geography)


def _put_in(
    by: Actor,
    received: Received,
    staged: Sequence[Staged],
    paths: Sequence[str],
    submission_id: UUID,
    current: Submission | None,
    now: datetime,
) -> Submission:
    earlier = Submission.objects.filter(
        dataset=received.dataset, supplier=received.supplier, period=received.period
    ).order_by("-sequence")
    last = earlier.values_list("sequence", flat=True).first() or 0
    if current is not None:
        _take_out(current, State.SUPERSEDED, now)
    submission = Submission.objects.create(
        id=submission_id,
        dataset=received.dataset,
        supplier=received.supplier,
        period=received.period,
        sequence=last + 1,
        content_sha256=received.content_sha256,
        geography=received.geography,
        filename=received.filename,
        supersedes=current,
        rows_read=received.rows_read,
        rows_kept=sum(each.rows for each in staged),
        rows_without_place=received.rows_without_place,
        counts=received.counts,
        loaded_at=now,
        loaded_by=by.name,
    )
    SubmissionScope.objects.bulk_create(
        [SubmissionScope(submission=submission, partnership_id=each) for each in sorted(received.partnership_ids)]
    )
    StoredFile.objects.bulk_create(
        [
            StoredFile(
                submission=submission,
                dataset=received.dataset,
                supplier=received.supplier,
                month=each.month,
                path=path,
                rows=each.rows,
                sha256=each.sha256,
            )
            for each, path in zip(staged, paths, strict=True)
        ]
    )
    _open(submission, now)
    SetAside.objects.bulk_create(
        [SetAside(submission=submission, row_number=number, reason=reason) for number, reason in received.set_aside],
        batch_size=CHUNK,
    )
    return submission


def _take_out(submission: Submission, state: State, now: datetime) -> None:
    submission.files.update(live=False)
    LivePeriod.objects.filter(file__submission=submission, until__isnull=True).update(until=now)
    submission.state = str(state)
    submission.save(update_fields=["state", "undone_at", "undone_by"])


def _put_back(submission_id: UUID, now: datetime) -> None:
    earlier = Submission.objects.select_for_update().get(pk=submission_id)
    if earlier.state != State.SUPERSEDED:
        return
    gone = [line.path for line in earlier.files.all() if not files.absolute(line.path).exists()]
    if gone:
        raise OurpatchError(
            _("The files of the load before this one are missing. Restore them from a backup, then undo again.")
        )
    earlier.state = str(State.LOADED)
    earlier.save(update_fields=["state"])
    earlier.files.update(live=True)
    _open(earlier, now)


def _open(submission: Submission, now: datetime) -> None:
    """Write down from when readers open the files of a submission."""
    LivePeriod.objects.bulk_create([LivePeriod(file=each, since=now) for each in submission.files.all()])
