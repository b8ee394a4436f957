"""The command line's deliveries: a sender's file of one dataset, the watched folder's places, a layout proposed for a file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from ourpatch.data.exchange import actions, mapping
from ourpatch.data.exchange.actions import folder
from ourpatch.data.exchange.models import Channel, Delivery, DeliveryState, Extent
from ourpatch.data.exchange.permissions import Permission
from ourpatch.data.exchange.reading import read_sheet
from ourpatch.data.store import catalogue, specs
from ourpatch.foundation import law
from ourpatch.foundation.directory.models import Organisation
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _
from ourpatch.site.loading import command_line, progress

DONE = (DeliveryState.LOADED, DeliveryState.UNCHANGED)


def load_file(arguments: argparse.Namespace) -> int:
    """`ourpatch load file`: 0 when its rows are in, or were already; 1 when it was refused, held or its columns are not known."""
    by = command_line(Permission.MAP, Permission.VIEW)
    sender = _organisation(arguments.sender)
    layout_id = _layout(by, sender, arguments.layout) if arguments.layout is not None else None
    period, months = arguments.period or (None, None)
    with _opened(arguments.file) as content, progress() as tell:
        tell(arguments.file.name, 0, 2)
        delivery = actions.receive(
            by=by,
            organisation_id=sender.pk,
            dataset=arguments.dataset,
            filename=arguments.file.name,
            content=content,
            size=arguments.file.stat().st_size,
            channel=Channel.COMMAND,
            now=clock.now(),
            period=period,
            months=months,
            extent=Extent.CORRECTION if arguments.correction else Extent.WHOLE,
            layout_id=layout_id,
            empties_months=arguments.empties_months,
        )
        tell(arguments.file.name, 1, 2)
        delivery = actions.read_delivery(delivery_id=delivery.pk, now=clock.now())
        tell(arguments.file.name, 2, 2)
    print(_as_json(delivery) if arguments.json else folder.receipt_text(delivery).rstrip())
    return 0 if delivery.state in DONE else 1


def make_inbox() -> int:
    """`ourpatch inbox`: make the watched folder and print a place for each sender and dataset; then, on the standard error, the
    folders that are there and not known. 1 when there were folders and none of them was known.
    """
    places = folder.places(clock.london_date(clock.now()))
    if not places:
        raise BadInput(
            _("No member of a partnership sends a dataset yet. Add organisations and memberships in the directory.")
        )
    unknown, had_known = folder.unknown(places), any(each.path.parent.exists() for each in places)
    for each in places:
        each.path.mkdir(parents=True, exist_ok=True)
    for each in places:
        print(each.path)
    for stranger in unknown:
        print(stranger.says, file=sys.stderr)
    return 1 if unknown and not had_known else 0


def propose_layout(path: Path, dataset: str) -> int:
    """`ourpatch propose-layout`: print the layout that is proposed for a file."""
    spec = catalogue.dataset(dataset)
    lists = specs.lists_of(spec, law.book(clock.london_date(clock.now())))
    layout = mapping.propose(read_sheet(path, path.name), spec, lists)
    print(json.dumps(mapping.as_data(layout), indent=1, ensure_ascii=False))
    return 0


def _layout(by: Actor, sender: Organisation, path: Path) -> UUID:
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadInput(_("%(name)s is not a layout file: it cannot be read as JSON.", name=path.name)) from error
    layout = mapping.from_data(data)
    return actions.save_layout(by=by, organisation_id=sender.pk, name=path.stem, layout=layout, now=clock.now()).pk


def _organisation(name: str) -> Organisation:
    found = Organisation.objects.filter(name__iexact=name.strip()).first()
    if found is None:
        raise BadInput(_("There is no organisation called %(name)s in the directory.", name=name))
    return found


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        content = path.open("rb")
    except OSError as error:
        raise BadInput(_("The file %(name)s cannot be opened: %(why)s.", name=path.name, why=error.strerror)) from error
    with content:
        yield content


def _as_json(delivery: Delivery) -> str:
    findings = [
        {
            "row": each.row_number,
            "column": each.column,
            "kind": each.kind,
            "weight": each.weight,
            "says": each.says,
            "do": each.do,
        }
        for each in delivery.findings.order_by("row_number", "pk")
    ]
    told = {
        "receipt": delivery.receipt,
        "state": str(delivery.state),
        "message": delivery.message,
        "rows_read": delivery.rows_read,
        "rows_kept": delivery.rows_kept,
        "rows_replaced": delivery.rows_replaced,
        "rows_new": delivery.rows_new,
        "empties": [{"month": month[: len("2026-07")], "rows": rows} for month, rows in delivery.empties],
        "counts": {kind: count for kind, (count, _weight) in delivery.counts.items()},
        "findings": findings,
    }
    return json.dumps(told, indent=1, ensure_ascii=False)
