"""Reads variables of the environment. A bad one is named in a sentence, and what may be a secret is
never shown.

Any may come from a file: `NAME_FILE=/run/secrets/name`. Read here and not by django-environ, which
takes a value that begins with `$` for the name of another variable: a password that does would be
lost in silence.
"""

import ipaddress
import os
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

import idna
from django.core.exceptions import ImproperlyConfigured

LONGEST_NUMBER = 18  # digits: what the database can hold, and far from what int() refuses
LONGEST_SHOWN = 60
LONGEST_ACCOUNT = 40  # characters of a user name
YES, NO = ("1", "true", "yes", "on", "y", "ok"), ("0", "false", "no", "off", "n", "")
USUAL_PORTS = {"http": 80, "https": 443}
# user:password@, with or without a scheme
_WITH_PASSWORD = re.compile(r"(?!mailto:)[^\s:@]*:[^@]*@", re.IGNORECASE)
_CONTACT = re.compile(
    r"mailto:[\x21-\x7e]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+"
    r"|https://[A-Za-z0-9.-]+(:[0-9]+)?(/[\x21-\x7e]*)?"
    r"|tel:\+[0-9-]{6,20}"
)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")


def text(name: str, default: str = "", *, lines: bool = False) -> str:
    """The value without spaces at its ends; `lines`: it may have several. Raises
    ImproperlyConfigured, as all of these do."""
    found = _raw(name, default)
    if any("\ud800" <= char <= "\udfff" for char in found):
        raise ImproperlyConfigured(f"{name} is not text in UTF-8.")
    found = found.strip()
    unwanted = any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in found)
    if unwanted and not lines:
        raise ImproperlyConfigured(
            f"{name} must be one line: it holds a line break or another control character."
        )
    return found


def _raw(name: str, default: str) -> str:
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text("utf-8")
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE: {path} cannot be read ({error.strerror})."
        ) from None
    except ValueError:
        raise ImproperlyConfigured(f"{name}_FILE: {path} is not text in UTF-8.") from None


def shown(value: str) -> str:
    """A value for a sentence, or "" where it looks as if it had a password in it."""
    return "" if _WITH_PASSWORD.match(value) else f"; it is {value[:LONGEST_SHOWN]!r}"


def flag(name: str, default: bool = False) -> bool:
    """Yes or no. A word that is neither must not pass as a no."""
    given = text(name, "1" if default else "0").lower()
    if given not in YES + NO:
        raise ImproperlyConfigured(f"{name} must be 1 or 0{shown(given)}.")
    return given in YES


def number(name: str, default: int, least: int = 0, most: int | None = None) -> int:
    """A whole number within bounds."""
    raw = text(name, str(default))
    if (
        not raw.isascii()
        or not raw.isdigit()
        or len(raw) > LONGEST_NUMBER
        or not least <= int(raw) <= (most or int(raw))
    ):
        bounds = f"{least} or more" if most is None else f"{least} to {most}"
        raise ImproperlyConfigured(f"{name} must be a whole number, {bounds}{shown(raw)}.")
    return int(raw)


def choice(name: str, default: str, choices: Collection[str]) -> str:
    """One of a few words, whatever its case; empty: the default."""
    given = text(name) or default
    found = [each for each in choices if each.casefold() == given.casefold()]
    if not found:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}{shown(given)}.")
    return found[0]


def words(name: str) -> list[str]:
    """What stands between commas, without spaces around and without what is empty."""
    return [word for each in text(name).split(",") if (word := each.strip())]


def accounts(name: str) -> list[str]:
    """User names, or ids: digits alone."""
    found = words(name)
    wrong = [
        each
        for each in found
        if len(each) > (LONGEST_NUMBER if each.isdecimal() else LONGEST_ACCOUNT) or " " in each
    ]
    if wrong:
        raise ImproperlyConfigured(
            f"{name} must have user names or ids, with commas; it has {wrong[0][:LONGEST_SHOWN]!r}."
        )
    return found


def contacts(name: str) -> list[str]:
    """Addresses at which somebody reads: mailto:, https: or tel:, and a plain
    mail address as mailto:."""
    found = [each if ":" in each or "@" not in each else f"mailto:{each}" for each in words(name)]
    wrong = [each for each in found if not _CONTACT.fullmatch(each)]
    if wrong:
        raise ImproperlyConfigured(
            f"{name} must have addresses such as mailto:security@example.org or"
            f" https://example.org/report{shown(wrong[0])}."
        )
    return found


def host(given: str) -> str:
    """A host's name or address as it stands in a Host header: lower case, no dot at the end,
    A-labels, brackets around IPv6.

    Raises ValueError for what is none. Names beyond ASCII by IDNA 2008: the older rules made
    another name of some.
    """
    bare = given[1:-1] if given.startswith("[") and given.endswith("]") else given
    if ":" in bare:
        return f"[{ipaddress.IPv6Address(bare)}]"
    name = given.lower().removesuffix(".")
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode()
    if not _NAME.fullmatch(name):
        raise ValueError(given)
    return name


def listener(name: str, default: str) -> str:
    """A host to listen on, as it was given; empty: the default."""
    given = text(name) or default
    _host_of(name, given)
    return given


def hosts(name: str) -> list[str]:
    """Hosts as Django's ALLOWED_HOSTS takes them: `.example.org` for all below, `*` for any."""
    return [each if each == "*" else _host_of(name, each) for each in words(name)]


def _host_of(name: str, given: str) -> str:
    dot = "." if given.startswith(".") else ""
    try:
        return dot + host(given.removeprefix("."))
    except ValueError:  # idna's errors are ValueErrors too
        pass
    raise ImproperlyConfigured(
        f"{name} must have host names such as login.example.org, without scheme and"
        f" port{shown(given)}."
    )


def host_in(address: str) -> str:
    """The host of an origin, as it stands in a Host header and in ALLOWED_HOSTS."""
    return host(urlsplit(address).hostname or "")


def origin(name: str, default: str = "") -> str:
    """Scheme, host and port as a browser writes them in `location.origin`; empty: the default."""
    return _origin_of(name, text(name) or default)


def origins(name: str) -> list[str]:
    """Such, with commas."""
    return [_origin_of(name, each) for each in words(name)]


def _origin_of(name: str, raw: str) -> str:
    try:
        parts = urlsplit(raw)
        usual, port, named = USUAL_PORTS[parts.scheme], parts.port, host(parts.hostname or "")
        bare = not (
            port == 0
            or parts.username is not None
            or parts.path.strip("/")
            or parts.query
            or parts.fragment
        )
    except (
        KeyError,
        ValueError,
    ):  # another scheme; a port that is none; brackets that do not close; a name that is none
        bare = False
    if not bare:
        raise ImproperlyConfigured(
            f"{name} must be an origin such as https://login.example.org{shown(raw)}."
        )
    return f"{parts.scheme}://{named}" + (f":{port}" if port and port != usual else "")
