"""What plans show for the partnership's year: options were chosen, and somebody governs the work (statutory.md section 3)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ourpatch.foundation.places.models import ServiceArea
from ourpatch.interventions.problems import queries
from ourpatch.strategy.cycle.evidence import STEP_EVIDENCE
from ourpatch.strategy.cycle.rules import Evidence

LINK = "/workspace/plans/"


def register() -> None:
    """Put both where the year looks for them."""
    STEP_EVIDENCE.add("tactical_options", options_considered)
    STEP_EVIDENCE.add("action_group_governance", work_governed)


def options_considered(partnership: ServiceArea, on: date) -> Evidence | None:
    """Open plans have actions that were given to somebody."""
    count = queries.count_acting(partnership.pk)
    if not count:
        return None
    says = ngettext(
        "%(count)s open problem-solving plan has actions.", "%(count)s open problem-solving plans have actions.", count
    )
    return Evidence(True, says % {"count": count}, on=on, link=LINK)


def work_governed(partnership: ServiceArea, on: date) -> Evidence | None:
    """Every open plan has an owner by its making; this tells whether all of them are reviewed in time."""
    measured = queries.measure_plans(partnership.pk, on)
    if not measured.open:
        return None
    says = _("%(in_time)s of %(open)s open problem-solving plans are reviewed in time.")
    numbers = {"in_time": measured.reviewed_in_time, "open": measured.open}
    return Evidence(measured.reviewed_in_time == measured.open, says % numbers, on=on, link=LINK)
