"""The site computes from its tables what the replay of an evaluation computes in memory."""

from random import Random  # noqa: TID251 - a life that can be lived again
from typing import Any

import pytest

from mfaproject.lib.testing import FrozenClock, person
from risk.geo.places import Place
from risk.history import aggregate, expire
from risk.history.in_memory_counts import Memory
from risk.history.replay import Replay
from risk.login import outcomes
from risk.scoring import evidence, registry
from risk.scoring.evidence import Inputs
from risk.services import admit, assess, record_login, record_outcome
from risk.tests.helpers import CHROME, FIREFOX, LOOPBACK, PHONE, login

pytestmark = pytest.mark.django_db
HOMES = [
    (f"81.{number}.7.{number}", Place("GB" if number % 2 else "DE", 20712 + number % 3))
    for number in range(2, 8)
]
EXITS = [
    ("5.9.1.1", Place("DE", 24940)),
    ("203.119.40.7", Place("JP", 2500)),
    ("203.119.90.7", Place("JP", 2500)),
    (LOOPBACK, Place()),
]
INPUTS = {name for name, each in registry.installed().inputs.items() if each.from_ledger} - {
    "away",
    "travel",
}
"""The replay knows the last success only, and not for how long somebody was away."""

NAMED = frozenset(name for name in INPUTS if name.startswith("named_"))


class Both:
    """A site and its replay, in step. Whole seconds, strong factors, no cookies: that is what the
    format of the logs can tell of a site."""

    def __init__(self, seed: int, clock: FrozenClock) -> None:
        self.dice, self.clock = Random(seed), clock
        self.people = [person(f"p{number}") for number in range(len(HOMES))]
        self.replay = Replay(memory=Memory(fades=True))

    def attempt(self) -> tuple[Inputs, Inputs]:
        """One sign-in at a random moment; gives what the site noted and what the replay says."""
        self.clock.forward(seconds=self.dice.choice((0, 60, self.dice.randrange(5 * 86_400))))
        while aggregate.share(self.clock.at):
            pass
        expire.prune(self.clock.at)
        number, stranger = self.dice.randrange(len(HOMES)), self.dice.random() < 0.5
        user, (ip, place) = (
            self.people[number],
            self.dice.choice(EXITS) if stranger else HOMES[number],
        )
        agent = self.dice.choice((FIREFOX, CHROME, PHONE))
        context = login(ip, agent, place=place)
        told = {
            "ts": self.clock.at.timestamp(),
            "user_id": user.pk,
            "ip": ip,
            "country": place.country,
            "asn": place.asn,
            "ua": agent,
        }
        noted = assess(user_id=user.pk, is_staff=False, has_strong=True, context=context)
        ours = evidence.measure(*self.replay.seen(told))
        log_id = record_login(
            context=context, outcome="pending", assessment=noted, user_id=user.pk, typed_name=""
        )
        if stranger:
            self._stopped(log_id, told)
        else:
            admit(
                log_id=log_id,
                user_id=user.pk,
                context=context,
                factor="push",
                strength="strong",
                added_by="s",
            )
            self.replay.learn(told, "ok")
        return noted.evidence["inputs"], ours

    def _stopped(self, log_id: int, told: dict[str, Any]) -> None:
        outcome = self.dice.choice(sorted(outcomes.NAMING | outcomes.UNFINISHED))
        record_outcome(log_id, outcome)
        if outcome in outcomes.NAMING:
            self.replay.learn(told, "challenge_failed")


@pytest.mark.parametrize("seed", range(5))
def test_every_input_of_a_random_past_is_the_same(
    seed: int, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expire, "SLICES", 1)
    clock.at = clock.at.replace(microsecond=0)
    both, named = Both(seed, clock), 0
    for _ in range(70):
        site, memory = both.attempt()
        assert {name: site.get(name, 0.0) for name in INPUTS} == pytest.approx(
            {name: memory.get(name, 0.0) for name in INPUTS}
        )
        named += any(site.get(name) for name in NAMED)
    assert named > 25
