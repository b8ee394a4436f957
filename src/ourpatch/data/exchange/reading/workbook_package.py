"""The parts of an Excel workbook: a zip archive of XML, unpacked piece by piece and never beyond its caps."""

from __future__ import annotations

import lzma
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ourpatch.data.exchange.reading import building, safe_xml
from ourpatch.data.exchange.reading.caps import ReadCaps
from ourpatch.data.exchange.reading.kinds import damaged_workbook
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

_PIECE = 256 * 1024
_ENCRYPTED = 0x1
# A small workbook of repeated words may be packed far smaller than its ratio; only larger ones are suspected.
_SMALL = 4 * 1024 * 1024
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, KeyError),
)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One worksheet: its name, the part that holds it, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


class Package:
    """An open workbook."""

    def __init__(self, name: str, opened: zipfile.ZipFile, caps: ReadCaps) -> None:
        self.name = name
        self.caps = caps
        self._zip = opened
        self._parts = {member.filename.lower(): member for member in opened.infolist()}
        self._unpacked = 0

    @property
    def has_macros(self) -> bool:
        """Whether it carries macros. They are never run."""
        return any(part.endswith("vbaproject.bin") for part in self._parts)

    def has(self, part: str) -> bool:
        """Whether there is a part of this name."""
        return part.lower() in self._parts

    def walk(self, part: str, *, start: safe_xml.Start, end: safe_xml.End, text: safe_xml.Texts) -> None:
        """Tell the handlers of every element of a part. Raises BadInput when it is missing, damaged or endless."""
        for _share in self.steps(part, start=start, end=end, text=text):
            pass

    def steps(self, part: str, *, start: safe_xml.Start, end: safe_xml.End, text: safe_xml.Texts) -> Iterator[float]:
        """The same piece by piece, for who may have had enough before the end: yields the share of the part that was read."""
        taken = 0
        try:
            for piece in safe_xml.steps(self.name, self._pieces(part), start=start, end=end, text=text):
                taken += piece
                yield taken / max(self._parts[part.lower()].file_size, taken)
        except safe_xml.Malformed as error:
            raise BadInput(damaged_workbook(self.name)) from error

    def elements(self, part: str) -> list[tuple[str, Mapping[str, str]]]:
        """The elements of a small part in order: local name and attributes."""
        found: list[tuple[str, Mapping[str, str]]] = []

        def start(element: str, attributes: Mapping[str, str]) -> None:
            found.append((safe_xml.local(element), attributes))

        self.walk(part, start=start, end=lambda _element: None, text=lambda _text: None)
        return found

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part points to: id -> (last word of the type, part). What lies outside the workbook is left out."""
        folder, file = posixpath.split(part)
        links = posixpath.join(folder, "_rels", f"{file}.rels")
        if not self.has(links):
            return {}
        return {
            attributes.get("Id", ""): (
                attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", ""))).lstrip("/"),
            )
            for element, attributes in self.elements(links)
            if element == "Relationship" and attributes.get("TargetMode") != "External"
        }

    def _pieces(self, part: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._parts[part.lower()]) as member:
                while piece := member.read(_PIECE):
                    # What an archive says of itself is not believed: the bytes are counted as they come.
                    self._unpacked += len(piece)
                    if self._unpacked > 2 * self.caps.unpacked_bytes:
                        raise BadInput(_endless(self.name))
                    yield piece
        except _DAMAGED as error:
            raise BadInput(damaged_workbook(self.name)) from error


@contextmanager
def open_package(path: Path, name: str, caps: ReadCaps) -> Iterator[Package]:
    """Open a workbook. Raises BadInput when it is damaged, locked, too large or would unpack to more than it may."""
    if path.stat().st_size > caps.workbook_bytes:
        raise BadInput(building.too_large(name))
    try:
        opened = zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise BadInput(damaged_workbook(name)) from error
    with opened:
        _check(name, opened, caps)
        yield Package(name, opened, caps)


def _check(name: str, opened: zipfile.ZipFile, caps: ReadCaps) -> None:
    members = opened.infolist()
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise BadInput(
            _(
                "%(name)s is locked with a password. Save it without one and hand that in. Nothing was loaded.",
                name=name,
            )
        )
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    endless = unpacked > caps.unpacked_bytes or unpacked > max(packed * caps.ratio, _SMALL)
    if endless or len(members) > caps.members or len({member.filename.lower() for member in members}) < len(members):
        raise BadInput(_endless(name))


def _endless(name: str) -> object:
    return _(
        "%(name)s would unpack to far more than a workbook holds, so it was not opened. Copy the table alone into a new "
        "workbook, or save it as “CSV UTF-8”. Nothing was loaded.",
        name=name,
    )
