"""What may become of a task. Source: features S4 ("task accepted, done or returned with reason")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _


class State(StrEnum):
    """Where a task stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DONE = "done"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


# From each state, the states that may follow. A returned task goes back to who gave it, who offers it anew or withdraws it.
FOLLOWS: Mapping[State, frozenset[State]] = {
    State.OFFERED: frozenset({State.ACCEPTED, State.RETURNED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.DONE, State.RETURNED, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.OFFERED, State.WITHDRAWN}),
    State.DONE: frozenset(),
    State.WITHDRAWN: frozenset(),
}

OPEN_STATES = frozenset({State.OFFERED, State.ACCEPTED, State.RETURNED})


def check_offer(*, title: str, due: date | None, today: date) -> Problems:
    """A task says what is to be done and by when."""
    return Problems.collect(
        [
            None if title.strip() else ("title", _("Say what is to be done.")),
            None if due else ("due", _("Give the date by which it is to be done.")),
            ("due", _("The date has passed. Give a date from today on.")) if due and due < today else None,
        ]
    )


def check_step(was: State, to: State, note: str) -> Problems:
    """A step follows from where the task stands; returning asks for a reason, finishing for what was done."""
    return Problems.collect(
        [
            None if to in FOLLOWS[was] else ("", _("The task has moved on since you looked at it. Look at it again.")),
            ("note", _("Say why you are returning the task.")) if to == State.RETURNED and not note.strip() else None,
            ("note", _("Say what was done.")) if to == State.DONE and not note.strip() else None,
        ]
    )
