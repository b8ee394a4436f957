"""What identifies a person, and what is said of it: the kind and what to do, never the value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ourpatch.data.exchange.findings import Finding, Weight
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _


class Kind(StrEnum):
    """A kind of identifier; stable, since findings are counted by it."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    POSTCODE = "postcode"
    HOME_ADDRESS = "home_address"
    NHS_NUMBER = "nhs_number"
    CUSTODY_NUMBER = "custody_number"
    NOMINAL_NUMBER = "nominal_number"
    REGISTRATION_MARK = "registration_mark"
    NATIONAL_INSURANCE = "national_insurance"
    DRIVING_LICENCE = "driving_licence"
    PASSPORT = "passport"
    EMAIL = "email"
    TELEPHONE = "telephone"
    DEVICE_ADDRESS = "device_address"
    SOCIAL_MEDIA = "social_media"
    WEB_ADDRESS = "web_address"
    CARD_NUMBER = "card_number"


WHAT: dict[Kind, Message] = {
    Kind.NAME: _("the name of a person"),
    Kind.BIRTH_DATE: _("a date of birth"),
    Kind.POSTCODE: _("a full postcode"),
    Kind.HOME_ADDRESS: _("an address with the number of the house"),
    Kind.NHS_NUMBER: _("an NHS or patient number"),
    Kind.CUSTODY_NUMBER: _("a custody or arrest number"),
    Kind.NOMINAL_NUMBER: _("the number of a person in another system"),
    Kind.REGISTRATION_MARK: _("the registration mark of a vehicle"),
    Kind.NATIONAL_INSURANCE: _("a National Insurance number"),
    Kind.DRIVING_LICENCE: _("a driving licence number"),
    Kind.PASSPORT: _("a passport number"),
    Kind.EMAIL: _("an e-mail address"),
    Kind.TELEPHONE: _("a telephone number"),
    Kind.DEVICE_ADDRESS: _("the network address or number of a device"),
    Kind.SOCIAL_MEDIA: _("a name on social media"),
    Kind.WEB_ADDRESS: _("a web address that leads to a person or a case"),
    Kind.CARD_NUMBER: _("the number of a bank card"),
}

_TAKE_OUT = _("Take it out, or leave the whole column out, and send the file again.")
_DO: dict[Kind, Message] = {
    Kind.BIRTH_DATE: _("Take it out and send the file again. Where the dataset asks for an age, give whole years."),
    Kind.POSTCODE: _("Give only the part before the space, for example PR1, or leave it out, and send the file again."),
    Kind.HOME_ADDRESS: _("Take the address out and send the file again."),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found in a value. `sure`: it holds the file; else it is only noted."""

    kind: Kind
    sure: bool = True


def of_cell(hit: Hit, row: int, column: str) -> Finding:
    """What is said of one cell."""
    do = _DO.get(hit.kind, _TAKE_OUT)
    if hit.sure:
        says = _("This cell seems to hold %(what)s.", what=WHAT[hit.kind])
        return Finding(row, column, f"gate_{hit.kind}", Weight.HOLDS, says, do)
    says = _("This cell may hold %(what)s.", what=WHAT[hit.kind])
    look = _("Look at it. If it is so, take it out and send the file again.")
    return Finding(row, column, f"gate_maybe_{hit.kind}", Weight.NOTES, says, look)


def of_heading(kind: Kind, column: str) -> Finding:
    """What is said of a column whose heading announces an identifier."""
    says = _("The heading says that this column holds %(what)s.", what=WHAT[kind])
    do = _("Leave the whole column out and send the file again.")
    return Finding(0, column, f"gate_heading_{kind}", Weight.HOLDS, says, do)


def of_headless(hit: Hit, column: str) -> Finding:
    """What is said of a heading that is itself an identifier: the file has no row of headings, or the wrong one was taken."""
    says = _("The heading of this column seems to be %(what)s.", what=WHAT[hit.kind])
    do = _("Is there a row of headings? Say which row it is, or put one above the first row, and send the file again.")
    return Finding(0, column, f"gate_{hit.kind}", Weight.HOLDS, says, do)


def of_birth_column(column: str) -> Finding:
    """What is said of a column of dates that lie as far back as birthdays do."""
    says = _("The dates in this column lie as far back as dates of birth.")
    return Finding(
        0, column, "gate_birth_dates", Weight.HOLDS, says, _("Leave the whole column out and send the file again.")
    )
