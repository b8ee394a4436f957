"""Did it work, and did it only move? Before and after, with a comparison area, in words that cannot claim more than
the numbers do.

Two measures are always shown together: the weighted displacement quotient (Bowers and Johnson 2003), which is widely
known and has no interval, and the weighted displacement difference (Wheeler and Ratcliffe 2018), which has one. The
verdict comes only from an interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from ourpatch.data.analysis.distributions import binomial_interval, poisson_interval
from ourpatch.data.analysis.sentences import Sentence, caution, choice, finding
from ourpatch.data.analysis.tables import Table, Value
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

FEW = 20


class Verdict(StrEnum):
    """What may be said. There is no "it worked": a reduction is shown, or it is not."""

    SHOWN_REDUCTION = "shown_reduction"
    NOT_SHOWN = "not_shown"
    SHOWN_INCREASE = "shown_increase"


class Reading(StrEnum):
    """What a weighted displacement quotient means; none is given where there was no effect to displace."""

    NO_EFFECT = "no_effect"
    DIFFUSION_BEYOND_EFFECT = "diffusion_beyond_effect"
    DIFFUSION = "diffusion"
    NEITHER = "neither"
    DISPLACEMENT = "displacement"
    DISPLACEMENT_BEYOND_EFFECT = "displacement_beyond_effect"
    NOT_WORKED_OUT = "not_worked_out"


VERDICTS: dict[Verdict, Message] = {
    Verdict.SHOWN_REDUCTION: _("The figures show a reduction that chance alone would seldom make."),
    Verdict.NOT_SHOWN: _("The figures do not show a change: what was seen could be chance."),
    Verdict.SHOWN_INCREASE: _("The figures show an increase that chance alone would seldom make."),
}


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Incidents of one area before and after, with the months each count covers. Raises BadInput for what is not a
    count.
    """

    before: int
    after: int
    months_before: float = 1.0
    months_after: float = 1.0

    def __post_init__(self) -> None:
        if self.before < 0 or self.after < 0:
            raise BadInput(_("A count cannot be negative."))
        if not (0 < self.months_before < math.inf and 0 < self.months_after < math.inf):
            raise BadInput(_("Both periods need a length above zero."))

    @property
    def weight(self) -> float:
        """What the count before is multiplied by to stand for a period as long as the one after."""
        return self.months_after / self.months_before

    @property
    def change(self) -> float:
        """Incidents after less those before, made to stand for as long a period."""
        return self.after - self.before * self.weight


@dataclass(frozen=True, slots=True)
class Quotient:
    """The weighted displacement quotient and its parts; None where a zero count leaves a part without meaning.

    `gross_effect` and `total_net_effect` are incidents prevented (positive is good); `net_effect`, `success` and
    `buffer` are ratios to the comparison area (`success` below zero is good). `areas`: the response area, the buffer
    and the comparison area.
    """

    areas: tuple[BeforeAfter, BeforeAfter, BeforeAfter]
    gross_effect: float
    net_effect: float | None
    success: float | None
    buffer: float | None
    wdq: float | None
    total_net_effect: float | None
    reading: Reading
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """The counts, then each measure."""
        measures = (
            (_("Gross effect (incidents prevented)"), self.gross_effect),
            (_("Net effect"), self.net_effect),
            (_("Success measure"), self.success),
            (_("Buffer displacement measure"), self.buffer),
            (_("Weighted displacement quotient"), self.wdq),
            (_("Total net effect (incidents prevented)"), self.total_net_effect),
        )
        rows = [*_area_rows((ROLES[0], ROLES[2], ROLES[1]), self.areas)]
        return Table(_HEADS[:4], (*(row[:4] for row in rows), *((name, None, None, value) for name, value in measures)))


@dataclass(frozen=True, slots=True)
class Difference:
    """The weighted displacement difference: incidents more (+) or fewer (-) than the comparison leads to expect, with
    its interval. `treated`: the response area, and its buffer if given; `compared`: their comparison areas.
    """

    treated: tuple[BeforeAfter, ...]
    compared: tuple[BeforeAfter, ...]
    estimate: float
    standard_error: float
    lower: float
    upper: float
    confidence: float
    verdict: Verdict
    sentences: tuple[Sentence, ...]

    @property
    def areas(self) -> tuple[tuple[Message, BeforeAfter], ...]:
        """What each area was, and its counts: treated ones first."""
        names = (*ROLES[::2][: len(self.treated)], *ROLES[1::2][: len(self.compared)])
        return tuple(zip(names, (*self.treated, *self.compared), strict=True))

    def table(self) -> Table:
        """The counts and their changes, then the difference."""
        names, areas = zip(*self.areas, strict=True)
        last = (_("Difference (WDD)"), None, None, self.estimate, self.lower, self.upper)
        return Table(_HEADS, (*_area_rows(names, areas), last))


