"""Maps, tables of cells, and what charts share, read back with a ruler: each number in its own cell, each shade as the key says.

A mutation run (docs/methods/mutations.md) found that no other test held where things are drawn.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from tests.data.reading_pictures import CLOSE, SAID, SVG, Paper, Ruler, place, shape_of, value

from ourpatch.data.analysis import density, hotspots, hours, near_repeat, patterns, pictures
from ourpatch.data.analysis.grids import square_grid
from ourpatch.data.analysis.pictures import axes
from ourpatch.data.analysis.pictures.svg import number
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

MONDAY = datetime.fromisoformat("2024-01-01")


def week_of(counts):
    """Incidents of one week, so many in each of its hours, shape (7, 24)."""
    times = [
        MONDAY + timedelta(days=day, hours=hour, minutes=5)
        for day, row in enumerate(counts.tolist())
        for hour, many in enumerate(row)
        for _one in range(many)
    ]
    return hours.hours_and_weekdays(np.array(times))


class TestWeek:
    """An hour holds 2 on average; and those at 1, 2, 4 and 6 are on the edges of the shades."""

    counts = np.zeros((7, 24), dtype=int)
    counts[0, :4] = (1, 2, 4, 6)
    counts[2, 5] = 9
    counts[6, 23] = 1
    counts[4, 6] = 2 * 168 - counts.sum()
    found = week_of(counts)
    paper = Paper(pictures.week_grid(found, **SAID))

    def boxes(self):
        """Every cell of the week by its day and its hour, as its place beside their names tells."""
        days = {str(day): self.paper.at(str(day))[1] for day in hours.WEEKDAYS}
        across = {f"{hour:02}": self.paper.at(f"{hour:02}")[0] for hour in range(24)}
        found = {}
        for box in self.paper.drawn("rect", stroke_width="0.5"):
            (x, y), wide, high = place(box), float(box.get("width", 0)), float(box.get("height", 0))
            (day,) = [name for name, at in days.items() if y < at < y + high]
            (hour,) = [name for name, at in across.items() if x + wide / 4 < at < x + 3 * wide / 4]
            inside = [t for t in self.paper.drawn("text", font_size="12") if x < place(t)[0] < x + wide]
            (number,) = [t for t in inside if y < place(t)[1] < y + high]
            found[list(days).index(day), int(hour)] = (box, number)
        return found

    def test_every_number_stands_in_its_day_and_hour(self):
        told = np.zeros((7, 24))
        for at, (_box, written) in self.boxes().items():
            told[at] = value(written.text)
        assert told.tolist() == self.counts.tolist()

    def test_the_shades_are_those_of_the_key(self):
        samples = {one.get("fill"): one for one in self.paper.drawn("rect", width="28")}
        key = [
            next(
                t.text
                for t in self.paper.drawn("text")
                if 0 < place(t)[0] - place(one)[0] < 60 and abs(place(t)[1] - place(one)[1] - 11) < 3
            )
            for one in samples.values()
        ]
        assert [text.split()[0] for text in key] == ["under", "half", "1", "2", "3"]
        shades, boxes = list(samples), self.boxes()
        wanted = {(6, 0): 0, (0, 0): 1, (0, 1): 2, (0, 2): 3, (0, 3): 4, (2, 5): 4}
        assert {at: shades.index(boxes[at][0].get("fill")) for at in wanted} == wanted
        for box, written in boxes.values():
            dark = sum(bytes.fromhex(box.get("fill", "")[1:])) < 300
            assert written.get("fill") == ("#ffffff" if dark else "#0b0c0c")

    def test_the_busiest_hour_is_framed(self):
        box = self.boxes()[4, 6][0]
        frames = self.paper.drawn("rect", fill="none")
        assert len(frames) == 2
        for frame in frames:
            assert all(frame.get(name) == box.get(name) for name in ("x", "y", "width", "height"))

    def test_days_and_nights_are_told(self):
        desc = self.paper.said("desc")
        assert "Monday 13," in desc
        assert "Sunday 1." in desc
        assert "From midnight to 06:00: 22." in desc

    def test_numbers_are_left_out_where_they_have_no_room(self):
        for most, written in ((999, True), (1000, False)):
            found = hours.hours_and_weekdays(np.array([MONDAY + timedelta(minutes=1)] * most))
            assert ('font-size="12"' in pictures.week_grid(found, **SAID)) == written

    def test_the_shades_of_a_week_change_at_the_shares_that_their_names_say(self):
        counts = np.full((7, 24), 100)
        edges = (49, 50, 99, 100, 199, 200, 299, 300)
        counts[0, : len(edges)] = edges
        counts[1:].flat[: (over := counts.sum() - 16_800) // 4] -= 4
        assert counts.sum() == 16_800
        assert over % 4 == 0
        paper = Paper(pictures.week_grid(week_of(counts), **SAID))
        shades = [one.get("fill") for one in paper.drawn("rect", width="28")]
        cells = [one.get("fill") for one in paper.drawn("rect", stroke_width="0.5")][: len(edges)]
        assert [shades.index(each) for each in cells] == [0, 1, 1, 2, 2, 3, 3, 4]


class TestBandGrid:
    """Each shade's first ratio and the last one below it, and one that is not shown."""

    def paper(self, ratios, shown, observed):
        found = near_repeat.near_repeat(
            [0.0, 5, 900, 950],
            [0.0] * 4,
            [0.0, 1, 2, 9],
            distance_edges=(0, 10, 100),
            day_edges=(0, 2, 4, 9, 12),
            same_place=None,
            permutations=9,
        )
        told = replace(found, ratio=ratios, shown=shown, observed=observed)
        return told, Paper(pictures.band_grid(told, **SAID))

    def test_every_cell_has_its_own_numbers_shade_and_frame(self):
        ratios = ((1.99, 2.0, 3.99, 4.0), (99.44, 99.5, None, 0.5))
        shown = ((True, True, True, True), (True, True, False, False))
        observed = ((11, 12, 13, 14), (21, 1022, 23, 24))
        _found, paper = self.paper(ratios, shown, observed)
        boxes = [one for one in paper.drawn("rect") if one.get("height") == "41"]
        columns, rows = (sorted({place(one)[axis] for one in boxes}) for axis in (0, 1))
        assert (len(rows), len(columns), len(boxes)) == (2, 4, 8)
        told, shades = {}, {}
        for box in boxes:
            (x, y), wide = place(box), float(box.get("width", 0))
            texts = [t for t in paper.drawn("text") if x < place(t)[0] < x + wide and y < place(t)[1] < y + 41]
            assert [place(t)[0] for t in texts] == pytest.approx([x + wide / 2] * 2, abs=CLOSE)
            at = rows.index(y), columns.index(x)
            told[at] = tuple(t.text for t in texts)
            shades[at] = box.get("fill")
            assert (box.get("stroke-width"), texts[0].get("font-weight")) == (
                ("2.5", "bold") if shown[at[0]][at[1]] else ("1", None)
            )
        assert told == {
            (0, 0): ("2.0", "11"),
            (0, 1): ("2.0", "12"),
            (0, 2): ("4.0", "13"),
            (0, 3): ("4.0", "14"),
            (1, 0): ("99.4", "21"),
            (1, 1): ("100", "1,022"),
            (1, 2): ("–", "23"),
            (1, 3): ("0.5", "24"),
        }
        key = [one.get("fill") for one in paper.drawn("rect", width="32")]
        assert [key.index(shades[at]) for at in sorted(shades)] == [0, 1, 1, 2, 2, 2, 3, 3]

    def test_names_stand_beside_their_rows_and_over_their_columns(self):
        found, paper = self.paper(((1.0,) * 4,) * 2, ((False,) * 4,) * 2, ((1,) * 4,) * 2)
        boxes = [one for one in paper.drawn("rect") if one.get("height") == "41"]
        first = paper.drawn("text", text_anchor="end")
        for band, box in zip(found.distance_bands, (boxes[0], boxes[4]), strict=True):
            top = place(box)[1]
            mine = [t for t in first if top < place(t)[1] < top + 41]
            assert " ".join(t.text or "" for t in mine) == str(band.label)
            # Letters stand up from their line: the middle of a line is five pixels above it.
            assert np.mean([place(t)[1] for t in mine]) - 5 == pytest.approx(top + 20.5, abs=1)
        over = [t for t in paper.drawn("text", text_anchor="middle") if place(t)[1] < place(boxes[0])[1]]
        for band, box in zip(found.time_bands, boxes[:4], strict=True):
            x, wide = place(box)[0], float(box.get("width", 0))
            mine = [t for t in over if x < place(t)[0] < x + wide]
            assert " ".join(t.text or "" for t in mine) == str(band.label)
            heights = [place(t)[1] for t in mine]
            assert heights == sorted(set(heights))
            assert all(len(t.text or "") * 7 < wide + 14 for t in mine)

    def test_the_strongest_are_told_first_and_no_more_than_six(self):
        ratios = ((2.0, 9.0, 3.0, 4.0), (5.0, 6.0, 7.0, 99.0))
        shown = ((True,) * 4, (True, True, True, False))
        _found, paper = self.paper(ratios, shown, ((11, 12, 13, 14), (21, 22, 23, 24)))
        told = re.findall(r": (\d+) pairs, ([\d.]+) times", paper.said("desc"))
        assert told[-6:] == [("12", "9.0"), ("23", "7.0"), ("22", "6.0"), ("21", "5.0"), ("14", "4.0"), ("13", "3.0")]
        assert "2 bands of distance by 4 bands of time" in paper.said("desc")


