"""What runs by itself: what somebody who has left still owes goes to whoever is on duty now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from ourpatch.access.concerns import actions, queries
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.teams import queries as teams
from ourpatch.access.teams.events import PostEnded
from ourpatch.foundation.places import queries as places
from ourpatch.ground import clock, events, jobs
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor

# A post that ended while the worker stood still for a few days is still noticed.
LOOK_BACK = timedelta(days=31)


@jobs.job("concerns.hand_over", queue="urgent", at_hour=5)
def hand_over() -> None:
    """Every morning: nothing is owed by somebody who has left."""
    hand_over_all(clock.now())


@events.listen(PostEnded)
def on_post_ended(event: PostEnded) -> None:
    """A post that ends in the past leaves its concerns at once; one that ends later is looked at on the morning after."""
    today = london_date(event.at)
    if event.last_day < today:
        _hand_over(_left_behind(event.person_id, event.service_area_id, event.at), event.at)


def hand_over_all(now: datetime) -> int:
    """Give everything that is owed by people who have left their organisation or their post to others; returns how many."""
    today = london_date(now)
    found = set(queries.without_owner(now).values_list("pk", flat=True))
    for person_id, service_area_id in teams.posts_ended(today - LOOK_BACK, today - timedelta(days=1)):
        found |= _left_behind(person_id, service_area_id, now)
    return _hand_over(sorted(found), now)


def _left_behind(person_id: UUID, service_area_id: UUID, now: datetime) -> set[UUID]:
    partnership_id = teams.partnership_of(teams.service_area(service_area_id))
    if teams.still_in_post(person_id, partnership_id, london_date(now)):
        return set()
    return set(queries.owed_by(person_id, service_area_id).values_list("pk", flat=True))


def _hand_over(concern_ids: Iterable[UUID], now: datetime) -> int:
    partnerships = places.partnerships().values_list("pk", flat=True)
    by = Actor.job("concerns.hand_over", [Permission.ASSIGN], partnerships)
    return sum(actions.hand_over(by=by, concern_id=each, now=now) for each in concern_ids)
