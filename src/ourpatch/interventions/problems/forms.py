"""Forms of problem-solving plans: they parse; the rules judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.directory.models import Organisation, Person
from ourpatch.foundation.places.models import ServiceArea
from ourpatch.ground.pages import offer
from ourpatch.interventions.problems import rules
from ourpatch.interventions.problems.models import DOER_LABELS, FORM_LABELS, OUTCOME_LABELS, STAGE_LABELS
from ourpatch.interventions.problems.rules import Doer, Form, Outcome, Part, Stage
from ourpatch.strategy.plans.models import StrategicPriority

Choices = Sequence[tuple[str, Any]]


def _text(label: Any, hint: Any = "", rows: int = 4, asks: str = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}), **_asked(asks))


def _line(label: Any, hint: Any = "", longest: int = 200, asks: str = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, max_length=longest, **_asked(asks))


def _day(label: Any, hint: Any = "", asks: str = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=hint, widget=forms.SelectDateWidget, **_asked(asks))


def _asked(name: str) -> dict[str, Any]:
    """A field that must be filled says so in the words of the rule; without a name it may be left empty."""
    return {"error_messages": {"required": rules.ASKS[name]}} if name else {"required": False}


class FilterForm(forms.Form):
    """Which plans a list shows."""

    text = _line(_("Words"), _("Finds what any team tried, and what came of it."), 100)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("open", _("Open")),
            ("due", _("Review due")),
            ("all", _("All")),
            *((str(s), STAGE_LABELS[s]) for s in Stage),
        ],
    )
    neighbourhood = forms.ChoiceField(label=_("Neighbourhood"), required=False)

    def __init__(self, *args: Any, neighbourhoods: Iterable[ServiceArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(each.pk), each.shown_name) for each in neighbourhoods]
        offer(self, "neighbourhood", [("", _("Every neighbourhood")), *places])


class VersionForm(forms.Form):
    """A change that asks for nothing more."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class OwnerForm(VersionForm):
    """Who owns the plan, and why."""

    owner_id = forms.ChoiceField(label=_("Owner"), help_text=_("One named person."), **_asked("owner_id"))
    owner_because = _text(
        _("Why this person is best placed"), _("Whose own work fits what is to be reached?"), 2, "owner_because"
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner_id", [("", _("Choose a person")), *_people(people)])


class NewForm(forms.Form):
    """The beginning of a plan."""

    title = _line(_("Title in English"), asks="title")
    title_cy = _line(_("Title in Welsh"), longest=120)
    reason_without_priority = _text(_("Why this cannot wait for the forum"), rows=3, asks="reason_without_priority")
    happening = _text(
        _("What is happening"),
        _("Where, when and to whom. Every member of the partnership can read this: name nobody."),
    )
    owner_id = forms.ChoiceField(
        label=_("Owner"),
        help_text=_("One named person, from any organisation of the partnership."),
        **_asked("owner_id"),
    )
    owner_because = _text(
        _("Why this person is best placed"), _("Whose own work fits what is to be reached?"), 2, "owner_because"
    )
    form = forms.ChoiceField(
        label=_("How much to write down"),
        help_text=_("Begin light. A light plan can grow later."),
        choices=[(str(f), FORM_LABELS[f]) for f in Form],
        initial=str(Form.LIGHT),
        widget=forms.RadioSelect,
    )

    strategic_priority_id = forms.ChoiceField(
        label=_("Strategic priority that it serves"), required=False, help_text=_("Its progress counts there.")
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[Person],
        strategic: Iterable[StrategicPriority],
        has_priority: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner_id", [("", _("Choose a person")), *_people(people)])
        offer(self, "strategic_priority_id", [("", _("None")), *((str(each.pk), each.title) for each in strategic)])
        if has_priority:
            del self.fields["reason_without_priority"]


class PartForm(VersionForm):
    """One part of a plan."""

    PART: type[Part]

    def part(self) -> Part:
        """What was written, for the rules."""
        return self.PART(**{name: self.cleaned_data[name] for name in self.PART.__dataclass_fields__})


class ScanningForm(PartForm):
    """What is happening."""

    PART = rules.Scanning
    happening = _text(_("What is happening"), _("Where, when and to whom. Name nobody."), 6)
    hopes = _text(_("What those who raised it hope for"))


class AnalysisForm(PartForm):
    """Why it happens."""

    PART = rules.Analysis
    cause = _text(_("What causes it"), _("What do you think lies behind it, and what makes you think so?"))
    victim = _text(_("Victim: who is affected, and why they are"))
    offender = _text(
        _("Offender: what is known of those who do it"), _("Name nobody. What belongs to few goes into a note.")
    )
    location = _text(_("Location: what it is about the place"))
    hypothesis = _text(
        _("If this is right, what would change?"), _("Say what you would see if your explanation holds.")
    )


class ObjectiveForm(PartForm):
    """What is to be reached."""

    PART = rules.Objective
    objective = _text(_("What will be different"), rows=3)
    measure = _line(_("How everybody will know"), _("What is counted or asked."), 300)
    target = _line(_("Target"), _("For example: half as many reports."))
    by_when = _day(_("By when"))


class ResponseForm(PartForm):
    """What is done, and what it risks."""

    PART = rules.Response
    approach = _text(_("What you will do, and why it should work"))
    risk = _text(_("What could go wrong, and what you do about it"))
    community_impact = _text(_("How this may affect people who live there"))


class AssessmentForm(PartForm):
    """What came of it."""

    PART = rules.Assessment
    happened = _text(_("What happened"))
    outcome = forms.ChoiceField(
        label=_("What came of it"),
        help_text=_("A plan that is not shown to have worked is a result: say so."),
        required=False,
        choices=[(str(o), OUTCOME_LABELS[o]) for o in Outcome],
        widget=forms.RadioSelect,
    )
    learning = _text(_("What another team should know before trying the same"))


PARTS: dict[str, type[PartForm]] = {
    "scanning": ScanningForm,
    "analysis": AnalysisForm,
    "objective": ObjectiveForm,
    "response": ResponseForm,
    "assessment": AssessmentForm,
}


class BackForm(VersionForm):
    """Where a plan goes back to, and why."""

    to = forms.ChoiceField(label=_("Back to"), widget=forms.RadioSelect, **_asked("to"))
    reason = _text(_("Why the plan goes back"), rows=3, asks="back")

    def __init__(self, *args: Any, stages: Iterable[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", [(str(each), STAGE_LABELS[each]) for each in stages])


class ActionForm(forms.Form):
    """An action and the task that goes with it."""

    title = _line(_("What is to be done"), asks="task")
    details = _text(_("More about it"), rows=3)
    kind = forms.ChoiceField(label=_("Kind of action"), widget=forms.RadioSelect, **_asked("kind"))
    doer = forms.ChoiceField(
        label=_("Who carries it out"),
        choices=[(str(d), DOER_LABELS[d]) for d in Doer],
        widget=forms.RadioSelect,
        **_asked("doer"),
    )
    organisation_id = forms.ChoiceField(
        label=_("Organisation that answers for it"), help_text=_("It is given the task.")
    )
    due = _day(_("Due"))

    def __init__(self, *args: Any, kinds: Choices, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds)
        offer(self, "organisation_id", [("", _("Choose an organisation")), *_organisations(organisations)])


class PartnerForm(forms.Form):
    """Who takes part."""

    organisation_id = forms.ChoiceField(label=_("Organisation"), required=False)
    group_name = _line(_("Or a residents' group"), longest=160)
    part = _line(_("What it does in the plan"), longest=300)

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation_id", [("", _("None")), *_organisations(organisations)])


class ReviewForm(VersionForm):
    """What a review found, and when the next one is."""

    note = _text(_("What the review found"), asks="review")
    next_on = _day(_("Next review on"), _("At least once a quarter."), "next_on")


class NoteForm(forms.Form):
    """What only one's own organisation may read."""

    text = _text(
        _("Note"), _("Your organisation reads this, and those it shares it with. Nobody else does."), 5, "text"
    )


class CloseForm(VersionForm):
    """Why a plan is closed; with a meeting, the forum has decided so."""

    reason = _text(_("Why the plan is closed"), rows=3, asks="close")
    meeting_id = forms.ChoiceField(
        label=_("Did a forum decide this?"),
        help_text=_("Needed only while somebody who raised it is still owed an answer, or when the plan stops early."),
        required=False,
    )
    method = forms.ChoiceField(label=_("How the forum decided"), required=False)

    def __init__(self, *args: Any, meetings: Choices, methods: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "meeting_id", [("", _("No: everybody has been answered")), *meetings])
        offer(self, "method", [("", _("No decision")), *methods])


def _people(people: Iterable[Person]) -> list[tuple[str, str]]:
    return [(str(each.pk), f"{each.name}, {each.title}, {each.organisation.name}") for each in people]


def _organisations(organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
    return [(str(each.pk), each.name) for each in organisations]
