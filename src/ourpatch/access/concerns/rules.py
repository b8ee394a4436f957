"""What is owed to a person who raises something, and when.

Two promises run from the moment something is raised. A *meaningful reply* is due within the law book's clock of elapsed hours,
nights, weekends and clock changes included; a holding reply does not stop it (Neighbourhood Policing Guarantee; guide-6 38).
An *answer*, what came of it, failure included, is owed however long the work takes (guide-1 C19); only the answer, or the person
saying that they no longer want one, pays that debt.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from ourpatch.foundation.law import Clock, LawBook
from ourpatch.ground.clock import LONDON, london_date
from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

WHAT_LONGEST = 5_000
TEXT_LONGEST = 5_000
WORDS_LONGEST = 300
# A reply that says something takes more than a phrase; how much is our own judgement.
MEANINGFUL_SHORTEST = 40
# Nobody waits longer than a quarter without hearing: as often as a priority is reviewed (guide-6 55).
PROMISE_LONGEST = timedelta(days=92)
# What may be the same problem: our own defaults, wide enough for a street and a season.
SAME_PLACE_METRES = 200.0
SAME_TIME = timedelta(days=60)


class Kind(StrEnum):
    """A concern wants something done about it; a question wants to know something."""

    CONCERN = "concern"
    QUESTION = "question"


class State(StrEnum):
    """Where a concern stands with the person who raised it."""

    RECEIVED = "received"
    IN_HAND = "in_hand"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


# Every step there is, and what makes it. Closed never means solved: it means that the person has been answered and is content.
TRANSITIONS: Mapping[tuple[State, State], Message] = {
    (State.RECEIVED, State.IN_HAND): _("The person has had a meaningful reply."),
    (State.RECEIVED, State.ANSWERED): _("The person has been told what came of it."),
    (State.RECEIVED, State.WITHDRAWN): _("The person no longer wants an answer."),
    (State.IN_HAND, State.ANSWERED): _("The person has been told what came of it."),
    (State.IN_HAND, State.WITHDRAWN): _("The person no longer wants an answer."),
    (State.ANSWERED, State.CLOSED): _("The person is satisfied with the answer."),
    (State.ANSWERED, State.REOPENED): _("The person is not satisfied, or has told us something new."),
    (State.CLOSED, State.REOPENED): _("The person has come back."),
    (State.REOPENED, State.IN_HAND): _("The person has had a meaningful reply."),
    (State.REOPENED, State.ANSWERED): _("The person has been told what came of it."),
    (State.REOPENED, State.WITHDRAWN): _("The person no longer wants an answer."),
    (State.WITHDRAWN, State.REOPENED): _("The person has come back."),
}
OWED_STATES = frozenset({State.RECEIVED, State.IN_HAND, State.REOPENED})


class ProblemState(StrEnum):
    """A problem is open until everybody behind it has been answered."""

    OPEN = "open"
    CLOSED = "closed"


class PlaceHow(StrEnum):
    """How the person told us where: a press on a map, words, or not sure."""

    MAP = "map"
    WORDS = "words"
    UNSURE = "unsure"


class Door(StrEnum):
    """By which door it came in."""

    WEB = "web"
    TELEPHONE = "telephone"
    EMAIL = "email"
    IN_PERSON = "in_person"
    MEETING = "meeting"
    PAPER = "paper"
    OTHER = "other"


class HowOften(StrEnum):
    """How often it happens."""

    ONCE = "once"
    SEVERAL = "several"
    WEEKLY = "weekly"
    DAILY = "daily"
    ALWAYS = "always"


class Effect(StrEnum):
    """What it does to the person. Source: guide-1 C17 (how people think, feel and behave)."""

    ANNOYED = "annoyed"
    SLEEP = "sleep"
    AVOID = "avoid"
    AFRAID = "afraid"
    HARM = "harm"
    COST = "cost"


class Flag(StrEnum):
    """Answers of the vulnerability screen. Source: anchors 2.5 (Focus on the victim; category alone hides harm)."""

    REPEATED = "repeated"
    TARGETED = "targeted"
    HATE = "hate"
    HEALTH = "health"
    ALONE = "alone"
    CHILDREN = "children"


class ReplyKind(StrEnum):
    """What a message between the team and the person is."""

    HOLDING = "holding"
    MEANINGFUL = "meaningful"
    PROGRESS = "progress"
    ANSWER = "answer"
    CALLED = "called"
    ADDED = "added"


# The fact of the law book that each kind of message is; a clock says itself which facts stop it.
FACTS: Mapping[ReplyKind, str] = {
    ReplyKind.HOLDING: "holding_reply",
    ReplyKind.MEANINGFUL: "meaningful_reply",
    ReplyKind.PROGRESS: "progress_told",
    ReplyKind.ANSWER: "meaningful_reply",
    ReplyKind.CALLED: "called_back",
    ReplyKind.ADDED: "message_received",
}


class Outcome(StrEnum):
    """What an answer says came of it; what did not work and what will not be done are answers too (guide-1 C19)."""

    SOLVED = "solved"
    BETTER = "better"
    NO_CHANGE = "no_change"
    NOT_DONE = "not_done"
    PASSED_ON = "passed_on"
    INFORMATION = "information"


class ContactBy(StrEnum):
    """How the person wants to hear from us."""

    EMAIL = "email"
    SMS = "sms"
    TELEPHONE = "telephone"
    CODE = "code"


class Owed(StrEnum):
    """Which word is owed next."""

    REPLY = "reply"
    CALL_BACK = "call_back"
    ADDED = "added"
    NEWS = "news"
    ANSWER = "answer"
    NOTHING = "nothing"


OWED_WORDS: Mapping[Owed, Message] = {
    Owed.REPLY: _("Meaningful reply"),
    Owed.CALL_BACK: _("Call back"),
    Owed.ADDED: _("Reply to what the person added"),
    Owed.NEWS: _("News that was promised"),
    Owed.ANSWER: _("Answer, as soon as there is one"),
    Owed.NOTHING: _("Nothing is owed"),
}


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """How to reach the person, and how to do it safely."""

    channel: ContactBy = ContactBy.CODE
    name: str = ""
    email: str = ""
    telephone: str = ""
    safe_times: str = ""
    discreet: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a person tells us when they raise something. Metres, EPSG:27700.

    `service_area_id` None means that they do not know the neighbourhood: the partnership's own queue has it until it is placed.
    """

    partnership_id: UUID
    category: str
    what: str
    kind: Kind = Kind.CONCERN
    service_area_id: UUID | None = None
    place_words: str = ""
    place_how: PlaceHow = PlaceHow.WORDS
    easting: float | None = None
    northing: float | None = None
    when_text: str = ""
    started_on: date | None = None
    how_often: HowOften | None = None
    effect: str = ""
    effects: tuple[Effect, ...] = ()
    flags: tuple[Flag, ...] = ()
    door: Door = Door.WEB
    language: str = "en"
    contact: ContactDraft = field(default_factory=ContactDraft)
    call_back: bool = False
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts of a concern from which what is owed follows."""

    state: State
    reply_due_at: datetime
    replied_at: datetime | None
    call_back_due_at: datetime | None
    called_back_at: datetime | None
    added_due_at: datetime | None
    news_due_on: date | None


@dataclass(frozen=True, slots=True)
class Next:
    """The next word owed and the last instant at which it is in time (None: as soon as there is something to tell)."""

    owed: Owed
    due_at: datetime | None

    @property
    def what(self) -> Message:
        """The word that is owed, in words."""
        return OWED_WORDS[self.owed]


def next_owed(concern: Standing) -> Next:
    """The promise that runs out first. With none running, the answer itself is still owed until the state says otherwise."""
    if concern.state not in OWED_STATES:
        return Next(Owed.NOTHING, None)
    running = [
        Next(owed, due_at)
        for owed, due_at in (
            (Owed.REPLY, concern.reply_due_at if concern.replied_at is None else None),
            (Owed.CALL_BACK, concern.call_back_due_at if concern.called_back_at is None else None),
            (Owed.ADDED, concern.added_due_at),
            (Owed.NEWS, end_of_london_day(concern.news_due_on) if concern.news_due_on else None),
        )
        if due_at is not None
    ]
    return min(
        running, key=lambda each: each.due_at or datetime.max.replace(tzinfo=UTC), default=Next(Owed.ANSWER, None)
    )


def stops(clock: Clock, kind: ReplyKind) -> bool:
    """Whether a message of this kind stops a clock: the law book says which facts do, and a holding reply is none of them."""
    return clock.stopped_by(FACTS[kind])


def end_of_london_day(day: date) -> datetime:
    """The last second of a London day, in UTC."""
    return datetime.combine(day, time(23, 59, 59), LONDON).astimezone(UTC)


def check_draft(draft: Draft, book: LawBook, today: date) -> Problems:
    """What somebody raises needs only what it is about and how to answer; everything else may be left out."""
    return Problems.collect(
        [
            None if draft.what.strip() else ("what", _("Tell us what is happening, or what you want to ask.")),
            _too_long("what", draft.what, WHAT_LONGEST),
            _too_long("effect", draft.effect, TEXT_LONGEST),
            _too_long("place_words", draft.place_words, WORDS_LONGEST),
            _too_long("when_text", draft.when_text, WORDS_LONGEST),
            None if draft.category in book.codes("concern_categories") else ("category", _("Choose what it is about.")),
            ("started_on", _("That day has not come yet. Give the day it began, or leave it empty."))
            if draft.started_on and draft.started_on > today
            else None,
            _place_problem(draft),
            *check_contact(draft.contact, draft.call_back),
        ]
    )


def check_contact(contact: ContactDraft, call_back: bool) -> Problems:
    """The channel that was chosen needs its address; a call back needs a telephone number."""
    rings = call_back or contact.channel in (ContactBy.SMS, ContactBy.TELEPHONE)
    return Problems.collect(
        [
            ("email", _("Give an e-mail address like name@example.org, or choose another way."))
            if contact.channel is ContactBy.EMAIL and not _EMAIL.match(contact.email.strip())
            else None,
            ("telephone", _("Give a telephone number with its area code, or choose another way."))
            if rings and not _TELEPHONE.match(_digits(contact.telephone))
            else None,
            _too_long("name", contact.name, WORDS_LONGEST),
            _too_long("safe_times", contact.safe_times, WORDS_LONGEST),
        ]
    )


def check_reply(*, was: State, kind: ReplyKind, text: str, news_on: date | None, today: date) -> Problems:
    """A meaningful reply says something; like news of progress it promises when the person hears next, within a quarter."""
    meaningful, promises = kind is ReplyKind.MEANINGFUL, kind in (ReplyKind.MEANINGFUL, ReplyKind.PROGRESS)
    return Problems.collect(
        [
            None
            if was in OWED_STATES
            else ("", _("This person has been answered. They can open it again with their code.")),
            None if kind in _REPLIES else ("kind", _("Choose what kind of reply this is.")),
            None if text.strip() else ("text", _("Write what you want to tell the person.")),
            _too_long("text", text, TEXT_LONGEST),
            (
                "text",
                _(
                    "A meaningful reply says what you have found out or will do. If you cannot say yet, send a holding reply."
                ),
            )
            if meaningful and 0 < len(text.strip()) < MEANINGFUL_SHORTEST
            else None,
            ("news_on", _("Say by when the person hears from you next.")) if promises and news_on is None else None,
            ("news_on", _("That day has passed. Choose today or a later day."))
            if news_on and news_on < today
            else None,
            ("news_on", _("That is too long to wait. Choose a day within three months."))
            if news_on and news_on > today + PROMISE_LONGEST
            else None,
        ]
    )


def check_answer(*, was: State, outcome: Outcome | None, text: str) -> Problems:
    """An answer says in words what came of it, and which kind of outcome that is. Source: guide-1 C19."""
    return check_step(was, State.ANSWERED) | Problems.collect(
        [
            None if outcome else ("outcome", _("Choose what came of it.")),
            None
            if len(text.strip()) >= MEANINGFUL_SHORTEST
            else ("text", _("Tell the person what was done and what came of it, or what will not be done and why.")),
            _too_long("text", text, TEXT_LONGEST),
        ]
    )


def check_added(text: str) -> Problems:
    """What a person adds says something."""
    return Problems.collect(
        [
            None if text.strip() else ("text", _("Write what you want to add.")),
            _too_long("text", text, TEXT_LONGEST),
        ]
    )


def check_withdrawal(was: State, reason: str) -> Problems:
    """Only the person ends the debt without an answer, so whoever writes it down says how they said so."""
    return check_step(was, State.WITHDRAWN) | Problems.collect(
        [None if reason.strip() else ("reason", _("Say when and how the person told you that they want no answer."))]
    )


def check_step(was: State, to: State) -> Problems:
    """A step is one of the table's; nothing closes without an answer."""
    if (was, to) in TRANSITIONS:
        return Problems()
    if to is State.CLOSED and was in OWED_STATES:
        return Problems.collect([("", _("This person is still owed an answer. Tell them what came of it first."))])
    return Problems.collect([("", _("This has moved on since you looked at it. Look at it again."))])


