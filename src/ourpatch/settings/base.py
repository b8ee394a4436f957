"""What every installation shares. Where things live and which keys open them comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from ourpatch.ground.secrets import make_keys, read_keys

PACKAGE = Path(__file__).resolve().parents[1]
OURPATCH_HOME = Path(os.environ.get("OURPATCH_HOME", "var")).resolve()
OURPATCH_KEYS = Path(os.environ.get("OURPATCH_KEYS", f"{OURPATCH_HOME}-keys/keys.json")).resolve()
OURPATCH_HEADS = Path(os.environ.get("OURPATCH_HEADS", OURPATCH_KEYS.parent)).resolve()
OURPATCH_DEMO = (OURPATCH_HOME / "demo").exists()
OURPATCH_DEMO_IS_REAL = OURPATCH_DEMO and '"invented"' not in (OURPATCH_HOME / "demo").read_text()

make_keys(OURPATCH_KEYS)
OURPATCH_KEY_RING = read_keys(OURPATCH_KEYS)
SECRET_KEY = OURPATCH_KEY_RING["django"]

DEBUG = False
# The addresses (or networks) of the proxies in front of us, whose word about a visitor's address is taken.
OURPATCH_PROXIES = os.environ.get("OURPATCH_PROXIES", "").split()
ALLOWED_HOSTS = os.environ.get("OURPATCH_HOSTS", "localhost 127.0.0.1 [::1]").split()

ROOMS = [
    "ourpatch.ground.permission",
    "ourpatch.ground.audit",
    "ourpatch.ground.tasks",
    "ourpatch.ground.jobs",
    "ourpatch.foundation.places",
    "ourpatch.foundation.directory",
    "ourpatch.foundation.agreements",
    "ourpatch.foundation.accounts",
    "ourpatch.foundation.messaging",
    "ourpatch.foundation.meetings",
    "ourpatch.data.store",
    "ourpatch.data.exchange",
    "ourpatch.data.duties",
    "ourpatch.data.disclosure",
    "ourpatch.data.studies",
    "ourpatch.access.teams",
    "ourpatch.access.concerns",
    "ourpatch.influence.priorities",
    "ourpatch.intelligence.profiles",
    "ourpatch.strategy.plans",
    "ourpatch.strategy.tasking",
    "ourpatch.strategy.cycle",
    "ourpatch.interventions.problems",
    "ourpatch.answers.feedback",
    "ourpatch.answers.evaluation",
    "ourpatch.answers.publishing",
    "ourpatch.site.design",
    "ourpatch.site.public",
    "ourpatch.site.workspace",
    "ourpatch.site.demo",
    "ourpatch.site",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    *ROOMS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_q",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ourpatch.site.middleware.request_id",
    "ourpatch.site.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ourpatch.site.middleware.body_size",
    "ourpatch.site.middleware.actor",
    "ourpatch.site.middleware.errors_as_pages",
]

ROOT_URLCONF = "ourpatch.site.urls"
WSGI_APPLICATION = "ourpatch.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ourpatch.site.design.context.chrome",
            ],
        },
    }
]
FORM_RENDERER = "ourpatch.site.design.forms.GovukRenderer"

AUTH_USER_MODEL = "foundation_accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace:my_day"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "ourpatch.foundation.accounts.adapter.InvitedOnly"
ACCOUNT_FORMS: dict[str, str] = {}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Ourpatch"
# A code that changes while it is being typed, or a clock a few seconds off, is not a mistake of the person's.
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "ourpatch.foundation.accounts.adapter.SealedSecondFactor"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["ourpatch.site.formats"]
USE_THOUSAND_SEPARATOR = False
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_COOKIE_SECURE = False
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "/static/"
MEDIA_ROOT = OURPATCH_HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by the server's processes: a rate limit or a used sign-in code counts in each of them.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": OURPATCH_HOME / "cache"}
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ourpatch.site.errors.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

EMAIL_BACKEND = "ourpatch.foundation.messaging.outbox_email.OutboxEmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("OURPATCH_FROM", "ourpatch@localhost")
MESSAGING_CARRIER = os.environ.get("OURPATCH_CARRIER", "outbox")

# Two workers apart: what people wait for, and what takes long. `retry` above `timeout`: a killed worker's job runs again.
_QUEUE = {
    "orm": "default",
    "workers": 1,
    "timeout": 600,
    "retry": 660,
    "max_attempts": 5,
    "ack_failures": False,
    "poll": 1,
    "catch_up": False,
    "save_limit": 250,
}
Q_CLUSTER = {
    **_QUEUE,
    "name": "urgent",
    "timeout": 60,
    "retry": 90,
    "ALT_CLUSTERS": {"bulk": {**_QUEUE, "name": "bulk"}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}


def sqlite(path: Path) -> dict[str, object]:
    """SQLite as we run it: write-ahead log, every transaction immediate, nothing lost at a power cut."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


def postgresql(address: str) -> dict[str, object]:
    """PostgreSQL from a `postgresql://user:password@host:port/name` address; `?host=/folder` names a socket."""
    from urllib.parse import parse_qs, unquote, urlsplit

    parts = urlsplit(address)
    socket = parse_qs(parts.query).get("host", [""])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or socket,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


def database() -> dict[str, object]:
    """The database that OURPATCH_DATABASE names, else SQLite in the home folder."""
    address = os.environ.get("OURPATCH_DATABASE", "")
    return postgresql(address) if address else sqlite(OURPATCH_HOME / "ourpatch.sqlite3")
