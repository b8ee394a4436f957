"""The day after an agreement's last day, the shares that rest on it end."""

from __future__ import annotations

from ourpatch.foundation.agreements import actions
from ourpatch.foundation.agreements.permissions import Permission
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock, jobs
from ourpatch.ground.permission.actor import Actor


@jobs.job("agreements.lapse", queue="urgent", at_hour=0)
def lapse() -> None:
    """End the shares of agreements whose last day is past."""
    partnerships = ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP).values_list("pk", flat=True)
    by = Actor.job("agreements.lapse", [Permission.END], partnerships)
    if by.grants:
        actions.end_lapsed_shares(by=by, now=clock.now())
