"""Raising, replying, answering, placing, assigning, grouping: every change to a concern or a problem."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError

from ourpatch.access.concerns import letters, photos, queries, rules
from ourpatch.access.concerns.events import (
    ConcernAnswered,
    ConcernEscalated,
    ConcernRaised,
    ConcernReopened,
    ProblemMade,
)
from ourpatch.access.concerns.models import (
    Concern,
    Contact,
    Delivery,
    Direction,
    Exchange,
    Photo,
    Problem,
    ProblemConcern,
    Report,
    Step,
    StepKind,
)
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.photos import CleanPhoto
from ourpatch.access.concerns.queries import Route
from ourpatch.access.concerns.rules import (
    ContactBy,
    ContactDraft,
    Door,
    Draft,
    Flag,
    Kind,
    Outcome,
    PlaceHow,
    ProblemState,
    ReplyKind,
    State,
)
from ourpatch.access.teams import queries as teams
from ourpatch.access.teams.rules import Because
from ourpatch.foundation.agreements.actions import share_record
from ourpatch.foundation.agreements.models import Purpose
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.law import LawBook, clocks
from ourpatch.foundation.messaging.actions import queue_message
from ourpatch.foundation.places import queries as places
from ourpatch.ground import events
from ourpatch.ground.audit.trail import Trail, change
from ourpatch.ground.clock import london_date
from ourpatch.ground.errors import NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor, Level
from ourpatch.ground.permission.models import Sensitivity, Share
from ourpatch.ground.secrets import CODE_LENGTH, CODE_LETTERS, digest_code, keyed_digest
from ourpatch.ground.words import say as _

# A bulk answer goes out in portions, so that nobody else's change waits for it.
PORTION = 20


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of raising something: the record, and the follow-up code, which is nowhere else and is shown once."""

    concern: Concern
    code: str


@dataclass(frozen=True, slots=True)
class Told:
    """How many people behind a problem were told, and how many the actor may not write to."""

    told: int
    left: int


def raise_concern(*, by: Actor, draft: Draft, now: datetime, photo: CleanPhoto | None = None) -> Raised:
    """Take in what a person raises, by whatever door; start its clocks, give it an owner, share it as was said it would be.

    The same `draft.idempotency_key` again returns what it made the first time, with the same code. Raises NotAllowed, RuleBroken.
    """
    key = draft.idempotency_key or str(uuid4())
    digest, code = _digest_of_key(key), rules.code_from(_code_digest(key), CODE_LETTERS, CODE_LENGTH)
    path = photos.keep(photo, now) if photo else ""
    try:
        concern = _made_before(digest) or _take_in(by, draft, now, digest, code, photo, path)
    except IntegrityError:
        # The other of two posts of the same form was quicker by a moment: theirs is the record.
        concern = Concern.objects.get(idempotency_digest=digest)
    finally:
        if path and not Photo.objects.filter(path=path).exists():
            photos.throw_away(path)
    return Raised(concern, code)


def ask_question(*, by: Actor, draft: Draft, now: datetime) -> Raised:
    """Take in a question to a team: the same record and clock as a concern. Raises NotAllowed, RuleBroken."""
    if draft.kind is not Kind.QUESTION:
        raise RuleBroken(_("This is a concern, not a question. Raise it as one."))
    return raise_concern(by=by, draft=draft, now=now)


def add_to_concern(
    *,
    by: Actor,
    code: str,
    text: str,
    now: datetime,
    again: bool = False,
    when_text: str = "",
    photo: CleanPhoto | None = None,
    idempotency_key: str = "",
) -> Concern:
    """The person adds something with their code: a message, or (`again`, or with a picture) another telling.

    What was answered is owed again. The same `idempotency_key` again changes nothing. Raises NotAllowed, NotFound (unknown code),
    RuleBroken.
    """
    digest = _digest_of_key(f"add:{idempotency_key or uuid4()}")
    path = photos.keep(photo, now) if photo else ""
    try:
        with change(by, "concerns.add_to_concern") as audit:
            concern = _opened_by(by, code)
            if _added_before(concern, digest):
                return concern
            rules.check_added(text).raise_if_any()
            if again or photo:
                _keep_photo(_another_report(concern, text, when_text, now, digest), photo, path, now)
            else:
                _take_down(concern, text, now, digest)
            _hear(audit, by, concern, now)
    finally:
        if path and not Photo.objects.filter(path=path).exists():
            photos.throw_away(path)
    return concern


