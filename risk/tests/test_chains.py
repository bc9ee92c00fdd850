"""From the general to the particular."""

from risk import agents, chains
from risk.tests.helpers import FIREFOX, FIREFOX_146, HOME, HOME_TOO, PHONE


def test_two_addresses_of_one_network_part_at_the_last_node() -> None:
    one, other = chains.address(HOME), chains.address(HOME_TOO)
    assert one[:2] == other[:2]
    assert one[2] != other[2]


def test_an_address_that_says_nothing_has_no_chain() -> None:
    assert chains.address(None) == ()


def test_levels_go_from_device_to_version() -> None:
    assert [node.level for node in chains.agent(agents.read(PHONE))] == ["all", "device", "system", "browser", "version"]


def test_a_new_version_parts_at_the_last_node_and_marks_its_browser() -> None:
    one, other = chains.agent(agents.read(FIREFOX)), chains.agent(agents.read(FIREFOX_146))
    assert [node.path for node in one[:4]] == [node.path for node in other[:4]]
    assert (one[3].mark, other[3].mark) == (145, 146)
    assert one[4] != other[4]


def test_the_same_browser_on_another_device_is_another_node() -> None:
    desktop, phone = chains.agent(agents.read(FIREFOX)), chains.agent(agents.read(PHONE))
    assert all(one.path != other.path for one, other in zip(desktop[1:], phone[1:], strict=True))
