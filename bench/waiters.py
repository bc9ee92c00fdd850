"""Writes many journeys whose question nobody has answered, without asking anybody: `python -m
bench.inside bench.waiters MANY FILE`.
"""

import json
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from accounts.journey import Ticket
from accounts.models import LoginAttempt
from accounts.services import attempts
from bench.seed import users
from mfa.models import Budget, Challenge
from mfaproject.lib import clock, tokens

LIFE = timedelta(minutes=10)


def write(many: int) -> list[str]:
    """Gives the cookie of each."""
    (crowd,) = users(["crowd"])
    now, tickets = (
        clock.now(),
        [Ticket(tokens.new_token(), tokens.new_token()) for _ in range(many)],
    )
    budget = Budget.objects.create(user=crowd, kind="push", lane="other")
    common = {
        "user": crowd,
        "epoch": crowd.auth_epoch,
        "lane": "other",
        "purpose": "login",
        "required": "weak",
    }
    asked = [
        Challenge(
            kind="push",
            subject=attempts.subject(attempts.reference_digest(one.reference)),
            budget=budget,
            expires_at=now + LIFE,
            **common,
        )
        for one in tickets
    ]
    Challenge.objects.bulk_create(asked, batch_size=500)
    found = dict(Challenge.objects.filter(user=crowd).values_list("subject", "pk"))
    rows = [
        LoginAttempt(
            reference_digest=attempts.reference_digest(one.reference),
            binding_digest=attempts.binding_digest(one.binding),
            source=str(number),
            push_id=found[attempts.subject(attempts.reference_digest(one.reference))],
            expires_at=now + LIFE,
            **common,
        )
        for number, one in enumerate(tickets)
    ]
    LoginAttempt.objects.bulk_create(rows, batch_size=500)
    return [f"{one.reference}.{one.binding}" for one in tickets]


def main(many: str, file: str) -> None:
    """Called by `bench.inside`."""
    with transaction.atomic():
        Path(file).write_text(json.dumps(write(int(many))))
