"""When do incidents happen? A table of weekday by hour, with incidents of uncertain time shared over the hours they span.

Local times, as people live them. Source for spans: Ratcliffe 2000 (aoristic analysis).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ourpatch.data.analysis.distributions import poisson_sf
from ourpatch.data.analysis.moments import has_zone, only_months
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, Value
from ourpatch.data.store.rules import TimePrecision
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

LONGEST = 24
ALPHA = 0.05
MANY_TIMES = 3.0
_HOURS_OF_WEEK = 168
_MONDAY = np.datetime64("1969-12-29T00")

WEEKDAYS: tuple[Message, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
Floats = npt.NDArray[np.float64]
Hours = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class HoursAndWeekdays:
    """`counts`: seven rows from Monday, 24 columns from midnight; parts of incidents where one spans several hours.
    `busiest`: weekday and hour. `p`: how often chance gives one of the 168 as many when all are alike (at most).
    """

    counts: tuple[tuple[float, ...], ...]
    incidents: int
    left_out: int
    busiest: tuple[int, int]
    p: float
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """A row for each weekday: 24 hours and the whole day."""
        heads = (
            _("Weekday"),
            *(_("%(hour)s to %(next)s", hour=f"{h:02}", next=f"{h + 1:02}") for h in range(24)),
            _("All day"),
        )
        rows: list[tuple[Value, ...]] = [
            (name, *[round(count, 1) for count in (*row, sum(row))])
            for name, row in zip(WEEKDAYS, self.counts, strict=True)
        ]
        return Table(heads, tuple(rows))


def hours_and_weekdays(
    starts: npt.ArrayLike,
    ends: npt.ArrayLike | None = None,
    *,
    longest: int = LONGEST,
    precision: TimePrecision | None = None,
) -> HoursAndWeekdays:
    """Weekday by hour from local times, shape (n,); an incident that happened at some time between its start and its end is
    shared evenly over the hours between, and left out where they are more than `longest` (1 to 168).

    Raises BadInput for no times, times without an hour (dates, months), missing times, and ends before starts.
    """
    begun = _hours(starts, precision)
    ended = begun if ends is None else _hours(ends, precision)
    if ended.shape != begun.shape or not 1 <= longest <= _HOURS_OF_WEEK:
        raise BadInput(_("Give one end for each start, and a longest span of 1 to 168 hours."))
    span = (ended - begun).astype(np.int64) + 1
    if (span < 1).any():
        raise BadInput(
            _(
                "Incidents that end before they start: %(count)s. Correct them or leave them out.",
                count=int((span < 1).sum()),
            )
        )
    kept = span <= longest
    if not kept.any():
        raise BadInput(
            _("Every incident spans more than %(hours)s hours: none says at what hour it happened.", hours=longest)
        )
    counts = _shared((begun[kept] - _MONDAY).astype(np.int64), span[kept])
    top = int(counts.argmax())
    n = int(kept.sum())
    found = HoursAndWeekdays(
        counts=tuple(tuple(row) for row in counts.reshape(7, 24).tolist()),
        incidents=n,
        left_out=len(kept) - n,
        busiest=(top // 24, top % 24),
        p=min(1.0, _HOURS_OF_WEEK * poisson_sf(int(np.floor(counts[top])) - 1, n / _HOURS_OF_WEEK)),
        sentences=(),
    )
    shared = int((span[kept] > 1).sum())
    midnight = _exactly_midnight(starts)
    return replace(found, sentences=(*_findings(found), *_choices(shared), *_cautions(found, longest, midnight)))


def _hours(given: npt.ArrayLike, precision: TimePrecision | None) -> Hours:
    values = _instants(given)
    dates_only = precision in (TimePrecision.DAY, TimePrecision.MONTH, TimePrecision.QUARTER) or _all_midnight(values)
    if dates_only or only_months(values, precision):
        raise BadInput(
            _(
                "These records give the day or the month and not the hour: use records with times, such as the force's own."
            )
        )
    return values.astype("datetime64[h]")


def _instants(given: npt.ArrayLike) -> Hours:
    values = np.asarray(given)
    if values.ndim != 1 or values.dtype.kind not in "MOU":
        raise BadInput(_("Give one local date and time for each incident."))
    if not len(values):
        raise BadInput(_("There are no incidents to count: choose another category, period or area."))
    if values.dtype.kind != "M" and any(map(has_zone, values.tolist())):
        raise BadInput(_("Give local times without a zone: a night is one night whatever the clocks do."))
    try:
        found = values.astype("datetime64[s]")
    except (TypeError, ValueError) as broken:
        raise BadInput(_("Give one local date and time for each incident.")) from broken
    missing = int(np.isnat(found).sum())
    if missing:
        raise BadInput(
            _("Incidents without a time: %(count)s. Leave them out, and say how many.", count=f"{missing:,}")
        )
    return found


def _all_midnight(values: Hours) -> bool:
    return bool((values == values.astype("datetime64[D]")).all())


def _exactly_midnight(given: npt.ArrayLike) -> int:
    values = _instants(given)
    return int((values == values.astype("datetime64[D]")).sum())


def _shared(first: npt.NDArray[np.int64], span: npt.NDArray[np.int64]) -> Floats:
    """Shape (168,): each incident's one divided among the hours from its first."""
    counts = np.zeros(_HOURS_OF_WEEK)
    for later in range(int(span.max())):
        lasts = span > later
        counts += np.bincount((first[lasts] + later) % _HOURS_OF_WEEK, 1.0 / span[lasts], _HOURS_OF_WEEK)
    return counts


# --- words ------------------------------------------------------------------------------------------------------------


def _findings(found: HoursAndWeekdays) -> list[Sentence]:
    day, hour = found.busiest
    values: dict[str, object] = {
        "day": WEEKDAYS[day],
        "hour": f"{hour:02}:00",
        "next": f"{(hour + 1) % 24:02}:00",
        "count": f"{found.counts[day][hour]:,.1f}".removesuffix(".0"),
        "all": f"{found.incidents:,}",
        "even": found.incidents / _HOURS_OF_WEEK,
    }
    if found.p > ALPHA:
        text = _(
            "The busiest hour of the week, %(day)s %(hour)s to %(next)s, has %(count)s of %(all)s incidents (%(even).1f if all "
            "hours were alike): no more than chance often gives one hour of 168.",
            **values,
        )
        return [finding("no_peak", text)]
    text = _(
        "The busiest hour of the week is %(day)s %(hour)s to %(next)s, with %(count)s of %(all)s incidents (%(even).1f if all "
        "hours were alike).",
        **values,
    )
    return [finding("peak", text)]


def _choices(shared: int) -> list[Sentence]:
    told = [choice("local", _("Hours are local time; an hour holds its beginning and not its end."))]
    if shared:
        text = _("Incidents that span several hours, shared evenly among them: %(count)s.", count=f"{shared:,}")
        told.append(choice("shared", text))
    return told


def _cautions(found: HoursAndWeekdays, longest: int, midnight: int) -> list[Sentence]:
    told = []
    if midnight > MANY_TIMES * found.incidents / 24 / 60 + 5:
        text = _(
            "Exactly midnight is given as the time of %(count)s incidents: it may stand for a time that nobody knew.",
            count=f"{midnight:,}",
        )
        told.append(caution("midnight", text))
    if found.left_out:
        text = _(
            "Left out, because they span more than %(hours)s hours: %(count)s incidents; what is left may not be typical.",
            hours=longest,
            count=f"{found.left_out:,}",
        )
        told.append(caution("left_out", text))
    return told
