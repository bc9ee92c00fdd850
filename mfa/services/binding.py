"""What enrolling and removing have in common. Locks are taken in one order in this app: person,
budget, challenge, factor.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from mfa import limits, poll, registry
from mfa.challenge_state import OPEN
from mfa.models import Budget, Challenge, Factor, RecoveryCode
from mfa.services import budgets
from mfa.services.challenges.collecting import cancel_all


def hold(user_id: int) -> None:
    """Whatever else enrols something for this person waits until the caller's transaction ends."""
    # NO KEY: rows that point at the person can be written meanwhile.
    list(
        get_user_model().objects.select_for_update(no_key=True).filter(pk=user_id).values_list("pk")
    )


def changing(user_id: int, session_id: str) -> Callable[[], None]:
    """What can prove this person is about to change, by this session, and she is held: journeys
    end. Gives what is called once all is written."""
    begin: Callable[[int, str], Callable[[], None]] = import_string(settings.FACTOR_CHANGES)
    return begin(user_id, session_id)


def live(user_id: int) -> QuerySet[Factor]:
    """What has not been removed, confirmed or not."""
    return Factor.objects.filter(user_id=user_id, revoked_at=None)


def revoke(rows: QuerySet[Factor], now: datetime) -> int:
    """They prove nothing any more, what they have just approved included, nor
    do their codes; gives how many went."""
    found = list(rows.values_list("pk", "kind", "user_id"))
    gone = {pk: kind for pk, kind, _user_id in found}
    answered = Challenge.objects.filter(state__in=OPEN, factor_id__in=gone)
    poll.changed(answered.values_list("subject", flat=True))
    poll.cut(user_id for _pk, kind, user_id in found if registry.of(kind).is_elsewhere)
    answered.move("superseded")
    count = Factor.objects.filter(pk__in=gone, revoked_at=None).update(revoked_at=now)
    if any(registry.of(kind).uses_codes for kind in gone.values()):
        RecoveryCode.objects.filter(user__mfa_factors__in=gone).delete()
    return count


def replace(user_id: int, kind: str, now: datetime) -> None:
    """Makes room for a new one of a kind of which a person has one; what its
    limits had switched off is on again."""
    rebound(user_id, kind)
    cancel_all(user_id)
    revoke(live(user_id).filter(kind=kind, confirmed_at__isnull=False), now)


def rebound(user_id: int, kind: str) -> None:
    """The person has bound this kind anew (a device paired, a mailbox proved by a link): what its
    limits had switched off is on in every lane."""
    fresh = limits.enrolled_anew(limits.BudgetState())
    switches = {
        name: getattr(fresh, name)
        for name in ("off", "off_until", "in_a_row", "unanswered", "wrong_numbers", "failures")
    }
    Budget.objects.filter(user_id=user_id, kind=kind).update(**budgets.changed(**switches))
