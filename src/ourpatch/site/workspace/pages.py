"""My day: what waits for this person, soonest first, three clicks from any job."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.models import Concern
from ourpatch.data.duties import queries as duties
from ourpatch.data.duties import tables as duty_tables
from ourpatch.data.exchange import queries as exchange
from ourpatch.foundation.accounts.permissions import Permission as Accounts
from ourpatch.foundation.meetings import queries as meetings
from ourpatch.foundation.messaging.permissions import Permission as Messaging
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import seen
from ourpatch.ground.doors import signed_in
from ourpatch.ground.pages import page
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks import queries as tasks
from ourpatch.ground.tasks.models import Task
from ourpatch.influence.priorities import queries as priorities
from ourpatch.interventions.problems import queries as plans

SHOWN = 8
MEETINGS_AHEAD = timedelta(days=21)


@signed_in
def my_day(request: HttpRequest) -> HttpResponse:
    """Concerns with their clocks, tasks, reviews and meetings of the person who is signed in."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    now = request.now  # type: ignore[attr-defined]
    today = clock.london_date(now)
    mine = list(concerns.list_concerns(by, concerns.Wanted(owner_id=by.person_id), now)[:SHOWN])
    others = [] if mine else list(concerns.list_concerns(by, concerns.Wanted(), now)[:SHOWN])
    given = list(tasks.list_tasks(by, organisation_id=by.organisation_id)[:SHOWN])
    seen(by, "workspace.my_day", Concern.KIND, [each.pk for each in mine + others])
    seen(by, "workspace.my_day", Task.KIND, [each.pk for each in given])
    context = {
        "today": today,
        "may": {"outbox": by.holds(Messaging.VIEW_OUTBOX), "accounts": by.holds(Accounts.VIEW)},
        "concerns": mine,
        "area_concerns": others,
        "clocks": concerns.counts_by_clock(by, now),
        "tasks": [{"task": each, "is_late": each.due < today} for each in given],
        "held": len(exchange.list_to_decide(by, today)),
        "data_owed": duty_tables.debt_lines(duties.list_debts_of(by, now)),
        "reviews": _reviews(by, today),
        "meetings": list(meetings.list_ahead(by, now, now + MEETINGS_AHEAD)[:SHOWN]),
    }
    return page(request, "site_workspace/my_day.html", context)


def _reviews(by: Actor, today: date) -> list[dict[str, Any]]:
    """Priorities and plans whose review is due, longest due first."""
    due = [
        {
            "what": each.title,
            "where": each.neighbourhood.name,
            "due": each.review_due_on,
            "id": each.pk,
            "kind": "priority",
        }
        for each in priorities.list_reviews_due(by, today)[:SHOWN]
    ]
    due += [
        {"what": each.title, "where": each.neighbourhood.name, "due": each.review_due_on, "id": each.pk, "kind": "plan"}
        for each in plans.list_plans(by, plans.Wanted(state="due"), today)[:SHOWN]
    ]
    return sorted(due, key=lambda each: each["due"])[:SHOWN]
