"""Pictures of results: what is drawn is what was found, in the numbers' own proportions, and it can be heard as well."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely

from ourpatch.data.analysis import (
    comparison,
    cusum,
    evaluation,
    evaluation_designs,
    false_alarms,
    forecast,
    hours,
    matching,
    pictures,
    rare,
    vulnerability,
)
from ourpatch.data.analysis.evaluation import BeforeAfter
from ourpatch.data.analysis.pictures.axes import plotted, ticks, x_labels
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<arson> & Sons"
SAID = {"what": NASTY, "where": "Trefelin", "when": "2024"}
PLACE = {"where": "Trefelin", "when": "2024"}
YEAR = [10, 12, 14, 20, 26, 30, 34, 30, 24, 18, 12, 10]
AREAS = ["a", "b", "c", "d"]

RISING = cusum.cusum([6, 5, 7, 6, 14, 13, 15, 12, 6, 5], [6.0] * 10)
GAPS = rare.g_chart([3, 5, 2, 8, 4, 6, 1, 7, 3, 90], baseline=9)
AHEAD = forecast.forecast([*YEAR * 4, *(3 * v for v in YEAR)], months=2)
MOVED = evaluation.wdd(
    BeforeAfter(100, 70), BeforeAfter(200, 190), buffer=BeforeAfter(50, 45), buffer_control=BeforeAfter(200, 190)
)
BROKEN = evaluation_designs.interrupted_series([30.0 + i % 3 for i in range(20)] + [22.0 + i % 3 for i in range(8)], 20)
PANEL = np.random.default_rng(4).poisson(20, (6, 8)).astype(float)
APART = evaluation_designs.difference_in_differences(PANEL, [True] * 3 + [False] * 3, 5)
WEEK = hours.hours_and_weekdays(
    np.array([datetime(2024, 3, 1, 22, 5) + timedelta(days=7 * i) for i in range(9)] + [datetime(2024, 3, 4, 9, 30)])
)
RATES = comparison.compare_rates("b", AREAS, [230, 180, 40, 300], [20000] * 4)
INDEX = vulnerability.vulnerable_localities(
    AREAS, {"income": [1, 2, 30, np.nan], "education": [1, 2, 30, np.nan]}, None, draws=9
)
MATCHED = matching.match_areas(["a", "b"], AREAS, [100, 50, 52, 97], {"poor": [0.3, 0.1, 0.12, 0.5]})
ALARMS = false_alarms.false_alarms([2.0, 30.0, 8.0] * 3, runs=6)
SHAPES = {key: shapely.box(1000 * i, 0, 1000 * i + 1000, 1500) for i, key in enumerate(AREAS)}


def numbered(count):
    return [f"p{i}" for i in range(count)]


PICTURES = {
    "cusum": lambda: pictures.cusum_chart(RISING, numbered(10), **SAID),
    "gaps": lambda: pictures.gap_chart(GAPS, numbered(10), better="higher", **SAID),
    "forecast": lambda: pictures.forecast_chart(AHEAD, numbered(62), **SAID),
    "before_after": lambda: pictures.before_after_chart(MOVED, **SAID),
    "interrupted": lambda: pictures.interrupted_chart(BROKEN, numbered(28), **SAID),
    "differences": lambda: pictures.differences_chart(APART, numbered(8), **SAID),
    "week": lambda: pictures.week_grid(WEEK, **SAID),
    "rates": lambda: pictures.rates_chart(RATES, names={"b": NASTY}, **SAID),
    "index_map": lambda: pictures.vulnerability_map(INDEX, SHAPES, names={"c": NASTY}, **PLACE),
    "index_bars": lambda: pictures.vulnerability_bars(INDEX, names={"c": NASTY}, **PLACE),
    "balance": lambda: pictures.balance_chart(MATCHED, **SAID),
    "alarms": lambda: pictures.false_alarm_chart(ALARMS, **PLACE),
}


def draw(name):
    return PICTURES[name]()


def part(text, name):
    return ElementTree.fromstring(text).find(f"{SVG}{name}").text


@pytest.mark.parametrize("name", PICTURES)
class TestEveryPicture:
    def test_says_what_where_and_when(self, name):
        title = part(draw(name), "title")
        assert all(word in title for word in PLACE.values())
        assert NASTY in title or name in ("index_map", "index_bars", "alarms")
        assert re.search(r"\d", title.replace("2024", "")), "the title tells no base"

    def test_is_described_from_the_numbers(self, name):
        desc = part(draw(name), "desc")
        assert len(re.findall(r"\d+", desc)) >= 2
        assert "%(" not in desc

    def test_holds_nothing_that_the_content_policy_forbids(self, name):
        text = draw(name)
        assert "<arson" not in text
        assert not re.search(r'\s(style|on\w+|href|src)="', text)
        assert "nan" not in text.lower().replace("alignment", "")

    def test_ids_are_unique_and_found_and_it_is_the_same_every_time(self, name):
        text = draw(name)
        ids = re.findall(r' id="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)
        assert text == draw(name)

    def test_everything_lies_on_the_paper(self, name):
        text = draw(name)
        width, height = (float(v) for v in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text).groups())
        for element in ElementTree.fromstring(text).iter():
            for axis, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                assert 0 <= float(element.get(axis, 0)) <= most

    def test_words_are_translated_when_drawn(self, name, monkeypatch):
        monkeypatch.setattr("django.utils.translation.gettext", lambda text: f"cy {text}")
        text = draw(name)
        assert part(text, "title").startswith("cy ")
        assert part(text, "desc").startswith("cy ")
        assert text.count(">cy ") >= 3


class TestTime:
    def test_every_signal_of_the_sum_is_a_triangle_and_named(self):
        text = draw("cusum")
        assert text.count("l7 12h-14z") == len(RISING.signals) + 1  # and one in the key
        assert f"Signals at: {'; '.join(f'p{i}' for i in RISING.signals)}." in part(text, "desc")

    def test_after_a_signal_the_line_begins_again_from_nought(self):
        lines = ElementTree.fromstring(draw("cusum")).findall(f"{SVG}polyline")
        assert len(lines) == len(RISING.signals) + (RISING.signals[-1] < 9)
        ground = plotted([*RISING.sums, RISING.design.h], 10, 640, 264, 44.0).bottom
        starts = [float(one.get("points").split()[0].split(",")[1]) for one in lines[1:]]
        assert starts == [ground] * len(starts)

    def test_a_sum_without_a_signal_has_none_in_its_key(self):
        quiet = pictures.cusum_chart(cusum.cusum([6, 5, 7, 6], [6.0] * 4), numbered(4), **SAID)
        assert "l7 12h-14z" not in quiet
        assert "No signal" in part(quiet, "desc")

    def test_the_other_way_is_asked_the_other_way(self):
        falling = pictures.cusum_chart(cusum.cusum([6, 5, 7, 6], [6.0] * 4, ratio=0.6), numbered(4), **SAID)
        assert "lasting fall" in part(falling, "title")
        assert "Incidents below the reference" in falling

    def test_a_long_gap_is_better_only_when_said(self):
        assert "Signal: better" in draw("gaps")
        assert "p9: 90 days, longer than chance makes." in part(draw("gaps"), "desc")
        assert "Signal of a change" in pictures.gap_chart(GAPS, numbered(10), **SAID)
        assert "Signal: worse" in pictures.gap_chart(GAPS, numbered(10), better="lower", **SAID)

    def test_the_back_test_is_drawn_with_what_it_missed(self):
        near = [one for one in AHEAD.past if one.months == 1]
        missed = [one for one in near if not one.held]
        text = draw("forecast")
        assert missed
        assert text.count("l7 12h-14z") == len(missed) + 1
        assert len(re.findall(r'<rect[^>]* width="5"', text)) == len(near) + 1
        assert f"p60: {AHEAD.ahead[0].expected:.0f}, between" in part(text, "desc")

    def test_names_that_do_not_fit_are_refused(self):
        with pytest.raises(BadInput, match="one name for each period: 62"):
            pictures.forecast_chart(AHEAD, numbered(60), **SAID)

    def test_the_last_name_stays_on_the_paper(self):
        plot = plotted([1, 2], 7, 640, 300)
        (text,) = [one for one in x_labels(plot, [*"abcdef", "Rhagfyr 2024 hyd Ionawr"]) if "Rhagfyr" in one]
        assert plot.x(6) + 23 * 3.75 > 640
        assert float(re.search(r'x="([\d.]+)"', text)[1]) + 23 * 3.75 <= 640

    @pytest.mark.parametrize("high", [0.003, 0.7, 1, 9, 12, 1234, 5e6])
    def test_ticks_are_few_round_and_cover(self, high):
        marks = ticks(0.0, high)
        assert 4 <= len(marks) <= 7
        assert marks[0] == 0
        assert marks[-1] >= high * (1 - 1e-9)


class TestEffects:
    def test_bars_are_as_long_as_their_counts(self):
        widths = [float(w) for w in re.findall(r'<rect[^>]* width="([\d.]+)" height="18"', draw("before_after"))]
        assert np.array(widths) / widths[0] == pytest.approx([1, 0.7, 0.5, 0.45, 2, 1.9, 2, 1.9], abs=2e-3)

    def test_the_mark_is_where_the_comparison_leads_to_expect(self):
        """100 before less the 10 that the comparison lost is 90; 50 less 10 is 40."""
        text = draw("before_after")
        unit = float(re.search(r'<rect[^>]* width="([\d.]+)" height="18"', text)[1]) / 100
        marks = [float(x) for x in re.findall(r'd="M([\d.]+) [\d.]+v24.0" stroke="#0b0c0c"', text)]
        assert [(x - 8) / unit for x in marks] == pytest.approx([90, 40], abs=0.2)

    def test_a_shorter_period_before_is_stretched_and_said(self):
        found = evaluation.wdd(BeforeAfter(10, 18, 6, 12), BeforeAfter(20, 41, 6, 12))
        text = pictures.before_after_chart(found, **SAID)
        assert ">10 before (drawn as 20)<" in text
        widths = [float(w) for w in re.findall(r'<rect[^>]* width="([\d.]+)" height="18"', text)]
        assert np.array(widths) / widths[0] == pytest.approx([1, 0.9, 2, 2.05], abs=2e-3)
        assert "as long a period" in part(text, "desc")

    def test_what_would_have_been_starts_where_it_began(self):
        lines = ElementTree.fromstring(draw("interrupted")).findall(f"{SVG}polyline")
        lengths = [len(one.get("points").split()) for one in lines]
        assert lengths == [20, 8, 8]
        assert "before and after p20" in part(draw("interrupted"), "title")

    def test_two_groups_and_what_would_have_been(self):
        lines = ElementTree.fromstring(draw("differences")).findall(f"{SVG}polyline")
        assert sorted(len(one.get("points").split()) for one in lines) == [3, 8, 8]
        assert len({one.get("stroke-dasharray") for one in lines}) == 3
        before, after = np.mean(PANEL[:3, :5]), np.mean(PANEL[:3, 5:])
        assert f"mean {before:.1f} before, {after:.1f} after" in part(draw("differences"), "desc").replace(".0 ", " ")


class TestAreas:
    def test_the_week_says_every_hour_and_frames_the_busiest(self):
        text = draw("week")
        assert len(re.findall(r'font-size="12"', text)) == 168
        assert text.count(">9</text>") == 1
        # Nine and one are both more than three times the average hour; and one sample in the key.
        assert len(re.findall(r'<rect[^>]*fill="#08519c"', text)) == 3
        assert "Friday 9," in part(text, "desc")
        assert len(re.findall(r'fill="none"', text)) == 2

    def test_a_week_of_thousands_is_shaded_only(self):
        many = hours.hours_and_weekdays(np.array([datetime(2024, 3, 1, 22, 5)] * 1000))
        assert 'font-size="12"' not in pictures.week_grid(many, **SAID)

    def test_rates_run_from_the_highest_and_differ_by_shape(self):
        text = draw("rates")
        names = re.findall(r'text-anchor="end"[^>]*>([^<]+)</text>', text)
        assert names == ["d", "a", "&lt;arson&gt; &amp; Sons", "c"]
        apart = sum(other.q <= comparison.ALPHA for other in RATES.others)
        assert len(re.findall(r'<rect[^>]* width="10" height="10"', text)) == apart + 1

    def test_areas_differ_only_by_the_adjusted_p(self):
        found = comparison.compare_rates("a", [*AREAS, "e"], [100, 132, 100, 100, 100], [20000] * 5)
        (most,) = [other for other in found.others if other.key == "b"]
        assert most.p <= comparison.ALPHA < most.q
        text = pictures.rates_chart(found, **SAID)
        assert len(re.findall(r'<rect[^>]* width="10" height="10"', text)) == 1

    def test_no_figures_is_not_withheld(self):
        text = draw("index_map")
        assert ">No figures<" in text
        assert "Withheld" not in text

    def test_an_area_without_an_outline_is_refused(self):
        with pytest.raises(BadInput, match="No outline is known for c"):
            pictures.vulnerability_map(INDEX, {key: SHAPES[key] for key in "abd"}, **PLACE)

    def test_bars_stop_where_they_are_asked_to(self):
        text = pictures.vulnerability_bars(INDEX, most=1, **PLACE)
        assert text.count('height="18"') == 1
        assert "priority: over 200" in text

    def test_balance_is_drawn_before_and_after(self):
        text = draw("balance")
        assert text.count("<circle") == text.count("l7 7-7 7-7 -7z") == len(MATCHED.balance) + 1
        assert f"poor: {abs(MATCHED.balance[1].before):.2f} before matching" in part(text, "desc")

    def test_an_endless_difference_lies_on_the_edge(self):
        apart = matching.match_areas(["a", "b"], AREAS, [5] * 4, {"x": [1, 1, 0, 0]})
        text = pictures.balance_chart(apart, **SAID)
        assert text.count("∞") >= 2
        assert "inf" not in text

    def test_alarms_are_counted(self):
        heights = [float(h) for h in re.findall(r'height="([\d.]+)" fill="#08519c"', draw("alarms"))]
        counts = [ALARMS.counts.count(v) for v in range(min(ALARMS.counts), max(ALARMS.counts) + 1)]
        assert sum(counts) == 6
        assert np.array(heights) / max(heights) == pytest.approx(np.array(counts) / max(counts), abs=2e-3)
