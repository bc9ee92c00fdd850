"""Signing in: password, question, answer, token. The same services as the pages, one step for each
request.
"""

import math
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals, serializers
from accounts.api.base import Door, Room, read, session_of
from accounts.api.descriptions import examples
from accounts.api.descriptions import signing_in as descriptions
from accounts.api.fields import VERIFIER, hidden, s256
from accounts.api.prefer import wait_of
from accounts.context import arrival
from accounts.forms import SignupForm
from accounts.journey import (
    Admitted,
    Key,
    Limited,
    Over,
    Pending,
    Refused,
    StepUp,
    Ticket,
    WrongCode,
    WrongKey,
)
from accounts.services import api_tokens, proof, signup
from accounts.services import login as service
from mfa.services import challenges
from mfaproject.lib import clock
from mfaproject.lib.problems import invalid

POLL_AFTER = 2


def ticket_of(data: dict[str, Any]) -> Ticket:
    """The sign-in a client goes on with. A verifier of the wrong shape fits no challenge."""
    verifier: str = data.get("client_verifier", "")
    binding = "" if not verifier else s256(verifier) if VERIFIER.fullmatch(verifier) else "-"
    return Ticket(data["reference_id"], binding, "api")


def seconds_until(at: datetime | None) -> int | None:
    """Whole seconds, rounded up; None for never."""
    return None if at is None else max(0, math.ceil((at - clock.now()).total_seconds()))


def code_sent(sent: challenges.Opened) -> Response:
    """202: where the code went, how long it works, and when another may be asked for."""
    told = {
        "sent_to": hidden(sent.sent_to),
        "expires_at": sent.expires_at,
        "resend_after": seconds_until(sent.resend_after),
    }
    return Response(serializers.CodeSent(told).data, status=202)


class RegisterView(Door):
    """A new account. It gives no token: the first sign-in's code by mail confirms the address."""

    hashes_passwords = True

    @descriptions.register
    def post(self, request: Request) -> Response:
        data, who = read(serializers.Register, request), arrival(request, "api")
        if wait := signup.form_wait(who):
            raise refusals.limited(wait)
        form = SignupForm({**data, "full_name": data["fullname"], "phone": data.get("phone") or ""})
        if not form.is_valid():
            raise invalid(
                {
                    "fullname" if name == "full_name" else name: errors
                    for name, errors in form.errors.items()
                }
            )
        match signup.register(who, form.account()):
            case Limited(retry_after=seconds):
                raise refusals.limited(seconds)
            case signup.NameTaken():
                raise invalid({"username": [refusals.name_taken()]})
            case signup.Registered():
                return Response({}, status=201)


class LoginView(Door):
    """Name and password: a token where they are enough, else a reference to go on with."""

    hashes_passwords = True

    @descriptions.login
    def post(self, request: Request) -> Response:
        data = read(serializers.Login, request)
        who = arrival(request, "api", data.get("client_challenge", ""))
        match service.begin(who, name=data["username"], password=data["password"]):
            case Admitted(session_key=token, expires_at=expires_at):
                return Response(
                    serializers.LetIn(
                        {"required_mfa": False, "token": token, "expires_at": expires_at}
                    ).data
                )
            case StepUp() as step:
                return Response(serializers.MoreNeeded({"required_mfa": True, **_step(step)}).data)
            case Limited(retry_after=seconds):
                raise refusals.limited(seconds)
            case Refused():
                raise refusals.credentials()


def _step(step: StepUp) -> dict[str, Any]:
    return {
        "reference_id": step.ticket.reference,
        "methods": step.methods,
        "expires_at": step.expires_at,
    }


class StepUpView(Room):
    """The same once more for a token that there is already: its proof becomes fresh, and strong
    where the answer is."""

    @descriptions.step_up
    def post(self, request: Request) -> Response:
        match proof.begin_with_token(arrival(request, "api"), session_of(request)):
            case StepUp() as step:
                return Response(serializers.SteppedUp(_step(step)).data)
            case Limited(retry_after=seconds):
                raise refusals.limited(seconds)
            case Refused():
                raise refusals.reference()


