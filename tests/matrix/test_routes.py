"""Every route by every role in every relation to the record: what the roles and the relations say is what the pages do.

The routes come from the URL resolver, so a new one that nobody described fails. What is expected is worked out here from the
permissions of the roles alone (`routes.py`, `world.py`), not from the code that decides it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from ourpatch.foundation.accounts.actors import ROLES
from ourpatch.foundation.accounts.models import RoleGrant, User
from ourpatch.site import roles

from ..foundation.factories import LONG_AGO, make_person, make_user, sign_in
from .routes import OPEN, OPEN_NAMES, STAFF, THEIRS, Route
from .world import PROTECTED, WORN, Relation, World, make_world

pytestmark = [pytest.mark.matrix, pytest.mark.django_db]

# These are held over a whole partnership; the others over one neighbourhood.
WHOLE = frozenset({"analyst", "data_clerk", "information_officer", "board_member", "administrator", "auditor"})
CODES = [role.code for role in roles.EVERY if role.code != "public"]
RELATIONS = {
    "": [Relation.OWN],
    "reference": [Relation.OWN],
    "place": [Relation.OWN, Relation.ELSEWHERE],
    "area": [Relation.OWN, Relation.NEXT_DOOR, Relation.ELSEWHERE],
    **{kind: list(Relation) for kind in PROTECTED},
}


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="django.request")
    settings.OURPATCH_HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def world() -> World:
    return make_world()


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def every_route(resolver: Any = None, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """(name with its namespaces, view) of every route there is; one without a name is called by its address."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from every_route(each, (*names, *([each.namespace] if each.namespace else [])))
        elif isinstance(each, URLPattern):
            yield ":".join([*names, each.name or str(each.pattern)]), each.callback


def address(name: str, route: Route, given: dict[str, Any]) -> str:
    """The address of a route, filled from the record's relation."""
    filled = {**given, **{part: given[value] for part, value in route.names}}
    for possible in get_resolver_patterns(name):
        return reverse(name, kwargs={part: filled[part] for part in possible})
    raise AssertionError(f"{name} has no address")


def get_resolver_patterns(name: str) -> Iterator[list[str]]:
    """The parts of the addresses of a route."""
    resolver: Any = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    for possibilities, *_rest in resolver.reverse_dict.getlist(last):
        for _pattern, parts in possibilities:
            yield parts


def ask(client: Client, url: str) -> int:
    """The status of opening a page; a page that only takes what is posted is posted to, with the first version."""
    status = client.get(url).status_code
    return client.post(url, {"version": 1}).status_code if status == 405 else status


def holder(world: World, code: str) -> User:
    """Somebody of the first partnership's police with this role."""
    user = make_user(make_person(world.scene.police))
    place = world.scene.partnership if code in WHOLE else world.scene.neighbourhood
    RoleGrant.objects.create(user=user, role=code, service_area=place, from_on=LONG_AGO)
    return user


def is_allowed(route: Route, code: str, relation: Relation) -> bool:
    """What the role and the relation say."""
    held = ROLES.get(code).permissions
    if not set(map(str, route.needs)) <= held or (route.whole and code not in WHOLE):
        return False
    near = (
        {Relation.OWN}
        | (set() if route.asked_only else {Relation.SHARED})
        | ({Relation.NEXT_DOOR} if code in WHOLE else set())
    )
    return relation in near


def is_right(status: int, route: Route, code: str, relation: Relation) -> bool:
    """Opened where it is allowed; refused where it is not; and what cannot be seen is not there."""
    if is_allowed(route, code, relation):
        # An old version (409), or a step that the record is not ready for (400): past the door all the same.
        return status in (200, 302, 400, 409)
    is_hidden = route.record in PROTECTED and relation not in (Relation.OWN, Relation.SHARED)
    holds = set(map(str, route.needs)) <= ROLES.get(code).permissions
    if is_hidden and holds and not (relation == Relation.NEXT_DOOR and code in WHOLE):
        return status == 404
    return status in (403, 404)


def test_every_route_is_described_and_every_description_is_a_route() -> None:
    found = {name for name, _view in every_route()}
    described = STAFF.keys() | OPEN.keys() | THEIRS
    assert found - described == set(), "say in routes.py who may open these"
    assert described - found == set(), "these are no routes any more"


