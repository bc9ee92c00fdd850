"""The counts made again from the ledger are those that were there."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random  # noqa: TID251 - a life that can be lived again
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from pytest_django import Settings

from mfaproject.lib.testing import FrozenClock, person
from risk.history import aggregate, expire, rebuild
from risk.history.rebuild import Journal
from risk.login import chains, outcomes
from risk.login.context import Strength
from risk.models import FeatureCount, LoginLog
from risk.services import disavow
from risk.tests.helpers import (
    CHROME,
    FAR,
    FARTHER,
    FIREFOX,
    FIREFOX_144,
    FIREFOX_146,
    HOME,
    HOME_TOO,
    LOOPBACK,
    PHONE,
    sign_in,
    stopped,
)

pytestmark = pytest.mark.django_db
ADDRESSES = (HOME, HOME, HOME, HOME_TOO, FAR, FARTHER, LOOPBACK, None)
AGENTS = (FIREFOX, FIREFOX, FIREFOX_144, FIREFOX_146, CHROME, PHONE)
STRENGTHS: tuple[Strength, ...] = ("strong", "strong", "weak", "password", "password")
ENDS = sorted(outcomes.NAMING | outcomes.UNFINISHED)
PEOPLE = ("alice", "bob", "mallory")


@pytest.fixture(autouse=True)
def _whole_table_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep then lets go of everything that is old, not of a slice."""
    monkeypatch.setattr(expire, "SLICES", 1)


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def table() -> list[tuple[Any, ...]]:
    """Every column but the row's own number."""
    names = [field.name for field in FeatureCount._meta.fields if field.name != "id"]
    return sorted(FeatureCount.objects.values_list(*names))


def sweep(clock: FrozenClock) -> None:
    while aggregate.share(clock.at):
        pass
    expire.prune(clock.at)


