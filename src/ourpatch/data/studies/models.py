"""Studies as they are kept."""

from __future__ import annotations

import json
import zlib
from functools import cached_property
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from ourpatch.data.disclosure.permissions import Permission as Disclosure
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Protected, ProtectedQuerySet, Sensitivity


def pack(document: dict[str, Any]) -> bytes:
    """What was found, small enough to be kept in a row: a county's cells with their outlines are megabytes of text."""
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


class StudyQuerySet(ProtectedQuerySet["Study"]):
    """Studies; what was found in controlled data is seen by who may ask of it there, and by nobody else."""

    def visible_to(self, actor: Actor, permission: str) -> Self:
        """As of every record; of controlled data to who holds the permission to ask of it on the same record besides."""
        visible = super().visible_to(actor, permission)
        askable: ProtectedQuerySet[Study] = ProtectedQuerySet(Study).visible_to(actor, Disclosure.ASK_CONTROLLED)
        return visible.filter(Q(controlled=False) | Q(pk__in=askable.order_by().values("pk")))


class Study(Protected):
    """One analysis that was run: its question, the state of the data it was asked of, and what was found, in both languages.

    A study without a title is a draft: it goes by itself some days later. `sensitivity` open: the whole partnership may read it.
    """

    KIND: ClassVar[str] = "study"

    # As in Protected: what `as_manager` makes has the methods of its query set, and is called a manager by its type.
    objects: ClassVar[StudyQuerySet] = StudyQuerySet.as_manager()  # type: ignore[assignment]

    method = models.CharField(max_length=40)
    dataset = models.CharField(max_length=60)
    controlled = models.BooleanField(default=False)
    question = models.JSONField()
    purpose = models.CharField(max_length=300, blank=True)
    data_version = models.CharField(max_length=16)
    packed = models.BinaryField()
    title = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    user_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["partnership_id", "-made_at"], name="study_of_partnership"),
            models.Index(fields=["made_at"], condition=models.Q(title=""), name="draft_study_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(controlled=False) | ~models.Q(sensitivity="open"),
                name="controlled_study_is_not_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(sensitivity="open") | ~models.Q(title=""), name="open_study_has_title"
            ),
        ]

    @cached_property
    def document(self) -> dict[str, Any]:
        """What was found: by language what is shown, the shapes, the numbers."""
        found: dict[str, Any] = json.loads(zlib.decompress(bytes(self.packed)))
        return found

    @property
    def is_draft(self) -> bool:
        """Whether it goes by itself."""
        return not self.title

    @property
    def is_open(self) -> bool:
        """Whether the partnership may read it."""
        return self.sensitivity == Sensitivity.OPEN

    @property
    def shown(self) -> dict[str, Any]:
        """What was found, in the reader's language."""
        told: dict[str, Any] = self.document["cy" if (get_language() or "en").startswith("cy") else "en"]
        return told

    def keep(self, title: str, notes: str) -> None:
        """Give it a title, and so keep it."""
        self.title, self.notes = title, notes
        self.store_change()

    def open_up(self, *, is_open: bool) -> None:
        """Let the partnership read it, or no longer."""
        self.sensitivity = Sensitivity.OPEN if is_open else Sensitivity.RESTRICTED
        self.store_change()
