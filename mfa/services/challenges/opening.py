"""Putting a question: limits, row and message in one transaction, so that none exists without the
others.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from mfa import factors, limits, outbox, poll
from mfa.factors.base import Draft, Factor, Letter
from mfa.factors.push import number_of
from mfa.masks import masked
from mfa.models import Challenge
from mfa.prompt import Prompt
from mfa.results import Asker, Opened, Refused
from mfa.services import budgets, sms_quota
from mfa.services.budgets import Standing
from mfa.services.challenges.collecting import waiting
from mfa.services.challenges.refusals import (
    UNAVAILABLE,
    Ask,
    able,
    at_hand,
    code_refused,
    next_send,
    push_refused,
    rule_of,
    strength_wanted,
    typed_refused,
)
from mfaproject.lib import clock, mailbox, tokens
from mfaproject.lib.prepared import insert

_Refusal = Callable[[Ask, Standing, datetime], Refused | None]


def open_push(
    asker: Asker, *, required: str, prompt: Prompt, digits: int, browser: str
) -> Opened | Refused:
    """Asks every authenticator of the person that may answer. One that still waits for this journey
    is replaced.

    `browser` is the selector of the known browser that asks, "" for an unknown one.
    """
    return _put(
        Ask.by(
            asker, "push", required=required, shown=prompt.context(), digits=digits, browser=browser
        ),
        push_refused,
    )


def open_code(
    asker: Asker,
    kind: str,
    *,
    destination: str,
    language: str,
    mail: str,
    shown: Mapping[str, Any],
    factor_id: int | None = None,
) -> Opened | Refused:
    """Sends a code ("email" or "sms") by the template `mail`; an earlier one of this journey is
    dead. `shown`: facts about the sign-in.

    A text message for a sign-in goes to the person's number, whatever `destination` says.
    `factor_id`: what the code is to prove (purpose "enrol").
    """
    message = {"destination": destination, "language": language, "mail": mail, "shown": shown}
    return _put(Ask.by(asker, kind, factor_id=factor_id, **message), code_refused)


def open_typed(asker: Asker, kind: str) -> Opened | Refused:
    """Asks for a code that the person has at hand ("totp" or "recovery"): nothing is sent. One that
    waits for this journey is given again."""
    return _put(Ask.by(asker, kind), typed_refused)


@transaction.atomic
def _put(ask: Ask, refused: _Refusal) -> Opened | Refused:
    kind = factors.kind_of(ask.kind)
    if kind is None:
        return UNAVAILABLE
    while True:
        stands, now = (
            budgets.read(ask.user_id, ask.lane, kind=ask.kind, journey=ask.subject),
            clock.now(),
        )
        if stands is None:
            return UNAVAILABLE
        ask = _addressed(ask, stands)
        if no := refused(ask, stands, now):
            return replace(
                no,
                enrolled=frozenset(
                    factor.kind for factor in stands.factors if factor.confirmed_at is not None
                ),
            )
        if (
            kind.rule is None
            and stands.open_here
            and (waits := waiting(kind=ask.kind, subject=ask.subject))
        ):
            return waits
        budget_id = budgets.claim(stands, ask.kind, ask.lane, after := _counted(ask, stands, now))
        # Somebody else sent meanwhile: what was allowed a moment ago may not be allowed now.
        if budget_id is not None:
            return _paid(ask, stands, now) or _written(ask, kind, stands, after, budget_id, now)


def _addressed(ask: Ask, stands: Standing) -> Ask:
    """Text messages go to the number that was proved and to no other, unless it
    is to be proved by this one."""
    if ask.kind == "sms" and ask.purpose != "enrol":
        return replace(ask, destination=stands.address("sms"))
    return ask


def _counted(ask: Ask, stands: Standing, now: datetime) -> limits.Tally:
    before, rule = stands.tally(ask.kind), rule_of(ask)
    return (
        limits.sent(before, rule, journey=ask.subject, now=int(now.timestamp())) if rule else before
    )


def _paid(ask: Ask, stands: Standing, now: datetime) -> Refused | None:
    """What a text message costs, after the person's own share was taken; that is given back where
    the site has no more.

    A number that this person has proved before is hers: what strangers asked for it spends nothing
    of that.
    """
    if ask.kind != "sms":
        return None
    proving = ask.purpose == "enrol" and ask.destination != stands.address("sms")
    wait = sms_quota.charge(ask.destination, proving=proving, now=int(now.timestamp()))
    if not wait:
        return None
    transaction.set_rollback(True)
    return Refused("rate_limited", wait)


def _written(
    ask: Ask, kind: Factor, stands: Standing, after: limits.Tally, budget_id: int, now: datetime
) -> Opened | Refused:
    tried = _replace(ask, stands, now)
    if tried >= limits.TRIES_PER_CODE:
        return UNAVAILABLE
    draft = Draft(
        tokens.new_id(),
        tokens.new_token(),
        ask.purpose,
        ask.digits,
        ask.destination,
        ask.shown,
        ask.mail,
    )
    posed = kind.pose(draft)
    row = Challenge(
        public_id=draft.public_id,
        nonce=draft.nonce,
        kind=ask.kind,
        user_id=ask.user_id,
        subject=ask.subject,
        epoch=ask.epoch,
        lane=ask.lane,
        purpose=ask.purpose,
        required=strength_wanted(ask, stands, int(now.timestamp())),
        created_at=now,
        expires_at=min(ask.expires_at, now + timedelta(seconds=kind.life)),
        attempts=tried,
        code_mac=posed.code_mac,
        digits=posed.digits,
        context=posed.context,
        browser=ask.browser,
        ledger_id=ask.ledger_id,
        budget_id=budget_id,
        factor_id=_enrolled(ask, stands, now),
    )
    insert(row)
    poll.asked(ask.subject, [ask.user_id] if ask.kind == "push" else [])
    if posed.letter is not None:
        _send(ask, row, posed.letter, _destinations(ask, stands, now))
    number, to = (number_of(row), "") if ask.kind == "push" else ("", masked(ask.destination))
    return Opened(row.pk, row.public_id, row.expires_at, next_send(ask, after, now), number, to)


def _replace(ask: Ask, stands: Standing, now: datetime) -> int:
    """Ends what this journey asked before in this way, and gives the tries that go with it: sending
    again must not give new ones."""
    if stands.open_here < limits.PUSHES_OPEN_PER_LOGIN:
        return stands.tried
    earlier = Challenge.objects.filter(user_id=ask.user_id, subject=ask.subject, kind=ask.kind)
    earlier.filter(state="pending").move("superseded")
    # Looked at again after the move: until then somebody could still use up tries.
    return earlier.filter(expires_at__gt=now).aggregate(most=Max("attempts"))["most"] or 0


def _enrolled(ask: Ask, stands: Standing, now: datetime) -> int | None:
    """The factor that a code is of, or was sent to; a push is answered by a
    device that nobody knows yet."""
    if ask.kind == "push" or ask.factor_id is not None:
        return ask.factor_id
    if (asked := at_hand(ask, stands, now)) is not None:
        return asked.id
    return next(
        (
            factor.id
            for factor in stands.of(ask.kind)
            if mailbox.same(factor.label, ask.destination)
        ),
        None,
    )


def _destinations(ask: Ask, stands: Standing, now: datetime) -> list[str]:
    return (
        [str(device.id) for device in able(ask, stands, now)]
        if ask.kind == "push"
        else [ask.destination]
    )


def _send(ask: Ask, row: Challenge, letter: Letter, destinations: list[str]) -> None:
    outbox.enqueue_all(
        destinations,
        channel=letter.channel,
        template=letter.template,
        context=letter.context,
        language=ask.language,
        user_id=ask.user_id,
        challenge_id=row.pk,
        epoch=ask.epoch,
        expires_at=row.expires_at,
    )
