"""What the schema says of each endpoint. One decorator for each method of a view; words and examples only, no rules."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, inline_serializer
from rest_framework import serializers as drf

from accounts.api import serializers
from mfaproject.lib.describing import described

REFERENCE = "q2mGfZr0s3dTnq8kQ1yJX5v4bWc7LhUoEiAaNpRtKzY"
KEY = "Zt7fQmX2wPz9cVb4nKj6hGd1sRa8yLu3eTo5iWqMxCk"
TOKEN = "b8Wn2kLq5rTy7uIo9pAs1dFg3hJk4lZx6cVb8nMq0wE"  # noqa: S105 - an example
DEVICE = "h7Jk2LmN4pQr6StU8vWx0Y.c3Vb5nMq7wEr9tYu1iOp2aSd4fGh6jKl8zXcQvBnM5k"
AT, LATER = "2026-03-10T12:00:00Z", "2026-03-10T12:10:00Z"
END = "2026-03-24T12:00:00Z"

_SENT = {"reference_id": REFERENCE}
_GIVEN = {"reference_id": REFERENCE, "private_key": KEY}
_STEP = {"reference_id": REFERENCE, "methods": ["push", "totp", "email"], "expires_at": LATER}
_ACCOUNT = {
    "id": "kR3vD1mZq8sT5uXy7wAbCg",
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
_DEVICE_ID = OpenApiParameter("X-Device-ID", OpenApiTypes.STR, OpenApiParameter.HEADER, description="the `device_id` of an earlier login")
_PAGE = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 1}),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
]


def _paged(name: str, item: drf.Serializer[object]) -> drf.Serializer[object]:
    fields = {
        "count": drf.IntegerField(),
        "next": drf.IntegerField(allow_null=True, help_text="number of the next page"),
        "previous": drf.IntegerField(allow_null=True),
        "results": item,
    }
    return inline_serializer(name, fields)


register = described(
    "register",
    "Make an account. It gives no token: the code of the first login confirms the address.",
    {201: (serializers.Empty, {})},
    "rate_limited",
    body=serializers.Register,
    sent={"fullname": "Alice Example", "username": "alice", "password": "a walk along the river", "email": "alice@example.org", "phone": ""},
)
login = described(
    "login",
    "Name and password: a token where they are enough, else a reference to go on with. Nothing is sent yet: choose a method.",
    {
        200: (
            PolymorphicProxySerializer("LoginAnswer", [serializers.LetIn, serializers.MoreNeeded], None),
            [{"required_mfa": True, **_STEP}, {"required_mfa": False, "token": TOKEN, "expires_at": END}],
        )
    },
    "invalid_credentials",
    "rate_limited",
    body=serializers.Login,
    sent={"username": "alice", "password": "a walk along the river"},
    parameters=[_DEVICE_ID],
)
step_up = described(
    "step_up",
    "Prove it again: verified like a login. `login-with-mfa` then gives this token a fresh proof, under a new key; the old key is dead.",
    {200: (serializers.SteppedUp, _STEP)},
    "invalid_reference",
    "rate_limited",
    caller="token",
)


def send_code(name: str, to: str) -> object:
    """The description of an endpoint that sends a code."""
    return described(
        name,
        "Send a code.",
        {202: (serializers.CodeSent, {"sent_to": to, "expires_at": LATER, "resend_after": 30})},
        "invalid_reference",
        "method_unavailable",
        "rate_limited",
        body=serializers.Reference,
        sent=_SENT,
    )


send_push = described(
    "send_login_push",
    "Wake the person's authenticators. Show the number: it is typed there.",
    {202: (serializers.PushSent, {"number": "402", "expires_at": LATER, "poll_after": 2})},
    "invalid_reference",
    "method_unavailable",
    "rate_limited",
    body=serializers.Reference,
    sent=_SENT,
)


def verify_code(name: str) -> object:
    """The description of an endpoint that looks at a typed code."""
    return described(
        name,
        "A typed code. Right: a private key, for 120 seconds and one use; an earlier one is dead.",
        {200: (serializers.PrivateKey, _GIVEN)},
        "invalid_reference",
        "invalid_code",
        "expired",
        "method_unavailable",
        "too_many_attempts",
        "rate_limited",
        body=serializers.ReferenceAndCode,
        sent={**_SENT, "code": "402913"},
    )


verify_push = described(
    "verify_login_push",
    "What the authenticator said. Poll every two seconds while it is 202.",
    {200: (serializers.PrivateKey, _GIVEN), 202: (serializers.Waiting, {"state": "pending", "poll_after": 2})},
    "invalid_reference",
    "access_denied",
    "expired",
    "slow_down",
    body=serializers.Reference,
    sent=_SENT,
)
login_with_mfa = described(
    "login_with_mfa",
    "The private key becomes the token. `device_id` null: keep the one you have.",
    {200: (serializers.Token, {"token": TOKEN, "expires_at": END, "device_id": DEVICE})},
    "invalid_reference",
    "invalid_private_key",
    body=serializers.ReferenceAndKey,
    sent=_GIVEN,
    parameters=[_DEVICE_ID],
)

disavow_look = described(
    "disavow_look",
    "Where the link of a mail leads. It never acts, however often it is fetched.",
    {200: (serializers.ConfirmDisavow, {"status": "confirmation_required", "confirm": f"https://login.example.org/link/disavow/{KEY}/"})},
    "invalid_reference",
    "rate_limited",
    parameters=[OpenApiParameter("ref", OpenApiTypes.STR, description="the token of the mailed link")],
    tag="Undoing",
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
)

logout = described("logout", "End this token.", {204: (None, None)}, caller="token", tag="Account")
methods = described(
    "list_mfa_methods",
    "What can prove this person.",
    {
        200: (
            serializers.Methods,
            {"methods": [{"kind": "push", "label": "Pixel 8", "added_at": AT, "last_used_at": None, "strong": True}]},
        )
    },
    caller="token",
    tag="Account",
)
me = described("me", "The account.", {200: (serializers.Account, _ACCOUNT)}, caller="token", tag="Account")
change_me = described(
    "change_me",
    "Change the account. Another address needs a recent proof, and counts once it is verified.",
    {200: (serializers.Account, _ACCOUNT)},
    "proof_required",
    body=serializers.AccountChange,
    sent={"fullname": "Alice Example"},
    caller="token",
    tag="Account",
)
delete_me = described("delete_me", "Delete the account. Needs a recent proof.", {204: (None, None)}, "proof_required", caller="token", tag="Account")
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
                        "id": "kR3vD1mZq8sT5uXy7wAbCg",
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
end_session = described("end_session", "End one of them.", {204: (None, None)}, "not_found", caller="token", tag="Account")


def send_verification(name: str, to: str) -> object:
    """The description of an endpoint that proves an address."""
    return described(
        name,
        "Send a code to the new address, else to the one of the account. Needs a recent proof.",
        {202: (serializers.CodeSent, {"sent_to": to, "expires_at": LATER, "resend_after": 30})},
        "proof_required",
        "method_unavailable",
        "rate_limited",
        caller="token",
        tag="Factors",
    )


def verify(name: str, address: str) -> object:
    """The description of an endpoint that makes an address a factor."""
    return described(
        name,
        "The code that came: the address is the account's, and a factor. Needs a recent proof.",
        {200: (serializers.Verified, {"verified": address})},
        "proof_required",
        "invalid_code",
        "expired",
        "too_many_attempts",
        body=serializers.Code,
        sent={"code": "402913"},
        caller="token",
        tag="Factors",
    )


add_totp = described(
    "add_totp_method",
    "A secret for an authenticator app; it proves nothing until it is confirmed. Needs a recent proof.",
    {
        200: (
            serializers.TotpSecret,
            {
                "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
                "otpauth_uri": "otpauth://totp/Nod:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Nod",
                "issuer": "Nod",
            },
        )
    },
    "proof_required",
    caller="token",
    tag="Factors",
)
confirm_totp = described(
    "confirm_totp_method",
    "The first code of the app: from now on it counts, in place of an earlier one. Needs a recent proof.",
    {200: (serializers.Empty, {})},
    "proof_required",
    "invalid_code",
    body=serializers.Code,
    sent={"code": "402913"},
    caller="token",
    tag="Factors",
)
delete_totp = described(
    "delete_totp_method",
    "The app proves nothing any more. Needs a recent proof.",
    {204: (None, None)},
    "proof_required",
    "not_found",
    caller="token",
    tag="Factors",
)
