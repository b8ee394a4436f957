"""A real area: its published boundaries and records, and an invented loop in a few neighbourhoods so that their pages show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import yaml
from allauth.mfa.totp.internal.auth import generate_totp_secret

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns.models import Concern
from ourpatch.access.concerns.rules import Draft, Kind, Outcome, PlaceHow, ReplyKind
from ourpatch.access.teams import actions as teams
from ourpatch.access.teams.models import Team
from ourpatch.access.teams.rules import PostKind
from ourpatch.answers.publishing import actions as publishing
from ourpatch.answers.publishing.actions import Words
from ourpatch.data.exchange import actions as exchange
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.foundation.accounts import actions as accounts
from ourpatch.foundation.accounts.actors import ROLES, actor_for, public_actor
from ourpatch.foundation.accounts.models import User
from ourpatch.foundation.accounts.permissions import Permission as Accounts
from ourpatch.foundation.agreements import actions as agreements
from ourpatch.foundation.agreements.models import Purpose
from ourpatch.foundation.agreements.permissions import Permission as Agreements
from ourpatch.foundation.directory import actions as directory
from ourpatch.foundation.directory.models import Duty, Organisation, OrganisationKind, Person, Sector
from ourpatch.foundation.directory.permissions import Permission as Directory
from ourpatch.foundation.meetings import actions as meetings
from ourpatch.foundation.meetings.actions import Seat
from ourpatch.foundation.meetings.models import ForumKind, Meeting, Openness
from ourpatch.foundation.places import loading
from ourpatch.foundation.places import queries as places
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.foundation.places.permissions import Permission as Places
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.tasks import actions as tasks
from ourpatch.influence.priorities import actions as priorities
from ourpatch.influence.priorities.rules import Smart
from ourpatch.interventions.problems import actions as problems
from ourpatch.interventions.problems.models import Plan
from ourpatch.interventions.problems.rules import Analysis, Doer, Response
from ourpatch.site.demo.chapters.people import new_password
from ourpatch.site.demo.chapters.teams import PLEDGE
from ourpatch.site.demo.county import names
from ourpatch.site.demo.timeline import Timeline
from ourpatch.site.loading import command_line

STORY = Path(__file__).with_name("real_area.yaml")
PROMISED = timedelta(days=45)
SET_UP_BEFORE = timedelta(days=120)
POSTS = {
    "officer": PostKind.OFFICER,
    "pcso": PostKind.PCSO,
    "sergeant": PostKind.SERGEANT,
    "manager": PostKind.NEIGHBOURHOOD_MANAGER,
    "caretaker": PostKind.HOUSING,
}


def load(data: Path, *, now: datetime) -> None:
    """Load the boundaries of the folder, what is known of them, and the archives of records beside them."""
    loading.load_boundaries(by=command_line(Places.VIEW, Places.LOAD), now=now, folder=data)
    archives = sorted(data.glob("police-uk-*.zip"))
    exchange.load_police_uk(by=command_line(Store.LOAD), paths=archives, now=now)


@dataclass(slots=True)
class Scene:
    """A partnership and the neighbourhood of it that is brought to life."""

    story: dict[str, Any]
    partnership: ServiceArea
    neighbourhood: ServiceArea
    timeline: Timeline
    password: str
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    users: dict[str, tuple[User, str]] = field(default_factory=dict)
    raised: list[UUID] = field(default_factory=list)
    made: dict[str, UUID] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """The mail domain of this scene's people; a reserved one."""
        return str(self.story["domain"])

    def actor(self, key: str) -> Actor:
        """The person in this post."""
        return actor_for(self.users[key][0], on=self.timeline.end.date())

    @property
    def set_up_at(self) -> datetime:
        """When people, teams and forums were entered."""
        return self.timeline.end - SET_UP_BEFORE

    def before(self, days: float, hours: float = 0) -> datetime:
        """So many days before the end of the story, and then so many hours on."""
        return self.timeline.end - timedelta(days=days) + timedelta(hours=hours)


def set_up(timeline: Timeline) -> Scene:
    """Enter the invented people, and put each neighbourhood's small loop into the timeline; returns the scene shown first."""
    story = yaml.safe_load(STORY.read_text(encoding="utf-8"))
    rng = np.random.default_rng(19)
    first = _scene(story, timeline, new_password())
    _begin(first, rng, list(places.partnerships()))
    for told in story["others"]:
        scene = _scene(told, timeline, first.password)
        scene.organisations.update(first.organisations)
        scene.users["administrator"] = first.users["administrator"]
        _begin(scene, rng, [scene.partnership])
    return first


