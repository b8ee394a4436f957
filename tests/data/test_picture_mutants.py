"""Charts read back with a ruler, as a reader does: by the numbers at an axis every mark stands for the figure that was found.

A mutation run (docs/methods/mutations.md) found that no other test held where things are drawn.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from tests.data.reading_pictures import (
    ACROSS,
    CLOSE,
    SAID,
    SVG,
    UPRIGHT,
    Paper,
    Ruler,
    extent,
    inside,
    named,
    place,
    sideways,
    spread,
    upwards,
    value,
)

from ourpatch.data.analysis import (
    change,
    comparison,
    concentration,
    cusum,
    evaluation,
    evaluation_designs,
    false_alarms,
    forecast,
    funnels,
    matching,
    mix,
    pictures,
    rare,
)
from ourpatch.data.analysis.distributions import poisson_interval
from ourpatch.data.analysis.evaluation import BeforeAfter

pytestmark = pytest.mark.rules

SERIES = [12, 15, 11, 14, 13, 16, 12, 30, 14, 13, 12, 15]
CHART = change.xmr(SERIES)


class TestControlChart:
    paper = Paper(
        pictures.control_chart(CHART, named(12), title="t", desc="d", better="lower", notes=[(2, "early"), (9, "late")])
    )

    def test_marks_stand_over_their_names_at_their_values(self):
        ruler = upwards(self.paper)
        marks = inside(self.paper, ruler)
        assert ruler.read(*(y for _kind, _x, y in marks)) == ruler.tells(SERIES)
        assert [x for _kind, x, _y in marks] == pytest.approx([self.paper.at(name)[0] for name in named(12)], abs=CLOSE)
        assert [kind for kind, _x, _y in marks] == ["circle"] * 7 + ["square"] + ["circle"] * 4

    def test_the_line_joins_them_and_the_limits_are_dashed(self):
        ruler = upwards(self.paper)
        found = [(dash, ruler.read(*(y for _x, y in corners))) for dash, corners in self.paper.lines()]
        wanted = [(None, CHART.centre), ("6 4", CHART.lower), ("6 4", CHART.upper), (None, CHART.values)]
        assert [dash for dash, _values in found] == [dash for dash, _values in wanted]
        for (_dash, values), (_same, numbers) in zip(found, wanted, strict=True):
            assert values == ruler.tells(numbers)

    def test_a_note_is_a_line_at_its_period_with_words_where_there_is_room(self):
        lines = [float(UPRIGHT.match(one.get("d", ""))[1]) for one in self.paper.drawn("path", stroke_dasharray="2 3")]
        assert lines == pytest.approx([self.paper.at(name)[0] for name in ("p2", "p9")], abs=CLOSE)
        (early,), (late,) = (
            [each for each in self.paper.drawn("text") if each.text == text] for text in ("early", "late")
        )
        assert (early.get("text-anchor"), late.get("text-anchor")) == ("start", "end")
        assert lines[0] < place(early)[0] < lines[0] + 10
        assert lines[1] - 10 < place(late)[0] < lines[1]

    def test_the_key_tells_each_kind_of_mark_and_line(self):
        bottom = max(upwards(self.paper).first, upwards(self.paper).last)
        shapes = {y: kind for kind, _x, y in self.paper.marks() if y > bottom + CLOSE}
        assert sorted(shapes.values()) == ["circle", "square"] or len(shapes) == 1
        kinds = [kind for kind, _x, y in self.paper.marks() if y > bottom + CLOSE]
        assert kinds == ["circle", "square"]
        words = [each.text for each in self.paper.drawn("text") if place(each)[1] > bottom + 24]
        assert words == ["Average", "Limits of usual variation", "Usual variation", "Signal: worse"]


YEAR = [10, 12, 14, 20, 26, 30, 34, 30, 24, 18, 12, 10]
RISING = cusum.cusum([6, 5, 7, 6, 14, 13, 15, 12, 6, 5], [6.0] * 10)
GAPS = rare.g_chart([3, 5, 2, 8, 4, 6, 1, 7, 3, 90], baseline=9)
AHEAD = forecast.forecast([*YEAR * 4, *(3 * count for count in YEAR)], months=2)
FIGURES = [30.0 + i % 3 for i in range(20)] + [22.0 + i % 3 for i in range(8)]
BROKEN = evaluation_designs.interrupted_series(FIGURES, 20)
PANEL = np.random.default_rng(4).poisson(20, (6, 8)).astype(float)
APART = evaluation_designs.difference_in_differences(PANEL, [True] * 3 + [False] * 3, 5)
MOVED = evaluation.wdd(
    BeforeAfter(100, 70), BeforeAfter(200, 190), buffer=BeforeAfter(50, 45), buffer_control=BeforeAfter(200, 190)
)
KEYS = ["a", "b", "c", "d"]
RATES = comparison.compare_rates("b", KEYS, [230, 180, 40, 300], [20000] * 4)
EXPECTED = mix.allowed_for(KEYS, ["one", "two"], [[90, 60], [60, 40], [40, 20], [52, 37]], [[900, 600]] * 4)
MATCHED = matching.match_areas(["a", "b"], KEYS, [100, 50, 52, 97], {"poor": [0.3, 0.1, 0.12, 0.5]})
PEOPLE = [2000 + 1000 * i for i in range(20)]
RECORDED = [p // 50 * 3 if i == 4 else p // 150 if i == 15 else p // 50 for i, p in enumerate(PEOPLE)]
FUNNEL = funnels.funnel([f"W{i:02}" for i in range(20)], RECORDED, PEOPLE)
UNEVEN = concentration.concentration([9, 5, 3, 1, 1, 1, 0, 0, 0, 0] * 5, bootstraps=99, simulations=19)


class TestTime:
    def test_the_sum_and_its_threshold(self):
        found = RISING
        paper = Paper(pictures.cusum_chart(found, named(10), **SAID))
        ruler = upwards(paper)
        marks = sorted(inside(paper, ruler), key=lambda each: each[1])
        assert ruler.read(*(y for _kind, _x, y in marks)) == ruler.tells(found.sums)
        assert [i for i, (kind, _x, _y) in enumerate(marks) if kind == "triangle"] == list(found.signals)
        assert [x for _kind, x, _y in marks] == pytest.approx([paper.at(name)[0] for name in named(10)], abs=CLOSE)
        threshold = ACROSS.match(paper.drawn("path", stroke_dasharray="6 4")[0].get("d", ""))
        assert ruler.read(float(threshold[2])) == ruler.tells([found.design.h])
        again = [corners[0] for _dash, corners in paper.lines()[1:]]
        assert again == [
            pytest.approx((marks[i][1], ruler.first if ruler.slope > 0 else ruler.last), abs=CLOSE)
            for i in found.signals[: len(again)]
        ]

    def test_gaps_with_their_limits(self):
        found = GAPS
        paper = Paper(pictures.gap_chart(found, named(10), better="higher", **SAID))
        ruler = upwards(paper)
        marks = inside(paper, ruler)
        assert ruler.read(*(y for _kind, _x, y in marks)) == ruler.tells(found.gaps)
        assert [kind for kind, _x, _y in marks] == ["circle"] * 9 + ["diamond"]
        wanted = [(None, found.centre), ("6 4", found.upper), ("6 4", found.lower)][: 2 + (found.lower > 0)]
        for (dash, corners), (as_wanted, level) in zip(paper.lines()[:-1], wanted, strict=True):
            assert dash == as_wanted
            assert ruler.read(*(y for _x, y in corners)) == ruler.tells([level] * 10)

    def test_forecasts_with_their_intervals_and_those_of_the_past(self):
        found = AHEAD
        paper = Paper(pictures.forecast_chart(found, named(62), width=5000, **SAID))
        ruler = upwards(paper)
        drawn = [spread(one) for one in paper.drawn("path") if "h8" in one.get("d", "")][: len(found.ahead)]
        assert [x for x, _top, _bottom in drawn] == pytest.approx([paper.at(p)[0] for p in ("p60", "p61")], abs=CLOSE)
        assert ruler.read(*(top for _x, top, _bottom in drawn)) == ruler.tells(one.upper for one in found.ahead)
        assert ruler.read(*(bottom for _x, _top, bottom in drawn)) == ruler.tells(one.lower for one in found.ahead)
        shapes = inside(paper, ruler)
        best = [(x, y) for kind, x, y in shapes if kind == "diamond"]
        assert [x for x, _y in best] == pytest.approx([x for x, _top, _bottom in drawn], abs=CLOSE)
        assert ruler.read(*(y for _x, y in best)) == ruler.tells(one.expected for one in found.ahead)
        missed = [(x, y) for kind, x, y in shapes if kind == "triangle"]
        past = [one for one in found.past if one.months == 1]
        assert ruler.read(*(y for _x, y in missed)) == ruler.tells(one.came for one in past if not one.held)
        bands = paper.drawn("rect", width="5")[:-1]
        tops = [place(one)[1] for one in bands]
        bottoms = [top + float(one.get("height", 0)) for top, one in zip(tops, bands, strict=True)]
        assert ruler.read(*tops) == ruler.tells(one.upper for one in past)
        wide = [i for i, one in enumerate(past) if float(bands[i].get("height", 0)) > 1]
        assert ruler.read(*(bottoms[i] for i in wide)) == pytest.approx(
            [past[i].lower for i in wide], abs=2 * CLOSE * abs(ruler.slope)
        )
        assert [place(one)[0] + 2.5 for one in bands] == pytest.approx(
            [paper.at(f"p{one.position}")[0] for one in past], abs=CLOSE
        )
        (begins,) = [UPRIGHT.match(one.get("d", "")) for one in paper.drawn("path", stroke_dasharray="2 3")]
        assert paper.at("p59")[0] < float(begins[1]) < paper.at("p60")[0]

    def test_a_series_that_was_interrupted(self):
        found = BROKEN
        paper = Paper(pictures.interrupted_chart(found, named(28), width=2000, **SAID))
        ruler = upwards(paper)
        dots = inside(paper, ruler)
        assert ruler.read(*(y for _kind, _x, y in dots)) == ruler.tells(FIGURES)
        assert [x for _kind, x, _y in dots] == pytest.approx([paper.at(name)[0] for name in named(28)], abs=CLOSE)
        wanted = [(None, found.fitted[:20]), (None, found.fitted[20:]), ("6 4", found.expected)]
        for (dash, corners), (as_wanted, numbers) in zip(paper.lines(), wanted, strict=True):
            assert dash == as_wanted
            assert ruler.read(*(y for _x, y in corners)) == ruler.tells(numbers)
        assert [corners[0][0] for _dash, corners in paper.lines()] == pytest.approx(
            [paper.at(name)[0] for name in ("p0", "p20", "p20")], abs=CLOSE
        )
        (began,) = [UPRIGHT.match(one.get("d", "")) for one in paper.drawn("path", stroke_dasharray="2 3")]
        assert paper.at("p19")[0] < float(began[1]) < paper.at("p20")[0]
        last = f"In the last period {found.fitted[-1]:.1f} fitted, {found.expected[-1]:.1f} expected without it."
        assert last.replace(".0 ", " ") in paper.said("desc")

    def test_two_groups_differ_by_dash_and_shape(self):
        found = APART
        paper = Paper(pictures.differences_chart(found, named(8), **SAID))
        ruler = upwards(paper)
        wanted = {"6 4": found.others, "2 3": found.expected, None: found.treated}
        for dash, corners in paper.lines():
            assert ruler.read(*(y for _x, y in corners)) == ruler.tells(wanted[dash])
        for shape, numbers in (("square", found.others), ("circle", found.treated)):
            marks = [(x, y) for kind, x, y in inside(paper, ruler) if kind == shape]
            assert ruler.read(*(y for _x, y in marks)) == ruler.tells(numbers)
            assert [x for x, _y in marks] == pytest.approx([paper.at(name)[0] for name in named(8)], abs=CLOSE)

    def test_false_alarms_are_counted_in_bars(self):
        found = false_alarms.false_alarms([2.0, 30.0, 8.0] * 3, runs=9)
        paper = Paper(pictures.false_alarm_chart(found, where="Trefelin", when="2024"))
        ruler = upwards(paper)
        bars = paper.drawn("rect", fill="#08519c")
        numbers = range(min(found.counts), max(found.counts) + 1)
        assert ruler.read(*(place(one)[1] for one in bars)) == ruler.tells(map(found.counts.count, numbers))
        ends = [place(one)[1] + float(one.get("height", 0)) for one in bars]
        assert ruler.read(*ends) == ruler.tells([0] * len(bars))
        # The names of the bars stand in one row under the axis.
        names = {t.text: place(t)[0] for t in paper.drawn("text", text_anchor="middle") if (t.text or "").isdigit()}
        assert [place(one)[0] + float(one.get("width", 0)) / 2 for one in bars] == pytest.approx(
            [names[str(number)] for number in numbers], abs=CLOSE
        )


class TestBeside:
    def test_rates_along_their_axis(self):
        found = RATES
        paper = Paper(pictures.rates_chart(found, **SAID))
        ruler = sideways(paper)
        rates = {found.target: found.rate, **{one.key: one.rate for one in found.others}}
        order = sorted(KEYS, key=lambda one: -rates[one].value)
        below = max(paper.at(one)[1] for one in KEYS) + 5
        marks = [each for each in paper.marks() if each[2] < below]
        assert ruler.read(*(x for _kind, x, _y in marks)) == ruler.tells(rates[one].value for one in order)
        assert [y for _kind, _x, y in marks] == pytest.approx([paper.at(one)[1] - 5 for one in order], abs=CLOSE)
        rows = [UPRIGHT.match(one.get("d", "")) for one in paper.drawn("path", stroke_width="0.5")]
        assert all(float(line[2]) < y < float(line[3]) for line in rows for _kind, _x, y in marks)
        apart = {one.key for one in found.others if one.q <= comparison.ALPHA}
        assert [kind for kind, _x, _y in marks] == [
            "diamond" if one == "b" else "square" if one in apart else "circle" for one in order
        ]
        ends = [re.match(r"M([\d.]+) ([\d.]+)H([\d.]+)M", one.get("d", "")) for one in paper.drawn("path")]
        intervals = [each for each in ends if each]
        assert ruler.read(*(float(each[1]) for each in intervals)) == ruler.tells(rates[one].lower for one in order)
        assert ruler.read(*(float(each[3]) for each in intervals)) == ruler.tells(rates[one].upper for one in order)
        together = UPRIGHT.match(paper.drawn("path", stroke_dasharray="6 4")[0].get("d", ""))
        assert ruler.read(float(together[1])) == ruler.tells([found.together.value])
        for one in order:
            beside = [t for t in paper.drawn("text") if place(t)[1] == paper.at(one)[1] and t.text != one]
            assert [t.text for t in beside] == [f"{rates[one].value:g}"]
            assert f"{one}: {rates[one].value:g}, between" in paper.said("desc")

    def test_ratios_along_their_axis_from_nought(self):
        paper = Paper(pictures.ratio_chart(EXPECTED, **SAID))
        ruler = sideways(paper)
        assert ruler.numbers[0] == 0
        rows = EXPECTED.ranked()
        marks = paper.marks()[: len(rows)]
        assert ruler.read(*(x for _kind, x, _y in marks)) == ruler.tells(one.ratio for one in rows)
        assert [y for _kind, _x, y in marks] == pytest.approx([paper.at(one.key)[1] - 5 for one in rows], abs=CLOSE)
        assert [kind for kind, _x, _y in marks] == ["square" if one.apart else "circle" for one in rows]
        intervals = [
            m for one in paper.drawn("path") if (m := re.match(r"M([\d.]+) ([\d.]+)H([\d.]+)M", one.get("d", "")))
        ]
        assert ruler.read(*(float(each[1]) for each in intervals)) == ruler.tells(one.interval.lower for one in rows)
        assert ruler.read(*(float(each[3]) for each in intervals)) == ruler.tells(one.interval.upper for one in rows)
        (line,) = [m for one in paper.drawn("path", stroke_width="1.5") if (m := UPRIGHT.match(one.get("d", "")))]
        assert ruler.read(float(line[1])) == ruler.tells([1.0])

    def test_balance_along_its_axis(self):
        found = MATCHED
        paper = Paper(pictures.balance_chart(found, **SAID))
        ruler = sideways(paper)
        rows = found.balance
        marks = paper.marks()[: 2 * len(rows)]
        for shape, numbers in (("circle", [one.before for one in rows]), ("diamond", [one.after for one in rows])):
            assert ruler.read(*(x for kind, x, _y in marks if kind == shape)) == ruler.tells(map(abs, numbers))
        line = UPRIGHT.match(paper.drawn("path", stroke_dasharray="6 4")[0].get("d", ""))
        assert ruler.read(float(line[1])) == ruler.tells([matching.BALANCED])
        assert all(float(line[2]) < y < float(line[3]) for _kind, _x, y in marks)
        for one in rows:
            y = paper.at(str(one.name))[1]
            beside = [each for each in paper.drawn("text") if 0 < place(each)[1] - y < 30]
            assert [each.text for each in beside] == [f"{abs(one.after):.2f}"]

    def test_areas_in_the_funnel(self):
        found = FUNNEL
        paper = Paper(pictures.funnel_plot(found, **SAID))
        ruler = upwards(paper)
        bottom = max(ruler.first, ruler.last)
        under = [t for t in paper.drawn("text", text_anchor="middle") if bottom < place(t)[1] < bottom + 24]
        across = Ruler([place(t)[0] for t in under], [value(t.text) for t in under])
        dots = [(x, y) for kind, x, y in inside(paper, ruler) if kind == "circle"]
        within = [one for one in found.points if one.position is funnels.Position.WITHIN]
        assert across.read(*(x for x, _y in dots)) == across.tells(one.limits.population for one in within)
        assert ruler.read(*(y for _x, y in dots)) == ruler.tells(one.value for one in within)
        tips = {
            down: [
                (float(m[1]), float(m[2])) for one in paper.drawn("path") if (m := re.match(shape, one.get("d", "")))
            ]
            for down, shape in ((False, r"M([\d.]+) ([\d.]+)l6.5 12h-13z"), (True, r"M([\d.]+) ([\d.]+)l6.5 -12h-13z"))
        }
        for down, one in ((False, found.points[4]), (True, found.points[15])):
            x, tip = tips[down][0]
            assert across.read(x) == across.tells([one.limits.population])
            assert ruler.read(tip - 7 if down else tip + 7) == ruler.tells([one.value])
        lines = paper.lines()
        assert [dash for dash, _corners in lines] == ["6 4", "6 4", "2 3", "2 3"]
        limits = ("inner_lower", "inner_upper", "outer_lower", "outer_upper")
        for (_dash, corners), name in zip(lines, limits, strict=True):
            known = {round(one.population): getattr(one, name) for one in found.curve}
            for x, y in corners[:: len(corners) // 5]:
                size = min(known, key=lambda each: abs(each - across.read(x)[0]))
                assert ruler.read(y) == pytest.approx([known[size]], abs=3 * CLOSE * abs(ruler.slope))
        (centre,) = [
            ACROSS.match(one.get("d", ""))[2]
            for one in paper.drawn("path", stroke_width="1.5")
            if ACROSS.match(one.get("d", ""))
        ]
        assert ruler.read(float(centre)) == ruler.tells([found.centre])

    def test_shares_along_the_lorenz_curve(self):
        found = UNEVEN
        paper = Paper(pictures.lorenz_curve(found, **SAID))
        ruler = upwards(paper)
        bottom = max(ruler.first, ruler.last)
        under = [t for t in paper.drawn("text", text_anchor="middle") if bottom < place(t)[1] < bottom + 24]
        across = Ruler([place(t)[0] for t in under], [value(t.text) for t in under])
        wanted = {"2 3": ((0.0, 0.0), (1.0, 1.0)), "7 4": found.chance_curve, None: found.curve}
        assert {dash for dash, _corners in paper.lines()} == set(wanted)
        for dash, corners in paper.lines():
            assert across.read(*(x for x, _y in corners)) == across.tells(a for a, _b in wanted[dash])
            assert ruler.read(*(y for _x, y in corners)) == ruler.tells(b for _a, b in wanted[dash])


class TestBars:
    def test_before_and_after_with_exact_intervals(self):
        found = MOVED
        paper = Paper(pictures.before_after_chart(found, **SAID))
        bars = paper.drawn("rect", height="18")
        numbers = [count for _name, area in found.areas for count in (area.before, area.after)]
        unit = float(bars[-1].get("width", 0)) / numbers[-1]
        spans = [
            (float(m[1]), float(m[2]), float(m[3]))
            for one in paper.drawn("path", stroke_width="1.5")
            if (m := re.match(r"M([\d.]+) ([\d.]+)H([\d.]+)M", one.get("d", "")))
        ][: len(numbers)]
        around = [poisson_interval(count) for count in numbers]
        assert [(a - 8) / unit for a, _y, _b in spans] == pytest.approx([one.lower for one in around], abs=0.2)
        assert [(b - 8) / unit for _a, _y, b in spans] == pytest.approx([one.upper for one in around], abs=0.2)
        for bar, (_a, y, b), count in zip(bars, spans, numbers, strict=False):
            assert place(bar)[1] < y < place(bar)[1] + 18
            beside = [t.text for t in paper.drawn("text") if abs(place(t)[1] - y - 5) < 1 and place(t)[0] > b]
            assert beside in ([f"{count} before"], [f"{count} after"])

    def test_where_it_was_expected_can_be_seen_on_pale_and_on_dark(self):
        paper = Paper(pictures.before_after_chart(MOVED, **SAID))
        *marks, _in_the_key = [one.get("d") for one in paper.drawn("path", stroke_dasharray="4 2")]
        assert len(marks) == 2
        assert [one.get("d") for one in paper.drawn("path", stroke="#ffffff", stroke_width="5")] == marks

    def test_bars_with_intervals_and_lines(self):
        bars = [pictures.Bar("Theft", 40, 30, 55), pictures.Bar("Arson", 10, 5, 20), pictures.Bar("Drugs", 0)]
        paper = Paper(pictures.bar_list(bars, title="t", desc="d", marks=[(15, "last year"), (50, "most")]))
        drawn = paper.drawn("rect", height="18")
        unit = float(drawn[0].get("width", 0)) / 40
        assert [float(one.get("width", 0)) / unit for one in drawn] == pytest.approx([40, 10, 0], abs=0.1)
        assert place(drawn[0])[0] == 8
        spans = [
            re.match(r"M([\d.]+) ([\d.]+)H([\d.]+)M", one.get("d", ""))
            for one in paper.drawn("path", stroke_width="1.5")
        ]
        ends = [((float(m[1]) - 8) / unit, (float(m[3]) - 8) / unit) for m in spans if m]
        assert ends == [pytest.approx(each, abs=0.1) for each in ((30, 55), (5, 20))]
        lines = [UPRIGHT.match(one.get("d", "")) for one in paper.drawn("path", stroke_dasharray="6 4")]
        assert [(float(m[1]) - 8) / unit for m in lines] == pytest.approx([15, 50], abs=0.1)
        for name, bar in zip(bars, drawn, strict=True):
            assert place(bar)[1] - 10 < paper.at(name.label)[1] < place(bar)[1]
            beside = [
                t for t in paper.drawn("text") if 0 < place(t)[1] - place(bar)[1] < 18 and "stroke" not in t.attrib
            ]
            assert [t.text for t in beside] == [f"{name.value}"]
            assert place(beside[0])[0] > 8 + (name.upper or name.value or 0) * unit
        # Words stand beside their line, on the side where there is paper.
        early, late = ([t for t in paper.drawn("text") if t.text == text] for text in ("last year", "most"))
        assert (early[0].get("text-anchor"), late[0].get("text-anchor")) == ("start", "end")
        assert place(early[0])[0] > float(lines[0][1])
        assert place(late[0])[0] < float(lines[1][1])


EVERY = {
    "control chart": (
        lambda width: pictures.control_chart(CHART, named(12), title="t", desc="d", better="lower", width=width),
        ("Average", "Limits of usual variation", "Usual variation", "Signal: worse"),
    ),
    "cusum": (
        lambda width: pictures.cusum_chart(RISING, named(10), width=width, **SAID),
        ("Sum", "Threshold", "Signal; the sum starts again"),
    ),
    "gaps": (
        lambda width: pictures.gap_chart(GAPS, named(10), better="higher", width=width, **SAID),
        (
            "Middle: half of all gaps are shorter",
            "Limits of what chance makes",
            "A gap as chance makes it",
            "Signal: better",
        ),
    ),
    "forecast": (
        lambda width: pictures.forecast_chart(AHEAD, named(62), width=width, **SAID),
        (
            "As recorded",
            "Interval that was forecast one month before",
            "Outside the interval",
            "Forecast and its interval",
        ),
    ),
    "interrupted": (
        lambda width: pictures.interrupted_chart(BROKEN, named(28), width=width, **SAID),
        ("As recorded", "Fitted", "Expected without it"),
    ),
    "differences": (
        lambda width: pictures.differences_chart(APART, named(8), width=width, **SAID),
        ("Where it was done", "Other areas", "Had it changed as the others did"),
    ),
    "before and after": (
        lambda width: pictures.before_after_chart(MOVED, width=width, **SAID),
        ("Before", "After", "Interval of a count (95%; chance alone)", "Had it changed as the comparison area did"),
    ),
    "rates": (
        lambda width: pictures.rates_chart(RATES, width=width, **SAID),
        ("This area", "Differs from it by more than chance", "A difference is not shown", "Similar areas together"),
    ),
    "ratios": (
        lambda width: pictures.ratio_chart(EXPECTED, width=width, **SAID),
        ("Differs from what is expected by more than chance", "A difference is not shown"),
    ),
    "balance": (
        lambda width: pictures.balance_chart(MATCHED, width=width, **SAID),
        ("Before matching", "After matching", "Below this line counts as balanced"),
    ),
    "funnel": (
        lambda width: pictures.funnel_plot(FUNNEL, width=width, **SAID),
        ("Average", "Limits: 95%", "Limits: 99.8%", "Above 99.8%", "Below 99.8%", "Within the limits"),
    ),
    "lorenz": (
        lambda width: pictures.lorenz_curve(UNEVEN, width=width, **SAID),
        ("As recorded", "Chance alone, every place alike", "All places with equally many"),
    ),
}


@pytest.mark.parametrize("name", EVERY)
class TestEveryKey:
    def test_something_is_drawn_before_every_meaning_and_on_its_line(self, name):
        draw, meanings = EVERY[name]
        paper = Paper(draw(720))
        found = {
            text.text: (*place(text), before)
            for before, text in pairwise(paper.parts)
            if text.tag == f"{SVG}text" and text.text in meanings
        }
        assert set(found) == set(meanings)
        for x, y, sample in found.values():
            left, top, right, bottom = extent(sample)
            assert x - 48 < left <= right < x - 5
            assert y - 18 < top <= bottom < y + 8
        # Each stands as far before its words as the others, so that they are one column.
        before = [x - (extent(sample)[0] + extent(sample)[2]) / 2 for x, _y, sample in found.values()]
        assert max(before) - min(before) < 0.6

    def test_it_stands_close_below_what_it_explains(self, name):
        draw, meanings = EVERY[name]
        paper = Paper(draw(720))
        tops = [place(one)[1] for one in paper.drawn("text") if one.text in meanings]
        above = [
            extent(one)[3]
            for one in paper.parts
            if one.tag in (f"{SVG}path", f"{SVG}polyline") and extent(one)[3] < min(tops) - 20
        ]
        assert min(tops) - max(above) < 80
        assert paper.height - max(tops) < 40

    @pytest.mark.parametrize("width", [330, 720])
    def test_it_lies_on_the_paper(self, name, width):
        paper = Paper(EVERY[name][0](width))
        for one in paper.drawn("text"):
            x, y = place(one)
            assert 0 < y < paper.height
            assert 0 <= x <= paper.width
        for one in paper.parts:
            if one.tag in (f"{SVG}rect", f"{SVG}circle", f"{SVG}path", f"{SVG}polyline"):
                left, top, right, bottom = extent(one)
                assert -CLOSE <= left <= right <= paper.width + CLOSE
                assert -CLOSE <= top <= bottom <= paper.height + CLOSE


class TestEdges:
    """Where a picture's own choice changes."""

    def test_the_longest_bar_fills_the_paper_however_small_its_number(self):
        for most in (0.4, 4, 4000):
            paper = Paper(
                pictures.bar_list([pictures.Bar("a", most), pictures.Bar("b", most / 2)], title="t", desc="d")
            )
            widths = [float(one.get("width", 0)) for one in paper.drawn("rect", height="18")]
            assert widths == pytest.approx([530, 265], abs=CLOSE)

    def test_what_is_withheld_or_nought_makes_no_other_bar_shorter(self):
        for other in (None, 0):
            bars = [pictures.Bar("a", 0.4), pictures.Bar("b", other)]
            paper = Paper(pictures.bar_list(bars, title="t", desc="d"))
            assert float(paper.drawn("rect", height="18")[0].get("width", 0)) == pytest.approx(530, abs=CLOSE)

    def test_areas_beyond_the_outer_limits_are_filled(self):
        paper = Paper(pictures.funnel_plot(FUNNEL, **SAID))
        triangles = [one for one in paper.drawn("path") if re.search(r"l6.5 -?12h-13z", one.get("d", ""))]
        far = [one for one in FUNNEL.points if one.position in (funnels.Position.VERY_HIGH, funnels.Position.VERY_LOW)]
        near = [one for one in FUNNEL.points if one.position in (funnels.Position.HIGH, funnels.Position.LOW)]
        kinds = {one.position for one in (*far, *near)}
        filled = [one for one in triangles if one.get("fill") != "#ffffff"]
        assert len(far) >= 2
        assert len(filled) == len(far) + len({one.position for one in far})
        assert len(triangles) == len(far) + len(near) + len(kinds)

    def test_an_axis_of_shares_goes_to_the_whole(self):
        ruler = upwards(Paper(pictures.lorenz_curve(UNEVEN, **SAID)))
        assert ruler.numbers == [0, 0.2, 0.4, 0.6, 0.8, 1]

    def test_a_balance_axis_ends_before_the_numbers_beside_it(self):
        found = matching.match_areas(["a", "b"], list("abcd"), [300, 290, 12, 9], {"poor": [0.9, 0.8, 0.12, 0.1]})
        paper = Paper(pictures.balance_chart(found, **SAID))
        ruler = sideways(paper)
        assert ruler.numbers[-1] > 1
        for one in found.balance:
            y = paper.at(str(one.name))[1]
            (beside,) = [place(each)[0] for each in paper.drawn("text") if 0 < place(each)[1] - y < 30]
            assert ruler.last + 10 < beside
        before = [x for kind, x, _y in paper.marks() if kind == "circle"][: len(found.balance)]
        assert ruler.read(*before) == ruler.tells(abs(one.before) for one in found.balance)

    def test_a_long_chart_has_a_short_key_and_a_narrow_one_a_high_one(self):
        wide, narrow = (Paper(EVERY["gaps"][0](width)) for width in (2000, 200))
        assert wide.height == 340
        assert narrow.height > 340
        assert max(place(one)[1] for one in narrow.drawn("text")) < narrow.height
