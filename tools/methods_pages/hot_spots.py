"""The page about hot spots: counts, rates and Gi*."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from tests.docs import other_tools
from tools.methods_pages.layout import Difference, Page, fence, paragraphs, said, table
from tools.methods_pages.measured import Figures, Mean, Share, kept, percent

from ourpatch.data.analysis import grids, hotspots
from ourpatch.data.analysis.exposure import Base, risks
from ourpatch.data.analysis.grids import Grid, square_grid
from ourpatch.data.analysis.hotspots import HotSpots, cell_rates, given_counts, hot_spots
from ourpatch.data.analysis.local_test import gi_star
from ourpatch.data.studies.methods import bases
from ourpatch.ground.words import say

TESTS = "tests/docs/test_other_tools.py::TestHotSpots::"
ACROSS, SIDE = 30, 100.0
RESIDENTS = Base(say("yearly rate per 1,000 residents"), say("Residents"), per=1000, fewest=0)
CRIMES = Base(say("per cent of all crimes"), say("Crimes"), per=100, fewest=0, counted=True, holds=True)
BLOCK = [ACROSS * (10 + row) + 10 + column for row in range(3) for column in range(3)]


def page() -> Page:
    """Everything the page says, from runs of today."""
    grid = board()
    sparse = sparse_counts()
    found = hot_spots(grid, given_counts(grid, sparse))
    return Page(
        title="Hot spots",
        question="Where do recorded incidents lie closer together than chance would often put them?",
        formula=_formula(),
        example=_example(grid, sparse, found),
        defaults=_defaults(found),
        assumptions=_ASSUMPTIONS,
        not_shown=_NOT_SHOWN,
        promises=_promises(),
        others=_others(grid),
        references=_REFERENCES,
    )


def board() -> Grid:
    """Thirty by thirty squares of a hundred metres."""
    return square_grid(shapely.box(4e5, 3e5, 4e5 + SIDE * ACROSS, 3e5 + SIDE * ACROSS), SIDE)


def sparse_counts() -> np.typing.NDArray[np.int64]:
    """About one incident to twenty squares by chance, and three in each of nine squares that lie together."""
    counts = np.random.default_rng(3).poisson(0.05, ACROSS**2)
    counts[BLOCK] = 3
    return counts


def _formula() -> str:
    return paragraphs(
        "The area is divided into cells: squares, hexagons, or areas that somebody drew. For each cell i the "
        "incidents in it and in its neighbours are added up, and that sum is put on a common scale:",
        fence(
            """
            Gi* = (S - W m) / ( s sqrt( (n W - W²) / (n - 1) ) )

            S   incidents in cell i and in its neighbours
            W   how many cells that is
            n   how many cells there are in all
            m   the mean count of a cell;  s  the standard deviation of the counts, with n below the line
            """
        ),
        "How often chance gives as much is found by trying. The count of cell i stays where it is, and the counts of "
        "all other cells are shared out afresh R times. Ties count as chance, and only one side is asked: is there "
        "more here than chance gives?",
        fence("p = (1 + how many of the R times gave as much or more) / (R + 1)"),
        "Every cell is asked at once, so each p is adjusted (Benjamini and Hochberg). With p(1) to p(n) from the "
        "smallest to the largest:",
        fence("q(k) = the least of  n p(j) / j  for j from k to n,  and at most 1"),
        f"A cell is called hot when q is {hotspots.ALPHA:g} or less, it holds an incident itself, and it and its "
        f"neighbours hold {hotspots.LEAST} incidents or more. Hot cells that touch are shown as one place.",
        "### Held against people, ground or other incidents",
        "On the analyst's page and by `ourpatch analyse --option against=...` counts can be held against residents, "
        "square kilometres, or other recorded incidents of the same place and months. A rate over few leaps further "
        "than one over many, so rates of unequal cells cannot be shuffled as counts are. What is asked instead is "
        "whether a cell and its neighbours hold more than their share of the base:",
        fence(
            """
            rate   = incidents / base x per x 12 / months            (other incidents: without the months)
            times  = rate / rate of the whole place

            known base (people, square km)          p = P( X >= S ),  X binomial:  N trials, share B / B all
            other incidents                         p = P( X >= S ),  X hypergeometric:  M of M all taken, N marked

            S   incidents in the cell and its neighbours;  N  incidents in all
            B   base in the cell and its neighbours;       M  incidents there of both kinds together
            """
        ),
        "Both tails are exact, so nothing is drawn at random, there is no seed, and ties count as chance. Where the "
        "other incidents hold those that are asked about (burglaries of all crimes), the rate is a share and `times` "
        "a location quotient. p is adjusted as above. A cell's own rate has the exact interval of its count (Garwood "
        "1936) or of its share (Clopper and Pearson 1934); over fewer than "
        f"{bases.FEWEST_PEOPLE} people, {bases.FEWEST_SQUARE_KM:g} square km or {bases.FEWEST_INCIDENTS} other "
        "incidents none is given, the cell is marked on the map, and surroundings with less than that (for other "
        "incidents: of both kinds together) are not tested. Cells with none of the base, and the incidents in them, "
        "are left out.",
        "Wards and LSOAs have their own populations. Squares and hexagons get theirs by ground: each cell has as much "
        "of an LSOA's people (or of a ward's, where LSOA populations are not loaded) as it covers of its ground.",
        "### Rates among shuffled cells",
        "For programs there is also Gi* on rates (`hot_spots(..., at_risk)`), which asks whether rates lie together "
        "and not whether they are above the average. They are first put on one scale, so that the rate of a small "
        "place, which leaps by chance, weighs no more than that of a large one (Assunção and Reis 1999):",
        fence(
            """
            z = (rate - overall rate) / sqrt( A + overall rate / number at risk )

            A   how much rates vary among cells beyond chance, and 0 where that is not above 0:
                (sum of  number at risk x (rate - overall rate)²) / N  -  overall rate x number of cells / N
            N   all at risk together
            """
        ),
        "Cells with nobody at risk are left out. A cell's yearly rate is shown with the exact interval of its count "
        "(Garwood 1936).",
    )


def _example(grid: Grid, counts: np.typing.NDArray[np.int64], found: HotSpots) -> str:
    middle = BLOCK[4]
    strip = square_grid(shapely.box(4e5, 3e5, 4e5 + 300, 3e5 + 100), 100)
    rates = cell_rates(strip, given_counts(strip, [10, 0, 30]), [1000, 500, 0], months=6)
    first = rates.cells[0]
    weight, mean, spread = 9, counts.mean(), counts.std()
    n = len(counts)
    scale = spread * np.sqrt((n * weight - weight**2) / (n - 1))
    rows = [
        ("incidents in the cell and its eight neighbours, S", found.around[middle]),
        ("mean count of a cell, m", f"{mean:.4f}"),
        ("standard deviation, s", f"{spread:.4f}"),
        (f"Gi* = ({found.around[middle]} - 9 x {mean:.4f}) / {scale:.4f}", f"{found.gi[middle]:.2f}"),
        ("p", f"{found.p[middle]:.6f}"),
        ("q", f"{found.q[middle]:.4f}"),
    ]
    return paragraphs(
        f"A square of three by three kilometres has {n} cells of {SIDE:g} m. Chance put about one incident in every "
        f"twentieth cell; nine cells that lie together were given three each. In all there are {sum(found.counts)} "
        "incidents. The middle one of the nine cells:",
        table(("step", "value"), rows),
        "What the result says of itself:",
        said(s for s in found.sentences if s.key in ("shown", "largest", "called", "permutations", "multiplicity")),
        f"Nine cells were planted; called: {sum(found.hot)}. A cell beside the nine that held an incident of its own "
        "could be called too, since much lies around it.",
        _held_against(),
        f"A rate: 10 incidents in six months among 1,000 people are {first.rate:.1f} a year per 1,000 people, with a "
        f"95 % interval from {first.interval.lower:.1f} to {first.interval.upper:.1f}. A cell with 30 incidents and "
        "nobody at risk is left out, and the result says so.",
    )


def _held_against() -> str:
    grid = square_grid(shapely.box(4e5, 3e5, 4e5 + 300, 3e5 + 100), 100)
    people = risks(grid, given_counts(grid, [10, 0, 30]), [1000, 500, 1500], RESIDENTS)
    share = risks(grid, given_counts(grid, [12, 4, 4]), [40, 80, 80], CRIMES)
    one, part = people.cells[0], share.cells[0]
    assert one is not None
    assert part is not None
    return paragraphs(
        "Held against people: three cells in a row, 10, 0 and 30 incidents in a year among 1,000, 500 and 1,500 people. "
        f"The whole has {people.overall:.2f} per 1,000; the first cell {one.rate:.0f} ({one.interval.lower:.2f} to "
        f"{one.interval.upper:.2f}), {one.ratio:.2f} times the whole. Around the third lie 30 of 40 incidents and 2,000 "
        f"of 3,000 people: p = P(X >= 30) with 40 trials and a share of 2/3, {people.p[2]:.4f}.",
        "Held against all crimes: 12 burglaries of 40 crimes in the first cell, 20 of 200 in all. A share of "
        f"{part.rate:.0f} % ({part.interval.lower:.1f} to {part.interval.upper:.1f}), a location quotient of "
        f"{part.ratio:.1f}. With its neighbour it holds 16 of the 20 burglaries and 120 of the 200 crimes: "
        f"p = {share.p[0]:.4f}.",
    )


def _defaults(found: HotSpots) -> list[tuple[object, ...]]:
    return [
        (
            "size of a cell",
            f"shorter side of the area over {grids.ACROSS}, rounded up; at least {grids.SMALLEST:g} m",
            "a rule of thumb from the field (Chainey and Ratcliffe 2005); another size can show another picture",
        ),
        ("neighbours", "cells that touch at an edge or a corner", "the nearest ring, and nothing that needs tuning"),
        (
            "permutations",
            f"as many as let one cell alone be called: {hotspots.FEWEST_PERMUTATIONS:,} to "
            f"{hotspots.MOST_PERMUTATIONS:,} ({found.permutations:,} in the example)",
            "with too few, p cannot become small enough and a real spot is missed",
        ),
        ("seed", hotspots.SEED, "the same data give the same answer; the seed is printed"),
        (
            "false discoveries",
            f"{hotspots.ALPHA:.0%} of the cells called, on average",
            "hundreds of cells are asked at once",
        ),
        (
            "least incidents",
            f"{hotspots.LEAST} in a cell and its neighbours",
            "a handful can be rare by chance and is still nothing to send anybody to",
        ),
        (
            "edge of the area",
            "cells are cut off at it",
            "sea or another force's land would make everywhere else look busy",
        ),
    ]


_ASSUMPTIONS = (
    "Where there is nothing to find, any cell could have had any other cell's count (or steadied rate). Where most "
    "people live in a few places and no number at risk is given, that is not so, and the method finds where people "
    "are.",
    "The promise about false discoveries holds where the cells' p values are independent or rise and fall together, "
    "as those of neighbours do.",
    "Held against a base: under chance every resident, every square metre, or every recorded incident is as likely as "
    "any other, and incidents come one by one. Both are hardly ever wholly so: the result says how many times as much "
    "the cells differ (see below what clumps do).",
    "People who were shared out by ground live evenly over their ward or LSOA. Where homes stand close together the "
    "rate comes out too high, among fields too low.",
    "Incidents are where they are recorded to be. Points that were moved (as data.police.uk moves them) need cells "
    "larger than the gaps between the points they were moved to.",
)
_NOT_SHOWN = (
    "Why incidents come together, and what was never reported.",
    "One address with many incidents among quiet neighbours: Gi* asks what lies around a cell. Look at the highest "
    "counts and at the page on near repeats too.",
    "That a place without a hot spot is safe: with few incidents a hot spot that is there may well not show.",
    "Where the next incident will be.",
    "That residents are those at risk: town centres, stations and parks stand out because people come. A share of other "
    "incidents is no risk at all: where little else is recorded a few stand out.",
    "That a hot rate is far above the average. With many incidents a little above is more than chance; read how many "
    "times it is.",
)


def _promises() -> str:
    figures = kept("hot_spots")
    names = {
        "sparse": "0.05 incidents a cell",
        "even": "1 incident a cell",
        "busy": "10 incidents a cell",
        "towns": "six towns, all people equally at risk, people given",
    }
    rows = _called(figures, names, "grids")
    trials = figures["even grids"]
    blind = figures["towns blind"]
    assert isinstance(trials, Share)
    assert isinstance(blind, Share)
    return paragraphs(
        f"{trials.of} maps of each kind were drawn by chance, 30 by 30 cells, so that every hot spot on them is "
        "false. The share of cells with p of 0.05 or less should be at most 5 %, and hardly more than 5 % of maps "
        "should have any cell called. In brackets: two standard errors to either side, and a 95 % interval (Wilson).",
        table(("maps of", "cells with p of 0.05 or less", "maps with a cell called hot"), rows),
        "With few incidents there are many ties, ties count as chance, and the method is more careful than it need "
        "be. Besides, a cell needs an incident of its own and five around it.",
        *_promises_of_bases(),
        f"The same maps of towns without the number of people: {blind.held} of {blind.of} had a cell called. The "
        "method then finds the towns. Give a number at risk wherever there is one.",
        "These runs take minutes. Their figures are kept with a digest of the code, and a test fails when the code "
        "has changed since. A smaller version runs with the tests: "
        "`tests/data/test_analysis_hotspots.py::TestNullCalibration`.",
    )


def _promises_of_bases() -> tuple[str, ...]:
    figures = kept("exposure")
    names = {
        "people": "held against people, 2 to 100 people",
        "busy people": "held against people, 20 to 100 people",
        "crimes": "a fifth of all crimes everywhere, held against all crimes",
        "others": "the same, held against the other crimes",
        "clumps": "held against people, each incident brings half another in its cell",
    }
    rows = _called(figures, names, "maps")
    return (
        "Held against a base, six towns and thin country around them, everything equally at risk:",
        table(("maps", "tested cells with p of 0.05 or less", "maps with a cell called hot"), rows),
        "The last row breaks what is taken for granted: where incidents hang together, far more is called than "
        "should be. The result warns when cells differ by more than this chance makes them. Smaller versions run with "
        "the tests: `tests/data/test_analysis_exposure.py::TestPromises`.",
    )


def _called(figures: Figures, names: Mapping[str, str], of: str) -> list[tuple[str, str, str]]:
    """A row for each kind of map: what it is, the share of cells and the share of maps that were called."""
    rows = []
    for name, text in names.items():
        cells = figures[f"{name} cells"]
        assert isinstance(cells, Mean)
        rows.append((text, cells.percent(), str(figures[f"{name} {of}"])))
    return rows


def _others(grid: Grid) -> list[Difference]:
    even = np.random.default_rng(7).poisson(1.0, len(grid)).astype(np.float64)
    beside = grid.neighbours()
    directed = other_tools.p_by_the_smaller_tail(*other_tools.sums_by_chance(even, beside, 999, 1))
    sparse = sparse_counts().astype(np.float64)
    lower = other_tools.p_by_the_smaller_tail(*other_tools.sums_by_chance(sparse, beside, 999, 1))
    z = gi_star(sparse, beside)
    called, below = int((lower < 0.05).sum()), int(((lower < 0.05) & (z < 0)).sum())
    reference = np.random.default_rng(0).poisson(0.2, 999).astype(np.float64)
    mirrored = other_tools.p_by_mirrored_percentiles(100.0, reference)
    z_even = gi_star(even, beside)
    normal = int(((other_tools.p_of_a_normal(z_even) < 0.05) & (z_even > 0)).sum())
    ours = hot_spots(grid, given_counts(grid, even))
    hull, bay = hull_and_bay()
    least, most = other_tools.ESDA_EVEN
    return [
        Difference(
            "esda 2.10.0 (Python), its default.",
            "It looks which tail the cell is in and then reports that tail, so p is half of what it should be and "
            "about twice as many cells pass. "
            f"On a map of pure chance (1 incident a cell) {percent(float((directed <= 0.05).mean()))} of cells have p "
            f"of 0.05 or less by this rule (esda itself, run on the same map: {percent(least)} to {percent(most)}, by "
            f"seed and weights); ours: {percent(float((np.array(ours.p) <= 0.05).mean()))}. Its own documentation "
            "advises against this rule, and keeps it only for the sake of past results.",
            TESTS + "test_the_tail_chosen_after_seeing_the_data_doubles_the_false_alarms",
        ),
        Difference(
            "The same, where incidents are few.",
            f"On the map of the worked example {called} of {len(sparse)} cells have p below 0.05, and {below} of "
            f"those have less around them than the mean (esda itself: {other_tools.ESDA_SPARSE[0]} and "
            f"{other_tools.ESDA_SPARSE[1]}): a cell with nothing around it counts as remarkable.",
            TESTS + "test_the_smaller_tail_calls_cells_with_nothing_around_them",
        ),
        Difference(
            'esda 2.10.0, alternative="two-sided".',
            f"With many ties a value far above all 999 permutations gets p = {mirrored:.3f} (counts of 0.2 on "
            "average; esda itself gives the same); one-sided and safe with ties it is 0.001. Its source at commit "
            "12b819e doubles the smaller tail instead, which mends this.",
            TESTS + "test_mirrored_percentiles_miss_what_lies_far_above_all_chance",
        ),
        Difference(
            "sfhotspot (R, source read at commit 651c4a3).",
            "`hotspot_gistar` takes p from a normal curve and does not adjust it unless a method is named (its manual "
            "says that it is adjusted all the same; the source does not). On the same map of "
            f"pure chance {normal} of {len(even)} cells are hot at 0.05; ours calls {sum(ours.hot)}.",
            TESTS + "test_p_of_a_normal_without_adjustment_calls_chance",
        ),
        Difference(
            "sfhotspot, its grid (source read at commit c51fd35).",
            "It covers the convex hull of the points (and half a cell around), unless it is given polygons. For "
            f"points in a horseshoe around a bay, {percent(bay / hull)} of the hull is bay, where nothing can happen. "
            "Ours has no cell there.",
            TESTS + "test_a_hull_counts_the_sea",
        ),
    ]


def hull_and_bay() -> tuple[float, float]:
    """Area of the hull of incidents around a bay, and of the part of it that is water."""
    land, points = horseshoe()
    hull = shapely.convex_hull(shapely.multipoints(points))
    return float(hull.area), float(shapely.difference(hull, land).area)


def horseshoe() -> tuple[shapely.Polygon, np.typing.NDArray[np.float64]]:
    """Land on three sides of a bay, and four hundred incidents on it."""
    land = shapely.box(4e5, 3e5, 403_000, 303_000) - shapely.box(401_000, 301_000, 402_000, 303_000)
    chance = np.random.default_rng(4)
    points = np.column_stack((chance.uniform(4e5, 403_000, 700), chance.uniform(3e5, 303_000, 700)))
    return land, points[shapely.contains_xy(land, points)][:400]


_REFERENCES = (
    "Assunção, R. and Reis, E. (1999). A new proposal to adjust Moran's I for population density. Statistics in "
    "Medicine 18.",
    "Besag, J. and Newell, J. (1991). The detection of clusters in rare diseases. Journal of the Royal Statistical "
    "Society A 154.",
    "Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical "
    "Society B 57.",
    "Chainey, S. and Ratcliffe, J. (2005). GIS and Crime Mapping. Wiley.",
    "Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. Biometrika 26.",
    "Fisher, R. A. (1935). The Design of Experiments. Oliver and Boyd. (The hypergeometric tail.)",
    "Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28.",
    "Getis, A. and Ord, J. K. (1992). The analysis of spatial association by use of distance statistics. "
    "Geographical Analysis 24.",
    "Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics. Geographical Analysis 27.",
    "Phipson, B. and Smyth, G. (2010). Permutation P-values should never be zero. Statistical Applications in "
    "Genetics and Molecular Biology 9.",
)
