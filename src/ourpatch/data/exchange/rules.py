"""What a file must be before any of it is loaded, and what becomes of each of its rows.

`ROW_RULES` is the whole of it in words: pages, reports and the documentation show that table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath

from ourpatch.ground.errors import BadInput, Problems
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

HEADER = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)
"""The columns of a street-level file of data.police.uk, as published. Source: anchors 2.10, ten files."""


class Reason(StrEnum):
    """Why a row was read and not kept."""

    MALFORMED = "malformed"
    OTHER_MONTH = "other_month"
    UNKNOWN_CATEGORY = "unknown_category"
    TOO_LONG = "too_long"
    OUTSIDE = "outside"
    REPEATED = "repeated"


FAULTS = (Reason.MALFORMED, Reason.UNKNOWN_CATEGORY, Reason.TOO_LONG, Reason.OTHER_MONTH)
"""Reasons that say the file was made wrongly, not that the row does not concern us."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """One rule: what is seen in a row, what becomes of the row (`reason` None: it is kept), and why."""

    reason: Reason | None
    when: Message
    why: Message


ROW_RULES: tuple[RowRule, ...] = (
    RowRule(
        None,
        _("No Crime ID"),
        _(
            "Anti-social behaviour has none. Rows without an ID are never repeats of each other, even when all else agrees."
        ),
    ),
    RowRule(
        None,
        _("No place"),
        _("It happened, so it counts for the force; it counts for no neighbourhood and is on no map."),
    ),
    RowRule(
        None,
        _("The publisher's small area (LSOA) and the point disagree"),
        _(
            "Published points are moved and outlines are simplified. The publisher's small area is trusted for statistics."
        ),
    ),
    RowRule(
        Reason.MALFORMED,
        _("Too many or too few columns, or values that are in the wrong column"),
        _("What the row says cannot be told."),
    ),
    RowRule(
        Reason.TOO_LONG,
        _("A value longer than any real one"),
        _("It is not a place name or a code, and could be anything."),
    ),
    RowRule(
        Reason.UNKNOWN_CATEGORY,
        _("A crime type that is not on the published list"),
        _("It cannot be counted under any heading. A new heading has to be added to the list first."),
    ),
    RowRule(
        Reason.OTHER_MONTH,
        _("Another month than the file's name says"),
        _("It belongs to that month's file, where it would be counted again."),
    ),
    RowRule(
        Reason.OUTSIDE,
        _("Outside the area: neither its small area nor its point is in a loaded district"),
        _("It belongs to somebody else's neighbourhoods."),
    ),
    RowRule(
        Reason.REPEATED,
        _("A Crime ID that came before in the same file"),
        _("The first row is kept, so that one crime is counted once."),
    ),
)

REASON_LABELS: dict[Reason, Message] = {rule.reason: rule.when for rule in ROW_RULES if rule.reason is not None}


@dataclass(frozen=True, slots=True)
class Caps:
    """How much an archive may unpack to, so that a small file cannot fill the machine. Bytes; `ratio` is unpacked to packed."""

    members: int = 10_000
    member_bytes: int = 256 * 1024 * 1024
    total_bytes: int = 12 * 1024 * 1024 * 1024
    ratio: int = 200


# Larger than any archive that a browser should carry: two years of the whole country.
HANDED_IN_BYTES = 512 * 1024 * 1024

# The longest real value in a national month has 90 characters.
LONGEST_VALUE = 500
# A force's month holds tens of thousands of rows with at most a handful of faults; a tenth means that the file is something else.
FAULTY_SHARE = 0.1
# Each reason's first rows are listed; all are counted.
LISTED = 200
# A force whose placed rows are mostly elsewhere is a neighbour; its rows without a place are not ours to count.
HOME_SHARE = 0.5

_STREET = re.compile(r"^(?P<month>\d{4}-\d{2})-(?P<supplier>[a-z0-9-]{1,60})-street\.csv$", re.IGNORECASE)
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


@dataclass(frozen=True, slots=True)
class StreetFile:
    """What the name of a street-level file says: whose it is and for which month."""

    name: str
    supplier: str
    month: date


def street_file(name: str) -> StreetFile | None:
    """Read a member's name; None when it is no street-level file. Raises BadInput when its month cannot be one."""
    found = _STREET.match(PurePosixPath(name).name)
    if found is None or name.startswith("__MACOSX/"):
        return None
    month = month_named(found["month"])
    if month is None:
        raise BadInput(_("%(name)s: %(month)s is not a month. Nothing was loaded.", name=name, month=found["month"]))
    return StreetFile(name, found["supplier"].lower(), month)


def is_street_name(name: str) -> bool:
    """Whether a name, without any folder, is that of a street-level file; the month itself is judged when it is read."""
    return _STREET.fullmatch(name) is not None


def month_named(text: str) -> date | None:
    """The first day of a month written as 2019-01; None when there is no such month."""
    found = _MONTH.match(text)
    if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        return None
    return date(int(found[1]), int(found[2]), 1)


def looks_like_month(text: str) -> bool:
    """True for four digits, a hyphen and two digits, whether or not there is such a month."""
    return _MONTH.match(text) is not None


def check_header(name: str, columns: Sequence[str]) -> None:
    """The published columns must be there, once each; others are tolerated and ignored. Raises BadInput."""
    missing = [column for column in HEADER if column not in columns]
    if missing:
        raise BadInput(
            _(
                "%(name)s: the first row is not the header of a data.police.uk street file; missing: %(missing)s. "
                "Nothing was loaded.",
                name=name,
                missing=", ".join(missing),
            )
        )
    if any(columns.count(column) > 1 for column in HEADER):
        raise BadInput(_("%(name)s: a column is there twice in the first row. Nothing was loaded.", name=name))


def check_faults(name: str, rows_read: int, faulty: int, first_row: int | None) -> None:
    """A file in which a tenth of the rows is faulty was made wrongly and is refused as a whole. Raises BadInput."""
    if rows_read == 0:
        raise BadInput(_("%(name)s: the file has a header and no rows. Nothing was loaded.", name=name))
    if faulty > rows_read * FAULTY_SHARE:
        raise BadInput(
            _(
                "%(name)s: %(faulty)s of %(rows)s rows cannot be used, the first is row %(first)s. "
                "Check that this is the file as published. Nothing was loaded.",
                name=name,
                faulty=faulty,
                rows=rows_read,
                first=first_row,
            )
        )


def check_handed_in(filename: str, size: int) -> Problems:
    """What a browser may hand in: an archive or one file of it, of a size that a browser should carry."""
    return Problems.collect(
        [
            ("file", _("Choose a zip archive, or a file whose name ends in street.csv."))
            if PurePosixPath(filename).suffix.lower() not in (".zip", ".csv")
            else None,
            ("file", _("The file is too large for a browser. Load it with the command: ourpatch load police-uk."))
            if size > HANDED_IN_BYTES
            else None,
            ("file", _("The file is empty.")) if size == 0 else None,
        ]
    )
