"""What the site does at night."""

from __future__ import annotations

from django.core.management import call_command

from ourpatch.ground import jobs


@jobs.job("site.clear_sessions", queue="bulk", at_hour=3)
def clear_sessions() -> None:
    """Remove sessions that have run out, with the sealed drafts in them."""
    call_command("clearsessions")
