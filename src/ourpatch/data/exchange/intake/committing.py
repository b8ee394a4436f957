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
from ourpatch.data.exchange.permissions import partnerships_for
from ourpatch.data.store import actions as store
from ourpatch.data.store import files
from ourpatch.data.store import queries as stored
from ourpatch.data.store.actions import Received
from ourpatch.data.store.files import Staged
from ourpatch.data.store.models import Submission
from ourpatch.data.store.rules import State
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation import law
from ourpatch.ground import clock
from ourpatch.ground.errors import OurpatchError
from ourpatch.ground.permission.actor import Actor


@dataclass(frozen=True, slots=True)
class Part:
    """One month of a delivery as it is in the store now. `new`: this delivery brought it."""

    period: date
    submission_id: UUID
    rows: int
    new: bool


@dataclass(frozen=True, slots=True)
class Committed:
    """What a delivery became. Of a correction: how many of its rows took the place of loaded ones, and how many are new."""

    parts: tuple[Part, ...]
    replaced: int | None = None
    new: int | None = None


class WouldLose(OurpatchError):
    """A delivery has no row, or far fewer than are loaded, for months that it speaks for, and nobody said yes to that.

    `months`: first day -> rows that are loaded, and rows that it would leave.
    """

    def __init__(self, months: Mapping[date, tuple[int, int]]) -> None:
        super().__init__(", ".join(f"{month:%m/%Y} ({loaded} → {left})" for month, (loaded, left) in months.items()))
        self.months = months


def commit(by: Actor, delivery: Delivery, intake: Intake, now: datetime) -> Committed:
    """Write the kept rows into the store. Raises WouldLose; Conflict when another load of a month finished meanwhile."""
    assert intake.judged is not None
    assert intake.placed is not None
    tables = dict(storing.month_tables(intake.judged.read, intake.placed))
    spec, digest = intake.judged.read.spec, _digest(delivery, intake, now)
    replaced = new = None
    if delivery.extent == Extent.CORRECTION:
        replaced, new = _correct(delivery, tables, storing.extra_columns(spec), digest)
    in_use = {
        month: store.in_use(delivery.dataset, supplier_of(delivery), month) for month in _months(delivery, spec, tables)
    }
    _check_lost(delivery, tables, in_use, now)
    several: list[tuple[Received, Sequence[Staged]]] = []
    try:
        for month, current in in_use.items():
            several.append(_month(delivery, intake, current, month, tables.get(month), digest, now))
        submissions = store.commit_submissions(by=by, several=several, now=now)
    except BaseException:
        files.discard([staged.path for _received, all_staged in several for staged in all_staged])
        raise
    others = DeliveryPart.objects.exclude(delivery=delivery)
    brought_before = set(
        others.filter(submission_id__in=[each.pk for each in submissions]).values_list("submission_id", flat=True)
    )
    parts = [Part(each.period, each.pk, each.rows_kept, each.pk not in brought_before) for each in submissions]
    return Committed(tuple(parts), replaced, new)


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


def _check_lost(
    delivery: Delivery, tables: Mapping[date, pa.Table], in_use: Mapping[date, Submission | None], now: datetime
) -> None:
    """A correction brings rows for each month it touches; one that it moves all rows out of is empty because they are elsewhere.

    Whoever said yes before reading said it of every month, whoever was asked of the months that were named to them.
    """
    if delivery.extent == Extent.CORRECTION:
        return
    book = law.book(clock.london_date(now))
    lost: dict[date, tuple[int, int]] = {}
    for month, current in in_use.items():
        loaded = current.rows_kept if current is not None else 0
        left = tables[month].num_rows if month in tables else 0
        if rules.shrinks_greatly(loaded, left, book):
            lost[month] = (loaded, left)
    asked = {date.fromisoformat(month): rows for month, rows in delivery.empties}
    covered = not asked or all(loaded - left <= asked.get(month, 0) for month, (loaded, left) in lost.items())
    if lost and not (delivery.emptying_confirmed_at is not None and covered):
        raise WouldLose(lost)


