"""Reading what was handed in, and what is loaded, as the Data pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from ourpatch.data.exchange.models import HandedIn
from ourpatch.data.store import queries as store
from ourpatch.data.store import specs
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.ground.permission.actor import Actor


@dataclass(frozen=True, slots=True)
class DatasetState:
    """One dataset: its specification, the months that are loaded (first days) and those missing between them."""

    spec: DatasetSpec
    months: tuple[date, ...]
    missing: tuple[date, ...]


def list_handed_in(by: Actor) -> QuerySet[HandedIn]:
    """What the actor handed in, latest first. Raises NotAllowed."""
    by.require(Permission.LOAD)
    mine = HandedIn.objects.filter(user_id=by.id) if by.id else HandedIn.objects.none()
    return mine.order_by("-handed_in_at", "-pk")


def list_datasets(by: Actor) -> list[DatasetState]:
    """Every dataset that can be loaded today, with the months that are; the others are specified only. Raises NotAllowed."""
    by.require(Permission.VIEW)
    return [_state(specs.dataset(POLICE_UK))]


def _state(spec: DatasetSpec) -> DatasetState:
    months = store.months_loaded(spec.key)
    return DatasetState(spec, tuple(months), tuple(_gaps(months)))


def _gaps(months: list[date]) -> list[date]:
    if not months:
        return []
    first, last = months[0], months[-1]
    every = [
        date(n // 12, n % 12 + 1, 1) for n in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ]
    return [month for month in every if month not in months]
