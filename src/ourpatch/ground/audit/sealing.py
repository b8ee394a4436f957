"""The sealer and the verifier of the audit chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from ourpatch.ground.audit.models import AuditEntry, Seal, SealedEntry, Unsealed
from ourpatch.ground.audit.rules import GENESIS, SealBody, merkle_root

BATCH = 2_000


def seal_all(now: datetime) -> int:
    """Seal everything committed so far, a batch a transaction; returns the number of rows sealed."""
    total = 0
    while True:
        sealed = seal_once(now)
        total += sealed
        if sealed < BATCH:
            return total


def seal_once(now: datetime) -> int:
    """Seal one batch; two sealers at once cannot both win: the number is the primary key and the loser does nothing."""
    try:
        with transaction.atomic():
            seal = _seal_batch(now)
    except IntegrityError:
        return 0
    if seal is None:
        return 0
    _write_head(seal)
    return seal.count


def _seal_batch(now: datetime) -> Seal | None:
    entries = list(AuditEntry.objects.filter(unsealed__isnull=False).order_by("id")[:BATCH])
    if not entries:
        return None
    last = Seal.objects.order_by("-number").first()
    body = SealBody(
        number=last.number + 1 if last else 1,
        previous=last.mac if last else GENESIS,
        root=merkle_root([entry.leaf() for entry in entries]),
        count=len(entries),
        sealed_at=now.isoformat(),
    )
    seal = Seal.objects.create(
        number=body.number,
        previous=body.previous,
        root=body.root,
        count=body.count,
        sealed_at=body.sealed_at,
        mac=body.mac(_key()),
    )
    SealedEntry.objects.bulk_create(
        [SealedEntry(entry=entry, seal=seal, position=position) for position, entry in enumerate(entries)]
    )
    Unsealed.objects.filter(entry__in=entries).delete()
    return seal


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier found: faults in words, and how much it looked at."""

    faults: tuple[str, ...]
    seals: int
    entries: int
    unsealed: int
    head: str

    @property
    def sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def verify(known_head: str = "") -> Verdict:
    """Recompute every leaf, root and link.

    `known_head` is "number:mac" as somebody outside keeps it; without one, the head file beside the data is used. It is
    what shows that the newest seals were cut off, which no chain can show by itself.
    """
    faults: list[str] = []
    previous, number, entries = GENESIS, 0, 0
    for seal in Seal.objects.order_by("number").iterator():
        number += 1
        faults += _faults_of_link(seal, number, previous)
        found, looked_at = _fault_of_members(seal)
        faults += found
        entries += looked_at
        previous, number = seal.mac, seal.number
    faults += _faults_of_head(known_head or read_head(), number)
    orphans = AuditEntry.objects.filter(unsealed__isnull=True, sealedentry__isnull=True).count()
    if orphans:
        faults.append(f"{orphans} audit rows are neither sealed nor waiting to be sealed.")
    head = f"{number}:{previous}"
    return Verdict(tuple(faults), number, entries, Unsealed.objects.count(), head)


def _faults_of_link(seal: Seal, expected: int, previous: str) -> Iterator[str]:
    if seal.number != expected:
        yield f"Seals {expected} to {seal.number - 1} are missing."
    elif seal.previous != previous:
        yield f"Seal {seal.number} does not follow the seal before it."
    body = SealBody(seal.number, seal.previous, seal.root, seal.count, seal.sealed_at)
    if body.mac(_key()) != seal.mac:
        yield f"Seal {seal.number} was not made with this partnership's key, or was changed."


def _fault_of_members(seal: Seal) -> tuple[list[str], int]:
    rows = AuditEntry.objects.filter(sealedentry__seal=seal).order_by("sealedentry__position")
    leaves = [entry.leaf() for entry in rows.iterator()]
    if len(leaves) != seal.count:
        return [f"Seal {seal.number} fixed {seal.count} rows; {len(leaves)} are there."], len(leaves)
    if merkle_root(leaves) != seal.root:
        return [f"A row under seal {seal.number} was changed after it was sealed."], len(leaves)
    return [], len(leaves)


def _faults_of_head(known_head: str, last_number: int) -> list[str]:
    if not known_head:
        return []
    number_text, _, mac = known_head.partition(":")
    number = int(number_text)
    if number > last_number:
        return [f"The log was cut off: seal {number} is known outside, and the newest here is {last_number}."]
    if number and not Seal.objects.filter(number=number, mac=mac).exists():
        return [f"The log was rewritten: seal {number} is not the one that is known outside."]
    return []


def head_file() -> Path:
    """Where the newest head is written, for partner organisations to keep."""
    return Path(settings.OURPATCH_HEADS) / "audit-heads.txt"


def read_head() -> str:
    """The newest head in the head file, or the empty text."""
    path = head_file()
    if not path.exists():
        return ""
    lines = path.read_text().split()
    return lines[-1] if lines else ""


def _write_head(seal: Seal) -> None:
    path = head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as out:
        out.write(f"{seal.number}:{seal.mac}\n")


def _key() -> bytes:
    return bytes.fromhex(settings.OURPATCH_KEY_RING["audit"])
