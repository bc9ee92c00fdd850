"""The API's routes of a factor, as data: `accounts.api.factor_routes` makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Does = Literal[
    "send",  # a message with a code, for a sign-in
    "wake",  # what is answered elsewhere
    "verify",  # a typed answer, for a sign-in
    "collect",  # what was answered elsewhere
    "send_address_code",  # to an address that is to be proved
    "verify_address",
    "begin",  # an enrolment: what is shown
    "confirm",  # it, by a first right answer
    "remove",
]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the beginning of an enrolment answers: the name of its schema in the API's document,
    what the document says of it, and an example. Each value is a string."""

    name: str
    about: str
    example: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """`path` stands below /v1/, `name` is that of the URL in the namespace `api`, `operation` that
    in the API's document.

    `example`: the masked address that a message goes to, the answer that is typed, or the address
    that is proved. `summary` and `about`: what the document says of it, where the usual sentences
    do not fit.
    """

    does: Does
    path: str
    name: str
    operation: str
    example: str = ""
    summary: str = ""
    about: str = ""
    shown: Shown | None = None


def by_message(name: str, *, by: str, hint: str, example: str) -> tuple[Route, ...]:
    """Those of a code that is sent `by` mail or another message, to an address that looks like the
    masked `hint`, and of proving an address."""
    code, proof = f"login-{name}-code", f"{name}-verification"
    send, verify = f"send_{name}", f"verify_{name}"
    sent, typed = f"By {by}.", f"The one that came by {by}."
    return (
        Route("send", f"auth/send-{code}", f"{send}_code", _named("send", code), hint, about=sent),
        Route(
            "verify",
            f"auth/verify-{code}",
            f"{verify}_code",
            _named("verify", code),
            "402913",
            about=typed,
        ),
        Route(
            "send_address_code",
            f"send-{proof}",
            f"{send}_verification",
            _named("send", proof),
            hint,
            about=sent,
        ),
        Route(
            "verify_address",
            f"verify-{proof}",
            f"{verify}_verification",
            _named("verify", proof),
            example,
            about=typed,
        ),
    )


def _named(verb: str, path: str) -> str:
    return f"{verb}_{path.replace('-', '_')}"
