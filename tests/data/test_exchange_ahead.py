"""Files are read ahead in threads: in order, within bounds, and a fault comes out where its file would have."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourpatch.data.exchange import ahead as module
from ourpatch.data.exchange.ahead import ahead

pytestmark = pytest.mark.rules


@given(st.lists(st.integers(0, 100)))
def test_everything_is_done_once_and_handed_over_in_order(tasks: list[int]) -> None:
    assert list(ahead(lambda task: task * 2, tasks, lambda task: task * 1024 * 1024)) == [task * 2 for task in tasks]


def test_no_more_is_begun_than_may_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 10)
    begun: list[int] = []
    lock = threading.Lock()

    def work(task: int) -> int:
        with lock:
            begun.append(task)
        return task

    for position, done in enumerate(ahead(work, [4, 4, 4, 4, 20, 4], lambda task: task)):
        with lock:
            assert sum(begun[position:]) <= max(10, begun[position])
        assert done == begun[position]


def test_a_fault_comes_out_in_its_turn_and_nothing_after_it_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 2)
    begun: list[str] = []

    def work(task: str) -> str:
        begun.append(task)
        if task == "bad":
            raise ValueError(task)
        return task

    working = ahead(work, ["good", "bad", "later", "latest"], lambda _task: 1)
    assert next(working) == "good"
    with pytest.raises(ValueError, match="bad"):
        next(working)

    assert "latest" not in begun
