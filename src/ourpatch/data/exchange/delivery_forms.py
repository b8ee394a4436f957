"""Forms of deliveries: what is sent, by whom, for when; why one is let through or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ourpatch.data.exchange.intake import rules
from ourpatch.data.exchange.models import Extent
from ourpatch.data.exchange.standing import NAMES, Stands
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.directory.models import Organisation
from ourpatch.foundation.law.clocks import add_months
from ourpatch.ground.pages import offer

QUARTERS_OFFERED = 9
MONTHS_OFFERED = 15
BY_ROWS = ""
# What is in part in use is listed with what is loaded.
_PARTS = (Stands.LOADED_IN_PART, Stands.REPLACED_IN_PART)


class SendForm(forms.Form):
    """One file for one dataset."""

    organisation = forms.ChoiceField(
        label=_("Whose data is it?"), error_messages={"required": _("Choose whose data it is.")}
    )
    dataset = forms.ChoiceField(
        label=_("Which dataset is it?"), error_messages={"required": _("Choose which dataset it is.")}
    )
    period = forms.ChoiceField(
        label=_("Which period is it for?"),
        required=False,
        help_text=_("Rows of other days are set aside. If the file covers several periods, let the rows say."),
    )
    extent = forms.ChoiceField(
        label=_("What does the file hold?"),
        choices=Extent.choices,
        initial=Extent.WHOLE,
        widget=forms.RadioSelect,
        help_text=_(
            "Everything takes the place of what was sent before for the same months. Corrected rows replace those "
            "with the same references and leave the others."
        ),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TSV, Excel (XLSX), JSON or XML, as your system exports it. It is checked before anything is loaded."
        ),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("The file is empty. Export it again and send it."),
        },
    )

    def __init__(
        self,
        *args: Any,
        organisations: Sequence[Organisation],
        datasets: Sequence[DatasetSpec],
        today: date,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        offer(self, "organisation", _with_blank((str(each.pk), each.name) for each in organisations))
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.fields["organisation"].initial = str(organisations[0].pk)
        offer(self, "dataset", _with_blank((each.key, str(each.label)) for each in datasets))
        offer(self, "period", period_choices(today))
        last_ended = add_months(_quarter_of(today), -rules.QUARTER)
        self.fields["period"].initial = f"{last_ended.isoformat()}/{rules.QUARTER}"

    def named_period(self) -> tuple[date | None, int | None]:
        """First day and months of the chosen period; None, None where the rows say."""
        chosen = self.cleaned_data["period"]
        if chosen == BY_ROWS:
            return None, None
        first, months = chosen.split("/")
        return date.fromisoformat(first), int(months)


class LetThroughForm(forms.Form):
    """Why a held delivery may be loaded all the same."""

    reason = forms.CharField(
        label=_("Why these rows may be loaded"),
        help_text=_("Your name and this reason are kept with the delivery."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=rules.LONGEST_REASON,
        error_messages={"required": _("Say why these rows may be loaded although they may identify somebody.")},
    )


class EmptyingForm(forms.Form):
    """A deliberate yes to emptying months, or taking most rows of them away."""

    confirmed = forms.BooleanField(
        label=_("Yes, these rows are to go"),
        help_text=_("Your name is kept with the delivery. What is loaded now can be had back by withdrawing it."),
        error_messages={"required": _("Tick the box if these months are to lose their rows.")},
    )


class StandsForm(forms.Form):
    """Which deliveries are listed."""

    stands = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        listed = [(str(each), str(name)) for each, name in NAMES.items() if each not in _PARTS]
        offer(self, "stands", [("", _now("Every state")), *listed])


class WithdrawForm(forms.Form):
    """Why a delivery is taken back."""

    reason = forms.CharField(
        label=_("Why it is withdrawn"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=rules.LONGEST_REASON,
        error_messages={"required": _("Say why it is withdrawn.")},
    )


def period_choices(today: date) -> list[tuple[str, Any]]:
    """Quarters and months that can be named, latest first, and the rows themselves."""
    quarter, month = _quarter_of(today), today.replace(day=1)
    quarters = [add_months(quarter, -rules.QUARTER * back) for back in range(QUARTERS_OFFERED)]
    months = [add_months(month, -back) for back in range(MONTHS_OFFERED)]
    return [
        (BY_ROWS, _now("The rows say: every month that they cover")),
        (
            _now("Quarters"),
            [(f"{each.isoformat()}/{rules.QUARTER}", period_name(each, rules.QUARTER)) for each in quarters],
        ),
        (_now("Months"), [(f"{each.isoformat()}/{rules.MONTH}", period_name(each, rules.MONTH)) for each in months]),
    ]


def period_name(first: date | None, months: int | None) -> str:
    """A named period in words; what is said where the rows name it."""
    if first is None or months is None:
        return _now("As its rows say")
    if months == rules.MONTH:
        return date_format(first, "F Y")
    return _now("%(first)s to %(last)s") % {
        "first": date_format(first, "F"),
        "last": date_format(add_months(first, months - 1), "F Y"),
    }


def _quarter_of(day: date) -> date:
    return date(day.year, (day.month - 1) // rules.QUARTER * rules.QUARTER + 1, 1)


def _with_blank(choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", _now("Choose")), *choices]
