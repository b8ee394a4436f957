"""An empty home with the boundaries of a folder, as an office has it before any records come: `prepare.py FOLDER`."""

from __future__ import annotations

import sys

from ourpatch.site import cli

if __name__ == "__main__":
    sys.exit(cli.main(["migrate"]) or cli.main(["load-boundaries", sys.argv[1]]))
