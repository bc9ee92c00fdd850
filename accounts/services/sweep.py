"""What the delivery loop asks of accounts once a minute."""

from datetime import timedelta

from django.db import transaction

from accounts import journey
from accounts.models import LoginAttempt, Session
from accounts.services import attempts, links, login, mails, people, signup, throttle
from mfaproject.lib import clock

ENDED_SESSIONS = timedelta(days=30)
ENDED_ATTEMPTS = timedelta(days=1)
BATCH = 200


def sweep() -> None:
    """Closes what is late, tells owners of unfinished logins, and removes what no longer counts."""
    for attempt in attempts.late(clock.now())[:BATCH]:
        _expire(attempt)
    now = clock.now()
    LoginAttempt.objects.exclude(state__in=journey.LIVE).filter(
        ended_at__lt=now - ENDED_ATTEMPTS
    ).delete()
    Session.objects.filter(expires_at__lt=now - ENDED_SESSIONS).delete()
    links.prune()
    throttle.prune()
    signup.prune()


@transaction.atomic
def _expire(attempt: LoginAttempt) -> None:
    rows = LoginAttempt.objects.leaving_for(journey.EXPIRED).filter(pk=attempt.pk)
    if rows.update(state=journey.EXPIRED, ended_at=clock.now()) == 1:
        login.close(attempt, "expired")
        if attempt.purpose == "login" and attempt.lane == people.OTHER and attempt.user.is_active:
            mails.unfinished(attempt)
