"""The WSGI door that a server opens."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourpatch.settings.embedded")


def behind_proxies(app: Any, trusted: Sequence[str]) -> Any:
    """Let these proxies, and nobody else, say which address a visitor comes from.

    Without it everybody behind a proxy counts as one visitor, and one who guesses codes shuts all the others out.
    """
    return wrap_wsgi_with_proxy_headers(app, trusted_hosts=list(trusted)) if trusted else app


application = behind_proxies(get_wsgi_application(), settings.OURPATCH_PROXIES)
