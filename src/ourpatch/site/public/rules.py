"""How often somebody may try a code, and how long what is typed is kept between the steps of a form."""

from __future__ import annotations

from datetime import timedelta

# A code has about 43 bits: ten tries in a quarter of an hour leave guessing hopeless and forgive a shaky hand.
TRIES = 10
TRIES_WITHIN = timedelta(minutes=15)
# Long enough to be called away to the door and come back; short on a telephone that others use.
DRAFT_KEPT = timedelta(hours=4)
OPENED_KEPT = timedelta(minutes=30)
CODE_SHOWN = timedelta(minutes=15)


def may_try(wrong: int) -> bool:
    """Whether somebody with so many wrong codes within the last quarter of an hour may try another."""
    return wrong < TRIES
