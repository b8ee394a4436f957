"""What the system itself can show for a step of the year; later rooms add theirs to STEP_EVIDENCE under the step's code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ourpatch.data.store import queries as store
from ourpatch.data.store.models import Submission
from ourpatch.data.store.rules import State as Submitted
from ourpatch.foundation.agreements.models import Agreement
from ourpatch.foundation.directory.models import Duty, Membership
from ourpatch.foundation.law import clocks
from ourpatch.foundation.meetings.models import ForumKind, Meeting, MeetingState
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.contributions import Point
from ourpatch.influence.priorities.models import Priority
from ourpatch.strategy.cycle.rules import Evidence
from ourpatch.strategy.plans import queries as plans
from ourpatch.strategy.plans.models import StrategicPriority

Source = Callable[[ServiceArea, date], Evidence | None]
STEP_EVIDENCE: Point[Source] = Point("evidence for a step of the year")


def register() -> None:
    """Add what the rooms before this one can show."""
    STEP_EVIDENCE.add("information_protocol", protocol_signed)
    STEP_EVIDENCE.add("information_shared", information_shared)
    STEP_EVIDENCE.add("community_consulted", community_consulted)
    STEP_EVIDENCE.add("progress_monitored", progress_monitored)
    STEP_EVIDENCE.add("priorities_identified", priorities_identified)
    STEP_EVIDENCE.add("partnership_plan", plan_published)
    STEP_EVIDENCE.add("summary_published", plan_published)


def protocol_signed(partnership: ServiceArea, on: date) -> Evidence | None:
    """The protocol is signed when a live agreement carries the signature of every responsible authority."""
    live = Agreement.objects.filter(
        partnership=partnership, from_on__lte=on, until__gte=on, ended_on__isnull=True
    ).prefetch_related("signatures")
    bound = Membership.objects.filter(partnership=partnership, duty=Duty.RESPONSIBLE, until__isnull=True)
    authorities = set(bound.values_list("organisation_id", flat=True))
    signed = {signature.organisation_id for agreement in live for signature in agreement.signatures.all()}
    if not live:
        return None
    missing = len(authorities - signed)
    if not authorities:
        says = _("No organisation is entered as a responsible authority, so the signatures cannot be checked.")
        return Evidence(False, says, link="/workspace/directory/")
    if missing:
        says = ngettext(
            "%(count)s responsible authority has not signed a live agreement.",
            "%(count)s responsible authorities have not signed a live agreement.",
            missing,
        ) % {"count": missing}
        return Evidence(False, says, link="/workspace/agreements/")
    return Evidence(
        True, _("Every responsible authority has signed a live agreement."), on=on, link="/workspace/agreements/"
    )


def information_shared(partnership: ServiceArea, on: date) -> Evidence | None:
    """Police records of this partnership are in the store; whether the newest are of the last month of the quarter before."""
    loaded = Submission.objects.filter(
        dataset=store.POLICE_UK, state=Submitted.LOADED, scopes__partnership_id=partnership.pk
    )
    newest = loaded.aggregate(newest=Max("period"))["newest"]
    if newest is None:
        return None
    quarter_before = clocks.quarter_end(clocks.add_months(on, -3))
    says = _("The newest month of police records is %(month)s.") % {"month": newest.strftime("%m/%Y")}
    return Evidence(newest >= quarter_before.replace(day=1), says, on=on, link="/workspace/data/")


def community_consulted(partnership: ServiceArea, on: date) -> Evidence | None:
    """Neighbourhood forums chose priorities this year."""
    chosen = Priority.objects.filter(partnership_id=partnership.pk, adopted_on__isnull=False, adopted_on__lte=on)
    newest = chosen.aggregate(newest=Max("adopted_on"))["newest"]
    if newest is None:
        return None
    places = chosen.filter(adopted_on__gte=clocks.add_months(on, -12)).values("neighbourhood").distinct().count()
    says = ngettext(
        "%(count)s neighbourhood chose its priorities in the last twelve months.",
        "%(count)s neighbourhoods chose their priorities in the last twelve months.",
        places,
    ) % {"count": places}
    return Evidence(places > 0, says, on=newest, link="/workspace/priorities/")


def progress_monitored(partnership: ServiceArea, on: date) -> Evidence | None:
    """The strategy group met."""
    held = Meeting.objects.filter(
        forum__partnership_id=partnership.pk, forum__kind=ForumKind.STRATEGY, state=MeetingState.HELD
    )
    newest = held.order_by("-starts_at").first()
    if newest is None:
        return None
    day = clock.london_date(newest.starts_at)
    return Evidence(True, _("The strategy group last met on %(day)s.") % {"day": day.strftime("%d/%m/%Y")}, on=day)


def priorities_identified(partnership: ServiceArea, on: date) -> Evidence | None:
    """Strategic priorities are in force."""
    rows = StrategicPriority.objects.filter(partnership=partnership, from_on__lte=on, until__gte=on)
    count = rows.count()
    if not count:
        return None
    says = ngettext("%(count)s strategic priority is in force.", "%(count)s strategic priorities are in force.", count)
    return Evidence(True, says % {"count": count}, on=on, link="/workspace/partnership-plan/")


def plan_published(partnership: ServiceArea, on: date) -> Evidence | None:
    """The newest plan, as it was published."""
    plan = plans.published_plan(partnership.pk)
    if plan is None or plan.published_on > on:
        return None
    says = _("The plan from April %(year)s was published on %(day)s.")
    day = plan.published_on.strftime("%d/%m/%Y")
    return Evidence(
        True, says % {"year": plan.year, "day": day}, on=plan.published_on, link="/workspace/partnership-plan/"
    )
