"""Forms of teams: they parse; the rules judge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ourpatch.access.teams.models import POST_LABELS, Team
from ourpatch.access.teams.rules import PostKind
from ourpatch.foundation import law
from ourpatch.ground import clock


def _subjects() -> list[tuple[str, str]]:
    return law.book(clock.london_date(clock.now())).codes("concern_categories").choices(get_language() or "en")


def _day(label: Any, hint: Any = "", needed: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=needed, widget=widget)


class TeamFields(forms.Form):
    """What a team shows of itself."""

    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=160)
    name_cy = forms.CharField(label=_("Name in Welsh"), required=False, max_length=160)
    about_en = forms.CharField(
        label=_("About the team, in English"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    about_cy = forms.CharField(
        label=_("About the team, in Welsh"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    public_telephone = forms.CharField(label=_("Telephone that everybody may ring"), required=False, max_length=30)
    public_email = forms.EmailField(label=_("E-mail address that everybody may write to"), required=False)


class TeamForm(TeamFields):
    """The same, changed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, team: Team) -> TeamForm:
        """The form as the team stands."""
        return cls(initial={name: getattr(team, name) for name in cls.base_fields})


class NewTeamForm(TeamFields):
    """A team that is not there yet."""

    service_area_id = forms.TypedChoiceField(label=_("Area"), coerce=UUID)
    lead_organisation_id = forms.TypedChoiceField(
        label=_("Lead organisation"), help_text=_("It is responsible for what people raise here."), coerce=UUID
    )
    field_order = ["service_area_id", "lead_organisation_id"]

    def __init__(
        self,
        *args: Any,
        areas: Iterable[tuple[UUID, str]] = (),
        organisations: Iterable[tuple[UUID, str]] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["service_area_id"].choices = [(str(key), name) for key, name in areas]
        self.fields["lead_organisation_id"].choices = [(str(key), name) for key, name in organisations]


class PostForm(forms.Form):
    """Somebody joins the team, or stands in for somebody."""

    person_id = forms.TypedChoiceField(label=_("Who"), coerce=UUID)
    kind = forms.TypedChoiceField(
        label=_("As what"), choices=[(str(kind), label) for kind, label in POST_LABELS.items()], coerce=PostKind
    )
    is_named_contact = forms.BooleanField(label=_("Named contact of the neighbourhood"), required=False)
    covers = forms.TypedChoiceField(
        label=_("Stands in for"),
        help_text=_("Only for cover. While it lasts, this person is the named contact instead."),
        required=False,
        coerce=UUID,
        empty_value=None,
    )
    from_on = _day(_("First day"))
    until = _day(_("Last day"), _("Leave it empty when there is no end. Cover needs one."), needed=False)
    takes = forms.MultipleChoiceField(
        label=_("What comes to this person first"),
        help_text=_("Leave all empty when the named contact takes everything."),
        required=False,
        choices=_subjects,
        widget=forms.CheckboxSelectMultiple,
    )
    public_name = forms.CharField(
        label=_("Name that people see"),
        help_text=_("When it is not the name in the directory."),
        required=False,
        max_length=120,
    )
    public_telephone = forms.CharField(label=_("Their own public telephone"), required=False, max_length=30)
    public_email = forms.EmailField(label=_("Their own public e-mail address"), required=False)

    def __init__(
        self,
        *args: Any,
        people: Iterable[tuple[UUID, str]] = (),
        posts: Iterable[tuple[UUID, str]] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["person_id"].choices = [(str(key), name) for key, name in people]
        self.fields["covers"].choices = [("", _("Nobody")), *((str(key), name) for key, name in posts)]


class EndForm(forms.Form):
    """The last day of a post."""

    last_day = _day(_("Last day"), _("From the next day on, what this person looks after goes to whoever is on duty."))


class PledgeForm(forms.Form):
    """What the team promises, a line for each promise."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    english = forms.CharField(
        label=_("Promises in English, one on each line"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    welsh = forms.CharField(
        label=_("The same in Welsh, line by line"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def lines(self) -> list[tuple[str, str]]:
        """(English, Welsh) for each promise; a Welsh line belongs to the English one of the same number."""
        english = [line.strip() for line in self.cleaned_data["english"].splitlines() if line.strip()]
        welsh = [line.strip() for line in self.cleaned_data["welsh"].splitlines() if line.strip()]
        welsh += [""] * (len(english) - len(welsh))
        english += [""] * (len(welsh) - len(english))
        return list(zip(english, welsh, strict=True))
