"""What people recorded about the steps of a partnership's year."""

from __future__ import annotations

from django.db import models

from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7


class CycleStep(models.Model):
    """One step of one year of one partnership: its owner, and when somebody recorded it as done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    done_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "year", "code"], name="cycle_step_once")]