class TestMapsOfCells:
    SIDE, ACROSS = 100, 20
    GRID = square_grid(shapely.box(4e5, 3e5, 4e5 + 2000, 3e5 + 2000), 100)

    def metres(self, paper: Paper) -> tuple[Ruler, Ruler]:
        """Eastings and northings by the outline of the land."""
        west, top, east, bottom = shape_of(paper.drawn("path")[0]).bounds
        return (
            Ruler([west, (west + east) / 2, east], [4e5, 401_000, 402_000]),
            Ruler([bottom, (top + bottom) / 2, top], [3e5, 301_000, 302_000]),
        )

    def hot(self, *blocks: tuple[int, int], width: int = 640):
        counts = np.random.default_rng(7).poisson(0.2, 400)
        for column, row in blocks:
            counts[[20 * (row + dr) + column + dc for dr in range(3) for dc in range(3)]] = 9
        counts = counts[np.argsort(np.lexsort((self.GRID.easting, self.GRID.northing)))]
        found = hotspots.hot_spots(self.GRID, hotspots.given_counts(self.GRID, counts))
        return found, Paper(pictures.hot_spot_map(self.GRID, found, width=width, **SAID))

    def test_hot_cells_are_where_they_are_and_the_number_beside_them(self):
        found, paper = self.hot((4, 11))
        east, north = self.metres(paper)
        (layer,) = paper.drawn("path", fill="#08519c")
        west, top, right, bottom = shape_of(layer).bounds
        hot = shapely.union_all(self.GRID.shapes[np.array(found.hot)])
        assert (*east.read(west, right), *north.read(bottom, top)) == pytest.approx(
            (hot.bounds[0], hot.bounds[2], hot.bounds[1], hot.bounds[3]), abs=2
        )
        spot = found.spots[0]
        x, y = paper.at("1")
        assert north.read(y - 5) == pytest.approx([spot.northing], abs=2)
        aside = (x - 16 - west) * east.slope + east.read(west)[0]
        assert aside == pytest.approx(spot.easting, abs=2)
        assert f"around easting {spot.easting:.0f}, northing {spot.northing:.0f}" in paper.said("desc")

    def test_a_number_that_has_no_room_on_the_right_stands_on_the_left(self):
        found, paper = self.hot((17, 11), width=200)
        east, _north = self.metres(paper)
        assert east.read(paper.at("1")[0] + 16) == pytest.approx([found.spots[0].easting], abs=2)

    def test_numbers_that_would_lie_on_one_another_are_left_to_the_table(self):
        for width, written in ((640, {"1", "2"}), (70, {"1"})):
            found, paper = self.hot((2, 8), (7, 8), width=width)
            assert len(found.spots) == 2
            assert {t.text for t in paper.drawn("text", font_weight="bold")} == written

    @pytest.mark.parametrize(("metres", "told"), [(2_000, "500 m"), (5_000, "1 km"), (40_000, "10 km")])
    def test_the_bar_is_as_long_as_it_says(self, metres, told):
        grid = square_grid(shapely.box(4e5, 3e5, 4e5 + metres, 3e5 + metres), metres / 4)
        flat = hotspots.hot_spots(grid, hotspots.given_counts(grid, np.ones(16)), permutations=99)
        paper = Paper(pictures.hot_spot_map(grid, flat, **SAID))
        west, _top, east, _bottom = shape_of(paper.drawn("path")[0]).bounds
        (bar,) = [float(m[1]) for one in paper.drawn("path") if (m := re.search(r"h([\d.]+)M", one.get("d", "")))]
        length, unit = told.split()
        assert paper.at(told)[0] > 8 + bar
        assert bar / (east - west) * metres == pytest.approx(float(length) * (1000 if unit == "km" else 1), rel=0.002)
        assert 90 <= bar < 250

    def test_a_class_of_density_shades_as_many_cells_as_it_has(self):
        chance = np.random.default_rng(1)
        x, y = 4e5 + chance.uniform(0, 2000, 90), 3e5 + chance.uniform(0, 2000, 90) ** 2 / 2000
        found = density.density(self.GRID, x, y, bandwidth=200)
        paper = Paper(pictures.density_map(self.GRID, found, **SAID))
        known = np.array([one or 0.0 for one in found.values])
        cell = shape_of(paper.drawn("path")[0]).area / 400
        low, seen = 0.0, 0
        for box in paper.drawn("rect", width="32"):
            (name,) = [t.text for t in paper.drawn("text") if 0 < place(t)[1] - place(box)[1] < 18]
            if "per square km" not in name:
                continue
            top = float(m[1].replace(",", "")) if (m := re.search(r"up to ([\d,.]+)", name)) else np.inf
            if "over" in name:
                assert value(re.search(r"over ([\d,.]+\d)", name)[1]) == low
            cells = ((known > low) & (known <= top)).sum()
            (layer,) = paper.drawn("path", fill=box.get("fill", ""))
            assert shape_of(layer).area / cell == pytest.approx(cells, rel=0.02)
            low, seen = top, seen + cells
        assert seen == (known > 0).sum()
        assert f"{cells} cells." in paper.said("desc")

    def test_every_pattern_has_its_own_lightness_and_its_cells(self):
        rows = {"#" * 12: 3, "." * 10 + "##": 5, "##" + "." * 10: 7, ".#..#....#.#": 11}
        hot = [[mark == "#" for mark in row] for row, times in rows.items() for _one in range(times)]
        found = patterns.classify(hot + [[False] * 12] * (400 - len(hot)), keys=self.GRID.keys)
        paper = Paper(pictures.pattern_map(self.GRID, found, **SAID))
        cell = shape_of(paper.drawn("path")[0]).area / 400
        light = []
        wanted = {"Persistent": 3, "Emerging": 5, "Former": 7, "Intermittent": 11}
        for box in paper.drawn("rect", width="32"):
            (name,) = [t.text for t in paper.drawn("text") if 0 < place(t)[1] - place(box)[1] < 18]
            layers = paper.drawn("path", fill=box.get("fill", ""), stroke_width="1")
            kind = next((each for each in wanted if (name or "").startswith(each)), None)
            if kind:
                assert shape_of(layers[0]).area / cell == pytest.approx(wanted[kind], rel=0.05)
                light.append(np.dot(list(bytes.fromhex(box.get("fill", "")[1:])), (0.299, 0.587, 0.114)))
        assert len(light) == 4
        assert min(np.diff(sorted(light))) > 30


