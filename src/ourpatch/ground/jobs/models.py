"""Failures of jobs, kept without anything about people: the traceback's places, never its values."""

from __future__ import annotations

from django.db import models


class JobFailure(models.Model):
    """One failed run: which job, which kind of error, where in the code."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    at = models.DateTimeField()
    error = models.CharField(max_length=120)
    places = models.JSONField(default=list)
