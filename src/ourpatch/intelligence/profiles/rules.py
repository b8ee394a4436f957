"""The eight minimum categories of a neighbourhood profile, what a note needs, and when a profile is complete and reviewed.

Source: guide-1 C21 and form F3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


class Category(StrEnum):
    """The eight minimum categories, in the guide's order (form F3)."""

    CONTEXTUAL_MAP = "contextual_map"
    DEMOGRAPHIC_GENERAL = "demographic_general"
    DEMOGRAPHIC_HOUSING = "demographic_housing"
    INFRASTRUCTURE_PHYSICAL = "infrastructure_physical"
    INFRASTRUCTURE_HUMAN = "infrastructure_human"
    PRIORITIES = "priorities"
    SATISFACTION = "satisfaction"
    DEMOGRAPHIC_OVERVIEW = "demographic_overview"


NAMES: Mapping[Category, Message] = {
    Category.CONTEXTUAL_MAP: _("Contextual map"),
    Category.DEMOGRAPHIC_GENERAL: _("Demographic data (general)"),
    Category.DEMOGRAPHIC_HOUSING: _("Demographic data (housing)"),
    Category.INFRASTRUCTURE_PHYSICAL: _("Infrastructure (physical)"),
    Category.INFRASTRUCTURE_HUMAN: _("Infrastructure (human)"),
    Category.PRIORITIES: _("Neighbourhood priorities"),
    Category.SATISFACTION: _("Satisfaction, confidence and fear of crime"),
    Category.DEMOGRAPHIC_OVERVIEW: _("Demographic characteristics (overview)"),
}
# What to do when a category is empty.
HOW_TO_FILL: Mapping[Category, Message] = {
    Category.CONTEXTUAL_MAP: _("Load boundaries and say how the neighbourhood was agreed."),
    Category.DEMOGRAPHIC_GENERAL: _("Load the index of deprivation with the small areas."),
    Category.DEMOGRAPHIC_HOUSING: _(
        "Ask the council and the landlords for their stock, and add it as a note with its source."
    ),
    Category.INFRASTRUCTURE_PHYSICAL: _("Load a list of places, or add the significant locations as a note."),
    Category.INFRASTRUCTURE_HUMAN: _("Set up the neighbourhood team and its forum."),
    Category.PRIORITIES: _("Propose priorities from what people raise and let the forum choose."),
    Category.SATISFACTION: _("Add the results of a survey as a note with its base and its date."),
    Category.DEMOGRAPHIC_OVERVIEW: _(
        "Load the population of the wards, and add what is known of the communities as a note."
    ),
}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the eight categories hold something, and which do not."""

    filled: int
    missing: tuple[Category, ...]

    @property
    def percent(self) -> int:
        """Of the eight categories, in whole per cent."""
        return round(100 * self.filled / len(Category))


def completeness(held: Mapping[Category, int]) -> Completeness:
    """Which categories hold at least one fact or note."""
    missing = tuple(category for category in Category if not held.get(category))
    return Completeness(len(Category) - len(missing), missing)


def check_note(*, category: str, text: str, source: str) -> Problems:
    """A note belongs to a category, says something, and names its source (guide-1 C22)."""
    return Problems.collect(
        [
            None if category in list(Category) else ("category", _("Choose one of the eight categories.")),
            None if text.strip() else ("text", _("Write what is known.")),
            None if source.strip() else ("source", _("Say where it comes from and how far it can be trusted.")),
        ]
    )


def check_review(*, note: str, on: date, today: date) -> Problems:
    """A review says what was checked, on a day that has come."""
    return Problems.collect(
        [
            None if note.strip() else ("note", _("Say what was checked and what changed.")),
            ("on", _("The day lies ahead. Give the day of the review.")) if on > today else None,
        ]
    )
