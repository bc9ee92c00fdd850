"""One spelling for one mailbox: by which addresses are compared, and to which mail goes. Pure.

A domain is its lower-case A-label: IDNA 2008, typed names mapped by UTS 46 without its transitional
half. So `bücher.example`, `BÜCHER。example` and `xn--bcher-kva.example` are one; `faß.example` is
itself and not `fass.example`, as it was under IDNA 2003: that may be somebody else's.

What stands before the @ is the mail server's to read. Mail goes to what was typed; compared it is
without case and without needless quotes, as servers do.
"""

import ipaddress
import re
import unicodedata
from typing import Literal

import idna

LONGEST = 254
"""RFC 3696, erratum 1690: what a mail server must take."""
LONGEST_LOCAL = 64
"""RFC 5321, 4.5.3.1.1."""

Fault = Literal["incomplete", "local", "literal", "domain", "long"]

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_IPV4 = re.compile(r"[0-9]+(\.[0-9]+){3}")
_HOST = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
_JOINERS = "\u200c\u200d"
"""Invisible, and yet they tell names apart in some scripts: `idna` looks at where they stand."""


class NotAnAddress(ValueError):
    """Nothing can be mailed there; `fault` says what is wrong."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


def checked(typed: str) -> str:
    """A new address, as it was typed, without spaces around it. Raises NotAnAddress.

    The local part is ASCII without quotes: hardly a server takes more. Its domain is a name and no
    number, which would be a way to have us call on machines inside our own network.
    """
    address = typed.strip()
    local, _at, domain = address.rpartition("@")
    if not local or not domain:
        raise NotAnAddress("incomplete")
    if domain.startswith("["):
        raise NotAnAddress("literal")
    if not is_local_part(local):
        raise NotAnAddress("long" if _ATOM.fullmatch(local) else "local")
    there = a_label(domain)
    if not _HOST.fullmatch(there) or not _names_a_host(there):
        raise NotAnAddress("incomplete")
    if max(len(address), len(local) + 1 + len(there)) > LONGEST:
        raise NotAnAddress("long")
    return address


def is_local_part(text: str) -> bool:
    """A dot-atom of RFC 5321, in ASCII: what every mail server takes.

    Letters beyond it need SMTPUTF8 from each server on the way, and quotes may hold spaces and
    control characters: both end in mails that come back to nobody.
    """
    return len(text) <= LONGEST_LOCAL and _ATOM.fullmatch(text) is not None


def host_part(name: str) -> str:
    """A host as it stands in an address: IP addresses are in brackets there (RFC 5321, 4.1.3)."""
    bare = name.strip("[]")
    if ":" in bare:
        return f"[IPv6:{bare}]"
    return f"[{bare}]" if _IPV4.fullmatch(bare) else bare


def mailed(address: str) -> str:
    """Where mail to this address goes, in ASCII. Raises NotAnAddress where that cannot be said."""
    local, at, domain = address.rpartition("@")
    if not local.isascii():
        raise NotAnAddress("local")
    return f"{local}{at}{a_label(domain)}"


def key(address: str) -> str:
    """What two spellings of one mailbox have in common, and two mailboxes have
    not. For any text."""
    local, at, domain = address.strip().rpartition("@")
    try:
        there = a_label(domain)
    except NotAnAddress:
        there = domain  # nothing is ever mailed there: as it stands it is equal to itself alone
    return f"{_folded(_unquoted(local))}{at}{there}"


def same(one: str, other: str) -> bool:
    """Whether two addresses are of one mailbox."""
    return key(one) == key(other)


def a_label(domain: str) -> str:
    """What a mail server's name is looked up by. Raises NotAnAddress for one that can be none."""
    if domain.isascii():
        return _literal(domain) if domain.startswith("[") else domain.lower().removesuffix(".")
    if len(domain) > LONGEST or any(_is_invisible(char) for char in domain):
        raise NotAnAddress("domain")
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode().removesuffix(".")
    except UnicodeError:  # all of idna's errors are
        raise NotAnAddress("domain") from None


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in _JOINERS


def _names_a_host(domain: str) -> bool:
    """Not a number: what mail servers look up has letters in its last label.
    `localhost` is this machine."""
    *_, last = domain.split(".")
    return domain == "localhost" or (last != domain and len(last) > 1 and not last.isdigit())


def _literal(domain: str) -> str:
    """`[192.0.2.1]`, `[ipv6:2001:db8::1]`."""
    inside = domain.lower().removeprefix("[").removesuffix("]").removeprefix("ipv6:")
    try:
        found = ipaddress.ip_address(inside)
    except ValueError:
        return domain.lower()
    return f"[ipv6:{found}]" if found.version == 6 else f"[{found}]"


def _unquoted(local: str) -> str:
    """RFC 5321, 4.1.2: `"alice"` and `"al\\ice"` are `alice`; where quotes are
    needed they stay, once."""
    if len(local) < 2 or not local.startswith('"') or not local.endswith('"'):
        return local
    inside = re.sub(r"\\(.)", r"\1", local[1:-1], flags=re.DOTALL)
    if _ATOM.fullmatch(inside):
        return inside
    return '"' + re.sub(r'([\\"])', r"\\\1", inside) + '"'


def _folded(local: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).casefold())
