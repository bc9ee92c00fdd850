"""What people say about sign-ins afterwards: "it was not me"."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mfaproject.lib import clock, ip_addresses
from risk.history import addresses, digests, expire
from risk.login import chains, outcomes
from risk.models import FeatureCount, HeldSource, LoginLog
from risk.services import ledger

HOLD = timedelta(hours=24)
ESTABLISHED = timedelta(days=30)
"""A person's word counts for others when their first sign-in is that long ago:
new accounts are cheap."""


@transaction.atomic
def report_not_me(*, log_id: int, user_id: int, answering_ip: str | None, detail: str = "") -> bool:
    """The person denied a pending sign-in on an authenticator (`detail` is its name). False when
    the row was no pending one of theirs.

    Where it came from is risky for this person for a day: unless that address says nothing, is
    where the answer came from, or the browser is a known one.
    """
    row = _own(log_id, user_id)
    said = {"factor": "push", "detail": detail}
    if row is None or not ledger.record_outcome(log_id, outcomes.NOT_ME, **said):
        return False
    ip = addresses.opened(row)
    if ip_addresses.network(ip) != ip_addresses.network(answering_ip):
        _hold(row, ip, HeldSource.Why.NOT_ME)
    return True


@transaction.atomic
def disavow(log_id: int, user_id: int) -> None:
    """The person undoes a sign-in that had succeeded: what it taught is taken
    back, its source is held. Acts once."""
    row = _own(log_id, user_id)
    if row is None or not ledger.move(log_id, outcomes.DISAVOWED, decision=row.decision):
        return
    # the move may have waited for the sign-in to be admitted
    row.refresh_from_db(fields=["learned"])
    if row.learned:
        expire.unlearn(user_id, row.learned)
        # in which order things were taught and taken back decides what is left
        LoginLog.objects.filter(pk=log_id).update(
            learned=row.learned | {"undone": clock.now().timestamp()}
        )
    _hold(row, addresses.opened(row), HeldSource.Why.DISAVOWED)


def _own(log_id: int, user_id: int) -> LoginLog | None:
    return LoginLog.objects.filter(pk=log_id, user_id=user_id).first()


def _hold(row: LoginLog, ip: str | None, why: str) -> None:
    if ip is None or row.user_id is None or row.known_browser or not ip_addresses.is_public(ip):
        return
    now = clock.now()
    held = HeldSource(
        user_id=row.user_id,
        source_digest=digests.of_source(ip)[0],
        why=why,
        established=_established(row.user_id, now),
        until=now + HOLD,
    )
    changed: list[Any] = ["why", "established", "until"]
    HeldSource.objects.bulk_create(
        [held],
        update_conflicts=True,
        unique_fields=["source_digest", "user"],
        update_fields=changed,
    )


def _established(user_id: int, now: datetime) -> bool:
    # whoever fails has not signed in
    rows = FeatureCount.objects.filter(account=user_id).exclude(chain=chains.NAMED)
    return rows.filter(first_seen__lte=int((now - ESTABLISHED).timestamp())).exists()
