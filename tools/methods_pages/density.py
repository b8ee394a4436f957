"""The page about kernel density."""

from __future__ import annotations

import numpy as np
import shapely
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, fence, paragraphs, said, table
from tools.methods_pages.measured import percent

from ourpatch.data.analysis import density as module
from ourpatch.data.analysis.density import density
from ourpatch.data.analysis.grids import Grid, square_grid

TESTS = "tests/docs/test_other_tools.py::TestDensity::"
WEST, SOUTH, LENGTH, RADIUS = 400_000.0, 300_000.0, 2000.0, 400.0


def page() -> Page:
    """Everything the page says, from runs of today."""
    return Page(
        title="Density",
        question="Where do most incidents lie, drawn as a smooth surface without hard borders between cells?",
        formula=_formula(),
        example=_example(),
        defaults=[
            (
                "bandwidth",
                f"{module.CELLS_PER_BANDWIDTH} cells",
                "a first guess of the field (Chainey and Ratcliffe 2005); the result says how much half and twice as "
                "much change",
            ),
            (
                "kernel",
                "quartic",
                "smooth, and zero beyond the bandwidth; its shape matters far less than its width (Silverman 1986)",
            ),
            (
                "edge",
                "divided by the share of the disc inside",
                "without it, places at a straight shore or border look half as busy as they are, and in a corner a "
                "quarter",
            ),
            (
                "no figure",
                f"where less than {module.LEAST_SHARE:.0%} of the disc lies inside",
                "there the correction would blow a single incident up",
            ),
        ],
        assumptions=(
            "Outside the study area nothing is known, and what lies just inside stands for it.",
            "Incidents are where they are recorded to be; all of them count alike.",
        ),
        not_shown=(
            "Whether a dark patch is more than chance: there is a darkest patch in any data. Use the page on hot "
            "spots.",
            "How many people or homes there are: where more of them are, more is recorded.",
            "When: the whole period is put together.",
        ),
        promises=_promises(),
        others=_others(),
        references=(
            "Berman, M. and Diggle, P. (1989). Estimating weighted integrals of the second-order intensity of a "
            "spatial point process. Journal of the Royal Statistical Society B 51. (The edge.)",
            "Chainey, S. and Ratcliffe, J. (2005). GIS and Crime Mapping. Wiley.",
            "Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman and Hall. (The "
            "kernel.)",
        ),
    )


def study() -> Grid:
    """Two kilometres by two, in squares of fifty metres."""
    return square_grid(shapely.box(WEST, SOUTH, WEST + LENGTH, SOUTH + LENGTH), 50)


def even() -> np.typing.NDArray[np.float64]:
    """An incident every twenty metres: 2,500 to the square kilometre everywhere."""
    steps = np.arange(10, LENGTH, 20.0)
    x, y = (each.ravel() for each in np.meshgrid(WEST + steps, SOUTH + steps))
    return np.column_stack((x, y))


def _formula() -> str:
    return paragraphs(
        "Each incident is spread over a disc around it, most in the middle and nothing at the rim. At the middle of "
        "each cell the parts of all incidents are added up:",
        fence(
            """
            k(d) = 3 (1 - d²/h²)² / (π h²)   for a distance d below the bandwidth h, otherwise 0

            density = (sum of k over the incidents) / (share of the disc that lies in the study area)
            """
        ),
        "k over the whole disc adds up to one, so with d and h in kilometres the result is incidents per square "
        "kilometre over the whole period. The share inside is worked out with the same kernel over the same cells.",
    )


def _example() -> str:
    chance = np.random.default_rng(2)
    x = np.concatenate((WEST + chance.uniform(0, LENGTH, 300), chance.normal(WEST + 1500, 120, 100)))
    y = np.concatenate((SOUTH + chance.uniform(0, LENGTH, 300), chance.normal(SOUTH + 600, 120, 100)))
    found = density(study(), x, y)
    values = [value for value in found.values if value is not None]
    return paragraphs(
        "Two kilometres by two, in cells of 50 m: 300 incidents anywhere, and 100 around a point 1,500 m to the east "
        f"and 600 m to the north of the corner. The mean is {found.incidents / 4:.0f} to the square kilometre. The "
        f"densest cell has {max(values):.0f}, the emptiest {min(values):.0f}.",
        "What the result says of itself:",
        said(s for s in found.sentences if s.key in ("densest", "kernel", "bandwidth", "steadiness", "smooth")),
    )


def _promises() -> str:
    grid = study()
    points = even()
    values = np.array(density(grid, points[:, 0], points[:, 1], bandwidth=RADIUS).values, dtype=np.float64)
    one = density(square_grid(grid.study, 20), [401_003.0], [301_007.0], bandwidth=200)
    whole = sum(value for value in one.values if value is not None) * 20 * 20 / 1e6
    rows = [
        ("2,500 incidents to the square km everywhere: least of all cells", f"{values.min():,.0f}"),
        ("the same: most of all cells", f"{values.max():,.0f}"),
        ("one incident, added up over all cells", f"{whole:.3f}"),
    ]
    return paragraphs(
        "There is no test here and so no false alarm to count. What can be asked is whether an even spread is drawn "
        "evenly, edge and corners too, and whether one incident stays one incident:",
        table(("asked", "answer"), rows),
        "Tests: `tests/data/test_analysis_hotspots.py::TestDensity`.",
    )


def at_edges() -> tuple[float, float, float]:
    """What a plain kernel sum says of an even 2,500 in the middle, at an edge and in a corner."""
    places = np.array([[WEST + 1000, SOUTH + 1000], [WEST, SOUTH + 1000], [WEST, SOUTH]])
    middle, edge, corner = (1e6 * other_tools.plain_quartic(places, even(), RADIUS)).tolist()
    return middle, edge, corner


def whole_of_scaled() -> float:
    """What one incident adds up to with SpatialKDE's scaled quartic kernel."""
    steps = np.arange(-RADIUS + 1, RADIUS, 2.0)
    x, y = np.meshgrid(steps, steps)
    return float(other_tools.scaled_quartic(np.hypot(x, y), RADIUS).sum() * 4)


def _others() -> list[Difference]:
    middle, edge, corner = at_edges()
    return [
        Difference(
            "SpatialKDE (R, source read at commit 202f034), which sfhotspot's `hotspot_kde` calls.",
            "It adds kernels up and knows no edge. A plain sum over an even spread of 2,500 to the square kilometre "
            f"gives {middle:,.0f} in the middle, {edge:,.0f} at a straight edge ({percent(edge / middle)}) and "
            f"{corner:,.0f} in a corner.",
            TESTS + "test_a_plain_sum_halves_the_edge",
        ),
        Difference(
            "SpatialKDE, `scaled = TRUE`.",
            f"Its quartic kernel adds up to {whole_of_scaled():.2f} for one incident where a density has 1, so the "
            "values are no incidents per area.",
            TESTS + "test_the_scaled_kernel_is_more_than_one_incident",
        ),
    ]
