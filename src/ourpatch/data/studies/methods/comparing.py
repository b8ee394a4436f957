"""Compare: rates as a funnel, areas beside the most similar ones, vulnerable localities."""

from __future__ import annotations

from dataclasses import replace

from ourpatch.data.analysis.comparison import compare_rates, most_similar
from ourpatch.data.analysis.funnels import Position, funnel
from ourpatch.data.analysis.pictures import funnel_plot, rates_chart, vulnerability_bars, vulnerability_map
from ourpatch.data.analysis.sentences import Listed, Sentence, caution
from ourpatch.data.analysis.vulnerability import vulnerable_localities
from ourpatch.data.studies.contract import (
    Areas,
    Captioned,
    Group,
    Kind,
    Method,
    Option,
    Result,
    Shape,
    Source,
    least_shown,
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

PER = 1000
USUAL_SIZE = 5


def draw_funnel(source: Source, options: Options) -> Result:
    """Which areas differ from the average by more than their size lets chance do."""
    areas = source.areas(unit_of(options))
    counts, people = areas.counts.sum(axis=1), populations(areas)
    spread = needed(options, "spread", str)
    found = funnel(
        areas.labels,
        counts,
        people,
        per=PER,
        months=len(areas.months),
        spread="none" if spread == "none" else "multiplicative" if spread == "multiplicative" else "additive",
    )
    rows = sorted(found.points, key=lambda point: -point.value)
    return Result(
        found=found,
        sentences=(*found.sentences, *elsewhere(areas)),
        tabulate=lambda: [Captioned(_("Areas, the highest rate first"), found.table())],
        draw=lambda: [funnel_plot(found, what=source.what, where=source.where, when=source.when)],
        smallest=least_shown(counts),
        shapes=_shapes(areas, {row.key: row.position for row in rows}),
    )


def _shapes(areas: Areas, positions: dict[str, Position]) -> tuple[Shape, ...]:
    return tuple(
        Shape(shape, {"area": key, "name": name, "incidents": int(count), "position": str(positions[name])})
        for shape, key, name, count in zip(
            areas.shapes, areas.keys, areas.labels, areas.counts.sum(axis=1), strict=True
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
    counts = areas.counts.sum(axis=1)
    found = compare_rates(
        labels[target],
        [labels[i] for i in among],
        [int(counts[i]) for i in among],
        [people[i] for i in among],
        months=len(areas.months),
    )
    return Result(
        found={"group": group, "comparison": found},
        sentences=(*found.sentences, *map(_in_words, group.sentences), *elsewhere(areas)),
        tabulate=lambda: [
            Captioned(_("Rates, the highest first"), found.table()),
            Captioned(_("The most similar areas, the nearest first"), group.table()),
        ],
        draw=lambda: [rates_chart(found, what=source.what, where=source.where, when=source.when)],
        smallest=least_shown(counts[among]),
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
    areas = source.areas(unit)
    found = vulnerable_localities(areas.labels, counts, _people(areas), seed=needed(options, "seed", int))
    shapes = dict(zip(areas.labels, areas.shapes, strict=True))
    return Result(
        found=found,
        sentences=(*found.sentences, caution("not_dwellings", NOT_DWELLINGS), *elsewhere(areas)),
        tabulate=lambda: [Captioned(_("Areas by their index"), found.table())],
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


def _people(areas: Areas) -> list[int] | None:
    """How many live in each; None where that is not known of all of them: the index then takes them to be of one size."""
    return [n or 0 for n in areas.population] if all(areas.population) else None


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
        (UNIT, SPREAD),
    ),
    Method(
        "similar",
        Group.COMPARE,
        _("Most similar areas"),
        _("How does one area do beside those most like it?"),
        compare_with_similar,
        "comparison",
        (
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
