"""The figures of an evaluation, worked out afresh each time it is shown from the counts that were kept."""

from __future__ import annotations

from dataclasses import dataclass

from ourpatch.answers.evaluation.models import Evaluation
from ourpatch.answers.evaluation.rules import Counts, Periods, compares_seasons
from ourpatch.data.analysis import evaluation as methods
from ourpatch.data.analysis.evaluation import BeforeAfter, Difference, Quotient, Ratio
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


@dataclass(frozen=True, slots=True)
class Results:
    """What each method says of the same counts; `cautions` say what none of them can."""

    ratio: Ratio
    difference: Difference
    quotient: Quotient | None
    cautions: tuple[Message, ...]


def work_out(evaluation: Evaluation) -> Results:
    """Change in the place alone, against the comparison area (WDD), and with the ring (WDQ) where there is one."""
    response, comparison = _as_input(evaluation.response), _as_input(evaluation.comparison)
    buffer = _as_input(evaluation.buffer) if evaluation.buffer else None
    return Results(
        ratio=methods.rate_ratio(response),
        difference=methods.wdd(response, comparison),
        quotient=methods.wdq(response, buffer, comparison) if buffer else None,
        cautions=tuple(_cautions(evaluation)),
    )


def _cautions(evaluation: Evaluation) -> list[Message]:
    periods = Periods(evaluation.before_from, evaluation.after_from, evaluation.months)
    found = []
    if not compares_seasons(periods):
        found.append(
            _("The two periods hold different months of the year: the season may explain a part of the difference.")
        )
    found.append(
        _("The areas were chosen by people, not by chance: something else that differs between them may explain it.")
    )
    found.append(_("Recorded incidents change with reporting and recording as well as with what happens."))
    return found


def _as_input(counts: Counts) -> BeforeAfter:
    return BeforeAfter(counts.before, counts.after)
