"""What risk owns."""

from risk.models.feature_count import FeatureCount
from risk.models.held_source import HeldSource
from risk.models.known_browser import KnownBrowser
from risk.models.login_log import LoginLog
from risk.models.risk_policy import RiskPolicy

__all__ = ["FeatureCount", "HeldSource", "KnownBrowser", "LoginLog", "RiskPolicy"]
