"""Reading concerns and problems: what is owed to whom, who sees what, and how often we keep our word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from ourpatch.access.concerns import rules
from ourpatch.access.concerns.models import Concern, Contact, Exchange, Photo, Problem, ProblemConcern, Report, Step
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import OWED_STATES, OnTime, State
from ourpatch.access.teams import queries as teams
from ourpatch.access.teams.models import in_language
from ourpatch.access.teams.queries import Duty
from ourpatch.foundation import law
from ourpatch.foundation.agreements import queries as agreements
from ourpatch.foundation.agreements.models import Purpose
from ourpatch.foundation.directory import queries as directory
from ourpatch.foundation.law import LawBook
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground.audit.queries import READ_AUDIT
from ourpatch.ground.clock import london_date
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor, Level
from ourpatch.ground.permission.models import Share
from ourpatch.ground.secrets import CODE_LENGTH, digest_code, fold_code
from ourpatch.ground.words import Message

OWED = [str(state) for state in sorted(OWED_STATES)]
SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Reader:
    """One organisation on the team; `why_not` says why it does not see what is raised here, None that it does."""

    organisation_id: UUID
    name: str
    why_not: Message | None


@dataclass(frozen=True, slots=True)
class Route:
    """Where something raised in an area goes: the responsible organisation, who else sees it, and who does not and why."""

    partnership_id: UUID
    service_area_id: UUID
    controller_id: UUID
    controller_name: str
    readers: tuple[Reader, ...]
    left_out: tuple[Reader, ...]

    @property
    def names(self) -> list[str]:
        """Everybody who will see it, the responsible organisation first."""
        return [self.controller_name, *(reader.name for reader in self.readers)]

    def sees(self, organisation_id: UUID) -> bool:
        """Whether an organisation will see it."""
        return organisation_id == self.controller_id or any(
            organisation_id == each.organisation_id for each in self.readers
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of concerns is narrowed to. `clock`: overdue, today, soon (within 24 hours); `state`: owed, all or a state."""

    state: str = "owed"
    clock: str = ""
    category: str = ""
    service_area_id: UUID | None = None
    owner_id: UUID | None = None
    unplaced: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of what was raised: totals, and the outcomes (rules.Outcome) of what was answered."""

    raised: int
    owed: int
    answered: int
    satisfied: int
    by_outcome: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Likeness:
    """An open problem that a concern may belong to: how far away (metres) and how many people are behind it."""

    problem: Problem
    metres: float
    concerns: int


def route(service_area_id: UUID, on: date) -> Route | None:
    """Where something raised in a service area goes on a day; None when no team is set up for it. The one truth about sharing."""
    area = teams.service_area(service_area_id)
    partnership_id = teams.partnership_of(area)
    lead, others = teams.lead_and_members(service_area_id, on)
    if lead is None:
        return None
    names = directory.names_of_organisations([lead, *others])
    found = [_reader(partnership_id, lead, other, names[other], on) for other in others]
    return Route(
        partnership_id=partnership_id,
        service_area_id=service_area_id,
        controller_id=lead,
        controller_name=names[lead],
        readers=tuple(each for each in found if each.why_not is None),
        left_out=tuple(each for each in found if each.why_not is not None),
    )


def who_will_see(service_area: ServiceArea, on: date) -> list[str]:
    """The organisations that will see what is raised in an area, shown before it is sent; empty when no team is there."""
    found = route(service_area.id, on)
    return found.names if found else []


def first_owner(where: Route, category: str, on: date) -> Duty | None:
    """Who takes something raised here: the best placed of those on duty whose organisation will see it."""
    return next(
        (duty for duty in teams.on_duty(where.service_area_id, category, on) if where.sees(duty.organisation_id)), None
    )


def list_concerns(by: Actor, wanted: Wanted, now: datetime) -> QuerySet[Concern]:
    """The concerns this actor may see, what is due first at the top, what has no date after it, oldest first."""
    found = Concern.objects.visible_to(by, Permission.VIEW).select_related("owner")
    if wanted.reference:
        return found.filter(reference=rules.fold_reference(wanted.reference)).order_by("id")
    if wanted.state == "owed":
        found = found.filter(state__in=OWED)
    elif wanted.state != "all":
        found = found.filter(state=wanted.state)
    if wanted.clock:
        found = found.filter(_clock(wanted.clock, now))
    if wanted.unplaced:
        found = found.filter(service_area_id=F("partnership_id"))
    exact = {"category": wanted.category, "service_area_id": wanted.service_area_id, "owner_id": wanted.owner_id}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    return found.order_by(F("due_at").asc(nulls_last=True), "raised_at", "id")


def get_concern(by: Actor, concern_id: UUID) -> Concern:
    """One concern, or NotFound."""
    concern: Concern = Concern.objects.get_visible(by, Permission.VIEW, concern_id)
    return concern


def get_audited(by: Actor, concern_id: UUID) -> Concern:
    """One concern, for whoever may read the audit of it without reading what was said; or NotFound."""
    concern: Concern = Concern.objects.get_visible(by, READ_AUDIT, concern_id)
    return concern


def get_by_code(by: Actor, code: str) -> Concern:
    """The concern that a follow-up code opens, however it is typed, or NotFound. Raises NotAllowed."""
    by.require(Permission.FOLLOW)
    folded = fold_code(code)
    concern = Concern.objects.filter(code_digest=digest_code(folded)).first() if len(folded) == CODE_LENGTH else None
    if concern is None:
        raise NotFound(_("We do not know that code. Check each letter and number, and try again."))
    by.require(Permission.FOLLOW, concern.partnership_id, concern.service_area_id)
    return concern


def contact_of(by: Actor, concern: Concern) -> Contact | None:
    """How to reach the person, for those who may see that; None for everybody else and for people who left nothing."""
    if not Concern.objects.visible_to(by, Permission.VIEW_CONTACT).filter(pk=concern.pk).exists():
        return None
    return Contact.objects.filter(concern=concern).first()


def list_reports(concern: Concern) -> Sequence[Report]:
    """The tellings of a concern that the caller may see, oldest first, with their pictures."""
    return list(concern.reports.prefetch_related("photos"))


def list_exchanges(concern: Concern) -> Sequence[Exchange]:
    """What was said between the team and the person, oldest first."""
    return list(concern.exchanges.all())


def list_steps(concern: Concern) -> Sequence[Step]:
    """What happened to a concern besides words, oldest first."""
    return list(concern.steps.all())


def get_photo(concern: Concern, photo_id: UUID) -> Photo:
    """A picture of a concern that the caller may see, or NotFound."""
    photo = Photo.objects.filter(pk=photo_id, report__concern=concern).first()
    if photo is None:
        raise NotFound(_("We could not find that picture."))
    return photo


def list_problems(by: Actor, *, state: str = "open", service_area_id: UUID | None = None) -> QuerySet[Problem]:
    """The problems this actor may see, with how many people are behind each (`people`) and are owed an answer (`owed`)."""
    found = Problem.objects.visible_to(by, Permission.VIEW_PROBLEM)
    if state != "all":
        found = found.filter(state=state)
    if service_area_id:
        found = found.filter(service_area_id=service_area_id)
    behind = Q(links__removed_at__isnull=True)
    return found.annotate(
        people=Count("links", filter=behind), owed=Count("links", filter=behind & Q(links__concern__state__in=OWED))
    ).order_by("-owed", "-made_at", "id")


def get_problem(by: Actor, problem_id: UUID) -> Problem:
    """One problem, or NotFound."""
    problem: Problem = Problem.objects.get_visible(by, Permission.VIEW_PROBLEM, problem_id)
    return problem


def problems_of(by: Actor, concern: Concern) -> QuerySet[Problem]:
    """The problems that a concern is part of and this actor may see."""
    return problems_for_person(concern) & Problem.objects.visible_to(by, Permission.VIEW_PROBLEM)


def problems_for_person(concern: Concern) -> QuerySet[Problem]:
    """The problems a concern is part of, for the receipt of the person who opened it with their code."""
    live = ProblemConcern.objects.filter(problem=OuterRef("pk"), concern=concern, removed_at__isnull=True)
    return Problem.objects.filter(Exists(live)).order_by("made_at", "id")


def concerns_of(by: Actor, problem_id: UUID) -> QuerySet[Concern]:
    """The concerns behind a problem that this actor may see, oldest first."""
    visible = Concern.objects.visible_to(by, Permission.VIEW).select_related("owner")
    return visible.filter(_behind(problem_id)).order_by("raised_at", "id")


def list_owed(by: Actor, problem_id: UUID) -> QuerySet[Concern]:
    """The concerns behind a problem that this actor may see and whose people are still owed an answer, oldest first."""
    return concerns_of(by, problem_id).filter(state__in=OWED)


def count_owed(problem_id: UUID) -> int:
    """How many people behind a problem are still owed an answer, whoever may see them: a rule asks before it is closed."""
    return Concern.objects.filter(_behind(problem_id), state__in=OWED).count()


def count_behind(problem_id: UUID) -> int:
    """How many people are behind a problem, whoever may see them."""
    return Concern.objects.filter(_behind(problem_id)).count()


def like_problems(by: Actor, concern: Concern) -> list[Likeness]:
    """Open problems that a concern may belong to: the same category, near in place and time, nearest first."""
    if concern.easting is None or concern.northing is None:
        return []
    here, reach = (concern.easting, concern.northing), rules.SAME_PLACE_METRES
    near = list_problems(by).filter(
        partnership_id=concern.partnership_id,
        category=concern.category,
        easting__range=(here[0] - reach, here[0] + reach),
        northing__range=(here[1] - reach, here[1] + reach),
        pk__in=ProblemConcern.objects.filter(
            removed_at__isnull=True,
            concern__raised_at__range=(concern.raised_at - rules.SAME_TIME, concern.raised_at + rules.SAME_TIME),
        ).values("problem"),
    )
    live = ProblemConcern.objects.filter(removed_at__isnull=True)
    near = near.exclude(links__in=live.filter(concern=concern))
    people = dict(live.filter(problem__in=near).values_list("problem").annotate(Count("pk")))
    measured = [
        Likeness(each, rules.metres_between(here, (each.easting or 0.0, each.northing or 0.0)), people.get(each.pk, 0))
        for each in near
    ]
    return sorted((each for each in measured if each.metres <= reach), key=lambda each: each.metres)


def like_concerns(by: Actor, concern: Concern) -> list[Concern]:
    """Other people's concerns that may be about the same problem and are in none yet, oldest first."""
    if concern.easting is None or concern.northing is None:
        return []
    here, reach = (concern.easting, concern.northing), rules.SAME_PLACE_METRES
    near = Concern.objects.visible_to(by, Permission.VIEW).filter(
        partnership_id=concern.partnership_id,
        category=concern.category,
        easting__range=(here[0] - reach, here[0] + reach),
        northing__range=(here[1] - reach, here[1] + reach),
        raised_at__range=(concern.raised_at - rules.SAME_TIME, concern.raised_at + rules.SAME_TIME),
    )
    ungrouped = near.exclude(pk=concern.pk).exclude(links__removed_at__isnull=True, links__isnull=False)
    return [
        other
        for other in ungrouped.order_by("raised_at", "id")
        if rules.metres_between(here, (other.easting or 0.0, other.northing or 0.0)) <= reach
    ]


