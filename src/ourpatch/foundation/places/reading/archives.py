"""Opening an archive without believing it: capped in members and size, and no member may name a folder to be written in."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

MOST_MEMBERS = 5_000
MOST_BYTES = 1 << 30
MEGABYTE = 1 << 20


@contextmanager
def unpacked(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[list[Path]]:
    """The files of a zip archive, in a folder that goes afterwards, in the order of their names.

    Raises BadInput: not an archive, damaged, encrypted, too many files, or larger than `most_bytes` when unpacked.
    """
    with TemporaryDirectory() as folder:
        with _opened(path) as archive:
            files = _extract(archive, Path(folder), most_bytes)
        yield files


def refuse_too_large(path: Path, most_bytes: int = MOST_BYTES) -> None:
    """Raise BadInput for a file that is an archive inside (a workbook) and would unpack to more than `most_bytes`."""
    with _opened(path) as archive:
        _members(archive, most_bytes)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadInput(
            _("%(file)s could not be unpacked: it is damaged, encrypted or no archive. Fetch it again.", file=path.name)
        ) from error


def _members(archive: zipfile.ZipFile, most_bytes: int) -> list[zipfile.ZipInfo]:
    """The archive's files, without hidden ones (which some systems add, and ".." would be)."""
    members = [
        info for info in archive.infolist() if not (info.is_dir() or PurePosixPath(info.filename).name.startswith("."))
    ]
    # A member is read no further than the size it states, so the stated sizes are what has to be capped.
    if len(members) > MOST_MEMBERS or sum(info.file_size for info in members) > most_bytes:
        raise BadInput(
            _(
                "%(file)s holds more than %(files)s files or %(size)s MB. Split it, or take only the areas you need.",
                file=Path(archive.filename or "").name,
                files=MOST_MEMBERS,
                size=most_bytes // MEGABYTE,
            )
        )
    return members


def _extract(archive: zipfile.ZipFile, folder: Path, most_bytes: int) -> list[Path]:
    members = _members(archive, most_bytes)
    # A numbered folder for each of the archive's keeps a shapefile together and two files of one name apart.
    folders = {name: str(number) for number, name in enumerate(sorted({_folder(info) for info in members}))}
    written = []
    for info in sorted(members, key=lambda one: one.filename):
        target = folder / folders[_folder(info)] / PurePosixPath(info.filename).name
        target.parent.mkdir(exist_ok=True)
        with archive.open(info) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, MEGABYTE)
        written.append(target)
    return written


def _folder(info: zipfile.ZipInfo) -> str:
    return str(PurePosixPath(info.filename).parent)
