"""Compare: areas against what their mix of deprivation would lead one to expect."""

from __future__ import annotations

from ourpatch.data.analysis.exposure import Base
from ourpatch.data.analysis.mix import allowed_for
from ourpatch.data.analysis.pictures import ratio_chart
from ourpatch.data.analysis.sentences import choice
from ourpatch.data.studies.contract import (
    Captioned,
    Group,
    Held,
    Method,
    Result,
    Shape,
    Source,
    least_shown,
    told_apart,
)
from ourpatch.data.studies.methods.bases import RESIDENTS, of_year
from ourpatch.data.studies.methods.common import UNIT_OF_CHOICE, Options, said_elsewhere, unit_of
from ourpatch.ground.words import say as _

PER = 1000
FIFTHS = (
    _("1: most deprived fifth"),
    _("2"),
    _("3: middle fifth"),
    _("4"),
    _("5: least deprived fifth"),
)


def allow_for_deprivation(source: Source, options: Options) -> Result:
    """Areas by recorded over expected, given how deprived the LSOAs are in which their people live."""
    mix = source.mix(unit_of(options))
    names = told_apart(mix.names, mix.keys)
    found = allowed_for(names, FIFTHS, mix.counts, mix.people, per=PER, months=len(source.months))
    by_name = {one.key: one for one in found.areas}
    told = choice(
        "strata",
        _(
            "Strata: fifths of deprivation, from the deciles that were loaded, of the LSOAs whose middle lies in the area "
            "(%(boundaries)s). Incidents and people are both counted by these LSOAs.",
            boundaries=mix.boundaries,
        ),
    )
    rate = (
        _("recorded over expected, given deprivation and residents of %(year)s", year=str(mix.year))
        if mix.year
        else _("recorded over expected, given deprivation and residents")
    )
    held = Held(
        Base(rate, _("Expected"), 1, 0),
        RESIDENTS,
        mix.year,
        _(
            "Populations and deprivation that were loaded with the boundaries (%(boundaries)s)",
            boundaries=mix.boundaries,
        ),
    )
    return Result(
        found=found,
        sentences=(*found.sentences, told, *of_year(mix.year), *said_elsewhere(mix.elsewhere, int(mix.counts.sum()))),
        tabulate=lambda: [
            Captioned(_("Areas against what is expected of them, those that are surely highest first"), found.table()),
            Captioned(_("The whole place by fifth of deprivation"), found.strata_table()),
        ],
        draw=lambda: [ratio_chart(found, what=source.what, where=source.where, when=source.when)],
        smallest=least_shown([*mix.counts.sum(axis=1), *mix.counts.sum(axis=0)]),
        shapes=tuple(
            Shape(
                shape,
                {
                    "area": key,
                    "name": name,
                    "incidents": by_name[name].observed,
                    "expected": round(by_name[name].expected, 4),
                    "ratio": round(by_name[name].ratio, 4),
                    "ratio_from": round(by_name[name].interval.lower, 4),
                    "ratio_to": round(by_name[name].interval.upper, 4),
                    "q": by_name[name].q,
                },
            )
            for shape, key, name in zip(mix.shapes, mix.keys, names, strict=True)
        ),
        held=held,
    )


METHODS = (
    Method(
        "standardised",
        Group.COMPARE,
        _("Allowing for deprivation"),
        _("Which areas have more than their deprivation would lead one to expect?"),
        allow_for_deprivation,
        "comparison",
        (UNIT_OF_CHOICE,),
    ),
)
