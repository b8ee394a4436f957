"""What is said of each thing that can be found in a cell, what follows from it and what to do. Nothing is repeated but codes.

`FAULTS` is the whole of it: pages, reports and the documentation show that table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ourpatch.data.exchange.findings import Finding, Weight
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can be found: its weight where the field may be empty, what is said and what to do."""

    weight: Weight
    says: Message
    do: Message


_SEND_WHOLE_DATE = _("Write the date with its year, for example 03/04/2026, or choose the format in the layout.")
_CHECK_COLUMNS = _(
    "Check which columns hold the place, and that they are metres of the National Grid (EPSG:27700) or degrees (WGS84). Then "
    "send the rows again."
)
_NOT_LOADED = Weight.SETS_ASIDE
_LOADED = Weight.NOTES

FAULTS: Mapping[str, Fault] = {
    "required_missing": Fault(
        _NOT_LOADED, _("A value is missing that every row must have."), _("Fill in the cell and send the row again.")
    ),
    "column_empty": Fault(
        Weight.REFUSES,
        _("The column is empty in every row, and the dataset cannot be read without it."),
        _("Choose the column that holds it, or export the file again."),
    ),
    "text_too_long": Fault(
        _LOADED, _("The cell holds more text than any real value."), _("Check that the columns have not shifted.")
    ),
    "date_unreadable": Fault(_NOT_LOADED, _("The date cannot be read."), _SEND_WHOLE_DATE),
    "date_not_existing": Fault(_NOT_LOADED, _("There is no such day."), _("Correct the date and send the row again.")),
    "date_order": Fault(
        _NOT_LOADED,
        _("The month is greater than 12: the day and the month are in another order than the layout says."),
        _("Choose the right order of day and month in the layout, or have the sender write the day first."),
    ),
    "date_serial": Fault(
        _NOT_LOADED,
        _("Where a date should be stands a number, as Excel keeps dates."),
        _(
            "Format the column as a date in Excel and save it again. If every date is such a number, choose "
            "“Excel numbers” in the layout."
        ),
    ),
    "date_empty_year": Fault(
        _NOT_LOADED,
        _("The date is the one that programs write for an empty cell (such as 1900)."),
        _("Fill in the real date and send the row again."),
    ),
    "date_future": Fault(_NOT_LOADED, _("The date lies in the future."), _("Correct the date and send the row again.")),
    "date_missing": Fault(
        _NOT_LOADED, _("The row has no date, so no month can be told."), _("Fill in the date and send the row again.")
    ),
    "period_missing": Fault(
        Weight.REFUSES,
        _("No column says when anything happened, and no period was chosen."),
        _("Choose the month or quarter that the file is for."),
    ),
    "other_period": Fault(
        _NOT_LOADED,
        _("The row belongs to another period than the one this file is for."),
        _("Send it with that period's file, or choose the right period."),
    ),
    "time_unreadable": Fault(
        _LOADED, _("The time cannot be read. The row was loaded without it."), _("Write times as 09:30.")
    ),
    "time_not_existing": Fault(
        _LOADED, _("There is no such time of day. The row was loaded without it."), _("Write times as 09:30.")
    ),
    "time_unclear": Fault(
        _LOADED,
        _("A number of one or two digits is no clear time. The row was loaded without it."),
        _("Write times as 09:30."),
    ),
    "time_serial": Fault(
        _LOADED,
        _("Where a time should be stands a fraction, as Excel keeps times. The row was loaded without it."),
        _("Format the column as a time in Excel, or choose “Excel numbers” in the layout."),
    ),
    "time_unknown": Fault(
        _LOADED, _("The time is not known. The row was loaded without it."), _("Nothing, unless you can find it.")
    ),
    "time_24": Fault(
        _LOADED, _("24:00 was read as the first minute of the next day."), _("Nothing, if that is what was meant.")
    ),
    "time_skipped": Fault(
        _LOADED,
        _("The clocks went forward over this time. It was read as an hour later."),
        _("Check the time if it matters."),
    ),
    "time_twice": Fault(
        _LOADED,
        _("The clocks went back, so this time came twice. The first was taken."),
        _("Check the time if it matters."),
    ),
    "time_all_midnight": Fault(
        _LOADED,
        _("Every time in the file is 00:00, so the hours are taken to be unknown."),
        _("Send the column that holds the real times, if there is one."),
    ),
    "time_left_out": Fault(
        _LOADED,
        _("The dates are followed by times, which were not read."),
        _("To keep them, fill the field for the time from the same column."),
    ),
    "year_two_digits": Fault(
        _LOADED, _("The years have two digits and were read as 20.."), _("Write years with four digits.")
    ),
    "place_zero": Fault(
        _LOADED,
        _("The coordinates are 0 and 0: the row was loaded without a point."),
        _("Nothing, if the place is not known. Leave the cells empty."),
    ),
    "place_half": Fault(
        _LOADED,
        _("One of the two coordinates is missing: the row was loaded without a point."),
        _("Fill in both, or leave both empty."),
    ),
    "place_unreadable": Fault(
        _NOT_LOADED,
        _("The coordinate is not a number."),
        _("Write metres or degrees as plain numbers, for example 347600 or -2.80125."),
    ),
    "place_degrees": Fault(
        _NOT_LOADED,
        _("The columns for easting and northing hold degrees."),
        _("Fill longitude and latitude from these columns instead."),
    ),
    "place_metres": Fault(
        _NOT_LOADED,
        _("The columns for longitude and latitude hold metres."),
        _("Fill easting and northing from these columns instead, if they are of the National Grid."),
    ),
    "place_swapped": Fault(
        _NOT_LOADED,
        _("The two coordinates look swapped."),
        _("Exchange the two columns in the layout, or have the sender correct them."),
    ),
    "place_sign": Fault(
        _NOT_LOADED,
        _("The longitude seems to lack its minus sign: as it stands it lies in the sea or abroad."),
        _("Have the sender keep the minus sign of longitudes, and send the rows again."),
    ),
    "place_mercator": Fault(
        _NOT_LOADED,
        _("The coordinates are metres of a web map (EPSG:3857), not of the National Grid."),
        _("Have the sender export British National Grid (EPSG:27700), or longitude and latitude."),
    ),
    "place_feet": Fault(
        _NOT_LOADED,
        _("The coordinates lie outside Great Britain in metres, and inside it in feet."),
        _("Have the sender export metres of the National Grid (EPSG:27700)."),
    ),
    "place_short": Fault(
        _NOT_LOADED,
        _("The coordinates have too few digits: perhaps they are kilometres or a short grid reference."),
        _("Have the sender export whole metres, six digits each."),
    ),
    "place_outside": Fault(_NOT_LOADED, _("The point lies outside Great Britain."), _CHECK_COLUMNS),
    "postcode_unreadable": Fault(
        _LOADED, _("This is not a postcode. It was left out."), _("Correct it, or leave the cell empty.")
    ),
    "postcode_half": Fault(
        _LOADED, _("Only the first half of the postcode is there. It was kept."), _("Nothing, if no more is known.")
    ),
    "postcode_full": Fault(
        _LOADED,
        _("A full postcode stands where only its first half may come. Only the first half was kept."),
        _("Have the sender leave out the second half."),
    ),
    "area_unreadable": Fault(
        _LOADED,
        _("This is not the code of a small area (LSOA) in England or Wales. It was left out."),
        _("Such codes are written E01 or W01 and six digits. Send the code, not the name."),
    ),
    "count_unreadable": Fault(_LOADED, _("This is not a number."), _("Write a whole number.")),
    "count_negative": Fault(_LOADED, _("A count cannot be below 0."), _("Write a whole number, 0 or more.")),
    "count_not_whole": Fault(_LOADED, _("A count must be a whole number."), _("Write a whole number.")),
    "count_too_large": Fault(_LOADED, _("The number is too large to be a count."), _("Check the column.")),
    "count_suppressed": Fault(
        _LOADED,
        _("The number is hidden or given as a range."),
        _("Ask the sender for the number itself: small numbers are protected here before anything is published."),
    ),
    "age_unreadable": Fault(_LOADED, _("This is not an age. It was left out."), _("Write whole years.")),
    "age_negative": Fault(_LOADED, _("An age cannot be below 0. It was left out."), _("Write whole years.")),
    "age_not_whole": Fault(_LOADED, _("An age must be in whole years. It was left out."), _("Write whole years.")),
    "age_too_large": Fault(_LOADED, _("Nobody is older than 120. The age was left out."), _("Correct the age.")),
    "code_unknown": Fault(
        _LOADED,
        _("The value is not on the list of codes."),
        _("Say in the layout which code it stands for, or have the sender correct it."),
    ),
    "repeated": Fault(
        _NOT_LOADED,
        _("The reference stands in an earlier row of the same file."),
        _("If the rows are different incidents, give each its own reference."),
    ),
}

