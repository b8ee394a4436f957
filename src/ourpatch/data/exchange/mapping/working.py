"""What is known of a sheet while it is read: its columns so far, which rows are kept, what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from ourpatch.data.exchange.findings import Finding, Findings, Weight
from ourpatch.data.exchange.mapping import columns, wording
from ourpatch.data.exchange.mapping.codes import Lists
from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.mapping.shapes import Mask, quotable
from ourpatch.data.exchange.reading.sheet import Sheet
from ourpatch.data.store.specs import DatasetSpec, Field, FieldKind
from ourpatch.ground.words import Message

Span = tuple[date, date]
"""A period: its first and its last day."""


@dataclass(slots=True)
class Work:
    """What is known so far. `faulty`: rows that are set aside because something is wrong with them, not only repeated."""

    sheet: Sheet
    layout: Layout
    spec: DatasetSpec
    lists: Lists
    period: Span | None
    today: date | None
    findings: Findings = field(default_factory=Findings)
    columns: dict[str, pa.Array] = field(default_factory=dict)
    kept: Mask = field(init=False)
    faulty: Mask = field(init=False)

    def __post_init__(self) -> None:
        self.kept = np.ones(self.rows, dtype=np.bool_)
        self.faulty = np.zeros(self.rows, dtype=np.bool_)

    @property
    def rows(self) -> int:
        """How many rows there are to judge."""
        return len(self.sheet.numbers)

    def mapped(self, each: Field) -> Mapped | None:
        """How the layout fills a field."""
        return next((one for one in self.layout.fields if one.field == each.key), None)

    def text(self, mapped: Mapped, column: str = "") -> pa.Array:
        """The text that fills a field."""
        if not mapped.column:
            return pa.array([mapped.value.strip()] * self.rows, pa.string())
        return columns.text_of(self.sheet.columns.column(column or mapped.column))

    def found(
        self, fault: str, where: Mask, each: Field | None, *, needed: bool = False, lightly: bool = False
    ) -> None:
        """Say what was found in some rows and set those aside that cannot be loaded."""
        rows = np.flatnonzero(where)
        if not rows.size:
            return
        kind, weight = wording.weighed(fault, needed=needed, lightly=lightly)
        if weight is Weight.SETS_ASIDE:
            self.kept[rows] = False
            if fault != "repeated":
                self.faulty[rows] = True
        listed = max(self.findings.listed - self.findings.counts[kind], 0)
        column, do = self.column_of(each), wording.FAULTS[fault].do
        for row in rows[:listed].tolist():
            says = self._says(fault, each, row)
            self.findings.add(Finding(int(self.sheet.numbers[row]), column, kind, weight, says, do))
        # The rest are counted only: a finding each of a hundred thousand rows helps nobody.
        self.findings.weights[kind] = weight
        self.findings.counts[kind] += max(rows.size - listed, 0)

    def said(self, fault: str, each: Field | None) -> None:
        """Say something about the file as a whole."""
        about = wording.FAULTS[fault]
        self.findings.add(Finding(0, self.column_of(each), fault, about.weight, about.says, about.do))

    def _says(self, fault: str, each: Field | None, row: int) -> Message:
        column = self.column_of(each)
        if fault == "code_unknown" and each is not None and column:
            value = self.sheet.columns.column(column)[row].as_py().strip()
            if quotable(each.kind, value):
                return wording.unknown_code(value)
        return wording.FAULTS[fault].says

    def column_of(self, each: Field | None) -> str:
        """The sender's heading of a field; nothing where all rows have one value."""
        mapped = self.mapped(each) if each is not None else None
        return mapped.column if mapped is not None else ""

    def judge_missing(self, each: Field, blank: Mask) -> None:
        """A required field that is empty: in every row the file cannot be used, in some those rows."""
        if not each.required or not blank.any():
            return
        if blank.all():
            self.kept[:] = False
            self.said("column_empty", each)
        else:
            self.found("required_missing", blank, each)


def first_of_kind(spec: DatasetSpec, kind: FieldKind) -> Field | None:
    """The dataset's first field of a kind."""
    return next((each for each in spec.fields if each.kind is kind), None)
