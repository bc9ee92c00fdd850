"""Reads what Firebase Cloud Messaging needs: three settings that go together."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

ACCOUNT, CONFIG, KEY = "FCM_SERVICE_ACCOUNT", "FCM_WEB_CONFIG", "FCM_VAPID_KEY"
_ACCOUNT_FIELDS = ("project_id", "client_email", "private_key", "token_uri")
_CONFIG_FIELDS = ("apiKey", "projectId", "messagingSenderId", "appId")
_PUBLIC_KEY = re.compile(r"B[A-Za-z0-9_-]{86}")  # 65 bytes that begin with 4: an uncompressed point


@dataclass(frozen=True, slots=True)
class Firebase:
    """`service_account`: the private key's JSON, for the server alone. `web_config` and `vapid_key`
    (public) go to every page."""

    service_account: dict[str, Any] = field(repr=False)
    web_config: dict[str, Any]
    vapid_key: str


def read(account: str, config: str, key: str) -> Firebase | None:
    """None when all three are empty. The first two are JSON, or the path of a file that holds it.

    Raises ImproperlyConfigured with a sentence that names what is missing or wrong.
    """
    given = {ACCOUNT: account, CONFIG: config, KEY: key}
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if missing:
        raise ImproperlyConfigured(
            f"Firebase needs {ACCOUNT}, {CONFIG} and {KEY}, or none of them; missing:"
            f" {', '.join(missing)}."
        )
    found = Firebase(
        _fields(ACCOUNT, account, _ACCOUNT_FIELDS), _fields(CONFIG, config, _CONFIG_FIELDS), key
    )
    if found.service_account["project_id"] != found.web_config["projectId"]:
        raise ImproperlyConfigured(f"{ACCOUNT} and {CONFIG} belong to different projects.")
    if not _PUBLIC_KEY.fullmatch(key):
        raise ImproperlyConfigured(
            f"{KEY} must be the public key of the Web Push certificate: 87 characters that begin"
            " with B."
        )
    return found


def _fields(name: str, given: str, needed: tuple[str, ...]) -> dict[str, Any]:
    try:
        found = json.loads(given if given.startswith("{") else Path(given).read_text())
    except (
        OSError
    ) as error:  # what was given is not shown: it may be the key itself, without its first brace
        raise ImproperlyConfigured(
            f"{name} cannot be read ({error.strerror}): give JSON, or the path of a file that"
            " holds it."
        ) from None
    except (ValueError, RecursionError):
        raise ImproperlyConfigured(f"{name} is neither JSON nor the path of a JSON file.") from None
    lacking = [
        field
        for field in needed
        if not isinstance(found, dict) or not isinstance(found.get(field), str) or not found[field]
    ]
    if lacking:
        raise ImproperlyConfigured(f"{name} lacks {', '.join(lacking)}.")
    fields: dict[str, Any] = found
    return fields
