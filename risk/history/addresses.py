"""Addresses at rest: sealed, each for its own row of the ledger."""

from mfaproject.lib import ip_addresses, seal
from risk.history import digests
from risk.models import LoginLog

PURPOSE = "risk-ledger-address"


def fields(ip: str | None, request_id: str) -> dict[str, str]:
    """The columns of a ledger row that come from its address. What no one else could share has no
    digest of its neighbourhood."""
    if ip is None:
        return {}
    found = {
        "sealed_ip": seal.seal(PURPOSE, {"ip": ip, "request": request_id}),
        "ip_digest": digests.of_address(ip)[0],
    }
    if ip_addresses.is_public(ip):
        found |= {
            "source_digest": digests.of_source(ip)[0],
            "subnet_digest": digests.of_subnet(ip)[0],
        }
    return found


def opened(row: LoginLog) -> str | None:
    """The address of a row; None when there was none, when retention has cut it, or when no key of
    ours opens it any more."""
    if not row.sealed_ip:
        return None
    try:
        return str(seal.unseal(PURPOSE, row.sealed_ip, request=row.request_id)["ip"])
    except seal.BrokenSeal:
        return None
