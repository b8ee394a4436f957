"""Writing notes and recording reviews."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ourpatch.foundation import law
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import NotFound
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Sensitivity
from ourpatch.ground.words import say as _
from ourpatch.intelligence.profiles import rules
from ourpatch.intelligence.profiles.models import ProfileNote, ProfileReview
from ourpatch.intelligence.profiles.permissions import Permission

ACTIVITY = "profiles"


def write_note(
    *,
    by: Actor,
    neighbourhood_id: UUID,
    category: str,
    text: str,
    source: str,
    now: datetime,
    text_cy: str = "",
    limitations: str = "",
    is_public: bool = False,
    is_restricted: bool = False,
) -> ProfileNote:
    """Add what is known of a neighbourhood under one category; a restricted note is never public.

    Raises NotAllowed, NotFound, RuleBroken. Source: guide-1 C21, C22.
    """
    with change(by, "profiles.write_note") as audit:
        area, partnership_id = _editable(by, neighbourhood_id)
        rules.check_note(category=category, text=text, source=source).raise_if_any()
        note = ProfileNote.objects.create(
            partnership_id=partnership_id,
            controller_id=by.organisation_id or partnership_id,
            service_area_id=area.pk,
            activity=ACTIVITY,
            sensitivity=Sensitivity.RESTRICTED if is_restricted else Sensitivity.OPEN,
            made_at=now,
            neighbourhood=area,
            category=category,
            text=text.strip(),
            text_cy=text_cy.strip(),
            source=source.strip(),
            limitations=limitations.strip(),
            is_public=is_public and not is_restricted,
            by_name=by.name,
        )
        audit.collected(note)
    return note


def retire_note(*, by: Actor, note_id: UUID, version: int, now: datetime) -> ProfileNote:
    """Take a note out of the profile; it is kept. Raises NotAllowed, NotFound, Conflict."""
    with change(by, "profiles.retire_note") as audit:
        note: ProfileNote = ProfileNote.objects.for_change(by, Permission.EDIT, note_id, version)
        note.retire(now)
        audit.altered(note)
    return note


def review_profile(
    *, by: Actor, neighbourhood_id: UUID, note: str, now: datetime, on: date | None = None
) -> ProfileReview:
    """Record that a profile was reviewed; the next one falls due by the law book's clock.

    Raises NotAllowed, NotFound, RuleBroken. Source: guide-1 C21 (every three to six months).
    """
    with change(by, "profiles.review") as audit:
        area, _partnership_id = _editable(by, neighbourhood_id)
        today = clock.london_date(now)
        day = on or today
        rules.check_review(note=note, on=day, today=today).raise_if_any()
        book = law.book(day, "wales" if area.jurisdiction == "wales" else "england")
        review = ProfileReview.objects.create(
            neighbourhood=area,
            on=day,
            next_due_on=rules.next_review(day, book.clock("profile_review")),
            note=note.strip(),
            by_name=by.name,
        )
        audit.noted("profile_review", [review.pk], reason=note.strip())
    return review


def _editable(by: Actor, neighbourhood_id: UUID) -> tuple[ServiceArea, UUID]:
    area = ServiceArea.objects.filter(pk=neighbourhood_id, kind=ServiceAreaKind.NEIGHBOURHOOD).first()
    if area is None or area.partnership_id is None:
        raise NotFound(_("There is no such neighbourhood."))
    by.require(Permission.EDIT, area.partnership_id, area.pk)
    return area, area.partnership_id
