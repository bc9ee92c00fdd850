"""What all endpoints of the authenticator share: one method each, no query, no cookies, raw
canonical bodies.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authenticator.api.refusals import problem_of
from authenticator.canonical import LONGEST, Rejected, canonical
from authenticator.models import Device
from authenticator.services import devices, replay_guard
from authenticator.signing import read_header, verify_request
from mfaproject.lib import clock
from mfaproject.lib.negotiation import media_type
from mfaproject.lib.problems import Problem
from mfaproject.lib.strict_json import BadJson, read_object


def read_body(request: Request) -> bytes:
    """The bytes as they came: they are signed, so nothing may parse and write them again. 413 over
    8192, 415 unless JSON."""
    if media_type(request.content_type) != "application/json":
        raise UnsupportedMediaType(request.content_type)
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > LONGEST or len(request.body) > LONGEST:
        raise Problem(413, "payload_too_large", f"A body has at most {LONGEST} bytes.")
    return request.body


def read_spelt(request: Request) -> bytes:
    """The canonical form of a body, however its JSON is written, for calls whose bytes nobody
    signs: any client's writer will do for them.

    What a signature covers there is rebuilt from the fields. Twice the same name, floats and
    nesting are refused as ever.
    """
    try:
        return canonical(read_object(read_body(request)))
    except BadJson:
        raise Rejected("not_canonical") from None


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that a device of ours signed just now, for this very URL, method and body."""

    device: Device
    body: bytes


class NodAuthentication(BaseAuthentication):
    """`Authorization: Nod <device_id>.<iat>.<jti>.<sig>`; `request.auth` becomes a Signed,
    `request.user` stays None."""

    def authenticate(self, request: Request) -> tuple[None, Signed]:
        header = read_header(request.META.get("HTTP_AUTHORIZATION", ""))
        device = devices.listening(header.device_id)
        if device is None:
            raise Rejected("unknown_device")
        body = read_body(request)
        verify_request(
            header,
            device_id=device.public_id,
            key=device.key,
            htm=request.method or "",
            htu=settings.AUTHENTICATOR_ORIGIN + request.path,
            body=body,
            now=clock.timestamp(),
            remember=partial(replay_guard.first_use, device.public_id),
        )
        replay_guard.check_device(device.public_id)
        return None, Signed(device, body)


class AuthenticatorView(APIView):
    """Refuses what is wrong on the outside before anything is looked at."""

    http_method_names = ["post"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if (request.method or "").lower() not in self.http_method_names:
            raise MethodNotAllowed(request.method or "")
        if request.META.get("QUERY_STRING"):
            raise Problem(400, "bad_request", "These addresses take no query.")
        super().initial(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(problem_of(exc) if isinstance(exc, Rejected) else exc)
        if response.status_code == 401:
            response["WWW-Authenticate"] = "Nod"
        return response


class SignedView(AuthenticatorView):
    """Only for requests that a device signed."""

    authentication_classes = [NodAuthentication]


def signed(request: Request) -> Signed:
    """The device and the bytes behind a request of a SignedView."""
    if not isinstance(request.auth, Signed):
        raise NotAuthenticated
    return request.auth
