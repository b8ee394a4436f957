"""What residents raised, by every door, what they were told and when, and the problems that their concerns were grouped into."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from ourpatch.access.concerns import actions as concerns
from ourpatch.access.concerns import queries
from ourpatch.access.concerns.models import Concern
from ourpatch.access.concerns.rules import (
    ContactBy,
    ContactDraft,
    Door,
    Draft,
    Effect,
    Flag,
    HowOften,
    Kind,
    Outcome,
    PlaceHow,
    ReplyKind,
)
from ourpatch.ground.clock import london_date
from ourpatch.ground.permission.actor import Actor
from ourpatch.site.demo.county import life
from ourpatch.site.demo.stage import Stage

DOORS: dict[life.Door, Door] = {
    "web": Door.WEB,
    "phone": Door.TELEPHONE,
    "conversation": Door.IN_PERSON,
    "meeting": Door.MEETING,
    "letterbox": Door.PAPER,
    "walkabout": Door.IN_PERSON,
}
OFTEN = (
    (re.compile(r"all the time|lost count|for a|since"), HowOften.ALWAYS),
    (re.compile(r"every day|most days|every (weekday|evening|school day)|most (evenings|nights)"), HowOften.DAILY),
    (re.compile(r"every|week"), HowOften.WEEKLY),
    (re.compile(r"once"), HowOften.ONCE),
    (re.compile(r"."), HowOften.SEVERAL),
)
EFFECTS = (
    (re.compile(r"sleep|awake|tired", re.IGNORECASE), Effect.SLEEP),
    (re.compile(r"scared|afraid|frighten|ofn", re.IGNORECASE), Effect.AFRAID),
    (re.compile(r"doctor|nerves|knocked|hurt|ill", re.IGNORECASE), Effect.HARM),
    (re.compile(r"won't|don't go|stay|stopped|avoid|cross", re.IGNORECASE), Effect.AVOID),
    (re.compile(r"£|cost|paid|broken|smashed", re.IGNORECASE), Effect.COST),
)
# A reply that promises something is not yet the answer: the team comes back when it has happened.
PROMISES = re.compile(r"\b(will|booked|ordered|next|due|goes|'ll|ring on)\b|'ll ", re.IGNORECASE)
COMES_BACK = timedelta(days=14)
SEEN_TO = (
    "I said that I would look again, and I have. What we promised has been done, and it was in order when I came by. If it "
    "starts again, use your code and it is open again the same day.",
    "As promised, here is how it went. What we said we would do has been done. It is better than it was, but not over, so I "
    "will keep coming by. Tell me if you see no difference.",
    "I went back with the council. The work that we told you about is finished. Thank you for telling us: nobody else had.",
)
SEEN_TO_CY = (
    "Fel yr addewais, es i edrych eto. Mae'r gwaith wedi'i wneud. Os bydd yn digwydd eto, defnyddiwch eich cod a bydd ar agor "
    "eto yr un diwrnod."
)
SEEN_TO_OUTCOMES = (Outcome.SOLVED, Outcome.BETTER, Outcome.SOLVED)
DONE_OUTCOMES = (Outcome.SOLVED, Outcome.SOLVED, Outcome.BETTER, Outcome.PASSED_ON)
UNHAPPY = "I am sorry, but it is just as it was. It happened again on Friday. Please look at it once more."
SECOND_ANSWER = (
    "You were right to come back. I was there on Friday myself, saw what you mean and spoke with them at the door. I will be "
    "there again at that hour on the next two Fridays, and I have told the housing officer. This is my own number on the card."
)
PROGRESS = (
    "{title} is a priority now: the forum chose it at its meeting. There will be a plan with one named owner, and you will "
    "hear how it goes.",
    "Mae {title} yn flaenoriaeth bellach: dewisodd y fforwm hi yn ei gyfarfod. Bydd cynllun ac un person yn gyfrifol amdano, a "
    "byddwch yn clywed sut mae'n mynd.",
)
HOW_IT_GOES = (
    "An update on {title}. {words}",
    "Diweddariad. Rydym yn dal i weithio ar hyn gyda'n gilydd, a byddwch yn clywed eto. Mae'r manylion ar dudalen eich "
    "cymdogaeth.",
)
STILL_ON = (
    "We are still working on {title}. It has not been forgotten: what is being done and who does it is on your neighbourhood's "
    "page, and you will get your own answer when it is finished.",
    "Rydym yn dal i weithio ar hyn. Nid yw wedi'i anghofio: mae'r hyn sy'n cael ei wneud ar dudalen eich cymdogaeth, a chewch "
    "eich ateb eich hun pan fydd y gwaith ar ben.",
)
News = tuple[datetime, str, str]
"""When, and what in English and in Welsh."""
EVERY = timedelta(days=75)
NEWS_BY = timedelta(days=80)
# One in so many of those whose place is not known did not know their neighbourhood either.
UNPLACED_EVERY = 3
PLACED_AFTER = timedelta(minutes=50)
TARGETED = frozenset({"weft-street-abuse"})


def set_up(stage: Stage) -> None:
    """Put everything that was raised into the year, with its replies, and the problems."""
    for number, concern in enumerate(stage.life.concerns):
        _Told(stage, concern, number).set_up()
    for problem in stage.life.problems:
        _Grouped(stage, problem).set_up()


class _Told:
    """One person's concern or question, from raising to the answer."""

    def __init__(self, stage: Stage, concern: life.Concern, number: int) -> None:
        self.stage, self.told, self.number = stage, concern, number
        self.place = stage.neighbourhoods[concern.neighbourhood]
        self.unplaced = concern.kind == "concern" and concern.e is None and not number % UNPLACED_EVERY

    def set_up(self) -> None:
        timeline, told = self.stage.timeline, self.told
        timeline.at(told.received, self.raise_it)
        if self.unplaced:
            first = min((each.at for each in told.replies), default=told.received + 3 * PLACED_AFTER)
            timeline.at(told.received + min(PLACED_AFTER, (first - told.received) / 2), self.place_it)
        for reply in told.replies:
            timeline.at(reply.at, self._replier(reply))

    def raise_it(self, now: datetime) -> None:
        told = self.told
        by = self.stage.public() if told.door == "web" else self.stage.officer(told.neighbourhood)
        assert self.place.partnership_id is not None
        draft = Draft(
            partnership_id=self.place.partnership_id,
            service_area_id=None if self.unplaced else self.place.pk,
            kind=Kind.QUESTION if told.kind == "question" else Kind.CONCERN,
            category=told.category,
            what=told.words,
            place_words=told.place_words,
            place_how=self._place_how(),
            easting=told.e,
            northing=told.n,
            when_text=told.happens_when,
            how_often=_how_often(told.how_often),
            effect=told.effect,
            effects=tuple(effect for pattern, effect in EFFECTS if pattern.search(told.effect)),
            flags=self._flags(),
            door=DOORS[told.door],
            language=told.language,
            contact=_contact(told.contact, self.number),
        )
        raised = concerns.ask_question if draft.kind is Kind.QUESTION else concerns.raise_concern
        self.stage.concerns[told.key] = raised(by=by, draft=draft, now=now)

    def place_it(self, now: datetime) -> None:
        """Whoever takes what nobody could place reads it, and gives it to the right team."""
        partnership = self.place.partnership
        assert partnership is not None
        owner = self._concern().owner_id
        key = next(key for key, person in self.stage.people.items() if person.pk == owner)
        concerns.place_concern(
            by=self.stage.actor(key),
            concern_id=self._concern().pk,
            version=self._concern().version,
            service_area_id=self.place.pk,
            now=now,
        )

    def _replier(self, reply: life.Reply) -> Callable[[datetime], None]:
        def answer_for(now: datetime) -> None:
            by = self.stage.actor(reply.person)
            self._take_over(reply.person, by, now)
            if reply.holding:
                self._write(by, ReplyKind.HOLDING, reply, None, now)
            elif self.told.kind == "question":
                self._answer(by, Outcome.INFORMATION, reply.words, reply.language, now)
            elif self.told.problem or PROMISES.search(reply.words):
                back = london_date(now) + (NEWS_BY if self.told.problem else COMES_BACK)
                self._write(by, ReplyKind.MEANINGFUL, reply, back, now)
                if not self.told.problem:
                    self.stage.timeline.at(now + COMES_BACK - timedelta(days=1), self._come_back(reply.person))
            else:
                outcome = DONE_OUTCOMES[self.number % len(DONE_OUTCOMES)]
                self._answer(by, outcome, reply.words, reply.language, now)

        return answer_for

    def _come_back(self, person: str) -> Callable[[datetime], None]:
        def come_back(now: datetime) -> None:
            which = self.number % len(SEEN_TO)
            words = SEEN_TO_CY if self.told.language == "cy" else SEEN_TO[which]
            self._answer(self.stage.actor(person), SEEN_TO_OUTCOMES[which], words, self.told.language, now)

        return come_back

    def _take_over(self, person: str, by: Actor, now: datetime) -> None:
        """Who replies looks after it from then on."""
        concern = self._concern()
        if concern.owner_id != self.stage.people[person].pk:
            concerns.assign_owner(
                by=by, concern_id=concern.pk, version=concern.version, owner_id=self.stage.people[person].pk, now=now
            )

    def _write(self, by: Actor, kind: ReplyKind, reply: life.Reply, news_on: date | None, now: datetime) -> None:
        concern = self._concern()
        concerns.reply(
            by=by,
            concern_id=concern.pk,
            version=concern.version,
            kind=kind,
            text=reply.words,
            news_on=news_on,
            language=reply.language,
            now=now,
        )

    def _answer(self, by: Actor, outcome: Outcome, words: str, language: str, now: datetime) -> None:
        concern = self._concern()
        concerns.answer(
            by=by,
            concern_id=concern.pk,
            version=concern.version,
            outcome=outcome,
            text=words,
            language=language,
            now=now,
        )
        judge(self.stage, self.told.key, self.number, now)

    def _concern(self) -> Concern:
        return Concern.objects.get(pk=self.stage.concerns[self.told.key].concern.pk)

    def _place_how(self) -> PlaceHow:
        if self.unplaced:
            return PlaceHow.UNSURE
        return PlaceHow.MAP if self.told.e is not None and self.told.door == "web" else PlaceHow.WORDS

    def _flags(self) -> tuple[Flag, ...]:
        if self.told.problem in TARGETED:
            return (Flag.HATE, Flag.REPEATED)
        if self.told.category == "asb_personal":
            return ((Flag.TARGETED, Flag.REPEATED), (Flag.REPEATED,), (Flag.CHILDREN,))[self.number % 3]
        return ()


