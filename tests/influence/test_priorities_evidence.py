"""What is laid beside a proposal, and that its words are kept and translated when they are shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns.models import Problem
from ourpatch.influence.priorities.evidence import evidence_for, lines_of

from ..access.factories_concerns import NOON, Scene, make_scene, raise_one
from ..data.factories_store import load
from .factories_priorities import TEAM

pytestmark = [pytest.mark.room, pytest.mark.django_db]
TODAY = date(2026, 11, 18)
HERE, NEAR, FAR = (350_000.0, 430_000.0), (350_200.0, 430_000.0), (352_000.0, 430_000.0)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.OURPATCH_HOME = tmp_path


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def problem(scene: Scene) -> Problem:
    raised = raise_one(scene, easting=HERE[0], northing=HERE[1], place_how="map")
    by = scene.actor(scene.sergeant, *TEAM)
    return concerns.make_problem(by=by, concern_ids=[raised.concern.pk], title_en="Bikes", now=NOON)


def at(place: tuple[float, float], **more: Any) -> dict[str, Any]:
    return {"easting": place[0], "northing": place[1], **more}


def recorded(snapshot) -> list[tuple[str, int | None]]:
    return [(str(line.says), line.number) for line in lines_of(snapshot) if "police" in str(line.source)]


def test_records_of_the_neighbourhood_and_near_the_place_are_counted(scene, problem) -> None:
    mine = str(scene.neighbourhood.pk)
    load(
        [
            at(HERE, neighbourhood=mine, category="anti-social-behaviour"),
            at(NEAR, neighbourhood=mine, category="burglary"),
            at(FAR, neighbourhood=mine, category="anti-social-behaviour"),
            at(NEAR, neighbourhood="somewhere else", category="burglary"),
        ],
        date(2026, 9, 1),
    )
    numbers = [number for _says, number in recorded(evidence_for(scene.neighbourhood, problem, TODAY))]
    assert numbers == [3, 2, 3]


def test_twelve_loaded_months_count_and_no_month_to_come(scene, problem) -> None:
    mine = str(scene.neighbourhood.pk)
    for month in [date(2025, 9, 1), date(2025, 10, 1), date(2026, 9, 1), date(2026, 12, 1)]:
        load([at(FAR, neighbourhood=mine)], month)
    snapshot = evidence_for(scene.neighbourhood, problem, TODAY)
    [total] = [line for line in lines_of(snapshot) if str(line.says) == "Recorded in the neighbourhood"]
    assert (total.number, total.since, total.until) == (3, date(2025, 9, 1), date(2026, 9, 30))


def test_not_knowing_is_not_none(scene) -> None:
    assert recorded(evidence_for(scene.neighbourhood, None, TODAY)) == [("Recorded incidents: none are loaded", None)]


def test_a_snapshot_can_be_kept_and_read_again(scene, problem) -> None:
    snapshot = evidence_for(scene.neighbourhood, problem, TODAY)
    raised = [line for line in lines_of(snapshot) if "told the partnership" in str(line.source)]
    assert [(line.number, line.until) for line in raised] == [(1, TODAY)] * 3
