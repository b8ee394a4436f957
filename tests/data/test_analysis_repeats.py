"""Repeat places and people: tables against plain counting and exact chance, waits against a plain loop of permutations."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourpatch.data.analysis.repeats import repeats
from ourpatch.data.store.rules import PlacePrecision, TimePrecision
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

KEYS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40)


def told(found, key):
    return str(next(sentence for sentence in found.sentences if sentence.key == key))


def keys(found):
    return {sentence.key for sentence in found.sentences}


class TestTable:
    @given(KEYS)
    def test_rows_are_those_of_plain_counting(self, who):
        found = repeats(who, longest=3)
        hits = Counter(who)
        once, twice, more = found.rows
        assert [once.those, twice.those, more.those] == [
            sum(n == 1 for n in hits.values()),
            sum(n == 2 for n in hits.values()),
            sum(n >= 3 for n in hits.values()),
        ]
        assert (once.or_more, twice.or_more, more.or_more) == (False, False, True)
        assert sum(row.incidents for row in found.rows) == found.incidents == len(who)
        assert sum(row.share_of_those for row in found.rows) == pytest.approx(1)
        assert sum(row.share_of_incidents for row in found.rows) == pytest.approx(1)
        assert found.again == len(who) - len(hits)

    @pytest.mark.golden
    def test_chance_is_that_of_every_way_to_throw(self):
        """Four incidents at three doors: all 81 ways, one by one."""
        found = repeats(["a", "a", "b", "c"], at_risk=3, longest=3)
        ways = list(product(range(3), repeat=4))
        for row in found.rows:
            hit = [[n for n in Counter(way).values() if (n >= 3 if row.or_more else n == row.times)] for way in ways]
            assert row.expected_those == pytest.approx(sum(len(one) for one in hit) / 81)
            assert row.expected_incidents == pytest.approx(sum(sum(one) for one in hit) / 81)
        assert found.expected_again == pytest.approx(sum(4 - len(set(way)) for way in ways) / 81)

    @given(KEYS, st.integers(8, 10**7))
    def test_chance_adds_up(self, who, at_risk):
        found = repeats(who, at_risk=at_risk, longest=4)
        assert sum(row.expected_incidents for row in found.rows) == pytest.approx(len(who))
        assert sum(row.expected_those for row in found.rows) == pytest.approx(len(who) - found.expected_again, rel=1e-6)
        assert 0 <= found.p <= 1

    def test_chance_keeps_its_promise(self):
        """Three hundred patterns with nothing in them: as many repeats as p at most 0.05 says, in no more than one in twenty."""
        chance = np.random.default_rng(3)
        bold = [repeats(chance.integers(0, 500, 200).tolist(), at_risk=500).p <= 0.05 for _pattern in range(300)]
        assert np.mean(bold) <= 0.05

    def test_more_than_chance_is_said_and_said_carefully(self):
        found = repeats([f"flat {i // 4}" for i in range(40)], at_risk=5000)
        assert told(found, "again") == "30 of 40 incidents (75%) came after another at the same place."
        assert "seldom gives" in told(found, "more_than_chance")
        assert {"not_equal", "period", "keys"} <= keys(found)

    def test_as_chance_gives_is_not_shown(self):
        found = repeats([1, 1, 2, 3], at_risk=4)
        assert "not shown" in told(found, "not_more_than_chance")

    def test_people_are_called_people(self):
        assert "to the same person" in told(repeats(["x", "x"], of="people"), "again")

    def test_points_that_stand_for_several_addresses_are_said_to(self):
        assert "not_addresses" in keys(repeats(["a", "a"], place_precision=PlacePrecision.SNAPPED))
        assert "not_addresses" not in keys(repeats(["a", "a"], place_precision=PlacePrecision.ADDRESS))
        assert "not_addresses" not in keys(repeats(["a", "a"], of="people", place_precision=PlacePrecision.SNAPPED))

    def test_a_chance_beyond_all_figures_is_no_nought(self):
        assert "(p at most 0.0001)" in told(repeats(["a"] * 500, at_risk=10**6), "more_than_chance")

    def test_without_a_number_at_risk_chance_is_not_guessed(self):
        found = repeats(["a", "a", "b"])
        assert (found.expected_again, found.p, found.rows[0].expected_those) == (None, None, None)
        assert "no_chance" in keys(found)

    def test_incidents_without_a_key_are_counted_and_are_no_repeats(self):
        found = repeats(["a", None, "", None, float("nan"), "a"])
        assert (found.incidents, found.left_out, found.again) == (2, 4, 1)
        assert told(found, "left_out") == "Incidents without a key, left out: 4."


def series(seed=6, again=40):
    """A year of incidents at many doors; so many are followed at the same door two days later."""
    chance = np.random.default_rng(seed)
    door, day = chance.integers(0, 120, 240), chance.integers(0, 365, 240)
    return np.concatenate((door, door[:again])).tolist(), np.concatenate((day, day[:again] + 2))


class TestWaits:
    def test_a_planted_rhythm_is_found(self):
        found = repeats(*series())
        assert found.waits[0].q <= 0.05
        assert found.waits[0].count >= 40 > 2 * found.waits[0].expected
        assert "0 to under 7 days" in told(found, "wait")

    def test_waits_are_those_of_a_plain_loop(self):
        who, day = series(again=5)
        found = repeats(who, day, permutations=400)
        assert [wait.count for wait in found.waits] == _bands(who, day.tolist())
        chance = np.random.default_rng(99)
        drawn = np.array([_bands(who, chance.permutation(day).tolist()) for _draw in range(400)])
        error = 4 * drawn.std(axis=0) * np.sqrt(2 / 400) + 1e-9
        assert (np.abs(drawn.mean(axis=0) - [wait.expected for wait in found.waits]) < error).all()

    def test_ties_with_chance_count_as_chance(self):
        found = repeats(["a", "a", "b", "b"], [5, 5, 5, 5], permutations=9)
        assert [wait.p for wait in found.waits] == [1.0] * 7

    def test_p_keeps_its_promise(self):
        chance = np.random.default_rng(12)
        small = []
        for seed in range(200):
            who, day = chance.integers(0, 25, 50).tolist(), chance.integers(0, 100, 50)
            found = repeats(who, day, wait_edges=(0, 10, 30), permutations=99, seed=seed)
            small.append([wait.p <= 0.05 for wait in found.waits])
        share = np.mean(small, axis=0)
        assert (share <= 0.05 + 0.046).all()
        assert share.max() > 0.01

    @settings(max_examples=40)
    @given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 60)), min_size=2, max_size=20), st.data())
    def test_order_names_and_the_calendar_change_nothing(self, incidents, data):
        who, day = [one for one, _t in incidents], np.array([t for _one, t in incidents])
        one = repeats(who, day, at_risk=9, permutations=19)
        order = data.draw(st.permutations(range(len(who))))
        assert repeats([who[i] for i in order], day[order], at_risk=9, permutations=19) == one
        names = dict(zip("abcd", data.draw(st.permutations([7, 8, 9, 10])), strict=True))
        assert (
            repeats([names[w] for w in who], day + data.draw(st.integers(-999, 999)), at_risk=9, permutations=19) == one
        )

    def test_dates_and_instants_agree_with_days(self):
        who, day = series()
        dates = np.datetime64("2023-02-01") + day.astype("timedelta64[D]")
        assert repeats(who, dates, permutations=9) == repeats(who, day, permutations=9)
        assert repeats(who, dates.astype("datetime64[m]"), permutations=9) == repeats(who, day, permutations=9)

    def test_months_leave_the_table_and_say_why_there_are_no_waits(self):
        months = np.array(["2018-11-01", "2018-12-01", "2019-01-01"] * 3, dtype="datetime64[D]")
        found = repeats(["a", "b", "c"] * 3, months)
        assert found.waits == ()
        assert found.again == 6
        assert "month and not the day" in told(found, "no_waits")
        assert "no_waits" in keys(repeats(["a", "a"], [1, 2], precision=TimePrecision.MONTH))

    def test_wide_spans_are_left_out_of_the_waits_only(self):
        found = repeats(["a"] * 4, [0, 10, 20, 30], [0, 10, 29, 30], permutations=9)
        assert (found.incidents, sum(wait.count for wait in found.waits)) == (4, 2)
        assert told(found, "wide_times").endswith("left out of the waits: 1.")

    def test_nobody_twice_has_no_waits(self):
        assert repeats(["a", "b"], [1, 2]).waits == ()


def _bands(who, day):
    waits, last = [], {}
    for door, at in sorted(zip(who, day, strict=True)):
        if door in last:
            waits.append(at - last[door])
        last[door] = at
    return np.histogram(waits, [0, 7, 14, 28, 56, 84, 182, 10**9])[0].tolist()


class TestBadInput:
    @pytest.mark.parametrize(
        ("given_", "options"),
        [
            (([],), {}),
            (([None, ""],), {}),
            ((["a", "b"],), {"at_risk": 1}),
            ((["a"],), {"at_risk": 0}),
            ((["a", "a"],), {"longest": 1}),
            ((["a", "a"], [1, 2]), {"permutations": 0}),
            ((["a", "a"], [1]), {}),
            ((["a", "a"], [1, float("nan")]), {}),
            ((["a", "a"], [1, 2], [1]), {}),
            ((["a", "a"], [3, 4], [2, 4]), {}),
            ((["a", "a"], [1, 2]), {"wait_edges": (1, 2)}),
            ((["a", "a"], ["soon", "later"]), {}),
        ],
    )
    def test_is_refused(self, given_, options):
        with pytest.raises(BadInput) as refused:
            repeats(*given_, **options)
        assert len(str(refused.value)) > 20

    def test_a_hundred_thousand_incidents(self):
        chance = np.random.default_rng(1)
        who = chance.integers(0, 40_000, 100_000).tolist()
        found = repeats(who, chance.integers(0, 365, 100_000), at_risk=40_000, permutations=3)
        assert found.incidents == 100_000
        assert found.again == pytest.approx(found.expected_again, rel=0.02)
