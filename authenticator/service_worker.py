"""The service worker as one script, and what it keeps for a day without connection.

One classic script, written by joining a few of the page's own modules: Firefox ESR runs no module
workers, and `importScripts` takes an address, which Trusted Types would have to let through.
Joined, the worker signs with the very code that the page signs with, and the browser sees every
change of it in one comparison.
"""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

PARTS = (
    *(
        "patience",
        "store",
        "protocol",
        "keys",
        "api",
        "subscription",
        "answers",
        "questions",
        "echo",
        "notices",
    ),
    *("sw/shell", "sw/notices", "sw/deny", "sw/push"),
)
ENTRIES = ("authenticator/app.js", "authenticator/pairing.js")
LOOKS = ("css/nod.css", "authenticator/authenticator.css", "icon.svg")
ICON, BADGE = "authenticator/icons/icon-192.png", "authenticator/icons/badge-96.png"
# The style of our modules: an import is one line, an export stands before what it exports.
_IMPORT = re.compile(r"^import .*\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async function|function|const|class)", re.MULTILINE)


def _folder() -> Path:
    return Path(settings.BASE_DIR, "static")


def _modules() -> list[str]:
    found = sorted(path.name for path in (_folder() / "authenticator").glob("*.js"))
    return [name for name in (f"authenticator/{file}" for file in found) if name not in ENTRIES]


@cache
def shell() -> tuple[str, ...]:
    """Every address that it takes to show the authenticator. Modules are imported by their plain
    names, all else by the storage's.
    """
    pages = (reverse("pwa:shell"), reverse("pwa:pair"), reverse("pwa:offline"))
    return (
        *pages,
        *(static(name) for name in (*ENTRIES, *LOOKS, ICON)),
        *(settings.STATIC_URL + name for name in _modules()),
    )


@cache
def version() -> str:
    """Another one whenever a file of the shell or of the worker is another."""
    names = (
        *ENTRIES,
        *LOOKS,
        ICON,
        BADGE,
        *_modules(),
        *(f"authenticator/{part}.js" for part in PARTS),
    )
    whole = hashlib.sha256()
    for name in names:
        whole.update((_folder() / name).read_bytes())
    return whole.hexdigest()[:12]


@cache
def push_key() -> str:
    """The public half of the VAPID key (RFC 8292), as a browser wants it when it subscribes: the
    uncompressed point, base64url.
    """
    scalar = base64.urlsafe_b64decode(settings.VAPID_PRIVATE_KEY + "==")
    point = (
        ec.derive_private_key(int.from_bytes(scalar), ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


@cache
def _joined() -> str:
    sources = [(_folder() / "authenticator" / f"{part}.js").read_text() for part in PARTS]
    return "".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources)


def script(words: dict[str, str]) -> str:
    """The worker. `words` (of notifications, by name) serve until the page has left its own, or
    after the browser cleared them.
    """
    facts: dict[str, Any] = {
        "version": version(),
        "shell": shell(),
        "pushKey": push_key(),
        "icon": static(ICON),
        "badge": static(BADGE),
        "patience": settings.AUTHENTICATOR_PATIENCE,
        "words": words,
    }
    return f"const nod = {json.dumps(facts)};\n{_joined()}"
