"""The rows of a delivery made to count in the store: a submission a month, all of them from one instant on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
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
from ourpatch.data.store.rules import TimePrecision
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
    tables = storing.month_tables(intake.judged.read, intake.placed)
    spec = intake.judged.read.spec
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
    if spec.aggregate and spec.time_precision is TimePrecision.QUARTER:
        return [storing.quarter_of(delivery.period)]
    return sorted({*tables, *rules.months_of(delivery.period, delivery.months)})


def _month(
    delivery: Delivery, intake: Intake, spec: DatasetSpec, month: date, table: pa.Table | None, now: datetime
) -> tuple[Received, Sequence[Staged]]:
    current = store.in_use(delivery.dataset, supplier_of(delivery), month)
    extra = storing.extra_columns(spec)
    if delivery.extent == Extent.CORRECTION and current is not None and table is not None:
        table = _corrected(current, table, extra)
    rows = table.num_rows if table is not None else 0
    received = Received(
        dataset=delivery.dataset,
        supplier=supplier_of(delivery),
        period=month,
        filename=delivery.filename,
        content_sha256=_digest(delivery, intake),
        geography=intake.geography,
        rows_read=rows,
        rows_without_place=table.column("easting").null_count if table is not None else 0,
        counts={},
        set_aside=(),
        partnership_ids=partnerships_of(delivery.organisation_id, clock.london_date(now)),
        replaces=current.pk if current else None,
    )
    return received, (files.stage(table, month, extra),) if table is not None and rows else ()


def _corrected(current: Submission, table: pa.Table, extra: Sequence[pa.Field]) -> pa.Table:
    """What is in use, with the rows of a correction in place of those with the same references.

    The number of a row that stays is made negative: it is the row of an earlier file.
    """
    before = stored.rows_of(current)
    corrected = table.cast(pa.schema([*files.ROW, *extra]))
    if before is None:
        return corrected
    replaced = pc.is_in(before.column("source_reference"), corrected.column("source_reference").combine_chunks())
    staying = before.filter(pc.invert(replaced))
    earlier = pc.negate(pc.abs(staying.column("row_number")))
    staying = staying.set_column(staying.schema.get_field_index("row_number"), "row_number", earlier)
    return pa.concat_tables([staying.select(corrected.column_names).cast(corrected.schema), corrected])


def _digest(delivery: Delivery, intake: Intake) -> str:
    """The same bytes read by the same layout are the same content; read by another they are not."""
    assert intake.layout_version is not None
    layout = json.dumps(intake.layout_version.data, sort_keys=True)
    return hashlib.sha256(f"{delivery.content_sha256} {delivery.extent} {layout}".encode()).hexdigest()
