"""Forms for strategic priorities and the partnership plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.strategy.plans import queries
from ourpatch.strategy.plans.models import StrategicPriority

DATE_HINT = _("For example 1/4/2027")


class PriorityForm(forms.Form):
    """One strategic priority."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(max_length=160, label=_("Title"), help_text=_("For example: street robbery in the evening"))
    title_cy = forms.CharField(max_length=160, required=False, label=_("Title in Welsh"))
    lead = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        label=_("Who is responsible for delivering it"),
        help_text=_("One named person."),
        empty_label=_("Choose a person"),
    )
    objective = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), label=_("What the partnership wants to achieve")
    )
    objective_cy = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), required=False, label=_("The same in Welsh")
    )
    measure = forms.CharField(max_length=300, label=_("What will be measured"))
    target = forms.CharField(max_length=300, label=_("Target"))
    source = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        label=_("Where it comes from"),
        help_text=_("The assessment, what communities said, or a decision of the county group."),
    )
    from_on = forms.DateField(label=_("From"), help_text=DATE_HINT, widget=forms.TextInput)
    until = forms.DateField(label=_("Until"), help_text=DATE_HINT, widget=forms.TextInput)

    def __init__(self, partnership: ServiceArea, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)
        lead.queryset = queries.people_of_members(partnership.pk)
        lead.label_from_instance = lambda person: f"{person.name}, {person.title}, {person.organisation.name}"  # type: ignore[assignment]


class PlanForm(forms.Form):
    """The plan of a year, as it is published."""

    year = forms.IntegerField(min_value=2000, max_value=2100, label=_("The year it begins (in April)"))
    priorities = forms.ModelMultipleChoiceField(
        queryset=StrategicPriority.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=_("Strategic priorities in the plan"),
    )
    summary = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8}),
        label=_("Summary for the public"),
        help_text=_("What the partnership will do this year, and how it will ask people."),
    )
    summary_cy = forms.CharField(widget=forms.Textarea(attrs={"rows": 8}), required=False, label=_("Summary in Welsh"))

    def __init__(self, partnership: ServiceArea, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        priorities = self.fields["priorities"]
        assert isinstance(priorities, forms.ModelMultipleChoiceField)
        priorities.queryset = StrategicPriority.objects.filter(partnership=partnership).order_by("title")
        priorities.label_from_instance = lambda priority: priority.shown_title  # type: ignore[assignment]
