"""One file of one organisation for one dataset: taken in, read, let through, withdrawn. Every door leads here.

A file is kept first and read later, by the worker or by the command line. Reading writes nothing that counts until all of it was
judged; then its months count from one instant on, or none does.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import BinaryIO
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import translation

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.actions.telling import tell_who_may_let_through
from ourpatch.data.exchange.findings import Finding, Findings, Weight
from ourpatch.data.exchange.intake import rules
from ourpatch.data.exchange.intake.committing import Committed, Part, WouldLose, commit
from ourpatch.data.exchange.intake.reading import Intake, read_file
from ourpatch.data.exchange.intake.storing import is_of_quarters
from ourpatch.data.exchange.models import (
    Channel,
    Delivery,
    DeliveryFinding,
    DeliveryPart,
    DeliveryState,
    Extent,
    LayoutVersion,
)
from ourpatch.data.exchange.permissions import Permission, acts_for, check_acts_for, lets_through, partnerships_for
from ourpatch.data.store import actions as store
from ourpatch.data.store import catalogue
from ourpatch.data.store.models import Submission
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.store.rules import State
from ourpatch.foundation import law
from ourpatch.foundation.directory import queries as directory
from ourpatch.ground import clock, jobs
from ourpatch.ground.audit.trail import Trail, change
from ourpatch.ground.errors import BadInput, Conflict, NotAllowed, NotFound, RuleBroken
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

READ = "exchange.read_delivery"
# Rows of the database written at a time, so that nobody waits long for the one writer that SQLite has.
CHUNK = 500
# Two loads of the same months that end together: the later one is judged again against what the earlier one left.
TRIES = 3
STRAY_AFTER = timedelta(hours=24)
# One fewer than the worker's own tries (Q_CLUSTER max_attempts): at its last, what killed it each time is refused.
MOST_READINGS = 4


def receive(
    *,
    by: Actor,
    organisation_id: UUID,
    dataset: str,
    filename: str,
    content: BinaryIO,
    size: int,
    channel: Channel,
    now: datetime,
    period: date | None = None,
    months: int | None = None,
    extent: Extent = Extent.WHOLE,
    user_id: UUID | None = None,
    idempotency_key: str = "",
    layout_id: UUID | None = None,
    language: str = "en",
    at_once: bool = False,
    empties_months: bool = False,
) -> Delivery:
    """Keep a file that somebody sends, and have the worker read it. Who wants it read at once calls `read_delivery` besides; with
    `at_once` nobody else would after a kill.

    `size` in bytes; `period`, `months`: a month or quarter by its first day and length, None where the rows say. With
    `empties_months` the sender means that months it names and has no row for become empty, and that others lose most of theirs;
    without it they are asked. The same `idempotency_key` with the same content returns the delivery there is. Raises NotAllowed,
    NotFound, BadInput (no such dataset), RuleBroken, Conflict (the key was used for something else).
    """
    organisation = directory.organisation(organisation_id)
    today = clock.london_date(now)
    check_acts_for(by, organisation_id, today)
    spec = catalogue.seen_by(by, dataset)
    (
        rules.check_file(size)
        | rules.check_dataset(spec, organisation.kind)
        | rules.check_period(period, months, today, quarters_only=is_of_quarters(spec))
        | rules.check_member(partnerships_for(organisation_id, spec, today))
    ).raise_if_any()
    delivery_id = uuid7()
    path, digest, kept_size = keeping.keep(delivery_id, content)
    try:
        rules.check_file(kept_size).raise_if_any()
        with change(by, "exchange.receive") as audit:
            sent = _sent_before(organisation_id, idempotency_key, (dataset, digest, period, months, extent))
            if sent is None:
                sent = Delivery.objects.create(
                    id=delivery_id,
                    receipt=_receipt(),
                    organisation=organisation,
                    dataset=dataset,
                    period=period,
                    months=months,
                    extent=extent,
                    channel=channel,
                    filename=_called(filename, delivery_id),
                    size=kept_size,
                    content_sha256=digest,
                    path=path,
                    layout=_layout(layout_id, organisation_id, dataset),
                    received_at=now,
                    user_id=user_id,
                    by_name=by.name,
                    idempotency_key=idempotency_key,
                    language=language,
                    emptying_confirmed_by=by.name if empties_months else "",
                    emptying_confirmed_at=now if empties_months else None,
                )
                audit.noted(Delivery.KIND, [sent.pk])
                if not at_once:
                    jobs.enqueue(READ, sent.pk)
    except IntegrityError as error:
        keeping.let_go(path)
        raise Conflict(_("The same file is being sent twice at this moment. Ask for its receipt again.")) from error
    except BaseException:
        keeping.let_go(path)
        raise
    if sent.pk != delivery_id:
        keeping.let_go(path)
    return sent


def read_delivery(*, delivery_id: UUID, now: datetime) -> Delivery:
    """Read a delivery that waits, and keep what came of it; one that was read before is left alone.

    May be run again after a kill at any moment: what was loaded already is found to be the same. A file over which the reading
    has failed again and again is refused, and its sender told; the fault itself is raised each time.
    """
    Delivery.objects.filter(pk=delivery_id, state=DeliveryState.WAITING).update(readings=F("readings") + 1)
    delivery = Delivery.objects.select_related("organisation", "layout").get(pk=delivery_id)
    if delivery.state != DeliveryState.WAITING:
        return delivery
    by = _sender(delivery, now)
    if delivery.readings > MOST_READINGS:
        return _finish(by, delivery, _unreadable_here(), now)
    try:
        return _read(by, delivery, now)
    except Exception:
        if delivery.readings == MOST_READINGS:
            _finish(by, delivery, _unreadable_here(), now)
        raise


def _read(by: Actor, delivery: Delivery, now: datetime) -> Delivery:
    try:
        intake = read_file(delivery, keeping.kept(delivery.path), now)
    except BadInput as unreadable:
        return _finish(by, delivery, _unreadable(unreadable.message), now)
    if intake.stops:
        return _finish(by, delivery, _stopped(delivery, intake), now)
    return _load(by, delivery, intake, now)


def match_columns(*, by: Actor, delivery_id: UUID, layout_id: UUID, now: datetime) -> Delivery:
    """Have a delivery whose columns were not known read by a layout. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "exchange.match_columns") as audit:
        delivery = _for_change(by, delivery_id, now)
        rules.check_matching(delivery.state, is_kept=bool(delivery.path)).raise_if_any()
        delivery.layout = _layout(layout_id, delivery.organisation_id, delivery.dataset)
        _wait_again(delivery, audit)
    return delivery


