"""Are the pages that explain the methods what the analysis does today? Exit status 1 when not.

`--write` writes the pages anew. `--measure` first runs the simulations again whose code has changed (minutes); with
`--all`, every one of them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Compare, measure or write."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourpatch.settings.test")
    from tools.methods_pages import measured

    if "--measure" in sys.argv:
        measured.renew(list(measured.FAMILIES) if "--all" in sys.argv else measured.stale())
    changed = measured.stale()
    if changed:
        print(f"Measure again (--measure): {', '.join(changed)}")
        return 1
    from tools.methods_pages import pages

    if "--write" in sys.argv:
        pages.write()
    old = pages.out_of_date()
    if old:
        print(f"Not what the analysis does today (--write): {', '.join(old)}")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
