"""The ledger and the known browsers, to be read by admins, and the policies, to
be moved by them.
"""

from risk.admin.browsers import KnownBrowserAdmin
from risk.admin.ledger import LoginLogAdmin
from risk.admin.policies import RiskPolicyAdmin

__all__ = ["KnownBrowserAdmin", "LoginLogAdmin", "RiskPolicyAdmin"]
