"""Template tags of the design system: `{% load ourpatch %}`."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ourpatch.site.design import components
from ourpatch.site.design.forms import error_links

register = template.Library()
LONDON = ZoneInfo("Europe/London")


@register.simple_tag(takes_context=True)
def component(context: template.Context, name: str, **params: Any) -> SafeString:
    """`{% component "button" text=_("Save") %}`: one component; raises ComponentError on a wrong name or parameter."""
    return components.render(name, params, context.get("request"))


@register.simple_block_tag(takes_context=True)
def componentblock(context: template.Context, content: str, name: str, **params: Any) -> SafeString:
    """`{% componentblock "details" summary=_("Why") %}…{% endcomponentblock %}`: what stands between becomes its `body`."""
    return components.render(name, {**params, "body": content}, context.get("request"))


@register.simple_tag
def trail(*parts: Any) -> list[dict[str, Any]]:
    """`{% trail _("My day") "/workspace/" concern.title as items %}`: text and address by turns; a last text alone is here."""
    pairs = [parts[start : start + 2] for start in range(0, len(parts), 2)]
    return [{"text": pair[0], "href": pair[1] if len(pair) > 1 else ""} for pair in pairs]


@register.simple_tag
def form_errors(form: forms.BaseForm) -> SafeString | str:
    """The error summary of a form, for above the h1; `{% form form %}` then leaves it out. Nothing when there are no errors."""
    form.summary_shown = True  # type: ignore[attr-defined]
    links = error_links(form)
    return components.render("error-summary", {"items": links}) if links else ""


@register.simple_tag(name="form")
def whole_form(form: forms.BaseForm) -> SafeString | str:
    """All fields of a form, under its error summary unless `{% form_errors form %}` has shown it already."""
    summary = "" if getattr(form, "summary_shown", False) else form_errors(form)
    return SafeString(f"{summary}{form.render()}")


@register.simple_tag
def field(bound: forms.BoundField, page_heading: bool = False, size: str = "") -> SafeString:
    """One field with label, hint and error; `page_heading=True` makes its label the h1, `size` is s, m, l or xl."""
    context = {"field": bound, "page_heading": page_heading, "size": size or ("l" if page_heading else "")}
    return SafeString(get_template("govuk/field.html").render(context))


@register.filter
def london_date(value: dt.date | dt.datetime | None) -> str:
    """`5 June 2026`: the day in London; nothing for nothing."""
    if value is None or value == "":
        return ""
    return date_format(_in_london(value), "j F Y")


@register.filter
def london_time(value: dt.datetime | None) -> str:
    """`3:30pm`, `3pm`, `midday`, `midnight`: the time in London, as GOV.UK writes it."""
    if value is None or value == "":
        return ""
    local = _in_london(value)
    if local.minute == 0 and local.hour in (0, 12):
        return _("midday") if local.hour else _("midnight")
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


@register.filter
def london_datetime(value: dt.datetime | None) -> str:
    """`5 June 2026 at 3:30pm`: a moment in London; nothing for nothing."""
    if value is None or value == "":
        return ""
    return _("%(day)s at %(time)s") % {"day": london_date(value), "time": london_time(value)}


def _in_london(value: Any) -> Any:
    return timezone.localtime(value, LONDON) if isinstance(value, dt.datetime) else value
