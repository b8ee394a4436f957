"""The words of a reminder, in the language that is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ourpatch.data.duties import wording
from ourpatch.data.duties.queries import Recipient, Return
from ourpatch.data.duties.rules import STATE_WORDS
from ourpatch.foundation.places.models import ServiceArea


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject and the words below it."""

    subject: str
    body: str


def reminder(partnership: ServiceArea, recipient: Recipient, returns: Sequence[Return], today: date) -> Letter:
    """A reminder of what an organisation owes by one day: what, by when, and how to send it or say that there is nothing."""
    due = wording.day(returns[0].due)
    is_past = returns[0].due < today
    subject = _("Data was due on %(day)s") if is_past else _("Data is due by %(day)s")
    opening = (
        _("%(organisation)s owes %(partnership)s the data below. It was due on %(day)s.")
        if is_past
        else _("%(organisation)s owes %(partnership)s the data below. It is due by %(day)s.")
    )
    words = {
        "organisation": wording.authority(returns[0].organisation),
        "partnership": partnership.shown_name,
        "day": due,
    }
    paragraphs = [
        _("For: %(name)s") % {"name": recipient.name},
        opening % words,
        "\n".join(_line(each) for each in returns),
        _("To send it, sign in to Ourpatch and open Data. It takes about ten minutes."),
        _(
            "If there was nothing to report, or you do not hold this data, say so there: open Data duties and choose the return."
        ),
        _("The duty: Crime and Disorder Act 1998, section 17A, and the regulations of 2007 on prescribed information."),
    ]
    return Letter(subject % words, "\n\n".join(paragraphs))


def _line(each: Return) -> str:
    said = f"- {wording.dataset(each.spec)}, {wording.name_of(each.period)}: {STATE_WORDS[each.standing.state]}"
    if each.standing.missing and each.standing.missing != each.period.every_month:
        said += " (" + _("missing: %(months)s") % {"months": wording.months(each.standing.missing)} + ")"
    return said
