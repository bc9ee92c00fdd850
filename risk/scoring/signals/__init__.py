"""PURE: one module per signal. Each looks at an attempt and its history and gives findings with
whole points; "unknown" gives none.
"""

from collections.abc import Callable

from risk.history.types import History
from risk.login.attempt import Attempt
from risk.login.context import Finding
from risk.scoring.signals import address, device_cookie, failures, held_source, user_agent

Signal = Callable[[Attempt, History], tuple[Finding, ...]]

FIRST_SET: tuple[Signal, ...] = (
    device_cookie.look,
    address.look,
    user_agent.look,
    failures.look,
    held_source.look,
)
"""In the order in which they are told. Failures and held sources come last: the policy may take
back what they add.
"""
