"""Proving an address, of mail or telephone, by a code that is sent to it: then it is a factor."""

from datetime import timedelta

from django.db import transaction

from mfa import limits, registry
from mfa.limits import ENROLMENT
from mfa.models import Challenge, Factor
from mfa.results import Asker, Dead, Enrolled, NotAsked, Opened, Wrong
from mfa.services import binding, notices
from mfa.services.challenges import cancel_all, check_code, open_code, spend
from mfaproject.lib import clock, mailbox, tokens

UNAVAILABLE = NotAsked("method_unavailable", 0)


def open_address(
    *,
    kind: str,
    user_id: int,
    epoch: int,
    address: str,
    added_by: str,
    language: str,
    name: str = "",
    ip: str = "",
) -> Opened | NotAsked:
    """Sends a code to an address or number (typed with + and its country) that the person says is
    hers.

    Counts for nothing until `confirm_address` in the same session. "method_unavailable": nothing
    can be sent there.
    """
    proper = registry.of(kind).proper(address)
    if not proper:
        return UNAVAILABLE
    with transaction.atomic():
        factor_id = _draft(user_id, kind, proper, added_by)
        now = clock.now()
        opened = open_code(
            Asker(
                user_id,
                _journey(added_by, kind, proper),
                epoch,
                ENROLMENT,
                ENROLMENT,
                None,
                now + timedelta(seconds=limits.CODE_LIFE),
            ),
            kind,
            destination=proper,
            language=language,
            mail="address_code",
            shown={"name": name, "ip": ip, "at": int(now.timestamp())},
            factor_id=factor_id,
        )
        if isinstance(opened, NotAsked):
            transaction.set_rollback(True)
    return opened


def confirm_address(
    *, kind: str, user_id: int, added_by: str, typed: object, ip: str = "", told: str = ""
) -> Enrolled | Wrong | Dead:
    """A right code makes the newest address of this session a factor, in place of the one before.
    Must not run inside a transaction.

    `told`: an address that the caller tells of it itself.
    """
    asked = (
        Challenge.objects.filter(
            user_id=user_id, kind=kind, purpose=ENROLMENT, factor__added_by=added_by
        )
        .order_by("-pk")
        .first()
    )
    if asked is None:
        return Dead("expired")
    result = check_code(challenge_id=asked.pk, subject=asked.subject, typed=typed)
    if isinstance(result, Wrong | Dead):
        return result
    return _bound(asked, ip, told) or Dead("used")


@transaction.atomic
def _bound(asked: Challenge, ip: str, told: str) -> Enrolled | None:
    now = clock.now()
    binding.hold(asked.user_id)
    draft = binding.live(asked.user_id).filter(pk=asked.factor_id or 0, confirmed_at=None)
    row = draft.first()
    if row is None:
        return None
    before = binding.live(row.user_id).filter(kind=row.kind, confirmed_at__isnull=False)
    gone = list(before.values_list("label", flat=True))
    done = binding.changing(row.user_id, row.added_by)
    binding.rebound(row.user_id, row.kind)
    if spend(challenge_id=asked.pk, subject=asked.subject) is None:
        transaction.set_rollback(True)
        return None
    cancel_all(row.user_id)
    binding.revoke(before, now)
    draft.update(confirmed_at=now)
    done()
    notices.factor_changed(
        row.user_id, f"{row.kind}_added", item=row.label, ip=ip, also=gone, but=told
    )
    return Enrolled(row.pk, row.kind, row.label)


def _journey(added_by: str, kind: str, address: str) -> str:
    """One for each session and mailbox: the same again, however spelt, is the
    same journey, with its tries."""
    return "enrol:" + tokens.digest("enrol", f"{added_by}\0{kind}\0{mailbox.key(address)}")


def _draft(user_id: int, kind: str, address: str, added_by: str) -> int:
    """The factor-to-be; its id. One of this session that waits for its code is taken again, one of
    another address goes."""
    binding.hold(user_id)
    drafts = binding.live(user_id).filter(kind=kind, added_by=added_by, confirmed_at=None)
    again = [draft.pk for draft in drafts if mailbox.same(draft.label, address)]
    binding.revoke(drafts.exclude(pk__in=again), clock.now())
    if again:
        # as it was typed last: the code goes there
        drafts.filter(pk__in=again).update(label=address)
        return again[0]
    return Factor.objects.create(
        user_id=user_id, kind=kind, label=address, added_by=added_by, added_at=clock.now()
    ).pk
