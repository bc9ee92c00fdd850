"""What a full success teaches."""

import json

import pytest
from pytest_django import DjangoAssertNumQueries

from risk.history import counts
from risk.login import agents, chains
from risk.login.chains import Chain
from risk.login.context import Strength
from risk.login.history import HALF_LIFE
from risk.models import FeatureCount
from risk.tests.helpers import FIREFOX, FIREFOX_144, FIREFOX_146, HOME, HOME_TOO, PHONE

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000


def teach(*given: Chain, strength: Strength = "strong", at: int = NOW, account: int = 7) -> None:
    counts.learn(counts.lesson(account, given, strength), at)


def row(level: str, account: int = 7) -> FeatureCount:
    return FeatureCount.objects.get(account=account, level=level)


def test_a_lesson_writes_one_row_for_each_node() -> None:
    teach(chains.address(HOME), chains.cookie(True), chains.agent(agents.read(FIREFOX)))
    assert FeatureCount.objects.count() == 3 + 2 + 5
    assert set(FeatureCount.objects.values_list("n", "times", "shared")) == {(1.0, 1, False)}


def test_it_takes_one_statement_however_much_there_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    given = (chains.address(HOME), chains.cookie(True), chains.agent(agents.read(PHONE)))
    strengths: tuple[Strength, ...] = ("strong", "weak", "password")
    for strength in strengths:
        with django_assert_num_queries(1):
            teach(*given, strength=strength)


def test_what_is_there_is_aged_and_added_to() -> None:
    teach(chains.address(HOME))
    teach(chains.address(HOME), at=NOW + int(HALF_LIFE))
    assert row("address").n == pytest.approx(1.5)
    assert (row("address").times, row("address").first_seen, row("address").last_seen) == (
        2,
        NOW,
        NOW + int(HALF_LIFE),
    )


def test_a_clock_that_was_set_back_neither_ages_nor_rewinds() -> None:
    teach(chains.address(HOME))
    teach(chains.address(HOME), at=NOW - int(HALF_LIFE))
    assert (row("address").n, row("address").last_seen) == (2.0, NOW)


def test_a_new_value_makes_its_parent_more_varied_and_an_old_one_does_not() -> None:
    for ip, kinds in ((HOME, 1), (HOME, 1), (HOME_TOO, 2), (HOME, 2)):
        teach(chains.address(ip))
        assert row("network").distinct == kinds
    assert row("all").distinct == 1


def test_a_first_lesson_counts_one_kind_at_each_level_in_whatever_order_the_rows_are_written() -> (
    None
):
    for account in range(1, 30):
        teach(chains.address(f"81.{account}.69.142"), account=account)
    parents = FeatureCount.objects.exclude(level="address")
    assert set(parents.values_list("distinct", flat=True)) == {1}


def test_what_another_account_showed_is_new_all_the_same() -> None:
    teach(chains.address(HOME), account=7)
    teach(chains.address(HOME), account=8)
    assert row("network", account=8).distinct == 1


def test_rows_know_the_node_above() -> None:
    teach(chains.address(HOME), chains.cookie(True))
    found = {each.digest: each for each in FeatureCount.objects.all()}
    address = row("address")
    assert found[address.parent].level == "network"
    assert found[found[address.parent].parent].level == "all"
    assert {each.parent for each in found.values() if each.level == "all"} == {""}


@pytest.mark.parametrize(("strength", "weight"), [("strong", 1.0), ("weak", 0.5)])
def test_weak_factors_weigh_half(strength: Strength, weight: float) -> None:
    teach(chains.address(HOME), strength=strength)
    assert row("address").n == weight


def test_a_password_alone_confirms_what_was_seen_by_half() -> None:
    teach(chains.address(HOME))
    teach(chains.address(HOME), strength="password")
    assert (row("address").n, row("address").times) == (1.5, 2)


def test_a_password_alone_teaches_nothing_new() -> None:
    teach(chains.address(HOME))
    teach(chains.address(HOME_TOO), strength="password")
    assert FeatureCount.objects.filter(level="address").count() == 1
    assert (row("network").times, row("network").distinct) == (2, 1)


def test_a_password_alone_teaches_a_stranger_nothing_at_all() -> None:
    teach(chains.address(HOME), strength="password")
    assert not FeatureCount.objects.exists()


def test_the_newest_version_is_remembered() -> None:
    for user_agent, newest in ((FIREFOX, 145), (FIREFOX_144, 145), (FIREFOX_146, 146)):
        teach(chains.agent(agents.read(user_agent)))
        assert row("browser").mark == newest


def test_nothing_to_learn_is_no_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        counts.learn(counts.lesson(1, [], "strong"), 1)


def test_no_address_is_in_the_table() -> None:
    teach(chains.address(HOME), chains.agent(agents.read(FIREFOX)))
    for values in FeatureCount.objects.values():
        text = str(values)
        assert "81.2" not in text
        assert "Firefox" not in text
        assert "Linux" not in text


def test_a_lesson_can_be_noted() -> None:
    lesson = counts.lesson(7, (chains.address(HOME),), "weak")
    noted = lesson.noted(NOW)
    assert (noted["weight"], noted["at"], noted["only_seen"]) == (0.5, NOW, False)
    assert [(name, [node[0] for node in nodes]) for name, *nodes in noted["chains"]] == [
        ("address", ["all", "network", "address"])
    ]


@pytest.mark.parametrize("strength", ["strong", "weak", "password"])
def test_what_is_noted_teaches_the_same_again(strength: Strength) -> None:
    lesson = counts.lesson(
        7, (chains.address(HOME), chains.agent(agents.read(FIREFOX)), chains.cookie(True)), strength
    )
    again = counts.noted_lesson(7, json.loads(json.dumps(lesson.noted(NOW))))
    assert again.noted(NOW) == lesson.noted(NOW)
    assert again.digests == lesson.digests
