"""The one thing the public doors write by themselves: that a code was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ourpatch.ground.audit.trail import change
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.public.models import WrongCode
from ourpatch.site.public.rules import TRIES_WITHIN


def note_wrong_code(*, by: Actor, visitors: Sequence[str], now: datetime) -> None:
    """Count a wrong code against these keyed digests of a visitor, and forget what is older than the time that counts."""
    with change(by, "public.note_wrong_code"):
        WrongCode.objects.filter(at__lt=now - TRIES_WITHIN).delete()
        WrongCode.objects.bulk_create([WrongCode(visitor=each, at=now) for each in visitors])
