"""The command line's loads: boundaries and records in, a progress bar while it takes, and a report that leaves nothing out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from ourpatch.data.exchange import actions as exchange
from ourpatch.data.exchange import queries as exchange_queries
from ourpatch.data.store import actions as store
from ourpatch.data.store import queries as store_queries
from ourpatch.data.store.models import Submission
from ourpatch.data.store.permissions import Permission as Store
from ourpatch.foundation.places.models import ServiceArea, ServiceAreaKind
from ourpatch.foundation.places.permissions import Permission as Places
from ourpatch.ground import clock
from ourpatch.ground.errors import BadInput
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant
from ourpatch.ground.words import say as _

if TYPE_CHECKING:
    from ourpatch.foundation.places.loading import Report

NAME = "Command line"
# What holds for no partnership in particular: boundaries come before there is any.
NOWHERE = UUID(int=0)

Tell = Callable[[str, int, int | None], None]


def command_line(*permissions: str) -> Actor:
    """Whoever sits at this machine: these permissions, over every partnership there is and before there is one."""
    held = frozenset(str(permission) for permission in permissions)
    partnerships = ServiceArea.objects.filter(kind=ServiceAreaKind.PARTNERSHIP).values_list("pk", flat=True)
    grants = tuple(Grant(held, each, role="command_line") for each in (NOWHERE, *partnerships))
    return Actor(ActorKind.SERVICE, NAME, grants=grants)


def boundaries(arguments: argparse.Namespace) -> int:
    """`ourpatch load-boundaries`: 0 when all was loaded, whatever rows did not match; they are listed one by one."""
    files = ("districts", "wards", "lsoas", "ward_population", "deprivation")
    named = {name: getattr(arguments, name) for name in files}
    areas_named = arguments.folder is not None or any(named.values())
    if not areas_named and arguments.lsoa_changes is None:
        raise BadInput(_("Name a folder, or the files one by one. See ourpatch load-boundaries --help."))
    # Loaded where it is needed, as it brings all that reads boundaries; so is the bar, which brings much of its own.
    from ourpatch.foundation.places import loading as places

    by, now, dry_run = command_line(Places.VIEW, Places.LOAD), clock.now(), arguments.dry_run
    reports = []
    with progress() as tell:
        if areas_named:
            reports.append(
                places.load_boundaries(by=by, now=now, folder=arguments.folder, dry_run=dry_run, progress=tell, **named)
            )
        if arguments.lsoa_changes is not None:
            path = arguments.lsoa_changes
            reports.append(places.load_lsoa_changes(by=by, path=path, now=now, dry_run=dry_run, progress=tell))
    if arguments.json:
        told = [report.as_dict() for report in reports]
        _print_json(told[0] if len(told) == 1 else told)
    else:
        _print_lines(line for report in reports for line in _told(report))
    return 0


def police_uk(files: Sequence[Path], *, as_json: bool) -> int:
    """`ourpatch load police-uk`: 0 when every month is in, each with its rows kept and set aside."""
    with progress() as tell:
        report = exchange.load_police_uk(
            by=command_line(Store.LOAD),
            paths=files,
            now=clock.now(),
            progress=lambda done, of, _name: tell("data.police.uk", done, of),
        )
    if as_json:
        _print_json(report.as_data())
    else:
        _print_lines(str(line) for line in report.lines())
        total = _("%(kept)s of %(read)s rows kept.", kept=f"{report.rows_kept:,}", read=f"{report.rows_read:,}")
        _print_lines([str(total)])
    return 0


def undo(submission: str) -> int:
    """`ourpatch undo-load`: take a submission back; what it had replaced counts again."""
    try:
        wanted = UUID(submission)
    except ValueError as error:
        raise BadInput(_("That is not the id of a load. ourpatch loads lists them.")) from error
    undone = store.undo_submission(by=command_line(Store.UNDO), submission_id=wanted, now=clock.now())
    restored = undone.supersedes
    _print_lines([str(_("Taken back: %(file)s.", file=undone.filename))])
    if restored is not None:
        _print_lines([str(_("In use again: %(file)s.", file=restored.filename))])
    return 0


def list_loads(*, as_json: bool) -> int:
    """`ourpatch loads`: everything that was loaded, latest first."""
    loads = list(store_queries.list_submissions(command_line(Store.VIEW)))
    if as_json:
        _print_json([_as_data(each) for each in loads])
    elif loads:
        names = exchange_queries.names_of_suppliers(each.supplier for each in loads)
        _print_lines(_as_line(each, names.get(each.supplier, each.supplier)) for each in loads)
    else:
        _print_lines([str(_("Nothing is loaded yet. Begin with ourpatch load-boundaries, then ourpatch load."))])
    return 0


@contextmanager
def progress() -> Iterator[Tell]:
    """One bar a file on the standard error, none when that is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda _words, _done, _total: None
        return
    from tqdm import tqdm

    bars: dict[str, tqdm[None]] = {}

    def tell(words: str, done: int, total: int | None) -> None:
        bar = bars.get(words)
        if bar is None:
            bar = bars[words] = tqdm(total=total, desc=words, leave=False, file=sys.stderr)
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield tell
    finally:
        for bar in bars.values():
            bar.close()


def _told(report: Report) -> Iterator[str]:
    if report.dry_run:
        yield str(_("Nothing was changed. This is what would happen:"))
    yield from (str(line) for line in report.lines)
    yield from (f"  {note}" for note in report.notes)
    if report.unmatched:
        yield str(_("%(count)s rows or areas did not match:", count=len(report.unmatched)))
        yield from (f"  {each.message}" for each in report.unmatched)


def _as_data(load: Submission) -> dict[str, object]:
    return {
        "id": str(load.pk),
        "dataset": load.dataset,
        "supplier": load.supplier,
        "month": f"{load.period:%Y-%m}",
        "filename": load.filename,
        "state": load.state,
        "rows_read": load.rows_read,
        "rows_kept": load.rows_kept,
        "rows_without_place": load.rows_without_place,
        "set_aside": load.counts,
        "loaded_at": load.loaded_at.isoformat(),
        "loaded_by": load.loaded_by,
    }


def _as_line(load: Submission, supplier: str) -> str:
    when = load.loaded_at.astimezone(clock.LONDON)
    what = f"{load.period:%Y-%m}  {supplier:20}  {load.get_state_display()}"
    return f"{load.pk}  {what}  {load.rows_kept:,} / {load.rows_read:,}  {when:%d/%m/%Y %H:%M}  {load.loaded_by}"


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_json(data: object) -> None:
    print(json.dumps(data, indent=1))
