"""Every dataset there is: those that Ourpatch brings, and those that partnerships added (docs/adr/0010).

What partnerships added is remembered by each process under a mark in the database that every change replaces. To look at the mark
is one small query, made only when an own dataset can be meant; a page that names many rows' datasets asks for `every` once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from django.db.models import F

from ourpatch.data.store import specs
from ourpatch.data.store.models import CatalogueMark, OwnDataset, OwnDatasetVersion
from ourpatch.data.store.own import texts
from ourpatch.data.store.own.rules import PREFIX
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput
from ourpatch.ground.permission.actor import Actor

logger = logging.getLogger(__name__)


def every() -> Mapping[str, DatasetSpec]:
    """Every dataset by its key, whoever may see it: those that Ourpatch brings first, then own ones by key, the retired among
    them.
    """
    own = _own()
    return {**specs.every(), **own} if own else specs.every()


def dataset(key: str) -> DatasetSpec:
    """A dataset's specification, whoever may see it. Raises BadInput when there is none."""
    return specs.found_in(_own() if key.startswith(PREFIX) else specs.every(), key)


def visible_to(by: Actor) -> Mapping[str, DatasetSpec]:
    """The datasets that an actor may know of: what Ourpatch brings, and what their own partnerships added."""
    held = {grant.partnership_id for grant in by.grants}
    return {key: spec for key, spec in every().items() if spec.owner is None or spec.owner in held}


def seen_by(by: Actor, key: str) -> DatasetSpec:
    """A dataset's specification. Raises BadInput when there is none, or it is another partnership's."""
    spec = dataset(key)
    if spec.owner is not None and all(grant.partnership_id != spec.owner for grant in by.grants):
        return specs.found_in({}, key)
    return spec


def as_spec(added: OwnDataset, version: OwnDatasetVersion) -> DatasetSpec:
    """One version of an own dataset as the rest of the program reads specifications. Raises BadInput."""
    retired = added.retired_at is not None
    spec = texts.parsed(version.specification)
    # Nothing is expected any more from the day on which it was retired; what was before stays in the ledger.
    until = clock.london_date(added.retired_at) if added.retired_at else None
    duty = replace(spec.duty, until=until) if spec.duty and until else spec.duty
    return replace(spec, owner=added.partnership_id, duty=duty, retired=retired, mapped=not retired)


def _own() -> Mapping[str, DatasetSpec]:
    mark = CatalogueMark.objects.values_list("mark", flat=True).first()
    return _remembered(mark) if mark is not None else {}


# A mark never comes twice, not even when what was changed under it was rolled back.
@lru_cache(maxsize=4)
def _remembered(mark: UUID) -> Mapping[str, DatasetSpec]:
    found: dict[str, DatasetSpec] = {}
    in_use = OwnDatasetVersion.objects.filter(number=F("dataset__version")).select_related("dataset")
    for each in in_use.order_by("dataset__key"):
        try:
            found[each.dataset.key] = as_spec(each.dataset, each)
        except BadInput:
            # One that an older program took in must not keep the others from being read.
            logger.exception("the specification of an own dataset cannot be read")
    return MappingProxyType(found)
