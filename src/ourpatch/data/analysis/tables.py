"""The numbers of a result as rows, for a page, a spreadsheet or somebody who cannot see the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Value = str | int | float | Message | None


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and rows of as many values; None is a value that there is not."""

    heads: tuple[Message, ...]
    rows: tuple[tuple[Value, ...], ...]


def named(labels: Sequence[str], count: int) -> tuple[Value, ...]:
    """What each of so many rows is called: its label, or its number from 1 where no labels are given. Raises BadInput for
    another number of labels.
    """
    if labels and len(labels) != count:
        raise BadInput(_("Give one name for each period: %(count)s.", count=count))
    return tuple(labels) or tuple(range(1, count + 1))


def yes_no(answer: bool) -> Message:
    """A flag in words."""
    return _("yes") if answer else _("no")
