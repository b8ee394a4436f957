"""Documents to keep and to print: a page's HTML as a tagged PDF (PDF/UA-1, A4) that a screen reader can read.

    pdf = render_pdf(render_to_string("data_duties/answer_document.html", context), title="Are we compliant?", language="en")

The layout engine needs the system's Pango; it is loaded only when a document is asked for. Nothing is fetched: a document holds
everything it shows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from ourpatch.ground.errors import OurpatchError
from ourpatch.ground.words import say as _

ACCESSIBLE = {"pdf_variant": "pdf/ua-1"}
INSTALL = "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PdfUnavailable(OurpatchError):
    """This machine cannot lay a PDF out; the message says what to install."""


def render_pdf(html: str, title: str, language: str) -> bytes:
    """A PDF of a page's body. `html`: what stands between the body's tags; `language`: of its text, "en" or "cy".

    Raises PdfUnavailable; ValueError when the body asks for something outside itself (a picture, a style sheet).
    """
    return _written(_laid_out(html, title, language))


def render_one_page(bodies: Iterable[str], title: str, language: str) -> bytes:
    """A PDF of the first of these bodies that fits on one page, else of the last. Raises like `render_pdf`."""
    laid_out = None
    for html in bodies:
        laid_out = _laid_out(html, title, language)
        if len(laid_out.pages) == 1:
            break
    return _written(laid_out)


def _laid_out(html: str, title: str, language: str) -> Any:
    engine = _engine()
    whole = (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_style()}</style></head><body>{html}</body></html>"
    )
    # A picture may be part of the text itself ("data:"); nothing else is read, neither files nor addresses.
    within = engine.urls.URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
    try:
        return engine.HTML(string=whole, url_fetcher=within).render(**ACCESSIBLE)
    except engine.urls.FatalURLFetchingError as error:
        raise ValueError("A document may not fetch anything: put what it shows into it.") from error


def _written(laid_out: Any) -> bytes:
    document: bytes = laid_out.write_pdf(**ACCESSIBLE)
    return document


@cache
def _style() -> str:
    return (resources.files("ourpatch.foundation.documents") / "data/document.css").read_text("utf-8")


def _engine() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise PdfUnavailable(
            _(
                "This machine cannot make PDFs yet. Print the page instead, or ask whoever runs it to install what is "
                "missing: %(command)s",
                command=INSTALL,
            )
        ) from error
    # It warns of which of two ways it embeds fonts: nothing that whoever asked for a document could act on.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint
