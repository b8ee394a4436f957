"""When incidents happened, as numbers that gaps in days can be taken of; and a refusal where the dates cannot carry them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ourpatch.data.store.rules import TimePrecision
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_SECONDS = 86_400
_ENOUGH_TO_KNOW = 5
_ZONE = re.compile(r"[T ].*([Zz]|[+-]\d\d(:?\d\d)?)$")
MONTHS_ONLY = _(
    "These records give the month and not the day, as data.police.uk does: two incidents of one month may be 0 or 30 days "
    "apart, so a question in days cannot be asked of them. Use records with dates, such as the force's own."
)


@dataclass(frozen=True, slots=True)
class Moments:
    """One moment for each incident, in days times `per_day` (1 for whole days, 86,400 for instants); those not `kept` have
    no moment that is narrow enough, and theirs must not be used.
    """

    values: Floats
    per_day: int
    kept: Flags
    middles: int

    @property
    def whole_days(self) -> bool:
        """Whether every moment is a date without a time."""
        return self.per_day == 1 and bool((self.values == np.round(self.values)).all())


def moments(
    starts: npt.ArrayLike,
    ends: npt.ArrayLike | None,
    precision: TimePrecision | None,
    narrowest: float,
) -> Moments:
    """Dates, instants or numbers of days, shape (n,), as moments; an incident that happened at some time between its start
    and its end counts at the middle, if that span is shorter than `narrowest` days.

    Raises BadInput for missing times, ends before starts, records that give only a month or a quarter, and spans of which
    more than half are too long.
    """
    if only_months(starts, precision) or (ends is not None and only_months(ends, precision)):
        raise BadInput(MONTHS_ONLY)
    begun, per_day = _numbers(starts)
    ended, per_day_of_ends = _numbers(ends) if ends is not None else (begun, per_day)
    if per_day != per_day_of_ends or ended.shape != begun.shape:
        raise BadInput(_("Give starts and ends of the same kind, one of each for every incident."))
    if precision is TimePrecision.DAY:
        begun, ended = (np.floor(each / per_day) * per_day for each in (begun, ended))
    spans = ended - begun
    if (spans < 0).any():
        count = int((spans < 0).sum())
        raise BadInput(
            _("Incidents that end before they start: %(count)s. Correct them or leave them out.", count=count)
        )
    kept = spans < narrowest * per_day
    _refuse_if_mostly_wide(spans[spans > 0] / per_day, kept, narrowest)
    return _in_days(begun + spans / 2, per_day, kept, int((kept & (spans > 0)).sum()))


def only_months(given: npt.ArrayLike, precision: TimePrecision | None = None) -> bool:
    """Whether these times say the month (or the quarter, or the year) and not the day, whatever they are written as."""
    if precision in (TimePrecision.MONTH, TimePrecision.QUARTER):
        return True
    values = np.asarray(given)
    if values.dtype.kind in "iuf" or values.ndim != 1:
        return False
    dates = _dates(values)
    return np.datetime_data(dates.dtype)[0] in ("Y", "M") or _all_first_of_month(dates[~np.isnat(dates)])


def has_zone(value: object) -> bool:
    """Whether an instant, or what is written for one, says how far it is from UTC."""
    # Of a written zone numpy makes an instant in UTC, and so another hour.
    return bool(_ZONE.search(value)) if isinstance(value, str) else getattr(value, "tzinfo", None) is not None


def _in_days(values: Floats, per_day: int, kept: Flags, middles: int) -> Moments:
    if per_day == _SECONDS and not (values % (_SECONDS / 2)).any():
        return Moments(values / _SECONDS, 1, kept, middles)
    return Moments(values, per_day, kept, middles)


def _refuse_if_mostly_wide(spans: Floats, kept: Flags, narrowest: float) -> None:
    left_out = int((~kept).sum())
    if 2 * left_out <= len(kept):
        return
    raise BadInput(
        _(
            "%(count)s of %(total)s incidents happened at some time within a span of %(days)s days or more, longer than "
            "the narrowest band of time can tell. Half of the spans are longer than %(typical)s days: use wider bands, or "
            "only incidents whose time is known.",
            count=f"{left_out:,}",
            total=f"{len(kept):,}",
            days=f"{narrowest:g}",
            typical=f"{np.median(spans):g}",
        )
    )


def _numbers(given: npt.ArrayLike) -> tuple[Floats, int]:
    """Seconds since 1970 for dates and instants, days as they are for numbers; and how many of them make a day."""
    values = np.asarray(given)
    if values.ndim != 1:
        raise BadInput(_("Give one time for each incident."))
    if values.dtype.kind in "iuf":
        numbers = values.astype(np.float64)
        _refuse_missing(~np.isfinite(numbers))
        return numbers, 1
    dates = _dates(values)
    _refuse_missing(np.isnat(dates))
    return dates.astype("datetime64[s]").astype(np.int64).astype(np.float64), _SECONDS


def _dates(values: npt.NDArray[np.generic]) -> npt.NDArray[np.datetime64]:
    if values.dtype.kind == "M":
        return values.astype(values.dtype)
    try:
        return np.array(_without_zone(values.tolist()), dtype="datetime64[us]")
    except (TypeError, ValueError) as broken:
        raise BadInput(_("Give times as dates, instants or numbers of days.")) from broken


def _without_zone(values: Sequence[object]) -> list[object]:
    if any(map(has_zone, values)):
        raise BadInput(_("Give local times without a zone: a night is one night whatever the clocks do."))
    return list(values)


def _refuse_missing(missing: Flags) -> None:
    if missing.any():
        count = int(missing.sum())
        raise BadInput(_("Incidents without a time: %(count)s. Leave them out, and say how many.", count=f"{count:,}"))


def _all_first_of_month(dates: npt.NDArray[np.datetime64]) -> bool:
    """Five dates or more that all fall on the first of more than one month are months that were written as dates."""
    if len(dates) < _ENOUGH_TO_KNOW:
        return False
    months = dates.astype("datetime64[M]")
    return bool((dates == months).all()) and len(np.unique(months)) > 1
