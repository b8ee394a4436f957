"""The registry behind SubjectRef(kind, uuid): which model a kind is, where its page is, and what people call it.

Rooms register their protected models in AppConfig.ready():

    subjects.register("concern", Concern, "concerns:concern", _("Concern"))
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Protected


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """One kind of protected record; `url_name` is its staff page, which takes the record's id, or empty.

    `view` is the permission under which it is read; without one nobody is told of it by way of another room.
    """

    kind: str
    model: type[Protected]
    url_name: str
    label: object
    view: str = ""


_kinds: dict[str, SubjectKind] = {}


def register(kind: str, model: type[Protected], url_name: str, label: object, view: str = "") -> None:
    """Make a kind known; the same kind again replaces it."""
    _kinds[kind] = SubjectKind(kind, model, url_name, label, view)


def all_kinds() -> list[SubjectKind]:
    """Every registered kind, in alphabetical order of the kinds."""
    return [_kinds[kind] for kind in sorted(_kinds)]


def resolve(kind: str, record_id: UUID) -> Protected | None:
    """The record, whoever may see it; the caller decides what may be told of it. None when there is no such record."""
    known = _kinds.get(kind)
    return known.model.objects.filter(pk=record_id).first() if known else None


def readable(by: Actor, kind: str, ids: Iterable[UUID]) -> dict[UUID, Protected]:
    """Those of these records that the actor may read, by id, as each record's own page would decide. One query."""
    known = _kinds.get(kind)
    if known is None or not known.view:
        return {}
    return {each.pk: each for each in known.model.objects.visible_to(by, known.view).filter(pk__in=list(ids))}


def label(kind: str) -> str:
    """What people call this kind; the kind itself where nobody registered it."""
    known = _kinds.get(kind)
    return str(known.label) if known else kind


def address(kind: str, record_id: UUID) -> str:
    """The address of the record's staff page, or empty where it has none."""
    known = _kinds.get(kind)
    if known is None or not known.url_name:
        return ""
    try:
        return reverse(known.url_name, args=[record_id])
    except NoReverseMatch:
        return ""
