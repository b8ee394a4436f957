"""Lint, types, layers, migrations and Welsh: everything that can be wrong without running a test. Exit status 1 on any fault."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

# Typed strictly: what carries the domain. The rest is typed where it helps.
STRICT = ["rules.py", "permissions.py", "actions.py", "queries.py"]


def main() -> int:
    """Run every check, show what failed, and say how many did."""
    source = ROOT / "src"
    strict = [str(path) for name in STRICT for path in sorted(source.rglob(name))]
    strict += [str(path) for path in sorted(source.glob("ourpatch/*/*/actions/"))]
    checks: list[tuple[str, list[str]]] = [
        ("lint", [str(BIN / "ruff"), "check", "."]),
        ("format", [str(BIN / "ruff"), "format", "--check", "."]),
        ("layers", [str(BIN / "lint-imports"), "--no-cache"]),
        ("types", [str(BIN / "mypy"), "src/ourpatch/data/analysis", "src/ourpatch/foundation/law", *strict]),
        ("migrations", [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]),
        ("welsh", [sys.executable, "tools/welsh.py"]),
    ]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "ourpatch.settings.test", "PYTHONPATH": str(ROOT / "src")}
    failed = [name for name, command in checks if not _passes(name, command, environment)]
    print(
        f"{len(checks) - len(failed)} checks passed, {len(failed)} failed"
        + (f": {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def _passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}", flush=True)
    if done.returncode != 0:
        print(done.stdout[-6000:], done.stderr[-3000:])
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
