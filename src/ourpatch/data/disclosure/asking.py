"""Questions to recorded data, inside the partnership: what was recorded, by what, when, as it was known on a day.

Controlled datasets are answered to who holds the permission, for a purpose that is kept with the question; small numbers, and
those from which they could be worked out, are hidden on the screen too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ourpatch.data.disclosure.permissions import Permission
from ourpatch.data.disclosure.rules import MinimumCell, suppress, wrong_with_purpose
from ourpatch.data.store import catalogue, specs
from ourpatch.data.store import queries as store
from ourpatch.data.store.models import SubmissionScope
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.data.store.rules import DataClass
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation import law
from ourpatch.foundation.places import queries as places
from ourpatch.ground import clock
from ourpatch.ground.audit.trail import change
from ourpatch.ground.errors import RuleBroken
from ourpatch.ground.permission.actor import Actor

BY = (
    Dimension.CATEGORY,
    Dimension.MONTH,
    Dimension.NEIGHBOURHOOD,
    Dimension.DISTRICT,
    Dimension.WEEKDAY,
    Dimension.HOUR,
    Dimension.PLACE_PRECISION,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `since`, `until`: local days, both included; `known_on`: as the data stood at the end of that day."""

    dataset: str
    by: Dimension
    since: date | None = None
    until: date | None = None
    known_on: date | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a key and its count; None where the count is withheld. `total` is None when anything is."""

    spec: DatasetSpec
    rows: tuple[tuple[object, int | None], ...]
    total: int | None
    smallest: int


def list_datasets(by: Actor) -> list[DatasetSpec]:
    """The loaded datasets that the actor may ask of, by name."""
    known = catalogue.visible_to(by)
    found = [known[key] for key in store.datasets_loaded() if key in known]
    return sorted((each for each in found if _may(by, each)), key=lambda each: str(each.label))


def ask(*, by: Actor, question: Question, now: datetime) -> Answer:
    """Answer a question, and write down who asked what for which purpose before it is answered.

    Raises NotAllowed, BadInput (no such dataset), RuleBroken (a controlled dataset without a purpose).
    """
    spec = catalogue.seen_by(by, question.dataset)
    if not _may(by, spec):
        by.require(_permission(spec), spec.owner)
    controlled = spec.data_class is not DataClass.PUBLISHABLE
    purpose = question.purpose.strip()
    if controlled and (wrong := wrong_with_purpose(purpose)):
        raise RuleBroken(wrong)
    with change(by, "disclosure.ask") as audit:
        asked = f"{question.dataset} by {question.by} {question.since or ''}..{question.until or ''}"
        audit.noted("question", reason=f"{asked}: {purpose}" if purpose else asked)
    rows = _counted(by, spec, question)
    rule = MinimumCell.of(law.book(clock.london_date(now)), "controlled" if controlled else "publishable")
    if not controlled or not rows:
        return Answer(spec, tuple(rows), sum(count for _key, count in rows), rule.smallest_shown)
    hidden = suppress([count for _key, count in rows], rule)
    shown = tuple((key, hidden.shown(at)) for at, (key, _count) in enumerate(rows))
    whole = all(count is not None for _key, count in shown)
    return Answer(spec, shown, sum(count for _key, count in rows) if whole else None, rule.smallest_shown)


def _counted(by: Actor, spec: DatasetSpec, question: Question) -> list[tuple[object, int]]:
    areas = _areas(by, spec)
    where = Where(
        spec.key,
        question.since,
        question.until,
        area=None if areas is None else Dimension.NEIGHBOURHOOD,
        codes=areas,
    )
    known = None if question.known_on is None else clock.end_of_day(question.known_on)
    found = store.run(CountBy(where, by=(question.by,)), known_on=known)
    return [(row[0], int(str(row[1]))) for row in found]


def _areas(by: Actor, spec: DatasetSpec) -> tuple[str, ...] | None:
    """The neighbourhoods whose rows the actor may count; None for all, where every row lies in partnerships that they may see."""
    held = {grant.partnership_id for grant in by.scopes(_permission(spec)) if grant.service_areas is None}
    touched = set(
        SubmissionScope.objects.filter(submission__dataset=spec.key).values_list("partnership_id", flat=True).distinct()
    )
    if touched <= held:
        return None
    return tuple(sorted(str(area.pk) for each in held for area in places.neighbourhoods(each)))


def names_of(
    dimension: Dimension, spec: DatasetSpec, keys: Iterable[object], language: str, on: date
) -> dict[object, str]:
    """Keys of an answer -> how people call them."""
    wanted = list(keys)
    if dimension is Dimension.NEIGHBOURHOOD:
        known = {str(area.pk): area.shown_name for area in places.neighbourhoods() if str(area.pk) in set(wanted)}
        return {key: known.get(str(key), str(key)) for key in wanted}
    if dimension is Dimension.CATEGORY:
        codes = {item.code: item.label(language) for item in specs.categories_of(spec, law.book(on))}
        return {key: codes.get(str(key), str(key)) for key in wanted}
    return {key: str(key) for key in wanted}


def _permission(spec: DatasetSpec) -> str:
    return Store.VIEW if spec.data_class is DataClass.PUBLISHABLE else Permission.ASK_CONTROLLED


def _may(by: Actor, spec: DatasetSpec) -> bool:
    """Whether the actor may ask: anywhere, or of an own dataset somewhere in the partnership that added it."""
    return any(spec.owner in (None, grant.partnership_id) for grant in by.scopes(_permission(spec)))
