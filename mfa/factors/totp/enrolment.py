"""Enrolling an authenticator app: a secret is shown, and counts once a code of it was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from mfa import otp
from mfa.services import drafts

KIND = "totp"


@dataclass(frozen=True, slots=True)
class TotpDraft:
    """A secret for an authenticator app, for nothing until a code of it is typed. `otpauth_uri` is
    what the QR code holds."""

    factor_id: int
    secret: str = field(repr=False)
    otpauth_uri: str = field(repr=False)
    issuer: str


class Apps:
    """As a page or a program begins and ends it."""

    def begin(self, user_id: int, added_by: str, /) -> Mapping[str, str]:
        """`secret`, `otpauth_uri` and `issuer`."""
        draft = begin(user_id, added_by)
        return {"secret": draft.secret, "otpauth_uri": draft.otpauth_uri, "issuer": draft.issuer}

    def confirm(self, user_id: int, added_by: str, answer: object, /, *, ip: str) -> bool:
        """The first code of the app."""
        return drafts.confirm_own(KIND, user_id, added_by, answer, ip=ip)


@transaction.atomic
def begin(user_id: int, added_by: str) -> TotpDraft:
    """A new secret, for nothing until `confirm`. An earlier one that nobody confirmed is gone; the
    app in use stays in use."""
    secret = otp.new_secret()
    factor_id = drafts.begin(KIND, user_id, added_by, secret=secret)
    account = get_user_model().objects.values_list("username", flat=True).get(pk=user_id)
    issuer = otp.issuer_of(settings.APP_NAME)
    return TotpDraft(
        factor_id, secret, otp.provisioning_uri(secret, account=account, issuer=issuer), issuer
    )


def confirm(user_id: int, factor_id: int, code: object, *, ip: str = "") -> bool:
    """A right code makes the draft the person's app, in place of the one before, and uses itself
    up: see `drafts.confirm`."""
    return drafts.confirm(KIND, user_id, factor_id, code, ip=ip)
