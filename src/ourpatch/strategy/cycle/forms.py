"""The form that records a step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.directory.models import Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.strategy.plans import queries as plans


class StepForm(forms.Form):
    """Owner, day done and a note."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    owner = forms.ModelChoiceField(
        queryset=Person.objects.none(), required=False, label=_("Who owns this step"), empty_label=_("Nobody yet")
    )
    done_on = forms.DateField(
        required=False,
        label=_("When was it done?"),
        help_text=_("For example 27/3/2027. Leave it empty while it is not done."),
        widget=forms.TextInput,
    )
    note = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 4}), label=_("What was done, or where is the document?")
    )

    def __init__(self, partnership: ServiceArea, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = plans.people_of_members(partnership.pk)
        owner.label_from_instance = lambda person: f"{person.name}, {person.organisation.name}"  # type: ignore[assignment]