def let_through(*, by: Actor, delivery_id: UUID, reason: str, now: datetime) -> Delivery:
    """Have a delivery that the depersonalisation gate holds loaded all the same: who, and why, is kept.

    Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "exchange.let_through") as audit:
        delivery = _for_change(by, delivery_id, now, Permission.VIEW)
        if not lets_through(by, delivery.organisation_id, clock.london_date(now)):
            raise NotAllowed(f"{by.name} may not let deliveries through the gate.")
        rules.check_let_through(delivery.state, reason).raise_if_any()
        delivery.let_through_by, delivery.let_through_at = by.name, now
        delivery.let_through_reason = reason.strip()
        _wait_again(delivery, audit)
    return delivery


def confirm_emptying(*, by: Actor, delivery_id: UUID, confirmed: bool, now: datetime) -> Delivery:
    """Have a delivery loaded although months that it was asked about lose most or all of their rows: who said yes is kept.

    Raises NotAllowed, NotFound, RuleBroken (it does not wait for that, or `confirmed` is not said).
    """
    with change(by, "exchange.confirm_emptying") as audit:
        delivery = _for_change(by, delivery_id, now)
        rules.check_emptying(delivery.state, confirmed=confirmed).raise_if_any()
        delivery.emptying_confirmed_by, delivery.emptying_confirmed_at = by.name, now
        _wait_again(delivery, audit)
    return delivery


def withdraw(*, by: Actor, delivery_id: UUID, reason: str, now: datetime) -> Delivery:
    """Take a whole delivery back: its months are as they were before it, and its file is let go.

    Raises NotAllowed, NotFound, RuleBroken (a later delivery of one of its months is in use: withdraw that one first).
    """
    with change(by, "exchange.withdraw") as audit:
        delivery = _for_change(by, delivery_id, now)
        rules.check_withdrawal(delivery.state, reason).raise_if_any()
        submissions = Submission.objects.filter(pk__in=_brought_by(delivery))
        if submissions.filter(state=State.SUPERSEDED).exists():
            raise RuleBroken(_("A later delivery took the place of some of this one. Withdraw the later one first."))
        for submission in submissions.filter(state=State.LOADED):
            store.undo_submission(by=_sender(delivery, now, by.name), submission_id=submission.pk, now=now)
        paths, delivery.path, delivery.report_path = (delivery.path, delivery.report_path), "", ""
        if not submissions:
            # Nothing of it ever counted, so this is the moment that ended it.
            delivery.finished_at = now
        delivery.state = DeliveryState.WITHDRAWN
        delivery.withdrawn_by, delivery.withdrawn_at, delivery.withdrawn_reason = by.name, now, reason.strip()
        delivery.message_en, delivery.message_cy = in_both(_("What it had brought is out of use."))
        delivery.save()
        audit.noted(Delivery.KIND, [delivery.pk], reason=reason.strip())
        transaction.on_commit(partial(keeping.let_all_go, paths))
    return delivery


def let_old_files_go(*, by: Actor, now: datetime) -> int:
    """Remove files that nobody matched or let through in time, old marked reports, and what a kill left behind; returns how many
    deliveries.
    """
    days = law.book(clock.london_date(now)).number("delivery_kept_days")
    old = Delivery.objects.filter(received_at__lt=now - timedelta(days=days))
    found = list(old.exclude(path="", report_path="").values_list("pk", flat=True)[:CHUNK])
    for delivery_id in found:
        with change(by, "exchange.let_old_files_go") as audit:
            _let_go(Delivery.objects.select_for_update().get(pk=delivery_id), days, now)
            audit.noted(Delivery.KIND, [delivery_id])
    named = Delivery.objects.exclude(path="", report_path="").values_list("path", "report_path")
    for path in keeping.strays({path for both in named for path in both}, now - STRAY_AFTER):
        keeping.let_go(path)
    return len(found)


def _let_go(delivery: Delivery, days: int, now: datetime) -> None:
    paths = (delivery.path, delivery.report_path)
    message = None
    if delivery.state == DeliveryState.WAITING:
        message = NOT_READ_HERE
    elif delivery.state in (DeliveryState.HELD, DeliveryState.UNMAPPED, DeliveryState.TO_CONFIRM):
        message = _("Nobody decided about this file for %(days)s days, so it was let go.", days=days)
    if message is not None:
        delivery.state = DeliveryState.REFUSED
        delivery.finished_at = delivery.finished_at or now
        delivery.message_en, delivery.message_cy = in_both(message)
    delivery.path = delivery.report_path = ""
    delivery.save()
    transaction.on_commit(partial(keeping.let_all_go, paths))


NOT_READ_HERE = _("This file could not be read here. Tell whoever runs the system, and send it again.")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of reading a delivery."""

    state: DeliveryState
    message: Message
    findings: Findings
    rows_read: int = 0
    rows_kept: int = 0
    parts: tuple[Part, ...] = ()
    layout: LayoutVersion | None = None
    keeps_file: bool = False
    report_path: str = ""
    replaced: int | None = None
    new: int | None = None
    empties: tuple[tuple[str, int], ...] = ()


