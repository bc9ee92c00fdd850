"""Recovery codes: ten on paper, shown once."""

from django.db import transaction

from mfa import limits
from mfa.factors.recovery import codes as paper
from mfa.models import Factor, RecoveryCode
from mfa.services import binding, notices
from mfaproject.lib import clock

KIND = "recovery"


@transaction.atomic
def new_codes(user_id: int, added_by: str, *, ip: str = "") -> list[str]:
    """Ten codes, to be shown now and never again; those made before are worth nothing. `ip`: who
    asked, for the mail."""
    now = clock.now()
    binding.hold(user_id)
    done = binding.changing(user_id, added_by)
    binding.replace(user_id, KIND, now)  # and with the old set its codes
    codes = [paper.new_code() for _ in range(limits.RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        [
            RecoveryCode(user_id=user_id, mac=paper.mac(user_id, code), created_at=now)
            for code in codes
        ]
    )
    Factor.objects.create(
        user_id=user_id, kind=KIND, added_by=added_by, added_at=now, confirmed_at=now
    )
    done()
    notices.factor_changed(user_id, "recovery_added", ip=ip)
    return codes


def codes_left(user_id: int) -> int:
    """How many were not used yet."""
    return RecoveryCode.objects.filter(user_id=user_id).count()
