"""Forms of the public pages: the concerns room's own, cut into steps, with the code kept out of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns import forms as concerns
from ourpatch.access.concerns import rules
from ourpatch.foundation.places.models import ServiceArea

UNSURE = "unsure:"
LANGUAGES = [("en", "English"), ("cy", "Cymraeg")]

Groups = Iterable[tuple[ServiceArea, Sequence[ServiceArea]]]


class FindForm(forms.Form):
    """One box: a place, a neighbourhood or a postcode."""

    q = forms.CharField(
        label=_("Place, neighbourhood or postcode"),
        help_text=_("For example: a street, a park, a village."),
        max_length=120,
        error_messages={"required": _("Type the name of a place, a neighbourhood or a postcode.")},
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )


class AreaForm(forms.Form):
    """The neighbourhood, from a list; or not sure of it, and then which partnership."""

    area = forms.ChoiceField(
        label=_("Neighbourhood"),
        widget=forms.Select,
        error_messages={"required": _("Choose a neighbourhood from the list.")},
    )

    def __init__(self, *args: Any, groups: Groups, unsure: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", str(_("Choose from the list"))),
            *_choices(groups, unsure),
        ]


class WhatForm(concerns.TellForm):
    """What is happening; the photograph is asked for last, when everything else is safely kept."""

    photo = None  # type: ignore[assignment]
    place_words = forms.CharField(
        label=_("Where exactly?"),
        help_text=_("A street, a park, a landmark. For example: behind the shops on Mill Lane."),
        required=False,
        max_length=rules.WORDS_LONGEST,
    )
    field_order = ["category", "what", "place_words", "when_text", "started_on", "how_often"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].error_messages["required"] = _("Choose what it is about.")
        self.fields["what"].error_messages["required"] = _("Tell us what is happening.")


class YouForm(concerns.ContactForm):
    """How to answer, and in which language."""

    answer_language = forms.ChoiceField(
        label=_("Which language should we answer in?"), choices=LANGUAGES, widget=forms.RadioSelect
    )


class SendForm(concerns.PhotoMixin):
    """The last step: a photograph if there is one, and the key that keeps one concern from being sent twice."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)


class QuestionForm(concerns.AskForm):
    """A question to a team, with the language of its answer."""

    answer_language = YouForm.base_fields["answer_language"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["what"].error_messages["required"] = _("Write what you want to ask.")


class CodeForm(concerns.FollowUpForm):
    """The code that opens what a person raised."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"].error_messages["required"] = _("Type your code.")


class AddForm(concerns.AddForm):
    """Something more from the person; their code is in the session and not in the page."""

    code = None  # type: ignore[assignment]


class SatisfactionForm(concerns.SatisfactionForm):
    """Whether the person is satisfied; their code is in the session and not in the page."""

    code = None  # type: ignore[assignment]


def _choices(groups: Groups, unsure: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            partnership.shown_name,
            [
                *((area.slug, area.shown_name) for area in areas),
                *([(f"{UNSURE}{partnership.slug}", str(_("I am not sure: somewhere here")))] if unsure else []),
            ],
        )
        for partnership, areas in groups
    ]
