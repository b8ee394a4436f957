"""Stands for influence.surveys: answers come in without names and are read as a share with its base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ourpatch.ground import events
from ourpatch.ground.permission.actor import Actor

STANDS_FOR = "influence.surveys"

_answers: dict[UUID, list[bool]] = {}


@dataclass(frozen=True, slots=True)
class SurveyClosed:
    """A survey of a neighbourhood has all the answers it will get."""

    neighbourhood_id: UUID
    at: datetime


def open_room() -> None:
    """Begin without answers."""
    _answers.clear()


def close_survey(*, by: Actor, neighbourhood_id: UUID, confident: list[bool], now: datetime) -> None:
    """Keep the answers: who is confident that the team deals with what matters."""
    _answers[neighbourhood_id] = confident
    events.publish(SurveyClosed(neighbourhood_id, now))


def measure_confidence(neighbourhood_id: UUID) -> tuple[int, int]:
    """(confident, asked): a total without anybody's name."""
    given = _answers.get(neighbourhood_id, [])
    return sum(given), len(given)
