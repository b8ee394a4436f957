"""What a visitor has typed so far, kept in their session for a few hours as an envelope that a stolen database does not open."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest

from ourpatch.ground.secrets import open_text, seal_text


def keep(request: HttpRequest, name: str, values: Mapping[str, Any], now: datetime) -> None:
    """Keep values under a name in the visitor's session."""
    text = json.dumps({"at": now.timestamp(), "values": dict(values)}, cls=DjangoJSONEncoder)
    request.session[name] = base64.b64encode(seal_text(text, f"session.{name}")).decode()


def read(request: HttpRequest, name: str, now: datetime, kept: timedelta) -> dict[str, Any]:
    """The values kept under a name; empty when there are none, or when they are older than they are kept."""
    try:
        found = json.loads(open_text(base64.b64decode(request.session.get(name, "")), f"session.{name}"))
    except (InvalidTag, ValueError):
        return {}
    if now.timestamp() - found["at"] > kept.total_seconds():
        forget(request, name)
        return {}
    values: dict[str, Any] = found["values"]
    return values


def forget(request: HttpRequest, name: str) -> None:
    """Forget what was kept under a name."""
    request.session.pop(name, None)
