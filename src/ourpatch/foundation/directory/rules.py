"""What an entry of the directory must hold, and when a contact is stale. Source: features F3."""

from __future__ import annotations

import calendar
import re
from datetime import date

from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _

# A house choice: twice a year, so that no contact is older than one round of partnership meetings.
STALE_AFTER_MONTHS = 6

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_TELEPHONE = re.compile(r"^\+?[0-9 ()-]{3,}( ?(ext|x)\.? ?[0-9]+)?$")


def check_organisation(*, name: str, name_is_taken: bool, email: str, telephone: str) -> Problems:
    """An organisation has a name of its own and contacts that can be used."""
    return Problems.collect(
        [
            None if name.strip() else ("name", _("Give the organisation's name.")),
            ("name", _("There is an organisation of this name already. Use that one.")) if name_is_taken else None,
            *_reachable("public_email", email, "public_telephone", telephone),
        ]
    )


def check_person(*, name: str, title: str, email: str, telephone: str) -> Problems:
    """A person has a name, an office, and a way to be reached at work."""
    reachable = email.strip() or telephone.strip()
    return Problems.collect(
        [
            None if name.strip() else ("name", _("Give the person's name.")),
            None if title.strip() else ("title", _("Say what their office is, for example Neighbourhood sergeant.")),
            None if reachable else ("email", _("Give an e-mail address or a telephone number at work.")),
            *_reachable("email", email, "telephone", telephone),
        ]
    )


def check_span(*, from_on: date, until: date | None) -> Problems:
    """Something that ends does not end before it began."""
    ends_early = until is not None and until < from_on
    return Problems.collect([("until", _("The last day is before the first day.")) if ends_early else None])


def is_stale(verified_on: date | None, on: date) -> bool:
    """True when nobody has confirmed a contact within the last six months."""
    return verified_on is None or verified_on < stale_before(on)


def stale_before(on: date) -> date:
    """The day before which a confirmation no longer counts: six calendar months back, or that month's last day."""
    months = on.year * 12 + on.month - 1 - STALE_AFTER_MONTHS
    year, month = divmod(months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def _reachable(email_field: str, email: str, telephone_field: str, telephone: str) -> list[tuple[str, object] | None]:
    bad_email = bool(email.strip()) and not _EMAIL.match(email.strip())
    bad_telephone = bool(telephone.strip()) and not _TELEPHONE.match(telephone.strip())
    return [
        (email_field, _("Give an e-mail address like name@example.org.")) if bad_email else None,
        (telephone_field, _("Give a telephone number, like 01632 960001.")) if bad_telephone else None,
    ]
