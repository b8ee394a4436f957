"""The forms of a question to recorded data, and of what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ourpatch.data.disclosure.asking import BY
from ourpatch.data.disclosure.models import Detail, Publishing
from ourpatch.data.store.query import Dimension
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.ground.pages import offer

NAMES = {
    Dimension.CATEGORY: _("Category"),
    Dimension.MONTH: _("Month"),
    Dimension.NEIGHBOURHOOD: _("Neighbourhood"),
    Dimension.DISTRICT: _("District (code)"),
    Dimension.WEEKDAY: _("Day of the week (1 is Monday)"),
    Dimension.HOUR: _("Hour of the day"),
    Dimension.PLACE_PRECISION: _("How exactly the place is known"),
}


_FIRST, _LAST = date(1900, 1, 1), date(2100, 12, 31)
_SAID = _("Write a day from 1900 to 2100.")
_WITHIN = (MinValueValidator(_FIRST, _SAID), MaxValueValidator(_LAST, _SAID))


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, validators=_WITHIN, **options)


class AskForm(forms.Form):
    """What is asked of which dataset."""

    dataset = forms.ChoiceField(label=_("Dataset"))
    by = forms.ChoiceField(label=_("Counted by"), choices=[(str(each), NAMES[each]) for each in BY])
    since = _day(_("From"))
    until = _day(_("Until"))
    known_on = _day(_("As it was known on"), help_text=_("Leave it empty for how things stand now."))
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        max_length=300,
        help_text=_("Needed for controlled datasets. It is kept with your name and the question."),
    )

    def __init__(self, *args: Any, datasets: Sequence[DatasetSpec], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "dataset", ((each.key, str(each.label)) for each in datasets))


EXACT = "exact"


def _nearest(base: int, *, recommended: bool) -> Any:
    if recommended:
        return format_lazy(_("Rounded to the nearest {base} (recommended where numbers are rounded)"), base=base)
    return format_lazy(_("Rounded to the nearest {base}"), base=base)


class PublishingForm(forms.Form):
    """Which kinds of area are published, and how numbers are shown. `confirmed`: whoever chooses was told what it does."""

    detail = forms.ChoiceField(
        label=_("Which areas are published?"),
        choices=Detail.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "The smaller the areas, the more of their numbers are small and are withheld, and the more numbers of larger areas "
            "with them. A small area (LSOA) has about 1,500 residents."
        ),
        error_messages={"required": _("Choose which areas are published.")},
    )
    numbers = forms.ChoiceField(
        label=_("How are numbers shown?"),
        widget=forms.RadioSelect,
        help_text=_(
            "Small numbers, and those that would give them away, are withheld either way. Rounding also hides small changes."
        ),
        error_messages={"required": _("Choose how numbers are shown.")},
    )
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, bases: Mapping[int, bool], **options: Any) -> None:
        """`bases`: the numbers that may be rounded to -> whether it is the recommended one."""
        super().__init__(*args, **options)
        rounded = ((str(base), _nearest(base, recommended=each)) for base, each in bases.items())
        offer(self, "numbers", [(EXACT, _("Exactly")), *rounded])

    @classmethod
    def initial_of(cls, chosen: Publishing) -> dict[str, Any]:
        """What stands in the form before anything is chosen anew."""
        numbers = EXACT if chosen.rounded_to is None else str(chosen.rounded_to)
        return {"detail": chosen.detail, "numbers": numbers, "replaces": chosen.seen_as}

    def ask_again(self, chosen: Publishing) -> None:
        """What was posted and refused is shown beside what is chosen now, and confirmed anew."""
        self.data = {**dict(self.data.items()), "replaces": str(chosen.seen_as or ""), "confirmed": ""}

    @property
    def rounded_to(self) -> int | None:
        """The base that was chosen; None for exact numbers."""
        numbers: str = self.cleaned_data["numbers"]
        return None if numbers == EXACT else int(numbers)
