"""The demo of a real area: a few neighbourhoods have a team, a loop that runs, and an answer in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pytest_django import DjangoDbBlocker

from ourpatch.access.concerns.models import Concern
from ourpatch.access.teams.models import Team
from ourpatch.answers.publishing.models import PublishedAnswer
from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.influence.priorities.models import Priority
from ourpatch.site import demo_home as home_of_demo
from ourpatch.site.demo.chapters import real_area

from ..demo_fixture import _default_database

pytestmark = pytest.mark.realdata

STORY = yaml.safe_load(real_area.STORY.read_text(encoding="utf-8"))
TOLD = [STORY, *STORY["others"]]
NAMES = [(told["partnership"], told["neighbourhood"]) for told in TOLD]


@pytest.fixture(scope="module")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo of Lancashire, built by the command that people use."""
    home = tmp_path_factory.mktemp("lancashire") / "demo"
    status = home_of_demo.run(
        area="lancashire", data=shared_data, port=0, fresh=False, build_only=True, small=False, home=home
    )
    assert status == 0
    return home


@pytest.fixture
def opened(home: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), _default_database(home / "ourpatch.sqlite3"):
        yield


def place(partnership: str, neighbourhood: str) -> ServiceArea:
    return ServiceArea.objects.get(
        kind=ServiceAreaKind.NEIGHBOURHOOD, name=neighbourhood, partnership__name=partnership
    )


@pytest.mark.parametrize(("partnership", "neighbourhood"), NAMES)
def test_it_has_a_team_concerns_and_a_current_priority(opened: None, partnership: str, neighbourhood: str) -> None:
    here = place(partnership, neighbourhood)
    told = next(each for each in TOLD if each["neighbourhood"] == neighbourhood)
    assert Team.objects.filter(service_area_id=here.pk).exists()
    assert Concern.objects.filter(service_area_id=here.pk).count() == len(told["concerns"])
    assert Priority.objects.filter(neighbourhood=here, state="adopted").count() == 1


@pytest.mark.parametrize(("partnership", "neighbourhood"), NAMES[1:])
def test_the_others_have_told_what_came_of_it(opened: None, partnership: str, neighbourhood: str) -> None:
    answer = PublishedAnswer.objects.get(neighbourhood=place(partnership, neighbourhood), state="published")
    assert all((answer.title, answer.title_cy, answer.said, answer.said_cy, answer.did, answer.did_cy))
    assert answer.plan is not None


def test_nobody_shares_a_telephone_or_can_be_reached_by_accident(opened: None) -> None:
    told = list(Person.objects.values_list("telephone", "email"))
    assert len(told) == sum(len(each["people"]) for each in TOLD)
    assert len({telephone for telephone, _email in told}) == len(told)
    assert all(telephone.startswith("01632 960") and email.endswith(".example") for telephone, email in told)
