"""Adding, confirming and removing what can prove a person. Every one of these
needs a recent proof.
"""

from typing import Literal

from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals, serializers
from accounts.api.base import RecentProof, Room, read, session_of, user_of
from accounts.api.descriptions import proving as descriptions
from accounts.api.views.signing_in import code_sent
from accounts.context import arrival
from accounts.services import contacts
from mfa.results import Dead, Enrolled, Refused, Wrong
from mfa.services import enrolment


class Proved(Room):
    """An endpoint for who has just proved it again."""

    permission_classes = [RecentProof]


class SendVerification(Proved):
    """Sends a code to the address that waits to be proved, else to the one of the account."""

    kind: Literal["email", "sms"]

    def post(self, request: Request) -> Response:
        sent = contacts.send_code(
            session_of(request), user_of(request), arrival(request, "api"), kind=self.kind
        )
        if isinstance(sent, Refused):
            raise refusals.not_sent(sent)
        return code_sent(sent)


class Verify(Proved):
    """A right code makes that address a factor."""

    kind: Literal["email", "sms"]

    def post(self, request: Request) -> Response:
        code = read(serializers.Code, request)["code"]
        match contacts.verify(
            session_of(request),
            user_of(request),
            arrival(request, "api"),
            kind=self.kind,
            typed=code,
        ):
            case Enrolled(address=address):
                return Response({"verified": address})
            case Wrong():
                raise refusals.wrong_code()
            case Dead(code=why, retry_after=seconds):
                raise refusals.dead_code(why, retry_after=seconds)


@extend_schema_view(post=descriptions.send_verification("send_email_verification", "a•••@e•••.org"))
class SendEmailVerificationView(SendVerification):
    """By mail."""

    kind = "email"


@extend_schema_view(post=descriptions.send_verification("send_phone_verification", "+33•••78"))
class SendPhoneVerificationView(SendVerification):
    """By text message."""

    kind = "sms"


@extend_schema_view(post=descriptions.verify("verify_email_verification", "alice@example.org"))
class VerifyEmailVerificationView(Verify):
    """The one that came by mail."""

    kind = "email"


@extend_schema_view(post=descriptions.verify("verify_phone_verification", "+33612345678"))
class VerifyPhoneVerificationView(Verify):
    """The one that came by text message."""

    kind = "sms"


class AddTotpView(Proved):
    """A secret for an authenticator app. It proves nothing until a code of it was confirmed."""

    @descriptions.add_totp
    def post(self, request: Request) -> Response:
        draft = enrolment.begin_totp(user_of(request).pk, session_of(request).public_id)
        return Response(
            {"secret": draft.secret, "otpauth_uri": draft.otpauth_uri, "issuer": draft.issuer}
        )


class ConfirmTotpView(Proved):
    """The first code of the app: from now on it counts."""

    @descriptions.confirm_totp
    def post(self, request: Request) -> Response:
        code, user = read(serializers.Code, request)["code"], user_of(request)
        factor_id = enrolment.totp_draft(user.pk, session_of(request).public_id)
        if factor_id is None or not enrolment.confirm_totp(
            user.pk, factor_id, code, ip=arrival(request, "api").ip or ""
        ):
            raise refusals.wrong_code()
        return Response({})


class DeleteTotpView(Proved):
    """The app proves nothing any more."""

    @descriptions.delete_totp
    def delete(self, request: Request) -> Response:
        user, session, ip = (
            user_of(request),
            session_of(request).public_id,
            arrival(request, "api").ip or "",
        )
        apps = [factor for factor in enrolment.factors(user.pk) if factor.kind == "totp"]
        if not [
            app for app in apps if enrolment.revoke_factor(user.pk, app.id, session=session, ip=ip)
        ]:
            raise refusals.not_found()
        return Response(status=204)
