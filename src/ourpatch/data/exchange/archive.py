"""Zip archives, opened with care: damaged, encrypted and endless ones are refused with a message before anything is kept."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ourpatch.data.exchange.rules import Caps
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

_PIECE = 1024 * 1024
_ENCRYPTED = 0x1
# What the standard library raises of a damaged member, of one packed by a method it does not know, and of a locked one.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)


class Archive:
    """An open archive, or a plain file that counts as its own only member."""

    def __init__(self, path: Path, opened: zipfile.ZipFile | None, caps: Caps) -> None:
        self.path = path
        self._zip = opened
        self._caps = caps

    @property
    def names(self) -> list[str]:
        """The names of the members that are files."""
        if self._zip is None:
            return [self.path.name]
        return [member.filename for member in self._zip.infolist() if not member.is_dir()]

    def size(self, name: str) -> int:
        """How many bytes a member says that it unpacks to."""
        return self.path.stat().st_size if self._zip is None else self._zip.getinfo(name).file_size

    def read(self, name: str) -> bytes:
        """The bytes of one member; may be called from several threads. Raises BadInput when it is damaged or too large."""
        if self._zip is None:
            return self._read_plain()
        try:
            with self._zip.open(name) as member:
                pieces, size = [], 0
                while piece := member.read(_PIECE):
                    size += len(piece)
                    # What an archive says of itself is not believed: the bytes are counted as they come.
                    if size > self._caps.member_bytes:
                        raise _endless(f"{self.path.name}/{name}")
                    pieces.append(piece)
                return b"".join(pieces)
        except _DAMAGED as error:
            raise BadInput(_damaged(f"{self.path.name}/{name}")) from error

    def _read_plain(self) -> bytes:
        if self.path.stat().st_size > self._caps.member_bytes:
            raise _endless(self.path.name)
        return self.path.read_bytes()


@contextmanager
def open_archive(path: Path, caps: Caps = Caps()) -> Iterator[Archive]:  # noqa: B008 - frozen
    """Open a zip archive, or a CSV file by itself.

    Raises BadInput when there is no such file, or it is damaged, encrypted or would unpack to more than it may.
    """
    if not path.is_file():
        raise BadInput(_("There is no file called %(path)s.", path=str(path)))
    if path.suffix.lower() == ".csv":
        yield Archive(path, None, caps)
        return
    try:
        opened = zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise BadInput(_damaged(path.name)) from error
    with opened:
        _check(path.name, opened, caps)
        yield Archive(path, opened, caps)


def _check(name: str, opened: zipfile.ZipFile, caps: Caps) -> None:
    members = opened.infolist()
    if len(members) > caps.members:
        raise BadInput(
            _("%(name)s holds more than %(count)s files. Nothing was loaded.", name=name, count=caps.members)
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise BadInput(_("%(name)s is locked with a password. Unlock it first. Nothing was loaded.", name=name))
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if unpacked > caps.total_bytes or unpacked > max(packed, 1) * caps.ratio + _PIECE:
        raise _endless(name)


def _endless(name: str) -> BadInput:
    return BadInput(
        _(
            "%(name)s would unpack to far more than such a file holds, so it was not unpacked. Nothing was loaded.",
            name=name,
        )
    )


def _damaged(name: str) -> object:
    return _("%(name)s is damaged or not a zip archive. Download it again. Nothing was loaded.", name=name)
