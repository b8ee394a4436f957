"""Forms of the directory: they parse; the rules judge."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.directory.models import Duty, OrganisationKind, Sector


class SearchForm(forms.Form):
    """What the reader looks for."""

    q = forms.CharField(
        label=_("Name, office or what they help with"),
        help_text=_("For example: noise, drugs, sergeant, housing."),
        required=False,
        max_length=100,
    )
    kind = forms.ChoiceField(
        label=_("Kind of organisation"), required=False, choices=[("", _("Every kind")), *OrganisationKind.choices]
    )


class OrganisationForm(forms.Form):
    """A new organisation and its place in the partnership."""

    name = forms.CharField(
        label=_("Name in English"),
        max_length=160,
        error_messages={"required": _("Give the organisation's name.")},
    )
    name_cy = forms.CharField(label=_("Name in Welsh"), required=False, max_length=160)
    kind = forms.ChoiceField(label=_("Kind of organisation"), choices=OrganisationKind.choices)
    sector = forms.ChoiceField(label=_("Sector"), choices=Sector.choices)
    duty = forms.ChoiceField(label=_("Duty in the partnership"), choices=Duty.choices)
    services = forms.CharField(
        label=_("What it helps with"),
        help_text=_("In words people would search for: noise, street drinking, young people."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    public_email = forms.CharField(label=_("Public e-mail address"), required=False, max_length=254)
    public_telephone = forms.CharField(label=_("Public telephone number"), required=False, max_length=30)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")


class PersonForm(forms.Form):
    """A new person in an organisation."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("Give the person's name.")},
    )
    title = forms.CharField(
        label=_("Office in English"),
        max_length=120,
        error_messages={"required": _("Say what their office is, for example Neighbourhood sergeant.")},
    )
    title_cy = forms.CharField(label=_("Office in Welsh"), required=False, max_length=120)
    email = forms.CharField(label=_("E-mail address at work"), required=False, max_length=254)
    telephone = forms.CharField(label=_("Telephone at work"), required=False, max_length=30)
    languages = forms.CharField(label=_("Languages spoken"), required=False, max_length=120)


class ContactForm(forms.Form):
    """How a person is reached, corrected."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Office in English"),
        max_length=120,
        error_messages={"required": _("Say what their office is, for example Neighbourhood sergeant.")},
    )
    email = forms.CharField(label=_("E-mail address at work"), required=False, max_length=254)
    telephone = forms.CharField(label=_("Telephone at work"), required=False, max_length=30)
    languages = forms.CharField(label=_("Languages spoken"), required=False, max_length=120)


class LeaveForm(forms.Form):
    """The last day in post."""

    until = forms.DateField(
        label=_("Last day in post"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Give the last day in post.")},
    )
