"""What the delivery loop clears away once a minute."""

from datetime import timedelta

from django.db import transaction

from authenticator.models import PairingCode
from authenticator.services import devices, replay_guard
from mfaproject.lib import clock

KEPT = timedelta(days=1)  # spent and late codes, for the admin who is asked what happened


def sweep() -> None:
    """Ends devices that nobody confirmed in time, forgets old codes and what
    the cache will remember again."""
    now = clock.now()
    for row in PairingCode.objects.filter(
        state=PairingCode.State.ANSWERED, expires_at__lte=now
    ).select_related("device"):
        _refuse(row)
    PairingCode.objects.filter(expires_at__lt=now - KEPT).delete()
    devices.follow_factors(now)
    replay_guard.sweep()


@transaction.atomic
def _refuse(row: PairingCode) -> None:
    """Nobody said that it was theirs, so it is not."""
    late = PairingCode.objects.filter(pk=row.pk, state=PairingCode.State.ANSWERED)
    if late.update(state=PairingCode.State.REFUSED, sealed_address="") and row.device:
        devices.end(row.device, clock.now())
