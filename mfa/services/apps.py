"""Enrolling an authenticator app: a secret is shown, and counts once a code of it was typed."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from mfa import limits, otp
from mfa.factors import totp
from mfa.models import Factor
from mfa.results import TotpDraft
from mfa.services import binding, notices
from mfaproject.lib import clock, seal

KIND = Factor.Kind.TOTP


@transaction.atomic
def begin_totp(user_id: int, added_by: str) -> TotpDraft:
    """A new secret, for nothing until `confirm_totp`. An earlier one that nobody confirmed is gone;
    the app in use stays in use."""
    binding.hold(user_id)
    binding.revoke(binding.live(user_id).filter(kind=KIND, confirmed_at=None), clock.now())
    secret = otp.new_secret()
    row = Factor.objects.create(user_id=user_id, kind=KIND, added_by=added_by, added_at=clock.now())
    row.secret = totp.sealed(secret, user_id=user_id, factor_id=row.pk)
    row.save(update_fields=["secret"])
    account = get_user_model().objects.values_list("username", flat=True).get(pk=user_id)
    issuer = otp.issuer_of(settings.APP_NAME)
    return TotpDraft(
        row.pk, secret, otp.provisioning_uri(secret, account=account, issuer=issuer), issuer
    )


def totp_draft(user_id: int, added_by: str) -> int | None:
    """The id of the draft that this session began, for who is to be asked for its first code; None
    where there is none."""
    return (
        binding.live(user_id)
        .filter(kind=KIND, confirmed_at=None, added_by=added_by)
        .values_list("pk", flat=True)
        .first()
    )


@transaction.atomic
def confirm_totp(user_id: int, factor_id: int, code: object, *, ip: str = "") -> bool:
    """A right code makes the draft the person's app, in place of the one before, and uses itself
    up. True for one caller only.

    False: a wrong code, a draft of more than half an hour, or none of hers. `ip`: who asked, for
    the mail.
    """
    now = clock.now()
    binding.hold(user_id)
    since = now - timedelta(seconds=limits.DRAFT_LIFE)
    draft = binding.live(user_id).filter(
        pk=factor_id, kind=KIND, confirmed_at=None, added_at__gt=since
    )
    step = _step(draft.first(), code, int(now.timestamp()))
    if step is None:
        return False
    done = binding.changing(user_id, draft.values_list("added_by", flat=True).get())
    binding.replace(user_id, KIND, now)
    if not draft.update(confirmed_at=now, last_step=step):
        transaction.set_rollback(True)
        return False
    done()
    notices.factor_changed(user_id, "totp_added", ip=ip)
    return True


def _step(row: Factor | None, code: object, now: int) -> int | None:
    typed = otp.normalised(code)
    if row is None or typed is None:
        return None
    try:
        secret = totp.opened(row.secret, user_id=row.user_id, factor_id=row.pk)
    except seal.BrokenSeal:
        return None
    return otp.step_of(typed, secret=secret, now=now)
