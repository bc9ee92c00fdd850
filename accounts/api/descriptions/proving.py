"""Of adding and removing what can prove a person."""

from accounts.api import serializers
from accounts.api.descriptions.examples import APP_CODE, APP_SECRET, CODE, LATER
from mfaproject.lib.openapi import EMPTY, described


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
        {200: (serializers.VerifiedAddress, {"verified": address})},
        "proof_required",
        "invalid_code",
        "expired",
        "method_unavailable",
        "too_many_attempts",
        body=serializers.Code,
        sent={"code": CODE},
        caller="token",
        tag="Factors",
    )


add_totp = described(
    "add_totp_method",
    "A secret for an authenticator app; it proves nothing until it is confirmed. Needs a recent"
    " proof.",
    {
        200: (
            serializers.TotpSecret,
            {
                "secret": APP_SECRET,
                "otpauth_uri": f"otpauth://totp/Nod:alice?secret={APP_SECRET}&issuer=Nod",
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
    "The first code of the app: from now on it counts, in place of an earlier one. Needs a recent"
    " proof.",
    {200: (EMPTY, {})},
    "proof_required",
    "invalid_code",
    body=serializers.Code,
    sent={"code": APP_CODE},
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
