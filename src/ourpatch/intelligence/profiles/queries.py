"""Putting a neighbourhood profile together, for staff and for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from ourpatch.data.store import queries as store
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground import clock
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _
from ourpatch.intelligence.profiles import rules
from ourpatch.intelligence.profiles.contents import PROFILE_SECTIONS, Section, Setting, Source
from ourpatch.intelligence.profiles.models import ProfileNote, ProfileReview
from ourpatch.intelligence.profiles.permissions import Permission
from ourpatch.intelligence.profiles.rules import CATEGORIES, Category, CategoryFacts, Completeness

YEAR = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One category of a profile: its sections, what people noted, and what it lacks when it has neither."""

    category: Category
    facts: CategoryFacts
    sections: tuple[Section, ...]
    notes: tuple[ProfileNote, ...]

    @property
    def is_filled(self) -> bool:
        """Whether it holds anything."""
        return bool(self.sections or self.notes)


@dataclass(frozen=True, slots=True)
class Profile:
    """A neighbourhood's profile as it stands now."""

    neighbourhood: ServiceArea
    is_public: bool
    parts: tuple[Part, ...]
    completeness: Completeness
    last_review: ProfileReview | None
    is_review_due: bool

    @property
    def sources(self) -> list[Source]:
        """The source register: each source once, with what people named as theirs."""
        found = {section.source.name: section.source for part in self.parts for section in part.sections}
        for note in self.notes:
            limits = (note.limitations,) if note.limitations else ()
            found.setdefault(
                note.source, Source(note.source, note.by_name, False, clock.london_date(note.made_at), limits)
            )
        return list(found.values())

    @property
    def notes(self) -> list[ProfileNote]:
        """Every note that is shown."""
        return [note for part in self.parts for note in part.notes]


@dataclass(frozen=True, slots=True)
class ProfileLine:
    """One profile in the list: when its review is due (None: it never had one) and what was recorded (None: nothing loaded)."""

    neighbourhood: ServiceArea
    review_due_on: date | None
    is_review_due: bool
    notes: int
    recorded: int | None


@dataclass(frozen=True, slots=True)
class ProfileList:
    """The profiles that an actor may see, those longest due for review first."""

    lines: tuple[ProfileLine, ...]
    since: date | None


def list_profiles(by: Actor, now: datetime) -> ProfileList:
    """The profiles of the actor's partnerships. Raises NotAllowed."""
    by.require(Permission.VIEW)
    areas = list(_neighbourhoods(by).select_related("partnership"))
    due = _reviews_due(areas)
    months = store.months_loaded(POLICE_UK)[-YEAR:]
    recorded = _recorded(areas, months[0]) if months else None
    noted = _note_counts(by, areas)
    lines = [
        ProfileLine(
            neighbourhood=area,
            review_due_on=due.get(area.pk),
            is_review_due=_is_due(due.get(area.pk), now),
            notes=noted.get(area.pk, 0),
            recorded=None if recorded is None else recorded.get(str(area.pk), 0),
        )
        for area in areas
    ]
    lines.sort(key=lambda line: (line.review_due_on or date.min, line.neighbourhood.name))
    return ProfileList(tuple(lines), months[0] if months else None)


def get_neighbourhood(by: Actor, slug: str) -> ServiceArea:
    """A neighbourhood whose profile the actor may see. Raises NotAllowed, NotFound."""
    by.require(Permission.VIEW)
    area = _neighbourhoods(by).select_related("partnership").filter(slug=slug).first()
    if area is None:
        raise NotFound(_("There is no profile at that address, or it belongs to another partnership."))
    return area


def get_profile(by: Actor, slug: str, now: datetime) -> Profile:
    """A profile with everything that the actor may see of it. Raises NotAllowed, NotFound."""
    area = get_neighbourhood(by, slug)
    notes = ProfileNote.objects.visible_to(by, Permission.VIEW).filter(neighbourhood=area)
    return _profile(Setting(area, now, is_public=False), notes)


def get_public_profile(slug: str, now: datetime) -> Profile:
    """A profile as everybody may see it: released figures and public notes only. Raises NotFound."""
    area = places.get_neighbourhood(slug)
    notes = ProfileNote.objects.filter(neighbourhood=area, is_public=True)
    return _profile(Setting(area, now, is_public=True), notes)


def get_note(by: Actor, note_id: UUID) -> ProfileNote:
    """A note that the actor may change. Raises NotFound."""
    note: ProfileNote = ProfileNote.objects.get_visible(by, Permission.EDIT, note_id)
    return note


def list_reviews(by: Actor, slug: str) -> QuerySet[ProfileReview]:
    """The reviews of a profile, latest first. Raises NotAllowed, NotFound."""
    return ProfileReview.objects.filter(neighbourhood=get_neighbourhood(by, slug)).order_by("-on", "-pk")


def _neighbourhoods(by: Actor) -> QuerySet[ServiceArea]:
    return places.neighbourhoods().filter(
        partnership_id__in=[grant.partnership_id for grant in by.scopes(Permission.VIEW)]
    )


def _profile(setting: Setting, notes: QuerySet[ProfileNote]) -> Profile:
    written = list(notes.filter(retired_at__isnull=True).order_by("made_at"))
    built = [
        (contribution.category, section)
        for _key, contribution in PROFILE_SECTIONS.all()
        if (section := contribution.build(setting)) is not None
    ]
    parts = tuple(
        Part(
            category=category,
            facts=facts,
            sections=tuple(section for where, section in built if where == category),
            notes=tuple(note for note in written if note.category == category),
        )
        for category, facts in CATEGORIES.items()
    )
    last = ProfileReview.objects.filter(neighbourhood=setting.neighbourhood).order_by("-on", "-pk").first()
    return Profile(
        neighbourhood=setting.neighbourhood,
        is_public=setting.is_public,
        parts=parts,
        completeness=rules.completeness([part.category for part in parts if part.is_filled]),
        last_review=last,
        is_review_due=_is_due(last.next_due_on if last else None, setting.now),
    )


def _is_due(due_on: date | None, now: datetime) -> bool:
    return due_on is None or due_on <= clock.london_date(now)


def _reviews_due(areas: Iterable[ServiceArea]) -> dict[UUID, date]:
    """When each reviewed profile is due again."""
    reviews = ProfileReview.objects.filter(neighbourhood__in=[area.pk for area in areas]).order_by("on", "pk")
    return dict(reviews.values_list("neighbourhood_id", "next_due_on"))


def _note_counts(by: Actor, areas: Iterable[ServiceArea]) -> dict[UUID, int]:
    visible = ProfileNote.objects.visible_to(by, Permission.VIEW).filter(retired_at__isnull=True)
    within = visible.filter(neighbourhood__in=[each.pk for each in areas])
    return dict(within.values_list("neighbourhood_id").annotate(Count("pk")).order_by("neighbourhood_id"))


def _recorded(areas: Iterable[ServiceArea], since: date) -> dict[str, int]:
    codes = tuple(sorted(str(area.pk) for area in areas))
    where = Where(POLICE_UK, since=since, area=Dimension.NEIGHBOURHOOD, codes=codes)
    return {str(area): int(str(n)) for area, n in store.run(CountBy(where, (Dimension.NEIGHBOURHOOD,)))}