def test_every_staff_page_stands_behind_the_door() -> None:
    open_doors = [name for name, view in every_route() if name in STAFF and not getattr(view, "signed_in", False)]
    assert open_doors == []
    guarded = [name for name, view in every_route() if name not in STAFF and getattr(view, "signed_in", False)]
    assert guarded == []


def test_the_door_asks_for_sign_in_and_for_the_second_factor(world: World) -> None:
    stranger, half, setting_up = Client(), Client(), Client()
    half.force_login(holder(world, "neighbourhood_manager"), backend=BACKEND)
    setting_up.force_login(make_user(make_person(world.scene.police), second_factor=False), backend=BACKEND)
    wrong = []
    for name, route in STAFF.items():
        url = address(name, route, world.kwargs[Relation.OWN])
        for client, door in (
            (stranger, "/login/"),
            (half, "/2fa/reauthenticate/"),
            (setting_up, "/2fa/totp/activate/"),
        ):
            answer = client.get(url)
            if answer.status_code == 405:
                answer = client.post(url, {"version": 1})
            if answer.status_code != 302 or door not in answer.url:
                wrong.append((name, door, answer.status_code))
    assert wrong == []


BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.mark.parametrize("code", CODES)
def test_a_role_opens_what_it_may_and_nothing_else(world: World, code: str) -> None:
    user, client = holder(world, code), Client()
    sign_in(client, user)
    wrong = []
    for relation in Relation:
        with undone():
            if relation in WORN:
                world.wear(relation, user.person_id)
            for name, route in STAFF.items():
                if relation not in RELATIONS[route.record]:
                    continue
                with undone():
                    status = ask(client, address(name, route, world.kwargs[relation]))
                if not is_right(status, route, code, relation):
                    wrong.append(f"{name} {relation}: {status}, allowed: {is_allowed(route, code, relation)}")
    assert not wrong, "\n".join(wrong)


def test_what_cannot_be_seen_cannot_be_posted_to(world: World) -> None:
    """An empty form, or a full one for a record that is not there, changes nothing and breaks nothing."""
    user, client = holder(world, "neighbourhood_manager"), Client()
    sign_in(client, user)
    wrong = []
    for relation in Relation:
        with undone():
            if relation in WORN:
                world.wear(relation, user.person_id)
            for name, route in STAFF.items():
                if relation not in RELATIONS[route.record]:
                    continue
                with undone():
                    status = client.post(address(name, route, world.kwargs[relation]), {}).status_code
                hidden = relation not in (Relation.OWN, Relation.SHARED)
                # 400: the form lacked its version, which is said of every record alike.
                if status >= 500 or (hidden and status not in (400, 403, 404, 405)):
                    wrong.append(f"{name} {relation}: {status}")
    assert not wrong, "\n".join(wrong)


def test_every_page_is_somebodys() -> None:
    nobodys = [
        name for name, route in STAFF.items() if not any(is_allowed(route, code, Relation.OWN) for code in CODES)
    ]
    assert nobodys == []


def test_everybody_may_open_the_open_pages(world: World) -> None:
    client, wrong = Client(), []
    for name, expected in OPEN.items():
        with undone():
            status = ask(client, address(name, OPEN_NAMES.get(name, Route()), world.kwargs[Relation.OWN]))
        if status != expected:
            wrong.append(f"{name}: {status}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_a_rule_that_no_form_shows_is_a_page_that_says_it(world: World) -> None:
    client = Client()
    sign_in(client, holder(world, "neighbourhood_manager"))
    url = reverse("meetings:refresh_agenda", args=[world.kwargs[Relation.OWN]["meeting_id"]])
    answer = client.post(url)
    assert answer.status_code == 400
    assert "This meeting is over" in answer.content.decode()


def test_who_audits_a_concern_reads_who_saw_it_and_not_what_was_said(world: World) -> None:
    client = Client()
    sign_in(client, holder(world, "auditor"))
    concern = world.records["concern"]
    page = client.get(reverse("concerns:seen", args=[concern.pk])).content.decode()
    assert "Who has seen this" in page
    assert "Motorbikes" not in page
    assert client.get(reverse("concerns:concern", args=[concern.pk])).status_code == 404


def test_nobody_makes_an_account_for_themselves(client: Client) -> None:
    page = client.post("/accounts/signup/", {"email": "a@example.org", "password1": "x" * 16, "password2": "x" * 16})
    assert page.status_code in (200, 302, 403, 404)
    assert not User.objects.exists()