def mark_satisfaction(*, by: Actor, code: str, satisfied: bool, now: datetime, comment: str = "") -> Concern:
    """The person says whether they are satisfied with the answer: yes closes it, no makes us owe an answer again.

    Saying the same once more changes nothing. Raises NotAllowed, NotFound (unknown code), RuleBroken (no answer to judge yet).
    """
    with change(by, "concerns.mark_satisfaction") as audit:
        concern = _opened_by(by, code)
        to = State.CLOSED if satisfied else State.REOPENED
        if concern.state == to and concern.satisfied is satisfied:
            return concern
        rules.check_step(State(concern.state), to).raise_if_any()
        if comment.strip():
            rules.check_added(comment).raise_if_any()
            _take_down(concern, comment, now)
        concern.satisfied, concern.satisfied_at = satisfied, now
        if satisfied:
            concern.state = str(State.CLOSED)
            concern.store_change()
            audit.altered(concern)
            _note(concern, by, StepKind.STATE, "", now)
        else:
            _hear(audit, by, concern, now)
    return concern


def read_replies(*, by: Actor, code: str, now: datetime) -> Concern:
    """The person reads what we wrote, with their code. Raises NotAllowed, NotFound (unknown code)."""
    with change(by, "concerns.read_replies") as audit:
        concern = queries.get_by_code(by, code)
        if concern.exchanges.filter(direction=Direction.OUT, read_at__isnull=True).update(read_at=now):
            audit.noted(Concern.KIND, [concern.pk], reason="read by the person who raised it")
    return concern


def reply(
    *,
    by: Actor,
    concern_id: UUID,
    version: int | None,
    kind: ReplyKind,
    text: str,
    now: datetime,
    news_on: date | None = None,
    language: str = "en",
    idempotency_key: str = "",
) -> Concern:
    """Write to the person: a holding reply, a meaningful one (which stops the clock), news of progress, or the note of a call.

    `news_on` is the day by which the person hears next: a promise with a clock of its own, asked for by a meaningful reply and by
    progress. The same `idempotency_key` again says nothing twice. Raises NotAllowed, NotFound, Conflict, RuleBroken.
    """
    digest = _digest_of_key(f"reply:{concern_id}:{idempotency_key}") if idempotency_key else None
    with change(by, "concerns.reply") as audit:
        concern: Concern = Concern.objects.for_change(by, Permission.REPLY, concern_id, version)
        if digest and _added_before(concern, digest):
            return concern
        was = State(concern.state)
        rules.check_reply(was=was, kind=kind, text=text, news_on=news_on, today=london_date(now)).raise_if_any()
        book = _book(concern)
        concern.tell(
            replies=rules.stops(book.clock("query_reply"), kind),
            calls_back=rules.stops(book.clock("call_back"), kind),
            progress=kind is ReplyKind.PROGRESS,
            news_on=news_on,
            at=now,
        )
        concern.store_change()
        audit.altered(concern)
        if concern.state != was:
            _note(concern, by, StepKind.STATE, "", now)
        _say_to_person(by, concern, kind, text, language, now, news_on=news_on, digest=digest)
    return concern


def answer(
    *,
    by: Actor,
    concern_id: UUID,
    version: int | None,
    outcome: Outcome,
    text: str,
    now: datetime,
    language: str = "en",
) -> Concern:
    """Tell the person what came of it, failure included: this, and nothing else of ours, pays the debt. Source: guide-1 C19.

    `version` None is for answers to many at once. Raises NotAllowed, NotFound, Conflict, RuleBroken.
    """
    with change(by, "concerns.answer") as audit:
        concern: Concern = Concern.objects.for_change(by, Permission.ANSWER, concern_id, version)
        was = State(concern.state)
        rules.check_answer(was=was, outcome=outcome, text=text).raise_if_any()
        concern.pay(outcome, now)
        concern.store_change()
        audit.altered(concern)
        _note(concern, by, StepKind.STATE, "", now)
        _say_to_person(by, concern, ReplyKind.ANSWER, text, language, now, outcome=outcome)
        events.publish(ConcernAnswered(concern.pk, str(outcome), now))
    return concern


