"""The same month as several: `months.py SOURCE TARGET COUNT` rewrites an archive's month as the months of 2000 onwards.

Prints the rows of the new archive.
"""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

FIRST = 2000


def main(source: Path, target: Path, count: int) -> None:
    """Write each street file under each month, with that month in its rows."""
    rows = 0
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            found = re.search(r"(\d{4}-\d{2})-[a-z-]+-street\.csv$", name)
            if found is None:
                continue
            data = old.read(name)
            rows += count * (data.count(b"\n") - 1)
            for number in range(count):
                month = f"{FIRST + number // 12}-{number % 12 + 1:02}"
                renamed = data.replace(f",{found[1]},".encode(), f",{month},".encode())
                new.writestr(name.replace(found[1], month), renamed)
    print(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
