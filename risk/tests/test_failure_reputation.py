"""Where second factors fail: who names which places, when, and for whom it counts."""

import copy
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from mfaproject.lib.testing import FrozenClock
from risk.geo.places import Place
from risk.history import aggregate, counts, expire, failure_reputation
from risk.login import chains, outcomes
from risk.login.history import HALF_LIFE
from risk.models import FeatureCount, HeldSource, LoginLog
from risk.scoring.sheets import NEWEST, read
from risk.services import assess, disavow, record_outcome, report_not_me
from risk.tests.helpers import (
    CHROME,
    FAR,
    FIREFOX,
    HOME,
    LOOPBACK,
    fail,
    known_to,
    login,
    sign_in,
    stopped,
)

pytestmark = pytest.mark.django_db
JAPAN, BRITAIN, GERMANY = Place("JP", 2500), Place("GB", 20712), Place("DE", 24940)
ABROAD = "5.9.1.1"
LEVELS = ["all", "country", "network", "provider"]


def named(account: int) -> list[str]:
    return sorted(
        FeatureCount.objects.filter(account=account, chain=chains.NAMED).values_list(
            "level", flat=True
        )
    )


def everybodys() -> dict[str, int]:
    return dict(
        FeatureCount.objects.filter(account=0, chain=chains.NAMED)
        .order_by("level")
        .values_list("level", "times")
    )


def inputs(user: Any, ip: str = FAR, place: Place = JAPAN, **facts: Any) -> dict[str, float]:
    found = assess(
        user_id=user.pk, is_staff=False, has_strong=True, context=login(ip, place=place, **facts)
    ).evidence["inputs"]
    return {name: value for name, value in found.items() if name.startswith("named_")}


def settle(clock: FrozenClock, *users: Any) -> None:
    """They signed in at home, more than a week ago."""
    for user in users:
        sign_in(user)
    clock.forward(days=8)
    while aggregate.share(clock.at):
        pass


@pytest.mark.parametrize("outcome", sorted(outcomes.NAMING))
def test_after_each_no_the_account_names_the_places_above_the_address(
    alice: Any, outcome: str
) -> None:
    stopped(alice, FAR, outcome, place=JAPAN)
    assert named(alice.pk) == LEVELS


def test_rows_are_taken_in_the_order_of_their_digests(alice: Any, bob: Any) -> None:
    """As everywhere, so that nobody waits in a circle."""
    for user, ip, place in ((alice, FAR, JAPAN), (bob, HOME, BRITAIN)):
        stopped(user, ip, place=place)
        digests = list(
            FeatureCount.objects.filter(account=user.pk, chain=chains.NAMED)
            .order_by("pk")
            .values_list("digest", flat=True)
        )
        assert digests == sorted(digests)


@pytest.mark.parametrize("outcome", sorted(outcomes.UNFINISHED))
def test_nothing_is_named_where_nobody_said_no(alice: Any, outcome: str) -> None:
    stopped(alice, FAR, outcome, place=JAPAN)
    assert named(alice.pk) == []


def test_nothing_is_named_by_a_sign_in_that_succeeded_or_was_undone_later(alice: Any) -> None:
    log_id, _ = sign_in(alice, FAR)
    disavow(log_id, alice.pk)
    assert named(alice.pk) == []


@pytest.mark.parametrize("outcome", ["wrong_password", "throttled"])
def test_nothing_is_named_without_the_password(alice: Any, outcome: str) -> None:
    fail(alice, FAR, outcome)
    assert named(alice.pk) == []


def test_not_me_names_and_holds(alice: Any) -> None:
    log_id = stopped(alice, FAR, "pending", place=JAPAN)
    assert report_not_me(log_id=log_id, user_id=alice.pk, answering_ip=HOME)
    assert named(alice.pk) == LEVELS
    assert HeldSource.objects.exists()


def test_a_known_browser_names_like_any_other(alice: Any) -> None:
    _, cookie = sign_in(alice)
    stopped(alice, FAR, "wrong_number", user_agent=CHROME, cookie=cookie)
    assert LoginLog.objects.latest("pk").known_browser
    assert named(alice.pk) == ["all", "network"]


@pytest.mark.parametrize("ip", [LOOPBACK, "10.0.0.7", None])
def test_an_address_that_says_nothing_names_nothing(alice: Any, ip: str | None) -> None:
    stopped(alice, ip)
    assert named(alice.pk) == []


def test_whoever_comes_second_names_nothing(alice: Any) -> None:
    log_id = stopped(alice, FAR, "expired")
    assert not record_outcome(log_id, "denied")
    assert named(alice.pk) == []