def answer_problem(
    *, by: Actor, problem_id: UUID, outcome: Outcome, text_en: str, now: datetime, text_cy: str = ""
) -> Told:
    """Answer everybody behind a problem who is still owed one, each in their own record and language.

    Says how many are left that this actor may not write to. Raises NotAllowed, NotFound, RuleBroken.
    """

    def tell(concern: Concern) -> None:
        text, language = _for_person(concern, text_en, text_cy)
        answer(by=by, concern_id=concern.pk, version=None, outcome=outcome, text=text, language=language, now=now)

    return _tell_all(by, Permission.ANSWER, problem_id, tell)


def tell_progress(
    *,
    by: Actor,
    problem_id: UUID,
    text_en: str,
    news_on: date,
    now: datetime,
    text_cy: str = "",
    idempotency_key: str = "",
) -> Told:
    """Tell everybody behind a problem who is owed an answer how it goes, and by when they hear next.

    It is no meaningful reply: whoever has had none keeps their clock. The same `idempotency_key` again tells nobody twice.
    Raises NotAllowed, NotFound, RuleBroken.
    """

    def tell(concern: Concern) -> None:
        text, language = _for_person(concern, text_en, text_cy)
        reply(
            by=by,
            concern_id=concern.pk,
            version=None,
            kind=ReplyKind.PROGRESS,
            text=text,
            news_on=news_on,
            language=language,
            idempotency_key=idempotency_key,
            now=now,
        )

    return _tell_all(by, Permission.REPLY, problem_id, tell)


def withdraw(*, by: Actor, concern_id: UUID, version: int, reason: str, now: datetime) -> Concern:
    """Write down that the person no longer wants an answer, and how they said so.

    Raises NotAllowed, NotFound, Conflict, RuleBroken.
    """
    with change(by, "concerns.withdraw") as audit:
        concern: Concern = Concern.objects.for_change(by, Permission.ANSWER, concern_id, version)
        rules.check_withdrawal(State(concern.state), reason).raise_if_any()
        concern.state = str(State.WITHDRAWN)
        concern.added_due_at = concern.news_due_on = None
        concern.store_change()
        audit.altered(concern, reason=reason.strip())
        _note(concern, by, StepKind.STATE, reason.strip(), now)
    return concern


