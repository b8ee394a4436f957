"""How periods, days and authorities are written, on pages, in messages and in the document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ourpatch.data.duties.rules import InformationPeriod
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.directory.models import Organisation
from ourpatch.ground import clock


def name_of(period: InformationPeriod) -> str:
    """A period as people say it: July 2026, July to September 2026."""
    first, last = period.every_month[0], period.every_month[-1]
    if first == last:
        return str(date_format(first, "F Y"))
    return _("%(first)s to %(last)s") % {"first": date_format(first, "F"), "last": date_format(last, "F Y")}


def day(given: date | datetime | None) -> str:
    """A day, or the London day of an instant; empty for none."""
    if given is None:
        return ""
    shown = clock.london_date(given) if isinstance(given, datetime) else given
    return str(date_format(shown, "j F Y"))


def months(given: Iterable[date]) -> str:
    """Months as a list: August 2026, September 2026."""
    return ", ".join(str(date_format(each, "F Y")) for each in given)


def dataset(spec: DatasetSpec) -> str:
    """A dataset's name; one that a partnership added, and that no law asks for, is said to be its own."""
    return _("%(name)s (own dataset)") % {"name": spec.label} if spec.owner is not None else str(spec.label)


def authority(organisation: Organisation) -> str:
    """An organisation's name: the Welsh one for who reads Welsh, where there is one."""
    return organisation.name_cy if organisation.name_cy and get_language() == "cy" else organisation.name
