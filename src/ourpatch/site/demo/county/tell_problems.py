"""Tells problems, priorities, plans, results and answers from the written stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

import numpy as np

from . import life, script
from .script import Day, PlanText, ResultText, StoryText
from .setting import Setting

MEETING_QUARTERS = 4
QUARTER_DAYS = 91
"""Forums meet every thirteen weeks, and what a partner counts itself is compared over as long."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of the stories so far."""

    problems: tuple[life.Problem, ...]
    priorities: tuple[life.Priority, ...]
    plans: tuple[life.Plan, ...]
    answers: tuple[life.Answer, ...]


def meeting_key(hood: str, quarter: int) -> str:
    """The key of a neighbourhood's quarterly meeting."""
    return f"{hood}-{quarter}"


def meeting_starts(setting: Setting, hood: str, quarter: int) -> datetime:
    """When a neighbourhood meets: an evening of its own, Tuesday to Friday in three weeks of each quarter."""
    number = next(i for i, one in enumerate(setting.map.neighbourhoods) if one.key == hood)
    week, evening = divmod(number, 4)
    first = setting.window.start + timedelta(days=24)
    tuesday = first + timedelta(days=(1 - first.weekday()) % 7 + quarter * QUARTER_DAYS)
    return setting.at(tuesday + timedelta(weeks=week, days=evening), 18, 30 if number % 2 else 0)


def tell(setting: Setting) -> Told:
    """Everything from problem to answer that has happened by the end of the window."""
    rng = np.random.default_rng([setting.seed, 6])
    tellers = [_Teller(setting, story, rng) for story in script.stories()]
    priorities = [told for teller in tellers if (told := teller.priority())]
    plans = [made for teller in tellers if (made := teller.plan())]
    answers = [given for teller in tellers if (given := teller.answer())]
    return Told(
        problems=tuple(sorted((teller.problem() for teller in tellers), key=lambda one: one.opened)),
        priorities=tuple(sorted(priorities, key=lambda one: one.proposed_at)),
        plans=tuple(sorted(plans, key=lambda one: one.opened)),
        answers=tuple(sorted(answers, key=lambda one: one.published)),
    )