def assign_owner(
    *, by: Actor, concern_id: UUID, version: int, owner_id: UUID, now: datetime, note: str = ""
) -> Concern:
    """Give a concern to somebody whose organisation sees it. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "concerns.assign_owner") as audit:
        concern: Concern = Concern.objects.for_change(by, Permission.ASSIGN, concern_id, version)
        person = directory.person(owner_id)
        if person.until and person.until < london_date(now):
            raise RuleBroken(_("%(name)s has left. Choose somebody else.", name=person.name))
        if not queries.is_seen_by(concern, person.organisation_id, now):
            name = person.organisation.name
            raise RuleBroken(
                _("%(name)s does not see this concern. Give it to somebody whose organisation does.", name=name)
            )
        _give(audit, by, concern, person, Because.CHOSEN, now, note)
    return concern


def place_concern(*, by: Actor, concern_id: UUID, version: int, service_area_id: UUID, now: datetime) -> Concern:
    """Give a concern its neighbourhood: it goes to that team, under the same rules as if it had been raised there.

    Raises NotAllowed, NotFound, Conflict, RuleBroken (another partnership; nobody there to take it; no agreement to pass it on).
    """
    with change(by, "concerns.place_concern") as audit:
        concern: Concern = Concern.objects.for_change(by, Permission.PLACE, concern_id, version)
        where = _route(service_area_id, now)
        if where.partnership_id != concern.partnership_id:
            raise RuleBroken(_("That neighbourhood belongs to another partnership. Tell the person whom to ask there."))
        if where.controller_id != concern.controller_id and not where.sees(concern.controller_id):
            raise RuleBroken(
                _("No agreement lets your organisation pass this to %(name)s.", name=where.controller_name)
            )
        area = teams.service_area(service_area_id)
        concern.service_area_id, concern.controller_id = service_area_id, where.controller_id
        _note(concern, by, StepKind.PLACED, area.name, now)
        _give(audit, by, concern, *_owner(where, concern.category, now), now)
        _share_out(by, concern, where, now)
    return concern


def hand_over(*, by: Actor, concern_id: UUID, now: datetime) -> bool:
    """Give a concern whose owner has left to whoever is on duty for it now; False when nobody is. Raises NotAllowed, NotFound."""
    with change(by, "concerns.hand_over") as audit:
        concern: Concern = Concern.objects.for_change(by, Permission.ASSIGN, concern_id)
        where = queries.route(concern.service_area_id, london_date(now))
        duty = queries.first_owner(where, concern.category, london_date(now)) if where else None
        if where is None or duty is None or duty.person_id == concern.owner_id:
            return False
        _share_out(by, concern, where, now)
        _give(audit, by, concern, directory.person(duty.person_id), duty.because, now)
    return True


def escalate(*, by: Actor, concern_id: UUID, now: datetime) -> Concern | None:
    """Tell the owner's supervisor that a promise was broken, once for each promise.

    None when no promise is broken, or when nobody supervises.     Raises NotAllowed, NotFound.
    """
    with change(by, "concerns.escalate") as audit:
        concern: Concern = Concern.objects.for_change(by, Permission.ASSIGN, concern_id)
        if not queries.broken_promises(now).filter(pk=concern.pk).exists():
            return None
        duty = teams.supervisor_of(concern.service_area_id, london_date(now), other_than=concern.owner_id)
        if duty is None:
            return None
        supervisor = directory.person(duty.person_id)
        key = f"concern-overdue:{concern.pk}:{concern.due_at:%Y%m%d%H%M}"
        _notify(by, concern, supervisor, key, letters.about_broken_promise(concern), now)
        concern.escalated_at, concern.escalated_to = now, supervisor
        concern.store_change()
        audit.altered(concern)
        _note(concern, by, StepKind.ESCALATED, supervisor.name, now)
        events.publish(ConcernEscalated(concern.pk, supervisor.pk, now))
    return concern


def make_problem(
    *,
    by: Actor,
    concern_ids: Sequence[UUID],
    title_en: str,
    now: datetime,
    title_cy: str = "",
    about_en: str = "",
    about_cy: str = "",
    place_words: str = "",
    category: str = "",
    service_area_id: UUID | None = None,
) -> Problem:
    """Make a problem out of concerns (category and place are theirs), or out of none when area and category are named.

    Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "concerns.make_problem") as audit:
        concerns = _to_group(by, concern_ids)
        area_id = service_area_id or (concerns[0].service_area_id if concerns else None)
        if area_id is None:
            raise RuleBroken(_("Say which neighbourhood the problem is in, or choose a concern."))
        area = teams.service_area(area_id)
        partnership_id = teams.partnership_of(area)
        by.require(Permission.GROUP, partnership_id, area_id)
        about = category or (concerns[0].category if concerns else "")
        rules.check_problem(title=title_en, category=about, book=queries.book_of(area, london_date(now))).raise_if_any()
        spot = rules.shared_place(
            [(c.easting, c.northing) for c in concerns if c.easting is not None and c.northing is not None]
        )
        lead, _others = teams.lead_and_members(area_id, london_date(now))
        controller_id = by.organisation_id or lead
        if controller_id is None:
            raise RuleBroken(_("No organisation leads this area's team yet. Set up the team first."))
        problem: Problem = Problem.objects.create(
            partnership_id=partnership_id,
            service_area_id=area_id,
            controller_id=controller_id,
            activity=Problem.ACTIVITY,
            sensitivity=Sensitivity.OPEN,
            made_at=now,
            title_en=title_en.strip(),
            title_cy=title_cy.strip(),
            about_en=about_en.strip(),
            about_cy=about_cy.strip(),
            category=about,
            place_words=place_words.strip(),
            easting=spot[0] if spot else None,
            northing=spot[1] if spot else None,
        )
        audit.collected(problem)
        _put_in(audit, by, problem, concerns, now)
        events.publish(ProblemMade(problem.pk, partnership_id, area_id, now))
    return problem


