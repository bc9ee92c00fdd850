"""Which answer each refusal of nod-push-v1 gives (its section 3)."""

import logging
from typing import Any

from authenticator.canonical import Reason, Rejected
from mfaproject.lib import clock
from mfaproject.lib.problems import Problem

log = logging.getLogger("nod.authenticator")

_BAD_REQUEST = (400, "bad_request", "This request is not in the form that nod-push-v1 asks for.")
_UNAUTHORIZED = (401, "unauthorized", "No device of ours signed this request.")
_ANSWERS: dict[Reason, tuple[int, str, str]] = {
    "not_canonical": _BAD_REQUEST,
    "bad_fields": _BAD_REQUEST,
    "bad_value": _BAD_REQUEST,
    "bad_key": _BAD_REQUEST,
    "bad_header": _UNAUTHORIZED,
    "unknown_device": _UNAUTHORIZED,
    "bad_encoding": _UNAUTHORIZED,
    "bad_signature": _UNAUTHORIZED,
    "replayed": _UNAUTHORIZED,
    "clock_skew": (
        401,
        "clock_skew",
        "The clock of this device is off. Sign again with the time given here.",
    ),
    "expired": (410, "expired", "This question is over: its time has run out."),
}


def problem_of(refusal: Rejected) -> Problem:
    """The answer for a refusal. The exact reason goes to the log only: a
    stranger learns nothing from it."""
    log.info("refused", extra={"reason": refusal.reason})
    status, code, detail = _ANSWERS[refusal.reason]
    told: dict[str, Any] = {"now": clock.timestamp()} if code == "clock_skew" else {}
    return Problem(status, code, detail, **told)
