"""What several methods let people choose, and what they ask for in the same way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar, cast

import numpy as np

from ourpatch.data.analysis.grids import Grid, given_areas, hexagonal_grid, square_grid
from ourpatch.data.analysis.sentences import Sentence, caution, choice
from ourpatch.data.studies.contract import Areas, Kind, Option, Points, Source, Unit
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Options = Mapping[str, object]
SMALLEST_SIDE = 50
CELLS_ACROSS = 150
# So many are worked out and drawn within a request; more are a matter of larger cells.
MOST_CELLS = 100_000
Wanted = TypeVar("Wanted")

UNIT_NAMES: dict[Unit, Message] = {
    Unit.NEIGHBOURHOOD: _("Neighbourhoods"),
    Unit.WARD: _("Wards"),
    Unit.LSOA: _("LSOAs"),
}
UNIT = Option(
    "unit",
    Kind.CHOICE,
    _("Areas to compare"),
    default=str(Unit.NEIGHBOURHOOD),
    choices=tuple((str(unit), name) for unit, name in UNIT_NAMES.items()),
)
SHAPE = Option(
    "shape",
    Kind.CHOICE,
    _("Shape of the cells"),
    default="hexagon",
    choices=(("hexagon", _("Hexagons")), ("square", _("Squares")), ("ward", _("Wards")), ("lsoa", _("LSOAs"))),
)
SIDE = Option(
    "side",
    Kind.WHOLE,
    _("Side of a cell in metres"),
    hint=_("Leave it empty to have it worked out from the size of the place."),
    least=50,
    most=20_000,
)
PERMUTATIONS = Option(
    "permutations",
    Kind.WHOLE,
    _("Permutations"),
    hint=_("Leave it empty for as many as one cell needs to be called by itself."),
    least=99,
    most=99_999,
)
SEED = Option("seed", Kind.WHOLE, _("Seed of the chance draws"), default=1, least=0, most=2**31 - 1)
ALPHA = Option(
    "alpha",
    Kind.NUMBER,
    _("False discoveries to accept (share)"),
    default=0.05,
    least=0.001,
    most=0.5,
)
LEAST = Option("least", Kind.WHOLE, _("Fewest incidents in a cell and its neighbours"), default=5, least=1, most=10_000)


def chosen(options: Options, key: str, kind: type[Wanted]) -> Wanted | None:
    """An option, which was read as this kind when the question was; None where it was left empty."""
    return cast("Wanted | None", options.get(key))


def needed(options: Options, key: str, kind: type[Wanted]) -> Wanted:
    """The same for an option that has a default or is required. Raises BadInput where it is empty."""
    value = chosen(options, key, kind)
    if value is None:
        raise BadInput(_("Fill in what is missing: %(name)s.", name=key))
    return value


def unit_of(options: Options) -> Unit:
    """The areas that were chosen."""
    return Unit(needed(options, "unit", str))


def grid_of(source: Source, options: Options, *, across: int | None = None) -> Grid:
    """The cells that were chosen, within the place; if no side was, so many of them over its shorter side (None: the usual).

    Raises BadInput for more than MOST_CELLS, and of controlled data for cells so small that one is as good as an address.
    """
    shape, side = needed(options, "shape", str), chosen(options, "side", float)
    study = source.study_area()
    if shape not in ("hexagon", "square"):
        areas = source.areas(Unit(shape))
        return given_areas(areas.keys, areas.shapes, study)
    west, south, east, north = study.bounds
    shorter = min(east - west, north - south)
    least = source.smallest_metres
    if side is None and (across is not None or least is not None):
        side = max(least or SMALLEST_SIDE, math.ceil(shorter / (across or CELLS_ACROSS) / 10) * 10)
    if least is not None and side is not None and side < least:
        raise BadInput(_("This dataset is controlled: use cells of %(side)s m or more.", side=least))
    refuse_too_many(study.area, side)
    return hexagonal_grid(study, side) if shape == "hexagon" else square_grid(study, side)


def by_point(options: Options) -> tuple[Sentence, ...]:
    """Said where cells are LSOAs: elsewhere incidents go by the LSOA that their publisher wrote down."""
    if options.get("shape") != Unit.LSOA:
        return ()
    text = _(
        "Each incident counts in the LSOA where its point lies. Comparisons of areas go by the LSOA that the publisher wrote "
        "down where there is one, so their counts can differ."
    )
    return (choice("by_point", text),)


def refuse_too_many(square_metres: float, side: float | None) -> None:
    if side is None or square_metres / side**2 <= MOST_CELLS:
        return
    raise BadInput(
        _(
            "That makes more than %(most)s cells, too many to be worked out while you wait. Use cells of %(enough)s m or more.",
            most=f"{MOST_CELLS:,}",
            enough=f"{math.ceil(math.sqrt(square_metres / MOST_CELLS) / 10) * 10:,}",
        )
    )


def elsewhere(areas: Areas) -> tuple[Sentence, ...]:
    """What is said of incidents that lie in none of the areas."""
    return said_elsewhere(areas.elsewhere, int(areas.counts.sum()))


def said_elsewhere(lost: int, counted: int) -> tuple[Sentence, ...]:
    """The same, from how many lie in none and how many do not."""
    if not lost:
        return ()
    text = _(
        "%(count)s of %(all)s incidents lie in none of the areas here, or their area is not known: they are not counted.",
        count=f"{lost:,}",
        all=f"{lost + counted:,}",
    )
    return (caution("elsewhere", text),)


def without_place(points: Points) -> tuple[Sentence, ...]:
    """What is said of incidents that have no point."""
    if points.without_place <= 0:
        return ()
    text = _(
        "%(count)s of %(all)s incidents do not say where they happened: they are not counted.",
        count=f"{points.without_place:,}",
        all=f"{points.without_place + int(points.n.sum()):,}",
    )
    return (caution("without_place", text),)


UNIT_OF_CHOICE = Option(
    "unit",
    Kind.CHOICE,
    _("Kind of area"),
    default=str(Unit.NEIGHBOURHOOD),
    choices=tuple((str(unit), UNIT_NAMES[unit]) for unit in (Unit.NEIGHBOURHOOD, Unit.WARD)),
)
FROM_MONTH = Option("from_month", Kind.MONTH, _("First month after it began"), required=True)


def area_option(key: str, label: Message, *, required: bool = True, hint: Message | None = None) -> Option:
    """An option that names areas of the kind chosen with `UNIT_OF_CHOICE`."""
    return Option(key, Kind.AREAS, label, required=required, hint=hint)


def positions(areas: Areas, options: Options, key: str) -> list[int]:
    """Where the areas that an option names (by key or by name) stand among these. Raises BadInput for one that is not there."""
    by_name = {name.casefold(): at for at, name in enumerate(areas.names)}
    by_name |= {own.casefold(): at for at, own in enumerate(areas.keys)}
    named = cast("list[str]", options.get(key) or [])
    unknown = [name for name in named if name.casefold() not in by_name]
    if unknown:
        raise BadInput(
            _(
                "%(name)s is not one of the areas here. There are: %(names)s.",
                name=unknown[0],
                names=", ".join(areas.names[:20]),
            )
        )
    return sorted({by_name[name.casefold()] for name in named})


def months_before_and_after(source: Source, options: Options, key: str = "from_month") -> int:
    """How many of the months lie before the chosen one. Raises BadInput unless two lie before it and one from it on."""
    start = needed(options, key, date)
    before = sum(month < start.replace(day=1) for month in source.months)
    if before < 2 or before >= len(source.months):
        raise BadInput(_("Two loaded months or more must lie before the month it began, and one or more from it on."))
    return before


def populations(areas: Areas) -> list[int]:
    """How many live in each area. Raises BadInput where any has no figure."""
    missing = [name for name, people in zip(areas.names, areas.population, strict=True) if not people]
    if missing:
        raise BadInput(
            _(
                "Nobody is known to live in %(names)s, so rates cannot be worked out. Load populations with the boundaries.",
                names=", ".join(missing[:5]),
            )
        )
    return [people or 0 for people in areas.population]


def _differs(values: Sequence[float]) -> bool:
    """Whether any is known, and they are not the same everywhere."""
    there = [value for value in values if value == value]
    return bool(there) and min(there) < max(there)


class Indicator(str):
    """The name of an indicator, in the reader's language when it is shown."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(INDICATORS[str.__str__(self)])


INDICATORS = {
    "deprivation": _("Deprivation"),
    "people_a_square_km": _("People a square km"),
    "people": _("People"),
}
DEPRIVATION, CLOSE, PEOPLE = map(Indicator, INDICATORS)


def indicators(areas: Areas, people: Sequence[int]) -> dict[str, list[float]]:
    """What areas are like, as far as it is known here: deprivation, how close people live, how many."""
    known = {
        DEPRIVATION: [np.nan if score is None else score for score in areas.deprivation],
        CLOSE: [n / (shape.area / 1e6) for n, shape in zip(people, areas.shapes, strict=True)],
        PEOPLE: [float(n) for n in people],
    }
    return {key: values for key, values in known.items() if _differs(values)}
