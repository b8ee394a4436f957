"""The form that matches a sender's columns to a dataset, once: which column holds which field, in which formats and codes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.findings import Weight
from ourpatch.data.exchange.mapping import Layout, Mapped, quotable
from ourpatch.data.exchange.mapping.codes import Lists, speller
from ourpatch.data.exchange.mapping.formats import DATES, EXCEL, MONTH_FIRST, MONTHS, TIMES
from ourpatch.data.exchange.mapping.shapes import NOTHING, UNKNOWN, distinct, trimmed
from ourpatch.data.exchange.reading.heading import letter
from ourpatch.data.exchange.reading.sheet import Sheet, SheetOptions
from ourpatch.data.exchange.wording import label_of
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind
from ourpatch.foundation.law.entries import CodeList
from ourpatch.ground.errors import NotFound
from ourpatch.ground.pages import offer

ONE_VALUE = "="
# A column with more different words than this is no column of codes.
MOST_WORDS = 60
SAMPLES = 3
# Rows that are shown from are looked through for what identifies somebody before anybody sees them.
LOOKED_THROUGH = 500
_LONGEST_WORD = 60
_EXAMPLE = datetime(2026, 4, 17, 21, 30)  # noqa: DTZ001 - an example of how a pattern looks, no moment
_PATTERNS: Mapping[FieldKind, tuple[str, ...]] = {
    FieldKind.DATE: (*DATES, *MONTH_FIRST, EXCEL),
    FieldKind.DATETIME: (*DATES, *MONTH_FIRST, EXCEL),
    FieldKind.MONTH: (*dict.fromkeys((*MONTHS, *MONTH_FIRST)), EXCEL),
    FieldKind.TIME: TIMES,
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """What the page shows of one field: its own inputs, samples of the chosen column, and the sender's words to translate."""

    label: str
    hint: str
    required: bool
    inputs: tuple[forms.BoundField, ...]
    samples: tuple[str, ...]
    words: tuple[forms.BoundField, ...]
    untranslated: bool