@dataclass(frozen=True, slots=True)
class Ratio:
    """The rate after divided by the rate before in one `area`, with an exact interval; None where nothing happened before."""

    area: BeforeAfter
    estimate: float | None
    lower: float
    upper: float
    confidence: float
    verdict: Verdict
    sentences: tuple[Sentence, ...]

    def table(self) -> Table:
        """The counts and their change, then the ratio of the rates."""
        last = (_("Rate after over rate before"), None, None, self.estimate, self.lower, self.upper)
        return Table(_HEADS, (*_area_rows(ROLES[:1], (self.area,)), last))


ROLES: tuple[Message, ...] = (
    _("Where it was done"),
    _("Comparison area"),
    _("The area around it"),
    _("Comparison for the area around it"),
)
_HEADS = (
    _("Area or measure"),
    _("Before"),
    _("After"),
    _("Change or value"),
    _("Interval from"),
    _("Interval to"),
)


def _area_rows(names: Sequence[Message], areas: Sequence[BeforeAfter]) -> Iterator[tuple[Value, ...]]:
    """Counts as they were, and what changed when the count before is made to stand for as long a period."""
    for name, area in zip(names, areas, strict=True):
        yield name, area.before, area.after, area.change, None, None


def wdq(response: BeforeAfter, buffer: BeforeAfter, control: BeforeAfter) -> Quotient:
    """Weighted displacement quotient of a response area, the buffer around it and a comparison area of like periods.

    The quotient is read only where there was an effect (success below zero). Raises BadInput when periods differ
    between areas. Source: Bowers and Johnson 2003; anchors 3.4.
    """
    _same_periods(response, buffer, control)
    areas = (response, buffer, control)
    gross = response.before * response.weight - response.after
    if control.before == 0 or control.after == 0:
        told = caution("control_zero", _("The comparison area has a count of zero: the quotient cannot be worked out."))
        return Quotient(areas, gross, None, None, None, None, None, Reading.NOT_WORKED_OUT, (told,))
    net = response.before / control.before - response.after / control.after
    moved = buffer.after / control.after - buffer.before / control.before
    trend = control.after / control.before
    total = (response.before * trend - response.after) + (buffer.before * trend - buffer.after)
    # Equal ratios leave a last bit behind that must not become a quotient of ten to the fifteenth.
    effect = 0.0 if abs(net) < 1e-12 else net
    quotient = moved / -effect if effect else None
    reading = _reading(effect, quotient)
    told_all = (*_quotient_words(reading, quotient), *_few(response, buffer, control))
    return Quotient(areas, gross, net, -net, moved, quotient, total, reading, told_all)


def wdd(
    response: BeforeAfter,
    control: BeforeAfter,
    *,
    buffer: BeforeAfter | None = None,
    buffer_control: BeforeAfter | None = None,
    confidence: float = 0.95,
) -> Difference:
    """Weighted displacement difference: change in the response area (and its buffer) less the change in the
    comparison area(s).

    The variance is the sum of the counts (each times its squared weight). Where a count is below 20 the normal interval
    is too short (five to none would be "shown"), so exact intervals of the counts are combined instead (MOVER, Zou and
    Donner 2008). The verdict needs an interval that leaves out zero. Raises BadInput for a confidence that is no share.
    Source: Wheeler and Ratcliffe 2018.
    """
    treated = [area for area in (response, buffer) if area is not None]
    compared = [area for area in (control, buffer_control) if area is not None]
    estimate = sum(area.change for area in treated) - sum(area.change for area in compared)
    error = math.sqrt(sum(_variance(area) for area in (*treated, *compared)))
    if _least(*treated, *compared) < FEW:
        method = choice("wdd_exact", _("The interval combines exact intervals of the counts, since some are small."))
        lower, upper = _exact_reach(estimate, treated, compared, confidence)
    else:
        method = choice("wdd_normal", _("The interval is the usual one for a difference of large counts."))
        reach = _quantile(confidence) * error
        lower, upper = estimate - reach, estimate + reach
    verdict = verdict_of(lower, upper, 0.0)
    told = (finding(verdict.value, VERDICTS[verdict]), _range(lower, upper, confidence), method)
    return Difference(
        treated=tuple(treated),
        compared=tuple(compared),
        estimate=estimate,
        standard_error=error,
        lower=lower,
        upper=upper,
        confidence=confidence,
        verdict=verdict,
        sentences=(*told, *_few(*treated, *compared)),
    )