class TestMaps:
    @staticmethod
    def squares(values, wide=1000):
        return [
            pictures.Area(f"k{i}", f"Ward {i}", shapely.box(4e5 + wide * i, 3e5, 4e5 + wide * (i + 1), 3e5 + 1500), one)
            for i, one in enumerate(values)
        ]

    def test_a_shade_holds_its_highest_value(self):
        values = [4.0, 5.0, 5.5, 20.0, 20.5, None]
        paper = Paper(pictures.choropleth(self.squares(values), (5, 20), title="t", desc="d"))
        key = {}
        for box in paper.drawn("rect", width="32"):
            (key[box.get("fill")],) = [t.text for t in paper.drawn("text") if 0 < place(t)[1] - place(box)[1] < 18]
        assert list(key.values()) == ["5 or fewer", "over 5, up to 20", "over 20", "Withheld to protect people"]
        areas = {one.findtext(f"{SVG}title"): key[one.get("fill")] for one in paper.drawn("path") if len(one)}
        assert list(areas) == ["Ward 0: 4", "Ward 1: 5", "Ward 2: 5.5", "Ward 3: 20", "Ward 4: 20.5", "Ward 5"]
        assert [list(key.values()).index(name) for name in areas.values()] == [0, 0, 1, 1, 2, 3]
        assert all(place(box)[1] + 18 < paper.height for box in paper.drawn("rect", width="32"))

    def test_one_class_has_no_edge(self):
        paper = Paper(pictures.choropleth(self.squares([1, 2]), (), title="t", desc="d"))
        assert [t.text for t in paper.drawn("text")] == ["All areas with figures"]

    def test_breaks_by_hand(self):
        assert pictures.quantile_breaks(range(10)) == (2.0, 4.0, 6.0, 8.0)
        assert pictures.quantile_breaks(range(1, 5), classes=2) == (3.0,)
        assert pictures.quantile_breaks([3, None, 3, 3]) == ()
        assert pictures.quantile_breaks([]) == ()

    def test_discs_grow_with_their_counts_by_area_and_stand_at_their_points(self):
        outline = shapely.box(4e5, 3e5, 402_000, 301_000)
        where = ([400_500, 401_000, 401_500, 401_999, 500_000, 400_000], [300_500, 300_250, 300_750, 300_001, 3e5, 3e5])
        counts = [36, 9, 18, 1, 50, 0]
        paper = Paper(pictures.point_map(*where, [*counts[:4], 36, 0], outlines=[outline], title="t", desc="d"))
        west, top, east, bottom = shape_of(paper.drawn("path")[0]).bounds
        x = Ruler([west, (west + east) / 2, east], [4e5, 401_000, 402_000])
        y = Ruler([bottom, (top + bottom) / 2, top], [3e5, 300_500, 301_000])
        discs = [
            (float(one.get("cx", 0)), float(one.get("cy", 0)), float(one.get("r", 0))) for one in paper.drawn("circle")
        ]
        drawn, key = discs[:4], discs[4:]
        order = [0, 2, 1, 3]
        assert x.read(*(each[0] for each in drawn)) == x.tells(where[0][i] for i in order)
        assert y.read(*(each[1] for each in drawn)) == y.tells(where[1][i] for i in order)
        assert [each[2] for each in drawn] == pytest.approx([16, 16 / np.sqrt(2), 8, 16 / 6], abs=CLOSE)
        names = paper.drawn("text")
        assert [t.text for t in names] == ["1", "9", "36"]
        assert [radius for _x, _y, radius in key] == pytest.approx([16 / 6, 8, 16], abs=CLOSE)
        for (left, _y, radius), text, following in zip(key, names, [*key[1:], None], strict=True):
            assert left + radius < place(text)[0]
            if following:
                assert place(text)[0] + 8 * len(text.text) < following[0] - following[2]

    def test_points_and_counts_that_do_not_fit_are_refused(self):
        with pytest.raises(BadInput, match="one count for each point"):
            pictures.point_map([1, 2], [1, 2], [3], outlines=[shapely.box(0, 0, 10, 10)], title="t", desc="d")

    def test_names_stand_in_their_areas_and_not_on_one_another(self):
        areas = self.squares([1] * 4)
        picker = pictures.area_picker(areas, title="t", desc="d")
        paper = Paper(picker.svg)
        for area in areas:
            x, y = paper.at(area.label)
            assert area.shape.contains(shapely.Point(picker.frame.to_bng(x, y - 5)))
        narrow = Paper(pictures.area_picker(self.squares([1] * 40), title="t", desc="d").svg)
        places = sorted(place(t)[0] for t in narrow.drawn("text") if "stroke" not in t.attrib)
        assert 5 <= len(places) <= 20
        assert min(np.diff(places)) >= 48
        assert places[0] - 24 >= 0
        assert places[-1] + 24 <= narrow.width

    def test_a_name_longer_than_the_map_is_left_to_the_list(self):
        area = pictures.Area("k", "W" * 90, shapely.box(4e5, 3e5, 401_000, 301_000), 1)
        assert not Paper(pictures.area_picker([area], title="t", desc="d").svg).drawn("text")

    def test_the_frame_is_as_high_as_its_land_and_no_strip(self):
        bounds = (4e5, 3e5, 402_000, 301_000)
        frame = pictures.MapFrame.fit(bounds, 640)
        assert (frame.width, frame.height) == (640, 328)
        assert frame.metres_per_pixel == pytest.approx(2000 / 624)
        assert [float(v) for v in frame.to_px(4e5, 3e5)] == pytest.approx([8, 320])
        assert [float(v) for v in frame.to_px(402_000, 301_000)] == pytest.approx([632, 8])
        assert pictures.MapFrame.fit((0, 0, 10_000, 10), 640).height == 160
        tall = pictures.MapFrame.fit((0, 0, 10, 10_000), 640)
        assert tall.height == 1280
        assert [float(v) for v in tall.to_px(5, 10_000)] == pytest.approx([320, 8])
        with pytest.raises(BadInput):
            pictures.MapFrame.fit(bounds, 32)

    def test_every_number_of_classes_has_its_own_shades_from_light_to_dark(self):
        for breaks in ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), (1, 2, 3, 4, 5)):
            areas = self.squares([0.5 + i for i in range(len(breaks) + 1)])
            paper = Paper(pictures.choropleth(areas, breaks, title="t", desc="d"))
            fills = [one.get("fill", "") for one in paper.drawn("path") if len(one)]
            light = [sum(bytes.fromhex(fill[1:])) for fill in fills]
            assert light == sorted(set(light), reverse=True)
            assert [one.get("fill") for one in paper.drawn("rect", width="32")] == fills


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (1234.0, "1,234"),
        (0, "0"),
        (0.5, "0.5"),
        (9.994, "9.99"),
        (9.999, "10"),
        (10.04, "10.0"),
        (1234.56, "1,234.6"),
        (-0.25, "-0.25"),
        (-12.34, "-12.3"),
    ],
)
def test_numbers_as_people_write_them(given, written):
    assert number(given) == written


