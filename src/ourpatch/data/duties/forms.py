"""Forms of the duty ledger: they parse; the rules judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.data.duties import wording
from ourpatch.foundation.directory.models import Organisation


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, with the browser's own calendar."""
    return forms.DateField(
        label=label,
        error_messages={"required": _("Give a date.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **options,
    )


class SaidByForm(forms.Form):
    """Who speaks for the organisation."""

    said_by = forms.CharField(
        label=_("Name and office of the person who says so"),
        max_length=200,
        error_messages={"required": _("Give the name and office of the person who says so.")},
    )


class NothingForm(SaidByForm):
    """There was nothing to report."""

    reason = forms.CharField(
        label=_("Anything the partnership should know"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class NotHeldForm(SaidByForm):
    """The organisation holds no such data."""

    reason = forms.CharField(
        label=_("Why your organisation does not hold this data"),
        help_text=_("For example: the county council records it for the whole county."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why your organisation does not hold this data.")},
    )
    review_on = day_field(_("When to look at this again"), help_text=_("Within a year. Until then nothing is owed."))


class WithdrawForm(forms.Form):
    """Why a declaration is taken back."""

    reason = forms.CharField(
        label=_("Why the declaration is withdrawn"),
        max_length=300,
        error_messages={"required": _("Say why the declaration is withdrawn.")},
    )


class DataContactForm(forms.Form):
    """Whom to write to."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name of the person or the team"),
        max_length=120,
        error_messages={"required": _("Give the name of the person or the team.")},
    )
    email = forms.EmailField(
        label=_("E-mail address at work"),
        error_messages={
            "required": _("Give an e-mail address, for example data@council.example."),
            "invalid": _("Give an e-mail address, for example data@council.example."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language of reminders"), choices=[("en", "English"), ("cy", "Cymraeg")], widget=forms.RadioSelect
    )


class LedgerForm(forms.Form):
    """What of the ledger is shown."""

    partnership = forms.CharField(required=False, widget=forms.HiddenInput)
    quarter = forms.CharField(required=False, widget=forms.HiddenInput)
    authority = forms.ChoiceField(label=_("Authority"), required=False)
    as_on = day_field(
        _("As it was known on"),
        required=False,
        help_text=_("Leave it empty for how things stand now."),
    )

    def __init__(self, authorities: Sequence[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["authority"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [
            ("", _("Every authority")),
            *((str(each.pk), wording.authority(each)) for each in authorities),
        ]


def given_day(text: str) -> date | None:
    """A day as an address writes it (2026-07-01 or 2026-07), or None."""
    try:
        return date.fromisoformat(text if len(text) > len("2026-07") else f"{text}-01")
    except ValueError:
        return None
