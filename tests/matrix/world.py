"""Two partnerships with one record of every kind in every relation to a person of the first partnership's police force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns import photos
from ourpatch.access.concerns.models import Concern, Photo, Problem
from ourpatch.access.teams.models import Team
from ourpatch.access.teams.rules import PostKind
from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.publishing.models import PublishedAnswer
from ourpatch.data.duties.models import Declaration
from ourpatch.data.exchange.actions import keeping
from ourpatch.data.exchange.models import Channel, Delivery, LayoutVersion
from ourpatch.data.store.own.actions import add_own_dataset
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.studies.models import Study, pack
from ourpatch.foundation.accounts.models import OrganisationToken, RoleGrant
from ourpatch.foundation.agreements.models import Agreement
from ourpatch.foundation.messaging.actions import queue_message
from ourpatch.foundation.places.models import AreaKind, ServiceArea
from ourpatch.ground.permission.actor import Actor, Level
from ourpatch.ground.permission.models import ConflictOfInterest, Protected, Sensitivity, Share
from ourpatch.ground.permission.sharing import share
from ourpatch.ground.tasks.models import Task
from ourpatch.influence.priorities.models import Priority
from ourpatch.intelligence.profiles import actions as profiles
from ourpatch.intelligence.profiles.models import ProfileNote
from ourpatch.intelligence.profiles.permissions import Permission as Profiles
from ourpatch.interventions.problems.models import Plan
from ourpatch.strategy.plans import actions as strategy
from ourpatch.strategy.plans.permissions import Permission as Strategy

from ..access.factories_concerns import NOON, Scene, draft_of, fill, make_public, make_scene, make_team
from ..answers.factories_answers import WRITERS, draft, evaluate
from ..data.factories_own import needles
from ..data.factories_store import load
from ..foundation.factories import LONG_AGO, make_neighbourhood, make_person, make_user
from ..foundation.factories_places import load_set, ward_rows
from ..influence.factories_priorities import adopt, make_forum, make_meeting, make_priority
from ..interventions.factories_problems import give_action, make_plan
from ..strategy.factories_plans import PRIORITY

ALL = frozenset({*WRITERS, *Profiles, *Strategy})
PROTECTED: dict[str, type[Protected]] = {
    "concern": Concern,
    "problem": Problem,
    "priority": Priority,
    "plan": Plan,
    "task": Task,
    "evaluation": Evaluation,
    "answer": PublishedAnswer,
    "team": Team,
    "note": ProfileNote,
    "study": Study,
}


class Relation(StrEnum):
    """How a record stands to the person who asks for it."""

    OWN = "own"
    SHARED = "shared"
    UNSHARED = "unshared"
    SEALED = "sealed"
    CONFLICTED = "conflicted"
    NEXT_DOOR = "next_door"
    ELSEWHERE = "elsewhere"


# Relations of one record, put on and taken off again around a request.
WORN = frozenset({Relation.SHARED, Relation.UNSHARED, Relation.SEALED, Relation.CONFLICTED})


@dataclass
class World:
    """The first partnership's scene; by relation, what fills the addresses; and the records that wear the others."""

    scene: Scene
    records: dict[str, Protected]
    kwargs: dict[Relation, dict[str, Any]]

    def wear(self, relation: Relation, person_id: UUID) -> None:
        """Put the first partnership's own records into a relation to its police, or to this person."""
        for kind, record in self.records.items():
            rows = PROTECTED[kind].objects.filter(pk=record.pk)
            if relation == Relation.SEALED:
                rows.update(sensitivity=Sensitivity.SEALED)
            elif relation == Relation.CONFLICTED:
                ConflictOfInterest.objects.create(person_id=person_id, subject_kind=record.KIND, subject_id=record.pk)
            else:
                self._give_to_council(record, rows)
                if relation == Relation.SHARED:
                    self._share(record)

    def _give_to_council(self, record: Protected, rows: Any) -> None:
        Share.objects.filter(subject_id=record.pk).delete()
        rows.update(controller_id=self.scene.council.pk, sensitivity=Sensitivity.RESTRICTED)
        if isinstance(record, Task):
            rows.update(organisation_id=self.scene.council.pk)

    def _share(self, record: Protected) -> None:
        assert self.scene.agreement is not None
        share(
            record,
            to_organisation_id=self.scene.police.pk,
            agreement_id=self.scene.agreement.pk,
            purpose="neighbourhood",
            level=Level.FULL,
            now=NOON,
        )