class TestLabels:
    @pytest.mark.parametrize("length", [3, 4, 9, 20])
    @pytest.mark.parametrize("count", [2, 7, 12, 24, 60, 400])
    def test_names_keep_clear_of_one_another_and_no_more_are_left_out_than_must_be(self, count, length):
        plot = axes.plotted([1, 2], count, 640, 300)
        names = [f"{i:0{length}}" for i in range(count)]
        drawn = [ElementTree.fromstring(one) for one in axes.x_labels(plot, names)]
        *shown, last = [(int(one.text or ""), place(one)[0]) for one in drawn]
        needed, apart = 7.5 * length + 12, 572 / count
        every = max(1, math.ceil(needed / apart - 1e-9)) if needed < 572 else count
        assert [i for i, _x in (*shown, last)] == list(range(0, count, every))
        assert [x for _i, x in shown] == pytest.approx([56 + apart * (i + 0.5) for i, _x in shown], abs=CLOSE)
        assert last[1] + 3.75 * length <= 640

    def test_values_below_nought_are_on_the_paper(self):
        plot = axes.plotted([-3, 4], 2, 640, 300)
        assert (plot.low, plot.high) == (-4, 4)
        assert (plot.y(-4), plot.y(4), plot.y(0)) == (300, 24, 162)

    @pytest.mark.parametrize(
        ("low", "high", "marks"),
        [
            (0, 5, range(6)),
            (0, 10, range(0, 11, 2)),
            (0, 11, range(0, 16, 5)),
            (0, 26, range(0, 31, 10)),
            (-7, 3, range(-8, 5, 2)),
        ],
    )
    def test_ticks_by_hand(self, low, high, marks):
        assert axes.ticks(low, high) == list(marks)


