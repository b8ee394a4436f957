"""A sheet judged for a dataset: the depersonalisation gate over every cell, the layout over every row, then rows that single
somebody out. One place, so that the preview, the report and the load never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ourpatch.data.exchange import gate
from ourpatch.data.exchange.findings import Finding, Findings, Weight
from ourpatch.data.exchange.mapping import Layout, Read, apply
from ourpatch.data.exchange.mapping.codes import Lists
from ourpatch.data.exchange.reading.sheet import Sheet
from ourpatch.data.store.specs import DatasetSpec, FieldKind
from ourpatch.foundation.law.clocks import add_months
from ourpatch.ground.words import say as _


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in a file, and its rows as the dataset's fields. `findings` are those of the gate and of the reading."""

    read: Read
    findings: Findings

    @property
    def refused(self) -> bool:
        """Whether nothing of the file can be used."""
        return self.findings.count(Weight.REFUSES) > 0 or not self.read.kept.any()

    @property
    def held(self) -> bool:
        """Whether it may identify somebody."""
        return self.findings.count(Weight.HOLDS) > 0


def judge(
    sheet: Sheet, layout: Layout, spec: DatasetSpec, lists: Lists, span: tuple[date, date] | None, today: date
) -> Judged:
    """Judge every row of a sheet. `span`: first and last day of the period that its sender named; None: the rows say.

    Raises RuleBroken when the layout does not fit the dataset or the sheet.
    """
    findings = Findings()
    findings.extend(Finding(0, "", "note", Weight.NOTES, note, _("Nothing need be done.")) for note in sheet.notes)
    findings.join(gate.examine(sheet, layout, spec))
    read = apply(sheet, layout, spec, lists, span, today=today)
    findings.join(read.findings)
    findings.join(gate.examine_rows(read, spec))
    call_by_place(findings, sheet)
    return Judged(read, findings)


def call_by_place(findings: Findings, sheet: Sheet) -> None:
    """Call columns whose headings may themselves identify somebody by their place, in whatever was found."""
    names = gate.called(sheet)
    if names:
        findings.kept = [replace(each, column=names.get(each.column, each.column)) for each in findings.kept]


def span_of(period: date | None, months: int | None) -> tuple[date, date] | None:
    """First and last day of a named period."""
    if period is None or months is None:
        return None
    return period, add_months(period, months) - timedelta(days=1)


def needing_a_reference(read: Read) -> Findings:
    """Of a correction: the rows without a reference, which could correct nothing; the file, when none can have one."""
    findings = Findings()
    reference = next((each for each in read.spec.fields if each.kind is FieldKind.REFERENCE), None)
    mapped = {each.field for each in read.layout.fields}
    if reference is None or reference.key not in mapped:
        says = _("The file has no references by which rows could be corrected.")
        do = _("Send everything for the period instead; it takes the place of what was sent before.")
        findings.add(Finding(0, "", "correction_without_references", Weight.REFUSES, says, do))
        return findings
    lacking = read.columns[reference.key].is_null().to_numpy(zero_copy_only=False) & read.kept
    says = _("The row has no reference, so it cannot be told which row it corrects.")
    do = _("Give it the reference that the first row had, or send everything for the period.")
    alike = Finding(0, _column_of(read.layout, reference.key), "correction_unreferenced", Weight.SETS_ASIDE, says, do)
    findings.add_rows(read.numbers[lacking].tolist(), alike)
    read.kept[lacking] = False
    return findings


def mostly_repeated(read: Read) -> Findings:
    """A file in which more rows repeat a reference than not: some other column was taken for the reference."""
    findings = Findings()
    repeated = read.findings.counts["repeated"]
    if repeated * 2 > len(read.numbers) and repeated > 1:
        says = _("Most rows have a reference that an earlier row has too.")
        do = _("Choose the column of each row's own number in the layout, or none, and send the file again.")
        findings.add(Finding(0, "", "mostly_repeated", Weight.REFUSES, says, do))
    return findings


def _column_of(layout: Layout, field: str) -> str:
    return next((each.column for each in layout.fields if each.field == field), "")
