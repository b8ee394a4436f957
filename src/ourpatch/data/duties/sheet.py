"""The answer to "are we compliant?" in words, and on one sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ourpatch.data.duties import rules, tables, wording
from ourpatch.data.duties.queries import Ledger, Return
from ourpatch.foundation.documents import render_one_page

# How many lines are tried on one sheet, most first, and up to how many the print is of a comfortable size.
LINES_TRIED = (48, 40, 32, 24, 16, 8)
LINES_IN_PLAIN_SIZE = 24


def answer(ledger: Ledger) -> dict[str, Any]:
    """What is asked, the answer for the quarter and what is overdue elsewhere, in words."""
    found = ledger.answer
    period, as_on = wording.name_of(ledger.quarter), wording.day(ledger.on)
    about = {"partnership": ledger.partnership.shown_name, "period": period, "as_on": as_on}
    count = sum(count for _quarter, count in ledger.overdue_elsewhere)
    return {
        "ledger": ledger,
        "period": period,
        "as_on": as_on,
        "about": _(
            "%(partnership)s: the data that the law asks authorities to share, %(period)s, as it was known on %(as_on)s."
        )
        % about,
        "answer": str(rules.sentence(found, period, wording.day(found.due))),
        "elsewhere": _elsewhere(count) if count else "",
        "elsewhere_quarters": [
            {"text": f"{wording.name_of(quarter)}: {count}", "quarter": quarter}
            for quarter, count in ledger.overdue_elsewhere
        ],
        "kept": _kept(ledger),
        "only_own": "" if ledger.is_whole else _("Only the returns of your own organisation are counted here."),
    }


def lines(ledger: Ledger, most: int | None = None) -> dict[str, Any]:
    """The answer and at most so many of the returns: what is overdue first, then what is awaited, then what is in."""
    ranked = sorted(
        ledger.returns, key=lambda each: (not each.standing.breach, each.standing.complete, not each.standing.owed)
    )
    shown = ranked[:most]
    left_out = ranked[len(shown) :]
    return {
        **answer(ledger),
        "head": [_("Dataset"), _("Authority"), _("Due by"), _("State"), _("When")],
        "rows": [_line(each) for each in shown],
        "left_out": _left_out(left_out) if left_out else "",
        "size": "small" if len(shown) <= LINES_IN_PLAIN_SIZE else "dense",
    }


def pdf(ledger: Ledger) -> bytes:
    """The answer as a tagged PDF of one page, with as many of the returns as fit on it. Raises PdfUnavailable."""
    language = get_language() or "en"
    words = {"partnership": ledger.partnership.shown_name, "period": wording.name_of(ledger.quarter)}
    title = _("Are we compliant? %(partnership)s, %(period)s") % words
    bodies = (render_to_string("data_duties/answer_document.html", lines(ledger, most)) for most in LINES_TRIED)
    return render_one_page(bodies, title, language)


def _kept(ledger: Ledger) -> str:
    """Since when the ledger asks for data."""
    return _(
        "This ledger began on %(day)s. What was due before that day is not asked for, except of an authority that had sent the "
        "dataset before: of that one everything since the first that it sent."
    ) % {"day": wording.day(ledger.began)}


def _elsewhere(count: int) -> str:
    return ngettext(
        "%(n)s return for another quarter of the last two years is overdue.",
        "%(n)s returns for other quarters of the last two years are overdue.",
        count,
    ) % {"n": count}


def _line(each: Return) -> list[str]:
    name = wording.dataset(each.spec)
    if each.period.months != rules.QUARTER:
        name = f"{name}, {wording.name_of(each.period)}"
    state, when = tables.state_of(each.standing), tables.when(each.standing)
    return [name, wording.authority(each.organisation), wording.day(each.due), state, when]


def _left_out(returns: Sequence[Return]) -> str:
    overdue = sum(each.standing.breach for each in returns)
    complete = sum(each.standing.complete for each in returns)
    return _(
        "Left out for lack of space: %(n)s (%(complete)s complete, %(overdue)s overdue, the others not due yet or not owed). "
        "The ledger lists every return."
    ) % {"n": len(returns), "complete": complete, "overdue": overdue}
