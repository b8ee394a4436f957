"""Which numbers may be shown, whether releases undo each other, and where a point may be drawn.

`cells`: what a rule asks. `tables`: one table by itself, exactly. `families`: tables of areas that overlap and nest, and
everything that was published of them before, together. `rounding`: the other choice, rounded numbers. `releases`: the
quick look at the same figures twice. `points`: snapping. `bounds`: what an outsider can work out.
"""

from ourpatch.data.disclosure.rules.cells import WHY_WORDS, MinimumCell, Why
from ourpatch.data.disclosure.rules.points import Anchors, Snapped, least_addresses, snap_points
from ourpatch.data.disclosure.rules.purposes import wrong_with_purpose
from ourpatch.data.disclosure.rules.releases import Leak, Unsafe, differences_unsafe
from ourpatch.data.disclosure.rules.rounding import Rounded, bases_of, nearest, round_table, rounded_intervals
from ourpatch.data.disclosure.rules.tables import Suppressed, Totals, intervals, suppress

__all__ = [
    "WHY_WORDS",
    "Anchors",
    "Leak",
    "MinimumCell",
    "Rounded",
    "Snapped",
    "Suppressed",
    "Totals",
    "Unsafe",
    "Why",
    "bases_of",
    "differences_unsafe",
    "intervals",
    "least_addresses",
    "nearest",
    "round_table",
    "rounded_intervals",
    "snap_points",
    "suppress",
    "wrong_with_purpose",
]
