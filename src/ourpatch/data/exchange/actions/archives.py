"""Loading files as their publishers send them.

A load has two parts. First every file is read, judged and written aside: anything wrong with one of them and nothing is loaded.
Then each force's month is committed by itself: wholly there or not at all.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from ourpatch.data.exchange import placing, police_uk, rules
from ourpatch.data.exchange.ahead import ahead
from ourpatch.data.exchange.archive import Archive, open_archive
from ourpatch.data.exchange.models import HandedIn, HandedInState
from ourpatch.data.exchange.police_uk import StreetRows
from ourpatch.data.exchange.reports import LoadReport, MonthReport, Outcome
from ourpatch.data.exchange.rules import Reason, StreetFile
from ourpatch.data.exchange.shaping import store_table
from ourpatch.data.store import actions as store
from ourpatch.data.store import files
from ourpatch.data.store.actions import Received
from ourpatch.data.store.files import Staged
from ourpatch.data.store.models import Submission
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.foundation import law
from ourpatch.foundation.accounts.actors import actor_for
from ourpatch.foundation.accounts.models import User
from ourpatch.foundation.places.queries import Resolver
from ourpatch.ground import clock, jobs
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import BadInput, OurpatchError
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Expected:
    """A file that is to be read, and what readers see of its month now."""

    file: StreetFile
    current: Submission | None

    @property
    def name(self) -> str:
        """The file's name in its archive."""
        return self.file.name

    def is_in_use(self, digest: str, geography: str) -> bool:
        """Whether these bytes are loaded already, under these boundaries."""
        return self.current is not None and (self.current.content_sha256, self.current.geography) == (digest, geography)


@dataclass(frozen=True, slots=True)
class Ready:
    """One force's month after reading: what will be reported and, when there is something to commit, that and its staged file."""

    file: StreetFile
    content_sha256: str
    report: MonthReport
    received: Received | None = None
    staged: tuple[Staged, ...] = ()


def load_police_uk(*, by: Actor, paths: Sequence[Path], now: datetime, progress: Progress | None = None) -> LoadReport:
    """Load street-level archives of data.police.uk as published, or single street files.

    `progress(done, of, name)` is called before each file. A month that is there with the same bytes under the same boundaries
    is left alone; with other bytes it is replaced, and the replacement can be undone. Raises NotAllowed; BadInput (a file that
    cannot be used, or no boundaries: nothing is loaded); RuleBroken and Conflict as `commit_submission` does (that month is not).
    """
    by.require(Permission.LOAD)
    resolver = Resolver.current(clock.london_date(now))
    if not resolver.set_ids:
        raise BadInput(_("Load the boundaries first, so that each record can be given its neighbourhood."))
    ready: list[Ready] = []
    try:
        ignored = _read_all(paths, resolver, now, ready, progress or _quiet)
    except BaseException:
        files.discard([staged.path for each in ready for staged in each.staged])
        raise
    return LoadReport(tuple(_commit(by, each, now) for each in ready), tuple(ignored))


