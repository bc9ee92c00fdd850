"""What staff owe, and what anybody does, written once. Of a sign-in risk's policy says so too, by
its own table: it is told who is staff.
"""

from collections.abc import Callable

from accounts.models import User
from mfa.registry.base import Strength


def required(user: User, *, strong: Callable[[], bool]) -> Strength:
    """What the answer of a journey must prove. Staff always give a strong factor; everybody else
    where one is called for, which is asked only then."""
    return "strong" if user.is_staff or strong() else "weak"


def is_lacking(user: User, *, is_strong: bool) -> bool:
    """Whether a session is good for nothing: that of a staff account that was not asked for a
    strong factor, at either door."""
    return user.is_staff and not is_strong
