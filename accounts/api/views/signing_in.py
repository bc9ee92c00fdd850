"""Signing in: password, question, answer, token. The same services as the pages, one step for each
request.
"""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals, serializers
from accounts.api.base import Door, Room, read, session_of
from accounts.api.descriptions import signing_in as descriptions
from accounts.api.views.answering import ticket_of
from accounts.context import arrival
from accounts.forms import SignupForm
from accounts.journey import (
    Admitted,
    Limited,
    Over,
    Refused,
    StepUp,
    WrongKey,
)
from accounts.services import api_tokens, proof, signup
from accounts.services import login as service
from mfaproject.lib.problems import invalid


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
                given = {"required_mfa": False, "token": token, "expires_at": expires_at}
                return Response(serializers.LetIn(given).data)
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
