"""What a neighbourhood profile holds, when it is complete and when it is due for review. Source: guide-1 C21 and form F3."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from ourpatch.foundation.law import Clock, clocks
from ourpatch.ground.clock import LONDON
from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


class Category(StrEnum):
    """The eight minimum categories, and before them what is recorded: the baseline that change is measured against."""

    RECORDED = "recorded"
    CONTEXTUAL_MAP = "contextual_map"
    DEMOGRAPHIC_GENERAL = "demographic_general"
    DEMOGRAPHIC_HOUSING = "demographic_housing"
    INFRASTRUCTURE_PHYSICAL = "infrastructure_physical"
    INFRASTRUCTURE_HUMAN = "infrastructure_human"
    PRIORITIES = "priorities"
    SATISFACTION = "satisfaction"
    DEMOGRAPHIC_OVERVIEW = "demographic_overview"


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category's name, what belongs in it, and how it fills. `minimum`: it is one of the eight."""

    name: Message
    holds: Message
    how: Message
    minimum: bool = True


CATEGORIES: dict[Category, CategoryFacts] = {
    Category.RECORDED: CategoryFacts(
        _("Recorded crime and anti-social behaviour"),
        _("Counts, rates and trends of what was reported to the police and recorded."),
        _("Load the monthly archives of data.police.uk on the Data page."),
        minimum=False,
    ),
    Category.CONTEXTUAL_MAP: CategoryFacts(
        _("Contextual map"),
        _("The boundary, how it was agreed, and where the neighbourhood lies in its surroundings."),
        _("Load the ward boundaries, and say how the neighbourhood was agreed."),
    ),
    Category.DEMOGRAPHIC_GENERAL: CategoryFacts(
        _("Demographic data (general)"),
        _("Deprivation and vulnerability, and the kinds of household that live here."),
        _("Load deprivation by small area together with the boundaries, or add a note from your own source."),
    ),
    Category.DEMOGRAPHIC_HOUSING: CategoryFacts(
        _("Demographic data (housing)"),
        _("Council housing, housing association homes, and accommodation for people seeking asylum."),
        _("Ask the councils and registered providers for their stock here, and add it as a note with its source."),
    ),
    Category.INFRASTRUCTURE_PHYSICAL: CategoryFacts(
        _("Infrastructure (physical)"),
        _("Places that matter: schools, shops, licensed premises, transport, health, leisure, places of worship."),
        _("Load a list of place names, or add a note."),
    ),
    Category.INFRASTRUCTURE_HUMAN: CategoryFacts(
        _("Infrastructure (human)"),
        _("The team, managers, councillors, residents' groups, watch co-ordinators and other key people."),
        _(
            "Enter the neighbourhood's team on the Teams page, and its forums on the Meetings page; add others as a note."
        ),
    ),
    Category.PRIORITIES: CategoryFacts(
        _("Neighbourhood priorities"),
        _("Current priorities and how they are addressed, and what came of earlier ones."),
        _("They appear when a forum has chosen a priority."),
    ),
    Category.SATISFACTION: CategoryFacts(
        _("Satisfaction, confidence and fear of crime"),
        _("What residents think: surveys, how they were answered, what the team plans to ask."),
        _("Replies to residents are counted by themselves; add survey results as a note with its source and base."),
    ),
    Category.DEMOGRAPHIC_OVERVIEW: CategoryFacts(
        _("Demographic characteristics (overview)"),
        _("Population, ages, ethnic groups, transient groups, and those who are hard to reach or hard to hear."),
        _("Load the population of wards together with the boundaries; add what is known of groups as a note."),
    ),
}

MINIMUM = tuple(category for category, facts in CATEGORIES.items() if facts.minimum)
LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the eight minimum categories hold something, and which do not."""

    filled: int
    of: int
    empty: tuple[Category, ...]

    @property
    def percent(self) -> int:
        """Filled categories of a hundred."""
        return round(100 * self.filled / self.of)


def completeness(filled: Collection[Category]) -> Completeness:
    """How complete a profile is, given the categories that hold something."""
    empty = tuple(category for category in MINIMUM if category not in filled)
    return Completeness(len(MINIMUM) - len(empty), len(MINIMUM), empty)


def next_review(on: date, clock: Clock) -> date:
    """The day by which a profile reviewed on this day is due again: three to six months, by local choice."""
    return clocks.due_on(clock, datetime.combine(on, time(12), LONDON))


def check_note(*, category: str, text: str, source: str) -> Problems:
    """A note belongs to a category, says something, and names its source, so that it can be checked (guide-1 C22)."""
    return Problems.collect(
        [
            None if category in list(Category) else ("category", _("Choose one of the categories.")),
            None if text.strip() else ("text", _("Write what is known.")),
            ("text", _("Keep the note under %(most)s characters.", most=LONGEST_NOTE))
            if len(text) > LONGEST_NOTE
            else None,
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
