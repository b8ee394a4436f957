"""The sections that earlier rooms' data fills by itself, from the day it is loaded."""

from __future__ import annotations

from ourpatch.intelligence.profiles.contents import PROFILE_SECTIONS, Contribution
from ourpatch.intelligence.profiles.rules import Category
from ourpatch.intelligence.profiles.sections import people, places, recorded


def register() -> None:
    """Put every section of this room where the profile looks for them."""
    own = (
        ("recorded.trend", Category.RECORDED, recorded.trend),
        ("recorded.categories", Category.RECORDED, recorded.categories),
        ("recorded.map", Category.RECORDED, recorded.where),
        ("places.map", Category.CONTEXTUAL_MAP, places.boundary),
        ("places.deprivation", Category.DEMOGRAPHIC_GENERAL, places.deprivation),
        ("places.names", Category.INFRASTRUCTURE_PHYSICAL, places.landmarks),
        ("people.team", Category.INFRASTRUCTURE_HUMAN, people.team),
        ("people.priorities", Category.PRIORITIES, people.priorities),
        ("people.answers", Category.SATISFACTION, people.answers),
        ("places.population", Category.DEMOGRAPHIC_OVERVIEW, places.population),
    )
    for order, (key, category, build) in enumerate(own):
        PROFILE_SECTIONS.add(key, Contribution(category, build), order=order)
