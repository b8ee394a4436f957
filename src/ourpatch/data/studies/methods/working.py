"""Did it work: before and after with a comparison, several designs, and what could be shown at all."""

from __future__ import annotations

from datetime import date

import numpy as np

from ourpatch.data.analysis.evaluation import BeforeAfter, wdd, wdq
from ourpatch.data.analysis.evaluation_designs import difference_in_differences, interrupted_series
from ourpatch.data.analysis.evaluation_power import Plan, power_to_show, smallest_reduction
from ourpatch.data.analysis.matching import change_of_matched, match_areas
from ourpatch.data.analysis.missing import known
from ourpatch.data.analysis.pictures import balance_chart, before_after_chart, differences_chart, interrupted_chart
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.store.rules import missing_months, month_of
from ourpatch.data.studies.contract import (
    Areas,
    Captioned,
    Floats,
    Group,
    Integers,
    Kind,
    Method,
    Option,
    Result,
    Source,
    least_shown,
)
from ourpatch.data.studies.methods.common import (
    FROM_MONTH,
    UNIT_OF_CHOICE,
    Options,
    area_option,
    chosen,
    elsewhere,
    indicators,
    months_before_and_after,
    needed,
    populations,
    positions,
    unit_of,
)
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

ALMOST = 0.995
TREATED = area_option("treated", _("Where it was done"))
CONTROL = area_option("control", _("Areas to compare with, as like as can be and out of its reach"))
BUFFER = area_option(
    "buffer", _("Areas around it, where it could have moved to"), required=False, hint=_("Leave it empty for none.")
)


def compare_before_and_after(source: Source, options: Options) -> Result:
    """Change where it was done less change where it was not; displacement where areas around it are named."""
    areas = source.areas(unit_of(options))
    before = months_before_and_after(source, options)
    groups = {key: positions(areas, options, key) for key in ("treated", "control", "buffer")}
    _refuse_overlap(areas, groups)
    sums = {key: _before_after(areas.counts[at], before) for key, at in groups.items() if at}
    found = wdd(sums["treated"], sums["control"])
    moved = wdq(sums["treated"], sums["buffer"], sums["control"]) if "buffer" in sums else None
    tables = [Captioned(_("Before and after"), found.table())]
    if moved is not None:
        tables.append(Captioned(_("Displacement"), moved.table()))
    return Result(
        found={"difference": found, "displacement": moved},
        sentences=(
            *found.sentences,
            *(moved.sentences if moved is not None else ()),
            *scales_differ(sums["treated"], sums["control"]),
            _lengths(source, before),
            *_missing(source, options),
            *elsewhere(areas),
        ),
        tabulate=lambda: tables,
        draw=lambda: [before_after_chart(found, what=source.what, where=source.where, when=source.when)],
        smallest=least_shown([n for each in sums.values() for n in (each.before, each.after)]),
    )


def scales_differ(treated: BeforeAfter, control: BeforeAfter) -> tuple[Sentence, ...]:
    """Where counts and shares say the opposite of each other, as they can of places of unlike size."""
    done, beside = _change_of(treated), _change_of(control)
    if done is None or beside is None or (done[0] - beside[0]) * (done[1] - beside[1]) >= 0:
        return ()
    text = _(
        "In incidents it changed by %(done)s where it was done and by %(beside)s in the comparison; in per cent by "
        "%(done_share)s%% and %(beside_share)s%%. The two say the opposite of each other, because the places differ in size: "
        "which is right cannot be told from these. Compare with places that had about as many before.",
        done=f"{done[0]:+,.0f}",
        beside=f"{beside[0]:+,.0f}",
        done_share=f"{done[1]:+,.1f}",
        beside_share=f"{beside[1]:+,.1f}",
    )
    return (caution("scales", text),)


def _change_of(area: BeforeAfter) -> tuple[float, float] | None:
    """After less what before would be in as many months: incidents, and per cent of that; None where there was none."""
    usual = area.before * area.months_after / area.months_before
    return (area.after - usual, 100 * (area.after / usual - 1)) if usual else None


