"""Install the system's text-layout libraries, which PDFs need, where this may be done; otherwise say the one line to run.

Nothing else needs them: without them pages are printed from the browser. Exit status is 0 either way.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")


def main() -> int:
    """Look, install, look again."""
    if _are_there():
        return 0
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing the libraries that PDFs need ...", flush=True)
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *PACKAGES]):
            subprocess.run(  # noqa: S603
                command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
    if not _are_there():
        print(f"PDFs cannot be made yet. To have them: sudo apt-get install {' '.join(PACKAGES)}")
    return 0


def _are_there() -> bool:
    return all(ctypes.util.find_library(name) for name in LIBRARIES)


if __name__ == "__main__":
    sys.exit(main())
