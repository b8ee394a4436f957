"""Several people at the same instant: one answer stands, one form makes one record, and nobody is left hanging."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from ourpatch.access.concerns import actions
from ourpatch.access.concerns.models import Concern, Exchange
from ourpatch.access.concerns.rules import Outcome, State
from ourpatch.ground.errors import Conflict

from .factories_concerns import NOON, draft_of, make_public, make_scene, raise_one

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

TOGETHER = 4
TEXT = "A barrier was fitted at the bridge on 3 January and nobody has ridden there since then."


def at_once(do: Callable[[], Any]) -> list[Any]:
    """What each of several threads got, an error for a result where it met one."""
    barrier = Barrier(TOGETHER)

    def one(_number: int) -> Any:
        barrier.wait()
        try:
            return do()
        except Conflict as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(one, range(TOGETHER)))


def test_of_several_answers_one_stands_and_the_others_are_told() -> None:
    scene = make_scene()
    concern = raise_one(scene).concern
    got = at_once(
        lambda: actions.answer(
            by=scene.by, concern_id=concern.pk, version=1, outcome=Outcome.SOLVED, text=TEXT, now=NOON
        )
    )
    assert sum(isinstance(each, Conflict) for each in got) == TOGETHER - 1
    assert Exchange.objects.count() == 1
    concern.refresh_from_db()
    assert concern.state == State.ANSWERED


def test_one_form_sent_several_times_at_once_is_one_concern_with_one_code() -> None:
    scene = make_scene()
    draft, by = draft_of(scene, idempotency_key="pressed-twice"), make_public(scene.partnership)
    got = at_once(lambda: actions.raise_concern(by=by, draft=draft, now=NOON))
    assert len({each.code for each in got}) == 1
    assert Concern.objects.count() == 1
