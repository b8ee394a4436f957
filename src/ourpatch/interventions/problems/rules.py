"""What a problem-solving plan needs at each stage, who may own it, and when it may be closed.

SARA (scanning, analysis, response, assessment) with the triangle of victim, offender and location. A light form serves a small
problem and grows into the full one. Sources: guide-2 C36, C37 and F15; guide-1 C29; partnership-practice P (a light form).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

TITLE_LONGEST = 120


class Form(StrEnum):
    """How much is written down: little for a small problem, everything for a large or unusual one."""

    LIGHT = "light"
    FULL = "full"


class Stage(StrEnum):
    """Where a plan stands."""

    SCANNING = "scanning"
    ANALYSIS = "analysis"
    RESPONSE = "response"
    ASSESSMENT = "assessment"
    CLOSED = "closed"


# Every step there is, and what makes it. Problem solving goes back when the evidence says so.
TRANSITIONS: Mapping[tuple[Stage, Stage], Message] = {
    (Stage.SCANNING, Stage.ANALYSIS): _("What is happening has been described."),
    (Stage.ANALYSIS, Stage.RESPONSE): _("The cause has been looked for."),
    (Stage.RESPONSE, Stage.ASSESSMENT): _("The actions have been carried out."),
    (Stage.ANALYSIS, Stage.SCANNING): _("It turned out to be another problem."),
    (Stage.RESPONSE, Stage.ANALYSIS): _("The cause turned out to be another one."),
    (Stage.ASSESSMENT, Stage.ANALYSIS): _("It has not worked, and the cause is looked for again."),
    (Stage.ASSESSMENT, Stage.RESPONSE): _("More is to be done."),
    (Stage.ASSESSMENT, Stage.CLOSED): _("Everybody who raised it has been answered, or the forum decided so."),
    (Stage.SCANNING, Stage.CLOSED): _("The forum decided to stop."),
    (Stage.ANALYSIS, Stage.CLOSED): _("The forum decided to stop."),
    (Stage.RESPONSE, Stage.CLOSED): _("The forum decided to stop."),
}
ONWARD: Mapping[Stage, Stage] = {
    Stage.SCANNING: Stage.ANALYSIS,
    Stage.ANALYSIS: Stage.RESPONSE,
    Stage.RESPONSE: Stage.ASSESSMENT,
}


class Doer(StrEnum):
    """Who carries an action out (guide-1 C29: four kinds of action by three kinds of doer)."""

    POLICE = "police"
    PARTNER = "partner"
    COMMUNITY = "community"


class Outcome(StrEnum):
    """What came of a plan, in words that claim no more than is known. A failure is a result."""

    BETTER_SHOWN = "better_shown"
    BETTER_SAID = "better_said"
    NOT_SHOWN = "not_shown"
    WORSE = "worse"
    NOT_CARRIED_OUT = "not_carried_out"


@dataclass(frozen=True, slots=True)
class Scanning:
    """What is happening, and what those who raised it hope for (guide-2 C36)."""

    happening: str = ""
    hopes: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Why it happens: the cause, the triangle, and what would follow if the explanation is right."""

    cause: str = ""
    victim: str = ""
    offender: str = ""
    location: str = ""
    hypothesis: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """What is to be different, how it is known, how much, and by when."""

    objective: str = ""
    measure: str = ""
    target: str = ""
    by_when: date | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The approach that the actions serve, its risks, and what it may do to the community (guide-2 F15)."""

    approach: str = ""
    risk: str = ""
    community_impact: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What happened, what came of it, and what others may learn (guide-2 C37)."""

    happened: str = ""
    outcome: str = ""
    learning: str = ""


Part = Scanning | Analysis | Objective | Response | Assessment


@dataclass(frozen=True, slots=True)
class Facts:
    """A plan as the rules read it: `filled` are the names of what is written down ("actions" when it has any)."""

    form: Form
    stage: Stage
    filled: frozenset[str]
    open_tasks: int = 0


