"""A resident raises a concern, asks, and follows up: nothing typed is lost, and no code is in an address."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from ourpatch.access.concerns import actions
from ourpatch.access.concerns.models import Concern, Contact, Exchange, Photo
from ourpatch.access.concerns.rules import Kind, Outcome, PlaceHow, ReplyKind, State
from ourpatch.ground import clock
from ourpatch.ground.audit.models import AuditEntry
from ourpatch.site.public.rules import TRIES, TRIES_WITHIN

from ..access.factories_concerns import NOON, Scene, make_scene, raise_one

pytestmark = [pytest.mark.room, pytest.mark.django_db]

WHAT = {
    "category": "asb_nuisance",
    "what": "Fires behind the shops.",
    "place_words": "Mill Lane",
    "how_often": "weekly",
}
EFFECT = {"effects": ["sleep"], "effect": "", "flags": []}
YOU = {"channel": "code", "answer_language": "en", "discreet": "on"}


class Now:
    """The time, which a test can move."""

    def __init__(self) -> None:
        self.value = NOON

    def __call__(self) -> Any:
        return self.value


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> Now:
    now = Now()
    monkeypatch.setattr(clock, "now", now)
    return now


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def to(response: HttpResponse) -> str:
    assert response.status_code == 302, response.content.decode()[:3000]
    return str(response["Location"])


def fill_in(client: Client, scene: Scene, **you: str) -> str:
    """Every step up to the check page; returns that page."""
    area = scene.neighbourhood.slug
    assert to(client.post("/raise/place/", {"by": "list", "area": area})) == f"/raise/place/?area={area}"
    assert to(client.post("/raise/place/", {"area": area})) == "/raise/what/"
    assert to(client.post("/raise/what/", WHAT)) == "/raise/effect/"
    assert to(client.post("/raise/effect/", EFFECT)) == "/raise/you/"
    assert to(client.post("/raise/you/", {**YOU, **you})) == "/raise/check/"
    return client.get("/raise/check/").content.decode()


def key_on(page: str) -> str:
    return page.split('name="key" value="')[1].split('"')[0]


def send(client: Client, page: str, **more: Any) -> HttpResponse:
    return client.post("/raise/check/", {"key": key_on(page), **more})


def test_from_the_first_step_to_the_code(client: Client, scene: Scene) -> None:
    page = fill_in(client, scene)
    assert "Fires behind the shops." in page
    assert scene.police.name in page
    assert scene.council.name in page
    assert to(send(client, page)) == "/raise/sent/"
    concern = Concern.objects.get()
    assert (concern.service_area_id, concern.place_words) == (scene.neighbourhood.pk, "Mill Lane")
    assert not Contact.objects.exists()
    shown = client.get("/raise/sent/").content.decode()
    assert concern.reference in shown
    assert "21 November 2026 at midday" in shown


def test_the_code_is_shown_until_it_is_written_down(client: Client, scene: Scene, present: Now) -> None:
    send(client, fill_in(client, scene))
    assert "op-secret" in client.get("/raise/sent/").content.decode()
    client.post("/raise/forget/")
    assert "op-secret" not in client.get("/raise/sent/").content.decode()


def test_the_same_form_sent_twice_is_one_concern(client: Client, scene: Scene) -> None:
    page = fill_in(client, scene)
    send(client, page)
    fill_in(client, scene)
    send(client, page)
    assert Concern.objects.count() == 1


def test_a_mistake_loses_nothing(client: Client, scene: Scene) -> None:
    area = scene.neighbourhood.slug
    client.post("/raise/place/", {"area": area})
    response = client.post("/raise/what/", {**WHAT, "category": ""})
    assert "Fires behind the shops." in response.content.decode()
    assert '<a href="#id_category_0">Choose what it is about.</a>' in response.content.decode()


def test_going_back_shows_what_was_typed_and_a_change_returns_to_the_check(client: Client, scene: Scene) -> None:
    fill_in(client, scene)
    assert "Fires behind the shops." in client.get("/raise/what/").content.decode()
    assert to(client.post("/raise/what/", {**WHAT, "what": "Fires again."})) == "/raise/check/"
    assert "Fires again." in client.get("/raise/check/").content.decode()


def test_a_picture_that_is_none_loses_nothing(client: Client, scene: Scene) -> None:
    page = fill_in(client, scene)
    response = send(client, page, photo=SimpleUploadedFile("a.jpg", b"not a picture"))
    assert response.status_code == 200
    assert "Fires behind the shops." in response.content.decode()
    assert not Concern.objects.exists()


def test_a_picture_goes_with_it(client: Client, scene: Scene) -> None:
    out = BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "JPEG")
    to(send(client, fill_in(client, scene), photo=SimpleUploadedFile("a.jpg", out.getvalue())))
    assert Photo.objects.get().width == 20


def test_what_was_typed_is_no_plain_text_in_the_session(client: Client, scene: Scene) -> None:
    fill_in(client, scene)
    kept = str(dict(client.session))
    assert "Fires" not in kept
    assert "raise" in kept


def test_what_was_typed_is_forgotten_after_four_hours_and_when_asked(
    client: Client, scene: Scene, present: Now
) -> None:
    fill_in(client, scene)
    present.value = NOON + timedelta(hours=4, minutes=1)
    assert to(client.get("/raise/check/")) == "/raise/you/"
    present.value = NOON
    fill_in(client, scene)
    client.post("/raise/forget/")
    assert to(client.get("/raise/what/")) == "/raise/place/"


def test_a_step_that_was_left_out_is_asked_for(client: Client) -> None:
    assert to(client.get("/raise/what/")) == "/raise/place/"
    assert to(client.get("/raise/check/")) == "/raise/you/"


def test_not_sure_where_goes_to_the_partnership(client: Client, scene: Scene) -> None:
    from ourpatch.access.teams.rules import PostKind

    from ..access.factories_concerns import fill, make_team

    team = make_team(scene.by, scene.partnership, scene.police)
    fill(scene.by, team, scene.sergeant, PostKind.SERGEANT)
    value = f"unsure:{scene.partnership.slug}"
    assert to(client.post("/raise/place/", {"by": "list", "area": value})) == "/raise/what/"
    client.post("/raise/what/", WHAT)
    client.post("/raise/effect/", EFFECT)
    client.post("/raise/you/", YOU)
    to(send(client, client.get("/raise/check/").content.decode()))
    assert Concern.objects.get().place_how == PlaceHow.UNSURE
    assert Concern.objects.get().is_unplaced


def test_a_channel_without_its_address_is_said_on_that_step(client: Client, scene: Scene) -> None:
    client.post("/raise/place/", {"area": scene.neighbourhood.slug})
    client.post("/raise/what/", WHAT)
    client.post("/raise/effect/", EFFECT)
    response = client.post("/raise/you/", {**YOU, "channel": "email", "email": ""})
    assert 'href="#id_email"' in response.content.decode()


def test_every_page_of_it_has_the_way_out_and_the_start_says_where_it_cannot_wait(client: Client, scene: Scene) -> None:
    fill_in(client, scene)
    for step in ("", "place/", "what/", "effect/", "you/", "check/"):
        page = client.get(f"/raise/{step}").content.decode()
        assert "govuk-exit-this-page" in page, step
    assert "0800 555 111" in client.get("/raise/").content.decode()


def test_a_question_has_the_same_clock(client: Client, scene: Scene) -> None:
    address = f"/ask/?n={scene.neighbourhood.slug}"
    page = client.get(address).content.decode()
    assert scene.police.name in page
    key = page.split('name="idempotency_key" value="')[1].split('"')[0]
    posted = {**YOU, "what": "When is the surgery?", "idempotency_key": key}
    assert to(client.post(address, posted)) == "/raise/sent/"
    assert Concern.objects.get().kind == Kind.QUESTION
    assert Concern.objects.get().reply_due_at == NOON + timedelta(hours=72)


def opened(client: Client, code: str) -> str:
    assert to(client.post("/follow/", {"code": code})) == "/follow/concern/"
    return client.get("/follow/concern/").content.decode()


def test_the_code_shows_what_happened_and_is_in_no_address_and_no_page(client: Client, scene: Scene) -> None:
    raised = raise_one(scene)
    actions.reply(
        by=scene.by,
        concern_id=raised.concern.pk,
        version=None,
        kind=ReplyKind.MEANINGFUL,
        text="We have been there twice and will put a barrier at the lock.",
        news_on=(NOON + timedelta(days=14)).date(),
        now=NOON + timedelta(hours=1),
    )
    page = opened(client, raised.code.lower())
    assert raised.concern.reference in page
    assert "put a barrier at the lock" in page
    assert raised.code not in page
    assert Exchange.objects.get().read_at is not None
    assert AuditEntry.objects.filter(operation="public.follow_concern", kind="consultation").exists()


def test_without_the_code_there_is_nothing(client: Client, scene: Scene) -> None:
    raise_one(scene)
    assert to(client.get("/follow/concern/")) == "/follow/"


def test_the_page_closes_by_itself_and_when_asked(client: Client, scene: Scene, present: Now) -> None:
    raised = raise_one(scene)
    opened(client, raised.code)
    client.post("/follow/leave/")
    assert to(client.get("/follow/concern/")) == "/follow/"
    opened(client, raised.code)
    present.value = NOON + timedelta(minutes=31)
    assert to(client.get("/follow/concern/")) == "/follow/"


def test_something_can_be_added(client: Client, scene: Scene) -> None:
    opened(client, raise_one(scene).code)
    to(client.post("/follow/concern/", {"text": "It was worse last night."}))
    assert "It was worse last night." in client.get("/follow/concern/").content.decode()
    assert Concern.objects.get().added_due_at is not None


def test_not_satisfied_makes_us_owe_another_answer(client: Client, scene: Scene) -> None:
    raised = raise_one(scene)
    actions.answer(
        by=scene.by,
        concern_id=raised.concern.pk,
        version=None,
        outcome=Outcome.NOT_DONE,
        text="The barrier cannot be built, because the path belongs to somebody else.",
        now=NOON,
    )
    page = opened(client, raised.code)
    assert "Are you satisfied" in page
    to(client.post("/follow/satisfied/", {"satisfied": "no", "comment": "Then ask the owner."}))
    assert Concern.objects.get().state == State.REOPENED
    assert "Then ask the owner." in client.get("/follow/concern/").content.decode()


def test_a_broken_promise_says_where_to_turn(client: Client, scene: Scene, present: Now) -> None:
    raised = raise_one(scene)
    present.value = NOON + timedelta(hours=80)
    assert "We have not kept our promise" in opened(client, raised.code)


def test_guessing_codes_is_stopped_and_a_wait_forgives(client: Client, scene: Scene, present: Now) -> None:
    raised = raise_one(scene)
    for _each in range(TRIES):
        assert client.post("/follow/", {"code": "2222222222"}).status_code == 200
    assert client.post("/follow/", {"code": raised.code}).status_code == 429
    present.value = NOON + TRIES_WITHIN + timedelta(seconds=1)
    opened(client, raised.code)


def test_a_new_session_from_the_same_address_is_stopped_too(scene: Scene) -> None:
    for _each in range(TRIES):
        Client().post("/follow/", {"code": "2222222222"})
    assert Client().post("/follow/", {"code": "2222222222"}).status_code == 429
