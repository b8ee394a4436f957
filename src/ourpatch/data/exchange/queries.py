"""Reading what was handed in, and what is loaded, as the Data pages show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ourpatch.data.exchange import standing
from ourpatch.data.exchange.models import (
    Delivery,
    DeliveryFinding,
    DeliveryState,
    HandedIn,
    LayoutVersion,
    members_when,
    was_member,
)
from ourpatch.data.exchange.permissions import Permission, lets_through
from ourpatch.data.exchange.standing import Standing, Stands
from ourpatch.data.store import catalogue
from ourpatch.data.store import queries as store
from ourpatch.data.store.models import Submission
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.store.rules import POLICE_UK, State, missing_months
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.directory.models import Membership, Organisation
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class DatasetState:
    """One dataset: its specification, the months that are loaded (first days) and those missing between them."""

    spec: DatasetSpec
    months: tuple[date, ...]
    missing: tuple[date, ...]


def list_handed_in(by: Actor) -> QuerySet[HandedIn]:
    """What the actor handed in, latest first. Raises NotAllowed."""
    by.require(Store.LOAD)
    mine = HandedIn.objects.filter(user_id=by.id) if by.id else HandedIn.objects.none()
    return mine.order_by("-handed_in_at", "-pk")


def list_deliveries(
    by: Actor, *, organisation_id: UUID | None = None, dataset: str = "", stands: str = ""
) -> QuerySet[Delivery]:
    """Deliveries that the actor may see, latest first. They hold no personal data: findings repeat nothing.

    `stands`: one of `Stands`, for those that stand so now; what is in part in use stands with what is loaded.
    """
    found = Delivery.objects.filter(pk__in=_visible(by).values("pk")).select_related("organisation", "layout")
    if stands:
        found = found.filter(pk__in=_standing_so(stands).values("pk"))
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    if dataset:
        found = found.filter(dataset=dataset)
    return found.order_by("-received_at", "-pk")


def list_to_decide(by: Actor, on: date) -> list[Delivery]:
    """The held deliveries that the actor may let through on this day, the longest held first."""
    if not by.holds(Permission.LET_THROUGH):
        return []
    held = list_deliveries(by, stands=DeliveryState.HELD).order_by("received_at", "pk")
    return [each for each in held if lets_through(by, each.organisation_id, on)]


def standings_of(by: Actor, deliveries: Iterable[Delivery]) -> dict[UUID, Standing]:
    """Delivery id -> where it stands now, with the later delivery that took its place if the actor may see that one."""
    return standing.standings_of(deliveries, list_deliveries(by))


def get_delivery(by: Actor, delivery_id: UUID) -> Delivery:
    """One delivery. Raises NotFound."""
    return _one(list_deliveries(by).filter(pk=delivery_id))


def delivery_by_receipt(by: Actor, receipt: str) -> Delivery:
    """The delivery with a receipt, however it is written. Raises NotFound."""
    signs = "".join(sign for sign in receipt.upper() if sign.isalnum())
    return _one(list_deliveries(by).filter(receipt=f"{signs[:4]}-{signs[4:]}"))


def names_of_suppliers(suppliers: Iterable[str]) -> dict[str, str]:
    """What the store calls a supplier -> what people call it: an organisation by its name, a published force as it is."""
    ids = {each: UUID(each) for each in suppliers if _ID.fullmatch(each)}
    names = directory.names_of_organisations(ids.values())
    return {each: names.get(identity, each) for each, identity in ids.items()}


def submissions_in_use(delivery: Delivery) -> frozenset[UUID]:
    """The submissions of a delivery that readers see now."""
    parts = delivery.parts.values("submission_id")
    return frozenset(Submission.objects.filter(pk__in=parts, state=State.LOADED).values_list("pk", flat=True))


def rows_loaded(delivery: Delivery, months: Iterable[date]) -> dict[date, int]:
    """First day of a month -> how many rows of the delivery's sender and dataset are in use for it."""
    in_use = Submission.objects.filter(
        dataset=delivery.dataset, supplier=str(delivery.organisation_id), state=State.LOADED, period__in=list(months)
    )
    return dict(in_use.values_list("period", "rows_kept"))


