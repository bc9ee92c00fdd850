"""The ledger and the known browsers, to be read by admins."""

from risk.admin.browsers import KnownBrowserAdmin
from risk.admin.ledger import LoginLogAdmin

__all__ = ["KnownBrowserAdmin", "LoginLogAdmin"]
