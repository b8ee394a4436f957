"""Loading boundary sets, and what is known of their areas."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ourpatch.foundation.places.actions.bulk import Step, chunks, require_loader
from ourpatch.foundation.places.models import Area, AreaKind, BoundarySet
from ourpatch.foundation.places.permissions import Permission
from ourpatch.foundation.places.reading.rows import AreaRow, DeprivationRow, PopulationRow
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import Problems
from ourpatch.ground.geo import to_wkb
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


def load_boundary_set(
    *,
    by: Actor,
    kind: str,
    vintage: str,
    valid_from: date,
    source: str,
    areas: Sequence[AreaRow],
    attribution: str,
    content_sha256: str,
    now: datetime,
    valid_to: date | None = None,
    notes: Sequence[Message] = (),
    step: Step | None = None,
) -> BoundarySet:
    """Load a dated set of boundaries beside those that are there; the same content again changes nothing.

    Raises NotAllowed, RuleBroken (another content under this kind and vintage).
    """
    with change(by, "places.load_boundary_set") as audit:
        by.require(Permission.LOAD)
        filling = _set_to_fill(kind, vintage, content_sha256)
        if filling is None:
            filling = BoundarySet.objects.create(
                kind=kind,
                vintage=vintage,
                valid_from=valid_from,
                valid_to=valid_to,
                source=source[:300],
                attribution=attribution[:300],
                content_sha256=content_sha256,
                notes=stored_notes(notes),
            )
            audit.noted("boundary_set", [filling.pk], reason=f"{kind} {vintage}: begun")
    if filling.loaded_at is None:
        _fill(filling, areas, step)
        with change(by, "places.complete_boundary_set") as audit:
            filling.loaded_at = now
            filling.save(update_fields=["loaded_at"])
            audit.noted("boundary_set", [filling.pk], reason=f"{kind} {vintage}: {len(areas)} areas, {content_sha256}")
    return filling


def _set_to_fill(kind: str, vintage: str, content_sha256: str) -> BoundarySet | None:
    """The set that already has this content, complete or not; a set that was left half full with another content goes."""
    same = BoundarySet.objects.filter(kind=kind, content_sha256=content_sha256).order_by("-loaded_at").first()
    if same is not None:
        return same
    there = BoundarySet.objects.filter(kind=kind, vintage=vintage).first()
    if there is not None and there.loaded_at is not None:
        message = _(
            "Another set of boundaries is already loaded as %(kind)s %(vintage)s. A set never changes: give the new one a "
            "vintage of its own.",
            kind=str(AreaKind(kind).label),
            vintage=vintage,
        )
        Problems.collect([("vintage", message)]).raise_if_any()
    if there is not None:
        there.delete()
    return None


def _fill(filling: BoundarySet, areas: Sequence[AreaRow], step: Step | None) -> None:
    there = set(filling.areas.values_list("code", flat=True))
    for chunk in chunks(row for row in areas if row.code not in there):
        with transaction.atomic():
            Area.objects.bulk_create(
                Area(
                    boundary_set=filling,
                    code=row.code,
                    name=row.name[:120],
                    name_cy=row.name_cy[:120],
                    outline=to_wkb(row.geometry),
                    parent_code=row.parent_code,
                )
                for row in chunk
            )
        if step:
            step(len(chunk))


def note_on_set(*, by: Actor, boundary_set_id: UUID, notes: Sequence[Message], now: datetime) -> BoundarySet:
    """Replace a set's load report by what its latest load said. Raises NotAllowed."""
    with change(by, "places.note_on_set") as audit:
        by.require(Permission.LOAD)
        noted = BoundarySet.objects.select_for_update().get(pk=boundary_set_id)
        if noted.notes != stored_notes(notes):
            noted.notes = stored_notes(notes)
            noted.save(update_fields=["notes"])
            audit.noted("boundary_set", [noted.pk], reason=f"{len(notes)} notes")
    return noted


def attach_population(
    *, by: Actor, boundary_set_id: UUID, rows: Collection[PopulationRow], year: int | None, now: datetime
) -> int:
    """Say how many people live in the areas of a set, and in which year (None: nobody knows); how many areas that changed.

    Rows of other areas are left aside. Raises NotAllowed.
    """
    figures = {row.code: {"population": row.population, "population_year": year} for row in rows}
    return _attach(by, "places.attach_population", boundary_set_id, figures)


def attach_deprivation(*, by: Actor, boundary_set_id: UUID, rows: Collection[DeprivationRow], now: datetime) -> int:
    """Give the LSOAs of a set their deprivation score and decile; how many areas that changed. Raises NotAllowed."""
    figures = {row.code: {"deprivation_score": row.score, "deprivation_decile": row.decile} for row in rows}
    return _attach(by, "places.attach_deprivation", boundary_set_id, figures)


def _attach(by: Actor, operation: str, boundary_set_id: UUID, figures: Mapping[str, Mapping[str, Any]]) -> int:
    require_loader(by, operation)
    by_code = Area.objects.filter(boundary_set_id=boundary_set_id, code__in=list(figures)).defer("outline")
    differing = [
        area for area in by_code if any(getattr(area, name) != now for name, now in figures[area.code].items())
    ]
    for chunk in chunks(differing):
        for area in chunk:
            for name, figure in figures[area.code].items():
                setattr(area, name, figure)
        with transaction.atomic():
            Area.objects.bulk_update(chunk, list(figures[chunk[0].code]))
    if differing:
        with change(by, operation) as audit:
            audit.noted("boundary_set", [boundary_set_id], reason=f"{len(differing)} areas")
    return len(differing)


def stored_notes(notes: Iterable[Message]) -> list[dict[str, object]]:
    """Notes as a column keeps them: the text and its values, so that they are shown in the language of whoever reads."""
    return [
        {"text": note.text, "values": {name: _plain(value) for name, value in note.values.items()}} for note in notes
    ]


def _plain(value: object) -> object:
    return value if isinstance(value, int | float) else str(value)
