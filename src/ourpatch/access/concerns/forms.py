"""Forms of what people raise. They parse and explain; the rules judge. The public pages use the same forms as staff.

`TellForm`, `EffectForm` and `ContactForm` may be shown one after another; `RaiseForm` is all three on one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ourpatch.access.concerns import photos, rules
from ourpatch.access.concerns.models import (
    CONTACT_LABELS,
    DOOR_LABELS,
    EFFECT_LABELS,
    FLAG_LABELS,
    OFTEN_LABELS,
    OUTCOME_LABELS,
    STATE_LABELS,
    Problem,
)
from ourpatch.access.concerns.rules import (
    ContactBy,
    ContactDraft,
    Door,
    Draft,
    Effect,
    Flag,
    HowOften,
    Kind,
    Outcome,
    PlaceHow,
    ReplyKind,
)
from ourpatch.foundation import law
from ourpatch.ground import clock
from ourpatch.ground.errors import RuleBroken

LANGUAGES = [("en", "English"), ("cy", "Cymraeg")]


def categories() -> list[tuple[str, str]]:
    """What a concern may be about, in the reader's language."""
    return law.book(clock.london_date(clock.now())).codes("concern_categories").choices(get_language() or "en")


def categories_or_all() -> list[tuple[str, str]]:
    """The same for a filter."""
    return [("", str(_("Everything"))), *categories()]


def _labelled(labels: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    return [(str(code), label) for code, label in labels.items()]


def _day(label: Any, hint: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=False, widget=widget)


def _text(
    label: Any, hint: Any = "", rows: int = 5, longest: int = rules.TEXT_LONGEST, needed: bool = False
) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=needed, max_length=longest, widget=forms.Textarea(attrs={"rows": rows})
    )