def measure_on_time(
    *,
    now: datetime,
    partnership_id: UUID | None = None,
    neighbourhood_id: UUID | None = None,
    raised_from: datetime | None = None,
    raised_before: datetime | None = None,
) -> OnTime:
    """How many people had a meaningful reply in time, of those whose clock has ended; a total without anybody's name."""
    found = _raised(partnership_id, neighbourhood_id, raised_from, raised_before)
    unreplied = Q(replied_at__isnull=True) & ~Q(state=str(State.WITHDRAWN))
    counts = found.aggregate(
        met=Count("pk", filter=Q(replied_at__lte=F("reply_due_at"))),
        late=Count("pk", filter=Q(replied_at__gt=F("reply_due_at"))),
        overdue=Count("pk", filter=unreplied & Q(reply_due_at__lt=now)),
        running=Count("pk", filter=unreplied & Q(reply_due_at__gte=now)),
    )
    return rules.on_time(counts["met"], counts["met"] + counts["late"] + counts["overdue"], counts["running"])


def measure_answers(
    *,
    partnership_id: UUID | None = None,
    neighbourhood_id: UUID | None = None,
    raised_from: datetime | None = None,
    raised_before: datetime | None = None,
) -> Answers:
    """How many people raised something, how many were told what came of it, and which outcomes; totals without names."""
    found = _raised(partnership_id, neighbourhood_id, raised_from, raised_before)
    told = found.filter(answered_at__isnull=False)
    return Answers(
        raised=found.count(),
        owed=found.filter(state__in=OWED).count(),
        answered=told.count(),
        satisfied=told.filter(satisfied=True).count(),
        by_outcome=dict(told.values_list("outcome").annotate(Count("pk")).order_by("outcome")),
    )


