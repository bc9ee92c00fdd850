"""All settings, one file. Nothing set: embedded (SQLite, in-process cache, a delivery thread, secrets under DATA_DIR).

Every variable may also come from a file: `NAME_FILE=/run/secrets/name`. A bad value stops the start with a sentence that names it.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from mfaproject import firebase, sms, webpush
from mfaproject.broker import broker_url
from mfaproject.secrets import first_start_secrets

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
HIGHEST_PORT, LONGEST_NUMBER = 65_535, 18  # digits: what the database can hold, and far from what int() refuses


def _flag(name: str, default: bool = False) -> bool:
    return bool(env.bool(name, default=default))


def _text(name: str, default: str = "") -> str:
    return str(env.str(name, default=default)).strip()


def _number(name: str, default: int, least: int = 0, most: int | None = None) -> int:
    raw = _text(name, str(default))
    if not raw.isascii() or not raw.isdigit() or len(raw) > LONGEST_NUMBER or not least <= int(raw) <= (most or int(raw)):
        bounds = f"{least} or more" if most is None else f"{least} to {most}"
        raise ImproperlyConfigured(f"{name} must be a whole number, {bounds}; it is {raw[:40]!r}.")
    return int(raw)


def _origin(name: str, default: str) -> str:
    """Scheme, host and port as a browser writes them in `location.origin`."""
    raw = _text(name, default)
    try:
        parts = urlsplit(raw)
        usual, port, named = {"http": 80, "https": 443}[parts.scheme], parts.port, parts.hostname or ""
        host = f"[{named}]" if ":" in named else named.encode("idna").decode()
    except (KeyError, ValueError):  # another scheme; a port that is none; brackets that do not close; a name that is none
        host = ""
    if not host or port == 0 or parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} must be an origin such as https://login.example.org; it is {raw!r}.")
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


# Where we are

HOST = _text("HOST", "127.0.0.1")
PORT = _number("PORT", 8000, 1, HIGHEST_PORT)
TLS_CERT, TLS_KEY = _text("TLS_CERT"), _text("TLS_KEY")
DATA_DIR = Path(_text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
PUBLIC_ORIGIN = _origin("PUBLIC_ORIGIN", f"{'https' if TLS_CERT else 'http'}://localhost:{PORT}")
PUBLIC_HOST = urlsplit(PUBLIC_ORIGIN).hostname or ""
IS_LOCAL = PUBLIC_HOST in ("localhost", "127.0.0.1", "::1")
IS_HTTPS = PUBLIC_ORIGIN.startswith("https://")
AUTHENTICATOR_ORIGIN = _origin("AUTHENTICATOR_ORIGIN", PUBLIC_ORIGIN)
SHARED_ORIGIN_ACCEPTED = _flag("SHARED_ORIGIN_ACCEPTED")
AUTHENTICATOR_HAS_OWN_ORIGIN = AUTHENTICATOR_ORIGIN != PUBLIC_ORIGIN
TRUSTED_PROXY_COUNT = _number("TRUSTED_PROXY_COUNT", 0)
DEBUG = _flag("DEBUG")
ALLOWED_HOSTS = [PUBLIC_HOST, urlsplit(AUTHENTICATOR_ORIGIN).hostname or "", *(["localhost", "127.0.0.1", "[::1]"] if IS_LOCAL else [])]
ALLOWED_HOSTS += env.list("EXTRA_HOSTS", default=[])
APP_NAME = _text("APP_NAME", "Nod")
"""What people sign in to, as prompts and mails call it."""

# Secrets: from the environment, else made once under DATA_DIR. The newest root key first; older ones still open what they sealed.

DATABASE_URL, REDIS_URL, EMAIL_URL = _text("DATABASE_URL"), _text("REDIS_URL"), _text("EMAIL_URL")
EMBEDDED = not DATABASE_URL
_made = first_start_secrets(DATA_DIR, root_key=_text("SECRET_KEY"), vapid_key=_text("VAPID_PRIVATE_KEY"))
ROOT_KEYS: list[str] = [_made.root_key, *env.list("SECRET_KEY_FALLBACKS", default=[])]
SECRET_KEY = _made.django_key
SECRET_KEY_FALLBACKS: list[str] = []
VAPID_PRIVATE_KEY = _made.vapid_key
VAPID_KEPT_IN = None if _text("VAPID_PRIVATE_KEY") else DATA_DIR / "secrets" / "vapid_private_key"
"""The file of the key that signs web pushes; None when it comes from the environment."""
METRICS_TOKEN = _text("METRICS_TOKEN") or _made.metrics_token
METRICS_PORT = _number("METRICS_PORT", 0, 0, HIGHEST_PORT)
OUTBOX_KEY = _made.outbox_key

# Django

INSTALLED_APPS = [
    "accounts.apps.NodAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "mfaproject.apps.ProjectConfig",
    "accounts",
    "risk",
    "mfa",
    "authenticator",
]
MIDDLEWARE = [
    "mfaproject.lib.request_id.RequestIDMiddleware",
    "mfaproject.ops.MetricsMiddleware",
    "mfaproject.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mfaproject.middleware.OriginsMiddleware",
    "mfaproject.middleware.DatabaseFaultMiddleware",
    "accounts.middleware.SessionMiddleware",
    "mfaproject.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.ProofGateMiddleware",
]
ROOT_URLCONF = "mfaproject.urls"
WSGI_APPLICATION = "mfaproject.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mfaproject.context_processors.site",
            ],
            "builtins": ["mfaproject.templatetags.nod"],
        },
    }
]
FORM_RENDERER = "mfaproject.inputs.InputRenderer"
USE_TZ, TIME_ZONE = True, "UTC"
USE_I18N, LANGUAGE_CODE = True, "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "mfaproject" / "locale"]
STATIC_URL, STATIC_ROOT = "/static/", DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024  # the API's body limit; no form of ours is larger

if DATABASE_URL:
    _database: dict[str, Any] = env.db_url_config(DATABASE_URL)
    if _database["ENGINE"].endswith("postgresql"):
        # The usual thirty seconds would hold every worker; this leaves time to say 503 within two.
        _pool = {"min_size": 1, "max_size": _number("DATABASE_POOL", 16, 1), "timeout": 1.5}  # eight answer, six deliver
        _database.setdefault("OPTIONS", {}).update(pool=_pool, connect_timeout=2)
        _database["CONN_HEALTH_CHECKS"] = True
else:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    _database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "nod.sqlite3",
        # Without these four, eight clients at once got 223 times "database is locked"; with them none.
        "CONN_MAX_AGE": 600,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
    }
DATABASES = {"default": _database}

if REDIS_URL:
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "nod",
            # A gate that takes longer than a quarter of a second is no longer the cheap one.
            "OPTIONS": {
                "SOCKET_CONNECT_TIMEOUT": 0.25,
                "SOCKET_TIMEOUT": 0.25,
                "CONNECTION_POOL_KWARGS": {"max_connections": 50, "retry_on_timeout": False},
            },
        }
    }
else:
    # Large enough that nobody can push a counter out by making others.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "nod", "OPTIONS": {"MAX_ENTRIES": 200_000}}}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _text("STATICFILES_STORAGE", "mfaproject.static_names.StaticNames")},
}
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's page has a use for our scripts

# Who somebody is

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.SessionOnlyBackend"]
PASSWORD_HASHERS = ["accounts.hashers.PasswordHasher"]
BCRYPT_ROUNDS = _number("BCRYPT_ROUNDS", 12, 4)
PASSWORD_LONGEST = 1024  # characters; refused before hashing
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"

# Cookies: `__Host-` and Secure exactly when the site is https.


def cookie_name(name: str) -> str:
    return f"__Host-{name}" if IS_HTTPS else f"nod_{name}"


SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = cookie_name("session"), cookie_name("csrf"), cookie_name("lang")
LOGIN_COOKIE_NAME, KNOWN_BROWSER_COOKIE_NAME = cookie_name("login"), cookie_name("kb")
LINK_COOKIE_NAME = cookie_name("link")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
CSRF_FAILURE_VIEW = "mfaproject.errors.csrf_failure"
MESSAGE_STORAGE = "mfaproject.messages.CookieStorage"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_SSL_REDIRECT = False  # TLS ends in front of us or in granian; a redirect here would loop behind a proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # our own middleware sets these headers on every answer, error pages included
    "security.W002",
    "security.W003",
    "security.W005",  # subdomains are not ours to speak for
    "security.W008",
    "security.W021",
    "auth.W004",  # names are unique by `username_key`, which every look-up goes through
]

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "mfaproject.lib.problems.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
API_CORS_ORIGINS: list[str] = env.list("API_CORS_ORIGINS", default=[])
"""Sites whose pages may call /v1 from a browser, such as https://app.example.org. No cookie goes with such a call, only what the page sends."""
SPECTACULAR_SETTINGS = {
    "TITLE": "Nod",
    "DESCRIPTION": "Sign in with a password, and with more where a sign-in looks odd.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/v1",
    "SERVERS": [{"url": "/"}],
    "COMPONENT_SPLIT_REQUEST": True,
    "TAGS": [{"name": name} for name in ("Signing in", "Account", "Factors", "Undoing", "Authenticator")],
    "PREPROCESSING_HOOKS": ["accounts.api.schema.only_v1"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "accounts.api.schema.with_links"],
}

