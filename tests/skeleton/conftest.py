"""A house with the rooms that are not built yet standing in it; they leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ourpatch.foundation.meetings.queries import AGENDA
from ourpatch.ground import events
from ourpatch.strategy.cycle.evidence import STEP_EVIDENCE

from .rooms import casework, community, performance, projects, surveys


@pytest.fixture
def rooms_to_come() -> Iterator[None]:
    """Open the stand-ins, and take every listener and contribution of theirs away afterwards."""
    listeners = {kind: list(found) for kind, found in events._listeners.items()}
    points = [(point, dict(point._entries)) for point in (AGENDA, STEP_EVIDENCE)]
    for room in (surveys, community, casework, projects, performance):
        room.open_room()
    yield
    events._listeners.clear()
    events._listeners.update(listeners)
    for point, entries in points:
        point._entries = entries


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    """Files of the store go to a folder of the test."""
    settings.OURPATCH_HOME = tmp_path
