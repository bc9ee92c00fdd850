"""Codes that are typed: how they are read, what is kept of them, and which moment one of an app
belongs to.
"""

import base64
import re

import pyotp

from mfa.limits import TOTP_STEP, TOTP_STEPS_AROUND
from mfaproject.lib import seal, tokens

DIGITS = 6
SECRET_SIZE = 20  # bytes: 160 bits, as long as the hash (RFC 4226, section 4)
# ASCII digits only: `int()` and `\d` would also take １２３４５６ and Arabic-Indic digits,
# `int()` even `1_0`. People write `123 456`.
_TYPED = re.compile(r"[0-9]+ ?[0-9]+")
_PURPOSE = "code"


def normalised(typed: object) -> str | None:
    """Six ASCII digits, one inner space left out; None for anything else,
    whatever its type or length."""
    if not isinstance(typed, str) or len(typed) > DIGITS + 1 or not _TYPED.fullmatch(typed):
        return None
    code = typed.replace(" ", "")
    return code if len(code) == DIGITS else None


def mac(*, challenge: str, purpose: str, code: str) -> str:
    """What is stored: it binds the code to one challenge (its public id) and one purpose, under a
    key that is not in the database."""
    return seal.mac(_PURPOSE, challenge, purpose, code)


def matches(stored: str, *, challenge: str, purpose: str, typed: object) -> bool:
    """Whether the typed text is the code behind `stored`, in constant time."""
    code = normalised(typed)
    return code is not None and seal.mac_matches(stored, _PURPOSE, challenge, purpose, code)


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return base64.b32encode(tokens.new_bytes(SECRET_SIZE)).decode()


def step_of(code: str, *, secret: str, now: int) -> int | None:
    """The step of time (30 s since 1970) whose code this is, one before and one after the present
    included; None where it is of none.

    SHA-1, six digits: what every app can do. `code` is normalised. All steps are compared, so that
    time tells nothing.
    """
    app = pyotp.TOTP(secret, digits=DIGITS, interval=TOTP_STEP)
    present = now // TOTP_STEP
    around = range(max(0, present - TOTP_STEPS_AROUND), present + TOTP_STEPS_AROUND + 1)
    return max((step for step in around if tokens.same(app.generate_otp(step), code)), default=None)


def issuer_of(app: str) -> str:
    """The app's name as an issuer: apps that show codes take the first colon
    for the end of it, written as %3A too."""
    return " ".join(app.replace(":", " ").split())


def provisioning_uri(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code holds: `otpauth://totp/…`. `issuer` without colons: see `issuer_of`."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=TOTP_STEP).provisioning_uri(
        name=account, issuer_name=issuer
    )
