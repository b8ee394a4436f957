"""Eight loaders of one month at once: one of them wins, the others are told, and nothing of theirs is left."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from tests.data.factories_store import JANUARY, NOW, loader, received, table

from ourpatch.data.store import actions, files, queries
from ourpatch.data.store.models import StoredFile, Submission
from ourpatch.data.store.query import CountBy, Where
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.ground.errors import Conflict

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

LOADERS = 8


def test_of_eight_loads_of_one_month_one_wins(tmp_path: Path, settings: Any) -> None:
    settings.OURPATCH_HOME = tmp_path
    came: list[object] = []
    start = threading.Barrier(LOADERS)
    prepared = []
    for number in range(LOADERS):
        rows: list[dict[str, Any]] = [{"place": str(number)}] * (number + 1)
        prepared.append((received(JANUARY, rows), files.stage(table(rows), JANUARY)))

    def load(number: int) -> None:
        sent, staged = prepared[number]
        start.wait()
        try:
            came.append(actions.commit_submission(by=loader(UUID(int=1)), received=sent, staged=[staged], now=NOW))
        except Conflict as told:
            came.append(told)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=load, args=[number]) for number in range(LOADERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    won = [each for each in came if isinstance(each, Submission)]
    assert len(came) == LOADERS
    assert len(won) == 1
    assert queries.run(CountBy(Where(POLICE_UK))) == [(won[0].rows_kept,)]
    on_disk = {str(path.relative_to(files.root())) for path in files.root().rglob("*") if path.is_file()}
    assert on_disk == set(StoredFile.objects.values_list("path", flat=True))
