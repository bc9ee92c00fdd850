"""Texts that people chose themselves, before they stand in a mail of ours. Pure."""

import re
import unicodedata

_DOTS = str.maketrans("。", ".")
"""NFKC leaves it alone, and browsers take it for one."""
_LINK = re.compile(
    r"""
    ://                                              # any scheme with a host
    | \b (?: mailto | tel | sms | javascript | data ) :
    | \b www \.
    | @
    # evil.example, and the part of a name in another script
    | [^\W_] [\w-]* \. (?: xn-- | [^\W\d_]{2} )
    | \b \d{1,3} (?: \. \d{1,3} ){3} \b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def holds_link(text: str) -> bool:
    """Whether a mail program could make a link of it: a scheme, `www.`, an `@`, a domain or an
    address.

    Says yes to "St.John" as well: what is left out then is a name, and nothing is lost by it.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DOTS)
    return (
        _LINK.search("".join(char for char in plain if unicodedata.category(char) != "Cf"))
        is not None
    )
