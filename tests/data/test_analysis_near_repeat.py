"""Near repeat: the bands as printed, the counts of a plain loop, and p values that keep their promise under the null."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis import near_repeat as module
from ourpatch.data.analysis import pictures
from ourpatch.data.analysis.distributions import poisson_sf
from ourpatch.data.analysis.multiplicity import false_discovery
from ourpatch.data.analysis.near_repeat import near_repeat
from ourpatch.data.analysis.pairs import near_pairs
from ourpatch.data.store.rules import PlacePrecision, TimePrecision
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

EDGES = {"distance_edges": (0, 30, 60), "day_edges": (0, 3, 6), "same_place": 2.0}


def days(*given):
    return np.array(given, dtype="datetime64[D]")


def keys(found):
    return {sentence.key for sentence in found.sentences}


def labels(bands):
    return [str(band.label) for band in bands]


def cell(found):
    """The only cell that holds a pair, by its printed names."""
    (at,) = np.argwhere(np.array(found.observed) > 0)
    return str(found.distance_bands[at[0]].label), str(found.time_bands[at[1]].label)


def looped(x, y, t, across, along, closed, metric):
    """Every pair of incidents, one after another."""
    found = np.zeros((len(across) - 1, len(along) - 1), dtype=int)
    for a, b in combinations(range(len(x)), 2):
        dx, dy = abs(x[a] - x[b]), abs(y[a] - y[b])
        apart = (dx * dx + dy * dy) ** 0.5 if metric == "euclidean" else dx + dy
        where = [_in(apart, lo, hi, closed, i == 0) for i, (lo, hi) in enumerate(pairwise(across))]
        gap = abs(t[a] - t[b])
        when = [_in(gap, lo, hi, closed, i == 0) for i, (lo, hi) in enumerate(pairwise(along))]
        found += np.outer(where, when)
    return found.tolist()


def _in(value, lower, upper, closed, first):
    if closed == "lower":
        return lower <= value < upper
    return (lower < value or (first and lower == value)) and value <= upper


@pytest.mark.golden
class TestBandsAsPrinted:
    """Anchors, golden test 1: two incidents 100 m and three days apart."""

    pair = ([0, 100], [0, 0], days("2020-01-01", "2020-01-04"))

    def test_bands_that_hold_their_upper_edge(self):
        found = near_repeat(
            *self.pair, distance_edges=(0, 200, 400), day_edges=(0, 3, 6), closed="upper", permutations=9
        )
        assert cell(found) == ("over 1 to 200 m", "0 to 3 days")

    def test_bands_of_a_hundred_metres(self):
        found = near_repeat(
            *self.pair, distance_edges=(0, 100, 200), day_edges=(0, 3, 6), closed="upper", permutations=9
        )
        assert cell(found) == ("over 1 to 100 m", "0 to 3 days")

    def test_bands_that_hold_their_lower_edge_say_so(self):
        found = near_repeat(*self.pair, distance_edges=(0, 100, 200), day_edges=(0, 3, 6), permutations=9)
        assert cell(found) == ("100 to under 200 m", "3 to under 6 days")
        assert labels(found.distance_bands)[0] == "same place (under 1 m)"

    def test_three_days_as_four_bands_of_whole_days(self):
        found = near_repeat(*self.pair, distance_edges=(0, 200, 400), day_edges=(0, 4, 7), permutations=9)
        assert cell(found) == ("1 to under 200 m", "0 to under 4 days")


@pytest.mark.golden
def test_expected_pairs_as_published_for_burkitt():
    """Anchors, golden test 2: 188 cases, 3,429 pairs near in space, 52 in time, 13 in both."""
    place = np.arange(188) * 1000.0
    sizes = iter((83, 7, 3, 2, 2))
    start, groups = 0, []
    for size in sizes:
        place[start : start + size] = start * 1000.0
        groups.append(range(start, start + size))
        start += size
    when = np.arange(188) * 100
    when[[*groups[0][:5], *groups[2][:2], groups[4][0], 180, 181]] = 7  # ten at once: 45 pairs, 10 + 1 of them near
    when[[groups[1][0], groups[1][1], 182, 183]] = 20_000  # four at once: 6 pairs, 1 near
    when[[groups[3][0], groups[3][1]]] = 21_000  # two at once: 1 pair, near
    found = near_repeat(place, np.zeros(188), when, distance_edges=(0, 20), day_edges=(0, 5), same_place=None)
    assert (found.near_in_space, found.near_in_time, found.observed) == ((3429,), (52,), ((13,),))
    assert found.expected[0][0] == pytest.approx(10.1438, abs=5e-5)
    assert found.ratio[0][0] == pytest.approx(13 / 10.1438, abs=1e-4)
    assert poisson_sf(12, found.expected[0][0]) == pytest.approx(0.222267, abs=5e-7)


class TestCounts:
    @settings(max_examples=60)
    @given(
        st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90), st.integers(0, 12)), min_size=4, max_size=25),
        st.sampled_from(["lower", "upper"]),
        st.sampled_from(["euclidean", "manhattan"]),
    )
    def test_every_cell_is_that_of_a_plain_loop(self, incidents, closed, metric):
        x, y, t = (list(column) for column in zip(*[*incidents, (0, 0, 0), (30, 40, 3)], strict=True))
        found = near_repeat(x, y, t, **EDGES, closed=closed, metric=metric, permutations=1)
        across, along = (0, 2, 30, 60), (0, 3, 6)
        expected = looped(x, y, t, across, along, closed, metric)
        assert [list(row) for row in found.observed] == expected
        everywhere = looped([0] * len(t), [0] * len(t), t, (0, 1), along, closed, metric)
        assert list(found.near_in_time) == everywhere[0]
        assert list(found.near_in_space) == [
            sum(row) for row in looped(x, y, [0] * len(t), across, (0, 1), closed, metric)
        ]

    @given(st.integers(0, 2**32 - 1))
    def test_instants_agree_with_the_loop(self, seed):
        chance = np.random.default_rng(seed)
        x, y = chance.integers(0, 80, 30), chance.integers(0, 80, 30)
        hours = chance.integers(0, 24 * 10, 30)
        hours[0] += 0 if len(set(hours.tolist())) > 1 else 1
        when = np.datetime64("2024-03-01T00:00") + hours * np.timedelta64(1, "h")
        found = near_repeat(
            x, y, when, distance_edges=(0, 30, 60), day_edges=(0, 0.5, 3), same_place=2.0, permutations=1
        )
        assert [list(row) for row in found.observed] == looped(
            x.tolist(), y.tolist(), hours.tolist(), (0, 2, 30, 60), (0, 12, 72), "lower", "euclidean"
        )

    def test_many_candidates_in_many_chunks(self, monkeypatch):
        chance = np.random.default_rng(2)
        x, y, t = chance.integers(0, 300, 400), chance.integers(0, 300, 400), chance.integers(0, 30, 400)
        whole = near_repeat(x, y, t, **EDGES, permutations=19)
        monkeypatch.setattr("ourpatch.data.analysis.pairs._AT_ONCE", 7)
        monkeypatch.setattr(module, "_AT_ONCE", 11)
        assert near_repeat(x, y, t, **EDGES, permutations=19) == whole

    @given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=30), st.floats(0.5, 60))
    def test_near_pairs_are_those_of_a_plain_loop(self, points, reach):
        x, y = (np.array(column) for column in zip(*points, strict=True))
        found = [pair for i, j, _apart in near_pairs(x, y, reach, "euclidean") for pair in zip(i, j, strict=True)]
        expected = [
            {a, b}
            for a, b in combinations(range(len(x)), 2)
            if (x[a] - x[b]) ** 2 + (y[a] - y[b]) ** 2 <= reach * reach
        ]
        assert len(found) == len(expected)
        assert all(set(map(int, pair)) in expected for pair in found)

    def test_rounding_parts_no_pair(self):
        just_under = np.nextafter(64.0, 0.0)
        x = np.array([0.0, just_under, just_under + 64.0])
        assert x[2] - x[1] <= 64.0
        assert sum(len(i) for i, _j, _apart in near_pairs(x, np.zeros(3), 64.0, "euclidean")) == 2

    def test_expected_is_the_mean_over_permutations(self):
        chance = np.random.default_rng(5)
        x, y, t = chance.integers(0, 200, 120), chance.integers(0, 200, 120), chance.integers(0, 40, 120)
        found = near_repeat(x, y, t, distance_edges=(0, 60), day_edges=(0, 6), same_place=None, permutations=4000)
        assert found.median[0][0] == pytest.approx(found.expected[0][0], rel=0.02)

    def test_nothing_expected_leaves_no_ratio(self):
        found = near_repeat([0, 10, 900], [0, 0, 0], [0, 50, 100], **EDGES, permutations=9)
        assert found.ratio == ((None, None),) * 3
        assert found.p == ((1.0, 1.0),) * 3

    def test_ties_with_chance_count_as_chance(self):
        # Three places far apart from one another: whatever the times, no pair is near, and p is 1 and not 0.
        found = near_repeat([0, 1e4, 2e4], [0, 0, 0], [0, 1, 2], **EDGES, permutations=99)
        assert found.p == ((1.0, 1.0),) * 3
        assert {"none_shown", "none_near"} <= keys(found)


def planted(n=300, seed=4):
    """Incidents at random, forty of them followed three days later within forty metres."""
    chance = np.random.default_rng(seed)
    x, y, t = chance.integers(0, 5000, n), chance.integers(0, 5000, n), chance.integers(0, 365, n)
    follow = slice(0, 40)
    return (
        np.concatenate((x, x[follow] + 20)),
        np.concatenate((y, y[follow] + 30)),
        np.concatenate((t, t[follow] + 3)),
    )


class TestVerdict:
    def test_a_planted_pattern_is_found_where_it_is(self):
        found = near_repeat(*planted())
        assert found.strongest == (1, 0)
        assert found.p[1][0] == 0.001
        assert found.shown[1][0]
        assert found.observed[1][0] >= 40
        assert "1 to under 100 m and 0 to under 7 days" in str(next(s for s in found.sentences if s.key == "strongest"))

    def test_a_cell_with_few_pairs_is_never_shown(self):
        x, y, t = planted(n=40)
        few = slice(40, 44)
        x, y, t = np.concatenate((x[:40], x[few])), np.concatenate((y[:40], y[few])), np.concatenate((t[:40], t[few]))
        found = near_repeat(x, y, t)
        assert found.q[1][0] <= 0.05
        assert 0 < found.observed[1][0] < module.FEW_PAIRS
        assert found.strongest is None

    def test_says_what_was_chosen(self):
        told = keys(near_repeat(*planted(60), permutations=99))
        assert {"edges", "metric", "permutations", "multiplicity", "same_place", "not_why", "few_permutations"} <= told

    def test_the_default_grid_suits_the_default_permutations(self):
        assert "few_permutations" not in keys(near_repeat(*planted()))

    def test_progress_is_told(self):
        told = []
        near_repeat(*planted(30), permutations=3, progress=lambda done, of: told.append((done, of)))
        assert told == [(1, 3), (2, 3), (3, 3)]


class TestCalibration:
    def test_p_keeps_its_promise_when_there_is_nothing_to_find(self):
        """200 clustered patterns with times of no pattern: a cell's p is at most 0.05 in about one in twenty."""
        chance = np.random.default_rng(11)
        small, called = [], 0
        for seed in range(200):
            x, y = chance.normal(0, 150, 60), chance.exponential(150, 60)
            t = chance.integers(0, 60, 60)
            found = near_repeat(x, y, t, distance_edges=(0, 60, 120), day_edges=(0, 5, 10), permutations=99, seed=seed)
            small.append([found.p[1][0] <= 0.05, found.p[1][1] <= 0.05, found.p[2][0] <= 0.05])
            called += found.strongest is not None
        share = np.mean(small, axis=0)
        # Three standard errors of a share of 0.05 in 200 are 0.046; ties make the test a little shy, never bold.
        assert (share <= 0.05 + 0.046).all()
        assert share.max() > 0.01
        assert called / 200 <= 0.05 + 0.046

    def test_adjusted_p_as_published(self):
        # Benjamini and Hochberg 1995, section 2.3: fifteen p values, four of them called at 0.05.
        p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
        p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
        assert int((false_discovery(p) <= 0.05).sum()) == 4
        assert false_discovery(p)[3] == pytest.approx(0.0095 * 15 / 4)

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
    def test_adjusted_p_keeps_order_and_only_grows(self, p):
        adjusted = false_discovery(p)
        assert (adjusted >= np.array(p)).all()
        assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()
        assert adjusted.max() <= 1


