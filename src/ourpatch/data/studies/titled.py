"""A picture that stands by itself: its title written above it, and below it what has to be known of it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from html import escape, unescape

from ourpatch.data.analysis.pictures.svg import FONT, INK, PAPER, QUIET, tag, words

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_DESC = re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL)
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_TITLE_SIZE, _NOTE_SIZE, _MARGIN = 17, 12, 12
# How wide a letter is on average, in sizes of its font.
_LETTER = 0.54


def title_of(svg: str) -> str:
    """What the picture is of, as text."""
    found = _TITLE.search(svg)
    return unescape(found.group(1)) if found else ""


def told_of(svg: str) -> str:
    """What the picture shows, in words."""
    found = _DESC.search(svg)
    return unescape(found.group(1)) if found else ""


def with_title(svg: str, notes: Sequence[str]) -> str:
    """The picture between its title and its notes, as one picture of the same width with the same name and description."""
    box = _BOX.search(svg)
    if box is None:
        return svg
    width, height = float(box.group(1)), float(box.group(2))
    title = _wrapped(title_of(svg), width, _TITLE_SIZE)
    below = [line for note in notes for line in _wrapped(note, width, _NOTE_SIZE)]
    top = _MARGIN + len(title) * _TITLE_SIZE * 1.3 + _MARGIN / 2
    whole = top + height + _MARGIN + len(below) * _NOTE_SIZE * 1.4 + _MARGIN
    heading = _lines(title, _MARGIN + _TITLE_SIZE, _TITLE_SIZE, 1.3, INK, weight="bold")
    footing = _lines(below, top + height + _MARGIN + _NOTE_SIZE, _NOTE_SIZE, 1.4, QUIET)
    inner = _inner(svg, top, width, height)
    return tag(
        "svg",
        tag("title", escape(title_of(svg))),
        tag("desc", escape(told_of(svg))),
        tag("rect", width=width, height=whole, fill=PAPER),
        *heading,
        inner,
        *footing,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        viewBox=f"0 0 {width:g} {whole:g}",
        width=width,
        height=whole,
        font_family=FONT,
    )


def _inner(svg: str, top: float, width: float, height: float) -> str:
    """The picture's own drawing, moved down; its name and description are the whole's."""
    start, end = svg.index(">") + 1, svg.rindex("</svg>")
    drawing = _DESC.sub("", _TITLE.sub("", svg[start:end], count=1), count=1)
    return tag("svg", drawing, x=0, y=top, width=width, height=height, viewBox=f"0 0 {width:g} {height:g}")


def _wrapped(text: str, width: float, size: float) -> list[str]:
    return textwrap.wrap(text, max(20, int((width - 2 * _MARGIN) / (size * _LETTER))))


def _lines(
    lines: Sequence[str], top: float, size: float, spacing: float, fill: str, weight: str | None = None
) -> list[str]:
    return [
        words(line, _MARGIN, top + number * size * spacing, size=size, fill=fill, font_weight=weight)
        for number, line in enumerate(lines)
    ]