def _load(by: Actor, delivery: Delivery, intake: Intake, now: datetime) -> Delivery:
    # Before anything counts: what can fail for want of room fails here.
    report_path = _kept_report(delivery, intake)
    for attempt in range(TRIES):
        try:
            committed = commit(by, delivery, intake, now)
        except WouldLose as asked:
            return _finish(by, delivery, _asking(intake, asked, report_path), now)
        except Conflict:
            if attempt + 1 == TRIES:
                raise
            continue
        break
    unchanged = all(not part.new for part in committed.parts)
    outcome = _Outcome(
        DeliveryState.UNCHANGED if unchanged else DeliveryState.LOADED,
        _("The same is loaded already: nothing changed.") if unchanged else _loaded(intake, committed),
        intake.findings,
        intake.rows_read,
        intake.rows_kept,
        committed.parts,
        intake.layout_version,
        report_path=report_path,
        replaced=committed.replaced,
        new=committed.new,
    )
    return _finish(by, delivery, outcome, now)


def _loaded(intake: Intake, committed: Committed) -> Message:
    if committed.replaced is None:
        return _("%(kept)s of %(read)s rows are loaded.", kept=intake.rows_kept, read=intake.rows_read)
    return _(
        "%(kept)s of %(read)s rows are loaded: %(replaced)s replaced, %(new)s new.",
        kept=intake.rows_kept,
        read=intake.rows_read,
        replaced=committed.replaced,
        new=committed.new,
    )


