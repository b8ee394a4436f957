"""Forms of agreements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.agreements.models import Purpose


def day_field(label: Any) -> forms.DateField:
    """A day, with the browser's own calendar."""
    return forms.DateField(
        label=label,
        error_messages={"required": _("Give a date.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class AgreementForm(forms.Form):
    """A new agreement."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        error_messages={"required": _("Give the agreement a title.")},
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the sharing is for.")},
    )
    lawful_basis = forms.CharField(
        label=_("Lawful basis"),
        help_text=_("For example: Crime and Disorder Act 1998, section 115."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say on which law the sharing rests.")},
    )
    from_on = day_field(_("First day"))
    until = day_field(_("Last day"))
    review_on = day_field(_("Review on"))


class SignForm(forms.Form):
    """Who signs."""

    signed_by = forms.CharField(
        label=_("Name and office of the person who signs"),
        max_length=120,
        error_messages={"required": _("Give the name and office of the person who signs.")},
    )


class EndForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(
        label=_("Why the agreement ends"),
        max_length=300,
        error_messages={"required": _("Say why the agreement ends.")},
    )