class TestInvariances:
    incidents = st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(0, 30)), min_size=3, max_size=20
    )

    @staticmethod
    def columns(incidents):
        return [np.array(column) for column in zip(*[*incidents, (0, 0, 0), (5, 9, 2)], strict=True)]

    @settings(max_examples=40)
    @given(incidents, st.randoms(use_true_random=False))
    def test_order_changes_nothing(self, incidents, random):
        x, y, t = self.columns(incidents)
        order = list(range(len(x)))
        random.shuffle(order)
        one = near_repeat(x, y, t, **EDGES, permutations=19)
        assert near_repeat(x[order], y[order], t[order], **EDGES, permutations=19) == one

    @settings(max_examples=40)
    @given(incidents, st.integers(-500_000, 500_000), st.integers(-20_000, 20_000))
    def test_shift_changes_nothing(self, incidents, metres, later):
        x, y, t = self.columns(incidents)
        one = near_repeat(x, y, t, **EDGES, permutations=19)
        assert near_repeat(x + metres, y - metres, t + later, **EDGES, permutations=19) == one

    @settings(max_examples=40)
    @given(incidents, st.integers(2, 9))
    def test_scale_changes_only_the_names(self, incidents, times):
        x, y, t = self.columns(incidents)
        one = near_repeat(x, y, t, **EDGES, permutations=19)
        wide = {"distance_edges": (0, 30 * times, 60 * times), "same_place": 2 * times}
        other = near_repeat(
            x * times, y * times, t * times, **wide, day_edges=(0, 3 * times, 6 * times), permutations=19
        )
        assert (other.observed, other.p, other.expected) == (one.observed, one.p, one.expected)

    def test_dates_instants_and_days_agree(self):
        x, y, t = planted(50)
        dates = np.datetime64("2021-05-03") + t.astype("timedelta64[D]")
        one = near_repeat(x, y, t, permutations=19)
        assert near_repeat(x, y, dates, permutations=19) == one
        assert near_repeat(x, y, dates.astype("datetime64[ns]"), permutations=19) == one
        assert near_repeat(x, y, [date(2021, 5, 3) + timedelta(int(each)) for each in t], permutations=19) == one

    def test_another_seed_is_another_draw_of_the_same_counts(self):
        one, other = near_repeat(*planted(), permutations=49), near_repeat(*planted(), permutations=49, seed=2)
        assert (one.observed, one.expected) == (other.observed, other.expected)
        assert one.median != other.median


