"""`ourpatch check`: what is unsafe or missing in this installation, one line each, with what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from ourpatch.foundation import documents

LOW_DISK_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: fine, or what to do."""

    about: str
    fine: bool
    says: str


def report(*, as_json: bool) -> int:
    """Print every finding; 1 when any is not fine."""
    findings = list(look())
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.fine else 'MEND'}  {finding.about}: {finding.says}")
    return 0 if all(finding.fine for finding in findings) else 1


def look() -> Iterator[Finding]:
    """Look at the database, the keys, the disk, the audit's sealer and the built pages, and whether PDFs can be made."""
    yield _database()
    yield _keys()
    yield _disk()
    yield _sealer()
    yield _assets()
    yield _documents()


def _database() -> Finding:
    try:
        call_command("migrate", check_unapplied=True, verbosity=0)
    except SystemExit:
        return Finding("database", False, "it is behind this version. Run `ourpatch migrate`.")
    return Finding("database", True, f"{connection.vendor}, up to date")


def _keys() -> Finding:
    path = settings.OURPATCH_KEYS
    inside = settings.OURPATCH_HOME in path.parents
    if inside:
        return Finding("keys", False, f"{path} lies inside the data folder. Move it out and set OURPATCH_KEYS.")
    if path.stat().st_mode & 0o077:
        return Finding("keys", False, f"{path} can be read by others. Run `chmod 600` on it.")
    return Finding("keys", True, f"{path}, readable by its owner only")


def _disk() -> Finding:
    free = shutil.disk_usage(settings.OURPATCH_HOME).free
    if free < LOW_DISK_BYTES:
        return Finding("disk", False, f"only {free // 1024**2} MB are free. Make room before the next load.")
    return Finding("disk", True, f"{free // 1024**3} GB free")


def _sealer() -> Finding:
    from ourpatch.ground.audit.models import Unsealed

    waiting = Unsealed.objects.count()
    limit = 10_000
    if waiting > limit:
        return Finding("audit", False, f"{waiting} rows wait to be sealed. Is the urgent worker running?")
    return Finding("audit", True, f"{waiting} rows wait to be sealed")


def _assets() -> Finding:
    from django.contrib.staticfiles import finders

    if finders.find("built/ourpatch.css") is None:
        return Finding("pages", False, "the style sheet was not built. Run `make demo` or tools/build_assets.py.")
    return Finding("pages", True, "style sheet built")


def _documents() -> Finding:
    try:
        documents.render_pdf("<p>.</p>", "PDF", "en")
    except documents.PdfUnavailable as missing:
        return Finding("PDFs", False, str(missing))
    return Finding("PDFs", True, "can be made")
