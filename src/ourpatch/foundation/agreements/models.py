"""Information-sharing agreements and their parties."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.directory.models import Organisation
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.identifiers import uuid7


class Purpose(models.TextChoices):
    """The purposes that agreements name here."""

    NEIGHBOURHOOD = "neighbourhood", _("Answering concerns and solving problems in a neighbourhood")
    ANALYSIS = "analysis", _("Analysing crime and disorder in the partnership's area")


class Agreement(models.Model):
    """A signed agreement: purposes, lawful basis, from when and until when; reviewed on a date."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=200)
    partnership = models.ForeignKey(ServiceArea, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    lawful_basis = models.TextField()
    from_on = models.DateField()
    until = models.DateField()
    review_on = models.DateField()
    ended_on = models.DateField(null=True)
    parties = models.ManyToManyField(Organisation, through="Signature", related_name="agreements")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("from_on")), name="agreement_ends_after_start")
        ]


class Signature(models.Model):
    """One organisation's signature."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()
    signed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "organisation"], name="signature_once")]
