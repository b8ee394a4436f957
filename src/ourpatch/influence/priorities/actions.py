"""Proposing, choosing, reviewing and finishing with priorities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

from ourpatch.access.concerns import queries as concerns
from ourpatch.foundation import law
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings.models import Meeting
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock, events
from ourpatch.ground.audit.trail import Trail, change
from ourpatch.ground.errors import NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Sensitivity
from ourpatch.ground.words import say as _
from ourpatch.influence.priorities import queries, rules
from ourpatch.influence.priorities.events import PriorityAdopted, PriorityClosed
from ourpatch.influence.priorities.evidence import evidence_for
from ourpatch.influence.priorities.models import Ballot, Choice, Priority, Review
from ourpatch.influence.priorities.permissions import Permission
from ourpatch.influence.priorities.rules import ReviewResult, Smart, State

ACTIVITY = "priorities"
ONE_VOTE_EACH = frozenset({"show_of_hands", "ballot"})


def propose_priority(
    *,
    by: Actor,
    neighbourhood_id: UUID,
    title: str,
    statement: str,
    kind: str,
    now: datetime,
    problem_id: UUID | None = None,
    is_asb: bool = False,
    raised_by: str = "",
    title_cy: str = "",
    statement_cy: str = "",
) -> Priority:
    """Put a priority before the forum, with the evidence as it stands today beside it.

    Raises NotAllowed, NotFound (the neighbourhood or the problem), RuleBroken. Source: guide-1 C16, guide-2 C35.
    """
    neighbourhood = _neighbourhood(neighbourhood_id)
    problem = concerns.get_problem(by, problem_id) if problem_id else None
    today = clock.london_date(now)
    evidence = evidence_for(neighbourhood, problem, today)
    partnership_id = _partnership_of(neighbourhood)
    with change(by, "priorities.propose") as audit:
        by.require(Permission.PROPOSE, partnership_id, neighbourhood.pk)
        kinds = concerns.book_of(neighbourhood, today).codes("priority_kinds").codes
        rules.check_proposal(title=title, statement=statement, kind=kind, kinds=kinds).raise_if_any()
        rules.check_place(neighbourhood.pk, problem.service_area_id if problem else None, partnership_id).raise_if_any()
        priority = Priority.objects.create(
            partnership_id=partnership_id,
            controller_id=by.organisation_id or (problem.controller_id if problem else partnership_id),
            service_area_id=neighbourhood.pk,
            activity=ACTIVITY,
            sensitivity=Sensitivity.OPEN,
            neighbourhood=neighbourhood,
            problem=problem,
            title=title.strip(),
            title_cy=title_cy.strip(),
            statement=statement.strip(),
            statement_cy=statement_cy.strip(),
            kind=kind,
            is_asb=is_asb,
            raised_by=raised_by.strip(),
            evidence=evidence,
            made_at=now,
        )
        audit.collected(priority)
    return priority


def make_smart(
    *,
    by: Actor,
    priority_id: UUID,
    version: int,
    smart: Smart,
    now: datetime,
    easting: float | None = None,
    northing: float | None = None,
) -> Priority:
    """Say exactly where, when, what will change and how it will be known.

    Raises NotAllowed, NotFound, Conflict, RuleBroken.
    """
    with change(by, "priorities.make_smart") as audit:
        priority: Priority = Priority.objects.for_change(by, Permission.PROPOSE, priority_id, version)
        rules.check_smart(smart, is_asb=priority.is_asb, today=clock.london_date(now)).raise_if_any()
        priority.set_smart(smart)
        if easting is not None and northing is not None:
            priority.easting, priority.northing = easting, northing
        priority.store_change()
        audit.altered(priority)
    return priority


def adopt_priorities(
    *,
    by: Actor,
    meeting_id: UUID,
    candidates: Sequence[UUID],
    chosen: Sequence[UUID],
    method: str,
    present: int,
    now: datetime,
    votes: Mapping[UUID, int] | None = None,
    reason_for_more: str = "",
) -> Choice:
    """Record how a forum chose among the candidates at a meeting that was held.

    The chosen become current with a review date by the law book's clock; the others are marked as not chosen and may be
    proposed again. Raises NotAllowed, NotFound, RuleBroken. Source: features N5, guide-2 C35.
    """
    with change(by, "priorities.adopt") as audit:
        meeting = _meeting(meeting_id)
        area = meeting.forum.service_area
        by.require(Permission.CHOOSE, meeting.forum.partnership_id, area.pk)
        rules.check_ballot(candidates=candidates, chosen=chosen).raise_if_any()
        standing = _candidates(by, meeting, candidates)
        picked = [priority for priority in standing if priority.pk in set(chosen)]
        held_on = clock.london_date(meeting.starts_at)
        _check_choice(meeting, picked, method, present, votes or {}, reason_for_more, held_on)
        decision = meetings.record_decision(
            by=by,
            meeting_id=meeting.pk,
            text=str(_("Priorities chosen: %(titles)s", titles="; ".join(p.title for p in picked))),
            method=method,
            about_kind=Priority.KIND,
            about_id=picked[0].pk,
            now=now,
        )
        choice = Choice.objects.create(
            meeting=meeting,
            decision=decision,
            method=method,
            present=present,
            reason_for_more=reason_for_more.strip(),
            made_at=now,
        )
        for priority in standing:
            _settle(audit, choice, priority, priority in picked, (votes or {}).get(priority.pk), held_on)
    return choice


def propose_again(*, by: Actor, priority_id: UUID, version: int, now: datetime) -> Priority:
    """Put what was not chosen before a later meeting, with fresh evidence. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    standing: Priority = Priority.objects.get_visible(by, Permission.PROPOSE, priority_id)
    evidence = evidence_for(standing.neighbourhood, standing.problem, clock.london_date(now))
    with change(by, "priorities.propose_again") as audit:
        priority: Priority = Priority.objects.for_change(by, Permission.PROPOSE, priority_id, version)
        rules.check_step(State(priority.state), State.PROPOSED).raise_if_any()
        priority.state, priority.evidence = State.PROPOSED, evidence
        priority.store_change()
        audit.altered(priority)
    return priority