def hand_in(*, by: Actor, user_id: UUID, filename: str, content: BinaryIO, size: int, now: datetime) -> HandedIn:
    """Keep a file that somebody handed in at the browser, and have the worker load it as that person.

    `size` in bytes. Raises NotAllowed, RuleBroken (not an archive, or too large).
    """
    by.require(Permission.LOAD)
    rules.check_handed_in(filename, size).raise_if_any()
    name = Path(filename).name[-200:]
    handed_in_id = uuid7()
    path = incoming() / _kept_as(handed_in_id, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as kept:
        shutil.copyfileobj(content, kept)
    with change(by, "exchange.hand_in") as audit:
        handed_in = HandedIn.objects.create(
            id=handed_in_id,
            filename=name,
            path=str(path.relative_to(incoming())),
            size=size,
            user_id=user_id,
            by_name=by.name,
            handed_in_at=now,
        )
        audit.noted("handed_in", [handed_in.pk])
        jobs.enqueue("exchange.load_handed_in", handed_in.pk)
    return handed_in


def load_handed_in(*, handed_in_id: UUID, now: datetime) -> HandedIn:
    """Load a handed-in file as the person who handed it in, and keep what came of it; a file read before is left alone."""
    handed_in = HandedIn.objects.get(pk=handed_in_id)
    if handed_in.state != HandedInState.WAITING:
        return handed_in
    by = actor_for(User.objects.get(pk=handed_in.user_id))
    path = incoming() / handed_in.path
    try:
        report = load_police_uk(by=by, paths=[path], now=now)
    except OurpatchError as refusal:
        said = str(refusal).replace(path.name, handed_in.filename)
        finished = _finish(by, handed_in, HandedInState.REFUSED, said, {}, now)
    else:
        said = "\n".join(str(line) for line in report.lines())
        finished = _finish(by, handed_in, HandedInState.LOADED, said, report.as_data(), now)
    _throw_away(path)
    return finished


def incoming() -> Path:
    """The folder where handed-in files wait."""
    return Path(settings.OURPATCH_HOME) / "incoming"


def _kept_as(handed_in_id: UUID, name: str) -> Path:
    """Where a handed-in file waits. A street file's own name says whose and which month it is, so it keeps that name."""
    if rules.is_street_name(name):
        return Path(str(handed_in_id)) / name
    return Path(f"{handed_in_id}{Path(name).suffix.lower()}")


def _throw_away(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.parent != incoming():
        path.parent.rmdir()


def _finish(
    by: Actor, handed_in: HandedIn, state: HandedInState, message: str, report: Mapping[str, object], now: datetime
) -> HandedIn:
    with change(by, "exchange.load_handed_in") as audit:
        handed_in.state = state
        handed_in.finished_at = now
        handed_in.message = message
        handed_in.report = dict(report)
        handed_in.save()
        audit.noted("handed_in", [handed_in.pk])
    return handed_in


def _quiet(done: int, of: int, name: str) -> None:
    """Say nothing."""


def _read_all(
    paths: Sequence[Path], resolver: Resolver, now: datetime, ready: list[Ready], progress: Progress
) -> list[str]:
    """Read every street file of every archive into `ready`; returns the names of what was left alone."""
    categories = _categories(now)
    ignored: list[str] = []
    done = 0
    for path in paths:
        with open_archive(path) as archive:
            wanted = [rules.street_file(name) for name in archive.names]
            ignored += [name for name, file in zip(archive.names, wanted, strict=True) if file is None]
            street = [
                Expected(file, store.in_use(POLICE_UK, file.supplier, file.month))
                for file in wanted
                if file is not None
            ]
            if not street:
                raise BadInput(
                    _(
                        "%(name)s holds no file called like 2019-01-force-street.csv. Nothing was loaded.",
                        name=path.name,
                    )
                )
            of = done + len(street)
            read = partial(_read, archive, resolver.geography, categories)
            with closing(ahead(read, street, lambda each: archive.size(each.name))) as reading:
                for each in street:
                    progress(done, of, each.name)
                    done += 1
                    _take(each, *next(reading), resolver, categories, ready)
    return ignored


def _read(
    archive: Archive, geography: str, categories: Mapping[str, str], expected: Expected
) -> tuple[str, StreetRows | None]:
    """The digest of a file, and its rows unless they are loaded already. Runs ahead, in a thread, without the database."""
    data = archive.read(expected.name)
    digest = hashlib.sha256(data).hexdigest()
    if expected.is_in_use(digest, geography):
        return digest, None
    return digest, police_uk.read_street(expected.file, data, categories)


def _take(
    expected: Expected,
    digest: str,
    rows: StreetRows | None,
    resolver: Resolver,
    categories: Mapping[str, str],
    ready: list[Ready],
) -> None:
    file, current = expected.file, expected.current
    twin = next((each for each in ready if (each.file.supplier, each.file.month) == (file.supplier, file.month)), None)
    if twin is not None:
        _check_twin(file, twin.content_sha256, digest)
    elif rows is not None:
        ready.append(_ready(rows, digest, resolver, categories, current))
    elif current is not None:
        ready.append(Ready(file, digest, _as_it_is(file, current)))


def _check_twin(file: StreetFile, known: str, digest: str) -> None:
    if known != digest:
        raise BadInput(
            _(
                "%(name)s is there twice with different content. Load the archives one after the other, the oldest first. "
                "Nothing was loaded.",
                name=file.name,
            )
        )


def _ready(
    rows: StreetRows, digest: str, resolver: Resolver, categories: Mapping[str, str], current: Submission | None
) -> Ready:
    """Give the rows their areas, set aside what is outside or repeated, and stage what is kept."""
    publisher_lsoa = rows.objects("LSOA code")
    placed = placing.place(resolver, *police_uk.degrees(rows), publisher_lsoa)
    rows.set_aside(_outside(rows, placed), Reason.OUTSIDE)
    police_uk.judge_repeats(rows)
    report = _month_report(rows, placed, current)
    if report.outcome is Outcome.NOT_HERE:
        return Ready(rows.file, digest, report)
    staged = files.stage(store_table(rows, placed, categories), rows.file.month)
    before = current.scopes.values_list("partnership_id", flat=True) if current else ()
    received = Received(
        dataset=POLICE_UK,
        supplier=rows.file.supplier,
        period=rows.file.month,
        filename=rows.file.name[-200:],
        content_sha256=digest,
        geography=resolver.geography,
        rows_read=rows.rows_read,
        rows_without_place=report.without_place,
        counts=rows.counts(),
        set_aside=rows.listed(),
        partnership_ids=placed.partnerships(rows.kept) | frozenset(before),
        replaces=current.pk if current else None,
    )
    return Ready(rows.file, digest, report, received, (staged,))


def _outside(rows: StreetRows, placed: placing.Placed) -> police_uk.Mask:
    """Rows with a place elsewhere; and, of a force that mostly works elsewhere, its rows without a place."""
    somewhere = placed.has_point | placed.inside
    considered = int((rows.kept & somewhere).sum())
    at_home = considered > 0 and int((rows.kept & placed.inside).sum()) >= considered * rules.HOME_SHARE
    outside: police_uk.Mask = ~placed.inside & (somewhere | (not at_home))
    return outside


def _month_report(rows: StreetRows, placed: placing.Placed, current: Submission | None) -> MonthReport:
    return MonthReport(
        month=rows.file.month,
        supplier=rows.file.supplier,
        filename=rows.file.name,
        outcome=_outcome(bool((rows.kept & placed.inside).any()), current),
        rows_read=rows.rows_read,
        rows_kept=int(rows.kept.sum()),
        without_place=int((rows.kept & ~placed.has_point).sum()),
        set_aside=rows.counts(),
        submission_id=None,
    )


def _outcome(here: bool, current: Submission | None) -> Outcome:
    if current is not None:
        return Outcome.REPLACED
    return Outcome.LOADED if here else Outcome.NOT_HERE


def _as_it_is(file: StreetFile, current: Submission) -> MonthReport:
    """The report on a month that is loaded already with these bytes."""
    return MonthReport(
        month=file.month,
        supplier=file.supplier,
        filename=file.name,
        outcome=Outcome.UNCHANGED,
        rows_read=current.rows_read,
        rows_kept=current.rows_kept,
        without_place=current.rows_without_place,
        set_aside=current.counts,
        submission_id=current.pk,
    )


def _commit(by: Actor, ready: Ready, now: datetime) -> MonthReport:
    if ready.received is None:
        return ready.report
    submission = store.commit_submission(by=by, received=ready.received, staged=ready.staged, now=now)
    return replace(ready.report, submission_id=submission.pk)


def _categories(now: datetime) -> Mapping[str, str]:
    """Published crime type -> code, from the law book of the day."""
    listed = law.book(clock.london_date(now)).codes("police_uk_categories")
    return {item.label.en: item.code for item in listed}
