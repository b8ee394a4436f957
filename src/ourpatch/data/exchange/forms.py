"""Forms of the Data pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class HandInForm(forms.Form):
    """A file to load."""

    file = forms.FileField(
        label=_("Archive or street file"),
        help_text=_("A zip archive as data.police.uk publishes it, or one file called like 2019-01-force-street.csv."),
    )
