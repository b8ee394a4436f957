"""What must be withheld besides, once areas of several kinds and earlier releases speak of the same incidents."""

from __future__ import annotations

import numpy as np
import pytest

from ourpatch.data.disclosure.overlaps import Told, Version, counts_of, withhold_further, without
from ourpatch.data.disclosure.quarters import TOTAL, Table
from ourpatch.data.disclosure.rules import MinimumCell

pytestmark = [pytest.mark.rules, pytest.mark.golden]

RULE = MinimumCell()
APRIL, MAY, JUNE = MONTHS = ("2026-04", "2026-05", "2026-06")


def version(**asb: tuple[int, int, int]) -> Version:
    """Anti-social behaviour by month in small areas of one neighbourhood."""
    return Version(MONTHS, {("n", "w", lsoa, "d"): np.array([months]) for lsoa, months in asb.items()})


def table(**figures: int | None) -> Table:
    """Figures of anti-social behaviour by month or `total`."""
    return Table(MONTHS, True, {("asb", column.replace("_", "-")[-7:]): n for column, n in figures.items()}, {})


def quarter(count: int) -> Table:
    return table(total=count)


def test_a_quarter_of_small_areas_gives_back_no_month_of_their_neighbourhood() -> None:
    # 40 and 22 are 62; April and May are 60; June would be two.
    now = version(a=(20, 20, 0), b=(10, 10, 2))
    months = Told(("neighbourhood", "n"), table(m2026_04=30, m2026_05=30, m2026_06=None), 0)
    alone = withhold_further([months], [], [now], ["asb"], RULE)
    assert alone.withheld == {}

    small_areas = [Told(("lsoa", "a"), quarter(40), 0), Told(("lsoa", "b"), quarter(22), 0)]
    beside = withhold_further([months, *small_areas], [], [now], ["asb"], RULE)
    assert sum(len(cells) for cells in beside.withheld.values()) == 1
    assert beside.given_away == 0


@pytest.mark.parametrize(("corrected", "withheld"), [(2, {("lsoa", "a"): frozenset({("asb", TOTAL)})}), (8, {})])
def test_a_small_correction_is_a_small_number(corrected: int, withheld: dict[object, object]) -> None:
    before, now = version(a=(30, 30, 30)), version(a=(30, 30, 30 + corrected))
    new, old = Told(("lsoa", "a"), quarter(90 + corrected), 0), Told(("lsoa", "a"), quarter(90), 1)

    assert withhold_further([new], [old], [now, before], ["asb"], RULE).withheld == withheld


def test_a_small_correction_of_a_month_of_a_neighbourhood_is_a_small_number() -> None:
    before, now = version(a=(30, 40, 50)), version(a=(32, 40, 50))
    old = Told(("neighbourhood", "n"), table(m2026_04=30, m2026_05=40), 1)
    new = Told(("neighbourhood", "n"), table(m2026_04=32, m2026_05=40), 0)
    assert withhold_further([new], [old], [now, before], ["asb"], RULE).withheld == {
        ("neighbourhood", "n"): frozenset({("asb", APRIL)})
    }


@pytest.mark.parametrize(("area", "counts"), [(("lsoa", "b"), [[4, 5, 6]]), (("ward", "w"), [[5, 7, 9]])])
def test_the_counts_of_an_area_are_those_of_its_places(area: tuple[str, str], counts: list[list[int]]) -> None:
    assert counts_of(version(a=(1, 2, 3), b=(4, 5, 6)), area, 1).tolist() == counts


def test_the_only_month_of_a_neighbourhood_is_the_sum_of_its_places() -> None:
    # Four ones in a month known to be small could not be hidden by any means, and nothing was given away before.
    one_month = Version(MONTHS[:1], {("n", "w", lsoa, "d"): np.array([[1]]) for lsoa in "abcd"})
    month = Told(("neighbourhood", "n"), table(m2026_04=None), 0)
    places = [Told(("lsoa", lsoa), table(total=None), 0) for lsoa in "abcd"]
    assert withhold_further([month, *places], [], [one_month], ["asb"], RULE).given_away == 0


def test_what_is_withheld_besides_says_so_and_nothing_else_changes() -> None:
    shown = without(table(m2026_04=30, m2026_05=31), frozenset({("asb", APRIL)}))
    assert shown.figures == {("asb", APRIL): None, ("asb", MAY): 31}
    assert shown.why == {("asb", APRIL): "protects"}
