"""Documents: tagged, titled, in their language, and closed to everything outside themselves."""

from __future__ import annotations

import builtins
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ourpatch.foundation import documents
from ourpatch.foundation.documents import PdfUnavailable, render_one_page, render_pdf

pytestmark = pytest.mark.room

TABLE = (
    '<table><thead><tr><th scope="col">State</th></tr></thead><tbody><tr><th scope="row">Due</th></tr></tbody></table>'
)


@pytest.fixture
def engine() -> None:
    try:
        documents._engine()
    except PdfUnavailable as missing:
        pytest.skip(str(missing))


def plain(pdf: bytes) -> bytes:
    """The document with its compressed parts laid open."""
    parts = [pdf]
    for piece in pdf.split(b"stream\n")[1:]:
        try:
            parts.append(zlib.decompressobj().decompress(piece))
        except zlib.error:
            continue
    return b"\n".join(parts)


def pages_of(pdf: bytes) -> int:
    """How many pages a document has."""
    return len(re.findall(rb"/Type\s*/Page\b", plain(pdf)))


@pytest.mark.usefixtures("engine")
def test_it_is_a_universally_accessible_document() -> None:
    found = plain(render_pdf(f"<h1>Answer</h1>{TABLE}", title="Are we <compliant>?", language="cy"))

    assert b"pdfuaid" in found
    assert b"StructTreeRoot" in found
    assert b"/Lang (cy)" in found
    assert b"Are we &lt;compliant&gt;?" in found


@pytest.mark.usefixtures("engine")
def test_the_first_body_that_fits_on_one_page_is_taken() -> None:
    tried: list[int] = []

    def bodies(*lengths: int) -> Iterator[str]:
        for length in lengths:
            tried.append(length)
            yield "<p>Line</p>" * length

    fits = render_one_page(bodies(200, 5, 1), title="t", language="en")
    assert tried == [200, 5]
    assert pages_of(fits) == 1
    assert pages_of(render_one_page(bodies(200, 180), title="t", language="en")) > 1


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x.png", "file:///etc/hostname"])
def test_nothing_is_fetched(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="may not fetch"):
        render_pdf(f'<img src="{address}" alt="x">', title="t", language="en")


def test_without_the_layout_engine_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def broken(name: str, *rest: Any, **more: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(PdfUnavailable, match=r"apt-get install libpango-1\.0-0 libpangoft2-1\.0-0"):
        render_pdf("<p>x</p>", title="t", language="en")
