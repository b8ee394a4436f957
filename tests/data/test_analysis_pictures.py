"""Pictures: well-formed, described, escaped, legible without colour, and honest about what is withheld."""

import re
from xml.etree import ElementTree

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.analysis import change, pictures
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<script>alert("x")</script> & Sons'
SQUARES = [
    pictures.Area(f"k{i}", f"Ward {i}", shapely.box(400_000 + 1000 * i, 300_000, 401_000 + 1000 * i, 301_500), value)
    for i, value in enumerate([3.0, 17.0, None, 41.0])
]


def drawn():
    chart = change.xmr([12, 15, 11, 14, 13, 16, 12, 30, 14, 13, 12, 15])
    bars = [pictures.Bar(NASTY, 12, 8, 17), pictures.Bar("Robbery", None)]
    shapes = [area.shape for area in SQUARES]
    said = {"title": NASTY, "desc": "What it shows"}
    return {
        "control_chart": pictures.control_chart(chart, [NASTY] * 12, notes=[(3, NASTY)], better="lower", **said),
        "bar_list": pictures.bar_list(bars, **said),
        "choropleth": pictures.choropleth(SQUARES, (5, 20), outline=shapes[0], **said),
        "point_map": pictures.point_map([400_500, 1], [300_500, 1], [3, 9], outlines=shapes, **said),
        "area_picker": pictures.area_picker(SQUARES, **said).svg,
    }


@pytest.mark.parametrize("name", drawn())
class TestEveryPicture:
    def test_is_named_and_described(self, name):
        root = ElementTree.fromstring(drawn()[name])
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title.text == NASTY
        assert desc.text == "What it shows"
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"

    def test_holds_nothing_that_the_content_policy_forbids(self, name):
        text = drawn()[name]
        assert "<script" not in text
        assert not re.search(r'\s(style|on\w+|href|src)="', text)
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")

    def test_ids_are_unique_and_found(self, name):
        text = drawn()[name]
        ids = re.findall(r' id="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)

    def test_is_the_same_every_time_and_needs_no_escaping(self, name):
        assert drawn()[name] == drawn()[name]
        assert drawn()[name].__html__() == drawn()[name]


class TestControlChart:
    chart = change.xmr([12, 15, 11, 14, 13, 16, 12, 30, 14, 13, 12, 15])

    def test_a_signal_has_its_own_shape(self):
        worse = pictures.control_chart(self.chart, ["m"] * 12, title="t", desc="d", better="lower")
        neutral = pictures.control_chart(self.chart, ["m"] * 12, title="t", desc="d")
        assert "Signal: worse" in worse
        assert "Signal of a change" in neutral
        assert "Signal: worse" not in neutral
        assert worse.count("<circle") == 11 + 1  # eleven usual points and one in the legend

    def test_labels_thin_out_before_they_touch(self):
        long = change.xmr([10, 12] * 60)
        text = pictures.control_chart(long, [f"Mis Tachwedd {i}" for i in range(120)], title="t", desc="d")
        assert text.count("Mis Tachwedd") < 8

    def test_a_level_series_can_be_drawn(self):
        assert "NaN" not in pictures.control_chart(change.xmr([0, 0, 0, 0]), list("abcd"), title="t", desc="d")


class TestMaps:
    def test_withheld_is_hatched_and_its_number_is_nowhere(self):
        text = pictures.choropleth(SQUARES, (5, 20), title="t", desc="d")
        assert text.count("-hatch)") == 2  # the area and its key
        assert "Withheld" in text
        assert "Ward 2:" not in text

    def test_shades_run_from_light_to_dark(self):
        text = pictures.choropleth(SQUARES, (5, 20), title="t", desc="d")
        fills = re.findall(r'fill="#([0-9a-f]{6})"', text.split("</title>", 1)[1])
        light = [sum(bytes.fromhex(f)) for f in fills if f in ("deebf7", "9ecae1", "3182bd")][:3]
        assert light == sorted(light, reverse=True)

    def test_no_shade_without_a_withheld_area_no_hatch_in_the_key(self):
        assert "Withheld" not in pictures.choropleth(SQUARES[:2], (5,), title="t", desc="d")

    @pytest.mark.parametrize("breaks", [(5, 5), (9, 5), (1, 2, 3, 4, 5, 6)])
    def test_breaks_that_nobody_can_read_are_refused(self, breaks):
        with pytest.raises(BadInput):
            pictures.choropleth(SQUARES, breaks, title="t", desc="d")

    def test_nothing_to_draw_is_refused(self):
        with pytest.raises(BadInput):
            pictures.choropleth([], (5,), title="t", desc="d")

    def test_a_hole_stays_open(self):
        ring = shapely.Polygon(
            shapely.box(0, 0, 100, 100).exterior.coords, [list(shapely.box(40, 40, 60, 60).exterior.coords)]
        )
        text = pictures.choropleth([pictures.Area("a", "A", ring, 1.0)], (), title="t", desc="d")
        assert re.search(r'd="M[^"]*ZM[^"]*Z"', text)
        assert 'fill-rule="evenodd"' in text

    @given(st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=40))
    def test_quantile_breaks_are_breaks(self, values):
        breaks = pictures.quantile_breaks(values)
        assert list(breaks) == sorted(set(breaks))
        assert len(breaks) <= 4

    def test_a_click_finds_its_area(self):
        picker = pictures.area_picker(SQUARES, title="t", desc="d")
        root = ElementTree.fromstring(picker.svg)
        assert (root.get("width"), root.get("height")) == (str(picker.frame.width), str(picker.frame.height))
        for area in SQUARES:
            x, y = (int(v) for v in picker.frame.to_px(area.shape.centroid.x, area.shape.centroid.y))
            assert area.shape.contains(shapely.Point(picker.frame.to_bng(x, y)))

    @given(st.integers(0, 639), st.integers(0, 200))
    def test_a_pixel_comes_back_to_itself(self, x, y):
        frame = pictures.MapFrame.fit((350_000, 420_000, 391_000, 470_000), 640)
        back_x, back_y = frame.to_px(*frame.to_bng(x, y))
        assert (float(back_x), float(back_y)) == pytest.approx((x + 0.5, y + 0.5), abs=1e-6)

    def test_the_same_bounds_make_the_same_frame(self):
        bounds = (350_000.0, 420_000.0, 391_000.0, 470_000.0)
        assert pictures.MapFrame.fit(bounds, 640) == pictures.MapFrame.fit(bounds, 640)

    @pytest.mark.parametrize("bounds", [(0, 0, 0, 10), (0, 0, float("nan"), 1)])
    def test_bounds_without_room_are_refused(self, bounds):
        with pytest.raises(BadInput):
            pictures.MapFrame.fit(bounds, 640)


class TestBars:
    def test_withheld_is_not_zero(self):
        text = pictures.bar_list([pictures.Bar("Robbery", None), pictures.Bar("Drugs", 0)], title="t", desc="d")
        assert text.count("-hatch)") == 1
        assert ">withheld<" in text
        assert ">0<" in text

    def test_nothing_can_be_drawn(self):
        assert pictures.bar_list([], title="t", desc="d")
