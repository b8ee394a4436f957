"""Forms of studies: the question with the method's own options, and keeping a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ourpatch.data.store.specs import DatasetSpec
from ourpatch.data.studies.contract import Kind, Method, Option
from ourpatch.data.studies.question import Question
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.ground.pages import offer

PREFIX = "option_"
Choices = Sequence[tuple[str, Any]]


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **options)


class StudyForm(forms.Form):
    """What is asked of which data: the dataset first, as its categories depend on it."""

    dataset = forms.ChoiceField(label=_("Dataset"))
    area = forms.ChoiceField(label=_("Place"))
    categories = forms.MultipleChoiceField(
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all of them."),
    )
    since = _day(_("From"), help_text=_("Leave both days empty for everything that is loaded."))
    until = _day(_("Until"))
    known_on = _day(_("As it was known on"), help_text=_("Leave it empty for how things stand now."))
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        max_length=300,
        help_text=_("Needed for controlled datasets. It is kept with your name and the question."),
    )

    def __init__(
        self,
        *args: Any,
        method: Method,
        datasets: Sequence[DatasetSpec],
        places: Sequence[ServiceArea],
        categories: Choices,
        areas: Choices = (),
        against_categories: Choices = (),
        needs_purpose: bool = True,
        **options: Any,
    ) -> None:
        """`areas`: what an option of areas lets people choose from; `against_categories`: those of the other dataset."""
        super().__init__(*args, **options)
        offer(self, "dataset", ((each.key, str(each.label)) for each in datasets))
        offer(self, "area", _place_choices(places))
        offer(self, "categories", categories)
        if not categories:
            del self.fields["categories"]
        if not needs_purpose:
            del self.fields["purpose"]
        offered = {
            Kind.AREAS: areas,
            Kind.DATASET: [("", gettext("None")), *((each.key, str(each.label)) for each in datasets)],
            Kind.CATEGORIES: against_categories,
        }
        for option in method.options:
            if option.kind is not Kind.CATEGORIES or against_categories:
                self.fields[f"{PREFIX}{option.key}"] = _field(option, offered.get(option.kind, ()))

    def question(self, method: Method) -> Question:
        """What was asked, once the form is valid."""
        given = self.cleaned_data
        return Question(
            method=method.key,
            dataset=given["dataset"],
            area=given["area"],
            categories=tuple(given.get("categories", ())),
            since=given["since"],
            until=given["until"],
            known_on=given["known_on"],
            options={
                option.key: given[f"{PREFIX}{option.key}"]
                for option in method.options
                if given.get(f"{PREFIX}{option.key}") not in (None, "", [])
            },
            purpose=given.get("purpose", ""),
        )


class KeepForm(forms.Form):
    """A title and what to remember."""

    title = forms.CharField(label=_("Title"), max_length=200)
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ShareForm(forms.Form):
    """With which other organisation."""

    organisation = forms.ChoiceField(label=_("Organisation"))

    def __init__(self, *args: Any, organisations: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "organisation", organisations)


def _place_choices(places: Sequence[ServiceArea]) -> Iterable[tuple[str, str]]:
    """Neighbourhoods set in below their partnership, where it is one of them."""
    wholes = {place.pk for place in places if place.kind == ServiceAreaKind.PARTNERSHIP}
    for place in places:
        is_below = place.pk not in wholes and place.partnership_id in wholes
        yield str(place.pk), f"– {place.shown_name}" if is_below else place.shown_name


def _field(option: Option, offered: Choices) -> forms.Field:
    """The field of an option; `offered`: what it lets people choose from where that depends on the data."""
    shared: dict[str, Any] = {
        "label": str(option.label),
        "required": option.required,
        "help_text": str(option.hint) if option.hint else "",
        "initial": option.default,
        "error_messages": {"required": gettext("Fill this in: %(name)s.") % {"name": option.label}},
    }
    if option.kind is Kind.CHOICE:
        choices = [(key, str(name)) for key, name in option.choices]
        return forms.ChoiceField(choices=choices, **{**shared, "required": True})
    if option.kind is Kind.TICK:
        return forms.BooleanField(**{**shared, "required": False})
    if option.kind is Kind.MONTH:
        return forms.CharField(
            widget=forms.TextInput(attrs={"type": "month", "class": "govuk-input--width-10"}), max_length=10, **shared
        )
    if option.kind is Kind.DATASET:
        return forms.ChoiceField(choices=offered, **shared)
    if option.kind in (Kind.AREAS, Kind.CATEGORIES):
        return forms.MultipleChoiceField(choices=offered, widget=forms.CheckboxSelectMultiple, **shared)
    return _number_field(option, shared)


def _number_field(option: Option, shared: dict[str, Any]) -> forms.Field:
    limits: dict[str, Any] = {"min_value": option.least, "max_value": option.most}
    if option.kind is Kind.NUMBER:
        widget = forms.NumberInput(attrs={"class": "govuk-input--width-5", "step": "any"})
        return forms.FloatField(widget=widget, **limits, **shared)
    widget = forms.NumberInput(attrs={"class": "govuk-input--width-5"})
    whole: dict[str, Any] = {key: None if value is None else int(value) for key, value in limits.items()}
    return forms.IntegerField(widget=widget, **whole, **shared)