class TestTimesThatCannotCarryTheQuestion:
    places = ([0, 10, 20, 30, 40, 50], [0] * 6)
    months = days("2018-11-01", "2018-11-01", "2018-12-01", "2019-01-01", "2019-01-01", "2019-02-01")

    def test_months_written_as_dates_are_refused(self):
        with pytest.raises(BadInput, match="month and not the day"):
            near_repeat(*self.places, self.months)

    @pytest.mark.parametrize("precision", [TimePrecision.MONTH, TimePrecision.QUARTER])
    def test_months_that_are_said_to_be_months_are_refused(self, precision):
        with pytest.raises(BadInput, match="month and not the day"):
            near_repeat([0, 10], [0, 0], days("2018-11-02", "2018-12-05"), precision=precision)

    def test_months_as_months_are_refused(self):
        with pytest.raises(BadInput, match="month and not the day"):
            near_repeat(*self.places, self.months.astype("datetime64[M]"))

    def test_one_first_of_a_month_among_days_is_no_month(self):
        found = near_repeat(*self.places, days(*["2018-11-01"] * 5, "2018-11-02"), permutations=1)
        assert found.incidents == 6

    def test_short_spans_count_at_their_middle(self):
        starts = days("2020-01-01", "2020-01-10", "2020-02-01")
        ends = days("2020-01-03", "2020-01-10", "2020-02-01")
        found = near_repeat([0, 10, 20], [0] * 3, starts, ends, day_edges=(0, 8, 16), closed="upper", permutations=9)
        # The middle of the first is the second of January, eight days before the tenth.
        assert found.near_in_time == (1, 0)
        assert "middles" in keys(found)

    def test_long_spans_are_left_out_and_counted(self):
        starts = days("2020-01-01", "2020-01-02", "2020-01-10", "2020-02-01")
        ends = days("2020-01-08", "2020-01-02", "2020-01-10", "2020-02-01")
        found = near_repeat([0, 10, 20, 30], [0] * 4, starts, ends, permutations=9)
        assert (found.incidents, found.left_out) == (3, 1)
        assert "Left out: 1 of 4 incidents" in str(next(s for s in found.sentences if s.key == "left_out"))

    def test_mostly_long_spans_are_refused_with_what_to_do(self):
        with pytest.raises(BadInput, match=r"3 of 4 incidents .* 7 days .* longer than 30 days: use wider bands"):
            near_repeat([0, 1, 2, 3], [0] * 4, [0, 1, 2, 3], [30, 31, 32, 3])

    @pytest.mark.parametrize(
        ("when", "options"),
        [
            (days("2020-01-01", "2020-01-04"), {"day_edges": (0, 0.5, 1)}),
            (days("2020-01-01", "2020-01-04").astype("datetime64[h]"), {"day_edges": (0, 0.5, 1)}),
            (
                np.array(["2020-01-01T10", "2020-01-04T11"], dtype="datetime64[h]"),
                {"day_edges": (0, 0.01, 1), "precision": TimePrecision.HOUR},
            ),
            (
                np.array(["2020-01-01T10", "2020-01-04T11"], dtype="datetime64[h]"),
                {"day_edges": (0, 0.5, 1), "precision": TimePrecision.DAY},
            ),
        ],
    )
    def test_bands_finer_than_the_records_are_refused(self, when, options):
        with pytest.raises(BadInput, match="These records say the"):
            near_repeat([0, 10], [0, 0], when, **options)


