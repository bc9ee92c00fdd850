"""Undoing a sign-in from the link in its mail. GET never acts: mail scanners fetch links."""

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import refusals, serializers
from accounts.api.base import Door, read
from accounts.api.descriptions import hacked as descriptions
from accounts.context import arrival
from accounts.models import Link
from accounts.services import disavow as service
from accounts.services import throttle
from accounts.services.mails import absolute


class DisavowView(Door):
    """The token of a mailed link, and of nothing else: the reference of a sign-in is none."""

    @descriptions.disavow_look
    def get(self, request: Request) -> Response:
        ref = request.query_params.get("ref", "")
        if not self._link(request, ref):
            raise refusals.link()
        confirm = absolute(reverse("accounts:link", args=[Link.Purpose.DISAVOW, ref]))
        return Response(
            serializers.ConfirmDisavow({"status": "confirmation_required", "confirm": confirm}).data
        )

    @descriptions.disavow
    def post(self, request: Request) -> Response:
        ref = read(serializers.DisavowRef, request)["ref"]
        if not self._link(request, ref) or not service.by_link(ref):
            raise refusals.link()
        return Response({"status": "disavowed"})

    @staticmethod
    def _link(request: Request, ref: str) -> bool:
        link = service.find(ref)
        if wait := throttle.page_wait(arrival(request, "api").network, link):
            raise refusals.limited(wait)
        return link is not None
