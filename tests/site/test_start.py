"""A command starts with what it uses: what reads workbooks and boundaries, answers questions, draws or analyses comes later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.rules

LATER = {
    "openpyxl",
    "pyogrio",
    "duckdb",
    "weasyprint",
    "tqdm",
    "ourpatch.data.analysis.pictures",
    "ourpatch.data.exchange.gate",
    "ourpatch.data.exchange.mapping",
    "ourpatch.data.studies.methods",
    "ourpatch.site.urls",
}


def test_what_a_command_may_not_need_is_not_loaded_when_it_starts(tmp_path: Path) -> None:
    program = "import django, sys; django.setup(); import ourpatch.site.loading; print(*sys.modules)"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ourpatch.settings.embedded",
        "OURPATCH_HOME": str(tmp_path / "home"),
        "OURPATCH_KEYS": str(tmp_path / "keys.json"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }

    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert "ourpatch.data.store.actions" in loaded
    assert loaded & LATER == set()
