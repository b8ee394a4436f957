"""Writing SVG by hand: escaped text, presentation attributes only, and the frame that makes a picture readable to
everyone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from html import escape

INK = "#0b0c0c"
QUIET = "#505a5f"
LINE = "#b1b4b6"
PAPER = "#ffffff"
# A private-use character stands for the id until the picture has a name: no label can hold it by chance.
_HATCH_ID = "\ue000"
HATCHED = f"url(#{_HATCH_ID})"
FONT = "Arial, Helvetica, sans-serif"


class Picture(str):
    """An SVG document as text; templates show it unescaped because every word in it was escaped when it was drawn."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def tag(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element; `stroke_width=2` becomes `stroke-width="2"`, None is left out, numbers are rounded to a tenth."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"


def words(
    text: object, x: float, y: float, *, size: float = 14, anchor: str = "start", **more: str | float | None
) -> str:
    """A line of text, escaped."""
    given = {"fill": INK, "font_size": size, "text_anchor": anchor, **more}
    return tag("text", escape(str(text)), x=x, y=y, **given)


def picture(
    children: Iterable[str],
    *,
    width: float,
    height: float,
    title: str,
    desc: str,
    ident: str | None,
    natural: bool = False,
) -> Picture:
    """The outer element: named and described, ids unique on a page unless the same picture is shown twice without
    `ident`.

    `natural` keeps one drawing unit to one CSS pixel, as a picture that is clicked on must; otherwise it fills its
    column.
    """
    body = "".join(children)
    name = ident or "picture-" + hashlib.sha256(f"{title}\n{desc}\n{body}".encode()).hexdigest()[:10]
    size: dict[str, str | float | None] = {"width": width, "height": height} if natural else {"width": "100%"}
    return Picture(
        tag(
            "svg",
            tag("title", escape(title), id=f"{name}-title"),
            tag("desc", escape(desc), id=f"{name}-desc"),
            tag("rect", width=width, height=height, fill=PAPER),
            # Hatching is referred to by id, so it takes the picture's own.
            body.replace(_HATCH_ID, f"{name}-hatch"),
            xmlns="http://www.w3.org/2000/svg",
            class_="picture",
            role="img",
            aria_labelledby=f"{name}-title {name}-desc",
            viewBox=f"0 0 {_value(width)} {_value(height)}",
            font_family=FONT,
            **size,
        )
    )


def hatch() -> str:
    """The pattern of everything that is withheld; fill with `HATCHED`."""
    lines = tag("path", d="M0 6L6 0", stroke=QUIET, stroke_width=1.2)
    back = tag("rect", width=6, height=6, fill=PAPER)
    return tag("defs", tag("pattern", back, lines, id=_HATCH_ID, width=6, height=6, patternUnits="userSpaceOnUse"))


def number(value: float) -> str:
    """A number as people write it: no needless decimals, commas in thousands."""
    if value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 10 else f"{value:,.1f}"


def _value(value: str | float | None) -> str:
    if isinstance(value, str):
        return escape(value, quote=True)
    assert value is not None
    return f"{value:.1f}".removesuffix(".0")
