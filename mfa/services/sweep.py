"""What the delivery loop asks of this app once a minute."""

from datetime import timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from mfa import limits, poll, registry
from mfa.channels import files
from mfa.channels.base import AWAY, OURS
from mfa.models import Challenge, Factor, OutboxMessage, SmsQuota
from mfaproject.lib import clock

BATCH = 500
KEEP = timedelta(days=7)
"""How long an ended challenge or message may be looked at in the admin. The
ledger remembers longer."""
DRAFT_KEPT = timedelta(seconds=limits.DAY)
"""How long an address or app stays that nobody proved. Devices are the
authenticator's to tidy up."""


def sweep() -> None:
    """Ends what is late, wipes what it carried, and forgets what is old."""
    expire_challenges()
    expire_messages()
    prune()
    files.prune()


def expire_challenges() -> int:
    """Notes that a time is over. Nobody relies on it: every question about a
    challenge looks at the clock itself."""
    now = clock.now()
    uncollected = now - timedelta(seconds=limits.COLLECT_WITHIN)
    late = Q(state="pending", expires_at__lte=now) | Q(
        state="approved", decided_at__lte=uncollected
    )
    found = list(Challenge.objects.filter(late).values_list("pk", "subject", "user_id")[:BATCH])
    poll.changed(
        [subject for _pk, subject, _user_id in found], [user_id for _pk, _subject, user_id in found]
    )
    return Challenge.objects.filter(late, pk__in=[pk for pk, _subject, _user_id in found]).move(
        "expired"
    )


def expire_messages() -> int:
    """Wipes what can no longer leave, also where no worker came by."""
    late = OutboxMessage.objects.filter(
        state=OutboxMessage.State.QUEUED, expires_at__lte=clock.now()
    )
    of_us = Case(When(reason__in=sorted(OURS | AWAY), then=F("reason")), default=Value("too_late"))
    return late.update(
        state=OutboxMessage.State.EXPIRED, reason=of_us, payload="", ended_at=clock.now()
    )


def prune() -> None:
    """Deletes ended rows after a week, so many at a time that nobody waits for it."""
    before = clock.now() - KEEP
    _delete(
        OutboxMessage.objects.filter(created_at__lt=before).exclude(
            state=OutboxMessage.State.QUEUED
        )
    )
    _delete(Challenge.objects.filter(created_at__lt=before))
    _delete(
        Factor.objects.filter(confirmed_at=None, added_at__lt=clock.now() - DRAFT_KEPT).exclude(
            kind__in=registry.kinds(lambda factor: factor.is_elsewhere)
        )
    )
    _delete(SmsQuota.objects.filter(ends_at__lt=clock.now()))


def _delete(rows: QuerySet[Any]) -> None:
    rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:BATCH])).delete()
