"""Compare: rates as a funnel, areas beside the most similar ones, vulnerable localities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from ourpatch.data.analysis.comparison import compare_rates, most_similar
from ourpatch.data.analysis.funnels import FunnelPoint, funnel
from ourpatch.data.analysis.pictures import funnel_plot, rates_chart, vulnerability_bars, vulnerability_map
from ourpatch.data.analysis.sentences import Listed, Sentence, caution
from ourpatch.data.analysis.tables import Table
from ourpatch.data.analysis.vulnerability import VARIABLES, Vulnerability, vulnerable_localities
from ourpatch.data.studies.contract import (
    Areas,
    Captioned,
    Group,
    Integers,
    Kind,
    Method,
    Option,
    Result,
    Shape,
    Source,
    least_shown,
)
from ourpatch.data.studies.methods.bases import (
    AREA,
    RESIDENTS,
    Against,
    against_areas,
    against_option,
    renamed,
    with_heads,
)
from ourpatch.data.studies.methods.common import (
    INDICATORS,
    SEED,
    UNIT,
    UNIT_OF_CHOICE,
    Options,
    area_option,
    chosen,
    elsewhere,
    indicators,
    needed,
    populations,
    positions,
    unit_of,
)
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Named = TypeVar("Named")
USUAL_SIZE = 5


def draw_funnel(source: Source, options: Options) -> Result:
    """Which areas differ from the average by more than their size lets chance do."""
    areas = source.areas(unit_of(options))
    counts, against = areas.counts.sum(axis=1), against_areas(options, areas)
    base, months = against.held.base, len(areas.months)
    spread = needed(options, "spread", str)
    found = funnel(
        areas.labels,
        counts,
        against.amounts,
        per=base.per,
        months=months,
        spread="none" if spread == "none" else "multiplicative" if spread == "multiplicative" else "additive",
    )
    rows = sorted(found.points, key=lambda point: -point.value)
    return Result(
        found=found,
        sentences=(*renamed(found.sentences, base, months), *against.sentences, *elsewhere(areas)),
        tabulate=lambda: [Captioned(_("Areas, the highest rate first"), with_heads(found.table(), base))],
        draw=lambda: [funnel_plot(found, what=source.what, where=source.where, when=source.when, base=base)],
        smallest=least_shown(counts),
        shapes=_shapes(areas, against, {row.key: row for row in rows}),
        held=against.held,
    )


def _shapes(areas: Areas, against: Against, points: dict[str, FunnelPoint]) -> tuple[Shape, ...]:
    return tuple(
        Shape(
            shape,
            {
                "area": key,
                "name": name,
                "incidents": points[name].count,
                "held_against": round(amount, 4),
                "rate": round(points[name].value, 4),
                "position": str(points[name].position),
            },
        )
        for shape, key, name, amount in zip(
            areas.shapes, areas.keys, areas.labels, against.amounts.tolist(), strict=True
        )
    )


SPREAD = Option(
    "spread",
    Kind.CHOICE,
    _("Differences that nobody has measured"),
    default="additive",
    choices=(
        ("additive", _("Allow for them, as added to chance")),
        ("multiplicative", _("Allow for them, as a multiple of chance")),
        ("none", _("Chance alone")),
    ),
)

TARGET = area_option("target", _("The area to compare"), hint=_("Name one."))


def compare_with_similar(source: Source, options: Options) -> Result:
    """An area's rate beside those of the areas most like it."""
    areas = source.areas(unit_of(options))
    people = populations(areas)
    target = _one(positions(areas, options, "target"))
    labels = areas.labels
    size = chosen(options, "size", int) or min(USUAL_SIZE, len(labels) - 1)
    group = most_similar(labels[target], labels, indicators(areas, people), size=size)
    place = {key: at for at, key in enumerate(labels)}
    among = [target, *(place[each.key] for each in group.neighbours)]
    counts, against = areas.counts.sum(axis=1), against_areas(options, areas)
    base, months = against.held.base, len(areas.months)
    found = compare_rates(
        labels[target],
        [labels[i] for i in among],
        [int(counts[i]) for i in among],
        [float(against.amounts[i]) for i in among],
        per=int(base.per),
        months=months,
    )
    return Result(
        found={"group": group, "comparison": found},
        sentences=(
            *renamed(found.sentences, base, months),
            *map(_in_words, group.sentences),
            *against.sentences,
            *elsewhere(areas),
        ),
        tabulate=lambda: [
            Captioned(_("Rates, the highest first"), with_heads(found.table(), base)),
            Captioned(_("The most similar areas, the nearest first"), group.table()),
        ],
        draw=lambda: [rates_chart(found, what=source.what, where=source.where, when=source.when, base=base)],
        smallest=least_shown(counts[among]),
        held=against.held,
    )


