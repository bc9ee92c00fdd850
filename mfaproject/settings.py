"""All settings, one file. Nothing set: embedded (SQLite, in-process cache, a delivery thread,
secrets under DATA_DIR).

Every variable may also come from a file: `NAME_FILE=/run/secrets/name`. A bad value stops the start
with a sentence that names it.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from mfaproject import (
    firebase,
    mail_sender,
    multiprocess_metrics,
    proxies,
    server_urls,
    sms,
    webpush,
)
from mfaproject.broker import broker_url
from mfaproject.environment import accounts as _accounts
from mfaproject.environment import choice as _choice
from mfaproject.environment import contacts as _contacts
from mfaproject.environment import flag as _flag
from mfaproject.environment import host_in as _host_in
from mfaproject.environment import hosts as _hosts
from mfaproject.environment import listener as _listener
from mfaproject.environment import number as _number
from mfaproject.environment import origin as _origin
from mfaproject.environment import origins as _origins
from mfaproject.environment import text as _text
from mfaproject.environment import words as _words
from mfaproject.secrets import first_start_secrets
from mfaproject.server_urls import HIGHEST_PORT

BASE_DIR = Path(__file__).resolve().parent.parent
# makes settings of addresses that were looked at; variables are read by the functions above
env = environ.Env()

# Where we are

HOST = _listener("HOST", "127.0.0.1")
PORT = _number("PORT", 8000, 1, HIGHEST_PORT)
TLS_CERT, TLS_KEY = _text("TLS_CERT"), _text("TLS_KEY")
DATA_DIR = Path(_text("DATA_DIR") or BASE_DIR / "var").resolve()
PUBLIC_ORIGIN = _origin("PUBLIC_ORIGIN", f"{'https' if TLS_CERT else 'http'}://localhost:{PORT}")
PUBLIC_HOST = urlsplit(PUBLIC_ORIGIN).hostname or ""
IS_LOCAL = PUBLIC_HOST in ("localhost", "127.0.0.1", "::1")
IS_HTTPS = PUBLIC_ORIGIN.startswith("https://")
AUTHENTICATOR_ORIGIN = _origin("AUTHENTICATOR_ORIGIN", PUBLIC_ORIGIN)
SHARED_ORIGIN_ACCEPTED = _flag("SHARED_ORIGIN_ACCEPTED")
AUTHENTICATOR_HAS_OWN_ORIGIN = AUTHENTICATOR_ORIGIN != PUBLIC_ORIGIN
TRUSTED_PROXY_COUNT = _number("TRUSTED_PROXY_COUNT", 0)
TRUSTED_PROXIES = proxies.networks(_words("TRUSTED_PROXIES"))
"""Networks from which forwarded headers are believed; none, and
`TRUSTED_PROXY_COUNT`: from anybody."""
BEHIND_PROXY = bool(TRUSTED_PROXY_COUNT or TRUSTED_PROXIES)
WEB_PROCESSES = _number("WEB_PROCESSES", 1, 1, 64)
DEBUG = _flag("DEBUG")
ALLOWED_HOSTS = [
    _host_in(PUBLIC_ORIGIN),
    _host_in(AUTHENTICATOR_ORIGIN),
    *(["localhost", "127.0.0.1", "[::1]"] if IS_LOCAL else []),
]
ALLOWED_HOSTS += _hosts("EXTRA_HOSTS")
SECURITY_CONTACT = _contacts("SECURITY_CONTACT")
"""Whom to tell of a weakness, for /.well-known/security.txt; none: there is no such file."""
APP_NAME = mail_sender.app_name(_text("APP_NAME") or "Nod")
"""What people sign in to, as prompts and mails call it."""

# Secrets: from the environment, else made once under DATA_DIR. The newest root key first; older
# ones still open what they sealed.

DATABASE_URL = server_urls.checked("DATABASE_URL", _text("DATABASE_URL"), server_urls.POSTGRES)
REDIS_URL = server_urls.checked("REDIS_URL", _text("REDIS_URL"), server_urls.CACHE)
EMAIL_URL = server_urls.checked("EMAIL_URL", _text("EMAIL_URL"), server_urls.MAIL)
EMBEDDED = not DATABASE_URL
if WEB_PROCESSES > 1:
    if not (DATABASE_URL and REDIS_URL):
        raise ImproperlyConfigured(
            "WEB_PROCESSES above 1 needs DATABASE_URL and REDIS_URL: processes share rows and"
            " counts."
        )
    multiprocess_metrics.together()
_made = first_start_secrets(
    DATA_DIR, root_key=_text("SECRET_KEY"), vapid_key=_text("VAPID_PRIVATE_KEY")
)
ROOT_KEYS: list[str] = [_made.root_key, *_words("SECRET_KEY_FALLBACKS")]
SECRET_KEY = _made.django_key
SECRET_KEY_FALLBACKS: list[str] = []
VAPID_PRIVATE_KEY = _made.vapid_key
VAPID_KEPT_IN = None if _text("VAPID_PRIVATE_KEY") else DATA_DIR / "secrets" / "vapid_private_key"
"""The file of the key that signs web pushes; None when it comes from the environment."""
METRICS_TOKEN = _text("METRICS_TOKEN") or _made.metrics_token
METRICS_PORT = _number("METRICS_PORT", 0, 0, HIGHEST_PORT)
if METRICS_PORT == PORT:
    raise ImproperlyConfigured(f"METRICS_PORT must be another port than PORT; both are {PORT}.")
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
    "mfaproject.apps.ProjectConfig",
    "accounts",
    "risk",
    "mfa",
    "authenticator",
]
FIRST_IN_LINE = "accounts.queue_priority.goes_first"
"""Is called with a request of the front that hashes a password: whether its
browser is known for the name typed."""
MIDDLEWARE = [
    "mfaproject.middleware.DeadlineMiddleware",
    "mfaproject.lib.request_id.RequestIDMiddleware",
    "mfaproject.ops.MetricsMiddleware",
    "mfaproject.middleware.HeadersMiddleware",
    "mfaproject.middleware.ForwardedMiddleware",
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
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                        "mfa.registry.folders.Loader",
                    ],
                )
            ],
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
FORM_RENDERER = "mfaproject.form_rendering.InputRenderer"
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
        _database["ENGINE"] = "mfaproject.backends.postgresql"
        # One pool for requests, of which eight are answered at once, and one for six that deliver.
        _pool = {"min_size": 1, "max_size": _number("DATABASE_POOL", 16, 1)}
        # A host that vanished is noticed within half a minute, also where nobody asks it anything.
        _alive = {
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
        }
        _database["OPTIONS"] = {
            "connect_timeout": 2,
            **_alive,
            **_database.get("OPTIONS", {}),
            "pool": _pool,
        }
        # A cursor that outlives its transaction belongs to one connection, and a pooler in
        # transaction mode gives the next statement another.
        _database["DISABLE_SERVER_SIDE_CURSORS"] = True
else:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    _database = {
        "ENGINE": "mfaproject.backends.sqlite3",
        "NAME": DATA_DIR / "nod.sqlite3",
        # Without these, and patience with locks, eight clients at once got 223 times "database is
        # locked"; with them none.
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "TEST": {"NAME": ":memory:"},  # pytest-django asks for that of Django's own backend only
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
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "nod",
            "OPTIONS": {"MAX_ENTRIES": 200_000},
        }
    }

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": _text("STATICFILES_STORAGE") or "mfaproject.static_names.StaticNames"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's page has a use for our scripts
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # files that programs look for at fixed addresses

# Who somebody is

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.SessionOnlyBackend"]
PASSWORD_HASHERS = ["accounts.hashers.PasswordHasher"]
BCRYPT_ROUNDS = _number("BCRYPT_ROUNDS", 12, 4, 18)  # the last takes half a minute
PASSWORD_LONGEST = 1024  # characters; refused before hashing
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"

# Cookies: `__Host-` and Secure exactly when the site is https.


def cookie_name(name: str) -> str:
    return f"__Host-{name}" if IS_HTTPS else f"nod_{name}"


SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = (
    cookie_name("session"),
    cookie_name("csrf"),
    cookie_name("lang"),
)
LOGIN_COOKIE_NAME, KNOWN_BROWSER_COOKIE_NAME = cookie_name("login"), cookie_name("kb")
LINK_COOKIE_NAME, FIRST_COOKIE_NAME = cookie_name("link"), cookie_name("first")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
CSRF_FAILURE_VIEW = "mfaproject.errors.csrf_failure"
MESSAGE_STORAGE = "mfaproject.messages.CookieStorage"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
# TLS ends in front of us or in our own front; a redirect here would loop behind a proxy
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
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
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "mfaproject.lib.negotiation.OnlyJson",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
API_CORS_ORIGINS: list[str] = _origins("API_CORS_ORIGINS")
"""Sites whose pages may call /v1 from a browser, such as https://app.example.org. No cookie goes
with such a call, only what the page sends."""
SPECTACULAR_SETTINGS = {
    "TITLE": "Nod",
    "DESCRIPTION": "Sign in with a password, and with more where a sign-in looks odd.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/v1",
    "SERVERS": [{"url": "/"}],
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,  # in the order of the addresses, which is that of a sign-in
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "TAGS": [
        {
            "name": "Signing in",
            "description": "From a password to a token, one step for each request.",
        },
        {
            "name": "Account",
            "description": "Who a token belongs to, and where this person is signed in.",
        },
        {"name": "Factors", "description": "What can prove a person: adding it and removing it."},
        {"name": "Undoing", "description": "The link in the mail about a sign-in."},
        {
            "name": "Authenticator",
            "description": (
                "What a paired phone asks, and how it answers. Bodies are canonical JSON (RFC"
                " 8785)."
            ),
        },
    ],
    "PREPROCESSING_HOOKS": ["accounts.api.schema.only_v1"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.api.schema.with_links",
        "accounts.api.schema.said_in_full",
        "accounts.api.schema.in_paragraphs",
    ],
}

# What can prove you, and how a message travels: dotted paths. A kind without a path is off.

PUSH_DIGITS = _number("PUSH_DIGITS", 3)
if PUSH_DIGITS not in (3, 6):
    raise ImproperlyConfigured("PUSH_DIGITS must be 3 or 6.")
MFA_FACTORS = {
    "push": "mfa.factors.push.Push",
    "totp": "mfa.factors.totp.Totp",
    "recovery": "mfa.factors.recovery.RecoveryCodes",
    "email": "mfa.factors.email.EmailCode",
    "sms": "mfa.factors.sms.SmsCode",
}
LEDGER_FACTORS = "mfa.registry.ledger_words"
"""What can prove a sign-in, and its title: pairs, for the ledger, whose app knows no factor."""
SMS = sms.read(
    webhook_url=_text("SMS_WEBHOOK_URL"),
    webhook_secret=_text("SMS_WEBHOOK_SECRET"),
    twilio=(_text("TWILIO_ACCOUNT_SID"), _text("TWILIO_AUTH_TOKEN"), _text("TWILIO_FROM")),
)
SMS_COUNTRIES = sms.countries(_words("SMS_COUNTRIES"))
"""Where text messages may go, ISO codes; none: everywhere."""
SMS_PER_PREFIX_HOUR = _number("SMS_PER_PREFIX_HOUR", 60, 1, 1_000_000)
SMS_PER_SITE_HOUR = _number("SMS_PER_SITE_HOUR", 300, 1, 1_000_000)
MFA_CHANNELS = {
    "email": (
        "mfa.channels.email.EmailChannel" if EMAIL_URL else "mfa.channels.files.EmailFileChannel"
    ),
    "sms": SMS.channel,
    "push": "authenticator.push.channel.PushChannel",
}
LATE_LETTERS = {
    "reset_asked": "accounts.services.reset.late_letter",
    "signup_asked": "accounts.services.signup.late_letter",
}
"""Mails that anybody may ask for. Whose address it is, is looked up when they leave, not when
somebody waits for the answer: functions that take address and context, and give a `LateLetter`, or
None where it is nobody's."""
FACTOR_CHANGES = "accounts.services.security.factor_changes"
"""Is called with person and session before something that can prove the person is added or removed;
gives what is called after it."""
BROWSERS_ENDED = "accounts.services.administration.browsers_ended"
"""Is called with people and context, in the transaction in which an admin ends
their known browsers."""
SWEEPERS = [
    "accounts.services.sweep.sweep",
    "mfa.services.sweep.sweep",
    "authenticator.services.sweep.sweep",
    "risk.services.sweep",
]
"""Called by the delivery loop once a minute, in this order."""

