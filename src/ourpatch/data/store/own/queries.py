"""Reading what partnerships added, as its pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from ourpatch.data.store import catalogue, specs
from ourpatch.data.store.models import OwnDataset, OwnDatasetVersion, Submission
from ourpatch.data.store.own.rules import Known
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation import law
from ourpatch.foundation.directory.models import OrganisationKind
from ourpatch.foundation.law.entries import CodeList
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _


@dataclass(frozen=True, slots=True)
class Specified:
    """An own dataset and the specification in use."""

    dataset: OwnDataset
    spec: DatasetSpec


def get_own_dataset(by: Actor, key: str, permission: Permission = Permission.SPECIFY) -> Specified:
    """An own dataset of a partnership where the actor holds a permission. Raises NotFound."""
    found = OwnDataset.objects.visible_to(by, permission).filter(key=key).first()
    if found is None:
        raise NotFound(_("There is no such dataset, or your partnership did not add it."))
    return Specified(found, specified(found))


def specified(found: OwnDataset) -> DatasetSpec:
    """The specification in use, read now."""
    return catalogue.as_spec(found, found.versions.get(number=found.version))


def list_versions(found: OwnDataset) -> QuerySet[OwnDatasetVersion]:
    """The versions of an own dataset, latest first."""
    return found.versions.order_by("-number")


def partnerships_to_add_for(by: Actor) -> QuerySet[ServiceArea]:
    """The partnerships that the actor may add datasets for: the permission reaches all of each."""
    held = [grant.partnership_id for grant in by.scopes(Permission.SPECIFY) if grant.service_areas is None]
    return ServiceArea.objects.filter(pk__in=held, kind=ServiceAreaKind.PARTNERSHIP).order_by("name")


def may_specify(by: Actor, spec: DatasetSpec) -> bool:
    """Whether the actor may revise or retire a dataset."""
    return spec.owner is not None and not spec.retired and by.holds(Permission.SPECIFY, spec.owner)


def has_rows(key: str) -> bool:
    """Whether anything was ever loaded of a dataset, in use or not: what was replaced may come back."""
    return Submission.objects.filter(dataset=key).exists()


def known(now: datetime) -> Known:
    """What a specification may name on a day."""
    lists = law.book(clock.london_date(now)).entries.items()
    return Known(
        frozenset(key for key, entry in lists if isinstance(entry, CodeList)), frozenset(OrganisationKind.values)
    )


def lists_to_copy(now: datetime) -> Mapping[str, CodeList]:
    """The code lists of the law book that fields of datasets have, by key."""
    book = law.book(clock.london_date(now))
    keys = sorted({field.code_list for spec in specs.every().values() for field in spec.fields if field.code_list})
    return {key: book.codes(key) for key in keys}


def owner_name(partnership_id: UUID) -> str:
    """The name of the partnership that added a dataset."""
    return ServiceArea.objects.filter(pk=partnership_id).values_list("name", flat=True).first() or ""
