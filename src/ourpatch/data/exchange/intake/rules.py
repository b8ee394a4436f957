"""What may be sent, by whom and for when; what may become of a delivery."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.law.clocks import add_months
from ourpatch.foundation.law.entries import LawBook
from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

# What a browser or a program may send at once; the reader's own caps come after it (reading.caps).
LARGEST = 256 * 1024 * 1024
FIRST_PERIOD = date(1990, 1, 1)
MONTH, QUARTER = 1, 3
LONGEST_REASON = 2000
SHORTEST_REASON = 10
# Letters and figures that nobody takes for one another when a receipt is read out.
RECEIPT_SIGNS = "ACDEFGHJKLMNPQRTUVWXY34679"
RECEIPT_LENGTH = 8


def check_file(size: int) -> Problems:
    """Whether a file of so many bytes can be taken at all; what it holds is told when it is read."""
    return Problems.collect(
        [
            ("file", _("The file is empty. Export it again and send it.")) if size == 0 else None,
            ("file", _("The file is larger than 256 MB. Send it in parts, a month each.")) if size > LARGEST else None,
        ]
    )


def check_dataset(spec: DatasetSpec, organisation_kind: str) -> Problems:
    """Whether an organisation of this kind holds such data, and more of it is taken."""
    if spec.retired:
        return Problems.collect([("dataset", _("This dataset is retired: no more of it is sent."))])
    if spec.mapped and organisation_kind in spec.senders:
        return Problems()
    return Problems.collect([("dataset", _("This dataset is not one that your kind of organisation sends."))])


def check_member(partnerships: Collection[object]) -> Problems:
    """Whether the sender is a member of a partnership today: data is shared with nobody else."""
    if partnerships:
        return Problems()
    return Problems.collect(
        [("", _("This organisation is not a member of a partnership today. Add its membership in the directory."))]
    )


def check_period(period: date | None, months: int | None, today: date, *, quarters_only: bool = False) -> Problems:
    """Whether the named period is a month or a quarter that has begun. Both None: the rows say. `quarters_only`: counts of a
    quarter are not sent by the month, since each month's would take the place of the last.
    """
    if period is None and months is None:
        return Problems()
    if period is None or months not in (MONTH, QUARTER):
        return Problems.collect([("period", _("Name a month or a quarter, or leave the period to the rows."))])
    begins_wrong = period.day != 1 or (months == QUARTER and period.month % QUARTER != 1)
    return Problems.collect(
        [
            ("period", _("A quarter begins in January, April, July or October, a month on its first day."))
            if begins_wrong
            else None,
            ("period", _("This dataset holds counts of a quarter: name the quarter."))
            if quarters_only and months == MONTH
            else None,
            ("period", _("The period has not begun yet.")) if period > today else None,
            ("period", _("The period is earlier than any data that can be kept.")) if period < FIRST_PERIOD else None,
        ]
    )


def months_of(period: date, months: int) -> tuple[date, ...]:
    """The first day of each month of a named period."""
    return tuple(add_months(period, each) for each in range(months))


def check_let_through(state: str, reason: str) -> Problems:
    """Only what the gate holds is let through, and whoever does says why."""
    if state != "held":
        return Problems.collect([("", _("The depersonalisation gate does not hold this file."))])
    return _check_reason(reason, _("Say why these rows may be loaded although they may identify somebody."))


def shrinks_greatly(loaded: int, left: int, book: LawBook) -> bool:
    """Whether a file that leaves `left` of a month's loaded rows is asked about: it leaves none, or few of many."""
    if not left:
        return loaded > 0
    few = left * 100 < loaded * book.number("delivery_asked_below_percent")
    return few and loaded >= book.number("delivery_asked_from_rows")


def check_emptying(state: str, *, confirmed: bool) -> Problems:
    """Only what was asked about is said yes to, and deliberately."""
    if state != "to_confirm":
        says = _("This file takes no rows away from a month, or somebody has decided about it already.")
        return Problems.collect([("", says)])
    if not confirmed:
        return Problems.collect([("confirmed", _("Tick the box if these months are to lose their rows."))])
    return Problems()


def check_withdrawal(state: str, reason: str) -> Problems:
    """What may still be taken back."""
    gone: Mapping[str, object] = {
        "waiting": _("The file is being read. Withdraw it once that is done."),
        "withdrawn": _("This delivery has been withdrawn already."),
        "refused": _("This delivery was refused: nothing of it is loaded, so there is nothing to withdraw."),
        "unchanged": _("This delivery changed nothing. Withdraw the one that it repeated."),
    }
    if state in gone:
        return Problems.collect([("", gone[state])])
    return _check_reason(reason, _("Say why it is withdrawn."))


def check_matching(state: str, *, is_kept: bool) -> Problems:
    """Whether a delivery still has a file whose columns can be matched."""
    if is_kept and state in ("unmapped", "held", "to_confirm", "refused"):
        return Problems()
    return Problems.collect([("", _("The file of this delivery is no longer kept. Send it again to match it anew."))])


def _check_reason(reason: str, message: object) -> Problems:
    length = len(reason.strip())
    return Problems.collect(
        [
            ("reason", message) if length < SHORTEST_REASON else None,
            ("reason", _("Keep the reason under 2,000 letters.")) if length > LONGEST_REASON else None,
        ]
    )
