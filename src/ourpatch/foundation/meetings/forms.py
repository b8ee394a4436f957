"""Forms of meetings: they parse; the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.directory.models import Organisation
from ourpatch.foundation.meetings.models import ForumKind, Openness
from ourpatch.foundation.meetings.queries import AgendaEntry
from ourpatch.foundation.places.models import ServiceArea

# The groups that most neighbourhood meetings count; a forum's own groups come from its last meeting.
USUAL_GROUPS = (
    _("Residents"),
    _("Resident and community groups"),
    _("Councillors"),
    _("Council officers"),
    _("Police"),
    _("Other partners"),
)
WHEN = "%Y-%m-%dT%H:%M"


class CountField(forms.IntegerField):
    """How many came; a box left empty says that nobody did."""

    def to_python(self, value: Any) -> int | None:
        """Read a number, nothing as nought."""
        return 0 if value in self.empty_values else super().to_python(value)


class ForumForm(forms.Form):
    """A new forum."""

    name = forms.CharField(
        label=_("Name in English"),
        max_length=160,
        error_messages={"required": _("Give the forum a name.")},
    )
    name_cy = forms.CharField(label=_("Name in Welsh"), required=False, max_length=160)
    kind = forms.ChoiceField(
        label=_("Kind of forum"),
        choices=ForumKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of forum.")},
    )
    openness = forms.ChoiceField(
        label=_("Who decides"),
        choices=Openness.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who decides.")},
    )
    service_area_id = forms.ChoiceField(label=_("Area it covers"))
    terms_of_reference = forms.CharField(
        label=_("Terms of reference"),
        help_text=_("What the forum is for, who comes, and how it decides."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say what the forum is for and who decides.")},
    )
    is_public = forms.BooleanField(label=_("Announce its meetings to the public"), required=False, initial=True)

    def __init__(self, *args: Any, places: Iterable[ServiceArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service_area_id"].choices = [  # type: ignore[attr-defined]
            (str(place.pk), f"{place.name} ({place.get_kind_display()})") for place in places
        ]


class PlanForm(forms.Form):
    """When and where a meeting is."""

    starts_at = forms.DateTimeField(
        label=_("Day and time"),
        input_formats=[WHEN],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN),
        error_messages={"required": _("Give the day and time.")},
    )
    venue = forms.CharField(
        label=_("Place, or how to join"),
        max_length=200,
        error_messages={"required": _("Say where the meeting is, or how to join it.")},
    )
    access_notes = forms.CharField(
        label=_("Access"),
        help_text=_("Step-free entrance, hearing loop, interpreters, nearest bus stop, children welcome."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MoveForm(PlanForm):
    """Another time or place for a planned meeting."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class VersionForm(forms.Form):
    """The version the person was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AgendaForm(VersionForm):
    """The written items of an agenda."""

    items = forms.CharField(
        label=_("Items, one a line"),
        help_text=_("Items from live data follow by themselves."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def entries(self) -> list[AgendaEntry]:
        """One entry for each line that is not empty."""
        lines: str = self.cleaned_data["items"]
        return [AgendaEntry(line.strip()) for line in lines.splitlines() if line.strip()]


class RecordForm(VersionForm):
    """What was said, and how many came by group: one number a group, large enough for a thumb."""

    minutes = forms.CharField(
        label=_("Minutes"),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Write what was said.")},
    )
    other_group = forms.CharField(label=_("Another group"), required=False, max_length=120)
    other_number = forms.IntegerField(label=_("How many of that group"), required=False, min_value=0)

    def __init__(
        self, *args: Any, groups: Sequence[str], attendance: Mapping[str, int] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._groups = {f"group_{place}": str(group) for place, group in enumerate(groups)}
        for name, group in self._groups.items():
            self.fields[name] = CountField(
                label=group,
                min_value=0,
                initial=(attendance or {}).get(group),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
            )
        self.order_fields(["version", *self._groups, "other_group", "other_number", "minutes"])

    def attendance(self) -> dict[str, int]:
        """Group -> number, for the groups from which somebody came."""
        counted = {group: self.cleaned_data.get(name) for name, group in self._groups.items()}
        other = self.cleaned_data.get("other_group", "").strip()
        if other:
            counted[other] = self.cleaned_data.get("other_number")
        return {group: number for group, number in counted.items() if number}


class DecisionForm(forms.Form):
    """What was decided, and how."""

    text = forms.CharField(
        label=_("What was decided"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what was decided.")},
    )
    method = forms.ChoiceField(label=_("How it was decided"))
    votes_for = forms.IntegerField(label=_("Votes for"), required=False, min_value=0)
    votes_against = forms.IntegerField(label=_("Votes against"), required=False, min_value=0)
    abstained = forms.IntegerField(label=_("Did not vote"), required=False, min_value=0)

    def __init__(self, *args: Any, methods: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = list(methods)  # type: ignore[attr-defined]


class UndertakingForm(forms.Form):
    """Who does what by when."""

    text = forms.CharField(
        label=_("What is to be done"),
        max_length=300,
        error_messages={"required": _("Say what is to be done.")},
    )
    organisation_id = forms.ChoiceField(label=_("By whom"))
    due = forms.DateField(
        label=_("By when"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Give the date by which it is to be done.")},
    )

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), each.name) for each in organisations
        ]
