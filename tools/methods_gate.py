"""Is the methods page of the depersonalisation gate what its corpus measures? Exit status 1 when not; `--write` renews it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "methods" / "depersonalisation.md"


def main() -> int:
    """Measure, and compare or write."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourpatch.settings.test")
    from tests.data.gate import page

    text = page.render(page.figures())
    if "--write" in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        return 0
    return 0 if PAGE.exists() and PAGE.read_text("utf-8") == text else 1


if __name__ == "__main__":
    sys.exit(main())
