"""What an authenticator asks the server. Rules and shapes: nod-push-v1."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from authenticator.api.base import AuthenticatorView, SignedView, read_spelt, signed
from authenticator.canonical import Rejected, parse
from authenticator.context import visit
from authenticator.models import Device
from authenticator.services import approvals, devices, pairing, push_proof, replay_guard
from authenticator.signing import read_token
from mfaproject.lib import clock, held_answers
from mfaproject.lib.http import client_ip
from mfaproject.lib.hub import hub
from mfaproject.lib.problems import Problem


def _link_is_dead() -> Problem:
    return Problem(
        410,
        "expired",
        "This pairing link has been used or has run out. Ask for a new one where you are"
        " signed in.",
    )


def _body(request: Request) -> bytes:
    """What a phone sends that is paired to nobody yet, counted before anything
    in it is believed."""
    try:
        body = read_spelt(request)
    except Rejected:
        replay_guard.check_pairing("", client_ip(request))
        raise
    replay_guard.check_pairing(pairing.named_in(body), client_ip(request))
    return body


class PairLookView(AuthenticatorView):
    """Which account a pairing link is for, before anybody agrees to it. Spends nothing."""

    def post(self, request: Request) -> Response:
        found = pairing.look(read_token(_body(request)))
        if found is None:
            raise _link_is_dead()
        return Response(found.as_json() | {"now": clock.timestamp()})


class PairView(AuthenticatorView):
    """Takes a new key and spends the link. The device counts after the question
    on the first screen."""

    def post(self, request: Request) -> Response:
        device = pairing.complete(_body(request), visit(request))
        if device is None:
            raise _link_is_dead()
        return Response(
            {"device_id": device.device_id, "user": device.user, "now": clock.timestamp()},
            status=201,
        )


def _asked_nothing(request: Request) -> Device:
    """The device behind a request whose body is `{}`."""
    asking = signed(request)
    if parse(asking.body):
        raise Rejected("bad_fields")
    return asking.device


class InboxView(SignedView):
    """Every question that this device may answer now."""

    def post(self, request: Request) -> Response:
        return Response(
            {"now": clock.timestamp(), "challenges": approvals.inbox(_asked_nothing(request))}
        )


class InboxEventsView(SignedView):
    """Tells an open authenticator when to fetch its inbox; 204 where it has to
    ask now and then instead."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # before the device is looked up: it may be removed the moment after
        self.since = hub.mark()
        super().initial(request, *args, **kwargs)

    def post(self, request: Request) -> HttpResponse:
        hold = approvals.listen(
            _asked_nothing(request),
            address=held_answers.share_of_address(request),
            since=self.since,
        )
        return held_answers.EventStream(hold) if hold else HttpResponse(status=204)


class AnswerView(SignedView):
    """One decision, signed over everything that was shown."""

    def post(self, request: Request, challenge_id: str) -> Response:
        answering = signed(request)
        match approvals.answer(answering.device, challenge_id, answering.body, client_ip(request)):
            case "approved" | "denied" | "not_me" as state:
                return Response({"state": state, "now": clock.timestamp()})
            case "wrong_number":
                raise Problem(
                    403, "wrong_number", "That was not the number shown. This sign-in has ended."
                )
            case "unknown":
                raise Problem(404, "not_found", "There is no such question for this device.")
            case "lost":
                raise Problem(
                    409, "already_decided", "This question has been answered or has ended."
                )


class DeviceView(SignedView):
    """What holds afterwards for this device: its push subscription. A new key
    is refused for now."""

    http_method_names = ["put"]

    def put(self, request: Request) -> Response:
        changing = signed(request)
        if not devices.change(changing.device, changing.body):
            raise Problem(
                409,
                "method_unavailable",
                "A device keeps its key. Pair it again to give it a new one.",
            )
        return Response({"now": clock.timestamp()})


class EchoView(SignedView):
    """A value that was pushed to this device, sent back: its push arrives."""

    def post(self, request: Request) -> Response:
        answering = signed(request)
        if not push_proof.came(answering.device, answering.body):
            raise Problem(404, "not_found", "No such value waits for this device.")
        return Response({"now": clock.timestamp()})


class TestPushView(SignedView):
    """Another echo, because the person asks for one."""

    def post(self, request: Request) -> Response:
        match push_proof.test(_asked_nothing(request)):
            case None:
                raise Problem(409, "method_unavailable", "This device has said no way to be woken.")
            case 0:
                return Response({"now": clock.timestamp()}, status=202)
            case wait:
                raise Problem(
                    429,
                    "rate_limited",
                    "A test was sent a moment ago. Wait a little.",
                    retry_after=wait,
                )


class HealthView(SignedView):
    """What is known of this device's push."""

    def post(self, request: Request) -> Response:
        return Response({"now": clock.timestamp()} | push_proof.health(_asked_nothing(request)))
