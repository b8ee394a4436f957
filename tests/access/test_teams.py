"""Teams: posts, cover, gaps, pledges."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from ourpatch.access.teams import actions, queries
from ourpatch.access.teams.models import Post
from ourpatch.access.teams.rules import Because, PostKind
from ourpatch.ground.errors import Conflict, NotAllowed, RuleBroken

from ..foundation.factories import make_actor, make_neighbourhood, make_person
from .factories_concerns import NOON, STAFF, fill, make_scene, make_team

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TODAY = date(2026, 11, 18)


def test_the_team_of_a_day_has_its_named_contact_first() -> None:
    scene = make_scene()
    team = queries.team_of(scene.neighbourhood.pk, TODAY)
    assert team is not None
    assert team.named_contact is not None
    assert team.named_contact.person == scene.officer
    assert [post.person for post in team.members] == [scene.officer, scene.sergeant, scene.warden]
    assert team.named_contact.telephone == "01632 960001"


def test_a_neighbourhood_without_a_named_contact_is_a_gap() -> None:
    scene = make_scene()
    lonely = make_neighbourhood(scene.partnership, name="Aaa")
    found = queries.coverage(scene.partnership.pk, TODAY)
    assert (found.named, found.neighbourhoods, found.gaps) == (1, 2, (lonely,))


def test_a_post_that_ends_leaves_a_gap_from_the_next_day() -> None:
    scene = make_scene()
    post = Post.objects.get(person=scene.officer)
    actions.end_post(by=scene.by, team_id=scene.team.pk, post_id=post.pk, last_day=TODAY, now=NOON)
    assert queries.coverage(scene.partnership.pk, TODAY).gaps == ()
    assert queries.coverage(scene.partnership.pk, TODAY + timedelta(days=1)).gaps == (scene.neighbourhood,)


def test_a_second_named_contact_is_refused_by_the_rule_and_by_the_database() -> None:
    scene = make_scene()
    with pytest.raises(RuleBroken, match="another named contact"):
        fill(scene.by, scene.team, make_person(scene.police), PostKind.PCSO, is_named_contact=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            team=scene.team, person=scene.warden, kind="pcso", is_named_contact=True, from_on=TODAY, until=None
        )


def test_whoever_covers_takes_the_messages() -> None:
    scene = make_scene()
    contact, stand_in = Post.objects.get(person=scene.officer), make_person(scene.police)
    fill(
        scene.by, scene.team, stand_in, PostKind.PCSO, from_on=TODAY, until=TODAY + timedelta(days=7), covers=contact.pk
    )
    duty = next(queries.on_duty(scene.neighbourhood.pk, "crime", TODAY))
    assert (duty.person_id, duty.because) == (stand_in.pk, Because.COVER)


def test_nobody_who_has_left_takes_a_message() -> None:
    scene = make_scene()
    scene.officer.until = TODAY - timedelta(days=1)
    scene.officer.save()
    duty = next(queries.on_duty(scene.neighbourhood.pk, "crime", TODAY))
    assert (duty.person_id, duty.because) == (scene.sergeant.pk, Because.SUPERVISOR)


def test_where_a_neighbourhood_has_nobody_the_wider_team_answers() -> None:
    scene = make_scene()
    lonely, manager = make_neighbourhood(scene.partnership), make_person(scene.council)
    wide = make_team(scene.by, scene.partnership, scene.council)
    fill(scene.by, wide, manager, PostKind.NEIGHBOURHOOD_MANAGER)
    duty = next(queries.on_duty(lonely.pk, "crime", TODAY))
    assert (duty.person_id, duty.because) == (manager.pk, Because.WIDER_TEAM)


def test_an_area_has_one_team() -> None:
    scene = make_scene()
    with pytest.raises(RuleBroken, match="a team already"):
        make_team(scene.by, scene.neighbourhood, scene.police)


def test_a_pledge_is_said_in_english_at_least_and_two_editors_do_not_overwrite_each_other() -> None:
    scene = make_scene()
    scene.team.refresh_from_db()
    version = scene.team.version
    lines = [("We reply within three days.", "Byddwn yn ateb o fewn tridiau."), ("We are on foot every week.", "")]
    actions.set_pledge(by=scene.by, team_id=scene.team.pk, version=version, lines=lines, now=NOON)
    with pytest.raises(Conflict):
        actions.set_pledge(by=scene.by, team_id=scene.team.pk, version=version, lines=lines[:1], now=NOON)
    with pytest.raises(RuleBroken, match="no English"):
        actions.set_pledge(by=scene.by, team_id=scene.team.pk, version=version + 1, lines=[("", "Helo")], now=NOON)
    team = queries.team_of(scene.neighbourhood.pk, TODAY)
    assert team is not None
    assert [line.text for line in team.pledge] == [english for english, _welsh in lines]


def test_only_those_who_may_edit_teams_do() -> None:
    scene = make_scene()
    reader = make_actor(scene.warden, STAFF - {"teams.edit"}, scene.partnership)
    with pytest.raises(NotAllowed):
        fill(reader, scene.team, scene.warden, PostKind.WARDEN)
