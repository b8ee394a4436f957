"""Words that rules say to people: kept as they were written, translated when they are shown.

Rules stay free of Django; `_("Say why.")` and `_("%(count)s rows are missing.", count=3)` are found by the translators' tool
like any other text.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence for a person, with the values it carries."""

    text: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        from django.conf import settings
        from django.utils.translation import gettext

        text = gettext(self.text) if settings.configured else self.text
        return text % self.values if self.values else text


def say(text: str, **values: object) -> Message:
    """A message from its English text and values; import it as `_` so that translators' tools find the text."""
    return Message(text, values)
