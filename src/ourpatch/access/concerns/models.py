"""Concerns, what was told, who told it, what was said back, and the problems that group them."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns.rules import (
    OWED_STATES,
    ContactBy,
    Door,
    Effect,
    Flag,
    HowOften,
    Kind,
    Next,
    Outcome,
    PlaceHow,
    ProblemState,
    ReplyKind,
    Standing,
    State,
    next_owed,
)
from ourpatch.access.teams.models import in_language
from ourpatch.access.teams.rules import Because
from ourpatch.foundation import law
from ourpatch.foundation.directory.models import Person
from ourpatch.ground.clock import london_date
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.models import Protected
from ourpatch.ground.secrets import SealedTextField

KIND_LABELS = {Kind.CONCERN: _("Concern"), Kind.QUESTION: _("Question")}
STATE_LABELS = {
    State.RECEIVED: _("Received"),
    State.IN_HAND: _("In hand"),
    State.ANSWERED: _("Answered"),
    State.REOPENED: _("Open again"),
    State.CLOSED: _("Answered, and the person is satisfied"),
    State.WITHDRAWN: _("Withdrawn by the person"),
}
PROBLEM_LABELS = {ProblemState.OPEN: _("Open"), ProblemState.CLOSED: _("Closed")}
PLACE_LABELS = {
    PlaceHow.MAP: _("Chosen on a map"),
    PlaceHow.WORDS: _("Described in words"),
    PlaceHow.UNSURE: _("Not sure of the neighbourhood"),
}
DOOR_LABELS = {
    Door.WEB: _("Website"),
    Door.TELEPHONE: _("Telephone"),
    Door.EMAIL: _("E-mail"),
    Door.IN_PERSON: _("In person"),
    Door.MEETING: _("Meeting"),
    Door.PAPER: _("Paper"),
    Door.OTHER: _("Another way"),
}
OFTEN_LABELS = {
    HowOften.ONCE: _("It happened once"),
    HowOften.SEVERAL: _("It has happened more than once"),
    HowOften.WEEKLY: _("Every week"),
    HowOften.DAILY: _("Every day, or nearly"),
    HowOften.ALWAYS: _("All the time"),
}
EFFECT_LABELS = {
    Effect.ANNOYED: _("It annoys or worries me"),
    Effect.SLEEP: _("It keeps me awake"),
    Effect.AVOID: _("I avoid places or have changed what I do"),
    Effect.AFRAID: _("It makes me afraid"),
    Effect.HARM: _("It harms my health or somebody else's"),
    Effect.COST: _("It costs me money or has damaged something"),
}
FLAG_LABELS = {
    Flag.REPEATED: _("It has happened to me before"),
    Flag.TARGETED: _("I feel that I am being targeted"),
    Flag.HATE: _(
        "I think it is because of who I am (for example my race, faith, sexuality, gender identity or disability)"
    ),
    Flag.HEALTH: _("I have a health condition or a disability that makes it worse"),
    Flag.ALONE: _("I have nobody to turn to"),
    Flag.CHILDREN: _("There are children in my home"),
}
REPLY_LABELS = {
    ReplyKind.HOLDING: _("Holding reply"),
    ReplyKind.MEANINGFUL: _("Meaningful reply"),
    ReplyKind.PROGRESS: _("News of progress"),
    ReplyKind.ANSWER: _("Answer"),
    ReplyKind.CALLED: _("Rang the person"),
    ReplyKind.ADDED: _("Added by the person"),
}
OUTCOME_LABELS = {
    Outcome.SOLVED: _("It has stopped or been put right"),
    Outcome.BETTER: _("It is better, but not over"),
    Outcome.NO_CHANGE: _("What was tried has not worked"),
    Outcome.NOT_DONE: _("Nothing will be done, for the reasons given"),
    Outcome.PASSED_ON: _("Another organisation is responsible and has it now"),
    Outcome.INFORMATION: _("The question has been answered"),
}
CONTACT_LABELS = {
    ContactBy.EMAIL: _("E-mail"),
    ContactBy.SMS: _("Text message"),
    ContactBy.TELEPHONE: _("Telephone call"),
    ContactBy.CODE: _("I will look for the reply myself, with a code"),
}
BECAUSE_LABELS = {
    Because.SUBJECT: _("it is about something this person looks after"),
    Because.NAMED_CONTACT: _("this person is the neighbourhood's named contact"),
    Because.COVER: _("this person covers for the neighbourhood's named contact"),
    Because.SUPERVISOR: _("the neighbourhood has no named contact, so its supervisor has it"),
    Because.WIDER_TEAM: _("the neighbourhood has nobody for it, so the wider area's team has it"),
    Because.CHOSEN: _("a member of staff gave it to this person"),
}
_OWED = [str(state) for state in sorted(OWED_STATES)]
_TOLD = [str(State.ANSWERED), str(State.CLOSED)]


def category_label(code: str, on: date) -> str:
    """The name of a concern category in the reader's language, as the law book of that day has it."""
    return law.book(on).label("concern_categories", code, get_language() or "en")