def _month(
    delivery: Delivery,
    intake: Intake,
    current: Submission | None,
    month: date,
    table: pa.Table | None,
    digest: str,
    now: datetime,
) -> tuple[Received, Sequence[Staged]]:
    assert intake.judged is not None
    extra = storing.extra_columns(intake.judged.read.spec)
    rows = table.num_rows if table is not None else 0
    received = Received(
        dataset=delivery.dataset,
        supplier=supplier_of(delivery),
        period=month,
        filename=delivery.filename,
        content_sha256=digest,
        geography=intake.geography,
        rows_read=rows,
        rows_without_place=table.column("easting").null_count if table is not None else 0,
        counts={},
        set_aside=(),
        partnership_ids=partnerships_for(delivery.organisation_id, intake.judged.read.spec, clock.london_date(now)),
        replaces=current.pk if current else None,
    )
    return received, (files.stage(table, month, extra),) if table is not None and rows else ()


def _correct(
    delivery: Delivery, tables: dict[date, pa.Table], extra: Sequence[pa.Field], digest: str
) -> tuple[int, int]:
    """Put what is in use, without the rows that are corrected, before a correction's rows of each month. A row that was loaded
    under another month than it has now leaves that month. Returns how many rows take the place of others, and how many are new.
    """
    shape = pa.schema([*files.ROW, *extra])
    references = pa.concat_arrays(
        [chunk for table in tables.values() for chunk in table.column("source_reference").chunks]
        or [pa.array([], pa.string())]
    )
    found = pa.array([False] * len(references), pa.bool_())
    in_use = Submission.objects.filter(
        dataset=delivery.dataset, supplier=supplier_of(delivery), state=State.LOADED
    ).select_related("supersedes")
    for current in in_use.order_by("period"):
        # A reading that was killed after its rows counted is done again: they are corrected as they were before it.
        base = current.supersedes if current.content_sha256 == digest else current
        if base is None or (current.period not in tables and not stored.holds_references(base, references)):
            continue
        corrected = tables.get(current.period, shape.empty_table()).cast(shape)
        before = stored.rows_of(base)
        if before is not None:
            found = pc.or_(found, pc.is_in(references, value_set=before.column("source_reference").combine_chunks()))
            tables[current.period] = pa.concat_tables([_staying(before, references, shape), corrected])
    replaced = int(pc.sum(found).as_py() or 0)
    return replaced, len(references) - replaced


def _staying(before: pa.Table, references: pa.Array, shape: pa.Schema) -> pa.Table:
    """The rows that a correction does not name. Their numbers are made negative: they are rows of an earlier file."""
    staying = before.filter(pc.invert(pc.is_in(before.column("source_reference"), references)))
    earlier = pc.negate(pc.abs(staying.column("row_number")))
    staying = staying.set_column(staying.schema.get_field_index("row_number"), "row_number", earlier)
    for column in shape:
        if column.name not in staying.column_names:
            # A field that the specification has had only since.
            staying = staying.append_column(column, pa.nulls(staying.num_rows, column.type))
    return staying.select(shape.names).cast(shape)


def _digest(delivery: Delivery, intake: Intake, now: datetime) -> str:
    """The same bytes read by the same layout for the same partnerships are the same content; otherwise they are not."""
    assert intake.layout_version is not None
    assert intake.judged is not None
    spec = intake.judged.read.spec
    partnerships = partnerships_for(delivery.organisation_id, spec, clock.london_date(now))
    known = [delivery.content_sha256, delivery.extent, sorted(map(str, partnerships)), intake.layout_version.data]
    if spec.owner is not None:
        # A revised specification may keep rows of the same file that the one before set aside.
        known += [repr(spec.fields), repr(spec.lists)]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
