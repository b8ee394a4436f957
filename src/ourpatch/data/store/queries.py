"""Reading the store: what is loaded, and the answers to questions about it.

rows = queries.run(CountBy(Where(POLICE_UK, since=march), by=(Dimension.NEIGHBOURHOOD, Dimension.CATEGORY)))
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Q, QuerySet

from ourpatch.data.store import catalogue, engine, files, rules
from ourpatch.data.store.models import SetAside, StoredFile, Submission
from ourpatch.data.store.permissions import Permission, check_held
from ourpatch.data.store.query import (
    AREAS,
    Box,
    CountBy,
    Dimension,
    Grid,
    MomentsIn,
    PointsIn,
    Query,
    Row,
    Series,
    TopN,
    Where,
)
from ourpatch.data.store.rules import POLICE_UK, State
from ourpatch.ground.errors import NotFound, Problems
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

__all__ = [
    "AREAS",
    "POLICE_UK",
    "Box",
    "CountBy",
    "Dimension",
    "Grid",
    "MomentsIn",
    "PointsIn",
    "Query",
    "Row",
    "Series",
    "TopN",
    "Where",
    "data_version",
    "datasets_loaded",
    "get_submission",
    "holds_references",
    "list_set_aside",
    "list_submissions",
    "measure_neighbourhood",
    "month_versions",
    "months_loaded",
    "rows_of",
    "run",
    "why_not_undo",
]


def run(query: Query, *, known_on: datetime | None = None) -> list[Row]:
    """Answer a question from the files that are live now, or were at the instant `known_on`; rows as the question's own docstring
    says.

    Totals without identifiers, over every partnership: what leaves the workspace goes through data.disclosure first.
    Raises BadInput when the dataset is not known.
    """
    catalogue.dataset(query.where.dataset)
    lines = _manifest(query.where, known_on)
    rows = list(_answer(query, tuple(path for _month, path in lines)))
    if isinstance(query, Series):
        return engine.fill(rows, query, sorted({month for month, _path in lines}))
    return rows


def months_loaded(dataset: str = POLICE_UK) -> list[date]:
    """The months with live data, as their first days, earliest first."""
    return list(_live(dataset).order_by("month").values_list("month", flat=True).distinct())


def datasets_loaded() -> list[str]:
    """The keys of the datasets of which a month is loaded."""
    return list(StoredFile.objects.filter(live=True).order_by("dataset").values_list("dataset", flat=True).distinct())


def data_version(dataset: str = POLICE_UK) -> str:
    """Sixteen hexadecimal digits that change whenever the live data of the dataset does."""
    lines = _live(dataset).order_by("path").values_list("path", "sha256")
    return hashlib.sha256(repr(list(lines)).encode()).hexdigest()[:16]


def month_versions(dataset: str = POLICE_UK) -> dict[date, str]:
    """Month (first day) -> a version that changes whenever the live data of that month does."""
    lines = _live(dataset).order_by("month", "path").values_list("month", "path", "sha256")
    found: dict[date, str] = {}
    for month, path, digest in lines:
        found[month] = hashlib.sha256(f"{found.get(month, '')} {path} {digest}".encode()).hexdigest()[:16]
    return found


def measure_neighbourhood(
    neighbourhood_id: UUID, *, since: date | None = None, until: date | None = None, dataset: str = POLICE_UK
) -> list[Row]:
    """What was recorded in one neighbourhood. Rows: (month, category, n); months without any row are absent."""
    where = Where(dataset, since, until, area=Dimension.NEIGHBOURHOOD, codes=(str(neighbourhood_id),))
    return run(CountBy(where, by=(Dimension.MONTH, Dimension.CATEGORY)))


def list_submissions(by: Actor, dataset: str | None = None) -> QuerySet[Submission]:
    """The submissions that touch the actor's partnerships, latest first. They hold no personal data."""
    visible = Submission.objects.visible_to(by, Permission.VIEW).order_by("-loaded_at", "-id")
    return visible.filter(dataset=dataset) if dataset else visible


def get_submission(by: Actor, submission_id: UUID) -> Submission:
    """One submission. Raises NotFound."""
    found = Submission.objects.visible_to(by, Permission.VIEW).filter(pk=submission_id).first()
    if found is None:
        raise NotFound(_("There is no such load, or it has no records of your partnership."))
    return found


def list_set_aside(by: Actor, submission_id: UUID) -> QuerySet[SetAside]:
    """The rows of a submission that were set aside, by reason and row. Raises NotFound."""
    return get_submission(by, submission_id).set_aside.order_by("reason", "row_number")


def rows_of(submission: Submission) -> pa.Table | None:
    """The stored rows of a submission, in the order of their row numbers; None when it has none."""
    paths = [files.absolute(path) for path in submission.files.values_list("path", flat=True)]
    if not paths:
        return None
    return pa.concat_tables([pq.read_table(path) for path in paths]).sort_by("row_number")


def holds_references(submission: Submission, references: pa.Array) -> bool:
    """Whether any row of a submission has one of these references; one column of its files is read."""
    paths = [files.absolute(path) for path in submission.files.values_list("path", flat=True)]
    columns = (pq.read_table(path, columns=["source_reference"]).column(0) for path in paths)
    return any(pc.any(pc.is_in(each, references)).as_py() for each in columns)


def why_not_undo(by: Actor, submission: Submission) -> Problems:
    """What stands against the actor's undoing a submission; nothing when they may."""
    touched = list(submission.scopes.values_list("partnership_id", flat=True))
    return rules.check_undo(State(submission.state)) | check_held(by, Permission.UNDO, touched)


def _live(dataset: str) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(dataset=dataset, live=True)


def _known_on(dataset: str, instant: datetime) -> QuerySet[StoredFile]:
    open_then = Q(lives__until__isnull=True) | Q(lives__until__gt=instant)
    return StoredFile.objects.filter(open_then, dataset=dataset, lives__since__lte=instant)


def _manifest(where: Where, known_on: datetime | None) -> list[tuple[date, str]]:
    lines = _live(where.dataset) if known_on is None else _known_on(where.dataset, known_on)
    lines = lines.order_by("month", "path")
    if where.since is not None:
        lines = lines.filter(month__gte=rules.month_of(where.since))
    if where.until is not None:
        lines = lines.filter(month__lte=where.until)
    return list(lines.values_list("month", "path"))


# A file never changes once the manifest names it, so an answer is true for as long as its list of files is asked for.
@lru_cache(maxsize=128)
def _answer(query: Query, paths: tuple[str, ...]) -> Iterable[Row]:
    return tuple(engine.execute(query, [files.absolute(path) for path in paths]))
