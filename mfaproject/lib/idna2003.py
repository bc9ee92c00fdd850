"""Where mail went under IDNA 2003, for the migrations that left it. Pure."""

from mfaproject.lib import mailbox


def went_to(address: str) -> str | None:
    """The address that was reached until then, where today's rules lead
    elsewhere or nowhere; else None."""
    local, at, domain = address.rpartition("@")
    if not local or not at or domain.isascii():
        return None
    try:
        then = domain.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:  # nothing was ever mailed there
        return None
    if len(local) + 1 + len(then) > mailbox.LONGEST:  # no server took it
        return None
    return f"{local}@{then}" if then != _now(domain) else None


def _now(domain: str) -> str:
    try:
        return mailbox.a_label(domain)
    except mailbox.NotAnAddress:
        return ""
