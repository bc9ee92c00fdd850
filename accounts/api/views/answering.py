"""Putting a question of a sign-in, and answering it: one view for each thing that a factor's
route does.
"""

import math
from datetime import datetime
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals, serializers
from accounts.api.base import Door, read
from accounts.api.fields import VERIFIER, hidden, s256
from accounts.api.prefer import wait_of
from accounts.context import arrival
from accounts.journey import Key, Limited, Over, Pending, Ticket, WrongCode
from accounts.services import api_tokens
from mfa.services import challenges
from mfaproject.lib import clock

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


class OfKind(Door):
    """One that is about a kind of factor."""

    kind = ""

    def asked(self, request: Request) -> challenges.Opened:
        """Puts the question."""
        data = read(serializers.Reference, request)
        match api_tokens.ask(ticket_of(data), arrival(request, "api"), way=self.kind):
            case challenges.NotAsked() as refused:
                raise refusals.not_sent(refused)
            case Over():
                raise refusals.reference()
            case challenges.Opened() as opened:
                return opened


class SendView(OfKind):
    """Sends a code for a sign-in."""

    def post(self, request: Request) -> Response:
        return code_sent(self.asked(request))


class WakeView(OfKind):
    """Wakes the phones. The number is for the person's eyes: it is typed there."""

    def post(self, request: Request) -> Response:
        asked = self.asked(request)
        told = {"number": asked.number, "expires_at": asked.expires_at, "poll_after": POLL_AFTER}
        return Response(serializers.PushSent(told).data, status=202)


class VerifyView(OfKind):
    """A typed answer. Right: a private key, good for two minutes and one use."""

    def post(self, request: Request) -> Response:
        data = read(serializers.ReferenceAndCode, request)
        match api_tokens.prove_code(
            ticket_of(data), arrival(request, "api"), kind=self.kind, typed=data["code"]
        ):
            case Key(private_key=key):
                return Response({"reference_id": data["reference_id"], "private_key": key})
            case WrongCode() as wrong:
                raise refusals.code(wrong)
            case challenges.NotAsked() as refused:
                raise refusals.not_sent(refused)
            case Over():
                raise refusals.reference()


class CollectView(OfKind):
    """Asks what the phone said. Poll it: 202 while nobody has answered; with
    `Prefer: wait=25` that is said later."""

    def post(self, request: Request) -> Response:
        wait, data = wait_of(request), read(serializers.Reference, request)
        ticket = ticket_of(data)
        match api_tokens.prove_elsewhere(ticket, again=wait.again):
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
