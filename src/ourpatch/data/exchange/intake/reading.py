"""A delivered file read: by the sender's layout that fits it, judged, its rows placed. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext

from ourpatch.data.exchange import gate, mapping
from ourpatch.data.exchange.findings import Finding, Findings, Weight
from ourpatch.data.exchange.intake import judging, rules, storing
from ourpatch.data.exchange.intake.judging import Judged, judge, span_of
from ourpatch.data.exchange.intake.opening import open_beginning, open_whole
from ourpatch.data.exchange.mapping import Layout
from ourpatch.data.exchange.models import Delivery, DeliveryState, Extent, LayoutVersion
from ourpatch.data.exchange.permissions import partnerships_for
from ourpatch.data.exchange.placing import Placed
from ourpatch.data.exchange.reading import Sheet, SheetOptions, worksheets
from ourpatch.data.exchange.wording import follows
from ourpatch.data.store import actions as store
from ourpatch.data.store import catalogue, specs
from ourpatch.foundation import law
from ourpatch.foundation.law.entries import LawBook
from ourpatch.foundation.places.queries import Resolver
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput, RuleBroken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# Layouts that are tried on a file, the latest first.
MOST_TRIED = 10
MOST_WORKSHEETS = 20
MOST_CHANGES = 5
NONE_LEFT = _(
    "None of the headings that this sender's layouts read is in the file. Match its columns anew; the layouts that there are "
    "stay."
)


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
                (gettext("Receipt"), delivery.receipt),
                (gettext("File"), delivery.filename),
                (gettext("Rows read"), str(self.rows_read)),
                (gettext("Rows that can be loaded"), str(self.rows_kept)),
            ]
            found = [
                ReportFinding(
                    each.row,
                    each.column,
                    each.kind,
                    each.weight,
                    str(each.says),
                    str(each.do),
                    follows(each.weight, let_through=delivery.let_through_at is not None),
                )
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
    if sheet.of_about:
        sheet = open_whole(path, delivery.filename, sheet.used)
    if version is None:
        return Intake(sheet, DeliveryState.UNMAPPED, message, Findings())
    layout = mapping.from_data(version.data)
    sheet = replace(sheet, notes=(*sheet.notes, *_laid_out_otherwise(layout.options, sheet.used)))
    spec = catalogue.dataset(delivery.dataset)
    span = span_of(delivery.period, delivery.months)
    lists = specs.lists_of(spec, law.book(span[0] if span else today))
    try:
        judged = judge(sheet, layout, spec, lists, span, today)
    except RuleBroken as misfit:
        why = _together([gate.discreet(said) for _field, said in misfit.problems])
        said = gate.discreet(_("The layout “%(name)s” does not fit: %(why)s", name=version.name, why=why))
        return Intake(sheet, DeliveryState.UNMAPPED, said, Findings(), version)
    return _place(delivery, sheet, version, judged, resolver, now)


def find_layout(delivery: Delivery, path: Path) -> tuple[Sheet, LayoutVersion | None, Message]:
    """The first rows of the file, read by the layout that was chosen for it, else by the sender's latest that was made for the
    same headings; the words say why none fits. Raises BadInput when the file cannot be read as a table.
    """
    name = delivery.filename
    if delivery.layout is not None:
        layout = mapping.from_data(delivery.layout.data)
        read = _fitting(layout, path, name) or open_beginning(path, name, layout.options)
        return read, delivery.layout, _("Read by the layout chosen.")
    known = candidates(delivery)
    for version in known:
        sheet = _fitting(mapping.from_data(version.data), path, name)
        if sheet is not None:
            return sheet, version, _("Read by the sender's layout.")
    sheet = open_beginning(path, name)
    if not known:
        return sheet, None, _("This sender has no layout for this dataset yet. Match the columns once.")
    return sheet, None, _what_changed([mapping.from_data(each.data) for each in known], sheet)


def _what_changed(layouts: Sequence[Layout], sheet: Sheet) -> Message:
    """How a file differs from the layout that comes nearest to it."""
    if not any(mapping.still_there(each, sheet) for each in layouts):
        return NONE_LEFT
    changed = min((mapping.differences(each, sheet.header) for each in layouts), key=len)
    said = [gate.discreet(each) for each in changed[:MOST_CHANGES]]
    if len(changed) > MOST_CHANGES:
        said.append(_("There are %(count)s more changes.", count=len(changed) - MOST_CHANGES))
    why = _together(said)
    return _("The file no longer looks as it did: %(why)s Match its columns again.", why=why)


def _together(said: Sequence[Message]) -> Message:
    """Several sentences as one, each still in whatever language is read."""
    return Message(" ".join(f"%({at})s" for at in range(len(said))), {str(at): each for at, each in enumerate(said)})


def candidates(delivery: Delivery) -> list[LayoutVersion]:
    """The sender's latest version under each name, the latest made first."""
    live = LayoutVersion.objects.filter(
        organisation_id=delivery.organisation_id, dataset=delivery.dataset, retired_at__isnull=True
    ).order_by("-made_at", "-number")
    latest: dict[str, LayoutVersion] = {}
    for each in live:
        latest.setdefault(each.name, each)
    return [each for each in latest.values() if _readable(each)][:MOST_TRIED]


