"""Pictures of rates and ratios, read back: what is drawn, what it is called, and what is said of it."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import shapely
from tests.data.test_analysis_mix import COUNTS, NAMES, PEOPLE

from ourpatch.data.analysis.exposure import Base, risks
from ourpatch.data.analysis.grids import hexagonal_grid, square_grid
from ourpatch.data.analysis.hotspots import given_counts, hot_spots
from ourpatch.data.analysis.mix import allowed_for
from ourpatch.data.analysis.pictures import hot_spot_map, rate_map, ratio_chart, risk_map
from ourpatch.ground.errors import BadInput
from ourpatch.ground.words import say

pytestmark = pytest.mark.rules
SVG = "{http://www.w3.org/2000/svg}"
SAID = {"what": "Burglary", "where": "Squareshire", "when": "2026"}
BASE = Base(say("yearly rate per 1,000 residents of 2024"), say("Residents"), per=1000, fewest=100)
GRID = square_grid(shapely.box(4e5, 3e5, 4e5 + 600, 3e5 + 100), 100)
# 100 incidents of 600 people: rates of 0.3, 0.6, 1.2, 1.5 and 2.4 times the whole, and one over too few.
COUNTED = given_counts(GRID, [5, 10, 20, 25, 40, 0])
FOUND = risks(GRID, COUNTED, [100, 100, 100, 100, 100, 99], BASE, least=1)


def drawn(svg):
    return ET.fromstring(svg)


def fills(root):
    return [path.get("fill") for path in root.iter(f"{SVG}path") if path.get("fill") not in (None, "none")]


def legend(root):
    """Colour -> what it is called."""
    boxes = [box for box in root.iter(f"{SVG}rect") if box.get("width") == "32"]
    texts = [text for text in root.iter(f"{SVG}text") if text.get("x") == "50"]
    return {box.get("fill"): text.text for box, text in zip(boxes, texts, strict=True)}


class TestRateMap:
    ROOT = drawn(rate_map(GRID, FOUND, **SAID))

    def test_the_title_says_what_where_when_and_of_what(self):
        assert self.ROOT.find(f"{SVG}title").text == (
            "Burglary, Squareshire, 2026, yearly rate per 1,000 residents of 2024: cells as multiples of the whole place's 167 "
            "(100 incidents)"
        )

    def test_each_shade_stands_for_its_multiples(self):
        key = legend(self.ROOT)
        assert list(key.values()) == [
            "under 0.5 times the whole place's rate",
            "0.5 to under 1 times",
            "1 to under 1.5 times",
            "1.5 to under 3 times",
            "3 times the whole place's rate or more",
            "No rate: fewer than 100 (Residents)",
        ]
        ratios = [round(cell.ratio, 3) if cell else None for cell in FOUND.cells]
        assert ratios == [0.3, 0.599, 1.198, 1.498, 2.396, None]
        # The place itself, four shades (nothing is three times as much) and the cell without a rate.
        assert [fill for fill in fills(self.ROOT)[1:] if fill in key] == [
            fill for fill, name in key.items() if not name.startswith("3 times")
        ]

    def test_the_description_counts_the_cells_of_each(self):
        told = self.ROOT.find(f"{SVG}desc").text
        assert "1 to under 1.5 times: 2 cells." in told
        assert "No rate: fewer than 100 (Residents): 1 cells." in told
        assert "Over the whole place: 167" in told

    def test_it_is_drawn_on_its_own_grid(self):
        with pytest.raises(BadInput):
            rate_map(square_grid(shapely.box(4e5, 3e5, 4e5 + 200, 3e5 + 100), 100), FOUND, **SAID)


class TestRiskMap:
    def test_hot_cells_are_dark_numbered_and_told(self):
        hot = risks(GRID, given_counts(GRID, [2, 2, 2, 2, 90, 90]), [100] * 6, BASE)
        root = drawn(risk_map(GRID, hot, **SAID))
        assert root.find(f"{SVG}title").text.startswith(
            "Hot spots of Burglary, Squareshire, 2026, yearly rate per 1,000 residents of 2024: cells among more than chance"
        )
        assert hot.hot == (False, False, False, False, True, True)
        assert "Number 1: 180 incidents in 2 cells" in root.find(f"{SVG}desc").text
        assert [text.text for text in root.iter(f"{SVG}text") if text.text == "1"] == ["1", "1"], "with its halo"
        assert legend(root) == {"#08519c": "Hot spot", "#f3f2f1": "Rest of the study area"}

    def test_without_a_hot_spot_it_says_so(self):
        root = drawn(risk_map(GRID, risks(GRID, given_counts(GRID, [9] * 6), [100] * 6, BASE), **SAID))
        assert "no hot spot is shown" in root.find(f"{SVG}desc").text
        assert "#08519c" not in fills(root)

    def test_rows_of_hexagons_are_drawn_without_a_seam(self):
        """Cells of two rows that lie beside one another are one outline."""
        grid = hexagonal_grid(shapely.box(352_000, 429_000, 356_000, 433_000), 510)
        counts = np.where(np.abs(grid.easting - 354_000) + np.abs(grid.northing - 431_000) < 1_200, 60, 1)
        root = drawn(hot_spot_map(grid, hot_spots(grid, given_counts(grid, counts), permutations=1_999), **SAID))
        outlines = [path for path in root.iter(f"{SVG}path") if path.get("fill") == "#08519c"]
        assert len(re.findall("M", outlines[0].get("d"))) == 1


class TestRatioChart:
    FOUND = allowed_for(["North", "South"], NAMES, COUNTS, PEOPLE)
    ROOT = drawn(ratio_chart(FOUND, **SAID))

    def test_the_title_says_what_it_is_a_ratio_of(self):
        assert self.ROOT.find(f"{SVG}title").text == (
            "Burglary, Squareshire, 2026: recorded over what each area's mix of deprivation would lead one to expect (2 areas, "
            "120 incidents)"
        )

    def test_areas_are_in_order_with_their_ratio_beside_them(self):
        texts = [text.text for text in self.ROOT.iter(f"{SVG}text")]
        assert texts.index("North") < texts.index("1.60") < texts.index("South") < texts.index("0.57")

    def test_marks_stand_where_their_ratio_is_on_the_scale(self):
        marks = {
            float(text.text): float(text.get("x"))
            for text in self.ROOT.iter(f"{SVG}text")
            if text.get("text-anchor") == "middle"
        }
        scale = (marks[1.0] - marks[0.0]) / 1.0
        squares = [rect for rect in self.ROOT.iter(f"{SVG}rect") if rect.get("width") == "10"]
        middles = [float(rect.get("x")) + 5 for rect in squares[:2]]
        expected = [marks[0.0] + scale * ratio for ratio in (1.6, 40 / 70)]
        assert middles == pytest.approx(expected, abs=0.2)
        ones = [path.get("d") for path in self.ROOT.iter(f"{SVG}path") if path.get("stroke-width") == "1.5"]
        assert any(d.startswith(f"M{marks[1.0]:.1f} ") and "V" in d for d in ones)

    def test_intervals_are_drawn_from_end_to_end(self):
        marks = {
            float(text.text): float(text.get("x"))
            for text in self.ROOT.iter(f"{SVG}text")
            if text.get("text-anchor") == "middle"
        }
        spans = [path.get("d") for path in self.ROOT.iter(f"{SVG}path") if "H" in path.get("d", "")]
        start, end = (float(each) for each in re.match(r"M([\d.]+) [\d.]+H([\d.]+)", spans[0]).groups())
        around = self.FOUND.ranked()[0].interval
        width = marks[1.0] - marks[0.0]
        assert ((start - marks[0.0]) / width, (end - marks[0.0]) / width) == pytest.approx(
            (around.lower, around.upper), abs=0.01
        )

    def test_what_differs_is_a_square_and_the_rest_a_ring(self):
        even = drawn(ratio_chart(allowed_for(["a", "b"], NAMES, [[50, 50], [50, 50]], [[900, 900]] * 2), **SAID))
        # One of each in the key.
        assert len([rect for rect in even.iter(f"{SVG}rect") if rect.get("width") == "10"]) == 1
        assert len(list(even.iter(f"{SVG}circle"))) == 3
        assert "North: 1.60, between 1.27 and 1.99." in self.ROOT.find(f"{SVG}desc").text

    def test_an_interval_that_runs_off_ends_at_the_edge(self):
        """One incident where a tenth is expected: its interval reaches so far that the others' would be pressed flat."""
        people = [[5_000, 5_000], [5_000, 5_000], [5, 5]]
        found = allowed_for(list("abc"), NAMES, [[100, 100], [100, 100], [1, 0]], people)
        lines = [path.get("d") for path in drawn(ratio_chart(found, **SAID)).iter(f"{SVG}path")]
        spans = [line for line in lines if re.match(r"M[\d.]+ [\d.]+H", line)]
        assert [span.count("v8") for span in spans] == [2, 2, 1]
