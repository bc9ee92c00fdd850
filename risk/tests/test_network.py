"""An address and what lies around it."""

import pytest

from risk.login import network


@pytest.mark.parametrize(
    ("ip", "network_", "source", "subnet", "cut"),
    [
        ("81.2.69.142", "81.2.64.0/20", "81.2.69.142/32", "81.2.69.0/24", "81.2.69.0/24"),
        (
            "2a02:c7f:1234:5678:9::1",
            "2a02:c7f:1200::/40",
            "2a02:c7f:1234:5678::/64",
            "2a02:c7f:1234:5678::/64",
            "2a02:c7f:1234::/48",
        ),
    ],
)
def test_neighbourhoods(ip: str, network_: str, source: str, subnet: str, cut: str) -> None:
    assert (network.network(ip), network.source(ip), network.subnet(ip), network.cut(ip)) == (
        network_,
        source,
        subnet,
        cut,
    )


def test_a_household_that_changes_its_ipv6_address_is_one_source() -> None:
    assert (
        network.source("2a02:c7f:1:2::1")
        == network.source("2a02:c7f:1:2:ffff::9")
        != network.source("2a02:c7f:1:3::1")
    )