# What can prove you, and how a message travels: dotted paths. A kind without a path is off.

PUSH_DIGITS = _number("PUSH_DIGITS", 3)
if PUSH_DIGITS not in (3, 6):
    raise ImproperlyConfigured("PUSH_DIGITS must be 3 or 6.")
MFA_FACTORS = {
    "push": "mfa.factors.push.Push",
    "totp": "mfa.factors.totp.Totp",
    "recovery": "mfa.factors.recovery_code.RecoveryCodes",
    "email": "mfa.factors.email_code.EmailCode",
    "sms": "mfa.factors.sms_code.SmsCode",
}
SMS = sms.read(
    webhook_url=_text("SMS_WEBHOOK_URL"),
    webhook_secret=_text("SMS_WEBHOOK_SECRET"),
    twilio=(_text("TWILIO_ACCOUNT_SID"), _text("TWILIO_AUTH_TOKEN"), _text("TWILIO_FROM")),
)
SMS_COUNTRIES = sms.countries(env.list("SMS_COUNTRIES", default=[]))
"""Where text messages may go, ISO codes; none: everywhere."""
SMS_PER_PREFIX_HOUR, SMS_PER_SITE_HOUR = _number("SMS_PER_PREFIX_HOUR", 60, 1), _number("SMS_PER_SITE_HOUR", 300, 1)
MFA_CHANNELS = {
    "email": "mfa.channels.email.EmailChannel" if EMAIL_URL else "mfa.channels.files.EmailFileChannel",
    "sms": SMS.channel,
    "push": "authenticator.push.channel.PushChannel",
}
FACTOR_CHANGES = "accounts.services.security.factor_changes"
"""Is called with person and session before something that can prove the person is added or removed; gives what is called after it."""
BROWSERS_ENDED = "accounts.services.administration.browsers_ended"
"""Is called with people and context, in the transaction in which an admin ends their known browsers."""
SWEEPERS = ["accounts.services.sweep.sweep", "mfa.services.sweep.sweep", "authenticator.services.sweep.sweep", "risk.services.sweep"]
"""Called by the delivery loop once a minute, in this order."""

