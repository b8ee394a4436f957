"""The watched folder: a file put into `inbox/<sender>/<dataset>/` is sent as if by browser, and its receipt laid beside it.

A sender's system often can do no more than copy a file. A file counts as whole once nothing was written to it for a while; one
called `2026-07.csv`, `2026-Q3.csv` or with such a beginning names its period.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

from ourpatch.data.exchange.actions.deliveries import read_delivery, receive
from ourpatch.data.exchange.intake.rules import MONTH, QUARTER
from ourpatch.data.exchange.models import Channel, Delivery
from ourpatch.data.exchange.permissions import Permission, partnerships_for, partnerships_of
from ourpatch.data.store import catalogue
from ourpatch.data.store.specs import DatasetSpec
from ourpatch.foundation.directory.models import Membership, Organisation
from ourpatch.ground import clock
from ourpatch.ground.errors import OurpatchError
from ourpatch.ground.permission.actor import Actor, ActorKind, Grant
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

logger = logging.getLogger(__name__)
NAME = "Watched folder"
LONGEST_NAME = 80
QUIET = timedelta(seconds=30)
RECEIPTS = "receipts"
REFUSED = "refused"
# Laid into a folder that is not known, for whoever put a file there.
NOT_READ = "NOT READ.txt"
# What programs call a file while they write it.
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
_PERIOD = re.compile(r"(?P<year>[0-9]{4})-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2]))(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """One folder of one sender and dataset."""

    organisation: Organisation
    dataset: str
    path: Path


@dataclass(frozen=True, slots=True)
class Unknown:
    """A folder of the inbox from which nothing is read, and the names of those beside it from which something is."""

    path: Path
    right: tuple[str, ...]

    @property
    def says(self) -> Message:
        """What it is called, and what it may be called."""
        name = f"{self.path.relative_to(inbox())}/"
        if not self.right:
            return _("Nothing is read from %(name)s: this sender has no folder here.", name=name)
        return _(
            "Nothing is read from %(name)s. The right names are: %(right)s.", name=name, right=", ".join(self.right)
        )


def inbox() -> Path:
    """The watched folder."""
    return Path(settings.OURPATCH_HOME) / "inbox"


def places(on: date) -> list[Place]:
    """Every folder that is watched: a sender's datasets, for members of a partnership on this day. Two senders whose names are
    written alike in a folder's name have none.
    """
    members = Membership.objects.filter(from_on__lte=on).exclude(until__lt=on).values("organisation_id")
    by_slug: dict[str, list[Organisation]] = {}
    for each in Organisation.objects.filter(pk__in=members).order_by("name"):
        by_slug.setdefault(slugify(each.name), []).append(each)
    known = tuple(catalogue.every().values())
    return [
        Place(one[0], spec.key, inbox() / slug / spec.key)
        for slug, one in by_slug.items()
        if slug and len(one) == 1
        for spec in known
        if spec.mapped and one[0].kind in spec.senders and _takes_part(one[0], spec, on)
    ]


def unknown(known: Sequence[Place]) -> list[Unknown]:
    """The folders in the inbox that are none of the known places: a sender's name written otherwise, or a dataset's."""
    senders = {each.path.parent: each.path.parent.name for each in known}
    datasets = {each.path for each in known}
    found = []
    for folder in _folders(inbox()):
        if folder not in senders:
            found.append(Unknown(folder, tuple(sorted(senders.values()))))
            continue
        right = tuple(sorted(each.name for each in datasets if each.parent == folder))
        found += [Unknown(inside, right) for inside in _folders(folder) if inside not in datasets]
    return found


def collect(*, now: datetime) -> list[Delivery]:
    """Send every whole file that lies in a watched folder; a file that cannot be taken lies in `refused/` with the reason.

    Receipts are laid of everything that came by a folder and whose state none tells yet, whoever read it. A folder that is not
    known is told so by a file in it.
    """
    if not inbox().exists():
        return []
    known = places(clock.london_date(now))
    taken = []
    for place in known:
        for path in _whole_files(place.path, now):
            delivery = _tried(place, path, now)
            if delivery is not None:
                taken.append(delivery)
    _lay_receipts(known)
    _mark(known)
    return taken


def period_in(name: str) -> tuple[date, int] | None:
    """The period that a file's name begins with: 2026-07 or 2026-Q3."""
    found = _PERIOD.match(name)
    if found is None:
        return None
    year = int(found["year"])
    if found["quarter"]:
        return date(year, (int(found["quarter"]) - 1) * QUARTER + 1, 1), QUARTER
    return date(year, int(found["month"]), 1), MONTH


