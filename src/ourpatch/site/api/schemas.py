"""What programs are shown, and from what: one function for each kind of answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Schema

from ourpatch.data.exchange.models import Channel, Delivery, DeliveryFinding, DeliveryState, Extent, LayoutVersion
from ourpatch.data.exchange.standing import standings_of
from ourpatch.data.exchange.wording import CLASSES, KINDS, how_often
from ourpatch.data.store import specs
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.data.store.specs import Field as DatasetField
from ourpatch.foundation.law import CodeList, Item, LawBook


class FieldProblem(Schema):
    """What is wrong with one part of a request."""

    field: str
    says: str


class Problem(Schema):
    """An error (RFC 9457). `detail` says what to do next."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Finding(Schema):
    """One finding. `row` counts as the sender's own program does, 0 is the file as a whole; it repeats no value."""

    row: int
    column: str
    kind: str
    weight: str
    says: str
    do: str


class Count(Schema):
    """How many rows have a kind of finding, and what becomes of them."""

    kind: str
    rows: int
    weight: str


class DeliveryShown(Schema):
    """A delivery as it stands. `state` is `waiting` until the file was read."""

    receipt: str
    state: DeliveryState
    state_says: str
    message: str
    dataset: str
    period: date | None = Field(description="First day of the month or quarter; null where the rows say.")
    months: int | None
    extent: Extent
    channel: Channel
    filename: str
    size: int = Field(description="Bytes.")
    sha256: str
    received_at: datetime
    finished_at: datetime | None
    rows_read: int
    rows_kept: int
    rows_replaced: int | None = Field(description="Of a correction: rows that took the place of loaded ones.")
    rows_new: int | None = Field(description="Of a correction: rows whose references were not loaded.")
    problem: Problem | None = Field(
        description="What to decide before it can be loaded: that months would lose all or most of their rows (409); else null."
    )
    counts: list[Count]
    report: str | None = Field(description="Where the marked workbook is, while it is kept.")


class DeliveryWithFindings(DeliveryShown):
    """A delivery with a page of its findings."""

    findings: list[Finding]
    findings_total: int
    findings_next: int | None = Field(description="The `start` of the next page; null on the last.")


class Code(Schema):
    """One code of a list."""

    code: str
    name: str


class FieldShown(Schema):
    """One field of a dataset. `codes` are those of today, for fields that take a code."""

    key: str
    name: str
    holds: str
    required: bool
    hint: str
    codes: list[Code]


class DatasetShown(Schema):
    """A dataset."""

    key: str
    name: str
    senders: list[str] = Field(description="Kinds of organisation that send it.")
    period: str
    visibility: str
    counts_only: bool = Field(description="Rows are counts, not incidents.")


class DatasetWithFields(DatasetShown):
    """A dataset's specification."""

    fields: list[FieldShown]
    categories: list[Code]
    singles_out: list[str] = Field(description="What holds a file back, because it could point at somebody.")
    limitations: list[str]
    source: str
    on: date = Field(description="The day on which these codes are in use.")


class LayoutShown(Schema):
    """A layout: how a dataset is written in your files. A layout is never edited; a change is a new number."""

    id: UUID
    dataset: str
    name: str
    number: int
    made_at: datetime
    layout: dict[str, Any]


def delivery(shown: Delivery) -> dict[str, Any]:
    """A delivery, for DeliveryShown."""
    return {
        **{name: getattr(shown, name) for name in _SAME},
        "state_says": standings_of([shown], Delivery.objects.none())[shown.pk].name,
        "sha256": shown.content_sha256,
        "problem": _to_decide(shown),
        "counts": [{"kind": kind, "rows": rows, "weight": weight} for kind, (rows, weight) in shown.counts.items()],
        "report": reverse("api:download_report", args=[shown.receipt]) if shown.report_path else None,
    }


def _to_decide(shown: Delivery) -> dict[str, Any] | None:
    """A delivery that would empty or shrink months, as a conflict: the words of its page, and what of the request says yes."""
    if shown.state != DeliveryState.TO_CONFIRM:
        return None
    says = _("%(month)s: %(rows)s rows would go.")
    errors = [
        {"field": "empties_months", "says": says % {"month": month[: len("2026-07")], "rows": rows}}
        for month, rows in shown.empties
    ]
    status = HTTPStatus.CONFLICT
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": shown.message,
        "errors": errors,
    }


_SAME = (
    *("receipt", "state", "message", "dataset", "period", "months", "extent", "channel", "filename", "size"),
    *("received_at", "finished_at", "rows_read", "rows_kept", "rows_replaced", "rows_new"),
)


def findings(found: Iterable[DeliveryFinding]) -> list[dict[str, Any]]:
    """Findings, for Finding."""
    return [
        {
            "row": each.row_number,
            "column": each.column,
            "kind": each.kind,
            "weight": each.weight,
            "says": each.says,
            "do": each.do,
        }
        for each in found
    ]


def dataset(spec: DatasetSpec) -> dict[str, Any]:
    """A specification in short, for DatasetShown."""
    return {
        "key": spec.key,
        "name": str(spec.label),
        "senders": list(spec.senders),
        "period": how_often(spec),
        "visibility": str(CLASSES[spec.data_class]),
        "counts_only": spec.aggregate,
    }


def dataset_with_fields(spec: DatasetSpec, book: LawBook) -> dict[str, Any]:
    """A whole specification with the codes of the book's day, for DatasetWithFields."""
    return {
        **dataset(spec),
        "fields": [_field(each, specs.lists_of(spec, book)) for each in spec.fields],
        "categories": _codes(specs.categories_of(spec, book)),
        "singles_out": [str(each.why) for each in spec.singling],
        "limitations": [str(each) for each in spec.limitations],
        "source": spec.source,
        "on": book.on,
    }


def layout(version: LayoutVersion) -> dict[str, Any]:
    """A layout, for LayoutShown."""
    same = {name: getattr(version, name) for name in ("id", "dataset", "name", "number", "made_at")}
    return {**same, "layout": version.data}


def _field(field: DatasetField, lists: Callable[[str], CodeList]) -> dict[str, Any]:
    return {
        "key": field.key,
        "name": str(field.label),
        "holds": str(KINDS[field.kind]),
        "required": field.required,
        "hint": str(field.hint) if field.hint else "",
        "codes": _codes(lists(field.code_list)) if field.code_list else [],
    }


def _codes(listed: Iterable[Item]) -> list[dict[str, str]]:
    return [{"code": item.code, "name": item.label(get_language() or "en")} for item in listed]
