"""Forms for answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns.models import OUTCOME_LABELS
from ourpatch.answers.publishing.actions import Words
from ourpatch.answers.publishing.rules import TITLE_LONGEST
from ourpatch.foundation.places.models import ServiceArea


def _area(label: object, *, required: bool = False, rows: int = 4, hint: object = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, widget=widget, help_text=hint)  # type: ignore[arg-type]


class AnswerForm(forms.Form):
    """What people raised, what was done, what was not and why, in both languages."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        max_length=TITLE_LONGEST, label=_("Title"), help_text=_("For example: motorbikes on the playing field")
    )
    title_cy = forms.CharField(max_length=TITLE_LONGEST, required=False, label=_("Title in Welsh"))
    said = _area(_("You said: what people raised"), required=True)
    said_cy = _area(_("The same in Welsh"))
    did = _area(_("We did: what was done"), required=True)
    did_cy = _area(_("The same in Welsh"))
    outcome = forms.ChoiceField(
        choices=[(str(each), label) for each, label in OUTCOME_LABELS.items()],
        widget=forms.RadioSelect,
        label=_("What came of it"),
    )
    not_done = _area(
        _("What was not done or did not work, and why"),
        hint=_("People lose confidence when they are told nothing. Say what failed."),
    )
    not_done_cy = _area(_("The same in Welsh"))

    def words(self) -> Words:
        """What was typed, as the action takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "neighbourhood")}
        return Words(**given)


class NewAnswerForm(AnswerForm):
    """A new answer names its neighbourhood first."""

    neighbourhood = forms.ModelChoiceField(
        queryset=ServiceArea.objects.none(), label=_("Neighbourhood"), empty_label=_("Choose one")
    )
    field_order = ["neighbourhood"]

    def __init__(self, areas: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["neighbourhood"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = areas
        field.label_from_instance = lambda area: area.shown_name  # type: ignore[assignment]


class StepForm(forms.Form):
    """Publish what was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(StepForm):
    """Take an answer off the public page."""

    reason = _area(_("Why is it withdrawn?"), required=True, rows=3)