class TestKey:
    SAMPLES = (
        axes.mark_sample("common"),
        axes.mark_sample("worse"),
        axes.mark_sample("better"),
        axes.mark_sample("signal"),
    )

    def drawn(self, names, width=640.0):
        parts, end = axes.key(list(zip(self.SAMPLES, names, strict=False)), width, 100.0)
        return Paper(pictures.svg.picture(parts, width=width, height=end, title="t", desc="d", ident=None)), end

    def test_every_mark_stands_in_the_middle_of_its_sample_before_its_words(self):
        paper, _end = self.drawn(["one", "two", "three", "four"])
        texts = paper.drawn("text")
        assert [kind for kind, _x, _y in paper.marks()] == ["circle", "square", "diamond", "triangle"]
        assert [x for _kind, x, _y in paper.marks()] == pytest.approx([place(t)[0] - 22 for t in texts], abs=CLOSE)
        assert [y for _kind, _x, y in paper.marks()] == pytest.approx([place(t)[1] - 4 for t in texts], abs=CLOSE)

    def test_rows_break_where_the_paper_ends(self):
        names = ["w" * 30, "x" * 30, "y" * 60, "z" * 30]
        paper, end = self.drawn(names, width=600.0)
        rows: dict[float, list[str]] = {}
        for one in paper.drawn("text"):
            rows.setdefault(place(one)[1], []).append(one.text or "")
            assert place(one)[0] + 7.2 * len(one.text or "") <= 600
        assert list(rows.values()) == [names[:2], names[2:3], names[3:]]
        assert np.diff(list(rows)) == pytest.approx([22, 22])
        assert end == max(rows) + 10

    def test_words_that_never_fit_leave_no_empty_row(self):
        paper, _end = self.drawn(["w" * 200])
        assert place(paper.drawn("text")[0]) == (44, 114)

    def test_lines_and_boxes_end_before_their_words(self):
        parts, _end = axes.key([(axes.line_sample(dash="6 4"), "line"), (axes.box_sample("#123456"), "box")], 640, 0)
        paper = Paper(pictures.svg.picture(parts, width=640, height=60, title="t", desc="d", ident=None))
        (line,), (box,) = paper.drawn("path", stroke_dasharray="6 4"), paper.drawn("rect", fill="#123456")
        left, y = (float(v) for v in re.match(r"M([\d.]+) ([\d.]+)h28$", line.get("d", "")).groups())
        assert (left + 36, y + 4) == paper.at("line")
        assert (place(box)[0] + 36, place(box)[1] + 11) == paper.at("box")
        assert (box.get("width"), box.get("height")) == ("28", "14")


@pytest.mark.parametrize(
    ("direction", "better", "kind"),
    [
        (0, None, "common"),
        (0, "higher", "common"),
        (1, None, "signal"),
        (1, "higher", "better"),
        (-1, "higher", "worse"),
        (1, "lower", "worse"),
        (-1, "lower", "better"),
    ],
)
def test_what_a_signal_means(direction, better, kind):
    assert axes.signal_kind(direction, better) == kind
