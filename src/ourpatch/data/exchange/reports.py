"""What a load did, month by month: for the command line, the upload page and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from ourpatch.data.exchange.rules import REASON_LABELS, Reason
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


class Outcome(StrEnum):
    """What became of a file."""

    LOADED = "loaded"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    NOT_HERE = "not_here"


OUTCOME_LABELS = {
    Outcome.LOADED: _("loaded"),
    Outcome.REPLACED: _("loaded in place of what was there"),
    Outcome.UNCHANGED: _("the same as what is loaded: nothing changed"),
    Outcome.NOT_HERE: _("no record of it is in the area: not loaded"),
}


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What became of one force's month: rows read = kept + set aside; rows without a place are among those kept."""

    month: date
    supplier: str
    filename: str
    outcome: Outcome
    rows_read: int
    rows_kept: int
    without_place: int
    set_aside: dict[str, int]
    submission_id: UUID | None

    def lines(self) -> Iterator[Message]:
        """The report in sentences."""
        yield _(
            "%(month)s %(supplier)s: %(outcome)s; %(read)s rows read, %(kept)s kept, %(without)s of them without a place.",
            month=f"{self.month:%Y-%m}",
            supplier=self.supplier,
            outcome=OUTCOME_LABELS[self.outcome],
            read=self.rows_read,
            kept=self.rows_kept,
            without=self.without_place,
        )
        for reason, count in self.set_aside.items():
            yield _("  %(count)s set aside: %(reason)s", count=count, reason=REASON_LABELS[Reason(reason)])


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. `ignored` are the members that hold no street-level records."""

    months: tuple[MonthReport, ...]
    ignored: tuple[str, ...]

    @property
    def rows_read(self) -> int:
        """Rows of all files."""
        return sum(each.rows_read for each in self.months)

    @property
    def rows_kept(self) -> int:
        """Rows kept of all files."""
        return sum(each.rows_kept for each in self.months)

    @property
    def set_aside(self) -> dict[str, int]:
        """Rows set aside of all files, by reason."""
        total: Counter[str] = Counter()
        for each in self.months:
            total.update(each.set_aside)
        return dict(total)

    def lines(self) -> list[Message]:
        """The report in sentences, ending with what the reader should know about ignored files."""
        said = [line for each in self.months for line in each.lines()]
        if self.ignored:
            said.append(
                _(
                    "%(count)s files without street-level records were left alone (outcomes, stop and search, others): %(names)s",
                    count=len(self.ignored),
                    names=_shortened(self.ignored),
                )
            )
        return said

    def as_data(self) -> dict[str, Any]:
        """The report for a program."""
        months = [
            {**asdict(each), "month": f"{each.month:%Y-%m}", "submission_id": str(each.submission_id or "")}
            for each in self.months
        ]
        return {"months": months, "ignored": list(self.ignored)}


def _shortened(names: Sequence[str], shown: int = 5) -> str:
    more = f" … +{len(names) - shown}" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