class Concern(Protected):
    """What one person raised: where it is, who owns it, which promises run, and whether the answer has been given.

    `due_at` is when the next promise runs out (rules.next_owed), kept beside the facts so that lists sort and filter in SQL.
    """

    KIND: ClassVar[str] = "concern"
    ACTIVITY: ClassVar[str] = "concerns"

    reference = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=10, choices=[(str(each), label) for each, label in KIND_LABELS.items()])
    category = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=[(str(each), label) for each, label in STATE_LABELS.items()])
    place_words = models.CharField(max_length=300, blank=True)
    place_how = models.CharField(max_length=10, choices=[(str(each), label) for each, label in PLACE_LABELS.items()])
    easting = models.FloatField(null=True)
    northing = models.FloatField(null=True)
    door = models.CharField(max_length=10, choices=[(str(each), label) for each, label in DOOR_LABELS.items()])
    language = models.CharField(max_length=2, default="en")
    needs_care = models.BooleanField(default=False)
    code_digest = models.CharField(max_length=64, unique=True)
    idempotency_digest = models.CharField(max_length=64, unique=True, null=True)

    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="concerns")
    owner_organisation_id = models.UUIDField()
    owner_because = models.CharField(
        max_length=15, choices=[(str(each), label) for each, label in BECAUSE_LABELS.items()]
    )

    raised_at = models.DateTimeField()
    reply_due_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)
    call_back_due_at = models.DateTimeField(null=True)
    called_back_at = models.DateTimeField(null=True)
    added_due_at = models.DateTimeField(null=True)
    news_due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=12, choices=[(str(each), label) for each, label in OUTCOME_LABELS.items()], blank=True
    )
    satisfied = models.BooleanField(null=True)
    satisfied_at = models.DateTimeField(null=True)
    book_on = models.DateField()
    book_digest = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="concern_answered_when_told",
                condition=Q(state__in=_TOLD, answered_at__isnull=False)
                | (~Q(state__in=_TOLD) & Q(answered_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="concern_place_is_a_pair",
                condition=Q(easting__isnull=True, northing__isnull=True)
                | Q(easting__isnull=False, northing__isnull=False),
            ),
            models.CheckConstraint(name="concern_due_after_raised", condition=Q(reply_due_at__gt=F("raised_at"))),
        ]
        indexes = [
            models.Index(
                fields=["service_area_id", "due_at"], condition=Q(state__in=_OWED), name="concern_owed_in_area"
            ),
            models.Index(fields=["owner", "due_at"], condition=Q(state__in=_OWED), name="concern_owed_by_owner"),
            models.Index(fields=["partnership_id", "raised_at"], name="concern_raised"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_owed(self) -> bool:
        """True while this person is owed an answer."""
        return self.state in OWED_STATES

    @property
    def is_unplaced(self) -> bool:
        """True while it waits in the partnership's own queue to be given a neighbourhood."""
        return self.service_area_id == self.partnership_id

    @property
    def next(self) -> Next:
        """The next word owed and when it is due."""
        return next_owed(self.standing())

    @property
    def category_label(self) -> str:
        """What it is about, in the reader's language and the words of its day."""
        return category_label(self.category, self.book_on)

    @property
    def because(self) -> str:
        """Why its owner has it."""
        return str(BECAUSE_LABELS[Because(self.owner_because)])

    def standing(self) -> Standing:
        """The facts that rules judge."""
        return Standing(
            state=State(self.state),
            reply_due_at=self.reply_due_at,
            replied_at=self.replied_at,
            call_back_due_at=self.call_back_due_at,
            called_back_at=self.called_back_at,
            added_due_at=self.added_due_at,
            news_due_on=self.news_due_on,
        )

    def tell(self, *, replies: bool, calls_back: bool, progress: bool, news_on: date | None, at: datetime) -> None:
        """Take note of a message to the person; the caller has asked the clocks which of them it stops."""
        if replies:
            self.replied_at = self.replied_at or at
            self.added_due_at = None
            self.state = str(State.IN_HAND)
        if calls_back and self.call_back_due_at:
            self.called_back_at = self.called_back_at or at
        if replies or progress or news_on:
            self.news_due_on = news_on
        if replies or progress:
            self.escalated_at = self.escalated_to = None

    def pay(self, outcome: Outcome, at: datetime) -> None:
        """The person has been told what came of it."""
        self.replied_at = self.replied_at or at
        if self.call_back_due_at:
            self.called_back_at = self.called_back_at or at
        self.added_due_at = self.news_due_on = self.escalated_at = self.escalated_to = None
        self.satisfied = self.satisfied_at = None
        self.answered_at, self.outcome, self.state = at, str(outcome), str(State.ANSWERED)

    def hear(self, due_at: datetime) -> None:
        """The person has written again: a reply to that is due, and what had been answered is owed again."""
        self.added_due_at = self.added_due_at or due_at
        if not self.is_owed:
            self.state, self.answered_at, self.outcome = str(State.REOPENED), None, ""

    def give_to(self, person: Person, because: Because) -> None:
        """Somebody owns it from now on."""
        self.owner, self.owner_organisation_id, self.owner_because = person, person.organisation_id, str(because)

    def store_change(self) -> None:
        """Write the changed record as its next version, with the promise that runs out first."""
        self.due_at = self.next.due_at
        super().store_change()


class Contact(models.Model):
    """How to reach the person, sealed and apart from the concern, so that it can be shown to few and erased alone."""

    concern = models.OneToOneField(Concern, on_delete=models.CASCADE, primary_key=True, related_name="contact")
    channel = models.CharField(max_length=10, choices=[(str(each), label) for each, label in CONTACT_LABELS.items()])
    name = SealedTextField()
    email = SealedTextField()
    telephone = SealedTextField()
    safe_times = SealedTextField()
    discreet = models.BooleanField(default=True)


class Report(models.Model):
    """One telling: what the person said happened. The first comes with the concern, later ones say that it happened again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="reports")
    told_at = models.DateTimeField()
    door = models.CharField(max_length=10, choices=[(str(each), label) for each, label in DOOR_LABELS.items()])
    what = models.TextField()
    when_text = models.CharField(max_length=300, blank=True)
    started_on = models.DateField(null=True)
    how_often = models.CharField(
        max_length=10, choices=[(str(each), label) for each, label in OFTEN_LABELS.items()], blank=True
    )
    effect = models.TextField(blank=True)
    effects = models.JSONField(default=list)
    flags = models.JSONField(default=list)
    language = models.CharField(max_length=2, default="en")
    idempotency_digest = models.CharField(max_length=64, unique=True, null=True)

    class Meta:
        ordering = ["told_at", "id"]

    @property
    def effect_labels(self) -> list[str]:
        """What it does to the person, in the reader's language."""
        return [str(EFFECT_LABELS[Effect(each)]) for each in self.effects]

    @property
    def flag_labels(self) -> list[str]:
        """What the screen found, in the reader's language."""
        return [str(FLAG_LABELS[Flag(each)]) for each in self.flags]


class Photo(models.Model):
    """A picture that came with a telling, made anew so that nothing of the camera's own notes is left in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="photos")
    path = models.CharField(max_length=120, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()


class Direction(models.TextChoices):
    """Who said it."""

    IN = "in", _("From the person")
    OUT = "out", _("To the person")


class Delivery(models.TextChoices):
    """How a message to the person reaches them."""

    MESSAGE = "message", _("Sent to them")
    TELEPHONE = "telephone", _("To be told by telephone")
    CODE = "code", _("Waiting to be read with their code")
    NONE = "none", _("Came in")


class Exchange(models.Model):
    """One message between the team and the person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="exchanges")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=10, choices=[(str(each), label) for each, label in REPLY_LABELS.items()])
    text = models.TextField()
    language = models.CharField(max_length=2, default="en")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200, blank=True)
    by_person_id = models.UUIDField(null=True)
    by_organisation_id = models.UUIDField(null=True)
    news_on = models.DateField(null=True)
    outcome = models.CharField(
        max_length=12, choices=[(str(each), label) for each, label in OUTCOME_LABELS.items()], blank=True
    )
    delivery = models.CharField(max_length=10, choices=Delivery.choices)
    read_at = models.DateTimeField(null=True)
    idempotency_digest = models.CharField(max_length=64, unique=True, null=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["concern", "at"], name="exchange_of_concern")]


