"""The sections that earlier rooms' data fills by itself, from the day it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ourpatch.intelligence.profiles.contents import PROFILE_SECTIONS, Contribution, Section, Setting
from ourpatch.intelligence.profiles.rules import Category


def register() -> None:
    """Put every section of this room where the profile looks for them."""
    own = (
        ("recorded.trend", Category.RECORDED, _when_asked("recorded", "trend")),
        ("recorded.categories", Category.RECORDED, _when_asked("recorded", "categories")),
        ("recorded.map", Category.RECORDED, _when_asked("recorded", "where")),
        ("places.map", Category.CONTEXTUAL_MAP, _when_asked("places", "boundary")),
        ("places.deprivation", Category.DEMOGRAPHIC_GENERAL, _when_asked("places", "deprivation")),
        ("places.names", Category.INFRASTRUCTURE_PHYSICAL, _when_asked("places", "landmarks")),
        ("people.team", Category.INFRASTRUCTURE_HUMAN, _when_asked("people", "team")),
        ("people.priorities", Category.PRIORITIES, _when_asked("people", "priorities")),
        ("people.answers", Category.SATISFACTION, _when_asked("people", "answers")),
        ("places.population", Category.DEMOGRAPHIC_OVERVIEW, _when_asked("places", "population")),
    )
    for order, (key, category, build) in enumerate(own):
        PROFILE_SECTIONS.add(key, Contribution(category, build), order=order)


def _when_asked(part: str, name: str) -> Callable[[Setting], Section | None]:
    """A section whose module is loaded with the first profile: it draws, and a command that draws nothing starts sooner."""

    def build(setting: Setting) -> Section | None:
        section: Section | None = getattr(import_module(f"{__name__}.{part}"), name)(setting)
        return section

    return build
