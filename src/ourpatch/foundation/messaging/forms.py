"""Forms of the outbox."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ourpatch.foundation.messaging.models import MessageState


class FilterForm(forms.Form):
    """Which messages are listed."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Every state")), *MessageState.choices])
