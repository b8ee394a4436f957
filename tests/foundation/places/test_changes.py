"""LSOAs of 2011 and of 2021: compared only where that is like for like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.foundation.places.changes import Change, ChangeCode, Group, comparable, compare, groups, like_for_like
from ourpatch.ground.errors import BadInput

pytestmark = pytest.mark.rules

U, S, M, X = ChangeCode.UNCHANGED, ChangeCode.SPLIT, ChangeCode.MERGED, ChangeCode.IRREGULAR


def code(number: int) -> str:
    return f"E01{number:06d}"


SAME, SPLIT, ONE, OTHER, ODD = (code(number) for number in (1, 2, 3, 4, 5))
NEW, NEWER, MERGED, STRANGE = (code(number) for number in (101, 102, 103, 104))
LOOKUP = [
    Change(SAME, SAME, U),
    Change(SPLIT, NEW, S),
    Change(SPLIT, NEWER, S),
    Change(ONE, MERGED, M),
    Change(OTHER, MERGED, M),
    Change(ODD, STRANGE, X),
]


@pytest.mark.golden
def test_golden_14_irregular_refuses_and_split_and_merged_add_up() -> None:
    """Golden test 14: change code X refuses a like-for-like trend; S and M are added up.

    Source: ONS, LSOA (2011) to LSOA (2021) exact fit lookup for England and Wales, its definitions of the change indicator.
    """
    before = {SAME: 10, SPLIT: 20, ONE: 3, OTHER: 4, ODD: 50}
    after = {SAME: 11, NEW: 12, NEWER: 9, MERGED: 8, STRANGE: 60}
    compared = {each.group.change: (each.before, each.after) for each in compare(before, after, LOOKUP)}
    assert compared == {U: (10, 11), S: (20, 21), M: (7, 8), X: (None, None)}
    with pytest.raises(BadInput, match="no like-for-like trend"):
        like_for_like(before, after, LOOKUP)
    regular = like_for_like(
        {each: before[each] for each in before if each != ODD},
        {each: after[each] for each in after if each != STRANGE},
        LOOKUP,
    )
    assert sum(each.before or 0 for each in regular) == 37
    assert sum(each.after or 0 for each in regular) == 40


def test_a_group_of_which_a_part_is_missing_is_refused_and_says_which() -> None:
    (group,) = comparable([SPLIT], [NEW], LOOKUP)
    assert (group.codes_2021, group.missing_2021) == ((NEW, NEWER), (NEWER,))
    assert f"{NEWER} (2021)" in str(group.refusal)
    (merged,) = comparable([ONE], [MERGED], LOOKUP)
    assert f"{OTHER} (2011)" in str(merged.refusal)


def test_one_code_of_a_group_brings_the_whole_group() -> None:
    assert [group.codes_2011 for group in comparable([], [MERGED], LOOKUP)] == [(ONE, OTHER)]


def test_an_unknown_code_is_refused_and_repeated_only_if_it_is_official() -> None:
    (stranger,) = comparable([code(999)], [], LOOKUP)
    assert stranger.change is None
    assert code(999) in str(stranger.refusal)
    (private,) = comparable(["Ann Jones"], [], LOOKUP)
    assert "Ann" not in str(private.refusal)


@pytest.mark.parametrize(
    "lines",
    [
        [Change(SPLIT, NEW, S)],
        [Change(ONE, MERGED, M)],
        [Change(SAME, SAME, U), Change(SAME, NEW, U)],
        [Change(SPLIT, NEW, S), Change(SPLIT, NEWER, S), Change(ODD, NEW, S)],
        [Change(SPLIT, NEW, S), Change(SPLIT, NEWER, U)],
    ],
    ids=["one child", "one parent", "unchanged into two", "child of two", "two codes"],
)
def test_lines_that_cannot_all_be_true_count_as_irregular(lines: list[Change]) -> None:
    (group,) = groups(lines)
    assert (group.change, group.contradicts) == (X, True)
    assert "cannot all be true" in str(group.refusal)


def test_irregular_anywhere_is_irregular_everywhere_it_reaches() -> None:
    (group,) = groups([Change(SPLIT, NEW, S), Change(SPLIT, NEWER, S), Change(ODD, NEWER, X)])
    assert (group.change, group.contradicts) == (X, False)


@st.composite
def lookups(draw: st.DrawFn) -> list[Change]:
    """Lookups that are in order: every group of its own codes."""
    lines, number = [], 0
    for change in draw(st.lists(st.sampled_from([U, S, M]), max_size=8)):
        many = draw(st.integers(2, 4))
        number += 10
        if change is U:
            lines.append(Change(code(number), code(number), U))
        elif change is S:
            lines += [Change(code(number), code(number + each), S) for each in range(1, many + 1)]
        else:
            lines += [Change(code(number + each), code(number), M) for each in range(1, many + 1)]
    return lines


@given(lookups(), st.randoms())
def test_the_order_of_lines_does_not_matter(lines: list[Change], random: object) -> None:
    mixed = list(lines)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert groups(mixed) == groups(lines)


@given(lookups(), st.data())
def test_where_all_is_regular_nothing_is_lost(lines: list[Change], data: st.DataObject) -> None:
    before = {each.code_2011: data.draw(st.integers(0, 99)) for each in lines}
    after = {each.code_2021: data.draw(st.integers(0, 99)) for each in lines}
    compared = like_for_like(before, after, lines)
    assert sum(each.before or 0 for each in compared) == sum(before.values())
    assert sum(each.after or 0 for each in compared) == sum(after.values())


@given(
    st.lists(st.builds(Change, st.integers(0, 9).map(code), st.integers(5, 14).map(code), st.sampled_from(ChangeCode)))
)
def test_groups_share_no_code_and_lose_none(lines: list[Change]) -> None:
    found = groups(lines)
    for pick in (lambda group: group.codes_2011, lambda group: group.codes_2021):
        codes = [each for group in found for each in pick(group)]
        assert len(codes) == len(set(codes))
    assert {each for group in found for each in group.codes_2011} == {line.code_2011 for line in lines}
    assert all(is_one_piece(group, lines) for group in found)


def is_one_piece(group: Group, lines: list[Change]) -> bool:
    """The group's lines reach all of it from anywhere in it, and nothing else."""
    inside = [line for line in lines if line.code_2011 in group.codes_2011 or line.code_2021 in group.codes_2021]
    reached = {("old", group.codes_2011[0])}
    for _turn in inside:
        for line in inside:
            ends = {("old", line.code_2011), ("new", line.code_2021)}
            if reached & ends:
                reached |= ends
    return reached == {("old", each) for each in group.codes_2011} | {("new", each) for each in group.codes_2021}
