"""What time takes away. Called once a minute by the delivery loop; each part is small, so a long
absence is made up for in batches.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from mfaproject.lib import clock
from risk.history import addresses, aggregate, expire
from risk.login import network
from risk.models import HeldSource, KnownBrowser, LoginLog
from risk.models.known_browser import UNUSED_LIFE

BATCH = 500
REVOKED_LIFE = timedelta(days=30)


def sweep() -> None:
    """Cuts old addresses, lets go of unused counts, browsers and holds, and tells everybody's
    counts what has stood for a week."""
    now = clock.now()
    cut_addresses()
    aggregate.share(now)
    expire.prune(now)
    KnownBrowser.objects.filter(revoked_at__lt=now - REVOKED_LIFE).delete()
    KnownBrowser.objects.filter(last_used__lt=now - UNUSED_LIFE).delete()
    HeldSource.objects.filter(until__lt=now).delete()


@transaction.atomic
def cut_addresses() -> int:
    """Leaves the /24 or /48 of addresses older than RISK_ADDRESS_DAYS, and no digest that could
    still find them; gives how many."""
    due = clock.now() - timedelta(days=settings.RISK_ADDRESS_DAYS)
    rows = list(
        LoginLog.objects.filter(at__lt=due)
        .exclude(sealed_ip="")
        .select_for_update(skip_locked=True)
        .order_by("at")[:BATCH]
    )
    for row in rows:
        ip = addresses.opened(row)
        row.network = network.cut(ip) if ip else ""
        row.sealed_ip = row.ip_digest = row.source_digest = row.subnet_digest = ""
    LoginLog.objects.bulk_update(
        rows,
        ["network", "sealed_ip", "ip_digest", "source_digest", "subnet_digest"],
        batch_size=100,
    )
    return len(rows)
