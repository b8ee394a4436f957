"""Reading senders' own layouts: proposed, checked, applied, carried as a file."""

from ourpatch.data.exchange.mapping.applying import Read, apply
from ourpatch.data.exchange.mapping.carrying import carried, still_there
from ourpatch.data.exchange.mapping.checking import check_layout, differences, fits
from ourpatch.data.exchange.mapping.exporting import as_data, from_data
from ourpatch.data.exchange.mapping.layout import Layout, Mapped
from ourpatch.data.exchange.mapping.proposing import propose, remarks
from ourpatch.data.exchange.mapping.shapes import quotable

__all__ = [
    "Layout",
    "Mapped",
    "Read",
    "apply",
    "as_data",
    "carried",
    "check_layout",
    "differences",
    "fits",
    "from_data",
    "propose",
    "quotable",
    "remarks",
    "still_there",
]
