"""A story is played in the order of time, and nobody behind a problem waits a quarter without a word."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.site.demo.chapters import concerns
from ourpatch.site.demo.timeline import Timeline

pytestmark = pytest.mark.rules

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
hours = st.integers(min_value=0, max_value=9_000)


@given(st.lists(hours, max_size=40))
def test_deeds_are_done_in_the_order_of_time(offsets: list[int]) -> None:
    timeline, done = Timeline(START + timedelta(hours=8_000)), []
    for offset in offsets:
        timeline.at(START + timedelta(hours=offset), done.append)
    assert list(timeline.play()) == done == sorted(START + timedelta(hours=each) for each in offsets if each <= 8_000)


def test_a_deed_may_put_in_another_for_later() -> None:
    timeline, done = Timeline(START + timedelta(days=9)), []
    timeline.at(START, lambda now: timeline.at(now + timedelta(days=2), lambda _now: done.append("later")))
    timeline.at(START + timedelta(days=1), lambda _now: done.append("between"))
    assert len(list(timeline.play())) == 3
    assert done == ["between", "later"]


def test_those_of_one_instant_keep_their_order() -> None:
    timeline, done = Timeline(START), []
    for word in "abc":
        timeline.at(START, lambda _now, word=word: done.append(word))  # type: ignore[misc]
    list(timeline.play())
    assert done == ["a", "b", "c"]


@given(st.lists(hours, max_size=12), hours)
def test_nobody_waits_longer_than_eleven_weeks_for_a_word(offsets: list[int], until: int) -> None:
    news = [(START + timedelta(hours=each), "news", "") for each in offsets]
    end = START + timedelta(hours=until)
    told = concerns._filled_up(news, START, end, "still on", "")
    heard = [START, *(at for at, _english, _welsh in told), end]
    assert all(later - earlier <= concerns.EVERY for earlier, later in itertools.pairwise(heard))
    assert sum(english == "news" for _at, english, _welsh in told) == sum(at < end for at, _e, _w in news)
