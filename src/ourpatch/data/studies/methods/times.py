"""When in the week."""

from __future__ import annotations

from dataclasses import replace

from ourpatch.data.analysis.hours import HoursAndWeekdays, hours_and_weekdays
from ourpatch.data.analysis.pictures import week_grid
from ourpatch.data.analysis.sentences import Sentence, Tone, caution, finding
from ourpatch.data.studies.contract import Captioned, Group, Kind, Method, Option, Result, Source
from ourpatch.data.studies.methods.common import Options, needed
from ourpatch.ground.words import say as _


def find_hours(source: Source, options: Options) -> Result:
    """Weekday by hour."""
    incidents = source.incidents()
    found = hours_and_weekdays(
        incidents.starts,
        incidents.ends,
        longest=needed(options, "longest", int),
        precision=incidents.precision,
    )
    if source.smallest is not None:
        found = _rounded(found, source.smallest)
    return Result(
        found=found,
        sentences=found.sentences,
        tabulate=lambda: [Captioned(_("Incidents by weekday and hour"), found.table())],
        draw=lambda: [week_grid(found, what=source.what, where=source.where, when=source.when)],
        smallest=found.incidents,
    )


def _rounded(found: HoursAndWeekdays, base: int) -> HoursAndWeekdays:
    """The same with each hour's count rounded, so that none tells of few."""
    counts = tuple(tuple(float(base * round(count / base)) for count in row) for row in found.counts)
    told = caution(
        "rounded", _("Each hour's count is rounded to the nearest %(base)s: the dataset is controlled.", base=base)
    )
    day, hour = found.busiest
    shown = found.sentences if found.counts[day][hour] >= base else _without_peak(found)
    return replace(found, counts=counts, sentences=(*shown, told))


def _without_peak(found: HoursAndWeekdays) -> tuple[Sentence, ...]:
    """What the result says, but for the count of its busiest hour."""
    quiet = finding("few_each", _("No hour of the week has enough incidents for its count to be told."))
    return (quiet, *(each for each in found.sentences if each.tone is not Tone.FINDING))


METHODS = (
    Method(
        "hours",
        Group.WHEN,
        _("Hours and weekdays"),
        _("At what hours of the week does it happen?"),
        find_hours,
        "hot-spot-patterns",
        (
            Option(
                "longest",
                Kind.WHOLE,
                _("Longest span of hours to share out"),
                default=24,
                hint=_("An incident that happened at some time within a longer span is left out and counted."),
                least=1,
                most=168,
            ),
        ),
    ),
)
