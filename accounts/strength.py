"""What an answer must prove, of staff and of anybody. Of a sign-in risk's policy says so too, by
its own table: it is told who is staff. What a session of theirs must be: browser_session.
"""

from collections.abc import Callable

from accounts.models import User
from mfa.registry.base import Strength


def required(user: User, *, strong: Callable[[], bool]) -> Strength:
    """What the answer of a journey must prove. Staff always give a strong factor; everybody else
    where one is called for, which is asked only then."""
    return "strong" if user.is_staff or strong() else "weak"