# Delivery: by Celery where a broker is (mfaproject/celery.py), else by a loop that looks for rows,
# and is woken where it runs in the same process.

_broker = _text("CELERY_BROKER_URL", REDIS_URL)
CELERY_BROKER_URL = broker_url(
    server_urls.checked("CELERY_BROKER_URL", _broker, server_urls.BROKER)
)
OUTBOX_DISPATCH = "mfaproject.celery.publish" if CELERY_BROKER_URL else "mfa.outbox.ring"
"""Is called after each commit with what was written. Nobody relies on it: rows
are found without it too."""
OUTBOX_DIR = DATA_DIR / "outbox"
if EMAIL_URL:
    _mail = env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = (
        "mfa.channels.smtp.Backend",
        _mail["EMAIL_HOST"],
        _mail["EMAIL_PORT"] or 25,
    )
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        _mail["EMAIL_HOST_USER"] or "",
        _mail["EMAIL_HOST_PASSWORD"] or "",
    )
    EMAIL_USE_TLS, EMAIL_USE_SSL = (
        bool(_mail.get("EMAIL_USE_TLS")),
        bool(_mail.get("EMAIL_USE_SSL")),
    )
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = mail_sender.mailbox(
    _text("DEFAULT_FROM_EMAIL"), app=APP_NAME, host=PUBLIC_HOST
)