# Delivery: by Celery where a broker is (mfaproject/celery.py), else by a loop that looks for rows, and is woken where it runs in the same process.

CELERY_BROKER_URL = broker_url(_text("CELERY_BROKER_URL", REDIS_URL))
OUTBOX_DISPATCH = "mfaproject.celery.publish" if CELERY_BROKER_URL else "mfa.outbox.ring"
"""Is called after each commit with what was written. Nobody relies on it: rows are found without it too."""
OUTBOX_DIR = DATA_DIR / "outbox"
if EMAIL_URL:
    _mail = env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_BACKEND"], _mail["EMAIL_HOST"], _mail["EMAIL_PORT"] or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_TLS")), bool(_mail.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _text("DEFAULT_FROM_EMAIL", f"{APP_NAME} <nod@{PUBLIC_HOST}>")

# Push. A service is imported when it first has something to send, so that nobody pays for the one that is not used.

PUSH_SERVICES = {"webpush": "authenticator.push.webpush.WebPush", "fcm": "authenticator.push.fcm.Fcm"}
PUSH_HOSTS: list[str] = env.list("PUSH_HOSTS", default=[]) or list(webpush.HOSTS)
PUSH_ALLOW_LOOPBACK = _flag("PUSH_ALLOW_LOOPBACK")
if PUSH_ALLOW_LOOPBACK and not (EMBEDDED and IS_LOCAL):
    raise ImproperlyConfigured("PUSH_ALLOW_LOOPBACK is for tests on one machine: unset it, or DATABASE_URL and PUBLIC_ORIGIN.")
VAPID_SUBJECT = webpush.subject(_text("VAPID_SUBJECT"), sender=DEFAULT_FROM_EMAIL, origin=PUBLIC_ORIGIN)
FCM = firebase.read(_text("FCM_SERVICE_ACCOUNT"), _text("FCM_WEB_CONFIG"), _text("FCM_VAPID_KEY"))
AUTHENTICATOR_PATIENCE = {
    "answer": 10_000,  # of ours to a call: a phone on a bad line should be told, not left waiting
    "page": 3_000,  # on a line that hardly moves, the kept page is the better one
    "pushService": 10_000,  # where none can be reached, Chromium never answers
    "turn": 2_000,  # a notification may come late, but it must come
    "testPush": 15_000,
}
"""Milliseconds after which the authenticator's page and service worker go on without what they wait for. They are told."""
READINESS = {"outbox": "mfa.services.overdue.report", "push": "authenticator.services.standing.report", "geo": "risk.geo.age.report"}
"""What `/readyz` and `/metrics` ask besides database and cache: functions that give "up", or one word for what is wrong."""

RISK_POLICY = {"version": 1, "challenge": 50, "strict": 90}
"""The built-in policy: decides for everybody to whom no active policy of the database applies. Points, see docs/policies.md."""
RISK_MODEL = _text("RISK_MODEL", "risk.chain_model.ChainModel")
"""The model that decides: the dotted path of a class that is made without arguments."""
RISK_CHALLENGERS: list[str] = [path for each in env.list("RISK_CHALLENGERS", default=[]) if (path := each.strip())]
"""Such classes that are asked beside it, noted in the ledger, and decide nothing."""
RISK_ADDRESS_DAYS = _number("RISK_ADDRESS_DAYS", 30, 1)
RISK_NEVER_LOCK_OUT = env.list("RISK_NEVER_LOCK_OUT", default=[])
GEO_COUNTRY_DB, GEO_ASN_DB = _text("GEO_COUNTRY_DB"), _text("GEO_ASN_DB")
"""A site's own files in MaxMind's format; without them, those that `manage.py fetch_geo` brought into DATA_DIR."""

# Logs: one JSON object a line, the request's id on each.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "mfaproject.lib.request_id.RequestIDFilter"}},
    "formatters": {"json": {"()": "mfaproject.logs.JSONFormatter"}, "plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": _text("LOG_FORMAT", "json")}},
    "root": {"handlers": ["console"], "level": _text("LOG_LEVEL", "INFO")},
    "loggers": {"django.server": {"handlers": ["console"], "propagate": False}, "django.request": {"level": "ERROR"}, "celery": {"level": "WARNING"}},
}
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
