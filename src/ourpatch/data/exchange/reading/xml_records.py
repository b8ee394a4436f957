"""XML: the element that repeats is the row; what it holds, elements and attributes, are the columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from ourpatch.data.exchange.reading import building, safe_xml
from ourpatch.data.exchange.reading.building import Rows
from ourpatch.data.exchange.reading.caps import Given, ReadCaps, too_deep
from ourpatch.data.exchange.reading.sheet import Sheet, SheetOptions
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Path = tuple[str, ...]

_PIECE = 256 * 1024
# Different paths of a file that is a table; a file with more is a document.
_MOST_PATHS = 5_000


def read_xml(given: Given, name: str, options: SheetOptions, caps: ReadCaps) -> Sheet:
    """Read the records of an XML file, or its first ones. Raises BadInput when it cannot be read, or several elements repeat."""
    encoding, pieces, cut = options.encoding or None, partial(_pieces, given.data), given.cut
    outline = _Outline(name, caps)
    safe_xml.parse(name, pieces(), start=outline.start, end=outline.end, text=_ignore, encoding=encoding, cut=cut)
    path = outline.records(options.records)
    records = _Records(path, Rows(name, (), caps))
    reading = safe_xml.steps(
        name, pieces(), start=records.start, end=records.end, text=records.text, encoding=encoding, cut=cut
    )
    taken = 0
    for piece in reading:
        taken += piece
        if given.rows and records.number >= given.rows:
            break
    rows = records.rows
    used = SheetOptions(encoding=options.encoding, records=path[-1])
    return building.finish(
        name,
        "xml",
        rows.table(),
        rows.numbers(),
        rows.bad,
        used=used,
        notes=outline.notes(path),
        caps=caps,
        totals=False,
        share=given.share(taken / len(given.data)),
    )


class _Outline:
    """Which paths of elements a file has, how often, and under which of them others stand."""

    def __init__(self, name: str, caps: ReadCaps) -> None:
        self._name = name
        self._caps = caps
        self._path: Path = ()
        self._counts: Counter[Path] = Counter()
        self._filled: set[Path] = set()

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if self._path:
            self._filled.add(self._path)
        self._path = (*self._path, safe_xml.local(element))
        self._counts[self._path] += 1
        if attributes and any(map(_counts_as_value, attributes)):
            self._filled.add(self._path)
        if len(self._path) > self._caps.depth or len(self._counts) > _MOST_PATHS:
            raise BadInput(too_deep(self._name))

    def end(self, _element: str) -> None:
        self._path = self._path[:-1]

    def records(self, asked: str) -> Path:
        """The path of the element that is a row."""
        found = self._asked(asked) if asked else self._repeated()
        if len(found) == 1:
            return found[0]
        names = ", ".join(f"<{path[-1]}>" for path in found[:5])
        if found:
            raise BadInput(
                _(
                    "%(name)s: several elements repeat (%(names)s). Export those that are records alone, or name them in the "
                    "layout. Nothing was loaded.",
                    name=self._name,
                    names=names,
                )
            )
        raise BadInput(
            _(
                "%(name)s holds no element that repeats, so it has no records. Export it with an element for each record, or as "
                "CSV or Excel (.xlsx). Nothing was loaded.",
                name=self._name,
            )
        )

    def notes(self, record: Path) -> tuple[Message, ...]:
        """What stands beside the records and is not read."""
        inner = {path[:-1] for path in self._counts}
        beside = [path for path in self._counts if path not in inner and path[: len(record)] != record]
        if not beside:
            return ()
        names = ", ".join(sorted({f"<{path[-1]}>" for path in beside})[:5])
        return (_("Values beside the records were not read: %(names)s.", names=names),)

    def _asked(self, asked: str) -> list[Path]:
        return [path for path in self._counts if path[-1] == asked][:1]

    def _repeated(self) -> list[Path]:
        """Repeating elements that stand in none that repeats; without any, the one element of a file with one record."""
        repeated = [path for path, count in self._counts.items() if count > 1 and len(path) > 1]
        outer = [path for path in repeated if not any(path[:cut] in repeated for cut in range(1, len(path)))]
        filled = [path for path in outer if path in self._filled]
        return filled or outer or [path for path in self._counts if len(path) == 2 and path in self._filled]


class _Records:
    """Collects the values of each record under dotted names: <place><lat>…</lat></place> is place.lat."""

    def __init__(self, path: Path, rows: Rows) -> None:
        self.rows = rows
        self._record = path
        self._path: Path = ()
        self._inside: list[str] = []
        self._letters: list[list[str]] = []
        self._leaf: list[bool] = []
        self._values: dict[str, str] = {}
        self._twice = False
        self.number = 0

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        self._path = (*self._path, safe_xml.local(element))
        if self._path == self._record:
            self.number += 1
            self._values, self._twice = {}, False
        elif self._path[: len(self._record)] == self._record:
            self._inside.append(self._path[-1])
            self._leaf[-1] = False
        else:
            return
        self._letters.append([])
        self._leaf.append(True)
        for attribute, value in attributes.items():
            if _counts_as_value(attribute):
                self._keep([*self._inside, safe_xml.local(attribute)], value)

    def end(self, _element: str) -> None:
        here, self._path = self._path, self._path[:-1]
        if not self._letters:
            return
        text, leaf = "".join(self._letters.pop()), self._leaf.pop()
        if here == self._record:
            if text.strip():
                self._keep([here[-1]], text)
            self._add()
        else:
            if leaf or text.strip():
                self._keep(self._inside, text)
            self._inside.pop()

    def text(self, letters: str) -> None:
        if self._letters:
            self._letters[-1].append(letters)

    def _keep(self, names: list[str], value: str) -> None:
        key = ".".join(names)
        self._twice |= key in self._values
        self._values[key] = value

    def _add(self) -> None:
        if self._twice:
            self.rows.set_aside(
                self.number, _("The record gives the same value twice, so it cannot be told which holds.")
            )
        else:
            self.rows.add_record(self.number, self._values)


def _counts_as_value(attribute: str) -> bool:
    return attribute != "xmlns" and not attribute.startswith(("xmlns:", "xsi:", "xml:"))


def _pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _PIECE):
        yield data[start : start + _PIECE]


_ignore: Callable[[str], None] = lambda _text: None  # noqa: E731 - texts do not count for the outline
