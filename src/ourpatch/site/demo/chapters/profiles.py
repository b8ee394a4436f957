"""Neighbourhood profiles: what the team knows beyond the files, written down with its source and reviewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from ourpatch.intelligence.profiles import actions as profiles
from ourpatch.site.demo.county.map import Neighbourhood
from ourpatch.site.demo.stage import Stage

STORY = Path(__file__).with_name("profiles.yaml")
PUBLIC = "demographic_overview"
WRITTEN_AFTER = timedelta(days=140)
REVIEWED_BEFORE_THE_END = timedelta(days=75)


def set_up(stage: Stage) -> None:
    """Have every team write its notes in the spring, and review its profile after the summer."""
    for number, hood in enumerate(stage.county.map.neighbourhoods):
        written = stage.morning(stage.county.start + WRITTEN_AFTER, 14) + timedelta(days=number)
        stage.timeline.at(written, _writer(stage, hood))
        reviewed = stage.morning(stage.county.until - REVIEWED_BEFORE_THE_END, 11) + timedelta(days=number)
        stage.timeline.at(reviewed, _reviewer(stage, hood))


@cache
def story() -> dict[str, Any]:
    """What the teams know, as it is written beside this chapter."""
    return cast("dict[str, Any]", yaml.safe_load(STORY.read_text(encoding="utf-8")))


def _writer(stage: Stage, hood: Neighbourhood) -> Callable[[datetime], None]:
    def write(now: datetime) -> None:
        for category, told in story()["notes"].items():
            profiles.write_note(
                by=stage.manager(hood.key),
                neighbourhood_id=stage.neighbourhoods[hood.key].pk,
                category=category,
                text=told[hood.character].format(name=hood.name),
                text_cy=told.get(f"{hood.character}_cy", "").format(name=hood.name),
                source=told["source"],
                limitations=told.get("limitations", ""),
                is_public=category == PUBLIC,
                now=now,
            )

    return write


def _reviewer(stage: Stage, hood: Neighbourhood) -> Callable[[datetime], None]:
    def review(now: datetime) -> None:
        profiles.review_profile(
            by=stage.manager(hood.key),
            neighbourhood_id=stage.neighbourhoods[hood.key].pk,
            note=story()["review"],
            now=now,
        )

    return review
