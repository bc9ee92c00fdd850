"""The service worker as one script, and what it keeps for a day without connection.

One classic script, written by joining a few of the page's own modules: Firefox ESR runs no module
workers, and `importScripts` takes an address, which Trusted Types would have to let through.
Joined, the worker signs with the very code that the page signs with, and the browser sees every
change of it in one comparison.
"""

import base64
import hashlib
import json
import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

WORKER = "authenticator/sw/push.js"
"""The worker is made of this module and of all that it imports."""
ENTRIES = ("authenticator/app.js", "authenticator/pairing.js")
LOOKS = ("css/nod.css", "authenticator/authenticator.css", "icon.svg")
ICON, BADGE = "authenticator/icons/icon-192.png", "authenticator/icons/badge-96.png"
# The style of our modules: an import begins a line and names a file, an export stands before what
# it exports.
_IMPORT = re.compile(r'^import [^;]+ from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async function|function|const|class)", re.MULTILINE)


def _folder() -> Path:
    return Path(settings.BASE_DIR, "static")


def _imported(name: str) -> list[str]:
    """What a module imports, by the names that modules have in the static folder."""
    source = (_folder() / name).read_text()
    return [
        posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        for path in _IMPORT.findall(source)
    ]


def _in_order(*entries: str) -> tuple[str, ...]:
    """These modules and all that they import, each after what it imports itself."""
    found: dict[str, None] = {}

    def visit(name: str, *above: str) -> None:
        if name in above:
            raise ValueError(f"modules import each other: {', '.join(above)}")
        if name not in found:
            for other in _imported(name):
                visit(other, name, *above)
            found[name] = None

    for entry in entries:
        visit(entry)
    return tuple(found)


def _modules() -> list[str]:
    return sorted({*_in_order(*ENTRIES)} - {*ENTRIES})


@cache
def shell() -> tuple[str, ...]:
    """Every address that it takes to show the authenticator. Modules are imported by their plain
    names, all else by the storage's."""
    pages = (reverse("pwa:shell"), reverse("pwa:pair"), reverse("pwa:offline"))
    return (
        *pages,
        *(static(name) for name in (*ENTRIES, *LOOKS, ICON)),
        *(settings.STATIC_URL + name for name in _modules()),
    )


@cache
def version() -> str:
    """Another one whenever a file of the shell or of the worker is another."""
    names = (*ENTRIES, *LOOKS, ICON, BADGE, *_modules(), *_in_order(WORKER))
    whole = hashlib.sha256()
    for name in names:
        whole.update((_folder() / name).read_bytes())
    return whole.hexdigest()[:12]


@cache
def push_key() -> str:
    """The public half of the VAPID key (RFC 8292), as a browser wants it when it subscribes: the
    uncompressed point, base64url."""
    scalar = base64.urlsafe_b64decode(settings.VAPID_PRIVATE_KEY + "==")
    point = (
        ec.derive_private_key(int.from_bytes(scalar), ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


@cache
def _joined() -> str:
    sources = [(_folder() / name).read_text() for name in _in_order(WORKER)]
    return "".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources)


def script(words: dict[str, str]) -> str:
    """The worker. `words` (of notifications, by name) serve until the page has left its own, or
    after the browser cleared them."""
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
