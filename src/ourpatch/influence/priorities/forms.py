"""Forms of priorities: they parse; the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.pages import offer
from ourpatch.influence.priorities.models import REVIEW_LABELS, STATE_LABELS, Priority
from ourpatch.influence.priorities.rules import ASKS, ReviewResult, Smart, State

Choices = Sequence[tuple[str, Any]]


def _asks(name: str) -> dict[str, Any]:
    """The words of the rule, for a field that is left empty."""
    return {"required": ASKS[name]}


class FilterForm(forms.Form):
    """Which priorities a list shows."""

    neighbourhood = forms.ChoiceField(label=_("Neighbourhood"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *((str(s), STATE_LABELS[s]) for s in State)]
    )

    def __init__(self, *args: Any, neighbourhoods: Iterable[ServiceArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "neighbourhood", [("", _("Every neighbourhood")), *_places(neighbourhoods)])


class ProposeForm(forms.Form):
    """A new proposal."""

    neighbourhood_id = forms.ChoiceField(label=_("Neighbourhood"))
    title = forms.CharField(label=_("Title in English"), error_messages=_asks("title"), max_length=200)
    title_cy = forms.CharField(label=_("Title in Welsh"), required=False, max_length=120)
    statement = forms.CharField(
        label=_("What is happening, and what people want to change, in English"),
        help_text=_("In the residents' own words where you can. Everybody will be able to read this: name nobody."),
        error_messages=_asks("statement"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    statement_cy = forms.CharField(
        label=_("The same in Welsh"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    kind = forms.ChoiceField(label=_("Kind of priority"), error_messages=_asks("kind"), widget=forms.RadioSelect)
    is_asb = forms.BooleanField(label=_("It is about anti-social behaviour"), required=False)
    raised_by = forms.CharField(
        label=_("Who raised it"),
        help_text=_(
            "A group or a way of asking, not a person: for example Mill Lane residents, postcards in the library."
        ),
        required=False,
        max_length=160,
    )

    def __init__(self, *args: Any, neighbourhoods: Iterable[ServiceArea], kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "neighbourhood_id", _places(neighbourhoods))
        offer(self, "kind", kinds)


class SmartForm(forms.Form):
    """What makes it specific, measurable, achievable, relevant and timed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    exact_place = forms.CharField(
        label=_("Exact place"),
        help_text=_("A street, a park, a stretch of road."),
        error_messages=_asks("exact_place"),
        max_length=200,
    )
    days_and_times = forms.CharField(
        label=_("Days and times"),
        help_text=_("For example: Fridays and Saturdays, 7pm to 11pm."),
        required=False,
        max_length=200,
    )
    objective = forms.CharField(
        label=_("What will be different"), error_messages=_asks("objective"), widget=forms.Textarea(attrs={"rows": 3})
    )
    measure = forms.CharField(
        label=_("How everybody will know"),
        help_text=_("What is counted or asked."),
        error_messages=_asks("measure"),
        max_length=300,
    )
    target = forms.CharField(
        label=_("Target"),
        help_text=_("For example: half as many reports."),
        error_messages=_asks("target"),
        max_length=200,
    )
    by_when = forms.DateField(label=_("By when"), error_messages=_asks("by_when"), widget=forms.SelectDateWidget)

    def smart(self) -> Smart:
        """What was written, for the rules."""
        given = self.cleaned_data
        return Smart(**{name: given[name] for name in Smart.__dataclass_fields__})


class ReviewForm(forms.Form):
    """What a review found and decided."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What the review found"), error_messages=_asks("note"), widget=forms.Textarea(attrs={"rows": 4})
    )
    result = forms.ChoiceField(
        label=_("What it decided"),
        error_messages=_asks("result"),
        choices=[(str(r), REVIEW_LABELS[r]) for r in ReviewResult],
        widget=forms.RadioSelect,
    )


class VersionForm(forms.Form):
    """A change that asks for nothing more."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ChoiceForm(forms.Form):
    """How the forum chose: one box and one number for every candidate. Quick to key in from paper, with the keyboard alone."""

    method = forms.ChoiceField(
        label=_("How the forum decided"), error_messages=_asks("method"), widget=forms.RadioSelect
    )
    present = forms.IntegerField(
        label=_("How many could vote"),
        min_value=0,
        error_messages=_asks("present"),
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
    )

    def __init__(self, *args: Any, candidates: Iterable[Priority], methods: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = list(candidates)
        offer(self, "method", methods)
        for each in self.candidates:
            self.fields[f"votes_{each.pk}"] = forms.IntegerField(
                label=_("Votes for “%(title)s” (%(place)s)")
                % {"title": each.shown_title, "place": each.neighbourhood.shown_name},
                required=False,
                min_value=0,
                widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
            )
            self.fields[f"chosen_{each.pk}"] = forms.BooleanField(
                label=_("The forum chose “%(title)s”") % {"title": each.shown_title}, required=False
            )
        self.fields["reason_for_more"] = forms.CharField(
            label=_("The forum's reason for more priorities than usual"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def chosen(self) -> list[UUID]:
        """The candidates that were ticked."""
        return [each.pk for each in self.candidates if self.cleaned_data[f"chosen_{each.pk}"]]

    def votes(self) -> Mapping[UUID, int]:
        """The votes that were keyed in; what was left empty is not there."""
        given = {each.pk: self.cleaned_data[f"votes_{each.pk}"] for each in self.candidates}
        return {key: number for key, number in given.items() if number is not None}


def about_usual(number: int) -> str:
    """How many priorities a neighbourhood usually has, for the hint of the reason."""
    return ngettext(
        "Needed only when a neighbourhood would have more than %(number)s current priority.",
        "Needed only when a neighbourhood would have more than %(number)s current priorities.",
        number,
    ) % {"number": number}


def _places(neighbourhoods: Iterable[ServiceArea]) -> list[tuple[str, str]]:
    return [(str(each.pk), each.shown_name) for each in neighbourhoods]
