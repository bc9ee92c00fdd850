"""What somebody finds who has the database and no keys; what a person is handed out; what is left
after they asked to be forgotten.
"""

import io
import ipaddress
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from mfaproject.lib.testing import FrozenClock
from risk.login import chains, network
from risk.models import FeatureCount, HeldSource, KnownBrowser, LoginLog
from risk.services import disavow, persons, recent_logins, report_not_me, sweep
from risk.tests.helpers import FAR, FARTHER, FIREFOX, HOME, PHONE, fail, login, sign_in, stopped

pytestmark = pytest.mark.django_db
TABLES = [model._meta.db_table for model in (LoginLog, KnownBrowser, HeldSource, FeatureCount)]


def dump() -> dict[str, str]:
    """Every column of every row of risk's tables, by "table.column"."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    found[f"{table}.{name}"] = found.get(f"{table}.{name}", "") + f"\n{value}"
    return found


def spellings(ip: str) -> set[str]:
    """How an address could be told: itself, its neighbourhoods, its bytes and its number."""
    found = ipaddress.ip_address(ip)
    around = {network.network(ip), network.source(ip), network.subnet(ip), network.cut(ip)}
    heads = {each.partition("/")[0].removesuffix("::").removesuffix(".0") for each in around}
    return (
        {ip, found.exploded, found.packed.hex(), str(int(found)), repr(found.packed)[2:-1]}
        | around
        | heads
    )


def busy_life(alice: Any, bob: Any) -> None:
    _, cookie = sign_in(alice, HOME)
    sign_in(alice, FARTHER, PHONE, cookie, "weak", "email")
    taken_back, _ = sign_in(alice, FAR)
    disavow(taken_back, alice.pk)
    sign_in(bob, HOME)
    fail(alice, FAR)
    fail(None, FAR, "unknown_user", name="nobody")
    denied = stopped(alice, FAR, "pending")
    report_not_me(log_id=denied, user_id=alice.pk, answering_ip=HOME)


def test_a_dump_without_keys_gives_no_address_back(alice: Any, bob: Any) -> None:
    busy_life(alice, bob)
    columns = dump()
    assert len(columns) > 60
    assert HeldSource.objects.exists()
    for ip in (HOME, FAR, FARTHER):
        for spelling in spellings(ip):
            assert [name for name, text in columns.items() if spelling in text] == [], spelling


def test_after_retention_only_the_cut_network_is_told(
    alice: Any, bob: Any, clock: FrozenClock, settings: Settings
) -> None:
    busy_life(alice, bob)
    clock.forward(days=settings.RISK_ADDRESS_DAYS + 1)
    sweep()
    columns = dump()
    told = {
        name
        for ip in (HOME, FAR, FARTHER)
        for name, text in columns.items()
        if network.cut(ip) in text
    }
    assert told == {"risk_loginlog.network"}
    assert not any(ip in text for ip in (HOME, FAR, FARTHER) for text in columns.values())


def test_no_digest_can_be_made_again_without_the_keys(
    alice: Any, bob: Any, settings: Settings
) -> None:
    """The same life under another key shares no digest with this one: nobody
    can try all addresses against a dump."""
    busy_life(alice, bob)
    names = (
        "sealed_ip",
        "ip_digest",
        "source_digest",
        "subnet_digest",
        "name_digest",
        "digest",
        "parent",
    )
    first = {
        line
        for name, text in dump().items()
        if name.partition(".")[2] in names
        for line in text.split()
    }
    settings.ROOT_KEYS = ["another root key of more than 32 characters"]
    busy_life(alice, bob)
    rows = dump()
    both = {
        line
        for name, text in rows.items()
        if name.partition(".")[2] in names
        for line in text.split()
    }
    assert first < both
    assert {each.partition(".")[0] for each in first}.isdisjoint(
        {each.partition(".")[0] for each in both - first}
    )


class TestHandingOut:
    def test_everything_that_is_held_is_in_it(self, alice: Any, bob: Any) -> None:
        busy_life(alice, bob)
        told = json.loads(exported("alice"))
        assert {each["address"] for each in told["sign_ins"]} == {HOME, FAR, FARTHER}
        assert len(told["sign_ins"]) == LoginLog.objects.filter(user=alice).count()
        assert len(told["counts"]) == FeatureCount.objects.filter(account=alice.pk).count()
        assert (len(told["known_browsers"]), len(told["held_sources"])) == (
            KnownBrowser.objects.filter(user=alice).count(),
            1,
        )
        assert told["sign_ins"][0]["user_agent"] == FIREFOX
        assert told["sign_ins"][0]["findings"]

    def test_nothing_of_others_and_nothing_that_opens_anything(self, alice: Any, bob: Any) -> None:
        busy_life(alice, bob)
        text = exported("bob")
        assert FAR not in text
        for row in KnownBrowser.objects.all():
            assert row.validator_digest not in text

    def test_cut_addresses_stay_cut(self, alice: Any, clock: FrozenClock) -> None:
        sign_in(alice, HOME)
        clock.forward(days=40)
        sweep()
        assert [each["address"] for each in json.loads(exported("alice"))["sign_ins"]] == [
            network.cut(HOME)
        ]

    def test_nobody_is_said(self) -> None:
        with pytest.raises(CommandError, match="Nobody is called 'zoe'"):
            exported("zoe")


class TestTakingAway:
    def test_nothing_is_left_of_this_person_and_all_of_others(self, alice: Any, bob: Any) -> None:
        busy_life(alice, bob)
        before = persons.export(bob.pk)
        exported("alice", "--delete", "--yes")
        assert persons.export(alice.pk) == {
            "sign_ins": [],
            "known_browsers": [],
            "held_sources": [],
            "counts": [],
        }
        assert persons.export(bob.pk) == before

    def test_a_rebuilding_takes_the_share_out_of_everybodys_counts(
        self, alice: Any, bob: Any, clock: FrozenClock
    ) -> None:
        busy_life(alice, bob)
        clock.forward(days=8)
        sweep()
        assert FeatureCount.objects.filter(account=0, chain=chains.NAMED).exists()
        exported("alice", "--delete", "--yes")
        call_command("rebuild_risk_counts", stdout=io.StringIO(), stderr=io.StringIO())
        assert set(FeatureCount.objects.filter(account=0).values_list("times", flat=True)) == {1}
        assert not FeatureCount.objects.filter(chain=chains.NAMED).exists()

    @pytest.mark.parametrize(("typed", "goes"), [("y", True), ("n", False), ("", False)])
    def test_it_asks_first(
        self, alice: Any, typed: str, goes: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_in(alice)
        monkeypatch.setattr("builtins.input", lambda _question: typed)
        if not goes:
            with pytest.raises(CommandError, match="Nothing was deleted"):
                exported("alice", "--delete")
        else:
            exported("alice", "--delete")
        assert bool(recent_logins(alice.pk)) != goes

    def test_the_person_can_go_on(self, alice: Any) -> None:
        _, cookie = sign_in(alice)
        exported("alice", "--delete", "--yes")
        sign_in(alice, cookie=cookie)
        assert len(recent_logins(alice.pk)) == 1
        assert login().ip == HOME


def exported(username: str, *words: str) -> str:
    told = io.StringIO()
    call_command("export_risk", username, *words, stdout=told)
    return told.getvalue()
