"""Speed and memory, as ratios to named alternatives measured in the same run. Prints Markdown; `--write` puts it in docs.

Loads the Lancashire months where ../shared/data is present, else the invented county's, beside DuckDB's bare read_csv to
Parquet and beside a pandas and geopandas script; loads the national month, and what it grows to; and serves a public
neighbourhood page to 20 clients at once beside a static file through the same server. Hot spots are measured beside esda and
near repeat beside pointpats, where those could be installed; every method of the studies over a county's year. `--large` also
loads fifty million invented rows and asks them every kind of question: about a quarter of an hour, and ten gigabytes of disk.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench_parts import county, disclosure, hotspots, large, loading, near_repeat, serving
from bench_parts.measuring import ROOT

DOCUMENT = ROOT / "docs" / "bench.md"
TITLE = "# Benchmarks"
NOTE = """Measured by `make bench`, the fifty million rows by `.venv/bin/python tools/bench.py --large`. Only the ratios travel
between machines.

"Whole command" is a program from its start to its end, with what it imports and the boundaries it reads: ours from its
database, pandas from the files. "Warm" is the same load again in a process that has both in memory. Each is the best of
three. Only Lancashire's boundaries are at hand, so of the national month every row is read and judged by all three, but for
all but Lancashire's the answer is "nowhere": with the boundaries of the whole country each would take
longer to place them."""
SECTIONS = {
    "Loading": loading.section,
    "Fifty million rows": large.section,
    "Serving": serving.section,
    "Near repeat": near_repeat.section,
    "Hot spots": hotspots.section,
    "Disclosure control": disclosure.section,
    "Every method of a county's year": county.section,
}
OPTIONAL = "Fifty million rows"


def main() -> int:
    """Measure, print, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="write docs/bench.md; a part not measured now stays as it is there"
    )
    parser.add_argument("--large", action="store_true", help="measure fifty million rows, and nothing else")
    arguments = parser.parse_args()
    wanted = [name for name in SECTIONS if (name == OPTIONAL) == arguments.large]
    measured = {name: _measured(name) for name in wanted}
    for name, text in measured.items():
        print(f"## {name}\n\n{text}\n")
    if arguments.write:
        DOCUMENT.write_text(_document({**_written(), **measured}))
    return 0


def _measured(name: str) -> str:
    with tempfile.TemporaryDirectory(prefix="ourpatch-bench-") as work:
        return "\n".join(SECTIONS[name](Path(work)))


def _written() -> dict[str, str]:
    """The sections of the document as it is, among them those that nobody measures."""
    parts = DOCUMENT.read_text().split("\n## ")[1:] if DOCUMENT.exists() else []
    return {name: text.strip() for name, _line, text in (part.partition("\n") for part in parts)}


def _document(sections: dict[str, str]) -> str:
    shown = [f"## {name}\n\n{sections[name]}\n" for name in {**SECTIONS, **sections} if name in sections]
    return "\n".join([f"{TITLE}\n\n{NOTE}\n", *shown])


if __name__ == "__main__":
    sys.exit(main())
