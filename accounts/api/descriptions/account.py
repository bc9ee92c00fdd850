"""Of the account, its sessions and its history."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, inline_serializer
from rest_framework import serializers as drf

from accounts.api import serializers
from accounts.api.descriptions.examples import AT, END, PUBLIC_ID
from mfaproject.lib.openapi import described

_ACCOUNT = {
    "id": PUBLIC_ID,
    "username": "alice",
    "fullname": "Alice Example",
    "email": "alice@example.org",
    "email_verified": True,
    "new_email": None,
    "phone": None,
    "phone_verified": False,
    "new_phone": None,
    "joined_at": AT,
}
_PAGE = [
    OpenApiParameter(
        "page",
        {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 1},
        examples=[OpenApiExample("the first", value=1)],
    ),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
        examples=[OpenApiExample("usual", value=20)],
    ),
]


def _paged(name: str, item: drf.Serializer[object]) -> drf.Serializer[object]:
    fields = {
        "count": drf.IntegerField(),
        "next": drf.IntegerField(allow_null=True, help_text="number of the next page"),
        "previous": drf.IntegerField(allow_null=True),
        "results": item,
    }
    return inline_serializer(name, fields)


logout = described("logout", "End this token.", {204: (None, None)}, caller="token", tag="Account")
methods = described(
    "list_mfa_methods",
    "What can prove this person.",
    {
        200: (
            serializers.MethodList,
            {
                "methods": [
                    {
                        "kind": "push",
                        "label": "Pixel 8",
                        "added_at": AT,
                        "last_used_at": None,
                        "strong": True,
                    }
                ]
            },
        )
    },
    caller="token",
    tag="Account",
)
me = described(
    "me", "The account.", {200: (serializers.Account, _ACCOUNT)}, caller="token", tag="Account"
)
change_me = described(
    "change_me",
    "Change the account. Another address needs a recent proof and counts once it is verified; the"
    " old mailbox is sent a way back.",
    {200: (serializers.Account, _ACCOUNT)},
    "proof_required",
    body=serializers.AccountChange,
    sent={"fullname": "Alice Example"},
    caller="token",
    tag="Account",
)
delete_me = described(
    "delete_me",
    "Delete the account. Needs a recent proof.",
    {204: (None, None)},
    "proof_required",
    caller="token",
    tag="Account",
)
history = described(
    "login_history",
    "Sign-ins, the newest first.",
    {
        200: (
            _paged("SignIns", serializers.SignIn(many=True)),
            {
                "count": 1,
                "next": None,
                "previous": None,
                "results": [
                    {
                        "id": 7,
                        "at": AT,
                        "ip": "192.0.2.7",
                        "outcome": "admitted",
                        "known_browser": False,
                        "place": None,
                        "factor": "push",
                        "detail": "Pixel 8",
                        "careful": "A browser you have not used before.",
                        "browser": "Firefox on Linux",
                    }
                ],
            },
        )
    },
    "bad_request",
    parameters=_PAGE,
    caller="token",
    tag="Account",
)
sessions = described(
    "sessions",
    "Where this person is signed in: browsers, and programs with a token.",
    {
        200: (
            _paged("Sessions", serializers.Place(many=True)),
            {
                "count": 1,
                "next": None,
                "previous": None,
                "results": [
                    {
                        "id": PUBLIC_ID,
                        "kind": "token",
                        "name": "curl/8.14.1",
                        "created_at": AT,
                        "last_seen_at": AT,
                        "expires_at": END,
                        "proof": "strong",
                        "proven_at": AT,
                        "current": True,
                    }
                ],
            },
        )
    },
    "bad_request",
    parameters=_PAGE,
    caller="token",
    tag="Account",
)
end_session = described(
    "end_session",
    "End one of them.",
    {204: (None, None)},
    "not_found",
    parameters=[
        OpenApiParameter(
            "public_id",
            OpenApiTypes.STR,
            OpenApiParameter.PATH,
            examples=[OpenApiExample("an id of the list", value=PUBLIC_ID)],
        )
    ],
    caller="token",
    tag="Account",
)
