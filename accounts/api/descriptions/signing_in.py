"""Of signing in."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, PolymorphicProxySerializer

from accounts.api import serializers
from accounts.api.descriptions.examples import DEVICE, END, KEY, LATER, REFERENCE, TOKEN
from mfaproject.lib.openapi import EMPTY, Named, described

_SENT = {"reference_id": REFERENCE}
_GIVEN = {"reference_id": REFERENCE, "private_key": KEY}
_STEP = {"reference_id": REFERENCE, "methods": ["push", "totp", "email"], "expires_at": LATER}
_PREFER = OpenApiParameter(
    "Prefer",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`wait=25`: the seconds to wait for news, 25 at most",
    examples=[OpenApiExample("wait", value="wait=25")],
)
_APPLIED = OpenApiParameter(
    "Preference-Applied",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`wait=25` where it was",
    response=[200, 202],
)
_DEVICE_ID = OpenApiParameter(
    "X-Device-ID",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="the `device_id` of an earlier login",
    examples=[OpenApiExample("known", value=DEVICE)],
)

register = described(
    "register",
    "Make an account. It gives no token: the code of the first login confirms the address.",
    {201: (EMPTY, {})},
    "rate_limited",
    body=serializers.Register,
    sent={
        "fullname": "Alice Example",
        "username": "alice",
        "password": "a walk along the river",
        "email": "alice@example.org",
        "phone": "",
    },
)
login = described(
    "login",
    "Name and password: a token where they are enough, else a reference to go on with. Nothing is"
    " sent yet: choose a method.",
    {
        200: (
            PolymorphicProxySerializer(
                "LoginAnswer", [serializers.LetIn, serializers.MoreNeeded], None
            ),
            Named(
                {
                    "more is needed": {"required_mfa": True, **_STEP},
                    "let in": {"required_mfa": False, "token": TOKEN, "expires_at": END},
                }
            ),
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
    "Prove it again: verified like a login. The last step then gives this token a fresh proof,"
    " under a new key; the old key is dead.",
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


def wake(name: str) -> object:
    """The description of an endpoint that asks devices."""
    return described(
        name,
        "Wake the person's authenticators. Show the number: it is typed there.",
        {202: (serializers.PushSent, {"number": "402", "expires_at": LATER, "poll_after": 2})},
        "invalid_reference",
        "method_unavailable",
        "rate_limited",
        body=serializers.Reference,
        sent=_SENT,
    )


def verify_code(name: str, code: str) -> object:
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
        sent={**_SENT, "code": code},
    )


def collect(name: str) -> object:
    """The description of an endpoint that says what a device answered."""
    return described(
        name,
        "What the authenticator said. Poll every two seconds while it is 202; or send `Prefer:"
        " wait=25`, and go on at once where the answer says `Preference-Applied`: it came when"
        " there was something to say, or the time was over.",
        {
            200: (serializers.PrivateKey, _GIVEN),
            202: (serializers.Waiting, {"state": "pending", "poll_after": 2}),
        },
        "invalid_reference",
        "access_denied",
        "expired",
        "slow_down",
        body=serializers.Reference,
        sent=_SENT,
        parameters=[_PREFER, _APPLIED],
        words={
            "access_denied": "This sign-in was not approved.",
            "expired": "Nobody has answered. Ask again, or use another way.",
        },
    )


login_with_mfa = described(
    "login_with_mfa",
    "The private key becomes the token. Where device_id is null, keep the one you have.",
    {200: (serializers.Token, {"token": TOKEN, "expires_at": END, "device_id": DEVICE})},
    "invalid_reference",
    "invalid_private_key",
    body=serializers.ReferenceAndKey,
    sent=_GIVEN,
    parameters=[_DEVICE_ID],
)
