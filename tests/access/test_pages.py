"""The workspace pages of concerns, problems, teams and the debt: what they show, what they do, what they write down."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from ourpatch.access.concerns import actions
from ourpatch.access.concerns.models import Concern, Photo, Problem
from ourpatch.access.concerns.permissions import Permission
from ourpatch.access.concerns.rules import ContactBy, ContactDraft, Flag, State
from ourpatch.access.teams.models import Post, Team
from ourpatch.access.teams.rules import PostKind
from ourpatch.foundation.accounts.actors import ROLES, Role
from ourpatch.foundation.accounts.models import RoleGrant
from ourpatch.foundation.directory.models import Person
from ourpatch.ground import clock
from ourpatch.ground.audit.models import AuditEntry

from ..foundation.factories import LONG_AGO, make_neighbourhood, make_user, sign_in
from .factories_concerns import STAFF, Scene, fill, make_public, make_scene, make_team, raise_one

pytestmark = [pytest.mark.room, pytest.mark.django_db]

TEXT = "We spoke to the riders' families on Tuesday and will fit a barrier at the bridge in January."
AUDITOR = frozenset({"ground.read_audit"})


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def staff_client(scene: Scene, person: Person | None = None, permissions: frozenset[Any] = STAFF | AUDITOR) -> Client:
    role = Role(f"test-{len(permissions)}", "Test", "Holds what the test says.", frozenset(map(str, permissions)))
    ROLES.add(role.code, role)
    user = make_user(person or scene.officer)
    RoleGrant.objects.create(user=user, role=role.code, service_area=scene.partnership, from_on=LONG_AGO)
    client = Client()
    sign_in(client, user)
    return client


@pytest.fixture
def client_(scene: Scene) -> Client:
    return staff_client(scene)


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def fresh(scene: Scene, **more: Any) -> Concern:
    return raise_one(scene, now=clock.now(), **more).concern


def a_problem(scene: Scene, *concerns: Concern) -> Problem:
    return actions.make_problem(
        by=scene.by, concern_ids=[each.pk for each in concerns], title_en="Canal path", now=clock.now()
    )


def soon() -> str:
    return (date.today() + timedelta(days=14)).isoformat()


def test_every_page_says_what_it_is_for_and_is_written_down(scene: Scene, client_: Client) -> None:
    concern = fresh(scene, flags=(Flag.TARGETED,), contact=ContactDraft(ContactBy.EMAIL, email="a@example.org"))
    problem = a_problem(scene, concern)
    pages = [
        *(url(f"concerns:{name}") for name in ("list", "new", "problems")),
        *(
            url(f"concerns:{name}", concern.pk)
            for name in ("concern", "answer", "assign", "place", "withdraw", "group", "seen")
        ),
        *(
            url(f"concerns:{name}", problem.pk)
            for name in ("problem", "edit_problem", "tell_progress", "answer_problem", "close_problem")
        ),
        url("concerns:ungroup", problem.pk, concern.pk),
        *(url(f"teams:{name}") for name in ("list", "new")),
        *(url(f"teams:{name}", scene.team.pk) for name in ("team", "edit", "fill", "pledge")),
        url("teams:end", scene.team.pk, Post.objects.get(person=scene.officer).pk),
        url("feedback:debts"),
    ]
    for page in pages:
        response = client_.get(page)
        assert response.status_code == 200, page
        assert "govuk-body-l" in response.content.decode(), page
    shown = AuditEntry.objects.filter(kind="consultation", subject_rows__subject_id=concern.pk)
    assert {"concerns.list", "concerns.concern", "concerns.form", "feedback.debts"} <= set(
        shown.values_list("operation", flat=True)
    )


def test_nobody_gets_in_without_signing_in_or_sees_another_partnerships(scene: Scene, client_: Client) -> None:
    page = url("concerns:concern", fresh(scene).pk)
    assert Client().get(page).status_code == 302
    assert staff_client(make_scene()).get(page).status_code == 404
    assert client_.get(page).status_code == 200


def test_an_officer_replies_from_the_page(scene: Scene, client_: Client) -> None:
    concern = fresh(scene)
    page = url("concerns:concern", concern.pk)
    short = client_.post(page, {"version": 1, "kind": "meaningful", "text": "On it.", "language": "en", "news_on": ""})
    assert "Say by when the person hears from you next" in short.content.decode()
    assert "On it." in short.content.decode()
    sent = client_.post(page, {"version": 1, "kind": "meaningful", "text": TEXT, "language": "en", "news_on": soon()})
    assert sent.status_code == 302
    concern.refresh_from_db()
    assert concern.state == State.IN_HAND
    assert TEXT.split("'")[0] in client_.get(page).content.decode()


def test_the_second_of_two_sees_what_the_first_did_and_chooses(scene: Scene, client_: Client) -> None:
    concern = fresh(scene)
    form = {"version": 1, "outcome": "solved", "text": TEXT, "language": "en"}
    actions.reply(by=scene.by, concern_id=concern.pk, version=1, kind="holding", text="Seen.", now=clock.now())  # type: ignore[arg-type]
    page = url("concerns:answer", concern.pk)
    refused = client_.post(page, form)
    html = refused.content.decode()
    assert "Somebody else changed this" in html
    assert TEXT.split("'")[0] in html
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version is not None
    assert client_.post(page, {**form, "version": version.group(1)}).status_code == 302
    concern.refresh_from_db()
    assert concern.state == State.ANSWERED


def test_a_call_is_written_down_and_the_code_is_shown_once(scene: Scene, client_: Client) -> None:
    page = url("concerns:new")
    form = {
        "door": "telephone",
        "area": str(scene.neighbourhood.pk),
        "category": "asb_nuisance",
        "what": "Fires behind the shops.",
        "channel": "code",
        "language": "cy",
        "idempotency_key": "one-form",
    }
    first, second = client_.post(page, form), client_.post(page, form)
    concern = Concern.objects.get()
    assert (concern.language, concern.door, concern.owner) == ("cy", "telephone", scene.officer)
    code = re.search(r"Code: ([A-Z0-9 ]+)", first.content.decode())
    assert code is not None
    assert code.group(1) in second.content.decode()
    assert code.group(1) not in client_.get(url("concerns:concern", concern.pk)).content.decode()


def test_a_form_without_what_happened_keeps_what_was_typed(client_: Client) -> None:
    html = client_.post(url("concerns:new"), {"door": "paper", "place_words": "Mill Lane"}).content.decode()
    assert "Mill Lane" in html
    assert not Concern.objects.exists()


def test_contact_and_risk_are_shown_to_those_who_may(scene: Scene, client_: Client) -> None:
    concern = fresh(scene, flags=(Flag.TARGETED,), contact=ContactDraft(ContactBy.EMAIL, email="amina@example.org"))
    page = url("concerns:concern", concern.pk)
    html = client_.get(page).content.decode()
    assert "amina@example.org" in html
    assert "I feel that I am being targeted" in html
    partner = staff_client(scene, scene.warden, STAFF - {Permission.VIEW_CONTACT})
    html = partner.get(page).content.decode()
    assert "amina@example.org" not in html
    assert "I feel that I am being targeted" not in html


def test_a_photograph_is_seen_only_with_the_concern(
    scene: Scene, client_: Client, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    raw = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(raw, "PNG")
    form = {
        "door": "paper",
        "area": str(scene.neighbourhood.pk),
        "category": "environmental",
        "what": "Rubbish.",
        "channel": "code",
        "language": "en",
        "photo": SimpleUploadedFile("IMG_1.png", raw.getvalue(), "image/png"),
    }
    assert client_.post(url("concerns:new"), form).status_code == 200
    photo = Photo.objects.get()
    page = url("concerns:photo", photo.report.concern_id, photo.pk)
    response = client_.get(page)
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/jpeg", "no-store")
    assert staff_client(make_scene()).get(page).status_code == 404
    other = url("concerns:photo", fresh(scene).pk, photo.pk)
    assert client_.get(other).status_code == 404


def test_a_concern_is_put_into_a_new_problem_with_its_neighbours(scene: Scene, client_: Client) -> None:
    here = {"easting": 380_000.0, "northing": 430_000.0}
    one, other = fresh(scene, **here), fresh(scene, **here)
    page = url("concerns:group", one.pk)
    assert "Give the problem a short name" in client_.post(page, {"problem_id": ""}).content.decode()
    form = {"problem_id": "", "title_en": "Motorbikes", "others": [str(other.pk)]}
    assert client_.post(page, form).status_code == 302
    problem = Problem.objects.get()
    assert problem.links.count() == 2
    third = fresh(scene, **here)
    assert "Motorbikes" in client_.get(url("concerns:concern", third.pk)).content.decode()
    client_.post(url("concerns:group", third.pk), {"problem_id": str(problem.pk)})
    assert problem.links.count() == 3


def test_everybody_behind_a_problem_is_told_and_answered_from_its_page(scene: Scene, client_: Client) -> None:
    problem = a_problem(scene, fresh(scene), fresh(scene, language="cy"))
    told = client_.post(url("concerns:tell_progress", problem.pk), {"text_en": TEXT, "news_on": soon()}, follow=True)
    assert "Told: 2." in told.content.decode()
    client_.post(url("concerns:answer_problem", problem.pk), {"outcome": "no_change", "text_en": TEXT})
    assert set(Concern.objects.values_list("state", flat=True)) == {State.ANSWERED}
    client_.post(url("concerns:close_problem", problem.pk), {"version": 1, "reason": "All answered."})
    problem.refresh_from_db()
    assert not problem.is_open
    client_.post(url("concerns:reopen_problem", problem.pk), {"version": problem.version})
    problem.refresh_from_db()
    assert problem.is_open


def test_filters_narrow_the_list(scene: Scene, client_: Client) -> None:
    late = raise_one(scene, now=clock.now() - timedelta(hours=80)).concern
    early = fresh(scene)
    html = client_.get(url("concerns:list"), {"clock": "overdue"}).content.decode()
    assert late.reference in html
    assert early.reference not in html
    assert early.reference in client_.get(url("concerns:list"), {"reference": early.reference.lower()}).content.decode()
    assert "No concern is like that" in client_.get(url("concerns:list"), {"unplaced": "on"}).content.decode()


def test_a_team_is_set_up_filled_covered_and_ended_from_its_pages(scene: Scene, client_: Client) -> None:
    Team.objects.filter(service_area_id=scene.partnership.pk).delete()
    form = {
        "service_area_id": str(scene.partnership.pk),
        "lead_organisation_id": str(scene.police.pk),
        "name_en": "Wide team",
        "public_telephone": "101",
    }
    client_.post(url("teams:new"), form)
    team = Team.objects.get(service_area_id=scene.partnership.pk)
    post = {"person_id": str(scene.sergeant.pk), "kind": "sergeant", "from_on": "2020-01-01", "is_named_contact": "on"}
    assert client_.post(url("teams:fill", team.pk), post).status_code == 302
    again = client_.post(url("teams:fill", team.pk), {**post, "person_id": str(scene.officer.pk)})
    assert "another named contact" in again.content.decode()
    held = Post.objects.get(team=team)
    client_.post(url("teams:end", team.pk, held.pk), {"last_day": "2020-02-01"})
    client_.post(url("teams:pledge", team.pk), {"version": 3, "english": "We reply.\nWe walk.", "welsh": "Atebwn."})
    team.refresh_from_db()
    assert [(line.text_en, line.text_cy) for line in team.pledge.all()] == [("We reply.", "Atebwn."), ("We walk.", "")]
    assert Post.objects.get(team=team).until == date(2020, 2, 1)
    html = client_.get(url("teams:list")).content.decode()
    assert "Nobody" in html


def test_the_debts_page_counts_and_leads_to_one_persons(scene: Scene, client_: Client) -> None:
    late = raise_one(scene, now=clock.now() - timedelta(days=9)).concern
    html = client_.get(url("feedback:debts")).content.decode()
    assert late.reference in html
    assert "Every answer is owed by somebody who is here to give it" in html
    assert f"owner={scene.officer.pk}" in html
    other = client_.get(url("feedback:debts"), {"owner": str(scene.warden.pk)}).content.decode()
    assert late.reference not in other


def test_the_public_is_no_staff(scene: Scene) -> None:
    concern = fresh(scene)
    assert (
        not Concern.objects.visible_to(make_public(scene.partnership), Permission.VIEW).filter(pk=concern.pk).exists()
    )


def test_a_full_list_costs_no_more_questions_to_the_database_than_a_short_one(
    scene: Scene, client_: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        fresh(scene)
    client_.get(url("concerns:list"))
    with django_assert_max_num_queries(30):
        client_.get(url("concerns:list"))


def test_an_officer_of_one_neighbourhood_writes_down_what_they_hear_about_another(scene: Scene) -> None:
    elsewhere = make_neighbourhood(scene.partnership)
    fill(scene.by, make_team(scene.by, elsewhere, scene.police), scene.sergeant, PostKind.SERGEANT)
    user = make_user(scene.officer)
    ROLES.add("test-one-area", Role("test-one-area", "Test", "One area.", frozenset(map(str, STAFF))))
    RoleGrant.objects.create(user=user, role="test-one-area", service_area=scene.neighbourhood, from_on=LONG_AGO)
    client = Client()
    sign_in(client, user)
    form = {
        "door": "telephone",
        "area": str(elsewhere.pk),
        "category": "crime",
        "what": "A break-in.",
        "channel": "code",
        "language": "en",
    }
    html = client.post(url("concerns:new"), form).content.decode()
    concern = Concern.objects.get()
    assert "Code: " in html
    assert url("concerns:concern", concern.pk) not in html
    assert client.get(url("concerns:concern", concern.pk)).status_code == 404


def test_the_story_says_why_each_step_was_taken(scene: Scene, client_: Client) -> None:
    concern = fresh(scene)
    actions.answer(by=scene.by, concern_id=concern.pk, version=1, outcome="solved", text=TEXT, now=clock.now())  # type: ignore[arg-type]
    html = client_.get(url("concerns:concern", concern.pk)).content.decode()
    assert "The person has been told what came of it." in html
