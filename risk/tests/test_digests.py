"""Digests that survive a change of keys."""

from typing import Any

import pytest

from risk.history import digests
from risk.models import FeatureCount, LoginLog
from risk.services import assess, report_not_me
from risk.tests.helpers import ABSENT, FAR, FIREFOX, HOME, fail, login, node, sign_in

OLD, NEW = "an old root key, long enough to be one", "a new root key, long enough to be one"


@pytest.fixture
def rotated(settings: Any) -> Any:
    """Call it when the key is to be changed."""
    settings.ROOT_KEYS = [OLD]

    def rotate() -> None:
        settings.ROOT_KEYS = [NEW, OLD]

    return rotate


def test_digests_tell_nothing_and_differ_by_purpose() -> None:
    found = {
        digests.of_address(HOME)[0],
        digests.of_source(HOME)[0],
        digests.of_subnet(HOME)[0],
        digests.of_name(HOME)[0],
    }
    assert len(found) == 4
    assert all(len(digest) == digests.LENGTH and HOME not in digest for digest in found)


def test_nodes_of_two_chains_or_levels_never_meet() -> None:
    assert digests.of_node(node("one", "a")) != digests.of_node(node("two", "a"))
    assert digests.of_node(node("one", "a", "b")) != digests.of_node(node("one", "ab"))


@pytest.mark.parametrize("typed", ["Alice", "ALICE", " alice ", "ａｌｉｃｅ"])
def test_spellings_of_a_name_have_one_digest(typed: str) -> None:
    assert digests.of_name(typed) == digests.of_name("alice")


def test_look_ups_ask_under_every_key_and_new_rows_are_made_under_the_newest(rotated: Any) -> None:
    before = digests.of_address(HOME)
    rotated()
    after = digests.of_address(HOME)
    assert after[1:] == before
    assert after[0] != before[0]


def test_habits_are_still_known_after_the_keys_changed(alice: Any, rotated: Any) -> None:
    for _ in range(3):
        sign_in(alice)
    rotated()
    sign_in(alice)
    found = {finding.name: finding for finding in _assess(alice).findings}
    assert found["address_known"].sentence == "4 of 4 sign-ins came from this address."
    assert found["agent_known"].sentence == "4 of 4 sign-ins came from exactly this browser."


def test_a_value_known_under_the_old_key_is_not_counted_as_a_new_kind(
    alice: Any, rotated: Any
) -> None:
    sign_in(alice)
    rotated()
    sign_in(alice)
    assert (
        sum(
            FeatureCount.objects.filter(account=alice.pk, chain="address", level="all").values_list(
                "distinct", flat=True
            )
        )
        == 1
    )


def test_failures_and_held_sources_are_still_known(alice: Any, rotated: Any) -> None:
    for _ in range(8):
        fail(alice, FAR)
    log_id = fail(alice, FAR, "pending")
    assert report_not_me(log_id=log_id, user_id=alice.pk, answering_ip=HOME)
    rotated()
    names = {finding.name for finding in _assess(alice, FAR).findings}
    assert {"failures_source", "source_held"} <= names


def test_a_known_browser_outlives_the_keys(alice: Any, rotated: Any) -> None:
    _, cookie = sign_in(alice)
    rotated()
    _, again = sign_in(alice, cookie=cookie)
    assert again != cookie
    assert LoginLog.objects.latest("id").known_browser


def _assess(user: Any, ip: str = HOME) -> Any:
    return assess(
        user_id=user.pk, is_staff=False, has_strong=True, context=login(ip, FIREFOX, ABSENT)
    )
