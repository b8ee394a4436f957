"""The forms that make an evaluation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ourpatch.answers.evaluation.rules import LEAST_METRES, MOST_METRES, Counts, Periods, Zone
from ourpatch.foundation.law import LawBook

DAY_HINT = _("The first day of a month, for example 1/3/2026")


class PeriodForm(forms.Form):
    """Two periods of the same number of months."""

    before_from = forms.DateField(label=_("The period before begins on"), help_text=DAY_HINT, widget=forms.TextInput)
    after_from = forms.DateField(
        label=_("The period after begins on"),
        help_text=_("Twelve months later compares the same season."),
        widget=forms.TextInput,
    )
    months = forms.IntegerField(min_value=1, max_value=36, label=_("Months in each period"))
    note = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), label=_("What else changed there in that time?")
    )

    def periods(self) -> Periods:
        """The periods, as the action takes them."""
        given = self.cleaned_data
        return Periods(given["before_from"], given["after_from"], given["months"])


class StoreForm(PeriodForm):
    """Counts from the store, in squares around two points."""

    category = forms.ChoiceField(label=_("What is counted"))
    response_name = forms.CharField(max_length=160, label=_("Where the work was done"))
    response_easting = forms.FloatField(label=_("Its easting, in metres"))
    response_northing = forms.FloatField(label=_("Its northing, in metres"))
    comparison_name = forms.CharField(
        max_length=160,
        label=_("Comparison area"),
        help_text=_("Like this one, too far away for the work to reach into it."),
    )
    comparison_easting = forms.FloatField(label=_("Its easting, in metres"))
    comparison_northing = forms.FloatField(label=_("Its northing, in metres"))
    metres = forms.FloatField(
        min_value=LEAST_METRES,
        max_value=MOST_METRES,
        initial=300,
        label=_("From the middle to each side, in metres"),
        help_text=_("A ring around the place, as wide again, is counted too: it shows whether trouble moved."),
    )
    field_order = ["category", "response_name", "response_easting", "response_northing", "metres"]

    def __init__(self, book: LawBook, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        choices = book.codes("police_uk_categories").choices(get_language() or "en")
        category.choices = [("", _("Everything recorded")), *choices]
        category.required = False

    def zones(self) -> tuple[Zone, Zone]:
        """The place of the work and the comparison area, squares of the same size."""
        given = self.cleaned_data
        response, comparison = (
            Zone(given[f"{which}_name"], given[f"{which}_easting"], given[f"{which}_northing"], given["metres"])
            for which in ("response", "comparison")
        )
        return response, comparison


class TypedForm(PeriodForm):
    """Counts from elsewhere, with their source."""

    response_name = forms.CharField(max_length=160, label=_("Where the work was done"))
    response_before = forms.IntegerField(min_value=0, label=_("Count before"))
    response_after = forms.IntegerField(min_value=0, label=_("Count after"))
    comparison_name = forms.CharField(max_length=160, label=_("Comparison area"))
    comparison_before = forms.IntegerField(min_value=0, label=_("Comparison area: count before"))
    comparison_after = forms.IntegerField(min_value=0, label=_("Comparison area: count after"))
    buffer_name = forms.CharField(max_length=160, required=False, label=_("Surroundings, if counted"))
    buffer_before = forms.IntegerField(min_value=0, required=False, label=_("Surroundings: count before"))
    buffer_after = forms.IntegerField(min_value=0, required=False, label=_("Surroundings: count after"))
    source = forms.CharField(max_length=300, label=_("Where the counts come from"))

    def clean(self) -> dict[str, Any]:
        """The surroundings are counted before and after, or not at all."""
        given = super().clean() or {}
        before, after = given.get("buffer_before"), given.get("buffer_after")
        if (before is None) != (after is None):
            missing = "buffer_before" if before is None else "buffer_after"
            self.add_error(missing, _("Give both counts of the surroundings, or neither."))
        return given

    def counts(self) -> tuple[Counts, Counts, Counts | None]:
        """Place, comparison area and surroundings."""
        given = self.cleaned_data
        buffer = None
        if given["buffer_before"] is not None and given["buffer_after"] is not None:
            buffer = Counts(given["buffer_before"], given["buffer_after"])
        return (
            Counts(given["response_before"], given["response_after"]),
            Counts(given["comparison_before"], given["comparison_after"]),
            buffer,
        )