def _scene(story: dict[str, Any], timeline: Timeline, password: str) -> Scene:
    partnership = next(each for each in places.partnerships() if each.name == story["partnership"])
    here = places.neighbourhoods(partnership.pk)
    neighbourhood = here.filter(name=story["neighbourhood"]).first() or here.order_by("name")[0]
    return Scene(story, partnership, neighbourhood, timeline, password)


def _begin(scene: Scene, rng: np.random.Generator, members_of: list[ServiceArea]) -> None:
    """Enter this scene's own organisations, as members of these partnerships, its people and its team; plan its loop."""
    _enter_everybody(scene, rng, members_of)
    _enter_team(scene)
    _tell(scene)


def sheet_of(scene: Scene) -> dict[str, object]:
    """The sign-in sheet."""
    titles = {key: (title, role) for key, _organisation, title, role, _over in scene.story["people"]}
    people = []
    for key, (address, says) in scene.story["sign_in"].items():
        (title, code), (user, secret) = titles[key], scene.users[key]
        role = ROLES.get(code)
        people.append(
            {
                "role": str(role.name) if role else code,
                "name": scene.people[key].name,
                "title": title,
                "email": user.email,
                "secret": secret,
                "first": address,
                "first_says": says,
            }
        )
    until: date = scene.timeline.end.date()
    return {
        "county": "Lancashire",
        "until": f"{until.day} {until:%B %Y}",
        "password": scene.password,
        "people": people,
    }


# ---------------------------------------------------------------- people


def _enter_everybody(scene: Scene, rng: np.random.Generator, members_of: list[ServiceArea]) -> None:
    now = scene.set_up_at
    by = command_line(Directory.MANAGE, Accounts.INVITE, Accounts.GRANT_ROLES, Agreements.MAKE, Agreements.SIGN)
    for key, told in scene.story["organisations"].items():
        scene.organisations[key] = _enter_organisation(scene, by, key, told, members_of)
    for key, organisation, title, role, over in scene.story["people"]:
        name = f"{rng.choice(names.GIVEN_NAMES)} {rng.choice(names.SURNAMES)}"
        email = f"{key}@{organisation}.{scene.domain}"
        person = directory.add_person(
            by=by,
            organisation_id=scene.organisations[organisation].pk,
            name=name,
            title=title,
            email=email,
            telephone=f"{scene.story['telephone']}{len(scene.people):02d}",
            now=now,
        )
        user = accounts.register_user(by=by, person_id=person.pk, email=email, password=scene.password, now=now)
        secret = generate_totp_secret()
        accounts.set_second_factor(by=by, user_id=user.pk, secret=secret)
        for place in _over(scene, over):
            accounts.grant_role(by=by, user_id=user.pk, role=role, service_area_id=place.pk, now=now)
        scene.people[key], scene.users[key] = person, (user, secret)
    _agree(scene, by)


def _enter_organisation(
    scene: Scene, by: Actor, key: str, told: list[str], members_of: list[ServiceArea]
) -> Organisation:
    name, kind, sector, duty, services = told
    entered = directory.add_organisation(
        by=by,
        name=name,
        kind=OrganisationKind(kind),
        sector=Sector(sector),
        services=services,
        public_email=f"hello@{key}.{scene.domain}",
        now=scene.set_up_at,
    )
    for partnership in members_of:
        directory.add_membership(
            by=by,
            organisation_id=entered.pk,
            partnership_id=partnership.pk,
            duty=Duty(duty),
            from_on=scene.set_up_at.date(),
            now=scene.set_up_at,
        )
    return entered


def _over(scene: Scene, over: str) -> list[ServiceArea]:
    if over == "all":
        return list(places.partnerships())
    return [scene.neighbourhood if over == "here" else scene.partnership]


def _agree(scene: Scene, by: Actor) -> None:
    now = scene.set_up_at
    made = agreements.make_agreement(
        by=by,
        partnership_id=scene.partnership.pk,
        title=f"{scene.partnership.name}: information sharing for neighbourhood problem solving (demonstration)",
        purpose=Purpose.NEIGHBOURHOOD,
        lawful_basis="Crime and Disorder Act 1998, sections 17A and 115; UK GDPR, Article 6(1)(e).",
        from_on=now.date(),
        until=now.date() + timedelta(days=3 * 365),
        review_on=now.date() + timedelta(days=365),
        now=now,
    )
    for organisation in scene.organisations.values():
        agreements.sign(
            by=by, agreement_id=made.pk, organisation_id=organisation.pk, signed_by="The chief officer", now=now
        )


