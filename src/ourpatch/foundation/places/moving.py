"""Figures that a person brings, moved between two loaded boundary sets: read, matched, weighed and told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from ourpatch.foundation.places import conversion, queries, rules
from ourpatch.foundation.places.conversion import Figure, Residents, Weights
from ourpatch.foundation.places.models import Area, BoundarySet
from ourpatch.foundation.places.permissions import Permission
from ourpatch.foundation.places.reading.figures import FIELD, FigureRow, read_figures, refuse_rows
from ourpatch.foundation.places.resolver import drawn
from ourpatch.ground.errors import BadInput, NotFound, Problems
from ourpatch.ground.permission.actor import Actor
from ourpatch.ground.words import say as _

# Five times the wards and twice the LSOAs of Lancashire, which take 3 seconds. Outlines of the whole country would keep a page
# waiting for minutes.
MOST_AREAS = 12_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be moved, and how: `people_set_id` shares out by where people live in that set, None by ground.

    Figures are counts, moved in whole numbers when `whole`; or rates, all on the same number of people.
    """

    text: str
    from_set_id: UUID
    to_set_id: UUID
    people_set_id: UUID | None = None
    rates: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Sets:
    """The boundary sets of a conversion."""

    source: BoundarySet
    target: BoundarySet
    people: BoundarySet | None


@dataclass(frozen=True, slots=True)
class Moved:
    """Figures of the target areas that are reached, in the order of their codes, and all that must be said of them.

    `total` and `outside` are None for rates. `missing`: areas of the source set that had no figure and reach one of these.
    `by_area`: areas shared out by ground although people were asked for. `without_people`: targets that have no rate.
    """

    sets: Sets
    names: Mapping[str, str]
    figures: tuple[Figure, ...]
    outside: Figure | None
    total: Fraction | None
    missing: int
    by_area: tuple[str, ...]
    without_people: tuple[str, ...] = ()


def list_sets(by: Actor) -> QuerySet[BoundarySet]:
    """The sets to choose from, with `area_count` and `peopled` (areas whose population is known). Raises NotAllowed."""
    by.require(Permission.VIEW)
    peopled = Count("areas", filter=Q(areas__population__isnull=False))
    return BoundarySet.objects.complete().annotate(area_count=Count("areas"), peopled=peopled)


def move_figures(by: Actor, asked: Asked) -> Moved:
    """Move figures between two sets.

    Raises NotAllowed, NotFound, BadInput (too many areas for a page), RuleBroken beside `figures`: rows that cannot be read,
    codes that are not in the set or there twice, parts of a count where whole numbers are wanted, rates of areas whose
    population nobody knows.
    """
    people = _set(by, asked.people_set_id) if asked.people_set_id else None
    sets = Sets(_set(by, asked.from_set_id), _set(by, asked.to_set_id), people)
    figures = _matched(read_figures(asked.text), sets.source)
    _refuse_parts(figures.values(), asked)
    weights = weights_between(sets)
    return _moved_rates(sets, figures, weights) if asked.rates else _moved_counts(sets, figures, weights, asked.whole)


def _set(by: Actor, boundary_set_id: UUID) -> BoundarySet:
    found = list_sets(by).filter(pk=boundary_set_id).first()
    if found is None:
        raise NotFound(_("These boundaries are not there any more. Choose others."))
    return found


def weights_between(sets: Sets) -> Weights:
    """How the areas of one set are shared out to another's, by ground or by where people live.

    Raises BadInput: too many areas.
    """
    chosen = [each for each in (sets.source, sets.target, sets.people) if each is not None]
    if Area.objects.filter(boundary_set__in=chosen).count() > MOST_AREAS:
        raise BadInput(
            _(
                "These boundaries have more than %(most)s areas together, too many to convert on a page.",
                most=MOST_AREAS,
            )
        )
    people: tuple[int | None, ...] = ()
    if sets.people is not None:
        people = tuple(sets.people.areas.order_by("code").values_list("population", flat=True))
    return _weights(sets.source.pk, sets.target.pk, sets.people.pk if sets.people else None, people)


@lru_cache(maxsize=8)
def _weights(source: UUID, target: UUID, peopled: UUID | None, people: tuple[int | None, ...]) -> Weights:
    """Outlines of a complete set never change; populations may, so they are part of what is remembered."""
    residents = Residents(drawn(peopled).outlines, people) if peopled else None
    return conversion.weigh(_outlines(source), _outlines(target), residents)


