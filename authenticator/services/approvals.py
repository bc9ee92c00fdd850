"""What a device may answer, and its answer: nothing here calls whoever asked. The answer is a row
that the asking page reads.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.db import transaction

from authenticator.canonical import digest
from authenticator.models import Device
from authenticator.services import devices
from authenticator.signing import Decision, verify_decide
from mfa import poll
from mfa.factors.push import answers
from mfa.services import challenges
from mfa.services.challenges import PushQuestion
from mfaproject.lib import clock, tokens
from mfaproject.lib.hub import Hold, hub
from risk import services as risk

STREAM_SECONDS = 120
"""Then the device signs anew: what was revoked meanwhile, and was not cut, ends here."""
STREAMS_PER_DEVICE, STREAMS_PER_PERSON = 2, 10  # at once, in each process that answers

Answer = Literal["approved", "denied", "not_me", "wrong_number", "lost", "unknown"]


def inbox(device: Device) -> list[dict[str, Any]]:
    """Every open question that this device may answer, oldest first, as the protocol serves them.
    The number is in none of them."""
    now = clock.now()
    devices.saw(device, now)
    questions = answers.open_questions(device.user_id, device.factor.view(), now)
    for question in questions:
        if not question.seen:
            challenges.saw(question.id, question.subject, device.factor_id, now)
    return [_served(question) for question in questions]


def listen(device: Device, *, address: tuple[str, int], since: int) -> Hold | None:
    """What wakes an open authenticator: whatever changes what waits for its person. None where
    nobody would tell it.

    `address`: its share of what may wait; `since`: the hub's mark from before. Once it has ended
    the device signs again.
    """
    shares = (
        (f"device:{device.public_id}", STREAMS_PER_DEVICE),
        (f"person:{device.user_id}", STREAMS_PER_PERSON),
        address,
    )
    return (
        Hold((poll.inbox(device.user_id),), shares, STREAM_SECONDS, since) if hub.is_open else None
    )


def _served(question: PushQuestion) -> dict[str, Any]:
    served = {
        "challenge_id": question.public_id,
        "nonce": question.nonce,
        "exp": question.exp,
        "context": json.loads(question.context),
    }
    # only for the field's dashes: what is signed does not hold it
    return served | {"digits": question.digits}


@dataclass(frozen=True, slots=True)
class _Answering:
    """One answer on its way: who, to what, with which bytes, from where and when."""

    device: Device
    question: PushQuestion
    body: bytes
    ip: str | None
    now: datetime


def answer(device: Device, challenge_id: str, body: bytes, ip: str | None) -> Answer:
    """Applies a signed decision, once. "unknown": there is no such question for this person;
    "lost": it ended before, in another way.

    Raises Rejected for a body that is not right, comes too late, or from a clock that is off.
    """
    question = answers.question(challenge_id, device.user_id)
    if question is None:
        return "unknown"
    asked = _Answering(device, question, body, ip, clock.now())
    decision = _verified(asked)
    return _stored(question) if decision.repeated else _apply(asked, decision)


def _verified(asked: _Answering) -> Decision:
    device, question = asked.device, asked.question
    return verify_decide(
        asked.body,
        aud=settings.AUTHENTICATOR_ORIGIN,
        challenge_id=question.public_id,
        nonce=question.nonce,
        device_id=device.public_id,
        user=device.user.handle,
        context=json.loads(question.context),
        exp=question.exp,
        key=device.key,
        now=int(asked.now.timestamp()),
        decided_by=question.decision_digest or None,
        number_matches=lambda typed: tokens.same(typed, question.number),
    )


def _stored(question: PushQuestion) -> Answer:
    """What this body came to when it was first applied. A yes stays one, also
    when nobody collected it in time."""
    match question.state:
        case "denied" | "not_me" | "wrong_number" as no:
            return no
        case _:
            return "approved"


def _apply(asked: _Answering, decision: Decision) -> Answer:
    """Decision, ledger and notes in one transaction: what is acknowledged survives."""
    with transaction.atomic():
        end = answers.decide(
            asked.question,
            factor_id=asked.device.factor_id,
            decision=decision.decision,
            reason=decision.reason,
            number_right=decision.number_right,
            body_digest=digest(asked.body),
        )
        if end != "lost":
            _note(asked, end)
            return end
    return _again(asked)


def _again(asked: _Answering) -> Answer:
    """The same bytes may have come twice at once; the one that lost the race
    gets what the other one brought about."""
    question = answers.question(asked.question.public_id, asked.device.user_id)
    mine = question is not None and question.decision_digest == digest(asked.body)
    return _stored(question) if question is not None and mine else "lost"


def _note(asked: _Answering, end: str) -> None:
    """The ledger learns of a no at once; of a yes when it is collected."""
    device, ledger_id = asked.device, asked.question.ledger_id
    devices.answered(device, asked.now)
    if ledger_id is None or end == "approved":
        return
    if end == "not_me":
        risk.report_not_me(
            log_id=ledger_id, user_id=device.user_id, answering_ip=asked.ip, detail=device.name
        )
    else:
        risk.record_outcome(ledger_id, end, factor="push", detail=device.name)