NEEDS: Mapping[str, Message] = {
    "happening": _("Say what is happening, where, when and to whom."),
    "hopes": _("Say what those who raised it hope for."),
    "cause": _("Say what you think causes it."),
    "victim": _("Say who is affected, and why they are."),
    "offender": _("Say what is known of those who do it, without naming anybody."),
    "location": _("Say what it is about the place."),
    "hypothesis": _("Say what should change if your explanation is right."),
    "objective": _("Say what will be different when the work is done."),
    "measure": _("Say how everybody will know: what is counted or asked."),
    "target": _("Give the target, for example: half as many reports."),
    "by_when": _("Give the date by which it should be reached."),
    "approach": _("Say what you will do and why it should work."),
    "actions": _("Add at least one action, with who does it and by when."),
    "risk": _("Say what could go wrong and what you do about it."),
    "community_impact": _("Say how this may affect people who live there."),
    "happened": _("Say what happened."),
    "outcome": _("Choose what came of it."),
    "learning": _("Say what another team should know before trying the same."),
}

# What a form asks for besides, and says when it is not there.
ASKS: Mapping[str, Message] = {
    "title": _("Give the plan a short title."),
    "reason_without_priority": _("No forum has chosen this. Say why a plan is made all the same."),
    "owner_id": _("Choose the one person who will own the plan."),
    "owner_because": _("Say why this person is best placed to own the plan."),
    "back": _("Say why the plan goes back."),
    "to": _("Choose the stage it goes back to."),
    "task": _("Say what is to be done."),
    "kind": _("Choose what kind of action it is."),
    "doer": _("Choose who carries it out."),
    "organisation_id": _("Choose the organisation that answers for it."),
    "due": _("Give the date by which it is to be done."),
    "review": _("Say what the review found."),
    "next_on": _("Give the date of the next review."),
    "text": _("Write the note."),
    "close": _("Say why the plan is closed."),
}

# What must be written down before a plan leaves a stage.
GATES: Mapping[Form, Mapping[Stage, tuple[str, ...]]] = {
    Form.LIGHT: {
        Stage.SCANNING: ("happening",),
        Stage.ANALYSIS: ("cause", "objective", "by_when"),
        Stage.RESPONSE: ("actions",),
        Stage.ASSESSMENT: ("happened", "outcome"),
    },
    Form.FULL: {
        Stage.SCANNING: ("happening", "hopes"),
        Stage.ANALYSIS: (
            *("cause", "victim", "offender", "location", "hypothesis"),
            *("objective", "measure", "target", "by_when"),
        ),
        Stage.RESPONSE: ("approach", "actions", "risk", "community_impact"),
        Stage.ASSESSMENT: ("happened", "outcome", "learning"),
    },
}


def names_of(part: Part) -> tuple[str, ...]:
    """The names of what a part holds."""
    return tuple(each.name for each in fields(part))


def missing(facts: Facts) -> tuple[str, ...]:
    """What is still to be written before the plan may leave its stage, in the order of the form."""
    return tuple(name for name in GATES[facts.form].get(facts.stage, ()) if name not in facts.filled)


def check_new(*, title: str, has_priority: bool, has_problem: bool, reason: str) -> Problems:
    """A plan serves a priority; without one it says why it cannot wait for the forum (guide-2 C36: one plan per priority)."""
    return Problems.collect(
        [
            *_check_title(title),
            None if has_priority or has_problem else ("", _("Begin a plan from a priority or from a problem.")),
            ("reason_without_priority", ASKS["reason_without_priority"])
            if not has_priority and not reason.strip()
            else None,
        ]
    )


def check_owner(*, is_member: bool, in_post: bool, because: str) -> Problems:
    """One owner, of a member organisation, whose own work fits the objective best (guide-2 C36)."""
    return Problems.collect(
        [
            None if is_member else ("owner_id", _("Choose somebody from an organisation of the partnership.")),
            None if in_post else ("owner_id", _("This person has left their post. Choose somebody who is in post.")),
            None if because.strip() else ("owner_because", ASKS["owner_because"]),
        ]
    )


def check_part(part: Part) -> Problems:
    """What a part may hold: it may be unfinished, and an outcome is one of those there are."""
    if isinstance(part, Assessment) and part.outcome and part.outcome not in list(Outcome):
        return Problems.collect([("outcome", NEEDS["outcome"])])
    return Problems()


