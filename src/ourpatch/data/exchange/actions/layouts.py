"""Keeping senders' layouts: a new version beside the old ones, never an edit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet

from ourpatch.data.exchange import gate, mapping
from ourpatch.data.exchange.mapping import Layout
from ourpatch.data.exchange.models import LayoutVersion
from ourpatch.data.exchange.permissions import check_acts_for
from ourpatch.data.store import catalogue, specs
from ourpatch.foundation import law
from ourpatch.foundation.directory import queries as directory
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Conflict, NotFound, RuleBroken
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

LONGEST_NAME = 80


def save_layout(*, by: Actor, organisation_id: UUID, name: str, layout: Layout, now: datetime) -> LayoutVersion:
    """Keep a layout as the next version under its name; the same layout again returns the version there is.

    Raises NotAllowed, NotFound, BadInput (it could not be read again), RuleBroken (it does not fit its dataset, may itself
    identify somebody, or has no name), Conflict (somebody else kept one under this name at the same moment).
    """
    try:
        return _saved(by, organisation_id, name, layout, now)
    except IntegrityError as error:
        # Two people saving at once on PostgreSQL: the constraint lets one through.
        raise Conflict(
            _(
                "Somebody else kept a layout of this name at the same moment. Look at what there is now, then save yours again."
            )
        ) from error


def _saved(by: Actor, organisation_id: UUID, name: str, layout: Layout, now: datetime) -> LayoutVersion:
    with change(by, "exchange.save_layout") as audit:
        organisation = directory.organisation(organisation_id)
        check_acts_for(by, organisation_id, clock.london_date(now))
        called = " ".join(name.split())[:LONGEST_NAME]
        if not called:
            raise RuleBroken(_("Give the layout a name, for example the name of the system that the file comes from."))
        spec = catalogue.seen_by(by, layout.dataset)
        lists = specs.lists_of(spec, law.book(clock.london_date(now)))
        # As it will be read: what could not be would refuse every file of the sender.
        layout = mapping.from_data(mapping.as_data(gate.without_labels(layout)))
        (gate.check_headings(layout) | mapping.check_layout(layout, spec, layout.header, lists)).raise_if_any()
        latest = _versions(organisation_id, layout.dataset, called).first()
        data = mapping.as_data(layout)
        if latest is not None and latest.data == data and latest.retired_at is None:
            return latest
        made = LayoutVersion.objects.create(
            organisation=organisation,
            dataset=layout.dataset,
            name=called,
            number=(latest.number if latest else 0) + 1,
            data=data,
            made_at=now,
            made_by=by.name,
        )
        audit.noted(LayoutVersion.KIND, [made.pk])
    return made


def retire_layout(*, by: Actor, layout_id: UUID, now: datetime) -> LayoutVersion:
    """Propose a layout, with its earlier versions, for no further file. Raises NotAllowed, NotFound."""
    with change(by, "exchange.retire_layout") as audit:
        found = LayoutVersion.objects.select_for_update().filter(pk=layout_id).first()
        if found is None:
            raise NotFound(_("There is no such layout."))
        check_acts_for(by, found.organisation_id, clock.london_date(now))
        several = _versions(found.organisation_id, found.dataset, found.name).filter(retired_at__isnull=True)
        audit.noted(LayoutVersion.KIND, [each.pk for each in several])
        several.update(retired_at=now)
        found.refresh_from_db()
    return found


def _versions(organisation_id: UUID, dataset: str, name: str) -> QuerySet[LayoutVersion]:
    return LayoutVersion.objects.filter(organisation_id=organisation_id, dataset=dataset, name=name).order_by("-number")
