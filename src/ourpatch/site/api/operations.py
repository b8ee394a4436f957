"""The operations: thin, like pages; what they do is what every other door does."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, BinaryIO, cast
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import File, Form, Header, NinjaAPI, Query, Status, UploadedFile

from ourpatch.data.exchange import actions, queries
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.models import Channel, Extent
from ourpatch.data.exchange.permissions import Permission
from ourpatch.data.store import catalogue
from ourpatch.foundation import law
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput, NotAllowed, NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.api import problems, schemas, words
from ourpatch.site.api.doors import Token

VERSION = "1.0"
# Findings of one answer; the next page is asked for.
PAGE = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

api = NinjaAPI(
    title="Ourpatch",
    version=VERSION,
    description=words.ABOUT.text,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    auth=Token(),
)
problems.handle_with(api)

REFUSALS: dict[Any, Any] = {401: schemas.Problem, 403: schemas.Problem, 429: schemas.Problem}
NOT_THERE: dict[Any, Any] = {**REFUSALS, 404: schemas.Problem}
UNREADABLE = frozenset({400, 409, 411, 413, 422})


@api.post(
    "/deliveries",
    summary=words.SEND_DELIVERY.text,
    operation_id="send_delivery",
    url_name="send_delivery",
    response={202: schemas.DeliveryShown, UNREADABLE: schemas.Problem, **NOT_THERE},
)
def send_delivery(
    request: HttpRequest,
    response: HttpResponse,
    file: Annotated[UploadedFile, File(description="The file as your system exports it.")],
    dataset: Annotated[str, Form(description="The dataset's key.", max_length=40)],
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            pattern=r"^[!-~]{8,100}$",
            description="Your own name for this file. The same key with the same file gives the same receipt.",
        ),
    ],
    period: Annotated[date | None, Form(description="First day of the month or quarter.")] = None,
    months: Annotated[int | None, Form(ge=1, le=3, description="1 for a month, 3 for a quarter.")] = None,
    extent: Annotated[Extent, Form(description="Everything of the period, or corrected rows only.")] = Extent.WHOLE,
    layout: Annotated[UUID | None, Form(description="A layout's id; else the one that fits is found.")] = None,
    empties_months: Annotated[
        bool,
        Form(
            description="Yes: months of the period that the file has no row for, or far fewer than are loaded, are to lose "
            "their rows."
        ),
    ] = False,
) -> Status[dict[str, Any]]:
    """The file is kept and read soon after. The answer is the receipt; ask with it what became of the file."""
    by = _sender(request)
    delivery = actions.receive(
        by=by,
        organisation_id=_organisation(by),
        dataset=dataset,
        filename=file.name or "",
        content=cast("BinaryIO", file),
        size=file.size or 0,
        channel=Channel.API,
        now=request.now,  # type: ignore[attr-defined]
        period=period,
        months=months,
        extent=extent,
        idempotency_key=idempotency_key,
        layout_id=layout,
        empties_months=empties_months,
    )
    response["Location"] = reverse("api:show_delivery", args=[delivery.receipt])
    return Status(202, schemas.delivery(delivery))


@api.get(
    "/deliveries/{receipt}",
    summary=words.SHOW_DELIVERY.text,
    operation_id="show_delivery",
    url_name="show_delivery",
    response={200: schemas.DeliveryWithFindings, 422: schemas.Problem, **NOT_THERE},
)
def show_delivery(
    request: HttpRequest,
    receipt: str,
    start: Annotated[int, Query(ge=0, le=10_000_000, description="From which finding on.")] = 0,
) -> dict[str, Any]:
    """Findings come 500 at a time, the whole file first, then row by row, in the language of Accept-Language (en or cy)."""
    by = _sender(request)
    delivery = queries.delivery_by_receipt(by, receipt)
    found = queries.list_findings(by, delivery.pk)
    total = found.count()
    return {
        **schemas.delivery(delivery),
        "findings": schemas.findings(found[start : start + PAGE]),
        "findings_total": total,
        "findings_next": start + PAGE if start + PAGE < total else None,
    }


@api.get(
    "/deliveries/{receipt}/report.xlsx",
    summary=words.DOWNLOAD_REPORT.text,
    operation_id="download_report",
    url_name="download_report",
    response=NOT_THERE,
    openapi_extra={
        "responses": {200: {"description": "OK", "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}
    },
)
def download_report(request: HttpRequest, receipt: str) -> FileResponse:
    """The rows of your own file that need mending. It is kept for some weeks."""
    delivery = queries.delivery_by_receipt(_sender(request), receipt)
    path = keeping.kept(delivery.report_path) if delivery.report_path else None
    if path is None or not path.exists():
        raise NotFound(_("There is no report of this file, or it is no longer kept. Ask for the findings instead."))
    name = f"report-{delivery.receipt}.xlsx"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


@api.get(
    "/datasets",
    summary=words.LIST_DATASETS.text,
    operation_id="list_datasets",
    url_name="list_datasets",
    response={200: list[schemas.DatasetShown], **REFUSALS},
)
def list_datasets(request: HttpRequest) -> list[dict[str, Any]]:
    """Every dataset for which a file can be sent, whoever sends it."""
    by = _sender(request)
    return [schemas.dataset(spec) for spec in catalogue.visible_to(by).values() if spec.mapped]


@api.get(
    "/datasets/{dataset}",
    summary=words.SHOW_DATASET.text,
    operation_id="show_dataset",
    url_name="show_dataset",
    response={200: schemas.DatasetWithFields, **NOT_THERE},
)
def show_dataset(request: HttpRequest, dataset: str) -> dict[str, Any]:
    """Fields, code lists, what could point at somebody, and what the figures cannot tell."""
    by = _sender(request)
    try:
        spec = catalogue.seen_by(by, dataset)
    except BadInput as error:
        raise NotFound(error.message) from error
    return schemas.dataset_with_fields(spec, law.book(clock.london_date(request.now)))  # type: ignore[attr-defined]


@api.get(
    "/layouts",
    summary=words.LIST_LAYOUTS.text,
    operation_id="list_layouts",
    url_name="list_layouts",
    response={200: list[schemas.LayoutShown], **REFUSALS},
)
def list_layouts(request: HttpRequest) -> list[dict[str, Any]]:
    """Those in use, the latest of each name first. Layouts are made in the browser."""
    by = _sender(request)
    in_use = queries.list_layouts(by, organisation_id=_organisation(by)).filter(retired_at__isnull=True)
    return [schemas.layout(each) for each in in_use]


def _sender(request: HttpRequest) -> Actor:
    """The program's actor, which must be one that sends. Raises NotAllowed."""
    by: Actor = request.auth  # type: ignore[attr-defined]
    by.require(Permission.SEND)
    return by


def _organisation(by: Actor) -> UUID:
    if by.organisation_id is None:
        raise NotAllowed(f"{by.name} acts for no organisation.")
    return by.organisation_id
