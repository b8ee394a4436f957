"""Tells what residents said: voices of the written problems, everything else, and questions, with the replies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

import numpy as np

from . import life, names, script
from .map import Place, Street
from .script import StoryText
from .setting import Setting
from .tell_problems import MEETING_QUARTERS, meeting_key, meeting_starts

OTHER_CONCERNS, QUESTIONS = 156, 46
ANONYMOUS, NOT_SURE_WHERE, NO_ANSWER_YET, LATE, HOLDING = 0.3, 0.12, 0.035, 0.09, 0.07
BUSY = {"core": 1.2, "inner": 1.4, "estate": 1.5, "suburb": 0.8, "town": 1.0, "rural": 0.55}
"""How readily neighbourhoods of each character raise things, per head."""
DOORS: tuple[life.Door, ...] = ("web", "phone", "conversation", "letterbox", "walkabout")
DOOR_SHARES = (0.48, 0.2, 0.17, 0.07, 0.08)
SAFE_WORDS = (
    "Please do not leave a message.", "Ring after six.", "E-mail only, I share the phone.",
    "Not when the children are home.",
)  # fmt: skip
OTHER_CATEGORIES = {
    "asb_nuisance": 0.3, "environmental": 0.17, "traffic": 0.17, "crime": 0.13, "asb_environmental": 0.1,
    "asb_personal": 0.07, "other": 0.06,
}  # fmt: skip

ON_A_STREET = re.compile(r"(on|along|doors down from me on|bin store at|round) \{place\}")
"""Tellings that only make sense of a street, not of a church or a library."""
WINTER_MONTHS = (11, 12, 1, 2, 3)

Item = TypeVar("Item")


def tell(setting: Setting) -> tuple[life.Concern, ...]:
    """Every concern and question received by the end of the window, oldest first."""
    voice = _Voice(setting, np.random.default_rng([setting.seed, 7]))
    told = [one for story in script.stories() for one in voice.of_story(story)]
    told += [*voice.of_other(), *voice.of_welsh(), *voice.of_questions(), *voice.of_fresh()]
    happened = sorted((one for one in told if one.received <= setting.end), key=lambda one: (one.received, one.words))
    return tuple(replace(one, key=f"concern-{number:03d}") for number, one in enumerate(happened, start=1))


@dataclass(frozen=True, slots=True)
class _Where:
    """A place as somebody names it; no point when they were not sure."""

    hood: str
    words: str
    e: float | None
    n: float | None


class _Voice:
    def __init__(self, setting: Setting, rng: np.random.Generator) -> None:
        self.setting, self.rng, self.words = setting, rng, script.voices()
        keys = [hood.key for hood in setting.map.neighbourhoods]
        people = {key: sum(w.population for w in setting.map.wards if w.neighbourhood == key) for key in keys}
        weight = np.array([people[hood.key] * BUSY[hood.character] for hood in setting.map.neighbourhoods])
        self.hoods, self.weight = keys, weight / weight.sum()
        self.deck: dict[str, list[Any]] = {}

    # ------------------------------------------------------------ what is said

    def of_story(self, story: StoryText) -> Iterator[life.Concern]:
        """The voices of one written problem, spread over the time in which it was heard."""
        circle = self.setting.circle(story["place"], story["hood"])
        first, last = (self.setting.day(pair) for pair in story["heard"])
        span = (last - first).days
        for number, told in enumerate(story["voices"]):
            voice = told if isinstance(told, dict) else {"say": told}
            day = first + timedelta(days=int(span * (number + self.rng.random()) / len(story["voices"])))
            received = self._moment(day)
            anchor = int(self.rng.choice(np.array(circle.anchors))) if circle.anchors else None
            near = (circle.e, circle.n) if anchor is None else self._anchor(anchor)
            where = self._somewhere(story["hood"], story["place_words"], near)
            grouped = max(received + timedelta(hours=30), self.setting.at(self.setting.day(story["opened"]), 10))
            words = self._replies(received, story["hood"], self._grouped_words(story), "en")
            if voice.get("language") == "cy":
                words = self._replies(received, story["hood"], self.words["welsh_grouped"], "cy")
            concern = self._concern(where, story["category"], str(voice["say"]), received, words)
            if voice.get("language") != "cy":
                more = self.words["heard_of"]
                often, effect = self._pick(more["often"]), self._pick(more[story["category"]])
                concern = replace(concern, happens_when=story["times"], how_often=often, effect=effect)
            yield replace(
                concern,
                language=cast("life.Language", voice.get("language", "en")),
                contact=concern.contact if voice.get("anon", True) else self._contact(named=True),
                problem=story["key"] if grouped <= self.setting.end else None,
                grouped_at=grouped if grouped <= self.setting.end else None,
            )

    def of_other(self) -> Iterator[life.Concern]:
        """Everything that belongs to no written problem."""
        for told in self._told_deck():
            hood = self._hood()
            received, meeting = self._moment(self._some_day(told.get("season", ""))), None
            if self.rng.random() < 0.12 and "season" not in told:
                received, meeting = self._at_meeting(hood)
            where, name = self._named_place(hood, street=bool(ON_A_STREET.search(told["say"])))
            said = told["say"].format(place=name)
            if self.rng.random() < 0.25:
                said = f"{said} {self._pick(self.words['tails'])}"
            replies = self._replies(received, hood, told["reply"].format(place=name), "en")
            concern = replace(
                self._concern(where, told["category"], said, received, replies),
                happens_when=told["when"], how_often=told["often"], effect=told["effect"],
            )  # fmt: skip
            yield concern if meeting is None else replace(concern, meeting=meeting, door="meeting")

    def _told_deck(self) -> Iterator[dict[str, str]]:
        """Tellings in the proportion of their categories, none again before the others of its category."""
        by_category: dict[str, list[dict[str, str]]] = {}
        for told in self.words["say"]:
            by_category.setdefault(told["category"], []).append(told)
        shares = list(OTHER_CATEGORIES.values())
        for category in self.rng.choice(list(OTHER_CATEGORIES), OTHER_CONCERNS, p=shares).tolist():
            yield self._next(category, by_category[category])

    def of_welsh(self) -> Iterator[life.Concern]:
        """A few tellings in Welsh; the county has Welsh speakers and a Welsh service."""
        for told in self.words["welsh"]:
            hood = self._hood()
            received = self._moment(self._some_day())
            where, _ = self._named_place(hood)
            replies = self._replies(received, hood, self.words["welsh_reply"], "cy")
            concern = self._concern(where, told["category"], told["say"], received, replies)
            yield replace(concern, language="cy", effect=told["effect"])

    def of_questions(self) -> Iterator[life.Concern]:
        """Questions to the team, under the 72-hour clock."""
        for _ in range(QUESTIONS):
            hood = self._hood()
            asked = self._next("questions", self.words["questions"])
            received = self._moment(self._some_day())
            _, name = self._named_place(hood)
            officer = self.setting.team(hood, "resident_facing_officer")[0].name
            language = cast("life.Language", asked.get("language", "en"))
            reply = asked["reply"].format(place=name, officer=officer)
            where = _Where(hood, "", None, None)
            replies = self._replies(received, hood, reply, language)
            concern = self._concern(where, "other", asked["ask"].format(place=name), received, replies)
            asker = concern.contact or self._contact(named=True)
            yield replace(concern, kind="question", language=language, contact=asker)

    def of_fresh(self) -> Iterator[life.Concern]:
        """What came in over the last two days in the neighbourhood that is shown first: not yet answered or grouped."""
        for told in self.words["fresh_wyndmoor"]:
            circle = self.setting.circle(told["place"], "wyndmoor")
            received = self.setting.end - timedelta(hours=told["hours"])
            where = self._somewhere("wyndmoor", told["place"], (circle.e, circle.n), sure=True)
            concern = self._concern(where, told["category"], told["say"], received, ())
            yield replace(concern, effect=told["effect"], door="web", contact=self._contact(named=True))

    # ------------------------------------------------------------ parts of a concern

    def _concern(
        self, where: _Where, category: str, words: str, received: datetime, replies: tuple[life.Reply, ...]
    ) -> life.Concern:
        return life.Concern(
            key="",
            kind="concern",
            neighbourhood=where.hood,
            category=cast("life.Category", category),
            words=words,
            language="en",
            happens_when="",
            how_often="",
            effect="",
            place_words=where.words,
            e=where.e,
            n=where.n,
            door=DOORS[int(self.rng.choice(len(DOORS), p=DOOR_SHARES))],
            contact=self._contact(named=self.rng.random() >= ANONYMOUS),
            received=received,
            replies=replies,
            problem=None,
            grouped_at=None,
            meeting=None,
        )

    def _contact(self, *, named: bool) -> life.Contact | None:
        if not named:
            return None
        name = f"{self._pick(names.GIVEN_NAMES)} {self._pick(names.SURNAMES)}"
        by_mail = self.rng.random() < 0.7
        email = f"{name.lower().replace(' ', '.').replace(chr(39), '')}@post.example" if by_mail else ""
        # 07700 900000 to 900999 are kept for drama by Ofcom: nobody is rung.
        phone = "" if by_mail else f"07700 900{int(self.rng.integers(1000)):03d}"
        safe = self._pick(SAFE_WORDS) if self.rng.random() < 0.12 else ""
        return life.Contact(name, email, phone, safe)

    def _replies(self, received: datetime, hood: str, words: str, language: life.Language) -> tuple[life.Reply, ...]:
        """Mostly within 72 hours; some late, some with a holding reply first, a few still owed."""
        officers = self.setting.team(hood, "resident_facing_officer")
        person = officers[int(self.rng.integers(len(officers)))].key
        chance, wait = self.rng.random(), float(np.clip(self.rng.lognormal(3.1, 0.6), 1.5, 70))
        holding = self.rng.random() < HOLDING
        if chance < NO_ANSWER_YET:
            return ()
        if chance < NO_ANSWER_YET + LATE:
            wait = float(self.rng.uniform(74, 260))
        at = _office_hours(received, received + timedelta(hours=wait))
        found = [life.Reply(person, at, words, language, holding=False)]
        if holding:
            soon = received + (at - received) / 4
            found.insert(0, life.Reply(person, soon.replace(microsecond=0), self.words["holding"], "en", holding=True))
        return tuple(reply for reply in found if reply.at <= self.setting.end)

    def _grouped_words(self, story: StoryText) -> str:
        owner = self.setting.person(story["owner"])
        return str(self._pick(self.words["grouped"])).format(place=story["place"], owner=owner.name)

    # ------------------------------------------------------------ when and where

    def _moment(self, day: date) -> datetime:
        hour = int(np.clip(self.rng.normal(15.5, 4.2), 6, 22))
        return self.setting.at(day, hour, int(self.rng.integers(60)))

    def _some_day(self, season: str = "") -> date:
        """More is raised each month, as people learn that they are answered; what freezes is raised in winter."""
        days = (self.setting.window.until - self.setting.window.start).days
        while True:
            day = self.setting.window.start + timedelta(days=int(days * self.rng.random() ** 0.72))
            if season != "winter" or day.month in WINTER_MONTHS:
                return day

    def _at_meeting(self, hood: str) -> tuple[datetime, str]:
        quarter = int(self.rng.integers(MEETING_QUARTERS))
        return meeting_starts(self.setting, hood, quarter) + timedelta(minutes=85), meeting_key(hood, quarter)

    def _hood(self) -> str:
        return str(self.rng.choice(self.hoods, p=self.weight))

    def _anchor(self, anchor: int) -> tuple[float, float]:
        anchors = self.setting.map.anchors
        return float(anchors.e[anchor]), float(anchors.n[anchor])

    def _somewhere(self, hood: str, words: str, near: tuple[float, float], *, sure: bool = False) -> _Where:
        if not sure and self.rng.random() < NOT_SURE_WHERE:
            return _Where(hood, words, None, None)
        return _Where(hood, words, *self.setting.point_near(self.rng, *near, hood))

    def _named_place(self, hood: str, *, street: bool = False) -> tuple[_Where, str]:
        """A street, or one time in three a landmark unless only a street will do, with a point near it."""
        if not street and self.rng.random() < 0.33:
            place = self._pick([p for p in self.setting.map.places if p.neighbourhood == hood and _is_spot(p)])
            return self._somewhere(hood, f"by {place.name}", (place.e, place.n)), place.name
        road: Street = self._pick([s for s in self.setting.map.streets if s.neighbourhood == hood])
        return self._somewhere(hood, road.name, self._anchor(road.anchors[0])), road.name

    def _pick(self, items: Sequence[Item]) -> Item:
        return items[int(self.rng.integers(len(items)))]

    def _next(self, name: str, items: Sequence[Item]) -> Item:
        """The next of a shuffled deck, so that nothing is said twice before everything was said once."""
        deck = self.deck.setdefault(name, [])
        if not deck:
            deck.extend(items[int(i)] for i in self.rng.permutation(len(items)))
        return cast("Item", deck.pop())


def _office_hours(received: datetime, at: datetime) -> datetime:
    """Replies are written between 8 and 20: a night's reply was written the evening before, or else next morning."""
    at = at.replace(microsecond=0)
    if 8 <= at.hour < 20:
        return at
    evening = at - timedelta(hours=(at.hour - 19) % 24)
    return evening if evening > received else at + timedelta(hours=(9 - at.hour) % 24)


def _is_spot(place: Place) -> bool:
    """Whether a landmark is one spot, as a town or village is not."""
    return place.kind not in ("town", "village")
