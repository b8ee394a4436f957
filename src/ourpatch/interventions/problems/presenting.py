"""A plan as its page tells it: parts, actions, story, and what comes next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ourpatch.access.concerns import queries as concerns
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks.models import STATE_LABELS as TASK_LABELS
from ourpatch.ground.tasks.models import Task
from ourpatch.ground.tasks.permissions import Permission as TaskPermission
from ourpatch.ground.tasks.rules import State as TaskState
from ourpatch.interventions.problems import forms, queries, rules
from ourpatch.interventions.problems.models import OUTCOME_LABELS, STAGE_LABELS, EntryKind, Plan, PlanAction, PlanEntry
from ourpatch.interventions.problems.permissions import Permission
from ourpatch.interventions.problems.rules import ONWARD, TRANSITIONS, Outcome, Stage

STAGE_COLOURS = {
    Stage.SCANNING: "blue",
    Stage.ANALYSIS: "blue",
    Stage.RESPONSE: "teal",
    Stage.ASSESSMENT: "purple",
    Stage.CLOSED: "grey",
}
TASK_COLOURS = {
    TaskState.OFFERED: "blue",
    TaskState.ACCEPTED: "teal",
    TaskState.DONE: "green",
    TaskState.RETURNED: "orange",
    TaskState.WITHDRAWN: "grey",
}


def row(plan: Plan, today: date) -> list[Any]:
    """One plan in a list."""
    late = plan.review_due_on is not None and plan.review_due_on < today
    review = _("Overdue since %(day)s") % {"day": day(plan.review_due_on)}
    return [
        {"text": plan.shown_title, "href": reverse("problems:plan", args=[plan.pk])},
        plan.neighbourhood.shown_name,
        {"tag": {"text": plan.get_stage_display(), "colour": STAGE_COLOURS[Stage(plan.stage)]}},
        f"{plan.owner.name}, {plan.owner.organisation.name}",
        {"tag": {"text": review, "colour": "red"}} if late else day(plan.review_due_on),
    ]


def facts(plan: Plan) -> list[dict[str, Any]]:
    """Who, where, for what, until when."""
    rows: list[dict[str, Any]] = [
        {"key": _("Neighbourhood"), "value": plan.neighbourhood.shown_name},
        {"key": _("Owner"), "value": f"{plan.owner.name}, {plan.owner.title}, {plan.owner.organisation.name}"},
        {"key": _("Why this owner"), "value": plan.owner_because},
    ]
    if plan.priority:
        address = reverse("priorities:priority", args=[plan.priority_id])
        rows.append({"key": _("Priority"), "value": plan.priority.shown_title, "href": address, "action": _("Open")})
    rows += stated(
        (_("Problem"), plan.problem.title if plan.problem else ""),
        (_("Why without a forum's choice"), plan.reason_without_priority),
        (_("Strategic priority"), plan.strategic_priority.title if plan.strategic_priority else ""),
        (_("Taking part"), "\n".join(_partner(each) for each in plan.partners.select_related("organisation"))),
        (_("Last reviewed on"), day(plan.last_reviewed_on)),
        (_("Review due by"), day(plan.review_due_on)),
        (_("Closed on"), day(plan.closed_on)),
        (_("Why it was closed"), plan.closing_reason),
    )
    return rows


def parts(plan: Plan) -> list[dict[str, Any]]:
    """Every part with what is written in it, under the names its form uses."""
    named = headings()
    return [
        {
            "heading": named[name],
            "rows": written(plan, form),
            "href": reverse("problems:write", args=[plan.pk, name]),
        }
        for name, form in forms.PARTS.items()
    ]


def headings() -> dict[str, str]:
    """The parts of a plan by the name in their address."""
    return {
        "scanning": _("Scanning: what is happening"),
        "analysis": _("Analysis: why it happens"),
        "objective": _("What is to be reached"),
        "response": _("Response: what is done"),
        "assessment": _("Assessment: what came of it"),
    }


def written(plan: Plan, form: type[forms.PartForm]) -> list[dict[str, Any]]:
    """What a plan says in one part."""
    names = [name for name in form.base_fields if name != "version"]
    return stated(*((str(form.base_fields[name].label), _value(plan, name)) for name in names))


def stages(plan: Plan) -> list[dict[str, Any]]:
    """The steps of the plan for the progress component."""
    order = list(Stage)
    here = order.index(Stage(plan.stage))
    return [
        {"name": STAGE_LABELS[stage], "state": "done" if place < here else "current" if place == here else "later"}
        for place, stage in enumerate(order)
    ]


def gate(plan: Plan) -> dict[str, Any]:
    """What is still missing before the plan can go on, and where it could go."""
    found = queries.facts_of(plan)
    stage = Stage(plan.stage)
    return {
        "missing": [str(message) for _name, message in rules.check_onward(found)] if stage in ONWARD else [],
        "onward": STAGE_LABELS[ONWARD[stage]] if stage in ONWARD else "",
        "back": backward(stage),
        "owed": queries.count_owed(plan),
    }


def backward(stage: Stage) -> list[Stage]:
    """The stages a plan may go back to."""
    return [to for was, to in TRANSITIONS if was == stage and to not in (ONWARD.get(stage), Stage.CLOSED)]


def action_rows(by: Actor, plan: Plan, today: date) -> list[list[Any]]:
    """The actions; the task's own page is linked where the reader may see it."""
    found = queries.list_actions(plan)
    visible = set(
        Task.objects.visible_to(by, TaskPermission.VIEW).filter(subject_id=plan.pk).values_list("pk", flat=True)
    )
    named = dict(kinds(plan))
    return [_action_row(each, named, each.task_id in visible, today) for each in found]


