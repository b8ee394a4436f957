"""The permissions of the exchange. Archives as their publisher sends them need the store's own `store.load`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from uuid import UUID

from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.directory import queries as directory
from ourpatch.ground.errors import NotAllowed
from ourpatch.ground.permission.actor import Actor


class Permission(StrEnum):
    """What may be done with what authorities send."""

    SEND = "exchange.send"
    """Send a dataset of one's own organisation and see what became of it."""
    VIEW = "exchange.view"
    """See every delivery of the partnership's members."""
    MAP = "exchange.map"
    """Send, and match a sender's columns to a dataset, for any member."""
    LET_THROUGH = "exchange.let_through"
    """Let a delivery through that the depersonalisation gate holds, with a reason."""


def acts_for(by: Actor, organisation_id: UUID, on: date) -> bool:
    """Whether an actor may send for an organisation on a day: its own people; and who maps in every partnership that it is a
    member of, since its files change them all.
    """
    partnerships = partnerships_of(organisation_id, on)
    own = by.organisation_id == organisation_id and any(by.holds(Permission.SEND, each) for each in partnerships)
    return own or _holds_in_all(by, Permission.MAP, partnerships)


def check_acts_for(by: Actor, organisation_id: UUID, on: date) -> None:
    """Raises NotAllowed."""
    if not acts_for(by, organisation_id, on):
        raise NotAllowed(f"{by.name} may not send data for this organisation.")


def lets_through(by: Actor, organisation_id: UUID, on: date) -> bool:
    """Whether an actor may let through what the gate holds: in every partnership that its rows may lie in."""
    return _holds_in_all(by, Permission.LET_THROUGH, partnerships_of(organisation_id, on))


def _holds_in_all(by: Actor, permission: Permission, partnerships: Collection[UUID]) -> bool:
    return bool(partnerships) and all(by.holds(permission, each) for each in partnerships)


def partnerships_for(organisation_id: UUID, spec: DatasetSpec, on: date) -> frozenset[UUID]:
    """The partnerships that an organisation's files of a dataset are for: of an own dataset only the one that added it."""
    every = partnerships_of(organisation_id, on)
    return every if spec.owner is None else every & {spec.owner}


def partnerships_of(organisation_id: UUID, on: date) -> frozenset[UUID]:
    """The partnerships that an organisation is a member of on a day."""
    return frozenset(
        each.partnership_id
        for each in directory.memberships_of(organisation_id)
        if each.from_on <= on and (each.until is None or on <= each.until)
    )
