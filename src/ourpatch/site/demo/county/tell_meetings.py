"""Tells the forums and their quarterly meetings: agenda, votes, minutes made of what had happened by then."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from . import life, names
from .setting import Setting
from .tell_problems import MEETING_QUARTERS, Told, meeting_key, meeting_starts

LENGTH = timedelta(minutes=100)
FORUM_NAMES = {
    "core": "City Centre Forum", "inner": "Neighbourhood Forum", "estate": "Neighbourhood Forum",
    "suburb": "Neighbourhood Forum", "town": "Community Forum", "rural": "Villages Forum",
}  # fmt: skip
FORUM_KINDS: tuple[life.ForumKind, ...] = ("open", "open", "partially_open")
METHODS: dict[str, life.Method] = {
    "open": "show_of_hands",
    "partially_open": "dot_vote",
    "exclusive": "panel_consensus",
}
CATEGORY_WORDS = {
    "asb_personal": "behaviour aimed at people", "asb_nuisance": "nuisance", "asb_environmental": "places spoilt",
    "crime": "crime", "environmental": "the state of the place", "traffic": "traffic and parking",
    "other": "other things",
}  # fmt: skip
ALTERNATIVES = (
    "Dog fouling",
    "Litter on the way to school",
    "E-scooters on pavements",
    "Noise at weekends",
    "Pavement parking",
)
GROUPS = ("residents", "councillors", "partner organisations", "police", "young people")
PARTNER_NEWS = (
    "The fire service offered home safety visits to anyone over 70; a sheet went round and nine people signed. "
    "Housing reported two repairs teams short until the new year.",
    "The health inclusion lead asked who is not in the room. People named shift workers, young parents and newer "
    "arrivals; a street briefing was agreed in place of one of the next meetings.",
    "Victim Care explained the case review: anyone with three reports in six months may ask. Leaflets were "
    "left at the library.",
    "The youth service showed what young people said in its survey: the first wish was a lit place to sit in winter.",
)  # fmt: skip
ANY_OTHER = (
    "A resident asked why replies come from a general address. The sergeant agreed that they should carry a name.",
    "Thanks were given to the volunteers of the patch walk. Next walk to start at the school gate.",
    "The room was cold and the loop did not work; the venue will be told.",
    "A resident said that the last answer in the newsletter was the first she could remember. Applause.",
    "A question about speeding was taken away by the officer and logged as a concern on the spot.",
)


@dataclass(frozen=True, slots=True)
class Gatherings:
    """Forums and their meetings."""

    forums: tuple[life.Forum, ...]
    meetings: tuple[life.Meeting, ...]


def tell(setting: Setting, told: Told, concerns: tuple[life.Concern, ...]) -> Gatherings:
    """Twelve forums, the four meetings each held in the year, and the next one that is called."""
    rng = np.random.default_rng([setting.seed, 8])
    taken: set[str] = set()
    forums = tuple(_forum(setting, rng, hood.key, taken) for hood in setting.map.neighbourhoods)
    secretary = _Secretary(setting, told, concerns, rng)
    meetings = [secretary.meeting(forum, quarter) for forum in forums for quarter in range(MEETING_QUARTERS + 1)]
    return Gatherings(forums, tuple(sorted(meetings, key=lambda one: one.starts)))


def _forum(setting: Setting, rng: np.random.Generator, hood_key: str, taken: set[str]) -> life.Forum:
    hood = setting.hood(hood_key)
    venues = [p for p in setting.map.places if p.neighbourhood == hood_key and p.kind in ("community", "library")]
    venues = venues or [
        p for p in setting.map.places if p.neighbourhood == hood_key and p.kind in ("school", "worship")
    ]
    kind = FORUM_KINDS[int(rng.integers(len(FORUM_KINDS)))]
    name = f"{rng.choice(names.GIVEN_NAMES)} {rng.choice(names.SURNAMES)}"
    while name in taken:
        name = f"{rng.choice(names.GIVEN_NAMES)} {rng.choice(names.SURNAMES)}"
    taken.add(name)
    title = hood.name if hood.name.endswith("Villages") else f"{hood.name} {FORUM_NAMES[hood.character]}"
    title = f"{hood.name} Forum" if hood.character in ("rural", "core") else title
    return life.Forum(f"forum-{hood_key}", hood_key, title, kind, name, venues[0].name)


class _Secretary:
    """Writes agenda and minutes from what had been raised, promised and done by the evening of the meeting."""

    def __init__(
        self, setting: Setting, told: Told, concerns: tuple[life.Concern, ...], rng: np.random.Generator
    ) -> None:
        self.setting, self.told, self.concerns, self.rng = setting, told, concerns, rng
        self.title = {problem.key: problem.title for problem in told.problems}

    def meeting(self, forum: life.Forum, quarter: int) -> life.Meeting:
        hood, starts = forum.neighbourhood, meeting_starts(self.setting, forum.neighbourhood, quarter)
        held = starts + LENGTH <= self.setting.end
        attendance = self._attendance(forum) if held else ()
        choices = self._choices(forum, quarter, dict(attendance)) if held else ()
        since = (
            meeting_starts(self.setting, hood, quarter - 1) if quarter else self.setting.at(self.setting.window.start)
        )
        until = min(starts, self.setting.end)
        items = [
            self._answers(hood, since, until),
            self._raised(hood, since, until),
            self._progress(hood, until),
            self._choosing(hood, quarter, choices),
            life.AgendaItem("News from partners", PARTNER_NEWS[(quarter + len(hood)) % len(PARTNER_NEWS)], "", ()),
            life.AgendaItem("Anything else", ANY_OTHER[(quarter * 2 + len(hood)) % len(ANY_OTHER)], "", ()),
        ]
        if not held:
            items = [life.AgendaItem(item.title, "", "", item.problems) for item in items]
        return life.Meeting(
            key=meeting_key(hood, quarter),
            forum=forum.key,
            neighbourhood=hood,
            starts=starts,
            venue=forum.venue,
            held=held,
            agenda=tuple(items),
            attendance=attendance,
            present=self._present(hood) if held else (),
            choices=choices,
        )

    # ------------------------------------------------------------ who came

    def _attendance(self, forum: life.Forum) -> tuple[tuple[str, int], ...]:
        """Open meetings draw 15 to 85, partially open ones rather fewer (partnership-practice P)."""
        most = 48 if forum.kind == "open" else 24
        bounds = ((most // 2 - 3, most), (1, 4), (2, 8), (3, 5), (0, 6))
        counts = [int(self.rng.integers(least, top)) for least, top in bounds]
        return tuple(zip(GROUPS, counts, strict=True))

    def _present(self, hood: str) -> tuple[str, ...]:
        manager = self.setting.team(hood, "neighbourhood_manager")
        team = [*manager, *self.setting.team(hood, "resident_facing_officer", "sergeant")]
        board = self.setting.team(hood, "board_member")
        near = [person for person in board if len(person.neighbourhoods) == 1]
        return tuple(person.key for person in (*team[:4], *near[:1]))

    # ------------------------------------------------------------ what was said

    def _answers(self, hood: str, since: datetime, until: datetime) -> life.AgendaItem:
        given = [a for a in self.told.answers if a.neighbourhood == hood and since <= a.published < until]
        minute = " ".join(f"{self.title[a.problem]}: {a.did_en}" for a in given)
        if not given:
            minute = "Nothing was finished since we last met. The manager said so plainly and named what is still owed."
        return life.AgendaItem(
            "You said, we did: answers since we last met", minute, "", tuple(a.problem for a in given)
        )

    def _raised(self, hood: str, since: datetime, until: datetime) -> life.AgendaItem:
        heard = [c for c in self.concerns if c.neighbourhood == hood and since <= c.received < until]
        kinds = Counter(c.category for c in heard if c.kind == "concern").most_common(3)
        late = sum(not _in_time(c, until) for c in heard)
        most = ", ".join(f"{count} on {CATEGORY_WORDS[kind]}" for kind, count in kinds)
        minute = f"{len(heard)} concerns and questions were raised: {most}. " if kinds else "Little was raised. "
        minute += f"Not answered within 72 hours: {late}." if late else "Every one was answered within 72 hours."
        return life.AgendaItem("What you have told us", minute, "", ())

    def _progress(self, hood: str, until: datetime) -> life.AgendaItem:
        running = [
            plan for plan in self.told.plans
            if self._hood_of(plan.problem) == hood and plan.opened < until and (plan.closed_at or until) >= until
        ]  # fmt: skip
        told = []
        for plan in running:
            done = sum(any(s.state == "done" and s.at < until for s in action.steps) for action in plan.actions)
            told.append(f"{plan.title}: {done} of {len(plan.actions)} actions done.")
        minute = " ".join(told) or "No plan is running."
        return life.AgendaItem("How the plans are going", minute, "", tuple(plan.problem for plan in running))

    # ------------------------------------------------------------ what was chosen

    def _choices(self, forum: life.Forum, quarter: int, came: dict[str, int]) -> tuple[life.Choice, ...]:
        put = [p for p in self.told.priorities if p.meeting == meeting_key(forum.neighbourhood, quarter)]
        duty = [p for p in put if p.kind == "policing" and p.adopted_at]
        voted = [p for p in put if p not in duty]
        made = []
        if duty:
            counts = tuple(life.Count(p.title_en, p.key, 0) for p in duty)
            who = "Taken up by the team as a duty; the forum was told why and asked what matters most in it."
            made.append(life.Choice("duty", counts, tuple(p.key for p in duty), who))
        if voted:
            made.append(self._vote(forum, voted, came))
        return tuple(made)

    def _vote(self, forum: life.Forum, put: list[life.Priority], came: dict[str, int]) -> life.Choice:
        """Residents and young people vote; police and partners do not (guide-2 C35)."""
        method = METHODS[forum.kind]
        voters = came["residents"] + came["young people"]
        votes = voters * 3 if method == "dot_vote" else voters
        options = [(p.title_en, p.key) for p in put] + [(words, None) for words in self._alternatives()]
        strength = np.array([6.0 if p.adopted_at else 2.2 for p in put] + [1.0] * (len(options) - len(put)))
        shares = self.rng.multinomial(votes - votes // 10, strength / strength.sum())
        order = np.argsort(-shares, kind="stable")
        ranked = sorted(shares.tolist(), reverse=True)
        by_strength = np.argsort(-strength, kind="stable")
        given = dict(zip(by_strength.tolist(), ranked, strict=True)) if len(order) else {}
        counts = tuple(life.Count(words, key, given[number]) for number, (words, key) in enumerate(options))
        who = f"{voters} residents and young people in the room; police and partners did not vote."
        return life.Choice(method, counts, tuple(p.key for p in put if p.adopted_at), who)

    def _alternatives(self) -> list[str]:
        return [ALTERNATIVES[int(i)] for i in self.rng.permutation(len(ALTERNATIVES))[:2]]

    def _choosing(self, hood: str, quarter: int, choices: tuple[life.Choice, ...]) -> life.AgendaItem:
        put = [p for p in self.told.priorities if p.meeting == meeting_key(hood, quarter)]
        title = "Choosing our priorities" if put else "Are these still our priorities?"
        counted = [
            f"{count.option}: {count.votes}" for choice in choices for count in choice.counts if choice.method != "duty"
        ]
        chosen = [p.title_en for choice in choices for p in put if p.key in choice.chosen]
        minute = "Votes: " + "; ".join(counted) + "." if counted else self._kept(hood, quarter)
        if any(choice.method == "duty" for choice in choices):
            minute += " The sergeant explained which matter is taken up whatever the vote, and why."
        decision = "Adopted: " + "; ".join(chosen) + "." if chosen else ""
        return life.AgendaItem(title, minute, decision, tuple(p.problem for p in put))

    def _kept(self, hood: str, quarter: int) -> str:
        at = meeting_starts(self.setting, hood, quarter)
        running = [
            p.title_en for p in self.told.priorities
            if p.neighbourhood == hood and p.adopted_at and p.adopted_at < at and (p.closed_at or at) >= at
        ]  # fmt: skip
        if not running:
            return "There is no adopted priority at present. People were asked what they would put first next time."
        return "Read out and kept: " + "; ".join(running) + "."

    def _hood_of(self, problem: str) -> str:
        return next(one.neighbourhood for one in self.told.problems if one.key == problem)


def _in_time(concern: life.Concern, until: datetime) -> bool:
    limit = concern.received + timedelta(hours=72)
    return limit > until or any(not reply.holding and reply.at <= limit for reply in concern.replies)