def make_world() -> World:
    """Everything, here, next door and elsewhere."""
    here, there = make_scene(), make_scene()
    scenes = {Relation.OWN: here, Relation.NEXT_DOOR: _next_door(here), Relation.ELSEWHERE: there}
    records = {relation: _records(scene) for relation, scene in scenes.items()}
    shared = {"boundary_set_id": load_set(AreaKind.WARD, ward_rows()).pk}
    kwargs = {
        relation: {**shared, **_places(scene), **_addresses(records[relation])} for relation, scene in scenes.items()
    }
    return World(here, records[Relation.OWN], {**kwargs, **dict.fromkeys(WORN, kwargs[Relation.OWN])})


def _next_door(scene: Scene) -> Scene:
    area = make_neighbourhood(scene.partnership)
    team = make_team(scene.by, area, scene.police)
    fill(scene.by, team, scene.officer, PostKind.OFFICER, is_named_contact=True)
    return replace(scene, neighbourhood=area, team=team)


def _records(scene: Scene) -> dict[str, Protected]:
    by = scene.actor(scene.sergeant, *ALL)
    concern = _concern(scene)
    problem = concerns.make_problem(by=by, concern_ids=[concern.pk], title_en="Bikes", now=NOON)
    priority = make_priority(scene, by, problem_id=problem.pk)
    plan = make_plan(scene, by, problem_id=problem.pk, reason_without_priority="It cannot wait.")
    return {
        "concern": concern,
        "problem": problem,
        "priority": priority,
        "plan": plan,
        "task": give_action(scene, by, plan, organisation_id=scene.police.pk).task,
        "evaluation": evaluate(by, plan),
        "answer": draft(scene, by),
        "team": Team.objects.get(pk=scene.team.pk),
        "note": _note(scene, by),
        "study": _study(scene),
    }


def _study(scene: Scene) -> Study:
    shown = {"method": "Chart", "what": "", "where": "", "when": "", "options": [], "tables": [], "pictures": []}
    told = {**shown, "asks": "", "findings": [], "cautions": [], "choices": []}
    return Study.objects.create(
        partnership_id=scene.partnership.pk,
        controller_id=scene.police.pk,
        service_area_id=scene.neighbourhood.pk,
        activity="analysis",
        method="chart",
        dataset="council_asb",
        question={"known_on": None},
        data_version="0" * 16,
        packed=pack({"en": told, "cy": told, "shapes": {"features": []}, "numbers": {}}),
        title="Noise by month",
        by_name="An Analyst",
    )


def _concern(scene: Scene) -> Concern:
    picture = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "JPEG")
    picture.seek(0)
    photo = photos.clean(picture)
    return concerns.raise_concern(
        by=make_public(scene.partnership), draft=draft_of(scene), now=NOON, photo=photo
    ).concern


def _note(scene: Scene, by: Actor) -> ProfileNote:
    return profiles.write_note(
        by=by,
        neighbourhood_id=scene.neighbourhood.pk,
        category="infrastructure_human",
        text="Many students.",
        source="The university",
        now=NOON,
    )


