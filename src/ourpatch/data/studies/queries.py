"""Reading studies, and what may be asked."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from ourpatch.data.disclosure import asking
from ourpatch.data.store import queries as store
from ourpatch.data.store import specs
from ourpatch.data.store.rules import DataClass
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.data.studies.models import Study
from ourpatch.data.studies.permissions import Permission
from ourpatch.foundation import law
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground.audit import trail
from ourpatch.ground.permission.actor import Actor


def list_studies(by: Actor) -> QuerySet[Study]:
    """Kept studies that the actor may read, latest first. Raises NotAllowed."""
    by.require(Permission.VIEW)
    return Study.objects.visible_to(by, Permission.VIEW).exclude(title="").order_by("-made_at", "-pk").defer("packed")


def list_drafts(by: Actor, limit: int = 10) -> QuerySet[Study]:
    """The actor's own studies that are not kept yet, latest first."""
    own = Study.objects.visible_to(by, Permission.VIEW).filter(title="", user_id=by.id)
    return own.order_by("-made_at", "-pk").defer("packed")[:limit]


def drafts_before(instant: datetime) -> QuerySet[Study]:
    """Drafts that were made before an instant, whoever made them."""
    return Study.objects.filter(title="", made_at__lt=instant)


def get_study(by: Actor, study_id: UUID) -> Study:
    """One study; that it was read is written down. Raises NotFound."""
    study: Study = Study.objects.get_visible(by, Permission.VIEW, study_id)
    trail.seen(by, "studies.study", Study.KIND, [study.pk])
    return study


def is_own(by: Actor, study: Study) -> bool:
    """Whether the actor may change it: of the organisation that made it, or acting for the partnership as a whole."""
    return by.acts_for_partnership or study.controller_id == by.organisation_id


def is_current(study: Study) -> bool:
    """Whether the data, and what it was held against, is still as it was when the study was made."""
    if store.data_version(study.dataset) != study.data_version:
        return False
    key, _space, version = str((study.document.get("base") or {}).get("state", "")).partition(" ")
    return not key or store.data_version(key) == version


def list_datasets(by: Actor) -> list[DatasetSpec]:
    """The loaded datasets that the actor may analyse."""
    return asking.list_datasets(by) if by.holds(Permission.RUN) else []


def is_controlled(spec: DatasetSpec) -> bool:
    """Whether a dataset is analysed for a purpose only, and never told in small numbers."""
    return spec.data_class is not DataClass.PUBLISHABLE


def list_places(by: Actor) -> list[ServiceArea]:
    """The partnerships and their neighbourhoods that the actor may analyse, each partnership before its neighbourhoods."""
    held = {grant.partnership_id for grant in by.scopes(Permission.RUN)}
    within: dict[UUID | None, list[ServiceArea]] = {}
    for each in places.neighbourhoods().filter(partnership_id__in=held):
        within.setdefault(each.partnership_id, []).append(each)
    every = [
        place
        for partnership in places.partnerships().filter(pk__in=held)
        for place in (partnership, *within.get(partnership.pk, ()))
    ]
    return [place for place in every if by.holds(Permission.RUN, partnership_of(place), _below(place))]


def _below(place: ServiceArea) -> UUID | None:
    """The service area within its partnership; None for the whole of it."""
    return None if place.kind == ServiceAreaKind.PARTNERSHIP else place.pk


def partnership_of(place: ServiceArea) -> UUID:
    """The partnership that a place belongs to."""
    return place.pk if place.kind == ServiceAreaKind.PARTNERSHIP else place.partnership_id or place.pk


def categories(spec: DatasetSpec, on: date, language: str) -> list[tuple[str, str]]:
    """Code and name of each category that the dataset has on a day."""
    return [(item.code, item.label(language)) for item in specs.categories_of(spec, law.book(on))]
