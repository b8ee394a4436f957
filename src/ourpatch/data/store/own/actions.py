"""Adding a dataset of one's own, revising it and retiring it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from ourpatch.data.store.models import CatalogueMark, OwnDataset, OwnDatasetVersion
from ourpatch.data.store.own import queries, rules, texts
from ourpatch.data.store.permissions import Permission
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.ground.audit.trail import Trail, change
from ourpatch.ground.errors import Conflict, NotFound, Problems, RuleBroken
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _


def add_own_dataset(*, by: Actor, partnership_id: UUID, spec: DatasetSpec, now: datetime) -> OwnDataset:
    """Add a dataset to a partnership; from the next moment on it can be sent.

    Raises NotAllowed, RuleBroken (it is no specification of an own dataset, or its key is taken).
    """
    try:
        with change(by, "store.add_own_dataset") as audit:
            by.require(Permission.SPECIFY, partnership_id)
            rules.check_own(spec, queries.known(now)).raise_if_any()
            _check_free(spec.key)
            added = OwnDataset.objects.create(
                partnership_id=partnership_id, key=spec.key, version=1, added_at=now, added_by=by.name
            )
            _write(added, spec, by, audit, now)
    except IntegrityError as error:
        # Two that add the same at one moment: the database lets one through.
        raise RuleBroken(_taken(spec.key)) from error
    return added


def revise_own_dataset(*, by: Actor, key: str, version: int, spec: DatasetSpec, now: datetime) -> OwnDataset:
    """Put a new version of a specification beside the old ones and use it from now on; the same again changes nothing.

    Raises NotAllowed, NotFound, Conflict (somebody else revised it meanwhile), RuleBroken (rows are loaded that depend on what
    would change).
    """
    with change(by, "store.revise_own_dataset") as audit:
        found = _for_change(by, key)
        before = queries.specified(found)
        if found.version != version:
            raise Conflict(_("Somebody else revised this dataset meanwhile. Look at it again, then make your change."))
        (
            rules.check_not_retired(before)
            | rules.check_same_key(before, spec)
            | rules.check_own(spec, queries.known(now))
        ).raise_if_any()
        if queries.has_rows(key):
            rules.check_revision(before, spec).raise_if_any()
        if texts.as_data(before) != texts.as_data(spec):
            found.version += 1
            found.save(update_fields=["version"])
            _write(found, spec, by, audit, now)
    return found


def retire_own_dataset(*, by: Actor, key: str, reason: str, now: datetime) -> OwnDataset:
    """Take no more files of a dataset. What is loaded stays and can be asked. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "store.retire_own_dataset") as audit:
        found = _for_change(by, key)
        rules.check_not_retired(queries.specified(found)).raise_if_any()
        rules.check_retiring(reason).raise_if_any()
        found.retired_at, found.retired_by, found.retired_reason = now, by.name, reason.strip()
        found.save(update_fields=["retired_at", "retired_by", "retired_reason"])
        audit.noted(OwnDataset.KIND, [found.pk], reason=reason.strip())
        _mark()
    return found


def _for_change(by: Actor, key: str) -> OwnDataset:
    seen = OwnDataset.objects.visible_to(by, Permission.SPECIFY).filter(key=key).values("pk")
    found = OwnDataset.objects.select_for_update().filter(pk__in=seen).first()
    if found is None:
        by.require(Permission.SPECIFY)
        raise NotFound(_("There is no such dataset, or your partnership did not add it."))
    by.require(Permission.SPECIFY, found.partnership_id)
    return found


def _write(dataset: OwnDataset, spec: DatasetSpec, by: Actor, audit: Trail, now: datetime) -> None:
    OwnDatasetVersion.objects.create(
        dataset=dataset, number=dataset.version, specification=texts.as_data(spec), made_at=now, made_by=by.name
    )
    audit.noted(OwnDataset.KIND, [dataset.pk], reason=f"{spec.key}, version {dataset.version}")
    _mark()


def _mark() -> None:
    """Make every process read own datasets anew. Last in the transaction, since whoever comes next waits for it."""
    CatalogueMark.objects.update_or_create(pk=1, defaults={"mark": uuid7()})


def _check_free(key: str) -> None:
    if OwnDataset.objects.filter(key=key).exists():
        raise RuleBroken(_taken(key))


def _taken(key: str) -> Problems:
    return Problems.collect([("key", _("There is a dataset called %(key)s already. Choose another name.", key=key))])