class _Teller:
    """Tells one story; numbers in its text come from the incidents."""

    def __init__(self, setting: Setting, story: StoryText, rng: np.random.Generator) -> None:
        self.setting, self.story, self.rng = setting, story, rng
        self.circle = setting.circle(story["place"], story["hood"])
        self.measured = self._result_text()
        self.numbers: dict[str, object] = dict(setting.month_names())
        self.made_result = self._result() if self.measured else None
        if self.made_result:
            self.numbers |= _numbers(self.made_result)

    def problem(self) -> life.Problem:
        story = self.story
        return life.Problem(
            key=story["key"],
            neighbourhood=story["hood"],
            title=story["title"],
            summary=self._fill(story["summary"]),
            category=cast("life.Category", story["category"]),
            place=self.circle,
            times=story["times"],
            owner=story["owner"],
            opened=self._on(story["opened"], 10),
        )

    def priority(self) -> life.Priority | None:
        text = self.story.get("priority")
        if text is None:
            return None
        adopted = meeting_starts(self.setting, self.story["hood"], text["meeting"]) + timedelta(minutes=70)
        closed = self._on(text["closed"], 15) if "closed" in text else None
        return life.Priority(
            key=f"{self.story['key']}-priority",
            neighbourhood=self.story["hood"],
            problem=self.story["key"],
            title_en=text["title_en"],
            title_cy=text["title_cy"],
            kind=cast("life.PriorityKind", text["kind"]),
            statement=self._fill(text["statement"]),
            measurable=self._fill(text["measurable"]),
            actionable=self._fill(text.get("actionable", "The partners who can change it have named a person each.")),
            realistic=self._fill(text.get("realistic", "Agreed with those who will do the work.")),
            due=self.setting.day(text["by"]),
            place=self.story["place"],
            days_times=self._fill(text["days_times"]),
            evidence=self._fill(text["evidence"]),
            proposed_by=self._proposer(),
            proposed_at=max(
                adopted - timedelta(days=int(self.rng.integers(6, 12))), self._on(self.story["opened"], 15)
            ),
            meeting=meeting_key(self.story["hood"], text["meeting"]),
            adopted_at=adopted if text.get("adopted", True) else None,
            reviews=self._priority_reviews(text["meeting"], closed) if text.get("adopted", True) else (),
            closed_at=self._past(closed),
        )

    def plan(self) -> life.Plan | None:
        text = self._plan_text()
        if text is None:
            return None
        opened = self._on(text["opened"], 11)
        closed = self._past(self._on(text["closed"], 16)) if "closed" in text else None
        result = self.made_result if self.made_result and self.made_result.at <= self.setting.end else None
        return life.Plan(
            key=f"{self.story['key']}-plan",
            problem=self.story["key"],
            priority=f"{self.story['key']}-priority" if self.story.get("priority", {}).get("adopted", True) else None,
            title=text["title"],
            owner=text["owner"],
            partners=tuple(text["partners"]),
            opened=opened,
            scanning=self._fill(text["scanning"]),
            analysis=self._fill(text["analysis"]),
            victim=self._fill(text["victim"]),
            offender=self._fill(text["offender"]),
            location=self._fill(text["location"]),
            hypothesis=self._fill(text["hypothesis"]),
            objective=self._fill(text["objective"]),
            response=self._fill(text["response"]),
            assessment=self._fill(text["assessment"]) if result else "",
            risk=self._fill(text["risk"]),
            communication=self._fill(text["communication"]),
            actions=tuple(self._action(number, one, opened) for number, one in enumerate(text["actions"], start=1)),
            reviews=self._notes(text["reviews"]),
            result=result,
            closed_at=closed,
            close_reason=self._fill(text.get("close_reason", "")) if closed else "",
        )

    def answer(self) -> life.Answer | None:
        text = self.story.get("answer")
        if text is None or self._past(self._on(text["day"], 12)) is None:
            return None
        return life.Answer(
            key=f"{self.story['key']}-answer",
            problem=self.story["key"],
            neighbourhood=self.story["hood"],
            said_en=self._fill(text["said_en"]),
            did_en=self._fill(text["did_en"]),
            said_cy=self._fill(text["said_cy"]),
            did_cy=self._fill(text["did_cy"]),
            outcome=cast("life.Outcome", text["outcome"]),
            person=self.setting.team(self.story["hood"], "neighbourhood_manager")[0].key,
            published=self._on(text["day"], 12),
        )

    # ------------------------------------------------------------ plans

    def _plan_text(self) -> PlanText | None:
        if "plan" in self.story:
            return self.story["plan"]
        return self._compose() if "composed" in self.story else None

    def _compose(self) -> PlanText:
        """A lighter plan in the wording of its kind of problem."""
        story, light = self.story, self.story["composed"]
        words = {key: self._slot(value) for key, value in script.parts()[story["parts"]].items()}
        result = light.get("result")
        composed: PlanText = {
            "title": story["title"],
            "owner": light["owner"],
            "partners": light["partners"],
            "opened": light["opened"],
            "scanning": self._slot("{summary} People name these times: {times}."),
            "analysis": words["analysis"],
            "victim": words["victim"],
            "offender": words["offender"],
            "location": words["location"],
            "hypothesis": words["hypothesis"],
            "objective": story["priority"]["statement"],
            "response": words["response"],
            "assessment": result["words"] if result else "",
            "risk": words["risk"],
            "communication": "Those who raised it hear from the owner each month; the forum at each meeting.",
            "actions": [],
            "reviews": self._light_reviews(),
        }
        composed["actions"] = self._light_actions()
        if "closed" in light:
            composed["closed"] = light["closed"]
            composed["close_reason"] = _close_reason(result)
        return composed

    def _light_actions(self) -> list[script.ActionText]:
        light = self.story["composed"]
        opened = self.setting.day(light["opened"])
        latest = self.setting.day(light["closed"]) if "closed" in light else self.setting.window.until
        made = []
        rows = zip(script.actions()[self.story["key"]], light["people"], light["fates"], strict=True)
        for number, ((kind, words, note), person, fate) in enumerate(rows):
            due = opened + timedelta(days=24 + 11 * number)
            done = min(due + timedelta(days=int(self.rng.integers(-9, 9))), latest - timedelta(days=4))
            told = light.get("returned_note", note) if fate == "returned" else note
            action = script.ActionText(
                kind=kind, person=person, words=words, due=self._pair(due), fate=fate, done=self._pair(done), note=told
            )
            made.append(action)
        return made

    def _light_reviews(self) -> list[script.ReviewText]:
        light = self.story["composed"]
        at = self.setting.day(light["opened"]) + timedelta(days=45)
        words = LIGHT_REVIEWS[int(self.rng.integers(len(LIGHT_REVIEWS)))]
        return [script.ReviewText(day=self._pair(at), by=light["owner"], words=words)]

    def _action(self, number: int, text: script.ActionText, opened: datetime) -> life.PlanAction:
        person = self.setting.person(text["person"])
        steps = [step for step in self._steps(text, opened) if step.at <= self.setting.end]
        return life.PlanAction(
            key=f"{self.story['key']}-action-{number}",
            kind=cast("life.ActionKind", text["kind"]),
            words=self._fill(text["words"]),
            organisation=person.organisation,
            person=person.key,
            due=self.setting.day(text["due"]),
            steps=tuple(steps),
        )

    def _steps(self, text: script.ActionText, opened: datetime) -> list[life.TaskStep]:
        owner, fate, note = self._plan_owner(), text["fate"], self._fill(text.get("note", ""))
        offered = self._office(opened.date() + timedelta(days=int(self.rng.integers(1, 3))))
        steps = [life.TaskStep("offered", offered, owner, "")]
        ended = self._on(text["done"], 15) if "done" in text else self.setting.end
        if fate == "returned":
            return [*steps, life.TaskStep("returned", max(ended, offered), text["person"], note)]
        if fate != "offered":
            accepted = min(self._office(offered.date() + timedelta(days=int(self.rng.integers(1, 7)))), ended)
            steps.append(life.TaskStep("accepted", accepted, text["person"], note if fate == "accepted" else ""))
        if fate == "done":
            steps.append(life.TaskStep("done", ended, text["person"], note))
        return steps

    # ------------------------------------------------------------ results

    def _result_text(self) -> ResultText | None:
        text = self.story.get("plan") or self.story.get("composed")
        return text.get("result") if text else None

    def _result(self) -> life.Result:
        text = self.measured
        if text is None:
            raise ValueError("This story has no result.")
        return self._measured(text) if "spot" in text else self._counted(text)

    def _measured(self, text: ResultText) -> life.Result:
        """Police incidents in equal numbers of whole months on either side of the month in which it began."""
        setting, months, begins = self.setting, text["months"], text["begins"]
        before = setting.day((begins - months, 1)), setting.day((begins - 1, 31))
        after = setting.day((begins, 1)), setting.day((begins + months - 1, 31))
        spot, other = setting.truths.spot(text["spot"]), setting.truths.spot(text["comparison"])
        moved = setting.truths.spot(text["elsewhere"]) if "elsewhere" in text else None
        counted = [
            (setting.count(one.category, one.circle, *before), setting.count(one.category, one.circle, *after))
            for one in (spot, other, *([moved] if moved else []))
        ]
        elsewhere = counted[2] if moved else (None, None)
        numbers: dict[str, object] = dict(zip(("before", "after"), counted[0], strict=True))
        numbers |= dict(zip(("cb", "ca", "eb", "ea"), (*counted[1], *elsewhere), strict=True))
        self.numbers |= numbers | {"fall": _fall(*counted[0])}
        return life.Result(
            measure=text["measure"], category=spot.category, place=spot.circle,
            before_from=before[0], before_to=before[1], after_from=after[0], after_to=after[1],
            before=counted[0][0], after=counted[0][1],
            comparison=other.circle.name, comparison_place=other.circle,
            comparison_before=counted[1][0], comparison_after=counted[1][1],
            elsewhere=moved.circle.name if moved else "", elsewhere_before=elsewhere[0], elsewhere_after=elsewhere[1],
            higher_is_better=False, judged=cast("life.Judged", text["judged"]),
            words=self._fill(text["words"]), lesson=self._fill(text["lesson"]), at=self._result_at(text),
        )  # fmt: skip

    def _counted(self, text: ResultText) -> life.Result:
        """What a partner counted itself, in the quarter before the plan and the quarter before its end."""
        opened, ended = self._plan_days()
        comparison = text.get("comparison_counted")
        return life.Result(
            measure=text["measure"], category=None, place=None,
            before_from=opened - timedelta(days=QUARTER_DAYS), before_to=opened - timedelta(days=1),
            after_from=max(opened, ended - timedelta(days=QUARTER_DAYS)), after_to=ended - timedelta(days=1),
            before=text["counted"][0], after=text["counted"][1],
            comparison=text.get("comparison_name", ""), comparison_place=None,
            comparison_before=comparison[0] if comparison else None,
            comparison_after=comparison[1] if comparison else None,
            elsewhere="", elsewhere_before=None, elsewhere_after=None,
            higher_is_better=text.get("higher_is_better", False), judged=cast("life.Judged", text["judged"]),
            words=self._fill(text["words"]), lesson=self._fill(text["lesson"]), at=self._result_at(text),
        )  # fmt: skip

    def _plan_days(self) -> tuple[date, date]:
        text = self.story.get("plan") or self.story["composed"]
        ended = self.setting.day(text["closed"]) if "closed" in text else self.setting.window.until
        return self.setting.day(text["opened"]), ended

    def _result_at(self, text: ResultText) -> datetime:
        day = self.setting.day(text["day"]) if "day" in text else self._plan_days()[1]
        return self.setting.at(day, 14)

    # ------------------------------------------------------------ words and days

    def _fill(self, words: str) -> str:
        return " ".join(words.format_map(self.numbers).split()) if "{" in words else " ".join(words.split())

    def _slot(self, words: str) -> str:
        story = self.story
        return words.format(place=story["place"], times=story["times"], summary=story["summary"])

    def _on(self, pair: Day, hour: int) -> datetime:
        return self.setting.at(self.setting.day(pair), hour)

    def _office(self, day: date) -> datetime:
        return self.setting.at(day, int(self.rng.integers(9, 17)), int(self.rng.integers(60)))

    def _past(self, at: datetime | None) -> datetime | None:
        return at if at is not None and at <= self.setting.end else None

    def _pair(self, day: date) -> Day:
        start = self.setting.window.start
        return (day.year - start.year) * 12 + day.month - start.month, day.day

    def _proposer(self) -> str:
        return self.setting.team(self.story["hood"], "neighbourhood_manager")[0].key

    def _plan_owner(self) -> str:
        return (self.story.get("plan") or self.story["composed"])["owner"]

    def _notes(self, reviews: list[script.ReviewText]) -> tuple[life.Note, ...]:
        notes = (life.Note(self._on(one["day"], 13), one["by"], self._fill(one["words"])) for one in reviews)
        return tuple(note for note in notes if note.at <= self.setting.end)

    def _priority_reviews(self, chosen: int, closed: datetime | None) -> tuple[life.Note, ...]:
        """The forum looks at each running priority whenever it meets (guide-2 C38)."""
        found: list[life.Note] = []
        for quarter in range(chosen + 1, MEETING_QUARTERS):
            at = meeting_starts(self.setting, self.story["hood"], quarter) + timedelta(minutes=30)
            if at <= self.setting.end and (closed is None or at < closed):
                found.append(life.Note(at, self._proposer(), REVIEW_WORDS[(quarter + len(found)) % len(REVIEW_WORDS)]))
        return tuple(found)


