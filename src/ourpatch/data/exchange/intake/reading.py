"""A delivered file read: by the sender's layout that fits it, judged, its rows placed. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _now

from ourpatch.data.exchange import mapping
from ourpatch.data.exchange.findings import Finding, Findings, Weight
from ourpatch.data.exchange.intake import judging, storing
from ourpatch.data.exchange.intake.judging import Judged, judge, span_of
from ourpatch.data.exchange.mapping import Layout
from ourpatch.data.exchange.models import Delivery, DeliveryState, Extent, LayoutVersion
from ourpatch.data.exchange.permissions import partnerships_of
from ourpatch.data.exchange.placing import Placed
from ourpatch.data.exchange.reading import Sheet, read_sheet
from ourpatch.data.store import actions as store
from ourpatch.data.store import specs
from ourpatch.foundation import law
from ourpatch.foundation.places.queries import Resolver
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput, RuleBroken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# Layouts that are tried on a file, the latest first.
MOST_TRIED = 10
# A month with fewer rows than this may well lose half of them.
LEAST_TO_SHRINK = 10


@dataclass(frozen=True, slots=True)
class Intake:
    """What reading a file led to. `stops`: the state that a delivery stops in, "" when its rows are to be loaded."""

    sheet: Sheet
    stops: str
    message: Message
    findings: Findings
    layout_version: LayoutVersion | None = None
    judged: Judged | None = None
    placed: Placed | None = None
    geography: str = ""

    @property
    def rows_read(self) -> int:
        """Rows of the file, good and bad."""
        return self.sheet.rows_read

    @property
    def rows_kept(self) -> int:
        """Rows that are to be loaded."""
        return int(self.judged.read.kept.sum()) if self.judged is not None else 0

    def marked(self, delivery: Delivery) -> bytes | None:
        """The report with the offending cells marked, in the sender's language; None when there is nothing to mark."""
        if not self.findings.counts:
            return None
        # Loaded where it is needed, as it brings all that writes workbooks.
        from ourpatch.data.exchange.report_workbook import ReportFinding, report_workbook

        with translation.override(delivery.language):
            summary = [
                (_now("Receipt"), delivery.receipt),
                (_now("File"), delivery.filename),
                (_now("Rows read"), str(self.rows_read)),
                (_now("Rows that can be loaded"), str(self.rows_kept)),
            ]
            found = [
                ReportFinding(each.row, each.column, each.kind, each.weight, str(each.says), str(each.do))
                for each in sorted(self.findings.kept, key=lambda each: each.row)
            ]
            return report_workbook(summary, found, self.sheet)


def read_file(delivery: Delivery, path: Path, now: datetime) -> Intake:
    """Read and judge a delivery's file. Raises BadInput when it cannot be read as a table at all."""
    today = clock.london_date(now)
    resolver = Resolver.current(today)
    if not resolver.set_ids:
        raise BadInput(_("Load the boundaries first, so that each record can be given its neighbourhood."))
    sheet, version, message = find_layout(delivery, path)
    if version is None:
        return Intake(sheet, DeliveryState.UNMAPPED, message, Findings())
    spec = specs.dataset(delivery.dataset)
    span = span_of(delivery.period, delivery.months)
    lists = law.book(span[0] if span else today).codes
    try:
        judged = judge(sheet, mapping.from_data(version.data), spec, lists, span, today)
    except RuleBroken as misfit:
        said = _("The layout “%(name)s” does not fit: %(why)s", name=version.name, why=str(misfit))
        return Intake(sheet, DeliveryState.UNMAPPED, said, Findings(), version)
    return _place(delivery, sheet, version, judged, resolver, now)


def find_layout(delivery: Delivery, path: Path) -> tuple[Sheet, LayoutVersion | None, Message]:
    """The file read by the layout that was chosen for it, else by the sender's latest that fits its headings; the words say
    why none does.
    """
    if delivery.layout is not None:
        return _read_by(delivery.layout, path, delivery.filename), delivery.layout, _("Read by the layout chosen.")
    candidates = _candidates(delivery)
    for version in candidates:
        sheet = _tried(version, path, delivery.filename)
        if sheet is not None and mapping.fits(mapping.from_data(version.data), sheet.header):
            return sheet, version, _("Read by the sender's layout.")
    sheet = read_sheet(path, delivery.filename)
    if not candidates:
        return sheet, None, _("This sender has no layout for this dataset yet. Match the columns once.")
    changed = mapping.differences(mapping.from_data(candidates[0].data), sheet.header)
    why = " ".join(str(each) for each in changed[:5])
    return sheet, None, _("The file no longer looks as it did: %(why)s Match its columns again.", why=why)


def _candidates(delivery: Delivery) -> list[LayoutVersion]:
    """The sender's latest version under each name."""
    live = LayoutVersion.objects.filter(
        organisation_id=delivery.organisation_id, dataset=delivery.dataset, retired_at__isnull=True
    ).order_by("-made_at", "-number")
    latest: dict[str, LayoutVersion] = {}
    for each in live:
        latest.setdefault(each.name, each)
    return list(latest.values())[:MOST_TRIED]


def _tried(version: LayoutVersion, path: Path, name: str) -> Sheet | None:
    """A sheet read as a layout says; None where the file cannot be read so. The file read plainly tells what is wrong with it."""
    try:
        return _read_by(version, path, name)
    except BadInput:
        return None


def _read_by(version: LayoutVersion, path: Path, name: str) -> Sheet:
    layout: Layout = mapping.from_data(version.data)
    return read_sheet(path, name, layout.options)


def _place(
    delivery: Delivery, sheet: Sheet, version: LayoutVersion, judged: Judged, resolver: Resolver, now: datetime
) -> Intake:
    if delivery.extent == Extent.CORRECTION:
        judged.findings.join(judging.needing_a_reference(judged.read))
    placed = storing.locate(judged.read, resolver)
    ours = partnerships_of(delivery.organisation_id, clock.london_date(now))
    judged.findings.join(storing.set_aside_elsewhere(judged.read, placed, ours))
    judged.findings.join(judging.mostly_repeated(judged.read))
    if delivery.period is None and delivery.extent == Extent.WHOLE:
        judged.findings.join(_months_that_shrink(delivery, judged))
    stops, message = _verdict(delivery, judged)
    return Intake(sheet, stops, message, judged.findings, version, judged, placed, resolver.geography)


def _months_that_shrink(delivery: Delivery, judged: Judged) -> Findings:
    """Of a file that names no period: months of which much more is loaded than it holds, as when a row strays in from another."""
    findings = Findings()
    for month, rows in storing.rows_by_month(judged.read).items():
        current = store.in_use(delivery.dataset, str(delivery.organisation_id), month)
        if current is None or current.rows_kept < LEAST_TO_SHRINK or rows * 2 >= current.rows_kept:
            continue
        says = _(
            "%(month)s: %(loaded)s rows are loaded, and this file would leave %(rows)s.",
            month=f"{month:%m/%Y}",
            loaded=current.rows_kept,
            rows=rows,
        )
        do = _("Name the period that the file is for, or send it as corrected rows only.")
        findings.add(Finding(0, "", "month_shrinks", Weight.REFUSES, says, do))
    return findings


def _verdict(delivery: Delivery, judged: Judged) -> tuple[str, Message]:
    if judged.refused:
        return DeliveryState.REFUSED, _("The file is refused. Nothing was loaded.")
    if judged.held and delivery.let_through_at is None:
        said = _(
            "The file may identify somebody, so nothing was loaded. Take out what the report names and send it again, or have "
            "it let through by an information officer."
        )
        return DeliveryState.HELD, said
    return "", _("Every row was judged.")