def _in_words(told: Sentence) -> Sentence:
    """The sentence with the names of indicators in the reader's language."""
    names = str(told.params.get("names", "")).split(", ")
    if not all(name in INDICATORS for name in names):
        return told
    values = {**told.params, "names": Listed(tuple(INDICATORS[name] for name in names))}
    return Sentence(told.key, told.tone, Message(told.message.text, values))


def _one(found: list[int]) -> int:
    if len(found) != 1:
        raise BadInput(_("Name one area to compare."))
    return found[0]


def find_vulnerable(source: Source, options: Options) -> Result:
    """The vulnerable localities index from what is recorded here."""
    unit = unit_of(options)
    categories = source.index_categories()
    if not categories.keys() >= VARIABLES_HERE:
        raise BadInput(_("This index needs burglary and criminal damage, and this dataset does not tell both apart."))
    counts = {variable: source.areas(unit, codes).counts.sum(axis=1) for variable, codes in categories.items()}
    _refuse_unrecorded(counts)
    areas = source.areas(unit)
    found = as_counted(vulnerable_localities(areas.labels, counts, _people(areas), seed=needed(options, "seed", int)))
    shapes = dict(zip(areas.labels, areas.shapes, strict=True))
    return Result(
        found=found,
        sentences=(*found.sentences, caution("not_dwellings", NOT_DWELLINGS), *elsewhere(areas)),
        tabulate=lambda: [Captioned(_("Areas by their index"), _heads_as_counted(found.table()))],
        draw=lambda: [
            vulnerability_map(found, shapes, where=source.where, when=source.when),
            vulnerability_bars(found, where=source.where, when=source.when),
        ],
        smallest=min(filter(None, (least_shown(each) for each in counts.values())), default=None),
        shapes=tuple(
            Shape(
                shapes[each.key],
                {"area": each.key, "index": each.index, "priority": each.priority},
            )
            for each in found.localities
        ),
    )


def _refuse_unrecorded(counts: Mapping[str, Integers]) -> None:
    for variable, counted in counts.items():
        if not counted.any():
            raise BadInput(
                _(
                    "Nothing was recorded there and then as %(name)s, so this index cannot be made. Ask for a period in which it "
                    "is loaded.",
                    name=_name_as_counted(VARIABLES[variable]),
                )
            )


def as_counted(found: Vulnerability) -> Vulnerability:
    """The same with its variables called what was counted here: these counts do not tell dwellings apart."""
    return replace(found, sentences=tuple(_sentence_as_counted(each) for each in found.sentences))


def _sentence_as_counted(told: Sentence) -> Sentence:
    values = {
        name: Listed(tuple(_name_as_counted(each) for each in value.names)) if isinstance(value, Listed) else value
        for name, value in told.params.items()
    }
    return Sentence(told.key, told.tone, Message(told.message.text, values))


def _heads_as_counted(table: Table) -> Table:
    return Table(tuple(_name_as_counted(head) for head in table.heads), table.rows)


def _name_as_counted(name: Named) -> Named | Message:
    return next((said for meant, said in COUNTED_HERE if meant == name), name)


def _people(areas: Areas) -> list[int] | None:
    """How many live in each; None where that is not known of all of them: the index then takes them to be of one size."""
    return [n or 0 for n in areas.population] if all(areas.population) else None


COUNTED_HERE = (
    (VARIABLES["burglary"], _("all burglary")),
    (VARIABLES["criminal_damage"], _("all criminal damage")),
)
NOT_DWELLINGS = _(
    "The index means burglary in and damage to dwellings. What is counted here is all burglary and all criminal damage that the "
    "dataset's categories hold, so shops, schools and vehicles count as well."
)
# The variables of the index that recorded crime can give; the others come from the census and deprivation.
VARIABLES_HERE = frozenset({"burglary", "criminal_damage"})

METHODS = (
    Method(
        "funnel",
        Group.COMPARE,
        _("Funnel plot"),
        _("Which areas differ by more than chance would make them?"),
        draw_funnel,
        "comparison",
        (against_option(RESIDENTS, AREA), UNIT, SPREAD),
    ),
    Method(
        "similar",
        Group.COMPARE,
        _("Most similar areas"),
        _("How does one area do beside those most like it?"),
        compare_with_similar,
        "comparison",
        (
            against_option(RESIDENTS, AREA),
            UNIT_OF_CHOICE,
            TARGET,
            Option(
                "size",
                Kind.WHOLE,
                _("How many similar areas"),
                hint=_("Leave it empty for five, or all where there are fewer."),
                least=1,
                most=30,
            ),
        ),
    ),
    Method(
        "vulnerable-localities",
        Group.COMPARE,
        _("Vulnerable localities"),
        _("Which small areas bear the most?"),
        find_vulnerable,
        "comparison",
        (replace(UNIT, default="lsoa"), SEED),
    ),
)