def check_onward(facts: Facts) -> Problems:
    """A plan leaves a stage when what that stage needs is written down, and no task is open when it comes to be assessed."""
    return Problems.collect(
        [
            None if facts.stage in ONWARD else ("", _("There is no further stage. Close the plan instead.")),
            *((name, NEEDS[name]) for name in missing(facts)),
            _open_tasks(facts) if facts.stage == Stage.RESPONSE else None,
        ]
    )


def check_back(was: Stage, to: Stage, reason: str) -> Problems:
    """Going back is one of the steps there are and says why."""
    allowed = (was, to) in TRANSITIONS and to not in (ONWARD.get(was), Stage.CLOSED)
    return Problems.collect(
        [
            None if allowed else ("", _("The plan cannot go back to that stage from where it is now.")),
            None if reason.strip() else ("reason", ASKS["back"]),
        ]
    )


def check_action(*, kind: str, kinds: Sequence[str], doer: str, stage: Stage) -> Problems:
    """An action is of one of the four kinds, and one of the three carries it out (guide-3 R24)."""
    return Problems.collect(
        [
            None if kind in kinds else ("kind", ASKS["kind"]),
            None if doer in list(Doer) else ("doer", ASKS["doer"]),
            ("", _("The plan is closed. No action can be added.")) if stage == Stage.CLOSED else None,
        ]
    )


def check_review(*, note: str, next_on: date | None, today: date, latest: date, stage: Stage) -> Problems:
    """A review says what was found and when the plan is looked at next, no later than the clock allows."""
    return Problems.collect(
        [
            ("", _("A closed plan is not reviewed.")) if stage == Stage.CLOSED else None,
            None if note.strip() else ("note", ASKS["review"]),
            None if next_on else ("next_on", ASKS["next_on"]),
            ("next_on", _("Give a date after today.")) if next_on and next_on <= today else None,
            ("next_on", _("Review the plan at least once a quarter.")) if next_on and next_on > latest else None,
        ]
    )


def check_note(text: str) -> Problems:
    """A note says something."""
    return Problems.collect([None if text.strip() else ("text", ASKS["text"])])


def check_partner(*, name: str) -> Problems:
    """A partner in a plan is an organisation or a named group."""
    return Problems.collect(
        [None if name.strip() else ("organisation_id", _("Choose an organisation or name a group."))]
    )


def check_closable(facts: Facts, *, owed: int, decided: bool, reason: str) -> Problems:
    """A plan closes when it was assessed and nobody is owed an answer, or by a recorded decision of the forum with reasons.

    A decision may stop a plan at any stage; what came of it is told all the same. Source: guide-2 C36, features V1.
    """
    told = GATES[Form.LIGHT][Stage.ASSESSMENT]
    return Problems.collect(
        [
            ("", _("The plan is already closed.")) if facts.stage == Stage.CLOSED else None,
            None if reason.strip() else ("reason", ASKS["close"]),
            *((name, NEEDS[name]) for name in _untold(facts, told)),
            None
            if decided or facts.stage in (Stage.ASSESSMENT, Stage.CLOSED)
            else ("", _("Assess the plan before you close it.")),
            None if decided else _owed(owed),
            _open_tasks(facts),
        ]
    )


def _untold(facts: Facts, told: Collection[str]) -> tuple[str, ...]:
    wanted = missing(facts) if facts.stage == Stage.ASSESSMENT else ()
    return tuple(dict.fromkeys([*(name for name in told if name not in facts.filled), *wanted]))


def _owed(owed: int) -> tuple[str, Message] | None:
    if owed == 0:
        return None
    if owed == 1:
        return "", _(
            "One person who raised this is still owed an answer. Answer them first, or record the forum's decision."
        )
    return (
        "",
        _(
            "%(owed)s people who raised this are still owed an answer. Answer them first, or record the forum's decision.",
            owed=owed,
        ),
    )


def _open_tasks(facts: Facts) -> tuple[str, Message] | None:
    if facts.open_tasks == 0:
        return None
    return "", _(
        "Some tasks of this plan are still open. They must be done or withdrawn first: %(open)s.", open=facts.open_tasks
    )


def _check_title(title: str) -> list[tuple[str, Message] | None]:
    return [
        None if title.strip() else ("title", ASKS["title"]),
        ("title", _("Shorten the title to %(most)s letters.", most=TITLE_LONGEST))
        if len(title) > TITLE_LONGEST
        else None,
    ]
