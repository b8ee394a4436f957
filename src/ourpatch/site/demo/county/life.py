"""A year of neighbourhood life as plain data, in the order in which it happened, for the demo to play through actions.

Nothing here touches the database. Instants are aware and in UTC; points are metres, EPSG:27700. `person` fields hold
keys of `people.Person`, `organisation` of `organisations.Organisation`, `neighbourhood` of the map.
Text with two columns ends in `_en` and `_cy`; a Welsh column may be empty where nobody has translated it yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from .truths import Circle

Category = Literal[
    "asb_personal", "asb_nuisance", "asb_environmental", "crime", "environmental", "traffic", "other"
]  # fmt: skip
Language = Literal["en", "cy"]
Door = Literal["web", "phone", "conversation", "meeting", "letterbox", "walkabout"]
ActionKind = Literal["prevention", "intelligence", "enforcement", "communication"]
StepState = Literal["offered", "accepted", "done", "returned"]
ForumKind = Literal["open", "partially_open", "exclusive"]
PriorityKind = Literal["policing", "acute", "chronic"]
Method = Literal["show_of_hands", "dot_vote", "paper_ballot", "panel_consensus", "duty"]
Judged = Literal["worked", "mixed", "not_shown", "moved"]
Outcome = Literal["worked", "partly", "not_yet"]


@dataclass(frozen=True, slots=True)
class Contact:
    """How a resident may be reached; `safe_words` says what they asked us to respect, empty when nothing."""

    name: str
    email: str
    phone: str
    safe_words: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member of the team wrote back; a holding reply does not stop the 72-hour clock."""

    person: str
    at: datetime
    words: str
    language: Language
    holding: bool


@dataclass(frozen=True, slots=True)
class Concern:
    """One person's telling, or a question to the team, in their own words.

    `e`, `n` are None when the person was not sure where; `contact` is None when anonymous. `problem` names the problem
    it was grouped under and `grouped_at` when; `meeting` where it was raised. No replies: still owed one.
    """

    key: str
    kind: Literal["concern", "question"]
    neighbourhood: str
    category: Category
    words: str
    language: Language
    happens_when: str
    how_often: str
    effect: str
    place_words: str
    e: float | None
    n: float | None
    door: Door
    contact: Contact | None
    received: datetime
    replies: tuple[Reply, ...]
    problem: str | None
    grouped_at: datetime | None
    meeting: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Concerns of several people that are worked on as one, with one named owner."""

    key: str
    neighbourhood: str
    title: str
    summary: str
    category: Category
    place: Circle
    times: str
    owner: str
    opened: datetime


@dataclass(frozen=True, slots=True)
class Forum:
    """The group that chooses priorities: open, partially open or exclusive (partnership-practice P)."""

    key: str
    neighbourhood: str
    name: str
    kind: ForumKind
    chair: str
    venue: str


@dataclass(frozen=True, slots=True)
class Count:
    """Votes for one option; `priority` is None for an option that was only spoken of in the room."""

    option: str
    priority: str | None
    votes: int


@dataclass(frozen=True, slots=True)
class Choice:
    """How the meeting chose: by which method, with which counts, and who was in the room."""

    method: Method
    counts: tuple[Count, ...]
    chosen: tuple[str, ...]
    who_decided: str


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item of a meeting with its minute and, if any, its decision; both are empty until the meeting is held."""

    title: str
    minute: str
    decision: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A quarterly meeting of a forum; one that is still to come has no attendance, choice or minutes."""

    key: str
    forum: str
    neighbourhood: str
    starts: datetime
    venue: str
    held: bool
    agenda: tuple[AgendaItem, ...]
    attendance: tuple[tuple[str, int], ...]
    present: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something a named person wrote down on a day: a review, an update."""

    at: datetime
    person: str
    words: str


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority as proposed: SMART, with its exact place and times (guide-3 F7).

    `adopted_at` is None when the forum chose others; `closed_at` is None while it runs.
    """

    key: str
    neighbourhood: str
    problem: str
    title_en: str
    title_cy: str
    kind: PriorityKind
    statement: str
    measurable: str
    actionable: str
    realistic: str
    due: date
    place: str
    days_times: str
    evidence: str
    proposed_by: str
    proposed_at: datetime
    meeting: str
    adopted_at: datetime | None
    reviews: tuple[Note, ...]
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskStep:
    """One step in the life of a task: who did what when, and the reason or result in words."""

    state: StepState
    at: datetime
    person: str
    note: str


@dataclass(frozen=True, slots=True)
class PlanAction:
    """An action of a plan, given to a named person of a partner; `steps` tell it as a task, oldest first."""

    key: str
    kind: ActionKind
    words: str
    organisation: str
    person: str
    due: date
    steps: tuple[TaskStep, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured before and after, and at a comparison place.

    Counts of police incidents come from the incident files.

    `category` and `place` are set when the measure is police incidents inside a circle; otherwise a partner counted.
    Both windows are inclusive London dates. `elsewhere` is a place to which it may have moved.
    """

    measure: str
    category: str | None
    place: Circle | None
    before_from: date
    before_to: date
    after_from: date
    after_to: date
    before: int
    after: int
    comparison: str
    comparison_place: Circle | None
    comparison_before: int | None
    comparison_after: int | None
    elsewhere: str
    elsewhere_before: int | None
    elsewhere_after: int | None
    higher_is_better: bool
    judged: Judged
    words: str
    lesson: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A problem-solving plan by SARA with minimum contents (guide-2 F15); light plans leave some fields short."""

    key: str
    problem: str
    priority: str | None
    title: str
    owner: str
    partners: tuple[str, ...]
    opened: datetime
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
    actions: tuple[PlanAction, ...]
    reviews: tuple[Note, ...]
    result: Result | None
    closed_at: datetime | None
    close_reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What people said and what was done about one problem, to be published and sent to each who raised it."""

    key: str
    problem: str
    neighbourhood: str
    said_en: str
    did_en: str
    said_cy: str
    did_cy: str
    outcome: Outcome
    person: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that was said and done; each tuple is in order of time.

    `showcase` is the neighbourhood with a loop closed in the last month, one in the middle and a fresh concern.
    """

    showcase: str
    concerns: tuple[Concern, ...]
    problems: tuple[Problem, ...]
    forums: tuple[Forum, ...]
    meetings: tuple[Meeting, ...]
    priorities: tuple[Priority, ...]
    plans: tuple[Plan, ...]
    answers: tuple[Answer, ...]
