"""System checks of push: keys and hosts that would fail only when somebody waits for a question."""

import base64
import re
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from mfaproject import environment
from mfaproject.webpush import NOBODY

Apps = Sequence[AppConfig] | None
FIREBASE_BUNDLE = "static/authenticator/vendor/firebase.js"
_SCALAR = re.compile(r"[A-Za-z0-9_-]{43}")
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


def vapid_key(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The key that signs web pushes is a number below the order of P-256."""
    if _is_scalar(settings.VAPID_PRIVATE_KEY):
        return []
    hint = (
        f"It is kept in {settings.VAPID_KEPT_IN}."
        if settings.VAPID_KEPT_IN
        else "Give 32 bytes as 43 characters base64url, or nothing."
    )
    return [Error("VAPID_PRIVATE_KEY is no key of P-256.", hint=hint, id="nod.E020")]


def _is_scalar(text: str) -> bool:
    if not _SCALAR.fullmatch(text):
        return False
    try:
        ec.derive_private_key(int.from_bytes(base64.urlsafe_b64decode(text + "=")), ec.SECP256R1())
    except ValueError:  # 0, or not below the order
        return False
    return True


def push_hosts(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Our server connects to these hosts on anybody's word, so a name that says
    too much is worse than none."""
    wrong = [host for host in settings.PUSH_HOSTS if not _HOST.fullmatch(host)]
    hint = "Give names such as push.example.org, or *.example.org for all below, in lower case."
    return [
        Error(
            f"PUSH_HOSTS names a host that is none{environment.shown(host)}.",
            hint=hint,
            id="nod.E021",
        )
        for host in wrong
    ]


def firebase_account(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The service account's key can be read."""
    if settings.FCM is None:
        return []
    try:
        load_pem_private_key(settings.FCM.service_account["private_key"].encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        hint = (
            "Take the file as it came from the Firebase console; the key in it spans several lines,"
            " written as \\n."
        )
        return [
            Error(
                "The private_key of FCM_SERVICE_ACCOUNT cannot be read.", hint=hint, id="nod.E022"
            )
        ]
    return []


def firebase_bundle(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The page loads Google's library as one file, which is made once. Without
    it devices register for Web Push alone."""
    if settings.FCM is None or (settings.BASE_DIR / FIREBASE_BUNDLE).is_file():
        return []
    return [
        Caution(
            f"Firebase is set up and {FIREBASE_BUNDLE} is missing.",
            hint="Make it: make firebase (needs npm).",
            id="nod.W012",
        )
    ]


def vapid_subject(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Push services write to somebody before they shut a sender out."""
    if settings.VAPID_SUBJECT != NOBODY:
        return []
    hint = "Set VAPID_SUBJECT=mailto:you@example.com, or a DEFAULT_FROM_EMAIL that has a real host."
    return [Caution("VAPID_SUBJECT names nobody.", hint=hint, id="nod.W010")]