def until(clock: FrozenClock, moment: datetime) -> None:
    """Time passes, and a sweep comes at each midnight and at the end."""
    while clock.at < moment:
        midnight = (clock.at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        clock.at = min(midnight, moment)
        if clock.at == midnight:
            sweep(clock)
    while aggregate.share(clock.at):
        pass


def history(seed: int, clock: FrozenClock, logins: int = 30, longest_gap: float = 20) -> None:
    """A random life of three people, through the services that the site uses."""
    chance = Random(seed)
    people = [person(name) for name in PEOPLE]
    cookies: dict[int, str | None] = {}
    admitted: list[tuple[int, Any]] = []
    for _ in range(logins):
        until(
            clock,
            clock.at
            + timedelta(
                days=chance.choice((0, 0.01, chance.random() * longest_gap)),
                microseconds=chance.randrange(10**6),
            ),
        )
        who = chance.choice(people)
        if admitted and chance.random() < 0.15:
            log_id, owner = admitted.pop(chance.randrange(len(admitted)))
            disavow(log_id, owner.pk)
            continue
        cookie = cookies.get(who.pk) if chance.random() < 0.8 else None
        if chance.random() < 0.3:
            stopped(who, chance.choice(ADDRESSES), chance.choice(ENDS), cookie=cookie)
            continue
        log_id, cookies[who.pk] = sign_in(
            who, chance.choice(ADDRESSES), chance.choice(AGENTS), cookie, chance.choice(STRENGTHS)
        )
        admitted.append((log_id, who))


def rebuilt() -> str:
    told = StringIO()
    call_command("rebuild_risk_counts", stdout=told, stderr=StringIO())
    return told.getvalue()


@pytest.mark.parametrize("seed", range(6))
def test_random_histories_are_rebuilt_to_the_same_bytes(seed: int, clock: FrozenClock) -> None:
    history(seed, clock)
    before = table()
    FeatureCount.objects.all().delete()
    rebuilt()
    assert table() == before
    assert FeatureCount.objects.filter(account=0, chain=chains.NAMED).exists()


@pytest.mark.parametrize("seed", [101, 102])
def test_so_are_those_with_gaps_in_which_counts_are_forgotten(
    seed: int, clock: FrozenClock
) -> None:
    history(seed, clock, logins=12, longest_gap=260)
    before = table()
    rebuilt()
    assert table() == before


def test_rebuilding_twice_changes_nothing(clock: FrozenClock) -> None:
    history(7, clock, logins=15)
    rebuilt()
    before = table()
    rebuilt()
    assert table() == before


def test_rubbish_in_the_table_is_gone(clock: FrozenClock) -> None:
    history(8, clock, logins=8)
    before = table()
    FeatureCount.objects.filter(level="all").update(n=99.0, times=99)
    FeatureCount.objects.create(
        account=4_000_000, chain="agent", level="all", digest="d", first_seen=1, last_seen=1
    )
    rebuilt()
    assert table() == before


class TestAStoppedOne:
    def test_goes_on_where_it_was(
        self, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        history(9, clock)
        before = table()
        whole = rebuild.rebuild_account
        done: list[int] = []

        def stops(account: int, moment: int) -> Any:
            if len(done) == 1:
                raise KeyboardInterrupt
            done.append(account)
            return whole(account, moment)

        monkeypatch.setattr(rebuild, "rebuild_account", stops)
        with pytest.raises(KeyboardInterrupt):
            rebuilt()
        monkeypatch.setattr(rebuild, "rebuild_account", whole)
        with (tmp_path / "rebuild_risk_counts.jsonl").open("a") as journal:
            journal.write('{"account": 99')  # as a machine leaves it that loses its power
        assert rebuilt().splitlines() == [
            f"Going on after account {done[0]}.",
            "Rebuilt the counts of 2 accounts, and everybody's.",
        ]
        assert table() == before
        assert not (tmp_path / "rebuild_risk_counts.jsonl").exists()

    def test_begins_again_if_asked(self, clock: FrozenClock, tmp_path: Path) -> None:
        history(9, clock, logins=5)
        Journal(tmp_path / "rebuild_risk_counts.jsonl", 5, 5).begin(clock.at)
        before = table()
        call_command("rebuild_risk_counts", "--anew", stdout=StringIO(), stderr=StringIO())
        assert table() == before


class TestMeanwhile:
    def test_sign_ins_of_people_who_are_done_stay(self, clock: FrozenClock, tmp_path: Path) -> None:
        history(11, clock, logins=20)
        journal = Journal(tmp_path / "journal")
        journal.begin(clock.at)
        alice = get_user_model().objects.get(username="alice")
        journal.done(alice.pk, rebuild.rebuild_account(alice.pk, journal.until))
        journal.last = alice.pk
        sign_in(alice, FAR, PHONE)
        before = [row for row in table() if row[0]]
        rebuild.rebuild(journal, lambda: None)
        assert [row for row in table() if row[0]] == before

    def test_what_is_named_at_the_very_moment_at_which_it_began_is_not_lost(
        self, clock: FrozenClock, tmp_path: Path
    ) -> None:
        """It is told at once, where what is learned waits for a week."""
        alice = person("alice")
        sign_in(alice)
        clock.forward(days=8)
        stopped(alice, HOME)
        sweep(clock)
        journal = Journal(tmp_path / "journal")
        journal.begin(clock.at)
        journal.done(alice.pk, rebuild.rebuild_account(alice.pk, journal.until))
        journal.last = alice.pk
        stopped(alice, FAR)
        sweep(clock)
        before = table()
        rebuild.rebuild(journal, lambda: None)
        assert table() == before

    def test_what_the_sweep_shares_is_not_lost_and_not_told_twice(
        self, clock: FrozenClock, tmp_path: Path
    ) -> None:
        history(12, clock, logins=12, longest_gap=4)
        journal = Journal(tmp_path / "journal")
        journal.begin(clock.at)
        for account in rebuild.accounts():
            journal.done(account, rebuild.rebuild_account(account, journal.until))
            journal.last = account
        until(clock, clock.at + timedelta(days=8))
        before = table()
        rebuild.rebuild(journal, lambda: None)
        assert table() == before


def test_the_journal_holds_digests_only(clock: FrozenClock, tmp_path: Path) -> None:
    history(14, clock)
    journal = Journal(tmp_path / "journal")
    journal.begin(clock.at + timedelta(days=30))
    for account in rebuild.accounts():
        journal.done(account, rebuild.rebuild_account(account, journal.until))
    text = journal.path.read_text()
    assert len(list(journal.told())) > 10
    assert not any(address in text for address in (HOME, HOME_TOO, FAR, "81.2.", "Firefox"))


def test_nothing_to_rebuild_is_no_trouble() -> None:
    assert rebuilt() == "Rebuilt the counts of 0 accounts, and everybody's.\n"


def test_the_ledger_says_what_was_taken_back_and_when(clock: FrozenClock) -> None:
    alice = person("alice")
    log_id, _ = sign_in(alice)
    clock.forward(hours=2)
    disavow(log_id, alice.pk)
    noted = LoginLog.objects.get(pk=log_id).learned or {}
    assert datetime.fromtimestamp(noted["undone"], UTC) == clock.at
    assert json.dumps(noted)
