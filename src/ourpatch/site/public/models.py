"""What the public doors keep of their own: wrong codes, for a quarter of an hour. Everything else belongs to a room."""

from __future__ import annotations

from django.db import models


class WrongCode(models.Model):
    """One try with a code that opens nothing. `visitor` is a keyed digest; the row goes when the quarter of an hour is over."""

    visitor = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["visitor", "at"], name="wrong_code_of_visitor")]