def _enter_team(scene: Scene) -> None:
    by, now = scene.actor("administrator"), scene.set_up_at
    here = _make_team(scene, by, scene.neighbourhood, "police", [*POSTS.items()], now)
    teams.set_pledge(by=by, team_id=here.pk, version=Team.objects.get(pk=here.pk).version, lines=PLEDGE, now=now)
    _make_team(scene, by, scene.partnership, "council", [("duty", PostKind.ASB_OFFICER)], now)


def _make_team(
    scene: Scene, by: Actor, place: ServiceArea, lead: str, posts: list[tuple[str, PostKind]], now: datetime
) -> Team:
    team = teams.make_team(
        by=by,
        service_area_id=place.pk,
        lead_organisation_id=scene.organisations[lead].pk,
        name_en=f"{place.name}: team (demonstration)",
        name_cy=f"{place.name}: tîm (arddangosiad)",
        public_email=f"{lead}@team.{scene.domain}",
        now=now,
    )
    for number, (key, kind) in enumerate(posts):
        teams.fill_post(
            by=by,
            team_id=team.pk,
            person_id=scene.people[key].pk,
            kind=kind,
            from_on=now.date(),
            is_named_contact=number == 0,
            public_email=scene.people[key].email if number == 0 else "",
            now=now,
        )
    return team


# ---------------------------------------------------------------- the loop


def _tell(scene: Scene) -> None:
    """Concerns, the problem they make, the meeting that chooses it, the plan and its tasks, each on its day."""
    timeline, told = scene.timeline, scene.story["meeting"]
    for number, concern in enumerate(scene.story["concerns"]):
        timeline.at(scene.before(concern[0]), partial(_raise, scene, concern))
        if concern[3]:
            timeline.at(scene.before(concern[0], concern[3]), partial(_reply, scene, concern, number))
    timeline.at(scene.before(31), partial(_make_problem, scene))
    timeline.at(scene.before(30), partial(_propose, scene))
    timeline.at(scene.before(told["days_before"] + 20), partial(_call_meetings, scene))
    timeline.at(scene.before(told["days_before"], 2), partial(_hold, scene))
    timeline.at(scene.before(22), partial(_plan, scene))
    timeline.at(scene.before(9), partial(_work, scene))
    if "answer" in scene.story:
        timeline.at(scene.before(scene.story["answer"]["days_before"]), partial(_answer, scene))


def _raise(scene: Scene, concern: list[Any], now: datetime) -> None:
    _days, category, words, _hours, _reply_words = concern
    draft = Draft(
        partnership_id=scene.partnership.pk,
        service_area_id=scene.neighbourhood.pk,
        kind=Kind.QUESTION if category == "other" else Kind.CONCERN,
        category=category,
        what=words,
        place_how=PlaceHow.WORDS,
    )
    scene.raised.append(concerns.raise_concern(by=public_actor(), draft=draft, now=now).concern.pk)


def _reply(scene: Scene, concern: list[Any], number: int, now: datetime) -> None:
    by, standing = scene.actor("officer"), Concern.objects.get(pk=scene.raised[number])
    if concern[1] == scene.story["problem"]["category"]:
        concerns.reply(
            by=by,
            concern_id=standing.pk,
            version=standing.version,
            kind=ReplyKind.MEANINGFUL,
            text=concern[4],
            news_on=now.date() + PROMISED,
            now=now,
        )
        return
    outcome = Outcome.INFORMATION if concern[1] == "other" else Outcome.SOLVED
    concerns.answer(by=by, concern_id=standing.pk, version=standing.version, outcome=outcome, text=concern[4], now=now)


def _make_problem(scene: Scene, now: datetime) -> None:
    told = scene.story["problem"]
    same = Concern.objects.filter(pk__in=scene.raised, category=told["category"]).values_list("pk", flat=True)
    made = concerns.make_problem(
        by=scene.actor("officer"),
        concern_ids=list(same),
        title_en=told["title"],
        title_cy=told["title_cy"],
        about_en=told["about"],
        place_words=told["place"],
        category=told["category"],
        now=now,
    )
    scene.made["problem"] = made.pk


def _propose(scene: Scene, now: datetime) -> None:
    told, by = scene.story["problem"], scene.actor("manager")
    made = priorities.propose_priority(
        by=by,
        neighbourhood_id=scene.neighbourhood.pk,
        title=told["title"],
        title_cy=told["title_cy"],
        statement=told["statement"],
        kind="acute",
        problem_id=scene.made["problem"],
        raised_by="Residents",
        now=now,
    )
    smart = Smart(
        told["place"],
        told["days"],
        told["objective"],
        told["measure"],
        told["target"],
        now.date() + timedelta(days=120),
    )
    priorities.make_smart(by=by, priority_id=made.pk, version=made.version, smart=smart, now=now)
    scene.made["priority"] = made.pk