def _whole_files(folder: Path, now: datetime) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        # A link could lead anywhere on the machine.
        if path.is_symlink() or not path.is_file() or path.name.startswith(".") or path.suffix.lower() in UNFINISHED:
            continue
        if path.name == NOT_READ:
            continue
        if path.stat().st_mtime <= (now - QUIET).timestamp():
            yield path


def _takes_part(organisation: Organisation, spec: DatasetSpec, on: date) -> bool:
    return spec.owner is None or bool(partnerships_for(organisation.pk, spec, on))


def _folders(folder: Path) -> list[Path]:
    return (
        sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()) if folder.exists() else []
    )


def _tried(place: Place, path: Path, now: datetime) -> Delivery | None:
    try:
        return _take(place, path, now)
    except Exception:
        # One file that cannot be opened, moved or read must not keep the others waiting; it is tried again.
        logger.exception("a file in the watched folder could not be taken")
        return None


def _take(place: Place, path: Path, now: datetime) -> Delivery | None:
    period, months = period_in(path.name) or (None, None)
    try:
        with path.open("rb") as content:
            delivery = receive(
                by=_sender(place.organisation, now),
                organisation_id=place.organisation.pk,
                dataset=place.dataset,
                filename=path.name,
                content=content,
                size=path.stat().st_size,
                channel=Channel.FOLDER,
                now=now,
                period=period,
                months=months,
                idempotency_key=_key(path),
            )
    except OurpatchError as refusal:
        _move(path, place.path / REFUSED, str(refusal))
        return None
    # Should a kill come now, the worker reads what was queued, and the next collecting lays its receipt. Had it come before, the
    # file would be sent again, and found to be the same.
    path.unlink()
    return read_delivery(delivery_id=delivery.pk, now=now)


def _lay_receipts(known: Sequence[Place]) -> None:
    """The receipt of each delivery whose state is not told in its folder yet: one more than once rather than none."""
    by_key = {(each.organisation.pk, each.dataset): each for each in known}
    for delivery in Delivery.objects.untold():
        place = by_key.get((delivery.organisation_id, delivery.dataset))
        if place is None:
            continue
        receipts = place.path / RECEIPTS
        name = f"{delivery.receipt} {delivery.filename[:LONGEST_NAME]}.txt"
        try:
            receipts.mkdir(parents=True, exist_ok=True)
            (receipts / name).write_text(receipt_text(delivery), "utf-8")
        except OSError:
            logger.exception("a receipt could not be laid into the watched folder")
            continue
        Delivery.objects.filter(pk=delivery.pk, state=delivery.state).update(told_state=delivery.state)


def _mark(known: Sequence[Place]) -> None:
    """Say in each folder that is not known that nothing is read from it; take that back from those that are known by now."""
    for each in known:
        (each.path / NOT_READ).unlink(missing_ok=True)
        (each.path.parent / NOT_READ).unlink(missing_ok=True)
    for folder in unknown(known):
        said = f"{folder.says}\n"
        note = folder.path / NOT_READ
        try:
            if not note.exists() or note.read_text("utf-8") != said:
                note.write_text(said, "utf-8")
                logger.warning("%s", said.strip())
        except OSError:
            logger.exception("a folder of the inbox could not be marked")


def _key(path: Path) -> str:
    """A file that could not be removed after it was sent is not sent again."""
    state = path.stat()
    return hashlib.sha256(f"{path} {state.st_mtime_ns} {state.st_size}".encode()).hexdigest()


def receipt_text(delivery: Delivery) -> str:
    """A receipt in plain words, with what was found; nothing that may identify a person."""
    lines = [f"{delivery.receipt}: {delivery.get_state_display()}. {delivery.message}"]
    for each in delivery.findings.order_by("row_number", "pk"):
        where = " ".join(part for part in (str(each.row_number or ""), each.column) if part)
        lines.append(f"{where}: {each.says} {each.do}" if where else f"{each.says} {each.do}")
    return "\n".join(lines) + "\n"


def _move(path: Path, folder: Path, why: str) -> None:
    folder.mkdir(exist_ok=True)
    path.replace(folder / path.name)
    (folder / f"{path.name}.txt").write_text(why + "\n", "utf-8")


def _sender(organisation: Organisation, now: datetime) -> Actor:
    held = frozenset({str(Permission.SEND)})
    partnerships = partnerships_of(organisation.pk, clock.london_date(now))
    grants = tuple(Grant(held, each, role="folder") for each in partnerships)
    return Actor(ActorKind.SERVICE, NAME, organisation_id=organisation.pk, grants=grants)
