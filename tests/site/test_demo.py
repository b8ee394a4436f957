"""The demo is whole: everything has its place and its owner, the planted truths can be seen, and its pages are full."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F, Q
from django.test import Client
from django.urls import include, path

from ourpatch.access.concerns import queries as concerns
from ourpatch.access.concerns.models import Concern, Problem
from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.publishing.models import PublishedAnswer
from ourpatch.data.store import queries as store
from ourpatch.foundation.law.clocks import add_months
from ourpatch.foundation.messaging.models import Message, MessageState
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground import clock
from ourpatch.ground.audit import sealing
from ourpatch.ground.errors import BadInput
from ourpatch.ground.tasks.models import Task
from ourpatch.influence.priorities.models import Priority
from ourpatch.interventions.problems.models import Plan
from ourpatch.site import demo_home as home_of_demo
from ourpatch.site import urls
from ourpatch.site.demo import county as invented_county
from ourpatch.site.demo import play
from ourpatch.site.demo.county.truths import Circle, PlantedSpot

from ..demo_fixture import Demo, demo, demo_home

__all__ = ["demo", "demo_home"]

pytestmark = pytest.mark.room

urlpatterns = [path("demo/", include("ourpatch.site.demo.urls")), *urls.urlpatterns]
CODES = {
    "Anti-social behaviour": "anti-social-behaviour",
    "Vehicle crime": "vehicle-crime",
    "Burglary": "burglary",
}


@pytest.fixture(scope="module")
def carrowshire(demo_home: Path) -> invented_county.County:
    """The county that was played: the same seed, told up to the same day."""
    built_on = date.fromtimestamp((demo_home / home_of_demo.SHEET).stat().st_mtime)
    return invented_county.build(2026, built_on - timedelta(days=1))


def box_of(county: invented_county.County, circle: Circle) -> store.Box:
    anchors, inside = county.map.anchors, list(circle.anchors)
    reach = max(abs(anchors.e[inside] - circle.e).max(), abs(anchors.n[inside] - circle.n).max()) + 5
    return store.Box(circle.e - reach, circle.n - reach, circle.e + reach, circle.n + reach)


def counted(county: invented_county.County, spot: PlantedSpot) -> list[int]:
    """What the store holds at a spot, month by month, for the months that are loaded."""
    where = store.Where(store.POLICE_UK, categories=(CODES[spot.category],), box=box_of(county, spot.circle))
    return [int(str(n)) for _month, n in store.run(store.Series(where))]


class TestWhole:
    def test_every_concern_has_a_neighbourhood_and_an_owner_in_post(self, demo: Demo) -> None:
        places = dict(ServiceArea.objects.values_list("pk", "kind"))
        assert Concern.objects.count() > 80
        for concern in Concern.objects.select_related("owner"):
            assert places[concern.service_area_id] in (ServiceAreaKind.NEIGHBOURHOOD, ServiceAreaKind.PARTNERSHIP)
            assert concern.owner.until is None
            assert concern.owner.organisation_id == concern.owner_organisation_id
        for partnership in ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP):
            assert concerns.measure_without_owner(partnership.pk, clock.now()) == 0

    def test_everything_written_of_these_neighbourhoods_was_played(
        self, demo: Demo, carrowshire: invented_county.County
    ) -> None:
        told = play._shorter(carrowshire.life())
        assert Concern.objects.count() == len(told.concerns)
        assert Problem.objects.count() == len(told.problems)
        assert Priority.objects.count() == len(told.priorities)
        assert Plan.objects.count() == len(told.plans)
        assert PublishedAnswer.objects.filter(state="published").count() == len(told.answers)

    def test_nothing_is_told_of_after_the_end_of_the_story(
        self, demo: Demo, carrowshire: invented_county.County
    ) -> None:
        for model, field in ((Concern, "raised_at"), (Plan, "made_at"), (Message, "queued_at"), (Task, "made_at")):
            newest = model.objects.order_by(f"-{field}").values_list(field, flat=True)[0]
            assert clock.london_date(newest) <= carrowshire.until, model

    def test_promises_are_mostly_kept_and_some_answers_are_still_owed(self, demo: Demo) -> None:
        owed = Concern.objects.filter(state__in=concerns.OWED)
        assert 0 < owed.count() < Concern.objects.count() / 2
        overdue = owed.filter(due_at__lt=clock.now()).count()
        assert overdue < owed.count() / 3
        late = Concern.objects.filter(replied_at__gt=F("reply_due_at")).count()
        assert 0 < late < Concern.objects.count() / 4

    def test_what_was_written_to_people_has_left(self, demo: Demo) -> None:
        assert Message.objects.filter(state=MessageState.SENT).count() > 100
        assert not Message.objects.exclude(state=MessageState.SENT).exists()

    def test_the_audit_is_sealed_and_sound(self, demo: Demo) -> None:
        verdict = sealing.verify()
        assert verdict.faults == ()
        assert verdict.unsealed == 0
        assert verdict.entries > 1_000

    def test_each_neighbourhood_has_a_current_priority_and_an_answer_in_both_languages(self, demo: Demo) -> None:
        for key in play.SMALL_NEIGHBOURHOODS:
            here = ServiceArea.objects.get(slug=key)
            assert Priority.objects.filter(neighbourhood=here, state="adopted").exists(), key
            answers = PublishedAnswer.objects.filter(neighbourhood=here, state="published")
            assert answers.exists(), key
            assert not answers.filter(Q(said_cy="") | Q(did_cy="") | Q(said="") | Q(did="")).exists(), key

    def test_the_show_case_has_a_closed_loop_a_running_one_and_fresh_concerns(self, demo: Demo) -> None:
        here = ServiceArea.objects.get(slug="wyndmoor")
        assert Plan.objects.filter(neighbourhood=here, stage="closed").exists()
        assert Plan.objects.filter(neighbourhood=here, stage="response").exists()
        assert Priority.objects.filter(neighbourhood=here, state="adopted").exists()
        assert Concern.objects.filter(service_area_id=here.pk, state="received", due_at__gt=clock.now()).exists()


class TestTruths:
    def test_the_intervention_that_worked_is_shown_to_have_worked(
        self, demo: Demo, carrowshire: invented_county.County
    ) -> None:
        truth = carrowshire.truths.intervention
        found = Evaluation.objects.get(response_name=truth.treated.circle.name)
        began = carrowshire.window.months.index(found.after_from)
        assert found.after_from == truth.began_on
        for spot, before, after in (
            (truth.treated, found.response_before, found.response_after),
            (truth.comparison, found.comparison_before, found.comparison_after),
        ):
            assert before == spot.total(began - found.months, began)
            assert after == spot.total(began, began + found.months)
        assert found.verdict == "shown_reduction"

    def test_the_moved_hot_spot_is_in_the_store(self, demo: Demo, carrowshire: invented_county.County) -> None:
        moved, months = carrowshire.truths.moved, len(store.months_loaded())
        assert counted(carrowshire, moved.before) == list(moved.before.monthly[:months])
        assert counted(carrowshire, moved.after) == list(moved.after.monthly[:months])

    def test_the_burglary_series_is_in_the_store(self, demo: Demo, carrowshire: invented_county.County) -> None:
        events, loaded = carrowshire.truths.burglaries.events, store.months_loaded()
        anchors = carrowshire.map.anchors
        for event in events:
            if event.at.date() > add_months(loaded[-1], 1):
                continue
            e, n = float(anchors.e[event.anchor]), float(anchors.n[event.anchor])
            month = event.at.date().replace(day=1)
            where = store.Where(
                store.POLICE_UK, month, add_months(month, 1) - timedelta(days=1), (CODES["Burglary"],),
                box=store.Box(e - 2, n - 2, e + 2, n + 2),
            )  # fmt: skip
            rows = store.run(store.CountBy(where))
            assert int(str(rows[0][0])) >= 1, event

    def test_a_month_that_is_not_over_is_not_there(self, demo: Demo, carrowshire: invented_county.County) -> None:
        loaded = store.months_loaded()
        assert add_months(loaded[-1], 1) <= carrowshire.until + timedelta(days=1)
        assert len(loaded) >= 10


@pytest.mark.urls(__name__)
class TestPages:
    @pytest.mark.parametrize("address", ["/", "/n/wyndmoor/", "/n/wyndmoor/answers/", "/n/eddonford/"])
    @pytest.mark.parametrize("language", ["en", "cy"])
    def test_public_pages_are_full(self, demo: Demo, address: str, language: str) -> None:
        page = Client(headers={"accept-language": language}).get(address)
        assert page.status_code == 200
        assert b"op-empty" not in page.content or address == "/"

    def test_the_sign_in_page_shows_a_person_of_each_role_with_a_code(self, demo: Demo, settings: Any) -> None:
        settings.OURPATCH_DEMO = True
        page = Client().get("/demo/", REMOTE_ADDR="127.0.0.1")
        assert page.status_code == 200
        shown = page.content.decode()
        assert demo.sheet["password"] in shown
        assert len(demo.sheet["people"]) == 10
        for person in demo.sheet["people"]:
            assert person["email"] in shown
            assert person["secret"] not in shown

    def test_a_person_signs_in_with_what_the_page_shows(self, demo: Demo, settings: Any) -> None:
        settings.OURPATCH_DEMO = True
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
        client = Client()
        page = client.get("/demo/", REMOTE_ADDR="127.0.0.1")
        person, code = page.context["people"][0]
        asked = client.post("/accounts/login/", {"login": person.email, "password": demo.sheet["password"]})
        entered = client.post(asked["Location"], {"code": code})
        assert entered.status_code == 302
        assert client.get("/workspace/").status_code == 200

    @pytest.mark.parametrize(("is_demo", "address"), [(False, "127.0.0.1"), (True, "192.0.2.7")])
    def test_it_is_there_for_nobody_else(self, demo: Demo, settings: Any, is_demo: bool, address: str) -> None:
        settings.OURPATCH_DEMO = is_demo
        assert Client().get("/demo/", REMOTE_ADDR=address).status_code == 404


class TestHome:
    def run(self, home: Path, **more: Any) -> int:
        wanted = {"area": "invented", "data": None, "port": 0, "fresh": False, "build_only": True, "small": True}
        return home_of_demo.run(**{**wanted, **more}, home=home)

    def test_what_is_built_is_not_built_again(
        self, demo_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(home_of_demo, "_build", lambda *_given: pytest.fail("built again"))
        assert self.run(demo_home) == 0
        assert "Neighbourhood manager" in capsys.readouterr().out

    def test_nothing_is_left_of_the_building(self, demo_home: Path) -> None:
        assert not demo_home.with_name(f"{demo_home.name}.building").exists()
        assert (demo_home / "demo").exists()
        assert (home_of_demo.keys_of(demo_home) / "keys.json").stat().st_mode & 0o077 == 0

    def test_an_installation_that_is_no_demo_is_left_alone(self, tmp_path: Path) -> None:
        home = tmp_path / "var"
        home.mkdir()
        (home / "ourpatch.sqlite3").write_text("somebody's records")
        with pytest.raises(BadInput, match="not a demo"):
            self.run(home, fresh=True)
        assert (home / "ourpatch.sqlite3").read_text() == "somebody's records"

    def test_keys_that_are_no_demos_are_left_alone(self, tmp_path: Path) -> None:
        keys = home_of_demo.keys_of(tmp_path / "var")
        keys.mkdir()
        (keys / "keys.json").write_text("{}")
        with pytest.raises(BadInput, match="not a demo"):
            self.run(tmp_path / "var")
        assert (keys / "keys.json").exists()

    def test_a_build_that_fails_leaves_what_was_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        home = tmp_path / "demo"
        home.mkdir()
        (home / "demo").write_text('{"area": "invented"}')
        monkeypatch.setattr(home_of_demo, "_command", lambda *_given: ["false"])
        assert self.run(home, fresh=True) == 1
        assert (home / "demo").exists()
        assert "nothing was changed" in capsys.readouterr().err

    def test_another_area_does_not_replace_it_unasked(self, demo_home: Path, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="another demo"):
            self.run(demo_home, area="lancashire", data=tmp_path)

    def test_real_data_that_is_not_there_is_said_so(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="--data"):
            self.run(tmp_path / "demo", area="lancashire", data=tmp_path)
        assert not (tmp_path / "demo").exists()