def _call_meetings(scene: Scene, now: datetime) -> None:
    told, by = scene.story["meeting"], scene.actor("manager")
    forum = meetings.make_forum(
        by=by,
        name=f"{scene.neighbourhood.name} forum (demonstration)",
        kind=ForumKind.NEIGHBOURHOOD,
        openness=Openness.OPEN,
        service_area_id=scene.neighbourhood.pk,
        terms_of_reference="Anyone who lives, works or learns here may come, raise things and vote.",
        members=[Seat(group_name="Residents"), Seat(organisation_id=scene.organisations["police"].pk)],
        now=now,
    )
    for key, starts in (
        ("meeting", scene.before(told["days_before"])),
        ("next", scene.timeline.end + timedelta(days=scene.story["next_meeting_in"])),
    ):
        planned = meetings.plan_meeting(by=by, forum_id=forum.pk, starts_at=starts, venue=told["venue"], now=now)
        scene.made[key] = planned.pk


def _hold(scene: Scene, now: datetime) -> None:
    told, by = scene.story["meeting"], scene.actor("manager")
    standing = Meeting.objects.get(pk=scene.made["meeting"])
    meetings.hold_meeting(
        by=by,
        meeting_id=standing.pk,
        version=standing.version,
        minutes=f"{scene.story['problem']['title']}: chosen with {told['votes']} hands.",
        attendance=told["present"],
        now=now,
    )
    priorities.adopt_priorities(
        by=by,
        meeting_id=standing.pk,
        candidates=[scene.made["priority"]],
        chosen=[scene.made["priority"]],
        method="show_of_hands",
        present=sum(told["present"].values()),
        votes={scene.made["priority"]: told["votes"]},
        now=now,
    )


def _plan(scene: Scene, now: datetime) -> None:
    told, by = scene.story["problem"], scene.actor("manager")
    plan = problems.make_plan(
        by=by,
        title=told["title"],
        title_cy=told["title_cy"],
        owner_id=scene.people["manager"].pk,
        owner_because="The council's own work comes nearest to the objective.",
        priority_id=scene.made["priority"],
        happening=told["about"],
        now=now,
    )
    scene.made["plan"] = plan.pk
    for part in (Analysis(cause=told["cause"]), Response(told["approach"], told["risk"], told["impact"])):
        problems.write_part(by=by, plan_id=plan.pk, version=_version(scene), part=part, now=now)
    for _stage in range(2):
        problems.move_onward(by=by, plan_id=plan.pk, version=_version(scene), now=now)
    for kind, organisation, person, words, days, _became in told["actions"]:
        action = problems.add_action(
            by=by,
            plan_id=plan.pk,
            kind=kind,
            doer=Doer.POLICE if organisation == "police" else Doer.PARTNER,
            organisation_id=scene.organisations[organisation].pk,
            person_id=scene.people[person].pk,
            title=words,
            due=now.date() + timedelta(days=days),
            now=now,
        )
        scene.made[f"task-{person}"] = action.task_id


def _work(scene: Scene, now: datetime) -> None:
    """What became of each task: done with a note, taken on (no note), or not looked at yet (none)."""
    for _kind, _organisation, person, _words, _days, became in scene.story["problem"]["actions"]:
        if became is None:
            continue
        by, task_id = scene.actor(person), scene.made[f"task-{person}"]
        taken = tasks.accept_task(by=by, task_id=task_id, version=1, now=now)
        if became:
            tasks.finish_task(by=by, task_id=task_id, version=taken.version, note=became, now=now)


def _answer(scene: Scene, now: datetime) -> None:
    """You said, we did: what is done so far, told to everybody behind the problem; the priority goes on."""
    told, problem, by = scene.story["answer"], scene.story["problem"], scene.actor("manager")
    words = Words(
        title=problem["title"],
        title_cy=problem["title_cy"],
        said=told["said"],
        said_cy=told["said_cy"],
        did=told["did"],
        did_cy=told["did_cy"],
        outcome=str(Outcome.BETTER),
    )
    draft = publishing.draft_answer(
        by=by,
        neighbourhood_id=scene.neighbourhood.pk,
        words=words,
        problem_id=scene.made["problem"],
        plan_id=scene.made["plan"],
        now=now,
    )
    publishing.publish_answer(by=by, answer_id=draft.pk, version=draft.version, now=now)


def _version(scene: Scene) -> int:
    return Plan.objects.values_list("version", flat=True).get(pk=scene.made["plan"])