def change_problem(
    *,
    by: Actor,
    problem_id: UUID,
    version: int,
    title_en: str,
    title_cy: str,
    about_en: str,
    about_cy: str,
    place_words: str,
    category: str,
    now: datetime,
) -> Problem:
    """Say anew what a problem is. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "concerns.change_problem") as audit:
        problem: Problem = Problem.objects.for_change(by, Permission.GROUP, problem_id, version)
        area = teams.service_area(problem.service_area_id)
        rules.check_problem(
            title=title_en, category=category, book=queries.book_of(area, london_date(now))
        ).raise_if_any()
        problem.title_en, problem.title_cy = title_en.strip(), title_cy.strip()
        problem.about_en, problem.about_cy = about_en.strip(), about_cy.strip()
        problem.place_words, problem.category = place_words.strip(), category
        problem.store_change()
        audit.altered(problem)
    return problem


def group_into_problem(*, by: Actor, problem_id: UUID, concern_ids: Sequence[UUID], now: datetime) -> Problem:
    """Put concerns into a problem; each stays its own person's. One that is in it already stays as it is.

    Raises NotAllowed, NotFound, RuleBroken (the problem is closed).
    """
    with change(by, "concerns.group_into_problem") as audit:
        problem: Problem = Problem.objects.for_change(by, Permission.GROUP, problem_id)
        if not problem.is_open:
            raise RuleBroken(_("The problem is closed. Open it again first, or make a new one."))
        _put_in(audit, by, problem, _to_group(by, concern_ids), now)
    return problem


def ungroup(*, by: Actor, problem_id: UUID, concern_id: UUID, reason: str, now: datetime) -> Problem:
    """Take a concern out of a problem it does not belong to. Raises NotAllowed, NotFound, RuleBroken (no reason given)."""
    with change(by, "concerns.ungroup") as audit:
        problem: Problem = Problem.objects.for_change(by, Permission.GROUP, problem_id)
        concern: Concern = Concern.objects.for_change(by, Permission.GROUP, concern_id)
        if not reason.strip():
            raise RuleBroken(_("Say why it does not belong to this problem."))
        link = problem.links.filter(concern=concern, removed_at__isnull=True).first()
        if link is None:
            raise NotFound(_("That concern is not part of this problem."))
        link.removed_at = now
        link.save(update_fields=["removed_at"])
        audit.combined(Concern.KIND, [concern.pk], reason=reason.strip())
        _note(concern, by, StepKind.UNGROUPED, f"{problem.title_en}: {reason.strip()}", now)
    return problem


def close_problem(*, by: Actor, problem_id: UUID, version: int, reason: str, now: datetime) -> Problem:
    """Close a problem when everybody behind it has been answered. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "concerns.close_problem") as audit:
        problem: Problem = Problem.objects.for_change(by, Permission.GROUP, problem_id, version)
        owed = queries.count_owed(problem.pk)
        rules.check_problem_closing(state=ProblemState(problem.state), owed=owed, reason=reason).raise_if_any()
        problem.state, problem.closed_at, problem.closed_because = str(ProblemState.CLOSED), now, reason.strip()
        problem.store_change()
        audit.altered(problem, reason=reason.strip())
    return problem


def reopen_problem(*, by: Actor, problem_id: UUID, version: int, now: datetime) -> Problem:
    """Open a closed problem again. Raises NotAllowed, NotFound, Conflict."""
    with change(by, "concerns.reopen_problem") as audit:
        problem: Problem = Problem.objects.for_change(by, Permission.GROUP, problem_id, version)
        problem.state, problem.closed_at, problem.closed_because = str(ProblemState.OPEN), None, ""
        problem.store_change()
        audit.altered(problem)
    return problem


def _take_in(
    by: Actor, draft: Draft, now: datetime, digest: str, code: str, photo: CleanPhoto | None, path: str
) -> Concern:
    with change(by, "concerns.raise_concern") as audit:
        where = _route(_area_of(draft), now)
        _require_raise(by, where)
        book = queries.book_of(teams.service_area(where.service_area_id), london_date(now))
        rules.check_draft(draft, book, london_date(now)).raise_if_any()
        concern = _write_down(draft, where, book, digest, code, now)
        audit.collected(concern)
        _write_contact(concern, draft.contact)
        _keep_photo(_first_report(concern, draft, now), photo, path, now)
        _share_out(by, concern, where, now)
        _note(concern, by, StepKind.RAISED, "", now)
        _notify_owner(by, concern, now)
        _warn_supervisor(by, concern, now)
        events.publish(
            ConcernRaised(
                concern.pk, concern.partnership_id, concern.service_area_id, concern.category, concern.needs_care, now
            )
        )
    return concern


