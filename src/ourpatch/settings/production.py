"""A county or a force: PostgreSQL, behind TLS; refuses to start without the address of its database and its keys."""

import os

from ourpatch.settings.base import *  # noqa: F403
from ourpatch.settings.base import postgresql

DATABASES = {"default": postgresql(os.environ["OURPATCH_DATABASE"])}
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
