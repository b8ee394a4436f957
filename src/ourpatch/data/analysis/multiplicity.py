"""Many questions asked at once: how to keep a promise about false discoveries."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def false_discovery(p: npt.ArrayLike) -> Floats:
    """Benjamini and Hochberg's adjusted p, of the shape that was given: call those at most 0.05 and about one in twenty
    calls is false (when the questions are independent or rise and fall together). Source: Benjamini and Hochberg 1995.
    """
    given = np.asarray(p, dtype=np.float64)
    flat = given.ravel()
    order = np.argsort(flat, kind="stable")
    scaled = flat[order] * (flat.size / np.arange(1, flat.size + 1))
    adjusted = np.empty_like(flat)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted.reshape(given.shape)
