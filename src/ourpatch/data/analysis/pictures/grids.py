"""The grid of near repeat: distance down, time across, every cell with its number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ourpatch.data.analysis.near_repeat import NearRepeat
from ourpatch.data.analysis.pictures.svg import INK, LINE, PAPER, QUIET, Picture, number, picture, tag, words
from ourpatch.data.analysis.sentences import pick, spoken
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

# From light to dark by lightness alone, so in order for every kind of colour sight and in black and white; the writing on
# each is dark or white, whichever can be read.
_CLASSES: tuple[tuple[float, str, str, Message], ...] = (
    (2.0, "#deebf7", INK, _("under 2 times what chance leads to expect")),
    (4.0, "#9ecae1", INK, _("2 to under 4 times")),
    (float("inf"), "#08519c", PAPER, _("4 times or more")),
)
_NOT_SHOWN = _("no more than chance often makes, or too few pairs")
_MOST_TOLD = 6
_LEFT, _TOP, _CELL_HEIGHT, _LINE_HEIGHT = 150.0, 72.0, 44.0, 16.0


def band_grid(
    found: NearRepeat, *, what: str, where: str, when: str, width: int = 720, ident: str | None = None
) -> Picture:
    """Every cell says how many times the pairs that chance leads to expect, and how many pairs; those that are shown are
    shaded and framed, so that the picture needs no colour. Title and description are made from the numbers.
    """
    across = (width - _LEFT - 8) / len(found.time_bands)
    bottom = _TOP + _CELL_HEIGHT * len(found.distance_bands)
    parts = [
        *_heads(found, across),
        *(_cell(found, i, j, across) for i in range(len(found.distance_bands)) for j in range(len(found.time_bands))),
        *_legend(bottom),
    ]
    height = bottom + 24 + 26 * (len(_CLASSES) + 1)
    title = _(
        "Near repeat of %(what)s, %(where)s, %(when)s: pairs of incidents by distance and time between them "
        "(%(count)s incidents)",
        what=what,
        where=where,
        when=when,
        count=f"{found.incidents:,}",
    )
    return picture(parts, width=width, height=height, title=str(title), desc=_described(found), ident=ident)


def _described(found: NearRepeat) -> str:
    """What the picture shows, in words: the shown cells from the strongest."""
    size = _(
        "Table of %(rows)s bands of distance by %(columns)s bands of time.",
        rows=len(found.distance_bands),
        columns=len(found.time_bands),
    )
    told = [size, *pick(found.sentences, "none_shown", "shown")]
    told += [
        _(
            "%(distance)s and %(time)s: %(count)s pairs, %(ratio)s times what chance leads to expect.",
            distance=found.distance_bands[i].label,
            time=found.time_bands[j].label,
            count=f"{found.observed[i][j]:,}",
            ratio=_ratio(found, i, j),
        )
        for i, j in _strongest(found)
    ]
    return spoken(told)


def _strongest(found: NearRepeat) -> list[tuple[int, int]]:
    shown = [(i, j) for i, row in enumerate(found.shown) for j, one in enumerate(row) if one]
    return sorted(shown, key=lambda at: (-(found.ratio[at[0]][at[1]] or 0.0), at))[:_MOST_TOLD]


def _ratio(found: NearRepeat, i: int, j: int) -> str:
    ratio = found.ratio[i][j]
    return "–" if ratio is None else f"{ratio:.1f}" if ratio < 99.5 else number(round(ratio))


def _heads(found: NearRepeat, across: float) -> Iterator[str]:
    for j, band in enumerate(found.time_bands):
        lines = _wrapped(str(band.label), max(6, int(across / 7.2)))
        yield from _lines(lines, _LEFT + across * (j + 0.5), _TOP - 8 - _LINE_HEIGHT * (len(lines) - 1), "middle")
    for i, band in enumerate(found.distance_bands):
        lines = _wrapped(str(band.label), 18)
        middle = _TOP + _CELL_HEIGHT * (i + 0.5) + 5 - _LINE_HEIGHT * (len(lines) - 1) / 2
        yield from _lines(lines, _LEFT - 8, middle, "end")


def _lines(lines: Sequence[str], x: float, first: float, anchor: str) -> Iterator[str]:
    for k, line in enumerate(lines):
        yield words(line, x, first + _LINE_HEIGHT * k, size=13, anchor=anchor)


def _wrapped(text: str, most: int) -> list[str]:
    """Lines of no more than so many characters where words allow it, and about equally long."""
    lines = _broken(text, most)
    for width in range(len(text) // len(lines), most):
        if len(even := _broken(text, width)) == len(lines):
            return even
    return lines


def _broken(text: str, most: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _cell(found: NearRepeat, i: int, j: int, across: float) -> str:
    x, y = _LEFT + across * j, _TOP + _CELL_HEIGHT * i
    shown, ratio = found.shown[i][j], found.ratio[i][j]
    fill, ink = next((f, k) for top, f, k, _name in _CLASSES if (ratio or 0.0) < top) if shown else (PAPER, QUIET)
    box = tag(
        "rect",
        x=x + 1.5,
        y=y + 1.5,
        width=across - 3,
        height=_CELL_HEIGHT - 3,
        fill=fill,
        stroke=INK if shown else LINE,
        stroke_width=2.5 if shown else 1,
    )
    middle, weight = x + across / 2, "bold" if shown else None
    top = words(_ratio(found, i, j), middle, y + 19, size=15, anchor="middle", fill=ink, font_weight=weight)
    return box + top + words(f"{found.observed[i][j]:,}", middle, y + 36, size=13, anchor="middle", fill=ink)


def _legend(bottom: float) -> Iterator[str]:
    key = _("In each cell: how many times the pairs that chance leads to expect; below, the pairs.")
    yield words(key, 8, bottom + 20, size=13)
    for row, (_top, fill, _ink, name) in enumerate(_CLASSES):
        yield _swatch(bottom + 30 + 26 * row, fill, str(name), INK, 2.5)
    yield _swatch(bottom + 30 + 26 * len(_CLASSES), PAPER, str(_NOT_SHOWN), LINE, 1)


def _swatch(top: float, fill: str, text: str, stroke: str, line: float) -> str:
    box = tag("rect", x=8, y=top, width=32, height=18, fill=fill, stroke=stroke, stroke_width=line)
    return box + words(text, 50, top + 14, size=13)
