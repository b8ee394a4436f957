"""The sealer, every few seconds."""

from __future__ import annotations

from ourpatch.ground import clock, jobs
from ourpatch.ground.audit import sealing


@jobs.job("audit.seal", queue="urgent", every_minutes=1)
def seal() -> None:
    """Seal what was committed since the last time."""
    sealing.seal_all(clock.now())
