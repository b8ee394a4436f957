"""When in the week."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from ourpatch.data.analysis.hours import HoursAndWeekdays, hours_and_weekdays
from ourpatch.data.analysis.pictures import Picture, week_grid
from ourpatch.data.analysis.sentences import Tone, caution, spoken
from ourpatch.data.analysis.tables import Table
from ourpatch.data.studies.contract import Captioned, Group, Kind, Method, Option, Result, Source
from ourpatch.data.studies.methods.common import Options, needed
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

_DESC = re.compile(r"(<desc[^>]*>).*?(</desc>)", re.DOTALL)


def find_hours(source: Source, options: Options) -> Result:
    """Weekday by hour."""
    incidents = source.incidents()
    found = hours_and_weekdays(
        incidents.starts,
        incidents.ends,
        longest=needed(options, "longest", int),
        precision=incidents.precision,
    )
    shown = found if source.smallest is None else _rounded(found, source.smallest)
    return Result(
        found=shown,
        sentences=shown.sentences,
        tabulate=lambda: [Captioned(_("Incidents by weekday and hour"), _table(found, shown, source.smallest))],
        draw=lambda: [_drawn(source, shown)],
        smallest=found.incidents,
    )


def _table(found: HoursAndWeekdays, shown: HoursAndWeekdays, base: int | None) -> Table:
    """A row for each weekday; of controlled data the whole day is rounded by itself, as rounded hours do not add up to it."""
    table = shown.table()
    if base is None:
        return table
    days = [_near(sum(row), base) for row in found.counts]
    return Table(table.heads, tuple((*row[:-1], day) for row, day in zip(table.rows, days, strict=True)))


def _drawn(source: Source, shown: HoursAndWeekdays) -> Picture:
    """The week; of controlled data described without sums of rounded hours."""
    drawn = week_grid(shown, what=source.what, where=source.where, when=source.when)
    if source.smallest is None:
        return drawn
    told = escape(spoken(each for each in shown.sentences if each.tone is Tone.FINDING or each.key == "rounded"))
    return Picture(_DESC.sub(lambda found: f"{found[1]}{told}{found[2]}", drawn, count=1))


def _near(count: float, base: int) -> float:
    return float(base * round(count / base))


def _rounded(found: HoursAndWeekdays, base: int) -> HoursAndWeekdays:
    """The same with each hour's count rounded, so that none tells of few. Raises BadInput where none would be left."""
    day, hour = found.busiest
    if found.counts[day][hour] < base:
        raise BadInput(
            _(
                "No hour of the week has %(base)s incidents or more, and smaller counts may not be shown of this dataset. Ask "
                "for a longer period, a larger place or more categories.",
                base=base,
            )
        )
    counts = tuple(tuple(_near(count, base) for count in row) for row in found.counts)
    told = caution(
        "rounded",
        _(
            "Each hour's count is rounded to the nearest %(base)s, and so is each day's: the dataset is controlled. Hours that "
            "show none may have some, and hours do not add up to their day.",
            base=base,
        ),
    )
    return replace(found, counts=counts, sentences=(*found.sentences, told))


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