# Push. A service is imported when it first has something to send, so that nobody pays for the one
# that is not used.

PUSH_SERVICES = {
    "webpush": "authenticator.push.webpush.WebPush",
    "fcm": "authenticator.push.fcm.Fcm",
}
PUSH_HOSTS: list[str] = webpush.hosts(_words("PUSH_HOSTS"))
PUSH_ALLOW_LOOPBACK = _flag("PUSH_ALLOW_LOOPBACK")
if PUSH_ALLOW_LOOPBACK and not (EMBEDDED and IS_LOCAL):
    raise ImproperlyConfigured(
        "PUSH_ALLOW_LOOPBACK is for tests on one machine: unset it, or DATABASE_URL and"
        " PUBLIC_ORIGIN."
    )
VAPID_SUBJECT = webpush.subject(
    _text("VAPID_SUBJECT"), sender=DEFAULT_FROM_EMAIL, origin=PUBLIC_ORIGIN
)
_account, _config = _text("FCM_SERVICE_ACCOUNT", lines=True), _text("FCM_WEB_CONFIG", lines=True)
FCM = firebase.read(_account, _config, _text("FCM_VAPID_KEY"))
AUTHENTICATOR_PATIENCE = {
    "answer": 10_000,  # of ours to a call: a phone on a bad line should be told, not left waiting
    "page": 3_000,  # on a line that hardly moves, the kept page is the better one
    "pushService": 10_000,  # where none can be reached, Chromium never answers
    "turn": 2_000,  # a notification may come late, but it must come
    "testPush": 15_000,
}
"""Milliseconds after which the authenticator's page and service worker go on
without what they wait for. They are told."""
READINESS = {
    "outbox": "mfa.services.delivery_health.report",
    "mail": "mfa.services.sender_health.mail",
    "texts": "mfa.services.sender_health.texts",
    "push": "authenticator.services.push_health.report",
    "geo": "risk.geo.age.report",
    "disk": "mfaproject.disk_space.report",
    "proxy": "mfaproject.lib.proxy_hops.report",
}
"""What `/readyz` and `/metrics` ask besides database and cache: functions that give "up", or one
word for what is wrong."""
if DATABASES["default"]["ENGINE"] == "mfaproject.backends.postgresql":
    READINESS["commits"] = "mfaproject.backends.postgresql.connection.standing"

