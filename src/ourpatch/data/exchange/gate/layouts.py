"""What a layout itself says: its headings and its words are a sender's, and others see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ourpatch.data.exchange.gate.quoting import found_in, quotable
from ourpatch.data.exchange.mapping.layout import Layout
from ourpatch.data.exchange.reading.heading import letter
from ourpatch.ground.errors import Problems
from ourpatch.ground.words import say as _


def check_headings(layout: Layout) -> Problems:
    """Whether a heading, a translated word or the value for every row may identify somebody; none of them is repeated."""
    return Problems.collect([*_headings(layout), *_words(layout)])


def without_labels(layout: Layout) -> Layout:
    """The same without the name of a worksheet or an element that may identify somebody: both are found by the headings too. What
    is ignored is a column of the file.
    """
    sheet, records = (each if quotable(each) else "" for each in (layout.options.sheet, layout.options.records))
    ignored = tuple(each for each in layout.ignored if each in layout.header)
    return replace(layout, options=replace(layout.options, sheet=sheet, records=records), ignored=ignored)


def _headings(layout: Layout) -> Iterator[tuple[str, object]]:
    for at, heading in enumerate(layout.header):
        if not quotable(heading):
            says = _(
                "The heading of column %(column)s may identify somebody, so this layout is not kept. Make the layout from a file "
                "whose headings say what the columns hold.",
                column=letter(at),
            )
            yield "", says


def _words(layout: Layout) -> Iterator[tuple[str, object]]:
    for each in layout.fields:
        if any(map(found_in, each.codes)):
            says = _(
                "A word that is translated here seems to identify somebody, so this layout is not kept. Take it out."
            )
            yield each.field, says
        if found_in(each.value):
            says = _("The value for every row seems to identify somebody, so this layout is not kept. Take it out.")
            yield each.field, says