def review_priority(
    *, by: Actor, priority_id: UUID, version: int, result: str, note: str, now: datetime, on: date | None = None
) -> Review:
    """Record a review: keep, change, or finish with the priority; the next one falls due by the law book's clock.

    Raises NotAllowed, NotFound, Conflict, RuleBroken. Source: features N5 (at least quarterly), NPG performance framework.
    """
    with change(by, "priorities.review") as audit:
        priority: Priority = Priority.objects.for_change(by, Permission.REVIEW, priority_id, version)
        rules.check_review(result=result, note=note).raise_if_any()
        if priority.state != State.ADOPTED:
            raise RuleBroken(_("Only a current priority is reviewed."))
        day = on or clock.london_date(now)
        review = Review.objects.create(priority=priority, on=day, result=result, note=note.strip(), by_name=by.name)
        priority.last_reviewed_on, priority.review_due_on = day, _next_review(priority, day)
        if result == ReviewResult.CLOSE:
            _finish(priority, day, note)
        priority.store_change()
        audit.altered(priority, reason=note.strip())
    return review


def close_priority(*, by: Actor, priority_id: UUID, version: int, reason: str, now: datetime) -> Priority:
    """Finish with a current priority: the work is done, or the forum no longer wants it. Raises like review_priority."""
    review = review_priority(
        by=by, priority_id=priority_id, version=version, result=ReviewResult.CLOSE, note=reason, now=now
    )
    return review.priority


def _finish(priority: Priority, on: date, reason: str) -> None:
    rules.check_step(State(priority.state), State.CLOSED).raise_if_any()
    priority.close(on, reason)
    events.publish(PriorityClosed(priority.pk, priority.neighbourhood_id, on))


def _settle(audit: Trail, choice: Choice, priority: Priority, is_chosen: bool, votes: int | None, on: date) -> None:
    to = State.ADOPTED if is_chosen else State.NOT_CHOSEN
    rules.check_step(State(priority.state), to).raise_if_any()
    Ballot.objects.create(choice=choice, priority=priority, votes=votes, chosen=is_chosen)
    if is_chosen:
        priority.adopt(on, _next_review(priority, on))
        events.publish(PriorityAdopted(priority.pk, priority.neighbourhood_id, on))
    else:
        priority.state = State.NOT_CHOSEN
    priority.store_change()
    audit.altered(priority)


def _check_choice(
    meeting: Meeting,
    picked: Sequence[Priority],
    method: str,
    present: int,
    votes: Mapping[UUID, int],
    reason_for_more: str,
    on: date,
) -> None:
    book = concerns.book_of(meeting.forum.service_area, on)
    rules.check_choice(
        chosen=len(picked),
        would_be_current=_largest_number(picked),
        about=book.number("priorities_per_neighbourhood"),
        reason_for_more=reason_for_more,
        unready=[p.title for p in picked if not rules.is_smart(p.smart, is_asb=p.is_asb)],
        method=method,
        methods=book.codes("decision_methods").codes,
        votes={str(key): number for key, number in votes.items()},
        present=present,
        one_vote_each=method in ONE_VOTE_EACH,
    ).raise_if_any()


def _candidates(by: Actor, meeting: Meeting, ids: Sequence[UUID]) -> list[Priority]:
    rows = Priority.objects.visible_to(by, Permission.CHOOSE).filter(pk__in=ids)
    locked = rows.filter(queries.covered_by(meeting.forum.service_area)).select_for_update(of=("self",))
    covered = list(locked.select_related("neighbourhood").order_by("pk"))
    if len(covered) != len(set(ids)):
        raise RuleBroken(_("Choose among the priorities proposed for the area that this forum covers."))
    return covered


def _neighbourhood(neighbourhood_id: UUID) -> ServiceArea:
    found = ServiceArea.objects.filter(pk=neighbourhood_id, kind="neighbourhood").first()
    if found is None:
        raise NotFound(_("There is no such neighbourhood."))
    return found


def _meeting(meeting_id: UUID) -> Meeting:
    found = Meeting.objects.select_related("forum__service_area").filter(pk=meeting_id).first()
    if found is None:
        raise NotFound(_("There is no such meeting."))
    return found


def _next_review(priority: Priority, on: date) -> date:
    return law.clocks.due_on(
        concerns.book_of(priority.neighbourhood, on).clock("priority_review"),
        datetime.combine(on, time(12), clock.LONDON),
    )


def _largest_number(picked: Sequence[Priority]) -> int:
    """The most current priorities that any neighbourhood would have after this choice."""
    chosen = Counter(priority.neighbourhood_id for priority in picked)
    current = Counter(
        Priority.objects.filter(neighbourhood__in=chosen, state=State.ADOPTED).values_list(
            "neighbourhood_id", flat=True
        )
    )
    return max((chosen + current).values(), default=0)


def _partnership_of(neighbourhood: ServiceArea) -> UUID:
    assert neighbourhood.partnership_id is not None, "the database holds that a neighbourhood lies in a partnership"
    return neighbourhood.partnership_id