def list_findings(by: Actor, delivery_id: UUID) -> QuerySet[DeliveryFinding]:
    """What was found in a delivery, the whole file first, then row by row. Raises NotFound."""
    return get_delivery(by, delivery_id).findings.order_by("row_number", "pk")


def list_layouts(by: Actor, organisation_id: UUID | None = None, dataset: str = "") -> QuerySet[LayoutVersion]:
    """Senders' layouts that the actor may see, all versions, latest first."""
    own = Q(organisation_id=by.organisation_id) if by.holds(Permission.SEND) and by.organisation_id else Q(pk__in=[])
    made = members_when("made_at", [grant.partnership_id for grant in by.scopes(Permission.MAP)])
    found = LayoutVersion.objects.filter(own | Q(made)).select_related("organisation")
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    if dataset:
        found = found.filter(dataset=dataset)
    return found.order_by("organisation__name", "dataset", "name", "-number")


def get_layout(by: Actor, layout_id: UUID) -> LayoutVersion:
    """One version of a layout. Raises NotFound."""
    found = list_layouts(by).filter(pk=layout_id).first()
    if found is None:
        raise NotFound(_("There is no such layout, or you may not see it."))
    return found


def senders_for(by: Actor, on: date) -> QuerySet[Organisation]:
    """The organisations that the actor may send for on this day, of the kinds that send anything, by name."""
    member = Membership.objects.filter(was_member(on), organisation_id=OuterRef("pk"))
    mapped, sent = _whole(by, Permission.MAP), _whole(by, Permission.SEND)
    own = Q(Exists(member.filter(partnership_id__in=sent)), pk=by.organisation_id)
    everywhere = Exists(member.filter(partnership_id__in=mapped)) & ~Exists(member.exclude(partnership_id__in=mapped))
    kinds = {kind for spec in catalogue.visible_to(by).values() if spec.mapped for kind in spec.senders}
    return Organisation.objects.filter(own | Q(everywhere), kind__in=kinds).order_by("name")


def datasets_sent_by(by: Actor, kinds: Iterable[str]) -> list[DatasetSpec]:
    """The datasets that organisations of these kinds send, as far as the actor may know of them, by their names."""
    wanted = set(kinds)
    return sorted(
        (spec for spec in catalogue.visible_to(by).values() if spec.mapped and wanted.intersection(spec.senders)),
        key=lambda spec: str(spec.label),
    )


def _visible(by: Actor) -> QuerySet[Delivery]:
    seen = Delivery.objects.none()
    for permission in (Permission.VIEW, Permission.MAP, Permission.LET_THROUGH, Permission.SEND):
        seen = seen | Delivery.objects.visible_to(by, permission)
    return seen


def _one(found: QuerySet[Delivery]) -> Delivery:
    delivery = found.first()
    if delivery is None:
        raise NotFound(_("There is no such delivery, or you may not see it."))
    return delivery


def _standing_so(stands: str) -> QuerySet[Delivery]:
    every = Delivery.objects.all()
    worked_out: dict[str, Callable[[], QuerySet[Delivery]]] = {
        Stands.LOADED: every.in_use,
        Stands.REPLACED: every.replaced,
        Stands.WITHDRAWN: every.taken_back,
    }
    chosen = worked_out.get(stands)
    return chosen() if chosen is not None else every.filter(state=stands)


def _whole(by: Actor, permission: Permission) -> list[UUID]:
    """The partnerships over the whole of which a permission is held."""
    return [grant.partnership_id for grant in by.scopes(permission) if grant.service_areas is None]


def list_datasets(by: Actor) -> list[DatasetState]:
    """The published police records, then every dataset of which a month is loaded, with its months. Raises NotAllowed."""
    by.require(Store.VIEW)
    loaded = set(store.datasets_loaded())
    known = catalogue.visible_to(by).values()
    return [_state(spec) for spec in known if spec.key in loaded or spec.key == POLICE_UK]


def _state(spec: DatasetSpec) -> DatasetState:
    months = store.months_loaded(spec.key)
    return DatasetState(spec, tuple(months), tuple(missing_months(months)))
