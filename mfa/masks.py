"""Addresses as strangers may see them. Pure."""

_HIDDEN = "•••"


def masked(address: str) -> str:
    """`a•••e@example.org`, `+33•••42`: enough to recognise one's own, too little to learn somebody
    else's. Anything else stays as it is."""
    name, at, host = address.rpartition("@")
    if at:
        return f"{_ends(name)}@{host}"
    return f"{address[:3]}{_HIDDEN}{address[-2:]}" if address.startswith("+") else address


def _ends(name: str) -> str:
    # Of a short name the last letter would be half of it.
    return name[:1] + _HIDDEN + (name[-1:] if len(name) > 3 else "")
