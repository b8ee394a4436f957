"""Reads the written stories (stories/*.yaml): the words are there, times and places are filled in by the tellers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NotRequired, TypedDict, cast

import yaml

FOLDER = Path(__file__).parent / "stories"
AUTHORITIES = ("harrowick", "carrow-vale", "eddonside")

Day = tuple[int, int]
"""Month of the year told, from 0, and day of that month; months beyond 11 lie ahead."""


class PriorityText(TypedDict):
    """A priority as it was put to the forum of quarter `meeting` (0 to 3)."""

    title_en: str
    title_cy: str
    kind: str
    statement: str
    measurable: str
    actionable: NotRequired[str]
    realistic: NotRequired[str]
    days_times: str
    evidence: str
    by: Day
    meeting: int
    adopted: NotRequired[bool]
    closed: NotRequired[Day]


class ActionText(TypedDict):
    """An action of a hand-written plan and what became of it."""

    kind: str
    person: str
    words: str
    due: Day
    fate: str
    done: NotRequired[Day]
    note: NotRequired[str]


class ReviewText(TypedDict):
    """A review as its author wrote it."""

    day: Day
    by: str
    words: str


class ResultText(TypedDict):
    """A result: at a planted `spot` counted from the incidents, or `counted` by a partner (before, after)."""

    measure: str
    judged: str
    words: str
    lesson: str
    spot: NotRequired[str]
    comparison: NotRequired[str]
    elsewhere: NotRequired[str]
    begins: NotRequired[int]
    months: NotRequired[int]
    counted: NotRequired[list[int]]
    comparison_counted: NotRequired[list[int]]
    comparison_name: NotRequired[str]
    higher_is_better: NotRequired[bool]
    day: NotRequired[Day]


class PlanText(TypedDict):
    """A plan written in full."""

    title: str
    owner: str
    partners: list[str]
    opened: Day
    scanning: str
    analysis: str
    victim: str
    offender: str
    location: str
    hypothesis: str
    objective: str
    response: str
    assessment: str
    risk: str
    communication: str
    actions: list[ActionText]
    reviews: list[ReviewText]
    result: NotRequired[ResultText]
    closed: NotRequired[Day]
    close_reason: NotRequired[str]


class ComposedText(TypedDict):
    """A lighter plan: who does what is in actions.yaml, the wording of its analysis in parts.yaml."""

    opened: Day
    owner: str
    people: list[str]
    partners: list[str]
    fates: list[str]
    returned_note: NotRequired[str]
    closed: NotRequired[Day]
    result: NotRequired[ResultText]


class AnswerText(TypedDict):
    """What was told to those who raised it."""

    outcome: str
    said_en: str
    did_en: str
    said_cy: str
    did_cy: str
    day: Day


class StoryText(TypedDict):
    """One problem from the first voices to the answer; what has not happened yet is absent."""

    key: str
    hood: str
    title: str
    category: str
    place: str
    place_words: str
    times: str
    summary: str
    opened: Day
    owner: str
    heard: tuple[Day, Day]
    voices: list[str | dict[str, Any]]
    parts: NotRequired[str]
    priority: NotRequired[PriorityText]
    plan: NotRequired[PlanText]
    composed: NotRequired[ComposedText]
    answer: NotRequired[AnswerText]


@cache
def stories() -> tuple[StoryText, ...]:
    """Every problem's story, authority by authority."""
    return tuple(story for name in AUTHORITIES for story in cast("list[StoryText]", _read(name)))


@cache
def voices() -> dict[str, Any]:
    """What residents say about everything else, with the replies and questions."""
    return cast("dict[str, Any]", _read("voices"))


@cache
def parts() -> dict[str, dict[str, str]]:
    """Analysis and reasoning of the lighter plans by kind of problem."""
    return cast("dict[str, dict[str, str]]", _read("parts"))


@cache
def actions() -> dict[str, list[tuple[str, str, str]]]:
    """Actions of the lighter plans: kind, words, note."""
    return cast("dict[str, list[tuple[str, str, str]]]", _read("actions"))


def _read(name: str) -> object:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