def _asking(intake: Intake, asked: WouldLose, report_path: str) -> _Outcome:
    message = _(
        "Nothing is loaded yet. The file has no row, or far fewer rows than are loaded, for months that it was sent for: "
        "%(months)s (rows loaded now → rows after it). Say yes to that on the file's page, or withdraw the file there and send "
        "all rows of these months, or name only the months that it holds whole.",
        months=str(asked),
    )
    return _Outcome(
        DeliveryState.TO_CONFIRM,
        message,
        intake.findings,
        intake.rows_read,
        layout=intake.layout_version,
        keeps_file=True,
        report_path=report_path,
        empties=tuple((month.isoformat(), loaded - left) for month, (loaded, left) in asked.months.items()),
    )


def _kept_report(delivery: Delivery, intake: Intake) -> str:
    report = intake.marked(delivery)
    return keeping.keep_report(delivery.pk, report) if report else ""


def _unreadable(message: object) -> _Outcome:
    said = message if isinstance(message, Message) else Message(str(message))
    findings = Findings()
    do = _("Mend the file and send it again. Nothing of it was loaded.")
    findings.add(Finding(0, "", "unreadable", Weight.REFUSES, said, do))
    return _Outcome(DeliveryState.REFUSED, said, findings)


def _unreadable_here() -> _Outcome:
    findings = Findings()
    do = _("Nothing of it was loaded, and what was loaded before stays as it is.")
    findings.add(Finding(0, "", "unreadable_here", Weight.REFUSES, NOT_READ_HERE, do))
    return _Outcome(DeliveryState.REFUSED, NOT_READ_HERE, findings)


def _stopped(delivery: Delivery, intake: Intake) -> _Outcome:
    # A file that one layout refuses may well be read by another.
    return _Outcome(
        DeliveryState(intake.stops),
        intake.message,
        intake.findings,
        intake.rows_read,
        layout=intake.layout_version,
        keeps_file=True,
        report_path=_kept_report(delivery, intake),
    )


def _finish(by: Actor, delivery: Delivery, outcome: _Outcome, now: datetime) -> Delivery:
    """Write down what came of a delivery, unless somebody withdrew it meanwhile; then what was loaded is undone."""
    with change(by, READ) as audit:
        current = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if current.state != DeliveryState.WAITING:
            return _too_late(by, current, outcome, now)
        path = current.path
        current.state, current.finished_at = outcome.state, now
        current.message_en, current.message_cy = in_both(outcome.message)
        current.rows_read, current.rows_kept = outcome.rows_read, outcome.rows_kept
        current.rows_replaced, current.rows_new = outcome.replaced, outcome.new
        current.empties = [list(each) for each in outcome.empties] or current.empties
        current.counts = {
            kind: [count, str(outcome.findings.weights[kind])] for kind, count in outcome.findings.counts.items()
        }
        current.layout = outcome.layout or current.layout
        current.path = path if outcome.keeps_file else ""
        current.report_path = outcome.report_path
        current.save()
        _write_findings(current, outcome.findings)
        DeliveryPart.objects.filter(delivery=current).delete()
        DeliveryPart.objects.bulk_create(
            [
                DeliveryPart(
                    delivery=current,
                    period=each.period,
                    submission_id=each.submission_id,
                    rows_kept=each.rows,
                    brought=each.new,
                )
                for each in outcome.parts
            ]
        )
        audit.noted(Delivery.KIND, [current.pk])
        if current.state == DeliveryState.HELD:
            tell_who_may_let_through(by, current, now)
        if not outcome.keeps_file:
            transaction.on_commit(lambda: keeping.let_go(path))
    return current


def _too_late(by: Actor, delivery: Delivery, outcome: _Outcome, now: datetime) -> Delivery:
    if delivery.state == DeliveryState.WITHDRAWN:
        for part in outcome.parts:
            if part.new:
                store.undo_submission(by=by, submission_id=part.submission_id, now=now)
    return delivery


def _write_findings(delivery: Delivery, findings: Findings) -> None:
    delivery.findings.all().delete()
    rows = [_finding_row(delivery, each) for each in sorted(findings.kept, key=lambda each: each.row)]
    DeliveryFinding.objects.bulk_create(rows, batch_size=CHUNK)


