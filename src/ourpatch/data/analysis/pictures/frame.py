"""From metres on the National Grid to pixels on a picture, and back from where somebody clicked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say as _

Floats = npt.NDArray[np.float64]
PADDING = 8.0


@dataclass(frozen=True, slots=True)
class MapFrame:
    """Bounds (min e, min n, max e, max n; metres, EPSG:27700) laid into a picture of `width` x `height` pixels.

    The same bounds and width always make the same frame, so a click can be read without keeping anything in between.
    """

    bounds: tuple[float, float, float, float]
    width: int
    height: int

    @classmethod
    def fit(cls, bounds: tuple[float, float, float, float], width: int) -> MapFrame:
        """The frame as high as its bounds need. Raises BadInput for bounds without width and height."""
        west, south, east, north = bounds
        if not (np.isfinite(bounds).all() and east > west and north > south and width > 4 * PADDING):
            raise BadInput(_("A map needs bounds with a width and a height, and room to be drawn."))
        height = (width - 2 * PADDING) * (north - south) / (east - west) + 2 * PADDING
        # A long thin area would make a picture nobody can scroll: twice as high as wide is enough.
        return cls((west, south, east, north), width, round(min(max(height, width / 4), width * 2)))

    @property
    def metres_per_pixel(self) -> float:
        """The scale, equal in both directions."""
        west, south, east, north = self.bounds
        return max((east - west) / (self.width - 2 * PADDING), (north - south) / (self.height - 2 * PADDING))

    def to_px(self, easting: Floats | float, northing: Floats | float) -> tuple[Floats, Floats]:
        """Pixels from the top left corner."""
        middle_e, middle_n = self._middle()
        x = self.width / 2 + (np.asarray(easting, dtype=np.float64) - middle_e) / self.metres_per_pixel
        y = self.height / 2 - (np.asarray(northing, dtype=np.float64) - middle_n) / self.metres_per_pixel
        return x, y

    def to_bng(self, x: float, y: float) -> tuple[float, float]:
        """Easting and northing in metres of a pixel (the middle of it, as a browser sends whole pixels)."""
        middle_e, middle_n = self._middle()
        return (
            middle_e + (x + 0.5 - self.width / 2) * self.metres_per_pixel,
            middle_n - (y + 0.5 - self.height / 2) * self.metres_per_pixel,
        )

    def _middle(self) -> tuple[float, float]:
        west, south, east, north = self.bounds
        return (west + east) / 2, (south + north) / 2