class SendCode(Door):
    """Sends a code for a sign-in."""

    way: str

    def post(self, request: Request) -> Response:
        return code_sent(_ask(request, self.way))


@extend_schema_view(post=descriptions.send_code("send_login_email_code", "a•••@e•••.org"))
class SendEmailCodeView(SendCode):
    """By mail."""

    way = "email"


@extend_schema_view(post=descriptions.send_code("send_login_phone_code", "+33•••78"))
class SendPhoneCodeView(SendCode):
    """By text message."""

    way = "sms"


class SendPushView(Door):
    """Wakes the phones. The number is for the person's eyes: it is typed there."""

    @descriptions.send_push
    def post(self, request: Request) -> Response:
        asked = _ask(request, "push")
        told = {"number": asked.number, "expires_at": asked.expires_at, "poll_after": POLL_AFTER}
        return Response(serializers.PushSent(told).data, status=202)


def _ask(request: Request, way: str) -> challenges.Opened:
    data = read(serializers.Reference, request)
    match api_tokens.ask(ticket_of(data), arrival(request, "api"), way=way):
        case challenges.Refused() as refused:
            raise refusals.not_sent(refused)
        case Over():
            raise refusals.reference()
        case challenges.Opened() as opened:
            return opened


class VerifyCode(Door):
    """A typed code. Right: a private key, good for two minutes and one use."""

    kind: str

    def post(self, request: Request) -> Response:
        data = read(serializers.ReferenceAndCode, request)
        match api_tokens.prove_code(
            ticket_of(data), arrival(request, "api"), kind=self.kind, typed=data["code"]
        ):
            case Key(private_key=key):
                return Response({"reference_id": data["reference_id"], "private_key": key})
            case WrongCode() as wrong:
                raise refusals.code(wrong)
            case challenges.Refused() as refused:
                raise refusals.not_sent(refused)
            case Over():
                raise refusals.reference()


@extend_schema_view(post=descriptions.verify_code("verify_login_email_code", examples.CODE))
class VerifyEmailCodeView(VerifyCode):
    """The one that came by mail."""

    kind = "email"


@extend_schema_view(post=descriptions.verify_code("verify_login_phone_code", examples.CODE))
class VerifyPhoneCodeView(VerifyCode):
    """The one that came by text message."""

    kind = "sms"


@extend_schema_view(post=descriptions.verify_code("verify_totp_code", examples.APP_CODE))
class VerifyTotpView(VerifyCode):
    """The one that an authenticator app shows."""

    kind = "totp"


@extend_schema_view(post=descriptions.verify_code("verify_recovery_code", examples.PAPER_CODE))
class VerifyRecoveryView(VerifyCode):
    """One of those that were written down."""

    kind = "recovery"


class VerifyPushView(Door):
    """Asks what the phone said. Poll it: 202 while nobody has answered; with
    `Prefer: wait=25` that is said later."""

    @descriptions.verify_push
    def post(self, request: Request) -> Response:
        wait, data = wait_of(request), read(serializers.Reference, request)
        ticket = ticket_of(data)
        match api_tokens.prove_push(ticket, again=wait.again):
            case Key(private_key=key):
                return wait.honoured(
                    Response({"reference_id": data["reference_id"], "private_key": key})
                )
            case Pending(seconds_left=left):
                return wait.pending(
                    Response({"state": "pending", "poll_after": POLL_AFTER}, status=202),
                    ticket,
                    left,
                )
            case Limited(retry_after=seconds):
                raise refusals.slow_down(seconds)
            case Over() as end:
                raise refusals.push(end)


class LoginWithMfaView(Door):
    """The private key becomes the token."""

    @descriptions.login_with_mfa
    def post(self, request: Request) -> Response:
        data = read(serializers.ReferenceAndKey, request)
        match api_tokens.redeem(
            ticket_of(data), arrival(request, "api"), private_key=data["private_key"]
        ):
            case Admitted(session_key=token, expires_at=expires_at, browser_cookie=device_id):
                return Response(
                    serializers.Token(
                        {"token": token, "expires_at": expires_at, "device_id": device_id}
                    ).data
                )
            case WrongKey():
                raise refusals.private_key()
            case Over():
                raise refusals.reference()
