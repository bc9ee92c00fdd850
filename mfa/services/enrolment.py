"""Enrolling and removing what can prove a person. Mails about it and the rule who may do it are the callers'.

Locks are taken in one order in this app: budget, challenge, factor.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from mfa import limits, poll
from mfa.challenge_state import OPEN
from mfa.models import Budget, Challenge, Factor
from mfa.results import FactorView
from mfa.services import standing
from mfaproject.lib import clock


@transaction.atomic
def add_factor(user_id: int, kind: str, label: str, added_by: str, tied_browser: str = "", confirmed: bool = True) -> int:
    """Enrols a factor; gives its id. Unconfirmed it counts for nothing yet, but a mailbox, which its first right code confirms.

    `label`: a device's name, or the address. `added_by`: public id of the session that adds it.
    """
    now = clock.now()
    row = Factor.objects.create(
        user_id=user_id,
        kind=kind,
        label=label,
        added_by=added_by,
        tied_browser=tied_browser,
        added_at=now,
        confirmed_at=now if confirmed else None,
    )
    if confirmed:
        rebound(user_id, kind)
    return row.pk


@transaction.atomic
def confirm_factor(user_id: int, factor_id: int) -> bool:
    """From now on it counts. True for one caller only."""
    row = _live(user_id).filter(pk=factor_id, confirmed_at=None)
    kind = row.values_list("kind", flat=True).first()
    if kind is None:
        return False
    rebound(user_id, kind)
    if not row.update(confirmed_at=clock.now()):
        transaction.set_rollback(True)
        return False
    return True


def rename_factor(user_id: int, factor_id: int, label: str) -> bool:
    """Gives a device another name. Addresses are no names: they are added anew."""
    return _live(user_id).filter(pk=factor_id).exclude(kind__in=(Factor.Kind.EMAIL, Factor.Kind.SMS)).update(label=label) == 1


@transaction.atomic
def revoke_factor(user_id: int, factor_id: int) -> bool:
    """It proves nothing any more, what it has just approved included. True for one caller only."""
    return _revoke(_live(user_id).filter(pk=factor_id), clock.now()) == 1


@transaction.atomic
def revoke_all(user_id: int, *, but: Iterable[str] = (Factor.Kind.EMAIL,)) -> int:
    """Removes every factor of a person but those kinds: the mailbox, so that she is not shut out. Gives how many went."""
    return _revoke(_live(user_id).exclude(kind__in=list(but)), clock.now())


@transaction.atomic
def revoke_added_by(user_id: int, session_id: str) -> int:
    """Removes what a session added; gives how many went."""
    return _revoke(_live(user_id).filter(added_by=session_id), clock.now()) if session_id else 0


def added_by(user_id: int, session_id: str) -> list[int]:
    """Ids of what a session added, removed or not: a disavow follows them to the sessions they proved."""
    return list(Factor.objects.filter(user_id=user_id, added_by=session_id).values_list("pk", flat=True)) if session_id else []


def factors(user_id: int) -> list[FactorView]:
    """What counts, the oldest first."""
    return [row.view() for row in _live(user_id).filter(confirmed_at__isnull=False).order_by("pk")]


def unreachable(factor_id: int) -> bool:
    """Nothing can wake this device any more, because its subscription is gone. True for the first to say so."""
    return Factor.objects.filter(pk=factor_id).lost(clock.now()) == 1


def reachable(factor_id: int) -> bool:
    """This device has shown that a wake-up arrives. True where that was news."""
    return Factor.objects.filter(pk=factor_id).found() == 1


def rebound(user_id: int, kind: str) -> None:
    """The person has bound this kind anew (a device paired, a mailbox proved by a link): what its limits had switched off is on in both lanes."""
    fresh = limits.enrolled_anew(limits.Tally())
    switches = {name: getattr(fresh, name) for name in ("off", "off_until", "in_a_row", "unanswered", "wrong_numbers", "failures")}
    standing.change_all(Budget.objects.filter(user_id=user_id, kind=kind), **switches)


def password_changed(user_id: int) -> None:
    """A new password: who knew the old one is a stranger again, so the weaker ways are open to unknown browsers again."""
    standing.change_all(Budget.objects.filter(user_id=user_id, only_strong=True), only_strong=False, failures=0)


def _live(user_id: int) -> QuerySet[Factor]:
    return Factor.objects.filter(user_id=user_id, revoked_at=None)


def _revoke(rows: QuerySet[Factor], now: datetime) -> int:
    gone = list(rows.values_list("pk", flat=True))
    answered = Challenge.objects.filter(state__in=OPEN, factor_id__in=gone)
    poll.forget(*answered.values_list("subject", flat=True))
    answered.move("superseded")
    return Factor.objects.filter(pk__in=gone, revoked_at=None).update(revoked_at=now)