class TestBadInput:
    @pytest.mark.parametrize(
        ("incidents", "options"),
        [
            (([], [], []), {}),
            (([1], [1], [1]), {}),
            (([5, 5], [5, 5], [1, 2]), {}),
            (([5, 9], [5, 5], [1, 1]), {}),
            (([5, float("nan")], [5, 5], [1, 2]), {}),
            (([5, float("inf")], [5, 5], [1, 2]), {}),
            (([5, 9], [5, 5], [1, float("nan")]), {}),
            (([5, 9], [5, 5], days("2020-01-01", "NaT")), {}),
            (([5, 9], [5, 5, 5], [1, 2]), {}),
            (([5, 9], [5, 5], [1, 2, 3]), {}),
            (([5, 9], [5, 5], [[1, 2]]), {}),
            (([[5, 9]], [[5, 5]], [1, 2]), {}),
            (([5, 9], [5, 5], ["soon", "later"]), {}),
            (([5, 9], [5, 5], [datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)]), {}),
            (([5, 9], [5, 5], [3, 4], [2, 4]), {}),
            (([5, 9], [5, 5], [3, 4], [4]), {}),
            (([5, 9], [5, 5], [1, 2]), {"distance_edges": (0, 100, 50)}),
            (([5, 9], [5, 5], [1, 2]), {"distance_edges": (10, 100)}),
            (([5, 9], [5, 5], [1, 2]), {"day_edges": (0,)}),
            (([5, 9], [5, 5], [1, 2]), {"day_edges": (0, float("inf"))}),
            (([5, 9], [5, 5], [1, 2]), {"same_place": 100.0}),
            (([5, 9], [5, 5], [1, 2]), {"permutations": 0}),
            (([5, 9], [5, 5], [1, 2]), {"alpha": 0.0}),
        ],
    )
    def test_is_refused(self, incidents, options):
        with pytest.raises(BadInput) as refused:
            near_repeat(*incidents, **options)
        assert len(str(refused.value)) > 20

    def test_a_hundred_thousand_incidents_are_counted(self):
        chance = np.random.default_rng(8)
        n = 100_000
        x, y = chance.uniform(0, 60_000, n), chance.uniform(0, 60_000, n)
        found = near_repeat(x, y, chance.integers(0, 365, n), permutations=2)
        # n squared over two, times the share of the area within 500 m, less what the edges cut off.
        assert sum(found.near_in_space) == pytest.approx(n * n / 2 * np.pi * 500**2 / 60_000**2, rel=0.02)

    def test_a_hundred_thousand_at_one_point_are_too_many(self):
        x = np.zeros(100_000)
        x[0] = 5000.0
        with pytest.raises(BadInput, match="shorter distance, a smaller"):
            near_repeat(x, x, np.arange(100_000))

    def test_too_many_pairs_are_refused(self, monkeypatch):
        monkeypatch.setattr(module, "MOST_PAIRS", 10)
        with pytest.raises(BadInput, match="More than 10 pairs"):
            near_repeat(range(10), [0] * 10, range(10))

    def test_places_as_far_apart_as_numbers_go(self):
        found = near_repeat([0.0, 1e12, 1e12 + 64], [0.0, -1e12, -1e12], [0, 1, 2], permutations=1)
        assert sum(found.near_in_space) == 1