class PhotoMixin(forms.Form):
    """A picture, made anew while the form is read; `cleaned_data["photo"]` is a CleanPhoto or None."""

    photo = forms.FileField(
        label=_("A photograph"),
        help_text=_(
            "Only if it is safe to take one. JPEG, PNG or WebP, up to 10 megabytes. "
            "We remove the place and time that your camera writes into it."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_photo(self) -> photos.CleanPhoto | None:
        """The picture without anything the camera wrote into it."""
        upload = self.cleaned_data.get("photo")
        if not upload:
            return None
        try:
            return photos.clean(upload.file)
        except RuleBroken as error:
            raise forms.ValidationError(str(error)) from error


class TellForm(PhotoMixin):
    """What is happening, and when."""

    category = forms.ChoiceField(label=_("What is it about?"), choices=categories, widget=forms.RadioSelect)
    what = _text(
        _("What is happening?"),
        _("Tell us in your own words. You need not name anybody."),
        rows=6,
        longest=rules.WHAT_LONGEST,
        needed=True,
    )
    when_text = forms.CharField(
        label=_("When does it happen?"),
        help_text=_("For example: Friday and Saturday nights after 10."),
        required=False,
        max_length=rules.WORDS_LONGEST,
    )
    started_on = _day(_("When did it begin?"), _("A rough day is enough."))
    how_often = forms.ChoiceField(
        label=_("How often does it happen?"),
        required=False,
        choices=[("", _("I would rather not say")), *_labelled(OFTEN_LABELS)],
        widget=forms.RadioSelect,
    )
    field_order = ["category", "what", "when_text", "started_on", "how_often", "photo"]


class EffectForm(forms.Form):
    """What it does to the person, and whether they may be at risk."""

    effects = forms.MultipleChoiceField(
        label=_("How does it affect you?"),
        help_text=_("Choose all that apply, or none."),
        required=False,
        choices=_labelled(EFFECT_LABELS),
        widget=forms.CheckboxSelectMultiple,
    )
    effect = _text(_("Is there anything else you want to say about how it affects you?"), rows=3)
    flags = forms.MultipleChoiceField(
        label=_("Is any of this true?"),
        help_text=_("It helps us to see who needs us soonest. Choose all that apply, or none."),
        required=False,
        choices=_labelled(FLAG_LABELS),
        widget=forms.CheckboxSelectMultiple,
    )


class ContactForm(forms.Form):
    """How to answer, safely. Nothing here has to be filled in."""

    channel = forms.ChoiceField(
        label=_("How should we answer you?"),
        help_text=_("With a code you can stay anonymous. You get the code on the last page; it is shown only once."),
        choices=_labelled(CONTACT_LABELS),
        initial=str(ContactBy.CODE),
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=rules.WORDS_LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "spellcheck": "false"}),
    )
    telephone = forms.CharField(
        label=_("Telephone number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "govuk-input--width-20"}),
    )
    safe_times = forms.CharField(
        label=_("When is it safe to contact you?"),
        help_text=_("For example: weekday mornings only."),
        required=False,
        max_length=rules.WORDS_LONGEST,
    )
    discreet = forms.BooleanField(
        label=_("Other people may see my messages: send me only a note that there is a reply, nothing of what it says"),
        required=False,
        initial=True,
    )
    call_back = forms.BooleanField(label=_("Please ring me back within 24 hours"), required=False)


class RaiseForm(TellForm, EffectForm, ContactForm):
    """Everything on one page. `easting`, `northing` and `place_how` come from the page's place step, hidden."""

    place_words = forms.CharField(
        label=_("Where is it?"),
        help_text=_("A street, a park, a landmark. For example: behind the shops on Mill Lane."),
        required=False,
        max_length=rules.WORDS_LONGEST,
    )
    place_how = forms.CharField(required=False, widget=forms.HiddenInput)
    easting = forms.FloatField(required=False, widget=forms.HiddenInput)
    northing = forms.FloatField(required=False, widget=forms.HiddenInput)
    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    field_order = [
        *["category", "what", "place_words", "when_text", "started_on", "how_often", "photo"],
        *["effects", "effect", "flags"],
        *["channel", "name", "email", "telephone", "safe_times", "discreet", "call_back"],
    ]


class AskForm(ContactForm):
    """A question to the team."""

    what = _text(_("What do you want to ask?"), rows=5, longest=rules.WHAT_LONGEST, needed=True)
    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    field_order = ["what"]


class FollowUpForm(forms.Form):
    """The code that opens what a person raised."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("Ten letters and numbers. Spaces and small letters do not matter."),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "govuk-input--width-20",
            }
        ),
    )


class AddForm(PhotoMixin):
    """Something more from the person, with their code carried along unseen."""

    code = forms.CharField(widget=forms.HiddenInput)
    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    text = _text(_("What do you want to add?"), needed=True)
    again = forms.BooleanField(label=_("It has happened again"), required=False)
    when_text = forms.CharField(label=_("When did it happen?"), required=False, max_length=rules.WORDS_LONGEST)
    field_order = ["code", "text", "again", "when_text", "photo"]


class SatisfactionForm(forms.Form):
    """Whether the person is satisfied with the answer."""

    code = forms.CharField(widget=forms.HiddenInput)
    satisfied = forms.TypedChoiceField(
        label=_("Are you satisfied with this answer?"),
        help_text=_("If you are not, we look at it again and owe you another answer."),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    comment = _text(_("Is there anything you want to tell us about it?"), rows=3)


def draft_from(
    cleaned: Mapping[str, Any],
    *,
    partnership_id: UUID,
    service_area_id: UUID | None,
    language: str,
    door: Door = Door.WEB,
    kind: Kind = Kind.CONCERN,
) -> Draft:
    """What a person entered, by any of these forms or several together, as the rules judge it."""
    return Draft(
        partnership_id=partnership_id,
        service_area_id=service_area_id,
        kind=kind,
        category=cleaned.get("category") or "other",
        what=cleaned["what"],
        place_words=cleaned.get("place_words") or "",
        place_how=PlaceHow(cleaned.get("place_how") or (PlaceHow.WORDS if service_area_id else PlaceHow.UNSURE)),
        easting=cleaned.get("easting"),
        northing=cleaned.get("northing"),
        when_text=cleaned.get("when_text") or "",
        started_on=cleaned.get("started_on"),
        how_often=HowOften(cleaned["how_often"]) if cleaned.get("how_often") else None,
        effect=cleaned.get("effect") or "",
        effects=tuple(Effect(each) for each in cleaned.get("effects") or ()),
        flags=tuple(Flag(each) for each in cleaned.get("flags") or ()),
        door=door,
        language="cy" if language.startswith("cy") else "en",
        contact=contact_from(cleaned),
        call_back=bool(cleaned.get("call_back")),
        idempotency_key=cleaned.get("idempotency_key") or str(uuid4()),
    )


def contact_from(cleaned: Mapping[str, Any]) -> ContactDraft:
    """How the person wants to be answered; somebody who chose the code and left no way to be reached stays anonymous."""
    channel = ContactBy(cleaned.get("channel") or ContactBy.CODE)
    given = {name: (cleaned.get(name) or "").strip() for name in ("name", "email", "telephone", "safe_times")}
    if channel is ContactBy.CODE and not any(given.values()):
        return ContactDraft()
    return ContactDraft(channel=channel, discreet=bool(cleaned.get("discreet")), **given)


# What staff fill in.


class FilterForm(forms.Form):
    """What a list of concerns is narrowed to."""

    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("owed", _("Still owed an answer")), ("all", _("Everything")), *_labelled(STATE_LABELS)],
    )
    clock = forms.ChoiceField(
        label=_("Next promise"),
        required=False,
        choices=[
            ("", _("Any")),
            ("overdue", _("Overdue")),
            ("today", _("Due today")),
            ("soon", _("Due within 24 hours")),
        ],
    )
    category = forms.ChoiceField(label=_("About"), required=False, choices=categories_or_all)
    area = forms.TypedChoiceField(label=_("Neighbourhood"), required=False, coerce=UUID, empty_value=None)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    unplaced = forms.BooleanField(label=_("Only those without a neighbourhood"), required=False)
    reference = forms.CharField(
        label=_("Reference"), help_text=_("For example: OP-7K3M-2Q"), required=False, max_length=20
    )

    def __init__(self, *args: Any, areas: Iterable[tuple[UUID, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["area"].choices = [("", _("All")), *((str(key), name) for key, name in areas)]


class VersionForm(forms.Form):
    """Carries the version that the person was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class NewConcernForm(RaiseForm):
    """What a member of staff writes down for somebody: a call, a conversation, a letter."""

    door = forms.ChoiceField(
        label=_("How did they tell you?"), choices=_labelled(DOOR_LABELS), initial=str(Door.TELEPHONE)
    )
    area = forms.TypedChoiceField(label=_("Neighbourhood"), required=False, coerce=UUID, empty_value=None)
    language = forms.ChoiceField(label=_("Language they want the answer in"), choices=LANGUAGES)
    field_order = ["door", "area", *RaiseForm.field_order, "language"]

    def __init__(self, *args: Any, areas: Iterable[tuple[UUID, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["area"].choices = [("", _("They are not sure")), *((str(key), name) for key, name in areas)]
        self.fields["flags"].label = _("Is any of this true for them?")
        self.fields["effects"].label = _("How does it affect them?")


class ReplyForm(VersionForm):
    """A reply to the person."""

    kind = forms.TypedChoiceField(
        label=_("What kind of reply is this?"),
        choices=[
            (
                str(ReplyKind.MEANINGFUL),
                _("Meaningful reply: what you have found out or will do. It stops the clock."),
            ),
            (str(ReplyKind.HOLDING), _("Holding reply: you have seen it, more follows. The clock runs on.")),
            (str(ReplyKind.PROGRESS), _("News of progress, after a meaningful reply.")),
            (str(ReplyKind.CALLED), _("Note of a telephone call.")),
        ],
        coerce=ReplyKind,
        widget=forms.RadioSelect,
    )
    text = _text(_("Your reply"), _("Plain words. The person reads exactly this."), needed=True)
    language = forms.ChoiceField(label=_("Written in"), choices=LANGUAGES)
    news_on = _day(_("They hear from us next by"), _("A promise with a clock of its own. Within three months."))


class AnswerForm(VersionForm):
    """The answer: what came of it."""

    outcome = forms.TypedChoiceField(
        label=_("What came of it?"),
        help_text=_("Failure is an answer too. Silence is not."),
        choices=_labelled(OUTCOME_LABELS),
        coerce=Outcome,
        widget=forms.RadioSelect,
    )
    text = _text(
        _("Your answer"), _("What was done and what came of it, or what will not be done and why."), needed=True
    )
    language = forms.ChoiceField(label=_("Written in"), choices=LANGUAGES)


class AssignForm(VersionForm):
    """Who looks after it."""

    owner_id = forms.TypedChoiceField(label=_("Who looks after it?"), coerce=UUID)
    note = forms.CharField(label=_("Note for them"), required=False, max_length=200)

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["owner_id"].choices = [(str(key), name) for key, name in people]


class PlaceForm(VersionForm):
    """Which neighbourhood it is in."""

    service_area_id = forms.TypedChoiceField(label=_("Which neighbourhood is it in?"), coerce=UUID)

    def __init__(self, *args: Any, areas: Iterable[tuple[UUID, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["service_area_id"].choices = [(str(key), name) for key, name in areas]


class WithdrawForm(VersionForm):
    """The person wants no answer."""

    reason = forms.CharField(
        label=_("When and how did the person tell you that they want no answer?"),
        help_text=_("Only the person can end our debt without an answer."),
        max_length=300,
    )


class GroupForm(forms.Form):
    """Which problem a concern belongs to: one that is there, or a new one."""

    problem_id = forms.TypedChoiceField(
        label=_("Which problem does it belong to?"),
        required=False,
        coerce=UUID,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    title_en = forms.CharField(
        label=_("Name of the new problem, in English"),
        help_text=_("What and where, and nobody's name. For example: Motorbikes on the canal path."),
        required=False,
        max_length=200,
    )
    title_cy = forms.CharField(label=_("Name of the new problem, in Welsh"), required=False, max_length=200)
    others = forms.TypedMultipleChoiceField(
        label=_("Concerns nearby that may belong with it"),
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        problems: Iterable[tuple[UUID, str]] = (),
        others: Iterable[tuple[UUID, str]] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        choices = [(str(key), name) for key, name in problems]
        self.fields["problem_id"].choices = [*choices, ("", _("A new problem"))]
        self.fields["others"].choices = [(str(key), name) for key, name in others]
        if not self.fields["others"].choices:
            del self.fields["others"]

    def clean(self) -> dict[str, Any]:
        """A new problem needs its name."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("problem_id") and not (cleaned.get("title_en") or "").strip():
            self.add_error("title_en", _("Give the problem a short name: what, and where."))
        return cleaned


class UngroupForm(forms.Form):
    """Why a concern does not belong to a problem."""

    reason = forms.CharField(label=_("Why does it not belong to this problem?"), max_length=300)


class ProblemForm(VersionForm):
    """What a problem is, in words that hold nobody's personal details."""

    title_en = forms.CharField(label=_("Name in English"), required=False, max_length=200)
    title_cy = forms.CharField(label=_("Name in Welsh"), required=False, max_length=200)
    category = forms.ChoiceField(label=_("What is it about?"), choices=categories)
    place_words = forms.CharField(label=_("Where"), required=False, max_length=rules.WORDS_LONGEST)
    about_en = _text(
        _("What people say, in English"), _("Nobody's name or address: every member of the partnership reads it.")
    )
    about_cy = _text(_("What people say, in Welsh"))

    @classmethod
    def of(cls, problem: Problem) -> ProblemForm:
        """The form as the problem stands."""
        return cls(initial={name: getattr(problem, name) for name in cls.base_fields})


class ProblemFilterForm(forms.Form):
    """What a list of problems is narrowed to."""

    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("open", _("Open")), ("closed", _("Closed")), ("all", _("Everything"))],
    )
    area = forms.TypedChoiceField(label=_("Neighbourhood"), required=False, coerce=UUID, empty_value=None)

    def __init__(self, *args: Any, areas: Iterable[tuple[UUID, str]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["area"].choices = [("", _("All")), *((str(key), name) for key, name in areas)]


class ClosingForm(VersionForm):
    """Why a problem can be closed."""

    reason = forms.CharField(label=_("Why can it be closed?"), max_length=300)


class ProgressForm(forms.Form):
    """News for everybody behind a problem."""

    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    text_en = _text(_("What you want to tell everybody, in English"), needed=True)
    text_cy = _text(_("What you want to tell everybody, in Welsh"), _("For those who asked for Welsh."))
    news_on: Any = forms.DateField(
        label=_("They hear from us next by"),
        help_text=_("Within three months."),
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
    )


class ProblemAnswerForm(forms.Form):
    """One answer for everybody behind a problem."""

    outcome = forms.TypedChoiceField(
        label=_("What came of it?"),
        help_text=_("Failure is an answer too. Silence is not."),
        choices=_labelled(OUTCOME_LABELS),
        coerce=Outcome,
        widget=forms.RadioSelect,
    )
    text_en = _text(_("The answer in English"), needed=True)
    text_cy = _text(_("The answer in Welsh"), _("For those who asked for Welsh."))
