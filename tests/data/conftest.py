"""A store of its own for each test of the data floor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    """Files go to a folder of the test; the database that names them is emptied after each test as well."""
    settings.OURPATCH_HOME = tmp_path