def measure_without_owner(partnership_id: UUID, now: datetime) -> int:
    """How many answers are owed by nobody who could give them: zero, once the morning's hand-over has run."""
    return without_owner(now).filter(partnership_id=partnership_id).count()


def without_owner(now: datetime) -> QuerySet[Concern]:
    """Owed concerns whose owner has left, or whose owner's organisation no longer sees them: what is handed over."""
    seen = Share.objects.live(now).filter(
        subject_kind=Concern.KIND, subject_id=OuterRef("pk"), to_organisation_id=OuterRef("owner_organisation_id")
    )
    blind = ~Q(owner_organisation_id=F("controller_id")) & ~Q(Exists(seen))
    return Concern.objects.filter(Q(owner__until__lt=london_date(now)) | blind, state__in=OWED)


def owed_by(person_id: UUID, service_area_id: UUID) -> QuerySet[Concern]:
    """What one person still owes in an area and in what lies below its partnership's queue."""
    return Concern.objects.filter(state__in=OWED, owner_id=person_id, service_area_id=service_area_id)


def broken_promises(now: datetime) -> QuerySet[Concern]:
    """Owed concerns whose next promise has run out and of which no supervisor has been told since."""
    return Concern.objects.filter(state__in=OWED, due_at__lt=now).filter(
        Q(escalated_at__isnull=True) | Q(escalated_at__lt=F("due_at"))
    )