RISK_POLICY = {"version": 1, "challenge": 50, "strict": 90}
"""The built-in policy: decides for everybody to whom no active policy of the database applies.
Points, see docs/policies.md."""
RISK_MODEL = _text("RISK_MODEL") or "risk.scoring.chain_model.ChainModel"
"""The model that decides: the dotted path of a class that is made without arguments."""
RISK_CHALLENGERS: list[str] = _words("RISK_CHALLENGERS")
"""Such classes that are asked beside it, noted in the ledger, and decide nothing."""
RISK_SIGNALS: list[str] = _words("RISK_SIGNALS")
"""Modules of the site's own that each hold a signal; see docs/dev/add-a-signal.md."""
RISK_ADDRESS_DAYS = _number("RISK_ADDRESS_DAYS", 30, 1, 36_500)
RISK_NEVER_LOCK_OUT = _accounts("RISK_NEVER_LOCK_OUT")
GEO_COUNTRY_DB, GEO_ASN_DB = _text("GEO_COUNTRY_DB"), _text("GEO_ASN_DB")
"""A site's own files in MaxMind's format; without them, those that `manage.py
fetch_geo` brought into DATA_DIR."""

# Logs: one JSON object a line, the request's id on each.

_format = _choice("LOG_FORMAT", "json", ("json", "plain"))
_level = _choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "mfaproject.lib.request_id.RequestIDFilter"}},
    "formatters": {
        "json": {"()": "mfaproject.logs.JSONFormatter"},
        "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": _format,
        }
    },
    "root": {"handlers": ["console"], "level": _level},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        "django.request": {"level": "ERROR"},
        "celery": {"level": "WARNING"},
        # Each statement with its values, at LOG_LEVEL=DEBUG: Django writes them with DEBUG alone.
        "django.db.backends": {"level": _level},
    },
}
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