def _require_raise(by: Actor, where: Route) -> None:
    """Raising is telling and shows nothing: whoever may raise somewhere in a partnership may raise anywhere in it."""
    if where.partnership_id not in {grant.partnership_id for grant in by.scopes(Permission.RAISE)}:
        by.require(Permission.RAISE, where.partnership_id, where.service_area_id)


def _write_down(draft: Draft, where: Route, book: LawBook, digest: str, code: str, now: datetime) -> Concern:
    owner, because = _owner(where, draft.category, now)
    concern = Concern(
        partnership_id=where.partnership_id,
        service_area_id=where.service_area_id,
        controller_id=where.controller_id,
        activity=Concern.ACTIVITY,
        sensitivity=Sensitivity.RESTRICTED,
        made_at=now,
        reference=_new_reference(),
        kind=str(draft.kind),
        category=draft.category,
        state=str(State.RECEIVED),
        place_words=draft.place_words.strip(),
        place_how=str(draft.place_how),
        easting=draft.easting,
        northing=draft.northing,
        door=str(draft.door),
        language=draft.language,
        needs_care=rules.needs_care([Flag(flag) for flag in draft.flags]),
        code_digest=digest_code(code),
        idempotency_digest=digest,
        raised_at=now,
        reply_due_at=clocks.due(book.clock("query_reply"), now),
        call_back_due_at=clocks.due(book.clock("call_back"), now) if draft.call_back else None,
        book_on=book.on,
        book_digest=book.digest,
    )
    concern.give_to(owner, because)
    concern.due_at = concern.next.due_at
    concern.save(force_insert=True)
    return concern


def _first_report(concern: Concern, draft: Draft, now: datetime) -> Report:
    return Report.objects.create(
        concern=concern,
        told_at=now,
        door=str(draft.door),
        what=draft.what.strip(),
        when_text=draft.when_text.strip(),
        started_on=draft.started_on,
        how_often=str(draft.how_often or ""),
        effect=draft.effect.strip(),
        effects=[str(each) for each in draft.effects],
        flags=[str(each) for each in draft.flags],
        language=draft.language,
    )


def _write_contact(concern: Concern, contact: ContactDraft) -> None:
    if contact == ContactDraft():
        return
    Contact.objects.create(
        concern=concern,
        channel=str(contact.channel),
        name=contact.name.strip(),
        email=contact.email.strip(),
        telephone=contact.telephone.strip(),
        safe_times=contact.safe_times.strip(),
        discreet=contact.discreet,
    )


def _keep_photo(report: Report, photo: CleanPhoto | None, path: str, now: datetime) -> None:
    if photo is None:
        return
    Photo.objects.create(
        report=report,
        path=path,
        width=photo.width,
        height=photo.height,
        size=len(photo.content),
        sha256=photo.sha256,
        added_at=now,
    )


def _area_of(draft: Draft) -> UUID:
    """The neighbourhood that was chosen, or in which the point lies; the partnership's own queue when neither is known."""
    if draft.service_area_id is not None:
        return draft.service_area_id
    if draft.easting is not None and draft.northing is not None and draft.place_how is not PlaceHow.UNSURE:
        found = places.neighbourhood_at(draft.easting, draft.northing)
        if found is not None and found.partnership_id == draft.partnership_id:
            return found.pk
    return draft.partnership_id


def _route(service_area_id: UUID, now: datetime) -> Route:
    where = queries.route(service_area_id, london_date(now))
    if where is None:
        raise RuleBroken(_("No team is set up for this area yet, so nobody would answer. Ring 101 if it cannot wait."))
    return where


def _owner(where: Route, category: str, now: datetime) -> tuple[Person, Because]:
    duty = queries.first_owner(where, category, london_date(now))
    if duty is None:
        raise RuleBroken(_("Nobody is on duty for this area, so nobody would answer. Ring 101 if it cannot wait."))
    return directory.person(duty.person_id), duty.because


