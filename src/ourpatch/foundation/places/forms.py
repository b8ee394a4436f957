"""Forms of the places room: they parse; the rules judge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.places.models import BoundarySet

MOST_BYTES = 2 * 1024 * 1024
COUNTS, RATES = "counts", "rates"
GROUND = "ground"


class ConvertForm(forms.Form):
    """Figures by area, the boundaries they are in, and those they are wanted in."""

    from_set = forms.ChoiceField(label=_("Boundaries that the figures are in"))
    to_set = forms.ChoiceField(label=_("Boundaries that you want them in"))
    kind = forms.ChoiceField(
        label=_("What the figures are"),
        choices=[
            (COUNTS, _("Counts, for example incidents")),
            (RATES, _("Rates, for example incidents per 1,000 people")),
        ],
        widget=forms.RadioSelect,
        initial=COUNTS,
    )
    weighting = forms.ChoiceField(
        label=_("How to share out an area that lies in several"),
        help_text=_("By where people live is usually nearer the truth where people are what is counted."),
        widget=forms.RadioSelect,
        initial=GROUND,
    )
    whole = forms.BooleanField(label=_("Round counts to whole numbers that still add up to the total"), required=False)
    figures = forms.CharField(
        label=_("Codes and figures"),
        help_text=_(
            "Two columns, code and figure: copied from a spreadsheet, or with a comma between. A heading may stand first."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        strip=False,
    )
    file = forms.FileField(label=_("Or a CSV file of the same two columns"), required=False)

    def __init__(self, sets: Iterable[BoundarySet], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = list(sets)
        choices = [(str(each.pk), f"{each.get_kind_display()} {each.vintage}") for each in known]
        weightings = [(GROUND, _now("By ground: in proportion to the area of each part"))]
        weightings += [
            (
                str(each.pk),
                _now("By where people live, from %(set)s") % {"set": f"{each.get_kind_display()} {each.vintage}"},
            )
            for each in known
            if getattr(each, "peopled", 0)
        ]
        for name, offered in (("from_set", choices), ("to_set", choices), ("weighting", weightings)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = offered

    def clean_file(self) -> str:
        """The text of the file; empty without one."""
        given = self.cleaned_data["file"]
        if given is None:
            return ""
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Convert it in parts."))
        try:
            text = given.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This is not a CSV file in UTF-8. Save it again as CSV UTF-8.")) from error
        return str(text)

    def clean(self) -> dict[str, Any]:
        """One set of figures, and two sets of boundaries."""
        cleaned = super().clean() or {}
        pasted, file = cleaned.get("figures", "").strip(), cleaned.get("file", "")
        if "file" not in self.errors and bool(pasted) == bool(file.strip()):
            both = _("Paste the figures or choose a file, not both.")
            self.add_error("figures", both if pasted else _("Paste the figures, or choose a file."))
        if cleaned.get("from_set") and cleaned.get("from_set") == cleaned.get("to_set"):
            self.add_error("to_set", _("The figures are in these boundaries already. Choose others."))
        cleaned["figures"] = cleaned.get("figures", "") if pasted else file
        return cleaned