class StepKind(models.TextChoices):
    """What happened to a concern besides words."""

    RAISED = "raised", _("Raised")
    PLACED = "placed", _("Given its neighbourhood")
    ASSIGNED = "assigned", _("Given to somebody")
    STATE = "state", _("Moved on")
    GROUPED = "grouped", _("Put into a problem")
    UNGROUPED = "ungrouped", _("Taken out of a problem")
    ESCALATED = "escalated", _("A supervisor was told that a promise was broken")


class Step(models.Model):
    """One step in a concern's life, as it is told: when, who, what."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    state = models.CharField(max_length=10, choices=[(str(each), label) for each, label in STATE_LABELS.items()])
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]


class Problem(Protected):
    """What several people raised about one place, in words that hold nobody's personal details. Open to members."""

    KIND: ClassVar[str] = "problem"
    ACTIVITY: ClassVar[str] = "problem_solving"

    title_en = models.CharField(max_length=200)
    title_cy = models.CharField(max_length=200, blank=True)
    about_en = models.TextField(blank=True)
    about_cy = models.TextField(blank=True)
    category = models.CharField(max_length=30)
    place_words = models.CharField(max_length=300, blank=True)
    easting = models.FloatField(null=True)
    northing = models.FloatField(null=True)
    state = models.CharField(
        max_length=10,
        choices=[(str(each), label) for each, label in PROBLEM_LABELS.items()],
        default=str(ProblemState.OPEN),
    )
    closed_at = models.DateTimeField(null=True)
    closed_because = models.TextField(blank=True)
    concerns = models.ManyToManyField(Concern, through="ProblemConcern", related_name="problems")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="problem_place_is_a_pair",
                condition=Q(easting__isnull=True, northing__isnull=True)
                | Q(easting__isnull=False, northing__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["service_area_id", "state"], name="problem_in_area")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return in_language(self.title_en, self.title_cy)

    @property
    def about(self) -> str:
        """What it is, in the reader's language."""
        return in_language(self.about_en, self.about_cy)

    @property
    def category_label(self) -> str:
        """What it is about, in the reader's language."""
        return category_label(self.category, london_date(self.made_at))

    @property
    def is_open(self) -> bool:
        """True until it is closed."""
        return self.state == ProblemState.OPEN


class ProblemConcern(models.Model):
    """One person's concern as part of a problem. The concern stays that person's own; the row stays when it is taken out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="links")
    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="links")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem", "concern"], condition=Q(removed_at__isnull=True), name="concern_in_problem_once"
            ),
        ]
