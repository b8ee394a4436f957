"""Figures and days as people write them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

from ourpatch.foundation import law


def number(value: float, places: int = 0) -> str:
    """1,234 or 12.3."""
    return str(
        number_format(
            round(value, places) if places else round(value), decimal_pos=places, use_l10n=True, force_grouping=True
        )
    )


def month(first: date) -> str:
    """November 2026."""
    return str(date_format(first, "F Y"))


def short_month(first: date) -> str:
    """Nov 26."""
    return str(date_format(first, "M y"))


def day(on: date) -> str:
    """5 June 2026."""
    return str(date_format(on, "j F Y"))


def category(code: str, on: date) -> str:
    """The published name of a recorded category, in the reader's language."""
    return law.book(on).label("police_uk_categories", code, get_language() or "en")