def _outlines(set_id: UUID) -> conversion.Outlines:
    found = drawn(set_id)
    return dict(zip(found.index.keys, found.outlines, strict=True))


def _moved_counts(sets: Sets, counts: Mapping[str, Fraction], weights: Weights, whole: bool) -> Moved:
    converted = conversion.convert(counts, weights)
    if whole:
        converted = conversion.in_whole_numbers(converted)
    figures = tuple(each for each in converted.figures if each.sources)
    return Moved(
        sets=sets,
        names=_names(sets.target),
        figures=figures,
        outside=converted.outside,
        total=converted.total,
        missing=_missing(figures, converted.missing, weights),
        by_area=tuple(code for code in weights.by_area if code in counts),
    )


def _moved_rates(sets: Sets, rates: Mapping[str, Fraction], weights: Weights) -> Moved:
    known = sets.source.areas.filter(code__in=list(rates), population__isnull=False)
    people = {code: number or 0 for code, number in known.values_list("code", "population")}
    unknown = sorted(rates.keys() - people.keys())
    if unknown:
        message = _(
            "Nobody knows how many people live in %(count)s of these areas, so their rates have no weight. The first is "
            "%(code)s. Load their populations, or convert counts.",
            count=len(unknown),
            code=unknown[0],
        )
        Problems.collect([(FIELD, message)]).raise_if_any()
    converted = conversion.convert_rates(rates, people, weights)
    reached = {each.code for each in converted.people.figures if each.sources}
    return Moved(
        sets=sets,
        names=_names(sets.target),
        figures=converted.figures,
        outside=None,
        total=None,
        missing=_missing(converted.figures, converted.people.missing, weights),
        by_area=tuple(code for code in weights.by_area if code in rates),
        without_people=tuple(code for code in converted.without_people if code in reached),
    )


def _missing(figures: Iterable[Figure], missing: Iterable[str], weights: Weights) -> int:
    """How many of the areas without a figure reach one of these."""
    shown = {figure.code for figure in figures}
    return sum(not shown.isdisjoint(weights.shares[code]) for code in missing)


def _names(found: BoundarySet) -> dict[str, str]:
    """Code -> name in the language of the page; English where there is no Welsh one."""
    is_welsh = get_language() == "cy"
    names = found.areas.values_list("code", "name", "name_cy")
    return {code: name_cy if is_welsh and name_cy else name for code, name, name_cy in names}


# ---------------------------------------------------------------- refusing


def _matched(rows: list[FigureRow], source: BoundarySet) -> dict[str, Fraction]:
    matched = rules.match(rows, list(source.areas.values_list("code", flat=True)))
    name = f"{source.get_kind_display()} {source.vintage}"
    _refuse_other_set(matched.without_area, source)
    refuse_rows(
        [row.row for row in matched.without_area],
        lambda row: _("Row %(row)s: there is no area with this code in %(set)s.", row=row, set=name),
    )
    refuse_rows(
        [row.row for row in matched.repeated],
        lambda row: _("Row %(row)s: this area is there twice. Give one figure for each area.", row=row),
    )
    return {code: row.value for code, row in matched.rows.items()}


def _refuse_other_set(strangers: Iterable[FigureRow], source: BoundarySet) -> None:
    """When every unknown code belongs to one other set of the same kind, say which: that set was meant."""
    codes = {row.code for row in strangers}
    found = queries.sets_of(codes, source.kind)
    if codes and found.keys() == codes:
        others = set.intersection(*(set(sets) for sets in found.values()))
        Problems.collect(
            (
                FIELD,
                _(
                    "%(count)s of these codes belong to %(set)s, and not to the boundaries you chose.",
                    count=len(codes),
                    set=f"{other.get_kind_display()} {other.vintage}",
                ),
            )
            for other in sorted(others, key=lambda one: one.valid_from)
        ).raise_if_any()


def _refuse_parts(figures: Iterable[Fraction], asked: Asked) -> None:
    if asked.whole and not asked.rates and any(figure.denominator != 1 for figure in figures):
        message = _("Some of these figures are not whole numbers. Give whole counts, or leave the rounding out.")
        Problems.collect([(FIELD, message)]).raise_if_any()
