"""Files that a command writes: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its name, then move it there. Raises BadInput, which says why it cannot be written."""
    half = path.parent / f"{path.name}.part"
    try:
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise BadInput(_("The file %(file)s cannot be written: %(why)s.", file=path, why=error.strerror)) from error
