"""Template tags of the public pages: `{% load public %}`."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def told(english: str, welsh: str = "", paragraphs: bool = False) -> SafeString | str:
    """What a person wrote, in the reader's language; where the Welsh is missing, the English, marked as such.

    `{% told priority.statement priority.statement_cy paragraphs=True %}`. Everything in it is escaped.
    """
    wants_welsh = (get_language() or "en").startswith("cy")
    text = welsh if wants_welsh and welsh else english
    shown = _paragraphs(text) if paragraphs else format_html("{}", text)
    if not text or not wants_welsh or welsh:
        return shown
    note = format_html('<span class="govuk-hint">{}</span>', _("(in English only)"))
    name = "div" if paragraphs else "span"
    return format_html('<{} lang="en">{}</{}> {}', name, shown, name, note)


def _paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs that look like the rest of the page."""
    return SafeString(linebreaks(text, autoescape=True).replace("<p>", '<p class="govuk-body">'))