def check_problem(*, title: str, category: str, book: LawBook) -> Problems:
    """A problem has a name that holds nobody's personal details, and says what it is about."""
    return Problems.collect(
        [
            None if title.strip() else ("title_en", _("Give the problem a short name: what, and where.")),
            _too_long("title_en", title, 200),
            None if category in book.codes("concern_categories") else ("category", _("Choose what it is about.")),
        ]
    )


def check_problem_closing(*, state: ProblemState, owed: int, reason: str) -> Problems:
    """A problem closes when everybody behind it has been answered. Source: guide-2 C36."""
    return Problems.collect(
        [
            None if state is ProblemState.OPEN else ("", _("The problem is closed already.")),
            ("", _("%(count)s of the people who raised it are still owed an answer.", count=owed)) if owed else None,
            None if reason.strip() else ("reason", _("Say why the problem can be closed.")),
        ]
    )


def shared_place(points: Collection[tuple[float, float]]) -> tuple[float, float] | None:
    """Where a problem is: the middle of the places raised, rounded to 50 metres so that it is nobody's front door. EPSG:27700."""
    if not points:
        return None
    east, north = (sum(values) / len(points) for values in zip(*points, strict=True))
    return round(east / 50) * 50.0, round(north / 50) * 50.0


def metres_between(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The straight distance in metres between two (easting, northing) points, EPSG:27700."""
    return math.dist(here, there)


def needs_care(flags: Collection[Flag]) -> bool:
    """Whether a supervisor should know at once, however small the matter looks (anchors 2.5)."""
    alarming = {Flag.TARGETED, Flag.HATE, Flag.HEALTH}
    return bool(alarming & set(flags)) or {Flag.REPEATED, Flag.ALONE} <= set(flags)


def written_reference(letters: str) -> str:
    """Six letters and digits as the reference people see: OP-7K3M-2Q. Public; it opens nothing."""
    return f"OP-{letters[:4]}-{letters[4:6]}"


def fold_reference(typed: str) -> str:
    """A reference as people type it (small letters, no dashes, no OP), as it is written; empty when it is none."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum()).removeprefix("OP")
    return written_reference(letters) if len(letters) == 6 else ""


def code_from(digest: str, letters: str, length: int) -> str:
    """A follow-up code drawn from a digest (hexadecimal): the same form posted twice shows the same code, and nothing is kept."""
    number, code = int(digest, 16), ""
    for _place in range(length):
        number, index = divmod(number, len(letters))
        code += letters[index]
    return code


def spaced_code(code: str) -> str:
    """A code in groups that are easy to copy: 7K3M 2QXX GH."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


@dataclass(frozen=True, slots=True)
class OnTime:
    """How many meaningful replies came in time, out of those whose clock has ended; `running` clocks count in neither.

    `low` and `high` bound the share at 95 % (Wilson's score interval); all three are None when no clock has ended.
    """

    met: int
    ended: int
    running: int
    share: float | None
    low: float | None
    high: float | None


def on_time(met: int, ended: int, running: int) -> OnTime:
    """The on-time share with its interval. Source: Wilson 1927, score interval at 95 %."""
    if ended == 0:
        return OnTime(met, ended, running, None, None, None)
    z = 1.959963984540054
    share = met / ended
    centre = (share + z * z / (2 * ended)) / (1 + z * z / ended)
    spread = z / (1 + z * z / ended) * math.sqrt(share * (1 - share) / ended + z * z / (4 * ended * ended))
    return OnTime(met, ended, running, share, max(0.0, centre - spread), min(1.0, centre + spread))


def days_owed(raised_at: datetime, now: datetime) -> int:
    """How many London days ago something was raised."""
    return (london_date(now) - london_date(raised_at)).days


_REPLIES = (ReplyKind.HOLDING, ReplyKind.MEANINGFUL, ReplyKind.PROGRESS, ReplyKind.CALLED)
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_TELEPHONE = re.compile(r"^\+?\d{9,15}$")


def _digits(telephone: str) -> str:
    return re.sub(r"[\s().-]", "", telephone)


def _too_long(name: str, text: str, longest: int) -> tuple[str, object] | None:
    if len(text) <= longest:
        return None
    return (name, _("That is too long. Shorten it to %(longest)s characters.", longest=longest))


def _place_problem(draft: Draft) -> tuple[str, object] | None:
    if (draft.easting is None) != (draft.northing is None):
        return ("place_words", _("We could not read that place. Choose it again."))
    if draft.service_area_id is None and draft.easting is None and draft.place_how is not PlaceHow.UNSURE:
        return ("place_words", _("Choose the neighbourhood, or say that you are not sure."))
    return None
