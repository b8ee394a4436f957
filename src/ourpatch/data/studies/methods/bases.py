"""What counts can be held against: nothing, the people who live there, the ground, or other incidents of the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from ourpatch.data.analysis.exposure import Base, rate_head, shared_out
from ourpatch.data.analysis.grids import Grid
from ourpatch.data.analysis.sentences import Sentence, caution, choice
from ourpatch.data.analysis.tables import Table
from ourpatch.data.studies.contract import Areas, Floats, Held, Integers, Kind, Option, Points, Source, Unit
from ourpatch.data.studies.methods.common import UNIT_NAMES, Options, chosen, needed, populations, without_place
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

PER_PEOPLE = 1_000
# So few of each have no rate of their own: one incident more or less would turn it over.
FEWEST_PEOPLE, FEWEST_SQUARE_KM, FEWEST_INCIDENTS = 100, 0.01, 20

NOTHING, RESIDENTS, AREA, DATASET = "none", "residents", "area", "dataset"
CHOICES: dict[str, Message] = {
    NOTHING: _("Nothing: counts"),
    RESIDENTS: _("People who live there"),
    AREA: _("Square kilometres"),
    DATASET: _("Other recorded incidents"),
}


def against_option(*choices: str) -> Option:
    """What the counts of a method can be held against, the first of them by default."""
    return Option(
        "against",
        Kind.CHOICE,
        _("Held against"),
        default=choices[0],
        choices=tuple((each, CHOICES[each]) for each in choices),
    )


AGAINST_DATASET = Option(
    "against_dataset",
    Kind.DATASET,
    _("Dataset of the other incidents"),
    hint=_(
        "Only where counts are held against other recorded incidents. To choose among its categories, press the button at the "
        "end that shows the choices."
    ),
)
AGAINST_CATEGORIES = Option(
    "against_categories",
    Kind.CATEGORIES,
    _("Categories of the other incidents"),
    hint=_("Tick none for all of them."),
)
FEWEST = Option(
    "fewest",
    Kind.NUMBER,
    _("Fewest to hold against for a rate"),
    hint=_("Leave it empty for 100 people, a hundredth of a square kilometre or 20 other incidents."),
    least=0,
    most=10_000_000,
)


class What:
    """What a source counts, in the reader's language when it is shown."""

    __slots__ = ("_source",)

    def __init__(self, source: Source) -> None:
        self._source = source

    def __str__(self) -> str:
        return self._source.what


@dataclass(frozen=True, slots=True)
class Against:
    """How much there is of the base in each cell or area, what it is, and what has to be said of it."""

    amounts: Floats
    held: Held
    sentences: tuple[Sentence, ...]


def kind_of(options: Options) -> str:
    """What was chosen to hold the counts against."""
    return needed(options, "against", str)


def against_cells(source: Source, options: Options, grid: Grid) -> Against:
    """What was chosen, by cell. Raises BadInput where it is not known, or fits neither place nor period."""
    kind = kind_of(options)
    if kind == RESIDENTS:
        return _with_fewest(_people(source, options, grid), source, options)
    if kind == AREA:
        return _with_fewest(_ground(grid.square_metres / 1e6), source, options)
    return _with_fewest(_others(source, grid), source, options)


def against_areas(options: Options, areas: Areas) -> Against:
    """People or ground, by area."""
    if kind_of(options) == AREA:
        return _ground(np.array([shape.area / 1e6 for shape in areas.shapes]))
    people = np.array(populations(areas), dtype=np.float64)
    held = Held(_residents(areas.population_year), RESIDENTS, areas.population_year, _source_of(UNIT_NAMES[areas.unit]))
    return Against(people, held, (*of_year(areas.population_year), _not_there()))


def renamed(sentences: Sequence[Sentence], base: Base, months: float) -> tuple[Sentence, ...]:
    """The sentences with the one that says what rates are of said of this base."""
    told = choice("rates", _("Rates: %(rate)s. Months counted: %(months)g.", rate=base.rate, months=months))
    return tuple(told if each.key == "rates" else each for each in sentences)


def with_heads(table: Table, base: Base) -> Table:
    """The table with its columns of people and rates called as those of this base."""
    names = {"Population": base.head, "Yearly rate": rate_head(base)}
    return Table(tuple(names.get(head.text, head) for head in table.heads), table.rows)


def of_year(year: int | None) -> tuple[Sentence, ...]:
    """What is said where nobody knows of which year the populations are."""
    if year is not None:
        return ()
    return (caution("year_unknown", _("Of which year the populations are was not said when they were loaded.")),)


# --- each kind --------------------------------------------------------------------------------------------------------


