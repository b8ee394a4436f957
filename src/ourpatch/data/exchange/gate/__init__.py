"""The depersonalisation gate: what identifies a person, in any cell, and rows that single somebody out. It holds a file; it never
repeats what it found.
"""

from ourpatch.data.exchange.gate.examining import called, examine, identifies
from ourpatch.data.exchange.gate.kinds import Kind
from ourpatch.data.exchange.gate.layouts import check_headings, without_labels
from ourpatch.data.exchange.gate.quoting import discreet, quotable
from ourpatch.data.exchange.gate.singling import ReadRows, examine_rows

__all__ = [
    "Kind",
    "ReadRows",
    "called",
    "check_headings",
    "discreet",
    "examine",
    "examine_rows",
    "identifies",
    "quotable",
    "without_labels",
]
