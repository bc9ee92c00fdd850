"""What all endpoints under /v1 share: JSON in, JSON out, tokens, and one shape
for every refusal.
"""

from typing import IO, Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts import sessions
from accounts.api import refusals
from accounts.models import Session, User
from accounts.services import passwords
from mfaproject.lib import bearer, cors
from mfaproject.lib.problems import Problem
from mfaproject.lib.strict_json import BadJson, read_object


class StrictParser(BaseParser):
    """JSON as `strict_json` reads it, at most 64 KiB."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], *_hints: Any) -> dict[str, Any]:
        longest: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(longest + 1)
        if len(raw) > longest:
            raise Problem(
                413,
                "payload_too_large",
                _("A body has at most %(bytes)d bytes.") % {"bytes": longest},
            )
        try:
            return read_object(raw)
        except BadJson as bad:
            raise Problem(400, "bad_request", str(bad)) from None


def presented_token(header: str) -> str | None:
    """The token that `Authorization` presents: after `Bearer`, or bare. "" where it is missing
    there; None where no token was sent, but perhaps something of another scheme."""
    scheme, space, rest = header.strip(" ").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip(" ")
    return None if space or not scheme else scheme


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`, or the bare token. `request.auth` becomes the token's
    session; no cookie is looked at.

    Several headers arrive as one, joined by commas: no token has such a form, so nobody chooses
    between them.
    """

    def authenticate(self, request: Request) -> tuple[User, sessions.BrowserSession] | None:
        presented = presented_token(request.META.get("HTTP_AUTHORIZATION", ""))
        if presented is None:
            return None
        session = sessions.load(presented, Session.Kind.TOKEN)
        if session.user is None:
            raise refusals.dead_token()
        return session.user, session

    def authenticate_header(self, _request: Request) -> str:
        return bearer.challenge()


class SignedIn(BasePermission):
    """A live token. A staff account that was not asked for a strong factor is
    good for nothing, as at the other door."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        if not isinstance(request.auth, sessions.BrowserSession):
            raise refusals.no_token()
        return request.auth.user is not None and not request.auth.lacks_strength


class RecentProof(SignedIn):
    """The pairing rule: proved within ten minutes, strongly by who can."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        allowed = super().has_permission(request, _view)
        if allowed:
            require_proof(request)
        return allowed


def require_proof(request: Request) -> None:
    """Refuses, and says where to prove it."""
    if not session_of(request).proof_is_recent:
        raise refusals.proof_required()


class Door(APIView):
    """An endpoint for who is not in yet: whatever `Authorization` says is not looked at."""

    parser_classes = [StrictParser]
    metadata_class = None

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, passwords.Busy):
            exc = Problem(
                503,
                "unavailable",
                _("Many people are signing in. Try again in a few seconds."),
                retry_after=3,
            )
        response = super().handle_exception(exc)
        if response.status_code == 401:
            response.headers.setdefault("WWW-Authenticate", bearer.challenge())
        return response

    @property
    def allowed_methods(self) -> list[str]:
        """What `Allow` says."""
        return [
            name
            for name in super().allowed_methods
            if name != "OPTIONS" or settings.API_CORS_ORIGINS
        ]

    def check_permissions(self, request: Request) -> None:
        """A browser that asks beforehand sends no token yet."""
        if request.method != "OPTIONS":
            super().check_permissions(request)

    def options(self, request: Request | HttpRequest, *_args: Any, **_kwargs: Any) -> Response:
        """A browser asks whether a page of another site may call this. Only for those of
        API_CORS_ORIGINS: nobody else learns that it exists."""
        if not cors.allows(request) or "Access-Control-Request-Method" not in request.headers:
            raise MethodNotAllowed(request.method or "")
        return Response(status=204, headers=cors.preflight(self.allowed_methods))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        return cors.tell(request, super().finalize_response(request, response, *args, **kwargs))


class Room(Door):
    """An endpoint for who is in."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [SignedIn]


def session_of(request: Request) -> sessions.BrowserSession:
    """The session behind a token."""
    return cast(sessions.BrowserSession, request.auth)


def user_of(request: Request) -> User:
    """Whose token it is."""
    return cast(User, request.user)


def read(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The request's body, checked for shape; 400 names what is wrong."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return cast(dict[str, Any], given.validated_data)