class _NeededMixin(forms.Field):
    """A field that is shown as needed; whether it was filled in is judged when the layout is kept, not at each look at it."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class _NeededChoice(_NeededMixin, forms.ChoiceField):
    pass


class _NeededText(_NeededMixin, forms.CharField):
    pass


class OptionsForm(forms.Form):
    """How the file is laid out, where that cannot be told from the file itself."""

    header_row = forms.IntegerField(
        label=_("Row with the headings"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Leave empty to have it found."),
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
    )

    def __init__(self, *args: Any, worksheets: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        names = tuple(worksheets)
        if len(names) > 1:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Worksheet"),
                required=False,
                choices=[("", gettext("Find it")), *((each, each) for each in names)],
            )

    def chosen(self) -> SheetOptions:
        """The options as the reader takes them; what is left empty is found out."""
        if not self.is_bound or not self.is_valid():
            return SheetOptions()
        return SheetOptions(sheet=self.cleaned_data.get("sheet", ""), header_row=self.cleaned_data["header_row"] or 0)


class MatchForm(forms.Form):
    """One row of inputs a field. `layout`: what is proposed, or what the sender used before. `held`: columns in which the gate
    found something; those in which it finds something among the first rows are held back as well, and so are headings. `anew`:
    the sender has a layout, and nothing of it is left in this file.
    """

    def __init__(
        self,
        *args: Any,
        sheet: Sheet,
        spec: DatasetSpec,
        lists: Lists,
        layout: Layout,
        name: str = "",
        held: frozenset[str] = frozenset(),
        anew: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.sheet, self.spec, self.layout, self.anew = sheet, spec, layout, anew
        self._first = sheet.first(LOOKED_THROUGH)
        self._named = frozenset(gate.called(sheet))
        self.held = held | self._named | _held_in(self._first, layout, spec)
        self._words: dict[str, tuple[str, ...]] = {}
        mapped = {each.field: each for each in layout.fields}
        shown = [each for each in sheet.header if each not in self._named]
        columns = [("", gettext("Not in the file")), *((each, each) for each in shown)]
        for each in spec.fields:
            self._add(each, mapped.get(each.key), columns, lists)
        self.fields["name"] = _NeededText(
            label=_("Name of this layout"),
            help_text=_("For example the system that the file comes from. Next time it is read by itself."),
            initial=name,
            max_length=80,
        )

    def clean(self) -> None:
        """A layout holds the headings it was made for, and is seen by others: none of them may name somebody."""
        if "save" not in self.data:
            return
        for at, heading in enumerate(self.sheet.header):
            if heading in self._named:
                self.add_error(
                    None,
                    gettext(
                        "The heading of column %(column)s may identify somebody, so this layout is not kept. Say under “How the "
                        "file is laid out” which row holds the headings; or write above the column what it holds, and send the "
                        "file again."
                    )
                    % {"column": letter(at)},
                )

    def _add(self, each: Field, mapped: Mapped | None, columns: list[tuple[str, str]], lists: Lists) -> None:
        found = mapped or Mapped(each.key)
        one_value = [(ONE_VALUE, gettext("The same value in every row"))] if _may_be_one_value(each) else []
        kind = _NeededChoice if each.required else forms.ChoiceField
        self.fields[f"column_{each.key}"] = kind(
            label=gettext("Column"),
            required=each.required,
            choices=[columns[0], *one_value, *columns[1:]],
            initial=ONE_VALUE if found.value else found.column,
        )
        codes = _codes(each, lists)
        if one_value:
            self.fields[f"value_{each.key}"] = self._value(codes, found)
        if each.kind in _PATTERNS:
            self.fields[f"formats_{each.key}"] = forms.ChoiceField(
                label=gettext("Written like"),
                required=False,
                choices=_formats(each.kind, found.formats),
                initial="|".join(found.formats),
            )
        if each.kind is FieldKind.DATETIME:
            self.fields[f"clock_{each.key}"] = forms.ChoiceField(
                label=gettext("The time stands in"),
                required=False,
                choices=[("", gettext("The same column")), *columns[1:]],
                initial=found.time_column,
            )
        if codes is not None:
            self._add_words(each, found, codes)

    def _value(self, codes: CodeList | None, found: Mapped) -> forms.Field:
        if codes is None:
            return forms.CharField(
                label=gettext("Value for every row"), required=False, initial=found.value, max_length=300
            )
        choices = [("", gettext("Choose")), *((item.code, label_of(item)) for item in codes)]
        return forms.ChoiceField(
            label=gettext("Value for every row"), required=False, choices=choices, initial=found.value
        )

    def _add_words(self, each: Field, found: Mapped, codes: CodeList) -> None:
        """A choice for every word of the chosen column that the list does not know, or that was translated before."""
        column = self.data.get(f"column_{each.key}", found.column) if self.is_bound else found.column
        spelling = speller(codes)
        translated = {word.strip().casefold(): code for word, code in found.codes.items()}
        # Words are compared without case, so that one in other letters is the same.
        different: dict[str, str] = {}
        for word in _values(self.sheet, column, 2 * MOST_WORDS + 1):
            different.setdefault(word.casefold(), word)
        words = tuple(
            word
            for word in different.values()
            if (word.casefold() in translated or spelling.code(word) is None) and gate.quotable(word)
        )
        if len(words) > MOST_WORDS or column in self.held:
            return
        self._words[each.key] = words
        choices = [("", gettext("No code: set such rows aside")), *((item.code, label_of(item)) for item in codes)]
        for at, word in enumerate(words):
            self.fields[f"code_{each.key}_{at}"] = forms.ChoiceField(
                label=word if quotable(each.kind, word) or len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}…",
                required=False,
                choices=choices,
                initial=translated.get(word.casefold()) or spelling.nearly(word) or "",
            )

    @property
    def headings(self) -> str:
        """What the form was made for, so that it is not taken for a file that is read otherwise."""
        return headings_of(self.sheet)

    def rows(self) -> list[FieldRow]:
        """What the page shows, field by field."""
        return [self._row(each) for each in self.spec.fields]

    def _row(self, each: Field) -> FieldRow:
        names = (f"column_{each.key}", f"value_{each.key}", f"formats_{each.key}", f"clock_{each.key}")
        words = tuple(self[f"code_{each.key}_{at}"] for at in range(len(self._words.get(each.key, ()))))
        column = str(self[f"column_{each.key}"].value() or "")
        samples = (gettext("[held back]"),) if column in self.held else tuple(_values(self._first, column, SAMPLES))
        inputs = tuple(self[name] for name in names if name in self.fields)
        left = any(not word.value() for word in words)
        return FieldRow(str(each.label), str(each.hint or ""), each.required, inputs, samples, words, left)

    def made(self) -> Layout:
        """The layout that the form says. Call after `is_valid`."""
        fields = tuple(mapped for each in self.spec.fields if (mapped := self._mapped(each)) is not None)
        used = {column for each in fields for column in (each.column, each.time_column)}
        return Layout(
            dataset=self.spec.key,
            fields=fields,
            options=self.sheet.used,
            header=self.sheet.header,
            ignored=tuple(each for each in self.sheet.header if each not in used),
        )

    def _mapped(self, each: Field) -> Mapped | None:
        given = self.cleaned_data
        column = given.get(f"column_{each.key}", "")
        if not column:
            return None
        if column == ONE_VALUE:
            return Mapped(each.key, value=given.get(f"value_{each.key}", ""))
        formats = given.get(f"formats_{each.key}", "")
        codes = {
            word: code
            for at, word in enumerate(self._words.get(each.key, ()))
            if (code := given.get(f"code_{each.key}_{at}", ""))
        }
        return Mapped(
            each.key,
            column,
            formats=tuple(formats.split("|")) if formats else (),
            codes=codes,
            time_column=given.get(f"clock_{each.key}", ""),
        )


class ImportLayoutForm(forms.Form):
    """A layout that somebody else made, as a file."""

    organisation = forms.ChoiceField(
        label=_("Whose files are read by it?"), error_messages={"required": _("Choose whose files it reads.")}
    )
    name = forms.CharField(
        label=_("Name of this layout"), max_length=80, error_messages={"required": _("Give the layout a name.")}
    )
    file = forms.FileField(
        label=_("Layout file"),
        help_text=_("A file that was downloaded from a layout's page here or in another partnership."),
        error_messages={"required": _("Choose the layout file."), "empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, organisations: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "organisation", [("", gettext("Choose")), *organisations])


def headings_of(sheet: Sheet) -> str:
    """A file's headings as one digest: a page's source repeats none of them."""
    return hashlib.sha256(json.dumps(list(sheet.header)).encode()).hexdigest()


def _held_in(first: Sheet, layout: Layout, spec: DatasetSpec) -> frozenset[str]:
    """The columns whose values identify somebody."""
    found = gate.examine(first, layout, spec)
    return frozenset(each.column for each in found.kept if each.weight is Weight.HOLDS)


def _may_be_one_value(each: Field) -> bool:
    return each.kind in (FieldKind.CODE, FieldKind.TEXT, FieldKind.PLACE, FieldKind.MONTH, FieldKind.COUNT)


def _codes(each: Field, lists: Lists) -> CodeList | None:
    if each.kind is not FieldKind.CODE or each.code_list is None:
        return None
    try:
        return lists(each.code_list)
    except NotFound:
        return None


def _values(sheet: Sheet, column: str, most: int) -> list[str]:
    """The first different values of a column, empty ones left out."""
    if column not in sheet.header:
        return []
    values, _which = distinct(trimmed(sheet.columns.column(column)))
    told = (each for each in values if each.casefold() not in NOTHING | UNKNOWN)
    return [each for each, _at in zip(told, range(most), strict=False)]


def _formats(kind: FieldKind, present: tuple[str, ...]) -> list[tuple[str, Any]]:
    offered = [(pattern, _shown(pattern)) for pattern in _PATTERNS[kind]]
    joined = "|".join(present)
    known = {pattern for pattern, _label in offered}
    extra = [(joined, ", ".join(_shown(each) for each in present))] if joined and joined not in known else []
    return [("", gettext("As usual: ISO, or the day before the month")), *extra, *offered]


def _shown(pattern: str) -> str:
    return gettext("Excel numbers") if pattern == EXCEL else _EXAMPLE.strftime(pattern)