def _give(
    audit: Trail, by: Actor, concern: Concern, person: Person, because: Because, now: datetime, note: str = ""
) -> None:
    concern.give_to(person, because)
    concern.store_change()
    audit.altered(concern)
    _note(concern, by, StepKind.ASSIGNED, f"{person.name}. {note.strip()}".strip(), now)
    _notify_owner(by, concern, now)


def _share_out(by: Actor, concern: Concern, where: Route, now: datetime) -> None:
    """Share a concern with exactly the organisations that its route names; shares it no longer names end."""
    purpose = str(Purpose.NEIGHBOURHOOD)
    kept = [
        share_record(
            by=by, record=concern, to_organisation_id=reader.organisation_id, purpose=purpose, level=Level.FULL, now=now
        ).pk
        for reader in where.readers
    ]
    ended = Share.objects.live(now).filter(subject_kind=Concern.KIND, subject_id=concern.pk, purpose=purpose)
    ended.exclude(pk__in=kept).update(withdrawn_at=now)


def _opened_by(by: Actor, code: str) -> Concern:
    """The concern that a code opens, locked for a change."""
    found = queries.get_by_code(by, code)
    return Concern.objects.select_for_update().get(pk=found.pk)


def _another_report(concern: Concern, text: str, when_text: str, now: datetime, digest: str) -> Report:
    return Report.objects.create(
        concern=concern,
        told_at=now,
        door=str(Door.WEB),
        what=text.strip(),
        when_text=when_text.strip(),
        language=concern.language,
        idempotency_digest=digest,
    )


def _added_before(concern: Concern, digest: str) -> bool:
    return (
        concern.reports.filter(idempotency_digest=digest).exists()
        or concern.exchanges.filter(idempotency_digest=digest).exists()
    )


def _take_down(concern: Concern, text: str, now: datetime, digest: str | None = None) -> None:
    Exchange.objects.create(
        concern=concern,
        direction=Direction.IN,
        kind=str(ReplyKind.ADDED),
        text=text.strip(),
        language=concern.language,
        at=now,
        delivery=Delivery.NONE,
        idempotency_digest=digest,
    )


def _hear(audit: Trail, by: Actor, concern: Concern, now: datetime) -> None:
    """The person has spoken: the clock of a reply starts anew, and what was answered is owed again."""
    was = State(concern.state)
    concern.hear(clocks.due(_book(concern).clock("query_reply"), now))
    concern.store_change()
    audit.altered(concern)
    if concern.state != was:
        _note(concern, by, StepKind.STATE, "", now)
        events.publish(ConcernReopened(concern.pk, now))


def _say_to_person(
    by: Actor,
    concern: Concern,
    kind: ReplyKind,
    text: str,
    language: str,
    now: datetime,
    *,
    news_on: date | None = None,
    outcome: Outcome | None = None,
    digest: str | None = None,
) -> Exchange:
    contact = Contact.objects.filter(concern=concern).first()
    exchange = Exchange.objects.create(
        concern=concern,
        direction=Direction.OUT,
        kind=str(kind),
        text=text.strip(),
        language=language,
        at=now,
        by_name=by.name,
        by_person_id=by.person_id,
        by_organisation_id=by.organisation_id,
        news_on=news_on,
        outcome=str(outcome or ""),
        delivery=_delivery(kind, contact),
        idempotency_digest=digest,
    )
    if contact and exchange.delivery == Delivery.MESSAGE:
        letter = letters.to_person(concern, contact, exchange)
        queue_message(
            by=by,
            key=f"concern-exchange:{exchange.pk}",
            channel=contact.channel,
            address=contact.email if contact.channel == ContactBy.EMAIL else contact.telephone,
            subject=letter.subject,
            body=letter.body,
            language=concern.language,
            partnership_id=concern.partnership_id,
            about_kind=Concern.KIND,
            about_id=concern.pk,
            now=now,
        )
    return exchange


def _delivery(kind: ReplyKind, contact: Contact | None) -> Delivery:
    if kind is ReplyKind.CALLED:
        return Delivery.TELEPHONE
    if contact is None or contact.channel == ContactBy.CODE:
        return Delivery.CODE
    return Delivery.TELEPHONE if contact.channel == ContactBy.TELEPHONE else Delivery.MESSAGE


