"""The ledger for a spreadsheet, a program and a terminal."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import groupby

from ourpatch.data.duties import sheet, tables, wording
from ourpatch.data.duties.queries import Ledger, Return
from ourpatch.data.duties.rules import InformationPeriod
from ourpatch.ground.spreadsheets import plain_cell

COLUMNS = (
    "authority",
    "dataset",
    "dataset_name",
    "from",
    "to",
    "due",
    "state",
    "state_on",
    "overdue",
    "late_days",
    "missing",
    "receipt",
)


def ledger_csv(returns: Iterable[Return]) -> str:
    """The returns as comma-separated values."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _facts(each)] for each in returns)
    return out.getvalue()


def ledger_data(ledger: Ledger) -> dict[str, object]:
    """The whole ledger for a program."""
    found, told = ledger.answer, sheet.answer(ledger)
    return {
        "partnership": {"slug": ledger.partnership.slug, "name": ledger.partnership.name},
        "quarter": _span(ledger.quarter),
        "known_on": ledger.on.isoformat(),
        "began": ledger.began.isoformat(),
        "answer": {
            "verdict": found.verdict.value,
            "sentence": told["answer"],
            "owed": found.owed,
            "complete": found.complete,
            "late": found.late,
            "overdue": found.overdue,
            "last_due": found.due.isoformat() if found.due else None,
        },
        "overdue_elsewhere": [{**_span(quarter), "returns": count} for quarter, count in ledger.overdue_elsewhere],
        "returns": [dict(zip(COLUMNS, _facts(each), strict=True)) for each in ledger.returns],
    }


def ledger_lines(ledger: Ledger) -> Iterator[str]:
    """The answer, then each authority's returns: state, due day, dataset."""
    told = sheet.answer(ledger)
    yield told["about"]
    yield told["answer"]
    if told["elsewhere"]:
        yield told["elsewhere"]
        yield from (f"  {each['text']}" for each in told["elsewhere_quarters"])
    width = max((len(tables.state_of(each.standing)) for each in ledger.returns), default=0)
    for authority, returns in groupby(ledger.returns, key=lambda each: wording.authority(each.organisation)):
        yield ""
        yield authority
        yield from (_line(each, width) for each in returns)


def _facts(each: Return) -> tuple[object, ...]:
    """A return in the order of COLUMNS; days as 2026-12-31, months as 2026-12."""
    standing = each.standing
    return (
        each.organisation.name,
        each.spec.key,
        wording.dataset(each.spec),
        each.period.start.isoformat(),
        each.period.end.isoformat(),
        each.due.isoformat(),
        standing.state.value,
        standing.on.isoformat(),
        standing.breach,
        standing.late_days,
        [f"{month:%Y-%m}" for month in standing.missing],
        each.decisive.delivery.receipt if each.decisive else "",
    )


def _line(each: Return, width: int) -> str:
    when = tables.when(each.standing)
    what = f"{wording.dataset(each.spec)}, {wording.name_of(each.period)}" + (f" ({when})" if when else "")
    return f"  {tables.state_of(each.standing):{width}}  {each.due:%d/%m/%Y}  {what}"


def _span(period: InformationPeriod) -> dict[str, object]:
    return {"from": period.start.isoformat(), "to": period.end.isoformat()}


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(value) if isinstance(value, list) else str(value)
    return plain_cell(text)
