"""`python -m bench.inside bench.past SETTING SHARE`: gives an empty site the past of a simulated
one (bench.risk), through the services of the site.

Legitimate people answer what they are asked. Attackers who are asked are called false or give up;
those who get in are disavowed, mostly, within a day. What has stood for a week is told at once, the
other rounds run at midnight. People are called a1, a2, …; every tenth has no strong factor, the
first ten are of the group "office", a1 is staff.
"""

import heapq
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251 - repeatable chance for a simulation, never for a secret
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from bench.risk.life import Row
from bench.risk.log import simulate
from bench.risk.settings import ALL, smaller
from mfaproject.lib import tokens
from mfaproject.lib.testing import FrozenClock, frozen
from risk.geo.places import Place
from risk.history import aggregate
from risk.login.context import Recognition, Strength
from risk.services import (
    LoginContext,
    admit,
    assess,
    disavow,
    recognise,
    record_login,
    record_outcome,
    report_not_me,
    sweep,
)

HOUR = timedelta(hours=1)
CALLED_FALSE = 0.6  # of the attackers who are asked: the owner's phone says so; the others give up
UNDONE = 0.8


@dataclass(slots=True)
class Past:
    """Everything of one site."""

    clock: FrozenClock
    dice: Random
    people: dict[str, Any] = field(default_factory=dict)
    jar: dict[str, str | None] = field(default_factory=dict)
    undo: list[tuple[datetime, int, int]] = field(default_factory=list)

    def live(self, rows: list[Row]) -> None:
        for number, row in enumerate(rows):
            self._until(datetime.fromtimestamp(row.at, UTC))
            self._sign_in(row)
            if number % 2000 == 0:
                print(f"{number} of {len(rows)}", file=sys.stderr)

    def _until(self, moment: datetime) -> None:
        """Owners look at their mails, and the sweep comes at midnight."""
        while self.undo and self.undo[0][0] <= moment:
            self.clock.at, log_id, owner = heapq.heappop(self.undo)
            disavow(log_id, owner)
        if moment.date() != self.clock.at.date():
            self.clock.at = moment.replace(hour=0, minute=0, second=0, microsecond=0)
            sweep()
        self.clock.at = moment
        while aggregate.share(moment):  # as the round of each minute does
            pass

    def _sign_in(self, row: Row) -> None:
        user = self.people.get(row.user)
        context = self._context(
            row,
            recognise(self.jar.get(row.cookie))
            if row.cookie
            else Recognition(None, frozenset(), "absent"),
        )
        if user is None or not row.ok:
            outcome = "wrong_password" if user else "unknown_user"
            record_login(
                context=context,
                outcome=outcome,
                assessment=None,
                user_id=user.pk if user else None,
                typed_name=row.user,
            )
            return
        judged = assess(
            user_id=user.pk,
            is_staff=user.is_staff,
            has_strong=user.pk % 10 != 0,
            context=context,
            username=row.user,
        )
        outcome = "blocked" if judged.decision == "block" else "pending"
        log_id = record_login(
            context=context,
            outcome=outcome,
            assessment=judged,
            user_id=user.pk,
            typed_name=row.user,
        )
        if judged.decision == "allow":
            self._admit(row, context, user.pk, log_id, "password", "password")
        elif judged.decision == "step_up" and row.label == "legit":
            self.clock.forward(seconds=20)
            self._admit(
                row,
                context,
                user.pk,
                log_id,
                "push" if user.pk % 10 else "email",
                "strong" if user.pk % 10 else "weak",
            )
        elif judged.decision == "step_up":
            self._caught(user.pk, log_id)

    def _context(self, row: Row, browser: Recognition) -> LoginContext:
        ip, country, asn = row.place
        return LoginContext(
            ip, row.agent, browser, self.clock.at, tokens.new_id(), "form", Place(country, asn)
        )

    def _admit(
        self,
        row: Row,
        context: LoginContext,
        user_id: int,
        log_id: int,
        factor: str,
        strength: Strength,
    ) -> None:
        given = admit(
            log_id=log_id,
            user_id=user_id,
            context=context,
            factor=factor,
            strength=strength,
            added_by="past",
        )
        if row.label == "legit":
            kept = row.given or row.cookie
            if given and kept:
                self.jar[kept] = given
        elif self.dice.random() < UNDONE:
            heapq.heappush(
                self.undo, (self.clock.at + self.dice.random() * 24 * HOUR, log_id, user_id)
            )

    def _caught(self, user_id: int, log_id: int) -> None:
        self.clock.forward(seconds=30)
        if self.dice.random() < CALLED_FALSE:
            report_not_me(log_id=log_id, user_id=user_id, answering_ip=None)
        else:
            record_outcome(log_id, "expired")


def people(names: set[str], at: datetime) -> dict[str, Any]:
    """Accounts that nobody can sign in to with a password."""
    model: Any = get_user_model()
    ordered = sorted(names, key=lambda name: (len(name), name))
    called = {name: f"a{number}" for number, name in enumerate(ordered, start=1)}
    made = {
        name: model._default_manager.create_user(
            username=short,
            email=f"{short}@example.org",
            full_name=short.title(),
            password=None,
            email_confirmed_at=at,
            is_staff=short == "a1",
        )
        for name, short in called.items()
    }
    office, _ = Group.objects.get_or_create(name="office")
    office.user_set.set(list(made.values())[:10])
    return made


def main(setting: str, share: str) -> None:
    """Called by `bench.inside`. Writes to the database of this environment."""
    rows = simulate(smaller(ALL[setting], float(share)))
    start = datetime.fromtimestamp(rows[0].at, UTC)
    with frozen(start) as clock, transaction.atomic():
        past = Past(clock, Random(ALL[setting].seed))
        past.people = people({row.user for row in rows if row.user}, start)
        past.live(rows)
