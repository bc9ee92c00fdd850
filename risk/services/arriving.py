"""A login as it arrived."""

from datetime import datetime
from typing import Literal

from risk import geo
from risk.login.context import LoginContext, Recognition
from risk.services.known_browsers import ABSENT


def arrived(
    ip: str | None,
    user_agent: str,
    browser: Recognition = ABSENT,
    *,
    at: datetime,
    request_id: str,
    door: Literal["form", "api"],
) -> LoginContext:
    """What risk is told of a login: with the place that our files know of its address. No cookie,
    or none looked at: leave `browser` out."""
    return LoginContext(ip, user_agent, browser, at, request_id, door, geo.lookup(ip))