def book_of(area: ServiceArea, on: date) -> LawBook:
    """The law book of a day where an area lies."""
    return law.book(on, "wales" if area.jurisdiction == "wales" else "england")


def is_seen_by(concern: Concern, organisation_id: UUID, now: datetime) -> bool:
    """Whether an organisation sees a concern: it is responsible for it, or the concern is shared with it in full."""
    shares = Share.objects.live(now).filter(
        subject_kind=Concern.KIND, subject_id=concern.pk, to_organisation_id=organisation_id, level=str(Level.FULL)
    )
    return organisation_id == concern.controller_id or shares.exists()


def counts_by_clock(by: Actor, now: datetime) -> dict[str, int]:
    """How many owed concerns this actor may see are overdue, due today, due soon, and waiting for a place."""
    owed = Concern.objects.visible_to(by, Permission.VIEW).filter(state__in=OWED)
    return owed.aggregate(
        owed=Count("pk"),
        overdue=Count("pk", filter=_clock("overdue", now)),
        today=Count("pk", filter=_clock("today", now)),
        soon=Count("pk", filter=_clock("soon", now)),
        unplaced=Count("pk", filter=Q(service_area_id=F("partnership_id"))),
    )


def areas_of(by: Actor, permission: Permission, partnership_id: UUID | None = None) -> list[tuple[UUID, str]]:
    """(id, name) of the neighbourhoods where this actor holds a permission, by name: what a filter or a form offers."""
    held = {grant.partnership_id for grant in by.scopes(permission)}
    if partnership_id:
        held &= {partnership_id}
    found = ServiceArea.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD, partnership__in=held).order_by("name")
    return [
        (area.id, in_language(area.name, area.name_cy))
        for area in found
        if by.holds(permission, area.partnership_id or area.id, area.id)
    ]


def people_who_see(concern: Concern, on: date) -> list[tuple[UUID, str]]:
    """(id, name and office) of everybody who could look after a concern, its own team first: their organisation sees it."""
    where = route(concern.service_area_id, on)
    if where is None:
        return []
    organisations = [where.controller_id, *(reader.organisation_id for reader in where.readers)]
    team = teams.team_of(concern.service_area_id, on)
    on_team = {post.person_id for post in team.members} if team else set()
    found = [
        (person.id, f"{person.name}, {person.title}, {name}")
        for organisation_id, name in zip(organisations, where.names, strict=True)
        for person in directory.people_of(organisation_id, on)
    ]
    return sorted(found, key=lambda each: each[0] not in on_team)


def _raised(
    partnership_id: UUID | None, neighbourhood_id: UUID | None, start: datetime | None, end: datetime | None
) -> QuerySet[Concern]:
    wanted: dict[str, Any] = {
        "partnership_id": partnership_id,
        "service_area_id": neighbourhood_id,
        "raised_at__gte": start,
        "raised_at__lt": end,
    }
    return Concern.objects.filter(**{name: value for name, value in wanted.items() if value})


def _clock(wanted: str, now: datetime) -> Q:
    until = {
        "overdue": now,
        "today": rules.end_of_london_day(london_date(now)),
        "soon": now + SOON,
    }.get(wanted, now)
    condition = Q(due_at__lt=until) if wanted == "overdue" else Q(due_at__gte=now, due_at__lte=until)
    return condition & Q(state__in=OWED)


def _behind(problem_id: UUID) -> Q:
    return Q(
        Exists(ProblemConcern.objects.filter(concern=OuterRef("pk"), problem_id=problem_id, removed_at__isnull=True))
    )


def _reader(partnership_id: UUID, lead: UUID, other: UUID, name: str, on: date) -> Reader:
    purpose, parties = str(Purpose.NEIGHBOURHOOD), [lead, other]
    if agreements.live_agreement(partnership_id, purpose, parties, on):
        return Reader(other, name, None)
    return Reader(other, name, agreements.why_not(partnership_id, purpose, parties, on))
