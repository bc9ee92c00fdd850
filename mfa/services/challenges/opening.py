"""Putting a question: limits, row and message in one transaction, so that none exists without the
others.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from mfa import limits, outbox, poll, registry
from mfa.masks import masked
from mfa.models import Challenge
from mfa.prompt import Prompt
from mfa.registry.base import Asking, Factor, Outgoing
from mfa.results import Asker, NotAsked, Opened
from mfa.services import budgets
from mfa.services.budgets import Standing
from mfa.services.challenges.collecting import waiting
from mfa.services.challenges.refusals import (
    UNAVAILABLE,
    Ask,
    able,
    at_hand,
    next_send,
    refused,
    rule_of,
    strength_wanted,
)
from mfaproject.lib import clock, mailbox, tokens
from mfaproject.lib.prepared import insert


def open_elsewhere(
    asker: Asker, kind: str, *, required: str, prompt: Prompt, digits: int, browser: str
) -> Opened | NotAsked:
    """Asks every device of this kind that may answer. A question that still waits for this journey
    is replaced.

    `browser` is the selector of the known browser that asks, "" for an unknown one.
    """
    facts = {"required": required, "digits": digits, "browser": browser}
    ask = Ask.by(asker, kind, shown=prompt.context(), **facts)
    return _put(ask) if ask.factor.is_elsewhere else UNAVAILABLE


def open_code(
    asker: Asker,
    kind: str,
    *,
    destination: str,
    language: str,
    mail: str,
    shown: Mapping[str, Any],
    factor_id: int | None = None,
) -> Opened | NotAsked:
    """Sends a code by the template `mail`; an earlier one of this journey is dead. `shown`: facts
    about the sign-in.

    But for the mailbox, a code for a sign-in goes to the address that was proved, whatever
    `destination` says.
    `factor_id`: what the code is to prove (purpose "enrol").
    """
    message = {"destination": destination, "language": language, "mail": mail, "shown": shown}
    ask = Ask.by(asker, kind, factor_id=factor_id, **message)
    return _put(ask) if ask.factor.is_sent else UNAVAILABLE


def open_at_hand(asker: Asker, kind: str, *, required: str = "weak") -> Opened | NotAsked:
    """Asks for what the person has at hand: nothing is sent. A question that
    waits for this journey is given again."""
    ask = Ask.by(asker, kind, required=required)
    return _put(ask) if ask.factor.is_at_hand else UNAVAILABLE


@transaction.atomic
def _put(ask: Ask) -> Opened | NotAsked:
    kind = registry.get(ask.kind)
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
    """But for the mailbox, messages go to the address that was proved and to no other, unless it is
    to be proved by this one."""
    if ask.factor.is_sent and not ask.factor.is_mailbox and ask.purpose != limits.ENROLMENT:
        return replace(ask, destination=stands.address(ask.kind))
    return ask


def _counted(ask: Ask, stands: Standing, now: datetime) -> limits.BudgetState:
    before, rule = stands.budget(ask.kind), rule_of(ask)
    return (
        limits.sent(before, rule, journey=ask.subject, now=int(now.timestamp())) if rule else before
    )


def _paid(ask: Ask, stands: Standing, now: datetime) -> NotAsked | None:
    """What a message costs, after the person's own share was taken; that is given back where the
    site has no more.

    An address that this person has proved before is hers: what strangers asked for it spends
    nothing of that.
    """
    if not ask.factor.is_sent:
        return None
    proving = ask.purpose == limits.ENROLMENT and ask.destination != stands.address(ask.kind)
    wait = ask.factor.charge(ask.destination, proving=proving, now=int(now.timestamp()))
    if not wait:
        return None
    transaction.set_rollback(True)
    return NotAsked("rate_limited", wait)


def _written(
    ask: Ask,
    kind: Factor,
    stands: Standing,
    after: limits.BudgetState,
    budget_id: int,
    now: datetime,
) -> Opened | NotAsked:
    tried = _replace(ask, stands, now)
    if tried >= limits.TRIES_PER_CODE:
        return UNAVAILABLE
    asking = Asking(
        tokens.new_id(),
        tokens.new_token(),
        ask.purpose,
        ask.digits,
        ask.destination,
        ask.shown,
        ask.mail,
    )
    posed = kind.pose(asking)
    row = Challenge(
        public_id=asking.public_id,
        nonce=asking.nonce,
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
    poll.asked(ask.subject, [ask.user_id] if kind.is_elsewhere else [])
    if posed.outgoing is not None:
        _send(ask, row, posed.outgoing, _destinations(ask, stands, now))
    again, to = next_send(ask, after, now), masked(ask.destination) if kind.is_sent else ""
    return Opened(row.pk, row.public_id, row.expires_at, again, kind.number_of(row), to)


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
    """The factor that a code is of, or was sent to; None where one of several
    answers that nobody knows yet."""
    if ask.factor.is_elsewhere or ask.factor_id is not None:
        return ask.factor_id
    if asked := at_hand(ask, stands, now):
        return None if ask.factor.has_several else asked[0].id
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
        if ask.factor.is_elsewhere
        else [ask.destination]
    )


def _send(ask: Ask, row: Challenge, outgoing: Outgoing, destinations: list[str]) -> None:
    outbox.enqueue_all(
        destinations,
        channel=outgoing.channel,
        template=outgoing.template,
        context=outgoing.context,
        language=ask.language,
        user_id=ask.user_id,
        challenge_id=row.pk,
        epoch=ask.epoch,
        expires_at=row.expires_at,
    )
