"""Priorities: proposed with the evidence of the day, made SMART, reviewed when the forum meets, and finished with."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.text import capfirst

from ourpatch.ground.clock import london_date
from ourpatch.influence.priorities import actions as priorities
from ourpatch.influence.priorities.models import Priority
from ourpatch.influence.priorities.rules import ReviewResult, Smart, State
from ourpatch.site.demo.county import life
from ourpatch.site.demo.stage import Stage

# The part of an objective that says how much: "by a fifth ...", "no more than three ...", "from 22 to 6 ...".
FIGURE = re.compile(
    r"(no more than|at least|by an? \w+|from [\w ]+ to \w+|half of|\w+ or fewer)\b[^,.;]*", re.IGNORECASE
)
LONGEST = 200
FINISHED = "The work is done, those who raised it have been told, and the forum has finished with it."


def set_up(stage: Stage) -> None:
    """Put every priority into the year."""
    for priority in stage.life.priorities:
        stage.timeline.at(priority.proposed_at + timedelta(minutes=5), _proposer(stage, priority))
        for note in priority.reviews:
            # The forum talks first; what it found is written down when the meeting is over.
            stage.timeline.at(note.at + timedelta(hours=3), _reviewer(stage, priority, note))
        if priority.closed_at and not _waits_for_the_forum(stage, priority):
            stage.timeline.at(priority.closed_at, _finisher(stage, priority))


def _waits_for_the_forum(stage: Stage, priority: life.Priority) -> bool:
    """A neighbourhood is not left without a priority between two meetings: its last one stays until the forum chooses anew."""
    others = (each for each in stage.life.priorities if each.neighbourhood == priority.neighbourhood)
    last_met = max(
        each.starts for each in stage.life.meetings if each.neighbourhood == priority.neighbourhood and each.held
    )
    still_there = [each for each in others if each.adopted_at and (each.closed_at is None or each.closed_at > last_met)]
    is_last = all(each.closed_at for each in still_there)
    newest = max(still_there, key=lambda each: (each.closed_at or each.proposed_at, each.key), default=None)
    return is_last and priority is newest


def _proposer(stage: Stage, priority: life.Priority) -> Callable[[datetime], None]:
    problem = next(each for each in stage.life.problems if each.key == priority.problem)

    def propose(now: datetime) -> None:
        by = stage.actor(priority.proposed_by)
        made = priorities.propose_priority(
            by=by,
            neighbourhood_id=stage.neighbourhoods[priority.neighbourhood].pk,
            title=priority.title_en,
            title_cy=priority.title_cy,
            statement=f"{problem.summary} {priority.evidence}".strip(),
            kind=priority.kind,
            problem_id=stage.problems[priority.problem],
            is_asb=problem.category.startswith("asb_"),
            raised_by="Residents and partners",
            now=now,
        )
        stage.priorities[priority.key] = made.pk
        priorities.make_smart(
            by=by,
            priority_id=made.pk,
            version=made.version,
            smart=Smart(
                exact_place=priority.place,
                days_and_times=priority.days_times,
                objective=priority.statement,
                measure=priority.measurable,
                target=_target(priority),
                by_when=priority.due,
            ),
            easting=problem.place.e,
            northing=problem.place.n,
            now=now,
        )

    return propose


def _target(priority: life.Priority) -> str:
    """The figure that the objective promises, in its own words; the whole objective where it gives none."""
    found = FIGURE.search(priority.statement)
    words = found[0] if found else priority.statement
    return capfirst(words if len(words) <= LONGEST else f"{words[: LONGEST - 2].rsplit(' ', 1)[0]} …")


def _reviewer(stage: Stage, priority: life.Priority, note: life.Note) -> Callable[[datetime], None]:
    def review(now: datetime) -> None:
        standing = Priority.objects.get(pk=stage.priorities[priority.key])
        if standing.state == State.ADOPTED:
            priorities.review_priority(
                by=stage.actor(note.person),
                priority_id=standing.pk,
                version=standing.version,
                result=ReviewResult.KEEP,
                note=note.words,
                on=london_date(now),
                now=now,
            )

    return review


def _finisher(stage: Stage, priority: life.Priority) -> Callable[[datetime], None]:
    def finish(now: datetime) -> None:
        standing = Priority.objects.get(pk=stage.priorities[priority.key])
        priorities.close_priority(
            by=stage.manager(priority.neighbourhood),
            priority_id=standing.pk,
            version=standing.version,
            reason=FINISHED,
            now=now,
        )

    return finish
