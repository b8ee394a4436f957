"""Forms of the profile."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.intelligence.profiles.rules import CATEGORIES


def _categories() -> list[tuple[str, str]]:
    return [(str(category), str(facts.name)) for category, facts in CATEGORIES.items()]


class NoteForm(forms.Form):
    """What is known under one category."""

    category = forms.ChoiceField(choices=_categories, label=_("Category"))
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), label=_("What is known"))
    text_cy = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}), required=False, label=_("The same in Welsh, if you have it")
    )
    source = forms.CharField(max_length=300, label=_("Source"), help_text=_("Who says so, and when."))
    limitations = forms.CharField(max_length=300, required=False, label=_("What the source cannot tell"))
    who = forms.ChoiceField(
        choices=[
            ("open", _("Everybody who works in the partnership")),
            ("public", _("Everybody, in the public version too")),
            ("restricted", _("My organisation only")),
        ],
        widget=forms.RadioSelect,
        initial="open",
        label=_("Who may read it"),
    )


class ReviewForm(forms.Form):
    """A formal review."""

    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), label=_("What was checked, and what changed"))


class RetireForm(forms.Form):
    """The version of the note that the reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
