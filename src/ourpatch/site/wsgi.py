"""The WSGI door that a server opens."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ourpatch.settings.embedded")
application = get_wsgi_application()