def _people(source: Source, options: Options, grid: Grid) -> Against:
    shape = needed(options, "shape", str)
    if shape in (Unit.WARD, Unit.LSOA):
        areas = source.areas(Unit(shape))
        people = dict(zip(areas.keys, populations(areas), strict=True))
        amounts, year = np.array([people[key] for key in grid.keys], dtype=np.float64), areas.population_year
        held = Held(_residents(year), RESIDENTS, year, _source_of(UNIT_NAMES[areas.unit]))
        return Against(amounts, held, (*of_year(year), _not_there()))
    known = source.residents()
    held = Held(_residents(known.year), RESIDENTS, known.year, _source_of(known.boundaries))
    told = caution(
        "shared_out",
        _(
            "People were shared out among the cells by ground, as if they lived evenly over their area (%(areas)s): where homes "
            "stand close together rates come out too high, and among fields too low.",
            areas=UNIT_NAMES[known.unit],
        ),
    )
    amounts = shared_out(grid, known.shapes, known.people)
    return Against(amounts, held, (*of_year(known.year), told, _not_there()))


def _residents(year: int | None) -> Base:
    rate = (
        _("yearly rate per %(per)s residents", per=f"{PER_PEOPLE:,}")
        if year is None
        else _("yearly rate per %(per)s residents of %(year)s", per=f"{PER_PEOPLE:,}", year=str(year))
    )
    return Base(rate, _("Residents"), PER_PEOPLE, FEWEST_PEOPLE)


def _source_of(boundaries: Message | str) -> Message:
    return _("Populations that were loaded with the boundaries (%(boundaries)s)", boundaries=boundaries)


def _not_there() -> Sentence:
    return caution(
        "not_there",
        _(
            "Residents are those who live there, not those who are there: town centres, stations and parks stand out because "
            "people come, not because whoever lives there is at more risk."
        ),
    )


def _ground(square_km: Floats) -> Against:
    base = Base(_("yearly rate per square km"), _("Square km"), 1, FEWEST_SQUARE_KM)
    told = caution(
        "by_ground", _("By ground, towns stand out against fields: this says where it is dense, not where it is risky.")
    )
    return Against(square_km, Held(base, AREA, None, _("The outlines themselves")), (told,))


def _others(source: Source, grid: Grid) -> Against:
    other = _chosen_others(source)
    points, told = _of_months(source, other)
    cell = grid.place(points.easting, points.northing)
    here = cell >= 0
    amounts = np.bincount(cell[here], weights=points.n[here], minlength=len(grid)).astype(np.float64)
    name = What(other)
    held = source.is_held
    rate = (
        _("per cent of all these: %(all)s", all=name) if held else _("for every 100 of these: %(others)s", others=name)
    )
    head = _("All incidents") if held else _("Other incidents")
    base = Base(rate, head, 100, FEWEST_INCIDENTS, counted=True, holds=held)
    where_from = _("%(what)s, of the same place and months", what=name)
    return Against(amounts, Held(base, DATASET, None, where_from), (*_said_of_shares(held), *told))


def _chosen_others(source: Source) -> Source:
    other = source.against
    if other is None:
        raise BadInput(_("Choose the dataset of the other incidents."))
    return other


def _of_months(source: Source, other: Source) -> tuple[Points, tuple[Sentence, ...]]:
    """Places of the other incidents in the same months. Raises BadInput where a month of them is not loaded."""
    columns = _same_months(source.months, other.months)
    points, month_at = other.monthly_points()
    kept = np.isin(month_at, columns)
    lost = 0 if len(columns) < len(other.months) else points.without_place
    found = Points(points.easting[kept], points.northing[kept], points.n[kept], without_place=lost)
    return found, tuple(replace(each, key="others_without_place") for each in without_place(found))


def _same_months(wanted: Sequence[date], there: Sequence[date]) -> Integers:
    missing = [month for month in wanted if month not in there]
    if missing:
        raise BadInput(
            _(
                "The other incidents are not loaded for every month: %(month)s is missing. Ask for a period in which both are.",
                month=f"{missing[0]:%Y-%m}",
            )
        )
    return np.array([there.index(month) for month in wanted], dtype=np.int64)


def _said_of_shares(held: bool) -> tuple[Sentence, ...]:
    share = _(
        "This is a share of what was recorded (a location quotient when it is divided by that of the whole place), not anybody's "
        "risk: where little else is recorded, a few stand out."
    )
    other = _(
        "This sets one count of what was recorded beside another: a place stands out because there is more of the one or less of "
        "the other. An incident that is in both counts twice."
    )
    return (caution("share", share if held else other),)


def _with_fewest(found: Against, source: Source, options: Options) -> Against:
    """The limit that was chosen; of controlled data never fewer incidents than may be told."""
    base = found.held.base
    given = chosen(options, "fewest", float)
    fewest = base.fewest if given is None else float(given)
    if base.counted:
        fewest = max(fewest, source.smallest or 0)
    return replace(found, held=replace(found.held, base=replace(base, fewest=fewest)))
