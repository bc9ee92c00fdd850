"""System checks: what can be wrong with an installation, each with an id and
what to do about it.
"""

import re
import ssl
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.utils.module_loading import import_string

SHORTEST_ROOT_KEY = 32

Apps = Sequence[AppConfig] | None


def tls_pair(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """TLS_CERT and TLS_KEY go together, can be read, and belong to each other."""
    given = {"TLS_CERT": settings.TLS_CERT, "TLS_KEY": settings.TLS_KEY}
    if not any(given.values()):
        return []
    missing = [name for name, value in given.items() if not value]
    if missing:
        return [
            Error(
                f"{missing[0]} is missing.",
                hint="Set TLS_CERT and TLS_KEY, or neither.",
                id="nod.E001",
            )
        ]
    unreadable = [name for name, value in given.items() if not Path(value).is_file()]
    if unreadable:
        return [
            Error(
                f"{unreadable[0]}={given[unreadable[0]]} is no file that can be read.",
                hint="Give the path of a PEM file.",
                id="nod.E002",
            )
        ]
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.TLS_CERT, settings.TLS_KEY)
    except (ssl.SSLError, OSError) as error:
        return [
            Error(
                f"TLS_CERT and TLS_KEY cannot be used: {error}",
                hint="They must be PEM files of one pair, the key without password.",
                id="nod.E003",
            )
        ]
    return []


def secret_files(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Files with secrets belong to one reader."""
    folder = settings.DATA_DIR / "secrets"
    files = sorted(folder.glob("*")) if folder.is_dir() else []
    open_ones = [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]
    return [
        Error(f"{path} can be read by others.", hint=f"chmod 600 {path}", id="nod.E004")
        for path in open_ones
    ]


def origins(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """One origin is one trust domain: a script in a login page could use the
    authenticator's key."""
    found: list[CheckMessage] = []
    if not settings.IS_HTTPS:
        found.append(
            Error(
                "PUBLIC_ORIGIN is not https.",
                hint="Browsers give keys and notifications to https pages only.",
                id="nod.E005",
            )
        )
    if settings.SHARED_ORIGIN_ACCEPTED:
        return found
    if not settings.AUTHENTICATOR_HAS_OWN_ORIGIN:
        hint = (
            "Set it to a host of its own, such as https://auth.example.org, or"
            " SHARED_ORIGIN_ACCEPTED=1 if you know what that means."
        )
        return [
            *found,
            Error("AUTHENTICATOR_ORIGIN is the login's own origin.", hint=hint, id="nod.E006"),
        ]
    own = urlsplit(settings.AUTHENTICATOR_ORIGIN)
    if own.hostname == settings.PUBLIC_HOST:
        hint = "Cookies know no ports: use another host name."
        found.append(
            Error(
                "AUTHENTICATOR_ORIGIN differs from PUBLIC_ORIGIN in the port only.",
                hint=hint,
                id="nod.E007",
            )
        )
    if settings.IS_HTTPS and own.scheme != "https":
        found.append(
            Error(
                "AUTHENTICATOR_ORIGIN is not https.",
                hint="Without https there is no key, no worker and no notification.",
                id="nod.E008",
            )
        )
    return found


def root_key(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Everything sealed hangs on the root key."""
    if all(len(key) >= SHORTEST_ROOT_KEY for key in settings.ROOT_KEYS):
        return []
    hint = "Make one: head -c 32 /dev/urandom | base64"
    return [
        Error(
            f"SECRET_KEY, or a fallback, has fewer than {SHORTEST_ROOT_KEY} characters.",
            hint=hint,
            id="nod.E009",
        )
    ]


def metrics_token(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """It travels in a header."""
    if re.fullmatch(r"[\x21-\x7e]+", settings.METRICS_TOKEN):
        return []
    return [
        Error(
            "METRICS_TOKEN has a space, or a character beyond ASCII.",
            hint="Make one: head -c 32 /dev/urandom | base64",
            id="nod.E012",
        )
    ]


def static_storage(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The class that stores static files can be imported."""
    path = settings.STORAGES["staticfiles"]["BACKEND"]
    try:
        import_string(path)
    # Another's module may raise whatever it likes while it is imported.
    except Exception as error:  # noqa: BLE001
        fault = f"STATICFILES_STORAGE={path[:100]} cannot be imported: {error}"
        hint = "Give the dotted path of a storage class, or nothing."
        return [Error(fault, hint=hint, id="nod.E013")]
    return []


def cache_address(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """What stands behind the `?` of REDIS_URL is known to the library. Connects to nobody."""
    if not settings.REDIS_URL:
        return []
    try:
        import_string("redis.ConnectionPool").from_url(settings.REDIS_URL).make_connection()
    except (TypeError, ValueError):  # what it says holds a piece of the address
        hint = (
            "Leave out what stands behind the ?, but for what redis-py knows, such as"
            " ?ssl_ca_certs=/path."
        )
        return [
            Error(
                "REDIS_URL has an option that is not known, or has a value of another kind.",
                hint=hint,
                id="nod.E014",
            )
        ]
    return []


def mail(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Codes that nobody receives keep everybody out."""
    if settings.EMAIL_URL:
        return []
    return [
        Error(
            "EMAIL_URL is missing: mails would become files.",
            hint="Set it, e.g. smtp+tls://user:password@mail.example.org:587.",
            id="nod.E010",
        )
    ]


def debugging(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Error pages with code in them are for one machine."""
    return [Error("DEBUG is on.", hint="Unset it.", id="nod.E011")] if settings.DEBUG else []


def shared_cache(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """With a database server there may be several processes, and an in-process
    cache counts in each apart."""
    if settings.EMBEDDED or settings.REDIS_URL:
        return []
    hint = "With more than one process, set REDIS_URL; with one, let `manage.py deliver` deliver."
    return [Caution("DATABASE_URL is set and REDIS_URL is not.", hint=hint, id="nod.W001")]
