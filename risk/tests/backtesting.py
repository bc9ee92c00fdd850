"""Makers for the tests of the backtest: a site with a random past, made by its own services, and a
replay of it.
"""

import copy
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 - a life that can be lived again
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Model

from mfaproject.lib.testing import FrozenClock, person
from risk.backtest import findings
from risk.backtest.outcome import Asked, Outcome
from risk.geo.places import Place
from risk.history import aggregate, expire
from risk.login.context import LoginContext, Strength
from risk.models import FeatureCount, HeldSource, KnownBrowser, LoginLog, RiskPolicy
from risk.policy.drafts import PolicyDraft
from risk.services import (
    admit,
    assess,
    backtesting,
    disavow,
    policies,
    recognise,
    record_login,
    record_outcome,
    report_not_me,
)
from risk.services.known_browsers import ABSENT
from risk.services.policies import Actor
from risk.tests.helpers import CHROME, FIREFOX, FIREFOX_146, LOOPBACK, PHONE, login

AGENTS = (FIREFOX, FIREFOX, FIREFOX_146, CHROME, PHONE)
STRENGTHS: tuple[Strength, ...] = ("strong", "strong", "weak")
COUNTRIES = ("DE", "DE", "FR", "")


class Site:
    """People who sign in from a few places each; one is staff, one is never
    refused, and somebody attacks them."""

    def __init__(self, seed: int, clock: FrozenClock, *, people: int = 14) -> None:
        self.dice, self.clock = Random(seed), clock
        self.people = [
            person(f"p{seed}x{number}", is_staff=number == 0) for number in range(people)
        ]
        self.cookies: dict[int, str | None] = {}
        self.homes = {
            one.pk: [self._place(number) for _ in range(2)]
            for number, one in enumerate(self.people)
        }
        self.admitted: list[tuple[int, Any]] = []
        group, _ = Group.objects.get_or_create(name="office")
        group.user_set.add(*self.people[:5])

    def _place(self, number: int) -> tuple[str, Place]:
        country = self.dice.choice(COUNTRIES)
        asn = 3000 + number % 3 if country else 0
        return f"81.{2 + number}.{self.dice.randrange(200)}.{self.dice.randrange(200)}", Place(
            country, asn, hosting=self.dice.random() < 0.1
        )

    def live(self, sign_ins: int) -> None:
        """So many attempts, by people and by others."""
        for _ in range(sign_ins):
            self._wait()
            if self.admitted and self.dice.random() < 0.05:
                log_id, owner = self.admitted.pop(self.dice.randrange(len(self.admitted)))
                disavow(log_id, owner.pk)
            elif self.dice.random() < 0.1:
                self._guess()
            else:
                self._sign_in(self.dice.choice(self.people), stolen=self.dice.random() < 0.08)

    def _wait(self) -> None:
        """The sweep of each minute, and that of midnight."""
        self.clock.forward(seconds=self.dice.choice((0, 60, 3600, self.dice.random() * 200_000)))
        while aggregate.share(self.clock.at):
            pass
        expire.prune(self.clock.at)

    def _guess(self) -> None:
        victim = self.dice.choice([*self.people, None])
        outcome = "wrong_password" if victim else "unknown_user"
        context = login(f"203.119.{self.dice.randrange(3)}.7", CHROME)
        record_login(
            context=context,
            outcome=outcome,
            assessment=None,
            user_id=victim.pk if victim else None,
            typed_name="somebody",
        )

    def _sign_in(self, user: Any, *, stolen: bool) -> None:
        ip, place = (
            (f"198.{self.dice.randrange(9)}.{self.dice.randrange(9)}.9", Place("RU", 9))
            if stolen
            else self.dice.choice(self.homes[user.pk])
        )
        ip = self.dice.choice((ip, ip, ip, ip, ip, LOOPBACK))
        cookie = (
            self.cookies.get(user.pk) if self.dice.random() < (0.3 if stolen else 0.85) else None
        )
        context = login(ip, self.dice.choice(AGENTS), recognise(cookie), place=place)
        judged = assess(
            user_id=user.pk,
            is_staff=user.is_staff,
            has_strong=user.pk % 4 != 0,
            context=context,
            username=user.username,
        )
        log_id = record_login(
            context=context,
            outcome="blocked" if judged.decision == "block" else "pending",
            assessment=judged,
            user_id=user.pk,
            typed_name="",
        )
        if judged.decision == "block":
            return
        self.clock.forward(seconds=self.dice.choice((0, 20)))
        if stolen and judged.decision == "step_up":
            self._stopped(user, log_id)
            return
        strength: Strength = (
            "password" if judged.decision == "allow" else self.dice.choice(STRENGTHS)
        )
        given = admit(
            log_id=log_id,
            user_id=user.pk,
            context=context,
            factor="push",
            strength=strength,
            added_by="s",
        )
        self.cookies[user.pk] = (
            self.cookies.get(user.pk) if stolen else given or self.cookies.get(user.pk)
        )
        self.admitted.append((log_id, user))

    def _stopped(self, user: Any, log_id: int) -> None:
        if self.dice.random() < 0.6:
            report_not_me(log_id=log_id, user_id=user.pk, answering_ip=None)
        else:
            record_outcome(log_id, self.dice.choice(("denied", "expired", "failed")))


_LIVED: dict[tuple[int, int], tuple[dict[str, Any], datetime, list[Model]]] = {}


def lived(clock: FrozenClock, sign_ins: int, seed: int = 2) -> Site:
    """A site with so many attempts behind it: lived through once in a process, then put back as it
    was. Put nothing there before."""
    key = (seed, sign_ins)
    if key not in _LIVED:
        site = Site(seed, clock)
        site.live(sign_ins)
        _LIVED[key] = (
            copy.deepcopy({name: value for name, value in vars(site).items() if name != "clock"}),
            clock.at,
            _rows(),
        )
        return site
    facts, clock.at, rows = _LIVED[key]
    for model in _models():
        model._default_manager.bulk_create([copy.copy(row) for row in rows if type(row) is model])
    site = Site.__new__(Site)
    vars(site).update(copy.deepcopy(facts) | {"clock": clock})
    return site


def _models() -> list[Any]:
    """In the order in which one points at the other."""
    user: Any = get_user_model()
    return [Group, user, user.groups.through, KnownBrowser, LoginLog, FeatureCount, HeldSource]


def _rows() -> list[Model]:
    return [row for model in _models() for row in model._default_manager.all()]


def replay(challenge: int = 50, strict: int = 90, **asked: Any) -> Outcome:
    """Under a draft for everybody, unless told otherwise."""
    draft = asked.pop("draft", None) or PolicyDraft("default", challenge, strict)
    return backtesting.run(Asked(draft, **asked), lambda _done, _total: None)


def judged() -> list[LoginLog]:
    return list(LoginLog.objects.filter(score__isnull=False).order_by("at", "pk"))


def later(row: LoginLog, **span: float) -> None:
    """Moves a row on in time."""
    LoginLog.objects.filter(pk=row.pk).update(at=row.at + timedelta(**span))


def decides(name: str, challenge: int, strict: int, *groups: str) -> None:
    """A policy of the database begins to decide."""
    row = policies.bring(PolicyDraft(name, challenge, strict, groups), by="root")
    context = LoginContext(None, "", ABSENT, row.created_at, "r" * 22, "form")
    assert policies.move(row, RiskPolicy.State.ACTIVE, Actor("root", None, context))


def numbers(**asked: Any) -> dict[str, Any]:
    """All that is found, as a program reads it."""
    outcome = replay(**asked)
    return findings.as_json(outcome.tally, outcome.draft, [])
