"""What the parts of a dataset's specification, and what follows from a finding, are called on pages."""

from __future__ import annotations

from django.utils.translation import get_language

from ourpatch.data.exchange.findings import Weight
from ourpatch.data.store.own.rules import PREFIX
from ourpatch.data.store.rules import DataClass, PlacePrecision, TimePrecision
from ourpatch.data.store.specs import DatasetSpec, FieldKind, Period
from ourpatch.foundation.law.entries import Item
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

CLASSES: dict[DataClass, Message] = {
    DataClass.PERSONAL: _("Personal: protected record by record"),
    DataClass.CONTROLLED: _("Controlled: only for named people and purposes"),
    DataClass.PUBLISHABLE: _("May be published, small numbers hidden"),
}
TIME_PRECISIONS: dict[TimePrecision, Message] = {
    TimePrecision.INSTANT: _("To the minute"),
    TimePrecision.HOUR: _("To the hour"),
    TimePrecision.DAY: _("The day"),
    TimePrecision.MONTH: _("The month"),
    TimePrecision.QUARTER: _("The quarter"),
}
PLACE_PRECISIONS: dict[PlacePrecision, Message] = {
    PlacePrecision.EXACT: _("Exactly, by coordinates or postcode"),
    PlacePrecision.SNAPPED: _("Moved to a point nearby that stands for eight addresses or more"),
    PlacePrecision.ADDRESS: _("The address of a building"),
    PlacePrecision.POSTCODE: _("The middle of a postcode"),
    PlacePrecision.OUTWARD: _("The first half of a postcode"),
    PlacePrecision.AREA: _("An area, such as a district or a small area (LSOA)"),
    PlacePrecision.NONE: _("No place"),
}
PERIODS: dict[Period, Message] = {Period.MONTH: _("Every month"), Period.QUARTER: _("Every quarter")}
KINDS: dict[FieldKind, Message] = {
    FieldKind.REFERENCE: _("The sender's own number of the record"),
    FieldKind.DATE: _("Date"),
    FieldKind.TIME: _("Time of day"),
    FieldKind.DATETIME: _("Date and time"),
    FieldKind.MONTH: _("Month"),
    FieldKind.EASTING: _("Metres east (British National Grid)"),
    FieldKind.NORTHING: _("Metres north (British National Grid)"),
    FieldKind.LONGITUDE: _("Degrees of longitude (WGS84)"),
    FieldKind.LATITUDE: _("Degrees of latitude (WGS84)"),
    FieldKind.POSTCODE: _("Full postcode"),
    FieldKind.OUTWARD: _("First half of the postcode only"),
    FieldKind.LSOA: _("Code of the small area (LSOA)"),
    FieldKind.PLACE: _("The place in words"),
    FieldKind.CODE: _("A code from a list"),
    FieldKind.COUNT: _("Whole number"),
    FieldKind.AGE: _("Age in whole years"),
    FieldKind.TEXT: _("Words"),
}
ROW_CATEGORY = _("Category")
AGREED = _("Agreed by the partnership")
LET_THROUGH = _("Let through")
WEIGHTS: dict[Weight, Message] = {
    Weight.REFUSES: _("The file is refused"),
    Weight.HOLDS: _("The file is held"),
    Weight.SETS_ASIDE: _("The row is not loaded"),
    Weight.NOTES: _("The row is loaded"),
}


def few_alike(least: int) -> Message:
    """Why rows single somebody out, where nobody said it in other words."""
    return _("Fewer than %(least)s rows are alike in these fields: somebody could tell who it is.", least=least)


def label_of(item: Item) -> str:
    """A code's name in the reader's language."""
    return item.label(get_language() or "en")


def follows(weight: Weight, *, let_through: bool) -> str:
    """What follows from a finding; what somebody let through does not hold the file any more."""
    return str(LET_THROUGH if weight is Weight.HOLDS and let_through else WEIGHTS[weight])


def how_often(spec: DatasetSpec) -> str:
    """How often a dataset comes; an own one that nobody expects comes when there is something to send."""
    if spec.duty is None and spec.key.startswith(PREFIX):
        return str(_("When there is something to send"))
    return str(PERIODS[spec.period])
