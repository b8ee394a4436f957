"""Where delivered files, and reports about them, lie while they are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

_PIECE = 1024 * 1024
FOLDER = "deliveries"


def kept(path: str) -> Path:
    """Where a file lies that a delivery names."""
    return Path(settings.OURPATCH_HOME) / "incoming" / path


def keep(delivery_id: UUID, content: BinaryIO) -> tuple[str, str, int]:
    """Write a delivered file down; returns its path for the delivery, its SHA-256 and its size in bytes."""
    path = f"{FOLDER}/{delivery_id}"
    digest, size = hashlib.sha256(), 0
    target = kept(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("wb") as out:
            while piece := content.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest(), size


def keep_report(delivery_id: UUID, report: bytes) -> str:
    """Write the marked report of a delivery down; returns its path."""
    path = f"{FOLDER}/{delivery_id}.xlsx"
    target = kept(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(report)
    return path


def strays(known: Collection[str], before: datetime) -> list[str]:
    """Kept files that no delivery names and nobody wrote to since `before`: left behind by a kill."""
    folder = kept(FOLDER)
    found = sorted(folder.iterdir()) if folder.exists() else []
    old = [f"{FOLDER}/{path.name}" for path in found if path.stat().st_mtime < before.timestamp()]
    return [path for path in old if path not in known]


def let_go(path: str) -> None:
    """Remove a kept file; what is gone already is no error."""
    if path:
        kept(path).unlink(missing_ok=True)


def let_all_go(paths: Iterable[str]) -> None:
    """Remove several."""
    for path in paths:
        let_go(path)
