"""Programs that Ourpatch is measured beside, in a virtual environment of their own: `make bench` makes it where it can.

They are nothing that Ourpatch needs or installs. Numbers go to them and come back in files and printed lines.
"""

from __future__ import annotations

import subprocess

from bench_parts.measuring import ROOT

PYTHON = ROOT / ".venv-bench" / "bin" / "python"
_VERSION = "import importlib.metadata, {0}; print(importlib.metadata.version('{0}'))"


def version_of(library: str) -> str | None:
    """Its version, where it can be imported there; None where it is not installed."""
    if not PYTHON.exists():
        return None
    asked = subprocess.run(  # noqa: S603 - our own environment
        [PYTHON, "-W", "ignore", "-c", _VERSION.format(library)], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() if asked.returncode == 0 else None


def missing(library: str) -> str:
    """What to say where it is not."""
    return f"{library} itself could not be installed here, so it was not timed."
