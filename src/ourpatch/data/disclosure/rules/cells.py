"""What a rule of disclosure asks of a number, and why a number is or is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from ourpatch.foundation.law import LawBook
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MinimumCell:
    """Counts from 1 to `smallest_shown` - 1 are withheld (from 0 where zeros are not shown), and what is withheld
    must stay uncertain by at least `width`.
    """

    smallest_shown: int = 5
    width: int = 5
    zeros_shown: bool = True

    def __post_init__(self) -> None:
        if self.smallest_shown < 3 or self.width < 1:
            raise BadInput(
                _("A disclosure rule withholds at least the counts of one and two, and leaves them uncertain by one.")
            )

    @classmethod
    def of(cls, book: LawBook, data_class: Literal["publishable", "controlled"]) -> MinimumCell:
        """The rule of a class of data in a law book, the partnership's own choice included."""
        smallest = book.number(f"{data_class}_smallest_count")
        return cls(smallest_shown=smallest, width=smallest)

    def is_small(self, count: int) -> bool:
        """Whether a count may not be shown by itself."""
        return (0 if not self.zeros_shown else 1) <= count < self.smallest_shown

    def are_small(self, counts: Integers) -> Mask:
        """The same of many counts."""
        return (counts >= (0 if not self.zeros_shown else 1)) & (counts < self.smallest_shown)


class Why(StrEnum):
    """Why a cell is or is not shown."""

    SHOWN = "shown"
    SMALL = "small"
    PROTECTS = "protects"
    NOT_PUBLISHED = "not_published"


# For those who see the numbers anyway: told to the public, the reason would itself narrow what is withheld.
WHY_WORDS: dict[Why, Message] = {
    Why.SHOWN: _("Shown."),
    Why.SMALL: _("Withheld: too few to show."),
    Why.PROTECTS: _("Withheld to protect a smaller figure beside it."),
    Why.NOT_PUBLISHED: _("This total is not published."),
}
