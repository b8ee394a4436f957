"""A load that is killed at any moment leaves each month wholly there or not at all, and loads again afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connection
from tests.data.factories_exchange import NAME, NOW, csv_bytes, make_squareshire, street_row, zip_of

from ourpatch.data.exchange.actions import load_police_uk
from ourpatch.data.store import actions, cubes, files, queries
from ourpatch.data.store.models import StoredFile
from ourpatch.data.store.query import CountBy, Dimension, Where
from ourpatch.data.store.rules import POLICE_UK
from ourpatch.ground import clock

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
JANUARY, FEBRUARY = date(2019, 1, 1), date(2019, 2, 1)

# Each file is written, and moved, with three cubes: they are written after it and moved before it.
# What readers may see: January as it was (3 rows) or as corrected (5), and February (7) only after it.
BEFORE, BETWEEN, AFTER = {JANUARY: 3}, {JANUARY: 5}, {JANUARY: 5, FEBRUARY: 7}
POINTS = {
    "before files._write 1": BEFORE,
    "halfway files._write 1": BEFORE,
    "halfway files._write 3": BEFORE,
    "after files.stage 2": BEFORE,
    "before files._move 1": BEFORE,
    "after files._move 1": BEFORE,
    "after actions._take_out 1": BEFORE,
    "after actions._put_in 1": BEFORE,
    "after actions._record 1": BEFORE,
    "after actions._record_all 1": BETWEEN,
    "after files._move 8": BETWEEN,
    "after actions._record 2": BETWEEN,
    "after actions._record_all 2": AFTER,
}


@pytest.mark.parametrize("point", POINTS)
def test_a_load_killed_anywhere_is_all_or_nothing(point: str, tmp_path: Path, settings: Any) -> None:
    settings.OURPATCH_HOME = tmp_path / "home"
    shire = make_squareshire()
    first = zip_of(tmp_path, {NAME: csv_bytes([street_row()] * 3)}, "first.zip")
    load_police_uk(by=shire.loader, paths=[first], now=NOW)
    second = _correction(tmp_path)

    died = _load_and_die(settings.OURPATCH_HOME, shire.partnership.pk, second, point)

    assert died == -signal.SIGKILL
    assert _seen() == POINTS[point]
    _manifest_is_true()
    actions.sweep(now=clock.now() + timedelta(days=2))
    assert {path for path in _on_disk() if not _is_cube(path)} == _named()
    assert {str(cubes.file_of(Path(path))) for path in _on_disk()} == _named()
    assert _seen() == POINTS[point]

    load_police_uk(by=shire.loader, paths=[second], now=NOW)

    assert _seen() == AFTER
    _manifest_is_true()


def _correction(folder: Path) -> Path:
    february = csv_bytes([street_row(Month="2019-02")] * 7)
    members = {NAME: csv_bytes([street_row()] * 5), "2019-02/2019-02-squareshire-street.csv": february}
    return zip_of(folder, members, "second.zip")


def _load_and_die(home: Path, partnership: object, archive: Path, point: str) -> int:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), *sys.path])}
    command = [sys.executable, str(ROOT / "tests/fault/store_killed_load.py"), str(home)]
    command += [str(connection.settings_dict["NAME"]), str(partnership), str(archive), point]
    return subprocess.run(command, env=environment, check=False, timeout=120).returncode


def _seen() -> dict[Any, Any]:
    return dict(queries.run(CountBy(Where(POLICE_UK), (Dimension.MONTH,))))


def _named() -> set[str]:
    return set(StoredFile.objects.values_list("path", flat=True))


def _is_cube(path: str) -> bool:
    return cubes.file_of(Path(path)) != Path(path)


def _manifest_is_true() -> None:
    for line in StoredFile.objects.all():
        assert pq.read_metadata(files.absolute(line.path)).num_rows == line.rows


def _on_disk() -> set[str]:
    return {str(path.relative_to(files.root())) for path in files.root().rglob("*") if path.is_file()}
