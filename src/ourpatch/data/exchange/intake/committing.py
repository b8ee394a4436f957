"""The rows of a delivery made to count in the store: a submission a month, all of them from one instant on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from ourpatch.data.exchange.intake import rules, storing
from ourpatch.data.exchange.intake.reading import Intake
from ourpatch.data.exchange.models import Delivery, DeliveryPart, Extent
from ourpatch.data.exchange.permissions import partnerships_of
from ourpatch.data.store import actions as store
from ourpatch.data.store import files
from ourpatch.data.store import queries as stored
from ourpatch.data.store.actions import Received
from ourpatch.data.store.files import Staged
from ourpatch.data.store.models import Submission
from ourpatch.data.store.rules import State
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.ground import clock
from ourpatch.ground.permission.actor import Actor


@dataclass(frozen=True, slots=True)
class Part:
    """One month of a delivery as it is in the store now. `new`: this delivery brought it."""

    period: date
    submission_id: UUID
    rows: int
    new: bool


def commit(by: Actor, delivery: Delivery, intake: Intake, now: datetime) -> list[Part]:
    """Write the kept rows into the store. Raises Conflict when another load of a month finished meanwhile."""
    assert intake.judged is not None
    assert intake.placed is not None
    tables = dict(storing.month_tables(intake.judged.read, intake.placed))
    spec = intake.judged.read.spec
    if delivery.extent == Extent.CORRECTION:
        _correct(delivery, tables, storing.extra_columns(spec))
    several: list[tuple[Received, Sequence[Staged]]] = []
    try:
        for month in _months(delivery, spec, tables):
            several.append(_month(delivery, intake, spec, month, tables.get(month), now))
        submissions = store.commit_submissions(by=by, several=several, now=now)
    except BaseException:
        files.discard([staged.path for _received, all_staged in several for staged in all_staged])
        raise
    others = DeliveryPart.objects.exclude(delivery=delivery)
    brought_before = set(
        others.filter(submission_id__in=[each.pk for each in submissions]).values_list("submission_id", flat=True)
    )
    return [Part(each.period, each.pk, each.rows_kept, each.pk not in brought_before) for each in submissions]


def supplier_of(delivery: Delivery) -> str:
    """How the store calls a sender: by its id, since names change."""
    return str(delivery.organisation_id)


def _months(delivery: Delivery, spec: DatasetSpec, tables: Mapping[date, pa.Table]) -> list[date]:
    """The months that a delivery speaks for: those that it names, else those of its rows. Counts of a quarter stand in its first
    month, and a correction touches only months that it has rows for.
    """
    if delivery.period is None or delivery.months is None or delivery.extent == Extent.CORRECTION:
        return sorted(tables)
    if storing.is_of_quarters(spec):
        return [storing.quarter_of(delivery.period)]
    return sorted({*tables, *rules.months_of(delivery.period, delivery.months)})


def _month(
    delivery: Delivery, intake: Intake, spec: DatasetSpec, month: date, table: pa.Table | None, now: datetime
) -> tuple[Received, Sequence[Staged]]:
    current = store.in_use(delivery.dataset, supplier_of(delivery), month)
    extra = storing.extra_columns(spec)
    rows = table.num_rows if table is not None else 0
    partnerships = partnerships_of(delivery.organisation_id, clock.london_date(now))
    received = Received(
        dataset=delivery.dataset,
        supplier=supplier_of(delivery),
        period=month,
        filename=delivery.filename,
        content_sha256=_digest(delivery, intake, partnerships),
        geography=intake.geography,
        rows_read=rows,
        rows_without_place=table.column("easting").null_count if table is not None else 0,
        counts={},
        set_aside=(),
        partnership_ids=partnerships,
        replaces=current.pk if current else None,
    )
    return received, (files.stage(table, month, extra),) if table is not None and rows else ()


def _correct(delivery: Delivery, tables: dict[date, pa.Table], extra: Sequence[pa.Field]) -> None:
    """Put what is in use, without the rows that are corrected, before a correction's rows of each month. A row that was loaded
    under another month than it has now leaves that month.
    """
    shape = pa.schema([*files.ROW, *extra])
    references = pa.concat_arrays(
        [chunk for table in tables.values() for chunk in table.column("source_reference").chunks]
        or [pa.array([], pa.string())]
    )
    in_use = Submission.objects.filter(
        dataset=delivery.dataset, supplier=supplier_of(delivery), state=State.LOADED
    ).order_by("period")
    for current in in_use:
        if current.period not in tables and not stored.holds_references(current, references):
            continue
        corrected = tables.get(current.period, shape.empty_table()).cast(shape)
        before = stored.rows_of(current)
        if before is not None:
            tables[current.period] = pa.concat_tables([_staying(before, references, shape), corrected])


def _staying(before: pa.Table, references: pa.Array, shape: pa.Schema) -> pa.Table:
    """The rows that a correction does not name. Their numbers are made negative: they are rows of an earlier file."""
    staying = before.filter(pc.invert(pc.is_in(before.column("source_reference"), references)))
    earlier = pc.negate(pc.abs(staying.column("row_number")))
    staying = staying.set_column(staying.schema.get_field_index("row_number"), "row_number", earlier)
    return staying.select(shape.names).cast(shape)


def _digest(delivery: Delivery, intake: Intake, partnerships: Collection[UUID]) -> str:
    """The same bytes read by the same layout for the same partnerships are the same content; otherwise they are not."""
    assert intake.layout_version is not None
    known = [delivery.content_sha256, delivery.extent, sorted(map(str, partnerships)), intake.layout_version.data]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