def test_an_account_names_a_place_once(alice: Any, bob: Any, clock: FrozenClock) -> None:
    settle(clock, alice, bob)
    for user in (alice, alice, alice, bob):
        stopped(user, FAR, place=JAPAN)
        clock.forward(days=1)
        aggregate.share(clock.at)
    stopped(alice, HOME, place=BRITAIN)
    aggregate.share(clock.at)
    rows = FeatureCount.objects.filter(account=0, chain=chains.NAMED)
    assert sorted(rows.values_list("level", "times")) == [
        *(
            ("all", 2),
            ("country", 1),
            ("country", 2),
            ("network", 1),
            ("network", 2),
            ("provider", 1),
            ("provider", 2),
        ),
    ]


def test_an_account_that_has_stood_for_a_week_names_at_once(
    alice: Any, bob: Any, clock: FrozenClock
) -> None:
    settle(clock, alice, bob)
    stopped(alice, FAR, place=JAPAN)
    aggregate.share(clock.at)
    assert everybodys() == dict.fromkeys(LEVELS, 1)
    assert inputs(bob)["named_network"] > 0


@pytest.mark.parametrize(("age", "wait"), [(0, 7), (3, 4), (6.5, 0.5), (None, 7)])
def test_a_young_one_names_nothing_for_others_yet(
    alice: Any, bob: Any, clock: FrozenClock, age: float | None, wait: float
) -> None:
    """Nor does one that never signed in."""
    if age is not None:
        sign_in(alice)
        clock.forward(days=age)
    stopped(alice, FAR, place=JAPAN)
    clock.forward(days=wait, seconds=-1)
    aggregate.share(clock.at)
    assert everybodys() == {}
    assert set(inputs(bob).values()) == {0.0}
    clock.forward(seconds=1)
    aggregate.share(clock.at)
    assert everybodys() == dict.fromkeys(LEVELS, 1)


def test_what_a_person_named_says_nothing_of_itself(alice: Any) -> None:
    """It is everybody's word that counts, once."""
    stopped(alice, FAR, place=JAPAN)
    assert set(inputs(alice).values()) == {0.0}


def test_a_name_weighs_half_after_a_half_life(alice: Any, bob: Any, clock: FrozenClock) -> None:
    settle(clock, alice, bob)
    stopped(alice, FAR)
    clock.forward(seconds=HALF_LIFE)
    stopped(bob, FAR)
    aggregate.share(clock.at)
    root = FeatureCount.objects.get(account=0, chain=chains.NAMED, level="all")
    assert root.n == pytest.approx(1.5)
    assert root.times == 2


def test_the_week_counts_from_the_first_sign_in_under_any_key(
    alice: Any, clock: FrozenClock, settings: Settings
) -> None:
    settle(clock, alice)
    settings.ROOT_KEYS = ["another root key of more than 32 characters", *settings.ROOT_KEYS]
    sign_in(alice)
    stopped(alice, FAR, place=JAPAN)
    aggregate.share(clock.at)
    assert everybodys() == dict.fromkeys(LEVELS, 1)


def test_what_was_named_under_an_older_key_is_still_found(
    alice: Any, bob: Any, clock: FrozenClock, settings: Settings
) -> None:
    settle(clock, alice, bob)
    stopped(alice, FAR, place=JAPAN)
    aggregate.share(clock.at)
    before = inputs(bob)
    settings.ROOT_KEYS = ["another root key of more than 32 characters", *settings.ROOT_KEYS]
    assert inputs(bob) == pytest.approx(before)


