"""Enrolling a secret or a key: it is drafted, and counts once it has answered rightly."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from mfa import limits, registry, sealed_secrets
from mfa.models import Factor
from mfa.registry.base import Facts, Match
from mfa.services import binding, notices
from mfa.services.answer_check import matched
from mfa.services.challenges.collecting import cancel_all
from mfaproject.lib import clock


@transaction.atomic
def begin(kind: str, user_id: int, added_by: str, *, secret: str, label: str = "") -> int:
    """A draft with this secret, for nothing until it is confirmed; gives its id. An earlier one
    that nobody confirmed is gone; what is in use stays in use."""
    binding.hold(user_id)
    binding.revoke(binding.live(user_id).filter(kind=kind, confirmed_at=None), clock.now())
    row = Factor.objects.create(
        user_id=user_id, kind=kind, label=label, added_by=added_by, added_at=clock.now()
    )
    row.secret = sealed_secrets.sealed(kind, secret, user_id=user_id, factor_id=row.pk)
    row.save(update_fields=["secret"])
    return row.pk


def own(kind: str, user_id: int, added_by: str) -> int | None:
    """The id of the draft that this session began, for who is to be asked for its first answer;
    None where there is none."""
    return (
        binding.live(user_id)
        .filter(kind=kind, confirmed_at=None, added_by=added_by)
        .values_list("pk", flat=True)
        .first()
    )


def confirm_own(kind: str, user_id: int, added_by: str, answer: object, *, ip: str = "") -> bool:
    """`confirm` for the draft of this session."""
    factor_id = own(kind, user_id, added_by)
    return factor_id is not None and confirm(kind, user_id, factor_id, answer, ip=ip)


@transaction.atomic
def confirm(kind: str, user_id: int, factor_id: int, answer: object, *, ip: str = "") -> bool:
    """A right answer makes the draft a factor, in place of the one before where a person has one,
    and uses itself up. True for one caller only.

    False: a wrong answer, a draft of more than half an hour, or none of hers. `ip`: who asked, for
    the mail.
    """
    now = clock.now()
    binding.hold(user_id)
    since = now - timedelta(seconds=limits.DRAFT_LIFE)
    draft = binding.live(user_id).filter(
        pk=factor_id, kind=kind, confirmed_at=None, added_at__gt=since
    )
    row = draft.first()
    match = _checked(row, answer, int(now.timestamp())) if row is not None else None
    if row is None or match is None:
        return False
    done = binding.changing(user_id, row.added_by)
    _make_room(kind, user_id)
    if not _count(draft, match):
        transaction.set_rollback(True)
        return False
    done()
    notices.factor_changed(user_id, f"{kind}_added", item=row.label, ip=ip)
    return True


def _checked(row: Factor, answer: object, now: int) -> Match | None:
    factor = registry.get(row.kind)
    facts = Facts("", limits.ENROLMENT, "", row.user_id, now, row.pk, row.secret)
    return matched(factor, facts, answer) if factor is not None else None


def _make_room(kind: str, user_id: int) -> None:
    if registry.of(kind).has_several:
        binding.rebound(user_id, kind)
        cancel_all(user_id)
    else:
        binding.replace(user_id, kind, clock.now())


def _count(draft: QuerySet[Factor], match: Match) -> bool:
    return draft.update(confirmed_at=clock.now(), last_step=match.step or 0) == 1
