"""Reading profiles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from ourpatch.foundation import law
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _
from ourpatch.intelligence.profiles import rules
from ourpatch.intelligence.profiles.models import ProfileNote, ProfileReview
from ourpatch.intelligence.profiles.permissions import Permission
from ourpatch.intelligence.profiles.rules import Category, Completeness
from ourpatch.intelligence.profiles.sections import PROFILE_SECTIONS, Fact


@dataclass(frozen=True, slots=True)
class CategoryView:
    """One of the eight categories as it stands: facts from the system, notes of people, and how to fill it when empty."""

    category: Category
    name: str
    facts: tuple[Fact, ...]
    notes: tuple[ProfileNote, ...]
    how_to_fill: str

    @property
    def is_empty(self) -> bool:
        """True when nothing is known."""
        return not self.facts and not self.notes


@dataclass(frozen=True, slots=True)
class Profile:
    """A neighbourhood's profile on a day."""

    area: ServiceArea
    categories: tuple[CategoryView, ...]
    completeness: Completeness
    last_review: ProfileReview | None
    review_due_on: date | None
    is_review_due: bool
    sources: tuple[tuple[str, str], ...]


def list_neighbourhoods(by: Actor) -> QuerySet[ServiceArea]:
    """The neighbourhoods whose profile this actor may see, with `review_due_on` (None: never reviewed)."""
    newest = ProfileReview.objects.filter(neighbourhood=OuterRef("pk")).order_by("-on")
    rows = ServiceArea.objects.filter(kind=ServiceAreaKind.NEIGHBOURHOOD, partnership__in=_partnerships(by))
    due = Subquery(newest.values("next_due_on")[:1])
    return rows.select_related("partnership").annotate(review_due_on=due).order_by("partnership__name", "name")


def get_neighbourhood(by: Actor, slug: str) -> ServiceArea:
    """One neighbourhood, or NotFound."""
    found = list_neighbourhoods(by).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such neighbourhood."))
    return found


def get_profile(by: Actor, area: ServiceArea, today: date) -> Profile:
    """The profile of a neighbourhood with the notes that this actor may see."""
    notes = list(ProfileNote.objects.visible_to(by, Permission.VIEW).filter(neighbourhood=area).order_by("-made_at"))
    return _assembled(area, notes, today)


def public_profile(area: ServiceArea, today: date) -> Profile:
    """The public version: the same facts, and only the notes that were written for everybody."""
    return _assembled(
        area, list(ProfileNote.objects.filter(neighbourhood=area, is_public=True).order_by("-made_at")), today
    )


def _assembled(area: ServiceArea, notes: list[ProfileNote], today: date) -> Profile:
    facts: dict[Category, list[Fact]] = {category: [] for category in Category}
    for _key, (category, source) in PROFILE_SECTIONS.all():
        facts[category] += source(area, today)
    views = tuple(_view(category, facts[category], notes) for category in Category)
    held = {view.category: len(view.facts) + len(view.notes) for view in views}
    last = ProfileReview.objects.filter(neighbourhood=area).order_by("-on").first()
    due = last.next_due_on if last else None
    return Profile(
        area=area,
        categories=views,
        completeness=rules.completeness(held),
        last_review=last,
        review_due_on=due,
        is_review_due=due is None or due <= today,
        sources=_sources(views),
    )


def _view(category: Category, facts: list[Fact], notes: list[ProfileNote]) -> CategoryView:
    mine = tuple(note for note in notes if note.category == category)
    return CategoryView(category, str(rules.NAMES[category]), tuple(facts), mine, str(rules.HOW_TO_FILL[category]))


def _sources(views: tuple[CategoryView, ...]) -> tuple[tuple[str, str], ...]:
    """The source register: each source once, with its limitations."""
    found = {fact.source: "" for view in views for fact in view.facts}
    found |= {note.source: note.limitations for view in views for note in view.notes}
    return tuple(sorted(found.items()))


def review_months(on: date) -> int:
    """How many months may pass between two reviews."""
    return law.book(on).clock("profile_review").value


def _partnerships(by: Actor) -> set[object]:
    return {grant.partnership_id for grant in by.scopes(Permission.VIEW)}
