"""Writing notes and recording reviews."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ourpatch.foundation import law
from ourpatch.foundation.places.models import ServiceArea
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
        area = _neighbourhood(by, neighbourhood_id)
        rules.check_note(category=category, text=text, source=source).raise_if_any()
        note = ProfileNote.objects.create(
            partnership_id=area.partnership_id,
            controller_id=by.organisation_id or area.partnership_id,
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


def review_profile(
    *, by: Actor, neighbourhood_id: UUID, note: str, now: datetime, on: date | None = None
) -> ProfileReview:
    """Record that a profile was reviewed; the next one falls due by the law book's clock.

    Raises NotAllowed, NotFound, RuleBroken. Source: guide-1 C21 (every three to six months).
    """
    with change(by, "profiles.review") as audit:
        area = _neighbourhood(by, neighbourhood_id)
        today = clock.london_date(now)
        day = on or today
        rules.check_review(note=note, on=day, today=today).raise_if_any()
        months = law.book(day).clock("profile_review").value
        review = ProfileReview.objects.create(
            neighbourhood=area,
            on=day,
            next_due_on=law.clocks.add_months(day, months),
            note=note.strip(),
            by_name=by.name,
        )
        audit.noted("profile_review", [review.pk], reason=note.strip())
    return review


def _neighbourhood(by: Actor, neighbourhood_id: UUID) -> ServiceArea:
    area = ServiceArea.objects.filter(pk=neighbourhood_id, kind="neighbourhood").first()
    if area is None:
        raise NotFound(_("There is no such neighbourhood."))
    by.require(Permission.EDIT, area.partnership_id, area.pk)
    return area