def judge(stage: Stage, key: str, number: int, now: datetime) -> None:
    """What people say of an answer days later, with their code: half are content, one in thirty is not, others are silent."""
    if number % 29 == 7:
        stage.timeline.at(now + timedelta(days=3), _complainer(stage, key))
    elif number % 2:
        stage.timeline.at(now + timedelta(days=2, hours=1), _judge(stage, key))


def _judge(stage: Stage, key: str) -> Callable[[datetime], None]:
    def content(now: datetime) -> None:
        concerns.read_replies(by=stage.public(), code=stage.concerns[key].code, now=now)
        concerns.mark_satisfaction(by=stage.public(), code=stage.concerns[key].code, satisfied=True, now=now)

    return content


def _complainer(stage: Stage, key: str) -> Callable[[datetime], None]:
    def complain(now: datetime) -> None:
        concern = concerns.mark_satisfaction(
            by=stage.public(), code=stage.concerns[key].code, satisfied=False, comment=UNHAPPY, now=now
        )
        stage.timeline.at(now + timedelta(days=2), _second_answer(stage, concern))

    return complain


def _second_answer(stage: Stage, concern: Concern) -> Callable[[datetime], None]:
    def answer_again(now: datetime) -> None:
        key = next(key for key, person in stage.people.items() if person.pk == concern.owner_id)
        standing = Concern.objects.get(pk=concern.pk)
        if standing.is_owed:
            concerns.answer(
                by=stage.actor(key),
                concern_id=standing.pk,
                version=standing.version,
                outcome=Outcome.BETTER,
                text=SECOND_ANSWER,
                now=now,
            )

    return answer_again