FAULTY_SHARE = 10
"""A file of which one row in so many, or more, cannot be used was made wrongly and is refused as a whole."""


def weighed(fault: str, *, needed: bool, lightly: bool) -> tuple[str, Weight]:
    """The kind of a finding and its weight. `needed`: a row cannot be loaded without the value. `lightly`: it always can.

    A weight that is not the fault's own is counted under a kind of its own.
    """
    weight = FAULTS[fault].weight
    if needed and weight is Weight.NOTES:
        return f"needed_{fault}", Weight.SETS_ASIDE
    if lightly and weight is Weight.SETS_ASIDE:
        return f"noted_{fault}", Weight.NOTES
    return fault, weight


def unknown_code(code: str) -> Message:
    """What is said of a code that may be named."""
    return _("“%(code)s” is not on the list of codes.", code=code)


def too_many_faults(faulty: int, rows: int, commonest: Finding) -> Finding:
    """A file with too many rows that cannot be used."""
    return Finding(
        0,
        "",
        "too_many_faults",
        Weight.REFUSES,
        _(
            "%(faulty)s of %(rows)s rows cannot be used. Most often, for example in row %(row)s: %(why)s",
            faulty=faulty,
            rows=rows,
            row=commonest.row,
            why=commonest.says,
        ),
        _("Check which columns are chosen, and the period. If they are right, mend the file and send it again."),
    )


def bad_row(number: int, says: Message, *, total: bool = False) -> Finding:
    """A row that could not be read at all, or a line of totals."""
    if total:
        return Finding(number, "", "total_line", Weight.SETS_ASIDE, says, _("Nothing need be done."))
    return Finding(number, "", "bad_row", Weight.SETS_ASIDE, says, _("Mend the row and send it again."))