def rate_ratio(area: BeforeAfter, *, confidence: float = 0.95) -> Ratio:
    """Rate after over rate before, exact given the total (conditional binomial, Clopper and Pearson).

    No comparison area: it cannot tell an effect from what would have happened anyway, and says so.
    """
    total = area.before + area.after
    told = [caution("no_comparison", _("Without a comparison area this cannot tell an effect from a general change."))]
    if total == 0:
        told.append(caution("nothing_happened", _("Nothing was recorded before or after.")))
        return Ratio(area, None, 0.0, math.inf, confidence, Verdict.NOT_SHOWN, (*told,))
    share = binomial_interval(area.after, total, confidence)
    lower, upper = (_odds(p) / area.weight for p in (share.lower, share.upper))
    estimate = area.after / area.before / area.weight if area.before else None
    verdict = verdict_of(lower, upper, 1.0)
    return Ratio(area, estimate, lower, upper, confidence, verdict, (finding(verdict.value, VERDICTS[verdict]), *told))


_READINGS: dict[Reading, Message] = {
    Reading.DIFFUSION_BEYOND_EFFECT: _(
        "Read alone, the quotient says that the surroundings gained more than the area."
    ),
    Reading.DIFFUSION: _("Read alone, the quotient says that the surroundings gained too."),
    Reading.NEITHER: _("Read alone, the quotient says that nothing moved."),
    Reading.DISPLACEMENT: _("Read alone, the quotient says that some of the problem moved to the surroundings."),
    Reading.DISPLACEMENT_BEYOND_EFFECT: _(
        "Read alone, the quotient says that more moved to the surroundings than was gained."
    ),
}


def verdict_of(lower: float, upper: float, unchanged: float) -> Verdict:
    """What an interval lets be said: nothing, unless it leaves out the value of no change."""
    if upper < unchanged:
        return Verdict.SHOWN_REDUCTION
    return Verdict.SHOWN_INCREASE if lower > unchanged else Verdict.NOT_SHOWN


def _reading(effect: float, quotient: float | None) -> Reading:
    """The bands of the published table; `effect` above zero is a gain against the comparison area."""
    if quotient is None or effect <= 0:
        return Reading.NO_EFFECT
    if abs(quotient) < 1e-12:
        return Reading.NEITHER
    if quotient > 0:
        return Reading.DIFFUSION_BEYOND_EFFECT if quotient > 1 else Reading.DIFFUSION
    return Reading.DISPLACEMENT_BEYOND_EFFECT if quotient < -1 else Reading.DISPLACEMENT


def _quotient_words(reading: Reading, quotient: float | None) -> list[Sentence]:
    if reading is Reading.NO_EFFECT or quotient is None:
        return [
            caution(
                "no_effect",
                _("The area did no better than the comparison area: there is no effect that could have moved."),
            )
        ]
    return [
        finding(reading.value, _READINGS[reading]),
        caution("no_interval", _("The quotient has no interval: read it only beside the difference, which has one.")),
    ]


def _range(lower: float, upper: float, confidence: float) -> Sentence:
    text = _(
        "Between %(lower).0f and %(upper).0f incidents against what the comparison leads to expect "
        "(%(share).0f%% interval).",
        lower=lower,
        upper=upper,
        share=confidence * 100,
    )
    return finding("wdd_interval", text)


def _few(*areas: BeforeAfter) -> list[Sentence]:
    least = _least(*areas)
    if least >= FEW:
        return []
    return [caution("few", _("The smallest count is %(count)s: small counts swing widely by chance.", count=least))]


def _least(*areas: BeforeAfter) -> int:
    return min(min(area.before, area.after) for area in areas)


def _exact_reach(
    estimate: float, treated: list[BeforeAfter], compared: list[BeforeAfter], confidence: float
) -> tuple[float, float]:
    """How far each count's own exact interval lets the difference move, added as squares."""
    down = up = 0.0
    signed = [(1.0, area) for area in treated] + [(-1.0, area) for area in compared]
    for factor, count in [t for sign, a in signed for t in ((sign, a.after), (-sign * a.weight, a.before))]:
        around = poisson_interval(count, confidence)
        reaches = (factor * (around.lower - count), factor * (around.upper - count))
        down += min(reaches) ** 2
        up += max(reaches) ** 2
    return estimate - math.sqrt(down), estimate + math.sqrt(up)


def _same_periods(*areas: BeforeAfter) -> None:
    if len({(area.months_before, area.months_after) for area in areas}) > 1:
        raise BadInput(_("Compare areas over the same periods."))


def _variance(area: BeforeAfter) -> float:
    return area.after + area.before * area.weight**2


def _quantile(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise BadInput(_("Confidence lies between 0 and 1, for example 0.95."))
    return NormalDist().inv_cdf(0.5 + confidence / 2.0)


def _odds(share: float) -> float:
    return math.inf if share >= 1.0 else share / (1.0 - share)
