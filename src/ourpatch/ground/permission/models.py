"""Protected records, shares between organisations, and conflicts of interest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ourpatch.ground.errors import Conflict, NotAllowed, NotFound
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor, Grant, Level, level_needed, levels_from

Record = TypeVar("Record", bound="Protected")


class Sensitivity(models.TextChoices):
    """Open to the partnership's members, restricted to the controller and those it shares with, or sealed."""

    OPEN = "open", gettext_lazy("Open to the partnership")
    RESTRICTED = "restricted", gettext_lazy("Restricted")
    SEALED = "sealed", gettext_lazy("Sealed")


SEE_SEALED = "ground.see_sealed"


def _inside(scopes: Iterable[Grant]) -> Q:
    """Records that lie within one of these grants; none when there are no grants."""
    inside = Q(pk__in=[])
    for grant in scopes:
        place = Q(partnership_id=grant.partnership_id)
        if grant.service_areas is not None:
            place &= Q(service_area_id__in=grant.service_areas)
        inside |= place
    return inside


class ProtectedQuerySet(models.QuerySet[Record]):
    """The one set of records that an actor may see or change under a permission."""

    def visible_to(self, actor: Actor, permission: str) -> Self:
        """Those records that this actor holds this permission on. Everything else (rank, count, page, search) comes after."""
        visible = self.filter(_inside(actor.scopes(permission)))
        if not actor.acts_for_partnership:
            visible = visible.filter(self._held_by(actor, permission))
        visible = visible.filter(~Q(sensitivity=Sensitivity.SEALED) | _inside(actor.scopes(SEE_SEALED)))
        return self._without_conflicts(visible, actor)

    def _held_by(self, actor: Actor, permission: str) -> Q:
        held = Q(sensitivity=Sensitivity.OPEN) | self.model.own_terms(actor)
        if actor.organisation_id is None:
            return held
        shared = Share.objects.live(timezone.now()).filter(
            subject_kind=self.model.KIND,
            subject_id=OuterRef("pk"),
            to_organisation_id=actor.organisation_id,
            level__in=levels_from(level_needed(permission)),
        )
        return held | Q(controller_id=actor.organisation_id) | Q(Exists(shared))

    def _without_conflicts(self, visible: Self, actor: Actor) -> Self:
        if actor.person_id is None:
            return visible
        conflicted = ConflictOfInterest.objects.filter(
            person_id=actor.person_id, subject_kind=self.model.KIND, subject_id=OuterRef("pk")
        )
        return visible.exclude(Exists(conflicted))

    def get_visible(self, actor: Actor, permission: str, record_id: UUID) -> Record:
        """The one record, or NotFound: a record that cannot be seen is not there."""
        record = self.visible_to(actor, permission).filter(pk=record_id).first()
        if record is None:
            raise NotFound(
                _("We could not find that record. It may have been removed, or you may not be able to see it.")
            )
        return record

    def for_change(self, actor: Actor, permission: str, record_id: UUID, version: int | None = None) -> Record:
        """Load and lock one record for a change.

        `version` is the version the person was shown; None says that the action is safe whatever changed meanwhile.
        Raises NotAllowed (the permission is held nowhere), NotFound (not on this record), Conflict (changed meanwhile).
        """
        if not actor.holds(permission):
            raise NotAllowed(_("You do not have permission to do that. Ask your administrator if you need it."))
        seen = self.get_visible(actor, permission, record_id)
        locked = self.model._default_manager.select_for_update().get(pk=seen.pk)
        if locked.version != seen.version:
            # It was changed while we waited for the lock, and may have gone where this actor cannot follow.
            self.get_visible(actor, permission, record_id)
        if version is not None and locked.version != version:
            raise Conflict(
                _("Somebody else changed this while you were working. Look at what is there now, then choose.")
            )
        return locked  # type: ignore[return-value]


class Protected(models.Model):
    """A record of personal or restricted data: whose it is, where, why it is held, and how far it may be seen.

    Organisations and service areas belong to later floors, so they are named by id and not by foreign key.
    """

    KIND: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership_id = models.UUIDField(db_index=True)
    controller_id = models.UUIDField()
    service_area_id = models.UUIDField(db_index=True)
    activity = models.CharField(max_length=60)
    sensitivity = models.CharField(max_length=10, choices=Sensitivity.choices, default=Sensitivity.RESTRICTED)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[ProtectedQuerySet[Any]] = ProtectedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True

    @classmethod
    def own_terms(cls, actor: Actor) -> Q:
        """What else makes a record this actor's own: nothing, unless the model says so (a task, its organisation's)."""
        return Q(pk__in=[])

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **options: Any) -> Self:
        record = super().from_db(db, field_names, values, **options)
        record._as_loaded = dict(  # type: ignore[attr-defined]
            zip(field_names, values, strict=False)
        )
        return record

    def changed_fields(self) -> dict[str, object]:
        """Field name -> value as it was loaded, for every field that differs now; empty for a new record."""
        loaded: dict[str, object] = getattr(self, "_as_loaded", {})
        return {name: was for name, was in loaded.items() if getattr(self, name) != was}

    def store_change(self) -> None:
        """Write the changed record as its next version."""
        self.version += 1
        self.save()


class ShareQuerySet(models.QuerySet["Share"]):
    def live(self, at: datetime) -> Self:
        """Shares in force at this instant; a withdrawn or lapsed one gives nothing."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), from_at__lte=at, withdrawn_at__isnull=True)


class Share(models.Model):
    """One record made visible to one other organisation, under an agreement, for a purpose, until a date."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    to_organisation_id = models.UUIDField()
    agreement_id = models.UUIDField()
    purpose = models.CharField(max_length=80)
    level = models.CharField(max_length=10, choices=[(str(level), str(level)) for level in Level])
    from_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "to_organisation_id", "agreement_id", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="share_once_while_live",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("from_at")), name="share_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["to_organisation_id", "subject_kind", "subject_id"], name="share_of_subject")]


class ConflictOfInterest(models.Model):
    """A record that concerns the person, their family or their address: it is not there for them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person_id = models.UUIDField()
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "subject_kind", "subject_id"], name="conflict_once"),
        ]
