"""Makes accounts that cannot sign in: `python -m bench.inside bench.ends NAME…`.

One third is switched off, one has no password, and the names of the last have failed so often that
they wait for an hour.
"""

from accounts.models import Failures, User
from accounts.services import throttle
from mfaproject.lib import clock

LONG = 12  # failures


def main(*names: str) -> None:
    """Called by `bench.inside`."""
    third, now = len(names) // 3, clock.now()
    User.objects.filter(username__in=names[:third]).update(is_active=False)
    for user in User.objects.filter(username__in=names[third : 2 * third]):
        user.set_unusable_password()
        user.save(update_fields=["password"])
    rows = [throttle.name_row(name, "other") for name in names[2 * third :]]
    Failures.objects.bulk_create(
        [Failures(key=row, count=LONG, since=now, last_at=now) for row in rows]
    )