LIGHT_REVIEWS = (
    "Gone through with the partners after six weeks. Of three who raised it two say it is getting better, one sees no "
    "change. We keep on.",
    "Half-way look. What was promised is mostly in hand; what is late was named, with a new date. Those who raised it "
    "were rung and want to hear more often.",
    "Six weeks in. Quieter at the times we cover, no different at others, so the hours were moved by one.",
    "Partners met on the spot with two residents. They showed us a way in that we had missed; it is now in the plan.",
)
REVIEW_WORDS = (
    "Looked at by the forum. Work is on the way; residents asked for news by letter as well as on the page. Kept.",
    "Reviewed with the plan's owner in the room. Still the right priority; the times of day were confirmed. Kept.",
    "Progress heard and questioned. The forum asked that what has not worked be told as plainly as what has. Kept.",
)


def _numbers(result: life.Result) -> dict[str, object]:
    return {
        "before": result.before, "after": result.after, "fall": _fall(result.before, result.after),
        "cb": result.comparison_before, "ca": result.comparison_after,
        "eb": result.elsewhere_before, "ea": result.elsewhere_after,
    }  # fmt: skip


def _fall(before: int, after: int) -> int:
    return round((before - after) / before * 100) if before else 0


def _close_reason(result: ResultText | None) -> str:
    if result is None or result["judged"] == "worked":
        return "Objective met; those who raised it were asked and are content, and the forum agreed to close."
    return "The forum agreed to close with the promise only partly kept, after hearing why and what happens next."
