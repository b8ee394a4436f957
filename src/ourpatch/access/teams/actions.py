"""Making teams, filling and ending posts, covering for somebody, and promising."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from ourpatch.access.teams import queries, rules
from ourpatch.access.teams.events import PostEnded
from ourpatch.access.teams.models import PledgeLine, Post, Team
from ourpatch.access.teams.permissions import Permission
from ourpatch.access.teams.rules import PostKind, Term
from ourpatch.ground import events
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.identifiers import uuid7
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.permission.models import Sensitivity
from ourpatch.ground.words import say as _


def make_team(
    *,
    by: Actor,
    service_area_id: UUID,
    lead_organisation_id: UUID,
    name_en: str,
    now: datetime,
    name_cy: str = "",
    about_en: str = "",
    about_cy: str = "",
    public_email: str = "",
    public_telephone: str = "",
) -> Team:
    """Set up the team of a neighbourhood, or of the wider area that answers where nobody else does.

    Raises NotAllowed, NotFound, RuleBroken (no name, no way to reach it, the area has a team).
    """
    with change(by, "teams.make_team") as audit:
        area = queries.service_area(service_area_id)
        partnership_id = queries.partnership_of(area)
        by.require(Permission.EDIT, partnership_id, service_area_id)
        rules.check_team(name=name_en, email=public_email, telephone=public_telephone).raise_if_any()
        if Team.objects.filter(service_area_id=service_area_id).exists():
            raise RuleBroken(_("This area has a team already. Change that one."))
        team: Team = Team.objects.create(
            partnership_id=partnership_id,
            service_area_id=service_area_id,
            controller_id=lead_organisation_id,
            activity=Team.ACTIVITY,
            sensitivity=Sensitivity.OPEN,
            made_at=now,
            name_en=name_en.strip(),
            name_cy=name_cy.strip(),
            about_en=about_en.strip(),
            about_cy=about_cy.strip(),
            public_email=public_email.strip(),
            public_telephone=public_telephone.strip(),
        )
        audit.collected(team)
    return team


def change_team(
    *,
    by: Actor,
    team_id: UUID,
    version: int,
    name_en: str,
    name_cy: str,
    about_en: str,
    about_cy: str,
    public_email: str,
    public_telephone: str,
    now: datetime,
) -> Team:
    """Change what a team shows of itself. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "teams.change_team") as audit:
        team: Team = Team.objects.for_change(by, Permission.EDIT, team_id, version)
        rules.check_team(name=name_en, email=public_email, telephone=public_telephone).raise_if_any()
        team.name_en, team.name_cy = name_en.strip(), name_cy.strip()
        team.about_en, team.about_cy = about_en.strip(), about_cy.strip()
        team.public_email, team.public_telephone = public_email.strip(), public_telephone.strip()
        team.store_change()
        audit.altered(team)
    return team


def fill_post(
    *,
    by: Actor,
    team_id: UUID,
    person_id: UUID,
    kind: PostKind,
    from_on: date,
    now: datetime,
    until: date | None = None,
    is_named_contact: bool = False,
    covers: UUID | None = None,
    takes: Sequence[str] = (),
    label_en: str = "",
    label_cy: str = "",
    public_name: str = "",
    public_email: str = "",
    public_telephone: str = "",
) -> Post:
    """Put a person on a team from a day on; `covers` makes them stand in for another post until their last day.

    `takes` holds codes of concern categories that go to this person first. Raises NotAllowed, NotFound, RuleBroken.
    """
    with change(by, "teams.fill_post") as audit:
        team: Team = Team.objects.for_change(by, Permission.EDIT, team_id)
        term = Term(uuid7(), PostKind(kind), from_on, until, is_named_contact, covers, frozenset(takes))
        rules.check_term(term, [post.term() for post in team.posts.all()]).raise_if_any()
        post = Post.objects.create(
            id=term.post_id,
            team=team,
            person_id=person_id,
            kind=str(kind),
            label_en=label_en.strip(),
            label_cy=label_cy.strip(),
            is_named_contact=is_named_contact,
            covers_id=covers,
            takes=sorted(takes),
            from_on=from_on,
            until=until,
            public_name=public_name.strip(),
            public_email=public_email.strip(),
            public_telephone=public_telephone.strip(),
        )
        team.store_change()
        audit.noted("post", [post.id])
    return post


def end_post(*, by: Actor, team_id: UUID, post_id: UUID, last_day: date, now: datetime) -> Post:
    """End a post with the close of a day; cover for it ends with it. Raises NotAllowed, NotFound, RuleBroken."""
    with change(by, "teams.end_post") as audit:
        team: Team = Team.objects.for_change(by, Permission.EDIT, team_id)
        post = queries.get_post(team, post_id)
        rules.check_ending(post.term(), last_day).raise_if_any()
        post.until = last_day
        post.save(update_fields=["until"])
        for cover in post.cover.filter(from_on__lte=last_day, until__gt=last_day):
            cover.until = last_day
            cover.save(update_fields=["until"])
        post.cover.filter(from_on__gt=last_day).delete()
        team.store_change()
        audit.noted("post", [post.id])
        events.publish(PostEnded(team.service_area_id, post.person_id, last_day, now))
    return post


def set_pledge(*, by: Actor, team_id: UUID, version: int, lines: Sequence[tuple[str, str]], now: datetime) -> Team:
    """Say anew what the team promises: (English, Welsh) lines in order. Raises NotAllowed, NotFound, Conflict, RuleBroken."""
    with change(by, "teams.set_pledge") as audit:
        team: Team = Team.objects.for_change(by, Permission.EDIT, team_id, version)
        rules.check_pledge(lines).raise_if_any()
        team.pledge.all().delete()
        PledgeLine.objects.bulk_create(
            PledgeLine(team=team, position=number, text_en=english.strip(), text_cy=welsh.strip())
            for number, (english, welsh) in enumerate(lines, start=1)
        )
        team.store_change()
        audit.altered(team)
    return team
