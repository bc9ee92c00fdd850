"""Adding, confirming and removing what can prove a person: one view for each thing a factor's route
does. Every one of these needs a recent proof.
"""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals, serializers
from accounts.api.base import RecentProof, Room, read, session_of, user_of
from accounts.api.views.answering import code_sent
from accounts.context import arrival
from accounts.services import contacts
from mfa import registry
from mfa.registry.base import Enrolment
from mfa.results import Dead, Enrolled, NotAsked, Wrong
from mfa.services import enrolment


class Proved(Room):
    """An endpoint for who has just proved it again; about a kind of factor."""

    permission_classes = [RecentProof]
    kind = ""

    @property
    def enrolment(self) -> Enrolment:
        """How this kind is enrolled. A kind that is off takes nothing new."""
        factor = registry.get(self.kind)
        if factor is None or factor.enrolment is None:
            raise refusals.closed()
        return factor.enrolment


class SendAddressCodeView(Proved):
    """Sends a code to the address that waits to be proved, else to the one of the account."""

    def post(self, request: Request) -> Response:
        sent = contacts.send_code(
            session_of(request), user_of(request), arrival(request, "api"), kind=self.kind
        )
        if isinstance(sent, NotAsked):
            raise refusals.not_sent(sent)
        return code_sent(sent)


class VerifyAddressView(Proved):
    """A right code makes that address a factor."""

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


class BeginView(Proved):
    """A secret, or whatever is shown. It proves nothing until it was confirmed."""

    def post(self, request: Request) -> Response:
        user_id, session_id = user_of(request).pk, session_of(request).public_id
        return Response(dict(self.enrolment.begin(user_id, session_id)))


class ConfirmView(Proved):
    """A first right answer: from now on it counts."""

    def post(self, request: Request) -> Response:
        code, user_id = read(serializers.Code, request)["code"], user_of(request).pk
        session_id, ip = session_of(request).public_id, arrival(request, "api").ip or ""
        if not self.enrolment.confirm(user_id, session_id, code, ip=ip):
            raise refusals.wrong_code()
        return Response({})


class RemoveView(Proved):
    """It proves nothing any more."""

    def delete(self, request: Request) -> Response:
        user_id, session_id = user_of(request).pk, session_of(request).public_id
        ip = arrival(request, "api").ip or ""
        mine = [each for each in enrolment.factors(user_id) if each.kind == self.kind]
        gone = [
            each
            for each in mine
            if enrolment.revoke_factor(user_id, each.id, session=session_id, ip=ip)
        ]
        if not gone:
            raise refusals.not_found()
        return Response(status=204)
