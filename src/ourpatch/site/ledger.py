"""The command line's duty ledger: who owes which data for a quarter, what came, and the answer to "are we compliant?"."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _
from ourpatch.site.whole_files import write_whole

if TYPE_CHECKING:
    from ourpatch.data.duties.queries import Ledger
    from ourpatch.foundation.places.models import ServiceArea
    from ourpatch.ground.permission.actor import Actor


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `ledger` to the commands."""
    ledger = verbs.add_parser("ledger", help="say who owes which data, what came, and whether that is compliant")
    ledger.add_argument("--partnership", metavar="SLUG", help="needed where there is more than one")
    ledger.add_argument(
        "--quarter", type=_day, metavar="MONTH", help="a month of it, as 2026-07; else the last one due"
    )
    ledger.add_argument("--on", type=_day, metavar="DATE", help="as it was known at the end of that day, as 2026-12-31")
    ledger.add_argument("--pdf", type=Path, metavar="FILE", help="write the answer as a PDF of one page, too")
    ledger.add_argument("--json", action="store_true")
    ledger.set_defaults(command=ledger_command)


def ledger_command(arguments: argparse.Namespace) -> int:
    """`ourpatch ledger`: 0 whatever the answer is. Raises BadInput, PdfUnavailable."""
    import django

    django.setup()
    from ourpatch.data.duties import plain, sheet

    ledger = _ledger(arguments)
    if arguments.pdf is not None:
        write_whole(arguments.pdf, sheet.pdf(ledger))
    lines = [json.dumps(plain.ledger_data(ledger), indent=1)] if arguments.json else _told(ledger, arguments.pdf)
    for line in lines:
        print(line)
    return 0


def _ledger(arguments: argparse.Namespace) -> Ledger:
    from ourpatch.data.duties import queries, rules
    from ourpatch.data.duties.permissions import Permission
    from ourpatch.ground import clock
    from ourpatch.site.loading import command_line

    by, now = command_line(Permission.VIEW), clock.now()
    today = clock.london_date(now)
    on = arguments.on or today
    if not rules.FIRST_JUDGED <= on <= today:
        raise BadInput(_("Name a day from 1 January 2008 until today with --on."))
    quarter = rules.period_of(arguments.quarter) if arguments.quarter else queries.judged_quarter(on)
    if quarter.start > on:
        raise BadInput(_("That quarter has not begun. Name an earlier month with --quarter."))
    partnership = _partnership(by, arguments.partnership)
    return queries.get_ledger(by, partnership.pk, quarter, now, as_on=arguments.on)


def _partnership(by: Actor, slug: str | None) -> ServiceArea:
    from ourpatch.data.duties import queries

    every = queries.list_partnerships(by)
    chosen = [each for each in every if slug in (None, each.slug)]
    if not every:
        raise BadInput(_("There is no partnership yet. Begin with ourpatch demo, or set one up in the browser."))
    if len(chosen) != 1:
        names = ", ".join(each.slug for each in every)
        raise BadInput(_("Name one of these partnerships with --partnership: %(names)s.", names=names))
    return chosen[0]


def _told(ledger: Ledger, written: Path | None) -> Iterator[str]:
    from ourpatch.data.duties import plain

    yield from plain.ledger_lines(ledger)
    if written is not None:
        yield ""
        yield str(_("The answer on one page is in %(file)s.", file=written))


def _day(text: str) -> date:
    """A day, or the first day of a month, as 2026-12-31 or 2026-12."""
    try:
        return date.fromisoformat(text if len(text) > len("2026-12") else f"{text}-01")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a day as 2026-12-31 or a month as 2026-12") from error
