"""The filter of the debts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.answers.feedback.rules import BANDS


def _bands() -> list[tuple[str, str]]:
    return [("", str(_("Any age"))), *((band.key, str(band.label)) for band in BANDS)]


class DebtForm(forms.Form):
    """Which debts to show."""

    band = forms.ChoiceField(label=_("Raised how long ago"), required=False, choices=_bands)
    owner = forms.UUIDField(required=False, widget=forms.HiddenInput)
