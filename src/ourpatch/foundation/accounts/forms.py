"""Forms of accounts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.accounts.actors import Allowance, Role
from ourpatch.foundation.directory.models import Organisation, Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.subjects import SubjectKind


class SearchForm(forms.Form):
    """Whom the reader looks for."""

    q = forms.CharField(label=_("Name or organisation"), required=False, max_length=100)


class InviteForm(forms.Form):
    """Whom to invite, and where to send the link."""

    person_id = forms.TypedChoiceField(
        label=_("Person"),
        help_text=_("People in the directory who have no account yet."),
        error_messages={"required": _("Choose the person to invite.")},
    )
    email = forms.CharField(
        label=_("E-mail address they will sign in with"),
        max_length=254,
        error_messages={"required": _("Give an e-mail address like name@example.org.")},
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=[("en", _("English")), ("cy", _("Welsh"))]
    )

    def __init__(self, *args: object, people: Iterable[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["person_id"].choices = [  # type: ignore[attr-defined]
            (str(person.pk), f"{person.name}, {person.title}, {person.organisation.name}") for person in people
        ]


class RoleForm(forms.Form):
    """Which role, over which area, until when."""

    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role from the list.")},
    )
    service_area_id = forms.TypedChoiceField(
        label=_("Area"),
        error_messages={"required": _("Choose the area.")},
    )
    until = forms.DateField(
        label=_("Last day, if it ends"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: object, roles: Iterable[Role], places: Iterable[ServiceArea], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.code, f"{role.name}. {role.sentence}") for role in roles
        ]
        self.fields["service_area_id"].choices = [  # type: ignore[attr-defined]
            (str(place.pk), f"{place.name} ({place.get_kind_display()})") for place in places
        ]


class TokenForm(forms.Form):
    """A token for a program of an organisation: whose, for what, where, until when."""

    organisation_id = forms.TypedChoiceField(
        label=_("Organisation whose program will use it"),
        coerce=UUID,
        error_messages={"required": _("Choose the organisation.")},
    )
    name = forms.CharField(
        label=_("Name of the token"),
        help_text=_("The program or system that will use it, for example: records system, nightly export."),
        max_length=60,
        error_messages={"required": _("Say which program or system will use the token.")},
    )
    permissions = forms.MultipleChoiceField(
        label=_("What it may be used for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the token may be used for.")},
    )
    partnership_ids = forms.TypedMultipleChoiceField(
        label=_("Partnerships in which it may be used"),
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the partnership it may be used in.")},
    )
    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_("A year from today at most."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Give the last day on which the token opens anything.")},
    )

    def __init__(
        self,
        *args: object,
        organisations: Iterable[Organisation],
        partnerships: Iterable[ServiceArea],
        allowances: Iterable[Allowance],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        allowed = [(each.permission, each.sentence) for each in allowances]
        places = [(str(each.pk), each.name) for each in partnerships]
        choices = {
            # Nobody is chosen beforehand: a token for the wrong organisation would act in its name.
            "organisation_id": [
                ("", _("Choose the organisation.")),
                *((str(each.pk), each.name) for each in organisations),
            ],
            "permissions": allowed,
            "partnership_ids": places,
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        self.fields["permissions"].initial = [code for code, _sentence in allowed]
        if len(places) == 1:
            self.fields["partnership_ids"].initial = [places[0][0]]


class WhyForm(forms.Form):
    """Which record, and what somebody wants to do with it."""

    kind = forms.ChoiceField(label=_("Kind of record"))
    record_id = forms.UUIDField(
        label=_("Number of the record"), help_text=_("It is the long number at the end of the record's address.")
    )
    permission = forms.ChoiceField(label=_("What you want to do"))

    def __init__(
        self, *args: object, kinds: Iterable[SubjectKind], permissions: Iterable[str], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kind"].choices = [(kind.kind, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["permission"].choices = [(each, each) for each in permissions]  # type: ignore[attr-defined]
