"""XML read piece by piece, with nothing in it that could grow or reach out: a document type, and so any entity, is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.parsers import expat

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Texts = Callable[[str], None]

_CUT_OFF = {
    expat.errors.codes[text] for text in (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN)
}


class Malformed(BadInput):
    """A file that is not well-formed."""


def parse(
    name: str,
    pieces: Iterable[bytes],
    *,
    start: Start,
    end: End,
    text: Texts,
    encoding: str | None = None,
    cut: bool = False,
) -> None:
    """Tell the handlers of every element and text. Names come as written, with their prefix. `cut`: the pieces are the beginning
    of a longer file.

    Raises Malformed when the file is not well-formed or stops early, BadInput when it declares a document type.
    """
    for _read in steps(name, pieces, start=start, end=end, text=text, encoding=encoding, cut=cut):
        pass


def steps(
    name: str,
    pieces: Iterable[bytes],
    *,
    start: Start,
    end: End,
    text: Texts,
    encoding: str | None = None,
    cut: bool = False,
) -> Iterator[int]:
    """The same piece by piece, for who may have had enough before the end: yields the bytes of each piece."""
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refusing(name)
    parser.EntityDeclHandler = _refusing(name)
    parser.ExternalEntityRefHandler = _refusing(name)
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield len(piece)
        if not cut:
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Malformed(_malformed(name, error)) from error
    except (ValueError, LookupError) as error:
        raise BadInput(
            _("%(name)s names an encoding that is not known. Save it as UTF-8. Nothing was loaded.", name=name)
        ) from error


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _refusing(name: str) -> Callable[..., int]:
    def refuse(*_about: object) -> int:
        raise BadInput(
            _(
                "%(name)s declares a document type or entities (<!DOCTYPE …>), which are not read for safety. Export it "
                "without. Nothing was loaded.",
                name=name,
            )
        )

    return refuse


def _malformed(name: str, error: expat.ExpatError) -> object:
    if error.code in _CUT_OFF:
        return _(
            "%(name)s stops in the middle of line %(line)s. Get the whole file. Nothing was loaded.",
            name=name,
            line=error.lineno,
        )
    return _(
        "%(name)s is not well-formed XML: something is wrong in line %(line)s. Export it again. Nothing was loaded.",
        name=name,
        line=error.lineno,
    )
