"""What accounts owns."""

from accounts.models.link import Link
from accounts.models.login_attempt import LoginAttempt
from accounts.models.session import Session
from accounts.models.throttle import Failures, RateCount
from accounts.models.user import User

__all__ = ["Failures", "Link", "LoginAttempt", "RateCount", "Session", "User"]
