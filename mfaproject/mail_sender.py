"""Who our mails are from, in the syntax of mail: names are quoted, and a sender that cannot be used
stops the start. PURE.
"""

import re
from email.header import Header
from email.utils import formataddr

from django.core.exceptions import ImproperlyConfigured

from mfaproject import environment
from mfaproject.lib import texts
from mfaproject.lib.mailbox import host_part, is_local_part

LONGEST_NAME = 64
LONGEST_ADDRESS, LONGEST_SENDER = 254, 200
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
_QUOTED = re.compile(r'"(?P<name>(\\.|[^"\\])*)"')
EXAMPLE = '"Acme, Inc." <nod@example.org>'


def app_name(given: str) -> str:
    """APP_NAME, which is put into pages, mails, prompts, addresses of apps that
    show codes, and the web app's manifest."""
    if texts.hides(given) or not texts.can_be_seen(given) or len(given) > LONGEST_NAME:
        raise ImproperlyConfigured(
            f"APP_NAME must be one line of at most {LONGEST_NAME} characters that one can"
            f" see{environment.shown(given)}."
        )
    return given


def mailbox(given: str, *, app: str, host: str) -> str:
    """DEFAULT_FROM_EMAIL as mail programs read it: `"Acme, Inc." <nod@example.org>`. Empty: made of
    the app's name and our host."""
    if not given:
        return _written(app, f"nod@{host_part(host)}")
    named = _NAMED.fullmatch(given)
    name, address = (named["name"].strip(), named["address"].strip()) if named else ("", given)
    if len(name) > LONGEST_SENDER or texts.hides(name):
        address = ""
    quoted = _QUOTED.fullmatch(name)
    try:
        return _written(
            re.sub(r"\\(.)", r"\1", quoted["name"]) if quoted else name, _address(address)
        )
    except ValueError:
        pass
    raise ImproperlyConfigured(
        f"DEFAULT_FROM_EMAIL must be one sender such as {EXAMPLE}{environment.shown(given)}."
    )


def _address(given: str) -> str:
    local, at, host = given.rpartition("@")
    if not at or not is_local_part(local) or len(given) > LONGEST_ADDRESS:
        raise ValueError(given)
    literal = (
        host.removeprefix("[").removesuffix("]").removeprefix("IPv6:")
        if host.startswith("[")
        else host
    )
    return f"{local}@{host_part(environment.host(literal))}"


def _written(name: str, address: str) -> str:
    """Python's own way for plain names. Others in quotes as they are: Django encodes them, in
    pieces as short as RFC 2047 wants."""
    if "=?" in name:  # would be decoded by whoever reads it
        return f"{Header(name, 'utf-8').encode(maxlinelen=0)} <{address}>"
    if name.isascii():
        return formataddr((name, address))
    escaped = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{escaped}" <{address}>'
