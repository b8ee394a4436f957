"""The actor of every action and every read. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from ourpatch.ground.errors import NotAllowed


class ActorKind(StrEnum):
    """What acts."""

    PERSON = "person"
    SERVICE = "service"
    JOB = "job"
    PUBLIC = "public"
    TOKEN = "token"  # noqa: S105 - the name of a kind, not a secret


class Level(StrEnum):
    """How much of a record a share lets the other organisation see; each level includes those before it."""

    POINTER = "pointer"
    SUMMARY = "summary"
    FULL = "full"


def level_needed(permission: str) -> Level:
    """The share level that a permission asks for: `*_summary` a summary, everything else the full record."""
    return Level.SUMMARY if str(permission).endswith("_summary") else Level.FULL


def levels_from(level: Level) -> list[str]:
    """The levels that include this one."""
    every = list(Level)
    return [str(candidate) for candidate in every[every.index(level) :]]


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions within one partnership: everywhere in it (`service_areas` is None) or in named service areas."""

    permissions: frozenset[str]
    partnership_id: UUID
    service_areas: frozenset[UUID] | None = None
    role: str = ""

    def covers(self, partnership_id: UUID, service_area_id: UUID | None = None) -> bool:
        """True when a record of this partnership and service area lies within the grant."""
        if partnership_id != self.partnership_id:
            return False
        return self.service_areas is None or (service_area_id is not None and service_area_id in self.service_areas)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who or what acts, for whom, why, and with which grants."""

    kind: ActorKind
    name: str
    id: UUID | None = None
    organisation_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    purpose: str = ""
    request_id: str = ""
    person_id: UUID | None = field(default=None)

    @classmethod
    def job(cls, name: str, permissions: Iterable[str], partnership_ids: Iterable[UUID]) -> Actor:
        """A system job: exactly the permissions it names, over whole partnerships, acting for the partnership itself."""
        held = frozenset(str(permission) for permission in permissions)
        return cls(ActorKind.JOB, name, grants=tuple(Grant(held, each, role="job") for each in partnership_ids))

    @property
    def acts_for_partnership(self) -> bool:
        """Jobs and the command line act for the partnership as a whole and belong to no single organisation."""
        return self.kind in (ActorKind.JOB, ActorKind.SERVICE)

    def scopes(self, permission: str) -> tuple[Grant, ...]:
        """The grants that carry this permission."""
        return tuple(grant for grant in self.grants if str(permission) in grant.permissions)

    def holds(self, permission: str, partnership_id: UUID | None = None, service_area_id: UUID | None = None) -> bool:
        """True when some grant carries the permission (there, when a place is named)."""
        scopes = self.scopes(permission)
        if partnership_id is None:
            return bool(scopes)
        return any(grant.covers(partnership_id, service_area_id) for grant in scopes)

    def require(self, permission: str, partnership_id: UUID | None = None, service_area_id: UUID | None = None) -> None:
        """Raise NotAllowed unless the actor holds the permission (there)."""
        if not self.holds(permission, partnership_id, service_area_id):
            raise NotAllowed(f"{self.name} does not hold the permission {permission} here.")

    def with_purpose(self, purpose: str) -> Actor:
        """The same actor, acting for this purpose."""
        return replace(self, purpose=purpose)