def _finding_row(delivery: Delivery, finding: Finding) -> DeliveryFinding:
    says_en, says_cy = in_both(finding.says)
    do_en, do_cy = in_both(finding.do)
    return DeliveryFinding(
        delivery=delivery,
        row_number=finding.row,
        column=finding.column[:100],
        kind=finding.kind[:40],
        weight=str(finding.weight),
        says_en=says_en,
        says_cy=says_cy,
        do_en=do_en,
        do_cy=do_cy,
    )


def in_both(message: Message) -> tuple[str, str]:
    """A message in English and in Welsh."""
    with translation.override("en"):
        english = str(message)
    with translation.override("cy"):
        return english, str(message)


def _wait_again(delivery: Delivery, audit: Trail) -> None:
    delivery.state, delivery.finished_at, delivery.readings = DeliveryState.WAITING, None, 0
    delivery.save()
    audit.noted(Delivery.KIND, [delivery.pk])
    jobs.enqueue(READ, delivery.pk)


def _for_change(by: Actor, delivery_id: UUID, now: datetime, *permissions: Permission) -> Delivery:
    """A delivery that the actor sees and may act on. Raises NotFound, NotAllowed."""
    seen = Delivery.objects.none()
    for permission in (*permissions, Permission.SEND, Permission.MAP):
        seen = seen | Delivery.objects.visible_to(by, permission, clock.london_date(now))
    found = Delivery.objects.select_for_update().filter(pk__in=seen.values("pk"), pk=delivery_id).first()
    if found is None:
        raise NotFound(_("There is no such delivery, or you may not see it."))
    if not permissions and not acts_for(by, found.organisation_id, clock.london_date(now)):
        raise NotAllowed(f"{by.name} may not change this delivery.")
    return found


def _brought_by(delivery: Delivery) -> QuerySet[DeliveryPart, UUID]:
    """The submissions that a delivery brought: not those that another had brought and it only repeated."""
    return delivery.parts.filter(brought=True).values_list("submission_id", flat=True)


def _sender(delivery: Delivery, now: datetime, name: str = "") -> Actor:
    """Who loads: the sender, as far as its organisation's partnerships reach. They may send; what to load was judged here."""
    spec = catalogue.dataset(delivery.dataset)
    partnerships = partnerships_for(delivery.organisation_id, spec, clock.london_date(now))
    actor = Actor.job(name or delivery.by_name, [Store.LOAD, Store.UNDO, Store.VIEW], partnerships)
    return actor.with_purpose(f"delivery {delivery.receipt}")


def _sent_before(organisation_id: UUID, key: str, asked: tuple[object, ...]) -> Delivery | None:
    """What was sent under a key. Raises Conflict when it was anything else than what is `asked`."""
    found = Delivery.objects.filter(organisation_id=organisation_id, idempotency_key=key).first() if key else None
    if found is None:
        return None
    if (found.dataset, found.content_sha256, found.period, found.months, found.extent) != asked:
        raise Conflict(_("This key was used for another file. Use a new key for what is new."))
    return found


def _layout(layout_id: UUID | None, organisation_id: UUID, dataset: str) -> LayoutVersion | None:
    if layout_id is None:
        return None
    found = LayoutVersion.objects.filter(pk=layout_id, organisation_id=organisation_id, dataset=dataset).first()
    if found is None:
        raise NotFound(_("There is no such layout of this sender for this dataset."))
    return found


def _receipt() -> str:
    """Eight signs in two groups, easy to say on the telephone. The database refuses one that was given before."""
    signs: Sequence[str] = [secrets.choice(rules.RECEIPT_SIGNS) for _each in range(rules.RECEIPT_LENGTH)]
    half = rules.RECEIPT_LENGTH // 2
    return f"{''.join(signs[:half])}-{''.join(signs[half:])}"


def _called(filename: str, delivery_id: UUID) -> str:
    """A file's name without folders and signs that cannot be shown; a name that identifies somebody is not kept."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in name if sign.isprintable())[-200:] or "file"
    if gate.identifies(shown.rsplit(".", 1)[0].replace("_", " ")):
        return f"file-{str(delivery_id)[-6:]}{PurePath(shown).suffix[:8]}"
    return shown