class _Grouped:
    """One problem: made of the first concerns, joined by later ones, and those behind it kept told."""

    def __init__(self, stage: Stage, problem: life.Problem) -> None:
        self.stage, self.told = stage, problem
        self.behind = [each for each in stage.life.concerns if each.problem == problem.key and each.grouped_at]

    def set_up(self) -> None:
        timeline, opened = self.stage.timeline, self.told.opened
        first = [each for each in self.behind if each.grouped_at and each.grouped_at <= opened]
        timeline.at(opened, self._maker([each.key for each in first]))
        for concern in self.behind:
            if concern not in first and concern.grouped_at:
                timeline.at(concern.grouped_at + timedelta(minutes=1), self._joiner(concern.key))
        for at, english, welsh in self._news():
            timeline.at(at, self._teller(english, welsh))
        answered = self._answered_at()
        if answered:
            timeline.at(answered + timedelta(hours=2), self._closer())

    def _maker(self, keys: list[str]) -> Callable[[datetime], None]:
        def make(now: datetime) -> None:
            made = concerns.make_problem(
                by=self.stage.officer(self.told.neighbourhood),
                concern_ids=[self.stage.concerns[key].concern.pk for key in keys],
                title_en=self.told.title,
                about_en=self.told.summary,
                place_words=self.told.place.name,
                category=self.told.category,
                service_area_id=self.stage.neighbourhoods[self.told.neighbourhood].pk,
                now=now,
            )
            self.stage.problems[self.told.key] = made.pk

        return make

    def _joiner(self, key: str) -> Callable[[datetime], None]:
        def join(now: datetime) -> None:
            concerns.group_into_problem(
                by=self.stage.officer(self.told.neighbourhood),
                problem_id=self.stage.problems[self.told.key],
                concern_ids=[self.stage.concerns[key].concern.pk],
                now=now,
            )

        return join

    def _answered_at(self) -> datetime | None:
        return next((each.published for each in self.stage.life.answers if each.problem == self.told.key), None)

    def _news(self) -> list[News]:
        """When those behind it hear something: chosen, reviewed, and at least every eleven weeks until the answer."""
        title = self.told.title
        news: list[News] = []
        for priority in self.stage.life.priorities:
            if priority.problem == self.told.key and priority.adopted_at:
                english, welsh = (text.format(title=priority.title_en) for text in PROGRESS)
                news.append((priority.adopted_at + timedelta(hours=15), english, welsh))
        for plan in self.stage.life.plans:
            if plan.problem == self.told.key:
                for note in plan.reviews:
                    english = HOW_IT_GOES[0].format(title=title, words=note.words)
                    news.append((note.at + timedelta(hours=3), english, HOW_IT_GOES[1]))
        until = self._answered_at() or self.stage.timeline.end
        started = min((each.received for each in self.behind), default=self.told.opened)
        return _filled_up(news, started, until, STILL_ON[0].format(title=title), STILL_ON[1])

    def _teller(self, english: str, welsh: str) -> Callable[[datetime], None]:
        def tell(now: datetime) -> None:
            concerns.tell_progress(
                by=self.stage.officer(self.told.neighbourhood),
                problem_id=self.stage.problems[self.told.key],
                text_en=english,
                text_cy=welsh,
                news_on=london_date(now) + NEWS_BY,
                now=now,
            )

        return tell

    def _closer(self) -> Callable[[datetime], None]:
        def close(now: datetime) -> None:
            by, problem_id = self.stage.officer(self.told.neighbourhood), self.stage.problems[self.told.key]
            if queries.count_owed(problem_id) == 0:
                problem = queries.get_problem(by, problem_id)
                concerns.close_problem(
                    by=by,
                    problem_id=problem_id,
                    version=problem.version,
                    reason="Everybody who raised it has been told what came of it.",
                    now=now,
                )

        return close


def _filled_up(news: list[News], started: datetime, until: datetime, english: str, welsh: str) -> list[News]:
    """The news with a word in between wherever more than eleven weeks would pass without one."""
    told: list[News] = []
    last = started
    for at, *words in [*sorted(news), (until, "", "")]:
        while at - last > EVERY:
            last += EVERY
            told.append((last, english, welsh))
        if words[0] and at < until:
            told.append((at, words[0], words[1]))
            last = at
    return told


def _how_often(words: str) -> HowOften | None:
    return next((often for pattern, often in OFTEN if pattern.search(words)), None)


def _contact(contact: life.Contact | None, number: int) -> ContactDraft:
    if contact is None:
        return ContactDraft()
    by_telephone = ContactBy.SMS if number % 2 else ContactBy.TELEPHONE
    return ContactDraft(
        channel=ContactBy.EMAIL if contact.email else by_telephone,
        name=contact.name,
        email=contact.email,
        telephone=contact.phone,
        safe_times=contact.safe_words,
        discreet=bool(contact.safe_words),
    )