def test_it_costs_one_statement_more(alice: Any) -> None:
    costs = []
    for outcome in ("expired", "denied"):
        log_id = stopped(alice, FAR, "pending", place=JAPAN)
        with CaptureQueriesContext(connection) as statements:
            record_outcome(log_id, outcome)
        costs.append(len(statements))
    assert costs == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_names_and_the_end_are_written_together_or_not_at_all(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_id = stopped(alice, FAR, "pending", place=JAPAN)
    monkeypatch.setattr(failure_reputation, "_ONCE", " NOT SQL")
    with pytest.raises(DatabaseError):
        record_outcome(log_id, "denied")
    assert LoginLog.objects.get(pk=log_id).outcome == "pending"


def test_whoever_fails_is_not_established_by_it(alice: Any, clock: FrozenClock) -> None:
    stopped(alice, FAR)
    clock.forward(days=60)
    log_id = stopped(alice, FAR, "pending")
    report_not_me(log_id=log_id, user_id=alice.pk, answering_ip=HOME)
    assert not HeldSource.objects.get().established


def test_the_ledger_notes_places_and_no_address_and_only_where_a_factor_is_asked_for(
    alice: Any,
) -> None:
    _, cookie = sign_in(alice)
    sign_in(alice, cookie=cookie, strength="password")
    asked, allowed = LoginLog.objects.order_by("pk")
    assert [level for level, *_ in failure_reputation.of(asked.evidence)] == ["all", "network"]
    assert failure_reputation.of(allowed.evidence) == []
    assert (
        len(
            FeatureCount.objects.filter(
                digest__in=[place[1] for place in failure_reputation.of(asked.evidence)]
            )
        )
        == 2
    )


_FLOOD: list[FeatureCount] = []
"""Learned once in a process, then put back as it was."""


@pytest.mark.usefixtures("flooded")
class TestAFlood:
    """Somebody with many right passwords fails from where bob lives, and from where he goes."""

    @pytest.fixture
    def flooded(self, bob: Any, clock: FrozenClock) -> None:
        began = clock.at
        if not _FLOOD:
            self.flood(clock)
            _FLOOD.extend(FeatureCount.objects.all())
        else:
            FeatureCount.objects.bulk_create([copy.copy(row) for row in _FLOOD])
        clock.at = began
        sign_in(bob, place=BRITAIN)
        clock.forward(days=30)
        while aggregate.share(clock.at):
            pass
        assert FeatureCount.objects.get(account=0, chain=chains.NAMED, level="all").times == 300

    @staticmethod
    def flood(clock: FrozenClock) -> None:
        home, abroad = (chains.address(HOME, "GB", 20712),), (chains.address(ABROAD, "DE", 24940),)
        at = int(clock.at.timestamp())
        for account in range(10**6, 10**6 + 300):
            counts.learn(
                counts.lesson(
                    account, (chains.cookie(False), chains.address(FAR, "JP", 2500)), "strong"
                ),
                at,
            )
        clock.forward(days=30)
        for account in range(10**6, 10**6 + 300):
            for path in (home, abroad):
                failure_reputation.name(
                    account, failure_reputation.noted(path), int(clock.at.timestamp())
                )
        while aggregate.share(clock.at):
            pass

    def test_no_input_decides_alone(self, bob: Any) -> None:
        found = inputs(bob, HOME, BRITAIN)
        assert max(found.values()) > 3
        weights = read(NEWEST)
        for sheet in (weights.places.known, weights.places.unknown):
            most = {
                name: sheet.weights[name] * sheet.most for name in found if name in sheet.weights
            }
            terms = sheet.terms(dict.fromkeys(found, 10**6))
            assert {name: terms[name] for name in most} == most

    @pytest.mark.parametrize(
        ("ip", "place", "agent"),
        [(HOME, BRITAIN, FIREFOX), (ABROAD, GERMANY, FIREFOX), (ABROAD, GERMANY, CHROME)],
    )
    def test_a_known_browser_is_asked_one_question_more_at_most(
        self, bob: Any, ip: str, place: Place, agent: str
    ) -> None:
        context = login(ip, agent, known_to(bob.pk), place=place)
        ruling = assess(user_id=bob.pk, is_staff=False, has_strong=True, context=context)
        assert ruling.level != "high"
        assert (ruling.decision, ruling.required) in {("allow", "none"), ("step_up", "weak")}

    @pytest.mark.parametrize("has_strong", [True, False])
    def test_an_unknown_one_is_asked_and_never_refused(self, bob: Any, has_strong: bool) -> None:
        ruling = assess(
            user_id=bob.pk,
            is_staff=False,
            has_strong=has_strong,
            context=login(HOME, CHROME, place=BRITAIN),
        )
        assert ruling.decision == "step_up"
        assert has_strong or ruling.required == "weak"

    def test_it_is_told_in_words_that_add_up(self, bob: Any) -> None:
        ruling = assess(
            user_id=bob.pk,
            is_staff=False,
            has_strong=True,
            context=login(HOME, CHROME, place=BRITAIN),
        )
        (finding,) = [each for each in ruling.findings if each.name == "reputation"]
        assert finding.points > 0
        assert finding.sentence.startswith(
            "Second factors of 300 accounts failed from this network;"
        )
        assert sum(each.points for each in ruling.findings) == ruling.score


def test_names_are_forgotten_like_all_counts_and_can_be_told_again(
    alice: Any, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expire, "SLICES", 1)
    for _ in range(2):
        settle(clock, alice)
        stopped(alice, FAR, place=JAPAN)
        aggregate.share(clock.at)
        assert everybodys() == dict.fromkeys(LEVELS, 1)
        clock.forward(days=181)
        expire.prune(clock.at)
        assert (named(alice.pk), everybodys()) == ([], {})
