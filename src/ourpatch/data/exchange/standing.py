"""What has become of what a delivery brought: in use, replaced by a later one, taken back. Worked out, never stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from ourpatch.data.exchange.models import Delivery, DeliveryPart, DeliveryState
from ourpatch.data.store.models import Submission
from ourpatch.data.store.rules import State
from ourpatch.ground import clock
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


class Stands(StrEnum):
    """Where a delivery stands now: as it was read, except that what was loaded may have lost its place since."""

    WAITING = "waiting"
    UNMAPPED = "unmapped"
    HELD = "held"
    TO_CONFIRM = "to_confirm"
    REFUSED = "refused"
    LOADED = "loaded"
    LOADED_IN_PART = "loaded_in_part"
    """Every month that it brought is in use; rows of it were set aside."""
    REPLACED_IN_PART = "replaced_in_part"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"


NAMES: dict[Stands, Message] = {
    Stands.WAITING: _("Waiting to be read"),
    Stands.UNMAPPED: _("Columns to be matched"),
    Stands.HELD: _("Held: it may identify somebody"),
    Stands.TO_CONFIRM: _("To be confirmed: it would empty or shrink months"),
    Stands.REFUSED: _("Refused"),
    Stands.LOADED: _("Loaded"),
    Stands.LOADED_IN_PART: _("Loaded in part"),
    Stands.REPLACED_IN_PART: _("Replaced in part"),
    Stands.REPLACED: _("Replaced"),
    Stands.UNCHANGED: _("The same as what is loaded"),
    Stands.WITHDRAWN: _("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a delivery stands; of a replaced one since which London day, and by which delivery if the reader may see that."""

    stands: Stands
    on: date | None = None
    by: Delivery | None = None

    @property
    def name(self) -> str:
        """In words."""
        return str(NAMES[self.stands])


def standings_of(deliveries: Iterable[Delivery], visible: QuerySet[Delivery]) -> dict[UUID, Standing]:
    """Delivery id -> where it stands, in three queries. `visible`: the deliveries that the reader may be led to."""
    given = list(deliveries)
    loaded = [each.pk for each in given if each.state == DeliveryState.LOADED]
    parts: dict[UUID, list[UUID]] = defaultdict(list)
    for delivery_id, submission_id in DeliveryPart.objects.filter(delivery__in=loaded, brought=True).values_list(
        "delivery_id", "submission_id"
    ):
        parts[delivery_id].append(submission_id)
    brought = [each for several in parts.values() for each in several]
    states = dict(Submission.objects.filter(pk__in=brought).values_list("pk", "state"))
    later = _later(brought, visible)
    return {each.pk: _standing(each, parts[each.pk], states, later) for each in given}


def _later(brought: Collection[UUID], visible: QuerySet[Delivery]) -> dict[UUID, tuple[date, Delivery | None]]:
    """Submission -> the London day since which another is in its place, and that one's delivery."""
    taken = Submission.objects.filter(supersedes__in=brought, undone_at__isnull=True).values_list(
        "pk", "supersedes_id", "loaded_at"
    )
    found = {pk: (replaced, clock.london_date(at)) for pk, replaced, at in taken if replaced is not None}
    parts = DeliveryPart.objects.filter(submission_id__in=found, brought=True, delivery__in=visible.values("pk"))
    bringing = {each.submission_id: each.delivery for each in parts.select_related("delivery")}
    return {replaced: (on, bringing.get(pk)) for pk, (replaced, on) in found.items()}


def _standing(
    delivery: Delivery,
    brought: Collection[UUID],
    states: Mapping[UUID, str],
    later: Mapping[UUID, tuple[date, Delivery | None]],
) -> Standing:
    if delivery.state != DeliveryState.LOADED:
        return Standing(Stands(delivery.state))
    in_use = sum(states.get(each) == State.LOADED for each in brought)
    replaced = [later[each] for each in brought if states.get(each) == State.SUPERSEDED and each in later]
    if not in_use and not replaced:
        return Standing(Stands.WITHDRAWN)
    if replaced:
        on, by = max(replaced, key=lambda each: each[0])
        return Standing(Stands.REPLACED_IN_PART if in_use else Stands.REPLACED, on, by)
    if in_use < len(brought):
        return Standing(Stands.LOADED_IN_PART)
    return Standing(Stands.LOADED if delivery.rows_kept == delivery.rows_read else Stands.LOADED_IN_PART)