def _lengths(source: Source, before: int) -> Sentence:
    text = _(
        "Before are %(before)s months, after %(after)s: a change is the count after less what before would be in as many months.",
        before=before,
        after=len(source.months) - before,
    )
    return choice("lengths", text)


def _missing(source: Source, options: Options) -> tuple[Sentence, ...]:
    """How many months are not loaded on either side of the one it began."""
    missing, start = missing_months(source.months), _began(options)
    if not missing:
        return ()
    before = sum(month < start for month in missing)
    text = _(
        "Months that are not loaded: %(before)s before and %(after)s after. Only loaded months are compared: where a busy or a "
        "quiet season is missing on one side only, areas with another season can look as if they had changed.",
        before=before,
        after=len(missing) - before,
    )
    return (caution("missing_sides", text),)


def _began(options: Options) -> date:
    return month_of(needed(options, FROM_MONTH.key, date))


def _first_after(source: Source, options: Options) -> int:
    """The position of the month it began in the calendar. Raises BadInput as `months_before_and_after`."""
    months_before_and_after(source, options)
    return sum(month < _began(options) for month in source.calendar)


def _by_calendar(source: Source, areas: Areas) -> Floats:
    """Counts of the areas in each month of the calendar, NaN where it is not loaded."""
    at = {month: i for i, month in enumerate(source.calendar)}
    panel = np.full((len(areas.keys), len(at)), np.nan)
    panel[:, [at[month] for month in areas.months]] = areas.counts
    return panel


def _before_after(counts: Integers, before: int) -> BeforeAfter:
    months = counts.shape[1]
    return BeforeAfter(int(counts[:, :before].sum()), int(counts[:, before:].sum()), before, months - before)


def _refuse_overlap(areas: Areas, groups: dict[str, list[int]]) -> None:
    seen: set[int] = set()
    for at in groups.values():
        twice = seen & set(at)
        if twice:
            raise BadInput(_("%(name)s is named twice: an area is in one group only.", name=areas.names[min(twice)]))
        seen |= set(at)


def compare_differences(source: Source, options: Options) -> Result:
    """Change of the treated areas less change of all others, each area a case of its own."""
    areas = source.areas(unit_of(options))
    treated = set(positions(areas, options, "treated"))
    flags = [at in treated for at in range(len(areas.keys))]
    found = difference_in_differences(_by_calendar(source, areas), flags, _first_after(source, options))
    return Result(
        found=found,
        sentences=(*found.sentences, *elsewhere(areas)),
        tabulate=lambda: [Captioned(_("The two groups month by month"), found.table(source.labels()))],
        draw=lambda: [
            differences_chart(found, source.labels(), what=source.what, where=source.where, when=source.when)
        ],
        smallest=least_shown([areas.counts[group].sum(axis=0) for group in (np.array(flags), ~np.array(flags))]),
    )


def compare_matched(source: Source, options: Options) -> Result:
    """Change of each treated area less change of the area most like it before."""
    areas = source.areas(unit_of(options))
    before = months_before_and_after(source, options)
    labels = areas.labels
    treated = [labels[at] for at in positions(areas, options, "treated")]
    matching = match_areas(
        treated,
        labels,
        _by_calendar(source, areas)[:, : _first_after(source, options)],
        indicators(areas, populations(areas)),
        caliper=chosen(options, "caliper", float),
    )
    figures = {label: _before_after(areas.counts[[at]], before) for at, label in enumerate(labels)}
    found = change_of_matched(matching, figures)
    said = {each.key for each in found.sentences}
    of_matching = (each for each in matching.sentences if each.key not in said)
    pairs = [f"{pair.treated} – {pair.match}" for pair in matching.pairs]
    return Result(
        found={"matching": matching, "change": found},
        sentences=(*found.sentences, *of_matching, *_missing(source, options), *elsewhere(areas)),
        tabulate=lambda: [
            Captioned(_("The pairs"), matching.table()),
            Captioned(_("How alike they were before"), matching.balance_table()),
            Captioned(_("What changed in each pair"), found.table(pairs)),
        ],
        draw=lambda: [balance_chart(matching, what=source.what, where=source.where, when=source.when)],
        # The changes of a pair are told; what stands before and after in each is what they come from.
        smallest=least_shown([n for each in figures.values() for n in (each.before, each.after)]),
    )


