"""What a mutation run found that no other test would have noticed: edges of the rules of publication."""

from __future__ import annotations

import numpy as np
import pytest

from ourpatch.data.disclosure.overlaps import Told, Version, withhold_further
from ourpatch.data.disclosure.quarters import TOTAL, Table, total_of
from ourpatch.data.disclosure.rules import MinimumCell, suppress
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules


class TestMinimumCell:
    def test_what_holds_when_nothing_is_chosen(self):
        assert MinimumCell() == MinimumCell(smallest_shown=5, width=5, zeros_shown=True)

    @pytest.mark.parametrize(("zeros_shown", "small"), [(True, [1, 2, 3, 4]), (False, [0, 1, 2, 3, 4])])
    def test_each_count_below_the_smallest_shown_is_small(self, zeros_shown, small):
        rule = MinimumCell(5, zeros_shown=zeros_shown)
        assert [count for count in range(8) if rule.is_small(count)] == small

    def test_the_weakest_rule_that_still_protects(self):
        weakest = MinimumCell(smallest_shown=3, width=1)
        assert weakest.is_small(2)
        assert not weakest.is_small(3)

    @pytest.mark.parametrize(("smallest", "width"), [(2, 1), (3, 0)])
    def test_a_weaker_rule_is_refused(self, smallest, width):
        with pytest.raises(BadInput):
            MinimumCell(smallest, width)


class TestSuppress:
    def test_where_only_the_total_can_help_it_is_the_best_that_was_tried(self):
        # 4 and 1 beside their total of 5 lie between 1 and 4 each: no other cell is there to be withheld.
        found = suppress([4, 1], MinimumCell())
        assert found.method == "optimal"
        assert found.secondary.tolist() == [False, False, True]


class TestTotalOf:
    def test_a_quarter_whose_total_alone_is_shown_has_that_total(self):
        table = Table(("2026-04",), True, {(TOTAL, "2026-04"): None, (TOTAL, TOTAL): 17}, {})
        assert total_of(table) == 17


class TestWithholdFurther:
    def test_the_only_month_of_neighbourhoods_alone_is_no_sum(self):
        # Whoever knows that both were withheld for being small, and that they are eight together, knows that both are four.
        month = "2026-04"
        version = Version((month,), {("n", "w", "a", "d"): np.array([[4], [4]])})
        figures = {("asb", month): None, ("burglary", month): None, (TOTAL, month): 8}
        told = Told(("neighbourhood", "n"), Table((month,), True, figures, {}), 0)
        found = withhold_further([told], [], [version], ["asb", "burglary"], MinimumCell())
        assert found.withheld == {("neighbourhood", "n"): frozenset({(TOTAL, month)})}
