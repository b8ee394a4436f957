"""Django forms drawn as GOV.UK forms: plain `forms.Form` with Django's own widgets, nothing to import in a room.

What a widget may be told through `attrs`: `class` (`govuk-input--width-5`, `govuk-radios--inline`), `rows`, `type`
(`date`, `time`, `datetime-local` together with a matching `format=`), `autocomplete`, `inputmode`. A `Textarea` with a
`max_length` counts characters. `SelectDateWidget` is drawn as GOV.UK's three boxes for day, month and year.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates

TEMPLATES = Path(__file__).parent / "templates"
DJANGO_TEMPLATES = Path(forms.__file__).parent / "templates"


class GovukRenderer(DjangoTemplates):
    """Draws forms, fields and widgets from our templates and falls back to Django's; set as FORM_RENDERER."""

    form_template_name = "govuk/form.html"
    field_template_name = "govuk/field.html"
    formset_template_name = "govuk/formset.html"

    @cached_property
    def engine(self) -> Any:
        """A template engine in which our widgets come before Django's, whatever the order of installed apps."""
        return self.backend(
            {"NAME": "govuk", "APP_DIRS": False, "DIRS": [TEMPLATES, DJANGO_TEMPLATES], "OPTIONS": {}},
        )


def error_links(form: forms.BaseForm) -> list[dict[str, str]]:
    """What an error summary lists: every message with the place to put it right (empty for the form as a whole)."""
    whole = [{"text": str(message), "href": ""} for message in form.non_field_errors()]
    hidden = [{"text": str(message), "href": ""} for bound in form.hidden_fields() for message in bound.errors]
    fields = [
        {"text": str(message), "href": f"#{first_input_id(bound)}"}
        for bound in form.visible_fields()
        for message in bound.errors
    ]
    return whole + hidden + fields


def first_input_id(bound: forms.BoundField) -> str:
    """The id of the first thing in a field that takes the keyboard."""
    widget = bound.field.widget
    if isinstance(widget, forms.SelectDateWidget):
        return f"{bound.auto_id}_day"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)):
        return f"{bound.auto_id}_0"
    return bound.auto_id
