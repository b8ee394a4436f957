"""Tests: a home of their own, fixed keys, quick password hashing; OURPATCH_TEST_DATABASE chooses PostgreSQL."""

import os
import tempfile
from pathlib import Path

_home = Path(os.environ.setdefault("OURPATCH_HOME", tempfile.mkdtemp(prefix="ourpatch-test-")))
os.environ.setdefault("OURPATCH_KEYS", str(_home / "keys" / "keys.json"))

from ourpatch.settings.base import *  # noqa: F403, E402
from ourpatch.settings.base import postgresql, sqlite  # noqa: E402

_address = os.environ.get("OURPATCH_TEST_DATABASE", "")
DATABASES = {"default": postgresql(_address) if _address else sqlite(_home / "ourpatch.sqlite3")}
if not _address:
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
Q_CLUSTER = {**Q_CLUSTER, "sync": False}  # noqa: F405
ALLOWED_HOSTS = ["*"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
