"""Concerns and problems as pages show them: rows, clocks, facts and the story of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ourpatch.access.concerns import rules
from ourpatch.access.concerns.models import Concern, Direction, Exchange, Problem, Step, StepKind
from ourpatch.access.concerns.queries import SOON, Route
from ourpatch.access.concerns.rules import Owed, State
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.ground.clock import LONDON

COLOURS = {
    State.RECEIVED: "blue",
    State.IN_HAND: "teal",
    State.ANSWERED: "green",
    State.REOPENED: "orange",
    State.CLOSED: "grey",
    State.WITHDRAWN: "grey",
}


AUDIT_LABELS = {
    "collection": gettext_lazy("Taken in"),
    "alteration": gettext_lazy("Changed"),
    "consultation": gettext_lazy("Looked at"),
    "disclosure": gettext_lazy("Shared"),
    "combination": gettext_lazy("Put together with others"),
    "erasure": gettext_lazy("Erased"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the story: words exchanged, or a step."""

    at: datetime
    title: str
    by: str
    text: str
    is_from_person: bool
    foot: str


def clock(concern: Concern, now: datetime) -> dict[str, Any]:
    """The parameters of the clock component for the next word owed."""
    owed = concern.next
    if owed.due_at is None:
        return {"promise": str(owed.what), "state": "met" if owed.owed is Owed.NOTHING else "paused"}
    late = owed.due_at < now
    state = "overdue" if late else "soon" if owed.due_at - now <= SOON else "running"
    return {
        "promise": str(owed.what),
        "state": state,
        "due": owed.due_at,
        "whole_day": owed.owed is Owed.NEWS,
        "text": late_by(now - owed.due_at) if late else left(owed.due_at - now),
    }


def left(span: timedelta) -> str:
    """`5 hours left`, `3 days left`."""
    hours, days = _hours(span), span.days
    if span >= timedelta(days=2):
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}
    return ngettext("%(n)s hour left", "%(n)s hours left", hours) % {"n": hours}


def late_by(span: timedelta) -> str:
    """`5 hours late`, `3 days late`."""
    hours, days = _hours(span), span.days
    if span >= timedelta(days=2):
        return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}
    return ngettext("%(n)s hour late", "%(n)s hours late", hours) % {"n": hours}


def rows(concerns: Iterable[Concern], areas: Mapping[UUID, str], now: datetime) -> list[list[Any]]:
    """Concerns as rows of a table: reference, what is owed next, subject, place, state, owner."""
    return [
        [
            {"text": concern.reference, "href": reverse("concerns:concern", args=[concern.pk])},
            _owed(concern, now),
            concern.category_label,
            ", ".join(filter(None, [concern.place_words, place(concern, areas)])),
            {"tag": {"text": concern.get_state_display(), "colour": COLOURS[State(concern.state)]}},
            concern.owner.name,
        ]
        for concern in concerns
    ]


def head() -> list[str]:
    """The names of those columns."""
    return [_("Reference"), _("Owed next"), _("About"), _("Where"), _("State"), _("Looked after by")]


def problem_rows(problems: Iterable[Any], areas: Mapping[UUID, str]) -> list[list[Any]]:
    """Problems as rows of a table: name, subject, place, people behind it, people still owed an answer."""
    return [
        [
            {"text": problem.title, "href": reverse("concerns:problem", args=[problem.pk])},
            problem.category_label,
            ", ".join(filter(None, [problem.place_words, areas.get(problem.service_area_id, "")])),
            problem.people,
            problem.owed,
        ]
        for problem in problems
    ]


def problem_head() -> list[Any]:
    """The names of those columns."""
    return [
        _("Problem"),
        _("About"),
        _("Where"),
        {"text": _("People who raised it"), "numeric": True},
        {"text": _("Still owed an answer"), "numeric": True},
    ]


def facts(concern: Concern, areas: Mapping[UUID, str], where: Route | None) -> list[dict[str, Any]]:
    """What is known of a concern, as a summary list."""
    stated = [
        (_("State"), concern.get_state_display()),
        (_("About"), concern.category_label),
        (_("Where"), concern.place_words or concern.get_place_how_display()),
        (_("Neighbourhood"), place(concern, areas)),
        (_("Came in by"), concern.get_door_display()),
        (_("Looked after by"), f"{concern.owner.name}, {_('because')} {concern.because}"),
        (_("Seen by"), ", ".join(where.names) if where else ""),
        (_("Answer wanted in"), _("Welsh") if concern.language == "cy" else _("English")),
        (_("What came of it"), concern.get_outcome_display() if concern.outcome else ""),
    ]
    return [{"key": name, "value": value} for name, value in stated if value]


def problem_facts(problem: Problem, areas: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """What is known of a problem, as a summary list."""
    stated = [
        (_("State"), problem.get_state_display()),
        (_("About"), problem.category_label),
        (_("Where"), problem.place_words),
        (_("Neighbourhood"), areas.get(problem.service_area_id, "")),
        (_("Closed because"), problem.closed_because),
    ]
    return [{"key": name, "value": value} for name, value in stated if value]


def story(exchanges: Iterable[Exchange], steps: Iterable[Step]) -> list[Moment]:
    """What was said and what happened, newest first."""
    told, before = [_said(each) for each in exchanges], State.RECEIVED
    for step in steps:
        told.append(_stepped(step, before))
        before = State(step.state)
    return sorted(told, key=lambda moment: moment.at, reverse=True)


def audit_rows(entries: Iterable[AuditEntry]) -> list[list[Any]]:
    """Audit rows as rows of a table: when, who, what, through which page or action."""
    return [
        [
            date_format(localtime(entry.at, LONDON), "j F Y, H:i"),
            entry.actor_name,
            AUDIT_LABELS.get(entry.kind, entry.kind),
            entry.operation,
        ]
        for entry in entries
    ]


def place(concern: Concern, areas: Mapping[UUID, str]) -> str:
    """The neighbourhood, or that it has none yet."""
    return _("Not placed yet") if concern.is_unplaced else areas.get(concern.service_area_id, "")


def _owed(concern: Concern, now: datetime) -> Any:
    shown = clock(concern, now)
    text = f"{shown['promise']}, {shown['text']}" if shown.get("text") else shown["promise"]
    return {"tag": {"text": text, "colour": "red"}} if shown["state"] == "overdue" else text


def _said(exchange: Exchange) -> Moment:
    outgoing = exchange.direction == Direction.OUT
    return Moment(
        at=exchange.at,
        title=exchange.get_kind_display(),
        by=exchange.by_name if outgoing else _("The person"),
        text=exchange.text,
        is_from_person=not outgoing,
        foot=_reached(exchange) if outgoing else "",
    )


def _reached(exchange: Exchange) -> str:
    outcome = exchange.get_outcome_display() if exchange.outcome else ""
    reached = _("Read by the person") if exchange.read_at else exchange.get_delivery_display()
    return ". ".join(filter(None, (outcome, reached)))


def _stepped(step: Step, before: State) -> Moment:
    if step.kind == StepKind.STATE:
        why = rules.TRANSITIONS.get((before, State(step.state)), "")
        return Moment(step.at, step.get_state_display(), step.by_name, step.note or str(why), False, "")
    return Moment(step.at, str(StepKind(step.kind).label), step.by_name, step.note, False, "")


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
