"""A sign-in that goes no further: each reason is weighed, counted and written alike."""

from accounts.context import Arrival
from accounts.journey import Refused
from accounts.models import User
from accounts.services import throttle
from accounts.services.people import Found
from risk import services as risk
from risk.services import Assessment, LoginContext


def refuse(
    found: Found, waits: bool, name: str, context: LoginContext, arrival: Arrival
) -> Refused:
    """One path for every reason: what is read, weighed and written is as much for each of them."""
    user = found.user
    if waits:
        outcome = "throttled"
    elif user is None:
        outcome = "unknown_user"
    else:
        outcome = "wrong_password" if user.is_active else "inactive"
    risk.rehearse(user_id=user.pk if user else 0, context=context)
    throttle.refused(found.row, "" if found.is_known else arrival.network, looked_at=not waits)
    risk.record_login(
        context=context,
        outcome=outcome,
        assessment=None,
        user_id=user.pk if user else None,
        typed_name=name,
    )
    return Refused()


def block(
    user: User, found: Found, assessment: Assessment, context: LoginContext, arrival: Arrival
) -> Refused:
    """Outside it looks like a wrong password, and costs as much. For the name it is none."""
    throttle.refused(found.row, "" if found.is_known else arrival.network, looked_at=False)
    risk.record_login(
        context=context,
        outcome="blocked",
        assessment=assessment,
        user_id=user.pk,
        typed_name=user.username,
    )
    return Refused()
