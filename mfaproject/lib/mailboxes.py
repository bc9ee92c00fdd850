"""The two sides of the @ of an address that mail can be sent to. PURE."""

import re

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(\.{_ATEXT}+)*")
_IPV4 = re.compile(r"[0-9]+(\.[0-9]+){3}")
LONGEST = 64  # RFC 5321, 4.5.3.1.1


def is_local_part(text: str) -> bool:
    """A dot-atom of RFC 5321, in ASCII: what every mail server takes.

    Letters beyond it need SMTPUTF8 from each server on the way, and quotes may hold spaces and control characters: both end
    in mails that come back to nobody.
    """
    return len(text) <= LONGEST and _DOT_ATOM.fullmatch(text) is not None


def domain(host: str) -> str:
    """A host as it stands in an address: IP addresses are in brackets there (RFC 5321, 4.1.3)."""
    bare = host.strip("[]")
    if ":" in bare:
        return f"[IPv6:{bare}]"
    return f"[{bare}]" if _IPV4.fullmatch(bare) else bare
