"""From the general to the particular."""

from datetime import UTC, datetime

import pytest

from risk.login import agents, chains
from risk.tests.helpers import FIREFOX, FIREFOX_146, HOME, HOME_TOO, PHONE


def test_two_addresses_of_one_network_part_at_the_last_node() -> None:
    one, other = chains.address(HOME), chains.address(HOME_TOO)
    assert one[:2] == other[:2]
    assert one[2] != other[2]


def test_an_address_that_says_nothing_has_no_chain() -> None:
    assert chains.address(None) == ()


def test_levels_go_from_device_to_version() -> None:
    assert [node.level for node in chains.agent(agents.read(PHONE))] == [
        "all",
        "device",
        "system",
        "browser",
        "version",
    ]


def test_a_new_version_parts_at_the_last_node_and_marks_its_browser() -> None:
    one, other = chains.agent(agents.read(FIREFOX)), chains.agent(agents.read(FIREFOX_146))
    assert [node.path for node in one[:4]] == [node.path for node in other[:4]]
    assert (one[3].mark, other[3].mark) == (145, 146)
    assert one[4] != other[4]


def test_the_same_browser_on_another_device_is_another_node() -> None:
    desktop, phone = chains.agent(agents.read(FIREFOX)), chains.agent(agents.read(PHONE))
    assert all(one.path != other.path for one, other in zip(desktop[1:], phone[1:], strict=True))


@pytest.mark.parametrize(
    ("country", "provider", "levels"),
    [
        ("", 0, ["all", "network", "address"]),
        ("DE", 0, ["all", "country", "network", "address"]),
        ("", 3320, ["all", "provider", "network", "address"]),
        ("DE", 3320, ["all", "country", "provider", "network", "address"]),
    ],
)
def test_what_is_known_of_a_place_stands_above_its_network(
    country: str, provider: int, levels: list[str]
) -> None:
    path = chains.address(HOME, country, provider)
    assert [node.level for node in path] == levels
    assert path[-2:] == chains.address(HOME)[-2:]


@pytest.mark.parametrize(
    ("day", "hour", "path"),
    [
        (13, 23, ("weekday", "7")),
        (14, 0, ("weekend", "0")),
        (15, 5, ("weekend", "1")),
        (16, 6, ("weekday", "2")),
    ],
)
def test_hours_are_days_of_a_kind_and_eighths_of_them(
    day: int, hour: int, path: tuple[str, str]
) -> None:
    assert chains.hours(datetime(2026, 3, day, hour, tzinfo=UTC))[-1].path == path
