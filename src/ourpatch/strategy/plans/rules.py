"""What a strategic priority and a partnership plan need. Sources: statutory.md sections 3 and 4, features S2."""

from __future__ import annotations

from datetime import date

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

# A plan looks three years ahead and is revised every year (SI 2007/1830).
PLAN_YEARS = 3


def check_priority(
    *, title: str, has_lead: bool, objective: str, measure: str, target: str, from_on: date | None, until: date | None
) -> Problems:
    """A strategic priority has one named lead, an objective, and a measure with a target between two dates."""
    return Problems.collect(
        [
            None if title.strip() else ("title", _("Give the priority a title.")),
            None if has_lead else ("lead", _("Name the person who is responsible for delivering it.")),
            None if objective.strip() else ("objective", _("Say what the partnership wants to achieve.")),
            None if measure.strip() else ("measure", _("Say what will be measured.")),
            None if target.strip() else ("target", _("Give the target.")),
            None if from_on and until else ("until", _("Give the first and the last day.")),
            ("until", _("The last day must come after the first.")) if from_on and until and until <= from_on else None,
        ]
    )


def check_plan(*, priorities: int, summary: str, summary_cy: str, wants_welsh: bool) -> Problems:
    """A plan is published with at least one priority and a summary; in Wales in both languages."""
    return Problems.collect(
        [
            None if priorities else ("", _("A plan needs at least one strategic priority.")),
            None if summary.strip() else ("summary", _("Write the summary that the public will read.")),
            ("summary_cy", _("In Wales the summary is published in Welsh too."))
            if wants_welsh and not summary_cy.strip()
            else None,
        ]
    )
