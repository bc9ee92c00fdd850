"""Of undoing a sign-in."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from accounts.api import serializers
from accounts.api.descriptions.examples import KEY
from mfaproject.lib.openapi import described

_LINK = {"invalid_reference": "This link does not work, or not any more."}
disavow_look = described(
    "disavow_look",
    "Where the link of a mail leads. It never acts, however often it is fetched.",
    {
        200: (
            serializers.ConfirmDisavow,
            {
                "status": "confirmation_required",
                "confirm": f"https://login.example.org/link/disavow/{KEY}/",
            },
        )
    },
    "invalid_reference",
    "rate_limited",
    parameters=[
        OpenApiParameter(
            "ref",
            OpenApiTypes.STR,
            description="the token of the mailed link",
            examples=[OpenApiExample("of a mail", value=KEY)],
        )
    ],
    tag="Undoing",
    words=_LINK,
)
disavow = described(
    "disavow",
    "Undo that sign-in: all that it opened and added ends, and the password stops working.",
    {200: (serializers.Disavowed, {"status": "disavowed"})},
    "invalid_reference",
    "rate_limited",
    body=serializers.DisavowRef,
    sent={"ref": KEY},
    tag="Undoing",
    words=_LINK,
)
