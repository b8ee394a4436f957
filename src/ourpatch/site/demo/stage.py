"""The stage on which a county's year is played: who acts, where, and what has come of the story so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from ourpatch.access.concerns.actions import Raised
from ourpatch.foundation.accounts.actors import actor_for, public_actor
from ourpatch.foundation.accounts.models import User
from ourpatch.foundation.directory.models import Organisation, Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.clock import LONDON
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.demo.county import County
from ourpatch.site.demo.county.files import Files
from ourpatch.site.demo.county.life import Life
from ourpatch.site.demo.county.people import Person as Post
from ourpatch.site.demo.timeline import Timeline

# Everything is set up this long before the year that is told.
BEFOREHAND = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a person of the demo signs in; the password is the same for all of one build."""

    user: User
    secret: str


@dataclass(slots=True)
class Stage:
    """The county, its written year, and the records that stand for each of its keys once they are made.

    `share`: how much of what authorities usually send is sent.
    """

    county: County
    life: Life
    files: Files
    folder: Path
    password: str
    timeline: Timeline
    share: float = 1.0
    partnerships: dict[str, ServiceArea] = field(default_factory=dict)
    neighbourhoods: dict[str, ServiceArea] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    forums: dict[str, UUID] = field(default_factory=dict)
    meetings: dict[str, UUID] = field(default_factory=dict)
    concerns: dict[str, Raised] = field(default_factory=dict)
    problems: dict[str, UUID] = field(default_factory=dict)
    priorities: dict[str, UUID] = field(default_factory=dict)
    plans: dict[str, UUID] = field(default_factory=dict)
    tasks: dict[str, UUID] = field(default_factory=dict)
    strategic: dict[tuple[str, str], UUID] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _posts: dict[str, Post] = field(default_factory=dict)

    @property
    def set_up_at(self) -> datetime:
        """The morning on which places, people and agreements are entered."""
        return datetime.combine(self.county.start, time(9), LONDON) - BEFOREHAND

    def post(self, key: str) -> Post:
        """The post of this key; raises KeyError when there is none."""
        if not self._posts:
            self._posts.update({each.key: each for each in self.county.people})
        return self._posts[key]

    def public(self) -> Actor:
        """Anybody, without signing in."""
        return self._actors.setdefault("", public_actor())

    def actor(self, key: str) -> Actor:
        """The person in this post, with what their roles allow."""
        if key not in self._actors:
            self._actors[key] = actor_for(self.sign_ins[key].user, on=self.county.until)
        return self._actors[key]

    def first_who_may(self, hood: str, permissions: Iterable[str], keys: Iterable[str]) -> Actor:
        """The first of these people who holds all the permissions in a neighbourhood, else its manager."""
        place, wanted = self.neighbourhoods[hood], list(permissions)
        for key in keys:
            actor = self.actor(key)
            if all(actor.holds(each, place.partnership_id, place.pk) for each in wanted):
                return actor
        return self.manager(hood)

    def manager(self, hood: str) -> Actor:
        """The neighbourhood manager."""
        return self.actor(f"manager-{hood}")

    def officer(self, hood: str) -> Actor:
        """The neighbourhood's own constable."""
        return self.actor(f"pc-{hood}")

    def administrator(self, partnership: ServiceArea) -> Actor:
        """Who sets things up in a partnership."""
        city = self.neighbourhoods["wyndmoor"].partnership_id == partnership.pk
        return self.actor("administrator-city" if city else "administrator-county")

    def hood_of(self, problem: str) -> str:
        """The neighbourhood of a problem."""
        return next(each.neighbourhood for each in self.life.problems if each.key == problem)

    def morning(self, day: date, hour: int = 9) -> datetime:
        """That hour of a London day."""
        return datetime.combine(day, time(hour), LONDON)