def _notify_owner(by: Actor, concern: Concern, now: datetime) -> None:
    key = f"concern-owner:{concern.pk}:{concern.owner_id}:{concern.version}"
    _notify(by, concern, concern.owner, key, letters.to_owner(concern), now)


def _warn_supervisor(by: Actor, concern: Concern, now: datetime) -> None:
    """Somebody at risk is nobody's routine: a supervisor is told at once, however small the matter looks (anchors 2.5)."""
    if not concern.needs_care:
        return
    duty = teams.supervisor_of(concern.service_area_id, london_date(now), other_than=concern.owner_id)
    if duty:
        supervisor = directory.person(duty.person_id)
        _notify(by, concern, supervisor, f"concern-care:{concern.pk}", letters.about_care(concern), now)


def _notify(by: Actor, concern: Concern, person: Person, key: str, letter: letters.Letter, now: datetime) -> None:
    if not person.email:
        return
    queue_message(
        by=by,
        key=key,
        channel="email",
        address=person.email,
        subject=letter.subject,
        body=letter.body,
        language="en",
        partnership_id=concern.partnership_id,
        about_kind=Concern.KIND,
        about_id=concern.pk,
        now=now,
    )


def _to_group(by: Actor, concern_ids: Sequence[UUID]) -> list[Concern]:
    """Concerns locked for grouping, once each and as named; locked by id, so that two people never wait on each other."""
    locked = {each: Concern.objects.for_change(by, Permission.GROUP, each) for each in sorted(set(concern_ids))}
    return [locked[each] for each in dict.fromkeys(concern_ids)]


def _put_in(audit: Trail, by: Actor, problem: Problem, concerns: Iterable[Concern], now: datetime) -> None:
    fresh = [each for each in concerns if not problem.links.filter(concern=each, removed_at__isnull=True).exists()]
    for concern in fresh:
        if concern.partnership_id != problem.partnership_id:
            raise RuleBroken(_("%(reference)s belongs to another partnership.", reference=concern.reference))
        ProblemConcern.objects.create(problem=problem, concern=concern, added_at=now, added_by=by.name)
        _note(concern, by, StepKind.GROUPED, problem.title_en, now)
    if fresh:
        audit.combined(Concern.KIND, [each.pk for each in fresh], reason=problem.title_en)


def _tell_all(by: Actor, permission: Permission, problem_id: UUID, tell: Callable[[Concern], None]) -> Told:
    """Tell everybody behind a problem who is owed an answer, in portions."""
    by.require(permission)
    problem = queries.get_problem(by, problem_id)
    mine = Concern.objects.visible_to(by, permission)
    owed = list(queries.list_owed(by, problem.pk).filter(pk__in=mine.values("pk")).values_list("pk", flat=True))
    before, told = queries.count_owed(problem.pk), 0
    for start in range(0, len(owed), PORTION):
        with change(by, "concerns.tell_all"):
            still_owed = Concern.objects.filter(pk__in=owed[start : start + PORTION], state__in=queries.OWED)
            for concern in still_owed.select_for_update().order_by("id"):
                tell(concern)
                told += 1
    return Told(told, before - told)


def _new_reference() -> str:
    while True:
        reference = rules.written_reference("".join(secrets.choice(CODE_LETTERS) for _place in range(6)))
        if not Concern.objects.filter(reference=reference).exists():
            return reference


def _note(concern: Concern, by: Actor, kind: StepKind, note: str, now: datetime) -> None:
    Step.objects.create(concern=concern, at=now, by_name=by.name, kind=kind, state=concern.state, note=note[:500])


def _book(concern: Concern) -> LawBook:
    """The book it was raised under: a promise is kept by the rules of the day it was given."""
    return queries.book_of(teams.service_area(concern.service_area_id), concern.book_on)


def _for_person(concern: Concern, text_en: str, text_cy: str) -> tuple[str, str]:
    return (text_cy, "cy") if concern.language == "cy" and text_cy.strip() else (text_en, "en")


def _made_before(digest: str) -> Concern | None:
    return Concern.objects.filter(idempotency_digest=digest).first()


def _digest_of_key(key: str) -> str:
    return keyed_digest("codes", f"raise:{key}".encode())


def _code_digest(key: str) -> str:
    return keyed_digest("codes", f"code:{key}".encode())
