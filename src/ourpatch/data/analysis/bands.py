"""Bands of days and metres that hold one edge and not the other, and say so in their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import Message
from ourpatch.ground.words import say as _

Closed = Literal["lower", "upper"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """A band of distance (metres) or of time (days; `upper` None: no end), and its name."""

    lower: float
    upper: float | None
    label: Message


def band_edges(given: Sequence[float]) -> Floats:
    """Edges as an array of shape (bands + 1,). Raises BadInput unless they begin with 0 and rise."""
    edges = np.asarray(given, dtype=np.float64)
    if (
        edges.ndim != 1
        or len(edges) < 2
        or edges[0] != 0
        or not np.isfinite(edges).all()
        or (np.diff(edges) <= 0).any()
    ):
        raise BadInput(_("Bands begin with 0 and rise, for example 0, 7, 14."))
    return edges


def same_place_band(upper: float, closed: Closed) -> Band:
    """The band of what lies at one place, nearer than so many metres."""
    if closed == "lower":
        return Band(0.0, upper, _("same place (under %(upper)s m)", upper=_plain(upper)))
    return Band(0.0, upper, _("same place (up to %(upper)s m)", upper=_plain(upper)))


def distance_band(lower: float, upper: float, closed: Closed) -> Band:
    """A band of metres; the first of those that hold their upper edge holds 0 as well."""
    edges = {"lower": _plain(lower), "upper": _plain(upper)}
    if closed == "lower":
        return Band(lower, upper, _("%(lower)s to under %(upper)s m", **edges))
    if lower == 0:
        return Band(lower, upper, _("%(lower)s to %(upper)s m", **edges))
    return Band(lower, upper, _("over %(lower)s to %(upper)s m", **edges))


def time_band(lower: float, upper: float | None, closed: Closed = "lower") -> Band:
    """A band of days; the first of those that hold their upper edge holds 0 as well. No end: only by the lower edge."""
    if upper is None:
        return Band(lower, upper, _("%(lower)s days or more", lower=_plain(lower)))
    edges = {"lower": _plain(lower), "upper": _plain(upper)}
    if closed == "lower":
        return Band(lower, upper, _("%(lower)s to under %(upper)s days", **edges))
    if lower == 0:
        return Band(lower, upper, _("%(lower)s to %(upper)s days", **edges))
    return Band(lower, upper, _("over %(lower)s to %(upper)s days", **edges))


def _plain(edge: float) -> str:
    return f"{edge:.10g}"