def _places(scene: Scene) -> dict[str, Any]:
    """What is not protected: places, groups, accounts, loads. The same for every relation inside one partnership."""
    by = scene.actor(scene.sergeant, *ALL)
    forum = make_forum(by, scene.neighbourhood)
    user = make_user(make_person(scene.police))
    grant = RoleGrant.objects.create(user=user, role="sergeant", service_area=scene.neighbourhood, from_on=LONG_AGO)
    aim = strategy.set_priority(by=by, partnership_id=scene.partnership.pk, lead_id=scene.sergeant.pk, **PRIORITY)
    message = queue_message(
        by=by,
        key=f"test:{uuid4()}",
        channel="email",
        address="resident@example.org",
        body="Hello.",
        partnership_id=scene.partnership.pk,
        now=NOON,
    )
    return {
        "partnership_id": scene.partnership.pk,
        "slug": scene.neighbourhood.slug,
        "forum_id": forum.pk,
        "meeting_id": make_meeting(by, forum).pk,
        "organisation_id": scene.council.pk,
        "person_id": make_person(scene.council).pk,
        "user_id": user.pk,
        "grant_id": grant.pk,
        "message_id": message.pk,
        "agreement_id": Agreement.objects.get(partnership=scene.partnership).pk,
        "submission_id": _submission(scene.partnership),
        "partnership_slug": scene.partnership.slug,
        "adopted_id": adopt(scene, by, make_priority(scene, by)).pk,
        "strategic_id": aim.pk,
        "code": "leadership",
        "part": "scanning",
        "dataset": "school_exclusions",
        "own_dataset": _own_dataset(scene.partnership),
        "key": "chart",
        "wanted": "json",
        **_data_sent(scene),
    }


def _data_sent(scene: Scene) -> dict[str, Any]:
    """What the council sends, and says about it, in this partnership; the police of the tests see it by their roles alone."""
    token = OrganisationToken.objects.create(
        organisation=scene.council,
        name="export",
        prefix=uuid4().hex[:12],
        secret_sha256=uuid4().hex * 2,
        permissions=["exchange.send"],
        made_at=NOON,
        made_by="test",
        expires_at=NOON + timedelta(days=30),
    )
    token.partnerships.set([scene.partnership])
    declaration, _made = Declaration.objects.get_or_create(
        partnership=scene.partnership,
        organisation=scene.council,
        dataset="council_asb",
        kind="nothing",
        period=date(2026, 4, 1),
        defaults={"said_by": "A Clerk", "declared_at": NOON, "declared_by": "A Clerk"},
    )
    layout, _made = LayoutVersion.objects.get_or_create(
        organisation=scene.council,
        dataset="council_asb",
        name="Own",
        number=1,
        defaults={
            "data": {"ourpatch_layout": 1, "dataset": "council_asb", "fields": []},
            "made_at": NOON,
            "made_by": "A Clerk",
        },
    )
    return {
        "token_id": token.pk,
        "duty_dataset": "council_asb",
        "start": "2026-07-01",
        "declaration_id": declaration.pk,
        "layout_id": layout.pk,
        "delivery_id": _delivery(scene, "loaded", "").pk,
        "held_id": _delivery(scene, "held", "").pk,
        "unmapped_id": _delivery(scene, "unmapped", "kept.csv").pk,
    }


def _delivery(scene: Scene, state: str, path: str) -> Delivery:
    if path:
        kept = keeping.kept(path)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("Date,Type\n01/07/2026,Noise\n")
    return Delivery.objects.create(
        receipt=uuid4().hex[:9],
        organisation=scene.council,
        dataset="council_asb",
        channel=Channel.BROWSER,
        filename="asb.csv",
        size=1,
        content_sha256="0" * 64,
        path=path,
        state=state,
        received_at=NOON,
        finished_at=NOON,
        by_name="A Clerk",
    )


def _own_dataset(partnership: ServiceArea) -> str:
    key = f"own-{uuid4().hex[:8]}"
    keeper = Actor.job("test", [Store.SPECIFY], [partnership.pk])
    add_own_dataset(by=keeper, partnership_id=partnership.pk, spec=needles(key=key), now=NOON)
    return key


def _submission(partnership: ServiceArea) -> Any:
    return load(
        [{"n": 1}], month=date(2026, 1, 1), supplier=str(uuid4())[:8], partnership_ids=frozenset({partnership.pk})
    ).pk


def _addresses(records: dict[str, Protected]) -> dict[str, Any]:
    found = {f"{kind}_id": record.pk for kind, record in records.items()}
    photo = Photo.objects.get(report__concern_id=records["concern"].pk)
    post = records["team"].posts.first()  # type: ignore[attr-defined]
    return {**found, "photo_id": photo.pk, "post_id": post.pk}
