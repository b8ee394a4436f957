"""Stands for interventions.casework: a second telling of a vulnerable person opens a case review, and partners get notice."""

from __future__ import annotations

from datetime import timedelta

from ourpatch.access.concerns.events import ConcernRaised
from ourpatch.access.concerns.models import Concern
from ourpatch.access.teams import queries as teams
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.messaging.actions import queue_message
from ourpatch.ground import events
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks.actions import give_task
from ourpatch.ground.tasks.permissions import Permission

STANDS_FOR = "interventions.casework"
WITHIN = timedelta(days=182)


def open_room() -> None:
    """Listen to what is raised."""
    events.listen(ConcernRaised)(review_second_telling)


def review_second_telling(event: ConcernRaised) -> None:
    """When somebody at risk was heard of before in this area, ask the partner for a review and tell its people."""
    before = Concern.objects.filter(
        service_area_id=event.service_area_id,
        category=event.category,
        needs_care=True,
        raised_at__gte=event.at - WITHIN,
    ).exclude(pk=event.concern_id)
    if not (event.needs_care and before.exists()):
        return
    concern = Concern.objects.get(pk=event.concern_id)
    by = Actor.job("casework", [Permission.GIVE], [event.partnership_id])
    _lead, others = teams.lead_and_members(event.service_area_id, london_date(event.at))
    for organisation_id in others:
        task = give_task(
            by=by,
            subject=concern,
            organisation_id=organisation_id,
            title="Take part in a case review",
            due=london_date(event.at) + timedelta(days=10),
            now=event.at,
        )
        for person in directory.people_of(organisation_id, london_date(event.at)):
            queue_message(
                by=by,
                key=f"case-review:{task.pk}:{person.pk}",
                channel="email",
                address=person.email,
                body="A case review asks for your part. Sign in to read it.",
                partnership_id=event.partnership_id,
                about_kind=Concern.KIND,
                about_id=concern.pk,
                now=event.at,
            )
