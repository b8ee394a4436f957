"""What evaluations show for the partnership's year: whether a reduction was real (statutory.md section 3, step 13)."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from ourpatch.answers.evaluation import queries
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.strategy.cycle.evidence import STEP_EVIDENCE
from ourpatch.strategy.cycle.rules import Evidence


def register() -> None:
    """Put it where the year looks for it."""
    STEP_EVIDENCE.add("evaluation", work_evaluated)


def work_evaluated(partnership: ServiceArea, on: date) -> Evidence | None:
    """The newest evaluation of the partnership's plans."""
    newest = queries.newest_day(partnership.pk)
    if newest is None or newest > on:
        return None
    says = _("The newest evaluation was made on %(day)s.") % {"day": newest.strftime("%d/%m/%Y")}
    return Evidence(True, says, on=newest, link=reverse("evaluation:index"))