def story(entries: list[PlanEntry]) -> list[dict[str, Any]]:
    """The plan's story, each line in words."""
    return [
        {
            "at": each.at,
            "by": each.by_name,
            "what": _what(each),
            "text": "" if each.kind == EntryKind.TASK else each.text,
        }
        for each in entries
    ]


def may(by: Actor, plan: Plan) -> dict[str, bool]:
    """What this actor may do with the plan as it stands."""
    place = (plan.partnership_id, plan.service_area_id)
    works = plan.is_open and by.holds(Permission.WORK, *place)
    return {
        "write": works,
        "grow": works and plan.form == rules.Form.LIGHT,
        "act": works and by.holds(TaskPermission.GIVE, *place),
        "review": plan.is_open and by.holds(Permission.REVIEW, *place),
        "close": plan.is_open and by.holds(Permission.CLOSE, *place),
        "see_notes": by.holds(Permission.VIEW_NOTES, *place),
        "write_notes": by.holds(Permission.WRITE_NOTES, *place),
    }


def stated(*given: tuple[str, str]) -> list[dict[str, Any]]:
    """Only what is known is shown."""
    return [{"key": key, "value": value} for key, value in given if value]


def day(value: Any) -> str:
    """A day as people write it; nothing for nothing."""
    return date_format(value, "j F Y") if value else ""


def kinds(plan: Plan) -> list[tuple[str, str]]:
    """The kinds of action, in the reader's language."""
    book = concerns.book_of(plan.neighbourhood, london_date(plan.made_at))
    return book.codes("action_kinds").choices((get_language() or "en")[:2])


def _value(plan: Plan, name: str) -> str:
    if name == "outcome":
        return str(OUTCOME_LABELS[Outcome(plan.outcome)]) if plan.outcome else ""
    value = getattr(plan, name)
    return value if isinstance(value, str) else day(value)


def _partner(partner: Any) -> str:
    return f"{partner.name}: {partner.part}" if partner.part else partner.name


def _action_row(action: PlanAction, named: dict[str, str], is_visible: bool, today: date) -> list[Any]:
    task = action.task
    title = {"text": task.title, "href": reverse("tasks:task", args=[task.pk])} if is_visible else task.title
    late = task.is_open and task.due < today
    return [
        title,
        named.get(action.kind, action.kind),
        f"{action.get_doer_display()}: {action.organisation.name}",
        day(task.due),
        {"tag": {"text": _("Overdue"), "colour": "red"}}
        if late
        else {"tag": {"text": task.get_state_display(), "colour": TASK_COLOURS[TaskState(task.state)]}},
    ]


def _what(entry: PlanEntry) -> str:
    told = str(EntryKind(entry.kind).label)
    if entry.kind == EntryKind.TASK:
        return f"{told}: {entry.text}. {TASK_LABELS[TaskState(entry.code)]}"
    if entry.kind == EntryKind.STAGE:
        return f"{told}: {STAGE_LABELS[Stage(entry.code)]}"
    if entry.kind == EntryKind.WRITTEN:
        return f"{told}: {headings().get(entry.code, '')}"
    if entry.kind == EntryKind.CLOSED and entry.code:
        return f"{told}: {OUTCOME_LABELS[Outcome(entry.code)]}"
    return told
