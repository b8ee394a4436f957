"""Other processes on the test's own database: writers at the same time, and ones that are killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

# What every child does first: Django as the test runs it, on the test's database and with its heads.
_OPENING = """
import os, sys, signal
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE_NAME"]
settings.OURPATCH_HEADS = os.environ["TEST_HEADS"]
import django
django.setup()
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Run Python code in a process of its own, on the database of the running test."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
        "TEST_HEADS": str(settings.OURPATCH_HEADS),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.Popen(
        [sys.executable, "-c", _OPENING + code, *map(str, arguments)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], seconds: float = 120) -> str:
    """What a process said; fails the test with its error when it did not end well."""
    said, complained = process.communicate(timeout=seconds)
    assert process.returncode == 0, complained
    return said


def finish_killed(process: subprocess.Popen[str], seconds: float = 60) -> None:
    """Wait for a process that kills itself with -9 in the middle of its work."""
    _said, complained = process.communicate(timeout=seconds)
    assert process.returncode == -9, complained
