"""Senders of Squareshire, files as they send them, and the layouts that they are read by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

from tests.data.factories_exchange import E0, N0, NOW, Squareshire, make_squareshire

from ourpatch.data.exchange import actions, mapping
from ourpatch.data.exchange.models import Channel, Delivery, Extent, LayoutVersion
from ourpatch.data.exchange.permissions import Permission
from ourpatch.data.exchange.reading import read_sheet
from ourpatch.data.store import catalogue, specs
from ourpatch.foundation import law
from ourpatch.foundation.directory.models import Duty, Membership, Organisation
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant

SUMMER = date(2026, 7, 1)
HEADER = "Incident number,Incident date,Incident time,Easting,Northing,Location,NSIR category"


@dataclass(frozen=True, slots=True)
class Senders:
    """Squareshire with a police force that sends, and an officer who keeps the partnership's data."""

    area: Squareshire
    police: Organisation
    clerk: Actor
    officer: Actor


def make_senders() -> Senders:
    """The boundaries, the force, its clerk and the information officer."""
    area = make_squareshire()
    police = organisation("Square Constabulary", "police", area.partnership)
    council = organisation("Square Council", "district_council", area.partnership)
    clerk = person("A Clerk", police, area.partnership, Permission.SEND)
    officer = person("An Officer", council, area.partnership, Permission.VIEW, Permission.MAP, Permission.LET_THROUGH)
    return Senders(area, police, clerk, officer)


def organisation(name: str, kind: str, partnership: ServiceArea | None) -> Organisation:
    """An organisation, a member of the partnership if one is named."""
    made = Organisation.objects.create(name=name, kind=kind, sector="statutory")
    if partnership is not None:
        Membership.objects.create(
            organisation=made, partnership=partnership, duty=Duty.RESPONSIBLE, from_on=date(2007, 7, 1)
        )
    return made


def person(name: str, of: Organisation, partnership: ServiceArea, *permissions: str) -> Actor:
    """Somebody of an organisation with permissions over the partnership."""
    grant = Grant(frozenset(str(each) for each in permissions), partnership.pk)
    return Actor(ActorKind.PERSON, name, organisation_id=of.pk, grants=(grant,))


def incidents(*rows: str, header: str = HEADER) -> bytes:
    """A file of police incidents."""
    return "\n".join([header, *rows]).encode() + b"\n"


def incident(
    reference: str = "1", day: str = "02/07/2026", *, at: str = "21:30", east: int = 1_000, what: str = "ASB nuisance"
) -> str:
    """One row, a kilometre into the western half unless said otherwise."""
    return f"{reference},{day},{at},{E0 + east},{N0 + 1_000},High Street,{what}"


def send(
    by: Actor,
    organisation_id: UUID,
    content: bytes,
    *,
    dataset: str = "police_incidents",
    period: date | None = SUMMER,
    months: int | None = 3,
    extent: Extent = Extent.WHOLE,
    filename: str = "incidents.csv",
    now: datetime = NOW,
    key: str = "",
    layout: LayoutVersion | None = None,
    empties_months: bool = False,
) -> Delivery:
    """Send a file and have it read at once."""
    sent = actions.receive(
        by=by,
        organisation_id=organisation_id,
        dataset=dataset,
        filename=filename,
        content=BytesIO(content),
        size=len(content),
        channel=Channel.BROWSER,
        now=now,
        period=period,
        months=months,
        extent=extent,
        idempotency_key=key,
        layout_id=layout.pk if layout else None,
        at_once=True,
        empties_months=empties_months,
    )
    return actions.read_delivery(delivery_id=sent.pk, now=now)


def learn_layout(
    by: Actor, organisation_id: UUID, content: bytes, folder: Path, *, dataset: str = "police_incidents"
) -> LayoutVersion:
    """Keep the layout that is proposed for a file."""
    path = folder / "example.csv"
    path.write_bytes(content)
    sheet = read_sheet(path, "example.csv")
    spec = catalogue.dataset(dataset)
    layout = mapping.propose(sheet, spec, specs.lists_of(spec, law.book(SUMMER)))
    return actions.save_layout(by=by, organisation_id=organisation_id, name="Own", layout=layout, now=NOW)


def with_heading(layout: LayoutVersion, column: str, heading: str) -> LayoutVersion:
    """A layout as it was kept before headings that name somebody were refused: one of its columns is called so."""
    layout.data = json.loads(json.dumps(layout.data).replace(json.dumps(column), json.dumps(heading)))
    layout.save()
    return layout
