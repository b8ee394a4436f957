"""Forms of tasks: they parse; the rules judge."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AcceptForm(forms.Form):
    """Taking a task on."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DoneForm(AcceptForm):
    """What was done."""

    note = forms.CharField(
        label=_("What was done"),
        help_text=_("In a sentence or two, without names. It is read by those who asked."),
        error_messages={"required": _("Say what was done.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReturnForm(AcceptForm):
    """Why a task is given back."""

    note = forms.CharField(
        label=_("Why you return it"),
        help_text=_("For example: it is not our land, we have nobody for it before May."),
        error_messages={"required": _("Say why you are returning the task.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AgainForm(AcceptForm):
    """What has changed since it was returned."""

    note = forms.CharField(
        label=_("What has changed since it was returned"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawForm(AcceptForm):
    """Why a task is no longer wanted."""

    note = forms.CharField(
        label=_("Why it is no longer wanted"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