def look_for_a_break(source: Source, options: Options) -> Result:
    """One place's series with a break where something began."""
    counts = source.series()
    found = interrupted_series(counts.tolist(), _first_after(source, options))
    return Result(
        found=found,
        sentences=found.sentences,
        tabulate=lambda: [
            Captioned(_("As recorded, as fitted, and as it would have gone on"), found.table(source.labels()))
        ],
        draw=lambda: [
            interrupted_chart(found, source.labels(), what=source.what, where=source.where, when=source.when)
        ],
        smallest=least_shown(counts),
    )


def plan_ahead(source: Source, options: Options) -> Result:
    """The smallest change that a project could be shown to make, from how much is usual there."""
    counts = source.series()
    usual = float(known(counts).mean())
    plan = Plan(
        per_month=usual,
        comparison_per_month=chosen(options, "comparison", float) or usual,
        months_before=needed(options, "before", int),
        months_after=needed(options, "after", int),
    )
    found = smallest_reduction(plan, power=needed(options, "power", float))
    wanted = needed(options, "reduction", float)
    told = finding(
        "power_of_plan",
        _(
            "A fall by %(reduction)s%% would be shown with a chance of %(power)s%%.",
            reduction=round(wanted * 100),
            power=_percent(power_to_show(plan, wanted)),
        ),
    )
    return Result(
        found=found,
        sentences=(told, *found.sentences),
        tabulate=lambda: [Captioned(_("What could be shown"), found.table())],
        draw=list,
        smallest=int(known(counts).sum()),
    )


def _percent(share: float) -> int | Message:
    """Whole per cent; never 100, as nothing is certain."""
    return round(share * 100) if share < ALMOST else _("more than 99")


METHODS = (
    Method(
        "before-after",
        Group.WORKED,
        _("Before and after, with a comparison"),
        _("Did it fall more where something was done, and did it move?"),
        compare_before_and_after,
        "evaluation",
        (FROM_MONTH, UNIT_OF_CHOICE, TREATED, CONTROL, BUFFER),
    ),
    Method(
        "matched",
        Group.WORKED,
        _("Matched areas"),
        _("Did areas change more than those most like them before?"),
        compare_matched,
        "evaluation",
        (
            FROM_MONTH,
            UNIT_OF_CHOICE,
            TREATED,
            Option(
                "caliper",
                Kind.NUMBER,
                _("How far apart a pair may be, in standard deviations"),
                hint=_("Leave it empty for no limit."),
                least=0.05,
                most=10,
            ),
        ),
    ),
    Method(
        "differences",
        Group.WORKED,
        _("Difference in differences"),
        _("Did several areas change more than all the others?"),
        compare_differences,
        "evaluation",
        (FROM_MONTH, UNIT_OF_CHOICE, TREATED),
    ),
    Method(
        "break",
        Group.WORKED,
        _("Interrupted series"),
        _("Did the course of things break when something began?"),
        look_for_a_break,
        "evaluation",
        (FROM_MONTH,),
    ),
    Method(
        "power",
        Group.WORKED,
        _("Power of a plan"),
        _("Before a project: how large a change could be shown at all?"),
        plan_ahead,
        "evaluation",
        (
            Option("before", Kind.WHOLE, _("Months before"), default=12, least=1, most=120),
            Option("after", Kind.WHOLE, _("Months after"), default=12, least=1, most=120),
            Option(
                "comparison",
                Kind.NUMBER,
                _("Incidents a month in the area to compare with"),
                hint=_("Leave it empty for as many as here."),
                least=0.1,
                most=1e6,
            ),
            Option("reduction", Kind.NUMBER, _("The fall that is hoped for (share)"), default=0.2, least=0.01, most=1),
            Option("power", Kind.NUMBER, _("How sure of showing it (share)"), default=0.8, least=0.5, most=0.99),
        ),
    ),
)
