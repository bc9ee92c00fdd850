"""Of adding and removing what can prove a person."""

from rest_framework.serializers import CharField, Serializer

from accounts.api import serializers
from accounts.api.descriptions.examples import CODE, LATER
from mfa.registry.routes import Shown
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


def begin(name: str, about: str, shown: Shown) -> object:
    """The description of an endpoint that begins an enrolment."""
    fields = {each: CharField() for each in shown.example}
    answer = type(shown.name, (Serializer,), {"__doc__": shown.about, **fields})
    return described(
        name,
        about,
        {200: (answer, dict(shown.example))},
        "proof_required",
        caller="token",
        tag="Factors",
    )


def confirm(name: str, about: str, code: str) -> object:
    """The description of an endpoint that ends an enrolment with a first right answer."""
    return described(
        name,
        about,
        {200: (EMPTY, {})},
        "proof_required",
        "invalid_code",
        body=serializers.Code,
        sent={"code": code},
        caller="token",
        tag="Factors",
    )


def remove(name: str, about: str) -> object:
    """The description of an endpoint that removes what was enrolled."""
    return described(
        name,
        about,
        {204: (None, None)},
        "proof_required",
        "not_found",
        caller="token",
        tag="Factors",
    )
