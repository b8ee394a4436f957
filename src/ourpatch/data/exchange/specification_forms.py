"""The form by which a partnership says what a dataset of its own holds, field by field, without writing a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ourpatch.data.exchange.specification_lines import code_lines, codes_in, lines_of, one_line, paired, unpaired
from ourpatch.data.exchange.wording import (
    AGREED,
    KINDS,
    PLACE_PRECISIONS,
    ROW_CATEGORY,
    TIME_PRECISIONS,
    few_alike,
)
from ourpatch.data.store.own import rules
from ourpatch.data.store.own.rules import CATEGORY, COUNTED
from ourpatch.data.store.rules import DataClass, PlacePrecision, TimePrecision
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind, Period
from ourpatch.foundation.directory.models import OrganisationKind
from ourpatch.foundation.law.entries import CodeList
from ourpatch.ground.errors import Problems
from ourpatch.ground.words import Message

NEVER = "none"
ROWS_AT_FIRST = 4
MOST_ROWS = rules.MOST_FIELDS
LONGEST_TEXT = 20_000
USUALLY_ALIKE = 3
INCIDENTS, COUNTS = "incidents", "counts"
# Kinds that a row of counts or a category makes of two others; the store calls such fields by these names.
_KINDS_OFFERED: tuple[str, ...] = (
    CATEGORY,
    *(str(each) for each in (FieldKind.TEXT, FieldKind.COUNT, FieldKind.CODE, FieldKind.AGE)),
    *(str(each) for each in (FieldKind.DATE, FieldKind.TIME, FieldKind.DATETIME, FieldKind.MONTH, FieldKind.REFERENCE)),
    *(str(each) for each in (FieldKind.EASTING, FieldKind.NORTHING, FieldKind.LONGITUDE, FieldKind.LATITUDE)),
    *(str(each) for each in (FieldKind.POSTCODE, FieldKind.OUTWARD, FieldKind.LSOA, FieldKind.PLACE)),
    COUNTED,
)
_OF_KIND = {CATEGORY: FieldKind.CODE, COUNTED: FieldKind.COUNT}
_ROW = ("key", "name", "name_cy", "kind", "needed", "list", "codes", "names", "hint", "hint_cy", "singles")
_SHOWN_FIRST, _SHOWN_OPEN = ("name", "name_cy", "kind", "needed"), ("list", "codes")
_MORE = ("names", "hint", "hint_cy", "singles")


@dataclass(frozen=True, slots=True)
class FieldInputs:
    """What the page shows of one field of the dataset: what is always asked, its codes, and what is seldom needed."""

    number: int
    name: str
    key: forms.BoundField
    first: tuple[forms.BoundField, ...]
    codes: tuple[forms.BoundField, ...]
    more: tuple[forms.BoundField, ...]
    codes_open: bool
    more_open: bool


def _line(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=options.pop("most", rules.LONGEST_LABEL), **options)


def _area(label: Any, rows: int = 3, **options: Any) -> forms.CharField:
    # Told only when it is too long: a count of letters beside every list of lines would be in the way.
    most = [MaxLengthValidator(LONGEST_TEXT)]
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, validators=most, widget=widget, **options)


def _choice(label: Any, choices: Sequence[tuple[str, Any]], missing: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, error_messages={"required": missing}, **options)


class SpecificationForm(forms.Form):
    """A dataset's specification. `rows`: how many fields there is room for; `lists`: code lists that a field may take."""

    name_en = _line(_("Name"), error_messages={"required": _("Give the dataset a name.")})
    name_cy = _line(_("Name in Welsh"), error_messages={"required": _("Give the dataset a name in Welsh too.")})
    about_en = _line(
        _("What it holds"),
        most=rules.LONGEST_SENTENCE,
        help_text=_("In a sentence or two, for whoever sends or reads it."),
        error_messages={"required": _("Say what it holds.")},
    )
    about_cy = _line(
        _("What it holds, in Welsh"),
        most=rules.LONGEST_SENTENCE,
        error_messages={"required": _("Say in Welsh too what it holds.")},
    )
    senders = forms.MultipleChoiceField(
        label=_("Who holds it"),
        choices=OrganisationKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Members of your partnership of these kinds can send it."),
        error_messages={"required": _("Choose at least one kind of organisation that holds it.")},
    )
    data_class = _choice(
        _("How far may it be seen?"),
        [
            (str(DataClass.CONTROLLED), _("Controlled: only for named people and purposes")),
            (str(DataClass.PUBLISHABLE), _("May be published, small numbers hidden")),
        ],
        _("Choose how far it may be seen."),
        widget=forms.RadioSelect,
        help_text=_(
            "Records of named people are never a dataset here. Choose controlled when exact place and time, ages or rare "
            "events could point at somebody."
        ),
    )
    aggregate = _choice(
        _("What is a row?"),
        [(INCIDENTS, _("One incident or event")), (COUNTS, _("A count of them, for an area and a period"))],
        _("Choose what a row is."),
        widget=forms.RadioSelect,
    )
    rhythm = _choice(
        _("How often is it due?"),
        [(str(Period.MONTH), _("Every month")), (str(Period.QUARTER), _("Every quarter")), (NEVER, _("It is not due"))],
        _("Choose how often it is due."),
        widget=forms.RadioSelect,
        help_text=_("If it is due, the ledger of data duties expects it, as agreed and not as a duty of law."),
    )
    time_precision = _choice(
        _("How exactly is the time known?"),
        [(str(each), TIME_PRECISIONS[each]) for each in TimePrecision],
        _("Choose how exactly the time is known."),
    )
    place_precision = _choice(
        _("How exactly is the place known?"),
        [(str(each), PLACE_PRECISIONS[each]) for each in PlacePrecision],
        _("Choose how exactly the place is known."),
    )
    must_not_hold = _area(
        _("What must not be there"),
        help_text=_(
            "One thing a line. Names, birth dates, addresses of people, telephone and other numbers that lead to a person "
            "are looked for in every file in any case."
        ),
    )
    must_not_hold_cy = _area(_("What must not be there, in Welsh"), help_text=_("The same lines in Welsh."))
    limits = _area(
        _("What this data cannot tell"),
        help_text=_("One thing a line, for whoever reads its figures: what is not recorded, what changed."),
    )
    limits_cy = _area(_("What this data cannot tell, in Welsh"), help_text=_("The same lines in Welsh."))
    source = _line(
        _("Where it was agreed"),
        most=rules.LONGEST_SENTENCE,
        required=False,
        help_text=_("For example: strategy group, 4 March 2026. Leave empty to say that the partnership agreed it."),
    )
    least = forms.IntegerField(
        label=_("How many rows must be alike"),
        required=False,
        min_value=rules.FEWEST_ALIKE,
        max_value=rules.MOST_ALIKE,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        help_text=_(
            "Of the fields marked below as pointing at somebody together. With fewer alike, a file is held. Leave empty for 3."
        ),
    )

    def __init__(
        self,
        *args: Any,
        rows: int,
        lists: Mapping[str, CodeList],
        partnerships: Sequence[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.rows = min(max(rows, 1), MOST_ROWS)
        language = translation.get_language() or "en"
        self._lists = [
            ("", _now("Codes of its own")),
            *((key, listed.label(language)) for key, listed in lists.items()),
        ]
        if len(partnerships) > 1:
            choices = [("", _now("Choose")), *partnerships]
            self.fields["partnership"] = _choice(_now("Partnership"), choices, _now("Choose the partnership."))
            self.order_fields(["partnership"])
        for at in range(self.rows):
            self._add_row(at)

    def _add_row(self, at: int) -> None:
        kinds = [("", _now("Choose")), *((kind, _kind_name(kind)) for kind in _KINDS_OFFERED)]
        row: dict[str, forms.Field] = {
            "key": forms.CharField(required=False, max_length=rules.LONGEST_KEY, widget=forms.HiddenInput),
            "name": _line(_now("Name of the field"), required=False),
            "name_cy": _line(_now("Name of the field in Welsh"), required=False),
            "kind": forms.ChoiceField(label=_now("What it holds"), required=False, choices=kinds),
            "needed": forms.BooleanField(label=_now("Needed in every row"), required=False),
            "list": forms.ChoiceField(label=_now("Codes"), required=False, choices=self._lists),
            "codes": _area(
                _now("Codes of its own"),
                help_text=_now("One a line: a name, or code | name | name in Welsh | another spelling."),
            ),
            "names": _area(
                _now("Other headings that senders use"),
                rows=2,
                help_text=_now("One a line. A column of such a heading is proposed for this field."),
            ),
            "hint": _line(_now("Advice to senders"), required=False, most=rules.LONGEST_SENTENCE),
            "hint_cy": _line(_now("Advice to senders in Welsh"), required=False, most=rules.LONGEST_SENTENCE),
            "singles": forms.BooleanField(
                label=_now("Could point at somebody, together with the others marked so"), required=False
            ),
        }
        for name, field in row.items():
            self.fields[f"{name}_{at}"] = field

    def general(self) -> list[forms.BoundField]:
        """What is asked of the dataset as a whole."""
        of_rows = {f"{name}_{at}" for at in range(self.rows) for name in _ROW}
        return [self[name] for name in self.fields if name not in of_rows]

    def field_rows(self) -> list[FieldInputs]:
        """What is asked field by field."""
        return [self._inputs(at) for at in range(self.rows)]

    def _inputs(self, at: int) -> FieldInputs:
        def bound(names: Iterable[str]) -> tuple[forms.BoundField, ...]:
            return tuple(self[f"{name}_{at}"] for name in names)

        def is_open(inputs: Iterable[forms.BoundField]) -> bool:
            return any(each.errors or each.value() for each in inputs)

        codes, more = bound(_SHOWN_OPEN), bound(_MORE)
        coded = self[f"kind_{at}"].value() in (CATEGORY, FieldKind.CODE)
        name = str(self[f"name_{at}"].value() or "")
        return FieldInputs(
            at + 1, name, self[f"key_{at}"], bound(_SHOWN_FIRST), codes, more, coded or is_open(codes), is_open(more)
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("must_not_hold", "limits"):
            if unpaired(given.get(name, ""), given.get(f"{name}_cy", "")):
                self.add_error(f"{name}_cy", _now("Write as many lines in Welsh as in English, or none."))
        if not lines_of(given.get("limits", "")):
            self.add_error("limits", _now("Say at least one thing that this data cannot tell."))
        for at in self.filled():
            if not given.get(f"kind_{at}"):
                self.add_error(f"kind_{at}", _now("Choose what the field holds."))
            if not given.get(f"name_{at}"):
                self.add_error(f"name_{at}", _now("Give the field a name."))
        if not self.filled():
            self.add_error(None, _now("Add at least one field."))
        return given

    def filled(self) -> list[int]:
        """The places of the rows in which something is said; the others are no fields."""
        given = self.cleaned_data
        return [at for at in range(self.rows) if any(given.get(f"{name}_{at}") for name in _ROW if name != "needed")]

    def made(self, before: DatasetSpec | None, today: date) -> dict[str, Any]:
        """The specification that the form says, as `specs.parse` reads it. `before`: what it revises. Call after `is_valid`."""
        given = self.cleaned_data
        fields = self._fields(before)
        category = next((each for each in fields if each["key"] == CATEGORY), {})
        source = one_line(given["source"]) or AGREED.text
        rhythm = given["rhythm"]
        return {
            "key": before.key if before else rules.key_of(given["name_en"]),
            **{name: one_line(given[name]) for name in ("about_en", "about_cy")},
            **{f"label_{language}": one_line(given[f"name_{language}"]) for language in ("en", "cy")},
            **{name: given[name] for name in ("data_class", "time_precision", "place_precision", "senders")},
            "scheme": category.get("list", ""),
            "aggregate": given["aggregate"] == COUNTS,
            "period": rhythm if rhythm != NEVER else _period(before, given["time_precision"]),
            "source": source,
            **({} if rhythm == NEVER else {"duty": _duty(before, given["senders"], source, today)}),
            "fields": fields,
            "singling": self._singling(before, fields),
            "must_not_hold": paired(given["must_not_hold"], given["must_not_hold_cy"]),
            "limitations": paired(given["limits"], given["limits_cy"]),
            "lists": [each.pop("own_list") for each in fields if "own_list" in each],
        }

    def _fields(self, before: DatasetSpec | None) -> list[dict[str, Any]]:
        was = {each.key: each for each in before.fields} if before else {}
        taken = set(was)
        found = []
        for at in self.filled():
            each = self._field(at, was, taken)
            taken.add(each["key"])
            found.append(each)
        return found

    def _field(self, at: int, was: Mapping[str, Field], taken: set[str]) -> dict[str, Any]:
        given = {name: self.cleaned_data[f"{name}_{at}"] for name in _ROW}
        kind = _OF_KIND.get(given["kind"]) or FieldKind(given["kind"])
        name = one_line(given["name"])
        key = given["kind"] if given["kind"] in _OF_KIND else given["key"] if given["key"] in was else ""
        made: dict[str, Any] = {
            "key": key or rules.field_key(kind, name, taken),
            "kind": str(kind),
            "label_en": name,
            "label_cy": one_line(given["name_cy"]) or name,
            **({"required": True} if given["needed"] else {}),
            **({"names": names} if (names := lines_of(given["names"])) else {}),
            **_hint(one_line(given["hint"]), one_line(given["hint_cy"])),
        }
        if kind is FieldKind.CODE:
            made |= _listed(made, given["list"], given["codes"], was.get(made["key"]))
        return made

    def _singling(self, before: DatasetSpec | None, fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The rule that the form shows, then those that it has no room for, as far as their fields are still there."""
        marked = [
            each["key"] for at, each in zip(self.filled(), fields, strict=True) if self.cleaned_data[f"singles_{at}"]
        ]
        rest = [
            {"fields": list(each.fields), "least": each.least, "why_en": each.why.en, "why_cy": each.why.cy}
            for each in (before.singling[1:] if before else ())
            if set(each.fields) <= {field["key"] for field in fields}
        ]
        if not marked:
            return rest
        least = self.cleaned_data["least"] or USUALLY_ALIKE
        first = before.singling[0] if before and before.singling else None
        same = first is not None and (first.fields, first.least) == (tuple(marked), least)
        why = (first.why.en, first.why.cy) if first is not None and same else _in_both(few_alike(least))
        return [{"fields": marked, "least": least, "why_en": why[0], "why_cy": why[1]}, *rest]

    def add_problems(self, problems: Problems, spec: DatasetSpec) -> None:
        """Put what the rules say of the specification beside the input that stands for it."""
        rows = self.filled()
        for place, message in problems:
            name = _input_of(place, spec, rows)
            self.add_error(name if name in self.fields else None, str(message))


class SpecificationFileForm(forms.Form):
    """A specification that somebody wrote, or that was downloaded here or in another partnership."""

    file = forms.FileField(
        label=_("Specification file"),
        help_text=_(
            "A file that was downloaded from a dataset's page, changed as you need it. Its key begins with own-."
        ),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, partnerships: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if len(partnerships) > 1:
            choices = [("", _now("Choose")), *partnerships]
            self.fields["partnership"] = _choice(_now("Partnership"), choices, _now("Choose the partnership."))
            self.order_fields(["partnership"])


class RetireForm(forms.Form):
    """Why no more of a dataset is sent."""

    reason = forms.CharField(
        label=_("Why is no more of it sent?"),
        max_length=rules.LONGEST_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why no more of it is sent, in a sentence.")},
    )


def first_values() -> dict[str, Any]:
    """What an empty form begins with: the two fields that nearly every dataset has."""
    date_en, date_cy = _in_both(KINDS[FieldKind.DATE])
    category_en, category_cy = _in_both(ROW_CATEGORY)
    return {
        "data_class": str(DataClass.CONTROLLED),
        "aggregate": INCIDENTS,
        "rhythm": NEVER,
        "time_precision": str(TimePrecision.DAY),
        "place_precision": str(PlacePrecision.EXACT),
        "name_0": date_en,
        "name_cy_0": date_cy,
        "kind_0": str(FieldKind.DATE),
        "needed_0": True,
        "name_1": category_en,
        "name_cy_1": category_cy,
        "kind_1": CATEGORY,
        "needed_1": True,
    }


def values_of(spec: DatasetSpec) -> dict[str, Any]:
    """A specification as the form shows it."""
    singled = set(spec.singling[0].fields) if spec.singling else set()
    own = {each.key: each for each in spec.lists}
    values: dict[str, Any] = {
        "name_en": spec.label.en,
        "name_cy": spec.label.cy,
        "about_en": spec.about.en if spec.about else "",
        "about_cy": spec.about.cy if spec.about else "",
        "senders": list(spec.senders),
        "data_class": str(spec.data_class),
        "aggregate": COUNTS if spec.aggregate else INCIDENTS,
        "rhythm": str(spec.period) if spec.duty else NEVER,
        "time_precision": str(spec.time_precision),
        "place_precision": str(spec.place_precision),
        "must_not_hold": "\n".join(each.en for each in spec.must_not_hold),
        "must_not_hold_cy": "\n".join(each.cy for each in spec.must_not_hold),
        "limits": "\n".join(each.en for each in spec.limitations),
        "limits_cy": "\n".join(each.cy for each in spec.limitations),
        "source": spec.source,
        "least": spec.singling[0].least if spec.singling else None,
    }
    for at, each in enumerate(spec.fields):
        listed = own.get(each.code_list or "")
        row = {
            "key": each.key,
            "name": each.label.en,
            "name_cy": each.label.cy,
            "kind": each.key if each.key in _OF_KIND else str(each.kind),
            "needed": each.required,
            "list": "" if listed else each.code_list or "",
            "codes": code_lines(listed) if listed else "",
            "names": "\n".join(each.names),
            "hint": each.hint.en if each.hint else "",
            "hint_cy": each.hint.cy if each.hint else "",
            "singles": each.key in singled,
        }
        values |= {f"{name}_{at}": value for name, value in row.items()}
    return values


def without_row(values: Mapping[str, Any], gone: int, rows: int) -> dict[str, Any]:
    """The values of a form with one field taken out and those after it moved up."""
    found = dict(values)
    for at in range(gone, rows):
        for name in _ROW:
            found[f"{name}_{at}"] = values.get(f"{name}_{at + 1}", "")
    return found


def _kind_name(kind: str) -> str:
    if kind == CATEGORY:
        return _now("Category: what rows are counted by")
    if kind == COUNTED:
        return _now("How many a row of counts stands for")
    return str(KINDS[FieldKind(kind)])


def _period(before: DatasetSpec | None, time_precision: str) -> str:
    if time_precision == TimePrecision.QUARTER:
        return str(Period.QUARTER)
    return str(before.period) if before else str(Period.MONTH)


def _duty(before: DatasetSpec | None, senders: Sequence[str], source: str, today: date) -> dict[str, Any]:
    """Expected from the month on in which somebody first says so."""
    was = before.duty if before else None
    kept = was is not None and before is not None and tuple(senders) == before.senders
    authorities = list(was.authorities) if was is not None and kept else list(senders)
    since = was.since if was is not None else today.replace(day=1)
    return {"authorities": authorities, "since": since.isoformat(), "source": source, "by_law": False}


def _hint(english: str, welsh: str) -> dict[str, str]:
    return {"hint_en": english or welsh, "hint_cy": welsh or english} if english or welsh else {}


def _listed(made: Mapping[str, Any], chosen: str, lines: str, was: Field | None) -> dict[str, Any]:
    if chosen:
        return {"list": chosen}
    items = codes_in(lines)
    if not items:
        return {}
    # A list keeps its key, so that a revised one is known to be the same.
    key = was.code_list if was is not None and was.code_list else f"own_{made['key']}"[: rules.LONGEST_KEY]
    labels = {name: made[name] for name in ("label_en", "label_cy")}
    return {"list": key, "own_list": {"key": key, **labels, "items": items}}


def _in_both(message: Message) -> tuple[str, str]:
    with translation.override("en"):
        english = str(message)
    with translation.override("cy"):
        return english, str(message)


_WHOLE = {
    "key": "name_en",
    "label_en": "name_en",
    "label_cy": "name_cy",
    "about_en": "about_en",
    "about_cy": "about_cy",
    "period": "rhythm",
    "duty": "rhythm",
    "singling": "least",
    "senders": "senders",
    "data_class": "data_class",
    "aggregate": "aggregate",
    "source": "source",
    "time_precision": "time_precision",
    "place_precision": "place_precision",
}
_OF_FIELD = {
    "label": "name",
    "label_en": "name",
    "label_cy": "name_cy",
    "hint_en": "hint",
    "hint_cy": "hint_cy",
    "key": "name",
    "list": "codes",
}


def _input_of(place: str, spec: DatasetSpec, rows: Sequence[int]) -> str | None:
    """The input that stands for a place of the specification; None for the form as a whole."""
    begins, *steps = place.split(".")
    if begins == "fields" and steps:
        part = steps[1] if len(steps) > 1 else "label"
        return f"{_OF_FIELD.get(part, part)}_{rows[int(steps[0])]}"
    if begins == "lists" and steps:
        key = spec.lists[int(steps[0])].key
        return next((f"codes_{rows[at]}" for at, each in enumerate(spec.fields) if each.code_list == key), None)
    if begins in ("limitations", "must_not_hold"):
        name = "limits" if begins == "limitations" else begins
        return f"{name}_cy" if place.endswith(".cy") else name
    return _WHOLE.get(begins)