def _readable(version: LayoutVersion) -> bool:
    """Whether a layout that was kept can be read by this version of Ourpatch; one that cannot is matched anew."""
    try:
        mapping.from_data(version.data)
    except BadInput:
        return False
    return True


def _fitting(layout: Layout, path: Path, name: str) -> Sheet | None:
    """The first rows of a file that has the headings of a layout, laid out as it says or otherwise; None when it has others. The
    file read plainly tells what is wrong with one that cannot be read.
    """
    for options in _ways(layout.options, path):
        try:
            sheet = open_beginning(path, name, options)
        except BadInput:
            continue
        if mapping.fits(layout, sheet.header):
            return sheet
    return None


def _ways(options: SheetOptions, path: Path) -> Iterator[SheetOptions]:
    """As the layout says; with another sign, row and worksheet; with another name for the list of records; each worksheet."""
    found_out = SheetOptions(encoding=options.encoding, records=options.records)
    yield from dict.fromkeys((options, found_out, replace(found_out, records="")))
    names = _worksheets(path)
    if len(names) > 1:
        yield from (SheetOptions(sheet=name) for name in names[:MOST_WORKSHEETS])


def _worksheets(path: Path) -> tuple[str, ...]:
    try:
        return worksheets(path)
    except BadInput:
        return ()


def _laid_out_otherwise(options: SheetOptions, used: SheetOptions) -> Iterator[Message]:
    """What the sender should know of a file that has the layout's headings but is laid out in another way."""
    if options.delimiter and used.delimiter and used.delimiter != options.delimiter:
        yield _(
            "The columns are parted by another sign than before. The headings are the same, so it was read by the layout."
        )
    if options.header_row and used.header_row and used.header_row != options.header_row:
        yield _(
            "The headings are in row %(row)s and were in row %(before)s before. They are the same, so the file was read by the "
            "layout.",
            row=used.header_row,
            before=options.header_row,
        )
    if options.sheet and used.sheet and used.sheet != options.sheet:
        yield _("The worksheet has another name than before. The headings are the same, so it was read by the layout.")


def _place(
    delivery: Delivery, sheet: Sheet, version: LayoutVersion, judged: Judged, resolver: Resolver, now: datetime
) -> Intake:
    if delivery.extent == Extent.CORRECTION:
        judged.findings.join(judging.needing_a_reference(judged.read))
    placed = storing.locate(judged.read, resolver)
    ours = partnerships_for(delivery.organisation_id, judged.read.spec, clock.london_date(now))
    judged.findings.join(storing.set_aside_elsewhere(judged.read, placed, ours))
    judged.findings.join(judging.mostly_repeated(judged.read))
    judged.findings.join(storing.how_placed(judged.read, placed))
    if delivery.period is None and delivery.extent == Extent.WHOLE:
        judged.findings.join(_months_that_shrink(delivery, judged, law.book(clock.london_date(now))))
    judging.call_by_place(judged.findings, sheet)
    stops, message = _verdict(delivery, judged)
    return Intake(sheet, stops, message, judged.findings, version, judged, placed, resolver.geography)


def _months_that_shrink(delivery: Delivery, judged: Judged, book: LawBook) -> Findings:
    """Of a file that names no period: months of which much more is loaded than it holds, as when a row strays in from another."""
    findings = Findings()
    for month, rows in storing.rows_by_month(judged.read).items():
        current = store.in_use(delivery.dataset, str(delivery.organisation_id), month)
        if current is None or not rules.shrinks_greatly(current.rows_kept, rows, book):
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