class TestPlacesThatCannotCarryTheQuestion:
    @pytest.mark.parametrize("place", [PlacePrecision.OUTWARD, PlacePrecision.AREA, PlacePrecision.NONE])
    def test_areas_are_refused(self, place):
        with pytest.raises(BadInput, match="an area and not a point"):
            near_repeat(*planted(20), place_precision=place)

    def test_snapped_points_are_said_to_mix_neighbours_with_repeats(self):
        assert "snapped" in keys(near_repeat(*planted(20), place_precision=PlacePrecision.SNAPPED, permutations=1))
        assert "snapped" not in keys(near_repeat(*planted(20), place_precision=PlacePrecision.EXACT, permutations=1))

    def test_the_middle_of_a_postcode_is_said_to_mix_neighbours_with_repeats(self):
        assert "postcodes" in keys(near_repeat(*planted(20), place_precision=PlacePrecision.POSTCODE, permutations=1))
        assert "postcodes" not in keys(
            near_repeat(*planted(20), place_precision=PlacePrecision.ADDRESS, permutations=1)
        )


SVG = "{http://www.w3.org/2000/svg}"


class TestPicture:
    found = near_repeat(*planted())

    def drawn(self, found=None, **said):
        words = {"what": "burglary", "where": "Newtown", "when": "2024", **said}
        return ElementTree.fromstring(pictures.band_grid(found or self.found, **words))

    def test_title_says_what_where_when_and_the_base(self):
        title = self.drawn().find(f"{SVG}title").text
        assert all(part in title for part in ("burglary", "Newtown", "2024", "340 incidents"))

    def test_the_description_is_made_from_the_numbers(self):
        desc = self.drawn().find(f"{SVG}desc").text
        assert "6 bands of distance by 8 bands of time" in desc
        assert f"1 to under 100 m and 0 to under 7 days: {self.found.observed[1][0]} pairs" in desc
        nothing = near_repeat(*planted(), distance_edges=(0, 10), day_edges=(0, 7), permutations=9)
        assert "near repeat is not shown" in self.drawn(nothing).find(f"{SVG}desc").text

    def test_every_cell_has_its_numbers_and_a_shown_one_differs_without_colour(self):
        root = self.drawn()
        written = [node.text for node in root.iter(f"{SVG}text")]
        for observed in sum(self.found.observed, ()):
            assert str(observed) in written
        bold = [node.text for node in root.iter(f"{SVG}text") if node.get("font-weight") == "bold"]
        assert bold == [f"{self.found.ratio[1][0]:.1f}"]
        framed = [box for box in root.iter(f"{SVG}rect") if box.get("stroke-width") == "2.5"]
        assert len(framed) == 1 + 3  # one cell, and three of the key

    def test_all_of_it_lies_on_the_paper(self):
        root = self.drawn()
        _left, _top, width, height = map(float, root.get("viewBox").split())
        for box in root.iter(f"{SVG}rect"):
            right = float(box.get("x", 0)) + float(box.get("width"))
            bottom = float(box.get("y", 0)) + float(box.get("height"))
            assert (right <= width, bottom <= height) == (True, True)

    def test_words_are_escaped(self):
        assert "<script" not in pictures.band_grid(self.found, what="<script>", where="&", when='"')

    def test_long_labels_are_broken_between_words(self):
        lines = [node.text for node in self.drawn().iter(f"{SVG}text")]
        assert "same place" in lines
        assert "(under 1 m)" in lines
